/* SPDX-License-Identifier: MIT */
/* Every kernel of every instruction set this processor can run, against plain loops in double precision, on
 * random sizes, strides and alignments. Outputs lie between guards. */
#include "kernel/kernel.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 40000, GUARD = 32, ROUNDS = 300 };

static reco__rng rng;
static const reco__kernels *k;

static int64_t below(int64_t n)
{
    return (int64_t)reco__rng_below(&rng, (uint64_t)n);
}

/* Memory of n floats at any alignment, filled with numbers around 0, with guards on both sides. */
typedef struct array {
    float *memory, *at;
    int64_t n;
} array;

static array make(int64_t n)
{
    array a = {.memory = reco__alloc(n + 2 * GUARD + 16, sizeof(float)), .n = n};
    assert_non_null(a.memory);
    a.at = a.memory + GUARD + below(16);
    for (float *p = a.memory; p < a.memory + n + 2 * GUARD + 16; p++) {
        *p = 12345;
    }
    for (int64_t i = 0; i < n; i++) {
        a.at[i] = (float)(reco__rng_unit(&rng) * 2 - 1);
    }
    return a;
}

static void release(array *a)
{
    for (int64_t i = 1; i <= GUARD; i++) {
        assert_true(a->at[-i] == 12345 && a->at[a->n + i - 1] == 12345);
    }
    reco__free(a->memory);
}

/* `scale`: the sum of the terms' absolute values. */
static void assert_near(double got, double wanted, double scale)
{
    if (!(fabs(got - wanted) <= 1e-5 * scale + 1e-30)) {
        fail_msg("%s: got %.9g, wanted %.9g (scale %g)", k->name, got, wanted, scale);
    }
}

static void test_dot_and_axpy(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t n = below(200);
        array a = make(n), b = make(n), before = make(n);
        double sum = 0, scale = 0;
        for (int64_t i = 0; i < n; i++) {
            sum += (double)a.at[i] * b.at[i];
            scale += fabs((double)a.at[i] * b.at[i]);
        }
        assert_near(k->dot(a.at, b.at, n), sum, scale);
        memcpy(before.at, b.at, (size_t)n * sizeof(float));
        k->axpy(0.7f, a.at, b.at, n);
        for (int64_t i = 0; i < n; i++) {
            assert_near(b.at[i], before.at[i] + (double)0.7f * a.at[i], 2);
        }
        release(&a);
        release(&b);
        release(&before);
    }
}

static int32_t *some_rows(int64_t n, int64_t of)
{
    int32_t *index = reco__alloc(n, sizeof *index);
    assert_non_null(index);
    for (int64_t i = 0; i < n; i++) {
        index[i] = (int32_t)below(of);
    }
    return index;
}

static void test_matvec(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t rows = 1 + below(80), factors = below(140), stride = factors + below(20), n = below(50);
        array f = make(rows * stride), x = make(factors), y = make(rows), z = make(n);
        int32_t *index = some_rows(n, rows);
        k->matvec(f.at, rows, stride, factors, x.at, y.at);
        k->matvec_at(f.at, index, n, stride, factors, x.at, z.at);
        for (int64_t r = 0; r < rows; r++) {
            double sum = 0, scale = 0;
            for (int64_t c = 0; c < factors; c++) {
                sum += (double)f.at[r * stride + c] * x.at[c];
                scale += fabs((double)f.at[r * stride + c] * x.at[c]);
            }
            assert_near(y.at[r], sum, scale);
        }
        for (int64_t i = 0; i < n; i++) {
            assert_true(z.at[i] == y.at[index[i]]);
        }
        release(&f);
        release(&x);
        release(&y);
        release(&z);
        reco__free(index);
    }
}

static void test_gemm(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t m = below(20), n = below(150), depth = below(40), turned = below(2);
        int64_t a_stride = (turned ? m : depth) + below(5), b_stride = n + below(5), c_stride = n + below(5);
        array a = make((turned ? depth : m) * a_stride), b = make(depth * b_stride), c = make(m * c_stride);
        array before = make(m * c_stride);
        int64_t a_row = turned ? 1 : a_stride, a_column = turned ? a_stride : 1;
        int32_t mode = (int32_t)below(3);
        memcpy(before.at, c.at, (size_t)c.n * sizeof(float));
        k->gemm(m, n, depth, a.at, a_row, a_column, b.at, b_stride, c.at, c_stride, mode);
        for (int64_t i = 0; i < m; i++) {
            for (int64_t j = 0; j < c_stride; j++) {
                double was = before.at[i * c_stride + j], sum = 0, scale = 2;
                for (int64_t p = 0; j < n && p < depth; p++) {
                    double term = (double)a.at[i * a_row + p * a_column] * b.at[p * b_stride + j];
                    sum += term;
                    scale += fabs(term);
                }
                double wanted = j >= n              ? was
                                : mode == RECO__SET ? sum
                                : mode == RECO__ADD ? was + sum
                                                    : was - sum;
                assert_near(c.at[i * c_stride + j], wanted, scale);
            }
        }
        release(&a);
        release(&b);
        release(&c);
        release(&before);
    }
}

