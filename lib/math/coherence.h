/* SPDX-License-Identifier: MIT */
/* How much the rows of a matrix are alike, taken all together. */
#ifndef RECO__COHERENCE_H
#define RECO__COHERENCE_H

#include <stddef.h>
#include <stdint.h>

/* Rows of length 1, or of none: each stands as values and what to multiply them with. */
typedef struct reco__rows {
    int32_t n, columns;
    const int64_t *start; /* [n + 1] */
    const int32_t *index; /* columns, or NULL: each row has all, and start is not used */
    const float *value;
    const float *scale; /* [n]; 0 for a row of nothing */
} reco__rows;

typedef struct reco__row {
    const int32_t *index; /* [n] or NULL */
    const float *value;   /* [n], to be multiplied with scale */
    int64_t n;
    float scale;
} reco__row;

static inline reco__row reco__row_of(const reco__rows *x, int32_t r)
{
    int64_t begin = x->index ? x->start[r] : (int64_t)r * x->columns;
    return (reco__row){x->index ? x->index + begin : NULL, x->value + begin,
                       x->index ? x->start[r + 1] - begin : x->columns, x->scale[r]};
}

/* Finds the scales of x's rows; x->scale is not used. A row shorter than 1e-30 counts as none. */
void reco__row_scales(const reco__rows *x, float *scale);

/* The root mean square of the products of all pairs of rows, each with itself among them: in (0, 1]; 1 when
 * there are no rows.
 *
 * Its square is |G|^2, the Frobenius norm, of G = X' X / n, and that is the mean of (z' G w)^2 over vectors
 * z, w of random signs; so it takes one pass, and 32 such vectors, in pairs, tell it to within some percent,
 * to within a quarter when all rows are alike and full. The signs are keyed by column and always the same.
 * Cost: O(32 entries + 500 rows). */
double reco__coherence(const reco__rows *x);

#endif
