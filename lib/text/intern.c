/* SPDX-License-Identifier: MIT */
#include "intern.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/rng.h"

#include <string.h>

enum { SHORT = 8 }; /* longest string that is its own key */

/* Four bytes, the first one lowest, on any machine. */
static inline uint64_t load32(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The bytes of a string of at most eight, padded with zeros: distinct for distinct strings, since none holds
 * a zero. Nothing beyond the string is read. Loads that overlap put the same bytes at the same place. */
static inline uint64_t short_key(const char *text, int64_t length)
{
    if (length >= 4) {
        return load32(text) | load32(text + length - 4) << (8 * (length - 4));
    }
    const unsigned char *p = (const unsigned char *)text;
    return length == 0 ? 0
                       : (uint64_t)p[0] | (uint64_t)p[length / 2] << (8 * (length / 2)) |
                             (uint64_t)p[length - 1] << (8 * (length - 1));
}

static inline uint64_t hash_long(const char *text, int64_t length)
{
    uint64_t hash = (uint64_t)length * 0x9e3779b97f4a7c15u;
    for (int64_t k = 0; k + 8 < length; k += 8) {
        hash = reco__mix(hash ^ reco__load64(text + k)) * 0x9e3779b97f4a7c15u;
    }
    return reco__mix(hash ^ reco__load64(text + length - 8));
}

static inline uint64_t hash_of(const char *text, int64_t length)
{
    return length <= SHORT ? reco__mix(short_key(text, length)) : hash_long(text, length);
}

/* The slot that holds the string, or the free one where it belongs. */
static inline reco__slot *probe(const reco__intern *table, const char *text, int64_t length, uint64_t hash)
{
    uint64_t mask = (uint64_t)table->n_slots - 1;
    for (uint64_t at = hash & mask;; at = (at + 1) & mask) {
        reco__slot *slot = &table->slots[at];
        if (slot->index < 0) {
            return slot;
        }
        if (slot->hash == hash && slot->length == length &&
            (length <= SHORT || memcmp(reco__interned(table, slot->index), text, (size_t)length) == 0)) {
            return slot;
        }
    }
}

/* Puts a slot where it belongs; its string is not there yet. */
static void settle(reco__slot *slots, int64_t n_slots, reco__slot slot)
{
    uint64_t mask = (uint64_t)n_slots - 1, at = slot.hash & mask;
    while (slots[at].index >= 0) {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
}

static void clear(reco__slot *slots, int64_t n_slots)
{
    for (int64_t k = 0; k < n_slots; k++) {
        slots[k] = (reco__slot){0, -1, 0};
    }
}

/* Room for one more string of this length. */
static bool reserve(reco__intern *table, int64_t length)
{
    int64_t end = table->n ? table->offsets[table->n] : 0;
    if (table->n == INT32_MAX - 1 ||
        !RECO__GROW(table->offsets, table->offsets_capacity, (int64_t)table->n + 2) ||
        !RECO__GROW(table->bytes, table->bytes_capacity, end + length + 1)) {
        return false;
    }
    table->offsets[table->n] = end;
    if (3 * ((int64_t)table->n + 1) <= 2 * table->n_slots) {
        return true;
    }
    int64_t wanted = table->n_slots ? table->n_slots * 2 : 64;
    reco__slot *slots = reco__alloc(wanted, sizeof *slots);
    if (!slots) {
        return false;
    }
    clear(slots, wanted);
    for (int64_t k = 0; k < table->n_slots; k++) {
        if (table->slots[k].index >= 0) {
            settle(slots, wanted, table->slots[k]);
        }
    }
    reco__free(table->slots);
    table->slots = slots;
    table->n_slots = wanted;
    return true;
}

int32_t reco__intern_find(const reco__intern *table, const char *text, int64_t length)
{
    return table->n_slots ? probe(table, text, length, hash_of(text, length))->index : -1;
}

static inline int32_t add(reco__intern *table, const char *text, int64_t length, uint64_t hash)
{
    if (table->n_slots) {
        const reco__slot *slot = probe(table, text, length, hash);
        if (slot->index >= 0) {
            return slot->index;
        }
    }
    if (!reserve(table, length)) {
        return -1;
    }
    char *to = table->bytes + table->offsets[table->n];
    memcpy(to, text, (size_t)length);
    to[length] = 0;
    table->offsets[table->n + 1] = table->offsets[table->n] + length + 1;
    settle(table->slots, table->n_slots, (reco__slot){hash, table->n, (int32_t)length});
    return table->n++;
}

int32_t reco__intern_add(reco__intern *table, const char *text, int64_t length)
{
    return add(table, text, length, hash_of(text, length));
}

/* Remembers the index of a number's text, unless the list would be long for what it holds. Want of memory
 * does not matter: the slots know the text. */
static void remember(reco__intern *table, int64_t number, int32_t index)
{
    const int64_t worth = 8 * ((int64_t)table->n + 8192);
    if (number >= table->n_direct && number < worth &&
        RECO__GROW(table->direct, table->direct_capacity, number + 1)) {
        while (table->n_direct < table->direct_capacity) {
            table->direct[table->n_direct++] = 0;
        }
    }
    if (number < table->n_direct) {
        table->direct[number] = index + 1;
    }
}

int32_t reco__intern_add_slow(reco__intern *table, const char *text, int64_t length)
{
    if (length > SHORT || length == 0) {
        return reco__intern_add(table, text, length);
    }
    uint64_t word = reco__load64(text);
    int32_t index = add(table, text, length, reco__mix(word & (~UINT64_C(0) >> (64 - 8 * length))));
    int64_t number = text[0] != '0' || length == 1 ? reco__digits(word, length) : -1;
    if (index >= 0 && number >= 0) {
        remember(table, number, index);
    }
    return index;
}

int32_t reco__intern_add_whole(reco__intern *table, int64_t number)
{
    if (number >= 0 && number < table->n_direct && table->direct[number] > 0) {
        return table->direct[number] - 1;
    }
    char text[RECO__NUMBER_TEXT] = {0};
    int32_t length = reco__format_int(number, text);
    return reco__intern_add_slow(table, text, length);
}

void reco__intern_truncate(reco__intern *table, int32_t n)
{
    if (n >= table->n) {
        return;
    }
    table->n = n;
    table->n_direct = 0;
    clear(table->slots, table->n_slots);
    for (int32_t k = 0; k < n; k++) {
        const char *text = reco__interned(table, k);
        int64_t length = table->offsets[k + 1] - table->offsets[k] - 1;
        settle(table->slots, table->n_slots, (reco__slot){hash_of(text, length), k, (int32_t)length});
    }
}

void reco__intern_free(reco__intern *table)
{
    reco__free(table->offsets);
    reco__free(table->bytes);
    reco__free(table->slots);
    reco__free(table->direct);
    *table = (reco__intern){0};
}

/* ---- sorting ---- */

/* The length and the first bytes as numbers that compare as the strings do; what they leave open the rest of
 * the text decides. */
typedef struct sort_key {
    uint64_t first; /* eight bytes, the first one highest */
    int32_t length, index;
} sort_key;

static sort_key key_of(const reco__intern *table, int32_t k)
{
    const unsigned char *p = (const unsigned char *)reco__interned(table, k);
    sort_key key = {0, (int32_t)(table->offsets[k + 1] - table->offsets[k] - 1), k};
    for (int32_t i = 0; i < 8; i++) {
        key.first = key.first << 8 | (i < key.length ? p[i] : 0u);
    }
    return key;
}

static inline bool in_order(const reco__intern *table, const sort_key *a, const sort_key *b)
{
    if (a->length != b->length) {
        return a->length < b->length;
    }
    if (a->first != b->first || a->length <= SHORT) {
        return a->first <= b->first;
    }
    return memcmp(reco__interned(table, a->index), reco__interned(table, b->index), (size_t)a->length) <= 0;
}

/* Bottom-up merge sort of keys; runs that already stand in order are only copied. Returns where the result
 * is. */
static sort_key *sort_keys(const reco__intern *table, sort_key *keys, sort_key *other, int64_t n)
{
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t low = 0; low < n; low += 2 * width) {
            int64_t middle = low + width < n ? low + width : n,
                    high = middle + width < n ? middle + width : n;
            if (middle == high || in_order(table, &keys[middle - 1], &keys[middle])) {
                memcpy(other + low, keys + low, (size_t)(high - low) * sizeof *keys);
                continue;
            }
            for (int64_t a = low, b = middle, to = low; to < high; to++) {
                bool first = b == high || (a < middle && in_order(table, &keys[a], &keys[b]));
                other[to] = first ? keys[a++] : keys[b++];
            }
        }
        sort_key *swap = keys;
        keys = other;
        other = swap;
    }
    return keys;
}

