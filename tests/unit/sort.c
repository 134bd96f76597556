/* SPDX-License-Identifier: MIT */
/* Sorting and interning, against the plain way. */
#include "base/sort.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/rng.h"
#include "text/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void test_keys(void **state)
{
    (void)state;
    enum { MOST = 1500 };
    static const uint64_t highest[] = {1, 2, 200, 256, 257, 70000, 0x7fffffff};
    static uint64_t keys[MOST], spare[MOST], plain[MOST];
    for (uint64_t k = 0; k < 300; k++) {
        reco__rng r = reco__rng_key(1, 1, k);
        uint64_t most = highest[k % 7];
        int64_t n = (int64_t)reco__rng_below(&r, k % 2 ? MOST : 150);
        for (int64_t i = 0; i < n; i++) {
            keys[i] = plain[i] = reco__rng_below(&r, most) << 32 | (uint64_t)i;
        }
        reco__sort_keys(keys, spare, n, most);
        qsort(plain, (size_t)n, sizeof *plain, by_value);
        assert_memory_equal(keys, plain, (size_t)n * sizeof *keys);
    }
}

static void test_pairs(void **state)
{
    (void)state;
    enum { N = 500 };
    int32_t row[N], column[N];
    int64_t order[N], start[12], kept;
    reco__rng r = reco__rng_key(2, 1, 1);
    int64_t left_out = 0;
    for (int k = 0; k < N; k++) {
        row[k] = (int32_t)reco__rng_below(&r, 12) - 1;
        column[k] = (int32_t)reco__rng_below(&r, 30);
        left_out += row[k] < 0;
    }
    assert_true(reco__sort_pairs(row, 11, column, 30, N, order, start, &kept));
    assert_int_equal(kept, N - left_out);
    assert_true(start[0] == 0 && start[11] == kept);
    for (int64_t k = 0; k < kept; k++) {
        assert_true(row[order[k]] >= 0 && k >= start[row[order[k]]] && k < start[row[order[k]] + 1]);
        if (k > 0 && row[order[k]] == row[order[k - 1]]) {
            assert_true(column[order[k - 1]] < column[order[k]] ||
                        (column[order[k - 1]] == column[order[k]] && order[k - 1] < order[k]));
        }
    }
}

static void test_digits(void **state)
{
    (void)state;
    for (int k = 0; k < 60000; k++) { /* every length, with one byte that may be any */
        char text[9] = "00000000";
        reco__rng r = reco__rng_key(3, 1, (uint64_t)k);
        int64_t length = 1 + (int64_t)reco__rng_below(&r, 8), plain = 0;
        for (int64_t i = 0; i < length; i++) {
            text[i] = (char)('0' + reco__rng_below(&r, 10));
        }
        text[reco__rng_below(&r, (uint64_t)length)] = (char)(k % 256);
        for (int64_t i = 0; i < length && plain >= 0; i++) {
            plain = text[i] >= '0' && text[i] <= '9' ? plain * 10 + (text[i] - '0') : -1;
        }
        assert_int_equal(reco__digits(reco__load64(text), length), plain);
    }
}

/* Strings of all lengths, many of them numbers, some with zeros in front: the same text always has the same
 * number, in the order of arrival, by whatever way it is added, also after the table was cut back. */
static void test_interning(void **state)
{
    (void)state;
    enum { WORDS = 4000, ROUNDS = 20000 };
    static char words[WORDS][24];
    static int32_t numbers[WORDS];
    reco__intern table = {0};
    int32_t n = 0;
    for (int k = 0; k < WORDS; k++) {
        snprintf(words[k], sizeof words[k],
                 k % 4 == 0   ? "%d"
                 : k % 4 == 1 ? "%06d"
                 : k % 4 == 2 ? "-%d"
                              : "word-number-%d",
                 k * 37);
        numbers[k] = -1;
    }
    for (int round = 0; round < ROUNDS; round++) {
        reco__rng r = reco__rng_key(4, 1, (uint64_t)round);
        int k = (int)reco__rng_below(&r, WORDS);
        int64_t length = (int64_t)strlen(words[k]), whole;
        assert_int_equal(reco__intern_find(&table, words[k], length), numbers[k]);
        bool as_whole = k % 4 == 0 && round % 2 && reco__parse_int(words[k], length, &whole);
        int32_t number = as_whole    ? reco__intern_add_whole(&table, whole)
                         : round % 3 ? reco__intern_add_wide(&table, words[k], length)
                                     : reco__intern_add(&table, words[k], length);
        assert_int_equal(number, numbers[k] < 0 ? n : numbers[k]);
        assert_string_equal(reco__interned(&table, number), words[k]);
        n += numbers[k] < 0;
        numbers[k] = number;
        if (round % 5000 == 4999) {
            n /= 2;
            reco__intern_truncate(&table, n);
            for (int i = 0; i < WORDS; i++) {
                numbers[i] = numbers[i] < n ? numbers[i] : -1;
            }
        }
    }
    reco__intern_free(&table);
}

static void test_sorting_strings(void **state)
{
    (void)state;
    enum { WORDS = 3000 };
    static int32_t rank[WORDS];
    reco__intern table = {0};
    int32_t chosen = 0;
    for (int k = 0; k < WORDS; k++) {
        char text[40];
        reco__rng r = reco__rng_key(5, 1, (uint64_t)k);
        snprintf(text, sizeof text, k % 2 ? "same-beginning-%d" : "%d", (int)reco__rng_below(&r, 1000000));
        int32_t before = table.n, number = reco__intern_add(&table, text, (int64_t)strlen(text));
        if (number == before) {
            rank[number] = reco__rng_below(&r, 5) ? 0 : -1;
            chosen += rank[number] == 0;
        }
    }
    reco__strings sorted;
    assert_true(reco__intern_sort(&table, rank, &sorted));
    assert_int_equal(sorted.n, chosen);
    assert_true(reco__strings_valid(&sorted, sorted.offsets[sorted.n], true));
    for (int32_t k = 0; k < table.n; k++) {
        const char *text = reco__interned(&table, k);
        assert_int_equal(reco__strings_find(&sorted, text, (int64_t)strlen(text)), rank[k]);
    }
    reco__strings_free(&sorted);
    reco__intern_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_interning),
        cmocka_unit_test(test_sorting_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
