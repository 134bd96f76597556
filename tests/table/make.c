/* SPDX-License-Identifier: MIT */
/* Data sets and models as table.json describes them. */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays ---- */

words words_of(json_t *array)
{
    enum { LONGEST = 24 }; /* a 64-bit number */
    size_t n = json_array_size(array);
    words w = {malloc((n + 1) * (sizeof(char *) + LONGEST)), (int64_t)n};
    char *text = (char *)(w.all + n);
    for (size_t k = 0; k < n; k++, text += LONGEST) {
        json_t *value = json_array_get(array, k);
        snprintf(text, LONGEST, "%lld", (long long)json_integer_value(value));
        w.all[k] = json_is_string(value) ? json_string_value(value) : text;
    }
    return w;
}

float *floats_of(json_t *array)
{
    float *values = array ? malloc((json_array_size(array) + 1) * sizeof *values) : NULL;
    for (size_t k = 0; k < json_array_size(array); k++) {
        values[k] = (float)json_number_value(json_array_get(array, k));
    }
    return values;
}

int64_t *integers_of(json_t *array)
{
    int64_t *values = array ? malloc((json_array_size(array) + 1) * sizeof *values) : NULL;
    for (size_t k = 0; k < json_array_size(array); k++) {
        values[k] = json_integer_value(json_array_get(array, k));
    }
    return values;
}

static int32_t side_of(json_t *word)
{
    return strcmp(json_string_value(word), "user") == 0 ? RECO_USER : RECO_ITEM;
}

/* ---- data ---- */

static reco_status set_builder(reco_builder *b, json_t *spec, reco_error *err)
{
    reco_status status = RECO_OK;
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(spec, "set"), name, value)
    {
        status = json_is_string(value) ? reco_builder_set_text(b, name, json_string_value(value), err)
                                       : reco_builder_set(b, name, json_number_value(value), err);
        if (status) {
            return status;
        }
    }
    json_object_foreach(json_object_get(spec, "types"), name, value)
    {
        if ((status = reco_builder_set_event_type(b, name, json_number_value(value), err))) {
            return status;
        }
    }
    size_t k;
    json_array_foreach(json_object_get(spec, "purposes"), k, value)
    {
        if ((status = reco_builder_set_purpose(b, json_string_value(value), NULL, err))) {
            return status;
        }
    }
    json_object_foreach(json_object_get(spec, "consent"), name, value)
    {
        if ((status = reco_builder_set_consent_text(b, name, json_string_value(value), err))) {
            return status;
        }
    }
    return status;
}

/* [user, item, value, time, type], of which the last three may be missing. */
static reco_status add_events(reco_builder *b, json_t *events, reco_error *err)
{
    reco_status status = RECO_OK;
    for (size_t k = 0; k < json_array_size(events) && !status; k++) {
        json_t *e = json_array_get(events, k), *value = json_array_get(e, 2), *time = json_array_get(e, 3);
        status = reco_builder_add_event(
            b, json_string_value(json_array_get(e, 0)), json_string_value(json_array_get(e, 1)),
            json_string_value(json_array_get(e, 4)), value ? (float)json_number_value(value) : 1,
            json_is_integer(time) ? json_integer_value(time) : RECO_NO_TIME, err);
    }
    return status;
}

/* {field: [what was so at each event of the last call, or null]}; a field has texts or numbers. */
static reco_status add_contexts(reco_builder *b, json_t *contexts, reco_error *err)
{
    reco_status status = RECO_OK;
    const char *field;
    json_t *column;
    json_object_foreach(contexts, field, column)
    {
        size_t n = json_array_size(column), texts = 0;
        const char **tokens = malloc((n + 1) * sizeof *tokens);
        double *numbers = malloc((n + 1) * sizeof *numbers);
        for (size_t k = 0; k < n; k++) {
            json_t *value = json_array_get(column, k);
            texts += json_is_string(value);
            tokens[k] = json_string_value(value);
            numbers[k] = json_is_number(value) ? json_number_value(value) : NAN;
        }
        status = texts > 0 ? reco_builder_add_context_tokens(b, field, (int64_t)n, tokens, err)
                           : reco_builder_add_context_numbers(b, field, (int64_t)n, numbers, err);
        free(tokens);
        free(numbers);
        if (status) {
            break;
        }
    }
    return status;
}

