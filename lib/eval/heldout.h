/* SPDX-License-Identifier: MIT */
/* Who asks in an evaluation and what was held out of them, in the indices of the model. */
#ifndef RECO__HELDOUT_H
#define RECO__HELDOUT_H

#include "model/asker_row.h"
#include "protocol.h"

/* Points go by the test set's users, and then by their events. */
typedef struct reco__heldout {
    int64_t n;      /* points */
    int32_t needs;  /* what who asks must have agreed to */
    int32_t *asker; /* [n] the user in the model who asks; -1: who has a trail */
    int32_t *row;   /* [n] the user's row of the negatives, when there are any */
    /* The tastes held out of each point. */
    int64_t *start; /* [n + 1] */
    int32_t *items; /* [start[n]] ascending within a point; those the model knows */
    int64_t *total; /* [n] how many were held out, those the model does not know as well; 0: ratings alone */
    int64_t asked;  /* points with any */
    /* The same with the values to predict, of ratings those that are no tastes as well. NULL: nothing is predicted. */
    int64_t *value_start; /* [n + 1] */
    int32_t *value_items;
    float *values;
    int64_t longest; /* most held-out items of one point */
    /* Histories of those who are unknown, oldest first: the point's entries of all trails. */
    int64_t *trail_start, *trail_end; /* [n] */
    int32_t *trail_items;
    float *trail_values;  /* as given */
    float *trail_weighed; /* times the weight of the type, above 0 */
    int64_t *trail_times; /* or NULL */
    uint8_t *trail_types; /* in the model, or NULL */
    int64_t longest_trail;
    int32_t *negative; /* [negatives' items] in the model, or -1 */
    int64_t users, users_unknown, users_without_test, users_without_negatives, points_unknown,
        points_without_test, items_unknown;
} reco__heldout;

/* What is held out besides: with `seen`, items of the history too; with `values`, what is to be predicted. And what users
 * of the model, or of the test set where those ask who are not in it, must have agreed to. */
typedef struct reco__holding {
    int32_t seen, values, needs;
} reco__holding;

/* Matches a test set, and the protocol's negatives, with a model by their ids. ENOMEM. */
reco_status reco__heldout_make(reco__heldout *out, const reco_model *model, const reco_data *test,
                               const reco_protocol *protocol, reco__holding how, reco_error *err);
void reco__heldout_free(reco__heldout *heldout);

/* How many events the history of a point has that is a trail, else 0. */
static inline int64_t reco__heldout_events(const reco__heldout *heldout, int64_t point)
{
    return heldout->trail_start ? heldout->trail_end[point] - heldout->trail_start[point] : 0;
}

/* Who asks at a point. The rows are made in the room, which is for the events of the point, and stay there. */
reco__asker reco__heldout_asker(const reco__heldout *heldout, const reco_model *model, int64_t point,
                                const reco__row_room *room);

#endif