/* A score must have the same bits from matvec as from gemm over packed panels: batches rest on it. */
static void test_scores_agree_to_the_bit(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t items = 1 + below(200), users = 1 + below(15), factors = below(140), width = k->panel;
        int64_t panels = (items + width - 1) / width;
        array f = make(items * factors), u = make(users * factors), packed = make(panels * factors * width);
        array one = make(items), tile = make(users * width);
        for (int64_t i = 0; i < panels * width; i++) {
            for (int64_t c = 0; c < factors; c++) {
                packed.at[(i / width * factors + c) * width + i % width] =
                    i < items ? f.at[i * factors + c] : 0;
            }
        }
        for (int64_t p = 0; p < panels; p++) {
            k->gemm(users, width, factors, u.at, factors, 1, packed.at + p * factors * width, width, tile.at,
                    width, RECO__SET);
            for (int64_t r = 0; r < users; r++) {
                k->matvec(f.at, items, factors, factors, u.at + r * factors, one.at);
                for (int64_t i = p * width; i < items && i < (p + 1) * width; i++) {
                    assert_memory_equal(&one.at[i], &tile.at[r * width + i - p * width], sizeof(float));
                }
            }
        }
        release(&f);
        release(&u);
        release(&packed);
        release(&one);
        release(&tile);
    }
}

static void test_rank_update(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t n = below(100), depth = below(50), stride = n + below(20), c_stride = n + below(20);
        array a = make(depth * stride), b = make(depth * stride), c = make(n * c_stride);
        array before = make(n * c_stride);
        memcpy(before.at, c.at, (size_t)c.n * sizeof(float));
        k->rank_update(n, depth, a.at, b.at, stride, c.at, c_stride);
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = i; j < c_stride; j++) {
                double sum = before.at[i * c_stride + j], scale = 2;
                for (int64_t p = 0; j < n && p < depth; p++) {
                    double term = (double)a.at[p * stride + i] * b.at[p * stride + j];
                    sum += term;
                    scale += fabs(term);
                }
                assert_near(c.at[i * c_stride + j], sum, scale);
            }
        }
        release(&a);
        release(&b);
        release(&c);
        release(&before);
    }
}

static void test_gather(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t rows = 1 + below(30), factors = below(70), stride = factors + below(9), n = below(20);
        int64_t to = factors + below(9);
        array f = make(rows * stride), out = make(n * to), scale = make(n);
        int32_t *index = some_rows(n, rows), scaled = (int32_t)below(2);
        k->gather(f.at, index, n, stride, factors, scaled ? scale.at : NULL, out.at, to);
        for (int64_t e = 0; e < n; e++) {
            for (int64_t c = 0; c < to; c++) {
                float wanted = c < factors ? f.at[index[e] * stride + c] * (scaled ? scale.at[e] : 1) : 0;
                assert_true(out.at[e * to + c] == wanted);
            }
        }
        release(&f);
        release(&out);
        release(&scale);
        reco__free(index);
    }
}

static void test_normal_product(void **state)
{
    (void)state;
    static double wanted[256], unbased[256];
    for (int round = 0; round < ROUNDS; round++) {
        int32_t packing = (int32_t)below(2);
        int64_t rows = 1 + below(60), factors = packing ? 16 * below(9) : below(140);
        int64_t stride = factors + below(20), n = below(rows + 1);
        array f = make(rows * stride), base = make(n), weight = make(n), x = make(factors);
        array y = make(factors), again = make(factors), packed = make((n + 7) * factors);
        int32_t *index = some_rows(n, rows), indexed = (int32_t)below(2), based = (int32_t)below(2);
        int32_t weighted = (int32_t)below(2);
        double scale = 1;
        for (int64_t c = 0; c < factors; c++) {
            wanted[c] = y.at[c] + (double)0.3f * x.at[c];
            unbased[c] = again.at[c] + (double)0.3f * x.at[c];
        }
        for (int64_t e = 0; e < n; e++) {
            const float *row = f.at + (indexed ? index[e] : e) * stride;
            double product = 0;
            for (int64_t c = 0; c < factors; c++) {
                product += (double)row[c] * x.at[c];
            }
            double t = (weighted ? weight.at[e] : 1) * product;
            for (int64_t c = 0; c < factors; c++) {
                wanted[c] += ((based ? base.at[e] : 0) + t) * row[c];
                unbased[c] += t * row[c];
            }
            scale += sqrt((double)factors) + 1;
        }
        const float *w = weighted ? weight.at : NULL;
        k->normal_product(f.at, indexed ? index : NULL, n, stride, factors, based ? base.at : NULL, w, 0.3f,
                          x.at, y.at, packing ? packed.at : NULL);
        for (int64_t c = 0; c < factors; c++) {
            assert_near(y.at[c], wanted[c], scale);
        }
        if (packing) {
            k->packed_product(packed.at, n, factors, w, 0.3f, x.at, again.at);
        }
        for (int64_t c = 0; packing && c < factors; c++) {
            assert_near(again.at[c], unbased[c], scale);
        }
        array *all[] = {&f, &base, &weight, &x, &y, &again, &packed};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            release(all[i]);
        }
        reco__free(index);
    }
}

