/* SPDX-License-Identifier: MIT */
#include "sort.h"

#include "memory.h"

#include <stddef.h>
#include <string.h>

/* Where each key's entries begin: counts [keys + 1] becomes its running sum, from 0. */
static void running_sum(int64_t *counts, int64_t keys)
{
    int64_t sum = 0;
    for (int64_t k = 0; k <= keys; k++) {
        int64_t count = counts[k];
        counts[k] = sum;
        sum += count;
    }
}

bool reco__sort_pairs(const int32_t *row, int32_t rows, const int32_t *column, int32_t columns, int64_t n,
                      int64_t *order, int64_t *start, int64_t *kept)
{
    int64_t *next_row = reco__alloc_zero((int64_t)rows + 1, sizeof *next_row);
    int64_t *next_column = reco__alloc_zero((int64_t)columns + 1, sizeof *next_column);
    int64_t *by_column = reco__alloc(n, sizeof *by_column);
    bool done = next_row && next_column && by_column;
    if (done) {
        for (int64_t k = 0; k < n; k++) {
            if (row[k] >= 0) {
                next_row[row[k]]++;
                next_column[column[k]]++;
            }
        }
        running_sum(next_row, rows);
        running_sum(next_column, columns);
        *kept = next_row[rows];
        for (int32_t r = 0; start && r <= rows; r++) {
            start[r] = next_row[r];
        }
        for (int64_t k = 0; k < n; k++) { /* two stable passes, the less significant key first */
            if (row[k] >= 0) {
                by_column[next_column[column[k]]++] = k;
            }
        }
        for (int64_t k = 0; k < *kept; k++) {
            order[next_row[row[by_column[k]]]++] = by_column[k];
        }
    }
    reco__free(next_row);
    reco__free(next_column);
    reco__free(by_column);
    return done;
}

enum { RUN = 12, FEW = 100 }; /* as long as moving by one beats merging, merging beats counting */

static void insertion_sort(uint64_t *keys, int64_t n)
{
    for (int64_t k = 1; k < n; k++) {
        uint64_t key = keys[k];
        int64_t to = k;
        for (; to > 0 && keys[to - 1] > key; to--) {
            keys[to] = keys[to - 1];
        }
        keys[to] = key;
    }
}

/* Returns where the result is. */
static uint64_t *merge_sort(uint64_t *keys, uint64_t *spare, int64_t n)
{
    for (int64_t low = 0; low < n; low += RUN) {
        insertion_sort(keys + low, n - low < RUN ? n - low : RUN);
    }
    for (int64_t width = RUN; width < n; width *= 2) {
        for (int64_t low = 0; low < n; low += 2 * width) {
            int64_t middle = low + width < n ? low + width : n,
                    high = middle + width < n ? middle + width : n;
            for (int64_t a = low, b = middle, k = low; k < high; k++) {
                bool first = b == high || (a < middle && keys[a] <= keys[b]);
                spare[k] = first ? keys[a] : keys[b];
                a += first;
                b += !first;
            }
        }
        uint64_t *swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

/* Byte by byte of the upper half, the lowest first. */
static uint64_t *radix_sort(uint64_t *keys, uint64_t *spare, int64_t n, uint64_t highest)
{
    for (int32_t shift = 32; shift < 64 && (highest - 1) >> (shift - 32) > 0; shift += 8) {
        int64_t next[256] = {0};
        for (int64_t k = 0; k < n; k++) {
            next[keys[k] >> shift & 255]++;
        }
        running_sum(next, 255);
        for (int64_t k = 0; k < n; k++) {
            spare[next[keys[k] >> shift & 255]++] = keys[k];
        }
        uint64_t *swap = keys;
        keys = spare;
        spare = swap;
    }
    return keys;
}

void reco__sort_keys(uint64_t *keys, uint64_t *spare, int64_t n, uint64_t highest)
{
    const uint64_t *sorted = n <= FEW ? merge_sort(keys, spare, n) : radix_sort(keys, spare, n, highest);
    if (sorted != keys) {
        memcpy(keys, sorted, (size_t)n * sizeof *keys);
    }
}

/* Lets keys[at] sink until no key below it, of n, is larger. */
static void sink(uint64_t *keys, int64_t at, int64_t n)
{
    uint64_t key = keys[at];
    for (int64_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
        child += child + 1 < n && keys[child] < keys[child + 1];
        if (keys[child] <= key) {
            break;
        }
        keys[at] = keys[child];
        at = child;
    }
    keys[at] = key;
}

void reco__sort_in_place(uint64_t *keys, int64_t n)
{
    if (n <= FEW) {
        insertion_sort(keys, n);
        return;
    }
    for (int64_t at = n / 2 - 1; at >= 0; at--) {
        sink(keys, at, n);
    }
    for (int64_t last = n - 1; last > 0; last--) {
        uint64_t largest = keys[0];
        keys[0] = keys[last];
        keys[last] = largest;
        sink(keys, 0, last);
    }
}
