/* SPDX-License-Identifier: MIT */
/* What a long call carries with it: threads, seed, cancellation, progress and where errors go. */
#ifndef RECO__RUN_H
#define RECO__RUN_H

#include "reco/base.h"

#include <stdatomic.h>
#include <stdbool.h>

struct reco_run {
    atomic_int cancelled;
    reco_progress progress;
    void *context;
    int64_t last_report; /* monotonic milliseconds */
};

/* The internal side: one per call. `user` may be NULL. */
typedef struct reco__run {
    int32_t threads; /* at least 1 */
    uint64_t seed;
    reco_run *user;
    reco_error *err;
    const char *stage;
    double from, to; /* the part of the call's progress this stage takes */
} reco__run;

/* A run with `threads` made definite: 0 becomes all the process may use. */
reco__run reco__run_start(reco_run *user, int32_t threads, uint64_t seed, const char *stage, reco_error *err);

/* Whether to stop. Any thread may ask. */
bool reco__run_cancelled(const reco__run *run);

/* Tells progress (done in [0, 1] of this stage) and returns RECO_OK or RECO_ECANCELLED with its message. From
 * the calling thread only, between blocks of work. */
reco_status reco__run_step(reco__run *run, double done);

#endif
