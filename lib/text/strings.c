/* SPDX-License-Identifier: MIT */
#include "strings.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <string.h>

int32_t reco__string_order(const char *a, int64_t a_length, const char *b, int64_t b_length)
{
    if (a_length != b_length) {
        return a_length < b_length ? -1 : 1;
    }
    return memcmp(a, b, (size_t)a_length);
}

int32_t reco__strings_find(const reco__strings *strings, const char *text, int64_t length)
{
    int32_t low = 0, high = strings->n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int32_t order = reco__string_order(reco__string(strings, middle),
                                           reco__string_length(strings, middle), text, length);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return -1;
}

bool reco__strings_valid(const reco__strings *strings, int64_t n_bytes, bool sorted)
{
    if (strings->offsets[0] != 0 || strings->offsets[strings->n] != n_bytes) {
        return false;
    }
    for (int32_t k = 0; k < strings->n; k++) { /* all offsets first: the bytes are looked at through them */
        if (strings->offsets[k] >= strings->offsets[k + 1]) {
            return false;
        }
    }
    for (int32_t k = 0; k < strings->n; k++) {
        int64_t length = reco__string_length(strings, k);
        const char *text = reco__string(strings, k);
        if (text[length] != 0 || !reco__utf8_valid(text, length)) {
            return false;
        }
        if (sorted && (length == 0 || (k > 0 && reco__string_order(reco__string(strings, k - 1),
                                                                   reco__string_length(strings, k - 1), text,
                                                                   length) >= 0))) {
            return false;
        }
    }
    return true;
}

void reco__strings_free(reco__strings *strings)
{
    reco__free(strings->offsets);
    reco__free(strings->bytes);
    *strings = (reco__strings){0};
}
