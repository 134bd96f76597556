/* SPDX-License-Identifier: MIT */
/* From the builder's columns of cells to the catalog's fields: repeats settled, numbers of ids and tokens
 * those of the sorted tables. */
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "builder.h"
#include "profile.h"

#include <math.h>
#include <string.h>

static reco_status finish_numbers(const reco__column *column, const int32_t *place, int32_t n,
                                  reco__field *field, reco_error *err)
{
    float *numbers = reco__alloc(n, sizeof *numbers);
    if (!numbers) {
        return reco__out_of_memory(err);
    }
    for (int32_t k = 0; k < n; k++) {
        numbers[k] = NAN;
    }
    for (int64_t c = 0; c < column->n; c++) {
        if (place[column->who[c]] >= 0) {
            numbers[place[column->who[c]]] = column->numbers[c];
        }
    }
    field->numbers = numbers;
    return RECO_OK;
}

static reco_status finish_vectors(const reco__column *column, const int32_t *place, int32_t n,
                                  reco__field *field, reco_error *err)
{
    int64_t size, dimension = column->dimension;
    float *vectors = reco__mul(n, dimension, &size) ? reco__alloc_zero(size, sizeof *vectors) : NULL;
    if (!vectors) {
        return reco__out_of_memory(err);
    }
    for (int64_t c = 0; c < column->n; c++) {
        int64_t to = place[column->who[c]];
        if (to >= 0) {
            memcpy(vectors + to * dimension, column->numbers + c * dimension,
                   (size_t)dimension * sizeof *vectors);
        }
    }
    field->vectors = vectors;
    field->dimension = column->dimension;
    return RECO_OK;
}

static reco_status finish_texts(const reco__column *column, const int32_t *place, int32_t n,
                                reco__field *field, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n_bytes = 0;
    char *bytes = NULL;
    int64_t *offsets = reco__alloc((int64_t)n + 1, sizeof *offsets);
    int64_t *last = reco__alloc(n, sizeof *last); /* where the text that counts begins, or -1 */
    TRY_ALLOC(offsets && last);
    for (int32_t k = 0; k < n; k++) {
        last[k] = -1;
    }
    for (int64_t c = 0; c < column->n; c++) {
        if (place[column->who[c]] >= 0) {
            last[place[column->who[c]]] = column->texts[c];
        }
    }
    for (int32_t k = 0; k < n; k++) {
        offsets[k] = n_bytes;
        n_bytes += 1 + (last[k] < 0 ? 0 : (int64_t)strlen(column->bytes + last[k]));
    }
    offsets[n] = n_bytes;
    TRY_ALLOC(bytes = reco__alloc(n_bytes, 1));
    for (int32_t k = 0; k < n; k++) {
        int64_t length = offsets[k + 1] - offsets[k] - 1;
        if (length > 0) {
            memcpy(bytes + offsets[k], column->bytes + last[k], (size_t)length);
        }
        bytes[offsets[k] + length] = 0;
    }
    field->texts = (reco__strings){n, offsets, bytes};
    offsets = NULL;
done:
    reco__free(offsets);
    reco__free(last);
    return status;
}

/* row[c]: whose token cell c is, or -1 when it does not count: of nobody, or taken back later. */
static bool token_rows(const reco__column *column, const int32_t *place, int32_t n, int32_t *row)
{
    int64_t *forgotten = reco__alloc(n, sizeof *forgotten); /* the last cell that takes all back, or -1 */
    if (!forgotten) {
        return false;
    }
    for (int32_t k = 0; k < n; k++) {
        forgotten[k] = -1;
    }
    for (int64_t c = 0; c < column->n; c++) {
        row[c] = place[column->who[c]];
        if (row[c] >= 0 && column->tokens[c] < 0) {
            forgotten[row[c]] = c;
        }
    }
    for (int64_t c = 0; c < column->n; c++) {
        if (row[c] >= 0 && c <= forgotten[row[c]]) {
            row[c] = -1;
        }
    }
    reco__free(forgotten);
    return true;
}

