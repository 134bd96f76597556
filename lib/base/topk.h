/* SPDX-License-Identifier: MIT */
/* Selection of the k best of many scores: the larger score first, equal scores by smaller index. */
#ifndef RECO__TOPK_H
#define RECO__TOPK_H

#include <stdint.h>

typedef struct reco__scored {
    float score;
    int32_t index;
} reco__scored;

/* A heap of the best seen so far, the worst of them on top; entries [capacity] are the caller's. */
typedef struct reco__topk {
    reco__scored *entries;
    int32_t capacity, size;
} reco__topk;

/* Whether a comes before b. */
static inline int reco__before(reco__scored a, reco__scored b)
{
    return a.score > b.score || (a.score == b.score && a.index < b.index);
}

/* Whether (score, index) would enter. */
static inline int reco__topk_wants(const reco__topk *top, float score, int32_t index)
{
    return top->size < top->capacity ||
           (top->capacity > 0 && reco__before((reco__scored){score, index}, top->entries[0]));
}

/* Offers one; scores are not NaN. */
void reco__topk_offer(reco__topk *top, float score, int32_t index);
/* Sorts the entries best first; the heap is one no longer. */
void reco__topk_sort(reco__topk *top);

#endif
