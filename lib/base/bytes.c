/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include "memory.h"

#include <string.h>

bool reco__bytes_add(reco__bytes *bytes, const void *data, int64_t n)
{
    int64_t size;
    if (!reco__add(bytes->size, n, &size) || !RECO__GROW(bytes->data, bytes->capacity, size)) {
        return false;
    }
    if (n > 0) {
        memcpy(bytes->data + bytes->size, data, (size_t)n);
    }
    bytes->size = size;
    return true;
}

void reco__bytes_free(reco__bytes *bytes)
{
    reco__free(bytes->data);
    *bytes = (reco__bytes){0};
}

/* Eight bytes at a time by eight tables (Kounavis and Berry 2005); made on the stack, 8 KiB, in a few
 * microseconds. */
uint32_t reco__crc32c(uint32_t crc, const void *data, int64_t n)
{
    uint32_t table[8][256];
    for (uint32_t k = 0; k < 256; k++) {
        table[0][k] = k;
        for (int bit = 0; bit < 8; bit++) {
            table[0][k] = (table[0][k] >> 1) ^ (0x82f63b78u & (0u - (table[0][k] & 1)));
        }
    }
    for (uint32_t k = 0; k < 256; k++) {
        for (int row = 1; row < 8; row++) {
            table[row][k] = (table[row - 1][k] >> 8) ^ table[0][table[row - 1][k] & 0xff];
        }
    }
    const unsigned char *p = data;
    for (crc = ~crc; n >= 8; n -= 8, p += 8) {
        uint32_t low =
            crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
        crc = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff] ^
              table[4][low >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
    }
    for (; n > 0; n--, p++) {
        crc = (crc >> 8) ^ table[0][(crc ^ *p) & 0xff];
    }
    return ~crc;
}

bool reco__is_little_endian(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one == 1;
}

void reco__little_endian(void *data, int64_t n, int32_t size)
{
    if (reco__is_little_endian() || size == 1) {
        return;
    }
    for (unsigned char *p = data; n > 0; n--, p += size) {
        for (int32_t k = 0; k < size / 2; k++) {
            unsigned char byte = p[k];
            p[k] = p[size - 1 - k];
            p[size - 1 - k] = byte;
        }
    }
}

/* The table of well-formed byte sequences of the Unicode Standard, table 3-7. */
bool reco__utf8_valid(const char *text, int64_t n)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    while (p < end) {
        unsigned char c = *p++;
        if (c != 0 && c < 0x80) {
            continue;
        }
        int more = c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 0;
        if (more == 0 || end - p < more) {
            return false;
        }
        unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        if (p[0] < low || p[0] > high) {
            return false;
        }
        for (int k = 1; k < more; k++) {
            if ((p[k] & 0xc0) != 0x80) {
                return false;
            }
        }
        p += more;
    }
    return true;
}

reco__block *reco__block_new(void *data, int64_t size)
{
    reco__block *block = reco__alloc_zero(1, sizeof *block);
    if (block) {
        atomic_init(&block->owners, 1);
        block->data = data;
        block->size = size;
    }
    return block;
}

reco__block *reco__block_share(reco__block *block)
{
    if (block) {
        atomic_fetch_add(&block->owners, 1);
    }
    return block;
}

void reco__block_release(reco__block *block)
{
    if (block && atomic_fetch_sub(&block->owners, 1) == 1) {
        reco__free(block->data);
        reco__free(block);
    }
}
