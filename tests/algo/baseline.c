/* SPDX-License-Identifier: MIT */
/* baseline against the minimum of what it minimizes, found here by solving the dense normal equations of all biases at once. */
#include "support/made.h"

#include <math.h>

enum { USERS = 17, ITEMS = 11, BOTH = USERS + ITEMS, CASES = 12 };

static float rating[USERS][ITEMS]; /* NaN: not rated */
static double bias[BOTH];          /* of users, then of items */
static double mean, low, high;

/* A third of the pairs, on a scale that goes below 0; nobody rated item 4, and user 3 nothing. */
static void draw(uint64_t seed)
{
    made_random random = {seed * 77 + 1};
    int32_t n = 0;
    mean = 0;
    low = INFINITY;
    high = -INFINITY;
    for (int32_t u = 0; u < USERS; u++) {
        for (int32_t i = 0; i < ITEMS; i++) {
            bool rates = made_below(&random, 3) == 0 && u != 3 && i != 4;
            float fits = (float)(u % 5 - 2) * 1.5f + (float)(i % 4) * 1.5f - 2 + 3 * made_unit(&random);
            rating[u][i] = rates ? fmaxf(-4, fminf(4, rintf(2 * fits) / 2)) : NAN;
            mean += rates ? (double)rating[u][i] : 0;
            low = rates && (double)rating[u][i] < low ? (double)rating[u][i] : low;
            high = rates && (double)rating[u][i] > high ? (double)rating[u][i] : high;
            n += rates;
        }
    }
    mean /= n;
}

static reco_data *data_of_ratings(void)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_text(b, "values", "ratings", &err));
    for (int64_t u = 0; u < USERS; u++) {
        OK(reco_builder_add_ids_i64(b, RECO_USER, 1, &u, &err));
        for (int64_t i = 0; i < ITEMS; i++) {
            OK(reco_builder_add_ids_i64(b, RECO_ITEM, 1, &i, &err));
            if (!isnan(rating[u][i])) {
                OK(reco_builder_add_events_i64(b, 1, &u, &i, &rating[u][i], NULL, &err));
            }
        }
    }
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

/* Gaussian elimination; the matrix is positive definite. */
static void solve(double a[BOTH][BOTH], double *x)
{
    for (int k = 0; k < BOTH; k++) {
        for (int r = k + 1; r < BOTH; r++) {
            double f = a[r][k] / a[k][k];
            for (int c = k; c < BOTH; c++) {
                a[r][c] -= f * a[k][c];
            }
            x[r] -= f * x[k];
        }
    }
    for (int k = BOTH - 1; k >= 0; k--) {
        for (int c = k + 1; c < BOTH; c++) {
            x[k] -= a[k][c] * x[c];
        }
        x[k] /= a[k][k];
    }
}

static void solve_all(double lambda)
{
    static double a[BOTH][BOTH];
    memset(a, 0, sizeof a);
    memset(bias, 0, sizeof bias);
    for (int k = 0; k < BOTH; k++) {
        a[k][k] = lambda;
    }
    for (int u = 0; u < USERS; u++) {
        for (int i = 0; i < ITEMS; i++) {
            if (!isnan(rating[u][i])) {
                a[u][u]++;
                a[USERS + i][USERS + i]++;
                a[u][USERS + i]++;
                a[USERS + i][u]++;
                bias[u] += (double)rating[u][i] - mean;
                bias[USERS + i] += (double)rating[u][i] - mean;
            }
        }
    }
    solve(a, bias);
}

static double predicted(double of_user, int32_t item)
{
    return fmin(fmax(mean + of_user + bias[USERS + item], low), high);
}

