/* SPDX-License-Identifier: MIT */
/* Conjugate gradients (Hestenes and Stiefel 1952, 10.6028/jres.049.044) on the normal equations of several
 * rows in step. The product with G, dense and the same for all, is one matrix product for all of them; the
 * rest of the matrix is never made: its product with p needs each entry's factors once. */
#include "normal.h"

#include <math.h>
#include <stddef.h>

/* Floats of the gathered factors: they stay in the second-level cache while the rows are worked on. */
enum { GATHERED = 1 << 17 };

static int64_t most_gathered(int64_t width)
{
    return GATHERED / width;
}

int64_t reco__cg_need(int64_t width)
{
    return 3 * RECO__CG_ROWS * width + most_gathered(width) * width;
}

/* A row's entries with the place their factors were brought to, side by side. */
typedef struct solving {
    const reco__entries *entries;
    const float *rows;
    const int32_t *index;
    float rr;
} solving;

static void gather(const reco__normal *normal, const reco__entries *rows, int32_t n, solving *s, float *to)
{
    int64_t room = most_gathered(normal->width);
    for (int32_t r = 0; r < n; r++) {
        s[r] = (solving){&rows[r], normal->rows, rows[r].index, 0};
        if (rows[r].n <= room) {
            normal->kernels->gather(normal->rows, rows[r].index, rows[r].n, normal->stride, normal->width,
                                    NULL, to, normal->width);
            s[r].rows = to;
            s[r].index = NULL;
            to += rows[r].n * normal->width;
            room -= rows[r].n;
        }
    }
}

/* q += what a row's own entries and shift contribute to its matrix times x. */
static void add_product(const reco__normal *normal, const solving *s, const float *base, const float *x,
                        float *q)
{
    normal->kernels->normal_product(s->rows, s->index, s->entries->n, normal->width, normal->width, base,
                                    s->entries->weight, s->entries->shift, x, q);
}

int32_t reco__cg_rows(const reco__normal *normal, const reco__entries *rows, int32_t n, int32_t steps,
                      float *x, float *scratch)
{
    const reco__kernels *kernels = normal->kernels;
    int64_t width = normal->width;
    float *r = scratch, *p = r + RECO__CG_ROWS * width, *q = p + RECO__CG_ROWS * width;
    solving s[RECO__CG_ROWS];
    gather(normal, rows, n, s, q + RECO__CG_ROWS * width);
    /* q = A x - b, so that the first residual is -q */
    kernels->gemm(n, width, width, x, width, 1, normal->gram, width, q, width, RECO__SET);
    for (int32_t k = 0; k < n; k++) {
        add_product(normal, &s[k], rows[k].negated, x + k * width, q + k * width);
        for (int64_t f = k * width; f < (k + 1) * width; f++) {
            r[f] = p[f] = -q[f];
        }
        s[k].rr = kernels->dot(r + k * width, r + k * width, width);
    }
    for (int32_t step = 0; step < steps; step++) {
        kernels->gemm(n, width, width, p, width, 1, normal->gram, width, q, width, RECO__SET);
        for (int32_t k = 0; k < n; k++) {
            int64_t at = k * width;
            if (s[k].rr > 0) {
                add_product(normal, &s[k], NULL, p + at, q + at);
                s[k].rr = kernels->cg_step(x + at, r + at, p + at, q + at, width, s[k].rr);
            }
        }
    }
    for (int32_t k = 0; k < n; k++) {
        if (!isfinite(s[k].rr)) {
            return k;
        }
    }
    return -1;
}
