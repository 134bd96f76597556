/* SPDX-License-Identifier: MIT */
/* Two data sets out of one. Each way of splitting decides which events are for the test; the two logs become
 * data sets by the same rules as the whole, but for the minimum counts, which the whole has met.
 *
 * All but the split by time move pairs: all events of a pair go one way, and those of pairs that were dropped
 * stay in train. Random choices are the first of a shuffle whose k-th draw depends on the seed and k alone.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/rng.h"
#include "data.h"

#include <math.h>
#include <string.h>

enum { MAX_FOLDS = 1000000 };
enum {
    STREAM_PAIRS = 0x53504c31,
    STREAM_USERS,
    STREAM_ITEMS
}; /* so that no other use of the seed draws alike */

/* What is decided: marks of pairs and, from them or from times, of events. 1 = test. */
typedef struct marks {
    uint8_t *pair;  /* [pairs] */
    uint8_t *event; /* [events] */
} marks;

/* ---- the spec ---- */

typedef struct spec {
    const char *text, *argument; /* what stands behind the ':' */
    double fraction;
    int64_t count, part;
} spec;

static reco_status parse_fraction(spec *s, reco_error *err)
{
    REQUIRE(reco__parse_number(s->argument, (int64_t)strlen(s->argument), &s->fraction) && s->fraction > 0 &&
                s->fraction < 1,
            "split '%.60s': the fraction must be above 0 and below 1", s->text);
    return RECO_OK;
}

static reco_status parse_last(spec *s, reco_error *err)
{
    REQUIRE(reco__parse_int(s->argument, (int64_t)strlen(s->argument), &s->count) && s->count >= 1,
            "split '%.60s': K must be a whole number of at least 1", s->text);
    return RECO_OK;
}

static reco_status parse_fold(spec *s, reco_error *err)
{
    const char *slash = strchr(s->argument, '/');
    REQUIRE(slash && reco__parse_int(s->argument, slash - s->argument, &s->count) &&
                reco__parse_int(slash + 1, (int64_t)strlen(slash + 1), &s->part) && s->count >= 2 &&
                s->count <= MAX_FOLDS && s->part >= 1 && s->part <= s->count,
            "split '%.60s': must be kfold:N/I with whole N of at least 2 and I in [1, N]", s->text);
    return RECO_OK;
}

static reco_status parse_nothing(spec *s, reco_error *err)
{
    REQUIRE(!s->argument[0], "split '%.60s': nothing stands behind leave-one-out", s->text);
    s->count = 1;
    return RECO_OK;
}

/* ---- choices ---- */

/* A part of the shuffled numbers 0..n-1: calls `take` for those that come at [from, to). */
static reco_status take_shuffled(int64_t n, int64_t from, int64_t to, uint64_t seed, uint64_t stream,
                                 void (*take)(void *context, int64_t number), void *context, reco_error *err)
{
    int64_t *order = reco__alloc(n, sizeof *order);
    if (!order) {
        return reco__out_of_memory(err);
    }
    for (int64_t k = 0; k < n; k++) {
        order[k] = k;
    }
    for (int64_t k = 0; k < to; k++) {
        reco__rng r = reco__rng_key(seed, stream, (uint64_t)k);
        int64_t other = k + (int64_t)reco__rng_below(&r, (uint64_t)(n - k)), swap = order[k];
        order[k] = order[other];
        order[other] = swap;
        if (k >= from) {
            take(context, order[k]);
        }
    }
    reco__free(order);
    return RECO_OK;
}

/* The fraction of n as a count; of two or more, neither side gets none. */
static int64_t part_of(double fraction, int64_t n)
{
    int64_t count = (int64_t)floor(fraction * (double)n + 0.5);
    return n < 2 ? 0 : count < 1 ? 1 : count > n - 1 ? n - 1 : count;
}

static void mark_pair(void *context, int64_t pair)
{
    ((uint8_t *)context)[pair] = 1;
}

