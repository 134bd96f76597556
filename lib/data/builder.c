/* SPDX-License-Identifier: MIT */
#include "builder.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/param.h"

#include <math.h>
#include <string.h>

static const reco__param settings[] = {
    PARAM_CHOICE(reco__rules, combine, NO_SEARCH, "what the repeated events of a pair amount to", "sum",
                 "last", "max", "count"),
    PARAM_NUMBER(reco__rules, half_life_days, 0, 0, 36500, NO_SEARCH,
                 "age at which an event counts half; 0 = never ages"),
    PARAM_NUMBER(reco__rules, reference_time, NAN, -1e15, 1e15, NO_SEARCH,
                 "the moment from which ages count"),
    PARAM_INT(reco__rules, min_user_events, 0, 0, 1e9, NO_SEARCH, "users with fewer events lose theirs"),
    PARAM_INT(reco__rules, min_item_events, 0, 0, 1e9, NO_SEARCH, "items with fewer events lose theirs"),
    PARAM_CHOICE(reco__rules, values, NO_SEARCH, "what values are", "amounts", "ratings"),
    PARAM_NUMBER(reco__rules, like_from, 0, 0, 1e30, NO_SEARCH,
                 "the rating from which on a pair is a taste; 0 = not said"),
    {0}};

reco_status reco_builder_new(reco_builder **out, reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    reco_builder *builder = reco__alloc_zero(1, sizeof *builder);
    if (!builder) {
        return reco__out_of_memory(err);
    }
    reco__param_defaults(settings, &builder->rules);
    builder->added.rows = -1;
    *out = builder;
    return RECO_OK;
}

void reco_builder_free(reco_builder *builder)
{
    if (!builder) {
        return;
    }
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        reco__intern_free(&builder->ids[side]);
    }
    for (int32_t side = 0; side < RECO__SIDES; side++) {
        reco__columns_free(&builder->features[side]);
    }
    reco__intern_free(&builder->contexts);
    reco__free(builder->added.skipped);
    reco__free(builder->events.user);
    reco__free(builder->events.item);
    reco__free(builder->events.value);
    reco__free(builder->events.time);
    reco__free(builder->events.type);
    reco__free(builder->events.context);
    reco__free(builder->consent);
    reco__intern_free(&builder->purposes);
    reco__free(builder->listed);
    reco__intern_free(&builder->types);
    reco__free(builder->weights);
    reco__free(builder);
}

reco_status reco_builder_set(reco_builder *builder, const char *name, double value, reco_error *err)
{
    GIVEN(builder, name);
    const reco__param *row = reco__param_find(settings, name);
    return row ? reco__param_set(row, &builder->rules, "builder", value, err)
               : reco__param_unknown(settings, NULL, "builder", name, err);
}

reco_status reco_builder_set_text(reco_builder *builder, const char *name, const char *value, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(builder, name, value);
    reco__rules rules = builder->rules;
    const reco__param *row = reco__param_find(settings, name);
    TRY(row ? reco__param_set_text(row, &rules, "builder", value, err)
            : reco__param_unknown(settings, NULL, "builder", name, err));
    /* a 0 among those before was left out, or was not */
    const reco__tally *tally = &builder->tally;
    REQUIRE(rules.values == builder->rules.values ||
                (builder->events.n == 0 && tally->events_zero == 0 && tally->rows_zero == 0),
            "builder: 'values' must be set before events are added");
    builder->rules = rules;
    builder->says_combine = builder->says_combine || strcmp(name, "combine") == 0;
done:
    return status;
}

/* ---- going back ---- */

static void mark_columns(reco__columns *features)
{
    features->mark = features->n;
    for (int32_t k = 0; k < features->n; k++) {
        reco__column *column = &features->columns[k];
        column->mark_n = column->n;
        column->mark_bytes = column->bytes_used;
        column->mark_vocabulary = column->vocabulary.n;
    }
}

void reco__builder_mark(reco_builder *builder)
{
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        builder->mark.ids[side] = builder->ids[side].n;
    }
    for (int32_t side = 0; side < RECO__SIDES; side++) {
        mark_columns(&builder->features[side]);
    }
    builder->mark.contexts = builder->contexts.n;
    builder->mark.events = builder->events.n;
    builder->mark.timed = builder->events.timed;
    builder->mark.tally = builder->tally;
}

