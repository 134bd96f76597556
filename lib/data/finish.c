/* SPDX-License-Identifier: MIT */
/* From a builder to a data set: the catalog and the log; matrix.c does the rest. */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

/* Numbers of arrival to numbers of the data set, -1 for what does not get there. */
typedef struct places {
    int32_t *user, *item;
} places;

static int32_t consent_of(const reco_builder *builder, int32_t user)
{
    return user < builder->n_consent ? builder->consent[user] : RECO_CONSENT_ALL;
}

static bool trains(const reco_builder *builder, int64_t event)
{
    return consent_of(builder, builder->events.user[event]) & RECO_CONSENT_TRAINING;
}

/* Marks (with 0) the items that are there: those listed, with features, or with events that may be
 * learned from. An item known only from somebody who did not consent is not. */
static void mark_items(const reco_builder *builder, int32_t *item)
{
    for (int32_t k = 0; k < builder->ids[RECO_ITEM].n; k++) {
        item[k] = k < builder->n_listed && builder->listed[k] ? 0 : -1;
    }
    const reco__columns *features = &builder->features[RECO_ITEM];
    for (int32_t f = 0; f < features->n; f++) {
        for (int64_t c = 0; c < features->columns[f].n; c++) {
            item[features->columns[f].who[c]] = 0;
        }
    }
    for (int64_t e = 0; e < builder->events.n; e++) {
        if (trains(builder, e)) {
            item[builder->events.item[e]] = 0;
        }
    }
}

static reco_status copy_event_types(const reco_builder *builder, reco__types *types, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t n = builder->types.n;
    double *weights = reco__alloc(n, sizeof *weights);
    TRY_ALLOC(weights);
    types->weights = weights;
    for (int32_t k = 0; k < n; k++) {
        weights[k] = builder->weights[k];
    }
    TRY_ALLOC(reco__intern_copy(&builder->types, &types->names));
done:
    return status;
}

static reco_status make_catalog(const reco_builder *builder, places *at, reco__catalog *catalog,
                                reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t k = 0; k < builder->ids[RECO_USER].n; k++) {
        at->user[k] = consent_of(builder, k) == RECO_CONSENT_NONE ? -1 : 0;
    }
    mark_items(builder, at->item);
    TRY_ALLOC(reco__intern_sort(&builder->ids[RECO_USER], at->user, &catalog->sides[RECO_USER].ids));
    TRY_ALLOC(reco__intern_sort(&builder->ids[RECO_ITEM], at->item, &catalog->sides[RECO_ITEM].ids));
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        catalog->sides[side].n = catalog->sides[side].ids.n;
    }
    TRY_ALLOC(reco__intern_copy(&builder->purposes, &catalog->purposes));
    int32_t *consent = reco__alloc(catalog->sides[RECO_USER].n, sizeof *consent);
    TRY_ALLOC(consent);
    catalog->consent = consent;
    TRY(copy_event_types(builder, &catalog->types, err));
    for (int32_t k = 0; k < builder->ids[RECO_USER].n; k++) {
        if (at->user[k] >= 0) {
            consent[at->user[k]] = consent_of(builder, k);
        }
    }
    TRY(reco__columns_finish(&builder->features[RECO_USER], at->user, &catalog->sides[RECO_USER], err));
    TRY(reco__columns_finish(&builder->features[RECO_ITEM], at->item, &catalog->sides[RECO_ITEM], err));
done:
    return status;
}

/* Merge sort of the numbers of one user's events by time, ties as they were. `spare` [n]. */
static void sort_by_time(const int64_t *time, int64_t *event, int64_t *spare, int64_t n)
{
    int64_t *from = event, *to = spare;
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t low = 0; low < n; low += 2 * width) {
            int64_t middle = low + width < n ? low + width : n,
                    high = middle + width < n ? middle + width : n;
            for (int64_t a = low, b = middle, k = low; k < high; k++) {
                bool first = b == high || (a < middle && time[from[a]] <= time[from[b]]);
                to[k] = first ? from[a++] : from[b++];
            }
        }
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    for (int64_t k = 0; from != event && k < n; k++) {
        event[k] = from[k];
    }
}

static bool in_time(const int64_t *time, const int64_t *event, int64_t n)
{
    for (int64_t k = 1; k < n; k++) {
        if (time[event[k - 1]] > time[event[k]]) {
            return false;
        }
    }
    return true;
}

