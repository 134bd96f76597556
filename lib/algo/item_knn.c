/* SPDX-License-Identifier: MIT */
/* item-knn - recommends what is taken by the same users as what the asker took.
 *
 *     score(i)      = sum over the history's items j in N(i) of s_ij v_j
 *     similar(i, j) = s_ij for j in N(i), else 0
 *
 * Notation. s_ij is the similarity of the columns of items i and j in the interaction matrix, as
 * math/similarity.h defines it; N(i) are the k items most similar to i, ties to the smaller index; v_j is
 * what the history's value for j counts. Values and weights of the matrix: math/weighting.h. With `normalize`
 * the sum is divided by the sum of s_ij over all of N(i), which makes it the mean of v over the neighborhood,
 * with 0 for what the asker does not have: items in dense regions lose their advantage.
 *
 * Sources. Sarwar, Karypis, Konstan and Riedl, WWW 2001, 10.1145/371920.372071; Deshpande and Karypis,
 * "Item-based top-N recommendation algorithms", TOIS 22(1), 2004, 10.1145/963770.963776. Shrinkage as in Bell
 * and Koren, ICDM 2007, 10.1109/ICDM.2007.90. Deviation: neighbors are kept for the item that is scored, as
 * in the first source, not for the item of the history, as in the second; and `normalize` counts the
 * neighbors that the asker does not have, where the first source leaves them out, which would make one
 * neighbor enough for a full score.
 *
 * Defaults, by trial on three sets (a gift shop's invoices, film ratings, check-ins). Raw quantities spoil the
 * similarities of a shop, where one wholesaler outweighs hundreds of buyers: recall is a third of what `binary`
 * gives. But `binary` would make a view as good as a purchase and half-lives idle; `saturated` is the best of
 * the three on ratings and 2 parts in 100 behind `binary` in the shop. Shrinkage of 50 gains a tenth on
 * check-ins, where most pairs of items have few users in common, and changes the others by less than 2 parts in
 * 100. 50 neighbors are at most 4 parts in 100 from what 20 to 200 do at their best on each. Left to tuning:
 * `jaccard` with `normalize` 1 and `shrink` 0 gains a further tenth on check-ins and 2 parts in 100 on ratings.
 *
 * Cost. fit: O(sum over users of (entries of the user)^2) time; no more memory than the neighbors, the matrix
 * twice and 16 bytes an item and thread. A query: the lists, over the history's items j, of the items that
 * have j among their neighbors. Memory: 8 bytes a neighbor in the file, 16 when loaded. */
#include "math/similarity.h"
#include "math/weighting.h"
#include "model/model.h"

typedef struct item_knn {
    reco_model base;
    int32_t similarity, weighting, values;
    int64_t k, min_overlap, normalize;
    double shrink;
    reco__csr neighbors; /* [n_items, n_items]: row i holds s_ij for j in N(i) */
    reco__csr lists;     /* its transpose, divided by the neighborhoods' sums when `normalize` */
} item_knn;

static const reco__param params[] = {
    PARAM_CHOICE(item_knn, similarity, SEARCH_ALL, "of two items, by who took them", RECO__SIMILARITY_WORDS),
    PARAM_CHOICE(item_knn, weighting, SEARCH_ALL,
                 "of an item's users, for similarity: tfidf and bm25 count those less who take "
                 "much; jaccard takes none",
                 RECO__WEIGHTING_WORDS),
    PARAM_CHOICE(item_knn, values, SEARCH_WORDS("saturated", "binary"),
                 "what a value x counts: 2x / (1 + x), x or 1", RECO__VALUES_WORDS),
    PARAM_INT(item_knn, k, 50, 1, 100000, SEARCH(10, 500, LOG) SMALL(7), "neighbors kept for each item"),
    PARAM_NUMBER(item_knn, shrink, 50, 0, 1e9, SEARCH(0, 200, LINEAR),
                 "added to the similarity's denominator: how little to trust pairs with few users in common"),
    PARAM_INT(item_knn, min_overlap, 1, 1, 1e9, SEARCH(1, 10, LOG),
              "users that two items must have in common to be neighbors"),
    PARAM_INT(item_knn, normalize, 0, 0, 1, SEARCH(0, 1, LINEAR),
              "1: divide scores by the sum of the item's similarities"),
    {0},
};

/* ---- fit ---- */

/* The matrix by items with its weights; the space points into it and into the data. */
typedef struct weighted {
    reco__csr rows;  /* by_item, with weights of its own or none */
    reco__csr terms; /* its transpose, of its own, or none */
    float *weights, *norms;
} weighted;

static reco_status weigh(const item_knn *m, const reco_data *data, weighted *out, reco__space *space,
                         reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__csr *x = &data->by_item;
    reco__weighing w = reco__weighing_of(m->values, m->weighting, x, data->history->x.start);
    out->rows = *x;
    out->rows.value = NULL;
    space->terms = data->history->x;
    space->terms.value = NULL;
    if (reco__similarity_of_sets(m->similarity) || reco__weighs_one(&w, x)) {
        return RECO_OK;
    }
    TRY_ALLOC(out->weights = reco__alloc(reco__csr_size(x), sizeof *out->weights));
    TRY_ALLOC(out->norms = reco__alloc(x->rows, sizeof *out->norms));
    for (int32_t i = 0; i < x->rows; i++) {
        int64_t from = x->start[i];
        int64_t n = x->start[i + 1] - from;
        reco__weigh(&w, x->index + from, x->value + from, n, out->weights + from);
        out->norms[i] = reco__norm(out->weights + from, n);
    }
    out->rows.value = out->weights;
    TRY(reco__csr_transpose(&out->rows, &out->terms, err));
    space->terms = out->terms;
    space->norm = out->norms;
done:
    return status;
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    item_knn *m = (item_knn *)self;
    reco_status status = RECO_OK;
    weighted x = {.weights = NULL};
    reco__space space = {.similarity = m->similarity,
                         .shrink = m->shrink,
                         .min_overlap = m->min_overlap,
                         .start = data->by_item.start};
    TRY(weigh(m, data, &x, &space, run->err));
    TRY(reco__neighbors_find(&space, &x.rows, (int32_t)m->k, &m->neighbors, run));
done:
    reco__csr_free(&x.terms);
    reco__free(x.weights);
    reco__free(x.norms);
    return status;
}

