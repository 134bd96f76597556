/* SPDX-License-Identifier: MIT */
#include "state.h"

#include "base/number.h"
#include "model_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- one array ---- */

/* Where an array stands and what it is; columns known, rows maybe not (-1: any number when loading). */
typedef struct array {
    const char *name, *suffix;
    uint32_t kind;
    const void **at;
    int64_t *rows;
    int64_t columns;
} array;

static reco_status refuse(const reco__state *s, const char *name, const char *reason)
{
    return reco__fail(s->err, RECO_EFORMAT, "damaged model file: '%s%s' %s", s->prefix, name, reason);
}

static bool left_out(const reco__state *s, int32_t flags)
{
    bool stored = s->mode == RECO__STATE_SAVE || s->mode == RECO__STATE_LOAD;
    return stored && ((flags & RECO__DERIVED) || ((flags & RECO__OF_USERS) && s->without_users));
}

static reco_status load_array(reco__state *s, const array *a, const char *name)
{
    const reco__section *section = reco__file_find(s->file, s->prefix, name);
    if (!section) {
        return refuse(s, name, "is missing");
    }
    if (section->kind != a->kind || section->columns != a->columns ||
        (*a->rows >= 0 && section->rows != *a->rows)) {
        return refuse(s, name, "has not the shape it should have");
    }
    *a->rows = section->rows;
    *a->at = section->data;
    return RECO_OK;
}

static reco_status check_finite(const reco__state *s, const float *values, int64_t n, const char *name)
{
    return reco__all_finite(values, n)
               ? RECO_OK
               : reco__fail(s->err, RECO_ENUMERIC,
                            "the fit gave a number in '%s' that is not finite: are there values too large?",
                            name);
}

static reco_status visit(reco__state *s, const array *a, int32_t flags)
{
    char name[RECO__SECTION_NAME];
    int64_t bytes;
    if (left_out(s, flags)) {
        return RECO_OK;
    }
    snprintf(name, sizeof name, "%s%s", a->name, a->suffix);
    switch (s->mode) {
    case RECO__STATE_SAVE:
        return reco__writer_add(s->writer, s->prefix, name, a->kind, *a->rows, a->columns, *a->at, 0, s->err);
    case RECO__STATE_LOAD:
        return load_array(s, a, name);
    case RECO__STATE_FREE:
        if (!s->borrowed || (flags & RECO__DERIVED)) {
            reco__free(*a->at);
        }
        *a->at = NULL;
        return RECO_OK;
    case RECO__STATE_CHECK:
        return a->kind == RECO__F32 && *a->at ? check_finite(s, *a->at, *a->rows * a->columns, a->name)
                                              : RECO_OK;
    default:
        if (*a->at && reco__mul(*a->rows, a->columns, &bytes) &&
            reco__mul(bytes, reco__kind_size(a->kind), &bytes)) {
            s->bytes += bytes;
        }
        return RECO_OK;
    }
}

/* ---- what algorithms call ---- */

reco_status reco__state_f32(reco__state *s, const char *name, const float **values, int64_t rows,
                            int64_t columns, int32_t flags)
{
    array a = {name, "", RECO__F32, (const void **)values, &rows, columns};
    reco_status status = visit(s, &a, flags);
    if (status == RECO_OK && s->mode == RECO__STATE_LOAD && !left_out(s, flags) &&
        !reco__all_finite(*values, rows * columns)) {
        return refuse(s, name, "holds a number that is not finite");
    }
    return status;
}

reco_status reco__state_i32(reco__state *s, const char *name, const int32_t **values, int64_t rows,
                            int64_t columns, int32_t low, int32_t high, int32_t flags)
{
    array a = {name, "", RECO__I32, (const void **)values, &rows, columns};
    reco_status status = visit(s, &a, flags);
    if (status == RECO_OK && s->mode == RECO__STATE_LOAD && !left_out(s, flags)) {
        for (int64_t k = 0; k < rows * columns; k++) {
            if ((*values)[k] < low || (*values)[k] > high) {
                return refuse(s, name, "holds a number out of its range");
            }
        }
    }
    return status;
}

/* Numbers live in the model itself: they are copied in and out, and never freed. */
static reco_status scalar(reco__state *s, const char *name, uint32_t kind, void *value)
{
    int64_t one = 1;
    const void *from = value;
    array a = {name, "", kind, &from, &one, 1};
    if (s->mode == RECO__STATE_FREE || s->mode == RECO__STATE_CHECK) {
        return RECO_OK;
    }
    reco_status status = visit(s, &a, 0);
    if (status == RECO_OK && s->mode == RECO__STATE_LOAD) {
        memcpy(value, from, 8);
    }
    return status;
}

reco_status reco__state_number(reco__state *s, const char *name, double *value)
{
    reco_status status = scalar(s, name, RECO__F64, value);
    if (status == RECO_OK && s->mode == RECO__STATE_LOAD && !isfinite(*value)) {
        return refuse(s, name, "is not finite");
    }
    return status;
}