/* order: the numbers of the events that enter, by user and each user's by time; start [n_users + 1] tells
 * where each user's begin. */
static bool order_events(const reco_builder *builder, const int32_t *user, int32_t n_users,
                         const int64_t *start, int64_t *order)
{
    const reco__events *events = &builder->events;
    int64_t longest = 0;
    for (int32_t u = 0; u < n_users; u++) {
        longest = start[u + 1] - start[u] > longest ? start[u + 1] - start[u] : longest;
    }
    int64_t *next = reco__alloc(n_users, sizeof *next), *spare = reco__alloc(longest, sizeof *spare);
    bool done = next && spare;
    for (int32_t u = 0; done && u < n_users; u++) {
        next[u] = start[u];
    }
    for (int64_t e = 0; done && e < events->n; e++) {
        if (trains(builder, e)) {
            order[next[user[events->user[e]]]++] = e;
        }
    }
    for (int32_t u = 0; done && events->timed && u < n_users; u++) {
        int64_t n = start[u + 1] - start[u];
        if (!in_time(events->time, order + start[u], n)) {
            sort_by_time(events->time, order + start[u], spare, n);
        }
    }
    reco__free(next);
    reco__free(spare);
    return done;
}

/* Whether the events arrived in the order of the log and all enter: then nothing need be sorted. */
static bool already_in_order(const reco_builder *builder, const int32_t *user)
{
    const reco__events *events = &builder->events;
    for (int64_t e = 0; e < events->n; e++) {
        int32_t before = e > 0 ? user[events->user[e - 1]] : 0, place = user[events->user[e]];
        if (!trains(builder, e) || before > place ||
            (events->timed && e > 0 && before == place && events->time[e - 1] > events->time[e])) {
            return false;
        }
    }
    return true;
}

static reco_status copy_items(const reco_builder *builder, const places *at, const int64_t *order,
                              reco__log *log, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n = reco__log_size(log);
    int32_t *item = reco__alloc(n, sizeof *item);
    TRY_ALLOC(item);
    log->item = item;
    for (int64_t k = 0; k < n; k++) {
        item[k] = at->item[builder->events.item[order ? order[k] : k]];
    }
done:
    return status;
}

static reco_status copy_values(const reco_builder *builder, const int64_t *order, reco__log *log,
                               reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n = reco__log_size(log);
    float *value = reco__alloc(n, sizeof *value);
    TRY_ALLOC(value);
    log->value = value;
    for (int64_t k = 0; k < n; k++) {
        value[k] = builder->events.value[order ? order[k] : k];
    }
done:
    return status;
}

/* Of a log in which any event has one. */
static reco_status copy_times(const reco_builder *builder, const int64_t *order, reco__log *log,
                              reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__events *events = &builder->events;
    int64_t n = reco__log_size(log), k = 0;
    while (events->timed && k < n && events->time[order ? order[k] : k] == RECO_NO_TIME) {
        k++;
    }
    if (events->timed && k < n) {
        int64_t *time = reco__alloc(n, sizeof *time);
        TRY_ALLOC(time);
        log->time = time;
        for (k = 0; k < n; k++) {
            time[k] = events->time[order ? order[k] : k];
        }
    }
done:
    return status;
}

static int32_t type_of(const reco__events *events, int64_t event)
{
    return event < events->n_typed ? events->type[event] : RECO__NO_TYPE;
}

/* Of a log in which any event has one. */
static reco_status copy_types(const reco_builder *builder, const int64_t *order, reco__log *log,
                              reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__events *events = &builder->events;
    int64_t n = events->n_typed > 0 ? reco__log_size(log) : 0, k = 0;
    while (k < n && type_of(events, order ? order[k] : k) == RECO__NO_TYPE) {
        k++;
    }
    if (k < n) {
        uint8_t *type = reco__alloc(n, sizeof *type);
        TRY_ALLOC(type);
        log->type = type;
        for (k = 0; k < n; k++) {
            type[k] = (uint8_t)type_of(events, order ? order[k] : k);
        }
    }
done:
    return status;
}

/* The builder's numbers, of a log in which any event has one. */
static reco_status copy_contexts(const reco_builder *builder, const int64_t *order, reco__log *log,
                                 reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n = builder->events.n_placed > 0 ? reco__log_size(log) : 0, k = 0;
    while (k < n && reco__builder_context(builder, order ? order[k] : k) < 0) {
        k++;
    }
    if (k < n) {
        int32_t *context = reco__alloc(n, sizeof *context);
        TRY_ALLOC(context);
        log->context = context;
        for (k = 0; k < n; k++) {
            context[k] = reco__builder_context(builder, order ? order[k] : k);
        }
    }
done:
    return status;
}

