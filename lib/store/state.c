/* SPDX-License-Identifier: MIT */
/* From the calls of a list to arrays, which the walk visits. */
#include "state.h"

#include "base/memory.h"
#include "walk.h"

#include <stdio.h>
#include <string.h>

int64_t reco__state_size(const reco__state *s, int64_t axis)
{
    return axis == RECO__USERS ? s->n[RECO_USER] : axis == RECO__ITEMS ? s->n[RECO_ITEM] : axis;
}

static reco_status visit(reco__state *s, reco__array *a)
{
    return a->flags & s->without ? RECO_OK : s->visit(s, a);
}

/* ---- arrays of a shape ---- */

static reco_status dense(reco__state *s, reco__array a)
{
    a.rows = reco__state_size(s, a.axis[0]);
    a.columns = reco__state_size(s, a.axis[1]);
    a.flags |= a.axis[0] == RECO__USERS || a.axis[1] == RECO__USERS ? RECO__PERSONAL : 0;
    return visit(s, &a);
}

reco_status reco__state_f32(reco__state *s, const char *name, const float **array, int64_t rows,
                            int64_t columns, int32_t flags)
{
    return dense(s, (reco__array){name, RECO__F32, flags, {rows, columns}, .at = (const void **)array});
}

reco_status reco__state_f64(reco__state *s, const char *name, const double **array, int64_t rows,
                            int64_t columns, int32_t flags)
{
    return dense(s, (reco__array){name, RECO__F64, flags, {rows, columns}, .at = (const void **)array});
}

reco_status reco__state_u8(reco__state *s, const char *name, const uint8_t **array, int64_t rows,
                           int64_t columns, uint8_t high, int32_t flags)
{
    return dense(
        s, (reco__array){name, RECO__U8, flags, {rows, columns}, .high = high, .at = (const void **)array});
}

reco_status reco__state_i32(reco__state *s, const char *name, const int32_t **array, int64_t rows,
                            int64_t columns, int32_t low, int32_t high, int32_t flags)
{
    return dense(
        s,
        (reco__array){
            name, RECO__I32, flags, {rows, columns}, .low = low, .high = high, .at = (const void **)array});
}

reco_status reco__state_i64(reco__state *s, const char *name, const int64_t **array, int64_t rows,
                            int64_t columns, int64_t low, int64_t high, int32_t flags)
{
    return dense(
        s,
        (reco__array){
            name, RECO__I64, flags, {rows, columns}, .low = low, .high = high, .at = (const void **)array});
}

/* ---- single values ---- */

static reco_status scalar(reco__state *s, const char *name, uint32_t kind, void *value, int64_t low,
                          int64_t high)
{
    const void *at = value;
    reco_status status = dense(
        s,
        (reco__array){name, kind, RECO__SCALAR | RECO__COPIED, {1, 1}, .low = low, .high = high, .at = &at});
    if (status == RECO_OK && at != value) {
        memcpy(value, at, 8);
    }
    return status;
}

reco_status reco__state_number(reco__state *s, const char *name, double *value)
{
    return scalar(s, name, RECO__F64, value, 0, 0);
}

reco_status reco__state_count(reco__state *s, const char *name, int64_t *value, int64_t low, int64_t high)
{
    return scalar(s, name, RECO__I64, value, low, high);
}

reco_status reco__state_int(reco__state *s, const char *name, int32_t *value, int32_t low, int32_t high)
{
    int64_t count = *value;
    reco_status status = reco__state_count(s, name, &count, low, high);
    if (status == RECO_OK && s->fills) {
        *value = (int32_t)count;
    }
    return status;
}

reco_status reco__state_text(reco__state *s, const char *name, const char **text, int64_t most, int32_t flags)
{
    int64_t rows = *text && !s->frees ? (int64_t)strlen(*text) + 1 : 0; /* what was refused has no end */
    reco__array a = {name, RECO__U8,  flags | RECO__COPIED,     {rows, 1}, s->fills ? -1 : rows, 1,
                     0,    UINT8_MAX, .at = (const void **)text};
    reco_status status = visit(s, &a);
    if (status == RECO_OK && s->loading && *text &&
        (a.rows < 2 || a.rows > most + 1 || (*text)[a.rows - 1] || !reco__utf8_valid(*text, a.rows - 1))) {
        return reco__fail(s->err, RECO_EFORMAT, "damaged model file: '%s%s' is no text", s->prefix, name);
    }
    return status;
}

/* ---- rows of entries ---- */

static bool ascends(const int64_t *start, int64_t n)
{
    for (int64_t r = 0; r < n; r++) {
        if (start[r] > start[r + 1]) {
            return false;
        }
    }
    return n <= INT32_MAX && start[0] == 0;
}

static reco_status refuse(const reco__state *s, const char *name, const char *what)
{
    return reco__fail(s->err, RECO_EFORMAT, "damaged model file: '%s%s' is no %s", s->prefix, name, what);
}

/* Visits where the rows start, and tells how many entries they have; -1: there are none to visit. */
static reco_status visit_starts(reco__state *s, const char *name, reco__group *g, int32_t flags,
                                int64_t *entries)
{
    char full[RECO__SECTION_NAME];
    reco__array a = {full,      RECO__I64, flags, {g->axis, 1}, .columns = 1, .at = (const void **)g->start,
                     .group = g};
    snprintf(full, sizeof full, "%s.start", name);
    a.low = INT64_MIN;
    a.high = INT64_MAX;
    g->n = reco__state_size(s, g->axis);
    a.rows = g->axis == RECO__ANY ? -1 : g->n + 1;
    *entries = *g->start && !s->frees ? (*g->start)[g->n] : 0;
    reco_status status = visit(s, &a);
    if (status == RECO_OK && s->fills) {
        g->n = a.rows - 1;
        if (*g->start && s->loading && (g->n < 0 || !ascends(*g->start, g->n))) {
            return refuse(s, name, "list of rows");
        }
        *entries = *g->start ? (*g->start)[g->n] : -1;
    }
    return status;
}

