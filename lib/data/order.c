/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "base/memory.h"

#include <stddef.h>

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

bool reco__order_pairs(const int32_t *row, int32_t rows, const int32_t *column, int32_t columns, int64_t n,
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
