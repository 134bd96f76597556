/* SPDX-License-Identifier: MIT */
/* Splits: what every split keeps, and what each one promises, on random small data. */
#include "base/rng.h"
#include "data/data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { USERS = 20, ITEMS = 15, EVENTS = 250, CASES = 40 };

static reco_error err;

/* Events of repeated pairs and returns; times with ties, or none at all. */
static reco_data *random_data(uint64_t seed, bool timed, const char *combine, double half_life)
{
    reco_builder *b;
    reco_data *data;
    assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
    assert_int_equal(reco_builder_set_text(b, "combine", combine, &err), RECO_OK);
    assert_int_equal(reco_builder_set(b, "half_life_days", half_life, &err), RECO_OK);
    assert_int_equal(reco_builder_set(b, "min_item_events", 3, &err), RECO_OK);
    reco__rng r = reco__rng_key(seed, 3, 0);
    for (int k = 0; k < EVENTS; k++) {
        char user[8], item[8];
        snprintf(user, sizeof user, "u%d", (int)reco__rng_below(&r, USERS));
        snprintf(item, sizeof item, "i%d", (int)reco__rng_below(&r, ITEMS));
        float value = reco__rng_below(&r, 6) ? 1 : -1;
        int64_t time =
            timed && reco__rng_below(&r, 10) ? (int64_t)reco__rng_below(&r, 90) * 86400 : RECO_NO_TIME;
        assert_int_equal(reco_builder_add_event(b, user, item, NULL, value, time, &err), RECO_OK);
    }
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "i99", "price", 1, &err), RECO_OK);
    assert_int_equal(reco_builder_finish(b, &data, &err), RECO_OK);
    reco_builder_free(b);
    return data;
}

static int64_t pairs_of(const reco_data *data)
{
    return reco_data_count(data, "pairs");
}

/* X[u, i], 0 where there is none. */
static float entry(const reco_data *data, int32_t user, int32_t item)
{
    const reco__csr *x = &data->history->x;
    for (int64_t e = x->start[user]; e < x->start[user + 1]; e++) {
        if (x->index[e] == item) {
            return x->value[e];
        }
    }
    return 0;
}

/* The logs together are the log, each in its order. */
static void check_logs(const reco_data *data, const reco_data *train, const reco_data *test)
{
    const reco__log *whole = data->log, *parts[2] = {train->log, test->log};
    for (int32_t u = 0; u < whole->n_users; u++) {
        int64_t at[2] = {parts[0]->start[u], parts[1]->start[u]};
        for (int64_t e = whole->start[u]; e < whole->start[u + 1]; e++) {
            int found = -1;
            for (int p = 0; p < 2 && found < 0; p++) {
                const reco__log *part = parts[p];
                int64_t k = at[p];
                int64_t time = part->time && k < part->start[u + 1] ? part->time[k] : RECO_NO_TIME;
                if (k < part->start[u + 1] && part->item[k] == whole->item[e] &&
                    part->value[k] == whole->value[e] &&
                    time == (whole->time ? whole->time[e] : RECO_NO_TIME)) {
                    found = p;
                }
            }
            assert_true(found >= 0);
            at[found]++;
        }
        assert_true(at[0] == parts[0]->start[u + 1] && at[1] == parts[1]->start[u + 1]);
    }
}

