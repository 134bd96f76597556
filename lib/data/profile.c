/* SPDX-License-Identifier: MIT */
#include "profile.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>

/* Features that a field has in all, and that one row of it has at the most. */
static int64_t width_of(const reco__field *field, int32_t rows, int64_t *most)
{
    *most = field->kind == RECO__FIELD_NUMBER ? 1 : field->kind == RECO__FIELD_VECTOR ? field->dimension : 0;
    if (field->kind != RECO__FIELD_TOKEN) {
        return *most;
    }
    for (int32_t k = 0; k < rows; k++) {
        int64_t n = field->tokens.start[k + 1] - field->tokens.start[k];
        *most = n > *most ? n : *most;
    }
    return field->vocabulary.n;
}

reco_status reco__profile_number(reco__side *side, reco_error *err)
{
    int64_t next = 0;
    side->most = 0;
    for (int32_t k = 0; k < side->n_fields; k++) {
        reco__field *field = &side->fields[k];
        int64_t most, width = width_of(field, side->n, &most);
        REQUIRE(next + width <= INT32_MAX, "field '%s': more than %d features", field->name, INT32_MAX);
        field->first = (int32_t)next;
        next += width;
        side->most += most;
    }
    side->n_features = (int32_t)next;
    return RECO_OK;
}

static int64_t add_tokens(const reco__field *field, int32_t index, int32_t *numbers, float *values)
{
    const reco__csr *tokens = &field->tokens;
    int64_t n = tokens->start[index + 1] - tokens->start[index];
    for (int64_t k = 0; k < n; k++) {
        numbers[k] = field->first + tokens->index[tokens->start[index] + k];
        values[k] = tokens->value[tokens->start[index] + k];
    }
    return n;
}

static int64_t add_vector(const reco__field *field, int32_t index, int32_t *numbers, float *values)
{
    const float *vector = field->vectors + (int64_t)index * field->dimension;
    int64_t n = 0;
    for (int32_t k = 0; k < field->dimension; k++) {
        if (vector[k] != 0) {
            numbers[n] = field->first + k;
            values[n++] = vector[k];
        }
    }
    return n;
}

int64_t reco__profile_row(const reco__side *side, int32_t index, int32_t *numbers, float *values)
{
    int64_t n = 0;
    for (int32_t k = 0; index >= 0 && k < side->n_fields; k++) {
        const reco__field *field = &side->fields[k];
        if (field->kind == RECO__FIELD_TOKEN) {
            n += add_tokens(field, index, numbers + n, values + n);
        } else if (field->kind == RECO__FIELD_VECTOR) {
            n += add_vector(field, index, numbers + n, values + n);
        } else if (field->kind == RECO__FIELD_NUMBER && !isnan(field->numbers[index])) {
            numbers[n] = field->first;
            values[n++] = field->numbers[index];
        }
    }
    return n;
}

const reco__field *reco__profile_field(const reco__side *side, int32_t number)
{
    int32_t low = 0,
            high = side->n_fields; /* the last field that begins at or before it: those before may be empty */
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (side->fields[middle].first <= number) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &side->fields[low];
}

void reco__profile_name(const reco__side *side, int32_t number, char *text)
{
    const reco__field *field = reco__profile_field(side, number);
    int32_t k = number - field->first;
    if (field->kind == RECO__FIELD_TOKEN) {
        snprintf(text, RECO__FEATURE_NAME, "%s=%s", field->name, reco__string(&field->vocabulary, k));
    } else if (field->kind == RECO__FIELD_VECTOR) {
        snprintf(text, RECO__FEATURE_NAME, "%s[%d]", field->name, k);
    } else {
        snprintf(text, RECO__FEATURE_NAME, "%s", field->name);
    }
}
