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
 * needs a history when there is none. Where a part knows nothing of an item (a score of 0 of a sparse model)
 * `rank` gives 0. When all parts know nothing of it, so does the hybrid.
 *
 * Sources. Burke 2002, 10.1023/A:1021240730564 (weighted hybrids); Shaw and Fox 1994 (TREC-2) and Renda and
 * Straccia 2003, 10.1145/952532.952698 (scales).
 *
 * Cost of a question: that of the parts, O(n_items) a part, and O(n_items log n_items) for `rank`. */
#include "base/topk.h"
#include "model/model.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MINMAX, ZSCORE, RANK, SOFTMAX };

typedef struct weighted {
    reco_model base;
    int32_t scaling;
} weighted;

static const reco__param params[] = {
    PARAM_CHOICE(weighted, scaling, "how each part's scores are brought to one scale", "minmax", "zscore",
                 "rank", "softmax"),
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

static void rank(float *s, int32_t n, int32_t sparse, reco__scored *entries)
{
    reco__topk top = {.entries = entries, .capacity = n};
    for (int32_t k = 0; k < n; k++) {
        if (!sparse || s[k] != 0) {
            reco__topk_offer(&top, s[k], k);
        }
        s[k] = 0;
    }
    reco__topk_sort(&top);
    int32_t better = 0;
    int32_t tied = n > 0 && top.size == n && entries[0].score == entries[n - 1].score;
    for (int32_t k = 0; k < top.size && !tied; k++) {
        better = k > 0 && entries[k].score == entries[k - 1].score ? better : k;
        s[entries[k].index] = 1 - (float)better / (float)n;
    }
}

/* ---- the sum ---- */

/* What a question works on. */
typedef struct sums {
    float *total;          /* [n] */
    float *part;           /* [n] */
    unsigned char *known;  /* [n] 1 when some part knows something of the item */
    reco__scored *entries; /* [n], for rank */
    int32_t n;
} sums;

static int64_t scratch(const reco_model *self)
{
    const weighted *m = (const weighted *)self;
    int64_t deepest = 0, n = self->n_items;
    for (int32_t k = 0; k < self->n_parts; k++) {
        int64_t part = reco__model_scratch(self->parts[k]);
        deepest = part > deepest ? part : deepest;
    }
    return deepest + 3 * reco__scratch_need(n, sizeof(float)) + reco__scratch_need(n, 1) +
           (m->scaling == RANK ? reco__scratch_need(n, sizeof(reco__scored)) : 0);
}

static sums start(const weighted *m, reco__scratch *s)
{
    int32_t n = m->base.n_items;
    sums sum = {
        .total = reco__scratch_take(s, n, sizeof(float)),
        .part = reco__scratch_take(s, n, sizeof(float)),
        .known = reco__scratch_take(s, n, 1),
        .entries = m->scaling == RANK ? reco__scratch_take(s, n, sizeof(reco__scored)) : NULL,
        .n = n,
    };
    memset(sum.total, 0, (size_t)n * sizeof(float));
    memset(sum.known, 0, (size_t)n);
    return sum;
}

static void add(const weighted *m, sums *sum, double weight, int32_t sparse)
{
    for (int32_t i = 0; i < sum->n; i++) {
        sum->known[i] |= !sparse || sum->part[i] != 0;
    }
    switch (m->scaling) {
    case MINMAX:
        minmax(sum->part, sum->n);
        break;
    case ZSCORE:
        zscore(sum->part, sum->n);
        break;
    case RANK:
        rank(sum->part, sum->n, sparse, sum->entries);
        break;
    default:
        softmax(sum->part, sum->n);
    }
    for (int32_t i = 0; i < sum->n; i++) {
        sum->total[i] += (float)weight * sum->part[i];
    }
}

/* Hands out the sums. 0 is kept for items that nothing is known of. */
static void finish(const sums *sum, int32_t sparse, const reco__items *which, float *scores)
{
    for (int32_t k = 0; k < which->n; k++) {
        int32_t i = reco__item(which, k);
        float total = sum->total[i];
        if (sparse) {
            total = !sum->known[i] ? 0 : total == 0 ? FLT_MIN : total;
        }
        scores[k] = total;
    }
}

static reco_status score(const reco_model *self, const reco__asker *who, const reco__items *which,
                         float *scores, reco__scratch *s)
{
    const weighted *m = (const weighted *)self;
    reco_status status = RECO_OK;
    sums sum = start(m, s);
    reco__items all = {NULL, sum.n};
    for (int32_t k = 0; k < self->n_parts && sum.n > 0; k++) {
        if (reco__model_answers(self->parts[k], who)) {
            TRY(reco__model_scores(self->parts[k], who, &all, sum.part, s));
            add(m, &sum, self->weights[k], reco__model_sparse(self->parts[k]));
        }
    }
    finish(&sum, reco__model_sparse(self), which, scores);
done:
    return status;
}

static reco_status similar(const reco_model *self, int32_t item, const reco__items *which, float *scores,
                           reco__scratch *s)
{
    const weighted *m = (const weighted *)self;
    reco_status status = RECO_OK;
    sums sum = start(m, s);
    reco__items all = {NULL, sum.n};
    for (int32_t k = 0; k < self->n_parts; k++) {
        if (reco__model_has_similar(self->parts[k])) {
            TRY(reco__model_similars(self->parts[k], item, &all, sum.part, s));
            sum.part[item] = 0; /* the item itself would set the scale */
            add(m, &sum, self->weights[k], 1);
        }
    }
    finish(&sum, 1, which, scores);
done:
    return status;
}

/* A part's scaled and weighted score is shared out among the history in proportion to the part's
 * own amounts. */
static void share_out(float *amounts, const float *of_part, int64_t n, double scaled)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += (double)of_part[k];
    }
    for (int64_t k = 0; k < n && sum != 0; k++) {
        amounts[k] += (float)(scaled * ((double)of_part[k] / sum));
    }
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *s)
{
    const weighted *m = (const weighted *)self;
    reco_status status = RECO_OK;
    float *of_part = reco__scratch_take(s, who->n, sizeof *of_part);
    sums sum = start(m, s);
    reco__items all = {NULL, sum.n};
    memset(amounts, 0, (size_t)who->n * sizeof *amounts);
    for (int32_t k = 0; k < self->n_parts; k++) {
        const reco_model *part = self->parts[k];
        if (reco__model_has_explain(part)) {
            TRY(reco__model_scores(part, who, &all, sum.part, s));
            float before = sum.total[item];
            add(m, &sum, self->weights[k], reco__model_sparse(part));
            TRY(reco__model_amounts(part, who, item, of_part, s));
            share_out(amounts, of_part, who->n, (double)(sum.total[item] - before));
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
    .scratch = scratch,
};
