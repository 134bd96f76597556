/* SPDX-License-Identifier: MIT */
/* Linear algebra against plain loops in double precision. */
#include "base/memory.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/csr.h"
#include "math/normal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static reco__rng rng;
static reco_error err;

static int64_t below(int64_t n)
{
    return (int64_t)reco__rng_below(&rng, (uint64_t)n);
}

/* [rows, stride], numbers around 0 in the first n columns, zeros in the others. */
static float *matrix(int64_t rows, int64_t n, int64_t stride)
{
    float *a = reco__alloc_zero(rows * stride, sizeof *a);
    assert_non_null(a);
    for (int64_t k = 0; k < rows * stride; k++) {
        a[k] = k % stride < n ? (float)(reco__rng_unit(&rng) * 2 - 1) : 0;
    }
    return a;
}

static double gram_entry(const float *f, int64_t rows, int64_t stride, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t r = 0; r < rows; r++) {
        sum += (double)f[r * stride + i] * f[r * stride + j];
    }
    return sum;
}

static void test_gram(void **state)
{
    (void)state;
    static const int64_t rows[] = {0, 1, 15, 700, 40000}, factors[] = {1, 16, 37, 64, 300};
    for (size_t a = 0; a < 5; a++) {
        for (size_t b = 0; b < 5; b++) {
            int64_t n = rows[a], width = reco__padded(factors[b]);
            if (n > 1000 && width > 64) {
                continue;
            }
            float *f = matrix(n, factors[b], width), *first = NULL;
            for (int32_t threads = 1; threads <= 3; threads++) {
                reco__run run = reco__run_start(NULL, threads, 0, "test", NULL);
                float *scratch = reco__alloc(reco__gram_need(width, threads), sizeof *scratch);
                float *g = reco__alloc(width * width, sizeof *g);
                assert_non_null(scratch);
                assert_non_null(g);
                assert_int_equal(reco__gram(&run, f, n, width, 0.5, g, scratch), RECO_OK);
                for (int64_t k = 0; k < 200; k++) {
                    int64_t i = below(width), j = below(width);
                    double wanted = 0.5 * gram_entry(f, n, width, i, j);
                    assert_true(fabs((double)g[i * width + j] - wanted) <= 1e-5 * ((double)n + 1));
                    assert_true(g[i * width + j] == g[j * width + i]);
                }
                reco__free(scratch);
                if (first) {
                    assert_memory_equal(first, g, (size_t)(width * width) * sizeof *g);
                    reco__free(g);
                } else {
                    first = g;
                }
            }
            reco__free(first);
            reco__free(f);
        }
    }
}

/* (G + shift I + sum of weight F F^T) x - sum of target F, whose size tells how well x solves. */
static double residual(const reco__normal *s, const reco__entries *e, const float *x, int64_t at)
{
    double sum = (double)e->shift * x[at];
    for (int32_t k = 0; k < s->factors; k++) {
        sum += (double)s->gram[at * s->width + k] * x[k];
    }
    for (int64_t k = 0; k < e->n; k++) {
        const float *row = s->rows + e->index[k] * s->stride;
        double product = 0;
        for (int32_t c = 0; c < s->factors; c++) {
            product += (double)row[c] * x[c];
        }
        sum += ((e->weight ? (double)e->weight[k] : 1) * product + (double)e->negated[k]) * row[at];
    }
    return sum;
}

enum { ROWS = 200, ENTRIES = 100 };

/* Random systems; the same ones solved exactly and by as many steps of conjugate gradients as there are
 * unknowns. */
