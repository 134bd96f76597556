/* SPDX-License-Identifier: MIT */
/* content - recommends what resembles, by its description, what the asker took.
 *
 * Notation. Item i has fields f with weights g_f. Each field that an item has becomes a block b_if of length
 * 1, an item is x_i = (sqrt(g_f) b_if for all f), divided by its length; so the product of two items is the
 * mean of their fields' cosines, weighted with g_f when both have the same fields. An item without any has
 * x_i = 0.
 *
 *     profile  p   = sum over the history of w_h x_h,   w_h = log(1 + value_h) * 2^(-age_h / half_life)
 *     score(i)     = cosine of p and x_i = p . x_i / |p|            ages count from the newest item of the
 * history similar(i,j) = x_i . x_j
 *
 * Blocks. With tf how often a term stands in the item's field (the weight of a token), df how many of the N
 * items that have the field have the term, and dl the sum of the item's tf over its mean:
 *
 *     tfidf    log(1 + tf) * log(1 + N / df)
 *     bm25     log(1 + (N - df + 1/2) / (df + 1/2)) * tf (k1 + 1) / (tf + k1 (1 - b + b dl)),   k1 = 1.2, b =
 * 0.75 number   two neighboring soft bins of its quantile: see data/features.h vector   as given
 *
 * Sources. Salton and Buckley, "Term-weighting approaches in automatic text retrieval", IP&M 24(5), 1988,
 * 10.1016/0306-4573(88)90021-0. Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
 * Beyond", FnTIR 3(4), 2009, 10.1561/1500000019. Lops, de Gemmis and Semeraro, "Content-based Recommender
 * Systems: State of the Art and Trends", Recommender Systems Handbook, 2011, 10.1007/978-0-387-85820-3_3.
 * Deviations. Both logarithms have 1 added, so that no weight is below 0, and a term that all items have
 * still counts a little: they do share it. BM25 weights stand on both sides, with lengths divided out, where
 * the source has an unweighted query. History values enter by their logarithm: who took a thing twenty times
 * does not like it twenty times as much as what was taken once.
 *
 * Cost. fit: linear in the bytes of the texts and the entries of the blocks, and a sort of each number field.
 * A query: the entries of the history's items, then the lists of the terms these have (terms -> items,
 * derived after loading); vectors take n_items * dimension. Memory: 8 bytes an entry in the file, 16 in
 * memory. */
#include "base/number.h"
#include "data/features.h"
#include "data/text.h"
#include "kernel/kernel.h"
#include "model/model.h"

#include <math.h>
#include <string.h>

enum { TFIDF = 0, BM25 = 1, NUMBER_BINS = 8 };

typedef struct content {
    reco_model base;
    int32_t weighting;
    int64_t ngram, min_df;
    double max_df, profile_half_life_days;
    char fields[RECO__PARAM_TEXT_SIZE], language[RECO__PARAM_TEXT_SIZE];
    int64_t n_terms, dimension;
    reco__csr items;      /* X[n_items, n_terms]: the sparse part of x_i */
    reco__csr terms;      /* its transpose */
    const float *vectors; /* [n_items, dimension]: the dense part of x_i */
} content;

/* By kind, as in data.h. */
static const double default_weights[4] = {
    [RECO__FIELD_TOKEN] = 1, [RECO__FIELD_NUMBER] = 1, [RECO__FIELD_TEXT] = 1, [RECO__FIELD_VECTOR] = 1};

static const reco__param params[] = {
    PARAM_CHOICE(content, weighting, "how terms are weighed", "tfidf", "bm25"),
    PARAM_TEXT(
        content, fields, "",
        "item fields and their weights, as Description:1,UnitPrice:0.2; empty: all, each with weight 1"),
    PARAM_INT(content, ngram, 1, 1, 3, "terms of a text have up to so many words"),
    PARAM_TEXT(content, language, "english", "whose word stems to take; none: whole words"),
    PARAM_INT(content, min_df, 2, 1, 1e9, "terms in fewer texts are left out"),
    PARAM_NUMBER(content, max_df, 0.5, 0, 1, "terms in more than this part of the texts are left out"),
    PARAM_NUMBER(content, profile_half_life_days, 0, 0, 36500,
                 "age at which an item of a history counts half; 0 = never ages"),
    {0}};

/* ---- fit ---- */

/* One field of all items. */
typedef struct block {
    const reco__field *field;
    double weight;
    reco__csr own;   /* what was made for the block, if anything */
    reco__csr terms; /* tf; values of rows of length 1 for a number. Empty for a vector */
    float *idf;      /* [terms.columns], NULL for a number */
    double mean_length;
} block;