static reco_status split_random(const reco_data *data, const spec *s, uint64_t seed, marks *m,
                                reco_error *err)
{
    int64_t pairs = reco__csr_size(reco__history_pairs(data->history));
    return take_shuffled(pairs, 0, part_of(s->fraction, pairs), seed, STREAM_PAIRS, mark_pair, m->pair, err);
}

static reco_status split_fold(const reco_data *data, const spec *s, uint64_t seed, marks *m, reco_error *err)
{
    int64_t pairs = reco__csr_size(reco__history_pairs(data->history)), rest = pairs % s->count,
            size = pairs / s->count;
    int64_t before = s->part - 1; /* the first `rest` parts have one more */
    int64_t from = before * size + (before < rest ? before : rest), to = from + size + (before < rest);
    return take_shuffled(pairs, from, to, seed, STREAM_PAIRS, mark_pair, m->pair, err);
}

/* Users or items that have pairs, and marks of some of them. */
typedef struct cold_rows {
    int32_t *rows; /* [n] */
    uint8_t *chosen;
} cold_rows;

static void choose_row(void *context, int64_t number)
{
    cold_rows *cold = context;
    cold->chosen[cold->rows[number]] = 1;
}

/* chosen [n], zero: a fraction of those n that have pairs, which are marked in `has`. */
static reco_status choose_rows(const uint8_t *has, int32_t n, double fraction, uint64_t seed, uint64_t stream,
                               uint8_t *chosen, reco_error *err)
{
    cold_rows cold = {reco__alloc(n, sizeof *cold.rows), chosen};
    int64_t found = 0;
    if (!cold.rows) {
        return reco__out_of_memory(err);
    }
    for (int32_t r = 0; r < n; r++) {
        if (has[r]) {
            cold.rows[found++] = r;
        }
    }
    reco_status status =
        take_shuffled(found, 0, part_of(fraction, found), seed, stream, choose_row, &cold, err);
    reco__free(cold.rows);
    return status;
}

static reco_status split_cold_users(const reco_data *data, const spec *s, uint64_t seed, marks *m,
                                    reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__csr *x = reco__history_pairs(data->history);
    uint8_t *has = reco__alloc_zero(x->rows, 1), *chosen = reco__alloc_zero(x->rows, 1);
    TRY_ALLOC(has && chosen);
    for (int32_t u = 0; u < x->rows; u++) {
        has[u] = x->start[u] < x->start[u + 1];
    }
    TRY(choose_rows(has, x->rows, s->fraction, seed, STREAM_USERS, chosen, err));
    for (int32_t u = 0; u < x->rows; u++) {
        memset(m->pair + x->start[u], chosen[u], (size_t)(x->start[u + 1] - x->start[u]));
    }
done:
    reco__free(has);
    reco__free(chosen);
    return status;
}

static reco_status split_cold_items(const reco_data *data, const spec *s, uint64_t seed, marks *m,
                                    reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__csr *x = reco__history_pairs(data->history);
    uint8_t *has = reco__alloc_zero(x->columns, 1), *chosen = reco__alloc_zero(x->columns, 1);
    TRY_ALLOC(has && chosen);
    for (int64_t e = 0; e < reco__csr_size(x); e++) {
        has[x->index[e]] = 1;
    }
    TRY(choose_rows(has, x->columns, s->fraction, seed, STREAM_ITEMS, chosen, err));
    for (int64_t e = 0; e < reco__csr_size(x); e++) {
        m->pair[e] = chosen[x->index[e]];
    }
done:
    reco__free(has);
    reco__free(chosen);
    return status;
}

