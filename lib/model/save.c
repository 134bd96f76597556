/* SPDX-License-Identifier: MIT */
/* Whole models to and from files and memory.
 *
 *     algo params state_version            of the model; of part k of a hybrid with the prefix "k."
 *     weights                              of a hybrid's parts
 *     meta popularity item_* user_* ...    once, of the whole
 */
#include "base/system.h"
#include "model_state.h"
#include "registry.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PREFIX = 40 };

/* meta: what a model was made from */
enum {
    META_USERS,
    META_ITEMS,
    META_PAIRS,
    META_EVENTS,
    META_FIRST,
    META_LAST,
    META_WITHOUT_USERS,
    META_SIZE
};

/* ---- saving ---- */

static reco_status save_tree(reco_model *model, reco__writer *writer, const char *prefix, int32_t flags,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    reco__bytes params = {0};
    int64_t version = model->algo->state_version;
    const char *name = model->algo->name;
    if ((flags & RECO_SAVE_WITHOUT_USERS) && (model->algo->traits & RECO__NEEDS_USERS)) {
        return reco__fail(err, RECO_EUNSUPPORTED,
                          "%s: answers from its users' histories and cannot be saved without them", name);
    }
    TRY(reco__writer_add(writer, prefix, "algo", RECO__U8, (int64_t)strlen(name), 1, name, 0, err));
    TRY(reco__writer_add(writer, prefix, "state_version", RECO__I64, 1, 1, &version, 1, err));
    TRY_ALLOC(reco__param_write(model->algo->params, model, &params) &&
              reco__param_write(reco__common_params, model, &params));
    TRY(reco__writer_add(writer, prefix, "params", RECO__U8, params.size, 1, params.data, 1, err));
    TRY(reco__state_save(model, writer, prefix, flags, err));
    if (model->n_parts > 0) {
        TRY(reco__writer_add(writer, prefix, "weights", RECO__F64, model->n_parts, 1, model->weights, 0,
                             err));
    }
    for (int32_t k = 0; k < model->n_parts; k++) {
        char inner[PREFIX];
        snprintf(inner, sizeof inner, "%.*s%d.", PREFIX - 12, prefix, k);
        TRY(save_tree(model->parts[k], writer, inner, flags, err));
    }
done:
    reco__bytes_free(&params);
    return status;
}

static bool keeps_times(const reco_model *model)
{
    bool keeps = (model->algo->traits & RECO__KEEPS_TIMES) != 0;
    for (int32_t k = 0; k < model->n_parts; k++) {
        keeps = keeps || keeps_times(model->parts[k]);
    }
    return keeps;
}

static reco_status save_carried(const reco_model *model, reco__writer *writer, int32_t flags, reco_error *err)
{
    reco_status status = RECO_OK;
    bool without = (flags & RECO_SAVE_WITHOUT_USERS) != 0;
    int64_t meta[META_SIZE] = {without ? 0 : model->n_users,
                               model->n_items,
                               model->pairs,
                               model->events,
                               model->first_time,
                               model->last_time,
                               without};
    reco__state s = {.mode = RECO__STATE_SAVE, .prefix = "", .writer = writer, .err = err};
    TRY(reco__writer_add(writer, "", "meta", RECO__I64, META_SIZE, 1, meta, 1, err));
    TRY(reco__writer_add(writer, "", "popularity", RECO__F32, model->n_items, 1, model->popularity, 0, err));
    TRY(reco__catalog_save(model->catalog, writer, flags, err));
    if (!without) {
        reco__csr x = model->history->x;
        TRY(reco__state_csr(&s, "history", &x, x.rows, x.columns, 0));
        if (model->history->times && keeps_times(model)) {
            TRY(reco__writer_add(writer, "", "history_times", RECO__I64, reco__csr_size(&x), 1,
                                 model->history->times, 0, err));
        }
    }
done:
    return status;
}

static reco_status to_bytes(const reco_model *model, int32_t flags, reco__bytes *out, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__writer writer = {0};
    GIVEN(model);
    REQUIRE(flags >= 0 && flags <= (RECO_SAVE_WITHOUT_USERS | RECO_SAVE_WITHOUT_TEXTS),
            "'flags' are unknown: %d", flags);
    if (!model->fitted || !model->popularity) {
        return reco__fail(err, RECO_ESTATE, "%s: %s", model->algo->name,
                          model->fitted ? "a part of a hybrid is saved with the whole" : "not fitted");
    }
    if (!model->history) {
        flags |= RECO_SAVE_WITHOUT_USERS; /* loaded without them: there are none to save */
    }
    TRY(save_tree((reco_model *)model, &writer, "", flags, err)); /* listing for saving changes nothing */
    TRY(save_carried(model, &writer, flags, err));
    TRY(reco__writer_finish(&writer, out, err));
done:
    reco__writer_free(&writer);
    return status;
}

