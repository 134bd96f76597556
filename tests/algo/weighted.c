/* SPDX-License-Identifier: MIT */
/* The hybrid's scores against its definition, computed here in double from the scores of its parts fitted
 * alone. */
#include <reco/reco.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { USERS = 30, ITEMS = 25, PARTS = 3 };

static reco_error err;
static const char *const scalings[] = {"minmax", "zscore", "rank", "softmax"};
static const double weights[PARTS] = {0.7, -0.4, 1.5};

#define OK(call)                                                                                             \
    do {                                                                                                     \
        reco_status status_ = (call);                                                                        \
        if (status_) {                                                                                       \
            fail_msg("%s: %s", reco_status_text(status_), err.message);                                      \
        }                                                                                                    \
    } while (0)

static reco_data *some_data(void)
{
    reco_builder *b;
    reco_data *data;
    uint32_t random = 7;
    OK(reco_builder_new(&b, &err));
    for (int k = 0; k < 200; k++) {
        char user[16], item[16];
        random = random * 1664525u + 1013904223u;
        snprintf(user, sizeof user, "u%u", (random >> 16) % USERS);
        random = random * 1664525u + 1013904223u;
        snprintf(item, sizeof item, "i%u", (random >> 16) % ITEMS * ((random >> 8) % 4) / 3);
        OK(reco_builder_add_event(b, user, item, NULL, 1, RECO_NO_TIME, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* The parts: popular, random with seed 5, random with seed 9. */
static reco_model *part(int k)
{
    reco_model *m;
    OK(reco_model_new(&m, k == 0 ? "popular" : "random", &err));
    OK(reco_model_set(m, "seed", k == 1 ? 5 : 9, &err));
    return m;
}

static int32_t scores_of(const reco_model *m, const char *user, float *scores)
{
    const char *ids[ITEMS];
    int32_t n = (int32_t)reco_model_count(m, "items");
    reco_query *q;
    for (int32_t i = 0; i < n; i++) {
        ids[i] = reco_model_id(m, RECO_ITEM, i);
    }
    OK(reco_query_new(&q, &err));
    OK(reco_query_user(q, user, &err));
    OK(reco_model_score(m, q, ids, n, scores, &err));
    reco_query_free(q);
    return n;
}

/* The definitions, straight. */
static double scaled(const char *scaling, const float *s, int32_t n, int32_t at)
{
    double low = INFINITY, high = -INFINITY, mean = 0, squares = 0, sum = 0, better = 0;
    for (int32_t i = 0; i < n; i++) {
        low = fmin(low, (double)s[i]);
        high = fmax(high, (double)s[i]);
        mean += (double)s[i] / n;
        better += s[i] > s[at];
    }
    for (int32_t i = 0; i < n; i++) {
        squares += ((double)s[i] - mean) * ((double)s[i] - mean) / n;
        sum += exp((double)s[i] - high);
    }
    if (high == low) {
        return 0;
    }
    switch (scaling[0]) {
    case 'm':
        return ((double)s[at] - low) / (high - low);
    case 'z':
        return ((double)s[at] - mean) / sqrt(squares);
    case 'r':
        return 1 - better / n;
    default:
        return exp((double)s[at] - high) / sum;
    }
}

static void test_scores_are_the_weighted_sum(void **state)
{
    (void)state;
    reco_data *data = some_data();
    float of_part[PARTS][ITEMS], of_hybrid[ITEMS];
    for (int s = 0; s < 4; s++) {
        reco_model *hybrid;
        int32_t n = 0;
        OK(reco_model_new(&hybrid, "weighted", &err));
        OK(reco_model_set_text(hybrid, "scaling", scalings[s], &err));
        assert_int_equal(reco_model_can(hybrid, "parts"), 1);
        for (int k = 0; k < PARTS; k++) {
            reco_model *m = part(k);
            OK(reco_model_add_part(hybrid, m, weights[k], &err));
            OK(reco_model_fit(m, data, NULL, &err));
            n = scores_of(m, "u3", of_part[k]);
            reco_model_free(m);
        }
        OK(reco_model_fit(hybrid, data, NULL, &err));
        scores_of(hybrid, "u3", of_hybrid);
        for (int32_t i = 0; i < n; i++) {
            double expected = 0;
            for (int k = 0; k < PARTS; k++) {
                expected += weights[k] * scaled(scalings[s], of_part[k], n, i);
            }
            assert_true(fabs(expected - (double)of_hybrid[i]) < 1e-5);
        }
        reco_model_free(hybrid);
    }
    reco_data_free(data);
}

static void test_hybrids_nest_and_are_one_file(void **state)
{
    (void)state;
    reco_data *data = some_data();
    reco_model *inner, *outer, *loaded, *first = part(0), *second = part(1);
    void *bytes;
    int64_t n;
    float before[ITEMS], after[ITEMS];
    OK(reco_model_new(&inner, "weighted", &err));
    OK(reco_model_add_part(inner, first, 1, &err));
    OK(reco_model_add_part(inner, second, 0.25, &err));
    OK(reco_model_new(&outer, "weighted", &err));
    OK(reco_model_set_text(outer, "scaling", "zscore", &err));
    OK(reco_model_add_part(outer, inner, 2, &err));
    OK(reco_model_add_part(outer, second, -1, &err));
    OK(reco_model_fit(outer, data, NULL, &err));
    assert_int_equal(reco_model_count(inner, "fitted"), 0); /* the hybrid took a copy */
    int32_t items = scores_of(outer, "u1", before);
    OK(reco_model_save_bytes(outer, RECO_SAVE_ALL, &bytes, &n, &err));
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    scores_of(loaded, "u1", after);
    assert_memory_equal(before, after, (size_t)items * sizeof *before);
    const reco_model *nested = reco_model_part(loaded, 0);
    assert_string_equal(reco_model_algo(nested), "weighted");
    assert_int_equal(reco_model_part_size(nested), 2);
    assert_true(reco_model_part_weight(nested, 1) == 0.25);
    double seed;
    OK(reco_model_get(reco_model_part(nested, 1), "seed", &seed, &err));
    assert_true(seed == 5);
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(outer);
    reco_model_free(inner);
    reco_model_free(second);
    reco_model_free(first);
    reco_data_free(data);
}

static void test_limits(void **state)
{
    (void)state;
    reco_data *data = some_data();
    reco_model *hybrid, *next, *m = part(0);
    OK(reco_model_new(&hybrid, "weighted", &err));
    assert_int_equal(reco_model_fit(hybrid, data, NULL, &err), RECO_ESTATE);
    assert_string_equal(err.message, "weighted: has no parts to fit");
    assert_int_equal(reco_model_add_part(hybrid, m, 0, &err), RECO_EINVAL);
    assert_int_equal(reco_model_add_part(hybrid, m, (double)NAN, &err), RECO_EINVAL);
    assert_int_equal(reco_model_add_part(m, hybrid, 1, &err), RECO_EUNSUPPORTED);
    for (int depth = 0; depth < 6; depth++) {
        OK(reco_model_new(&next, "weighted", &err));
        OK(reco_model_add_part(next, hybrid, 1, &err));
        reco_model_free(hybrid);
        hybrid = next;
    }
    OK(reco_model_new(&next, "weighted", &err));
    OK(reco_model_add_part(next, hybrid, 1, &err));
    reco_model_free(hybrid);
    OK(reco_model_new(&hybrid, "weighted", &err));
    assert_int_equal(reco_model_add_part(hybrid, next, 1, &err), RECO_EINVAL); /* nested too deep */
    reco_model_free(next);
    for (int k = 0; k < 64; k++) {
        OK(reco_model_add_part(hybrid, m, 1, &err));
    }
    assert_int_equal(reco_model_add_part(hybrid, m, 1, &err), RECO_EINVAL); /* too many parts */
    reco_model_free(hybrid);
    reco_model_free(m);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_the_weighted_sum),
        cmocka_unit_test(test_hybrids_nest_and_are_one_file),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
