/* SPDX-License-Identifier: MIT */
/* The few loops that must be fast. One source, kernels.c, is compiled once per instruction set; the table of
 * the best level this processor has is chosen at run time. All levels give the same results but for rounding;
 * one level gives the same bits for the same arguments, whatever their alignment.
 *
 * Arrays need no alignment; sizes may be 0; outputs overlap no inputs. */
#ifndef RECO__KERNEL_H
#define RECO__KERNEL_H

#include <stdint.h>

/* What `gemm` does with what C holds. */
enum { RECO__SET = 0, RECO__ADD = 1, RECO__SUBTRACT = 2 };

typedef struct reco__kernels {
    const char *name; /* "portable", "sse2", "avx2", "avx512", "neon" */

    /* Columns that `gemm` works on at a time. B packed in panels of this width is read in order. */
    int32_t panel;

    /* sum of a[k] * b[k] */
    float (*dot)(const float *a, const float *b, int64_t n);
    /* y += alpha * x */
    void (*axpy)(float alpha, const float *x, float *y, int64_t n);

    /* Scores: y[r] = F[r, :] . x for rows F[r] = rows + r * stride, or rows + index[r] * stride when index is
     * not NULL; r < n, `factors` entries each. Every sum runs from the first factor to the last, as it does
     * in gemm: a score has the same bits whichever of the two computes it, alone or among others. */
    void (*matvec)(const float *rows, int64_t n, int64_t stride, int64_t factors, const float *x, float *y);
    void (*matvec_at)(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                      const float *x, float *y);

    /* C[m, n] = A B, += or -= by `mode`, with A[m, depth] at a[i * a_row + k * a_column], B[depth, n] at
     * b[k * b_stride + j], C at c[i * c_stride + j]. */
    void (*gemm)(int64_t m, int64_t n, int64_t depth, const float *a, int64_t a_row, int64_t a_column,
                 const float *b, int64_t b_stride, float *c, int64_t c_stride, int32_t mode);
    /* The upper triangle of C[n, n] += A^T B, A and B[depth, n] by rows of `stride`: a rank-`depth` update
     * when A is B with scaled rows. What is left of the diagonal is written too, with anything. */
    void (*rank_update)(int64_t n, int64_t depth, const float *a, const float *b, int64_t stride, float *c,
                        int64_t c_stride);

    /* out[e, :] = rows[index[e], :], scaled by scale[e] unless that is NULL: `factors` entries, then zeros up
     * to `out_stride`. */
    void (*gather)(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                   const float *scale, float *out, int64_t out_stride);
    /* y += shift * x + sum over e of (base[e] + weight[e] * (F[e, :] . x)) F[e, :], F as in matvec: the
     * product of a sparse normal matrix and a vector in one pass. NULL base is zeros, NULL weight ones, NULL
     * index counts. Unless `pack_to` is NULL, `factors` is a multiple of 16 and it gets the rows as
     * packed_product reads them; it has room for 7 rows more than n. */
    void (*normal_product)(const float *rows, const int32_t *index, int64_t n, int64_t stride,
                           int64_t factors, const float *base, const float *weight, float shift,
                           const float *x, float *y, float *pack_to);
    /* The same without base for the n rows that normal_product packed: each is there in one stream. */
    void (*packed_product)(const float *packed, int64_t n, int64_t factors, const float *weight, float shift,
                           const float *x, float *y);

    /* A step of conjugate gradients, q = A p being known and rr = r . r: x += step * p, r -= step * q,
     * p = r + (r . r / rr) * p, with step = rr / (p . q). Returns the new r . r; 0 when p . q is not above 0,
     * leaving all as it is; NaN when p . q is. */
    float (*cg_step)(float *x, float *r, float *p, const float *q, int64_t n, float rr);

    /* Factors the upper triangle of A[n, n] as U^T U, in place, U's diagonal holding its reciprocals. Rows
     * are `stride` floats apart, a multiple of 16 that is at least n, zero past n; what lies left of
     * the diagonal is scratch. Returns -1, or the first row whose pivot is not a normal number above 0. */
    int64_t (*cholesky)(float *a, int64_t n, int64_t stride);
    /* b = A^-1 b from that; b has `stride` floats, zero past n. */
    void (*cholesky_solve)(const float *u, int64_t n, int64_t stride, float *b);

    /* Packs rows for gemm: out[k * panel + j] = F[j, k], F as in matvec, j < n <= panel, and 0 for other j.
     */
    void (*pack)(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                 float *out);
    /* Which of scores[m, n], by rows of `stride`, are above their row's threshold: writes i * n + j,
     * ascending, to out[m * n] and returns how many. */
    int64_t (*above)(const float *scores, int64_t m, int64_t n, int64_t stride, const float *threshold,
                     int32_t *out);

    /* The same as reco__crc32c of base/bytes.h. */
    uint32_t (*crc32c)(uint32_t crc, const void *data, int64_t n);
} reco__kernels;

/* The table for this processor. */
const reco__kernels *reco__kernels_best(void);

/* For tests: the levels this processor can run, the lowest first, NULL past the last; and making one of them
 * (or, NULL, again the best) what reco__kernels_best gives. */
const reco__kernels *reco__kernels_level(int32_t k);
void reco__kernels_force(const reco__kernels *level);

#endif
