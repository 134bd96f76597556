/* SPDX-License-Identifier: MIT */
/* Similarities and neighbors against the definitions, computed pair by pair in double on dense matrices. */
#include "math/similarity.h"

#include "base/memory.h"
#include "base/rng.h"
#include "math/weighting.h"

#include "support/alike.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = ALIKE_MOST };

static const char *const similarity_words[] = {RECO__SIMILARITY_WORDS};
static const char *const weighting_words[] = {RECO__WEIGHTING_WORDS};
static const char *const values_words[] = {RECO__VALUES_WORDS};

/* A matrix written out, and the same by rows and by terms with its weights. */
typedef struct sample {
    alike all;
    alike_row row[MOST];
    int32_t kind;          /* of values: 0 all 1, 1 ratings, 2 any */
    reco__csr rows, terms; /* terms: weights */
    float *weights;        /* of rows */
    float *norm;
} sample;

static void draw(sample *s, reco__rng *random)
{
    double density = 0.05 + 0.6 * reco__rng_unit(random);
    for (int32_t r = 0; r < s->all.n; r++) {
        int32_t empty = reco__rng_below(random, 8) == 0;
        int32_t copied = r > 0 && reco__rng_below(random, 6) == 0;
        for (int32_t c = 0; c < s->all.m; c++) {
            int32_t there = !empty && reco__rng_unit(random) < density;
            double value = s->kind == 0   ? 1
                           : s->kind == 1 ? (float)(1 + reco__rng_below(random, 5))
                                          : (float)(0.01 + 30 * reco__rng_unit(random));
            s->all.x[r][c] = copied ? s->all.x[r - 1][c] : there ? value : 0;
        }
    }
}

static void compress(sample *s)
{
    int64_t *start = reco__alloc_zero(s->all.n + 1, sizeof *start);
    int32_t *index = reco__alloc(MOST * MOST, sizeof *index);
    float *value = reco__alloc(MOST * MOST, sizeof *value);
    int64_t at = 0;
    for (int32_t r = 0; r < s->all.n; r++) {
        for (int32_t c = 0; c < s->all.m; c++) {
            if (s->all.x[r][c] > 0) {
                index[at] = c;
                value[at++] = (float)s->all.x[r][c];
            }
        }
        start[r + 1] = at;
    }
    s->rows = (reco__csr){s->all.n, s->all.m, start, index, value};
}

/* Weighs the rows, checks the weights, and gives the transpose and the norms. */
static int32_t weigh(sample *s, int32_t values, int32_t weighting)
{
    reco__csr bare;
    s->weights = reco__alloc(reco__csr_size(&s->rows), sizeof(float));
    s->norm = reco__alloc(s->all.n, sizeof(float));
    assert_int_equal(reco__csr_transpose(&s->rows, &bare, NULL), RECO_OK);
    reco__weighing w = reco__weighing_of(values, weighting, &s->rows, bare.start);
    alike_count(&s->all);
    for (int32_t r = 0; r < s->all.n; r++) {
        int64_t from = s->rows.start[r];
        int64_t n = s->rows.start[r + 1] - from;
        s->row[r] = alike_weigh(&s->all, s->all.x[r]);
        reco__weigh(&w, s->rows.index + from, s->rows.value + from, n, s->weights + from);
        for (int64_t e = from; e < from + n; e++) {
            double expected = s->row[r].weight[s->rows.index[e]];
            assert_true(fabs(s->weights[e] - expected) <= 1e-6 * expected);
            double value = alike_value(&s->all, (double)s->rows.value[e]);
            assert_true(fabs((double)reco__value(values, s->rows.value[e]) - value) <= 1e-6 * value);
        }
        s->norm[r] = reco__norm(s->weights + from, n);
    }
    int32_t ones = reco__weighs_one(&w, &s->rows);
    reco__csr weighted = s->rows;
    weighted.value = s->weights;
    assert_int_equal(reco__csr_transpose(&weighted, &s->terms, NULL), RECO_OK);
    reco__csr_free(&bare);
    return ones;
}

static void release(sample *s)
{
    reco__csr_free(&s->rows);
    reco__csr_free(&s->terms);
    reco__free(s->weights);
    reco__free(s->norm);
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x < y) - (x > y);
}

static float value_of(const reco__csr *found, int32_t r, int32_t other)
{
    for (int64_t e = found->start[r]; e < found->start[r + 1]; e++) {
        if (found->index[e] == other) {
            return found->value[e];
        }
    }
    return 0;
}

/* Row r's neighbors are as many as they should be, none has another similarity than defined, and no better
 * one is left out. */