bool reco__intern_sort(const reco__intern *table, int32_t *rank, reco__strings *out)
{
    int64_t n = 0, n_bytes = 0;
    for (int32_t k = 0; k < table->n; k++) {
        if (rank[k] >= 0) {
            n++;
            n_bytes += table->offsets[k + 1] - table->offsets[k];
        }
    }
    sort_key *keys = reco__alloc(n, sizeof *keys), *other = reco__alloc(n, sizeof *other);
    int64_t *offsets = reco__alloc(n + 1, sizeof *offsets);
    char *bytes = reco__alloc(n_bytes, 1);
    bool done = keys && other && offsets && bytes;
    if (done) {
        n = 0;
        for (int32_t k = 0; k < table->n; k++) {
            if (rank[k] >= 0) {
                keys[n++] = key_of(table, k);
            }
        }
        const sort_key *sorted = sort_keys(table, keys, other, n);
        offsets[0] = 0;
        for (int64_t k = 0; k < n; k++) {
            rank[sorted[k].index] = (int32_t)k;
            memcpy(bytes + offsets[k], reco__interned(table, sorted[k].index), (size_t)sorted[k].length + 1);
            offsets[k + 1] = offsets[k] + sorted[k].length + 1;
        }
        *out = (reco__strings){(int32_t)n, offsets, bytes};
    } else {
        reco__free(offsets);
        reco__free(bytes);
    }
    reco__free(keys);
    reco__free(other);
    return done;
}

bool reco__intern_copy(const reco__intern *table, reco__strings *out)
{
    int64_t n_bytes = table->n ? table->offsets[table->n] : 0;
    int64_t *offsets = reco__alloc_zero((int64_t)table->n + 1, sizeof *offsets);
    char *bytes = reco__alloc(n_bytes, 1);
    if (!offsets || !bytes) {
        reco__free(offsets);
        reco__free(bytes);
        return false;
    }
    if (table->n) {
        memcpy(offsets, table->offsets, ((size_t)table->n + 1) * sizeof *offsets);
        memcpy(bytes, table->bytes, (size_t)n_bytes);
    }
    *out = (reco__strings){table->n, offsets, bytes};
    return true;
}
