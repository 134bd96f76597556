/* SPDX-License-Identifier: MIT */
/* A growing table of strings that gives each a number in the order of arrival. Strings hold no zero byte.
 *
 * Open addressing with the whole hash and the length in the slot, so that a hit touches the slot and, only
 * for strings over eight bytes, the text. A string of at most eight bytes is its own key: its hash is a
 * bijection of its bytes, and equal hashes mean equal strings. */
#ifndef RECO__INTERN_H
#define RECO__INTERN_H

#include "strings.h"

typedef struct reco__slot {
    uint64_t hash;
    int32_t index; /* -1: free */
    int32_t length;
} reco__slot;

typedef struct reco__intern {
    int32_t n;
    int64_t *offsets; /* [n + 1] */
    char *bytes;      /* [offsets[n]], each string with its closing zero */
    int64_t offsets_capacity, bytes_capacity;
    reco__slot *slots; /* [n_slots], a power of two, at most half full */
    int64_t n_slots;
} reco__intern;

/* The number of a string, or -1. */
int32_t reco__intern_find(const reco__intern *table, const char *text, int64_t length);
/* The number of a string, which is added when it is new; -1 when memory (or 2^31 numbers) ran out. */
int32_t reco__intern_add(reco__intern *table, const char *text, int64_t length);
/* The same for a text of which eight bytes may be read whatever its length: faster. */
int32_t reco__intern_add_wide(reco__intern *table, const char *text, int64_t length);
/* Forgets all numbers from n on. O(slots), allocates nothing. */
void reco__intern_truncate(reco__intern *table, int32_t n);
void reco__intern_free(reco__intern *table);

/* The strings in order of arrival, borrowed. */
static inline reco__strings reco__intern_strings(const reco__intern *table)
{
    return (reco__strings){table->n, table->offsets, table->bytes};
}

static inline const char *reco__interned(const reco__intern *table, int32_t k)
{
    return table->bytes + table->offsets[k];
}

/* The sorted table of those strings k with rank[k] >= 0, and their new numbers: rank[k] becomes the place of
 * string k. False when memory ran out. */
bool reco__intern_sort(const reco__intern *table, int32_t *rank, reco__strings *out);

#endif
