/* SPDX-License-Identifier: MIT */
/* Ids without events: with all rows and columns of a matrix as ids, numbers are rows and columns whatever is empty. */
#include "base/number.h"
#include "base/rng.h"
#include "data/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { USERS = 1203, ITEMS = 103 };

static reco_error err;

#define OK(call) assert_int_equal((call), RECO_OK)

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    return b;
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data = NULL;
    OK(reco_builder_finish(b, &data, &err));
    return data;
}

/* The first, the last and every third row and column are empty, and so is much else. */
static float entry(int32_t user, int32_t item)
{
    reco__rng rng = reco__rng_key(7, (uint64_t)user, (uint64_t)item);
    uint64_t draw = reco__rng_next(&rng);
    bool empty = user % 3 == 0 || user == USERS - 1 || item % 3 == 0 || item == ITEMS - 1;
    return empty || draw % 20 ? 0 : (float)(1 + draw / 20 % 5);
}

static void add_entries(reco_builder *b)
{
    for (int64_t user = USERS - 1; user >= 0; user--) {
        for (int64_t item = 0; item < ITEMS; item++) {
            float value = entry((int32_t)user, (int32_t)item);
            if (value > 0) {
                OK(reco_builder_add_events_i64(b, 1, &user, &item, &value, NULL, &err));
            }
        }
    }
}

/* The ids 0 to n - 1, from both ends in turns. */
static void add_numbers(reco_builder *b, int32_t side, int32_t n, int as_texts)
{
    int64_t *ids = malloc((size_t)n * sizeof *ids);
    char(*texts)[RECO__NUMBER_TEXT] = malloc((size_t)n * sizeof *texts);
    const char **words = malloc((size_t)n * sizeof *words);
    for (int32_t k = 0; k < n; k++) {
        ids[k] = k % 2 ? n - 1 - k / 2 : k / 2;
        reco__format_int(ids[k], texts[k]);
        words[k] = texts[k];
    }
    OK(as_texts ? reco_builder_add_ids(b, side, n, words, &err)
                : reco_builder_add_ids_i64(b, side, n, ids, &err));
    free(ids);
    free(texts);
    free(words);
}

static void assert_is_the_matrix(const reco_data *data)
{
    assert_int_equal(reco_data_count(data, "users"), USERS);
    assert_int_equal(reco_data_count(data, "items"), ITEMS);
    for (int32_t user = 0; user < USERS; user++) {
        const int32_t *items;
        const float *values;
        int64_t n, at = 0;
        assert_int_equal(strtol(reco_data_id(data, RECO_USER, user), NULL, 10), user);
        OK(reco_data_row(data, user, &items, &values, &n, &err));
        for (int32_t item = 0; item < ITEMS; item++) {
            if (entry(user, item) > 0) {
                assert_true(at < n && items[at] == item && values[at] == entry(user, item));
                at++;
            }
        }
        assert_int_equal(at, n);
    }
    for (int32_t item = 0; item < ITEMS; item++) {
        assert_int_equal(strtol(reco_data_id(data, RECO_ITEM, item), NULL, 10), item);
    }
}

static void test_an_index_is_the_row_or_column(void **state)
{
    (void)state;
    for (int32_t way = 0; way < 4; way++) {
        reco_builder *b = new_builder();
        for (int32_t step = 0; step < 2; step++) { /* before the events or after them, as texts or numbers */
            if (step == way / 2) {
                add_numbers(b, RECO_USER, USERS, way % 2);
                add_numbers(b, RECO_ITEM, ITEMS, way % 2);
            } else {
                add_entries(b);
            }
        }
        reco_data *data = finish(b);
        reco_builder_free(b);
        assert_is_the_matrix(data);
        reco_data_free(data);
    }
}

static void test_ids_alone(void **state)
{
    (void)state;
    static const char *const ids[] = {"mug", "lamp", "mug", "a"};
    static const int64_t numbers[] = {-3, INT64_MAX, INT64_MIN, -3};
    reco_builder *b = new_builder();
    OK(reco_builder_add_ids(b, RECO_ITEM, 4, ids, &err));
    OK(reco_builder_add_ids(b, RECO_ITEM, 0, NULL, &err));
    OK(reco_builder_add_ids_i64(b, RECO_USER, 4, numbers, NULL));
    OK(reco_builder_add_ids_i64(b, RECO_USER, 0, NULL, NULL));
    reco_data *data = finish(b);
    reco_builder_free(b);
    static const char *const items[] = {"a", "mug", "lamp"};
    static const char *const users[] = {"-3", "9223372036854775807", "-9223372036854775808"};
    assert_int_equal(reco_data_count(data, "items"), 3);
    assert_int_equal(reco_data_count(data, "users"), 3);
    assert_int_equal(reco_data_count(data, "events"), 0);
    for (int32_t k = 0; k < 3; k++) {
        assert_string_equal(reco_data_id(data, RECO_ITEM, k), items[k]);
        assert_string_equal(reco_data_id(data, RECO_USER, k), users[k]);
        assert_int_equal(reco_data_consent(data, k), RECO_CONSENT_ALL);
    }
    reco_data_free(data);
}

