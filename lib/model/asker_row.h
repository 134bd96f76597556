/* SPDX-License-Identifier: MIT */
/* What somebody took as rows of items: what the model knows of a user, and events besides. */
#ifndef RECO__ASKER_ROW_H
#define RECO__ASKER_ROW_H

#include "model.h"

/* What rows are made in. */
typedef struct reco__row_room {
    uint64_t *keys; /* [n events] */
    int32_t *items; /* [n + the user's], and so on */
    float *values;
    int32_t *had, *rated;
    float *ratings;
} reco__row_room;

/* Takes the room for n events and a user's rows; none when there are no events. */
void reco__row_layout(reco__row_room *room, const reco__asker *user, int64_t n, reco__scratch *scratch);
/* The room from the k-th event on, for somebody of whom the model knows nothing. */
reco__row_room reco__row_part(const reco__row_room *room, int64_t k);

/* Sets the rows of *who to those of `user` (or nobody) with n events added, in the order they came: of items, and with
 * values that have the weights of their types, NaN where none was told. Amounts add up, and what comes to nothing or less is
 * no taste, but was had. A rating replaces the one before. */
void reco__row_join(reco__asker *who, const reco__asker *user, const int32_t *items, const float *values,
                    int64_t n, const reco__catalog *catalog, const reco__row_room *room);

#endif