/* Frees one of the arrays of events, if they are spent. */
#define DROP(events, array)                                                                                  \
    do {                                                                                                     \
        if (events) {                                                                                        \
            reco__free((events)->array);                                                                     \
            (events)->array = NULL;                                                                          \
        }                                                                                                    \
    } while (0)

/* `spent`: the builder's events when each array may go as soon as it is copied, so that a large log is never there
 * twice; else NULL. */
static reco_status make_log(const reco_builder *builder, reco__events *spent, const places *at,
                            int32_t n_users, reco__log *log, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t *order = NULL;
    int64_t *start = reco__alloc_zero((int64_t)n_users + 1, sizeof *start);
    log->n_users = n_users;
    log->start = start;
    TRY_ALLOC(start);
    for (int64_t e = 0; e < builder->events.n; e++) {
        if (trains(builder, e)) {
            start[at->user[builder->events.user[e]] + 1]++;
        }
    }
    for (int32_t u = 0; u < n_users; u++) {
        start[u + 1] += start[u];
    }
    if (!already_in_order(builder, at->user)) {
        TRY_ALLOC(order = reco__alloc(start[n_users], sizeof *order));
        TRY_ALLOC(order_events(builder, at->user, n_users, start, order));
    }
    DROP(spent, user);
    TRY(copy_items(builder, at, order, log, err));
    DROP(spent, item);
    TRY(copy_values(builder, order, log, err));
    DROP(spent, value);
    TRY(copy_times(builder, order, log, err));
    DROP(spent, time);
    TRY(copy_types(builder, order, log, err));
    DROP(spent, type);
    TRY(copy_contexts(builder, order, log, err));
    DROP(spent, context);
done:
    reco__free(order);
    return status;
}

/* The settings, with the default of `combine` that goes with the values. */
static reco_status take_rules(const reco_builder *builder, reco__rules *rules, reco_error *err)
{
    *rules = builder->rules;
    REQUIRE(rules->like_from == 0 || rules->values == RECO__RATED,
            "builder: 'like_from' is for ratings, and 'values' are amounts");
    if (rules->values == RECO__RATED && !builder->says_combine) {
        rules->combine = RECO__COMBINE_LAST;
    }
    return RECO_OK;
}

static reco_status finish(const reco_builder *builder, reco__events *spent, reco_data **out, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__rules rules;
    reco__log *log = reco__log_new();
    places at = {reco__alloc(builder->ids[RECO_USER].n, sizeof *at.user),
                 reco__alloc(builder->ids[RECO_ITEM].n, sizeof *at.item)};
    reco__catalog *catalog = reco__catalog_new(NULL);
    TRY_ALLOC(catalog);
    TRY_ALLOC(log && at.user && at.item);
    TRY(take_rules(builder, &rules, err));
    catalog->values = rules.values;
    catalog->like_from = rules.like_from;
    TRY(make_catalog(builder, &at, catalog, err));
    int32_t n_users = catalog->sides[RECO_USER].n;
    TRY(make_log(builder, spent, &at, n_users, log, err));
    TRY(reco__contexts_finish(builder, log, &catalog->sides[RECO_CONTEXT], err));
    int64_t entered = reco__log_size(log);
    status = reco__data_from_log(catalog, log, &rules, out, err);
    log = NULL;
    TRY(status);
    (*out)->users_without_consent = builder->ids[RECO_USER].n - n_users;
    (*out)->events_without_consent = builder->events.n - entered;
done:
    reco__log_release(log);
    reco__catalog_release(catalog);
    reco__free(at.user);
    reco__free(at.item);
    return status;
}

reco_status reco_builder_finish(const reco_builder *builder, reco_data **out, reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    GIVEN(builder);
    return finish(builder, NULL, out, err);
}

reco_status reco_builder_finish_free(reco_builder *builder, reco_data **out, reco_error *err)
{
    reco_status status = RECO_OK;
    if (out) {
        *out = NULL;
    }
    if (builder && out) {
        status = finish(builder, &builder->events, out, err);
    } else {
        status = reco__fail(err, RECO_EINVAL, "builder: %s is NULL", out ? "builder" : "out");
    }
    reco_builder_free(builder);
    return status;
}