/* Columns of ids, which are all numbers or all texts. */
static reco_status add_columns(reco_builder *b, json_t *columns, reco_error *err)
{
    json_t *users = json_object_get(columns, "users"), *items = json_object_get(columns, "items");
    float *values = floats_of(json_object_get(columns, "values"));
    int64_t *times = integers_of(json_object_get(columns, "times")), n = (int64_t)json_array_size(users);
    reco_status status;
    if (json_is_integer(json_array_get(users, 0))) {
        int64_t *user = integers_of(users), *item = integers_of(items);
        status = reco_builder_add_events_i64(b, n, user, item, values, times, err);
        free(user);
        free(item);
    } else {
        words user = words_of(users), item = words_of(items);
        status = reco_builder_add_events(b, n, user.all, item.all, NULL, values, times, err);
        free(user.all);
        free(item.all);
    }
    free(values);
    free(times);
    return status ? status : add_contexts(b, json_object_get(columns, "context"), err);
}

/* {side: [id]}, which are all numbers or all texts. */
static reco_status add_ids(reco_builder *b, json_t *sides, reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t side = RECO_USER; side <= RECO_ITEM && !status; side++) {
        json_t *ids = json_object_get(sides, side == RECO_USER ? "user" : "item");
        if (json_is_integer(json_array_get(ids, 0))) {
            int64_t *numbers = integers_of(ids);
            status = reco_builder_add_ids_i64(b, side, (int64_t)json_array_size(ids), numbers, err);
            free(numbers);
        } else {
            words texts = words_of(ids);
            status = reco_builder_add_ids(b, side, texts.n, texts.all, err);
            free(texts.all);
        }
    }
    return status;
}

/* [side, id, field, kind, value, weight], the last one of tokens only. */
static reco_status add_feature(reco_builder *b, json_t *feature, reco_error *err)
{
    const char *id = json_string_value(json_array_get(feature, 1));
    const char *field = json_string_value(json_array_get(feature, 2));
    const char *kind = json_string_value(json_array_get(feature, 3));
    json_t *value = json_array_get(feature, 4), *weight = json_array_get(feature, 5);
    int32_t side = side_of(json_array_get(feature, 0));
    if (strcmp(kind, "text") == 0) {
        return reco_builder_add_text(b, side, id, field, json_string_value(value), err);
    }
    if (strcmp(kind, "number") == 0) {
        return reco_builder_add_number(b, side, id, field, json_number_value(value), err);
    }
    if (strcmp(kind, "token") == 0) {
        return reco_builder_add_token(b, side, id, field, json_string_value(value),
                                      weight ? (float)json_number_value(weight) : 1, err);
    }
    float *vector = floats_of(value);
    reco_status status =
        reco_builder_add_vector(b, side, id, field, vector, (int32_t)json_array_size(value), err);
    free(vector);
    return status;
}

static reco_status build(json_t *spec, reco_data **out, reco_error *err)
{
    json_t *features = json_object_get(spec, "features"), *columns = json_object_get(spec, "columns");
    reco_builder *b = NULL;
    reco_status status = reco_builder_new(&b, err);
    if (!status && !(status = set_builder(b, spec, err))) {
        status = add_events(b, json_object_get(spec, "events"), err);
    }
    if (!status && columns) {
        status = add_columns(b, columns, err);
    }
    if (!status) {
        status = add_ids(b, json_object_get(spec, "ids"), err);
    }
    for (size_t k = 0; k < json_array_size(features) && !status; k++) {
        status = add_feature(b, json_array_get(features, k), err);
    }
    if (!status) {
        status = reco_builder_finish(b, out, err);
    }
    reco_builder_free(b);
    return status;
}

/* {"split": [data, spec, seed], "part": "train" or "test"} */
static reco_status split(table *t, json_t *spec, reco_data **out, reco_error *err)
{
    json_t *split = json_object_get(spec, "split");
    const char *part = json_string_value(json_object_get(spec, "part"));
    const reco_data *whole = NULL;
    reco_data *train = NULL, *test = NULL;
    reco_status status = make_data(t, json_array_get(split, 0), &whole, err);
    if (!status) {
        status = reco_data_split(whole, json_string_value(json_array_get(split, 1)),
                                 (uint64_t)json_integer_value(json_array_get(split, 2)), &train, &test, err);
    }
    *out = strcmp(part, "train") == 0 ? train : test;
    reco_data_free(*out == train ? test : train);
    return status;
}

/* For a name that nothing has so far, or when the table has more than it has room for. */
static reco_status refuse(json_t *what, reco_error *err)
{
    const char *name = json_string_value(what);
    snprintf(err->message, sizeof err->message, "the table has nothing named '%s' before this, or too much",
             name ? name : "");
    return RECO_EINTERNAL;
}

