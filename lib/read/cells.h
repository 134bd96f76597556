/* SPDX-License-Identifier: MIT */
/* Cells of a file that become features: checked once per distinct text, and put into columns only when the
 * whole file was read. */
#ifndef RECO__CELLS_H
#define RECO__CELLS_H

#include "csv.h"
#include "data/builder.h"

/* Beside the kinds of fields, what a column of a file can be. */
enum { RECO__CELLS_ID = -1, RECO__CELLS_SKIP = -2, RECO__CELLS_UNKNOWN = -3, RECO__CELLS_CONSENT = -4 };

typedef struct reco__cells {
    char name[RECO__MAX_FIELD_NAME + 1]; /* of the field */
    int32_t column;                      /* of the file */
    int32_t kind;
    reco__strings purposes; /* of consent: those that may be named; the builder's, see purposes.h */
    reco__intern texts;     /* the distinct ones */
    float *numbers;         /* [texts.n] what they are as numbers; NaN: not of the kind */
    int64_t numbers_capacity;
    int32_t *last; /* [n_last] by rows, or by ids when the last one counts: the text's number, -1 none */
    int64_t n_last, last_capacity;
} reco__cells;

/* "[NAME@]COLUMN=kind": which column, the field's name, the kind. ENOTFOUND, EINVAL. */
reco_status reco__cells_open(reco__cells *cells, const reco__csv *csv, const reco__part *part,
                             reco_error *err);
/* The kind of a word, as "number"; RECO__CELLS_UNKNOWN when it is none. */
int32_t reco__cells_kind(const char *word, int64_t length);
/* The number of the current row's cell among the distinct ones, -1 for an empty cell. EFORMAT when it is not
 * of the kind; ENOMEM. */
reco_status reco__cells_read(reco__cells *cells, reco__csv *csv, int32_t *number, reco_error *err);
/* Sets last[at], which grows as needed. False when memory ran out. */
bool reco__cells_note(reco__cells *cells, int64_t at, int32_t number);
/* Adds text `number` to a column as a cell of `who`; tokens separated by '|' are as many cells. False when
 * memory ran out. */
bool reco__cells_put(const reco__cells *cells, reco__column *column, int32_t who, int32_t number);
/* Adds text `number` to what was so at an event, *context, as a value of a column of RECO_CONTEXT by number. False
 * when memory ran out. */
bool reco__cells_with(const reco__cells *cells, reco_builder *builder, int32_t column, int32_t number,
                      int32_t *context);
void reco__cells_free(reco__cells *cells);

/* Takes the next of the tokens separated by '|', without spaces around it, empty ones left out; false at the
 * end. */
bool reco__token_next(const char **at, const char *end, const char **token, int64_t *length);

#endif
