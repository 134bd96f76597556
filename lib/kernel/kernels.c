/* SPDX-License-Identifier: MIT */
/* The kernels of one instruction set: compiled with its flags, its WIDTH in floats and its name in ISA.
 * `fused` fuses a multiplication with an addition where the processor can; no other pair is fused, since the whole library is
 * compiled with -ffp-contract=off. */
#include "kernel.h"

#include "base/bytes.h"
#include "vector.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define PASTE(a, b) a##b
#define TABLE(isa)  PASTE(reco__kernels_, isa)
#define TEXT(x)     #x
#define NAME(isa)   TEXT(isa)

extern const reco__kernels TABLE(ISA);

/* A tile of C that stays in registers: TILE_ROWS x TILE_VECTORS of them, as many as leave room
 * for operands. */
enum { TILE_ROWS = 6 };
#if WIDTH == 16 || defined(__aarch64__)
enum { TILE_VECTORS = 4 };
#else
enum { TILE_VECTORS = 2 };
#endif

/* ---- vectors ---- */

static float dot(const float *a, const float *b, int64_t n)
{
    vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    int64_t k = 0;
    for (; k + 4 * WIDTH <= n; k += 4 * WIDTH) {
        s0 = fused(load(a + k), load(b + k), s0);
        s1 = fused(load(a + k + WIDTH), load(b + k + WIDTH), s1);
        s2 = fused(load(a + k + 2 * WIDTH), load(b + k + 2 * WIDTH), s2);
        s3 = fused(load(a + k + 3 * WIDTH), load(b + k + 3 * WIDTH), s3);
    }
    for (; k + WIDTH <= n; k += WIDTH) {
        s0 = fused(load(a + k), load(b + k), s0);
    }
    float total = sum((s0 + s1) + (s2 + s3));
    for (; k < n; k++) {
        total = fused1(a[k], b[k], total);
    }
    return total;
}

static void axpy(float alpha, const float *x, float *y, int64_t n)
{
    int64_t k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        store(y + k, fused(splat(alpha), load(x + k), load(y + k)));
    }
    for (; k < n; k++) {
        y[k] = fused1(alpha, x[k], y[k]);
    }
}

/* ---- scores ---- */

/* WIDTH scores side by side: squares of WIDTH rows by WIDTH factors are turned in registers, so that each
 * lane adds up its row from first factor to last. */
INLINE vec scores(const float *const *row, int64_t factors, const float *x)
{
    vec s = {0}, square[WIDTH];
    int64_t k = 0;
    for (; k + WIDTH <= factors; k += WIDTH) {
#pragma GCC unroll 16
        for (int r = 0; r < WIDTH; r++) {
            square[r] = load(row[r] + k);
        }
        transpose(square);
#pragma GCC unroll 16
        for (int f = 0; f < WIDTH; f++) {
            s = fused(square[f], splat(x[k + f]), s);
        }
    }
    for (; k < factors; k++) {
        float lane[WIDTH];
        for (int r = 0; r < WIDTH; r++) {
            lane[r] = row[r][k];
        }
        s = fused(load(lane), splat(x[k]), s);
    }
    return s;
}

static void matvec_at(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                      const float *x, float *y)
{
    for (int64_t r = 0; r < n; r += WIDTH) {
        const float *row[WIDTH];
        for (int64_t lane = 0; lane < WIDTH; lane++) { /* past the end the last row once more */
            int64_t at = r + lane < n ? r + lane : n - 1;
            row[lane] = rows + (index ? index[at] : at) * stride;
        }
        vec s = scores(row, factors, x);
        if (r + WIDTH <= n) {
            store(y + r, s);
        } else {
            float lane[WIDTH];
            store(lane, s);
            memcpy(y + r, lane, (size_t)(n - r) * sizeof *y);
        }
    }
}

static void matvec(const float *rows, int64_t n, int64_t stride, int64_t factors, const float *x, float *y)
{
    matvec_at(rows, NULL, n, stride, factors, x, y);
}

