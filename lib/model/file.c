/* SPDX-License-Identifier: MIT */
#include "file.h"

#include "base/error.h"
#include "base/memory.h"
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

reco_status reco__writer_add(reco__writer *writer, const char *prefix, const char *name, uint32_t kind,
                             int64_t rows, int64_t columns, const void *data, int32_t copy, reco_error *err)
{
    reco__section section = {.kind = kind, .rows = rows, .columns = columns, .data = data, .owned = copy};
    int length = snprintf(section.name, sizeof section.name, "%s%s", prefix, name);
    if (length <= 0 || (size_t)length >= sizeof section.name) {
        return reco__fail(err, RECO_EINTERNAL, "the section name '%s%s' is too long", prefix, name);
    }
    if (!RECO__GROW(writer->sections, writer->capacity, writer->n + 1)) {
        return reco__out_of_memory(err);
    }
    if (copy) {
        int64_t bytes = rows * columns * reco__kind_size(kind);
        section.data = reco__copy_text(data, bytes);
        if (!section.data) {
            return reco__out_of_memory(err);
        }
    }
    writer->sections[writer->n++] = section;
    return RECO_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const reco__section *)a)->name, ((const reco__section *)b)->name);
}

static bool add_section(reco__bytes *out, const reco__section *section, char *entry)
{
    int32_t size = reco__kind_size(section->kind);
    int64_t bytes;
    if (!reco__mul(section->rows, section->columns, &bytes) || !reco__mul(bytes, size, &bytes) ||
        !reco__bytes_pad(out, ALIGNMENT)) {
        return false;
    }
    int64_t offset = out->size;
    if (!reco__bytes_add(out, section->data, bytes)) {
        return false;
    }
    reco__little_endian(out->data + offset, section->rows * section->columns, size);
    memset(entry, 0, ENTRY);
    memcpy(entry, section->name, strlen(section->name));
    put32(entry + 56, section->kind);
    put32(entry + 60, section->flags);
    put64(entry + 64, section->rows);
    put64(entry + 72, section->columns);
    put64(entry + 80, offset);
    put32(entry + 88, reco__kernels_best()->crc32c(out->data + offset, bytes));
    return true;
}

static void put_header(char *header, int64_t length, int64_t n, const char *table)
{
    memset(header, 0, HEADER);
    memcpy(header, magic, sizeof magic);
    put32(header + 8, VERSION);
    put64(header + 16, length);
    put32(header + 24, (uint32_t)n);
    put32(header + 28, reco__crc32c(table, n * ENTRY));
    put32(header + 60, reco__crc32c(header, 60));
}

reco_status reco__writer_finish(reco__writer *writer, reco__bytes *out, reco_error *err)
{
    reco_status status = RECO_OK;
    char *table = NULL;
    static const char blank[HEADER];
    qsort(writer->sections, (size_t)writer->n, sizeof *writer->sections, by_name);
    for (int64_t k = 1; k < writer->n; k++) {
        if (by_name(&writer->sections[k - 1], &writer->sections[k]) == 0) {
            return reco__fail(err, RECO_EINTERNAL, "section '%s' is listed twice", writer->sections[k].name);
        }
    }
    TRY_ALLOC(table = reco__alloc_zero(writer->n, ENTRY));
    TRY_ALLOC(reco__bytes_add(out, blank, HEADER) && reco__bytes_add(out, table, writer->n * ENTRY));
    for (int64_t k = 0; k < writer->n; k++) {
        TRY_ALLOC(add_section(out, &writer->sections[k], table + k * ENTRY));
    }
    memcpy(out->data + HEADER, table, (size_t)(writer->n * ENTRY));
    put_header(out->data, out->size, writer->n, table);
done:
    reco__free(table);
    return status;
}

void reco__writer_free(reco__writer *writer)
{
    for (int64_t k = 0; k < writer->n; k++) {
        if (writer->sections[k].owned) {
            reco__free(writer->sections[k].data);
        }
    }
    reco__free(writer->sections);
    *writer = (reco__writer){0};
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
    if (get32(bytes + 60) != reco__crc32c(bytes, 60)) {
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
    return get32(bytes + 28) == reco__crc32c(bytes + HEADER, *n * ENTRY)
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
    int64_t expected = (*end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (offset != expected || length > size || offset > size - length ||
        !all_zero(bytes + *end, offset - *end)) {
        return damaged(err, "its sections do not fit together");
    }
    if (get32(entry + 88) != reco__kernels_best()->crc32c(bytes + offset, length)) {
        return reco__fail(err, RECO_EFORMAT, "damaged model file: the checksum of '%s' does not match",
                          section->name);
    }
    section->data = bytes + offset;
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
        reco__little_endian(bytes + ((const char *)sections[k].data - bytes),
                            sections[k].rows * sections[k].columns, reco__kind_size(sections[k].kind));
    }
    *file = (reco__file){block, sections, n};
    return RECO_OK;
done:
    reco__free(sections);
    return status;
}

const reco__section *reco__file_find(reco__file *file, const char *prefix, const char *name)
{
    reco__section key;
    int length = snprintf(key.name, sizeof key.name, "%s%s", prefix, name);
    if (length <= 0 || (size_t)length >= sizeof key.name) {
        return NULL;
    }
    reco__section *found =
        file->n ? bsearch(&key, file->sections, (size_t)file->n, sizeof *file->sections, by_name) : NULL;
    if (found) {
        found->used = 1;
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
    reco__free(file->sections);
    file->sections = NULL;
}
