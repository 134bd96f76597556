/* SPDX-License-Identifier: MIT */
/* The shared pieces of a data set: their owners, and the list of what they hold. */
#include "data.h"

#include "base/memory.h"
#include "profile.h"
#include "purposes.h"
#include "store/walk.h"

#include <string.h>

/* ---- the catalog ---- */

reco__catalog *reco__catalog_new(reco__block *block)
{
    reco__catalog *catalog = reco__alloc_zero(1, sizeof *catalog);
    if (catalog) {
        atomic_init(&catalog->owners, 1);
        catalog->block = reco__block_share(block);
    }
    return catalog;
}

reco__catalog *reco__catalog_share(reco__catalog *catalog)
{
    atomic_fetch_add(&catalog->owners, 1);
    return catalog;
}

void reco__catalog_release(reco__catalog *catalog)
{
    if (catalog && atomic_fetch_sub(&catalog->owners, 1) == 1) {
        reco__state s = reco__walk_free(catalog->block);
        reco__catalog_state(catalog, &s);
        reco__block_release(catalog->block);
        reco__free(catalog);
    }
}

static bool all_positive(const reco__csr *x)
{
    for (int64_t e = 0; e < reco__csr_size(x); e++) {
        if (!(x->value[e] > 0)) {
            return false;
        }
    }
    return true;
}

static reco_status list_field(reco__field *field, reco__state *s, int64_t axis)
{
    reco_status status = RECO_OK;
    TRY(reco__state_text(s, "name", &field->name, RECO__MAX_FIELD_NAME, 0));
    TRY(reco__state_int(s, "kind", &field->kind, RECO__FIELD_TOKEN, RECO__FIELD_VECTOR));
    switch (field->kind) {
    case RECO__FIELD_TOKEN:
        TRY(reco__state_strings(s, "vocabulary", &field->vocabulary, RECO__ANY, true, 0));
        TRY(reco__state_csr(s, "tokens", &field->tokens, axis, field->vocabulary.n, 0));
        return reco__state_loading(s) && !all_positive(&field->tokens)
                   ? reco__state_refuse(s, "a token's weight is not above 0")
                   : RECO_OK;
    case RECO__FIELD_NUMBER:
        return reco__state_f32(s, "numbers", &field->numbers, axis, 1, RECO__GAPS);
    case RECO__FIELD_TEXT:
        return reco__state_strings(s, "texts", &field->texts, axis, false, RECO__TEXTS | RECO__OPTIONAL);
    default:
        TRY(reco__state_int(s, "dimension", &field->dimension, 1, RECO__MAX_VECTOR));
        return reco__state_f32(s, "vectors", &field->vectors, axis, field->dimension, 0);
    }
done:
    return status;
}

/* As "item_fields", how many, and "item.0.name", "item.0.kind", then what the kind has. */
static reco_status list_fields(reco__side *side, reco__state *s, const char *name, const char *each,
                               int64_t axis)
{
    reco_status status = RECO_OK;
    void **fields = (void **)&side->fields;
    TRY(reco__state_structs(s, name, fields, &side->n_fields, RECO__MAX_FIELDS, sizeof *side->fields));
    for (int32_t k = 0; k < side->n_fields; k++) {
        int32_t before = reco__state_begin(s, each, k);
        TRY(list_field(&side->fields[k], s, axis));
        if (reco__state_loading(s) && k > 0 && strcmp(side->fields[k - 1].name, side->fields[k].name) >= 0) {
            return reco__state_refuse(s, "its fields are not in order");
        }
        reco__state_end(s, before);
    }
    reco__state_structs_end(s, fields);
    TRY(reco__state_loading(s) ? reco__profile_number(side, s->err) : RECO_OK);
done:
    return status;
}

/* Of a catalog that was loaded, which may hold anything. */
static reco_status check_consent(const reco__catalog *catalog, reco__state *s)
{
    const reco__strings *purposes = &catalog->purposes;
    if (purposes->n > RECO__MAX_PURPOSES - RECO__BUILT_IN_PURPOSES) {
        return reco__state_refuse(s, "it has too many purposes");
    }
    for (int32_t k = 0; k < purposes->n; k++) {
        const reco__strings before = {k, purposes->offsets, purposes->bytes};
        const char *name = reco__string(purposes, k);
        int64_t length = reco__string_length(purposes, k);
        if (!reco__purpose_good(name, length) || reco__purpose_bit(&before, name, length)) {
            return reco__state_refuse(s, "a purpose has no proper name");
        }
    }
    for (int32_t u = 0; catalog->consent && u < catalog->sides[RECO_USER].n; u++) {
        if (catalog->consent[u] == RECO_CONSENT_NONE || !reco__consent_good(purposes, catalog->consent[u])) {
            return reco__state_refuse(s, "a user's consent is none that it can have");
        }
    }
    return RECO_OK;
}