/* Each user's pairs whose last events come last; the log of a user is in the order of time. */
static reco_status split_last(const reco_data *data, const spec *s, uint64_t seed, marks *m, reco_error *err)
{
    (void)seed;
    const reco__csr *x = reco__history_pairs(data->history);
    const reco__log *log = data->log;
    int64_t *pair =
        reco__alloc(x->columns, sizeof *pair); /* of this user's items: where the pair is, or -1 */
    if (!pair) {
        return reco__out_of_memory(err);
    }
    for (int32_t i = 0; i < x->columns; i++) {
        pair[i] = -1;
    }
    for (int32_t u = 0; u < x->rows; u++) {
        int64_t left = x->start[u + 1] - x->start[u] > s->count ? s->count : 0;
        for (int64_t k = x->start[u]; left && k < x->start[u + 1]; k++) {
            pair[x->index[k]] = k;
        }
        for (int64_t e = log->start[u + 1]; left && e-- > log->start[u];) {
            int64_t k = pair[log->item[e]];
            if (k >= 0 && !m->pair[k]) {
                m->pair[k] = 1;
                left--;
            }
        }
        for (int64_t k = x->start[u]; k < x->start[u + 1]; k++) {
            pair[x->index[k]] = -1;
        }
    }
    reco__free(pair);
    return RECO_OK;
}

static int64_t count_from(const reco__log *log, int64_t time)
{
    int64_t count = 0;
    for (int64_t e = 0; e < log->start[log->n_users]; e++) {
        count += log->time[e] >= time;
    }
    return count;
}

/* Events from some moment on: the latest moment from which there are at least the fraction, unless nothing
 * would be before it, then the next. By bisection: no memory, at most 64 passes. */
static reco_status split_time(const reco_data *data, const spec *s, uint64_t seed, marks *m, reco_error *err)
{
    (void)seed;
    const reco__log *log = data->log;
    REQUIRE(log->time, "split '%.60s': the events have no times", s->text);
    REQUIRE(data->first_time < data->last_time, "split '%.60s': all events have the same time", s->text);
    int64_t wanted = part_of(s->fraction, count_from(log, data->first_time));
    int64_t low = data->first_time, high = data->last_time; /* from low on there are enough */
    while (low < high) {
        int64_t middle = high - (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
        if (count_from(log, middle) >= wanted) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low += low == data->first_time;
    for (int64_t e = 0; e < log->start[log->n_users]; e++) {
        m->event[e] = log->time[e] >= low;
    }
    return RECO_OK;
}

static const struct way {
    const char *name;
    reco_status (*parse)(spec *s, reco_error *err);
    reco_status (*mark)(const reco_data *data, const spec *s, uint64_t seed, marks *m, reco_error *err);
} ways[] = {
    {"random", parse_fraction, split_random},
    {"leave-one-out", parse_nothing, split_last},
    {"last", parse_last, split_last},
    {"time", parse_fraction, split_time},
    {"kfold", parse_fold, split_fold},
    {"cold-users", parse_fraction, split_cold_users},
    {"cold-items", parse_fraction, split_cold_items},
};

/* ---- two data sets ---- */

/* Marks the events of marked pairs. */
static reco_status mark_events(const reco_data *data, marks *m, reco_error *err)
{
    const reco__csr *x = reco__history_pairs(data->history);
    const reco__log *log = data->log;
    uint8_t *item = reco__alloc_zero(x->columns, 1); /* this user's items that are for the test */
    if (!item) {
        return reco__out_of_memory(err);
    }
    for (int32_t u = 0; u < x->rows; u++) {
        for (int64_t k = x->start[u]; k < x->start[u + 1]; k++) {
            item[x->index[k]] = m->pair[k];
        }
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            m->event[e] = item[log->item[e]];
        }
        for (int64_t k = x->start[u]; k < x->start[u + 1]; k++) {
            item[x->index[k]] = 0;
        }
    }
    reco__free(item);
    return RECO_OK;
}

/* Room in a new log for the events whose mark is `which`, with what any of them has. */
static reco_status open_log(const reco__log *log, const uint8_t *mark, uint8_t which, reco__log *out,
                            reco_error *err)
{
    int64_t n = 0;
    bool timed = false, typed = false, placed = false;
    for (int64_t e = 0; e < reco__log_size(log); e++) {
        if (mark[e] == which) {
            n++;
            timed = timed || (log->time && log->time[e] != RECO_NO_TIME);
            typed = typed || (log->type && log->type[e] != RECO__NO_TYPE);
            placed = placed || (log->context && log->context[e] >= 0);
        }
    }
    out->n_users = log->n_users;
    out->start = reco__alloc_zero((int64_t)log->n_users + 1, sizeof *out->start);
    out->item = reco__alloc(n, sizeof *out->item);
    out->value = reco__alloc(n, sizeof *out->value);
    out->time = timed ? reco__alloc(n, sizeof *out->time) : NULL;
    out->type = typed ? reco__alloc(n, sizeof *out->type) : NULL;
    out->context = placed ? reco__alloc(n, sizeof *out->context) : NULL;
    bool done = out->start && out->item && out->value && (out->time || !timed) && (out->type || !typed) &&
                (out->context || !placed);
    return done ? RECO_OK : reco__out_of_memory(err);
}

/* The log of the events whose mark is `which`. */
static reco_status copy_log(const reco__log *log, const uint8_t *mark, uint8_t which, reco__log *out,
                            reco_error *err)
{
    reco_status status = open_log(log, mark, which, out, err);
    int64_t *start = (int64_t *)out->start, n = 0; /* it begins as zeros */
    for (int32_t u = 0; status == RECO_OK && u < log->n_users; u++) {
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            if (mark[e] == which) {
                reco__log_put(out, n++, log, e);
            }
        }
        start[u + 1] = n;
    }
    return status;
}

