/* SPDX-License-Identifier: MIT */
/* Files of items and users. What kind a column is may depend on all of it, so the rows are read first and
 * become cells of the builder at the end. */
#include "cells.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

typedef struct features_reader {
    reco_builder *builder;
    int32_t side;
    reco__csv csv;
    int32_t id_column;
    reco__cells *cells; /* [n_cells] the columns that count */
    int32_t n_cells;
    reco__cells *consent; /* the one of them that holds consent, or NULL */
    int32_t *who;         /* [n_rows] */
    int64_t n_rows, who_capacity;
    bool heard; /* whether what the current row says of consent was read, so that it may be left out */
} features_reader;

/* ---- which column is what ---- */

static reco_status read_list(features_reader *reader, const char *list, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__part part;
    for (const char *at = list; reco__part_next(&at, &part);) {
        reco__cells *cells = &reader->cells[reader->n_cells];
        TRY(reco__cells_open(cells, &reader->csv, &part, err));
        for (int32_t k = 0; k < reader->n_cells; k++) {
            REQUIRE(reader->cells[k].column != cells->column, "format: 'columns' names column '%.63s' twice",
                    cells->name);
        }
        REQUIRE(cells->kind != RECO__CELLS_CONSENT || reader->side == RECO_USER,
                "format: column '%.63s': only users consent", cells->name);
        reader->id_column = cells->kind == RECO__CELLS_ID ? cells->column : reader->id_column;
        reader->n_cells++;
    }
done:
    return status;
}

static bool is_listed(const features_reader *reader, int32_t column)
{
    for (int32_t k = 0; k < reader->n_cells; k++) {
        if (reader->cells[k].column == column) {
            return true;
        }
    }
    return column == reader->id_column;
}

/* Whether a column that nobody spoke of holds consent: by its name, in letters of either case, for who reads "Consent" as
 * just another field would learn from those who said no. */
static bool is_consent(const char *name)
{
    static const char word[] = "consent";
    size_t k = 0;
    while (word[k] && (name[k] == word[k] || name[k] == word[k] - 'a' + 'A')) {
        k++;
    }
    return !word[k] && !name[k];
}

/* A column nobody spoke of: named by the header, its kind to be found. */
static reco_status add_unlisted(features_reader *reader, int32_t column, reco_error *err)
{
    reco__csv *csv = &reader->csv;
    reco__cells *cells = &reader->cells[reader->n_cells];
    const char *name = reco__csv_name(csv, column);
    char number[RECO__NUMBER_TEXT];
    if (!csv->has_header) {
        reco__format_int(column + 1, number);
        name = number;
    } else if (!name[0] || strlen(name) > RECO__MAX_FIELD_NAME) {
        return reco__fail(err, RECO_EFORMAT,
                          "%s:1:%d: the column's name must have 1 to %d bytes; name it or skip it",
                          csv->shown, column + 1, RECO__MAX_FIELD_NAME);
    }
    bool consent = reader->side == RECO_USER && csv->has_header && is_consent(name);
    *cells = (reco__cells){.column = column, .kind = consent ? RECO__CELLS_CONSENT : RECO__CELLS_UNKNOWN};
    strcpy(cells->name, name);
    reader->n_cells++;
    return RECO_OK;
}

/* Leaves out what is no field, checks names, and takes over the kinds of fields that the builder has. */
static reco_status settle_columns(features_reader *reader, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t n = 0;
    reco__column *unused;
    for (int32_t k = 0; k < reader->n_cells; k++) {
        reco__cells *cells = &reader->cells[k];
        if (cells->kind == RECO__CELLS_ID || cells->kind == RECO__CELLS_SKIP) {
            continue;
        }
        for (int32_t before = 0; before < n; before++) {
            if (strcmp(reader->cells[before].name, cells->name) == 0) {
                return reco__fail(err, RECO_EFORMAT, "%s: two columns are named '%s'; skip one",
                                  reader->csv.shown, cells->name);
            }
        }
        const reco__column *column = reco__column_find(reader->builder, reader->side, cells->name);
        if (column && cells->kind == RECO__CELLS_UNKNOWN && column->kind != RECO__FIELD_VECTOR) {
            cells->kind = column->kind;
        }
        if (cells->kind >= 0) {
            TRY(reco__column_get(reader->builder, reader->side, cells->name, cells->kind, &unused, err));
        }
        reader->cells[n] = *cells;
        if (cells->kind == RECO__CELLS_CONSENT) {
            REQUIRE(!reader->consent, "format: columns '%s' and '%s' both hold consent; skip one",
                    reader->consent->name, cells->name);
            reader->consent = &reader->cells[n];
            reader->consent->purposes = reco__builder_purposes(reader->builder);
        }
        n++;
    }
    reader->n_cells = n;
done:
    return status;
}