static void check_row(const sample *s, int32_t k, const reco__csr *found, int32_t r)
{
    double all[MOST];
    int32_t n = 0;
    for (int32_t o = 0; o < s->all.n; o++) {
        double value = o == r ? 0 : alike_pair(&s->all, &s->row[r], &s->row[o]);
        if (value > 0) {
            all[n++] = value;
        }
    }
    qsort(all, (size_t)n, sizeof *all, descending);
    int64_t begin = found->start[r];
    int64_t size = found->start[r + 1] - begin;
    assert_int_equal(size, n < k ? n : k);
    for (int64_t e = begin; e < begin + size; e++) {
        double value = alike_pair(&s->all, &s->row[r], &s->row[found->index[e]]);
        assert_true(found->index[e] != r);
        assert_true(value >= all[size - 1] * (1 - 1e-6));
        assert_true(fabs(found->value[e] - value) <= 1e-6 * value);
    }
}

/* Among equals the smaller index stays. Exact where sums are whole numbers. */
static void check_ties(const sample *s, const reco__csr *found, int32_t r)
{
    for (int64_t e = found->start[r]; e < found->start[r + 1]; e++) {
        int32_t o = found->index[e];
        for (int32_t other = 0; other < o; other++) {
            if (other != r && (float)alike_pair(&s->all, &s->row[r], &s->row[other]) ==
                                  (float)alike_pair(&s->all, &s->row[r], &s->row[o])) {
                assert_true(value_of(found, r, other) == found->value[e]);
            }
        }
    }
}

static void check_same(const reco__csr *a, const reco__csr *b)
{
    int64_t n = reco__csr_size(a);
    assert_memory_equal(a->start, b->start, (size_t)(a->rows + 1) * sizeof *a->start);
    assert_memory_equal(a->index, b->index, (size_t)n * sizeof *a->index);
    assert_memory_equal(a->value, b->value, (size_t)n * sizeof *a->value);
}

static reco__csr find(const sample *s, reco__space space, int32_t flat, int32_t k, int32_t threads)
{
    reco__csr out = {0}, rows = s->rows;
    reco_error err;
    reco__run run = reco__run_start(NULL, threads, 1, "test", &err);
    rows.value = flat ? NULL : s->weights;
    space.terms = s->terms;
    space.terms.value = flat ? NULL : s->terms.value;
    space.norm = flat ? NULL : s->norm;
    space.start = s->rows.start;
    assert_int_equal(reco__neighbors_find(&space, &rows, k, &out, &run), RECO_OK);
    assert_true(reco__csr_valid(&out, out.start[s->all.n]));
    return out;
}

static void check_sample(sample *s, const reco__space *how, int32_t values, int32_t weighting, int32_t k)
{
    s->all.similarity = similarity_words[how->similarity];
    s->all.weighting = weighting_words[weighting];
    s->all.values = values_words[values];
    s->all.shrink = how->shrink;
    s->all.min_overlap = how->min_overlap;
    compress(s);
    int32_t ones = weigh(s, values, weighting);
    if (weighting == RECO__WEIGHTING_NONE && s->kind == 0) {
        assert_true(ones);
    }
    int32_t flat = ones || reco__similarity_of_sets(how->similarity);
    reco__csr one = find(s, *how, flat, k, 1);
    reco__csr three = find(s, *how, flat, k, 3);
    check_same(&one, &three);
    for (int32_t r = 0; r < s->all.n; r++) {
        check_row(s, k, &one, r);
        if (flat) {
            check_ties(s, &one, r);
        }
    }
    reco__csr_free(&one);
    reco__csr_free(&three);
    release(s);
}

static void test_neighbors_are_those_of_the_definition(void **state)
{
    (void)state;
    static const double shrinks[] = {0, 0, 2.5, 100};
    sample *s = calloc(1, sizeof *s);
    for (uint64_t round = 0; round < 900; round++) {
        reco__rng random = reco__rng_key(7, 0, round);
        s->all.n = 1 + (int32_t)reco__rng_below(&random, MOST);
        s->all.m = 1 + (int32_t)reco__rng_below(&random, MOST);
        s->kind = (int32_t)reco__rng_below(&random, 3);
        draw(s, &random);
        reco__space how = {
            .similarity = (int32_t)reco__rng_below(&random, 2),
            .shrink = shrinks[reco__rng_below(&random, 4)],
            .min_overlap = 1 + (int64_t)reco__rng_below(&random, 3),
        };
        int32_t values = (int32_t)reco__rng_below(&random, 3);
        int32_t weighting = (int32_t)reco__rng_below(&random, 3);
        check_sample(s, &how, values, weighting, 1 + (int32_t)reco__rng_below(&random, 12));
    }
    free(s);
}

static void test_equal_rows_are_neighbors_by_index(void **state)
{
    (void)state;
    sample *s = calloc(1, sizeof *s);
    s->all.n = 6;
    s->all.m = 4;
    for (int32_t r = 0; r < s->all.n; r++) {
        s->all.x[r][1] = s->all.x[r][3] = 1;
    }
    s->all.weighting = "none";
    s->all.values = "saturated";
    compress(s);
    assert_true(weigh(s, RECO__VALUES_SATURATED, RECO__WEIGHTING_NONE));
    reco__csr found = find(s, (reco__space){.min_overlap = 1}, 1, 3, 2);
    static const int32_t expected[6][3] = {{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}, {0, 1, 2}, {0, 1, 2}};
    assert_int_equal(reco__csr_size(&found), 18);
    for (int32_t e = 0; e < 18; e++) {
        assert_int_equal(found.index[e], expected[e / 3][e % 3]);
        assert_true(found.value[e] == 1);
    }
    reco__csr_free(&found);
    release(s);
    free(s);
}

