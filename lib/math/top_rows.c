/* SPDX-License-Identifier: MIT */
#include "top_rows.h"

#include "base/error.h"
#include "base/memory.h"

reco_status reco__top_rows_make(reco__top_rows *rows, int32_t n, int32_t (*most)(void *context, int32_t row),
                                void *context, reco_error *err)
{
    reco_status status = RECO_OK;
    *rows = (reco__top_rows){.n = n, .place = reco__alloc((int64_t)n + 1, sizeof *rows->place)};
    TRY_ALLOC(rows->place);
    rows->place[0] = 0;
    for (int32_t r = 0; r < n; r++) {
        rows->place[r + 1] = rows->place[r] + most(context, r);
    }
    rows->index = reco__alloc(rows->place[n], sizeof *rows->index);
    rows->value = reco__alloc(rows->place[n], sizeof *rows->value);
    rows->found = reco__alloc_zero(n, sizeof *rows->found);
    TRY_ALLOC(rows->index && rows->value && rows->found);
done:
    return status;
}

void reco__top_rows_put(reco__top_rows *rows, int32_t row, const reco__topk_large *best)
{
    int64_t to = rows->place[row];
    for (int32_t k = 0; k < best->size; k++) {
        reco__scored found = reco__topk_large_at(best, k);
        rows->index[to + k] = found.index;
        rows->value[to + k] = found.score;
    }
    rows->found[row] = best->size;
}

/* Moves the rows together, from places that were kept for more of them. */
static void close_gaps(reco__top_rows *rows, const int64_t *start)
{
    for (int32_t r = 0; r < rows->n; r++) {
        size_t found = (size_t)rows->found[r];
        memmove(rows->index + start[r], rows->index + rows->place[r], found * sizeof *rows->index);
        memmove(rows->value + start[r], rows->value + rows->place[r], found * sizeof *rows->value);
    }
}

/* Smaller arrays for n entries. */
static bool shrink(reco__top_rows *rows, int64_t n)
{
    int32_t *index = reco__alloc(n, sizeof *index);
    float *value = reco__alloc(n, sizeof *value);
    if (!index || !value) {
        reco__free(index);
        reco__free(value);
        return false;
    }
    memcpy(index, rows->index, (size_t)n * sizeof *index);
    memcpy(value, rows->value, (size_t)n * sizeof *value);
    reco__free(rows->index);
    reco__free(rows->value);
    rows->index = index;
    rows->value = value;
    return true;
}

reco_status reco__top_rows_take(reco__top_rows *rows, int32_t columns, reco__csr *out, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t *start = reco__alloc((int64_t)rows->n + 1, sizeof *start);
    TRY_ALLOC(start);
    start[0] = 0;
    for (int32_t r = 0; r < rows->n; r++) {
        start[r + 1] = start[r] + rows->found[r];
    }
    close_gaps(rows, start);
    bool wasteful = start[rows->n] < rows->place[rows->n] - rows->place[rows->n] / 16;
    TRY_ALLOC(!wasteful || shrink(rows, start[rows->n]));
    *out = (reco__csr){rows->n, columns, start, rows->index, rows->value};
    rows->index = NULL; /* now the result's */
    rows->value = NULL;
    return RECO_OK;
done:
    reco__free(start);
    return status;
}

void reco__top_rows_free(reco__top_rows *rows)
{
    reco__free(rows->place);
    reco__free(rows->index);
    reco__free(rows->value);
    reco__free(rows->found);
    *rows = (reco__top_rows){0};
}
