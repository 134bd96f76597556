/* SPDX-License-Identifier: MIT */
/* Questions: what was asked is kept as given; ids are looked up when a model is asked. */
#include "query.h"

#include "base/number.h"
#include "data/purposes.h"

#include <math.h>
#include <string.h>

reco_status reco_query_new(reco_query **out, reco_error *err)
{
    GIVEN(out);
    *out = reco__alloc_zero(1, sizeof **out);
    if (!*out) {
        return reco__out_of_memory(err);
    }
    (*out)->limit = RECO__NORMAL_LIMIT;
    return RECO_OK;
}

void reco_query_free(reco_query *query)
{
    if (query) {
        reco__bytes_free(&query->user.text);
        reco__bytes_free(&query->history.text);
        reco__bytes_free(&query->types.text);
        reco__bytes_free(&query->purpose.text);
        reco__bytes_free(&query->include.text);
        reco__bytes_free(&query->exclude.text);
        reco__free(query->told);
        reco__free(query->features);
        reco__bytes_free(&query->words);
        reco__bytes_free(&query->vectors);
        reco__where_free(&query->where);
        reco__free(query);
    }
}

static void clear(reco__id_list *list)
{
    list->text.size = 0;
    list->n = 0;
}

void reco_query_reset(reco_query *query)
{
    if (query) {
        clear(&query->user);
        clear(&query->history);
        clear(&query->types);
        clear(&query->purpose);
        clear(&query->include);
        clear(&query->exclude);
        reco__where_clear(&query->where);
        query->n_features = query->words.size = query->vectors.size = 0;
        query->asker = RECO__NOBODY;
        query->limit = RECO__NORMAL_LIMIT;
        query->offset = query->include_seen = query->says_seen = query->skip_unknown = query->has_include = 0;
        query->filter = NULL;
        query->filter_context = NULL;
    }
}

/* A new list from texts or from numbers; the old one stays on failure. */
static reco_status replace(reco__id_list *list, const char *const *texts, const int64_t *numbers, int64_t n,
                           reco_error *err)
{
    reco_status status = RECO_OK;
    reco__id_list fresh = {.n = n};
    for (int64_t k = 0; k < n; k++) {
        char digits[RECO__NUMBER_TEXT];
        const char *id = digits;
        if (texts) {
            id = texts[k];
            if (!id) {
                TRY(reco__fail(err, RECO_EINVAL, "the id at position %lld is NULL", (long long)k));
            }
        } else {
            reco__format_int(numbers[k], digits);
        }
        TRY_ALLOC(reco__bytes_add(&fresh.text, id, (int64_t)strlen(id) + 1));
    }
    reco__bytes old = list->text;
    *list = fresh;
    fresh.text = old;
done:
    reco__bytes_free(&fresh.text);
    return status;
}

/* A user replaces the events told before. */
static reco_status set_user(reco_query *query, const char *const *text, const int64_t *number,
                            reco_error *err)
{
    reco_status status = replace(&query->user, text, number, 1, err);
    if (status == RECO_OK) {
        query->asker = RECO__A_USER;
        clear(&query->history);
        clear(&query->types);
    }
    return status;
}

reco_status reco_query_user(reco_query *query, const char *user, reco_error *err)
{
    GIVEN(query, user);
    return set_user(query, &user, NULL, err);
}

reco_status reco_query_user_i64(reco_query *query, int64_t user, reco_error *err)
{
    GIVEN(query);
    return set_user(query, NULL, &user, err);
}

static reco_status set_history(reco_query *query, const char *const *texts, const int64_t *numbers,
                               const float *values, int64_t n, reco_error *err)
{
    GIVEN(query);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || texts || numbers, "'items' must not be NULL");
    for (int64_t k = 0; values && k < n; k++) {
        REQUIRE(isfinite(values[k]) && values[k] > 0,
                "'values' must be finite and above 0, position %lld is not", (long long)k);
    }
    if (!RECO__GROW(query->told, query->told_capacity, n)) {
        return reco__out_of_memory(err);
    }
    reco_status status = replace(&query->history, texts, numbers, n, err);
    if (status == RECO_OK) {
        query->asker = RECO__A_HISTORY;
        clear(&query->types);
    }
    for (int64_t k = 0; status == RECO_OK && k < n; k++) {
        query->told[k] = (reco__told){RECO_NO_TIME, values ? values[k] : NAN, -1};
    }
    return status;
}

reco_status reco_query_history(reco_query *query, const char *const *items, const float *values, int64_t n,
                               reco_error *err)
{
    return set_history(query, items, NULL, values, n, err);
}