static void test_a_vector_from_outside(void **state)
{
    (void)state;
    /* Rows {0 1}, {1 2}, {} compared with weights 3 on term 1 and 4 on term 2. */
    static const int64_t start[] = {0, 1, 3, 4}, row_start[] = {0, 2, 4, 4};
    static const int32_t index[] = {0, 0, 1, 1}, term[] = {1, 2};
    static const float weight[] = {3, 4};
    double dot[3] = {0};
    uint32_t overlap[3] = {0};
    int32_t touched[4];
    reco__space space = {.min_overlap = 1, .terms = {3, 3, start, index, NULL}, .start = row_start};
    reco__vector v = {term, weight, 2};
    uint64_t keys[1024];
    assert_in_range(reco__topk_large_room(3), 3, 1024);
    reco__comparison c = {dot, overlap, touched, reco__topk_large_of(keys, 3)};
    for (int32_t repeat = 0; repeat < 2; repeat++) { /* sums are cleared behind */
        c.best = reco__topk_large_of(keys, 3);
        reco__most_similar(&space, &v, -1, &c);
        assert_int_equal(c.best.size, 2);
        assert_int_equal(reco__topk_large_at(&c.best, 0).index, 0);
        assert_true(fabs(reco__topk_large_at(&c.best, 0).score - 3 / (5 * sqrt(2))) < 1e-7);
        assert_int_equal(reco__topk_large_at(&c.best, 1).index, 1);
        assert_true(fabs(reco__topk_large_at(&c.best, 1).score - 7 / (5 * sqrt(2))) < 1e-7);
    }
    space.min_overlap = 2;
    c.best = reco__topk_large_of(keys, 3);
    reco__most_similar(&space, &v, -1, &c);
    assert_int_equal(c.best.size, 1);
    space.beyond = 1; /* what is left has nothing that the vector has not */
    c.best = reco__topk_large_of(keys, 3);
    reco__most_similar(&space, &v, -1, &c);
    assert_int_equal(c.best.size, 0);
    space.beyond = 0;
    c.best = reco__topk_large_of(keys, 3);
    reco__most_similar(&space, &v, 1, &c);
    assert_int_equal(c.best.size, 0);
    v.n = 0;
    c.best = reco__topk_large_of(keys, 3);
    reco__most_similar(&space, &v, -1, &c);
    assert_int_equal(c.best.size, 0);
}

static void test_weights_stay_finite_and_above_zero(void **state)
{
    (void)state;
    static const float values[] = {1e-45f, 1e-38f, 1, 3.4e38f};
    static const int64_t with[] = {0, 0, 1, 1000000, 2000000000};
    static const int32_t terms[] = {0, 1, 2, 3};
    for (int32_t k = 0; k < 3 * 3 * 3; k++) {
        float weight[4];
        reco__weighing w = {k % 3, k / 3 % 3, INT32_MAX, with, k / 9 == 0 ? 1e-45 : k / 9 == 1 ? 1 : 1e40};
        reco__weigh(&w, terms, values, 4, weight);
        for (int32_t t = 0; t < 4; t++) {
            assert_true(isfinite(weight[t]) && weight[t] > 0);
            assert_true(isfinite(reco__value(k % 3, values[t])) && reco__value(k % 3, values[t]) > 0);
        }
    }
    assert_true(isfinite(reco__norm(values, 4)) && reco__norm(values, 1) > 0 && reco__norm(values, 0) == 0);
}

static void test_a_cancelled_search_leaves_nothing(void **state)
{
    (void)state;
    static const int64_t start[] = {0, 1, 2};
    static const int32_t index[] = {0, 0};
    static const int64_t term_start[] = {0, 2};
    static const int32_t term_index[] = {0, 1};
    reco__csr rows = {2, 1, start, index, NULL}, out = {0};
    reco__space space = {.min_overlap = 1, .terms = {1, 2, term_start, term_index, NULL}, .start = start};
    reco_run *user = NULL;
    reco_error err;
    assert_int_equal(reco_run_new(&user, &err), RECO_OK);
    reco_run_cancel(user);
    reco__run run = reco__run_start(user, 2, 1, "test", &err);
    assert_int_equal(reco__neighbors_find(&space, &rows, 3, &out, &run), RECO_ECANCELLED);
    assert_null(out.start);
    reco_run_free(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbors_are_those_of_the_definition),
        cmocka_unit_test(test_equal_rows_are_neighbors_by_index),
        cmocka_unit_test(test_a_vector_from_outside),
        cmocka_unit_test(test_weights_stay_finite_and_above_zero),
        cmocka_unit_test(test_a_cancelled_search_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
