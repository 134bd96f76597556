/* SPDX-License-Identifier: MIT */
/* content - recommends what resembles, by its description, what the asker took.
 *
 * Notation. Item i has fields f; each that it has is a block b_if of length 1:
 *
 *     text, tokens   the terms' weights by bm25 or tfidf: see math/weighting.h
 *     number         two neighboring soft bins of its quantile: see data/features.h
 *     vector         as given
 *
 *     item     x_i = (sqrt(g_f / s_f) b_if for all its f), divided by its length; 0 if it has none
 *     profile  p   = sum over the history of w_h x_h,   w_h = value_h^(1/4) * 2^(-age_h / half_life)
 *     score(i)     = cosine of p and x_i                ages count from the newest item of the history
 *     similar(i,j) = x_i . x_j
 *
 * g_f is the field's weight as the caller gave it, and s_f the root mean square of b_if . b_jf over all pairs
 * of items that have it (math/coherence.h). Any two things share a genre or cost about the same, hardly any two
 * share a rare word: without s_f the fields that tell least would drown those that tell most. With it 1 means
 * as much for a price as for a title.
 *
 * Sources. Lops, de Gemmis and Semeraro, "Content-based Recommender Systems: State of the Art and Trends",
 * Recommender Systems Handbook, 2011, 10.1007/978-0-387-85820-3_3; for s_f the idea of multiple factor
 * analysis, Escofier and Pages, CSDA 18(1), 1994, 10.1016/0167-9473(94)90135-X, which divides blocks by their
 * largest singular value. Deviations. BM25 weights stand on both sides, with lengths divided out, where its
 * source has an unweighted query. History values enter by their fourth root: a thing taken twenty times is
 * not liked twenty times as much.
 *
 * Cost. fit: linear in the bytes of the texts and the entries of the blocks, and a sort of each number field.
 * A query: the entries of the history's items, then the lists of the terms these have (terms -> items,
 * derived after loading); vectors take n_items * dimension. Memory: 8 bytes an entry in the file, 16 in
 * memory. */
#include "data/features.h"
#include "kernel/kernel.h"
#include "math/coherence.h"
#include "math/weighting.h"
#include "model/model.h"
#include "text/terms.h"

#include <math.h>
#include <string.h>

enum { NUMBER_BINS = 16 };

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

static const reco__param params[] = {
    PARAM_CHOICE(content, weighting, SEARCH_ALL, "how terms are weighed", "bm25", "tfidf"),
    PARAM_TEXT(
        content, fields, "",
        "item fields and their weights, as Description:1,UnitPrice:0.2; empty: all, each with weight 1"),
    PARAM_INT(content, ngram, 1, 1, 3, SEARCH(1, 3, LINEAR), "terms of a text have up to so many words"),
    PARAM_TEXT(content, language, "english", "whose word stems to take; none: whole words"),
    PARAM_INT(content, min_df, 1, 1, 1e9, SEARCH(1, 10, LOG), "terms in fewer texts are left out"),
    PARAM_NUMBER(content, max_df, 0.2, 0, 1, SEARCH(0.05, 0.5, LOG),
                 "terms in more than this part of the texts, and more than 20, are left out"),
    PARAM_NUMBER(content, profile_half_life_days, 0, 0, 36500, SEARCH(7, 730, LOG),
                 "age at which an item of a history counts half; 0 = never ages"),
    {0}};

/* ---- fit ---- */

/* One field of all items. */
typedef struct block {
    const reco__field *field;
    double weight;   /* g, then g / s */
    reco__rows rows; /* b */
    reco__csr own;   /* arrays that were made for the block, if any */
    float *value;    /* the same */
    float *scale;
} block;

static void free_blocks(block *blocks, int32_t n)
{
    for (int32_t k = 0; k < n && blocks; k++) {
        reco__csr_free(&blocks[k].own);
        reco__free(blocks[k].value);
        reco__free(blocks[k].scale);
    }
    reco__free(blocks);
}

