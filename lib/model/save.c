/* SPDX-License-Identifier: MIT */
/* Whole models to and from files and memory.
 *
 *     algo state_version params weights ...  of the model; of part k of a hybrid with the prefix "k."
 *     data.users data.item_ids data.history  ... once, of the whole
 */
#include "base/system.h"
#include "learned.h"
#include "registry.h"

#include <math.h>
#include <string.h>

_Static_assert((int)RECO__PERSONAL == RECO_SAVE_WITHOUT_USERS && (int)RECO__TEXTS == RECO_SAVE_WITHOUT_TEXTS,
               "what callers leave out is what walks leave out");

/* ---- saving ---- */

static reco_status save_tree(const reco_model *model, reco__state *s)
{
    reco_status status = RECO_OK;
    reco_error *err = s->err;
    reco__bytes params = {0};
    int64_t version = model->algo->state_version;
    const char *name = model->algo->name;
    if ((s->without & RECO__PERSONAL) && (model->algo->traits & RECO__NEEDS_USERS)) {
        return reco__fail(err, RECO_EUNSUPPORTED,
                          "%s: answers from its users' histories and cannot be saved without them", name);
    }
    TRY(reco__state_text(s, "algo", &name, 0, 0));
    TRY(reco__state_count(s, "state_version", &version, 0, 0));
    TRY_ALLOC(reco__param_write(model->algo->params, model, &params) &&
              reco__param_write(reco__common_params, model, &params) && reco__bytes_add(&params, "", 1));
    TRY(reco__state_text(s, "params", (const char **)&params.data, 0, 0));
    TRY(reco__model_list(model, s));
    if (model->algo->traits & RECO__HYBRID) {
        const double *weights = model->weights;
        TRY(reco__state_f64(s, "weights", &weights, model->n_parts, 1, 0));
    }
    for (int32_t k = 0; k < model->n_parts; k++) {
        int32_t before = reco__state_begin(s, "", k);
        TRY(save_tree(model->parts[k], s));
        reco__state_end(s, before);
    }
done:
    reco__bytes_free(&params);
    return status;
}

static reco_status list_all(const reco_model *model, int32_t flags, reco__file *file, reco_error *err)
{
    reco_status status = RECO_OK;
    GIVEN(model);
    REQUIRE(flags >= 0 && flags <= (RECO_SAVE_WITHOUT_USERS | RECO_SAVE_WITHOUT_TEXTS),
            "'flags' are unknown: %d", flags);
    TRY(reco__model_whole(model, "a part of a hybrid is saved with the whole", err));
    flags |= model->history ? 0 : RECO__PERSONAL; /* loaded without users: there are none to save */
    reco__state s = reco__walk_save(file, flags, err);
    TRY(save_tree(model, &s));
    TRY(reco__model_list_carried((reco_model *)model, &s));
done:
    return status;
}

reco_status reco_model_save_bytes(const reco_model *model, int32_t flags, void **bytes, int64_t *n,
                                  reco_error *err)
{
    reco_status status = RECO_OK;
    reco__file file = {.n = 0};
    GIVEN(bytes, n);
    *bytes = NULL;
    TRY(list_all(model, flags, &file, err));
    TRY(reco__file_save_bytes(&file, bytes, n, err));
done:
    reco__file_close(&file);
    return status;
}

void reco_bytes_free(void *bytes)
{
    reco__free(bytes);
}

reco_status reco_model_save(const reco_model *model, const char *path, int32_t flags, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__file file = {.n = 0};
    REQUIRE(path && path[0], "'path' must not be empty");
    TRY(list_all(model, flags, &file, err));
    TRY(reco__file_save(&file, path, err));
done:
    reco__file_close(&file);
    return status;
}

/* ---- loading ---- */

/* "name=value\n" lines, through the setters, so that the bounds hold. */
static reco_status load_params(reco_model *model, reco__state *s)
{
    const char *at = NULL;
    reco_status status = reco__state_text(s, "params", &at, INT32_MAX, 0);
    while (status == RECO_OK && *at) {
        char line[RECO__PARAM_TEXT_SIZE + 64];
        size_t n = strcspn(at, "\n");
        if (n >= sizeof line || !at[n]) {
            return reco__state_refuse(s, "a parameter has no end");
        }
        memcpy(line, at, n);
        line[n] = 0;
        char *value = strchr(line, '=');
        if (!value) {
            return reco__state_refuse(s, "a parameter has no value");
        }
        *value++ = 0;
        if (reco_model_set_text(model, line, value, NULL)) {
            return reco__state_refuse(s, "a parameter is unknown or out of its bounds");
        }
        at += n + 1;
    }
    return status;
}