static void test_cg_step(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t n = 1 + below(140);
        array x = make(n), r = make(n), p = make(n), q = make(n), x0 = make(n), r0 = make(n), p0 = make(n);
        double curvature = 0, before = 0, now = 0;
        for (int64_t i = 0; i < n; i++) {
            q.at[i] = p.at[i] * 2 + 0.01f;
            x0.at[i] = x.at[i];
            r0.at[i] = r.at[i];
            p0.at[i] = p.at[i];
            curvature += (double)p.at[i] * q.at[i];
            before += (double)r.at[i] * r.at[i];
        }
        double rr = k->cg_step(x.at, r.at, p.at, q.at, n, (float)before), step = before / curvature;
        for (int64_t i = 0; i < n; i++) {
            double residual = r0.at[i] - step * q.at[i];
            now += residual * residual;
            assert_near(r.at[i], residual, 10 + 10 * step);
            assert_near(x.at[i], x0.at[i] + step * p0.at[i], 10 + 10 * step);
        }
        assert_near(rr, now, 10 * now + before);
        for (int64_t i = 0; i < n; i++) {
            assert_near(p.at[i], r.at[i] + now / before * p0.at[i], 10 + 10 * step + now / before * 10);
        }
        q.at[0] = NAN;
        assert_true(isnan(k->cg_step(x.at, r.at, p.at, q.at, n, 1)));
        memset(q.at, 0, (size_t)n * sizeof(float));
        memcpy(x0.at, x.at, (size_t)n * sizeof(float));
        assert_true(k->cg_step(x.at, r.at, p.at, q.at, n, 1) == 0);
        assert_memory_equal(x.at, x0.at, (size_t)n * sizeof(float));
        array *all[] = {&x, &r, &p, &q, &x0, &r0, &p0};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            release(all[i]);
        }
    }
}

/* A = M^T M + I of random M, in its upper triangle; padding zero, the rest NaN, to show it is not read. */
static array positive_definite(int64_t n, int64_t stride, double *full)
{
    array m = make(n * n), a = make(n * stride);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            double sum = i == j;
            for (int64_t p = 0; p < n; p++) {
                sum += (double)m.at[p * n + i] * m.at[p * n + j];
            }
            full[i * n + j] = sum;
        }
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < stride; j++) {
            a.at[i * stride + j] = j < i ? NAN : j < n ? (float)full[i * n + j] : 0;
        }
    }
    release(&m);
    return a;
}

static void test_cholesky(void **state)
{
    (void)state;
    static double full[100 * 100];
    for (int round = 0; round < ROUNDS; round++) {
        int64_t n = 1 + below(round % 10 ? 40 : 100), stride = (n + 15) / 16 * 16 + 16 * below(2);
        array a = positive_definite(n, stride, full), b = make(stride), x = make(stride);
        memset(b.at + n, 0, (size_t)(stride - n) * sizeof(float));
        memcpy(x.at, b.at, (size_t)stride * sizeof(float));
        assert_int_equal(k->cholesky(a.at, n, stride), -1);
        k->cholesky_solve(a.at, n, stride, x.at);
        for (int64_t i = 0; i < n; i++) {
            double sum = 0, scale = 1;
            for (int64_t j = 0; j < n; j++) {
                sum += full[i * n + j] * x.at[j];
                scale += fabs(full[i * n + j] * x.at[j]);
            }
            assert_near(sum, b.at[i], 5 * scale);
        }
        release(&a);
        release(&b);
        release(&x);
    }
}

