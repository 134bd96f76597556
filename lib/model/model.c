/* SPDX-License-Identifier: MIT */
/* The life of a model: made, set, given parts, fitted, asked what it knows, freed. */
#include "model.h"

#include "base/number.h"
#include "base/system.h"
#include "data/purposes.h"
#include "learned.h"
#include "registry.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- making and freeing ---- */

reco_status reco__model_make(reco_model **out, const reco__algo *algo, reco_error *err)
{
    reco_model *model = reco__alloc_zero(1, algo->size);
    if (!model) {
        return reco__out_of_memory(err);
    }
    model->algo = algo;
    model->first_time = model->last_time = RECO_NO_TIME;
    reco__param_defaults(algo->params, model);
    reco__param_defaults(reco__common_params, model);
    *out = model;
    return RECO_OK;
}

reco_status reco_model_new(reco_model **out, const char *algo, reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    GIVEN(algo);
    const reco__algo *found = reco__algo_find(algo);
    if (found) {
        return reco__model_make(out, found, err);
    }
    reco__names names = {.used = 0};
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        reco__names_add(&names, reco_algo_name(k));
    }
    return reco__fail(err, RECO_ENOTFOUND, "no algorithm '%.64s'; there are: %s", algo,
                      reco__names_text(&names));
}

void reco_model_free(reco_model *model)
{
    if (!model) {
        return;
    }
    reco__model_forget(model);
    for (int32_t k = 0; k < model->n_parts; k++) {
        reco_model_free(model->parts[k]);
    }
    reco__free(model->parts);
    reco__free(model->weights);
    reco__free(model);
}

/* ---- parameters ---- */

static reco_status param_row(const reco_model *model, const char *name, const reco__param **row,
                             reco_error *err)
{
    GIVEN(model);
    GIVEN(name);
    *row = reco__param_find(model->algo->params, name);
    if (!*row) {
        *row = reco__param_find(reco__common_params, name);
    }
    return *row ? RECO_OK
                : reco__param_unknown(model->algo->params, reco__common_params, model->algo->name, name, err);
}

static reco_status not_fitted(const reco_model *model, const char *what, reco_error *err)
{
    return model->fitted
               ? reco__fail(err, RECO_ESTATE, "%s: a fitted model cannot be %s", model->algo->name, what)
               : RECO_OK;
}

reco_status reco_model_set(reco_model *model, const char *param, double value, reco_error *err)
{
    const reco__param *row;
    reco_status status = RECO_OK;
    TRY(param_row(model, param, &row, err));
    TRY(not_fitted(model, "changed", err));
    TRY(reco__param_set(row, model, model->algo->name, value, err));
done:
    return status;
}

reco_status reco_model_set_text(reco_model *model, const char *param, const char *value, reco_error *err)
{
    const reco__param *row;
    reco_status status = RECO_OK;
    GIVEN(value);
    TRY(param_row(model, param, &row, err));
    TRY(not_fitted(model, "changed", err));
    TRY(reco__param_set_text(row, model, model->algo->name, value, err));
done:
    return status;
}

reco_status reco_model_get(const reco_model *model, const char *param, double *value, reco_error *err)
{
    const reco__param *row;
    GIVEN(value);
    reco_status status = param_row(model, param, &row, err);
    return status ? status : reco__param_get(row, model, model->algo->name, value, err);
}

reco_status reco_model_get_text(const reco_model *model, const char *param, const char **value,
                                reco_error *err)
{
    const reco__param *row;
    GIVEN(value);
    reco_status status = param_row(model, param, &row, err);
    return status ? status : reco__param_get_text(row, model, model->algo->name, value, err);
}

/* ---- hybrids ---- */

static int32_t depth(const reco_model *model)
{
    int32_t deepest = 0;
    for (int32_t k = 0; k < model->n_parts; k++) {
        int32_t below = depth(model->parts[k]);
        deepest = below > deepest ? below : deepest;
    }
    return deepest + 1;
}

reco_status reco__model_attach(reco_model *model, reco_model *part, double weight, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n = (int64_t)model->n_parts + 1;
    reco_model **parts = reco__alloc(n, sizeof(*parts));
    double *weights = reco__alloc(n, sizeof *weights);
    TRY_ALLOC(parts && weights);
    for (int32_t k = 0; k < model->n_parts; k++) {
        parts[k] = model->parts[k];
        weights[k] = model->weights[k];
    }
    parts[n - 1] = part;
    weights[n - 1] = weight;
    reco__free(model->parts);
    reco__free(model->weights);
    model->parts = parts;
    model->weights = weights;
    model->n_parts = (int32_t)n;
    return RECO_OK;
done:
    reco__free(parts);
    reco__free(weights);
    return status;
}

