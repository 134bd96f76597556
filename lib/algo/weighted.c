/* SPDX-License-Identifier: MIT */
/* weighted - a hybrid: the weighted sum of the scores of any models, hybrids among them, each brought to one
 * scale.
 *
 *     score(i) = sum over parts p of weight_p * scaled_p(s_p(i))
 *
 * where s_p are the part's scores of all items for this asker, and scaled_p is one of
 *
 *     minmax   (s - min) / (max - min)                  in [0, 1]
 *     zscore   (s - mean) / deviation                   mean 0, deviation 1
 *     rank     1 - (items with a higher score) / n      in (0, 1]
 *     softmax  exp(s - max) / sum of exp(s - max)       in (0, 1], sum 1
 *
 * A part whose scores are all equal says nothing and adds 0. So does a part that cannot answer, as one that
 * needs a history when there is none. Where a part knows nothing of an item its score is 0, and `rank` gives 0. When all parts know nothing of it, so does the hybrid.
 *
 * Sources. Burke 2002, 10.1023/A:1021240730564 (weighted hybrids); Shaw and Fox 1994 (TREC-2) and Renda and
 * Straccia 2003, 10.1145/952532.952698 (scales).
 *
 * Cost of a question: that of the parts, O(n_items) a part, and O(n_items log n_items) for `rank`. */
#include "base/topk.h"
#include "model/model.h"

#include <math.h>
#include <string.h>

enum { MINMAX, ZSCORE, RANK, SOFTMAX };

typedef struct weighted {
    reco_model base;
    int32_t scaling;
} weighted;

static const reco__param params[] = {
    PARAM_CHOICE(weighted, scaling, SEARCH_ALL, "how each part's scores are brought to one scale", "minmax",
                 "zscore", "rank", "softmax"),
    {0},
};

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    reco_status status = RECO_OK;
    double n = self->n_parts;
    for (int32_t k = 0; k < self->n_parts; k++) {
        TRY(reco__part_fit(self->parts[k], data, run, k / n, (k + 1) / n));
    }
done:
    return status;
}

/* ---- scales: each turns s [n] into scaled scores, in place ---- */

static void minmax(float *s, int32_t n)
{
    float low = s[0], high = s[0];
    for (int32_t k = 1; k < n; k++) {
        low = s[k] < low ? s[k] : low;
        high = s[k] > high ? s[k] : high;
    }
    float range = high - low;
    for (int32_t k = 0; k < n; k++) {
        s[k] = range > 0 ? (s[k] - low) / range : 0;
    }
}

static void zscore(float *s, int32_t n)
{
    double sum = 0, squares = 0;
    for (int32_t k = 0; k < n; k++) {
        sum += (double)s[k];
    }
    double mean = sum / n;
    for (int32_t k = 0; k < n; k++) {
        squares += ((double)s[k] - mean) * ((double)s[k] - mean);
    }
    double deviation = sqrt(squares / n);
    for (int32_t k = 0; k < n; k++) {
        s[k] = deviation > 0 ? (float)(((double)s[k] - mean) / deviation) : 0;
    }
}

static void softmax(float *s, int32_t n)
{
    float high = s[0], low = s[0];
    double sum = 0;
    for (int32_t k = 1; k < n; k++) {
        low = s[k] < low ? s[k] : low;
        high = s[k] > high ? s[k] : high;
    }
    for (int32_t k = 0; k < n; k++) {
        s[k] = expf(s[k] - high);
        sum += (double)s[k];
    }
    for (int32_t k = 0; k < n; k++) {
        s[k] = high > low ? (float)((double)s[k] / sum) : 0;
    }
}

static void rank(reco__scores *part, reco__scored *entries)
{
    int32_t n = part->n_items, size = reco__scores_size(part), better = 0;
    reco__topk top = {.entries = entries, .capacity = n};
    for (int32_t k = 0; k < size; k++) {
        int32_t item = reco__scores_item(part, k);
        reco__topk_offer(&top, part->of[item], item);
    }
    reco__topk_sort(&top);
    memset(part->of, 0, (size_t)n * sizeof *part->of);
    bool tied = size == n && n > 0 && entries[0].score == entries[n - 1].score;
    for (int32_t k = 0; k < top.size && !tied; k++) {
        better = k > 0 && entries[k].score == entries[k - 1].score ? better : k;
        part->of[entries[k].index] = 1 - (float)better / (float)n;
    }
}

/* ---- the sum ---- */

/* What a question works with. */
typedef struct work {
    reco__scores part;     /* of one part, after the other */
    reco__scored *entries; /* [n_items] of rank */
    float *amounts;        /* [reco__model_entries] of explain */
} work;

