/* SPDX-License-Identifier: MIT */
/* Who asks: a query's user or history, as the model knows them. */
#ifndef RECO__ASKER_H
#define RECO__ASKER_H

#include "plan.h"

/* What finding an asker takes from the scratch. */
typedef struct reco__asker_room {
    int32_t *items; /* [history.n] */
    float *values;  /* [history.n] */
    uint64_t *keys; /* [history.n] */
} reco__asker_room;

void reco__asker_layout(reco__asker_room *room, const reco_query *query, reco__scratch *scratch);
/* Whoever the query names. ESTATE, ENOTFOUND. */
reco_status reco__asker_find(reco__asker *who, const reco_model *model, const reco_query *query,
                             const reco__asker_room *room, reco_error *err);
/* A user of the model; without consent to personal answers, someone without a history. */
reco__asker reco__asker_user(const reco_model *model, int32_t user);

#endif
