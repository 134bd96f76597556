/* SPDX-License-Identifier: MIT */
#include "asker.h"

#include "base/sort.h"

#include <math.h>

reco__asker reco__asker_known(const reco_model *model, int32_t user, int32_t needs)
{
    const reco__history *history = model->history;
    int64_t start = history->x.start[user], end = history->x.start[user + 1];
    int32_t withheld = needs & ~model->catalog->consent[user];
    if (withheld != 0) {
        return (reco__asker){.user = -1, .withheld = withheld};
    }
    reco__asker who = {
        .user = user,
        .items = history->x.index + start,
        .values = history->x.value + start,
        .n = end - start,
    };
    if (model->log) {
        who.trail = reco__log_trail(model->log, user, reco__model_remembers(model));
    }
    return who;
}

reco_status reco__asker_begin(reco__asker_room *room, const reco_model *model, const reco_query *query,
                              reco_error *err)
{
    int32_t user, needs;
    *room = (reco__asker_room){.user = {.user = -1}};
    reco_status status = reco__query_needs(query, model->catalog, model->algo->name, &needs, err);
    if (status != RECO_OK || query->asker != RECO__A_USER) {
        return status;
    }
    status =
        reco_model_find(model, RECO_USER, query->user.text.data, &user, query->skip_unknown ? NULL : err);
    if (status == RECO_ENOTFOUND && query->skip_unknown) {
        room->skipped = 1;
        return RECO_OK;
    }
    if (status == RECO_OK) {
        room->user = reco__asker_known(model, user, needs);
    }
    return status;
}

static void profiles_layout(reco__asker_room *room, const reco_model *model, const reco_query *query,
                            int32_t user, reco__scratch *scratch)
{
    reco__profile_layout(&room->about[RECO_USER], model, query, RECO_USER, user, scratch);
    reco__profile_layout(&room->about[RECO_CONTEXT], model, query, RECO_CONTEXT, -1, scratch);
}

void reco__asker_layout(reco__asker_room *room, const reco_model *model, const reco_query *query,
                        reco__scratch *scratch)
{
    int64_t n = room->n = query->history.n;
    int64_t trail = n > 0 ? n + room->user.trail.n : 0;
    room->most = n > 0 ? n + room->user.n : 0;
    room->found = reco__scratch_take(scratch, n, sizeof *room->found);
    room->keys = reco__scratch_take(scratch, n, sizeof *room->keys);
    room->had = reco__scratch_take(scratch, n, sizeof *room->had);
    room->items = reco__scratch_take(scratch, room->most, sizeof *room->items);
    room->values = reco__scratch_take(scratch, room->most, sizeof *room->values);
    room->trail_items = reco__scratch_take(scratch, trail, sizeof *room->trail_items);
    room->trail_values = reco__scratch_take(scratch, trail, sizeof *room->trail_values);
    room->trail_times = reco__scratch_take(scratch, trail, sizeof *room->trail_times);
    room->trail_types = reco__scratch_take(scratch, trail, sizeof *room->trail_types);
    profiles_layout(room, model, query, room->user.user, scratch);
}

void reco__asker_user_layout(reco__asker_room *room, const reco_model *model, const reco_query *query,
                             reco__scratch *scratch)
{
    profiles_layout(room, model, query, 0, scratch);
}

/* ---- the trail ---- */

static reco_status find_type(const reco_model *model, const char *name, uint8_t *type, reco_error *err)
{
    const reco__strings *names = &model->catalog->types.names;
    reco__names known = {.used = 0};
    for (int32_t k = 0; k < names->n; k++) {
        if (strcmp(reco__string(names, k), name) == 0) {
            *type = (uint8_t)k;
            return RECO_OK;
        }
        reco__names_add(&known, reco__string(names, k));
    }
    return reco__fail(err, RECO_ENOTFOUND, "no event type '%.60s' in the model; there are: %s", name,
                      reco__names_text(&known));
}

/* The user's last events, and behind them those of the query whose items the model knows. */
static reco_status join_trails(reco__asker_room *room, const reco_model *model, const reco_query *query,
                               reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__trail *old = &room->user.trail;
    const char *type_name = query->types.text.data;
    int64_t n = old->n;
    for (int64_t k = 0; k < n; k++) {
        room->trail_items[k] = old->items[k];
        room->trail_values[k] = old->values[k];
        room->trail_times[k] = old->times ? old->times[k] : RECO_NO_TIME;
        room->trail_types[k] = old->types ? old->types[k] : RECO__NO_TYPE;
    }
    for (int64_t k = 0; k < query->history.n; k++) {
        const reco__told *told = &query->told[k];
        uint8_t type = RECO__NO_TYPE;
        if (told->type >= 0) {
            TRY(find_type(model, type_name, &type, err));
            type_name += strlen(type_name) + 1;
        }
        if (room->found[k] >= 0) {
            room->trail_items[n] = room->found[k];
            room->trail_values[n] = told->value;
            room->trail_times[n] = told->time;
            room->trail_types[n++] = type;
        }
    }
    room->trail =
        (reco__trail){n, room->trail_items, room->trail_values, room->trail_times, room->trail_types};
done:
    return status;
}

