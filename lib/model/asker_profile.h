/* SPDX-License-Identifier: MIT */
/* Who asks and when, as rows of numbered features: what the model knows of the user, and what the query tells. */
#ifndef RECO__ASKER_PROFILE_H
#define RECO__ASKER_PROFILE_H

#include "model.h"
#include "query.h"

typedef struct reco__profile_room {
    int32_t *numbers; /* [most] */
    float *values;    /* [most] */
    uint64_t *keys;   /* [most] */
} reco__profile_room;

/* Takes room for the profile of one side; `user` is whom the model knows, or -1. */
void reco__profile_layout(reco__profile_room *room, const reco_model *model, const reco_query *query,
                          int32_t side, int32_t user, reco__scratch *scratch);
/* A field that the query tells of replaces that of the user. ENOTFOUND (a field or token the model does not have, unless
 * the query skips those: they are added to *skipped), EINVAL (a field of another kind). */
reco_status reco__profile_find(reco__profile *profile, const reco_model *model, const reco_query *query,
                               int32_t side, int32_t user, const reco__profile_room *room, int64_t *skipped,
                               reco_error *err);

#endif
