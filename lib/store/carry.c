/* SPDX-License-Identifier: MIT */
/* Arrays as they are after users and items got other numbers, some gone and some new. */
#include "base/memory.h"
#include "walk.h"

#include <string.h>

/* What moves is along an axis of users or items. */
static const int32_t *moves_of(const reco__state *s, int64_t axis)
{
    return axis == RECO__USERS   ? s->moves->to[RECO_USER]
           : axis == RECO__ITEMS ? s->moves->to[RECO_ITEM]
                                 : NULL;
}

static int64_t new_number(const int32_t *to, int64_t k)
{
    return to ? to[k] : k;
}

static int64_t new_size(const reco__state *s, int64_t axis, int64_t n)
{
    return axis == RECO__USERS ? s->moves->n[RECO_USER] : axis == RECO__ITEMS ? s->moves->n[RECO_ITEM] : n;
}

static void *carry_dense(const reco__state *s, const reco__array *a, int64_t rows, int64_t columns)
{
    const int32_t *row_to = moves_of(s, a->axis[0]), *column_to = moves_of(s, a->axis[1]);
    int64_t size = reco__kind_size(a->kind), n;
    char *out = reco__mul(rows, columns, &n) ? reco__alloc_zero(n, (size_t)size) : NULL;
    for (int64_t r = 0; out && r < a->rows; r++) {
        const char *from = (const char *)*a->at + r * a->columns * size;
        char *to = out + new_number(row_to, r) * columns * size;
        if (new_number(row_to, r) < 0) {
            continue;
        }
        if (!column_to) {
            memcpy(to, from, (size_t)(a->columns * size));
        }
        for (int64_t c = 0; column_to && c < a->columns; c++) {
            if (column_to[c] >= 0) {
                memcpy(to + column_to[c] * size, from + c * size, (size_t)size);
            }
        }
    }
    return out;
}

/* ---- rows of entries ---- */

/* Whether all that an entry is of is still there. */
static bool stays(const reco__state *s, const reco__group *g, int64_t entry)
{
    for (int32_t k = 0; k < g->n_told; k++) {
        const int32_t *to = moves_of(s, g->told[k].of);
        int32_t number = to ? (*(const int32_t *const *)g->told[k].array)[entry] : -1;
        if (number >= 0 && to[number] < 0) {
            return false;
        }
    }
    return true;
}

static int64_t *carry_starts(const reco__state *s, const reco__group *g, int64_t rows)
{
    const int32_t *to = moves_of(s, g->axis);
    const int64_t *start = *g->start;
    int64_t *out = reco__alloc_zero(rows + 1, sizeof *out);
    for (int64_t r = 0; out && r < rows; r++) {
        out[r + 1] = g->blank;
    }
    for (int64_t r = 0; out && r < g->n; r++) {
        int64_t n = 0;
        for (int64_t e = start[r]; e < start[r + 1]; e++) {
            n += stays(s, g, e);
        }
        if (new_number(to, r) >= 0) {
            out[new_number(to, r) + 1] = n;
        }
    }
    for (int64_t r = 0; out && r < rows; r++) {
        out[r + 1] += out[r];
    }
    return out;
}

static void *carry_entries(const reco__state *s, const reco__array *a, int64_t entries)
{
    const reco__group *g = a->group;
    const int32_t *row_to = moves_of(s, g->axis), *value_to = moves_of(s, a->of);
    const int64_t *start = *g->start;
    int64_t size = reco__kind_size(a->kind);
    char *out = reco__alloc_zero(entries, (size_t)size);
    for (int64_t r = 0; out && r < g->n; r++) {
        int64_t row = new_number(row_to, r);
        char *at = row < 0 ? NULL : out + s->new_starts[row] * size;
        for (int64_t e = start[r]; at && e < start[r + 1]; e++) {
            if (stays(s, g, e)) {
                const char *from = (const char *)*a->at + e * size;
                int32_t number = value_to ? *(const int32_t *)(const void *)from : -1;
                memcpy(at, number >= 0 ? (const char *)&value_to[number] : from, (size_t)size);
                at += size;
            }
        }
    }
    return out;
}

static reco_status carry(reco__state *s, reco__array *a)
{
    const reco__group *g = a->group;
    bool starts = g && a->at == (const void **)g->start;
    reco__section section = {.kind = a->kind, .rows = a->rows, .columns = a->columns, .owned = true};
    if (!*a->at) {
        return RECO_OK;
    }
    if (starts) {
        section.rows = new_size(s, g->axis, g->n) + 1;
        section.data = s->new_starts = carry_starts(s, g, section.rows - 1);
        s->n_entries = s->new_starts ? s->new_starts[section.rows - 1] : 0;
    } else if (g) {
        section.rows = s->n_entries;
        section.data = carry_entries(s, a, section.rows);
    } else {
        section.rows = new_size(s, a->axis[0], a->rows);
        section.columns = new_size(s, a->axis[1], a->columns);
        section.data = carry_dense(s, a, section.rows, section.columns);
    }
    return reco__file_add(s->file, s->prefix, a->name, section, s->err);
}

reco__state reco__walk_carry(reco__file *file, const reco__moves *moves, reco_error *err)
{
    return (reco__state){.visit = carry,
                         .version = UINT32_MAX,
                         .without = RECO__DERIVED,
                         .file = file,
                         .moves = moves,
                         .err = err};
}
