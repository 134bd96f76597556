/* SPDX-License-Identifier: MIT */
/* Features as they are told: one growing column of cells per field. */
#include "base/error.h"
#include "base/memory.h"
#include "builder.h"

#include <string.h>

const char *reco__kind_name(int32_t kind)
{
    static const char *const names[] = {"token", "number", "text", "vector"};
    return names[kind];
}

reco__column *reco__column_find(const reco_builder *builder, int32_t side, const char *name)
{
    const reco__columns *columns = &builder->features[side];
    for (int32_t k = 0; k < columns->n; k++) {
        if (strcmp(columns->columns[k].name, name) == 0) {
            return &columns->columns[k];
        }
    }
    return NULL;
}

/* Names appear in conditions as "price<50" and in lists as "a=text,b=number". */
static bool good_name(const char *name)
{
    size_t n = strlen(name);
    for (size_t k = 0; k < n; k++) {
        if ((unsigned char)name[k] < 0x20 || name[k] == 0x7f || strchr("<>=!", name[k])) {
            return false;
        }
    }
    return n >= 1 && n <= RECO__MAX_FIELD_NAME && reco__utf8_valid(name, (int64_t)n);
}

reco_status reco__column_get(reco_builder *builder, int32_t side, const char *name, int32_t kind,
                             reco__column **out, reco_error *err)
{
    reco__columns *columns = &builder->features[side];
    REQUIRE(good_name(name),
            "field '%.80s': a name has 1 to %d bytes, no control characters and none of < > = !", name,
            RECO__MAX_FIELD_NAME);
    reco__column *column = reco__column_find(builder, side, name);
    if (column) {
        REQUIRE(column->kind == kind, "field '%s' has kind %s, not %s", name, reco__kind_name(column->kind),
                reco__kind_name(kind));
        *out = column;
        return RECO_OK;
    }
    REQUIRE(columns->n < RECO__MAX_FIELDS, "field '%s': there are %d already, which is all there can be",
            name, RECO__MAX_FIELDS);
    if (!RECO__GROW(columns->columns, columns->capacity, (int64_t)columns->n + 1)) {
        return reco__out_of_memory(err);
    }
    column = &columns->columns[columns->n++];
    *column = (reco__column){.kind = kind};
    strcpy(column->name, name);
    *out = column;
    return RECO_OK;
}

bool reco__column_text(reco__column *column, int32_t who, const char *text, int64_t length)
{
    int64_t need;
    if (!reco__add(column->bytes_used, length, &need) ||
        !RECO__GROW(column->who, column->who_capacity, column->n + 1) ||
        !RECO__GROW(column->texts, column->texts_capacity, column->n + 1) ||
        !RECO__GROW(column->bytes, column->bytes_capacity, need + 1)) {
        return false;
    }
    memcpy(column->bytes + column->bytes_used, text, (size_t)length);
    column->bytes[need] = 0;
    column->texts[column->n] = column->bytes_used;
    column->who[column->n++] = who;
    column->bytes_used = need + 1;
    return true;
}

bool reco__column_number(reco__column *column, int32_t who, float number)
{
    if (!RECO__GROW(column->who, column->who_capacity, column->n + 1) ||
        !RECO__GROW(column->numbers, column->numbers_capacity, column->n + 1)) {
        return false;
    }
    column->numbers[column->n] = number;
    column->who[column->n++] = who;
    return true;
}

bool reco__column_known(reco__column *column, int32_t who, int32_t token, float weight)
{
    if (!RECO__GROW(column->tokens, column->tokens_capacity, column->n + 1)) {
        return false;
    }
    column->tokens[column->n] = token;
    return reco__column_number(column, who, weight);
}

bool reco__column_token(reco__column *column, int32_t who, const char *token, int64_t length, float weight)
{
    int32_t number = reco__intern_add(&column->vocabulary, token, length);
    return number >= 0 && reco__column_known(column, who, number, weight);
}

bool reco__column_vector(reco__column *column, int32_t who, const float *vector, int32_t n)
{
    int64_t need;
    if (!reco__mul(column->n + 1, n, &need) ||
        !RECO__GROW(column->who, column->who_capacity, column->n + 1) ||
        !RECO__GROW(column->numbers, column->numbers_capacity, need)) {
        return false;
    }
    column->dimension = n;
    memcpy(column->numbers + column->n * n, vector, (size_t)n * sizeof *vector);
    column->who[column->n++] = who;
    return true;
}

void reco__column_free(reco__column *column)
{
    reco__free(column->who);
    reco__free(column->numbers);
    reco__free(column->tokens);
    reco__free(column->texts);
    reco__free(column->bytes);
    reco__intern_free(&column->vocabulary);
}

void reco__columns_free(reco__columns *columns)
{
    for (int32_t k = 0; k < columns->n; k++) {
        reco__column_free(&columns->columns[k]);
    }
    reco__free(columns->columns);
    *columns = (reco__columns){0};
}
