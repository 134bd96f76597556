/* SPDX-License-Identifier: MIT */
/* Events that are added by call: one, or columns of them. */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

#include <math.h>
#include <string.h>

reco_status reco_builder_set_event_type(reco_builder *builder, const char *type, double weight,
                                        reco_error *err)
{
    GIVEN(builder, type);
    int64_t length = (int64_t)strlen(type);
    REQUIRE(length > 0 && length <= RECO__MAX_ID && reco__utf8_valid(type, length),
            "event type must be UTF-8 of 1 to %d bytes", RECO__MAX_ID);
    REQUIRE(isfinite((float)weight), "weight of event type '%s' must be finite", type);
    int32_t number = reco__intern_find(&builder->types, type, length);
    if (number >= 0 && builder->weights[number] != weight) {
        for (int64_t e = 0; e < builder->events.n_typed; e++) {
            REQUIRE(builder->events.type[e] != number,
                    "weight of event type '%s' cannot change: there are events of it", type);
        }
    }
    REQUIRE(number >= 0 || builder->types.n < RECO__MAX_TYPES,
            "event type '%s': at most %d types can be named", type, RECO__MAX_TYPES);
    if (!RECO__GROW(builder->weights, builder->weights_capacity, (int64_t)builder->types.n + 1)) {
        return reco__out_of_memory(err);
    }
    number = reco__intern_add(&builder->types, type, length);
    if (number < 0) {
        return reco__out_of_memory(err);
    }
    builder->weights[number] = weight;
    return RECO_OK;
}

reco_status reco__builder_type(const reco_builder *builder, const char *type, int64_t length, int32_t *number,
                               reco_error *err)
{
    *number = reco__intern_find(&builder->types, type, length);
    if (*number < 0) {
        return reco__fail(err, RECO_ENOTFOUND,
                          "no event type '%.*s': types and their weights must be set before events have them",
                          (int)(length < 60 ? length : 60), type);
    }
    return RECO_OK;
}

bool reco__builder_set_type(reco_builder *builder, int32_t type)
{
    reco__events *events = &builder->events;
    if (!RECO__GROW(events->type, events->type_capacity, events->n)) {
        return false;
    }
    while (events->n_typed < events->n) {
        events->type[events->n_typed++] = RECO__NO_TYPE;
    }
    events->type[events->n - 1] = (uint8_t)type;
    return true;
}

bool reco__builder_start_times(reco_builder *builder)
{
    reco__events *events = &builder->events;
    if (!RECO__GROW(events->time, events->time_capacity, events->room + 1)) {
        return false;
    }
    for (int64_t e = 0; e < events->n; e++) {
        events->time[e] = RECO_NO_TIME;
    }
    return true;
}

bool reco__builder_reserve(reco_builder *builder, int64_t n)
{
    reco__events *events = &builder->events;
    int64_t need;
    if (!reco__add(events->n, n, &need) || !RECO__GROW(events->user, events->user_capacity, need) ||
        !RECO__GROW(events->item, events->item_capacity, need) ||
        !RECO__GROW(events->value, events->value_capacity, need) ||
        (events->time && !RECO__GROW(events->time, events->time_capacity, need))) {
        return false;
    }
    events->room = events->user_capacity;
    events->room = events->item_capacity < events->room ? events->item_capacity : events->room;
    events->room = events->value_capacity < events->room ? events->value_capacity : events->room;
    if (events->time && events->time_capacity < events->room) {
        events->room = events->time_capacity;
    }
    return true;
}

/* Before a call adds events: they can be described once it has ended well. */
static void begin_adding(reco_builder *builder)
{
    reco__builder_mark(builder);
    builder->added.rows = -1;
    builder->added.first = builder->events.n;
    builder->added.n_skipped = 0;
}

/* A row of the call says nothing about anybody: the ids are not kept either. */
static bool skip_row(reco_builder *builder, int64_t row)
{
    reco__added *added = &builder->added;
    if (!RECO__GROW(added->skipped, added->skipped_capacity, added->n_skipped + 1)) {
        return false;
    }
    added->skipped[added->n_skipped++] = row;
    builder->tally.events_zero++;
    return true;
}