static void free_blocks(block *blocks, int32_t n)
{
    for (int32_t k = 0; k < n && blocks; k++) {
        reco__csr_free(&blocks[k].own);
        reco__free(blocks[k].idf);
    }
    reco__free(blocks);
}

static reco_status read_block(const content *m, block *b, int32_t n_items, reco__run *run)
{
    reco_status status = RECO_OK;
    const reco__text_rules rules = {m->language, (int32_t)m->ngram, m->min_df, m->max_df};
    switch (b->field->kind) {
    case RECO__FIELD_TEXT:
        TRY(reco__text_terms(&b->field->texts, &rules, run, &b->own));
        b->terms = b->own;
        break;
    case RECO__FIELD_TOKEN:
        b->terms = b->field->tokens;
        break;
    case RECO__FIELD_NUMBER:
        TRY(reco__features_bins(b->field->numbers, n_items, NUMBER_BINS, &b->own, run->err));
        b->terms = b->own;
        break;
    default:
        break;
    }
done:
    return status;
}

/* Inverse document frequencies and mean length. */
static reco_status count_block(const content *m, block *b, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n_documents = 0;
    double length = 0;
    int32_t *df = reco__alloc_zero(b->terms.columns, sizeof *df);
    b->idf = reco__alloc(b->terms.columns, sizeof *b->idf);
    TRY_ALLOC(df && b->idf);
    for (int32_t i = 0; i < b->terms.rows; i++) {
        n_documents += b->terms.start[i] < b->terms.start[i + 1];
        for (int64_t e = b->terms.start[i]; e < b->terms.start[i + 1]; e++) {
            df[b->terms.index[e]]++;
            length += b->terms.value[e];
        }
    }
    b->mean_length = length / (n_documents > 0 ? (double)n_documents : 1);
    for (int32_t t = 0; t < b->terms.columns; t++) {
        double n = (double)n_documents, d = df[t];
        b->idf[t] =
            (float)(m->weighting == BM25 ? log1p((n - d + 0.5) / (d + 0.5)) : log1p(n / (d > 0 ? d : 1)));
    }
done:
    reco__free(df);
    return status;
}

/* Writes item i's part of a block, of length sqrt(weight), and returns how many entries it has. */
static int64_t write_block(const content *m, const block *b, int32_t i, int32_t first_column, int32_t *index,
                           float *value)
{
    int64_t begin = b->terms.start[i], n = b->terms.start[i + 1] - begin;
    const float *tf = b->terms.value + begin;
    double dl = 0, norm = 0;
    for (int64_t k = 0; k < n; k++) {
        dl += tf[k] / b->mean_length;
    }
    for (int64_t k = 0; k < n; k++) {
        const double k1 = 1.2, slope = 0.75;
        int32_t t = b->terms.index[begin + k];
        double x = tf[k];
        if (b->idf) {
            x = b->idf[t] *
                (m->weighting == BM25 ? x * (k1 + 1) / (x + k1 * (1 - slope + slope * dl)) : log1p(x));
        }
        index[k] = first_column + t;
        value[k] = (float)x;
        norm += (double)value[k] * value[k];
    }
    for (int64_t k = 0; k < n && norm > 0; k++) {
        value[k] = (float)(value[k] * sqrt(b->weight / norm));
    }
    return n;
}

/* The same for a vector field, whose part begins at `out`. Returns whether the item has one. */
static int32_t write_vector(const block *b, int32_t i, float *out)
{
    const float *given = b->field->vectors + (int64_t)i * b->field->dimension;
    double norm = 0;
    for (int32_t k = 0; k < b->field->dimension; k++) {
        norm += (double)given[k] * given[k];
    }
    for (int32_t k = 0; k < b->field->dimension; k++) {
        out[k] = norm > 0 ? (float)(given[k] * sqrt(b->weight / norm)) : 0;
    }
    return norm > 0;
}

/* Puts the blocks of each item side by side and divides each item by its length. */
static void join_blocks(const content *m, const block *blocks, int32_t n_blocks, int32_t n_items,
                        int64_t *start, int32_t *index, float *value, float *vectors)
{
    int64_t n = 0;
    for (int32_t i = 0; i < n_items; i++) {
        int32_t column = 0;
        double weight = 0;
        float *vector = vectors + i * m->dimension, *dense = vector;
        start[i] = n;
        for (const block *b = blocks; b < blocks + n_blocks; b++) {
            if (b->field->kind == RECO__FIELD_VECTOR) {
                weight += write_vector(b, i, dense) ? b->weight : 0;
                dense += b->field->dimension;
            } else {
                int64_t written = write_block(m, b, i, column, index + n, value + n);
                weight += written > 0 ? b->weight : 0;
                column += b->terms.columns;
                n += written;
            }
        }
        float scale = weight > 0 ? (float)(1 / sqrt(weight)) : 0;
        for (int64_t e = start[i]; e < n; e++) {
            value[e] *= scale;
        }
        for (float *d = vector; d < dense; d++) {
            *d *= scale;
        }
    }
    start[n_items] = n;
}

