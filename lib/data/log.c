/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "base/error.h"
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

reco__log *reco__log_of(reco__block *block, int32_t n_users)
{
    reco__log *log = reco__log_new();
    if (log) {
        log->block = reco__block_share(block);
        log->n_users = n_users;
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
            log->start = NULL;
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
        {".time", RECO__I64, (const void **)&log->time, 0, RECO__OPTIONAL},
        {".type", RECO__U8, (const void **)&log->type, 0, RECO__OPTIONAL},
        {".context", RECO__I32, (const void **)&log->context, n_contexts, RECO__GAPS | RECO__OPTIONAL},
    };
    return reco__state_rows(s, "log", &log->start, RECO__USERS, told, 5, 0);
}

/* Copies the last `most` events of each user, of arrays that are there. */
static void copy_last(const reco__log *log, int64_t most, reco__log *out, int64_t *start)
{
    int64_t n = 0;
    for (int32_t u = 0; u < log->n_users; u++) {
        int64_t from = log->start[u + 1] - log->start[u] > most ? log->start[u + 1] - most : log->start[u];
        start[u] = n;
        for (int64_t e = from; e < log->start[u + 1]; e++, n++) {
            ((int32_t *)out->item)[n] = log->item[e];
            ((float *)out->value)[n] = log->value[e];
            if (log->time) {
                ((int64_t *)out->time)[n] = log->time[e];
            }
            if (log->type) {
                ((uint8_t *)out->type)[n] = log->type[e];
            }
        }
    }
    start[log->n_users] = n;
}

reco_status reco__log_last(reco__log *log, int64_t most, reco__log **out, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n = 0;
    for (int32_t u = 0; u < log->n_users; u++) {
        int64_t events = log->start[u + 1] - log->start[u];
        n += events < most ? events : most;
    }
    reco__log *last = reco__log_new();
    TRY_ALLOC(last);
    last->n_users = log->n_users;
    int64_t *start = reco__alloc((int64_t)log->n_users + 1, sizeof *start);
    last->start = start;
    last->item = reco__alloc(n, sizeof *last->item);
    last->value = reco__alloc(n, sizeof *last->value);
    last->time = log->time ? reco__alloc(n, sizeof *last->time) : NULL;
    last->type = log->type ? reco__alloc(n, sizeof *last->type) : NULL;
    TRY_ALLOC(start && last->item && last->value && (last->time || !log->time) && (last->type || !log->type));
    copy_last(log, most, last, start);
    *out = last;
    return RECO_OK;
done:
    reco__log_release(last);
    return status;
}

bool reco__log_types_fit(const reco__log *log, const reco__types *types)
{
    for (int64_t e = 0; log->type && e < reco__log_size(log); e++) {
        if (log->type[e] != RECO__NO_TYPE && log->type[e] >= types->names.n) {
            return false;
        }
    }
    return true;
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