static reco_status make_part(const reco_data *data, const uint8_t *mark, uint8_t which, reco_data **out,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    reco__log *log = reco__log_new();
    reco__rules rules = data->rules;
    rules.min_user_events = rules.min_item_events = 0;
    TRY_ALLOC(log);
    TRY(copy_log(data->log, mark, which, log, err));
    status = reco__data_from_log(data->catalog, log, &rules, out, err);
    log = NULL;
done:
    reco__log_release(log);
    return status;
}

static reco_status make_parts(const reco_data *data, const struct way *way, const spec *s, uint64_t seed,
                              reco_data **parts, reco_error *err)
{
    reco_status status = RECO_OK;
    marks m = {reco__alloc_zero(reco__csr_size(reco__history_pairs(data->history)), 1),
               reco__alloc_zero(reco__log_size(data->log), 1)};
    TRY_ALLOC(m.pair && m.event);
    TRY(way->mark(data, s, seed, &m, err));
    if (way->mark != split_time) {
        TRY(mark_events(data, &m, err));
    }
    TRY(make_part(data, m.event, 0, &parts[0], err));
    TRY(make_part(data, m.event, 1, &parts[1], err));
done:
    reco__free(m.pair);
    reco__free(m.event);
    return status;
}

static const struct way *find_way(const char *text, spec *s)
{
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);
    *s = (spec){.text = text, .argument = colon ? colon + 1 : text + length};
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        if (strlen(ways[k].name) == length && memcmp(ways[k].name, text, length) == 0) {
            return &ways[k];
        }
    }
    return NULL;
}

reco_status reco_data_split(const reco_data *data, const char *text, uint64_t seed, reco_data **train,
                            reco_data **test, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_data *parts[2] = {NULL, NULL};
    spec s;
    GIVEN(train, test);
    *train = *test = NULL;
    GIVEN(data, text);
    const struct way *way = find_way(text, &s);
    REQUIRE(way,
            "no split '%.60s'; there are: random:F, leave-one-out, last:K, time:F, kfold:N/I, cold-users:F, "
            "cold-items:F",
            text);
    TRY(way->parse(&s, err));
    TRY(make_parts(data, way, &s, seed, parts, err));
    *train = parts[0];
    *test = parts[1];
    return RECO_OK;
done:
    reco_data_free(parts[0]);
    reco_data_free(parts[1]);
    return status;
}
