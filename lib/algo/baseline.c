/* SPDX-License-Identifier: MIT */
/* baseline - predicts ratings by how the asker rates and how the item is rated, whoever rates it: what every model of ratings
 * must beat.
 *
 *     score(i) = mu + b_u + b_i,  clipped to the lowest and highest rating
 *     b_u, b_i minimize  sum over the ratings r_ui of (r_ui - mu - b_u - b_i)^2 + lambda (sum of b_u^2 + sum of b_i^2)
 *
 * where mu is the mean of all ratings and lambda the `regularization`. One round of alternating least squares is
 *
 *     b_i = (sum over the users u who rated i of  r_ui - mu - b_u) / (lambda + their number)
 *     b_u = (sum over the items i that u rated of r_ui - mu - b_i) / (lambda + their number)
 *
 * in this order, with b_u = 0 at first. Users come last, so that the b_u of the model are those of the second line: they are
 * not kept but worked out of whatever the asker rated, and so a visitor is answered as a user with the same ratings. Who
 * rated nothing has b_u = 0, and what nobody rated b_i = 0. Of data that are amounts, those are rated.
 *
 * Sources. Koren, Bell and Volinsky 2009, 10.1109/MC.2009.263, eq. 5; Koren, "Factor in the neighbors", TKDD 4, 2010,
 * 10.1145/1644873.1644874, section 2.1. Deviations: the first minimizes by gradient descent, the second takes only one round
 * and regularizes users and items apart; the rounds here lead to the minimum itself.
 *
 * Reasons: what an entry of the history adds is its part of b_u; mu, b_i and what clipping changes are the rest.
 *
 * Defaults, by trial on the five folds of two sets of film ratings: of lambda the same for both from 3 to 10 it matters little
 * (one part in 300), and apart they gain nothing; after 10 rounds nothing moves in the fourth place.
 *
 * Cost. fit: O(ratings * iterations) time, 20 bytes an item. A question: the ratings of the asker. Memory: 4 bytes an item. */
#include "model/model.h"

#include <float.h>

typedef struct baseline {
    reco_model base;
    double regularization;
    int64_t iterations;
    double mean, low, high; /* of the ratings */
    const float *item_bias; /* [n_items] */
} baseline;

static const reco__param params[] = {
    PARAM_NUMBER(baseline, regularization, 5, 0, 1e9, SEARCH(1, 30, LOG),
                 "how little to trust users and items with few ratings: so many ratings of the mean are "
                 "added to theirs"),
    PARAM_INT(baseline, iterations, 10, 1, 10000, NO_SEARCH, "rounds of alternating least squares"),
    {0},
};

/* ---- fit ---- */

static void describe(baseline *m, const reco__csr *x)
{
    double sum = 0;
    int64_t n = reco__csr_size(x);
    m->low = m->high = n > 0 ? (double)x->value[0] : 0;
    for (int64_t e = 0; e < n; e++) {
        double rating = (double)x->value[e];
        sum += rating;
        m->low = rating < m->low ? rating : m->low;
        m->high = rating > m->high ? rating : m->high;
    }
    m->mean = n > 0 ? sum / (double)n : 0;
}

/* What somebody with these ratings adds to the mean. */
static double user_bias(const baseline *m, const float *item_bias, const int32_t *items, const float *ratings,
                        int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += (double)ratings[k] - m->mean - (double)item_bias[items[k]];
    }
    return n > 0 ? sum / (m->regularization + (double)n) : 0;
}

/* One pass over the ratings: each user's bias by the items' of the round before, taken away for those of the next.
 * sum [n_items], zero. */