/* An item that only somebody without consent took is not there, unless it is listed as well. */
static void test_items_are_listed(void **state)
{
    (void)state;
    static const char *const lamp = "lamp";
    reco_builder *b = new_builder();
    OK(reco_builder_add_event(b, "gus", "lamp", NULL, 1, 5, &err));
    OK(reco_builder_add_event(b, "gus", "vase", NULL, 1, 5, &err));
    OK(reco_builder_set_consent(b, "gus", RECO_CONSENT_PERSONAL, &err));
    OK(reco_builder_add_ids(b, RECO_ITEM, 1, &lamp, &err));
    reco_data *data = finish(b);
    reco_builder_free(b);
    assert_int_equal(reco_data_count(data, "items"), 1);
    assert_string_equal(reco_data_id(data, RECO_ITEM, 0), "lamp");
    assert_int_equal(reco_data_count(data, "pairs"), 0);
    reco_data_free(data);
}

/* Who has too few events loses them, not the number. */
static void test_rare_ones_stay(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    OK(reco_builder_set(b, "min_user_events", 1000, &err));
    add_entries(b);
    add_numbers(b, RECO_USER, USERS, 0);
    add_numbers(b, RECO_ITEM, ITEMS, 0);
    reco_data *data = finish(b);
    reco_builder_free(b);
    assert_int_equal(reco_data_count(data, "users"), USERS);
    assert_int_equal(reco_data_count(data, "items"), ITEMS);
    assert_int_equal(reco_data_count(data, "pairs"), 0);
    reco_data_free(data);
}

static void test_refusals_leave_nothing_behind(void **state)
{
    (void)state;
    static char longest[RECO__MAX_ID + 2];
    memset(longest, 'x', RECO__MAX_ID + 1);
    const char *const empty[] = {"new", ""}, *const null[] = {"new", NULL}, *const wild[] = {"new", "a\xff"},
                      *const too_long[] = {"new", "lamp", longest};
    const int64_t number = 1;
    reco_builder *b = new_builder();
    OK(reco_builder_add_event(b, "gus", "lamp", NULL, 1, 5, &err));
    OK(reco_builder_set_consent(b, "gus", RECO_CONSENT_PERSONAL, &err));
#define REFUSED(call, said)                                                                                  \
    do {                                                                                                     \
        assert_int_equal((call), RECO_EINVAL);                                                               \
        assert_non_null(strstr(err.message, said));                                                          \
    } while (0)
    REFUSED(reco_builder_add_ids(b, RECO_ITEM, 2, empty, &err), "row 1: item id is empty");
    REFUSED(reco_builder_add_ids(b, RECO_USER, 2, empty, &err), "row 1: user id is empty");
    REFUSED(reco_builder_add_ids(b, RECO_USER, 2, null, &err), "row 1: the user is NULL");
    REFUSED(reco_builder_add_ids(b, RECO_ITEM, 2, null, &err), "row 1: the item is NULL");
    REFUSED(reco_builder_add_ids(b, RECO_ITEM, 2, wild, &err), "row 1: item id is not UTF-8");
    REFUSED(reco_builder_add_ids(b, RECO_ITEM, 3, too_long, &err), "row 2: item id 'xxx");
    REFUSED(reco_builder_add_ids(b, RECO_ITEM, 1, NULL, &err), "'ids'");
    REFUSED(reco_builder_add_ids_i64(b, RECO_ITEM, 1, NULL, &err), "'ids'");
    REFUSED(reco_builder_add_ids(b, RECO_ITEM, -1, too_long, &err), "'n' must not be negative, got -1");
    REFUSED(reco_builder_add_ids_i64(b, 2, 1, &number, &err), "side must be RECO_USER or RECO_ITEM, got 2");
    REFUSED(reco_builder_add_ids_i64(b, -1, 1, &number, &err), "got -1");
    REFUSED(reco_builder_add_ids_i64(NULL, RECO_ITEM, 1, &number, &err), "builder");
    assert_int_equal(reco_builder_add_ids(b, RECO_ITEM, 2, null, NULL), RECO_EINVAL);
    reco_data *data = finish(b);
    reco_builder_free(b);
    assert_int_equal(reco_data_find(data, RECO_USER, "new", &(int32_t){0}, NULL), RECO_ENOTFOUND);
    assert_int_equal(reco_data_count(data, "items"), 0); /* nor is the lamp listed now */
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_index_is_the_row_or_column),
        cmocka_unit_test(test_ids_alone),
        cmocka_unit_test(test_items_are_listed),
        cmocka_unit_test(test_rare_ones_stay),
        cmocka_unit_test(test_refusals_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
