/* SPDX-License-Identifier: MIT */
/* user-knn - recommends what was taken by those who took the same as the asker.
 *
 *     score(i) = sum over the users u in N of s_u v_ui
 *
 * Notation. s_u is the similarity of the asker's history to that of user u, as math/similarity.h defines it;
 * N are the k most similar among the users who took something that the asker did not, ties to the smaller
 * index; v_ui is what u's value for i counts. Values and weights of the matrix: math/weighting.h. With
 * `normalize` the sum is divided by the sum of s_u over N: the order stays, but scores of different askers
 * compare, being the neighborhood's mean of v, with 0 for who does not have the item.
 *
 * Sources. Resnick, Iacovou, Suchak, Bergstrom and Riedl, CSCW 1994, 10.1145/192844.192905; without ratings,
 * Sarwar, Karypis, Konstan and Riedl, "Analysis of recommendation algorithms for e-commerce", EC 2000,
 * 10.1145/352871.352887. Deviations: no means are subtracted, as most data have no ratings; and who took
 * nothing else is no neighbor. They could add nothing, yet to an asker with one item they are the nearest;
 * and so a known user, who must not be their own neighbor, is answered like an anonymous asker with the same
 * history.
 *
 * Users are alike as their histories are: similar users are all with a similarity above 0, also those who took nothing
 * else.
 *
 * Nothing is learned: the neighbors are found when asked, so an anonymous history is answered as well as a
 * known user, and the model's file has nothing but the histories. After loading, these are turned to be
 * looked up by item, which is linear.
 *
 * Defaults, by trial on three sets (a gift shop's invoices, film ratings, check-ins). `tfidf` gains a twelfth
 * on check-ins and loses 1 and 3 parts in 100 on the others; 50 neighbors are at most 3 parts in 100 from
 * what 30 to 200 do at their best on each; shrinkage loses nearly everywhere, as histories are alike in
 * length where columns of items are not. `values`: see item-knn.
 *
 * Cost. fit and loading: O(entries). A query: the users of each item of the history, then the histories of k
 * neighbors. Memory beyond the histories: 4 bytes an entry, 8 if entries weigh differently. */
#include "math/similarity.h"
#include "math/weighting.h"
#include "model/model.h"

#include <string.h>

typedef struct user_knn {
    reco_model base;
    int32_t similarity, weighting, values;
    int64_t k, min_overlap, normalize;
    double shrink;
    reco__csr users;    /* [n_items, n_users]: who has an item, and what it weighs among all that the user
                           has; without values when all weigh 1 */
    const float *norms; /* [n_users]: see reco__space; NULL when all weigh 1 */
    double mean_length; /* see reco__weighing */
} user_knn;

static const reco__param params[] = {
    PARAM_CHOICE(user_knn, similarity, SEARCH_ALL, "of two users, by what they took", RECO__SIMILARITY_WORDS),
    PARAM_CHOICE_AT(user_knn, weighting, RECO__WEIGHTING_TFIDF, SEARCH_ALL,
                    "of a user's items, for similarity: tfidf and bm25 count those less that many take; "
                    "jaccard takes none",
                    RECO__WEIGHTING_WORDS),
    PARAM_CHOICE(user_knn, values, SEARCH_WORDS("saturated", "binary"),
                 "what a value x counts: 2x / (1 + x), x or 1", RECO__VALUES_WORDS),
    PARAM_INT(user_knn, k, 50, 1, 100000, SEARCH(10, 500, LOG) SMALL(7), "neighbors that answer"),
    PARAM_NUMBER(user_knn, shrink, 0, 0, 1e9, SEARCH(0, 50, LINEAR),
                 "added to the similarity's denominator: how little to trust users with few items in common"),
    PARAM_INT(user_knn, min_overlap, 1, 1, 1e9, SEARCH(1, 10, LOG),
              "items that two users must have in common to be neighbors"),
    PARAM_INT(user_knn, normalize, 0, 0, 1, NO_SEARCH,
              "1: divide scores by the sum of the neighbors' similarities"),
    {0},
};

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    (void)self;
    (void)data;
    (void)run;
    return RECO_OK;
}

