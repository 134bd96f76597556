/* SPDX-License-Identifier: MIT */
/* The log and views of it: trails and types against the events as they were added, in whole data sets, in those with
 * rare events left out and in splits; sessions against their definition. */
#include "data/data.h"
#include "data/sessions.h"
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { USERS = 7, ITEMS = 6, EVENTS = 120, CASES = 60, TYPES = 3 };

static const char *const names[TYPES] = {"view", "a sale", "return"};
static const double weights[TYPES] = {1, 0.3, -2};

typedef struct event {
    int32_t user, item;
    float value;
    int64_t time;
    int32_t type; /* TYPES: none */
    bool gone;
} event;

typedef struct plain {
    event all[EVENTS];
    int32_t consent[USERS];
    bool timed, typed;
    int32_t least; /* events an item must have */
} plain;

static plain random_plain(uint64_t seed)
{
    made_random r = {seed};
    plain p = {.timed = made_below(&r, 3) > 0, .typed = made_below(&r, 3) > 0, .least = 0};
    p.least = made_below(&r, 2) ? 0 : made_below(&r, 25);
    for (int32_t u = 0; u < USERS; u++) {
        p.consent[u] = made_below(&r, 5) ? RECO_CONSENT_ALL : RECO_CONSENT_PERSONAL;
    }
    for (int32_t e = 0; e < EVENTS; e++) {
        p.all[e] = (event){.user = made_below(&r, USERS),
                           .item = made_below(&r, ITEMS),
                           .value = (float)(1 + made_below(&r, 3)) + (float)(made_below(&r, 10)) / 10,
                           .time = p.timed && made_below(&r, 6) ? made_below(&r, 20) : RECO_NO_TIME,
                           .type = p.typed ? made_below(&r, TYPES + 1) : TYPES};
    }
    return p;
}

static reco_data *data_of(const plain *p)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set(b, "min_item_events", p->least, &err));
    for (int32_t k = 0; k < TYPES; k++) {
        OK(reco_builder_set_event_type(b, names[k], weights[k], &err));
    }
    OK(reco_builder_set_event_type(b, "nothing", 0, &err));
    for (int32_t e = 0; e < EVENTS; e++) {
        const event *at = &p->all[e];
        char user[2] = {(char)('a' + at->user), 0}, item[2] = {(char)('p' + at->item), 0};
        OK(reco_builder_add_event(b, user, item, at->type == TYPES ? NULL : names[at->type], at->value,
                                  at->time, &err));
        OK(reco_builder_add_event(b, user, item, "nothing", 5, at->time, &err)); /* is not there */
        OK(reco_builder_set_consent(b, user, p->consent[at->user], &err));
    }
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

/* Marks what does not get there: of users who do not consent, and of items with too few events. */
static void take_out(plain *p)
{
    int32_t n[ITEMS] = {0};
    for (int32_t e = 0; e < EVENTS; e++) {
        p->all[e].gone = !(p->consent[p->all[e].user] & RECO_CONSENT_TRAINING);
        n[p->all[e].item] += !p->all[e].gone;
    }
    for (int32_t e = 0; e < EVENTS; e++) {
        p->all[e].gone = p->all[e].gone || n[p->all[e].item] < p->least;
    }
}

/* The earliest of a user's events that is left, of equal times the first added; -1 at the end. */
static int32_t next_of(const plain *p, int32_t user, const bool *taken)
{
    int32_t next = -1;
    for (int32_t e = 0; e < EVENTS; e++) {
        const event *at = &p->all[e];
        if (at->user == user && !at->gone && !taken[e] && (next < 0 || at->time < p->all[next].time)) {
            next = e;
        }
    }
    return next;
}

static void check_user(const plain *p, const reco_data *data, int32_t user)
{
    char id[2] = {(char)('a' + user), 0};
    bool taken[EVENTS] = {false};
    int32_t row;
    const int32_t *items;
    const float *values;
    const int64_t *times;
    const uint8_t *types;
    int64_t n, k = 0;
    if (reco_data_find(data, RECO_USER, id, &row, NULL)) {
        return; /* had no event at all */
    }
    OK(reco_data_trail(data, row, &items, &values, &times, &types, &n, &err));
    for (int32_t e; (e = next_of(p, user, taken)) >= 0; k++) {
        const event *at = &p->all[e];
        taken[e] = true;
        assert_true(k < n);
        assert_int_equal(reco_data_id(data, RECO_ITEM, items[k])[0], 'p' + at->item);
        assert_true(values[k] == at->value);
        assert_true((times ? times[k] : RECO_NO_TIME) == at->time);
        assert_int_equal(types ? types[k] : 255, at->type == TYPES ? 255 : at->type);
    }
    assert_int_equal(k, n);
    for (int64_t most = 0; most <= n + 1; most++) {
        reco__trail last = reco__log_trail(data->log, row, most);
        assert_int_equal(last.n, most < n ? most : n);
        assert_ptr_equal(last.items + last.n, items + n);
        assert_ptr_equal(last.values + last.n, values + n);
        assert_true(times ? last.times + last.n == times + n : !last.times);
        assert_true(types ? last.types + last.n == types + n : !last.types);
    }
}

