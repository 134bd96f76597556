/* SPDX-License-Identifier: MIT */
#include "file.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/system.h"
#include "kernel/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 64, ENTRY = 96, ALIGNMENT = 64, VERSION = 1 };

static const char magic[8] = {'r', 'e', 'c', 'o', 'm', 'o', 'd', 'l'};

int32_t reco__kind_size(uint32_t kind)
{
    static const int32_t sizes[] = {0, 1, 4, 8, 4, 8};
    return kind < sizeof sizes / sizeof *sizes ? sizes[kind] : 0;
}

static void put32(char *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
    reco__little_endian(at, 1, sizeof value);
}

static void put64(char *at, int64_t value)
{
    memcpy(at, &value, sizeof value);
    reco__little_endian(at, 1, sizeof value);
}

static uint32_t get32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    reco__little_endian(&value, 1, sizeof value);
    return value;
}

static int64_t get64(const char *at)
{
    int64_t value;
    memcpy(&value, at, sizeof value);
    reco__little_endian(&value, 1, sizeof value);
    return value;
}

/* ---- writing ---- */

reco_status reco__file_add(reco__file *file, const char *prefix, const char *name, reco__section section,
                           reco_error *err)
{
    reco_status status = RECO_OK;
    int length = snprintf(section.name, sizeof section.name, "%s%s", prefix, name);
    if (length <= 0 || (size_t)length >= sizeof section.name) {
        TRY(reco__fail(err, RECO_EINTERNAL, "the section name '%s%s' is too long", prefix, name));
    }
    TRY_ALLOC(section.data && RECO__GROW(file->sections, file->capacity, file->n + 1));
    file->sections[file->n++] = section;
    return RECO_OK;
done:
    reco__free(section.owned ? section.data : NULL);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const reco__section *)a)->name, ((const reco__section *)b)->name);
}

reco_status reco__file_sort(reco__file *file, reco_error *err)
{
    if (file->n > 0) {
        qsort(file->sections, (size_t)file->n, sizeof *file->sections, by_name);
    }
    for (int64_t k = 1; k < file->n; k++) {
        if (by_name(&file->sections[k - 1], &file->sections[k]) == 0) {
            return reco__fail(err, RECO_EINTERNAL, "section '%s' is listed twice", file->sections[k].name);
        }
    }
    return RECO_OK;
}

static int64_t section_bytes(const reco__section *section)
{
    return section->rows * section->columns * reco__kind_size(section->kind);
}

