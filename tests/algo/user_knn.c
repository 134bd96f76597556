/* SPDX-License-Identifier: MIT */
/* user-knn against its definition on small dense matrices in double. */
#include "support/knn.h"

#include <math.h>
#include <stdio.h>

enum { MOST = ALIKE_MOST, ROUNDS = 250 };

/* The users' similarities to a history, 0 for who is no neighbor; false when it hangs on rounding who is. */
static bool neighborhood(const knn_case *c, const double *history, double *similarity)
{
    bool chosen[MOST];
    alike_row asker = alike_weigh(&c->a, history);
    for (int32_t u = 0; u < c->n_users; u++) {
        bool beyond = false;
        for (int32_t i = 0; i < c->n_items; i++) {
            beyond = beyond || (c->x[u][i] > 0 && history[i] <= 0);
        }
        similarity[u] = beyond ? alike_pair(&c->a, &asker, &c->row[u]) : 0;
    }
    bool sure = alike_best(similarity, c->n_users, c->k, false, chosen);
    for (int32_t u = 0; u < c->n_users; u++) {
        similarity[u] = chosen[u] ? similarity[u] : 0;
    }
    return sure;
}

static double defined_score(const knn_case *c, const double *similarity, int32_t item)
{
    double sum = 0, all = 0;
    for (int32_t u = 0; u < c->n_users; u++) {
        sum += similarity[u] * alike_value(&c->a, c->x[u][item]);
        all += similarity[u];
    }
    return c->normalize && all > 0 ? sum / all : sum;
}

static void check_asker(knn_case *c, const double *history, int32_t *checked)
{
    double similarity[MOST];
    float scores[MOST];
    knn_scores(c, scores);
    knn_check_parts(c, scores);
    knn_check_reasons(c, history, scores);
    if (neighborhood(c, history, similarity)) {
        for (int32_t i = 0; i < c->n_items; i++) {
            double expected = defined_score(c, similarity, i);
            assert_true(fabs((double)scores[i] - expected) <= 2e-6 * expected);
        }
        ++*checked;
    }
}

static void test_scores_are_those_of_the_definition(void **state)
{
    int32_t checked = 0;
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        knn_case *c = knn_draw("user-knn", round);
        double history[MOST];
        for (int32_t ask = 0; ask < 3; ask++) {
            knn_history(c, history);
            check_asker(c, history, &checked);
            knn_user(c, made_below(&c->random, c->n_users), history);
            check_asker(c, history, &checked);
        }
        knn_free(c);
    }
    assert_true(checked > 4 * ROUNDS);
}

static void check_like(const knn_case *c, int32_t user, reco_list *list)
{
    int32_t n = 0;
    char id[16];
    snprintf(id, sizeof id, "%d", (int)user);
    OK(reco_model_similar_users(c->model, id, c->query, list, &err));
    assert_string_equal(reco_list_source(list), "user-knn");
    for (int32_t u = 0; u < c->n_users; u++) {
        n += u != user && alike_pair(&c->a, &c->row[user], &c->row[u]) > 0;
    }
    assert_int_equal(reco_list_size(list), n);
    for (int32_t k = 0; k < n; k++) {
        int32_t other = reco_list_items(list)[k];
        double expected = alike_pair(&c->a, &c->row[user], &c->row[other]);
        float score = reco_list_scores(list)[k], before = k > 0 ? reco_list_scores(list)[k - 1] : score;
        assert_int_not_equal(other, user);
        assert_int_equal(atoi(reco_list_id(list, k)), other);
        assert_true(fabs((double)score - expected) <= 2e-6 * expected);
        assert_true(before > score || (before == score && (k == 0 || reco_list_items(list)[k - 1] < other)));
    }
}

/* All of them with their similarities, whatever k is. */
static void test_similar_users_are_those_of_the_definition(void **state)
{
    reco_list *list = NULL;
    (void)state;
    OK(reco_list_new(&list, &err));
    for (uint64_t round = 0; round < ROUNDS; round++) {
        knn_case *c = knn_draw("user-knn", round);
        reco_query_reset(c->query);
        OK(reco_query_limit(c->query, MOST, &err));
        for (int32_t ask = 0; ask < 3; ask++) {
            check_like(c, made_below(&c->random, c->n_users), list);
        }
        knn_free(c);
    }
    reco_list_free(list);
}

/* Equal neighbors: the first k of them answer. */
static void test_equal_neighbors_by_index(void **state)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_model *model = NULL;
    reco_query *query = NULL;
    reco_list *list = NULL;
    const int64_t asked = 0;
    (void)state;
    OK(reco_builder_new(&b, &err));
    for (int64_t u = 0; u < 6; u++) {
        int64_t users[2] = {u, u}, items[2] = {0, u + 1};
        OK(reco_builder_add_events_i64(b, 2, users, items, NULL, NULL, &err));
    }
    int64_t only = 6; /* took nothing but item 0: the most alike, and of no use */
    OK(reco_builder_add_events_i64(b, 1, &only, &asked, NULL, NULL, &err));
    OK(reco_builder_finish(b, &data, &err));
    OK(reco_model_new(&model, "user-knn", &err));
    OK(reco_model_set(model, "k", 3, &err));
    OK(reco_model_set_text(model, "weighting", "none", &err));
    OK(reco_model_fit(model, data, NULL, &err));
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_history_i64(query, &asked, NULL, 1, &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_int_equal(reco_list_size(list), 3);
    for (int32_t k = 0; k < 3; k++) {
        assert_int_equal(reco_list_items(list)[k], k + 1);
        assert_true(fabs((double)reco_list_scores(list)[k] - sqrt(0.5)) < 1e-7);
    }
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
    reco_builder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_those_of_the_definition),
        cmocka_unit_test(test_similar_users_are_those_of_the_definition),
        cmocka_unit_test(test_equal_neighbors_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