static void cut_columns(reco__columns *features)
{
    for (int32_t k = 0; k < features->mark; k++) {
        reco__column *column = &features->columns[k];
        column->n = column->mark_n;
        column->bytes_used = column->mark_bytes;
        reco__intern_truncate(&column->vocabulary, column->mark_vocabulary);
    }
    while (features->n > features->mark) {
        reco__column_free(&features->columns[--features->n]);
    }
}

static void cut(int64_t *n, int64_t most)
{
    *n = *n < most ? *n : most;
}

void reco__builder_rollback(reco_builder *builder)
{
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        reco__intern_truncate(&builder->ids[side], builder->mark.ids[side]);
    }
    for (int32_t side = 0; side < RECO__SIDES; side++) {
        cut_columns(&builder->features[side]);
    }
    reco__intern_truncate(&builder->contexts, builder->mark.contexts);
    cut(&builder->n_consent, builder->ids[RECO_USER].n);
    cut(&builder->n_listed, builder->ids[RECO_ITEM].n);
    builder->events.n = builder->mark.events;
    builder->events.timed = builder->mark.timed;
    cut(&builder->events.n_typed, builder->events.n);
    cut(&builder->events.n_placed, builder->events.n);
    builder->tally = builder->mark.tally;
}

/* ---- ids ---- */

reco_status reco__builder_check_id(int32_t side, const char *text, int64_t length, reco_error *err)
{
    static const char *const words[] = {"user", "item"};
    REQUIRE(length > 0, "%s id is empty", words[side]);
    REQUIRE(length <= RECO__MAX_ID, "%s id '%.40s...' has %lld bytes, at most %d are allowed", words[side],
            text, (long long)length, RECO__MAX_ID);
    REQUIRE(reco__utf8_valid(text, length), "%s id is not UTF-8", words[side]);
    return RECO_OK;
}

reco_status reco__builder_id(reco_builder *builder, int32_t side, const char *text, int64_t length,
                             int32_t *number, reco_error *err)
{
    *number = reco__intern_find(&builder->ids[side], text, length);
    if (*number >= 0) { /* whatever is in the table has passed the check */
        return RECO_OK;
    }
    reco_status status = reco__builder_check_id(side, text, length, err);
    if (status == RECO_OK) {
        *number = reco__intern_add(&builder->ids[side], text, length);
        status = *number < 0 ? reco__out_of_memory(err) : RECO_OK;
    }
    return status;
}

static reco_status check_side(int32_t side, reco_error *err)
{
    REQUIRE(side == RECO_USER || side == RECO_ITEM, "side must be RECO_USER or RECO_ITEM, got %d", side);
    return RECO_OK;
}

bool reco__builder_list(reco_builder *builder, const int32_t *items, int64_t n)
{
    if (!RECO__GROW(builder->listed, builder->listed_capacity, builder->ids[RECO_ITEM].n)) {
        return false;
    }
    while (builder->n_listed < builder->ids[RECO_ITEM].n) {
        builder->listed[builder->n_listed++] = 0;
    }
    for (int64_t k = 0; k < n; k++) {
        builder->listed[items[k]] = 1;
    }
    return true;
}

/* ---- counts ---- */

int64_t reco_builder_count(const reco_builder *builder, const char *name)
{
    if (!builder) {
        return -1;
    }
    const reco__tally *t = &builder->tally;
    const reco__count counts[] = {
        {"rows", t->rows},
        {"events", builder->events.n},
        {"returns", t->returns},
        {"events_zero", t->events_zero},
        {"rows_without_user", t->rows_without_user},
        {"rows_without_item", t->rows_without_item},
        {"rows_zero", t->rows_zero},
        {"rows_bad", t->rows_bad},
        {"feature_rows", t->feature_rows},
        {"feature_rows_bad", t->feature_rows_bad},
    };
    return reco__count_by_name(counts, sizeof counts / sizeof *counts, name);
}