static int64_t aligned(int64_t offset)
{
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Gives a section's bytes in the order they have in the file: as they stand, on most hosts. */
static bool give_section(const reco__section *section, reco__sink *sink)
{
    char piece[16384];
    int32_t size = reco__kind_size(section->kind);
    int64_t bytes = section_bytes(section), n = 0;
    const char *data = section->data;
    if (size == 1 || reco__is_little_endian()) {
        return sink->put(sink, data, bytes);
    }
    for (int64_t at = 0; at < bytes; at += n) {
        n = bytes - at < (int64_t)sizeof piece ? bytes - at : (int64_t)sizeof piece;
        memcpy(piece, data + at, (size_t)n);
        reco__little_endian(piece, n / size, size);
        if (!sink->put(sink, piece, n)) {
            return false;
        }
    }
    return true;
}

typedef struct checksum {
    reco__sink sink;
    uint32_t crc;
} checksum;

static bool add_up(reco__sink *sink, const void *bytes, int64_t n)
{
    checksum *sum = (checksum *)sink;
    sum->crc = reco__kernels_best()->crc32c(sum->crc, bytes, n);
    return true;
}

/* A file ready to be written: its head is the header and the table. */
typedef struct image {
    const reco__file *file;
    char *head;
    int64_t head_size, size;
} image;

static void put_entry(char *entry, const reco__section *section, int64_t offset)
{
    checksum sum = {{add_up}, 0};
    give_section(section, &sum.sink);
    memcpy(entry, section->name, strlen(section->name));
    put32(entry + 56, section->kind);
    put32(entry + 60, section->flags);
    put64(entry + 64, section->rows);
    put64(entry + 72, section->columns);
    put64(entry + 80, offset);
    put32(entry + 88, sum.crc);
}

static reco_status make_image(image *out, reco__file *file, reco_error *err)
{
    reco_status status = reco__file_sort(file, err);
    if (status) {
        return status;
    }
    int64_t end = HEADER + file->n * ENTRY;
    char *head = reco__alloc_zero(end, 1);
    if (!head) {
        return reco__out_of_memory(err);
    }
    *out = (image){file, head, end, end};
    for (int64_t k = 0; k < file->n; k++) {
        put_entry(head + HEADER + k * ENTRY, &file->sections[k], aligned(out->size));
        out->size = aligned(out->size) + section_bytes(&file->sections[k]);
    }
    memcpy(head, magic, sizeof magic);
    put32(head + 8, VERSION);
    put64(head + 16, out->size);
    put32(head + 24, (uint32_t)file->n);
    put32(head + 28, reco__crc32c(0, head + HEADER, file->n * ENTRY));
    put32(head + 60, reco__crc32c(0, head, 60));
    return RECO_OK;
}

static bool give_image(const void *from, reco__sink *sink)
{
    static const char zeros[ALIGNMENT];
    const image *all = from;
    int64_t at = all->head_size;
    bool gone = sink->put(sink, all->head, at);
    for (int64_t k = 0; gone && k < all->file->n; k++) {
        const reco__section *section = &all->file->sections[k];
        gone = sink->put(sink, zeros, aligned(at) - at) && give_section(section, sink);
        at = aligned(at) + section_bytes(section);
    }
    return gone;
}

reco_status reco__file_save(reco__file *file, const char *path, reco_error *err)
{
    image all = {.head = NULL};
    reco_status status = make_image(&all, file, err);
    if (status == RECO_OK) {
        status = reco__file_write(path, give_image, &all, err);
    }
    reco__free(all.head);
    return status;
}

typedef struct memory {
    reco__sink sink;
    char *at;
} memory;

static bool append(reco__sink *sink, const void *bytes, int64_t n)
{
    memory *to = (memory *)sink;
    memcpy(to->at, bytes, (size_t)n);
    to->at += n;
    return true;
}

reco_status reco__file_save_bytes(reco__file *file, void **bytes, int64_t *n, reco_error *err)
{
    image all = {.head = NULL};
    reco_status status = RECO_OK;
    memory to = {{append}, NULL};
    TRY(make_image(&all, file, err));
    TRY_ALLOC(to.at = reco__alloc(all.size, 1));
    *bytes = to.at;
    *n = all.size;
    give_image(&all, &to.sink);
done:
    reco__free(all.head);
    return status;
}

/* ---- reading ---- */

static reco_status damaged(reco_error *err, const char *what)
{
    return reco__fail(err, RECO_EFORMAT, "damaged model file: %s", what);
}

static bool all_zero(const char *bytes, int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        if (bytes[k]) {
            return false;
        }
    }
    return true;
}

static reco_status check_header(const char *bytes, int64_t size, int64_t *n, reco_error *err)
{
    if (size < (int64_t)sizeof magic || memcmp(bytes, magic, sizeof magic) != 0) {
        return reco__fail(err, RECO_EFORMAT, "%s",
                          size == 0 ? "the file is empty" : "this is no libreco model file");
    }
    if (size < HEADER) {
        return damaged(err, "it ends within its header");
    }
    if (get32(bytes + 60) != reco__crc32c(0, bytes, 60)) {
        return damaged(err, "the header's checksum does not match");
    }
    uint32_t version = get32(bytes + 8);
    if (version != VERSION) {
        return reco__fail(err, version > VERSION ? RECO_EUNSUPPORTED : RECO_EFORMAT,
                          "a model file of version %u; this library reads version %d", version, VERSION);
    }
    if (get64(bytes + 16) != size) {
        return damaged(err, get64(bytes + 16) > size ? "it is cut off" : "it has bytes after its end");
    }
    *n = get32(bytes + 24);
    if (*n > (size - HEADER) / ENTRY || !all_zero(bytes + 12, 4) || !all_zero(bytes + 32, 28)) {
        return damaged(err, "the header is inconsistent");
    }
    return get32(bytes + 28) == reco__crc32c(0, bytes + HEADER, *n * ENTRY)
               ? RECO_OK
               : damaged(err, "the checksum of its table does not match");
}