/* Renumbers the columns so that each has an entry: what is loaded is then bounded by its entries. */
static reco_status drop_empty_columns(content *m, int32_t *index, int64_t entries, reco_error *err)
{
    int32_t n = 0;
    int32_t *number = reco__alloc_zero(m->n_terms, sizeof *number);
    if (!number) {
        return reco__out_of_memory(err);
    }
    for (int64_t e = 0; e < entries; e++) {
        number[index[e]] = 1;
    }
    for (int64_t t = 0; t < m->n_terms; t++) {
        number[t] = number[t] ? n++ : -1;
    }
    for (int64_t e = 0; e < entries; e++) {
        index[e] = number[index[e]];
    }
    m->n_terms = n;
    reco__free(number);
    return RECO_OK;
}

static reco_status make_items(content *m, const block *blocks, int32_t n_blocks, int32_t n_items,
                              reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t entries = 0, n_dense = 0;
    m->n_terms = 0;
    m->dimension = 0;
    for (int32_t k = 0; k < n_blocks; k++) {
        m->n_terms += blocks[k].terms.columns;
        m->dimension += blocks[k].field->kind == RECO__FIELD_VECTOR ? blocks[k].field->dimension : 0;
        entries += reco__csr_size(&blocks[k].terms);
    }
    REQUIRE(m->n_terms <= INT32_MAX, "content: more than 2^31 terms: raise 'min_df' or lower 'ngram'");
    int64_t *start = reco__alloc((int64_t)n_items + 1, sizeof *start);
    int32_t *index = reco__alloc(entries, sizeof *index);
    float *value = reco__alloc(entries, sizeof *value);
    float *vectors =
        reco__mul(n_items, m->dimension, &n_dense) ? reco__alloc(n_dense, sizeof *vectors) : NULL;
    TRY_ALLOC(start && index && value && vectors);
    join_blocks(m, blocks, n_blocks, n_items, start, index, value, vectors);
    TRY(drop_empty_columns(m, index, entries, err));
    m->items = (reco__csr){n_items, (int32_t)m->n_terms, start, index, value};
    m->vectors = vectors;
    return RECO_OK;
done:
    reco__free(start);
    reco__free(index);
    reco__free(value);
    reco__free(vectors);
    return status;
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    content *m = (content *)self;
    reco_error *err = run->err;
    reco_status status = RECO_OK;
    const reco__side *side = &data->catalog->sides[RECO_ITEM];
    reco__feature *features = NULL;
    int32_t n = 0;
    block *blocks = NULL;
    REQUIRE(side->n_fields > 0, "content: the items have no features");
    TRY(reco__features_pick(side, m->fields, default_weights, "content", &features, &n, err));
    blocks = reco__alloc_zero(n, sizeof *blocks);
    TRY_ALLOC(blocks);
    for (int32_t k = 0; k < n; k++) {
        reco__run part = *run;
        part.from = run->from + (run->to - run->from) * k / n;
        part.to = run->from + (run->to - run->from) * (k + 1) / n;
        blocks[k].field = features[k].field;
        blocks[k].weight = features[k].weight;
        TRY(read_block(m, &blocks[k], side->ids.n, &part));
        if (blocks[k].field->kind == RECO__FIELD_TEXT || blocks[k].field->kind == RECO__FIELD_TOKEN) {
            TRY(count_block(m, &blocks[k], err));
        }
        TRY(reco__run_step(&part, 1));
    }
    TRY(make_items(m, blocks, n, side->ids.n, err));
done:
    free_blocks(blocks, n);
    reco__free(features);
    return status;
}

/* ---- questions ---- */

/* A profile: weights of terms, each there when its bit is set, and a dense part. */
typedef struct profile {
    uint64_t *has; /* [n_terms / 64 + 1] */
    float *weight; /* [n_terms] */
    float *vector; /* [dimension] */
} profile;

