/* SPDX-License-Identifier: MIT */
/* Event files. Events go straight into the builder, which is set back when the file turns out bad; what
 * columns say of items and users is kept aside and added at the end, since only the last word counts. */
#include "cells.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

enum { USER, ITEM, VALUE, TIME, TYPE, ROLES };

static const char *const roles[ROLES] = {"user", "item", "value", "time", "type"};

enum { TIME_TEXT = 40 };

typedef struct events_reader {
    reco_builder *builder;
    reco__csv csv;
    int32_t column[ROLES];               /* -1: there is none */
    reco__cells *described[RECO__SIDES]; /* of RECO_USER, RECO_ITEM, RECO_CONTEXT */
    int32_t n_described[RECO__SIDES];
    bool more;                 /* a row has columns that count beside user and item */
    int32_t *numbers;          /* of the current row's cells, side by side; NULL when nothing is described */
    int32_t *contexts;         /* [n_described[RECO_CONTEXT]] numbers of the builder's columns */
    char time_text[TIME_TEXT]; /* the last one parsed: rows of one basket share it */
    int64_t time_length, time;
} events_reader;

/* ---- which column is what ---- */

static reco_status columns_as_told(events_reader *reader, const char *list, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__part part;
    for (const char *at = list; reco__part_next(&at, &part);) {
        int32_t role = 0;
        while (role < ROLES && !reco__is_word(part.left, part.left_length, roles[role])) {
            role++;
        }
        REQUIRE(role < ROLES, "format: 'columns' of events are user, item, value, time, type; got '%.*s'",
                reco__shown_length(part.left, part.left_length, 40), part.left);
        REQUIRE(reader->column[role] < 0, "format: 'columns' names '%s' twice", roles[role]);
        TRY(reco__csv_find(&reader->csv, part.right, part.right_length, &reader->column[role], err));
    }
done:
    return status;
}

static void columns_as_usual(events_reader *reader)
{
    const reco__csv *csv = &reader->csv;
    for (int32_t role = 0; role < ROLES; role++) {
        for (int32_t k = 0; csv->has_header && k < csv->n_columns; k++) {
            if (strcmp(reco__csv_name(csv, k), roles[role]) == 0) {
                reader->column[role] = k;
                break;
            }
        }
        if (!csv->has_header && role <= VALUE && role < csv->n_columns) {
            reader->column[role] = role;
        }
    }
}

static reco_status choose_columns(events_reader *reader, const char *list, reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t role = 0; role < ROLES; role++) {
        reader->column[role] = -1;
    }
    if (list[0]) {
        TRY(columns_as_told(reader, list, err));
        REQUIRE(reader->column[USER] >= 0 && reader->column[ITEM] >= 0,
                "format: 'columns' of events must name user and item, got '%.80s'", list);
    } else {
        columns_as_usual(reader);
        for (int32_t role = USER; role <= ITEM && status == RECO_OK; role++) {
            if (reader->column[role] < 0) { /* says what the header has */
                status = reco__csv_find(&reader->csv, roles[role], (int64_t)strlen(roles[role]),
                                        &reader->column[role], err);
            }
        }
    }
done:
    return status;
}

static reco_status open_described(events_reader *reader, int32_t side, const char *list, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__part part;
    int32_t n = 0;
    reco__column *column;
    for (const char *at = list; reco__part_next(&at, &part);) {
        n++;
    }
    TRY_ALLOC(reader->described[side] = reco__alloc_zero(n, sizeof **reader->described));
    TRY_ALLOC(side != RECO_CONTEXT || (reader->contexts = reco__alloc(n, sizeof *reader->contexts)));
    for (const char *at = list; reco__part_next(&at, &part);) {
        reco__cells *cells = &reader->described[side][reader->n_described[side]++];
        TRY(reco__cells_open(cells, &reader->csv, &part, err));
        REQUIRE(cells->kind >= 0 && (side != RECO_CONTEXT || cells->kind != RECO__FIELD_TEXT),
                "format: column '%.63s' of %s", cells->name,
                side == RECO_CONTEXT ? "a context must be one of number, token"
                                     : "events must be one of number, text, token");
        TRY(reco__column_get(reader->builder, side, cells->name, cells->kind, &column, err));
        if (side == RECO_CONTEXT) {
            reader->contexts[reader->n_described[side] - 1] =
                (int32_t)(column - reader->builder->features[RECO_CONTEXT].columns);
        }
    }
done:
    return status;
}

/* ---- rows ---- */

static reco_status read_value(events_reader *reader, double *value, reco_error *err)
{
    const reco__cell *cell = &reader->csv.cells[reader->column[VALUE]];
    *value = 0;
    if (cell->length >= 1 && cell->length <= 8) { /* most are small whole numbers */
        int64_t whole = reco__digits(reco__load64(cell->text), cell->length);
        if (whole >= 0) {
            *value = (double)whole;
            return RECO_OK;
        }
    }
    if (cell->length == 0) {
        *value = 1;
    } else if (!reco__parse_number(cell->text, cell->length, value)) {
        return reco__csv_fail(&reader->csv, reader->column[VALUE], err, "'%.*s' is no number",
                              reco__shown_length(cell->text, cell->length, 40), cell->text);
    }
    return RECO_OK;
}

