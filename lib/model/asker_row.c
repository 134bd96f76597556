/* SPDX-License-Identifier: MIT */
#include "asker_row.h"

#include "base/sort.h"
#include "data/combine.h"

#include <math.h>

void reco__row_layout(reco__row_room *room, const reco__asker *user, int64_t n, reco__scratch *scratch)
{
    int64_t items = n > 0 ? n + user->n : 0, had = n > 0 ? n + user->n_had : 0;
    room->keys = reco__scratch_take(scratch, n, sizeof *room->keys);
    room->items = reco__scratch_take(scratch, items, sizeof *room->items);
    room->values = reco__scratch_take(scratch, items, sizeof *room->values);
    room->had = reco__scratch_take(scratch, had, sizeof *room->had);
}

/* An item and a value, so that events of an item come together, and sums do not depend on the order they came in. */
static uint64_t key_of(int32_t item, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint64_t)item << 32 | bits;
}

static int32_t item_of(uint64_t key)
{
    return (int32_t)(key >> 32);
}

static float value_of(uint64_t key)
{
    float value;
    uint32_t bits = (uint32_t)key;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The total of the events of an item, of which n keys begin, past which *at moves; what would overflow adds nothing. */
static float add_up(const uint64_t *keys, int64_t n, int64_t *at, float total)
{
    double sizes = (double)total;
    for (int32_t item = item_of(keys[*at]); *at < n && item_of(keys[*at]) == item; ++*at) {
        float value = value_of(keys[*at]), sum = total + value;
        total = isfinite(sum) ? sum : total;
        sizes += fabs((double)value);
    }
    return (float)reco__without_dust((double)total, sizes);
}

/* The smallest of what is next in each, INT32_MAX at the end of all. */
static int32_t next_item(const reco__asker *user, int64_t u, int64_t h, const uint64_t *keys, int64_t n,
                         int64_t at)
{
    int32_t item = u < user->n ? user->items[u] : INT32_MAX;
    item = h < user->n_had && user->had[h] < item ? user->had[h] : item;
    return at < n && item_of(keys[at]) < item ? item_of(keys[at]) : item;
}

void reco__row_join(reco__asker *who, const reco__asker *user, const int32_t *items, const float *values,
                    int64_t n, const reco__row_room *room)
{
    int64_t kept = 0, had = 0, u = 0, h = 0, at = 0;
    for (int64_t k = 0; k < n; k++) {
        room->keys[k] = key_of(items[k], values[k]);
    }
    reco__sort_in_place(room->keys, n);
    for (int32_t item; (item = next_item(user, u, h, room->keys, n, at)) < INT32_MAX;) {
        float total = 0;
        if (u < user->n && user->items[u] == item) {
            total = user->values[u++];
        }
        h += h < user->n_had && user->had[h] == item;
        if (at < n && item_of(room->keys[at]) == item) {
            total = add_up(room->keys, n, &at, total);
        }
        if (total > 0) {
            room->items[kept] = item;
            room->values[kept++] = total;
        } else {
            room->had[had++] = item;
        }
    }
    who->items = room->items;
    who->values = room->values;
    who->n = kept;
    who->had = room->had;
    who->n_had = had;
}
