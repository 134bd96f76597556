/* SPDX-License-Identifier: MIT */
#include "asker.h"

#include <math.h>
#include <string.h>

reco__asker reco__asker_known(const reco_model *model, int32_t user, int32_t needs)
{
    const reco__history *history = model->history;
    const reco__csr *x = &history->x, *had = &history->had, *rated = reco__history_pairs(history);
    int32_t withheld = needs & ~model->catalog->consent[user];
    if (withheld != 0) {
        return (reco__asker){.user = -1, .withheld = withheld};
    }
    reco__asker who = {
        .user = user,
        .items = x->index + x->start[user],
        .values = x->value + x->start[user],
        .n = x->start[user + 1] - x->start[user],
        .rated = rated->index + rated->start[user],
        .ratings = rated->value + rated->start[user],
        .n_rated = rated->start[user + 1] - rated->start[user],
    };
    if (had->start) {
        who.had = had->index + had->start[user];
        who.n_had = had->start[user + 1] - had->start[user];
    }
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
    room->found = reco__scratch_take(scratch, n, sizeof *room->found);
    room->weighed = reco__scratch_take(scratch, n, sizeof *room->weighed);
    reco__row_layout(&room->row, &room->user, n, scratch);
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

/* What an event counts: its value times the weight of its type. */
static float weigh(float value, uint8_t type, const reco__types *types)
{
    return type == RECO__NO_TYPE ? value : (float)(value * types->weights[type]);
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
            room->trail_values[n] = isnan(told->value) ? 1 : told->value;
            room->weighed[n - old->n] = weigh(told->value, type, &model->catalog->types);
            room->trail_times[n] = told->time;
            room->trail_types[n++] = type;
        }
    }
    room->trail =
        (reco__trail){n, room->trail_items, room->trail_values, room->trail_times, room->trail_types};
done:
    return status;
}

/* ---- whoever it is ---- */

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
        *who = (reco__asker){.user = -1, .withheld = room->user.withheld, .trail = room->trail};
        int64_t from = room->user.trail.n;
        reco__row_join(who, &room->user, room->trail_items + from, room->weighed, room->trail.n - from,
                       model->catalog, &room->row);
    }
    TRY(reco__asker_profiles(who, model, query, room->user.user, room, err));
done:
    return status;
}