static void pack(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                 float *out)
{
    enum { PANEL = TILE_VECTORS * WIDTH };
    for (int64_t j = 0; j < PANEL; j += WIDTH) {
        vec square[WIDTH];
        int64_t k = 0;
        for (; j + WIDTH <= n && k + WIDTH <= factors; k += WIDTH) {
#pragma GCC unroll 16
            for (int r = 0; r < WIDTH; r++) {
                square[r] = load(rows + (index ? index[j + r] : j + r) * stride + k);
            }
            transpose(square);
#pragma GCC unroll 16
            for (int f = 0; f < WIDTH; f++) {
                store(out + (k + f) * PANEL + j, square[f]);
            }
        }
        for (; k < factors; k++) {
            for (int64_t r = j; r < j + WIDTH; r++) {
                out[k * PANEL + r] = r < n ? rows[(index ? index[r] : r) * stride + k] : 0;
            }
        }
    }
}

/* ---- matrix products ---- */

typedef struct product {
    int64_t depth, a_row, a_column, b_stride, c_stride;
    int32_t mode;
} product;

/* A finished tile goes into C; the last three arguments are constant. */
INLINE void finish(vec total[][TILE_VECTORS], float *c, int64_t stride, int height, int vectors, int32_t mode)
{
#pragma GCC unroll 6
    for (int i = 0; i < height; i++) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            float *to = c + i * stride + v * WIDTH;
            vec now = total[i][v];
            store(to, mode == RECO__SET ? now : mode == RECO__ADD ? load(to) + now : load(to) - now);
        }
    }
}

/* C[height, vectors * WIDTH], with constant height and vectors. */
INLINE void tile(const product *s, const float *a, const float *b, float *c, int height, int vectors)
{
    vec total[TILE_ROWS][TILE_VECTORS];
#pragma GCC unroll 6
    for (int i = 0; i < height; i++) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            total[i][v] = (vec){0};
        }
    }
    for (int64_t k = 0; k < s->depth; k++, a += s->a_column, b += s->b_stride) {
        vec row[TILE_VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            row[v] = load(b + v * WIDTH);
        }
#pragma GCC unroll 6
        for (int i = 0; i < height; i++) {
            vec x = splat(a[i * s->a_row]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                total[i][v] = fused(x, row[v], total[i][v]);
            }
        }
    }
    switch (s->mode) {
    case RECO__SET:
        finish(total, c, s->c_stride, height, vectors, RECO__SET);
        break;
    case RECO__ADD:
        finish(total, c, s->c_stride, height, vectors, RECO__ADD);
        break;
    default:
        finish(total, c, s->c_stride, height, vectors, RECO__SUBTRACT);
        break;
    }
}

/* All rows of C of a constant number of vectors. */
INLINE void column(const product *s, int64_t m, const float *a, const float *b, float *c, int vectors)
{
    int64_t i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
        tile(s, a + i * s->a_row, b, c + i * s->c_stride, TILE_ROWS, vectors);
    }
    a += i * s->a_row;
    c += i * s->c_stride;
    switch (m - i) {
    case 5:
        tile(s, a, b, c, 5, vectors);
        break;
    case 4:
        tile(s, a, b, c, 4, vectors);
        break;
    case 3:
        tile(s, a, b, c, 3, vectors);
        break;
    case 2:
        tile(s, a, b, c, 2, vectors);
        break;
    case 1:
        tile(s, a, b, c, 1, vectors);
        break;
    default:
        break;
    }
}

static void column1(const product *s, int64_t m, const float *a, const float *b, float *c)
{
    column(s, m, a, b, c, 1);
}

static void column2(const product *s, int64_t m, const float *a, const float *b, float *c)
{
    column(s, m, a, b, c, 2);
}

#if WIDTH == 16 || defined(__aarch64__)
static void column3(const product *s, int64_t m, const float *a, const float *b, float *c)
{
    column(s, m, a, b, c, 3);
}

static void column4(const product *s, int64_t m, const float *a, const float *b, float *c)
{
    column(s, m, a, b, c, 4);
}

static void (*const columns[])(const product *, int64_t, const float *, const float *,
                               float *) = {column1, column2, column3, column4};
#else
static void (*const columns[])(const product *, int64_t, const float *, const float *, float *) = {column1,
                                                                                                   column2};
#endif