reco_status reco_model_save_bytes(const reco_model *model, int32_t flags, void **bytes, int64_t *n,
                                  reco_error *err)
{
    reco__bytes out = {0};
    GIVEN(bytes, n);
    *bytes = NULL;
    reco_status status = to_bytes(model, flags, &out, err);
    if (status) {
        reco__bytes_free(&out);
        return status;
    }
    *bytes = out.data;
    *n = out.size;
    return RECO_OK;
}

void reco_bytes_free(void *bytes)
{
    reco__free(bytes);
}

reco_status reco_model_save(const reco_model *model, const char *path, int32_t flags, reco_error *err)
{
    reco__bytes out = {0};
    REQUIRE(path && path[0], "'path' must not be empty");
    reco_status status = to_bytes(model, flags, &out, err);
    if (status == RECO_OK) {
        status = reco__file_write(path, out.data, out.size, err);
    }
    reco__bytes_free(&out);
    return status;
}

/* ---- loading ---- */

static reco_status damaged(reco_error *err, const char *what)
{
    return reco__fail(err, RECO_EFORMAT, "damaged model file: %s", what);
}

static const reco__section *find_text(reco__file *file, const char *prefix, const char *name)
{
    const reco__section *text = reco__file_find(file, prefix, name);
    return text && text->kind == RECO__U8 && text->columns == 1 ? text : NULL;
}

/* "name=value\n" lines, through the setters, so that the bounds hold. */
static reco_status load_params(reco_model *model, reco__file *file, const char *prefix, reco_error *err)
{
    const reco__section *text = find_text(file, prefix, "params");
    if (!text) {
        return damaged(err, "its parameters are missing");
    }
    const char *at = text->data, *end = at + text->rows;
    while (at < end) {
        char line[RECO__PARAM_TEXT_SIZE + 64];
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = stop ? (size_t)(stop - at) : sizeof line;
        if (n >= sizeof line) {
            return damaged(err, "a parameter has no end");
        }
        memcpy(line, at, n);
        line[n] = 0;
        char *value = strchr(line, '=');
        if (!value || strlen(line) != n) {
            return damaged(err, "a parameter has no value");
        }
        *value++ = 0;
        if (reco_model_set_text(model, line, value, NULL)) {
            return damaged(err, "a parameter is unknown or out of its bounds");
        }
        at = stop + 1;
    }
    return RECO_OK;
}

static reco_status load_algo(reco_model **out, reco__file *file, const char *prefix, reco_error *err)
{
    char name[64] = "";
    const reco__section *text = find_text(file, prefix, "algo");
    if (!text || text->rows < 1 || text->rows >= (int64_t)sizeof name) {
        return damaged(err, "its algorithm is missing");
    }
    memcpy(name, text->data, (size_t)text->rows);
    const reco__algo *algo = reco__algo_find(name);
    if (!algo) {
        return reco__fail(err, RECO_EUNSUPPORTED,
                          "the model needs an algorithm that this library does not have: '%s'", name);
    }
    const reco__section *version = reco__file_find(file, prefix, "state_version");
    if (!version || version->kind != RECO__I64 || version->rows != 1 || version->columns != 1) {
        return damaged(err, "its state's version is missing");
    }
    int64_t number = *(const int64_t *)version->data;
    if (number != algo->state_version) {
        return reco__fail(err, number > algo->state_version ? RECO_EUNSUPPORTED : RECO_EFORMAT,
                          "%s: a model of version %lld; this library reads version %u", name,
                          (long long)number, algo->state_version);
    }
    return reco__model_make(out, algo, err);
}

static reco_status load_tree(reco_model **out, reco__file *file, const char *prefix, int32_t depth,
                             reco_error *err);

static reco_status load_parts(reco_model *model, reco__file *file, const char *prefix, int32_t depth,
                              reco_error *err)
{
    reco_status status = RECO_OK;
    reco_model *part = NULL;
    const reco__section *weights = reco__file_find(file, prefix, "weights");
    if (!weights || weights->kind != RECO__F64 || weights->columns != 1 || weights->rows < 1 ||
        weights->rows > RECO__MAX_PARTS || depth >= RECO__MAX_DEPTH) {
        return damaged(err, "a hybrid's parts are missing");
    }
    for (int32_t k = 0; k < weights->rows; k++) {
        char inner[PREFIX];
        double weight = ((const double *)weights->data)[k];
        snprintf(inner, sizeof inner, "%.*s%d.", PREFIX - 12, prefix, k);
        if (!isfinite(weight) || weight == 0) {
            TRY(damaged(err, "a part's weight is not finite or 0"));
        }
        TRY(load_tree(&part, file, inner, depth + 1, err));
        TRY(reco__model_attach(model, part, weight, err));
        part = NULL;
    }
done:
    reco_model_free(part);
    return status;
}

