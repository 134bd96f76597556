/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

bool reco__mul(int64_t a, int64_t b, int64_t *out)
{
    return a >= 0 && b >= 0 && !__builtin_mul_overflow(a, b, out);
}

bool reco__add(int64_t a, int64_t b, int64_t *out)
{
    return a >= 0 && b >= 0 && !__builtin_add_overflow(a, b, out);
}

void *reco__alloc(int64_t count, size_t size)
{
    int64_t bytes;
    if (!reco__mul(count, (int64_t)size, &bytes) || !reco__add(bytes, RECO__ALIGN, &bytes) ||
        (uint64_t)bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = (bytes - 1) / RECO__ALIGN * RECO__ALIGN; /* a multiple of the alignment, at least one */
    return aligned_alloc(RECO__ALIGN, bytes > 0 ? (size_t)bytes : RECO__ALIGN);
}

void *reco__alloc_zero(int64_t count, size_t size)
{
    void *memory = reco__alloc(count, size);
    if (memory) {
        memset(memory, 0, (size_t)count * size);
    }
    return memory;
}

bool reco__grow(void **array, int64_t *capacity, int64_t need, size_t size)
{
    if (need <= *capacity) {
        return true;
    }
    int64_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < need) {
        if (!reco__mul(wanted, 2, &wanted)) {
            return false;
        }
    }
    void *grown = reco__alloc(wanted, size);
    if (!grown) {
        return false;
    }
    if (*array) {
        memcpy(grown, *array, (size_t)*capacity * size);
        free(*array);
    }
    *array = grown;
    *capacity = wanted;
    return true;
}

void reco__free(const void *memory)
{
    free((void *)memory);
}

char *reco__copy_text(const char *text, int64_t n)
{
    char *copy = reco__alloc(n + 1, 1);
    if (copy) {
        memcpy(copy, text, (size_t)n);
        copy[n] = 0;
    }
    return copy;
}
