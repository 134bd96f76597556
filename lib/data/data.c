/* SPDX-License-Identifier: MIT */
/* What a data set tells of itself. */
#include "data.h"

#include "base/error.h"
#include "base/memory.h"
#include "purposes.h"

#include <string.h>

void reco_data_free(reco_data *data)
{
    if (data) {
        reco__csr_free(&data->by_item);
        reco__log_release(data->log);
        reco__history_release(data->history);
        reco__catalog_release(data->catalog);
        reco__free(data);
    }
}

int64_t reco_data_count(const reco_data *data, const char *name)
{
    if (!data) {
        return -1;
    }
    const reco__count counts[] = {
        {"users", reco__data_users(data)},
        {"items", reco__data_items(data)},
        {"pairs", reco__csr_size(&data->history->x)},
        {"events", data->events},
        {"users_without_consent", data->users_without_consent},
        {"events_without_consent", data->events_without_consent},
        {"events_rare", data->events_rare},
        {"pairs_had", reco__csr_size(&data->history->had)},
        {"pairs_returned", data->pairs_returned},
        {"events_returned", data->events_returned},
        {"types", data->catalog->types.names.n},
        {"contexts", data->catalog->sides[RECO_CONTEXT].n},
    };
    return reco__count_by_name(counts, sizeof counts / sizeof *counts, name);
}

reco_status reco_data_times(const reco_data *data, int64_t *first, int64_t *last, reco_error *err)
{
    GIVEN(data, first, last);
    *first = data->first_time;
    *last = data->last_time;
    return RECO_OK;
}

static const reco__strings *ids_of(const reco_data *data, int32_t side)
{
    return data && (side == RECO_USER || side == RECO_ITEM) ? &data->catalog->sides[side].ids : NULL;
}

const char *reco_data_id(const reco_data *data, int32_t side, int32_t index)
{
    const reco__strings *ids = ids_of(data, side);
    return ids && index >= 0 && index < ids->n ? reco__string(ids, index) : NULL;
}

reco_status reco_data_find(const reco_data *data, int32_t side, const char *id, int32_t *index,
                           reco_error *err)
{
    const reco__strings *ids = ids_of(data, side);
    GIVEN(data, id, index);
    REQUIRE(ids, "side must be RECO_USER or RECO_ITEM, got %d", side);
    int32_t found = reco__strings_find(ids, id, (int64_t)strlen(id));
    if (found < 0) {
        return reco__fail(err, RECO_ENOTFOUND, "no %s '%.80s'", side == RECO_USER ? "user" : "item", id);
    }
    *index = found;
    return RECO_OK;
}

int32_t reco_data_consent(const reco_data *data, int32_t user)
{
    return data && user >= 0 && user < reco__data_users(data) ? data->catalog->consent[user]
                                                              : RECO_CONSENT_NONE;
}

const char *reco_data_purpose(const reco_data *data, int32_t index)
{
    return data ? reco__purpose_name(&data->catalog->purposes, index) : NULL;
}

reco_status reco_data_row(const reco_data *data, int32_t user, const int32_t **items, const float **values,
                          int64_t *n, reco_error *err)
{
    GIVEN(data, items, values, n);
    REQUIRE(user >= 0 && user < reco__data_users(data), "user must be in [0, %d), got %d",
            reco__data_users(data), user);
    const reco__csr *x = &data->history->x;
    *items = x->index + x->start[user];
    *values = x->value + x->start[user];
    *n = x->start[user + 1] - x->start[user];
    return RECO_OK;
}

const char *reco_data_field(const reco_data *data, int32_t side, int32_t index, int32_t *kind)
{
    return data ? reco__catalog_name(data->catalog, side, index, kind) : NULL;
}

const char *reco_data_type(const reco_data *data, int32_t index)
{
    return data ? reco__type_name(&data->catalog->types, index) : NULL;
}

/* *out = value, unless nobody asks. */
#define GIVE(out, value)                                                                                     \
    do {                                                                                                     \
        if (out) {                                                                                           \
            *(out) = (value);                                                                                \
        }                                                                                                    \
    } while (0)

reco_status reco_data_trail(const reco_data *data, int32_t user, const int32_t **items, const float **values,
                            const int64_t **times, const uint8_t **types, int64_t *n, reco_error *err)
{
    GIVEN(data);
    REQUIRE(user >= 0 && user < reco__data_users(data), "user must be in [0, %d), got %d",
            reco__data_users(data), user);
    reco__trail trail = reco__log_trail(data->log, user, INT64_MAX);
    GIVE(items, trail.items);
    GIVE(values, trail.values);
    GIVE(times, trail.times);
    GIVE(types, trail.types);
    GIVE(n, trail.n);
    return RECO_OK;
}

reco_status reco_data_matrix(const reco_data *data, const int64_t **offsets, const int32_t **items,
                             const float **values, reco_error *err)
{
    GIVEN(data, offsets, items, values);
    *offsets = data->history->x.start;
    *items = data->history->x.index;
    *values = data->history->x.value;
    return RECO_OK;
}