/* The last, less than WIDTH, columns. */
static void narrow(const product *s, int64_t m, int64_t n, const float *a, const float *b, float *c)
{
    for (int64_t i = 0; i < m; i++) {
        for (int64_t j = 0; j < n; j++) {
            float total = 0;
            for (int64_t k = 0; k < s->depth; k++) {
                total = fused1(a[i * s->a_row + k * s->a_column], b[k * s->b_stride + j], total);
            }
            float *to = c + i * s->c_stride + j;
            *to = s->mode == RECO__SET ? total : s->mode == RECO__ADD ? *to + total : *to - total;
        }
    }
}

static void multiply(const product *s, int64_t m, int64_t n, const float *a, const float *b, float *c)
{
    int64_t j = 0;
    while (j + WIDTH <= n) {
        int64_t vectors = (n - j) / WIDTH < TILE_VECTORS ? (n - j) / WIDTH : TILE_VECTORS;
        columns[vectors - 1](s, m, a, b + j, c + j);
        j += vectors * WIDTH;
    }
    if (j < n) {
        narrow(s, m, n - j, a, b + j, c + j);
    }
}

static void gemm(int64_t m, int64_t n, int64_t depth, const float *a, int64_t a_row, int64_t a_column,
                 const float *b, int64_t b_stride, float *c, int64_t c_stride, int32_t mode)
{
    product s = {depth, a_row, a_column, b_stride, c_stride, mode};
    multiply(&s, m, n, a, b, c);
}

/* Upper triangle of C[m, n] by `mode` A^T B, rows `from` on, some at a time, each from the
 * diagonal's vector. */
INLINE void update_upper(int64_t from, int64_t m, int64_t n, int64_t depth, const float *a, const float *b,
                         int64_t stride, float *c, int64_t c_stride, int32_t mode)
{
    product s = {depth, 1, stride, stride, c_stride, mode};
    for (int64_t i = from; i < m; i += TILE_ROWS) {
        int64_t j = i / WIDTH * WIDTH, rows = m - i < TILE_ROWS ? m - i : TILE_ROWS;
        multiply(&s, rows, n - j, a + i, b + j, c + i * c_stride + j);
    }
}

static void rank_update(int64_t n, int64_t depth, const float *a, const float *b, int64_t stride, float *c,
                        int64_t c_stride)
{
    update_upper(0, n, n, depth, a, b, stride, c, c_stride, RECO__ADD);
}

/* ---- sparse normal equations ---- */

static void gather(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                   const float *scale, float *out, int64_t out_stride)
{
    for (int64_t e = 0; e < n; e++) {
        const float *from = rows + index[e] * stride;
        float *to = out + e * out_stride, by = scale ? scale[e] : 1;
        int64_t k = 0;
        for (; k + WIDTH <= factors; k += WIDTH) {
            store(to + k, load(from + k) * splat(by));
        }
        for (; k < factors; k++) {
            to[k] = from[k] * by;
        }
        for (; k < out_stride; k++) {
            to[k] = 0;
        }
    }
}

/* t[e] = base[e] + weight[e] * t[e] for e < used, 0 for the others of `count`. */
INLINE void coefficients(float *t, int count, int64_t used, const float *base, const float *weight)
{
    for (int64_t e = 0; e < used; e++) {
        t[e] = fused1(weight ? weight[e] : 1, t[e], base ? base[e] : 0);
    }
    for (int64_t e = used; e < count; e++) {
        t[e] = 0;
    }
    /* from here on t is in memory, from where each of it comes into all lanes by one load */
    __asm__ volatile("" : : "r"(t) : "memory");
}

/* Where the rows of a group are: each on its own, or packed, WIDTH factors of each row in turn. */
typedef struct group {
    const float *row[GROUP];
    const float *packed; /* or NULL */
} group;

INLINE vec of_row(const group *g, int count, int e, int64_t k)
{
    return g->packed ? load(g->packed + k * count + e * WIDTH) : load(g->row[e] + k);
}

/* out[e] = row[e] . x for whole vectors of factors; packs the rows on the way unless `pack_to` is NULL. */
INLINE void group_dots(const group *g, int count, int64_t factors, const float *x, float *out, float *pack_to)
{
    vec s[GROUP];
#pragma GCC unroll 8
    for (int e = 0; e < count; e++) {
        s[e] = (vec){0};
    }
    for (int64_t k = 0; k + WIDTH <= factors; k += WIDTH) {
        vec at = load(x + k);
#pragma GCC unroll 8
        for (int e = 0; e < count; e++) {
            vec row = of_row(g, count, e, k);
            s[e] = fused(row, at, s[e]);
            if (pack_to) {
                store(pack_to + k * count + e * WIDTH, row);
            }
        }
    }
    sums(s, count, out);
}

