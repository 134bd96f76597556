/* SPDX-License-Identifier: MIT */
/* Normal equations solved by Cholesky factors. The scratch holds
 *
 *     A [width, width]   b [width]   F's rows [RECO__ENTRIES, width]   the same, times their weights */
#include "normal.h"

#include <math.h>
#include <string.h>

typedef struct layout {
    float *a, *b, *rows, *scaled;
} layout;

static layout parts(float *scratch, int64_t width)
{
    layout p;
    p.a = scratch;
    p.b = p.a + width * width;
    p.rows = p.b + width;
    p.scaled = p.rows + RECO__ENTRIES * width;
    return p;
}

int64_t reco__system_need(int64_t width)
{
    return width * (width + 1 + 2 * RECO__ENTRIES);
}

void reco__system_start(const reco__normal *normal, float *scratch)
{
    layout p = parts(scratch, normal->width);
    memcpy(p.a, normal->gram, (size_t)(normal->width * normal->width) * sizeof *p.a);
    memset(p.b, 0, (size_t)normal->width * sizeof *p.b);
}

void reco__system_add(const reco__normal *normal, const reco__entries *entries, float *scratch)
{
    const reco__kernels *kernels = normal->kernels;
    int64_t width = normal->width, n = entries->n;
    layout p = parts(scratch, width);
    kernels->gather(normal->rows, entries->index, n, normal->stride, normal->factors, NULL, p.rows, width);
    kernels->gemm(1, width, n, entries->negated, n, 1, p.rows, width, p.b, width, RECO__SUBTRACT);
    if (entries->weight) {
        kernels->gather(normal->rows, entries->index, n, normal->stride, normal->factors, entries->weight,
                        p.scaled, width);
    }
    kernels->rank_update(width, n, entries->weight ? p.scaled : p.rows, p.rows, width, p.a, width);
}

bool reco__system_solve(const reco__normal *normal, float shift, float *x, float *scratch)
{
    int64_t width = normal->width, n = normal->factors;
    layout p = parts(scratch, width);
    for (int64_t k = 0; k < n; k++) {
        p.a[k * width + k] += shift;
    }
    if (normal->kernels->cholesky(p.a, n, width) >= 0) {
        return false;
    }
    normal->kernels->cholesky_solve(p.a, n, width, p.b);
    memcpy(x, p.b, (size_t)n * sizeof *x);
    return isfinite(normal->kernels->dot(x, x, n));
}

void reco__system_again(const reco__normal *normal, float *b, float *scratch)
{
    layout p = parts(scratch, normal->width);
    memset(p.b, 0, (size_t)normal->width * sizeof *p.b);
    memcpy(p.b, b, (size_t)normal->factors * sizeof *b);
    normal->kernels->cholesky_solve(p.a, normal->factors, normal->width, p.b);
    memcpy(b, p.b, (size_t)normal->factors * sizeof *b);
}