static void test_systems(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        int64_t factors = 1 + below(50), width = reco__padded(factors);
        reco__run run = reco__run_start(NULL, 1, 0, "test", NULL);
        float *f = matrix(ROWS, factors, width), *g = matrix(width, width, width);
        float *scratch = reco__alloc(
            reco__gram_need(width, 1) + reco__cg_need(width) + reco__system_need(width), sizeof *scratch);
        assert_non_null(scratch);
        assert_int_equal(reco__gram(&run, f, ROWS, width, 0.3, g, scratch), RECO_OK);
        reco__normal s = {reco__kernels_best(), g, f, width, width, (int32_t)factors};
        int32_t index[RECO__CG_ROWS][ENTRIES], n_rows = 1 + (int32_t)below(RECO__CG_ROWS);
        float weight[RECO__CG_ROWS][ENTRIES], negated[RECO__CG_ROWS][ENTRIES], x[RECO__CG_ROWS * 64] = {0};
        reco__entries rows[RECO__CG_ROWS];
        for (int32_t r = 0; r < n_rows; r++) {
            rows[r] = (reco__entries){index[r], below(2) ? weight[r] : NULL, negated[r], below(ENTRIES), 2};
            for (int64_t e = 0; e < rows[r].n; e++) {
                index[r][e] = (int32_t)below(ROWS);
                weight[r][e] = (float)reco__rng_unit(&rng) * 2;
                negated[r][e] = (float)reco__rng_unit(&rng) * 2 - 3;
            }
        }
        float *packed = reco__alloc(reco__cg_packed(width), sizeof *packed);
        assert_non_null(packed);
        reco__cg_pack(g, width, packed);
        reco__normal t = s;
        t.gram = packed;
        assert_int_equal(reco__cg_rows(&t, rows, n_rows, 2 * (int32_t)factors, x, scratch), -1);
        reco__free(packed);
        for (int32_t r = 0; r < n_rows; r++) {
            float exact[64];
            reco__system_start(&s, scratch);
            for (int64_t e = 0; e < rows[r].n; e += 30) {
                reco__entries some = rows[r];
                some.index += e;
                some.weight = some.weight ? some.weight + e : NULL;
                some.negated += e;
                some.n = rows[r].n - e < 30 ? rows[r].n - e : 30;
                reco__system_add(&s, &some, scratch);
            }
            assert_true(reco__system_solve(&s, rows[r].shift, exact, scratch));
            for (int64_t c = 0; c < factors; c++) {
                assert_true(fabs(residual(&s, &rows[r], exact, c)) < 2e-3);
                assert_true(fabs(residual(&s, &rows[r], x + r * width, c)) < 2e-3);
                assert_true(fabs((double)exact[c] - x[r * width + c]) < 1e-3);
            }
            float b[64];
            for (int64_t c = 0; c < factors; c++) { /* A x for the x that was found gives it back */
                b[c] = (float)residual(
                    &s,
                    &(reco__entries){index[r], rows[r].weight, (float[ENTRIES]){0}, rows[r].n, rows[r].shift},
                    exact, c);
            }
            reco__system_again(&s, b, scratch);
            for (int64_t c = 0; c < factors; c++) {
                assert_true(fabs((double)exact[c] - b[c]) < 1e-3);
            }
        }
        reco__free(scratch);
        reco__free(f);
        reco__free(g);
    }
}

static void test_broken_systems_are_noticed(void **state)
{
    (void)state;
    enum { WIDTH = 16 };
    static float gram[WIDTH * WIDTH * 8], rows[2 * WIDTH], x[RECO__CG_ROWS * WIDTH], solution[WIDTH];
    reco__normal s = {reco__kernels_best(), gram, rows, WIDTH, WIDTH, 3};
    float *scratch = reco__alloc(reco__system_need(WIDTH) + reco__cg_need(WIDTH), sizeof *scratch);
    int32_t index[] = {0, 1};
    float weight[] = {1, 1}, negated[] = {-1, -1};
    reco__entries fine = {index, weight, negated, 2, 1}, huge = fine;
    float beyond[] = {1, 3e38f};
    huge.weight = beyond;
    assert_non_null(scratch);
    assert_true(reco__cg_packed(WIDTH) <= WIDTH * WIDTH * 8);
    rows[0] = rows[WIDTH] = rows[WIDTH + 1] = 5;
    reco__system_start(&s, scratch);
    assert_false(reco__system_solve(&s, 0, solution, scratch)); /* nothing but zeros */
    reco__system_start(&s, scratch);
    reco__system_add(&s, &huge, scratch);
    assert_false(reco__system_solve(&s, 1, solution, scratch));
    x[WIDTH] = 1;
    assert_int_equal(reco__cg_rows(&s, (reco__entries[]){fine, fine, fine}, 3, 3, x, scratch), -1);
    memset(x, 0, sizeof x);
    assert_int_equal(reco__cg_rows(&s, (reco__entries[]){fine, huge, huge}, 3, 3, x, scratch), 1);
    reco__free(scratch);
}

