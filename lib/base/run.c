/* SPDX-License-Identifier: MIT */
#include "run.h"

#include "error.h"
#include "memory.h"
#include "system.h"

reco_status reco_run_new(reco_run **out, reco_error *err)
{
    GIVEN(out);
    *out = reco__alloc_zero(1, sizeof **out);
    return *out ? RECO_OK : reco__out_of_memory(err);
}

void reco_run_free(reco_run *run)
{
    reco__free(run);
}

void reco_run_set_progress(reco_run *run, reco_progress progress, void *context)
{
    if (run) {
        run->progress = progress;
        run->context = context;
    }
}

void reco_run_cancel(reco_run *run)
{
    if (run) {
        atomic_store(&run->cancelled, 1);
    }
}

reco__run reco__run_start(reco_run *user, int32_t threads, uint64_t seed, const char *stage, reco_error *err)
{
    return (reco__run){
        .threads = threads > 0 ? threads : reco__thread_count(),
        .seed = seed,
        .user = user,
        .err = err,
        .stage = stage,
        .from = 0,
        .to = 1,
    };
}

bool reco__run_cancelled(const reco__run *run)
{
    return run->user && atomic_load_explicit(&run->user->cancelled, memory_order_relaxed);
}

reco_status reco__run_step(reco__run *run, double done)
{
    reco_run *user = run->user;
    if (user && user->progress && !reco__run_cancelled(run)) {
        int64_t now = reco__milliseconds();
        if (user->last_report == 0 || now - user->last_report >= 100 || done >= 1) {
            user->last_report = now;
            double at = run->from + (run->to - run->from) * done;
            if (user->progress(user->context, run->stage, at < 1 ? at : 1)) {
                reco_run_cancel(user);
            }
        }
    }
    return reco__run_cancelled(run) ? reco__fail(run->err, RECO_ECANCELLED, "%s: cancelled", run->stage)
                                    : RECO_OK;
}