reco_status make_data(table *t, json_t *what, const reco_data **out, reco_error *err)
{
    const char *name = json_string_value(what);
    for (int k = 0; k < t->n_data && name; k++) {
        if (t->data[k].name && strcmp(t->data[k].name, name) == 0) {
            *out = t->data[k].data;
            return RECO_OK;
        }
    }
    if (!json_is_object(what) || t->n_data == MOST) {
        return refuse(what, err);
    }
    reco_data **data = &t->data[t->n_data].data;
    reco_status status = json_object_get(what, "split") ? split(t, what, data, err) : build(what, data, err);
    if (!status) {
        t->n_data++;
        *out = *data;
    }
    return status;
}

/* ---- models ---- */

static reco_status set_model(reco_model *m, json_t *spec, reco_error *err)
{
    reco_status status = RECO_OK;
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(spec, "set"), name, value)
    {
        status = json_is_string(value) ? reco_model_set_text(m, name, json_string_value(value), err)
                                       : reco_model_set(m, name, json_number_value(value), err);
        if (status) {
            break;
        }
    }
    return status;
}

/* {"algo": name, "data": data, "set": {parameter: value}, "parts": [[model, weight]]} */
static reco_status fit(table *t, json_t *spec, reco_model **out, reco_error *err)
{
    json_t *parts = json_object_get(spec, "parts");
    const reco_model *part = NULL;
    const reco_data *data = NULL;
    reco_status status = make_data(t, json_object_get(spec, "data"), &data, err);
    if (!status && !(status = reco_model_new(out, json_string_value(json_object_get(spec, "algo")), err))) {
        status = set_model(*out, spec, err);
    }
    for (size_t k = 0; k < json_array_size(parts) && !status; k++) {
        json_t *pair = json_array_get(parts, k);
        if (!(status = make_model(t, json_array_get(pair, 0), 0, &part, err))) {
            status = reco_model_add_part(*out, part, json_number_value(json_array_get(pair, 1)), err);
        }
    }
    return status ? status : reco_model_fit(*out, data, NULL, err);
}

reco_status make_model(table *t, json_t *what, int loaded, const reco_model **out, reco_error *err)
{
    const char *name = json_string_value(what);
    for (int k = 0; k < t->n_models && name; k++) {
        if (t->models[k].name && strcmp(t->models[k].name, name) == 0) {
            *out = loaded || !t->models[k].fitted ? t->models[k].loaded : t->models[k].fitted;
            return RECO_OK;
        }
    }
    if (!json_is_object(what) || t->n_models == MOST) {
        return refuse(what, err);
    }
    reco_model **model = &t->models[t->n_models].fitted;
    reco_model_free(*model); /* of a failure before */
    *model = NULL;
    reco_status status = fit(t, what, model, err);
    if (!status) {
        t->n_models++;
        *out = *model;
    }
    return status;
}

int32_t flags_of(json_t *without)
{
    int32_t flags = RECO_SAVE_ALL;
    for (size_t k = 0; k < json_array_size(without); k++) {
        int users = strcmp(json_string_value(json_array_get(without, k)), "users") == 0;
        flags |= users ? RECO_SAVE_WITHOUT_USERS : RECO_SAVE_WITHOUT_TEXTS;
    }
    return flags;
}

/* Makes a model the table names, saves it as NAME.reco and loads that. {"of": model, "without": ["users",
 * "texts"]} is a model that is known by a smaller file of it alone. */
static reco_status make_named(table *t, const char *name, json_t *spec, reco_error *err)
{
    json_t *of = json_object_get(spec, "of");
    const reco_model *model = NULL;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.reco", t->folder, name);
    reco_status status = make_model(t, of ? of : spec, 0, &model, err);
    if (status || (status = reco_model_save(model, path, flags_of(json_object_get(spec, "without")), err))) {
        return status;
    }
    int k = of ? t->n_models++ : t->n_models - 1;
    t->models[k].name = name;
    return reco_model_load(&t->models[k].loaded, path, err);
}

/* ---- all of it ---- */

reco_status make_all(table *t, reco_error *err)
{
    const char *name;
    json_t *spec;
    json_object_foreach(json_object_get(t->root, "data"), name, spec)
    {
        const reco_data *data = NULL;
        reco_status status = make_data(t, spec, &data, err);
        if (status) {
            return status;
        }
        t->data[t->n_data - 1].name = name;
    }
    json_object_foreach(json_object_get(t->root, "models"), name, spec)
    {
        reco_status status = make_named(t, name, spec, err);
        if (status) {
            return status;
        }
    }
    return RECO_OK;
}

void make_free(table *t)
{
    for (int k = 0; k < MOST; k++) { /* also what failed halfway */
        reco_data_free(t->data[k].data);
        reco_model_free(t->models[k].fitted);
        reco_model_free(t->models[k].loaded);
    }
    json_decref(t->root);
}