/* The weights of a field's terms, which are counted in this field alone. */
static reco_status weigh_terms(const content *m, const reco__csr *x, block *b, reco_error *err)
{
    static const int32_t weightings[] = {RECO__WEIGHTING_BM25, RECO__WEIGHTING_TFIDF};
    reco_status status = RECO_OK;
    int64_t *with = reco__alloc_zero((int64_t)x->columns + 1, sizeof *with);
    TRY_ALLOC(with);
    TRY_ALLOC(b->value = reco__alloc(reco__csr_size(x), sizeof *b->value));
    for (int64_t e = 0; e < reco__csr_size(x); e++) {
        with[x->index[e] + 1]++;
    }
    for (int32_t t = 0; t < x->columns; t++) {
        with[t + 1] += with[t];
    }
    reco__weighing w = reco__weighing_of(RECO__VALUES_RAW, weightings[m->weighting], x, with);
    for (int32_t i = 0; i < x->rows; i++) {
        int64_t begin = x->start[i];
        reco__weigh(&w, x->index + begin, x->value + begin, x->start[i + 1] - begin, b->value + begin);
    }
    b->rows.value = b->value;
done:
    reco__free(with);
    return status;
}

static reco_status read_field(const content *m, block *b, int32_t n_items, reco__run *run)
{
    reco_status status = RECO_OK;
    const reco__field *field = b->field;
    const reco__term_rules rules = {m->language, (int32_t)m->ngram, m->min_df, m->max_df};
    if (field->kind == RECO__FIELD_VECTOR) {
        b->rows = (reco__rows){.n = n_items, .columns = field->dimension, .value = field->vectors};
        return RECO_OK;
    }
    if (field->kind == RECO__FIELD_TEXT) {
        TRY(reco__terms_count(&field->texts, &rules, run, &b->own));
    } else if (field->kind == RECO__FIELD_NUMBER) {
        TRY(reco__features_bins(field->numbers, n_items, NUMBER_BINS, &b->own, run->err));
    }
    const reco__csr *x = field->kind == RECO__FIELD_TOKEN ? &field->tokens : &b->own;
    b->rows = (reco__rows){n_items, x->columns, x->start, x->index, x->value, NULL};
    if (field->kind != RECO__FIELD_NUMBER) {
        TRY(weigh_terms(m, x, b, run->err));
    }
done:
    return status;
}

static reco_status make_block(const content *m, block *b, int32_t n_items, reco__run *run)
{
    reco_error *err = run->err;
    reco_status status = RECO_OK;
    TRY(read_field(m, b, n_items, run));
    TRY_ALLOC(b->scale = reco__alloc(n_items, sizeof *b->scale));
    reco__row_scales(&b->rows, b->scale);
    b->rows.scale = b->scale;
    b->weight /= reco__coherence(&b->rows);
    TRY(reco__run_step(run, 1));
done:
    return status;
}

