/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "base/memory.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- save ---- */

static reco_status save(reco__state *s, reco__array *a)
{
    const void *data = *a->at;
    bool own = (a->flags & RECO__COPIED) != 0;
    if (!data && (a->flags & RECO__OPTIONAL)) {
        return RECO_OK;
    }
    if (own) {
        data = reco__copy_text(data, a->rows * a->columns * reco__kind_size(a->kind));
    }
    return reco__file_add(s->file, s->prefix, a->name,
                          (reco__section){.kind = a->kind,
                                          .flags = a->flags & RECO__OPTIONAL ? RECO__SECTION_OPTIONAL : 0,
                                          .rows = a->rows,
                                          .columns = a->columns,
                                          .data = data,
                                          .owned = own},
                          s->err);
}

reco__state reco__walk_save(reco__file *file, int32_t without, reco_error *err)
{
    return (reco__state){
        .visit = save, .version = UINT32_MAX, .without = without | RECO__DERIVED, .file = file, .err = err};
}

/* ---- load ---- */

static reco_status refuse(const reco__state *s, const reco__array *a, const char *reason)
{
    return reco__fail(s->err, RECO_EFORMAT, "damaged model file: '%s%s' %s", s->prefix, a->name, reason);
}

static int64_t whole(const reco__array *a, int64_t k)
{
    return a->kind == RECO__U8    ? ((const uint8_t *)*a->at)[k]
           : a->kind == RECO__I32 ? ((const int32_t *)*a->at)[k]
                                  : ((const int64_t *)*a->at)[k];
}

static bool all_finite(const reco__array *a)
{
    int64_t n = a->rows * a->columns;
    if (a->kind == RECO__F32) {
        return (a->flags & RECO__GAPS) || reco__all_finite(*a->at, n);
    }
    for (int64_t k = 0; a->kind == RECO__F64 && k < n; k++) {
        if (!isfinite(((const double *)*a->at)[k])) {
            return false;
        }
    }
    return true;
}

static reco_status check_values(const reco__state *s, const reco__array *a)
{
    bool all = a->low == INT64_MIN && a->high == INT64_MAX;
    if (!all_finite(a)) {
        return refuse(s, a, "holds a number that is not finite");
    }
    for (int64_t k = 0; !all && a->kind <= RECO__I64 && k < a->rows * a->columns; k++) {
        int64_t value = whole(a, k);
        if (value < a->low || value > a->high) {
            return refuse(s, a, "holds a number out of its range");
        }
    }
    return RECO_OK;
}

static reco_status load(reco__state *s, reco__array *a)
{
    reco__section *section = reco__file_find(s->file, s->prefix, a->name);
    if (!section) {
        return a->flags & RECO__OPTIONAL ? RECO_OK : refuse(s, a, "is missing");
    }
    if (section->kind != a->kind || section->columns != a->columns ||
        (a->rows >= 0 && section->rows != a->rows)) {
        return refuse(s, a, "has not the shape it should have");
    }
    a->rows = section->rows;
    *a->at = section->data;
    section->owned = section->owned && (a->flags & RECO__SCALAR); /* what was carried is the object's now */
    return s->loading ? check_values(s, a) : RECO_OK;
}

reco__state reco__walk_load(reco__file *file, int32_t without, reco_error *err)
{
    return (reco__state){.visit = load,
                         .without = without | RECO__DERIVED,
                         .fills = true,
                         .loading = true,
                         .file = file,
                         .err = err};
}

reco__state reco__walk_take(reco__file *file, int32_t without, reco_error *err)
{
    return (reco__state){.visit = load,
                         .version = UINT32_MAX,
                         .without = without | RECO__DERIVED,
                         .fills = true,
                         .file = file,
                         .err = err};
}

/* ---- free ---- */

static reco_status release(reco__state *s, reco__array *a)
{
    uintptr_t at = (uintptr_t)*a->at, block = s->block ? (uintptr_t)s->block->data : 0;
    if (!block || at < block || at - block >= (uintptr_t)s->block->size) {
        reco__free(*a->at);
    }
    *a->at = NULL;
    return RECO_OK;
}

reco__state reco__walk_free(const reco__block *block)
{
    return (reco__state){
        .visit = release, .version = UINT32_MAX, .without = RECO__SCALAR, .frees = true, .block = block};
}

/* ---- ask ---- */

static reco_status add_bytes(reco__state *s, reco__array *a)
{
    int64_t bytes;
    if (*a->at && reco__mul(a->rows, a->columns, &bytes) &&
        reco__mul(bytes, reco__kind_size(a->kind), &bytes)) {
        s->bytes += bytes;
    }
    return RECO_OK;
}

reco__state reco__walk_bytes(void)
{
    return (reco__state){.visit = add_bytes, .version = UINT32_MAX, .without = RECO__SCALAR};
}

static reco_status check(reco__state *s, reco__array *a)
{
    return !*a->at || all_finite(a)
               ? RECO_OK
               : reco__fail(s->err, RECO_ENUMERIC,
                            "the fit gave a number in '%s' that is not finite: are there values too large?",
                            a->name);
}

reco__state reco__walk_check(reco_error *err)
{
    return (reco__state){.visit = check, .version = UINT32_MAX, .without = RECO__SCALAR, .err = err};
}

static reco_status find(reco__state *s, reco__array *a)
{
    char name[RECO__SECTION_NAME];
    if (*a->at) {
        snprintf(name, sizeof name, "%s%s", s->prefix, a->name);
        reco__names_add(s->names, name);
        if (strcmp(name, s->wanted) == 0) {
            *s->found = *a;
        }
    }
    return RECO_OK;
}

reco__state reco__walk_find(const char *name, reco__array *found, reco__names *names)
{
    return (reco__state){.visit = find,
                         .version = UINT32_MAX,
                         .without = RECO__DERIVED | RECO__SCALAR | RECO__COPIED,
                         .wanted = name,
                         .found = found,
                         .names = names};
}
