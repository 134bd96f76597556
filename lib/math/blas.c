/* SPDX-License-Identifier: MIT */
/* The only file that includes cblas.h and lapacke.h. LAPACK is called column-major, by its `_work` entry
 * points, which neither copy nor allocate: a symmetric matrix by rows is the same one by columns with its
 * triangles changed over. Pivots are looked at here, because not every LAPACK reports NaN. */
#include "blas.h"

#include "base/thread.h"

#include <cblas.h>
#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>

/* Whether a matrix [rows, columns] may be handed over: its size fits the library's int. */
static bool fits(int64_t rows, int64_t columns, int64_t stride)
{
    return rows >= 0 && columns >= 0 && stride >= columns && rows <= INT_MAX && stride <= INT_MAX;
}

static reco_status refuse(reco_error *err, const char *call, int64_t rows, int64_t columns)
{
    return reco__fail(err, RECO_EINTERNAL,
                      "%s: a matrix of %lld rows and %lld columns cannot be handed to the BLAS", call,
                      (long long)rows, (long long)columns);
}

reco_status reco__blas_gram(int64_t rows, int64_t n, const float *f, int64_t stride, float *c,
                            reco_error *err)
{
    if (!fits(rows, n, stride) || !f || !c) {
        return refuse(err, "gram", rows, n);
    }
    if (n == 0) {
        return RECO_OK;
    }
    reco__blas_lock();
    cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)rows, 1, f, (int)stride, 0, c, (int)n);
    reco__blas_unlock();
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < i; j++) {
            c[i * n + j] = c[j * n + i];
        }
    }
    return RECO_OK;
}

reco_status reco__blas_product(int64_t m, int64_t n, int64_t depth, const float *a, int64_t a_stride,
                               const float *b, int64_t b_stride, float *c, int64_t c_stride, reco_error *err)
{
    if (!fits(m, depth, a_stride) || !fits(depth, n, b_stride) || !fits(m, n, c_stride) || !a || !b || !c) {
        return refuse(err, "product", m, n);
    }
    if (m == 0 || n == 0) {
        return RECO_OK;
    }
    reco__blas_lock();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)depth, 1, a,
                a_stride > 0 ? (int)a_stride : 1, b, (int)b_stride, 0, c, (int)c_stride);
    reco__blas_unlock();
    return RECO_OK;
}

/* A = L L^T in LAPACK's lower triangle, which is the upper one by rows. */
static reco_status factor(int64_t n, float *a, reco_error *err)
{
    reco__blas_lock();
    int64_t bad = LAPACKE_spotrf_work(LAPACK_COL_MAJOR, 'L', (int)n, a, (int)n);
    reco__blas_unlock();
    if (bad < 0) {
        return refuse(err, "factor", n, n);
    }
    for (int64_t k = 0; bad == 0 && k < n; k++) {
        float pivot = a[k * n + k];
        bad = isfinite(pivot) && pivot > 0 ? 0 : k + 1;
    }
    return bad ? reco__fail(err, RECO_ENUMERIC, "the matrix is not positive definite at row %lld of %lld",
                            (long long)bad - 1, (long long)n)
               : RECO_OK;
}

/* Whether the upper triangle came out finite. */
static reco_status check_finite(int64_t rows, int64_t columns, const float *a, bool upper, reco_error *err)
{
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = upper ? i : 0; j < columns; j++) {
            if (!isfinite(a[i * columns + j])) {
                return reco__fail(err, RECO_ENUMERIC, "the solution is not finite at row %lld", (long long)i);
            }
        }
    }
    return RECO_OK;
}

reco_status reco__blas_invert(int64_t n, float *a, reco_error *err)
{
    reco_status status = RECO_OK;
    if (!fits(n, n, n) || !a) {
        return refuse(err, "invert", n, n);
    }
    if (n == 0) {
        return RECO_OK;
    }
    TRY(factor(n, a, err));
    reco__blas_lock();
    int bad = LAPACKE_spotri_work(LAPACK_COL_MAJOR, 'L', (int)n, a, (int)n);
    reco__blas_unlock();
    if (bad) {
        TRY(refuse(err, "invert", n, n));
    }
    TRY(check_finite(n, n, a, true, err));
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < i; j++) {
            a[i * n + j] = a[j * n + i];
        }
    }
done:
    return status;
}

reco_status reco__blas_solve(int64_t n, float *a, int64_t k, float *b, reco_error *err)
{
    reco_status status = RECO_OK;
    if (!fits(n, n, n) || !fits(k, n, n) || !a || !b) {
        return refuse(err, "solve", n, k);
    }
    if (n == 0 || k == 0) {
        return RECO_OK;
    }
    TRY(factor(n, a, err));
    reco__blas_lock();
    int bad = LAPACKE_spotrs_work(LAPACK_COL_MAJOR, 'L', (int)n, (int)k, a, (int)n, b, (int)n);
    reco__blas_unlock();
    if (bad) {
        TRY(refuse(err, "solve", n, k));
    }
    TRY(check_finite(k, n, b, false, err));
done:
    return status;
}