static void test_cholesky_names_the_bad_pivot(void **state)
{
    (void)state;
    static double full[40 * 40];
    static const float bad[] = {0, -1, NAN, INFINITY, 1e-40f};
    for (int round = 0; round < ROUNDS; round++) {
        int64_t n = 1 + below(40), stride = (n + 15) / 16 * 16, at = below(n);
        array a = positive_definite(n, stride, full);
        for (int64_t j = 0; j < n; j++) { /* a row apart from the others, so that its pivot is what is set */
            a.at[(j < at ? j : at) * stride + (j < at ? at : j)] = 0;
        }
        a.at[at * stride + at] = bad[below(5)];
        assert_int_equal(k->cholesky(a.at, n, stride), at);
        release(&a);
    }
}

static void test_pack(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t rows = 1 + below(80), factors = below(70), stride = factors + below(9);
        int64_t n = below((rows < k->panel ? rows : k->panel) + 1);
        array f = make(rows * stride), out = make(factors * k->panel);
        int32_t *index = some_rows(n, rows), indexed = (int32_t)below(2);
        k->pack(f.at, indexed ? index : NULL, n, stride, factors, out.at);
        for (int64_t c = 0; c < factors; c++) {
            for (int64_t j = 0; j < k->panel; j++) {
                float wanted = j < n ? f.at[(indexed ? index[j] : j) * stride + c] : 0;
                assert_true(out.at[c * k->panel + j] == wanted);
            }
        }
        release(&f);
        release(&out);
        reco__free(index);
    }
}

static void test_above(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t m = below(6), n = below(200), stride = n + below(10), count = 0;
        array s = make(m * stride), threshold = make(m);
        int32_t *out = reco__alloc(m * n, sizeof *out);
        assert_non_null(out);
        for (int64_t i = 0; i < m && n > 0 && round % 2; i++) { /* equal is not above */
            threshold.at[i] = s.at[i * stride + below(n)];
        }
        int64_t got = k->above(s.at, m, n, stride, threshold.at, out);
        for (int64_t p = 0; p < m * n; p++) {
            if (s.at[p / n * stride + p % n] > threshold.at[p / n]) {
                assert_true(count < got && out[count] == p);
                count++;
            }
        }
        assert_int_equal(count, got);
        release(&s);
        release(&threshold);
        reco__free(out);
    }
}

static void test_crc32c(void **state)
{
    (void)state;
    unsigned char bytes[200];
    for (size_t b = 0; b < sizeof bytes; b++) {
        bytes[b] = (unsigned char)reco__rng_next(&rng);
    }
    for (int64_t start = 0; start < 9; start++) {
        for (int64_t n = 0; n + start <= (int64_t)sizeof bytes; n++) {
            uint32_t sum = reco__crc32c(0, bytes + start, n);
            assert_int_equal(k->crc32c(0, bytes + start, n), sum);
            assert_int_equal(k->crc32c(k->crc32c(0, bytes + start, n / 3), bytes + start + n / 3, n - n / 3),
                             sum);
        }
    }
}

static void test_levels(void **state)
{
    (void)state;
    const reco__kernels *last = NULL;
    for (int32_t level = 0; reco__kernels_level(level); level++) {
        last = reco__kernels_level(level);
        reco__kernels_force(last);
        assert_ptr_equal(reco__kernels_best(), last);
    }
    assert_non_null(last);
    reco__kernels_force(reco__kernels_level(0));
    reco__kernels_force(NULL);
    assert_ptr_equal(reco__kernels_best(), last);
    assert_null(reco__kernels_level(-1));
}

int main(void)
{
    const struct CMUnitTest levels[] = {cmocka_unit_test(test_levels)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dot_and_axpy),   cmocka_unit_test(test_matvec),
        cmocka_unit_test(test_gemm),           cmocka_unit_test(test_scores_agree_to_the_bit),
        cmocka_unit_test(test_rank_update),    cmocka_unit_test(test_gather),
        cmocka_unit_test(test_normal_product), cmocka_unit_test(test_cg_step),
        cmocka_unit_test(test_cholesky),       cmocka_unit_test(test_cholesky_names_the_bad_pivot),
        cmocka_unit_test(test_pack),           cmocka_unit_test(test_above),
        cmocka_unit_test(test_crc32c),
    };
    int failed = cmocka_run_group_tests(levels, NULL, NULL);
    for (int32_t level = 0; reco__kernels_level(level); level++) {
        k = reco__kernels_level(level);
        rng = reco__rng_key(7, 0, 0);
        failed += cmocka_run_group_tests_name(k->name, tests, NULL, NULL);
    }
    return failed;
}