reco_status reco__model_twin(const reco_model *model, reco_model **out, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_model *twin = NULL, *part = NULL;
    TRY(reco__model_make(&twin, model->algo, err));
    reco__param_copy(model->algo->params, model, twin);
    reco__param_copy(reco__common_params, model, twin);
    for (int32_t k = 0; k < model->n_parts; k++) {
        TRY(reco__model_twin(model->parts[k], &part, err));
        TRY(reco__model_attach(twin, part, model->weights[k], err));
        part = NULL;
    }
    *out = twin;
    return RECO_OK;
done:
    reco_model_free(part);
    reco_model_free(twin);
    return status;
}

reco_status reco_model_add_part(reco_model *model, const reco_model *part, double weight, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_model *twin = NULL;
    GIVEN(model);
    GIVEN(part);
    if (!(model->algo->traits & RECO__HYBRID)) {
        return reco__fail(err, RECO_EUNSUPPORTED, "%s: takes no parts, only hybrids do", model->algo->name);
    }
    TRY(not_fitted(model, "given parts", err));
    REQUIRE(isfinite(weight) && weight != 0, "%s: a part's weight must be finite and not 0",
            model->algo->name);
    REQUIRE(depth(part) < RECO__MAX_DEPTH && model->n_parts < RECO__MAX_PARTS,
            "%s: hybrids have at most %d parts and nest at most %d deep", model->algo->name, RECO__MAX_PARTS,
            RECO__MAX_DEPTH);
    TRY(reco__model_twin(part, &twin, err));
    TRY(reco__model_attach(model, twin, weight, err));
    twin = NULL;
done:
    reco_model_free(twin);
    return status;
}

/* ---- fitting ---- */

static reco_status estimate(const reco_model *model, const reco_data *data, int32_t threads, int64_t *bytes,
                            reco_error *err)
{
    int64_t own = model->algo->estimate ? model->algo->estimate(model, data, threads) : 0;
    int64_t core = (int64_t)reco__data_items(data) * (int64_t)sizeof(float);
    if (own < 0 || !reco__add(own, core, bytes)) {
        return reco__fail(err, RECO_ENOMEM, "%s: these sizes are beyond any memory", model->algo->name);
    }
    for (int32_t k = 0; k < model->n_parts; k++) {
        int64_t part;
        reco_status status = estimate(model->parts[k], data, threads, &part, err);
        if (status) {
            return status;
        }
        if (!reco__add(*bytes, part, bytes)) {
            return reco__fail(err, RECO_ENOMEM, "%s: these sizes are beyond any memory", model->algo->name);
        }
    }
    return RECO_OK;
}

/* Whether this build trains; RECO__TRAINS left fit out of the tables of one that does not. */
static reco_status trains(const reco_model *model, reco_error *err)
{
    return model->algo->fit ? RECO_OK
                            : reco__fail(err, RECO_EUNSUPPORTED,
                                         "%s: this build of the library answers questions and does not train",
                                         model->algo->name);
}

reco_status reco_model_estimate(const reco_model *model, const reco_data *data, int64_t *bytes,
                                reco_error *err)
{
    GIVEN(model, data, bytes);
    reco_status status = trains(model, err);
    if (status) {
        return status;
    }
    int32_t threads = reco__run_start(NULL, (int32_t)model->threads, 0, "", NULL).threads;
    return estimate(model, data, threads, bytes, err);
}

static reco_status within_memory(const reco_model *model, const reco_data *data, reco__run *run)
{
    int64_t bytes, size = reco__memory_size();
    reco_status status = estimate(model, data, run->threads, &bytes, run->err);
    double limit = model->memory_limit > 0 ? model->memory_limit : (double)size;
    if (status == RECO_OK && (double)bytes > limit) {
        status =
            reco__fail(run->err, RECO_ENOMEM, "%s: the fit would take %.1f MB, more than %s of %.1f MB",
                       model->algo->name, (double)bytes / 1e6,
                       model->memory_limit > 0 ? "the 'memory_limit'" : "the machine's memory", limit / 1e6);
    }
    return status;
}

static reco_status fit_popularity(reco_model *model, const reco_data *data, reco_error *err)
{
    float *popularity = reco__alloc(model->n_items, sizeof *popularity);
    if (!popularity) {
        return reco__out_of_memory(err);
    }
    const reco__csr *x = &data->by_item;
    for (int32_t i = 0; i < model->n_items; i++) {
        double sum = 0;
        for (int64_t e = x->start[i]; e < x->start[i + 1]; e++) {
            sum += (double)x->value[e];
        }
        popularity[i] = sum < FLT_MAX ? (float)sum : FLT_MAX; /* an answer's score is finite */
    }
    model->popularity = popularity;
    return RECO_OK;
}

