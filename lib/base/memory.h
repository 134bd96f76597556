/* SPDX-License-Identifier: MIT */
/* Memory: the only place that allocates. Sizes are checked; every failure is RECO_ENOMEM at the caller. */
#ifndef RECO__MEMORY_H
#define RECO__MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Alignment of every array: a cache line, and the widest vector register. */
enum { RECO__ALIGN = 64 };

/* *out = a * b or a + b; false on overflow or a negative operand. */
bool reco__mul(int64_t a, int64_t b, int64_t *out);
bool reco__add(int64_t a, int64_t b, int64_t *out);

/* count * size bytes, aligned to RECO__ALIGN; never NULL for count 0. NULL when memory ran out or the size
 * overflows. */
void *reco__alloc(int64_t count, size_t size);
/* The same, zeroed. */
void *reco__alloc_zero(int64_t count, size_t size);
/* Grows *array (from reco__alloc or NULL), holding *capacity elements, to at least `need`, doubling. On
 * failure both stay as they were. */
bool reco__grow(void **array, int64_t *capacity, int64_t need, size_t size);
void reco__free(const void *memory);
/* A copy of n bytes and a closing zero. */
char *reco__copy_text(const char *text, int64_t n);

#define RECO__GROW(array, capacity, need) reco__grow((void **)&(array), &(capacity), (need), sizeof *(array))

#endif