static void test_trails_are_what_was_added(void **state)
{
    (void)state;
    int32_t borrowed = 0;
    for (uint64_t k = 0; k < CASES; k++) {
        plain p = random_plain(k);
        reco_data *data = data_of(&p);
        take_out(&p);
        for (int32_t u = 0; u < USERS; u++) {
            check_user(&p, data, u);
        }
        assert_int_equal(reco_data_count(data, "types"), TYPES + 1);
        borrowed += data->log->borrowed != NULL;
        reco_data_free(data);
    }
    assert_int_equal(borrowed, 0); /* what repeats is no matrix */
}

/* Each entry of the matrix is the sum over its events of value times weight, rounded to float one by one; what rounding
 * alone left is none. */
static void check_matrix(const reco_data *data)
{
    const reco__csr *x = &data->history->x;
    for (int32_t u = 0; u < x->rows; u++) {
        reco__trail trail = reco__log_trail(data->log, u, INT64_MAX);
        for (int32_t i = 0; i < x->columns; i++) {
            double sum = 0, sizes = 0;
            for (int64_t k = 0; k < trail.n; k++) {
                bool typed = trail.types && trail.types[k] != 255;
                double value = typed ? (float)(trail.values[k] * weights[trail.types[k]]) : trail.values[k];
                sum += trail.items[k] == i ? value : 0;
                sizes += trail.items[k] == i ? fabs(value) : 0;
            }
            sum = sum > 1e-6 * sizes ? sum : 0;
            assert_true(reco__csr_value(x, u, i) == ((float)sum > 0 ? (float)sum : 0));
        }
    }
}

static void test_weights_are_rules_of_the_matrix(void **state)
{
    (void)state;
    int64_t typed = 0;
    for (uint64_t k = 0; k < CASES; k++) {
        plain p = random_plain(k);
        reco_data *data = data_of(&p), *train = NULL, *test = NULL;
        check_matrix(data);
        OK(reco_data_split(data, "random:0.4", k, &train, &test, &err));
        check_matrix(train);
        check_matrix(test);
        for (int64_t e = 0; test->log->type && e < reco__log_size(test->log); e++) {
            typed += test->log->type[e] != RECO__NO_TYPE;
        }
        assert_string_equal(reco_data_type(test, 1), names[1]); /* also when the whole is gone */
        reco_data_free(data);
        assert_string_equal(reco_data_type(test, 1), names[1]);
        reco_data_free(train);
        reco_data_free(test);
    }
    assert_true(typed > 0);
}

