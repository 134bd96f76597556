/* SPDX-License-Identifier: MIT */
/* From a log of events to the interaction matrix.
 *
 *     x[u, i] = combine over the events (v, t) of user u and item i of  v * 2^(-(reference - t) / half_life)
 *
 * First the rare users and items go, until all that remain have enough events; then each user's events are
 * sorted by item, and each pair's events combined (combine.h); what is not above 0 is no entry, but was had. Sums
 * are in double, in the order of the log. O(events log(events of a user) + users + items). */
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "data.h"

#include <math.h>
#include <string.h>

/* ---- minimum counts ---- */

/* What peeling works on: users and items as one range of nodes, users first. */
typedef struct peel {
    const reco__log *log;
    int64_t n_users, n_nodes;
    int64_t *count; /* [n_nodes] events left */
    uint8_t *gone;  /* [n_nodes] */
    int64_t *queue; /* [n_nodes] nodes that went, in that order */
    int64_t n_gone;
    const int64_t *least; /* events that a user, an item needs */
    int64_t *start;       /* [n_items + 1] events of each item */
    int32_t *user;        /* [events] users of each item's events */
} peel;

static void check_node(peel *p, int64_t node)
{
    int64_t count = p->count[node];
    if (!p->gone[node] && count > 0 && count < p->least[node >= p->n_users]) {
        p->gone[node] = 1;
        p->queue[p->n_gone++] = node;
    }
}

/* Takes one event away from a node. */
static void drop_event(peel *p, int64_t node)
{
    if (!p->gone[node]) {
        p->count[node]--;
        check_node(p, node);
    }
}

/* Fills counts and each item's users. */
static bool index_items(peel *p, int64_t n_items)
{
    const reco__log *log = p->log;
    int64_t *next = reco__alloc(n_items, sizeof *next);
    if (!next) {
        return false;
    }
    for (int64_t u = 0; u < p->n_users; u++) {
        p->count[u] = log->start[u + 1] - log->start[u];
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            p->count[p->n_users + log->item[e]]++;
        }
    }
    p->start[0] = 0;
    for (int64_t i = 0; i < n_items; i++) {
        next[i] = p->start[i];
        p->start[i + 1] = p->start[i] + p->count[p->n_users + i];
    }
    for (int64_t u = 0; u < p->n_users; u++) {
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            p->user[next[log->item[e]]++] = (int32_t)u;
        }
    }
    reco__free(next);
    return true;
}

static void peel_all(peel *p)
{
    for (int64_t node = 0; node < p->n_nodes; node++) {
        check_node(p, node);
    }
    for (int64_t k = 0; k < p->n_gone; k++) {
        int64_t node = p->queue[k];
        if (node < p->n_users) {
            for (int64_t e = p->log->start[node]; e < p->log->start[node + 1]; e++) {
                drop_event(p, p->n_users + p->log->item[e]);
            }
        } else {
            int64_t item = node - p->n_users;
            for (int64_t e = p->start[item]; e < p->start[item + 1]; e++) {
                drop_event(p, p->user[e]);
            }
        }
    }
}

/* Closes the gaps of events whose user or item went. */
static int64_t keep_frequent(reco__log *log, const uint8_t *gone)
{
    int64_t *start = (int64_t *)log->start;
    int64_t kept = 0, begin = 0, all = start[log->n_users];
    for (int32_t u = 0; u < log->n_users; u++) {
        int64_t end = start[u + 1];
        for (int64_t e = begin; e < end; e++) {
            if (!gone[u] && !gone[log->n_users + (int64_t)log->item[e]]) {
                reco__log_put(log, kept++, log, e);
            }
        }
        begin = end;
        start[u + 1] = kept;
    }
    return all - kept;
}

static reco_status drop_rare(reco__log *log, int32_t n_items, const reco__rules *rules, int64_t *dropped,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    const int64_t least[2] = {rules->min_user_events, rules->min_item_events};
    peel p = {
        .log = log, .n_users = log->n_users, .n_nodes = (int64_t)log->n_users + n_items, .least = least};
    *dropped = 0;
    if (least[0] <= 1 && least[1] <= 1) {
        return RECO_OK;
    }
    p.count = reco__alloc_zero(p.n_nodes, sizeof *p.count);
    p.gone = reco__alloc_zero(p.n_nodes, sizeof *p.gone);
    p.queue = reco__alloc(p.n_nodes, sizeof *p.queue);
    p.start = reco__alloc((int64_t)n_items + 1, sizeof *p.start);
    p.user = reco__alloc(log->start[log->n_users], sizeof *p.user);
    TRY_ALLOC(p.count && p.gone && p.queue && p.start && p.user);
    TRY_ALLOC(index_items(&p, n_items));
    peel_all(&p);
    *dropped = keep_frequent(log, p.gone);
done:
    reco__free(p.count);
    reco__free(p.gone);
    reco__free(p.queue);
    reco__free(p.start);
    reco__free(p.user);
    return status;
}

