/* SPDX-License-Identifier: MIT */
/* A row is looked for in the buffer; when the buffer ends first, what there is of the row moves to the front,
 * more is read behind it (into twice the room when the row fills it all), and the row is begun again. Nothing
 * is changed in the buffer before the row is whole. */
#include "csv.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "text/intern.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 256 << 10, SLACK = 16 }; /* slack: readable bytes behind the last, for whole-word loads */

/* ---- messages ---- */

int reco__shown_length(const char *text, int64_t length, int64_t most)
{
    if (length > most) {
        length = most;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    return (int)length;
}

const char *reco__csv_name(const reco__csv *csv, int32_t column)
{
    return csv->has_header && csv->name_at ? csv->names.data + csv->name_at[column] : "";
}

reco_status reco__csv_fail(reco__csv *csv, int32_t column, reco_error *err, const char *format, ...)
{
    char reason[160], place[80] = "";
    va_list arguments;
    csv->recoverable = true;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (column >= 0) {
        const char *name = column < csv->n_columns ? reco__csv_name(csv, column) : "";
        int length = reco__shown_length(name, (int64_t)strlen(name), 40);
        snprintf(place, sizeof place, length ? ":%d (%.*s)" : ":%d", column + 1, length, name);
    }
    return reco__fail(err, RECO_EFORMAT, "%s:%lld%s: %s", csv->shown, (long long)csv->line, place, reason);
}

/* A failure after which no row can be read. */
static reco_status give_up(reco__csv *csv, int64_t line, reco_error *err, const char *reason)
{
    csv->recoverable = false;
    return reco__fail(err, RECO_EFORMAT, "%s:%lld: %s", csv->shown, (long long)line, reason);
}

static void set_shown(reco__csv *csv, const char *path)
{
    int64_t length = (int64_t)strlen(path), from = 0;
    if (length > RECO__CSV_SHOWN - 4) { /* the end of a path tells more than its beginning */
        from = length - (RECO__CSV_SHOWN - 4);
        while (((unsigned char)path[from] & 0xc0) == 0x80) {
            from++;
        }
    }
    snprintf(csv->shown, sizeof csv->shown, "%s%s", from ? "..." : "", path + from);
}

/* ---- bytes ---- */

/* Whether all bytes are ASCII and none is zero: then there is nothing to check. */
static bool is_plain(const char *text, int64_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned char bad = 0;
    for (int64_t k = 0; k < n; k++) {
        bad |= (unsigned char)(p[k] - 1); /* of 1..128 the high bit is clear; 0 wraps around */
        bad |= p[k];
    }
    return !(bad & 0x80);
}

static int64_t transcode_latin1(const char *from, int64_t n, char *to)
{
    int64_t used = 0;
    for (int64_t k = 0; k < n; k++) {
        unsigned char c = (unsigned char)from[k];
        if (c < 0x80) {
            to[used++] = (char)c;
        } else {
            to[used++] = (char)(0xc0 | c >> 6);
            to[used++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return used;
}

static reco_status allocate(reco__csv *csv, int64_t capacity, reco_error *err)
{
    char *buffer = reco__alloc(capacity + SLACK, 1);
    char *raw = csv->encoding == RECO__ENCODING_LATIN1 ? reco__alloc(capacity / 2, 1) : NULL;
    if (!buffer || (csv->encoding == RECO__ENCODING_LATIN1 && !raw)) {
        reco__free(buffer);
        reco__free(raw);
        return reco__out_of_memory(err);
    }
    if (csv->buffer) {
        memcpy(buffer, csv->buffer, (size_t)csv->end);
    }
    reco__free(csv->buffer);
    reco__free(csv->raw);
    csv->buffer = buffer;
    csv->raw = raw;
    csv->capacity = capacity;
    return RECO_OK;
}

/* Moves what is left to the front and reads until the buffer is full or the file ends. */
static reco_status refill(reco__csv *csv, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t got = 1;
    memmove(csv->buffer, csv->buffer + csv->begin, (size_t)(csv->end - csv->begin));
    csv->end -= csv->begin;
    csv->begin = 0;
    int64_t kept = csv->end;
    if (csv->capacity - csv->end < 2) {
        if (csv->capacity >= RECO__CSV_MAX_ROW) {
            return give_up(csv, csv->next, err, "the line is longer than 64 MiB");
        }
        TRY(allocate(csv, csv->capacity * 2, err));
    }
    while (got > 0 && csv->capacity - csv->end >= 2) {
        int64_t room = csv->capacity - csv->end;
        if (csv->raw) {
            TRY(reco__reader_read(&csv->reader, csv->raw, room / 2, &got, err));
            csv->end += transcode_latin1(csv->raw, got, csv->buffer + csv->end);
        } else {
            TRY(reco__reader_read(&csv->reader, csv->buffer + csv->end, room, &got, err));
            csv->end += got;
        }
    }
    csv->total += csv->end - kept;
    csv->at_end = got == 0;
    csv->plain = is_plain(csv->buffer, csv->end);
    csv->simple = csv->plain && csv->delimiter_length == 1 && csv->n_columns > 0;
    memset(csv->buffer + csv->end, '\n', SLACK);
done:
    return status;
}

/* ---- cells ---- */

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* The high bit of each zero byte, and perhaps of bytes above a zero byte: the lowest set bit is right. */
static inline uint64_t zero_bytes(uint64_t x)
{
    return (x - EACH_BYTE) & ~x & 0x8080808080808080u;
}

/* The first line end, or byte that `stops` holds eight times, from p on. There is a line end behind the
 * buffer. */
static inline const char *find(const char *p, uint64_t stops)
{
    for (;; p += 8) {
        uint64_t x = reco__load64(p), hit = zero_bytes(x ^ stops) | zero_bytes(x ^ '\n' * EACH_BYTE);
        if (hit) {
            return p + (__builtin_ctzll(hit) >> 3);
        }
    }
}

static inline bool is_delimiter(const reco__csv *csv, const char *p)
{
    return *p == csv->delimiter[0] &&
           (csv->delimiter_length == 1 || memcmp(p, csv->delimiter, (size_t)csv->delimiter_length) == 0);
}

/* Behind the quote that closes the cell opened at `open`, or NULL when the buffer ends first. */
static const char *closing(const reco__csv *csv, const char *open, bool *doubled)
{
    const char *end = csv->buffer + csv->end;
    for (const char *p = open + 1;;) {
        p = memchr(p, '"', (size_t)(end - p));
        if (!p || (p + 1 == end && !csv->at_end)) {
            return NULL;
        }
        if (p + 1 == end || p[1] != '"') {
            return p + 1;
        }
        *doubled = true;
        p += 2;
    }
}

/* Whether a cell may end at p: a delimiter, a line end or the end. */
static bool ends_cell(const reco__csv *csv, const char *p)
{
    return *p == '\n' || (*p == '\r' && p[1] == '\n') || is_delimiter(csv, p);
}

/* Room for one more cell, or only its count when there are more than columns. */
static reco_status more_cells(reco__csv *csv, reco_error *err)
{
    if (csv->n_columns) {
        csv->n_cells++;
        return RECO_OK;
    }
    if (csv->n_cells == RECO__CSV_MAX_COLUMNS) {
        return give_up(csv, csv->line, err, "more than 65536 columns");
    }
    if (!RECO__GROW(csv->cells, csv->cells_capacity, (int64_t)csv->n_cells + 1)) {
        return reco__out_of_memory(err);
    }
    csv->room = csv->n_cells + 1;
    return RECO_OK;
}

static inline reco_status put_cell(reco__csv *csv, const char *text, int64_t length, reco_error *err)
{
    if (csv->n_cells >= csv->room) {
        reco_status status = more_cells(csv, err);
        if (status != RECO_OK || csv->n_cells > csv->room) {
            return status;
        }
    }
    csv->cells[csv->n_cells++] = (reco__cell){text, length};
    return RECO_OK;
}

/* What a row looked like. */
typedef struct row_scan {
    const char *behind; /* its line end; NULL when the buffer ended before the row did */
    bool quoted, doubled;
} row_scan;

/* The quoted cell at *p: puts it and moves *p to its end. *literal when it is not one; *p NULL when the
 * buffer ended. */
static reco_status scan_quoted(reco__csv *csv, row_scan *scan, const char **p, bool *literal, reco_error *err)
{
    const char *open = *p, *end = csv->buffer + csv->end, *close = closing(csv, open, &scan->doubled);
    scan->quoted = true;
    *literal = false;
    if (!close && csv->at_end) {
        int64_t line = csv->line;
        for (const char *q = csv->buffer + csv->begin; q < open; q++) {
            line += *q == '\n';
        }
        return give_up(csv, line, err, "a quote is opened here and never closed");
    }
    if (!close || (!csv->at_end && end - close < RECO__MAX_DELIMITER)) { /* what follows is not there yet */
        *p = NULL;
        return RECO_OK;
    }
    if (!ends_cell(csv, close)) {
        *literal = true;
        return RECO_OK;
    }
    *p = close + (*close == '\r');
    return put_cell(csv, open + 1, close - open - 2, err);
}

/* The plain cell at *p, alike. */
static inline reco_status scan_plain(reco__csv *csv, const char **p, reco_error *err)
{
    const char *begin = *p, *stop = begin, *end = csv->buffer + csv->end;
    for (;; stop++) {
        stop = find(stop, csv->stops);
        if (*stop == '\n' || csv->delimiter_length == 1 || is_delimiter(csv, stop)) {
            break;
        }
    }
    if (stop >= end && !csv->at_end) {
        *p = NULL;
        return RECO_OK;
    }
    *p = stop;
    return put_cell(csv, begin, stop - begin - (*stop == '\n' && stop > begin && stop[-1] == '\r'), err);
}

/* Splits the row that begins at csv->begin. */
static reco_status scan_row(reco__csv *csv, row_scan *scan, reco_error *err)
{
    reco_status status = RECO_OK;
    const char *p = csv->buffer + csv->begin;
    *scan = (row_scan){0};
    csv->n_cells = 0;
    for (;;) {
        bool literal = true;
        if (*p == '"') {
            TRY(scan_quoted(csv, scan, &p, &literal, err));
        }
        if (literal) {
            TRY(scan_plain(csv, &p, err));
        }
        if (!p || *p == '\n') {
            scan->behind = p;
            return RECO_OK;
        }
        p += csv->delimiter_length;
    }
done:
    return status;
}

/* ---- rows ---- */

/* Makes "" within quoted cells one quote. Only those are preceded by a quote. */
static void undouble(reco__csv *csv)
{
    int32_t n = csv->n_columns && csv->n_cells > csv->n_columns ? csv->n_columns : csv->n_cells;
    for (int32_t k = 0; k < n; k++) {
        reco__cell *cell = &csv->cells[k];
        int64_t at = cell->text - csv->buffer, used = 0;
        if (at == csv->begin || csv->buffer[at - 1] != '"') {
            continue;
        }
        char *text = csv->buffer + at;
        for (int64_t i = 0; i < cell->length; i++, used++) {
            text[used] = text[i];
            i += text[i] == '"';
        }
        cell->length = used;
    }
}

static reco_status check_text(reco__csv *csv, reco_error *err)
{
    int32_t n = csv->n_columns && csv->n_cells > csv->n_columns ? csv->n_columns : csv->n_cells;
    for (int32_t k = 0; k < n; k++) {
        const reco__cell *cell = &csv->cells[k];
        if (!reco__utf8_valid(cell->text, cell->length)) {
            return memchr(cell->text, 0, (size_t)cell->length)
                       ? reco__csv_fail(csv, k, err, "a zero byte; is this a text file?")
                       : reco__csv_fail(csv, k, err, "not UTF-8; set the encoding if it is latin1");
        }
    }
    return RECO_OK;
}

/* Most rows: plain text, one-byte delimiter, no quote, as many cells as there are columns, all of it in the
 * buffer. Splits it, or returns false and has changed nothing that matters. */
static inline bool simple_row(reco__csv *csv)
{
    const uint64_t stops = csv->stops, ends = '\n' * EACH_BYTE;
    const char *p = csv->buffer + csv->begin, *stop, *end = csv->buffer + csv->end;
    reco__cell *cell = csv->cells;
    if (!csv->simple || p >= end) {
        return false;
    }
    for (int32_t left = csv->n_columns; left > 0; left--, p = stop + 1) {
        uint64_t x = reco__load64(p), hit = zero_bytes(x ^ stops) | zero_bytes(x ^ ends);
        stop = hit ? p + (__builtin_ctzll(hit) >> 3) : find(p + 8, stops);
        if (*p == '"' || (*stop == '\n') != (left == 1)) {
            return false;
        }
        cell->text = p;
        cell++->length = stop - p;
    }
    int64_t length = cell[-1].length; /* p is behind the line end */
    if (p > end || (length == 0 && csv->n_columns == 1)) {
        return false;
    }
    cell[-1].length -= length > 0 && p[-2] == '\r';
    if (csv->n_columns == 1 && cell[-1].length == 0) {
        return false;
    }
    csv->n_cells = csv->n_columns;
    csv->begin = p - csv->buffer;
    csv->line = csv->next++;
    return true;
}

/* The next row that is no empty line, whatever its number of cells. */
static reco_status next_row(reco__csv *csv, bool *got, reco_error *err)
{
    reco_status status = RECO_OK;
    row_scan scan;
    *got = false;
    for (;;) {
        csv->line = csv->next;
        csv->recoverable = false;
        if (csv->begin == csv->end) {
            if (csv->at_end) {
                return RECO_OK;
            }
            TRY(refill(csv, err));
            continue;
        }
        TRY(scan_row(csv, &scan, err));
        if (!scan.behind) {
            TRY(refill(csv, err));
            continue;
        }
        const char *begin = csv->buffer + csv->begin, *behind = scan.behind;
        csv->next = csv->line + 1;
        for (const char *p = begin; scan.quoted && (p = memchr(p, '\n', (size_t)(behind - p))); p++) {
            csv->next++;
        }
        int64_t end = behind - csv->buffer + 1;
        if (csv->n_cells > 1 || scan.quoted || csv->cells[0].length > 0) {
            break;
        }
        csv->begin = end < csv->end ? end : csv->end;
    }
    *got = true;
    if (!csv->plain) {
        status = check_text(csv, err);
    }
    if (scan.doubled) {
        undouble(csv);
    }
    csv->begin = scan.behind - csv->buffer + 1;
    csv->begin = csv->begin < csv->end ? csv->begin : csv->end;
done:
    return status;
}

static __attribute__((noinline)) reco_status other_row(reco__csv *csv, bool *got, reco_error *err)
{
    if (csv->kept) {
        csv->kept = false;
        csv->simple = csv->plain && csv->delimiter_length == 1;
        *got = true;
        return RECO_OK;
    }
    reco_status status = next_row(csv, got, err);
    if (status == RECO_OK && *got && csv->n_cells != csv->n_columns) {
        return reco__csv_fail(csv, -1, err, "%d fields where %s %d", csv->n_cells,
                              csv->has_header ? "the header has" : "the first line has", csv->n_columns);
    }
    return status;
}

reco_status reco__csv_row(reco__csv *csv, bool *got, reco_error *err)
{
    if (simple_row(csv)) {
        *got = true;
        return RECO_OK;
    }
    return other_row(csv, got, err);
}

/* ---- opening ---- */

/* What stands between the cells of the first line when nobody said: a comma, else a tab, else a
 * semicolon. */
static void detect_delimiter(reco__csv *csv)
{
    static const char candidates[] = ",\t;";
    int64_t counts[3] = {0};
    bool quoted = false;
    for (int64_t k = csv->begin; k < csv->end && (quoted || csv->buffer[k] != '\n'); k++) {
        const char *which = csv->buffer[k] ? strchr(candidates, csv->buffer[k]) : NULL;
        quoted ^= csv->buffer[k] == '"';
        if (which && !quoted) {
            counts[which - candidates]++;
        }
    }
    csv->delimiter[0] = counts[0] || !(counts[1] || counts[2]) ? ',' : counts[1] ? '\t' : ';';
    csv->delimiter_length = 1;
}

static reco_status keep_header(reco__csv *csv, reco_error *err)
{
    reco_status status = RECO_OK;
    TRY_ALLOC(csv->name_at = reco__alloc(csv->n_cells, sizeof *csv->name_at));
    for (int32_t k = 0; k < csv->n_cells; k++) {
        csv->name_at[k] = csv->names.size;
        TRY_ALLOC(reco__bytes_add(&csv->names, csv->cells[k].text, csv->cells[k].length));
        TRY_ALLOC(reco__bytes_add(&csv->names, "", 1));
    }
done:
    return status;
}

/* Reads the first bytes, skips a byte order mark and finds the delimiter. */
static reco_status begin_text(reco__csv *csv, const reco_format *format, reco_error *err)
{
    reco_status status = RECO_OK;
    const char *delimiter = reco__format_text(format, RECO__TEXT_DELIMITER);
    TRY(allocate(csv, CHUNK, err));
    TRY(refill(csv, err));
    if (csv->end >= 3 && memcmp(csv->buffer, "\xef\xbb\xbf", 3) == 0) {
        csv->begin = 3;
        csv->plain = is_plain(csv->buffer + 3, csv->end - 3);
    } else if (csv->end >= 2 &&
               (memcmp(csv->buffer, "\xff\xfe", 2) == 0 || !memcmp(csv->buffer, "\xfe\xff", 2))) {
        status =
            reco__fail(err, RECO_EFORMAT, "%s: is UTF-16; only UTF-8 and latin1 can be read", csv->shown);
        goto done;
    }
    strcpy(csv->delimiter, delimiter);
    csv->delimiter_length = (int32_t)strlen(delimiter);
    if (csv->delimiter_length == 0) {
        while (csv->begin < csv->end &&
               (csv->buffer[csv->begin] == '\n' || csv->buffer[csv->begin] == '\r')) {
            csv->next += csv->buffer[csv->begin++] == '\n';
        }
        detect_delimiter(csv);
    }
    csv->stops = (unsigned char)csv->delimiter[0] * EACH_BYTE;
done:
    return status;
}

reco_status reco__csv_open(reco__csv *csv, const char *path, const reco_format *format, reco_error *err)
{
    reco_status status = RECO_OK;
    bool got;
    *csv = (reco__csv){.reader = {.fd = -1}, .encoding = format->encoding, .next = 1};
    TRY(reco__reader_open(&csv->reader, path, err));
    set_shown(csv, csv->reader.path);
    TRY(begin_text(csv, format, err));
    csv->has_header = format->header;
    TRY(next_row(csv, &got, err));
    if (!got) {
        status = reco__fail(err, RECO_EFORMAT, "%s: is empty", csv->shown);
        goto done;
    }
    csv->n_columns = csv->room = csv->n_cells;
    csv->kept = !csv->has_header;
    csv->simple = csv->has_header && csv->plain && csv->delimiter_length == 1;
    if (csv->has_header) {
        TRY(keep_header(csv, err));
    }
done:
    return status;
}

void reco__csv_close(reco__csv *csv)
{
    reco__reader_close(&csv->reader);
    reco__free(csv->buffer);
    reco__free(csv->raw);
    reco__free(csv->cells);
    reco__bytes_free(&csv->names);
    reco__free(csv->name_at);
    *csv = (reco__csv){.reader = {.fd = -1}};
}

reco_status reco__csv_find(const reco__csv *csv, const char *name, int64_t length, int32_t *column,
                           reco_error *err)
{
    for (int32_t k = 0; csv->has_header && k < csv->n_columns; k++) {
        if (reco__is_word(name, length, reco__csv_name(csv, k))) {
            *column = k;
            return RECO_OK;
        }
    }
    int64_t number;
    if (reco__parse_int(name, length, &number) && number >= 1 && number <= csv->n_columns) {
        *column = (int32_t)number - 1;
        return RECO_OK;
    }
    reco__names names = {.used = 0};
    for (int32_t k = 0; csv->has_header && k < csv->n_columns; k++) {
        reco__names_add(&names, reco__csv_name(csv, k));
    }
    return csv->has_header
               ? reco__fail(err, RECO_ENOTFOUND, "%s: no column '%.*s'; the header has: %s", csv->shown,
                            reco__shown_length(name, length, 40), name, reco__names_text(&names))
               : reco__fail(err, RECO_ENOTFOUND,
                            "%s: no column '%.*s'; without a header columns go by number, 1 to %d",
                            csv->shown, reco__shown_length(name, length, 40), name, csv->n_columns);
}