/* ---- the row ---- */

/* An item and a value, so that events of an item come together, and sums do not depend on the order they came in. */
static uint64_t key_of(int32_t item, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint64_t)item << 32 | bits;
}

static float value_of(uint64_t key)
{
    float value;
    uint32_t bits = (uint32_t)key;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The query's events by item; returns how many. */
static int64_t sort_events(const reco__asker_room *room, const reco__types *types)
{
    const reco__trail *trail = &room->trail;
    int64_t from = room->user.trail.n;
    for (int64_t k = from; k < trail->n; k++) {
        double weight = trail->types[k] == RECO__NO_TYPE ? 1 : types->weights[trail->types[k]];
        room->keys[k - from] = key_of(trail->items[k], (float)(trail->values[k] * weight));
    }
    reco__sort_in_place(room->keys, trail->n - from);
    return trail->n - from;
}

/* The total of the events of keys[*at]'s item, past which *at moves; what would overflow adds nothing. */
static float add_up(const uint64_t *keys, int64_t n, int64_t *at, float total)
{
    for (uint64_t item = keys[*at] >> 32; *at < n && keys[*at] >> 32 == item; ++*at) {
        float sum = total + value_of(keys[*at]);
        total = isfinite(sum) ? sum : total;
    }
    return total;
}

/* The user's row with the events added up. What is not above 0 is no taste, but was had. */
static void join_rows(reco__asker *who, reco__asker_room *room, const reco__types *types)
{
    const reco__asker *user = &room->user;
    int64_t n = sort_events(room, types), kept = 0, had = 0;
    for (int64_t at = 0, u = 0; at < n || u < user->n;) {
        int32_t item = at < n ? (int32_t)(room->keys[at] >> 32) : INT32_MAX;
        bool from_user = u < user->n && user->items[u] <= item;
        bool told = at < n && (!from_user || user->items[u] == item);
        float total = from_user ? user->values[u] : 0;
        item = from_user ? user->items[u++] : item;
        total = told ? add_up(room->keys, n, &at, total) : total;
        if (total > 0) {
            room->items[kept] = item;
            room->values[kept++] = total;
        } else {
            room->had[had++] = item;
        }
    }
    *who = (reco__asker){.user = -1,
                         .withheld = user->withheld,
                         .items = room->items,
                         .values = room->values,
                         .n = kept,
                         .had = room->had,
                         .n_had = had,
                         .trail = room->trail};
}

reco_status reco__asker_profiles(reco__asker *who, const reco_model *model, const reco_query *query,
                                 int32_t user, reco__asker_room *room, reco_error *err)
{
    reco_status status = reco__profile_find(&who->about[RECO_USER], model, query, RECO_USER, user,
                                            &room->about[RECO_USER], &room->skipped, err);
    return status ? status
                  : reco__profile_find(&who->about[RECO_CONTEXT], model, query, RECO_CONTEXT, -1,
                                       &room->about[RECO_CONTEXT], &room->skipped, err);
}

reco_status reco__asker_user(reco__asker *who, const reco_model *model, const reco_query *query, int32_t user,
                             reco__asker_room *room, reco_error *err)
{
    int32_t needs;
    reco_status status = reco__query_needs(query, model->catalog, model->algo->name, &needs, err);
    if (status) {
        return status;
    }
    *who = user >= 0 ? reco__asker_known(model, user, needs) : (reco__asker){.user = -1};
    return reco__asker_profiles(who, model, query, who->user, room, err);
}

reco_status reco__asker_find(reco__asker *who, const reco_model *model, const reco_query *query,
                             reco__asker_room *room, reco_error *err)
{
    reco_status status = RECO_OK;
    *who = room->user;
    if (room->n > 0) {
        TRY(reco__find_items(model, query, &query->history, room->found, err));
        TRY(join_trails(room, model, query, err));
        room->skipped += room->n - (room->trail.n - room->user.trail.n);
        join_rows(who, room, &model->catalog->types);
    }
    TRY(reco__asker_profiles(who, model, query, room->user.user, room, err));
done:
    return status;
}
