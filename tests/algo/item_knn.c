/* SPDX-License-Identifier: MIT */
/* item-knn against its definition on small dense matrices in double. */
#include "support/knn.h"

#include <math.h>
#include <stdio.h>

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

/* ---- long columns, against double precision products by another program: tools/golden_neighbors.py ---- */

enum { LONG_USERS = 11000, LONG_ITEMS = 24, LONG_K = 5 };

static reco_data *long_data(void)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    made_random random = {99};
    OK(reco_builder_new(&b, &err));
    for (int64_t u = 0; u < LONG_USERS; u++) {
        int64_t users[LONG_ITEMS], items[LONG_ITEMS], n = 0;
        float values[LONG_ITEMS];
        for (int32_t i = 0; i < LONG_ITEMS; i++) {
            if (made_below(&random, 100) < 99 - 4 * i) {
                users[n] = u;
                items[n] = i;
                values[n++] = (float)((1 + made_below(&random, 999)) / 10.0);
            }
        }
        OK(reco_builder_add_events_i64(b, n, users, items, values, NULL, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

static reco_model *long_model(const reco_data *data, int32_t setting)
{
    static const struct {
        const char *values, *weighting, *similarity;
        double shrink, min_overlap;
    } settings[] = {
        {"raw", "none", "cosine", 0, 1},         {"raw", "bm25", "cosine", 0, 1},
        {"saturated", "tfidf", "cosine", 10, 1}, {"binary", "none", "cosine", 0, 2000},
        {"binary", "none", "jaccard", 500, 1},
    };
    reco_model *model = NULL;
    OK(reco_model_new(&model, "item-knn", &err));
    OK(reco_model_set_text(model, "values", settings[setting].values, &err));
    OK(reco_model_set_text(model, "weighting", settings[setting].weighting, &err));
    OK(reco_model_set_text(model, "similarity", settings[setting].similarity, &err));
    OK(reco_model_set(model, "shrink", settings[setting].shrink, &err));
    OK(reco_model_set(model, "min_overlap", settings[setting].min_overlap, &err));
    OK(reco_model_set(model, "k", LONG_K, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    return model;
}

/* Compares the list with "neighbor similarity neighbor similarity ..." up to the end of the line. */
static void compare_with_line(reco_list *list, const char *line)
{
    int32_t n = 0, at = 0, read, neighbor;
    double similarity;
    while (sscanf(line + at, "%d %lf%n", &neighbor, &similarity, &read) == 2) {
        int32_t k = 0;
        while (k < reco_list_size(list) && reco_list_items(list)[k] != neighbor) {
            k++;
        }
        assert_true(k < reco_list_size(list));
        /* weights and similarities are floats; the sums between them lose nothing */
        assert_true(fabs((double)reco_list_scores(list)[k] - similarity) <= 2e-7 * similarity);
        at += read;
        n++;
    }
    assert_int_equal(reco_list_size(list), n);
}

static void test_long_columns_lose_nothing(void **state)
{
    char line[512];
    int32_t setting, item, at, of = -1, lines = 0;
    reco_data *data = long_data();
    reco_model *model = NULL;
    reco_list *list = NULL;
    FILE *golden = fopen(TEST_GOLDEN "/neighbors.txt", "r");
    (void)state;
    assert_non_null(golden);
    OK(reco_list_new(&list, &err));
    while (fgets(line, sizeof line, golden)) {
        assert_int_equal(sscanf(line, "%d %d%n", &setting, &item, &at), 2);
        if (setting != of) {
            reco_model_free(model);
            model = long_model(data, setting);
            of = setting;
        }
        OK(reco_model_similar(model, reco_model_id(model, RECO_ITEM, item), NULL, list, &err));
        compare_with_line(list, line + at);
        lines++;
    }
    assert_int_equal(lines, 5 * LONG_ITEMS);
    fclose(golden);
    reco_list_free(list);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_those_of_the_definition),
        cmocka_unit_test(test_similar_items_are_the_neighbors),
        cmocka_unit_test(test_similar_items_among_some),
        cmocka_unit_test(test_long_columns_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