/* One row of the call, its ids as text. The caller has marked and rolls back. */
static reco_status take_event(reco_builder *builder, int64_t row, const char *user, const char *item,
                              const char *type, float value, int64_t time, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t user_number, item_number, type_number = RECO__NO_TYPE;
    REQUIRE(isfinite(value), "event of user '%.80s' and item '%.80s': value must be finite", user, item);
    if (type) {
        TRY(reco__builder_type(builder, type, (int64_t)strlen(type), &type_number, err));
    }
    float weighted = reco__builder_weighed(builder, value, type_number);
    REQUIRE(isfinite(weighted), "event of user '%.80s' and item '%.80s': value times weight is too large",
            user, item);
    int64_t user_length = (int64_t)strlen(user), item_length = (int64_t)strlen(item);
    TRY(reco__builder_check_id(RECO_USER, user, user_length, err));
    TRY(reco__builder_check_id(RECO_ITEM, item, item_length, err));
    if (reco__builder_says_nothing(builder, weighted, type_number)) {
        TRY_ALLOC(skip_row(builder, row));
        return RECO_OK;
    }
    TRY(reco__builder_id(builder, RECO_USER, user, user_length, &user_number, err));
    TRY(reco__builder_id(builder, RECO_ITEM, item, item_length, &item_number, err));
    TRY_ALLOC(reco__builder_push(builder, user_number, item_number, value, time));
    TRY_ALLOC(type_number == RECO__NO_TYPE || reco__builder_set_type(builder, type_number));
    builder->tally.returns += weighted < 0;
done:
    return status;
}

reco_status reco_builder_add_event(reco_builder *builder, const char *user, const char *item,
                                   const char *type, float value, int64_t time, reco_error *err)
{
    GIVEN(builder);
    begin_adding(builder);
    GIVEN(user, item);
    reco_status status = take_event(builder, 0, user, item, type, value, time, err);
    if (status) {
        reco__builder_rollback(builder);
        return status;
    }
    builder->added.rows = 1;
    return RECO_OK;
}

/* Puts the row in front of a message, unless memory ran out: then it does not matter which. */
static reco_status at_row(int64_t row, reco_status status, const reco_error *why, reco_error *err)
{
    return status == RECO_ENOMEM ? reco__out_of_memory(err)
                                 : reco__fail(err, status, "row %lld: %.200s", (long long)row, why->message);
}

reco_status reco_builder_add_events(reco_builder *builder, int64_t n, const char *const *users,
                                    const char *const *items, const char *const *types, const float *values,
                                    const int64_t *times, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_error why;
    GIVEN(builder);
    begin_adding(builder);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || users, "'users' must not be NULL");
    REQUIRE(n == 0 || items, "'items' must not be NULL");
    for (int64_t e = 0; e < n; e++) {
        REQUIRE(users[e] && items[e], "row %lld: the %s is NULL", (long long)e, users[e] ? "item" : "user");
    }
    TRY_ALLOC(reco__builder_reserve(builder, n));
    for (int64_t e = 0; e < n; e++) {
        status = take_event(builder, e, users[e], items[e], types ? types[e] : NULL, values ? values[e] : 1,
                            times ? times[e] : RECO_NO_TIME, &why);
        if (status) {
            TRY(at_row(e, status, &why, err));
        }
    }
    builder->added.rows = n;
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}

/* The number of a 64-bit id. */
static reco_status add_whole(reco_builder *builder, int32_t side, int64_t id, int32_t *number,
                             reco_error *err)
{
    *number = reco__intern_add_whole(&builder->ids[side], id);
    return *number < 0 ? reco__out_of_memory(err) : RECO_OK;
}

reco_status reco_builder_add_events_i64(reco_builder *builder, int64_t n, const int64_t *users,
                                        const int64_t *items, const float *values, const int64_t *times,
                                        reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(builder);
    begin_adding(builder);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || users, "'users' must not be NULL");
    REQUIRE(n == 0 || items, "'items' must not be NULL");
    for (int64_t e = 0; values && e < n; e++) {
        REQUIRE(isfinite(values[e]), "row %lld: value must be finite", (long long)e);
    }
    TRY_ALLOC(reco__builder_reserve(builder, n));
    for (int64_t e = 0; e < n; e++) {
        int32_t user, item;
        float value = values ? values[e] : 1;
        if (reco__builder_says_nothing(builder, value, RECO__NO_TYPE)) {
            TRY_ALLOC(skip_row(builder, e));
            continue;
        }
        TRY(add_whole(builder, RECO_USER, users[e], &user, err));
        TRY(add_whole(builder, RECO_ITEM, items[e], &item, err));
        TRY_ALLOC(reco__builder_push(builder, user, item, value, times ? times[e] : RECO_NO_TIME));
        builder->tally.returns += value < 0;
    }
    builder->added.rows = n;
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}