static reco_status choose_columns(features_reader *reader, const char *list, reco_error *err)
{
    reco_status status = RECO_OK;
    TRY_ALLOC(reader->cells = reco__alloc_zero((int64_t)reader->csv.n_columns + 1, sizeof *reader->cells));
    TRY(read_list(reader, list, err));
    for (int32_t k = 0; k < reader->csv.n_columns && (reader->csv.has_header || !list[0]); k++) {
        if (!is_listed(reader, k)) {
            TRY(add_unlisted(reader, k, err));
        }
    }
    TRY(settle_columns(reader, err));
done:
    return status;
}

/* ---- rows ---- */

/* Reads what the row says of fields. */
static reco_status read_fields(features_reader *reader, int64_t row, reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t k = 0; k < reader->n_cells; k++) { /* a row that fails here is overwritten by the next */
        int32_t number;
        if (&reader->cells[k] != reader->consent) {
            TRY(reco__cells_read(&reader->cells[k], &reader->csv, &number, err));
            TRY_ALLOC(reco__cells_note(&reader->cells[k], row, number));
        }
    }
done:
    return status;
}

/* Makes the row one that says nothing of fields. */
static bool forget_fields(features_reader *reader, int64_t row)
{
    for (int32_t k = 0; k < reader->n_cells; k++) {
        if (!reco__cells_note(&reader->cells[k], row, -1)) {
            return false;
        }
    }
    return true;
}

/* A row that is bad, but for what it says of consent, is taken in without its fields: whoever said no must be heard. It
 * ends in EFORMAT all the same. */
static reco_status take_row(features_reader *reader, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__cell *id = &reader->csv.cells[reader->id_column];
    int64_t row = reader->n_rows;
    int32_t said = -1;
    if (id->length == 0) {
        return reco__csv_fail(&reader->csv, reader->id_column, err, "the id is empty");
    }
    if (id->length > RECO__MAX_ID) {
        return reco__csv_fail(&reader->csv, reader->id_column, err,
                              "an id of %lld bytes, at most %d are allowed", (long long)id->length,
                              RECO__MAX_ID);
    }
    if (reader->consent) {
        TRY(reco__cells_read(reader->consent, &reader->csv, &said, err));
    }
    reader->heard = true;
    reco_status fields = read_fields(reader, row, err);
    if (fields != RECO_OK && (fields != RECO_EFORMAT || said < 0)) {
        return fields;
    }
    TRY_ALLOC(fields == RECO_OK || forget_fields(reader, row));
    TRY_ALLOC(!reader->consent || reco__cells_note(reader->consent, row, said));
    TRY_ALLOC(RECO__GROW(reader->who, reader->who_capacity, row + 1));
    reader->who[row] = reco__intern_add_wide(&reader->builder->ids[reader->side], id->text, id->length);
    TRY_ALLOC(reader->who[row] >= 0);
    reader->n_rows++;
    status = fields;
done:
    return status;
}

/* Of a bad row that may not be left out, although bad rows are: adds why to its message. */
static reco_status must_be_heard(reco_error *err)
{
    reco_error why = err ? *err : (reco_error){""};
    return reco__fail(err, RECO_EFORMAT,
                      "%.*s; where users say what they agreed to, such a row is not skipped",
                      reco__shown_length(why.message, (int64_t)strlen(why.message), 190), why.message);
}