/* Algorithms, parameters and parts; what was learned comes after, when the sizes are known. */
static reco_status load_tree(reco_model **out, reco__file *file, const char *prefix, int32_t depth,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    reco_model *model = NULL;
    TRY(load_algo(&model, file, prefix, err));
    TRY(load_params(model, file, prefix, err));
    if (model->algo->traits & RECO__HYBRID) {
        TRY(load_parts(model, file, prefix, depth, err));
    }
    *out = model;
    return RECO_OK;
done:
    reco_model_free(model);
    return status;
}

static reco_status load_history(reco_model *model, reco__file *file, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__state s = {.mode = RECO__STATE_LOAD, .prefix = "", .file = file, .err = err};
    reco__history *history = reco__alloc_zero(1, sizeof *history);
    TRY_ALLOC(history);
    atomic_init(&history->owners, 1);
    history->block = reco__block_share(file->block);
    TRY(reco__state_csr(&s, "history", &history->x, model->n_users, model->n_items, 0));
    int64_t entries = reco__csr_size(&history->x);
    for (int64_t e = 0; e < entries; e++) {
        if (!(history->x.value[e] > 0)) {
            TRY(damaged(err, "a history holds a value that is not above 0"));
        }
    }
    const reco__section *times = reco__file_find(file, "", "history_times");
    if (times) {
        if (times->kind != RECO__I64 || times->rows != entries || times->columns != 1) {
            TRY(damaged(err, "its times have not the shape they should have"));
        }
        history->times = times->data;
    }
    model->history = history;
    return RECO_OK;
done:
    reco__history_release(history);
    return status;
}

static reco_status load_carried(reco_model *model, reco__file *file, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__section *section = reco__file_find(file, "", "meta");
    if (!section || section->kind != RECO__I64 || section->rows != META_SIZE || section->columns != 1) {
        return damaged(err, "what it was made from is missing");
    }
    const int64_t *meta = section->data;
    int32_t without_users = meta[META_WITHOUT_USERS] != 0;
    reco__state s = {.mode = RECO__STATE_LOAD, .prefix = "", .file = file, .err = err};
    TRY(reco__catalog_load(&model->catalog, file, without_users, err));
    model->n_users = model->catalog->sides[RECO_USER].ids.n;
    model->n_items = model->catalog->sides[RECO_ITEM].ids.n;
    if (meta[META_USERS] != model->n_users || meta[META_ITEMS] != model->n_items ||
        meta[META_WITHOUT_USERS] > 1 || meta[META_WITHOUT_USERS] < 0 || meta[META_PAIRS] < 0 ||
        meta[META_EVENTS] < 0) {
        TRY(damaged(err, "what it was made from is inconsistent"));
    }
    model->pairs = meta[META_PAIRS];
    model->events = meta[META_EVENTS];
    model->first_time = meta[META_FIRST];
    model->last_time = meta[META_LAST];
    TRY(reco__state_f32(&s, "popularity", &model->popularity, model->n_items, 1, 0));
    if (!without_users) {
        TRY(load_history(model, file, err));
    }
done:
    return status;
}

/* What was learned, of the model and its parts. `whole` carries what the parts share. */
static reco_status load_learned(reco_model *model, const reco_model *whole, reco__file *file,
                                const char *prefix, reco_error *err)
{
    reco_status status = RECO_OK;
    model->block = model->block ? model->block : reco__block_share(file->block);
    if (model != whole) {
        model->n_users = whole->n_users;
        model->n_items = whole->n_items;
        model->catalog = reco__catalog_share(whole->catalog);
        model->history = reco__history_share(whole->history);
        model->pairs = whole->pairs;
        model->events = whole->events;
        model->first_time = whole->first_time;
        model->last_time = whole->last_time;
    }
    if ((model->algo->traits & RECO__NEEDS_USERS) && !model->history) {
        return damaged(err, "its users are missing");
    }
    TRY(reco__state_load(model, file, prefix, model->history == NULL, err));
    for (int32_t k = 0; k < model->n_parts; k++) {
        char inner[PREFIX];
        snprintf(inner, sizeof inner, "%.*s%d.", PREFIX - 12, prefix, k);
        TRY(load_learned(model->parts[k], whole, file, inner, err));
    }
    if (model->algo->prepare) {
        TRY(model->algo->prepare(model, err));
    }
    model->fitted = 1;
done:
    return status;
}

/* Takes the block over. */
static reco_status from_block(reco_model **out, reco__block *block, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__file file = {0};
    reco_model *model = NULL;
    TRY(reco__file_open(&file, block, err));
    TRY(load_tree(&model, &file, "", 1, err));
    model->block = reco__block_share(block);
    TRY(load_carried(model, &file, err));
    TRY(load_learned(model, model, &file, "", err));
    TRY(reco__file_done(&file, err));
    *out = model;
    model = NULL;
done:
    reco_model_free(model);
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