/* ---- combining ---- */

static double age_factor(const reco__rules *rules, int64_t time)
{
    if (rules->half_life_days <= 0 || time == RECO_NO_TIME) {
        return 1;
    }
    double age = (rules->reference_time - (double)time) / 86400;
    return age > 0 ? exp2(-age / rules->half_life_days) : 1;
}

/* A user's events as keys that sort by item, and for one item as they stand in the log. */
static inline uint64_t event_key(int32_t item, int64_t place)
{
    return (uint64_t)item << 32 | (uint64_t)place;
}

static inline int32_t key_item(uint64_t key)
{
    return (int32_t)(key >> 32);
}

/* Rows under construction. */
typedef struct rows {
    int64_t *start; /* [n_users + 1] */
    int32_t *index;
    float *value; /* or NULL */
    int64_t n, capacity;
} rows;

/* What making a matrix works with, for the user with the most events. */
typedef struct work {
    uint64_t *keys, *spare;   /* [longest] */
    double *values, *factors; /* [longest] of the events of one pair */
    rows x, had, rated;       /* rated: of ratings alone */
} work;

/* What one pair amounts to: n keys of events that begin at `begin`, in the order of the log. */
static reco__amount amount_of(const reco_data *data, const work *w, int64_t begin, const uint64_t *keys,
                              int64_t n)
{
    const reco__log *log = data->log;
    for (int64_t k = 0; k < n; k++) {
        int64_t event = begin + (int64_t)(keys[k] & UINT32_MAX);
        w->values[k] = (double)reco__log_weighed(log, &data->catalog->types, event);
        w->factors[k] = age_factor(&data->rules, log->time ? log->time[event] : RECO_NO_TIME);
    }
    return reco__combine(data->rules.combine, w->values, w->factors, n);
}

/* Adds one pair to the tastes or to what was had, and to the ratings. */
static reco_status add_pair(reco_data *data, work *w, int32_t user, const uint64_t *keys, int64_t n,
                            reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t item = key_item(keys[0]);
    reco__amount amount = amount_of(data, w, data->log->start[user], keys, n);
    float value = (float)amount.aged, whole = (float)amount.whole;
    bool rated = w->rated.start, taste = reco__is_taste(data->catalog, whole) && value > 0;
    if (!isfinite(value) || (rated && !isfinite(whole))) {
        TRY(reco__fail(err, RECO_ENUMERIC, "the events of user '%.80s' and item '%.80s' add up to too much",
                       reco__string(&data->catalog->sides[RECO_USER].ids, user),
                       reco__string(&data->catalog->sides[RECO_ITEM].ids, item)));
    }
    if (taste) {
        w->x.index[w->x.n] = item;
        w->x.value[w->x.n++] = value;
    } else {
        TRY_ALLOC(RECO__GROW(w->had.index, w->had.capacity, w->had.n + 1));
        w->had.index[w->had.n++] = item;
    }
    if (rated) {
        w->rated.index[w->rated.n] = item;
        w->rated.value[w->rated.n++] = whole;
    }
    data->events += taste || rated ? n : 0;
    data->events_returned += taste || rated ? 0 : n;
    data->pairs_returned += !taste && !rated;
done:
    return status;
}

/* keys [n]: a user's events sorted by item. */
static void sort_events(const int32_t *item, int64_t n, int32_t n_items, uint64_t *keys, uint64_t *spare)
{
    bool sorted = true;
    for (int64_t k = 0; k < n; k++) {
        keys[k] = event_key(item[k], k);
        sorted = sorted && (k == 0 || keys[k - 1] < keys[k]);
    }
    if (!sorted) {
        reco__sort_keys(keys, spare, n, (uint64_t)n_items);
    }
}

static reco_status fill(reco_data *data, work *w, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__log *log = data->log;
    const uint64_t *keys = w->keys;
    for (int32_t u = 0; u < log->n_users; u++) {
        int64_t n = log->start[u + 1] - log->start[u];
        sort_events(log->item + log->start[u], n, reco__data_items(data), w->keys, w->spare);
        for (int64_t k = 0, next; k < n; k = next) {
            for (next = k + 1; next < n && key_item(keys[next]) == key_item(keys[k]);) {
                next++;
            }
            TRY(add_pair(data, w, u, keys + k, next - k, err));
        }
        w->x.start[u + 1] = w->x.n;
        w->had.start[u + 1] = w->had.n;
        if (w->rated.start) {
            w->rated.start[u + 1] = w->rated.n;
        }
    }
done:
    return status;
}

/* Data that come as a matrix, each pair once and in order, are kept once. */
static void share_log(reco_data *data)
{
    reco__history *history = data->history;
    const reco__csr *x = reco__history_pairs(history);
    reco__log *log = data->log;
    int64_t events = reco__log_size(log);
    if (events > 0 && reco__csr_size(x) == events &&
        memcmp(x->index, log->item, (size_t)events * sizeof *x->index) == 0 &&
        memcmp(x->value, log->value, (size_t)events * sizeof *x->value) == 0) {
        reco__free(log->start);
        reco__free(log->item);
        reco__free(log->value);
        log->borrowed = reco__history_share(history);
        log->start = x->start;
        log->item = x->index;
        log->value = x->value;
    }
}