/* What users did last, as far as the model and its parts look at it. */
static reco_status remember(reco_model *model, const reco_data *data, reco_error *err)
{
    int32_t most = reco__model_remembers(model);
    if (most == INT32_MAX) {
        model->log = reco__log_share(data->log);
        return RECO_OK;
    }
    return most > 0 ? reco__log_last(data->log, most, &model->log, err) : RECO_OK;
}

/* What takes ratings as tastes must be told which are, unless all may be. */
static reco_status knows_tastes(const reco_model *model, const reco_data *data, reco_error *err)
{
    const reco__csr *rated = &data->history->rated;
    int64_t others = 0;
    if (data->catalog->like_from > 0 || (model->algo->traits & (RECO__RATINGS | RECO__HYBRID))) {
        return RECO_OK;
    }
    for (int64_t e = 0; e < reco__csr_size(rated); e++) {
        others += !(rated->value[e] > 0);
    }
    REQUIRE(others == 0,
            "%s: learns from tastes, and not all ratings are above 0 (%lld of %lld are not): say with "
            "'like_from' from "
            "which rating on something is liked",
            model->algo->name, (long long)others, (long long)reco__csr_size(rated));
    return RECO_OK;
}

/* Fits one model or part; on failure it holds some of its arrays and the caller forgets them. */
static reco_status learn(reco_model *model, const reco_data *data, reco__run *run)
{
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    if ((model->algo->traits & RECO__HYBRID) && model->n_parts == 0) {
        return reco__fail(err, RECO_ESTATE, "%s: has no parts to fit", model->algo->name);
    }
    TRY(knows_tastes(model, data, err));
    model->n_users = reco__data_users(data);
    model->n_items = reco__data_items(data);
    model->pairs = reco__csr_size(&data->history->x);
    model->events = data->events;
    model->first_time = data->first_time;
    model->last_time = data->last_time;
    model->catalog = reco__catalog_share(data->catalog);
    model->history = reco__history_share(data->history);
    TRY(reco__run_step(run, 0));
    TRY(model->algo->fit(model, data, run));
    TRY(reco__model_check(model, err));
    if (model->algo->prepare) {
        TRY(model->algo->prepare(model, err));
    }
    TRY(reco__run_step(run, 1));
    model->fitted = 1;
done:
    return status;
}

reco_status reco__part_fit(reco_model *part, const reco_data *data, const reco__run *run, double from,
                           double to)
{
    reco__run inner = *run;
    inner.seed = (uint64_t)part->seed;
    inner.stage = part->algo->name;
    inner.from = run->from + (run->to - run->from) * from;
    inner.to = run->from + (run->to - run->from) * to;
    return learn(part, data, &inner);
}

reco_status reco_model_fit(reco_model *model, const reco_data *data, reco_run *run, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(model);
    GIVEN(data);
    status = not_fitted(model, "fitted again: make a new one", err);
    status = status ? status : trains(model, err);
    if (status) {
        return status;
    }
    reco__run inner =
        reco__run_start(run, (int32_t)model->threads, (uint64_t)model->seed, model->algo->name, err);
    TRY(within_memory(model, data, &inner));
    TRY(learn(model, data, &inner));
    TRY(fit_popularity(model, data, err));
    TRY(remember(model, data, err));
done:
    if (status) {
        reco__model_forget(model);
    }
    return status;
}

/* ---- what a model knows ---- */

const char *reco_model_algo(const reco_model *model)
{
    return model ? model->algo->name : NULL;
}

int32_t reco_model_part_size(const reco_model *model)
{
    return model ? model->n_parts : 0;
}

const reco_model *reco_model_part(const reco_model *model, int32_t index)
{
    return model && index >= 0 && index < model->n_parts ? model->parts[index] : NULL;
}

double reco_model_part_weight(const reco_model *model, int32_t index)
{
    return model && index >= 0 && index < model->n_parts ? model->weights[index] : 0;
}

int64_t reco_model_count(const reco_model *model, const char *name)
{
    if (!model || !name) {
        return -1;
    }
    if (strcmp(name, "bytes") == 0) {
        return reco__model_bytes(model);
    }
    const reco__count counts[] = {
        {"users", model->n_users},      {"items", model->n_items},
        {"pairs", model->pairs},        {"events", model->events},
        {"fitted", model->fitted != 0}, {"types", model->catalog ? model->catalog->types.names.n : 0},
    };
    return reco__count_by_name(counts, sizeof counts / sizeof *counts, name);
}

reco_status reco_model_times(const reco_model *model, int64_t *first, int64_t *last, reco_error *err)
{
    GIVEN(model, first, last);
    *first = model->first_time;
    *last = model->last_time;
    return RECO_OK;
}

