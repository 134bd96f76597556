/* SPDX-License-Identifier: MIT */
/* Tables of strings in two arrays, as they stand in a model file. Each string ends with a zero byte.
 *
 *     offsets  0     4      9     string k is bytes + offsets[k], of length offsets[k + 1] - offsets[k] - 1
 *     bytes    mug\0 lamp\0
 *
 * Id tables and vocabularies are sorted, shorter strings first and equal lengths by bytes, without repeats;
 * so a lookup is a binary search, a table read from a file is checked in one pass, and whole numbers stand in
 * numeric order. */
#ifndef RECO__STRINGS_H
#define RECO__STRINGS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct reco__strings {
    int32_t n;
    const int64_t *offsets; /* [n + 1] */
    const char *bytes;      /* [offsets[n]] */
} reco__strings;

static inline const char *reco__string(const reco__strings *strings, int32_t k)
{
    return strings->bytes + strings->offsets[k];
}

static inline int64_t reco__string_length(const reco__strings *strings, int32_t k)
{
    return strings->offsets[k + 1] - strings->offsets[k] - 1;
}

/* Below, equal to or above 0 as a comes before, equals or comes after b. */
int32_t reco__string_order(const char *a, int64_t a_length, const char *b, int64_t b_length);
/* The index of a string in a sorted table, or -1. */
int32_t reco__strings_find(const reco__strings *strings, const char *text, int64_t length);
/* Whether offsets and closing zeros are in order, and, when `sorted`, the strings too, each non-empty. For
 * files. */
bool reco__strings_valid(const reco__strings *strings, int64_t n_bytes, bool sorted);
void reco__strings_free(reco__strings *strings);

#endif