static reco_model *fitted(double lambda, double iterations)
{
    reco_data *data = data_of_ratings();
    reco_model *model = NULL;
    OK(reco_model_new(&model, "baseline", &err));
    OK(reco_model_set(model, "regularization", lambda, &err));
    OK(reco_model_set(model, "iterations", iterations, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
    return model;
}

static const char *const ids[ITEMS] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};

static void test_predictions_are_the_minimum(void **state)
{
    (void)state;
    int32_t clipped = 0;
    reco_query *query = NULL;
    OK(reco_query_new(&query, &err));
    for (uint64_t c = 0; c < CASES; c++) {
        double lambda = 0.1 + (double)(c % 4);
        draw(c);
        solve_all(lambda);
        reco_model *model = fitted(lambda, 3000);
        for (int64_t u = 0; u < USERS; u++) {
            float scores[ITEMS];
            OK(reco_query_user_i64(query, u, &err));
            OK(reco_model_score(model, query, ids, ITEMS, scores, &err));
            for (int32_t i = 0; i < ITEMS; i++) {
                assert_true(fabs((double)scores[i] - predicted(bias[u], i)) < 2e-5);
                clipped += (double)scores[i] == low || (double)scores[i] == high;
            }
        }
        reco_model_free(model);
    }
    assert_true(clipped > 20);
    reco_query_free(query);
}

/* The rounds written the slow way. */
static void test_rounds_are_alternating_least_squares(void **state)
{
    (void)state;
    reco_query *query = NULL;
    OK(reco_query_new(&query, &err));
    for (int rounds = 1; rounds < 4; rounds++) {
        double lambda = 2.5;
        draw(100);
        memset(bias, 0, sizeof bias);
        for (int half = 0; half < 2 * rounds; half++) {
            bool items = half % 2 == 0;
            for (int k = 0; k < (items ? ITEMS : USERS); k++) {
                double sum = 0, n = 0;
                for (int o = 0; o < (items ? USERS : ITEMS); o++) {
                    double r = (double)(items ? rating[o][k] : rating[k][o]);
                    sum += isnan(r) ? 0 : r - mean - bias[items ? o : USERS + o];
                    n += !isnan(r);
                }
                bias[items ? USERS + k : k] = sum / (lambda + n);
            }
        }
        reco_model *model = fitted(lambda, rounds);
        for (int64_t u = 0; u < USERS; u++) {
            float scores[ITEMS];
            OK(reco_query_user_i64(query, u, &err));
            OK(reco_model_score(model, query, ids, ITEMS, scores, &err));
            for (int32_t i = 0; i < ITEMS; i++) {
                assert_true(fabs((double)scores[i] - predicted(bias[u], i)) < 1e-5);
            }
        }
        reco_model_free(model);
    }
    reco_query_free(query);
}

/* Tells all that a user rated, of which a rating of 0 cannot be told. */
static bool tell(reco_query *query, int32_t u)
{
    reco_query_reset(query);
    for (int32_t i = 0; i < ITEMS; i++) {
        if (rating[u][i] == 0) {
            return false;
        }
        if (!isnan(rating[u][i])) {
            OK(reco_query_event(query, ids[i], NULL, -rating[u][i], RECO_NO_TIME, &err)); /* and */
            OK(reco_query_event(query, ids[i], NULL, rating[u][i], RECO_NO_TIME,
                                &err)); /* thinks better of it */
        }
    }
    return true;
}

static void test_a_visitor_is_a_user_with_the_same_ratings(void **state)
{
    (void)state;
    int32_t told = 0;
    reco_query *visitor = NULL, *user = NULL;
    reco_list *one = NULL, *other = NULL;
    OK(reco_query_new(&visitor, &err));
    OK(reco_query_new(&user, &err));
    OK(reco_list_new(&one, &err));
    OK(reco_list_new(&other, &err));
    draw(7);
    reco_model *model = fitted(1, 5), *bare = NULL;
    void *bytes = NULL;
    int64_t n = 0;
    OK(reco_model_save_bytes(model, RECO_SAVE_WITHOUT_USERS, &bytes, &n, &err));
    OK(reco_model_load_bytes(&bare, bytes, n, &err));
    for (int32_t u = 0; u < USERS; u++) {
        if (tell(visitor, u)) {
            OK(reco_query_user_i64(user, u, &err));
            OK(reco_model_recommend(model, user, one, &err));
            for (int32_t k = 0; k < 2; k++) {
                OK(reco_model_recommend(k ? bare : model, visitor, other, &err));
                assert_string_equal(reco_list_source(other), "baseline");
                assert_int_equal(reco_list_size(one), reco_list_size(other));
                assert_memory_equal(reco_list_items(one), reco_list_items(other),
                                    (size_t)reco_list_size(one) * 4);
                assert_memory_equal(reco_list_scores(one), reco_list_scores(other),
                                    (size_t)reco_list_size(one) * 4);
            }
            told++;
        }
    }
    assert_true(told > 5);
    reco_bytes_free(bytes);
    reco_model_free(bare);
    reco_model_free(model);
    reco_list_free(one);
    reco_list_free(other);
    reco_query_free(visitor);
    reco_query_free(user);
}

/* Each entry has its part of the user's bias, also one that is no taste, and all add up to the score. */
static void test_reasons_add_up(void **state)
{
    (void)state;
    double lambda = 0.5;
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, ITEMS + 1, &err));
    OK(reco_list_new(&list, &err));
    draw(3);
    solve_all(lambda);
    reco_model *model = fitted(lambda, 3000);
    for (int64_t u = 0; u < USERS; u++) {
        OK(reco_query_user_i64(query, u, &err));
        for (int32_t i = 0; i < ITEMS; i++) {
            double sum = 0, n = 0;
            float score;
            for (int32_t h = 0; h < ITEMS; h++) {
                n += !isnan(rating[u][h]);
            }
            OK(reco_model_score(model, query, &ids[i], 1, &score, &err));
            OK(reco_model_explain(model, ids[i], query, list, &err));
            for (int32_t k = 0; k < reco_list_size(list); k++) {
                int32_t h = reco_list_items(list)[k];
                double amount = (double)reco_list_scores(list)[k];
                if (h >= 0) {
                    double part = ((double)rating[u][h] - mean - bias[USERS + h]) / (lambda + n);
                    assert_true(fabs(amount - part) < 2e-5);
                } else {
                    assert_int_equal(h, RECO_REST);
                }
                sum += amount;
            }
            assert_true(fabs(sum - (double)score) < 1e-5);
        }
    }
    reco_model_free(model);
    reco_list_free(list);
    reco_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_predictions_are_the_minimum),
        cmocka_unit_test(test_rounds_are_alternating_least_squares),
        cmocka_unit_test(test_a_visitor_is_a_user_with_the_same_ratings),
        cmocka_unit_test(test_reasons_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
