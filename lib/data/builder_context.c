/* SPDX-License-Identifier: MIT */
/* What was so at events. A context is a context before it and one value more, as in a tree, so an event needs one
 * number whatever the number of fields:
 *
 *     -1 -- season=summer (0) -- device=phone (1)
 *                             -- device=tv    (2)
 *
 * The same may be said in another order, or twice; that is settled when the data set is finished. */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

#include <math.h>
#include <string.h>

/* ---- the tree ---- */

/* A node is a string of the table: the node before it plus one, the column and the value, each as five digits of
 * seven bits with the eighth set, for strings hold no zero byte. */
enum { DIGITS = 5, KEY = 3 * DIGITS };

static void write_digits(char *to, uint32_t number)
{
    for (int32_t k = 0; k < DIGITS; k++) {
        to[k] = (char)(0x80 | (number >> (7 * k) & 0x7f));
    }
}

static uint32_t read_digits(const char *from)
{
    uint32_t number = 0;
    for (int32_t k = 0; k < DIGITS; k++) {
        number |= (uint32_t)((unsigned char)from[k] & 0x7f) << (7 * k);
    }
    return number;
}

int32_t reco__context_with(reco__intern *tree, int32_t context, int32_t column, uint32_t value)
{
    char key[KEY];
    write_digits(key, (uint32_t)context + 1);
    write_digits(key + DIGITS, (uint32_t)column);
    write_digits(key + 2 * DIGITS, value);
    return reco__intern_add(tree, key, KEY);
}

uint32_t reco__context_last(const reco__intern *tree, int32_t *context, int32_t *column)
{
    const char *key = reco__interned(tree, *context);
    *context = (int32_t)read_digits(key) - 1;
    *column = (int32_t)read_digits(key + DIGITS);
    return read_digits(key + 2 * DIGITS);
}

int32_t reco__context_with_number(reco_builder *builder, int32_t context, int32_t column, float number)
{
    uint32_t bits;
    number = number == 0 ? 0 : number; /* one zero */
    memcpy(&bits, &number, sizeof bits);
    return reco__context_with(&builder->contexts, context, column, bits);
}

int32_t reco__context_with_token(reco_builder *builder, int32_t context, int32_t column, const char *token,
                                 int64_t length)
{
    reco__intern *vocabulary = &builder->features[RECO_CONTEXT].columns[column].vocabulary;
    int32_t number = reco__intern_add(vocabulary, token, length);
    return number < 0 ? -1 : reco__context_with(&builder->contexts, context, column, (uint32_t)number);
}

bool reco__builder_reserve_contexts(reco_builder *builder)
{
    reco__events *events = &builder->events;
    if (!RECO__GROW(events->context, events->context_capacity, events->n)) {
        return false;
    }
    while (events->n_placed < events->n) {
        events->context[events->n_placed++] = -1;
    }
    return true;
}

/* ---- by call ---- */

/* Rows that describe the events of the last call. */
typedef struct rows {
    const char *field;
    int64_t n;
    const char *const *tokens; /* [n], or NULL: numbers */
    const double *numbers;     /* [n] */
} rows;

static bool says(const rows *r, int64_t k)
{
    return r->tokens ? r->tokens[k] && r->tokens[k][0] : !isnan(r->numbers[k]);
}

static reco_status check_rows(const reco_builder *builder, const rows *r, reco_error *err)
{
    if (builder->added.rows < 0) {
        return reco__fail(err, RECO_ESTATE,
                          "context '%.80s': the call before added no events that could be described",
                          r->field);
    }
    REQUIRE(r->n == builder->added.rows,
            "context '%.80s': 'n' must be %lld, as many as the call before added, got %lld", r->field,
            (long long)builder->added.rows, (long long)r->n);
    for (int64_t k = 0; k < r->n; k++) {
        if (!says(r, k)) {
            continue;
        }
        REQUIRE(r->tokens || isfinite((float)r->numbers[k]),
                "row %lld: context '%.80s' must be finite and within float range", (long long)k, r->field);
        int64_t length = r->tokens ? (int64_t)strlen(r->tokens[k]) : 0;
        REQUIRE(length <= RECO__MAX_ID && (!r->tokens || reco__utf8_valid(r->tokens[k], length)),
                "row %lld: context '%.80s': a token must be UTF-8 of at most %d bytes", (long long)k,
                r->field, RECO__MAX_ID);
    }
    return RECO_OK;
}

/* What was so at an event, with what row k says besides. -1 when memory ran out. */
static int32_t with_row(reco_builder *builder, const rows *r, int64_t k, int32_t column, int32_t context)
{
    if (r->tokens) {
        return reco__context_with_token(builder, context, column, r->tokens[k],
                                        (int64_t)strlen(r->tokens[k]));
    }
    return reco__context_with_number(builder, context, column, (float)r->numbers[k]);
}

static reco_status describe(reco_builder *builder, const rows *r, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__added *added = &builder->added;
    const int64_t n_events = added->rows - added->n_skipped;
    int32_t *contexts = reco__alloc(n_events, sizeof *contexts);
    reco__column *column;
    reco__builder_mark(builder);
    TRY_ALLOC(contexts);
    TRY(reco__column_get(builder, RECO_CONTEXT, r->field, r->tokens ? RECO__FIELD_TOKEN : RECO__FIELD_NUMBER,
                         &column, err));
    int32_t number = (int32_t)(column - builder->features[RECO_CONTEXT].columns);
    for (int64_t k = 0, event = 0, skip = 0; k < r->n; k++) {
        if (skip < added->n_skipped && added->skipped[skip] == k) {
            skip++;
            continue;
        }
        contexts[event] = reco__builder_context(builder, added->first + event);
        if (says(r, k)) {
            contexts[event] = with_row(builder, r, k, number, contexts[event]);
            TRY_ALLOC(contexts[event] >= 0);
        }
        event++;
    }
    TRY_ALLOC(reco__builder_reserve_contexts(builder));
    for (int64_t event = 0; event < n_events; event++) {
        reco__builder_place(builder, added->first + event, contexts[event]);
    }
done:
    reco__free(contexts);
    if (status != RECO_OK) {
        reco__builder_rollback(builder);
    }
    return status;
}

reco_status reco_builder_add_context_tokens(reco_builder *builder, const char *field, int64_t n,
                                            const char *const *tokens, reco_error *err)
{
    GIVEN(builder, field);
    REQUIRE(n <= 0 || tokens, "'tokens' must not be NULL");
    const char *const none = NULL;
    const rows r = {.field = field, .n = n, .tokens = tokens ? tokens : &none};
    reco_status status = check_rows(builder, &r, err);
    return status ? status : describe(builder, &r, err);
}

reco_status reco_builder_add_context_numbers(reco_builder *builder, const char *field, int64_t n,
                                             const double *numbers, reco_error *err)
{
    GIVEN(builder, field);
    REQUIRE(n <= 0 || numbers, "'numbers' must not be NULL");
    const rows r = {.field = field, .n = n, .numbers = numbers};
    reco_status status = check_rows(builder, &r, err);
    return status ? status : describe(builder, &r, err);
}
