/* SPDX-License-Identifier: MIT */
#include "kernel.h"

static float dot(const float *a, const float *b, int64_t n)
{
    float sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += a[k] * b[k];
    }
    return sum;
}

static void axpy(float alpha, const float *x, float *y, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        y[k] += alpha * x[k];
    }
}

static void matvec(const float *rows, int64_t n, int64_t stride, int64_t factors, const float *x, float *y)
{
    for (int64_t r = 0; r < n; r++) {
        y[r] = dot(rows + r * stride, x, factors);
    }
}

const reco__kernels *reco__kernels_best(void)
{
    static const reco__kernels portable = {"portable", dot, axpy, matvec};
    return &portable;
}