/* y += sum over e < used of (base[e] + weight[e] * (row[e] . x)) row[e]; `count`, 4 or GROUP, is constant, and the
 * rows past `used` are any. They are read twice, the second time from the first-level cache. */
INLINE void group_product(group g, int count, int64_t used, int64_t factors, const float *base,
                          const float *weight, const float *x, float *y, float *pack_to)
{
    float t[GROUP];
    int64_t whole = factors / WIDTH * WIDTH;
    group_dots(&g, count, factors, x, t, pack_to);
    for (int64_t k = whole; k < factors; k++) {
        for (int e = 0; e < count; e++) {
            t[e] = fused1(g.row[e][k], x[k], t[e]);
        }
    }
    coefficients(t, count, used, base, weight);
    g.packed = pack_to ? pack_to : g.packed;
    for (int64_t k = 0; k < whole; k += WIDTH) {
        vec even = load(y + k), odd = {0};
#pragma GCC unroll 4
        for (int e = 0; e < count; e += 2) {
            even = fused(splat(t[e]), of_row(&g, count, e, k), even);
            odd = fused(splat(t[e + 1]), of_row(&g, count, e + 1, k), odd);
        }
        store(y + k, even + odd);
    }
    for (int64_t k = whole; k < factors; k++) {
        for (int e = 0; e < count; e++) {
            y[k] = fused1(t[e], g.row[e][k], y[k]);
        }
    }
}

/* The rows of a group from entry e on; past the last entry the last row again. */
INLINE group group_rows(const float *rows, const int32_t *index, int64_t e, int64_t n, int64_t stride,
                        int count)
{
    group g = {.packed = NULL};
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) {
        int64_t at = e + i < n ? e + i : n - 1;
        g.row[i] = rows + (index ? index[at] : at) * stride;
    }
    return g;
}

/* All groups; in three instances: of rows, of rows to be packed, of packed rows. */
INLINE void groups(const float *rows, const int32_t *index, int64_t n, int64_t stride, int64_t factors,
                   const float *base, const float *weight, const float *x, float *y, float *pack_to,
                   const float *packed)
{
    int64_t e = 0;
    for (; e + 4 < n; e += GROUP) { /* at least 5 rows: a whole group, or nearly */
        group g =
            packed ? (group){.packed = packed + e * factors} : group_rows(rows, index, e, n, stride, GROUP);
        const float *b = base ? base + e : NULL, *w = weight ? weight + e : NULL;
        float *to = pack_to ? pack_to + e * factors : NULL;
        if (n - e >= GROUP) {
            group_product(g, GROUP, GROUP, factors, b, w, x, y, to);
        } else {
            group_product(g, GROUP, n - e, factors, b, w, x, y, to);
        }
    }
    if (e < n) {
        group g = packed ? (group){.packed = packed + e * factors} : group_rows(rows, index, e, n, stride, 4);
        group_product(g, 4, n - e, factors, base ? base + e : NULL, weight ? weight + e : NULL, x, y,
                      pack_to ? pack_to + e * factors : NULL);
    }
}

static void normal_product(const float *rows, const int32_t *index, int64_t n, int64_t stride,
                           int64_t factors, const float *base, const float *weight, float shift,
                           const float *x, float *y, float *pack_to)
{
    axpy(shift, x, y, factors);
    if (pack_to) {
        groups(rows, index, n, stride, factors, base, weight, x, y, pack_to, NULL);
    } else {
        groups(rows, index, n, stride, factors, base, weight, x, y, NULL, NULL);
    }
}

static void packed_product(const float *packed, int64_t n, int64_t factors, const float *weight, float shift,
                           const float *x, float *y)
{
    axpy(shift, x, y, factors);
    groups(NULL, NULL, n, 0, factors, NULL, weight, x, y, NULL, packed);
}