static void add_up_items(const baseline *m, const reco__csr *x, const float *item_bias, double *sum)
{
    for (int32_t u = 0; u < x->rows; u++) {
        int64_t from = x->start[u], n = x->start[u + 1] - from;
        const int32_t *items = x->index + from;
        const float *ratings = x->value + from;
        double bias = item_bias ? user_bias(m, item_bias, items, ratings, n) : 0;
        for (int64_t k = 0; k < n; k++) {
            sum[items[k]] += (double)ratings[k] - m->mean - bias;
        }
    }
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    baseline *m = (baseline *)self;
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    const reco__csr *x = reco__history_pairs(data->history);
    int32_t n = self->n_items;
    double *sum = reco__alloc(n, sizeof *sum);
    int64_t *count = reco__alloc_zero(n, sizeof *count);
    float *bias = reco__alloc_zero(n, sizeof *bias);
    m->item_bias = bias;
    TRY_ALLOC(sum && count && bias);
    describe(m, x);
    for (int64_t e = 0; e < reco__csr_size(x); e++) {
        count[x->index[e]]++;
    }
    for (int64_t round = 0; round < m->iterations; round++) {
        TRY(reco__run_step(run, (double)round / (double)m->iterations));
        for (int32_t i = 0; i < n; i++) {
            sum[i] = 0;
        }
        add_up_items(m, x, round > 0 ? bias : NULL, sum);
        for (int32_t i = 0; i < n; i++) {
            bias[i] = count[i] > 0 ? (float)(sum[i] / (m->regularization + (double)count[i])) : 0;
        }
    }
done:
    reco__free(sum);
    reco__free(count);
    return status;
}

/* ---- questions ---- */

static double bias_of(const baseline *m, const reco__asker *who)
{
    return user_bias(m, m->item_bias, who->rated, who->ratings, who->n_rated);
}

static float predict(const baseline *m, double bias, int32_t item)
{
    double rating = m->mean + bias + (double)m->item_bias[item];
    return (float)(rating < m->low ? m->low : rating > m->high ? m->high : rating);
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    const baseline *m = (const baseline *)self;
    double bias = bias_of(m, who);
    (void)scratch;
    for (int32_t i = 0; i < self->n_items; i++) {
        out->of[i] = predict(m, bias, i);
    }
    out->n = RECO__KNOWS_ALL;
    return RECO_OK;
}

static reco_status score_some(const reco_model *self, const reco__asker *who, const int32_t *items, int32_t n,
                              float *scores, reco__scratch *scratch)
{
    const baseline *m = (const baseline *)self;
    double bias = bias_of(m, who);
    (void)scratch;
    for (int32_t k = 0; k < n; k++) {
        scores[k] = predict(m, bias, items[k]);
    }
    return RECO_OK;
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const baseline *m = (const baseline *)self;
    double rest = (double)predict(m, bias_of(m, who), item);
    (void)scratch;
    for (int64_t k = 0; k < who->n_rated; k++) {
        float part = (float)(((double)who->ratings[k] - m->mean - (double)m->item_bias[who->rated[k]]) /
                             (m->regularization + (double)who->n_rated));
        amounts[reco__asker_entry(who, who->rated[k])] = part;
        rest -= (double)part;
    }
    amounts[reco__asker_entries(who) - 1] = (float)rest;
    return RECO_OK;
}

/* ---- what is kept ---- */

static reco_status state(reco_model *self, reco__state *s)
{
    baseline *m = (baseline *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_number(s, "mean", &m->mean));
    TRY(reco__state_number(s, "low", &m->low));
    TRY(reco__state_number(s, "high", &m->high));
    if (reco__state_loading(s) &&
        !(m->low >= -(double)FLT_MAX && m->low <= m->high && m->high <= (double)FLT_MAX)) {
        return reco__state_refuse(s, "its ratings have no scale");
    }
    TRY(reco__state_f32(s, "item_bias", &m->item_bias, RECO__ITEMS, 1, 0));
done:
    return status;
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    (void)self;
    (void)threads;
    return reco__data_items(data) * (int64_t)(sizeof(double) + sizeof(int64_t) + sizeof(float));
}

const reco__algo reco__algo_baseline = {
    .name = "baseline",
    .summary = "ratings predicted by the means of who asks and of the item: the baseline of ratings",
    .state_version = 1,
    .traits = RECO__ANSWERS_ALL | RECO__RATINGS,
    .size = sizeof(baseline),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .score_some = score_some,
    .explain = explain,
    .state = state,
    .estimate = RECO__TRAINS(estimate),
};