static reco_status in_rows(reco__state *s, const char *name, reco__group *g, int32_t flags)
{
    char full[RECO__SECTION_NAME];
    reco_status status = RECO_OK;
    int64_t entries = 0;
    bool personal = g->axis == RECO__USERS;
    for (int32_t k = 0; k < g->n_told; k++) {
        personal = personal || g->told[k].of == RECO__USERS;
    }
    flags |= personal ? RECO__PERSONAL : 0;
    TRY(visit_starts(s, name, g, flags, &entries));
    for (const reco__per_entry *told = g->told; entries >= 0 && told < g->told + g->n_told; told++) {
        bool index = told->kind == RECO__I32;
        reco__array a = {full,    told->kind, flags | told->flags, {entries, 1},
                         entries, 1,          .at = told->array,   .group = g};
        snprintf(full, sizeof full, "%s%s", name, told->suffix);
        a.low = !index ? INT64_MIN : a.flags & RECO__GAPS ? -1 : 0;
        a.high = index ? reco__state_size(s, told->of) - 1 : INT64_MAX;
        a.of = told->of;
        TRY(visit(s, &a));
        if (s->fills && !*told->array && !(told->flags & RECO__OPTIONAL)) {
            return refuse(s, name, "whole list of rows");
        }
    }
done:
    return status;
}

reco_status reco__state_rows(reco__state *s, const char *name, const int64_t **start, int64_t rows,
                             const reco__per_entry *told, int32_t n_told, int32_t flags)
{
    reco__group g = {rows, 0, start, told, n_told, 0};
    return in_rows(s, name, &g, flags);
}

reco_status reco__state_csr_with(reco__state *s, const char *name, reco__csr *x, int64_t rows,
                                 int64_t columns, const reco__per_entry *also, int32_t flags)
{
    reco__per_entry told[3] = {{".index", RECO__I32, (const void **)&x->index, columns, 0},
                               {".value", RECO__F32, (const void **)&x->value, 0, 0}};
    reco__group g = {rows, 0, &x->start, told, 2 + (also != NULL), 0};
    if (also) {
        told[2] = *also;
    }
    reco_status status = in_rows(s, name, &g, flags);
    if (status == RECO_OK && s->fills && x->start) {
        x->rows = (int32_t)g.n;
        x->columns = (int32_t)reco__state_size(s, columns);
        for (int64_t r = 0; s->loading && r < g.n; r++) {
            for (int64_t e = x->start[r] + 1; e < x->start[r + 1]; e++) {
                if (x->index[e - 1] >= x->index[e]) {
                    return refuse(s, name, "sparse matrix");
                }
            }
        }
    }
    return status;
}

reco_status reco__state_csr(reco__state *s, const char *name, reco__csr *x, int64_t rows, int64_t columns,
                            int32_t flags)
{
    return reco__state_csr_with(s, name, x, rows, columns, NULL, flags);
}

reco_status reco__state_strings(reco__state *s, const char *name, reco__strings *strings, int64_t rows,
                                bool sorted, int32_t flags)
{
    const reco__per_entry bytes = {".bytes", RECO__U8, (const void **)&strings->bytes, 0, 0};
    reco__group g = {rows == RECO__ANY && !s->fills ? strings->n : rows, 0, &strings->offsets, &bytes, 1, 1};
    reco_status status = in_rows(s, name, &g, flags);
    if (status == RECO_OK && s->fills && strings->offsets) {
        strings->n = (int32_t)g.n;
        if (s->loading && !reco__strings_valid(strings, strings->offsets[g.n], sorted)) {
            return refuse(s, name, "table of strings");
        }
    }
    return status;
}

/* ---- several of a kind ---- */

reco_status reco__state_structs(reco__state *s, const char *name, void **structs, int32_t *n, int32_t most,
                                size_t size)
{
    reco_status status = reco__state_int(s, name, n, 0, most);
    if (status == RECO_OK && s->fills) {
        *structs = reco__alloc_zero(*n, size);
        if (!*structs) {
            *n = 0;
            status = reco__out_of_memory(s->err);
        }
    }
    return status;
}

void reco__state_structs_end(reco__state *s, void **structs)
{
    if (s->frees) {
        reco__free(*structs);
        *structs = NULL;
    }
}

int32_t reco__state_begin(reco__state *s, const char *name, int32_t k)
{
    size_t before = strlen(s->prefix), size = sizeof s->prefix - before;
    if (k < 0) {
        snprintf(s->prefix + before, size, "%s.", name);
    } else {
        snprintf(s->prefix + before, size, "%s%s%d.", name, name[0] ? "." : "", k);
    }
    return (int32_t)before;
}

void reco__state_end(reco__state *s, int32_t before)
{
    s->prefix[before] = 0;
}

/* ---- what the object may ask ---- */

uint32_t reco__state_version(const reco__state *s)
{
    return s->version;
}

bool reco__state_carried(const reco__state *s)
{
    return s->fills && !s->loading;
}

reco_error *reco__state_error(reco__state *s)
{
    return s->err;
}

bool reco__state_loading(const reco__state *s)
{
    return s->loading;
}

bool reco__state_stored(const reco__state *s)
{
    return (s->without & RECO__DERIVED) != 0;
}

reco_status reco__state_refuse(reco__state *s, const char *reason)
{
    return reco__fail(s->err, RECO_EFORMAT, "damaged model file: %s", reason);
}