/* The matrix of cells in order by row and token; of equal tokens the last counts. */
static bool token_matrix(const reco__column *column, const int32_t *token, const int64_t *order,
                         int64_t *start, reco__csr *out)
{
    int64_t cells = start[out->rows], used = 0;
    int32_t *index = reco__alloc(cells, sizeof *index);
    float *value = reco__alloc(cells, sizeof *value);
    if (!index || !value) {
        reco__free(index);
        reco__free(value);
        return false;
    }
    for (int32_t r = 0; r < out->rows; r++) {
        int64_t begin = start[r], end = start[r + 1], first = used;
        start[r] = used;
        for (int64_t k = begin; k < end; k++) {
            used += used == first || index[used - 1] != token[order[k]];
            index[used - 1] = token[order[k]];
            value[used - 1] = column->numbers[order[k]];
        }
    }
    start[out->rows] = used;
    out->start = start;
    out->index = index;
    out->value = value;
    return true;
}

static reco_status finish_tokens(const reco__column *column, const int32_t *place, int32_t n,
                                 reco__field *field, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t kept;
    int32_t *row = reco__alloc(column->n, sizeof *row), *token = reco__alloc(column->n, sizeof *token);
    int32_t *rank = reco__alloc(column->vocabulary.n, sizeof *rank);
    int64_t *order = reco__alloc(column->n, sizeof *order);
    int64_t *start = reco__alloc((int64_t)n + 1, sizeof *start);
    TRY_ALLOC(row && token && rank && order && start);
    TRY_ALLOC(token_rows(column, place, n, row));
    for (int32_t k = 0; k < column->vocabulary.n; k++) {
        rank[k] = -1;
    }
    for (int64_t c = 0; c < column->n; c++) { /* words that nobody has any more are not in the vocabulary */
        if (row[c] >= 0) {
            rank[column->tokens[c]] = 0;
        }
    }
    TRY_ALLOC(reco__intern_sort(&column->vocabulary, rank, &field->vocabulary));
    for (int64_t c = 0; c < column->n; c++) {
        token[c] = row[c] >= 0 ? rank[column->tokens[c]] : -1;
    }
    TRY_ALLOC(reco__sort_pairs(row, n, token, field->vocabulary.n, column->n, order, start, &kept));
    field->tokens = (reco__csr){.rows = n, .columns = field->vocabulary.n};
    TRY_ALLOC(token_matrix(column, token, order, start, &field->tokens));
    start = NULL;
done:
    reco__free(row);
    reco__free(token);
    reco__free(rank);
    reco__free(order);
    reco__free(start);
    return status;
}

static reco_status finish_field(const reco__column *column, const int32_t *place, int32_t n,
                                reco__field *field, reco_error *err)
{
    field->kind = column->kind;
    field->name = reco__copy_text(column->name, (int64_t)strlen(column->name));
    if (!field->name) {
        return reco__out_of_memory(err);
    }
    switch (column->kind) {
    case RECO__FIELD_TOKEN:
        return finish_tokens(column, place, n, field, err);
    case RECO__FIELD_NUMBER:
        return finish_numbers(column, place, n, field, err);
    case RECO__FIELD_TEXT:
        return finish_texts(column, place, n, field, err);
    default:
        return finish_vectors(column, place, n, field, err);
    }
}

reco_status reco__columns_finish(const reco__columns *columns, const int32_t *place, reco__side *side,
                                 reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__column **sorted = reco__alloc(columns->n, sizeof *sorted);
    TRY_ALLOC(sorted);
    TRY_ALLOC(side->fields = reco__alloc_zero(columns->n, sizeof *side->fields));
    for (int32_t k = 0; k < columns->n; k++) { /* by insertion: they are few */
        int32_t to = k;
        for (; to > 0 && strcmp(sorted[to - 1]->name, columns->columns[k].name) > 0; to--) {
            sorted[to] = sorted[to - 1];
        }
        sorted[to] = &columns->columns[k];
    }
    for (int32_t k = 0; k < columns->n; k++) {
        side->n_fields = k + 1; /* also what is half made is freed with the catalog */
        TRY(finish_field(sorted[k], place, side->n, &side->fields[k], err));
    }
    TRY(reco__profile_number(side, err));
done:
    reco__free(sorted);
    return status;
}