static reco_status prepare(reco_model *self, reco_error *err)
{
    user_knn *m = (user_knn *)self;
    reco_status status = RECO_OK;
    const reco__csr *x = &self->history->x;
    reco__csr weighted = *x;
    float *weights = NULL, *norms = NULL;
    weighted.value = NULL;
    TRY(reco__csr_transpose(&weighted, &m->users, err));
    reco__weighing w = reco__weighing_of(m->values, m->weighting, x, m->users.start);
    m->mean_length = w.mean_length;
    if (reco__similarity_of_sets(m->similarity) || reco__weighs_one(&w, x)) {
        return RECO_OK;
    }
    TRY_ALLOC(weights = reco__alloc(reco__csr_size(x), sizeof *weights));
    TRY_ALLOC(norms = reco__alloc(x->rows, sizeof *norms));
    for (int32_t u = 0; u < x->rows; u++) {
        int64_t from = x->start[u];
        int64_t n = x->start[u + 1] - from;
        reco__weigh(&w, x->index + from, x->value + from, n, weights + from);
        norms[u] = reco__norm(weights + from, n);
    }
    m->norms = norms;
    weighted.value = weights;
    reco__csr_free(&m->users);
    TRY(reco__csr_transpose(&weighted, &m->users, err));
done:
    reco__free(weights);
    return status;
}

/* ---- questions ---- */

/* What a question works with. */
typedef struct work {
    reco__comparison compared;
    reco__scored *found; /* [k] */
    float *weights;      /* [n_items] of the asker's history */
    double *parts;       /* [n_items] of explain */
} work;

static work lay_out(const user_knn *m, reco__scratch *scratch)
{
    int64_t n = m->base.n_users, n_items = m->base.n_items;
    int32_t k = (int32_t)(m->k < n ? m->k : n);
    work w = {.found = reco__scratch_take(scratch, k, sizeof *w.found)};
    reco__comparison *c = &w.compared;
    c->dot = reco__scratch_take(scratch, n, sizeof *c->dot);
    c->overlap = reco__scratch_take(scratch, n, sizeof *c->overlap);
    c->touched = reco__scratch_take(scratch, n + 1, sizeof *c->touched);
    c->best =
        reco__topk_large_of(reco__scratch_take(scratch, reco__topk_large_room(k), sizeof *c->best.keys), k);
    w.weights = reco__scratch_take(scratch, n_items, sizeof *w.weights);
    w.parts = reco__scratch_take(scratch, n_items, sizeof *w.parts);
    return w;
}

static void layout(const reco_model *self, reco__scratch *scratch)
{
    lay_out((const user_knn *)self, scratch);
}

/* The weights of the asker's history, or NULL when all are 1. */
static const float *weigh_history(const user_knn *m, const reco__asker *who, float *weights)
{
    reco__weighing w = {m->values, m->weighting, m->base.n_users, m->users.start, m->mean_length};
    reco__weigh(&w, who->items, who->values, who->n, weights);
    for (int64_t h = 0; h < who->n; h++) {
        if (weights[h] != 1) {
            return weights;
        }
    }
    return NULL;
}

/* The asker's neighbors in the order of their indices, and what their values are multiplied with. */
typedef struct neighbors {
    reco__scored *entries;
    int32_t n;
} neighbors;

/* The users as rows to compare with, and the memory for it made ready. */
static reco__space start_comparison(const user_knn *m, reco__comparison *c)
{
    memset(c->dot, 0, (size_t)m->base.n_users * sizeof *c->dot);
    memset(c->overlap, 0, (size_t)m->base.n_users * sizeof *c->overlap);
    return (reco__space){.similarity = m->similarity,
                         .shrink = m->shrink,
                         .min_overlap = m->min_overlap,
                         .terms = m->users,
                         .start = m->base.history->x.start,
                         .norm = m->norms};
}

