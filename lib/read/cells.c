/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

int32_t reco__cells_kind(const char *word, int64_t length)
{
    static const struct {
        const char *word;
        int32_t kind;
    } kinds[] = {{"text", RECO__FIELD_TEXT},   {"number", RECO__FIELD_NUMBER},
                 {"token", RECO__FIELD_TOKEN}, {"skip", RECO__CELLS_SKIP},
                 {"id", RECO__CELLS_ID},       {"consent", RECO__CELLS_CONSENT}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (reco__is_word(word, length, kinds[k].word)) {
            return kinds[k].kind;
        }
    }
    return RECO__CELLS_UNKNOWN;
}

/* The field's name, cut to what a name may have: then it is refused as too long by whoever adds it. */
static void set_name(reco__cells *cells, const char *name, int64_t length)
{
    int64_t most = RECO__MAX_FIELD_NAME;
    memcpy(cells->name, name, (size_t)(length < most ? length : most));
    cells->name[length < most ? length : most] = 0;
}

reco_status reco__cells_open(reco__cells *cells, const reco__csv *csv, const reco__part *part,
                             reco_error *err)
{
    *cells = (reco__cells){.kind = reco__cells_kind(part->right, part->right_length)};
    REQUIRE(cells->kind != RECO__CELLS_UNKNOWN,
            "format: column '%.*s' must be one of number, text, token, id, skip, consent, got '%.*s'",
            reco__shown_length(part->left, part->left_length, 40), part->left,
            reco__shown_length(part->right, part->right_length, 40), part->right);
    const char *at = memchr(part->left, '@', (size_t)part->left_length);
    reco_status status = reco__csv_find(csv, part->left, part->left_length, &cells->column, err);
    int64_t length = part->left_length;
    if (status == RECO_ENOTFOUND && at) {
        length = at - part->left;
        status = reco__csv_find(csv, at + 1, part->left_length - length - 1, &cells->column, err);
    }
    REQUIRE(status != RECO_OK || length <= RECO__MAX_FIELD_NAME,
            "format: the name '%.*s...' has over %d bytes", reco__shown_length(part->left, length, 40),
            part->left, RECO__MAX_FIELD_NAME);
    if (status == RECO_OK) {
        set_name(cells, part->left, length);
    }
    return status;
}

bool reco__token_next(const char **at, const char *end, const char **token, int64_t *length)
{
    while (*at < end) {
        const char *bar = memchr(*at, '|', (size_t)(end - *at)), *last = bar ? bar : end;
        *token = *at;
        *at = bar ? bar + 1 : end;
        while (*token < last && **token == ' ') {
            ++*token;
        }
        while (*token < last && last[-1] == ' ') {
            last--;
        }
        *length = last - *token;
        if (*length > 0) {
            return true;
        }
    }
    return false;
}

static bool short_tokens(const char *text, int64_t length)
{
    const char *token;
    int64_t n;
    for (const char *at = text, *end = text + length; reco__token_next(&at, end, &token, &n);) {
        if (n > RECO__MAX_ID) {
            return false;
        }
    }
    return true;
}

/* What a text is as its kind's number; NaN when it is not of the kind. */
static float number_of(const reco__cells *cells, const char *text, int64_t length)
{
    int32_t kind = cells->kind, consent;
    double number;
    if (kind == RECO__FIELD_NUMBER || kind == RECO__CELLS_UNKNOWN) {
        return reco__parse_number(text, length, &number) && isfinite((float)number) ? (float)number : NAN;
    }
    if (kind == RECO__CELLS_CONSENT) {
        return reco__consent_read(&cells->purposes, text, length, &consent) ? 0 : NAN;
    }
    return kind == RECO__FIELD_TOKEN && !short_tokens(text, length) ? NAN : 0;
}

/* Of a cell that is not of its kind. */
static reco_status refuse(const reco__cells *cells, reco__csv *csv, reco_error *err)
{
    const reco__cell *cell = &csv->cells[cells->column];
    int shown = reco__shown_length(cell->text, cell->length, 40);
    reco__names names;
    if (cells->kind == RECO__CELLS_CONSENT) {
        return reco__csv_fail(csv, cells->column, err,
                              "'%.*s' is no consent: all, none or, joined by |, any of %s", shown, cell->text,
                              reco__purposes_text(&cells->purposes, &names));
    }
    return reco__csv_fail(csv, cells->column, err, "'%.*s' %s", shown, cell->text,
                          cells->kind == RECO__FIELD_NUMBER ? "is no number"
                                                            : "has a token of over 1023 bytes");
}

reco_status reco__cells_read(reco__cells *cells, reco__csv *csv, int32_t *number, reco_error *err)
{
    const reco__cell *cell = &csv->cells[cells->column];
    int32_t known = cells->texts.n;
    *number = -1;
    if (cell->length == 0) {
        return RECO_OK;
    }
    if (!RECO__GROW(cells->numbers, cells->numbers_capacity, (int64_t)known + 1)) {
        return reco__out_of_memory(err);
    }
    *number = reco__intern_add_wide(&cells->texts, cell->text, cell->length);
    if (*number < 0) {
        return reco__out_of_memory(err);
    }
    if (*number == known) {
        cells->numbers[known] = number_of(cells, cell->text, cell->length);
    }
    if (cells->kind == RECO__CELLS_UNKNOWN || !isnan(cells->numbers[*number])) {
        return RECO_OK;
    }
    return refuse(cells, csv, err);
}

bool reco__cells_note(reco__cells *cells, int64_t at, int32_t number)
{
    if (!RECO__GROW(cells->last, cells->last_capacity, at + 1)) {
        return false;
    }
    while (cells->n_last <= at) {
        cells->last[cells->n_last++] = -1;
    }
    cells->last[at] = number;
    return true;
}

bool reco__cells_put(const reco__cells *cells, reco__column *column, int32_t who, int32_t number)
{
    const char *text = reco__interned(&cells->texts, number), *token;
    int64_t length = cells->texts.offsets[number + 1] - cells->texts.offsets[number] - 1, n;
    if (column->kind == RECO__FIELD_TEXT) {
        return reco__column_text(column, who, text, length);
    }
    if (column->kind == RECO__FIELD_NUMBER) {
        return reco__column_number(column, who, cells->numbers[number]);
    }
    for (const char *at = text, *end = text + length; reco__token_next(&at, end, &token, &n);) {
        if (!reco__column_token(column, who, token, n, 1)) {
            return false;
        }
    }
    return true;
}

bool reco__cells_with(const reco__cells *cells, reco_builder *builder, int32_t column, int32_t number,
                      int32_t *context)
{
    const char *text = reco__interned(&cells->texts, number), *token;
    int64_t length = cells->texts.offsets[number + 1] - cells->texts.offsets[number] - 1, n;
    if (cells->kind == RECO__FIELD_NUMBER) {
        *context = reco__context_with_number(builder, *context, column, cells->numbers[number]);
        return *context >= 0;
    }
    for (const char *at = text, *end = text + length; reco__token_next(&at, end, &token, &n);) {
        *context = reco__context_with_token(builder, *context, column, token, n);
        if (*context < 0) {
            return false;
        }
    }
    return true;
}

void reco__cells_free(reco__cells *cells)
{
    reco__intern_free(&cells->texts);
    reco__free(cells->numbers);
    reco__free(cells->last);
}
