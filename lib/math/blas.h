/* SPDX-License-Identifier: MIT */
/* Dense products and positive definite systems by BLAS and LAPACK: the only way to them. For the thread that
 * called a fit, never for workers: each call holds reco__blas_lock, since the library behind has threads and
 * state of its own. Matrices are by rows, `stride` floats apart. What is wrong with the arguments is
 * RECO_EINTERNAL, a matrix that is not positive definite or holds no numbers RECO_ENUMERIC; a build without
 * BLAS gives RECO_EUNSUPPORTED. */
#ifndef RECO__BLAS_H
#define RECO__BLAS_H

#include "base/error.h"

/* C[n, n] = F^T F of F[rows, n], both triangles; C without padding. */
reco_status reco__blas_gram(int64_t rows, int64_t n, const float *f, int64_t stride, float *c,
                            reco_error *err);
/* C[m, n] = A[m, depth] B[depth, n]. */
reco_status reco__blas_product(int64_t m, int64_t n, int64_t depth, const float *a, int64_t a_stride,
                               const float *b, int64_t b_stride, float *c, int64_t c_stride, reco_error *err);
/* A[n, n], of which the upper triangle counts, becomes its inverse, both triangles; A without padding. On
 * failure A is undefined. */
reco_status reco__blas_invert(int64_t n, float *a, reco_error *err);
/* B[k, n]: each of its rows b becomes A^-1 b; A, of which the upper triangle counts, is undefined
 * afterwards. */
reco_status reco__blas_solve(int64_t n, float *a, int64_t k, float *b, reco_error *err);

#endif
