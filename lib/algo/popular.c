/* SPDX-License-Identifier: MIT */
/* popular - recommends what is taken most; the baseline that everything must beat, and the template for new
 * algorithms.
 *
 *     score(i) = sum over the events of i of weight * value * 2^(-age / half_life_days)
 *
 * where the weight is that of the event's type, and its age counts in days before the newest event of all. Events
 * older than window_days do not count, and an event without a time does not age. When neither is set, the score
 * is the sum of the item's entries in the interaction matrix, so the builder's rules hold. No source: the
 * baseline everyone uses. Fit O(events), memory n_items floats. */
#include "model/model.h"

#include <math.h>
#include <string.h>

typedef struct popular {
    reco_model base;
    double half_life_days, window_days;
    const float *count; /* [n_items] */
} popular;

static const reco__param params[] = {
    PARAM_NUMBER(popular, half_life_days, 0, 0, 36500, SEARCH(1, 365, LOG),
                 "age in days at which an event counts half; 0 = never ages"),
    PARAM_NUMBER(popular, window_days, 0, 0, 36500, SEARCH(7, 730, LOG),
                 "only events of the last so many days count; 0 = all"),
    {0},
};

static double weight(const popular *m, int64_t newest, int64_t time)
{
    if (time == RECO_NO_TIME) {
        return 1;
    }
    double days = ((double)newest - (double)time) / 86400;
    if (m->window_days > 0 && days > m->window_days) {
        return 0;
    }
    return m->half_life_days > 0 ? exp2(-days / m->half_life_days) : 1;
}

/* Ages differ from event to event, so the log is counted, not the matrix. */
static void count_log(const popular *m, const reco_data *data, double *sum)
{
    const reco__log *log = data->log;
    const reco__types *types = &data->catalog->types;
    for (int64_t e = 0; e < reco__log_size(log); e++) {
        int64_t time = log->time ? log->time[e] : RECO_NO_TIME;
        sum[log->item[e]] += (double)reco__log_weighed(log, types, e) * weight(m, data->last_time, time);
    }
}

static void count_matrix(const reco_data *data, double *sum)
{
    const reco__csr *x = &data->history->x;
    for (int64_t e = 0; e < reco__csr_size(x); e++) {
        sum[x->index[e]] += (double)x->value[e];
    }
}

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    popular *m = (popular *)self;
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    float *count = NULL;
    double *sum = reco__alloc_zero(self->n_items, sizeof *sum);
    TRY_ALLOC(sum);
    TRY_ALLOC(count = reco__alloc(self->n_items, sizeof *count));
    if (m->half_life_days > 0 || m->window_days > 0) {
        count_log(m, data, sum);
    } else {
        count_matrix(data, sum);
    }
    for (int32_t i = 0; i < self->n_items; i++) {
        count[i] = (float)sum[i];
    }
    m->count = count;
done:
    reco__free(sum);
    return status;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    (void)who;
    (void)scratch;
    memcpy(out->of, ((const popular *)self)->count, (size_t)self->n_items * sizeof *out->of);
    out->n = RECO__KNOWS_ALL;
    return RECO_OK;
}

static reco_status state(reco_model *self, reco__state *s)
{
    popular *m = (popular *)self;
    return reco__state_f32(s, "count", &m->count, RECO__ITEMS, 1, 0);
}

static int64_t estimate(const reco_model *self, const reco_data *data, int32_t threads)
{
    (void)self;
    (void)threads;
    return reco__data_items(data) * (int64_t)(sizeof(double) + sizeof(float));
}

const reco__algo reco__algo_popular = {
    .name = "popular",
    .summary = "what is taken most, lately if asked: the baseline to beat",
    .state_version = 1,
    .traits = RECO__ANSWERS_ALL,
    .size = sizeof(popular),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .state = state,
    .estimate = RECO__TRAINS(estimate),
};