static void test_transpose(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        int32_t rows = (int32_t)below(20), columns = (int32_t)below(20);
        int64_t start[21] = {0}, entries = 0;
        int32_t index[400];
        float value[400];
        for (int32_t r = 0; r < rows; r++) {
            for (int32_t c = 0; c < columns; c++) {
                if (below(3) == 0) {
                    index[entries] = c;
                    value[entries++] = (float)(1 + below(9));
                }
            }
            start[r + 1] = entries;
        }
        reco__csr x = {rows, columns, start, index, value}, turned, back;
        assert_true(reco__csr_valid(&x, entries));
        assert_int_equal(reco__csr_transpose(&x, &turned, &err), RECO_OK);
        assert_true(reco__csr_valid(&turned, entries));
        assert_int_equal(turned.rows, columns);
        assert_int_equal(reco__csr_transpose(&turned, &back, &err), RECO_OK);
        assert_memory_equal(back.start, start, (size_t)(rows + 1) * sizeof *start);
        if (entries > 0) {
            assert_memory_equal(back.index, index, (size_t)entries * sizeof *index);
            assert_memory_equal(back.value, value, (size_t)entries * sizeof *value);
        }
        reco__csr_free(&turned);
        reco__csr_free(&back);
    }
}

/* A build without BLAS says so in every call; then there is nothing else to test. */
static bool no_blas(void)
{
    float one = 1;
    if (reco__blas_invert(1, &one, &err) != RECO_EUNSUPPORTED) {
        return false;
    }
    assert_int_equal(reco__blas_gram(1, 1, &one, 1, &one, &err), RECO_EUNSUPPORTED);
    assert_int_equal(reco__blas_product(1, 1, 1, &one, 1, &one, 1, &one, 1, &err), RECO_EUNSUPPORTED);
    assert_int_equal(reco__blas_solve(1, &one, 1, &one, &err), RECO_EUNSUPPORTED);
    return true;
}

static void test_blas_products(void **state)
{
    (void)state;
    for (int round = 0; round < 50 && !no_blas(); round++) {
        int64_t m = below(40), n = 1 + below(40), depth = below(40), stride = n + below(5);
        float *a = matrix(m, depth, depth), *b = matrix(depth, n, stride), *c = matrix(m, n, stride);
        float *g = matrix(n, n, n);
        assert_int_equal(reco__blas_product(m, n, depth, a, depth, b, stride, c, stride, &err), RECO_OK);
        assert_int_equal(reco__blas_gram(depth, n, b, stride, g, &err), RECO_OK);
        for (int64_t j = 0; j < n; j++) {
            for (int64_t i = 0; i < m; i++) {
                double sum = 0;
                for (int64_t k = 0; k < depth; k++) {
                    sum += (double)a[i * depth + k] * b[k * stride + j];
                }
                assert_true(fabs((double)c[i * stride + j] - sum) < 1e-4);
            }
            for (int64_t i = 0; i < n; i++) {
                assert_true(fabs((double)g[i * n + j] - gram_entry(b, depth, stride, i, j)) < 1e-4);
            }
        }
        reco__free(a);
        reco__free(b);
        reco__free(c);
        reco__free(g);
    }
}

