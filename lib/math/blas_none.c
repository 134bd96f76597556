/* SPDX-License-Identifier: MIT */
/* In place of blas.c in a build without BLAS. */
#include "blas.h"

static reco_status none(reco_error *err)
{
    return reco__fail(err, RECO_EUNSUPPORTED, "this build of the library has no BLAS");
}

reco_status reco__blas_gram(int64_t rows, int64_t n, const float *f, int64_t stride, float *c,
                            reco_error *err)
{
    (void)rows, (void)n, (void)f, (void)stride, (void)c;
    return none(err);
}

reco_status reco__blas_product(int64_t m, int64_t n, int64_t depth, const float *a, int64_t a_stride,
                               const float *b, int64_t b_stride, float *c, int64_t c_stride, reco_error *err)
{
    (void)m, (void)n, (void)depth, (void)a, (void)a_stride, (void)b, (void)b_stride, (void)c, (void)c_stride;
    return none(err);
}

reco_status reco__blas_invert(int64_t n, float *a, reco_error *err)
{
    (void)n, (void)a;
    return none(err);
}

reco_status reco__blas_solve(int64_t n, float *a, int64_t k, float *b, reco_error *err)
{
    (void)n, (void)a, (void)k, (void)b;
    return none(err);
}
