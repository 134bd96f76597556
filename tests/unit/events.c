/* SPDX-License-Identifier: MIT */
/* Columns of events against the same events one by one, and what is refused: all of a call or nothing. */
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { ROWS = 400 };

typedef struct columns {
    char text[ROWS][2][8];
    const char *users[ROWS], *items[ROWS], *types[ROWS];
    float values[ROWS];
    int64_t times[ROWS];
} columns;

static void fill(columns *c)
{
    static const char *const types[] = {NULL, "view", "purchase", "return"};
    made_random r = {5};
    for (int32_t k = 0; k < ROWS; k++) {
        snprintf(c->text[k][0], sizeof c->text[k][0], "u%d", made_below(&r, 30));
        snprintf(c->text[k][1], sizeof c->text[k][1], "i%d", made_below(&r, 20));
        c->users[k] = c->text[k][0];
        c->items[k] = c->text[k][1];
        c->types[k] = types[made_below(&r, 4)];
        c->values[k] = (float)made_below(&r, 4);
        c->times[k] = made_below(&r, 5) ? made_below(&r, 1000) : RECO_NO_TIME;
    }
}

static reco_builder *typed(void)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_event_type(b, "view", 1, &err));
    OK(reco_builder_set_event_type(b, "purchase", 3, &err));
    OK(reco_builder_set_event_type(b, "return", -2, &err));
    return b;
}

static reco_data *finished(reco_builder *b)
{
    reco_data *data = NULL;
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

static void same(reco_data *a, reco_data *b)
{
    static const char *const counts[] = {"users", "items", "pairs", "events"};
    const int64_t *starts[2];
    const int32_t *items[2];
    const float *values[2];
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        assert_int_equal(reco_data_count(a, counts[k]), reco_data_count(b, counts[k]));
    }
    int64_t times[4];
    OK(reco_data_times(a, &times[0], &times[1], &err));
    OK(reco_data_times(b, &times[2], &times[3], &err));
    assert_true(times[0] == times[2] && times[1] == times[3]);
    OK(reco_data_matrix(a, &starts[0], &items[0], &values[0], &err));
    OK(reco_data_matrix(b, &starts[1], &items[1], &values[1], &err));
    size_t users = (size_t)reco_data_count(a, "users"), pairs = (size_t)reco_data_count(a, "pairs");
    assert_memory_equal(starts[0], starts[1], (users + 1) * sizeof(int64_t));
    assert_memory_equal(items[0], items[1], pairs * sizeof(int32_t));
    assert_memory_equal(values[0], values[1], pairs * sizeof(float));
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        for (int32_t k = 0; reco_data_id(a, side, k); k++) {
            assert_string_equal(reco_data_id(a, side, k), reco_data_id(b, side, k));
        }
    }
    reco_data_free(a);
    reco_data_free(b);
}

static void test_columns_are_events(void **state)
{
    (void)state;
    columns c;
    fill(&c);
    for (int32_t given = 0; given < 8; given++) {
        reco_builder *a = typed(), *b = typed();
        const char *const *types = given & 1 ? c.types : NULL;
        const float *values = given & 2 ? c.values : NULL;
        const int64_t *times = given & 4 ? c.times : NULL;
        OK(reco_builder_add_events(a, ROWS, c.users, c.items, types, values, times, &err));
        for (int32_t k = 0; k < ROWS; k++) {
            OK(reco_builder_add_event(b, c.users[k], c.items[k], types ? types[k] : NULL,
                                      values ? values[k] : 1, times ? times[k] : RECO_NO_TIME, &err));
        }
        assert_int_equal(reco_builder_count(a, "events"), reco_builder_count(b, "events"));
        assert_int_equal(reco_builder_count(a, "returns"), reco_builder_count(b, "returns"));
        assert_int_equal(reco_builder_count(a, "events_zero"), reco_builder_count(b, "events_zero"));
        same(finished(a), finished(b));
    }
}

/* One bad row in the middle: the call fails with its number, and nothing of the others remains. */
static void refused(const columns *c, reco_status expected, const char *word)
{
    reco_builder *b = typed();
    reco_error err = {""};
    assert_int_equal(
        reco_builder_add_events(b, ROWS, c->users, c->items, c->types, c->values, c->times, &err), expected);
    assert_non_null(strstr(err.message, "row 200: "));
    assert_non_null(strstr(err.message, word));
    assert_int_equal(reco_builder_count(b, "events"), 0);
    assert_int_equal(reco_builder_count(b, "events_zero"), 0);
    reco_data *data = finished(b);
    assert_int_equal(reco_data_count(data, "users"), 0);
    assert_int_equal(reco_data_count(data, "items"), 0);
    reco_data_free(data);
}

static void test_one_bad_row_refuses_all(void **state)
{
    (void)state;
    columns good, c;
    fill(&good);
#define BAD(member, value, status, word)                                                                     \
    fill(&c);                                                                                                \
    c.member[200] = (value);                                                                                 \
    refused(&c, status, word)
    BAD(users, NULL, RECO_EINVAL, "user is NULL");
    BAD(items, NULL, RECO_EINVAL, "item is NULL");
    BAD(users, "", RECO_EINVAL, "user id is empty");
    BAD(items, "\xff", RECO_EINVAL, "item id is not UTF-8");
    BAD(values, NAN, RECO_EINVAL, "finite");
    BAD(values, INFINITY, RECO_EINVAL, "finite");
    BAD(types, "sigh", RECO_ENOTFOUND, "no event type 'sigh'");
#undef BAD
}

static void test_arguments(void **state)
{
    (void)state;
    const char *ids[] = {"a"};
    reco_builder *b = typed();
    OK(reco_builder_add_events(b, 0, NULL, NULL, NULL, NULL, NULL, &err));
    FAILS(reco_builder_add_events(NULL, 1, ids, ids, NULL, NULL, NULL, &err), RECO_EINVAL);
    FAILS(reco_builder_add_events(b, -1, ids, ids, NULL, NULL, NULL, &err), RECO_EINVAL);
    FAILS(reco_builder_add_events(b, 1, NULL, ids, NULL, NULL, NULL, &err), RECO_EINVAL);
    FAILS(reco_builder_add_events(b, 1, ids, NULL, NULL, NULL, NULL, &err), RECO_EINVAL);
    reco_data *empty = finished(b);
    const int64_t *starts = NULL;
    const int32_t *items;
    const float *values;
    OK(reco_data_matrix(empty, &starts, &items, &values, &err));
    assert_int_equal(starts[0], 0);
    FAILS(reco_data_matrix(NULL, &starts, &items, &values, &err), RECO_EINVAL);
    FAILS(reco_data_matrix(empty, NULL, &items, &values, &err), RECO_EINVAL);
    reco_data_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_events),
        cmocka_unit_test(test_one_bad_row_refuses_all),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