static work lay_out(const weighted *m, reco__scratch *s)
{
    int32_t n = m->base.n_items;
    work w = {.part = reco__scores_take(s, n)};
    w.entries = reco__scratch_take(s, m->scaling == RANK ? n : 0, sizeof *w.entries);
    w.amounts = reco__scratch_take(s, reco__model_entries(&m->base), sizeof *w.amounts);
    return w;
}

static void layout(const reco_model *self, reco__scratch *s)
{
    lay_out((const weighted *)self, s);
    for (int32_t k = 0; k < self->n_parts; k++) {
        reco__model_layout(self->parts[k], s);
    }
}

static void scale(const weighted *m, work *w)
{
    float *s = w->part.of;
    int32_t n = w->part.n_items;
    switch (m->scaling) {
    case MINMAX:
        minmax(s, n);
        break;
    case ZSCORE:
        zscore(s, n);
        break;
    case RANK:
        rank(&w->part, w->entries);
        break;
    default:
        softmax(s, n);
    }
}

/* Scales what the part gave and adds it to the sums. What a part knows is known. */
static void add(const weighted *m, work *w, double weight, reco__scores *out)
{
    reco__scores_list(&w->part);
    int32_t known = reco__scores_size(&w->part);
    scale(m, w);
    for (int32_t i = 0; i < out->n_items; i++) {
        out->of[i] += (float)weight * w->part.of[i];
    }
    for (int32_t k = 0; k < known; k++) {
        reco__scores_add(out, reco__scores_item(&w->part, k), 0);
    }
    reco__scores_wipe(&w->part);
}

/* A sum of what no part knows is no score. */
static void drop_unknown(reco__scores *out)
{
    for (int32_t i = 0; i < out->n_items; i++) {
        out->of[i] = out->marks[i] ? out->of[i] : 0;
    }
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out, reco__scratch *s)
{
    const weighted *m = (const weighted *)self;
    reco_status status = RECO_OK;
    work w = lay_out(m, s);
    for (int32_t k = 0; k < self->n_parts && self->n_items > 0; k++) {
        if (reco__model_answers(self->parts[k], who)) {
            TRY(reco__model_score(self->parts[k], who, &w.part, s));
            add(m, &w, self->weights[k], out);
        }
    }
    drop_unknown(out);
done:
    return status;
}

static reco_status similar(const reco_model *self, int32_t item, reco__scores *out, reco__scratch *s)
{
    const weighted *m = (const weighted *)self;
    reco_status status = RECO_OK;
    work w = lay_out(m, s);
    for (int32_t k = 0; k < self->n_parts; k++) {
        if (reco__model_has_similar(self->parts[k])) {
            TRY(reco__model_similar(self->parts[k], item, &w.part, s));
            w.part.of[item] = 0; /* the item itself would set the scale */
            w.part.n = w.part.n < 0 ? RECO__KNOWS_NONZERO : w.part.n; /* what is not alike is not known */
            add(m, &w, self->weights[k], out);
        }
    }
    drop_unknown(out);
done:
    return status;
}

/* A part's scaled and weighted score is shared out among the entries in proportion to the part's own amounts. */
static void share_out(float *amounts, const float *of_part, int64_t n, double scaled)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += (double)of_part[k];
    }
    for (int64_t k = 0; k < n && sum != 0; k++) {
        amounts[k] += (float)(scaled * ((double)of_part[k] / sum));
    }
    amounts[n - 1] += sum != 0 ? 0 : (float)scaled; /* the rest */
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *s)
{
    const weighted *m = (const weighted *)self;
    reco_status status = RECO_OK;
    work w = lay_out(m, s);
    for (int32_t k = 0; k < self->n_parts; k++) {
        if (reco__model_answers(self->parts[k], who)) {
            TRY(reco__model_score(self->parts[k], who, &w.part, s));
            scale(m, &w);
            double scaled = self->weights[k] * (double)w.part.of[item];
            reco__scores_wipe(&w.part);
            TRY(reco__model_amounts(self->parts[k], who, item, w.amounts, s));
            share_out(amounts, w.amounts, reco__asker_entries(who), scaled);
        }
    }
done:
    return status;
}

static reco_status state(reco_model *self, reco__state *s)
{
    (void)self;
    (void)s;
    return RECO_OK; /* the core lists the parts */
}

const reco__algo reco__algo_weighted = {
    .name = "weighted",
    .summary = "a hybrid: the weighted sum of the scaled scores of any models",
    .state_version = 1,
    .traits = RECO__HYBRID,
    .size = sizeof(weighted),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .similar = similar,
    .explain = explain,
    .state = state,
    .layout = layout,
};