/* Splits twice and checks what holds for all splits; pairs: whether pairs are moved whole. */
static void split(const reco_data *data, const char *spec, uint64_t seed, bool pairs, reco_data **train,
                  reco_data **test)
{
    reco_data *again[2];
    assert_int_equal(reco_data_split(data, spec, seed, train, test, &err), RECO_OK);
    assert_int_equal(reco_data_split(data, spec, seed, &again[0], &again[1], &err), RECO_OK);
    assert_ptr_equal((*train)->catalog, data->catalog);
    assert_ptr_equal((*test)->catalog, data->catalog);
    check_logs(data, *train, *test);
    check_logs(data, again[0], again[1]);
    for (int32_t u = 0; u < reco__data_users(data); u++) {
        for (int32_t i = 0; i < reco__data_items(data); i++) {
            float a = entry(*train, u, i), b = entry(*test, u, i), whole = entry(data, u, i);
            assert_true(a == entry(again[0], u, i) && b == entry(again[1], u, i));
            assert_true(!pairs || ((a > 0) + (b > 0) == (whole > 0)));
        }
    }
    assert_true(!pairs || pairs_of(*train) + pairs_of(*test) == pairs_of(data));
    reco_data_free(again[0]);
    reco_data_free(again[1]);
}

static void free_parts(reco_data *train, reco_data *test)
{
    reco_data_free(train);
    reco_data_free(test);
}

static void test_random(void **state)
{
    (void)state;
    reco_data *train, *test, *other_train, *other_test;
    int same = 0;
    for (uint64_t k = 0; k < CASES; k++) {
        reco_data *data = random_data(k, k % 2, "sum", 0);
        split(data, "random:0.2", k, true, &train, &test);
        assert_int_equal(pairs_of(test), llround(0.2 * (double)pairs_of(data)));
        split(data, "random:0.2", k + 1, true, &other_train, &other_test);
        same += memcmp(test->history->x.start, other_test->history->x.start, 8 * (USERS + 1)) == 0;
        free_parts(train, test);
        free_parts(other_train, other_test);
        reco_data_free(data);
    }
    assert_int_equal(same, 0);
}

/* Position in the user's log of the pair's last event. */
static int64_t last_event(const reco_data *data, int32_t user, int32_t item)
{
    int64_t last = -1;
    for (int64_t e = data->log->start[user]; e < data->log->start[user + 1]; e++) {
        last = data->log->item[e] == item ? e : last;
    }
    return last;
}

static void check_last(const reco_data *data, const char *spec, int64_t k)
{
    reco_data *train, *test;
    split(data, spec, 0, true, &train, &test);
    for (int32_t u = 0; u < reco__data_users(data); u++) {
        int64_t n = data->history->x.start[u + 1] - data->history->x.start[u], tested = 0;
        int64_t newest_train = -1, oldest_test = INT64_MAX;
        for (int32_t i = 0; i < reco__data_items(data); i++) {
            int64_t last = last_event(data, u, i);
            if (entry(test, u, i) > 0) {
                tested++;
                oldest_test = last < oldest_test ? last : oldest_test;
            } else if (entry(train, u, i) > 0) {
                newest_train = last > newest_train ? last : newest_train;
            }
        }
        assert_int_equal(tested, n > k ? k : 0);
        assert_true(tested == 0 || newest_train < oldest_test);
    }
    free_parts(train, test);
}

static void test_last(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < CASES; k++) {
        reco_data *data = random_data(k, k % 2, "sum", 0);
        check_last(data, "leave-one-out", 1);
        check_last(data, "last:1", 1);
        check_last(data, "last:4", 4);
        check_last(data, "last:1000", 1000);
        reco_data_free(data);
    }
}

static void test_time(void **state)
{
    (void)state;
    reco_data *train, *test;
    for (uint64_t k = 0; k < CASES; k++) {
        reco_data *data = random_data(k, true, "sum", 0);
        split(data, "time:0.2", 0, false, &train, &test);
        int64_t timed = 0, tested = 0, at_border = 0;
        for (int64_t e = 0; e < data->log->start[data->log->n_users]; e++) {
            timed += data->log->time[e] != RECO_NO_TIME;
            tested += data->log->time[e] >= test->first_time;
            at_border += data->log->time[e] == test->first_time;
        }
        assert_true(train->last_time < test->first_time && test->last_time == data->last_time);
        assert_int_equal(test->log->start[test->log->n_users], tested);
        assert_true(tested >= llround(0.2 * (double)timed) &&
                    tested - at_border < llround(0.2 * (double)timed));
        free_parts(train, test);
        split(data, "time:0.9999", 0, false, &train, &test); /* something always remains before */
        assert_true(train->last_time == data->first_time && test->first_time > data->first_time);
        free_parts(train, test);
        reco_data_free(data);
    }
}

