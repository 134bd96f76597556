/* SPDX-License-Identifier: MIT */
#include "topk.h"

/* Moves `entry` down from `at` until no child is worse than it. */
static void sift_down(reco__scored *heap, int32_t size, int32_t at, reco__scored entry)
{
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= size) {
            break;
        }
        if (child + 1 < size && reco__before(heap[child], heap[child + 1])) {
            child++;
        }
        if (!reco__before(entry, heap[child])) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = entry;
}

void reco__topk_offer(reco__topk *top, float score, int32_t index)
{
    reco__scored entry = {score, index};
    if (top->size < top->capacity) {
        int32_t at = top->size++;
        while (at > 0 && reco__before(top->entries[(at - 1) / 2], entry)) {
            top->entries[at] = top->entries[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        top->entries[at] = entry;
    } else if (top->capacity > 0 && reco__before(entry, top->entries[0])) {
        sift_down(top->entries, top->size, 0, entry);
    }
}

void reco__topk_sort(reco__topk *top)
{
    for (int32_t n = top->size; n > 1; n--) {
        reco__scored worst = top->entries[0];
        sift_down(top->entries, n - 1, 0, top->entries[n - 1]);
        top->entries[n - 1] = worst;
    }
}