static float cg_step(float *x, float *r, float *p, const float *q, int64_t n, float rr)
{
    float curvature = dot(p, q, n);
    if (!(curvature > 0)) {
        return curvature <= 0 ? 0 : curvature;
    }
    float step = rr / curvature;
    vec squares = {0};
    int64_t k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        vec residual = fused(splat(-step), load(q + k), load(r + k));
        store(x + k, fused(splat(step), load(p + k), load(x + k)));
        store(r + k, residual);
        squares = fused(residual, residual, squares);
    }
    float now = sum(squares);
    for (; k < n; k++) {
        x[k] = fused1(step, p[k], x[k]);
        r[k] = fused1(-step, q[k], r[k]);
        now = fused1(r[k], r[k], now);
    }
    float keep = now / rr;
    for (k = 0; k + WIDTH <= n; k += WIDTH) {
        store(p + k, fused(splat(keep), load(p + k), load(r + k)));
    }
    for (; k < n; k++) {
        p[k] = fused1(keep, p[k], r[k]);
    }
    return now;
}

/* ---- small Cholesky ---- */

/* Rows factored before the rest of the matrix is updated with them, by tiles. */
enum { CHOLESKY_BLOCK = 16 };

/* Row k of U, given those of its block from `first` on and a matrix updated with all before `first`. */
INLINE int cholesky_row(float *a, int64_t first, int64_t k, int64_t end, int64_t stride)
{
    float *row = a + k * stride;
    int64_t start = k / WIDTH * WIDTH;
    for (int64_t j = start; j < end; j += WIDTH) {
        vec even = load(row + j), odd = {0};
        int64_t p = first;
        for (; p + 2 <= k; p += 2) {
            even = fused(splat(-a[p * stride + k]), load(a + p * stride + j), even);
            odd = fused(splat(-a[(p + 1) * stride + k]), load(a + (p + 1) * stride + j), odd);
        }
        if (p < k) {
            even = fused(splat(-a[p * stride + k]), load(a + p * stride + j), even);
        }
        store(row + j, even + odd);
    }
    float pivot = row[k];
    if (!(pivot >= FLT_MIN && pivot <= FLT_MAX)) {
        return 0;
    }
    float reciprocal = 1 / sqrtf(pivot);
    for (int64_t j = start; j < end; j += WIDTH) {
        store(row + j, load(row + j) * splat(reciprocal));
    }
    row[k] = reciprocal;
    return 1;
}

static int64_t cholesky(float *a, int64_t n, int64_t stride)
{
    int64_t end = (n + WIDTH - 1) / WIDTH * WIDTH;
    for (int64_t first = 0; first < n; first += CHOLESKY_BLOCK) {
        int64_t next = n - first < CHOLESKY_BLOCK ? n : first + CHOLESKY_BLOCK;
        for (int64_t k = first; k < next; k++) {
            if (!cholesky_row(a, first, k, end, stride)) {
                return k;
            }
        }
        const float *block = a + first * stride;
        update_upper(next, n, end, next - first, block, block, stride, a, stride, RECO__SUBTRACT);
    }
    return -1;
}

/* Row i of U's block at `first`, right of the diagonal; zero past the last row. */
INLINE void load_square(const float *u, int64_t first, int64_t n, int64_t stride, vec *square)
{
#pragma GCC unroll 16
    for (int i = 0; i < WIDTH; i++) {
        square[i] = first + i < n ? right_of(load(u + (first + i) * stride + first), i) : (vec){0};
    }
}

/* The reciprocals on the diagonal of a block, 0 past the last row. */
INLINE vec diagonal(const float *u, int64_t first, int64_t n, int64_t stride)
{
    float lane[WIDTH];
    for (int64_t i = 0; i < WIDTH; i++) {
        lane[i] = first + i < n ? u[(first + i) * stride + first + i] : 0;
    }
    return load(lane);
}

/* U^T z = b for the block at `first`, then its part taken off the rest of b. */
INLINE void forward_block(const float *u, int64_t first, int64_t n, int64_t end, int64_t stride, float *b)
{
    vec square[WIDTH], reciprocals = diagonal(u, first, n, stride), v = load(b + first);
    load_square(u, first, n, stride, square);
#pragma GCC unroll 16
    for (int k = 0; k < WIDTH; k++) {
        v = fused(splat(-v[k] * reciprocals[k]), square[k], v);
    }
    v *= reciprocals;
    store(b + first, v);
    int64_t rows = n - first < WIDTH ? n - first : WIDTH;
    for (int64_t j = first + WIDTH; j < end; j += WIDTH) {
        vec even = load(b + j), odd = {0};
        int64_t k = 0;
        for (; k + 2 <= rows; k += 2) {
            even = fused(splat(-b[first + k]), load(u + (first + k) * stride + j), even);
            odd = fused(splat(-b[first + k + 1]), load(u + (first + k + 1) * stride + j), odd);
        }
        if (k < rows) {
            even = fused(splat(-b[first + k]), load(u + (first + k) * stride + j), even);
        }
        store(b + j, even + odd);
    }
}

