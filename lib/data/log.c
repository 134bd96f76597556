/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "base/memory.h"

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
    if (!log || atomic_fetch_sub(&log->owners, 1) != 1) {
        return;
    }
    if (!log->block) {
        reco__free(log->type);
        reco__free(log->context);
    }
    if (!log->block && !log->borrowed) {
        reco__free(log->start);
        reco__free(log->item);
        reco__free(log->value);
        reco__free(log->time);
    }
    reco__history_release(log->borrowed);
    reco__block_release(log->block);
    reco__free(log);
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