static reco_status read_rows(features_reader *reader, bool skip_bad, reco_error *err)
{
    reco__tally *tally = &reader->builder->tally;
    for (;;) {
        bool got;
        reco_status status = reco__csv_row(&reader->csv, &got, err);
        if (status == RECO_OK && !got) {
            return RECO_OK;
        }
        tally->feature_rows++;
        reader->heard = !reader->consent;
        status = status == RECO_OK ? take_row(reader, err) : status;
        if (status == RECO_EFORMAT && skip_bad && reader->csv.recoverable) {
            if (!reader->heard) {
                return must_be_heard(err);
            }
            tally->feature_rows_bad++;
        } else if (status != RECO_OK) {
            return status;
        }
    }
}

/* ---- the end ---- */

/* The kind of a column by what stands in it; RECO__CELLS_SKIP when nothing does. */
static int32_t find_kind(const reco__cells *cells, int64_t n_rows)
{
    int64_t filled = 0, numbers = 0, bars = 0;
    int32_t distinct = cells->texts.n;
    bool fit = true; /* to be tokens */
    for (int64_t row = 0; row < n_rows; row++) {
        filled += cells->last[row] >= 0;
    }
    for (int32_t k = 0; k < distinct; k++) {
        const char *text = reco__interned(&cells->texts, k), *token;
        int64_t length = (int64_t)strlen(text), n;
        numbers += !isnan(cells->numbers[k]);
        bars += memchr(text, '|', (size_t)length) != NULL;
        for (const char *at = text; reco__token_next(&at, text + length, &token, &n);) {
            fit = fit && n <= RECO__MAX_ID;
        }
    }
    if (filled == 0) {
        return RECO__CELLS_SKIP;
    }
    if (numbers == distinct) {
        return RECO__FIELD_NUMBER;
    }
    return fit && (distinct * INT64_C(5) <= filled || bars * 10 >= distinct) ? RECO__FIELD_TOKEN
                                                                             : RECO__FIELD_TEXT;
}

static reco_status add_cells(features_reader *reader, const reco__cells *cells, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__column *column;
    int32_t kind = cells->kind == RECO__CELLS_UNKNOWN ? find_kind(cells, reader->n_rows) : cells->kind;
    if (kind < 0) {
        return RECO_OK;
    }
    TRY(reco__column_get(reader->builder, reader->side, cells->name, kind, &column, err));
    for (int64_t row = 0; row < reader->n_rows; row++) {
        if (cells->last[row] >= 0) {
            TRY_ALLOC(reco__cells_put(cells, column, reader->who[row], cells->last[row]));
        }
    }
done:
    return status;
}

/* Last of all, for it cannot be taken back; it cannot fail either. */
static void set_consents(features_reader *reader)
{
    const reco__cells *cells = reader->consent;
    for (int64_t row = 0; cells && row < reader->n_rows; row++) {
        if (cells->last[row] >= 0) {
            const char *text = reco__interned(&cells->texts, cells->last[row]);
            (void)reco__consent_read(&cells->purposes, text, (int64_t)strlen(text),
                                     &reader->builder->consent[reader->who[row]]);
        }
    }
}

static void close_reader(features_reader *reader)
{
    for (int32_t k = 0; reader->cells && k < reader->n_cells; k++) {
        reco__cells_free(&reader->cells[k]);
    }
    reco__free(reader->cells);
    reco__free(reader->who);
    reco__csv_close(&reader->csv);
}

reco_status reco_builder_read_features(reco_builder *builder, int32_t side, const char *path,
                                       const reco_format *format, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(builder, path);
    REQUIRE(side == RECO_USER || side == RECO_ITEM, "side must be RECO_USER or RECO_ITEM, got %d", side);
    const reco_format normal = reco__format_default();
    format = format ? format : &normal;
    features_reader reader = {.builder = builder, .side = side};
    reco__builder_mark(builder);
    TRY(reco__csv_open(&reader.csv, path, format, err));
    TRY(choose_columns(&reader, reco__format_text(format, RECO__TEXT_COLUMNS), err));
    TRY(read_rows(&reader, format->skip_bad_rows, err));
    for (int32_t k = 0; k < reader.n_cells; k++) {
        TRY(add_cells(&reader, &reader.cells[k], err));
    }
    TRY_ALLOC(reco__builder_reserve_consent(builder));
    TRY_ALLOC(side == RECO_USER || reco__builder_list(builder, reader.who, reader.n_rows));
    set_consents(&reader);
done:
    close_reader(&reader);
    if (status != RECO_OK) {
        reco__builder_rollback(builder);
    }
    return status;
}
