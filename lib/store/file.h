/* SPDX-License-Identifier: MIT */
/* The container that a model is stored in: named arrays, all little-endian, all checked.
 *
 *     header, 64 bytes      0  "recomodl"
 *                           8  u32 version, 1          12  u32 0
 *                          16  u64 length of the file  24  u32 sections n   28  u32 CRC of the table
 *                          32  zeros                   60  u32 CRC of bytes 0 .. 59
 *     table, n * 96 bytes   0  name, zero-padded to 56 bytes, ascending, no repeats
 *                          56  u32 kind                60  u32 flags, 1 = who does not know it may skip it
 *                          64  i64 rows                72  i64 columns
 *                          80  i64 offset              88  u32 CRC          92  u32 0
 *     sections              each at the next multiple of 64, in the order of the table; zeros between
 *
 * Nothing is left open: offsets follow from the shapes, unused bytes are zero, and every byte is under a
 * checksum (CRC-32C) or must be zero. */
#ifndef RECO__FILE_H
#define RECO__FILE_H

#include "base/bytes.h"

enum { RECO__U8 = 1, RECO__I32 = 2, RECO__I64 = 3, RECO__F32 = 4, RECO__F64 = 5 };
enum { RECO__SECTION_NAME = 56, RECO__SECTION_OPTIONAL = 1 };

/* Bytes of one element of a kind, 0 for no kind. */
int32_t reco__kind_size(uint32_t kind);

typedef struct reco__section {
    char name[RECO__SECTION_NAME];
    uint32_t kind, flags;
    int64_t rows, columns;
    const void *data;
    bool owned; /* the data are freed with the file */
    bool used;  /* somebody asked for it */
} reco__section;

/* Sections, to be written or as they were read. */
typedef struct reco__file {
    reco__block *block; /* what was read, else NULL */
    reco__section *sections;
    int64_t n, capacity;
} reco__file;

/* ---- writing ---- */

/* Adds a section, whose name becomes prefix and name. Its data must live as long as the file, or be `owned`: then they
 * are taken over, also on failure. ENOMEM, EINTERNAL (name too long). */
reco_status reco__file_add(reco__file *file, const char *prefix, const char *name, reco__section section,
                           reco_error *err);
/* Puts the sections in the order of their names. EINTERNAL (a name twice). */
reco_status reco__file_sort(reco__file *file, reco_error *err);
/* Write the file to a path, as reco__file_write does, or into new memory. Nothing is copied on the way; twice is each
 * section read, for its checksum and to be written. EIO, ENOMEM, EINTERNAL (a name twice). */
reco_status reco__file_save(reco__file *file, const char *path, reco_error *err);
reco_status reco__file_save_bytes(reco__file *file, void **bytes, int64_t *n, reco_error *err);

/* ---- reading ---- */

/* Checks everything that can be checked without knowing what the sections mean. EFORMAT, EUNSUPPORTED (a
 * newer version), ENOMEM. The block's bytes are turned to the host's byte order in place. */
reco_status reco__file_open(reco__file *file, reco__block *block, reco_error *err);
/* The section, marked as used, or NULL. The sections must be in order. */
reco__section *reco__file_find(reco__file *file, const char *prefix, const char *name);
/* EUNSUPPORTED when a section that may not be skipped was asked for by nobody. */
reco_status reco__file_done(const reco__file *file, reco_error *err);
void reco__file_close(reco__file *file); /* leaves the block */

#endif
