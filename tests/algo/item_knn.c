/* SPDX-License-Identifier: MIT */
/* item-knn against its definition on small dense matrices in double. */
#include "support/knn.h"

#include <math.h>

enum { MOST = ALIKE_MOST, ROUNDS = 250 };

/* The similarities of item i to its neighbors, 0 for others; false when it hangs on rounding which they are.
 */
static bool neighborhood(const knn_case *c, int32_t i, double *similarity)
{
    bool chosen[MOST];
    for (int32_t j = 0; j < c->n_items; j++) {
        similarity[j] = j == i ? 0 : alike_pair(&c->a, &c->row[i], &c->row[j]);
    }
    bool sure = alike_best(similarity, c->n_items, c->k, c->exact, chosen);
    for (int32_t j = 0; j < c->n_items; j++) {
        similarity[j] = chosen[j] ? similarity[j] : 0;
    }
    return sure;
}

static double defined_score(const knn_case *c, const double *similarity, const double *history)
{
    double sum = 0, all = 0;
    for (int32_t j = 0; j < c->n_items; j++) {
        sum += similarity[j] * alike_value(&c->a, history[j]);
        all += similarity[j];
    }
    return c->normalize && all > 0 ? sum / all : sum;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 2e-6 * fabs(b);
}

static void test_scores_are_those_of_the_definition(void **state)
{
    int32_t checked = 0, unsure = 0;
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        knn_case *c = knn_draw("item-knn", round);
        for (int32_t ask = 0; ask < 4; ask++) {
            double history[MOST], similarity[MOST];
            float scores[MOST];
            if (ask < 2) {
                knn_history(c, history);
            } else {
                knn_user(c, made_below(&c->random, c->n_users), history);
            }
            knn_scores(c, scores);
            for (int32_t i = 0; i < c->n_items; i++) {
                if (neighborhood(c, i, similarity)) {
                    assert_true(near((double)scores[i], defined_score(c, similarity, history)));
                    checked++;
                } else {
                    unsure++;
                }
            }
            knn_check_parts(c, scores);
            knn_check_reasons(c, history, scores);
        }
        knn_free(c);
    }
    assert_true(checked > 5 * unsure);
}

static void test_similar_items_are_the_neighbors(void **state)
{
    reco_list *list = NULL;
    int32_t checked = 0;
    (void)state;
    OK(reco_list_new(&list, &err));
    for (uint64_t round = 1000; round < 1000 + ROUNDS; round++) {
        knn_case *c = knn_draw("item-knn", round);
        OK(reco_query_limit(c->query, MOST, &err));
        for (int32_t i = 0; i < c->n_items; i++) {
            double similarity[MOST];
            if (!neighborhood(c, i, similarity)) {
                continue;
            }
            int32_t n = 0;
            for (int32_t j = 0; j < c->n_items; j++) {
                n += similarity[j] > 0;
            }
            OK(reco_model_similar(c->model, reco_model_id(c->model, RECO_ITEM, i), c->query, list, &err));
            assert_int_equal(reco_list_size(list), n);
            for (int32_t k = 0; k < n; k++) {
                assert_true(near((double)reco_list_scores(list)[k], similarity[reco_list_items(list)[k]]));
            }
            checked++;
        }
        knn_free(c);
    }
    assert_true(checked > 10 * ROUNDS);
    reco_list_free(list);
}

static void test_similar_items_among_some(void **state)
{
    (void)state;
    reco_data *data = made_data(60, 30, 9);
    reco_model *model = made_fitted("item-knn", data, 1);
    reco_query *query = NULL;
    reco_list *all = NULL, *some = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&all, &err));
    OK(reco_list_new(&some, &err));
    for (int32_t i = 0; i < (int32_t)reco_model_count(model, "items"); i++) {
        const char *allowed[2];
        OK(reco_model_similar(model, reco_model_id(model, RECO_ITEM, i), NULL, all, &err));
        int32_t last = reco_list_size(all) - 1;
        assert_in_range(last, 2, 6); /* the k of made_model is 7 */
        allowed[0] = reco_list_id(all, last);
        allowed[1] = reco_list_id(all, 1);
        OK(reco_query_include(query, allowed, 2, &err));
        OK(reco_model_similar(model, reco_model_id(model, RECO_ITEM, i), query, some, &err));
        assert_int_equal(reco_list_size(some), 2);
        for (int32_t k = 0; k < 2; k++) {
            int32_t from = k == 0 ? 1 : last;
            assert_int_equal(reco_list_items(some)[k], reco_list_items(all)[from]);
            assert_true(reco_list_scores(some)[k] == reco_list_scores(all)[from]);
        }
    }
    reco_list_free(all);
    reco_list_free(some);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_those_of_the_definition),
        cmocka_unit_test(test_similar_items_are_the_neighbors),
        cmocka_unit_test(test_similar_items_among_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
