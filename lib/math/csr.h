/* SPDX-License-Identifier: MIT */
/* Sparse matrices by compressed rows.
 *
 *     start  0     2  3        6      row r holds the entries start[r] .. start[r + 1] - 1
 *     index  1  7  4  0  3  9         column of each entry, ascending within a row
 *     value  .  .  .  .  .  .         value of each entry
 */
#ifndef RECO__CSR_H
#define RECO__CSR_H

#include "base/search.h"
#include "reco/base.h"

typedef struct reco__csr {
    int32_t rows, columns;
    const int64_t *start; /* [rows + 1] */
    const int32_t *index; /* [start[rows]] */
    const float *value;   /* [start[rows]] */
} reco__csr;

static inline int64_t reco__csr_size(const reco__csr *x)
{
    return x->start ? x->start[x->rows] : 0;
}

/* Whether a row has a column. O(log of the row's entries). */
static inline bool reco__csr_has(const reco__csr *x, int32_t row, int32_t column)
{
    return reco__has(x->index + x->start[row], x->start[row + 1] - x->start[row], column);
}

/* The entry of a row and column; 0 where there is none. O(log of the row's entries). */
float reco__csr_value(const reco__csr *x, int32_t row, int32_t column);
/* The transpose, in arrays of its own; without values when x has none. O(entries + rows +
 * columns). ENOMEM. */
reco_status reco__csr_transpose(const reco__csr *x, reco__csr *out, reco_error *err);
/* Frees the arrays of a matrix that owns them. */
void reco__csr_free(reco__csr *x);
/* Whether starts ascend from 0 to `entries`, columns ascend within rows and are in range, and values are
 * finite. For files. */
int32_t reco__csr_valid(const reco__csr *x, int64_t entries);

#endif