static reco_status read_time(events_reader *reader, int64_t *time, reco_error *err)
{
    const reco__cell *cell = &reader->csv.cells[reader->column[TIME]];
    if (cell->length == 0) {
        return RECO_OK;
    }
    if (cell->length == reader->time_length &&
        memcmp(cell->text, reader->time_text, (size_t)cell->length) == 0) {
        *time = reader->time;
        return RECO_OK;
    }
    if (!reco__parse_time(cell->text, cell->length, time)) {
        return reco__csv_fail(&reader->csv, reader->column[TIME], err, "'%.*s' is no time",
                              reco__shown_length(cell->text, cell->length, 40), cell->text);
    }
    if (cell->length <= TIME_TEXT) {
        memcpy(reader->time_text, cell->text, (size_t)cell->length);
        reader->time_length = cell->length;
        reader->time = *time;
    }
    return RECO_OK;
}

/* What a row says of its event. */
typedef struct told {
    float value, weighed; /* weighed: times the weight of the type */
    int64_t time;
    int32_t type;
} told;

static reco_status read_type(events_reader *reader, told *row, reco_error *err)
{
    const reco__cell *cell = &reader->csv.cells[reader->column[TYPE]];
    if (cell->length > 0 &&
        reco__builder_type(reader->builder, cell->text, cell->length, &row->type, NULL) != RECO_OK) {
        return reco__csv_fail(&reader->csv, reader->column[TYPE], err,
                              "'%.*s' is no type of event that was named",
                              reco__shown_length(cell->text, cell->length, 40), cell->text);
    }
    return RECO_OK;
}

/* What a row says beside user and item. */
static reco_status read_rest(events_reader *reader, told *row, reco_error *err)
{
    reco_status status = RECO_OK;
    double number = 1;
    int32_t k = 0;
    if (reader->column[VALUE] >= 0) {
        TRY(read_value(reader, &number, err));
    }
    if (reader->column[TYPE] >= 0) {
        TRY(read_type(reader, row, err));
    }
    row->value = (float)number;
    row->weighed = reco__builder_weighed(reader->builder, row->value, row->type);
    if (!isfinite(row->weighed)) {
        return reco__csv_fail(&reader->csv, reader->column[VALUE], err, "the value is too large");
    }
    if (reader->column[TIME] >= 0) {
        TRY(read_time(reader, &row->time, err));
    }
    for (int32_t side = 0; side < RECO__SIDES; side++) {
        for (int32_t c = 0; c < reader->n_described[side]; c++) {
            TRY(reco__cells_read(&reader->described[side][c], &reader->csv, &reader->numbers[k++], err));
        }
    }
done:
    return status;
}

/* What was so at the row's event, the last that was pushed. */
static reco_status note_context(events_reader *reader, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_builder *builder = reader->builder;
    const int32_t *numbers =
        reader->numbers + reader->n_described[RECO_USER] + reader->n_described[RECO_ITEM];
    int32_t context = -1;
    for (int32_t c = 0; c < reader->n_described[RECO_CONTEXT]; c++) {
        if (numbers[c] >= 0) {
            TRY_ALLOC(reco__cells_with(&reader->described[RECO_CONTEXT][c], builder, reader->contexts[c],
                                       numbers[c], &context));
        }
    }
    if (context >= 0) {
        TRY_ALLOC(reco__builder_reserve_contexts(builder));
        reco__builder_place(builder, builder->events.n - 1, context);
    }
done:
    return status;
}

static reco_status note_described(events_reader *reader, const int32_t *who, reco_error *err)
{
    reco_status status = RECO_OK;
    int32_t k = 0;
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        for (int32_t c = 0; c < reader->n_described[side]; c++, k++) {
            if (reader->numbers[k] >= 0) {
                TRY_ALLOC(reco__cells_note(&reader->described[side][c], who[side], reader->numbers[k]));
            }
        }
    }
done:
    return status;
}

static reco_status overlong_id(events_reader *reader, int32_t role, reco_error *err)
{
    return reco__csv_fail(&reader->csv, reader->column[role], err,
                          "an id of %lld bytes, at most %d are allowed",
                          (long long)reader->csv.cells[reader->column[role]].length, RECO__MAX_ID);
}

