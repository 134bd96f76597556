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
/* Zeros until the size is a multiple of `alignment`. */
bool reco__bytes_pad(reco__bytes *bytes, int64_t alignment);
void reco__bytes_free(reco__bytes *bytes);

/* CRC-32C (Castagnoli), as in RFC 3720 appendix B.4. Any change within 32 bits in a row is found. */
uint32_t reco__crc32c(const void *data, int64_t n);

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
