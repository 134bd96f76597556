/* SPDX-License-Identifier: MIT */
/* From the builder's contexts to the rows of RECO_CONTEXT: what was said in different orders, or twice, becomes one.
 * */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

#include <string.h>

/* One value of a context. */
typedef struct part {
    int32_t column;
    uint32_t value;
} part;

typedef struct contexts {
    const reco_builder *builder;
    part *parts; /* [n_parts] of the context in hand */
    int64_t n_parts, parts_capacity;
    reco__intern tree; /* contexts again, each one's values ascending and without repeats */
    int32_t *row;      /* [n_row] by number in the tree: the row, or -1 */
    int64_t n_row, row_capacity;
    int32_t n;           /* rows */
    reco__columns cells; /* the builder's columns, with cells by row; their vocabularies are borrowed */
} contexts;

static bool is_number(const contexts *c, int32_t column)
{
    return c->cells.columns[column].kind == RECO__FIELD_NUMBER;
}

/* Puts a value where it belongs, unless it is there; a number has one value, which stays. */
static bool add_part(contexts *c, part added)
{
    int64_t at = c->n_parts;
    for (int64_t k = 0; k < c->n_parts; k++) {
        if (c->parts[k].column == added.column &&
            (c->parts[k].value == added.value || is_number(c, added.column))) {
            return true;
        }
    }
    if (!RECO__GROW(c->parts, c->parts_capacity, c->n_parts + 1)) {
        return false;
    }
    for (; at > 0; at--) {
        const part *before = &c->parts[at - 1];
        if (before->column < added.column ||
            (before->column == added.column && before->value < added.value)) {
            break;
        }
        c->parts[at] = *before;
    }
    c->parts[at] = added;
    c->n_parts++;
    return true;
}

/* The values of a context, taken from the last said to the first. */
static bool take_apart(contexts *c, int32_t context)
{
    c->n_parts = 0;
    while (context >= 0) {
        part next;
        next.value = reco__context_last(&c->builder->contexts, &context, &next.column);
        if (!add_part(c, next)) {
            return false;
        }
    }
    return true;
}

static bool add_row(contexts *c)
{
    for (int64_t k = 0; k < c->n_parts; k++) {
        reco__column *column = &c->cells.columns[c->parts[k].column];
        float number;
        memcpy(&number, &c->parts[k].value, sizeof number);
        if (!(is_number(c, c->parts[k].column)
                  ? reco__column_number(column, c->n, number)
                  : reco__column_known(column, c->n, (int32_t)c->parts[k].value, 1))) {
            return false;
        }
    }
    c->n++;
    return true;
}

/* The row of one of the builder's contexts, made when it is new; -1 when memory ran out. */
static int32_t row_of(contexts *c, int32_t context)
{
    int32_t node = -1;
    if (!take_apart(c, context)) {
        return -1;
    }
    for (int64_t k = 0; k < c->n_parts; k++) {
        node = reco__context_with(&c->tree, node, c->parts[k].column, c->parts[k].value);
        if (node < 0) {
            return -1;
        }
    }
    if (!RECO__GROW(c->row, c->row_capacity, c->tree.n)) {
        return -1;
    }
    while (c->n_row < c->tree.n) {
        c->row[c->n_row++] = -1;
    }
    if (c->row[node] < 0) {
        c->row[node] = c->n;
        return add_row(c) ? c->row[node] : -1;
    }
    return c->row[node];
}

static bool borrow_columns(contexts *c)
{
    const reco__columns *from = &c->builder->features[RECO_CONTEXT];
    c->cells.columns = reco__alloc_zero(from->n, sizeof *c->cells.columns);
    for (int32_t k = 0; c->cells.columns && k < from->n; k++) {
        reco__column *column = &c->cells.columns[c->cells.n++];
        column->kind = from->columns[k].kind;
        column->vocabulary = from->columns[k].vocabulary;
        strcpy(column->name, from->columns[k].name);
    }
    return c->cells.columns;
}

static void free_contexts(contexts *c)
{
    for (int32_t k = 0; k < c->cells.n; k++) {
        c->cells.columns[k].vocabulary = (reco__intern){0};
    }
    reco__columns_free(&c->cells);
    reco__intern_free(&c->tree);
    reco__free(c->parts);
    reco__free(c->row);
}

reco_status reco__contexts_finish(const reco_builder *builder, reco__log *log, reco__side *side,
                                  reco_error *err)
{
    reco_status status = RECO_OK;
    contexts c = {.builder = builder};
    int32_t *context = (int32_t *)log->context, *place = NULL;
    int32_t *row = reco__alloc(builder->contexts.n, sizeof *row); /* by the builder's number, or -1 */
    TRY_ALLOC(row && borrow_columns(&c));
    for (int32_t k = 0; k < builder->contexts.n; k++) {
        row[k] = -1;
    }
    for (int64_t e = 0; context && e < reco__log_size(log); e++) {
        if (context[e] >= 0) {
            int32_t *known = &row[context[e]];
            *known = *known < 0 ? row_of(&c, context[e]) : *known;
            TRY_ALLOC(*known >= 0);
            context[e] = *known;
        }
    }
    side->n = c.n;
    TRY_ALLOC(place = reco__alloc(c.n, sizeof *place));
    for (int32_t k = 0; k < c.n; k++) {
        place[k] = k;
    }
    TRY(reco__columns_finish(&c.cells, place, side, err));
done:
    free_contexts(&c);
    reco__free(row);
    reco__free(place);
    return status;
}
