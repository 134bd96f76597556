/* SPDX-License-Identifier: MIT */
/* random - a uniform score for each asker and item: the floor of every metric.
 *
 * The score is a hash of the seed, the asker (the user, or the items of the history) and the item, so the
 * same question has the same answer, in any thread and after loading. No source, no fit, no memory. */
#include "base/rng.h"
#include "model/model.h"

typedef struct random_model {
    reco_model base;
} random_model;

static const reco__param params[] = {{0}};

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    (void)self;
    (void)data;
    (void)run;
    return RECO_OK;
}

static uint64_t hash_of(const reco__asker *who)
{
    uint64_t hash = 0;
    for (int64_t k = 0; k < who->n; k++) {
        hash = reco__mix(hash + (uint64_t)who->items[k] + 1);
    }
    return hash;
}

static float score_of(const reco_model *self, uint64_t asker, int32_t item)
{
    reco__rng random = reco__rng_key((uint64_t)self->seed, asker, (uint64_t)item);
    return (float)(reco__rng_next(&random) >> 40) * 0x1p-24f;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch)
{
    uint64_t asker = hash_of(who);
    (void)scratch;
    for (int32_t i = 0; i < self->n_items; i++) {
        out->of[i] = score_of(self, asker, i);
    }
    out->n = RECO__KNOWS_ALL;
    return RECO_OK;
}

static reco_status score_some(const reco_model *self, const reco__asker *who, const int32_t *items, int32_t n,
                              float *scores, reco__scratch *scratch)
{
    uint64_t asker = hash_of(who);
    (void)scratch;
    for (int32_t k = 0; k < n; k++) {
        scores[k] = score_of(self, asker, items[k]);
    }
    return RECO_OK;
}

static reco_status state(reco_model *self, reco__state *s)
{
    (void)self;
    (void)s;
    return RECO_OK;
}

const reco__algo reco__algo_random = {
    .name = "random",
    .summary = "uniformly random items: the floor of every metric",
    .state_version = 1,
    .traits = RECO__ANSWERS_ALL,
    .size = sizeof(random_model),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .score_some = score_some,
    .state = state,
};
