/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "base/memory.h"
#include "store/walk.h"

reco__log *reco__log_new(void)
{
    reco__log *log = reco__alloc_zero(1, sizeof *log);
    if (log) {
        atomic_init(&log->owners, 1);
    }
    return log;
}

reco__log *reco__log_share(reco__log *log)
{
    if (log) {
        atomic_fetch_add(&log->owners, 1);
    }
    return log;
}

void reco__log_release(reco__log *log)
{
    if (log && atomic_fetch_sub(&log->owners, 1) == 1) {
        reco__state s = reco__walk_free(log->block);
        if (log->borrowed) {
            log->start = log->time = NULL;
            log->item = NULL;
            log->value = NULL;
        }
        reco__log_state(log, &s, 0);
        reco__history_release(log->borrowed);
        reco__block_release(log->block);
        reco__free(log);
    }
}

reco_status reco__log_state(reco__log *log, reco__state *s, int32_t n_contexts)
{
    const reco__per_entry told[] = {
        {".item", RECO__I32, (const void **)&log->item, RECO__ITEMS, 0},
        {".value", RECO__F32, (const void **)&log->value, 0, 0},
        {".time", RECO__I64, (const void **)&log->time, 0, RECO__TIMES | RECO__OPTIONAL},
        {".type", RECO__U8, (const void **)&log->type, 0, RECO__OPTIONAL},
        {".context", RECO__I32, (const void **)&log->context, n_contexts, RECO__GAPS | RECO__OPTIONAL},
    };
    return reco__state_rows(s, "log", &log->start, RECO__USERS, told, 5, 0);
}

reco__trail reco__log_trail(const reco__log *log, int32_t user, int64_t most)
{
    int64_t end = log->start[user + 1], n = end - log->start[user], from = n > most ? end - most : end - n;
    return (reco__trail){.n = end - from,
                         .items = log->item + from,
                         .values = log->value + from,
                         .times = log->time ? log->time + from : NULL,
                         .types = log->type ? log->type + from : NULL};
}
