/* SPDX-License-Identifier: MIT */
/* How an evaluation asks a model at one point, where no batch does: for a list of candidates among negatives, for
 * the order of all candidates, for scores of what was held out. Workers have memory of their own. */
#ifndef RECO__ASKING_H
#define RECO__ASKING_H

#include "heldout.h"
#include "metrics.h"
#include "model/recommend.h"

typedef struct reco__asking_worker {
    int32_t *items;        /* [most] candidates */
    float *scores;         /* [most] */
    reco__scored *top;     /* [deepest] */
    reco__scratch scratch; /* of the room and of the model */
    reco__asker_room room; /* for the profiles of who asks */
} reco__asking_worker;

typedef struct reco__asking {
    const reco__plan *plan;
    const reco__heldout *held;
    const reco_data *negatives; /* or NULL */
    int32_t order;              /* whether orders will be asked for */
    uint8_t *allowed;           /* [n_items] whether the query allows an item; NULL: it allows all */
    int64_t most, deepest;
    reco__asking_worker *workers; /* [n_workers] */
    int32_t n_workers;
} reco__asking;

/* Makes ready for that many workers. ENOMEM; ECANCELLED by the filter; ENOTFOUND, EINVAL (features told). */
reco_status reco__asking_start(reco__asking *asking, int32_t n_workers, reco_error *err);
void reco__asking_end(reco__asking *asking);

/* The calls of a worker: statuses come without a message. `who` asks at `point`. */

/* The candidates among negatives, best first: at most as many items as the query wants. */
reco_status reco__asking_list(reco__asking *asking, int64_t point, const reco__asker *who, int32_t worker,
                              int32_t *items, int32_t *size);
reco_status reco__asking_order(reco__asking *asking, int64_t point, const reco__asker *who, int32_t worker,
                               reco__order *order);
/* scores [of the point's held-out items] */
reco_status reco__asking_values(reco__asking *asking, int64_t point, const reco__asker *who, int32_t worker,
                                const float **scores);

#endif
