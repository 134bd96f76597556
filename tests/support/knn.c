/* SPDX-License-Identifier: MIT */
#include "knn.h"

#include <math.h>
#include <stdio.h>

enum { MOST = ALIKE_MOST };

static double draw_value(made_random *r, int32_t kind)
{
    return kind == 0 ? 1 : kind == 1 ? 1 + made_below(r, 5) : 0.01 + 30 * (double)made_unit(r);
}

/* Every user and every item has at least one entry, so that indices are those of the arrays. */
static void draw_events(knn_case *c, int32_t kind)
{
    reco_builder *b = NULL;
    double density = 0.5 * (double)made_unit(&c->random);
    OK(reco_builder_new(&b, &err));
    for (int32_t u = 0; u < c->n_users; u++) {
        bool copied = u > 0 && made_below(&c->random, 5) == 0;
        for (int32_t i = 0; i < c->n_items; i++) {
            bool there = (double)made_unit(&c->random) < density || i == u % c->n_items ||
                         u == i % c->n_users || (copied && c->x[u - 1][i] > 0);
            c->x[u][i] = there ? (double)(float)draw_value(&c->random, kind) : 0;
            if (there) {
                int64_t user = u, item = i;
                float value = (float)c->x[u][i];
                OK(reco_builder_add_events_i64(b, 1, &user, &item, &value, NULL, &err));
            }
        }
    }
    OK(reco_builder_finish(b, &c->data, &err));
    reco_builder_free(b);
}

static void draw_parameters(knn_case *c, int32_t kind)
{
    static const char *const similarities[] = {"cosine", "jaccard"};
    static const char *const weightings[] = {"none", "tfidf", "bm25"};
    static const char *const values[] = {"saturated", "raw", "binary"};
    static const double shrinks[] = {0, 0, 1.5, 40};
    c->a.similarity = similarities[made_below(&c->random, 2)];
    c->a.weighting = weightings[made_below(&c->random, 3)];
    c->a.values = values[made_below(&c->random, 3)];
    c->a.shrink = shrinks[made_below(&c->random, 4)];
    c->a.min_overlap = 1 + made_below(&c->random, 3);
    c->k = 1 + made_below(&c->random, 15);
    c->normalize = made_below(&c->random, 2);
    c->exact = strcmp(c->a.similarity, "jaccard") == 0 ||
               (strcmp(c->a.weighting, "none") == 0 && (kind == 0 || strcmp(c->a.values, "binary") == 0));
}

knn_case *knn_draw(const char *algo, uint64_t seed)
{
    knn_case *c = calloc(1, sizeof *c);
    c->random = (made_random){seed * 0x9e3779b97f4a7c15u + 3};
    c->of_items = strcmp(algo, "item-knn") == 0;
    c->n_users = 1 + made_below(&c->random, MOST);
    c->n_items = 1 + made_below(&c->random, MOST);
    int32_t kind = made_below(&c->random, 3);
    draw_events(c, kind);
    draw_parameters(c, kind);
    c->a.n = c->of_items ? c->n_items : c->n_users;
    c->a.m = c->of_items ? c->n_users : c->n_items;
    for (int32_t u = 0; u < c->n_users; u++) {
        for (int32_t i = 0; i < c->n_items; i++) {
            c->a.x[c->of_items ? i : u][c->of_items ? u : i] = c->x[u][i];
        }
    }
    alike_count(&c->a);
    for (int32_t r = 0; r < c->a.n; r++) {
        c->row[r] = alike_weigh(&c->a, c->a.x[r]);
    }
    OK(reco_model_new(&c->model, algo, &err));
    OK(reco_model_set_text(c->model, "similarity", c->a.similarity, &err));
    OK(reco_model_set_text(c->model, "weighting", c->a.weighting, &err));
    OK(reco_model_set_text(c->model, "values", c->a.values, &err));
    OK(reco_model_set(c->model, "shrink", c->a.shrink, &err));
    OK(reco_model_set(c->model, "min_overlap", (double)c->a.min_overlap, &err));
    OK(reco_model_set(c->model, "normalize", c->normalize, &err));
    OK(reco_model_set(c->model, "k", c->k, &err));
    OK(reco_model_fit(c->model, c->data, NULL, &err));
    OK(reco_query_new(&c->query, &err));
    return c;
}

void knn_free(knn_case *c)
{
    reco_query_free(c->query);
    reco_model_free(c->model);
    reco_data_free(c->data);
    free(c);
}

void knn_history(knn_case *c, double *history)
{
    int64_t items[MOST], n = 0;
    float values[MOST];
    int32_t kind = made_below(&c->random, 2);
    for (int32_t i = 0; i < c->n_items; i++) {
        history[i] = 0;
        if (made_below(&c->random, 4) == 0 || (i + 1 == c->n_items && n == 0)) {
            values[n] = (float)draw_value(&c->random, kind);
            history[i] = (double)values[n];
            items[n++] = i;
        }
    }
    OK(reco_query_history_i64(c->query, items, values, n, &err));
}

void knn_user(knn_case *c, int32_t user, double *history)
{
    memcpy(history, c->x[user], sizeof c->x[user]);
    OK(reco_query_user_i64(c->query, user, &err));
}

static const char *id(const knn_case *c, int32_t item)
{
    return reco_model_id(c->model, RECO_ITEM, item);
}

void knn_scores(const knn_case *c, float *scores)
{
    const char *ids[MOST];
    for (int32_t i = 0; i < c->n_items; i++) {
        ids[i] = id(c, i);
    }
    OK(reco_model_score(c->model, c->query, ids, c->n_items, scores, &err));
}

void knn_check_parts(const knn_case *c, const float *scores)
{
    reco_list *list = NULL;
    int32_t known = 0;
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(c->query, c->n_items, &err));
    reco_query_include_seen(c->query, 1);
    OK(reco_model_recommend(c->model, c->query, list, &err));
    for (int32_t i = 0; i < c->n_items; i++) {
        const char *one[1] = {id(c, i)};
        float alone = -1;
        known += scores[i] != 0;
        OK(reco_model_score(c->model, c->query, one, 1, &alone, &err));
        assert_true(alone == scores[i]);
    }
    assert_int_equal(reco_list_size(list), known);
    for (int32_t k = 0; k < known; k++) {
        assert_true(reco_list_scores(list)[k] == scores[reco_list_items(list)[k]]);
    }
    reco_list_free(list);
}

void knn_check_reasons(const knn_case *c, const double *history, const float *scores)
{
    reco_list *list = NULL;
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(c->query, c->n_items, &err));
    for (int32_t i = 0; i < c->n_items; i++) {
        double sum = 0;
        OK(reco_model_explain(c->model, id(c, i), c->query, list, &err));
        for (int32_t k = 0; k < reco_list_size(list); k++) {
            assert_true(history[reco_list_items(list)[k]] > 0 && reco_list_scores(list)[k] > 0);
            sum += (double)reco_list_scores(list)[k];
        }
        assert_true(fabs(sum - (double)scores[i]) <= 1e-5 * (double)scores[i]);
    }
    reco_list_free(list);
}