/* ---- features ---- */

/* What the four ways to add a feature have in common: checks, the id and the column. Marks; the caller rolls
 * back. */
static reco_status open_cell(reco_builder *builder, int32_t side, const char *id, const char *field,
                             int32_t kind, int32_t *who, reco__column **column, reco_error *err)
{
    reco_status status = RECO_OK;
    TRY(reco__column_get(builder, side, field, kind, column, err));
    TRY(reco__builder_id(builder, side, id, (int64_t)strlen(id), who, err));
done:
    return status;
}

reco_status reco_builder_add_text(reco_builder *builder, int32_t side, const char *id, const char *field,
                                  const char *text, reco_error *err)
{
    reco_status status = check_side(side, err);
    int32_t who;
    reco__column *column;
    if (status != RECO_OK) {
        return status;
    }
    GIVEN(builder, id, field, text);
    int64_t length = (int64_t)strlen(text);
    REQUIRE(reco__utf8_valid(text, length), "%s of '%.80s' is not UTF-8", field, id);
    reco__builder_mark(builder);
    TRY(open_cell(builder, side, id, field, RECO__FIELD_TEXT, &who, &column, err));
    TRY_ALLOC(reco__column_text(column, who, text, length));
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}

reco_status reco_builder_add_token(reco_builder *builder, int32_t side, const char *id, const char *field,
                                   const char *token, float weight, reco_error *err)
{
    reco_status status = check_side(side, err);
    int32_t who;
    reco__column *column;
    if (status != RECO_OK) {
        return status;
    }
    GIVEN(builder, id, field, token);
    int64_t length = (int64_t)strlen(token);
    REQUIRE(length > 0 && length <= RECO__MAX_ID && reco__utf8_valid(token, length),
            "%s of '%.80s': a token must be UTF-8 of 1 to %d bytes", field, id, RECO__MAX_ID);
    REQUIRE(isfinite(weight) && weight > 0, "%s of '%.80s': weight must be finite and above 0", field, id);
    reco__builder_mark(builder);
    TRY(open_cell(builder, side, id, field, RECO__FIELD_TOKEN, &who, &column, err));
    TRY_ALLOC(reco__column_token(column, who, token, length, weight));
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}

reco_status reco_builder_add_number(reco_builder *builder, int32_t side, const char *id, const char *field,
                                    double number, reco_error *err)
{
    reco_status status = check_side(side, err);
    int32_t who;
    reco__column *column;
    if (status != RECO_OK) {
        return status;
    }
    GIVEN(builder, id, field);
    REQUIRE(isfinite((float)number), "%s of '%.80s' must be finite and within float range", field, id);
    reco__builder_mark(builder);
    TRY(open_cell(builder, side, id, field, RECO__FIELD_NUMBER, &who, &column, err));
    TRY_ALLOC(reco__column_number(column, who, (float)number));
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}

reco_status reco_builder_add_vector(reco_builder *builder, int32_t side, const char *id, const char *field,
                                    const float *vector, int32_t n, reco_error *err)
{
    reco_status status = check_side(side, err);
    int32_t who;
    reco__column *column;
    if (status != RECO_OK) {
        return status;
    }
    GIVEN(builder, id, field, vector);
    REQUIRE(n >= 1 && n <= RECO__MAX_VECTOR, "%s of '%.80s': n must be in [1, %d], got %d", field, id,
            RECO__MAX_VECTOR, n);
    for (int32_t k = 0; k < n; k++) {
        REQUIRE(isfinite(vector[k]), "%s of '%.80s': vector[%d] must be finite", field, id, k);
    }
    reco__builder_mark(builder);
    TRY(open_cell(builder, side, id, field, RECO__FIELD_VECTOR, &who, &column, err));
    if (column->n > 0 && column->dimension != n) {
        status = reco__fail(err, RECO_EINVAL, "%s of '%.80s': vector must have %d entries as before, got %d",
                            field, id, column->dimension, n);
        goto done;
    }
    TRY_ALLOC(reco__column_vector(column, who, vector, n));
    return RECO_OK;
done:
    reco__builder_rollback(builder);
    return status;
}
