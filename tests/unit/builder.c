/* SPDX-License-Identifier: MIT */
/* What goes into a builder and what comes out: the matrix against a plain second implementation, consent,
 * features, and every refusal. */
#include "base/number.h"
#include "base/random.h"
#include "data/data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static reco_error err;

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
    return b;
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data = NULL;
    reco_status status = reco_builder_finish(b, &data, &err);
    if (status != RECO_OK) {
        fail_msg("%s", err.message);
    }
    return data;
}

static reco_data *finish_and_free(reco_builder *b)
{
    reco_data *data = finish(b);
    reco_builder_free(b);
    return data;
}

static void add(reco_builder *b, const char *user, const char *item, float value, int64_t time)
{
    assert_int_equal(reco_builder_add_event(b, user, item, NULL, value, time, &err), RECO_OK);
}

/* X[user, item], 0 where there is none. */
static float entry(const reco_data *data, const char *user, const char *item)
{
    int32_t u, i;
    const int32_t *items;
    const float *values;
    int64_t n;
    assert_int_equal(reco_data_find(data, RECO_USER, user, &u, NULL), RECO_OK);
    assert_int_equal(reco_data_find(data, RECO_ITEM, item, &i, NULL), RECO_OK);
    assert_int_equal(reco_data_row(data, u, &items, &values, &n, NULL), RECO_OK);
    for (int64_t k = 0; k < n; k++) {
        if (items[k] == i) {
            return values[k];
        }
    }
    return 0;
}

static void test_ids_are_sorted(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "10", "b", 1, RECO_NO_TIME);
    add(b, "9", "aa", 1, RECO_NO_TIME);
    add(b, "zebra-with-a-long-name-2", "a", 1, RECO_NO_TIME);
    add(b, "zebra-with-a-long-name-1", "c", 1, RECO_NO_TIME);
    reco_data *data = finish_and_free(b);
    static const char *const users[] = {"9", "10", "zebra-with-a-long-name-1", "zebra-with-a-long-name-2"};
    static const char *const items[] = {"a", "b", "c", "aa"};
    for (int32_t k = 0; k < 4; k++) {
        assert_string_equal(reco_data_id(data, RECO_USER, k), users[k]);
        assert_string_equal(reco_data_id(data, RECO_ITEM, k), items[k]);
    }
    assert_null(reco_data_id(data, RECO_USER, 4));
    assert_null(reco_data_id(data, RECO_USER, -1));
    assert_null(reco_data_id(data, 2, 0));
    int32_t at = -7;
    assert_int_equal(reco_data_find(data, RECO_ITEM, "zz", &at, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message, "no item 'zz'");
    assert_int_equal(at, -7);
    reco_data_free(data);
}

static void test_repeats_add_up_and_returns_go(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "ann", "mug", 2, 100);
    add(b, "ann", "mug", 3, 300);
    add(b, "ann", "lamp", 2, RECO_NO_TIME);
    add(b, "ann", "lamp", -2, 200);
    add(b, "bob", "mug", 1, RECO_NO_TIME);
    add(b, "bob", "mug", 0, RECO_NO_TIME);
    assert_int_equal(reco_builder_count(b, "events"), 5);
    assert_int_equal(reco_builder_count(b, "returns"), 1);
    assert_int_equal(reco_builder_count(b, "events_zero"), 1);
    assert_int_equal(reco_builder_count(b, "nothing"), -1);
    reco_data *data = finish_and_free(b);
    assert_true(entry(data, "ann", "mug") == 5);
    assert_true(entry(data, "ann", "lamp") == 0);
    assert_true(entry(data, "bob", "mug") == 1);
    assert_int_equal(reco_data_count(data, "pairs"), 2);
    assert_int_equal(reco_data_count(data, "events"), 3);
    assert_int_equal(reco_data_count(data, "pairs_returned"), 1);
    assert_int_equal(reco_data_count(data, "events_returned"), 2);
    assert_int_equal(reco_data_count(data, "first_time"), 100);
    assert_int_equal(reco_data_count(data, "last_time"), 300);
    assert_int_equal(data->history->times[0], 300);
    assert_true(data->history->times[1] == RECO_NO_TIME);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_are_sorted),
        cmocka_unit_test(test_repeats_add_up_and_returns_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
