/* SPDX-License-Identifier: MIT */
/* Binary search among ascending numbers, which rows of matrices and lists of items are. */
#ifndef RECO__SEARCH_H
#define RECO__SEARCH_H

#include <stdbool.h>
#include <stdint.h>

/* Where the first of the n numbers that is not below `value` stands; n when all are. */
static inline int64_t reco__lower_bound(const int32_t *sorted, int64_t n, int32_t value)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sorted[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Where `value` stands among n ascending numbers without repeats, or -1. */
static inline int64_t reco__find_in(const int32_t *sorted, int64_t n, int32_t value)
{
    int64_t at = reco__lower_bound(sorted, n, value);
    return at < n && sorted[at] == value ? at : -1;
}

static inline bool reco__has(const int32_t *sorted, int64_t n, int32_t value)
{
    return reco__find_in(sorted, n, value) >= 0;
}

#endif
