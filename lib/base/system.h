/* SPDX-License-Identifier: MIT */
/* What is asked of the operating system: processors, memory, clock, files. */
#ifndef RECO__SYSTEM_H
#define RECO__SYSTEM_H

#include "bytes.h"

/* How many threads the process may use: processors in the affinity mask, cut to the cgroup's quota rounded up; at least
 * 1, at most 1024. */
int32_t reco__thread_count(void);
/* Bytes of memory the process may use at all: the machine's, or the cgroup's limit if smaller; INT64_MAX when
 * unknown. */
int64_t reco__memory_size(void);
/* Monotonic. */
int64_t reco__milliseconds(void);

/* Reads a whole file, aligned as reco__alloc; *bytes is the caller's. ENOTFOUND (no such file),
 * EIO, ENOMEM. */
reco_status reco__file_read(const char *path, void **bytes, int64_t *n, reco_error *err);

/* Writes a whole file, as `give` gives it from `from`, so that `path` holds either what it held or all of the new bytes:
 * temporary file beside it, fsync, rename, fsync of the directory. EIO leaves no temporary file behind. */
reco_status reco__file_write(const char *path, reco__giver give, const void *from, reco_error *err);

/* A file read in pieces; path "-" is standard input. */
typedef struct reco__reader {
    int fd;
    const char *path;
    int64_t size; /* of a file; 0 for what has none, as a pipe */
} reco__reader;

reco_status reco__reader_open(reco__reader *reader, const char *path, reco_error *err);
/* *got = 0 at the end. */
reco_status reco__reader_read(reco__reader *reader, void *bytes, int64_t n, int64_t *got, reco_error *err);
void reco__reader_close(reco__reader *reader);

#endif
