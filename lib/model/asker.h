/* SPDX-License-Identifier: MIT */
/* Who asks: a query's user, history or both, as the model knows them: a row of the matrix, and a trail of events. */
#ifndef RECO__ASKER_H
#define RECO__ASKER_H

#include "asker_profile.h"
#include "asker_row.h"
#include "plan.h"

/* What finding an asker takes from the scratch: n are the query's events. */
typedef struct reco__asker_room {
    reco__asker user; /* of the model, or nobody */
    int64_t skipped;  /* ids that the model does not know */
    int64_t n;
    int32_t *found; /* [n] the events' items */
    float *
        weighed; /* [n] the values of those the model knows, times the weights of their types; NaN: not told */
    reco__row_room row;
    reco__trail trail; /* [user.trail.n + n], its arrays: */
    int32_t *trail_items;
    float *trail_values;
    int64_t *trail_times;
    uint8_t *trail_types;
    reco__profile_room about[RECO__SIDES];
} reco__asker_room;

/* Finds the query's user. ESTATE, ENOTFOUND (the user, the purpose). */
reco_status reco__asker_begin(reco__asker_room *room, const reco_model *model, const reco_query *query,
                              reco_error *err);
void reco__asker_layout(reco__asker_room *room, const reco_model *model, const reco_query *query,
                        reco__scratch *scratch);
/* Whoever the query names. ENOTFOUND (an item, a type of event). */
reco_status reco__asker_find(reco__asker *who, const reco_model *model, const reco_query *query,
                             reco__asker_room *room, reco_error *err);
/* A user of the model as it holds them, without profiles. Who has not agreed to all of `needs`, with
 * RECO_CONSENT_PERSONAL among it, is somebody without history. */
reco__asker reco__asker_known(const reco_model *model, int32_t user, int32_t needs);
/* Gives somebody the profiles: of the model's `user` (-1: nobody it knows), completed by the query. In the room. */
reco_status reco__asker_profiles(reco__asker *who, const reco_model *model, const reco_query *query,
                                 int32_t user, reco__asker_room *room, reco_error *err);
/* A user of the model, by index, with the profiles that the query completes; for many users with one query. Who has not
 * agreed to what the query needs, and -1, is somebody without history or features. Layout for whoever it may be. */
void reco__asker_user_layout(reco__asker_room *room, const reco_model *model, const reco_query *query,
                             reco__scratch *scratch);
reco_status reco__asker_user(reco__asker *who, const reco_model *model, const reco_query *query, int32_t user,
                             reco__asker_room *room, reco_error *err);

#endif
