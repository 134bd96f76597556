/* SPDX-License-Identifier: MIT */
/* Threads: started by a call, joined before it returns. Only this file's body knows pthreads. */
#ifndef RECO__THREAD_H
#define RECO__THREAD_H

#include "run.h"

/* Works on rows [begin, end). `worker` in [0, run->threads) names scratch that no other call uses at the same
 * time. Must not fail for want of memory: allocate scratch before. Returns RECO_OK or a failure (without
 * message, unless only one row can fail). */
typedef reco_status reco__body(void *context, int64_t begin, int64_t end, int32_t worker);

/* Calls body for [0, n) in blocks of `grain` rows, on run->threads threads at the most, this one included.
 * Which worker gets a block is not defined, so a body's results must not depend on it; sums over rows belong
 * into per-block slots that are added in order afterwards. Stops early on cancellation (RECO_ECANCELLED) or
 * failure (that of the lowest failed block). When the system gives no more threads the work is done with
 * those it gave. */
reco_status reco__parallel_for(reco__run *run, int64_t n, int64_t grain, reco__body *body, void *context);

/* The same for long work, in steps between which progress is told: the stage's own from 0 to 1. */
reco_status reco__parallel_steps(reco__run *run, int64_t n, int64_t grain, reco__body *body, void *context);

/* One lock for the BLAS, held by the calling thread of a fit. Fork-safe: the child finds it free. */
void reco__blas_lock(void);
void reco__blas_unlock(void);

#endif