/* Letters, digits, '_' and '.', then zeros to the end. */
static bool name_valid(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
    return n > 0 && n < RECO__SECTION_NAME && all_zero(name + n, RECO__SECTION_NAME - (int64_t)n);
}

/* Reads one entry; *end is where the section before ended and becomes where this one ends. */
static reco_status read_entry(const char *bytes, int64_t size, const char *entry, reco__section *section,
                              int64_t *end, reco_error *err)
{
    memcpy(section->name, entry, RECO__SECTION_NAME);
    section->name[RECO__SECTION_NAME - 1] = 0;
    section->kind = get32(entry + 56);
    section->flags = get32(entry + 60);
    section->rows = get64(entry + 64);
    section->columns = get64(entry + 72);
    int64_t offset = get64(entry + 80), length, element = reco__kind_size(section->kind);
    if (entry[RECO__SECTION_NAME - 1] || !name_valid(section->name) || element == 0 ||
        section->flags > RECO__SECTION_OPTIONAL || !all_zero(entry + 92, 4) ||
        !reco__mul(section->rows, section->columns, &length) || !reco__mul(length, element, &length)) {
        return damaged(err, "an entry of its table is inconsistent");
    }
    if (offset != aligned(*end) || length > size || offset > size - length ||
        !all_zero(bytes + *end, offset - *end)) {
        return damaged(err, "its sections do not fit together");
    }
    if (get32(entry + 88) != reco__kernels_best()->crc32c(0, bytes + offset, length)) {
        return reco__fail(err, RECO_EFORMAT, "damaged model file: the checksum of '%s' does not match",
                          section->name);
    }
    section->data = bytes + (length > 0 ? offset : 0); /* an empty one too lies within the block */
    *end = offset + length;
    return RECO_OK;
}

reco_status reco__file_open(reco__file *file, reco__block *block, reco_error *err)
{
    reco_status status = RECO_OK;
    char *bytes = block->data;
    int64_t n = 0;
    reco__section *sections = NULL;
    TRY(check_header(bytes, block->size, &n, err));
    TRY_ALLOC(sections = reco__alloc_zero(n, sizeof *sections));
    int64_t end = HEADER + n * ENTRY;
    for (int64_t k = 0; k < n; k++) {
        TRY(read_entry(bytes, block->size, bytes + HEADER + k * ENTRY, &sections[k], &end, err));
        if (k > 0 && by_name(&sections[k - 1], &sections[k]) >= 0) {
            TRY(damaged(err, "its table is not in order"));
        }
    }
    if (end != block->size) {
        TRY(damaged(err, "it has bytes after its last section"));
    }
    for (int64_t k = 0; k < n; k++) {
        reco__little_endian((void *)sections[k].data, sections[k].rows * sections[k].columns,
                            reco__kind_size(sections[k].kind));
    }
    *file = (reco__file){block, sections, n, n};
    return RECO_OK;
done:
    reco__free(sections);
    return status;
}

reco__section *reco__file_find(reco__file *file, const char *prefix, const char *name)
{
    reco__section key;
    int length = snprintf(key.name, sizeof key.name, "%s%s", prefix, name);
    if (length <= 0 || (size_t)length >= sizeof key.name) {
        return NULL;
    }
    reco__section *found =
        file->n ? bsearch(&key, file->sections, (size_t)file->n, sizeof *file->sections, by_name) : NULL;
    if (found) {
        found->used = true;
    }
    return found;
}

reco_status reco__file_done(const reco__file *file, reco_error *err)
{
    for (int64_t k = 0; k < file->n; k++) {
        if (!file->sections[k].used && !(file->sections[k].flags & RECO__SECTION_OPTIONAL)) {
            return reco__fail(err, RECO_EUNSUPPORTED,
                              "the model file has a section '%s' that this library does not know",
                              file->sections[k].name);
        }
    }
    return RECO_OK;
}

void reco__file_close(reco__file *file)
{
    for (int64_t k = 0; k < file->n; k++) {
        reco__free(file->sections[k].owned ? file->sections[k].data : NULL);
    }
    reco__free(file->sections);
    *file = (reco__file){0};
}