static int64_t scratch_size(const reco_model *self)
{
    const content *m = (const content *)self;
    return reco__scratch_need(m->n_terms / 64 + 1, sizeof(uint64_t)) +
           reco__scratch_need(m->n_terms, sizeof(float)) + reco__scratch_need(m->dimension, sizeof(float)) +
           reco__scratch_need(self->n_items, sizeof(float));
}

static profile new_profile(const content *m, reco__scratch *scratch)
{
    profile p;
    p.has = reco__scratch_take(scratch, m->n_terms / 64 + 1, sizeof *p.has);
    p.weight = reco__scratch_take(scratch, m->n_terms, sizeof *p.weight);
    p.vector = reco__scratch_take(scratch, m->dimension, sizeof *p.vector);
    memset(p.has, 0, (size_t)(m->n_terms / 64 + 1) * sizeof *p.has);
    memset(p.vector, 0, (size_t)m->dimension * sizeof *p.vector);
    return p;
}

static void add_item(const content *m, profile *p, int32_t item, float weight)
{
    for (int64_t e = m->items.start[item]; e < m->items.start[item + 1]; e++) {
        int32_t t = m->items.index[e];
        uint64_t bit = (uint64_t)1 << (t & 63);
        p->weight[t] = (p->has[t >> 6] & bit ? p->weight[t] : 0) + weight * m->items.value[e];
        p->has[t >> 6] |= bit;
    }
    reco__kernels_best()->axpy(weight, m->vectors + item * m->dimension, p->vector, m->dimension);
}

/* The next term from `t` on that the profile has; n_terms at the end. */
static int64_t next_term(const content *m, const profile *p, int64_t t)
{
    while (t < m->n_terms) {
        uint64_t rest = p->has[t >> 6] >> (t & 63);
        if (rest) {
            return t + __builtin_ctzll(rest);
        }
        t = (t | 63) + 1;
    }
    return m->n_terms;
}

/* Divides by the length, and returns what it multiplied with; a profile of nothing stays so. */
static float normalize(const content *m, profile *p)
{
    double norm = 0;
    for (int64_t t = next_term(m, p, 0); t < m->n_terms; t = next_term(m, p, t + 1)) {
        norm += (double)p->weight[t] * p->weight[t];
    }
    for (int64_t k = 0; k < m->dimension; k++) {
        norm += (double)p->vector[k] * p->vector[k];
    }
    float scale = norm > 0 ? (float)(1 / sqrt(norm)) : 0;
    for (int64_t t = next_term(m, p, 0); t < m->n_terms; t = next_term(m, p, t + 1)) {
        p->weight[t] *= scale;
    }
    for (int64_t k = 0; k < m->dimension; k++) {
        p->vector[k] *= scale;
    }
    return scale;
}

/* Both ways of adding up take an item's terms in the same order, so that both give the same bits. */
static void score_all(const content *m, const profile *p, float *scores)
{
    memset(scores, 0, (size_t)m->items.rows * sizeof *scores);
    for (int64_t t = next_term(m, p, 0); t < m->n_terms; t = next_term(m, p, t + 1)) {
        for (int64_t e = m->terms.start[t]; e < m->terms.start[t + 1]; e++) {
            scores[m->terms.index[e]] += p->weight[t] * m->terms.value[e];
        }
    }
}

static float score_one(const content *m, const profile *p, int32_t item)
{
    float score = 0;
    for (int64_t e = m->items.start[item]; e < m->items.start[item + 1]; e++) {
        int32_t t = m->items.index[e];
        if (p->has[t >> 6] >> (t & 63) & 1) {
            score += p->weight[t] * m->items.value[e];
        }
    }
    return score;
}

static void score_profile(const content *m, const profile *p, const reco__items *which, float *scores)
{
    if (which->index) {
        for (int32_t k = 0; k < which->n; k++) {
            scores[k] = score_one(m, p, which->index[k]);
        }
    } else {
        score_all(m, p, scores);
    }
    for (int32_t k = 0; k < which->n && m->dimension > 0; k++) {
        scores[k] += reco__kernels_best()->dot(p->vector, m->vectors + reco__item(which, k) * m->dimension,
                                               m->dimension);
    }
}

/* What an item of the history counts in the profile; `newest` is the newest time in it. */
static double taste(const content *m, const reco__asker *who, int64_t k, int64_t newest)
{
    double weight = log1p(who->values[k]);
    if (m->profile_half_life_days > 0 && who->times && who->times[k] != RECO_NO_TIME) {
        double days = ((double)newest - (double)who->times[k]) / 86400;
        weight *= exp2(-days / m->profile_half_life_days);
    }
    return weight;
}

/* weights[k] of the history's entries; the largest is 1: the profile's length is divided out anyway, and so
 * it stays in the range of floats. */
