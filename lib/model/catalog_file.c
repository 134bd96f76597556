/* SPDX-License-Identifier: MIT */
/* The ids, features and histories that every model carries, to and from its file.
 * Items' fields are numbered: "item.0.name", "item.0.kind", then what the kind has. Users' features stay out.
 */
#include "model_state.h"

#include "data/profile.h"

#include <stdio.h>
#include <string.h>

enum { MAX_FIELDS = 4096, PREFIX = 24 };

/* ---- one field ---- */

static reco_status number_field(reco__state *s, reco__field *field, int32_t n)
{
    /* NaN marks what is missing, so the finite check of reco__state_f32 is not for this array */
    if (s->mode == RECO__STATE_SAVE) {
        return reco__writer_add(s->writer, s->prefix, "numbers", RECO__F32, n, 1, field->numbers, 0, s->err);
    }
    const reco__section *section = reco__file_find(s->file, s->prefix, "numbers");
    if (!section || section->kind != RECO__F32 || section->rows != n || section->columns != 1) {
        return reco__state_refuse(s, "the numbers of a field are missing");
    }
    field->numbers = section->data;
    return RECO_OK;
}

static reco_status text_field(reco__state *s, reco__field *field, int32_t n, int32_t save_flags)
{
    if (s->mode == RECO__STATE_SAVE) {
        if ((save_flags & RECO_SAVE_WITHOUT_TEXTS) || !field->texts.offsets) {
            return RECO_OK;
        }
        return reco__state_strings(s, "texts", &field->texts, false, 0);
    }
    if (!reco__file_find(s->file, s->prefix, "texts.offsets")) {
        return RECO_OK;
    }
    reco_status status = reco__state_strings(s, "texts", &field->texts, false, 0);
    return status == RECO_OK && field->texts.n != n
               ? reco__state_refuse(s, "a field has not a text for each item")
               : status;
}

static reco_status token_field(reco__state *s, reco__field *field, int32_t n)
{
    reco_status status = RECO_OK;
    TRY(reco__state_strings(s, "vocabulary", &field->vocabulary, true, 0));
    TRY(reco__state_csr(s, "tokens", &field->tokens, n, field->vocabulary.n, 0));
    for (int64_t e = 0; reco__state_loading(s) && e < reco__csr_size(&field->tokens); e++) {
        if (!(field->tokens.value[e] > 0)) {
            TRY(reco__state_refuse(s, "a token's weight is not above 0"));
        }
    }
done:
    return status;
}

static reco_status vector_field(reco__state *s, reco__field *field, int32_t n)
{
    int64_t dimension = field->dimension;
    reco_status status = RECO_OK;
    TRY(reco__state_count(s, "dimension", &dimension, 1, RECO__MAX_VECTOR));
    field->dimension = (int32_t)dimension;
    TRY(reco__state_f32(s, "vectors", &field->vectors, n, dimension, 0));
done:
    return status;
}

static reco_status field_content(reco__state *s, reco__field *field, int32_t n, int32_t save_flags)
{
    switch (field->kind) {
    case RECO__FIELD_TOKEN:
        return token_field(s, field, n);
    case RECO__FIELD_NUMBER:
        return number_field(s, field, n);
    case RECO__FIELD_TEXT:
        return text_field(s, field, n, save_flags);
    default:
        return vector_field(s, field, n);
    }
}

/* ---- saving ---- */

static reco_status save_field(reco__field *field, int32_t k, int32_t n, reco__writer *writer,
                              int32_t save_flags, reco_error *err)
{
    char prefix[PREFIX];
    reco_status status = RECO_OK;
    int64_t kind = field->kind;
    reco__field copy = *field; /* the list calls take pointers that may be written to */
    snprintf(prefix, sizeof prefix, "item.%d.", k);
    reco__state s = {.mode = RECO__STATE_SAVE, .prefix = prefix, .writer = writer, .err = err};
    TRY(reco__writer_add(writer, prefix, "name", RECO__U8, (int64_t)strlen(field->name), 1, field->name, 0,
                         err));
    TRY(reco__writer_add(writer, prefix, "kind", RECO__I64, 1, 1, &kind, 1, err));
    if (copy.kind == RECO__FIELD_VECTOR) {
        int64_t dimension = copy.dimension;
        TRY(reco__writer_add(writer, prefix, "dimension", RECO__I64, 1, 1, &dimension, 1, err));
        TRY(reco__writer_add(writer, prefix, "vectors", RECO__F32, n, dimension, copy.vectors, 0, err));
    } else {
        TRY(field_content(&s, &copy, n, save_flags));
    }
done:
    return status;
}

