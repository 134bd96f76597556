/* SPDX-License-Identifier: MIT */
#include "topk_large.h"

enum {
    FEW = 20,  /* so many are sorted by insertion */
    STEP = 256 /* so many are taken in between looks at the room */
};

int64_t reco__topk_large_room(int32_t k)
{
    int64_t room = 3 * (int64_t)k + 2 * STEP;
    return room > INT32_MAX ? INT32_MAX : room;
}

static void swap(uint64_t *keys, int32_t a, int32_t b)
{
    uint64_t key = keys[a];
    keys[a] = keys[b];
    keys[b] = key;
}

/* Splits [low, high), two keys or more, at one of them: larger keys before it, smaller ones after it; returns
 * its place. The middle of three makes ordered keys no worst case; keys do not repeat. */
static int32_t split(uint64_t *keys, int32_t low, int32_t high)
{
    int32_t last = high - 1, middle = low + (high - low) / 2;
    if (keys[low] < keys[middle]) {
        swap(keys, low, middle);
    }
    if (keys[last] < keys[middle]) {
        swap(keys, last, middle); /* last is the larger of the lower two ... */
    }
    if (keys[low] < keys[last]) {
        swap(keys, low, last); /* ... and now the middle of three */
    }
    uint64_t pivot = keys[last];
    int32_t at = low;
    for (int32_t k = low; k < last; k++) { /* without a branch: what is larger is swapped to the front */
        uint64_t key = keys[k];
        keys[k] = keys[at];
        keys[at] = key;
        at += key > pivot;
    }
    swap(keys, at, last);
    return at;
}

/* Puts the k largest of n keys first. */
static void select_largest(uint64_t *keys, int32_t n, int32_t k)
{
    int32_t low = 0, high = n;
    while (high - low > 1) {
        int32_t at = split(keys, low, high);
        if (at == k || at + 1 == k) {
            return;
        }
        if (at > k) {
            high = at;
        } else {
            low = at + 1;
        }
    }
}

static void sort_few(uint64_t *keys, int32_t low, int32_t high)
{
    for (int32_t k = low + 1; k < high; k++) {
        uint64_t key = keys[k];
        int32_t at = k;
        for (; at > low && keys[at - 1] < key; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
    }
}

/* Largest first. Recursion goes into the smaller part only. */
static void sort(uint64_t *keys, int32_t low, int32_t high)
{
    while (high - low > FEW) {
        int32_t at = split(keys, low, high);
        if (at - low < high - at) {
            sort(keys, low, at);
            low = at + 1;
        } else {
            sort(keys, at + 1, high);
            high = at;
        }
    }
    sort_few(keys, low, high);
}

/* Drops all but the k best. */
static void drop(reco__topk_large *pool)
{
    if (pool->size <= pool->k) {
        return;
    }
    select_largest(pool->keys, pool->size, pool->k);
    pool->size = pool->k;
    uint64_t worst = (uint64_t)UINT32_MAX << 32;
    for (int32_t t = 0; t < pool->size; t++) {
        worst = pool->keys[t] < worst ? pool->keys[t] : worst;
    }
    uint32_t bits = (uint32_t)(worst >> 32);
    if (pool->size > 0) {
        memcpy(&pool->cut, &bits, sizeof bits);
    }
}

void reco__topk_large_offer(reco__topk_large *pool, const float *score, const int32_t *index, int32_t n)
{
    for (int32_t from = 0; from < n; from += STEP) {
        int32_t to = n - from < STEP ? n : from + STEP;
        int32_t size = pool->size;
        float cut = pool->cut;
        for (int32_t t = from; t < to; t++) { /* without a branch: what does not enter is written over */
            uint32_t bits;
            memcpy(&bits, &score[t], sizeof bits);
            pool->keys[size] = (uint64_t)bits << 32 | (UINT32_MAX - (uint32_t)index[t]);
            size += score[t] >= cut;
        }
        pool->size = size;
        if (pool->room - size < STEP) {
            drop(pool);
        }
    }
}

void reco__topk_large_finish(reco__topk_large *pool)
{
    drop(pool);
    for (int32_t t = 0; t < pool->size; t++) { /* inverted, so that the smallest index is the largest key */
        uint64_t key = pool->keys[t];
        pool->keys[t] = key << 32 | key >> 32;
    }
    sort(pool->keys, 0, pool->size);
    for (int32_t t = 0; t < pool->size; t++) {
        uint32_t index = UINT32_MAX - (uint32_t)(pool->keys[t] >> 32);
        pool->keys[t] = (uint64_t)index << 32 | (uint32_t)pool->keys[t];
    }
}