static void tastes(const content *m, const reco__asker *who, float *weights)
{
    int64_t newest = RECO_NO_TIME;
    double most = 0;
    for (int64_t k = 0; k < who->n && who->times; k++) {
        newest = who->times[k] > newest ? who->times[k] : newest;
    }
    for (int64_t k = 0; k < who->n; k++) {
        double weight = taste(m, who, k, newest);
        most = weight > most ? weight : most;
    }
    for (int64_t k = 0; k < who->n; k++) {
        weights[k] = (float)(taste(m, who, k, newest) / most);
    }
}

/* The asker's profile, of length 1; *scale is what the sum was multiplied with. */
static profile profile_of(const content *m, const reco__asker *who, float *weights, float *scale,
                          reco__scratch *scratch)
{
    profile p = new_profile(m, scratch);
    tastes(m, who, weights);
    for (int64_t k = 0; k < who->n; k++) {
        add_item(m, &p, who->items[k], weights[k]);
    }
    *scale = normalize(m, &p);
    return p;
}

static reco_status score(const reco_model *self, const reco__asker *who, const reco__items *which,
                         float *scores, reco__scratch *scratch)
{
    const content *m = (const content *)self;
    float scale, *weights = reco__scratch_take(scratch, who->n, sizeof *weights);
    profile p = profile_of(m, who, weights, &scale, scratch);
    score_profile(m, &p, which, scores);
    return RECO_OK;
}

/* p . x_i is a sum over the history: each item of it adds its share. */
static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const content *m = (const content *)self;
    float scale, *weights = reco__scratch_take(scratch, who->n, sizeof *weights);
    reco__items history = {who->items, (int32_t)who->n};
    int64_t mark = scratch->used;
    profile_of(m, who, weights, &scale, scratch);
    scratch->used = mark;
    profile one = new_profile(m, scratch);
    add_item(m, &one, item, 1);
    score_profile(m, &one, &history, amounts);
    for (int64_t k = 0; k < who->n; k++) {
        amounts[k] *= weights[k] * scale;
    }
    return RECO_OK;
}

static reco_status similar(const reco_model *self, int32_t item, const reco__items *which, float *scores,
                           reco__scratch *scratch)
{
    const content *m = (const content *)self;
    profile p = new_profile(m, scratch);
    add_item(m, &p, item, 1);
    score_profile(m, &p, which, scores);
    return RECO_OK;
}

/* ---- what is kept ---- */

static reco_status prepare(reco_model *self, reco_error *err)
{
    content *m = (content *)self;
    return reco__csr_transpose(&m->items, &m->terms, err);
}

static int32_t in_unit_ball(const float *x, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        if (!(fabsf(x[k]) <= 1.001f)) {
            return 0;
        }
    }
    return 1;
}

/* What a file must hold for queries to stay finite, and their memory in proportion to the file's. */
static reco_status check(const content *m, reco__state *s)
{
    int64_t entries = reco__csr_size(&m->items);
    if (m->n_terms > entries) {
        return reco__state_refuse(s, "'items' has columns without entries");
    }
    if (!in_unit_ball(m->items.value, entries) || !in_unit_ball(m->vectors, m->items.rows * m->dimension)) {
        return reco__state_refuse(s, "an item is longer than 1");
    }
    return RECO_OK;
}

static reco_status state(reco_model *self, reco__state *s)
{
    content *m = (content *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_count(s, "n_terms", &m->n_terms, 0, INT32_MAX));
    TRY(reco__state_count(s, "dimension", &m->dimension, 0, self->n_items > 0 ? INT32_MAX : 0));
    TRY(reco__state_csr(s, "items", &m->items, self->n_items, (int32_t)m->n_terms, 0));
    TRY(reco__state_csr(s, "terms", &m->terms, (int32_t)m->n_terms, self->n_items, RECO__DERIVED));
    TRY(reco__state_f32(s, "vectors", &m->vectors, self->n_items, m->dimension, 0));
    TRY(reco__state_loading(s) ? check(m, s) : RECO_OK);
done:
    return status;
}

const reco__algo reco__algo_content = {
    .name = "content",
    .summary = "items whose texts, tokens, numbers and vectors resemble what was taken",
    .state_version = 1,
    .traits = RECO__SPARSE | RECO__KEEPS_TIMES,
    .size = sizeof(content),
    .params = params,
    .fit = fit,
    .state = state,
    .prepare = prepare,
    .scratch = scratch_size,
    .score = score,
    .similar = similar,
    .explain = explain,
};
