/* SPDX-License-Identifier: MIT */
/* What somebody took as rows of items: what the model knows of a user, and events besides. */
#ifndef RECO__ASKER_ROW_H
#define RECO__ASKER_ROW_H

#include "model.h"

/* What rows are made in. */
typedef struct reco__row_room {
    uint64_t *keys; /* [n events] */
    int32_t *items; /* [n + the user's] */
    float *values;
    int32_t *had; /* [n + what the user had] */
} reco__row_room;

/* Takes the room for n events and a user's rows; none when there are no events. */
void reco__row_layout(reco__row_room *room, const reco__asker *user, int64_t n, reco__scratch *scratch);
/* Sets the rows of *who to those of `user` (or nobody) with n events added: of items, with values that have the weights of
 * their types. What comes to nothing or less is no taste, but was had. */
void reco__row_join(reco__asker *who, const reco__asker *user, const int32_t *items, const float *values,
                    int64_t n, const reco__row_room *room);

/* The room from the k-th event on, for somebody of whom the model knows nothing. */
static inline reco__row_room reco__row_part(const reco__row_room *room, int64_t k)
{
    return (reco__row_room){room->keys + k, room->items + k, room->values + k, room->had + k};
}

#endif