/* U x = z for the block at `first`, those right of it being solved. */
INLINE void backward_block(const float *u, int64_t first, int64_t n, int64_t end, int64_t stride, float *b)
{
    vec square[WIDTH], reciprocals = diagonal(u, first, n, stride);
    float products[WIDTH];
    for (int i = 0; i < WIDTH; i += GROUP) {
        vec s[GROUP];
#pragma GCC unroll 8
        for (int g = 0; g < GROUP; g++) {
            s[g] = (vec){0};
            for (int64_t j = first + WIDTH; first + i + g < n && j < end; j += WIDTH) {
                s[g] = fused(load(u + (first + i + g) * stride + j), load(b + j), s[g]);
            }
        }
        sums(s, GROUP, products + i);
    }
    vec v = load(b + first) - load(products);
    load_square(u, first, n, stride, square);
    transpose(square);
#pragma GCC unroll 16
    for (int k = WIDTH - 1; k >= 0; k--) {
        v = fused(splat(-v[k] * reciprocals[k]), square[k], v);
    }
    store(b + first, v * reciprocals);
}

static void cholesky_solve(const float *u, int64_t n, int64_t stride, float *b)
{
    int64_t end = (n + WIDTH - 1) / WIDTH * WIDTH;
    for (int64_t first = 0; first < end; first += WIDTH) {
        forward_block(u, first, n, end, stride, b);
    }
    for (int64_t first = end - WIDTH; first >= 0; first -= WIDTH) {
        backward_block(u, first, n, end, stride, b);
    }
}

/* ---- selection ---- */

/* Appends the positions of one row, whose first is `at`. */
INLINE int64_t above_row(const float *row, int64_t n, float threshold, int64_t at, int32_t *out,
                         int64_t count)
{
    int64_t k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        if (any_above(row + k, splat(threshold))) {
            for (int64_t i = k; i < k + WIDTH; i++) {
                out[count] = (int32_t)(at + i);
                count += row[i] > threshold;
            }
        }
    }
    for (; k < n; k++) {
        out[count] = (int32_t)(at + k);
        count += row[k] > threshold;
    }
    return count;
}

static int64_t above(const float *scores_, int64_t m, int64_t n, int64_t stride, const float *threshold,
                     int32_t *out)
{
    int64_t count = 0;
    for (int64_t i = 0; i < m; i++) {
        count = above_row(scores_ + i * stride, n, threshold[i], i * n, out, count);
    }
    return count;
}

/* ---- checksums ---- */

/* CRC-32C by the processor's instruction where it has one: three cycles for eight bytes, four times the
 * tables. */
static uint32_t crc32c(uint32_t before, const void *data, int64_t n)
{
#if defined(__x86_64__) && defined(__SSE4_2__)
    const unsigned char *p = data;
    uint64_t crc = ~before;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    for (; n > 0; n--, p++) {
        crc = _mm_crc32_u8((uint32_t)crc, *p);
    }
    return ~(uint32_t)crc;
#else
    return reco__crc32c(before, data, n);
#endif
}

const reco__kernels TABLE(ISA) = {
    .name = NAME(ISA),
    .panel = TILE_VECTORS * WIDTH,
    .dot = dot,
    .axpy = axpy,
    .matvec = matvec,
    .matvec_at = matvec_at,
    .gemm = gemm,
    .rank_update = rank_update,
    .gather = gather,
    /* conjugate gradients only train: the query-only library stays small without them */
    .normal_product = RECO__TRAINING ? normal_product : 0,
    .packed_product = RECO__TRAINING ? packed_product : 0,
    .cg_step = RECO__TRAINING ? cg_step : 0,
    .cholesky = cholesky,
    .cholesky_solve = cholesky_solve,
    .pack = pack,
    .above = above,
    .crc32c = crc32c,
};
