/* SPDX-License-Identifier: MIT */
/* Growing byte buffers, checksums, and memory shared by several owners. */
#ifndef RECO__BYTES_H
#define RECO__BYTES_H

#include "reco/base.h"

#include <stdatomic.h>
#include <stdbool.h>

typedef struct reco__bytes {
    char *data;
    int64_t size, capacity;
} reco__bytes;

bool reco__bytes_add(reco__bytes *bytes, const void *data, int64_t n);
void reco__bytes_free(reco__bytes *bytes);

/* Where bytes go, piece after piece. */
typedef struct reco__sink {
    bool (*put)(struct reco__sink *sink, const void *bytes, int64_t n); /* false: it takes no more */
} reco__sink;

/* What gives all of its bytes to a sink; false when the sink did not take them. */
typedef bool (*reco__giver)(const void *from, reco__sink *sink);

/* CRC-32C (Castagnoli), as in RFC 3720 appendix B.4, of what came before (`crc`, 0 at first) and n bytes more. Any
 * change within 32 bits in a row is found. */
uint32_t reco__crc32c(uint32_t crc, const void *data, int64_t n);

bool reco__is_little_endian(void);
/* Turns n elements of `size` bytes from the host's byte order to little-endian or back. Does nothing on most
 * hosts. */
void reco__little_endian(void *data, int64_t n, int32_t size);

/* Whether n bytes are valid UTF-8 without zero bytes. */
bool reco__utf8_valid(const char *text, int64_t n);

/* A block of memory that several objects point into, as a loaded file. */
typedef struct reco__block {
    atomic_int owners;
    void *data;
    int64_t size;
} reco__block;

reco__block *reco__block_new(void *data,
                             int64_t size);         /* takes `data`; NULL when memory ran out (data stays) */
reco__block *reco__block_share(reco__block *block); /* NULL-safe */
void reco__block_release(reco__block *block);       /* NULL-safe; frees with the last owner */

#endif
