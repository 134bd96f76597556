/* SPDX-License-Identifier: MIT */
/* A growing table of strings that gives each a number in the order of arrival. Strings hold no zero byte.
 *
 * Open addressing with the whole hash and the length in the slot, so that a hit touches the slot and, only
 * for strings over eight bytes, the text. A string of at most eight bytes is its own key: its hash is a
 * bijection of its bytes, and equal hashes mean equal strings.
 *
 * Most ids are whole numbers, small and dense: those are looked up directly in a list by number, as far as
 * the list may be long. It is only a short cut: every string is in the slots too. */
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
    reco__slot *slots; /* [n_slots], a power of two, at most two thirds full */
    int64_t n_slots;
    int32_t *direct; /* [n_direct] for the texts "0", "1", "2"...: their index + 1, or 0: ask the slots */
    int64_t n_direct, direct_capacity;
} reco__intern;

/* The number of a string, or -1. */
int32_t reco__intern_find(const reco__intern *table, const char *text, int64_t length);
/* The number of a string, which is added when it is new; -1 when memory (or 2^31 numbers) ran out. */
int32_t reco__intern_add(reco__intern *table, const char *text, int64_t length);
/* The same for a text of which eight bytes may be read whatever its length: faster. */
static inline int32_t reco__intern_add_wide(reco__intern *table, const char *text, int64_t length);
/* The same for the decimal text of a number. */
int32_t reco__intern_add_whole(reco__intern *table, int64_t number);
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

/* Eight bytes, the first one lowest, on any machine. */
static inline uint64_t reco__load64(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* The number that the first `length` bytes of a word, 1 to 8, are as decimal digits; -1 when they are not.
 * All digits at once: side by side in pairs, then fours, then eights. */
static inline int64_t reco__digits(uint64_t word, int64_t length)
{
    int64_t shift = 64 - 8 * length;
    uint64_t x = (word << shift) - (UINT64_C(0x3030303030303030) << shift);
    if ((x | (x + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080)) {
        return -1; /* a byte over 9, or below '0', which borrowed */
    }
    x = (x & UINT64_C(0x00ff00ff00ff00ff)) * 10 + (x >> 8 & UINT64_C(0x00ff00ff00ff00ff));
    x = (x & UINT64_C(0x0000ffff0000ffff)) * 100 + (x >> 16 & UINT64_C(0x0000ffff0000ffff));
    return (int64_t)((x & 0xffffffff) * 10000 + (x >> 32));
}

int32_t reco__intern_add_slow(reco__intern *table, const char *text, int64_t length);

static inline int32_t reco__intern_add_wide(reco__intern *table, const char *text, int64_t length)
{
    if (length >= 1 && length <= 8 && (text[0] != '0' || length == 1)) {
        int64_t number = reco__digits(reco__load64(text), length);
        if (number >= 0 && number < table->n_direct && table->direct[number] > 0) {
            return table->direct[number] - 1;
        }
    }
    return reco__intern_add_slow(table, text, length);
}

/* The strings in order of arrival, in arrays of their own. False when memory ran out. */
bool reco__intern_copy(const reco__intern *table, reco__strings *out);

/* The sorted table of those strings k with rank[k] >= 0, and their new numbers: rank[k] becomes the place of
 * string k. False when memory ran out. */
bool reco__intern_sort(const reco__intern *table, int32_t *rank, reco__strings *out);

#endif