reco_status reco__catalog_save(const reco__catalog *catalog, reco__writer *writer, int32_t save_flags,
                               reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__side *items = &catalog->sides[RECO_ITEM], *users = &catalog->sides[RECO_USER];
    reco__strings item_ids = items->ids, user_ids = users->ids;
    reco__state s = {.mode = RECO__STATE_SAVE, .prefix = "", .writer = writer, .err = err};
    int64_t n_fields = items->n_fields;
    TRY(reco__state_strings(&s, "item_ids", &item_ids, true, 0));
    TRY(reco__writer_add(writer, "", "item_fields", RECO__I64, 1, 1, &n_fields, 1, err));
    for (int32_t k = 0; k < items->n_fields; k++) {
        TRY(save_field(&items->fields[k], k, items->ids.n, writer, save_flags, err));
    }
    if (!(save_flags & RECO_SAVE_WITHOUT_USERS)) {
        TRY(reco__state_strings(&s, "user_ids", &user_ids, true, 0));
        TRY(reco__writer_add(writer, "", "consent", RECO__U8, user_ids.n, 1, catalog->consent, 0, err));
    }
done:
    return status;
}

/* ---- loading ---- */

static reco_status load_name(reco__state *s, reco__field *field)
{
    const reco__section *name = reco__file_find(s->file, s->prefix, "name");
    if (!name || name->kind != RECO__U8 || name->columns != 1 || name->rows < 1 ||
        name->rows > RECO__MAX_FIELD_NAME || !reco__utf8_valid(name->data, name->rows)) {
        return reco__state_refuse(s, "a field has no proper name");
    }
    field->name = reco__copy_text(name->data, name->rows);
    return field->name ? RECO_OK : reco__out_of_memory(s->err);
}

static reco_status load_field(reco__side *items, int32_t k, reco__file *file, reco_error *err)
{
    char prefix[PREFIX];
    reco_status status = RECO_OK;
    int64_t kind;
    reco__field *field = &items->fields[k];
    snprintf(prefix, sizeof prefix, "item.%d.", k);
    reco__state s = {.mode = RECO__STATE_LOAD, .prefix = prefix, .file = file, .err = err};
    TRY(load_name(&s, field));
    if (k > 0 && strcmp(items->fields[k - 1].name, field->name) >= 0) {
        TRY(reco__state_refuse(&s, "its fields are not in order"));
    }
    TRY(reco__state_count(&s, "kind", &kind, RECO__FIELD_TOKEN, RECO__FIELD_VECTOR));
    field->kind = (int32_t)kind;
    TRY(field_content(&s, field, items->ids.n, 0));
done:
    return status;
}

static reco_status load_users(reco__state *s, reco__catalog *catalog)
{
    reco_status status = RECO_OK;
    reco__strings *ids = &catalog->sides[RECO_USER].ids;
    TRY(reco__state_strings(s, "user_ids", ids, true, 0));
    catalog->sides[RECO_USER].n = ids->n;
    const reco__section *consent = reco__file_find(s->file, "", "consent");
    if (!consent || consent->kind != RECO__U8 || consent->rows != ids->n || consent->columns != 1) {
        return reco__state_refuse(s, "the users' consent is missing");
    }
    catalog->consent = consent->data;
    for (int32_t u = 0; u < ids->n; u++) {
        if (catalog->consent[u] > RECO_CONSENT_ALL) {
            return reco__state_refuse(s, "a user's consent is out of its range");
        }
    }
done:
    return status;
}

reco_status reco__catalog_load(reco__catalog **out, reco__file *file, int32_t without_users, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__state s = {.mode = RECO__STATE_LOAD, .prefix = "", .file = file, .err = err};
    int64_t n_fields;
    reco__catalog *catalog = reco__alloc_zero(1, sizeof *catalog);
    TRY_ALLOC(catalog);
    atomic_init(&catalog->owners, 1);
    catalog->block = reco__block_share(file->block);
    reco__side *items = &catalog->sides[RECO_ITEM];
    TRY(reco__state_strings(&s, "item_ids", &items->ids, true, 0));
    TRY(reco__state_count(&s, "item_fields", &n_fields, 0, MAX_FIELDS));
    TRY_ALLOC(items->fields = reco__alloc_zero(n_fields, sizeof *items->fields));
    for (int32_t k = 0; k < n_fields; k++) {
        items->n_fields = k + 1; /* so that a failure frees what this field took */
        TRY(load_field(items, k, file, err));
    }
    items->n = items->ids.n;
    TRY(reco__profile_number(items, err));
    if (!without_users) {
        TRY(load_users(&s, catalog));
    }
    *out = catalog;
    return RECO_OK;
done:
    reco__catalog_release(catalog);
    return status;
}