static void test_folds(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 10; k++) {
        reco_data *data = random_data(k, true, "sum", 0);
        int64_t sum = 0, least = INT64_MAX, most = 0;
        static int times[USERS][ITEMS + 1];
        memset(times, 0, sizeof times);
        for (int fold = 1; fold <= 7; fold++) {
            reco_data *train, *test;
            char spec[32];
            snprintf(spec, sizeof spec, "kfold:7/%d", fold);
            split(data, spec, k, true, &train, &test);
            int64_t n = pairs_of(test);
            sum += n;
            least = n < least ? n : least;
            most = n > most ? n : most;
            for (int32_t u = 0; u < reco__data_users(data); u++) {
                for (int64_t e = test->history->x.start[u]; e < test->history->x.start[u + 1]; e++) {
                    times[u][test->history->x.index[e]]++;
                }
            }
            free_parts(train, test);
        }
        assert_int_equal(sum, pairs_of(data));
        assert_true(most - least <= 1);
        for (int32_t u = 0; u < reco__data_users(data); u++) {
            for (int32_t i = 0; i < reco__data_items(data); i++) {
                assert_int_equal(times[u][i], entry(data, u, i) > 0);
            }
        }
        reco_data_free(data);
    }
}

static int64_t rows_with_entries(const reco__csr *x)
{
    int64_t n = 0;
    for (int32_t r = 0; r < x->rows; r++) {
        n += x->start[r] < x->start[r + 1];
    }
    return n;
}

static void test_cold(void **state)
{
    (void)state;
    reco_data *train, *test;
    for (uint64_t k = 0; k < CASES; k++) {
        reco_data *data = random_data(k, true, "sum", 0);
        split(data, "cold-users:0.25", k, true, &train, &test);
        int64_t users = rows_with_entries(&data->history->x), cold = rows_with_entries(&test->history->x);
        assert_int_equal(cold, llround(0.25 * (double)users));
        assert_int_equal(cold + rows_with_entries(&train->history->x), users);
        free_parts(train, test);
        split(data, "cold-items:0.25", k, true, &train, &test);
        int64_t items = rows_with_entries(&data->by_item);
        cold = rows_with_entries(&test->by_item);
        assert_int_equal(cold, llround(0.25 * (double)items));
        assert_int_equal(cold + rows_with_entries(&train->by_item), items);
        free_parts(train, test);
        reco_data_free(data);
    }
}

static void test_rules_go_on(void **state)
{
    (void)state;
    static const char *const rules[] = {"sum", "last", "max", "count"};
    reco_data *train, *test;
    for (uint64_t k = 0; k < 4; k++) {
        reco_data *data = random_data(k, true, rules[k], 10);
        split(data, "random:0.5", k, true, &train, &test);
        assert_int_equal(train->rules.combine, (int)k);
        assert_true(train->rules.half_life_days == 10 && isnan(train->rules.reference_time));
        assert_true(train->rules.min_item_events == 0);
        free_parts(train, test);
        reco_data_free(data);
    }
}

