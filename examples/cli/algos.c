/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* What values a parameter may have: "[1, 4096]" or "cg, cholesky". */
static void allowed_text(const reco_param *p, char *text, size_t size)
{
    int32_t kind = reco_param_kind(p);
    text[0] = 0;
    if (kind == RECO_PARAM_TEXT) {
        snprintf(text, size, "text");
    } else if (kind != RECO_PARAM_CHOICE) {
        snprintf(text, size, "%s [%.6g, %.6g]", kind == RECO_PARAM_INT ? "whole" : "number",
                 reco_param_min(p), reco_param_max(p));
    }
    for (int32_t k = 0; kind == RECO_PARAM_CHOICE && reco_param_choice(p, k); k++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", k ? ", " : "", reco_param_choice(p, k));
    }
}

/* Where a tuner would search: "16 to 256, log" or "saturated, binary"; "-" when nowhere. */
static void search_text(const reco_param *p, char *text, size_t size)
{
    double low, high;
    int32_t scale = reco_param_search(p, &low, &high);
    snprintf(text, size, "-");
    if (scale == RECO_SEARCH_LINEAR || scale == RECO_SEARCH_LOG) {
        snprintf(text, size, "%.6g to %.6g%s", low, high, scale == RECO_SEARCH_LOG ? ", log" : "");
    }
    for (int32_t k = 0, used = 0; reco_param_search_word(p, k); k++) {
        used +=
            snprintf(text + used, size - (size_t)used, "%s%s", k ? ", " : "", reco_param_search_word(p, k));
    }
}

static void print_params(const char *algo, output *out, bool csv)
{
    static const char *const heads[] = {"parameter", "default", "allowed", "search", "meaning"};
    table t;
    if (!csv) {
        output_print(out, "%s: %s\n\n", algo, reco_algo_summary(algo));
    }
    table_begin(&t, out, csv, heads, 5);
    for (int32_t k = 0; reco_algo_param(algo, k); k++) {
        const reco_param *p = reco_algo_param(algo, k);
        char text[512];
        table_text(&t, reco_param_name(p));
        if (reco_param_default_text(p)) {
            table_text(&t, reco_param_default_text(p));
        } else {
            snprintf(text, sizeof text, "%.10g", reco_param_default(p));
            table_text(&t, text);
        }
        allowed_text(p, text, sizeof text);
        table_text(&t, text);
        search_text(p, text, sizeof text);
        table_text(&t, text);
        table_text(&t, reco_param_help(p));
    }
    table_end(&t);
}

static void print_algos(output *out, bool csv)
{
    static const char *const heads[] = {"algorithm", "what it does"};
    table t;
    table_begin(&t, out, csv, heads, 2);
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        table_text(&t, reco_algo_name(k));
        table_text(&t, reco_algo_summary(reco_algo_name(k)));
    }
    table_end(&t);
}

static json_t *words_json(const char *(*word)(const reco_param *, int32_t), const reco_param *p)
{
    json_t *words = json_array();
    for (int32_t k = 0; word(p, k); k++) {
        json_array_append_new(words, json_string(word(p, k)));
    }
    return words;
}

static json_t *search_json(const reco_param *p)
{
    double low, high;
    int32_t scale = reco_param_search(p, &low, &high);
    if (scale == RECO_SEARCH_NONE) {
        return json_null();
    }
    if (scale == RECO_SEARCH_WORDS) {
        return json_pack("{s:o}", "choices", words_json(reco_param_search_word, p));
    }
    return json_pack("{s:s,s:o,s:o}", "scale", scale == RECO_SEARCH_LOG ? "log" : "linear", "low",
                     json_number(low), "high", json_number(high));
}

static json_t *param_json(const reco_param *p)
{
    static const char *const kinds[] = {"number", "whole", "choice", "text"};
    int32_t kind = reco_param_kind(p);
    json_t *row = json_object();
    json_object_set_new(row, "name", json_string(reco_param_name(p)));
    json_object_set_new(row, "kind", json_string(kinds[kind]));
    if (kind == RECO_PARAM_NUMBER || kind == RECO_PARAM_INT) {
        json_object_set_new(row, "default", json_number(reco_param_default(p)));
        json_object_set_new(row, "min", json_number(reco_param_min(p)));
        json_object_set_new(row, "max", json_number(reco_param_max(p)));
        json_object_set_new(row, "small", json_number(reco_param_small(p)));
    } else {
        json_object_set_new(row, "default", json_text(reco_param_default_text(p)));
    }
    if (kind == RECO_PARAM_CHOICE) {
        json_object_set_new(row, "choices", words_json(reco_param_choice, p));
    }
    json_object_set_new(row, "search", search_json(p));
    json_object_set_new(row, "help", json_string(reco_param_help(p)));
    return row;
}

static json_t *algo_json(const char *algo)
{
    json_t *row = json_object(), *params = json_array();
    json_object_set_new(row, "algo", json_string(algo));
    json_object_set_new(row, "summary", json_string(reco_algo_summary(algo)));
    for (int32_t k = 0; reco_algo_param(algo, k); k++) {
        json_array_append_new(params, param_json(reco_algo_param(algo, k)));
    }
    json_object_set_new(row, "params", params);
    return row;
}

static json_t *all_json(void)
{
    json_t *all = json_array();
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        json_array_append_new(all, algo_json(reco_algo_name(k)));
    }
    return json_pack("{s:o}", "algos", all);
}

/* The library's own message for a name it does not know: it lists those there are. */
static int unknown(const char *name)
{
    reco_error err;
    reco_model *model;
    if (reco_model_new(&model, name, &err) == RECO_OK) {
        reco_model_free(model);
        return DONE;
    }
    return misused("%s", err.message);
}

static int run(const options *o)
{
    output out;
    const char *name = o->argument;
    int code = name ? unknown(name) : DONE;
    if (code == DONE) {
        code = output_open(&out, NULL);
    }
    if (code) {
        return code;
    }
    if (o->json) {
        json_print(&out, name ? algo_json(name) : all_json(), true);
    } else if (name) {
        print_params(name, &out, o->csv);
    } else {
        print_algos(&out, o->csv);
    }
    return output_close(&out, DONE);
}

static const option_row *const groups[] = {options_common, NULL};

const command command_algos = {
    .name = "algos",
    .summary = "Lists the algorithms, or one algorithm's parameters.",
    .usage = "[NAME] [options]",
    .groups = groups,
    .takes_argument = true,
    .run = run,
};