/* Whether it explains by more than the rest. */
static int32_t has_reasons(const reco_model *model)
{
    int32_t has = model->n_parts == 0;
    for (int32_t k = 0; k < model->n_parts; k++) {
        has = has || has_reasons(model->parts[k]);
    }
    return has && model->algo->explain != NULL;
}

int32_t reco_model_can(const reco_model *model, const char *what)
{
    if (!model || !what) {
        return 0;
    }
    if (strcmp(what, "similar") == 0) {
        return reco__model_has_similar(model);
    }
    if (strcmp(what, "similar_users") == 0) {
        return reco__model_has_similar_users(model) && (!model->fitted || model->history != NULL);
    }
    if (strcmp(what, "users") == 0) {
        return !model->fitted || model->history != NULL;
    }
    if (strcmp(what, "parts") == 0) {
        return (model->algo->traits & RECO__HYBRID) != 0;
    }
    if (strcmp(what, "explain") == 0) {
        return has_reasons(model);
    }
    return strcmp(what, "history") == 0;
}

const char *reco_model_id(const reco_model *model, int32_t side, int32_t index)
{
    if (!model || !model->catalog || side < RECO_USER || side > RECO_ITEM) {
        return NULL;
    }
    const reco__strings *ids = &model->catalog->sides[side].ids;
    return index >= 0 && index < ids->n ? reco__string(ids, index) : NULL;
}

reco_status reco_model_find(const reco_model *model, int32_t side, const char *id, int32_t *index,
                            reco_error *err)
{
    GIVEN(model, id, index);
    REQUIRE(side == RECO_USER || side == RECO_ITEM, "'side' must be RECO_USER or RECO_ITEM, got %d", side);
    if (!model->fitted) {
        return reco__fail(err, RECO_ESTATE, "%s: not fitted", model->algo->name);
    }
    if (side == RECO_USER && !model->history) {
        return reco__fail(err, RECO_ESTATE, "%s: this model was saved without its users", model->algo->name);
    }
    int32_t found = reco__strings_find(&model->catalog->sides[side].ids, id, (int64_t)strlen(id));
    if (found < 0) {
        return reco__fail(err, RECO_ENOTFOUND, "no %s '%.100s' in the model",
                          side == RECO_USER ? "user" : "item", id);
    }
    *index = found;
    return RECO_OK;
}

const char *reco_model_type(const reco_model *model, int32_t index)
{
    return model && model->catalog ? reco__type_name(&model->catalog->types, index) : NULL;
}

const char *reco_model_purpose(const reco_model *model, int32_t index)
{
    return model && model->catalog ? reco__purpose_name(&model->catalog->purposes, index) : NULL;
}

int32_t reco_model_consent(const reco_model *model, int32_t user)
{
    bool known = model && model->history && user >= 0 && user < model->n_users;
    return known ? model->catalog->consent[user] : RECO_CONSENT_NONE;
}

const char *reco_model_field(const reco_model *model, int32_t side, int32_t index, int32_t *kind)
{
    return model ? reco__catalog_name(model->catalog, side, index, kind) : NULL;
}

/* A field of a side by name and kind, if it may have something to tell of this one. */
static const reco__field *field_of(const reco_model *model, int32_t side, int32_t index, const char *name,
                                   int32_t kind)
{
    if (!model || !model->catalog || side < RECO_USER || side > RECO_ITEM || !name || index < 0 ||
        index >= model->catalog->sides[side].ids.n) {
        return NULL;
    }
    const reco__field *field = reco__catalog_field(model->catalog, side, name);
    return field && field->kind == kind ? field : NULL;
}

const char *reco_model_text(const reco_model *model, int32_t side, int32_t index, const char *field)
{
    const reco__field *found = field_of(model, side, index, field, RECO__FIELD_TEXT);
    if (!found || !found->texts.offsets || reco__string_length(&found->texts, index) == 0) {
        return NULL;
    }
    return reco__string(&found->texts, index);
}

double reco_model_number(const reco_model *model, int32_t side, int32_t index, const char *field)
{
    const reco__field *found = field_of(model, side, index, field, RECO__FIELD_NUMBER);
    return found ? (double)found->numbers[index] : (double)NAN;
}

const char *reco_model_token(const reco_model *model, int32_t side, int32_t index, const char *field,
                             int32_t k)
{
    const reco__field *found = field_of(model, side, index, field, RECO__FIELD_TOKEN);
    if (!found || k < 0 || k >= found->tokens.start[index + 1] - found->tokens.start[index]) {
        return NULL;
    }
    return reco__string(&found->vocabulary, found->tokens.index[found->tokens.start[index] + k]);
}