/* Who shares a log keeps it and what it points into. */
static void test_a_log_outlives_its_data(void **state)
{
    (void)state;
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_event_type(b, "view", 1, &err));
    OK(reco_builder_add_event(b, "ann", "lamp", NULL, 2, 7, &err));
    OK(reco_builder_add_event(b, "ann", "mug", "view", 3, 5, &err));
    OK(reco_builder_add_event(b, "bob", "mug", NULL, 4, 6, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    reco__log *log = reco__log_share(data->log);
    assert_ptr_equal(log->borrowed, data->history); /* each event is an entry: kept once */
    assert_ptr_equal(log->item, data->history->x.index);
    reco_data_free(data);
    reco__trail trail = reco__log_trail(log, 0, 9);
    assert_true(trail.n == 2 && trail.values[1] == 2 && trail.times[0] == 5 && trail.types[0] == 0);
    reco__log_release(log);
    reco__log_release(NULL);
    assert_null(reco__log_share(NULL));
}

static void test_types(void **state)
{
    (void)state;
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_error why = {""};
    char name[8];
    OK(reco_builder_new(&b, &err));
    for (int32_t k = 0; k < 255; k++) {
        snprintf(name, sizeof name, "t%d", k);
        OK(reco_builder_set_event_type(b, name, k, &err));
    }
    FAILS(reco_builder_set_event_type(b, "one more", 1, &err), RECO_EINVAL);
    reco_builder_set_event_type(b, "one more", 1, &why);
    assert_string_equal(why.message, "event type 'one more': at most 255 types can be named");
    OK(reco_builder_set_event_type(b, "t3", 5, &err)); /* no event has it yet */
    OK(reco_builder_add_event(b, "ann", "mug", "t3", 2, RECO_NO_TIME, &err));
    OK(reco_builder_add_event(b, "ann", "lamp", "t254", 2, RECO_NO_TIME, &err));
    OK(reco_builder_set_event_type(b, "t3", 5, &err));
    FAILS(reco_builder_set_event_type(b, "t3", 6, &err), RECO_EINVAL);
    reco_builder_set_event_type(b, "t3", 6, &why);
    assert_string_equal(why.message, "weight of event type 't3' cannot change: there are events of it");
    OK(reco_builder_set_event_type(b, "t4", 6, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    assert_int_equal(reco_data_count(data, "types"), 255);
    assert_string_equal(reco_data_type(data, 254), "t254");
    assert_null(reco_data_type(data, 255));
    assert_null(reco_data_type(data, -1));
    assert_null(reco_data_type(NULL, 0));
    assert_true(data->history->x.value[0] == 10 && data->history->x.value[1] == 508);

    reco_model *model = NULL;
    OK(reco_model_new(&model, "popular", &err));
    assert_int_equal(reco_model_count(model, "types"), 0);
    assert_null(reco_model_type(model, 0));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
    assert_int_equal(reco_model_count(model, "types"), 255);
    assert_string_equal(reco_model_type(model, 3), "t3");
    assert_null(reco_model_type(model, 255));
    assert_null(reco_model_type(NULL, 0));
    reco_model_free(model);
}

static void test_refused_trails(void **state)
{
    (void)state;
    plain p = random_plain(1);
    reco_data *data = data_of(&p);
    int64_t n = -7;
    FAILS(reco_data_trail(data, -1, NULL, NULL, NULL, NULL, &n, &err), RECO_EINVAL);
    FAILS(reco_data_trail(data, (int32_t)reco_data_count(data, "users"), NULL, NULL, NULL, NULL, &n, &err),
          RECO_EINVAL);
    FAILS(reco_data_trail(NULL, 0, NULL, NULL, NULL, NULL, &n, &err), RECO_EINVAL);
    assert_int_equal(n, -7);
    OK(reco_data_trail(data, 0, NULL, NULL, NULL, NULL, NULL, &err));
    reco_data_free(data);
}

/* ---- sessions ---- */

/* Whether a session begins at event k: it has a time, so had one before, and between them is more than the gap. */
static bool begins(const int64_t *times, int64_t k, int64_t gap)
{
    for (int64_t before = k - 1; gap > 0 && times && times[k] != RECO_NO_TIME && before >= 0; before--) {
        if (times[before] != RECO_NO_TIME) {
            long double apart = fabsl((long double)times[k] - (long double)times[before]);
            return apart > (long double)gap;
        }
    }
    return k == 0;
}

static void check_sessions(const int64_t *times, int64_t n, int64_t gap)
{
    reco__trail trail = {.n = n, .times = times};
    int64_t last = 0, from = 0;
    for (int64_t end; from < n; from = end) {
        end = reco__session_end(&trail, gap, from);
        assert_true(end > from && end <= n && begins(times, from, gap));
        for (int64_t k = from + 1; k < end; k++) {
            assert_false(begins(times, k, gap));
        }
        last = from;
    }
    assert_int_equal(from, n);
    assert_int_equal(reco__session_last(&trail, gap), last);
}

static void test_sessions(void **state)
{
    (void)state;
    static const int64_t gaps[] = {0, 1, 3, 10, 1800, INT64_MAX, -1};
    static const int64_t far[] = {INT64_MIN + 1, 0, INT64_MAX, INT64_MIN + 1};
    made_random r = {3};
    for (int32_t k = 0; k < 4000; k++) {
        int64_t times[12], n = made_below(&r, 13);
        for (int64_t e = 0; e < n; e++) { /* also backwards, as somebody may tell them */
            times[e] = made_below(&r, 4) ? made_below(&r, 40) : RECO_NO_TIME;
        }
        check_sessions(times, n, gaps[made_below(&r, 7)]);
    }
    for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++) {
        check_sessions(far, 4, gaps[k]);
        check_sessions(NULL, 5, gaps[k]);
    }
    reco__trail trail = {.n = 4, .times = far};
    assert_int_equal(reco__session_end(&trail, INT64_MAX, 0),
                     3); /* 2^63 - 1 seconds are no more than the gap */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trails_are_what_was_added),
        cmocka_unit_test(test_weights_are_rules_of_the_matrix),
        cmocka_unit_test(test_a_log_outlives_its_data),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_refused_trails),
        cmocka_unit_test(test_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
