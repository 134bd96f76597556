/* SPDX-License-Identifier: MIT */
/* Selection of the k best of many scores above 0 where k is large, so that a heap would spend its time sifting:
 * candidates are collected, and whenever the pool is full all but the k best are dropped, in linear time. The
 * larger score is better, of equal scores the smaller index, as in topk.h.
 *
 * A candidate is one number, so that comparing is one instruction and needs no branch:
 *
 *     | score, as the bits of a float above 0 | UINT32_MAX - index |      while collecting: larger is better
 *     | index                                 | bits of the score  |      when finished: in order of indices
 */
#ifndef RECO__TOPK_LARGE_H
#define RECO__TOPK_LARGE_H

#include "topk.h"

#include <float.h>
#include <string.h>

typedef struct reco__topk_large {
    uint64_t *keys; /* [reco__topk_large_room(k)] */
    int32_t k, room, size;
    float cut; /* what scores less does not enter */
} reco__topk_large;

/* How many keys a pool for the k best needs. */
int64_t reco__topk_large_room(int32_t k);
/* An empty pool; k is at least 0. */
static inline reco__topk_large reco__topk_large_of(uint64_t *keys, int32_t k)
{
    return (reco__topk_large){keys, k, (int32_t)reco__topk_large_room(k), 0, FLT_TRUE_MIN};
}

/* Offers n; scores are finite, and those not above 0 do not enter. Each index at most once. */
void reco__topk_large_offer(reco__topk_large *pool, const float *score, const int32_t *index, int32_t n);
/* Drops all but the k best and puts these in the order of their indices. */
void reco__topk_large_finish(reco__topk_large *pool);

/* The t-th of a finished pool. */
static inline reco__scored reco__topk_large_at(const reco__topk_large *pool, int32_t t)
{
    reco__scored entry = {.index = (int32_t)(pool->keys[t] >> 32)};
    uint32_t bits = (uint32_t)pool->keys[t];
    memcpy(&entry.score, &bits, sizeof bits);
    return entry;
}

#endif
