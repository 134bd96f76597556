/* SPDX-License-Identifier: MIT */
/* Rows and cells of a CSV file, one row at a time, whatever the file's size.
 *
 * RFC 4180 with LF or CRLF: a cell that begins with a quote ends with the quote before the next delimiter or
 * line end, and "" within it is one quote. Where text follows the closing quote, as in "Broken Arrow" is the
 * term, the quotes are part of the text and the cell is taken as it stands. Empty lines are no rows. */
#ifndef RECO__CSV_H
#define RECO__CSV_H

#include "base/bytes.h"
#include "base/system.h"
#include "format.h"

enum { RECO__CSV_MAX_ROW = 64 << 20, RECO__CSV_MAX_COLUMNS = 65536, RECO__CSV_SHOWN = 104 };

typedef struct reco__cell {
    const char *text; /* no zero behind it; 8 bytes from any place in it may be read */
    int64_t length;
} reco__cell;

typedef struct reco__csv {
    reco__reader reader;
    char shown[RECO__CSV_SHOWN]; /* the file's name for messages: the end of the path */
    int32_t encoding;
    char delimiter[RECO__MAX_DELIMITER + 1];
    int32_t delimiter_length;
    uint64_t stops; /* its first byte, eight times */
    char *buffer;   /* what was read is [begin, end), and a line end stands behind it */
    int64_t capacity, begin, end;
    char *raw;     /* bytes to be transcoded; NULL for UTF-8 */
    int64_t total; /* bytes read so far */
    bool at_end;
    bool simple;        /* rows are worth a try the short way: one-byte delimiter, plain, the header known */
    bool plain;         /* the buffer holds neither zeros nor bytes beyond ASCII */
    bool kept;          /* the row is to be given out again: the first of a file without header */
    bool recoverable;   /* after a failed row: the next one can be read */
    int64_t line, next; /* numbers of the row's first line and of the one after the row */
    reco__cell *cells;  /* [n_cells], and room for as many as the file has columns */
    int64_t cells_capacity;
    int32_t n_cells, room; /* room: how many can be stored without asking */
    int32_t n_columns;     /* 0 until the first row was read */
    bool has_header;
    reco__bytes names; /* of the header, each with its zero */
    int64_t *name_at;  /* [n_columns] */
} reco__csv;

/* Opens and reads the header. `csv` may hold anything; close it also after a failure. */
reco_status reco__csv_open(reco__csv *csv, const char *path, const reco_format *format, reco_error *err);
/* The next row; *got is false at the end. Its cells stay until the next call. EFORMAT, EIO, ENOMEM. */
reco_status reco__csv_row(reco__csv *csv, bool *got, reco_error *err);
void reco__csv_close(reco__csv *csv);

/* The header's name of a column, "" when there is none. */
const char *reco__csv_name(const reco__csv *csv, int32_t column);
/* The column that a name of the header, or a number from 1, stands for. ENOTFOUND lists the header. */
reco_status reco__csv_find(const reco__csv *csv, const char *name, int64_t length, int32_t *column,
                           reco_error *err);
/* EFORMAT "FILE:LINE:COLUMN (NAME): reason" for the current row; column from 0, or -1 for the whole row. The
 * row can be skipped. */
__attribute__((format(printf, 4, 5))) reco_status reco__csv_fail(reco__csv *csv, int32_t column,
                                                                 reco_error *err, const char *format, ...);
/* Bytes of a text to show in a message: at most `most`, whole characters. */
int reco__shown_length(const char *text, int64_t length, int64_t most);

#endif
