/* SPDX-License-Identifier: MIT */
/* The pool against sorting everything. */
#include "base/topk_large.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 6000 };

static int best_first(const void *a, const void *b)
{
    const reco__scored *x = a, *y = b;
    return reco__before(*x, *y) ? -1 : 1;
}

static int by_index(const void *a, const void *b)
{
    const reco__scored *x = a, *y = b;
    return x->index < y->index ? -1 : 1;
}

/* Scores drawn from `levels` different ones, so that there are ties; from 0, which does not enter. */
static float draw(reco__rng *random, int32_t pattern, int32_t n, int32_t k, int32_t levels)
{
    switch (pattern) {
    case 0:
        return (float)(k + 1); /* ascending: each drops another */
    case 1:
        return (float)(n - k);
    case 2:
        return 1;
    default:
        return (float)reco__rng_below(random, (uint64_t)levels) * 0x1p-20f;
    }
}

static void check(reco__rng *random, int32_t pattern)
{
    int32_t n = (int32_t)reco__rng_below(random, MOST);
    int32_t k = (int32_t)reco__rng_below(random, reco__rng_below(random, 4) ? 50 : 2 * MOST);
    int32_t levels = 1 + (int32_t)reco__rng_below(random, reco__rng_below(random, 2) ? 20 : 1 << 24);
    float *score = malloc((MOST + 1) * sizeof *score);
    int32_t *index = malloc((MOST + 1) * sizeof *index);
    reco__scored *all = malloc((MOST + 1) * sizeof *all);
    reco__topk_large pool =
        reco__topk_large_of(malloc((size_t)reco__topk_large_room(k) * sizeof(uint64_t)), k);
    int32_t above = 0;
    for (int32_t i = 0; i < n; i++) {
        score[i] = draw(random, pattern, n, i, levels);
        index[i] = (int32_t)((int64_t)i * 7919 % n); /* each once: 7919 is prime and above n */
        if (score[i] > 0) {
            all[above++] = (reco__scored){score[i], index[i]};
        }
    }
    for (int32_t from = 0; from < n;) {
        int32_t step = 1 + (int32_t)reco__rng_below(random, 700);
        step = n - from < step ? n - from : step;
        reco__topk_large_offer(&pool, score + from, index + from, step);
        from += step;
    }
    reco__topk_large_finish(&pool);
    qsort(all, (size_t)above, sizeof *all, best_first);
    int32_t expected = above < k ? above : k;
    qsort(all, (size_t)expected, sizeof *all, by_index);
    assert_int_equal(pool.size, expected);
    for (int32_t t = 0; t < expected; t++) {
        assert_int_equal(reco__topk_large_at(&pool, t).index, all[t].index);
        assert_true(reco__topk_large_at(&pool, t).score == all[t].score);
    }
    free(pool.keys);
    free(all);
    free(index);
    free(score);
}

static void test_the_best_are_left(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 600; round++) {
        reco__rng random = reco__rng_key(3, 0, round);
        check(&random, (int32_t)(round % 6));
    }
}

static void test_room_is_enough_and_bounded(void **state)
{
    (void)state;
    assert_true(reco__topk_large_room(0) > 0 && reco__topk_large_room(1000000) < 4000000);
    assert_true(reco__topk_large_room(INT32_MAX) == INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_are_left),
        cmocka_unit_test(test_room_is_enough_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
