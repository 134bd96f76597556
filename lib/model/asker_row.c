/* SPDX-License-Identifier: MIT */
#include "asker_row.h"

#include "base/sort.h"
#include "data/combine.h"

#include <math.h>

void reco__row_layout(reco__row_room *room, const reco__asker *user, int64_t n, reco__scratch *scratch)
{
    int64_t items = n > 0 ? n + user->n : 0, had = n > 0 ? n + user->n_had : 0,
            rated = n > 0 ? n + user->n_rated : 0;
    room->keys = reco__scratch_take(scratch, n, sizeof *room->keys);
    room->items = reco__scratch_take(scratch, items, sizeof *room->items);
    room->values = reco__scratch_take(scratch, items, sizeof *room->values);
    room->had = reco__scratch_take(scratch, had, sizeof *room->had);
    room->rated = reco__scratch_take(scratch, rated, sizeof *room->rated);
    room->ratings = reco__scratch_take(scratch, rated, sizeof *room->ratings);
}

reco__row_room reco__row_part(const reco__row_room *room, int64_t k)
{
    return (reco__row_room){room->keys + k, room->items + k, room->values + k,
                            room->had + k,  room->rated + k, room->ratings + k};
}

/* What somebody took, as rows that are being joined have it. */
typedef struct entry {
    int32_t item;
    float value;  /* of a taste, or 0 */
    float rating; /* NaN: not rated */
} entry;

/* The events that are joined, by item. */
typedef struct events {
    const float *values;
    uint64_t *keys; /* [n] */
    int64_t n, at;
} events;

static int32_t item_of(uint64_t key)
{
    return (int32_t)(key >> 32);
}

static bool is_next(const events *e, int32_t item)
{
    return e->at < e->n && item_of(e->keys[e->at]) == item;
}

/* ---- amounts ---- */

/* An item and a value, so that sums do not depend on the order that events came in. */
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

/* Adds the events of an item up; what would overflow adds nothing. */
static void add_amounts(entry *one, events *e)
{
    double sizes = (double)one->value;
    for (; is_next(e, one->item); e->at++) {
        float value = value_of(e->keys[e->at]), sum = one->value + value;
        one->value = isfinite(sum) ? sum : one->value;
        sizes += fabs((double)value);
    }
    one->value = (float)reco__without_dust((double)one->value, sizes);
}

/* ---- ratings ---- */

/* The last rating of an item counts; who took it and did not rate it likes it. */
static void add_ratings(entry *one, events *e, const reco__catalog *catalog)
{
    float liked = catalog->like_from > 0 ? (float)catalog->like_from : 1;
    for (; is_next(e, one->item); e->at++) {
        float rating = e->values[(uint32_t)e->keys[e->at]];
        if (isnan(rating)) {
            one->value = one->value > 0 ? one->value : liked;
        } else {
            one->rating = rating;
            one->value = reco__is_taste(catalog, rating) ? rating : 0;
        }
    }
}

/* ---- joining ---- */

static void sort_events(events *e, const int32_t *items, bool rated)
{
    for (int64_t k = 0; k < e->n; k++) {
        float value = isnan(e->values[k]) ? 1 : e->values[k];
        e->keys[k] = rated ? (uint64_t)items[k] << 32 | (uint64_t)k : key_of(items[k], value);
    }
    reco__sort_in_place(e->keys, e->n);
}

/* Where joining is in a user's rows. */
typedef struct places {
    int64_t item, had, rated;
} places;

/* The next of a user's entries or of the events' items, as the user's rows have it. False at the end of all. */
static bool take_next(const reco__asker *user, places *at, const events *e, entry *one)
{
    bool item = at->item < user->n, had = at->had < user->n_had;
    *one = (entry){INT32_MAX, 0, NAN};
    one->item = item ? user->items[at->item] : one->item;
    one->item = had && user->had[at->had] < one->item ? user->had[at->had] : one->item;
    one->item = e->at < e->n && item_of(e->keys[e->at]) < one->item ? item_of(e->keys[e->at]) : one->item;
    if (item && user->items[at->item] == one->item) {
        one->value = user->values[at->item++];
    }
    at->had += had && user->had[at->had] == one->item;
    if (at->rated < user->n_rated && user->rated[at->rated] == one->item) {
        one->rating = user->ratings[at->rated++];
    }
    return one->item < INT32_MAX;
}

static void put(reco__asker *who, const reco__row_room *room, const entry *one)
{
    if (one->value > 0) {
        room->items[who->n] = one->item;
        room->values[who->n++] = one->value;
    } else {
        room->had[who->n_had++] = one->item;
    }
    if (!isnan(one->rating)) {
        room->rated[who->n_rated] = one->item;
        room->ratings[who->n_rated++] = one->rating;
    }
}

void reco__row_join(reco__asker *who, const reco__asker *user, const int32_t *items, const float *values,
                    int64_t n, const reco__catalog *catalog, const reco__row_room *room)
{
    bool rated = catalog->values == RECO__RATED;
    events e = {values, room->keys, n, 0};
    places at = {0, 0, 0};
    who->n = who->n_had = who->n_rated = 0;
    sort_events(&e, items, rated);
    for (entry one; take_next(user, &at, &e, &one);) {
        if (is_next(&e, one.item)) {
            if (rated) {
                add_ratings(&one, &e, catalog);
            } else {
                add_amounts(&one, &e);
            }
        }
        one.rating = rated ? one.rating : one.value > 0 ? one.value : NAN;
        put(who, room, &one);
    }
    who->items = room->items;
    who->values = room->values;
    who->had = room->had;
    who->rated = room->rated;
    who->ratings = room->ratings;
}