static reco_status load_algo(reco_model **out, reco__state *s)
{
    enum { MOST = 63 };
    const char *name = NULL;
    int64_t version = 0;
    reco_status status = RECO_OK;
    TRY(reco__state_text(s, "algo", &name, MOST, 0));
    const reco__algo *algo = reco__algo_find(name);
    if (!algo) {
        return reco__fail(s->err, RECO_EUNSUPPORTED,
                          "the model needs an algorithm that this library does not have: '%s'", name);
    }
    TRY(reco__state_count(s, "state_version", &version, 0, UINT32_MAX));
    uint32_t oldest = algo->state_oldest ? algo->state_oldest : algo->state_version;
    if (version > algo->state_version) {
        return reco__fail(s->err, RECO_EUNSUPPORTED,
                          "%s: a model of version %lld, from a newer library; this one reads version %u",
                          name, (long long)version, algo->state_version);
    }
    if (version < oldest) {
        return reco__fail(
            s->err, RECO_EUNSUPPORTED,
            "%s: a model of version %lld, which is too old; this library reads from version %u on: fit it "
            "again",
            name, (long long)version, oldest);
    }
    s->version = (uint32_t)version;
    TRY(reco__model_make(out, algo, s->err));
done:
    return status;
}

static reco_status load_tree(reco_model **out, const reco_model *carried, reco__state *s, int32_t depth);

static reco_status load_parts(reco_model *model, const reco_model *carried, reco__state *s, int32_t depth)
{
    reco_status status = RECO_OK;
    reco_model *part = NULL;
    const reco__section *weights = reco__file_find(s->file, s->prefix, "weights");
    if (!weights || weights->kind != RECO__F64 || weights->columns != 1 || weights->rows < 1 ||
        weights->rows > RECO__MAX_PARTS || depth >= RECO__MAX_DEPTH) {
        return reco__state_refuse(s, "a hybrid's parts are missing");
    }
    for (int32_t k = 0; k < weights->rows; k++) {
        double weight = ((const double *)weights->data)[k];
        if (!isfinite(weight) || weight == 0) {
            TRY(reco__state_refuse(s, "a part's weight is not finite or 0"));
        }
        int32_t before = reco__state_begin(s, "", k);
        TRY(load_tree(&part, carried, s, depth + 1));
        reco__state_end(s, before);
        TRY(reco__model_attach(model, part, weight, s->err));
        part = NULL;
    }
done:
    reco_model_free(part);
    return status;
}

static reco_status load_tree(reco_model **out, const reco_model *carried, reco__state *s, int32_t depth)
{
    reco_status status = RECO_OK;
    reco_model *model = NULL;
    TRY(load_algo(&model, s));
    TRY(load_params(model, s));
    model->block = reco__block_share(s->file->block);
    reco__model_inherit(model, carried, carried->catalog, carried->history, NULL);
    if ((model->algo->traits & RECO__NEEDS_USERS) && !model->history) {
        TRY(reco__state_refuse(s, "its users are missing"));
    }
    TRY(reco__model_list(model, s));
    if (model->algo->traits & RECO__HYBRID) {
        TRY(load_parts(model, carried, s, depth));
    }
    TRY(model->algo->prepare ? model->algo->prepare(model, s->err) : RECO_OK);
    model->fitted = 1;
    *out = model;
    return RECO_OK;
done:
    reco_model_free(model);
    return status;
}

/* Takes the block over. */
static reco_status from_block(reco_model **out, reco__block *block, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__file file = {.n = 0};
    reco_model *model = NULL, carried = {.n_parts = 0};
    TRY(reco__file_open(&file, block, err));
    reco__state s = reco__walk_load(&file, 0, err);
    TRY(reco__model_list_carried(&carried, &s));
    TRY(load_tree(&model, &carried, &s, 1));
    model->popularity = carried.popularity;
    model->log = reco__log_share(carried.log);
    TRY(reco__file_done(&file, err));
    *out = model;
    model = NULL;
done:
    reco_model_free(model);
    reco__catalog_release(carried.catalog);
    reco__history_release(carried.history);
    reco__log_release(carried.log);
    reco__file_close(&file);
    reco__block_release(block);
    return status;
}

reco_status reco_model_load(reco_model **out, const char *path, reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    REQUIRE(path && path[0], "'path' must not be empty");
    void *bytes = NULL;
    int64_t n = 0;
    reco_status status = reco__file_read(path, &bytes, &n, err);
    if (status) {
        return status;
    }
    reco__block *block = reco__block_new(bytes, n);
    if (!block) {
        reco__free(bytes);
        return reco__out_of_memory(err);
    }
    reco_error inner = {{0}};
    status = from_block(out, block, &inner);
    return status ? reco__fail(err, status, "%.120s: %.130s", path, inner.message) : RECO_OK;
}

reco_status reco_model_load_bytes(reco_model **out, const void *bytes, int64_t n, reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    GIVEN(bytes);
    REQUIRE(n >= 0, "'n' must not be negative, got %lld", (long long)n);
    char *copy = reco__copy_text(bytes, n);
    reco__block *block = copy ? reco__block_new(copy, n) : NULL;
    if (!block) {
        reco__free(copy);
        return reco__out_of_memory(err);
    }
    return from_block(out, block, err);
}
