/* SPDX-License-Identifier: MIT */
/* A sparse matrix whose rows are the best of many, written in any order by several threads: each row has a place of its own
 * with room for the most it can have, and in the end they are moved together. */
#ifndef RECO__TOP_ROWS_H
#define RECO__TOP_ROWS_H

#include "base/topk_large.h"
#include "csr.h"

typedef struct reco__top_rows {
    int32_t n;
    int64_t *place; /* [n + 1] where each row is written */
    int32_t *index;
    float *value;
    int32_t *found; /* [n] entries a row has */
} reco__top_rows;

/* Room for n rows, of which the r-th has at most most(context, r) entries. ENOMEM. */
reco_status reco__top_rows_make(reco__top_rows *rows, int32_t n, int32_t (*most)(void *context, int32_t row),
                                void *context, reco_error *err);
/* How many entries a row can have. */
static inline int32_t reco__top_rows_room(const reco__top_rows *rows, int32_t row)
{
    return (int32_t)(rows->place[row + 1] - rows->place[row]);
}
/* Writes a row from a finished selection of no more than its room. */
void reco__top_rows_put(reco__top_rows *rows, int32_t row, const reco__topk_large *best);
/* Makes the matrix, which takes the arrays over. ENOMEM. */
reco_status reco__top_rows_take(reco__top_rows *rows, int32_t columns, reco__csr *out, reco_error *err);
void reco__top_rows_free(reco__top_rows *rows);

#endif