reco_status reco_query_history_i64(reco_query *query, const int64_t *items, const float *values, int64_t n,
                                   reco_error *err)
{
    return set_history(query, NULL, items, values, n, err);
}

/* The newest time told so far. */
static int64_t newest_told(const reco_query *query)
{
    int64_t newest = RECO_NO_TIME;
    for (int64_t k = 0; k < query->history.n; k++) {
        newest = query->told[k].time > newest ? query->told[k].time : newest;
    }
    return newest;
}

reco_status reco_query_event(reco_query *query, const char *item, const char *type, float value, int64_t time,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(query, item);
    REQUIRE(isfinite(value) && value != 0, "event of item '%.80s': 'value' must be finite and not 0", item);
    int64_t newest = newest_told(query);
    REQUIRE(time == RECO_NO_TIME || time >= newest,
            "event of item '%.80s': 'time' %lld is before that of an earlier event, %lld: tell events in "
            "their order",
            item, (long long)time, (long long)newest);
    int64_t n = query->history.n, items = query->history.text.size, types = query->types.text.size;
    TRY_ALLOC(RECO__GROW(query->told, query->told_capacity, n + 1));
    TRY_ALLOC(reco__bytes_add(&query->history.text, item, (int64_t)strlen(item) + 1));
    TRY_ALLOC(!type || reco__bytes_add(&query->types.text, type, (int64_t)strlen(type) + 1));
    query->told[n] = (reco__told){time, value, type ? (int32_t)query->types.n++ : -1};
    query->history.n++;
    query->asker = query->asker == RECO__NOBODY ? RECO__A_HISTORY : query->asker;
    return RECO_OK;
done:
    query->history.text.size = items;
    query->types.text.size = types;
    return status;
}

reco_status reco_query_unknown(reco_query *query, const char *what, reco_error *err)
{
    GIVEN(query, what);
    int32_t skip = strcmp(what, "skip") == 0;
    REQUIRE(skip || strcmp(what, "refuse") == 0, "'unknown' must be one of refuse, skip, got '%.60s'", what);
    query->skip_unknown = skip;
    return RECO_OK;
}

reco_status reco_query_purpose(reco_query *query, const char *purpose, reco_error *err)
{
    GIVEN(query);
    return replace(&query->purpose, &purpose, NULL, purpose != NULL, err);
}

reco_status reco__query_needs(const reco_query *query, const reco__catalog *catalog, const char *owner,
                              int32_t *needs, reco_error *err)
{
    const reco__strings *further = &catalog->purposes;
    *needs = RECO_CONSENT_PERSONAL;
    if (query->purpose.n > 0) {
        const char *name = query->purpose.text.data;
        int32_t bit = reco__purpose_bit(further, name, (int64_t)strlen(name));
        reco__names names;
        if (bit == 0) {
            return reco__fail(err, RECO_ENOTFOUND, "%s: no purpose '%.63s'; there are: %s", owner, name,
                              reco__purposes_text(further, &names));
        }
        *needs |= bit;
    }
    return RECO_OK;
}

reco_status reco_query_limit(reco_query *query, int32_t n, reco_error *err)
{
    GIVEN(query);
    REQUIRE(n >= 0, "'limit' must not be negative, got %d", n);
    query->limit = n;
    return RECO_OK;
}

reco_status reco_query_offset(reco_query *query, int32_t n, reco_error *err)
{
    GIVEN(query);
    REQUIRE(n >= 0, "'offset' must not be negative, got %d", n);
    query->offset = n;
    return RECO_OK;
}

void reco_query_include_seen(reco_query *query, int32_t yes)
{
    if (query) {
        query->include_seen = yes != 0;
        query->says_seen = 1;
    }
}

reco_status reco_query_include(reco_query *query, const char *const *items, int64_t n, reco_error *err)
{
    GIVEN(query);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || items, "'items' must not be NULL");
    reco_status status = replace(&query->include, items, NULL, n, err);
    query->has_include = status ? query->has_include : items != NULL;
    return status;
}

reco_status reco_query_exclude(reco_query *query, const char *const *items, int64_t n, reco_error *err)
{
    GIVEN(query);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    REQUIRE(n == 0 || items, "'items' must not be NULL");
    return replace(&query->exclude, items, NULL, n, err);
}

reco_status reco_query_where(reco_query *query, const char *condition, reco_error *err)
{
    GIVEN(query);
    if (!condition) {
        reco__where_clear(&query->where);
        return RECO_OK;
    }
    return reco__where_add(&query->where, condition, err);
}

void reco_query_filter(reco_query *query, reco_filter filter, void *context)
{
    if (query) {
        query->filter = filter;
        query->filter_context = context;
    }
}
