/* SPDX-License-Identifier: MIT */
/* The normal equations of one row of a sparse matrix, given the factors F of its columns:
 *
 *     (G + shift I + sum over e of weight[e] F[e] F[e]^T) x = sum over e of target[e] F[e]
 *
 * G, the same for all rows, is a multiple of the Gram matrix F^T F. Alternating least squares solves one for
 * each user and item. Factors are padded: a row has `width` floats, a multiple of RECO__PAD, zero past the
 * first `factors`; so has G, in both directions. */
#ifndef RECO__NORMAL_H
#define RECO__NORMAL_H

#include "base/run.h"
#include "kernel/kernel.h"

enum { RECO__PAD = 16 };

static inline int64_t reco__padded(int64_t factors)
{
    return (factors + RECO__PAD - 1) / RECO__PAD * RECO__PAD;
}

/* What the rows of one side share. F may be packed closer than `width` for the direct solver. */
typedef struct reco__normal {
    const reco__kernels *kernels;
    const float *gram; /* G[width, width]; for cg.c as reco__cg_pack has packed it */
    const float *rows; /* F[n, stride] */
    int64_t stride, width;
    int32_t factors;
} reco__normal;

/* One row's entries. */
typedef struct reco__entries {
    const int32_t *index; /* [n] rows of F */
    const float *weight;  /* [n], or NULL for 1 */
    const float *negated; /* [n] -target[e] */
    int64_t n;
    float shift;
} reco__entries;

/* ---- G: gram.c ---- */

/* Floats of scratch that reco__gram takes; aligned as by reco__alloc. */
int64_t reco__gram_need(int64_t width, int32_t threads);
/* G[width, width] = scale * F^T F of F[n, width]. ECANCELLED. */
reco_status reco__gram(reco__run *run, const float *rows, int64_t n, int64_t width, double scale, float *gram,
                       float *scratch);

/* ---- exactly: cholesky.c ---- */

/* Entries that are added at a time. */
enum { RECO__ENTRIES = 64 };

/* Floats of scratch for one system. */
int64_t reco__system_need(int64_t width);
/* A system in scratch: G alone; then entries, at most RECO__ENTRIES a call (their shift is not looked at);
 * then the solution into x[factors]. The same entries in the same portions give the same bits. False when the
 * matrix is not positive definite or the solution not finite. */
void reco__system_start(const reco__normal *normal, float *scratch);
void reco__system_add(const reco__normal *normal, const reco__entries *entries, float *scratch);
bool reco__system_solve(const reco__normal *normal, float shift, float *x, float *scratch);
/* After reco__system_solve: the same matrix with another right side b[factors], which becomes the
 * solution. */
void reco__system_again(const reco__normal *normal, float *b, float *scratch);

/* ---- nearly, from a first guess: cg.c ---- */

/* Floats of a packed G, and packing it: in panels as wide as the matrix product's, so that one is read in order. */
int64_t reco__cg_packed(int64_t width);
void reco__cg_pack(const float *gram, int64_t width, float *packed);
/* Rows that are solved at a time, and floats of scratch for them. */
enum { RECO__CG_ROWS = 12 };
int64_t reco__cg_need(int64_t width);
/* How many of the rows [row, end), whose entries start[] counts, are best solved together. */
int32_t reco__cg_block(int64_t width, const int64_t *start, int32_t row, int32_t end);
/* `steps` steps of conjugate gradients for n <= RECO__CG_ROWS rows, from what x[n, width] holds. Returns -1,
 * or the first row whose numbers overflowed. */
int32_t reco__cg_rows(const reco__normal *normal, const reco__entries *rows, int32_t n, int32_t steps,
                      float *x, float *scratch);

#endif
