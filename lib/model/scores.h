/* SPDX-License-Identifier: MIT */
/* What an algorithm writes scores into: one number for each item, and which items something is known of, so that a question
 * costs what it touches and not what the catalog holds. */
#ifndef RECO__SCORES_H
#define RECO__SCORES_H

#include "base/scratch.h"

#include <stdbool.h>
#include <string.h>

enum {
    RECO__KNOWS_ALL = -1,
    RECO__KNOWS_NONZERO = -2, /* of all items whose score is not 0, and they are many */
};

typedef struct reco__scores {
    float *of;          /* [n_items] 0 on entry */
    int32_t *known;     /* [n] the items that something is known of, in any order, each once */
    int32_t n, n_items; /* n: 0 on entry; or one of the above */
    uint8_t *marks;     /* [n_items] of reco__scores_add: 1 when the item is in `known`; all 0 on entry */
    const uint64_t *allowed; /* bit i: item i may be answered; NULL: all may. Others may be left out */
} reco__scores;

static inline int64_t reco__bit_words(int64_t n)
{
    return (n + 63) / 64;
}

static inline bool reco__bit(const uint64_t *bits, int32_t k)
{
    return bits[k >> 6] >> (k & 63) & 1;
}

static inline void reco__bit_set(uint64_t *bits, int32_t k)
{
    bits[k >> 6] |= (uint64_t)1 << (k & 63);
}

/* Adds to the score of one item, of which something is known from now on. Without a branch: whether an item was met before
 * is hard to foretell. */
static inline void reco__scores_add(reco__scores *scores, int32_t item, float amount)
{
    scores->of[item] += amount;
    scores->known[scores->n] = item; /* there is room for one more than there are items */
    scores->n += !scores->marks[item];
    scores->marks[item] = 1;
}

/* Whether it is better to add to `of` directly, for RECO__KNOWS_NONZERO, given how many additions come. */
static inline bool reco__scores_dense(const reco__scores *scores, int64_t additions)
{
    return additions > scores->n_items / 2;
}

/* Adds `times` the n values of a sparse row. `dense`: to `of` only. */
static inline void reco__scores_add_row(reco__scores *scores, const int32_t *index, const float *value,
                                        int64_t n, float times, bool dense)
{
    if (dense) {
        float *of = scores->of;
        for (int64_t e = 0; e < n; e++) {
            of[index[e]] += value[e] * times;
        }
        return;
    }
    reco__scores local = *scores; /* which no store through a pointer can change */
    for (int64_t e = 0; e < n; e++) {
        reco__scores_add(&local, index[e], value[e] * times);
    }
    scores->n = local.n;
}

/* Lists what is known where only the scores tell. */
static inline void reco__scores_list(reco__scores *scores)
{
    reco__scores local = *scores; /* which no store through a pointer can change */
    if (local.n != RECO__KNOWS_NONZERO) {
        return;
    }
    local.n = 0;
    for (int32_t i = 0; i < local.n_items; i++) {
        local.known[local.n] = i;
        local.n += local.of[i] != 0;
    }
    scores->n = local.n;
}

/* How many items something is known of, and which the k-th is; of what is listed. */
static inline int32_t reco__scores_size(const reco__scores *scores)
{
    return scores->n == RECO__KNOWS_ALL ? scores->n_items : scores->n;
}

static inline int32_t reco__scores_item(const reco__scores *scores, int32_t k)
{
    return scores->n == RECO__KNOWS_ALL ? k : scores->known[k];
}

/* As on entry; costs what was touched. */
static inline void reco__scores_clear(reco__scores *scores)
{
    if (scores->n < 0) {
        memset(scores->of, 0, (size_t)scores->n_items * sizeof *scores->of);
    }
    for (int32_t k = 0; k < scores->n; k++) {
        scores->of[scores->known[k]] = 0;
        scores->marks[scores->known[k]] = 0;
    }
    scores->n = 0;
}

/* As on entry whatever was written. */
static inline void reco__scores_wipe(reco__scores *scores)
{
    memset(scores->of, 0, (size_t)scores->n_items * sizeof *scores->of);
    memset(scores->marks, 0, (size_t)scores->n_items * sizeof *scores->marks);
    scores->n = 0;
}

/* Scores of one's own, from scratch; ready when the scratch has memory. */
static inline reco__scores reco__scores_take(reco__scratch *scratch, int32_t n_items)
{
    reco__scores scores = {.n_items = n_items};
    scores.of = (float *)reco__scratch_take(scratch, n_items, sizeof *scores.of);
    scores.known = (int32_t *)reco__scratch_take(scratch, (int64_t)n_items + 1, sizeof *scores.known);
    scores.marks = (uint8_t *)reco__scratch_take(scratch, n_items, sizeof *scores.marks);
    if (scores.marks) {
        reco__scores_wipe(&scores);
    }
    return scores;
}

#endif
