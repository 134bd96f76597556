/* SPDX-License-Identifier: MIT */
/* Orders of many small numbers, by counting and by merging. */
#ifndef RECO__SORT_H
#define RECO__SORT_H

#include <stdbool.h>
#include <stdint.h>

/* order[n] = 0..n-1 sorted by (row, column), ties as they were. Entries with a negative row are left out;
 * *kept is how many remain. start [rows + 1], when not NULL, tells where each row begins. O(n + rows +
 * columns). False when memory ran out. */
bool reco__sort_pairs(const int32_t *row, int32_t rows, const int32_t *column, int32_t columns, int64_t n,
                      int64_t *order, int64_t *start, int64_t *kept);

/* Sorts keys in place by their upper halves, which are below `highest`; equal ones stay as they are, so the
 * lower halves must ascend. `spare` has room for as many. */
void reco__sort_keys(uint64_t *keys, uint64_t *spare, int64_t n, uint64_t highest);

/* Sorts keys in place, without memory of its own: heapsort, O(n log n). */
void reco__sort_in_place(uint64_t *keys, int64_t n);

#endif