static neighbors find_neighbors(const user_knn *m, const reco__asker *who, const float *weights, work *w)
{
    reco__comparison *c = &w->compared;
    reco__space space = start_comparison(m, c);
    reco__vector v = {who->items, weights, who->n};
    double sum = 0;
    space.beyond = 1;
    reco__most_similar(&space, &v, -1, c);
    neighbors found = {w->found, c->best.size};
    for (int32_t k = 0; k < found.n; k++) {
        found.entries[k] = reco__topk_large_at(&c->best, k);
        sum += (double)found.entries[k].score;
    }
    for (int32_t k = 0; m->normalize && k < found.n; k++) {
        found.entries[k].score = (float)((double)found.entries[k].score / sum);
    }
    return found;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    const user_knn *m = (const user_knn *)self;
    const reco__csr *x = &self->history->x;
    work w = lay_out(m, scratch);
    neighbors found = find_neighbors(m, who, weigh_history(m, who, w.weights), &w);
    int64_t entries = 0;
    for (int32_t k = 0; k < found.n; k++) {
        entries += x->start[found.entries[k].index + 1] - x->start[found.entries[k].index];
    }
    bool dense = reco__scores_dense(out, entries);
    for (int32_t k = 0; k < found.n; k++) {
        int32_t u = found.entries[k].index;
        for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
            float amount = found.entries[k].score * reco__value(m->values, x->value[e]);
            if (dense) {
                out->of[x->index[e]] += amount;
            } else {
                reco__scores_add(out, x->index[e], amount);
            }
        }
    }
    out->n = dense ? RECO__KNOWS_NONZERO : out->n;
    return RECO_OK;
}

static reco_status similar_users(const reco_model *self, int32_t user, reco__scores *out,
                                 reco__scratch *scratch)
{
    const user_knn *m = (const user_knn *)self;
    const reco__csr *x = &self->history->x;
    int64_t from = x->start[user];
    reco__asker who = {.items = x->index + from, .values = x->value + from, .n = x->start[user + 1] - from};
    work w = lay_out(m, scratch);
    reco__space space = start_comparison(m, &w.compared);
    reco__vector v = {who.items, weigh_history(m, &who, w.weights), who.n};
    int32_t met = reco__similarities(&space, &v, user, &w.compared, out->of);
    for (int32_t k = 0; k < met; k++) {
        reco__scores_add(out, w.compared.touched[k], 0);
    }
    return RECO_OK;
}

/* Divides what one neighbor adds among the entries of the history that the neighbor has too, in proportion to
 * their parts of the sum over common items. Both are ascending. */
static void divide(const user_knn *m, const reco__asker *who, const float *weights, int32_t user,
                   double amount, double *parts, float *amounts)
{
    const reco__csr *x = &m->base.history->x;
    const int32_t *theirs = x->index + x->start[user];
    int64_t n = x->start[user + 1] - x->start[user];
    double sum = 0;
    for (int64_t h = 0, e = 0; h < who->n; h++) {
        while (e < n && theirs[e] < who->items[h]) {
            e++;
        }
        parts[h] = 0;
        if (e < n && theirs[e] == who->items[h]) {
            bool sets = reco__similarity_of_sets(m->similarity);
            double own = sets || !weights ? 1 : weights[h];
            double other = sets || !m->users.value ? 1 : reco__csr_value(&m->users, theirs[e], user);
            parts[h] = own * other;
            sum += parts[h];
        }
    }
    for (int64_t h = 0; h < who->n; h++) {
        amounts[h] += (float)(amount * parts[h] / sum);
    }
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const user_knn *m = (const user_knn *)self;
    work w = lay_out(m, scratch);
    const float *weights = weigh_history(m, who, w.weights);
    neighbors found = find_neighbors(m, who, weights, &w);
    for (int32_t k = 0; k < found.n; k++) {
        int32_t u = found.entries[k].index;
        float x = reco__csr_value(&self->history->x, u, item);
        if (x > 0) {
            double amount = (double)found.entries[k].score * (double)reco__value(m->values, x);
            divide(m, who, weights, u, amount, w.parts, amounts);
        }
    }
    return RECO_OK;
}

/* ---- what is kept ---- */

static reco_status state(reco_model *self, reco__state *s)
{
    user_knn *m = (user_knn *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_csr(s, "users", &m->users, RECO__ITEMS, RECO__USERS, RECO__DERIVED));
    TRY(reco__state_f32(s, "norms", &m->norms, RECO__USERS, 1, RECO__DERIVED));
done:
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    (void)self;
    (void)threads;
    return reco__csr_size(&data->by_item) * 12 + data->by_item.rows * 8LL + data->by_item.columns * 4LL;
}

const reco__algo reco__algo_user_knn = {
    .name = "user-knn",
    .summary = "what was taken by those who took the same",
    .state_version = 1,
    .traits = RECO__NEEDS_USERS,
    .size = sizeof(user_knn),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .state = state,
    .score = score,
    .similar_users = similar_users,
    .explain = explain,
    .prepare = prepare,
    .layout = layout,
    .estimate = RECO__TRAINS(estimate),
};