static reco_status prepare(reco_model *self, reco_error *err)
{
    item_knn *m = (item_knn *)self;
    reco_status status = RECO_OK;
    reco__csr scaled = m->neighbors;
    float *share = NULL;
    if (m->normalize) {
        TRY_ALLOC(share = reco__alloc(reco__csr_size(&m->neighbors), sizeof *share));
        for (int32_t i = 0; i < self->n_items; i++) {
            double sum = 0;
            for (int64_t e = scaled.start[i]; e < scaled.start[i + 1]; e++) {
                sum += (double)m->neighbors.value[e];
            }
            for (int64_t e = scaled.start[i]; e < scaled.start[i + 1]; e++) {
                share[e] = (float)((double)m->neighbors.value[e] / sum);
            }
        }
        scaled.value = share;
    }
    TRY(reco__csr_transpose(&scaled, &m->lists, err));
done:
    reco__free(share);
    return status;
}

/* ---- questions ---- */

/* Entries of the lists of the history's items; or more than `enough`, without counting on. */
static int64_t entries_of(const item_knn *m, const reco__asker *who, int64_t enough)
{
    int64_t entries = 0;
    for (int64_t h = 0; h < who->n && entries <= enough; h++) {
        entries += m->lists.start[who->items[h] + 1] - m->lists.start[who->items[h]];
    }
    return entries;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    const item_knn *m = (const item_knn *)self;
    bool dense = reco__scores_dense(out, entries_of(m, who, out->n_items));
    (void)scratch;
    for (int64_t h = 0; h < who->n; h++) {
        int32_t j = who->items[h];
        float v = reco__value(m->values, who->values[h]);
        int64_t from = m->lists.start[j];
        reco__scores_add_row(out, m->lists.index + from, m->lists.value + from, m->lists.start[j + 1] - from,
                             v, dense);
    }
    out->n = dense ? RECO__KNOWS_NONZERO : out->n;
    return RECO_OK;
}

/* The same sums in the same order, entry by entry, where that is less work. */
static reco_status score_some(const reco_model *self, const reco__asker *who, const int32_t *items, int32_t n,
                              float *scores, reco__scratch *scratch)
{
    enum { LOOKUP = 16 }; /* what looking an entry up costs, in entries of a list read one after the other */
    const item_knn *m = (const item_knn *)self;
    if (n * who->n > (entries_of(m, who, INT64_MAX) + self->n_items / 8) / LOOKUP) {
        return reco__score_and_gather(self, who, items, n, scores, scratch);
    }
    for (int32_t k = 0; k < n; k++) {
        float sum = 0;
        for (int64_t h = 0; h < who->n; h++) {
            float v = reco__value(m->values, who->values[h]);
            sum += reco__csr_value(&m->lists, who->items[h], items[k]) * v;
        }
        scores[k] = sum;
    }
    return RECO_OK;
}

static reco_status similar(const reco_model *self, int32_t item, reco__scores *out, reco__scratch *scratch)
{
    const reco__csr *x = &((const item_knn *)self)->neighbors;
    (void)scratch;
    int64_t from = x->start[item];
    reco__scores_add_row(out, x->index + from, x->value + from, x->start[item + 1] - from, 1, false);
    return RECO_OK;
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const item_knn *m = (const item_knn *)self;
    (void)scratch;
    for (int64_t h = 0; h < who->n; h++) {
        float v = reco__value(m->values, who->values[h]);
        amounts[h] = reco__csr_value(&m->lists, who->items[h], item) * v;
    }
    return RECO_OK;
}

/* ---- what is kept ---- */

static reco_status state(reco_model *self, reco__state *s)
{
    item_knn *m = (item_knn *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_csr(s, "neighbors", &m->neighbors, RECO__ITEMS, RECO__ITEMS, 0));
    for (int64_t e = 0; reco__state_loading(s) && e < reco__csr_size(&m->neighbors); e++) {
        if (m->neighbors.value[e] <= 0) {
            return reco__state_refuse(s, "a similarity is not above 0");
        }
    }
    TRY(reco__state_csr(s, "lists", &m->lists, RECO__ITEMS, RECO__ITEMS, RECO__DERIVED));
done:
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    const item_knn *m = (const item_knn *)self;
    int64_t search = reco__neighbors_estimate(&data->by_item, &data->history->x, (int32_t)m->k, threads);
    int64_t weights =
        reco__csr_size(&data->by_item) * 12 + (data->by_item.rows + data->by_item.columns) * 12LL;
    return search < 0 ? -1 : search + weights;
}

const reco__algo reco__algo_item_knn = {
    .name = "item-knn",
    .summary = "items taken by the same users as those of the history",
    .state_version = 1,
    .size = sizeof(item_knn),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .state = state,
    .score = score,
    .score_some = score_some,
    .similar = similar,
    .explain = explain,
    .prepare = prepare,
    .estimate = RECO__TRAINS(estimate),
};