static void test_blas_systems(void **state)
{
    (void)state;
    for (int round = 0; round < 30 && !no_blas(); round++) {
        int64_t n = 1 + below(60), k = below(4);
        float *f = matrix(2 * n, n, n), *a = matrix(n, n, n), *inverse = matrix(n, n, n),
              *b = matrix(k, n, n);
        float *solved = matrix(k, n, n);
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < n; j++) {
                a[i * n + j] = (float)(gram_entry(f, 2 * n, n, i, j) + (i == j));
                inverse[i * n + j] = j < i ? NAN : a[i * n + j];
            }
        }
        memcpy(solved, b, (size_t)(k * n) * sizeof *b);
        assert_int_equal(reco__blas_invert(n, inverse, &err), RECO_OK);
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < n; j++) {
                double sum = 0;
                for (int64_t p = 0; p < n; p++) {
                    sum += (double)a[i * n + p] * inverse[p * n + j];
                }
                assert_true(fabs(sum - (i == j)) < 1e-3);
            }
        }
        float *copy = matrix(n, n, n);
        memcpy(copy, a, (size_t)(n * n) * sizeof *a);
        assert_int_equal(reco__blas_solve(n, copy, k, solved, &err), RECO_OK);
        for (int64_t r = 0; r < k; r++) {
            for (int64_t i = 0; i < n; i++) {
                double sum = 0;
                for (int64_t p = 0; p < n; p++) {
                    sum += (double)a[i * n + p] * solved[r * n + p];
                }
                assert_true(fabs(sum - b[r * n + i]) < 1e-3);
            }
        }
        float *all[] = {f, a, inverse, b, solved, copy};
        for (size_t p = 0; p < sizeof all / sizeof *all; p++) {
            reco__free(all[p]);
        }
    }
}

static void test_blas_refuses(void **state)
{
    (void)state;
    static const float bad[] = {0, -1, NAN, INFINITY};
    for (size_t k = 0; k < sizeof bad / sizeof *bad && !no_blas(); k++) {
        float a[9] = {2, 0, 0, 0, bad[k], 0, 0, 0, 2}, b[3] = {1, 1, 1}, again[9];
        memcpy(again, a, sizeof a);
        assert_int_equal(reco__blas_invert(3, a, &err), RECO_ENUMERIC);
        assert_non_null(strstr(err.message, "row 1"));
        assert_int_equal(reco__blas_solve(3, again, 1, b, &err), RECO_ENUMERIC);
        float fine[1] = {1}, wrong[1] = {NAN};
        assert_int_equal(reco__blas_solve(1, fine, 1, wrong, &err), RECO_ENUMERIC);
        assert_int_equal(reco__blas_invert(-1, a, &err), RECO_EINTERNAL);
        assert_int_equal(reco__blas_invert((int64_t)1 << 31, a, &err), RECO_EINTERNAL);
        assert_int_equal(reco__blas_solve(3, a, (int64_t)1 << 31, b, &err), RECO_EINTERNAL);
        assert_int_equal(reco__blas_gram(3, 3, a, 2, again, &err), RECO_EINTERNAL);
        assert_int_equal(reco__blas_product(3, 3, 3, a, 3, NULL, 3, again, 3, &err), RECO_EINTERNAL);
        assert_int_equal(reco__blas_invert(0, a, &err), RECO_OK);
        assert_int_equal(reco__blas_solve(0, a, 0, b, &err), RECO_OK);
        assert_int_equal(reco__blas_gram(0, 0, a, 0, b, &err), RECO_OK);
        assert_int_equal(reco__blas_product(0, 1, 1, a, 1, b, 1, again, 1, &err), RECO_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gram),
        cmocka_unit_test(test_systems),
        cmocka_unit_test(test_broken_systems_are_noticed),
        cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_blas_products),
        cmocka_unit_test(test_blas_systems),
        cmocka_unit_test(test_blas_refuses),
    };
    rng = reco__rng_key(3, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