/* Takes in the current row, whole or not at all. */
static inline reco_status handle_row(events_reader *reader, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_builder *builder = reader->builder;
    const reco__cell *user = &reader->csv.cells[reader->column[USER]];
    const reco__cell *item = &reader->csv.cells[reader->column[ITEM]];
    told row = {1, 1, RECO_NO_TIME, RECO__NO_TYPE};
    if (user->length == 0 || item->length == 0) {
        builder->tally.rows_without_user += user->length == 0;
        builder->tally.rows_without_item += user->length != 0;
        return RECO_OK;
    }
    if (user->length > RECO__MAX_ID || item->length > RECO__MAX_ID) {
        return overlong_id(reader, user->length > RECO__MAX_ID ? USER : ITEM, err);
    }
    if (reader->more) {
        TRY(read_rest(reader, &row, err));
        if (reco__builder_says_nothing(builder, row.weighed, row.type)) {
            builder->tally.rows_zero++;
            return RECO_OK;
        }
    }
    int32_t who[2] = {reco__intern_add_wide(&builder->ids[RECO_USER], user->text, user->length),
                      reco__intern_add_wide(&builder->ids[RECO_ITEM], item->text, item->length)};
    TRY_ALLOC(who[RECO_USER] >= 0 && who[RECO_ITEM] >= 0);
    TRY_ALLOC(reco__builder_push(builder, who[RECO_USER], who[RECO_ITEM], row.value, row.time));
    TRY_ALLOC(row.type == RECO__NO_TYPE || reco__builder_set_type(builder, row.type));
    builder->tally.returns += row.weighed < 0;
    if (reader->numbers) {
        TRY(note_described(reader, who, err));
        TRY(note_context(reader, err));
    }
done:
    return status;
}

/* Once some rows are known, makes room for as many as the file will hold by its size, so that the arrays need
 * not grow bit by bit. That it may fail does not matter. */
static void expect_rows(events_reader *reader, int64_t rows)
{
    const reco__csv *csv = &reader->csv;
    int64_t taken = csv->total - (csv->end - csv->begin);
    if (csv->reader.size > taken && taken > 0) {
        (void)reco__builder_reserve(
            reader->builder, (int64_t)((double)csv->reader.size / (double)taken * 1.03 * (double)rows));
    }
}

static reco_status read_rows(events_reader *reader, bool skip_bad, reco_error *err)
{
    enum { SAMPLE = 1000 };
    reco__tally *tally = &reader->builder->tally;
    const int64_t before = tally->rows;
    for (;;) {
        bool got;
        reco_status status = reco__csv_row(&reader->csv, &got, err);
        if (status == RECO_OK && !got) {
            return RECO_OK;
        }
        tally->rows++;
        status = status == RECO_OK ? handle_row(reader, err) : status;
        if (status == RECO_EFORMAT && skip_bad && reader->csv.recoverable) {
            tally->rows_bad++;
        } else if (status != RECO_OK) {
            return status;
        }
        if (tally->rows - before == SAMPLE) {
            expect_rows(reader, SAMPLE);
        }
    }
}

/* ---- the end ---- */

static reco_status add_described(events_reader *reader, int32_t side, reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t c = 0; c < reader->n_described[side]; c++) {
        const reco__cells *cells = &reader->described[side][c];
        reco__column *column = reco__column_find(reader->builder, side, cells->name);
        for (int64_t who = 0; who < cells->n_last; who++) {
            if (cells->last[who] >= 0) {
                TRY_ALLOC(column->kind != RECO__FIELD_TOKEN ||
                          reco__column_known(column, (int32_t)who, -1, 0));
                TRY_ALLOC(reco__cells_put(cells, column, (int32_t)who, cells->last[who]));
            }
        }
    }
done:
    return status;
}

static void close_reader(events_reader *reader)
{
    for (int32_t side = 0; side < RECO__SIDES; side++) {
        for (int32_t c = 0; c < reader->n_described[side]; c++) {
            reco__cells_free(&reader->described[side][c]);
        }
        reco__free(reader->described[side]);
    }
    reco__free(reader->numbers);
    reco__free(reader->contexts);
    reco__csv_close(&reader->csv);
}

reco_status reco_builder_read_events(reco_builder *builder, const char *path, const reco_format *format,
                                     reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(builder, path);
    const reco_format normal = reco__format_default();
    format = format ? format : &normal;
    events_reader reader = {.builder = builder, .time_length = -1};
    reco__builder_mark(builder);
    builder->added.rows = -1;
    TRY(reco__csv_open(&reader.csv, path, format, err));
    TRY(choose_columns(&reader, reco__format_text(format, RECO__TEXT_COLUMNS), err));
    TRY(open_described(&reader, RECO_USER, reco__format_text(format, RECO__TEXT_USER_COLUMNS), err));
    TRY(open_described(&reader, RECO_ITEM, reco__format_text(format, RECO__TEXT_ITEM_COLUMNS), err));
    TRY(open_described(&reader, RECO_CONTEXT, reco__format_text(format, RECO__TEXT_CONTEXT_COLUMNS), err));
    int32_t n_described =
        reader.n_described[RECO_USER] + reader.n_described[RECO_ITEM] + reader.n_described[RECO_CONTEXT];
    TRY_ALLOC(n_described == 0 || (reader.numbers = reco__alloc(n_described, sizeof *reader.numbers)));
    reader.more =
        n_described > 0 || reader.column[VALUE] >= 0 || reader.column[TIME] >= 0 || reader.column[TYPE] >= 0;
    TRY(read_rows(&reader, format->skip_bad_rows, err));
    TRY(add_described(&reader, RECO_USER, err));
    TRY(add_described(&reader, RECO_ITEM, err));
done:
    close_reader(&reader);
    if (status != RECO_OK) {
        reco__builder_rollback(builder);
    }
    return status;
}
