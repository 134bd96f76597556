/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *const counts[] = {"users", "items", "pairs", "events", "bytes"};
static const char *const abilities[] = {"users", "history", "similar", "explain"};
static const char *const kinds[] = {"token", "number", "text", "vector"};

static json_t *features_json(const reco_model *model, int32_t side)
{
    json_t *all = json_object();
    int32_t kind;
    const char *name;
    for (int32_t k = 0; (name = reco_model_field(model, side, k, &kind)); k++) {
        json_object_set_new(all, name, json_string(kinds[kind]));
    }
    return all;
}

static json_t *purposes_json(const reco_model *model)
{
    json_t *all = json_array();
    for (int32_t k = 0; reco_model_purpose(model, k); k++) {
        json_array_append_new(all, json_string(reco_model_purpose(model, k)));
    }
    return all;
}

static json_t *info_json(const options *o, const reco_model *model)
{
    json_t *all = json_object(), *can = json_object();
    json_object_set_new(all, "model", json_text(o->model));
    json_describe(all, model);
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        json_object_set_new(all, counts[k], json_integer(reco_model_count(model, counts[k])));
    }
    int64_t first = RECO_NO_TIME, last = RECO_NO_TIME;
    reco_model_times(model, &first, &last, NULL);
    json_object_set_new(all, "first_time", json_time(first));
    json_object_set_new(all, "last_time", json_time(last));
    for (size_t k = 0; k < sizeof abilities / sizeof *abilities; k++) {
        json_object_set_new(can, abilities[k], json_boolean(reco_model_can(model, abilities[k])));
    }
    json_object_set_new(all, "can", can);
    json_object_set_new(all, "purposes", purposes_json(model));
    json_object_set_new(all, "item_features", features_json(model, RECO_ITEM));
    json_object_set_new(all, "user_features", features_json(model, RECO_USER));
    json_object_set_new(all, "context_features", features_json(model, RECO_CONTEXT));
    return all;
}

static void row(table *t, const char *name, const char *value)
{
    table_text(t, name);
    table_text(t, value);
}

/* The algorithm and its parameters, and those of its parts below it. */
static void describe(table *t, const reco_model *model, const char *prefix)
{
    char name[256], value[VALUE_TEXT];
    const char *algo = reco_model_algo(model);
    snprintf(name, sizeof name, "%salgorithm", prefix);
    row(t, name, algo);
    for (int32_t k = 0; reco_algo_param(algo, k); k++) {
        const reco_param *p = reco_algo_param(algo, k);
        snprintf(name, sizeof name, "%s%s", prefix, reco_param_name(p));
        row(t, name, param_text(model, p, value));
    }
    for (int32_t k = 0; k < reco_model_part_size(model); k++) {
        char inner[128];
        snprintf(inner, sizeof inner, "%spart %d ", prefix, k + 1);
        snprintf(name, sizeof name, "%sweight", inner);
        snprintf(value, sizeof value, "%.10g", reco_model_part_weight(model, k));
        row(t, name, value);
        describe(t, reco_model_part(model, k), inner);
    }
}

static void print_features(table *t, const reco_model *model, int32_t side)
{
    int32_t kind;
    const char *name;
    for (int32_t k = 0; (name = reco_model_field(model, side, k, &kind)); k++) {
        char value[128];
        snprintf(value, sizeof value, "%s (%s)", name, kinds[kind]);
        row(t, side == RECO_ITEM ? "item feature" : "user feature", value);
    }
}

static void print_info(const options *o, const reco_model *model, output *out)
{
    static const char *const heads[] = {"what", "value"};
    char text[TIME_TEXT];
    table t;
    table_begin(&t, out, o->csv, heads, 2);
    describe(&t, model, "");
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        table_text(&t, counts[k]);
        table_count(&t, reco_model_count(model, counts[k]));
    }
    int64_t first = RECO_NO_TIME, last = RECO_NO_TIME;
    reco_model_times(model, &first, &last, NULL);
    row(&t, "first event", time_text(first, text));
    row(&t, "last event", time_text(last, text));
    row(&t, "answers user ids", reco_model_can(model, "users") ? "yes" : "no");
    row(&t, "answers histories", reco_model_can(model, "history") ? "yes" : "no");
    row(&t, "finds similar items", reco_model_can(model, "similar") ? "yes" : "no");
    row(&t, "explains answers", reco_model_can(model, "explain") ? "yes" : "no");
    for (int32_t k = 0; reco_model_purpose(model, k); k++) {
        row(&t, "purpose", reco_model_purpose(model, k));
    }
    print_features(&t, model, RECO_ITEM);
    print_features(&t, model, RECO_USER);
    table_end(&t);
}

static int run(const options *o)
{
    int code;
    output out;
    reco_model *model = NULL;
    STEP(load_model(o, &model));
    STEP(output_open(&out, NULL));
    if (o->json) {
        json_print(&out, info_json(o, model), true);
    } else {
        print_info(o, model, &out);
    }
    code = output_close(&out, DONE);
done:
    reco_model_free(model);
    return code;
}

static const option_row own[] = {
    {"--model", "FILE", OPTION_TEXT, offsetof(options, model), "the model; '-' is standard input"},
    {0},
};
static const option_row *const groups[] = {own, options_common, NULL};

const command command_info = {
    .name = "info",
    .summary = "Tells a model's algorithm, parameters, sizes, and from what it was made and when.",
    .usage = "--model MODEL [options]",
    .groups = groups,
    .run = run,
};