static reco_status open_pairs(rows *r, int64_t users, int64_t most, reco_error *err)
{
    reco_status status = RECO_OK;
    TRY_ALLOC(r->start = reco__alloc_zero(users + 1, sizeof *r->start));
    TRY_ALLOC(r->index = reco__alloc(most, sizeof *r->index));
    TRY_ALLOC(r->value = reco__alloc(most, sizeof *r->value));
done:
    return status;
}

/* Room for the rows, empty so far, and for the user with the most events. */
static reco_status open_rows(const reco_data *data, work *w, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__log *log = data->log;
    int64_t users = log->n_users, events = reco__log_size(log), longest = 0;
    for (int64_t u = 0; u < users; u++) {
        int64_t n = log->start[u + 1] - log->start[u];
        longest = n > longest ? n : longest;
    }
    REQUIRE(longest <= UINT32_MAX, "a user has %lld events, at most 4294967295 are allowed",
            (long long)longest);
    TRY(open_pairs(&w->x, users, events, err));
    TRY(data->rules.values == RECO__RATED ? open_pairs(&w->rated, users, events, err) : RECO_OK);
    TRY_ALLOC(w->had.start = reco__alloc_zero(users + 1, sizeof *w->had.start));
    TRY_ALLOC(w->keys = reco__alloc(longest, sizeof *w->keys));
    TRY_ALLOC(w->spare = reco__alloc(longest, sizeof *w->spare));
    TRY_ALLOC(w->values = reco__alloc(longest, sizeof *w->values));
    TRY_ALLOC(w->factors = reco__alloc(longest, sizeof *w->factors));
done:
    return status;
}

/* The rows as a matrix, which has their arrays from now on. */
static reco__csr take_rows(const reco_data *data, rows *r)
{
    reco__csr x = {data->log->n_users, reco__data_items(data), r->start, r->index, r->value};
    *r = (rows){.n = 0};
    return x;
}

static void free_rows(rows *r)
{
    reco__free(r->start);
    reco__free(r->index);
    reco__free(r->value);
}

/* What is all tastes is kept once. */
static void take_all(reco_data *data, work *w)
{
    reco__history *history = data->history;
    bool same = w->rated.start && w->had.n == 0 &&
                memcmp(w->rated.value, w->x.value, (size_t)w->x.n * sizeof *w->x.value) == 0;
    history->x = take_rows(data, &w->x);
    if (w->had.n > 0) {
        history->had = take_rows(data, &w->had);
    }
    if (w->rated.start) {
        history->rated = same ? history->x : take_rows(data, &w->rated);
    }
}

static reco_status make_matrix(reco_data *data, reco_error *err)
{
    reco_status status = RECO_OK;
    work w = {.keys = NULL};
    TRY(open_rows(data, &w, err));
    TRY(fill(data, &w, err));
    take_all(data, &w);
    share_log(data);
    TRY(reco__csr_transpose(&data->history->x, &data->by_item, err));
done:
    free_rows(&w.x);
    free_rows(&w.had);
    free_rows(&w.rated);
    reco__free(w.keys);
    reco__free(w.spare);
    reco__free(w.values);
    reco__free(w.factors);
    return status;
}

/* The first and last time of the log. */
static void find_times(reco_data *data)
{
    const reco__log *log = data->log;
    data->first_time = data->last_time = RECO_NO_TIME;
    for (int64_t e = 0; log->time && e < log->start[log->n_users]; e++) {
        int64_t time = log->time[e];
        if (time != RECO_NO_TIME) {
            data->first_time =
                data->first_time == RECO_NO_TIME || time < data->first_time ? time : data->first_time;
            data->last_time = time > data->last_time ? time : data->last_time;
        }
    }
}

reco_status reco__data_from_log(reco__catalog *catalog, reco__log *log, const reco__rules *rules,
                                reco_data **out, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_data *data = reco__alloc_zero(1, sizeof *data);
    if (!data) {
        reco__log_release(log);
        return reco__out_of_memory(err);
    }
    data->catalog = reco__catalog_share(catalog);
    data->log = log;
    data->rules = *rules;
    TRY_ALLOC(data->history = reco__history_new(NULL));
    TRY(drop_rare(data->log, reco__data_items(data), rules, &data->events_rare, err));
    find_times(data);
    if (isnan(rules->reference_time)) { /* without any time nothing ages */
        data->rules.reference_time = (double)data->last_time;
    }
    TRY(make_matrix(data, err));
    data->rules.reference_time = rules->reference_time;
    *out = data;
    return RECO_OK;
done:
    reco_data_free(data);
    return status;
}
