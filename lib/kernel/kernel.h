/* SPDX-License-Identifier: MIT */
/* The few loops that must be fast. One source, kernels.c, is compiled once per instruction set; the table of
 * the best level this processor has is chosen at run time. All levels give the same results but for rounding.
 * Arrays need no alignment; n may be 0. */
#ifndef RECO__KERNEL_H
#define RECO__KERNEL_H

#include <stdint.h>

typedef struct reco__kernels {
    const char *name; /* "portable", "avx2", "avx512", "neon" */
    /* sum of a[k] * b[k] */
    float (*dot)(const float *a, const float *b, int64_t n);
    /* y += alpha * x */
    void (*axpy)(float alpha, const float *x, float *y, int64_t n);
    /* y[r] = F[r, :] . x for rows F[r] = rows + r * stride, r < n; `factors` entries each */
    void (*matvec)(const float *rows, int64_t n, int64_t stride, int64_t factors, const float *x, float *y);
} reco__kernels;

/* The table for this processor. */
const reco__kernels *reco__kernels_best(void);

#endif