/* Puts the blocks of each item side by side, with their weights, at length 1. */
static void join_blocks(const content *m, const block *blocks, int32_t n_blocks, int32_t n_items,
                        int64_t *start, int32_t *index, float *value, float *vectors)
{
    int64_t n = 0;
    for (int32_t i = 0; i < n_items; i++) {
        int32_t column = 0;
        double total = 0;
        float *dense = vectors + i * m->dimension;
        start[i] = n;
        for (const block *b = blocks; b < blocks + n_blocks; b++) {
            total += b->scale[i] > 0 ? b->weight : 0;
        }
        for (const block *b = blocks; b < blocks + n_blocks; b++) {
            reco__row r = reco__row_of(&b->rows, i);
            float scale = r.scale > 0 ? r.scale * (float)sqrt(b->weight / total) : 0;
            for (int64_t k = 0; k < r.n; k++) {
                if (r.index) {
                    index[n] = column + r.index[k];
                    value[n++] = r.value[k] * scale;
                } else {
                    *dense++ = r.value[k] * scale;
                }
            }
            column += r.index ? b->rows.columns : 0;
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
    for (const block *b = blocks; b < blocks + n_blocks; b++) {
        *(b->rows.index ? &m->n_terms : &m->dimension) += b->rows.columns;
        entries += b->rows.index ? b->rows.start[n_items] : 0;
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
    TRY(reco__features_pick(side, m->fields, "content", &features, &n, err));
    blocks = reco__alloc_zero(n, sizeof *blocks);
    TRY_ALLOC(blocks);
    for (int32_t k = 0; k < n; k++) {
        reco__run part = *run;
        part.from = run->from + (run->to - run->from) * k / n;
        part.to = run->from + (run->to - run->from) * (k + 1) / n;
        blocks[k].field = features[k].field;
        blocks[k].weight = features[k].weight;
        TRY(make_block(m, &blocks[k], side->ids.n, &part));
    }
    TRY(make_items(m, blocks, n, side->ids.n, err));
done:
    free_blocks(blocks, n);
    reco__free(features);
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    const content *m = (const content *)self;
    const reco__side *side = &data->catalog->sides[RECO_ITEM];
    reco__feature *features = NULL;
    int32_t n = 0;
    int64_t bytes = 0, entries = 0, items = side->ids.n;
    (void)threads;
    reco_status status = reco__features_pick(side, m->fields, "content", &features, &n, NULL);
    if (status != RECO_OK) {
        return status == RECO_ENOMEM ? -1 : 0; /* of anything else the fit will say what it is */
    }
    for (int32_t k = 0; k < n; k++) {
        const reco__field *field = features[k].field;
        if (field->kind == RECO__FIELD_TEXT) {
            int64_t terms = 0;
            bytes += reco__terms_estimate(&field->texts, (int32_t)m->ngram, &terms);
            entries += terms;
        }
        entries += field->kind == RECO__FIELD_TOKEN    ? reco__csr_size(&field->tokens)
                   : field->kind == RECO__FIELD_NUMBER ? 2 * items
                                                       : 0;
        bytes += items * ((int64_t)sizeof(float) * (1 + field->dimension) + (int64_t)sizeof(int64_t));
    }
    reco__free(features);
    return bytes + entries * 28; /* counts and weights, joined, and the transpose */
}

/* ---- questions ---- */

/* A profile: weights of terms, each there when its bit is set, and a dense part. */
typedef struct profile {
    uint64_t *has; /* [n_terms / 64 + 1] */
    float *weight; /* [n_terms] */
    float *vector; /* [dimension] */
    int64_t *time; /* [n_items] of the history's items */
} profile;

static profile take_profile(const content *m, reco__scratch *scratch)
{
    profile p = {.has = reco__scratch_take(scratch, m->n_terms / 64 + 1, sizeof *p.has)};
    p.weight = reco__scratch_take(scratch, m->n_terms, sizeof *p.weight);
    p.vector = reco__scratch_take(scratch, m->dimension, sizeof *p.vector);
    p.time = reco__scratch_take(scratch, m->profile_half_life_days > 0 ? m->base.n_items : 0, sizeof *p.time);
    return p;
}

static void layout(const reco_model *self, reco__scratch *scratch)
{
    take_profile((const content *)self, scratch);
}

static void clear_profile(const content *m, profile *p)
{
    memset(p->has, 0, (size_t)(m->n_terms / 64 + 1) * sizeof *p->has);
    memset(p->vector, 0, (size_t)m->dimension * sizeof *p->vector);
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

static double length_of(const content *m, const profile *p)
{
    double square = 0;
    for (int64_t t = next_term(m, p, 0); t < m->n_terms; t = next_term(m, p, t + 1)) {
        square += (double)p->weight[t] * (double)p->weight[t];
    }
    for (int64_t k = 0; k < m->dimension; k++) {
        square += (double)p->vector[k] * (double)p->vector[k];
    }
    return sqrt(square);
}

/* Items that the profile's terms lead to, counted as often as there are entries. */
static int64_t entries_of(const content *m, const profile *p)
{
    int64_t entries = 0;
    for (int64_t t = next_term(m, p, 0); t < m->n_terms; t = next_term(m, p, t + 1)) {
        entries += m->terms.start[t + 1] - m->terms.start[t];
    }
    return entries;
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

/* The part of the score that vectors give. */
static float score_vector(const content *m, const profile *p, int32_t item)
{
    return m->dimension == 0
               ? 0
               : reco__kernels_best()->dot(p->vector, m->vectors + item * m->dimension, m->dimension);
}

/* The profile's products with items, times `scale`. An item's terms are taken in the same order as by score_one, so that
 * both give the same bits. */
static void score_profile(const content *m, const profile *p, float scale, reco__scores *out)
{
    bool dense = m->dimension > 0 || reco__scores_dense(out, entries_of(m, p));
    for (int64_t t = next_term(m, p, 0); t < m->n_terms; t = next_term(m, p, t + 1)) {
        int64_t from = m->terms.start[t];
        reco__scores_add_row(out, m->terms.index + from, m->terms.value + from, m->terms.start[t + 1] - from,
                             p->weight[t], dense);
    }
    for (int32_t i = 0; m->dimension > 0 && i < m->items.rows; i++) {
        out->of[i] += score_vector(m, p, i);
    }
    out->n = dense ? RECO__KNOWS_NONZERO : out->n;
    for (int32_t k = 0; k < out->n || (dense && k < out->n_items); k++) {
        out->of[dense ? k : out->known[k]] *= scale;
    }
}

/* When each item of the history was last taken, and the newest of all; RECO_NO_TIME where nothing is known. */
typedef struct ages {
    int64_t *time; /* [history] */
    int64_t newest;
} ages;

static ages ages_of(const content *m, const reco__asker *who, int64_t *time)
{
    ages a = {time, RECO_NO_TIME};
    bool aging = m->profile_half_life_days > 0 && who->trail.times;
    for (int64_t k = 0; k < who->n && aging; k++) {
        a.time[k] = RECO_NO_TIME;
    }
    for (int64_t e = 0; e < who->trail.n && aging; e++) {
        int64_t entry = reco__find_in(who->items, who->n, who->trail.items[e]), at = who->trail.times[e];
        if (entry >= 0 && at > a.time[entry]) {
            a.time[entry] = at;
            a.newest = at > a.newest ? at : a.newest;
        }
    }
    return a;
}

/* What an item of the history counts in the profile. */
static double taste(const content *m, const reco__asker *who, int64_t k, const ages *a)
{
    double weight = sqrt(sqrt((double)who->values[k]));
    if (a->newest != RECO_NO_TIME && a->time[k] != RECO_NO_TIME) {
        double days = ((double)a->newest - (double)a->time[k]) / 86400;
        weight *= exp2(-days / m->profile_half_life_days);
    }
    return weight;
}

/* Makes a history's profile and returns 1 / its length, or 0. */
static float add_history(const content *m, profile *p, const reco__asker *who)
{
    ages a = ages_of(m, who, p->time);
    for (int64_t k = 0; k < who->n; k++) {
        add_item(m, p, who->items[k], (float)taste(m, who, k, &a));
    }
    double length = length_of(m, p);
    return length > 0 ? (float)(1 / length) : 0;
}

static int32_t remembers(const reco_model *self)
{
    return ((const content *)self)->profile_half_life_days > 0 ? INT32_MAX : 0;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    const content *m = (const content *)self;
    profile p = take_profile(m, scratch);
    clear_profile(m, &p);
    float scale = add_history(m, &p, who);
    if (scale > 0) {
        score_profile(m, &p, scale, out);
    }
    return RECO_OK;
}

static reco_status score_some(const reco_model *self, const reco__asker *who, const int32_t *items, int32_t n,
                              float *scores, reco__scratch *scratch)
{
    const content *m = (const content *)self;
    profile p = take_profile(m, scratch);
    clear_profile(m, &p);
    float scale = add_history(m, &p, who);
    for (int32_t k = 0; k < n; k++) {
        scores[k] = (score_one(m, &p, items[k]) + score_vector(m, &p, items[k])) * scale;
    }
    return RECO_OK;
}

static reco_status similar(const reco_model *self, int32_t item, reco__scores *out, reco__scratch *scratch)
{
    const content *m = (const content *)self;
    profile p = take_profile(m, scratch);
    clear_profile(m, &p);
    add_item(m, &p, item, 1);
    score_profile(m, &p, 1, out);
    return RECO_OK;
}

/* w_h x_h . x_i / |p|: the sum over the history is the score. */
static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const content *m = (const content *)self;
    profile p = take_profile(m, scratch);
    clear_profile(m, &p);
    float scale = add_history(m, &p, who);
    ages a = ages_of(m, who, p.time);
    clear_profile(m, &p);
    add_item(m, &p, item, 1);
    for (int64_t k = 0; k < who->n; k++) {
        float product = score_one(m, &p, who->items[k]) + score_vector(m, &p, who->items[k]);
        amounts[k] = (float)taste(m, who, k, &a) * product * scale;
    }
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
    TRY(reco__state_csr(s, "items", &m->items, RECO__ITEMS, m->n_terms, 0));
    TRY(reco__state_csr(s, "terms", &m->terms, m->n_terms, RECO__ITEMS, RECO__DERIVED));
    TRY(reco__state_f32(s, "vectors", &m->vectors, RECO__ITEMS, m->dimension, 0));
    TRY(reco__state_loading(s) ? check(m, s) : RECO_OK);
    if (reco__state_carried(s)) { /* items may have gone, and terms with them */
        TRY(drop_empty_columns(m, (int32_t *)m->items.index, reco__csr_size(&m->items),
                               reco__state_error(s)));
        m->items.columns = (int32_t)m->n_terms;
    }
done:
    return status;
}

const reco__algo reco__algo_content = {
    .name = "content",
    .summary = "items whose texts, tokens, numbers and vectors resemble what was taken",
    .state_version = 1,
    .size = sizeof(content),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .state = state,
    .prepare = prepare,
    .layout = layout,
    .score = score,
    .remembers = remembers,
    .score_some = score_some,
    .similar = similar,
    .explain = explain,
    .estimate = estimate,
};