reco_status reco__state_count(reco__state *s, const char *name, int64_t *value, int64_t low, int64_t high)
{
    reco_status status = scalar(s, name, RECO__I64, value);
    if (status == RECO_OK && s->mode == RECO__STATE_LOAD && (*value < low || *value > high)) {
        return refuse(s, name, "is out of its range");
    }
    return status;
}

reco_status reco__state_csr(reco__state *s, const char *name, reco__csr *x, int32_t rows, int32_t columns,
                            int32_t flags)
{
    reco_status status = RECO_OK;
    bool loads = s->mode == RECO__STATE_LOAD && !left_out(s, flags);
    int64_t starts = (int64_t)rows + 1, entries = loads ? -1 : reco__csr_size(x), same = entries;
    array start = {name, ".start", RECO__I64, (const void **)&x->start, &starts, 1};
    array index = {name, ".index", RECO__I32, (const void **)&x->index, &entries, 1};
    array value = {name, ".value", RECO__F32, (const void **)&x->value, &same, 1};
    TRY(visit(s, &index, flags));
    same = entries;
    TRY(visit(s, &value, flags));
    TRY(visit(s, &start, flags));
    if (loads) {
        x->rows = rows;
        x->columns = columns;
        if (!reco__csr_valid(x, entries)) {
            return refuse(s, name, "is no sparse matrix");
        }
    }
done:
    return status;
}

reco_status reco__state_strings(reco__state *s, const char *name, reco__strings *strings, bool sorted,
                                int32_t flags)
{
    reco_status status = RECO_OK;
    bool loads = s->mode == RECO__STATE_LOAD && !left_out(s, flags);
    int64_t starts = loads ? -1 : (int64_t)strings->n + 1;
    int64_t bytes = loads || !strings->offsets ? -1 : strings->offsets[strings->n];
    array offsets = {name, ".offsets", RECO__I64, (const void **)&strings->offsets, &starts, 1};
    array text = {name, ".bytes", RECO__U8, (const void **)&strings->bytes, &bytes, 1};
    TRY(visit(s, &text, flags));
    TRY(visit(s, &offsets, flags));
    if (loads) {
        if (starts < 1 || starts > INT32_MAX) {
            return refuse(s, name, "is no table of strings");
        }
        strings->n = (int32_t)(starts - 1);
        if (!reco__strings_valid(strings, bytes, sorted)) {
            return refuse(s, name, "is no table of strings");
        }
    }
done:
    return status;
}

bool reco__state_loading(const reco__state *s)
{
    return s->mode == RECO__STATE_LOAD;
}

reco_status reco__state_refuse(reco__state *s, const char *reason)
{
    return reco__fail(s->err, RECO_EFORMAT, "damaged model file: %s", reason);
}

/* ---- what the core does with it ---- */

reco_status reco__state_check(reco_model *model, reco_error *err)
{
    reco__state s = {.mode = RECO__STATE_CHECK, .prefix = "", .err = err};
    return model->algo->state(model, &s);
}

void reco__state_free(reco_model *model)
{
    reco__state s = {.mode = RECO__STATE_FREE, .prefix = "", .borrowed = model->block != NULL};
    model->algo->state(model, &s);
}

static int64_t carried_bytes(const reco_model *model)
{
    int64_t bytes = model->n_items * (int64_t)sizeof(float);
    if (model->history) {
        int64_t entries = reco__csr_size(&model->history->x);
        bytes += entries * 8 + ((int64_t)model->n_users + 1) * 8 + (model->history->times ? entries * 8 : 0);
    }
    for (int32_t side = RECO_USER; model->catalog && side <= RECO_ITEM; side++) {
        const reco__strings *ids = &model->catalog->sides[side].ids;
        bytes += ids->offsets ? ids->offsets[ids->n] + ((int64_t)ids->n + 1) * 8 : 0;
    }
    return bytes;
}

int64_t reco__state_bytes(const reco_model *model)
{
    if (!model->fitted) {
        return 0;
    }
    reco__state s = {.mode = RECO__STATE_BYTES, .prefix = ""};
    model->algo->state((reco_model *)model, &s);
    for (int32_t k = 0; k < model->n_parts; k++) {
        s.bytes += reco__state_bytes(model->parts[k]);
    }
    return s.bytes + (model->popularity ? carried_bytes(model) : 0);
}

reco_status reco__state_save(reco_model *model, reco__writer *writer, const char *prefix, int32_t save_flags,
                             reco_error *err)
{
    reco__state s = {.mode = RECO__STATE_SAVE,
                     .prefix = prefix,
                     .writer = writer,
                     .err = err,
                     .without_users = save_flags & RECO_SAVE_WITHOUT_USERS};
    return model->algo->state(model, &s);
}

reco_status reco__state_load(reco_model *model, reco__file *file, const char *prefix, int32_t without_users,
                             reco_error *err)
{
    reco__state s = {
        .mode = RECO__STATE_LOAD, .prefix = prefix, .file = file, .err = err, .without_users = without_users};
    return model->algo->state(model, &s);
}