reco_status reco__catalog_state(reco__catalog *catalog, reco__state *s)
{
    reco_status status = RECO_OK;
    reco__side *users = &catalog->sides[RECO_USER], *items = &catalog->sides[RECO_ITEM];
    reco__side *contexts = &catalog->sides[RECO_CONTEXT];
    TRY(reco__state_strings(s, "user_ids", &users->ids, RECO__USERS, true, 0));
    TRY(reco__state_i32(s, "consent", &catalog->consent, RECO__USERS, 1, INT32_MIN, INT32_MAX, 0));
    TRY(reco__state_strings(s, "purposes", &catalog->purposes, RECO__ANY, false, 0));
    TRY(reco__state_strings(s, "item_ids", &items->ids, RECO__ITEMS, true, 0));
    if (reco__state_loading(s)) {
        users->n = users->ids.n;
        items->n = items->ids.n;
        TRY(check_consent(catalog, s));
    }
    TRY(list_fields(items, s, "item_fields", "item", RECO__ITEMS));
    TRY(list_fields(users, s, "user_fields", "user", RECO__USERS));
    /* of contexts files hold what they are made of, not which there were */
    TRY(list_fields(contexts, s, "context_fields", "context", reco__state_stored(s) ? 0 : contexts->n));
    TRY(reco__state_strings(s, "types", &catalog->types.names, RECO__ANY, false, 0));
    TRY(reco__state_int(s, "values", &catalog->values, RECO__AMOUNTS, RECO__RATED));
    TRY(reco__state_number(s, "like_from", &catalog->like_from));
    if (reco__state_loading(s) &&
        (catalog->like_from < 0 || (catalog->like_from > 0 && catalog->values == RECO__AMOUNTS))) {
        return reco__state_refuse(s, "it likes from a rating that is none");
    }
    TRY(reco__state_f64(s, "type_weights", &catalog->types.weights, catalog->types.names.n, 1, 0));
    if (reco__state_loading(s) && catalog->types.names.n > RECO__MAX_TYPES) {
        return reco__state_refuse(s, "it has too many types of events");
    }
done:
    return status;
}

const reco__field *reco__catalog_field(const reco__catalog *catalog, int32_t side, const char *name)
{
    const reco__side *s = &catalog->sides[side];
    for (int32_t low = 0, high = s->n_fields; low < high;) {
        int32_t middle = low + (high - low) / 2, order = strcmp(s->fields[middle].name, name);
        if (order == 0) {
            return &s->fields[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const char *reco__catalog_name(const reco__catalog *catalog, int32_t side, int32_t index, int32_t *kind)
{
    if (!catalog || side < RECO_USER || side > RECO_CONTEXT || index < 0 ||
        index >= catalog->sides[side].n_fields) {
        return NULL;
    }
    const reco__field *field = &catalog->sides[side].fields[index];
    if (kind) {
        *kind = field->kind;
    }
    return field->name;
}

/* ---- histories ---- */

reco__history *reco__history_new(reco__block *block)
{
    reco__history *history = reco__alloc_zero(1, sizeof *history);
    if (history) {
        atomic_init(&history->owners, 1);
        history->block = reco__block_share(block);
    }
    return history;
}

reco__history *reco__history_share(reco__history *history)
{
    if (history) {
        atomic_fetch_add(&history->owners, 1);
    }
    return history;
}

void reco__history_release(reco__history *history)
{
    if (history && atomic_fetch_sub(&history->owners, 1) == 1) {
        reco__state s = reco__walk_free(history->block);
        reco__history_state(history, &s, true);
        reco__block_release(history->block);
        reco__free(history);
    }
}

/* Whether rows of items ascend, and none holds what the row of another matrix holds. */
static bool apart(const reco__csr *rows, const reco__csr *other)
{
    for (int32_t u = 0; u < rows->rows; u++) {
        for (int64_t e = rows->start[u]; e < rows->start[u + 1]; e++) {
            if ((e > rows->start[u] && rows->index[e - 1] >= rows->index[e]) ||
                reco__csr_has(other, u, rows->index[e])) {
                return false;
            }
        }
    }
    return true;
}

/* Whether rows hold what the rows of two others, which are apart, hold together. */
static bool together(const reco__csr *rows, const reco__csr *one, const reco__csr *other)
{
    bool all = reco__csr_size(rows) == reco__csr_size(one) + reco__csr_size(other);
    for (int32_t u = 0; u < rows->rows && all; u++) {
        for (int64_t e = rows->start[u]; e < rows->start[u + 1]; e++) {
            all = all && (reco__csr_has(one, u, rows->index[e]) ||
                          (other->start && reco__csr_has(other, u, rows->index[e])));
        }
    }
    return all;
}

reco_status reco__history_state(reco__history *history, reco__state *s, bool rates)
{
    reco_status status = RECO_OK;
    reco__csr *x = &history->x, *had = &history->had, *rated = &history->rated;
    bool own = rated->start != x->start || !x->start; /* or there is nothing yet */
    const reco__per_entry items = {".index", RECO__I32, (const void **)&had->index, RECO__ITEMS, 0};
    TRY(reco__state_csr(s, "history", x, RECO__USERS, RECO__ITEMS, 0));
    if (reco__state_loading(s) && !all_positive(x)) {
        return reco__state_refuse(s, "a history holds a value that is not above 0");
    }
    TRY(reco__state_rows(s, "had", &had->start, RECO__USERS, &items, 1, RECO__OPTIONAL));
    if ((reco__state_loading(s) || reco__state_carried(s)) && had->start) {
        had->rows = x->rows;
        had->columns = x->columns;
    }
    if (reco__state_loading(s) && had->start && !apart(had, x)) {
        return reco__state_refuse(s, "what a user had is not in order, or is a taste too");
    }
    TRY(rates && own ? reco__state_csr(s, "ratings", rated, RECO__USERS, RECO__ITEMS, RECO__OPTIONAL)
                     : RECO_OK);
    if (reco__state_loading(s) && rated->start && !together(rated, x, had)) {
        return reco__state_refuse(s, "what a user rated is not what the user had");
    }
done:
    return status;
}
