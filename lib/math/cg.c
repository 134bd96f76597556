/* SPDX-License-Identifier: MIT */
/* Conjugate gradients (Hestenes and Stiefel 1952, 10.6028/jres.049.044) on the normal equations of several
 * rows in step. The product with G, dense and the same for all, is one matrix product for all of them; the
 * rest of the matrix is never made: its product with p needs each entry's factors once. */
#include "normal.h"

#include <math.h>
#include <stddef.h>

/* Floats of the gathered factors: they stay in the second-level cache while the rows are worked on. */
enum { GATHERED = 1 << 18, SLACK = 7 /* rows that normal_product may write beyond */ };

/* Floats that rows solved together should not pass: with a G that fits it as well, they stay in the first-level
 * cache. A larger G comes from the second level each time, the less often the more rows share it. */
static int64_t block_floats(int64_t width)
{
    return width <= 64 ? 1 << 13 : GATHERED / 2;
}

int32_t reco__cg_block(int64_t width, const int64_t *start, int32_t row, int32_t end)
{
    int32_t n = 1, most = end - row < RECO__CG_ROWS ? end - row : RECO__CG_ROWS;
    while (n < most && (start[row + n + 1] - start[row]) * width <= block_floats(width)) {
        n++;
    }
    return n;
}

static int64_t most_gathered(int64_t width)
{
    return GATHERED / width;
}

int64_t reco__cg_packed(int64_t width)
{
    int64_t panel = reco__kernels_best()->panel;
    return (width + panel - 1) / panel * panel * width;
}

void reco__cg_pack(const float *gram, int64_t width, float *packed)
{
    const reco__kernels *kernels = reco__kernels_best();
    for (int64_t first = 0; first < width; first += kernels->panel) { /* G is its own transpose */
        int64_t n = width - first < kernels->panel ? width - first : kernels->panel;
        kernels->pack(gram + first * width, NULL, n, width, width, packed + first * width);
    }
}

/* Q[n, width] = X G */
static void dense_product(const reco__normal *normal, int32_t n, const float *x, float *q)
{
    const reco__kernels *kernels = normal->kernels;
    int64_t width = normal->width, panel = kernels->panel;
    for (int64_t first = 0; first < width; first += panel) {
        int64_t columns = width - first < panel ? width - first : panel;
        kernels->gemm(n, columns, width, x, width, 1, normal->gram + first * width, panel, q + first, width,
                      RECO__SET);
    }
}

int64_t reco__cg_need(int64_t width)
{
    return 3 * RECO__CG_ROWS * width + (most_gathered(width) + RECO__CG_ROWS * SLACK) * width;
}

/* A row's entries, and their factors side by side, or NULL when there was no room: then they are looked up. */
typedef struct solving {
    const reco__entries *entries;
    const float *packed;
    float rr;
} solving;

/* q += what a row's own entries and shift contribute to its matrix times p. */
static void add_product(const reco__normal *normal, const solving *s, const float *p, float *q)
{
    const reco__entries *e = s->entries;
    int64_t width = normal->width;
    if (s->packed) {
        normal->kernels->packed_product(s->packed, e->n, width, e->weight, e->shift, p, q);
    } else {
        normal->kernels->normal_product(normal->rows, e->index, e->n, width, width, NULL, e->weight, e->shift,
                                        p, q, NULL);
    }
}

/* The first residuals, r = p = b - A x, while the factors are brought together. */
static void start(const reco__normal *normal, const reco__entries *rows, int32_t n, const float *x, float *r,
                  float *p, float *q, solving *s)
{
    int64_t width = normal->width, room = most_gathered(width);
    float *to = q + RECO__CG_ROWS * width;
    dense_product(normal, n, x, q);
    for (int32_t k = 0; k < n; k++) {
        const reco__entries *e = &rows[k];
        bool fits = e->n <= room;
        normal->kernels->normal_product(normal->rows, e->index, e->n, width, width, e->negated, e->weight,
                                        e->shift, x + k * width, q + k * width, fits ? to : NULL);
        s[k] = (solving){e, fits ? to : NULL, 0};
        if (fits) {
            to += (e->n + SLACK) * width;
            room -= e->n;
        }
        for (int64_t f = k * width; f < (k + 1) * width; f++) {
            r[f] = p[f] = -q[f];
        }
        s[k].rr = normal->kernels->dot(r + k * width, r + k * width, width);
    }
}

int32_t reco__cg_rows(const reco__normal *normal, const reco__entries *rows, int32_t n, int32_t steps,
                      float *x, float *scratch)
{
    const reco__kernels *kernels = normal->kernels;
    int64_t width = normal->width;
    float *r = scratch, *p = r + RECO__CG_ROWS * width, *q = p + RECO__CG_ROWS * width;
    solving s[RECO__CG_ROWS];
    start(normal, rows, n, x, r, p, q, s);
    for (int32_t step = 0; step < steps; step++) {
        dense_product(normal, n, p, q);
        for (int32_t k = 0; k < n; k++) {
            int64_t at = k * width;
            if (s[k].rr > 0) {
                add_product(normal, &s[k], p + at, q + at);
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