static void test_small(void **state)
{
    (void)state;
    static const char *const specs[] = {"random:0.9", "leave-one-out", "kfold:2/1", "cold-users:0.5",
                                        "cold-items:0.5"};
    for (size_t k = 0; k < sizeof specs / sizeof *specs; k++) {
        for (int n = 0; n < 2; n++) {
            reco_builder *b;
            reco_data *data, *train, *test;
            assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
            assert_int_equal(n ? reco_builder_add_event(b, "a", "x", NULL, 1, 5, &err) : RECO_OK, RECO_OK);
            assert_int_equal(reco_builder_finish(b, &data, &err), RECO_OK);
            split(data, specs[k], 1, true, &train, &test);
            assert_int_equal(pairs_of(test), n == 1 && k == 2); /* the first of two folds of one */
            free_parts(train, test);
            reco_data_free(data);
            reco_builder_free(b);
        }
    }
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *message;
    } cases[] = {
        {"rand:0.2", "no split 'rand:0.2'; there are: random:F, leave-one-out, last:K, time:F, kfold:N/I, "
                     "cold-users:F, cold-items:F"},
        {"", "no split ''; there are: random:F, leave-one-out, last:K, time:F, kfold:N/I, cold-users:F, "
             "cold-items:F"},
        {"random", "split 'random': the fraction must be above 0 and below 1"},
        {"random:", "split 'random:': the fraction must be above 0 and below 1"},
        {"random:1", "split 'random:1': the fraction must be above 0 and below 1"},
        {"random:0", "split 'random:0': the fraction must be above 0 and below 1"},
        {"random:x", "split 'random:x': the fraction must be above 0 and below 1"},
        {"random:0.2x", "split 'random:0.2x': the fraction must be above 0 and below 1"},
        {"cold-users:-1", "split 'cold-users:-1': the fraction must be above 0 and below 1"},
        {"leave-one-out:1", "split 'leave-one-out:1': nothing stands behind leave-one-out"},
        {"last:0", "split 'last:0': K must be a whole number of at least 1"},
        {"last", "split 'last': K must be a whole number of at least 1"},
        {"last:1.5", "split 'last:1.5': K must be a whole number of at least 1"},
        {"kfold:5", "split 'kfold:5': must be kfold:N/I with whole N of at least 2 and I in [1, N]"},
        {"kfold:5/6", "split 'kfold:5/6': must be kfold:N/I with whole N of at least 2 and I in [1, N]"},
        {"kfold:5/0", "split 'kfold:5/0': must be kfold:N/I with whole N of at least 2 and I in [1, N]"},
        {"kfold:1/1", "split 'kfold:1/1': must be kfold:N/I with whole N of at least 2 and I in [1, N]"},
        {"time:0.2", "split 'time:0.2': the events have no times"},
    };
    reco_data *data = random_data(1, false, "sum", 0), *train, *test;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        train = test = data;
        assert_int_equal(reco_data_split(data, cases[k].spec, 0, &train, &test, &err), RECO_EINVAL);
        assert_string_equal(err.message, cases[k].message);
        assert_true(train == NULL && test == NULL);
    }
    assert_int_equal(reco_data_split(NULL, "random:0.5", 0, &train, &test, &err), RECO_EINVAL);
    assert_int_equal(reco_data_split(data, NULL, 0, &train, &test, &err), RECO_EINVAL);
    assert_int_equal(reco_data_split(data, "random:0.5", 0, NULL, &test, NULL), RECO_EINVAL);
    reco_data_free(data);
}

static void test_one_moment(void **state)
{
    (void)state;
    reco_builder *b;
    reco_data *data, *train, *test;
    assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
    assert_int_equal(reco_builder_add_event(b, "a", "x", NULL, 1, 5, &err), RECO_OK);
    assert_int_equal(reco_builder_add_event(b, "a", "y", NULL, 1, 5, &err), RECO_OK);
    assert_int_equal(reco_builder_finish(b, &data, &err), RECO_OK);
    assert_int_equal(reco_data_split(data, "time:0.5", 0, &train, &test, &err), RECO_EINVAL);
    assert_string_equal(err.message, "split 'time:0.5': all events have the same time");
    reco_data_free(data);
    reco_builder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random), cmocka_unit_test(test_last),     cmocka_unit_test(test_time),
        cmocka_unit_test(test_folds),  cmocka_unit_test(test_cold),     cmocka_unit_test(test_rules_go_on),
        cmocka_unit_test(test_small),  cmocka_unit_test(test_refusals), cmocka_unit_test(test_one_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
