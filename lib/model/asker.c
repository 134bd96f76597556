/* SPDX-License-Identifier: MIT */
#include "asker.h"

#include "base/sort.h"

#include <math.h>

reco__asker reco__asker_user(const reco_model *model, int32_t user)
{
    const reco__history *history = model->history;
    int64_t start = history->x.start[user], end = history->x.start[user + 1];
    if (!(model->catalog->consent[user] & RECO_CONSENT_PERSONAL)) {
        return (reco__asker){.user = -1};
    }
    return (reco__asker){
        .user = user,
        .items = history->x.index + start,
        .values = history->x.value + start,
        .times = history->times && (model->algo->traits & (RECO__KEEPS_TIMES | RECO__HYBRID))
                     ? history->times + start
                     : NULL,
        .n = end - start,
    };
}

void reco__asker_layout(reco__asker_room *room, const reco_query *query, reco__scratch *scratch)
{
    int64_t n = query->asker == RECO__A_HISTORY ? query->history.n : 0;
    room->items = reco__scratch_take(scratch, n, sizeof *room->items);
    room->values = reco__scratch_take(scratch, n, sizeof *room->values);
    room->keys = reco__scratch_take(scratch, n, sizeof *room->keys);
}

/* An item and a value above 0, whose bits are in the order of the values: so sums do not depend on the order given. */
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

/* The history as a row: items ascending, values of the same item added up. */
static reco_status find_history(reco__asker *who, const reco_model *model, const reco_query *query,
                                const reco__asker_room *room, reco_error *err)
{
    int64_t n = query->history.n, kept = 0;
    reco_status status = reco__find_items(model, &query->history, room->items, err);
    if (status) {
        return status;
    }
    for (int64_t k = 0; k < n; k++) {
        room->keys[k] = key_of(room->items[k], query->values[k]);
    }
    reco__sort_in_place(room->keys, n);
    for (int64_t k = 0; k < n; k++) {
        int32_t item = (int32_t)(room->keys[k] >> 32);
        float value = value_of(room->keys[k]);
        if (kept > 0 && room->items[kept - 1] == item) {
            float sum = room->values[kept - 1] + value;
            room->values[kept - 1] = isfinite(sum) ? sum : room->values[kept - 1];
        } else {
            room->items[kept] = item;
            room->values[kept++] = value;
        }
    }
    *who = (reco__asker){.user = -1, .items = room->items, .values = room->values, .n = kept};
    return RECO_OK;
}

reco_status reco__asker_find(reco__asker *who, const reco_model *model, const reco_query *query,
                             const reco__asker_room *room, reco_error *err)
{
    int32_t user;
    *who = (reco__asker){.user = -1};
    if (query->asker == RECO__A_HISTORY) {
        return find_history(who, model, query, room, err);
    }
    if (query->asker == RECO__A_USER) {
        reco_status status = reco_model_find(model, RECO_USER, query->user.text.data, &user, err);
        if (status) {
            return status;
        }
        *who = reco__asker_user(model, user);
    }
    return RECO_OK;
}
