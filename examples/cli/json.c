/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    if (!value) {
        size_t size = strlen(text) + 1;
        char *plain = memcpy(need(size, 1), text, size);
        for (char *c = plain; *c; c++) {
            *c = (unsigned char)*c < 0x80 ? *c : '?';
        }
        value = json_string(plain);
        free(plain);
    }
    return value;
}

json_t *json_score(float score)
{
    char text[32];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)score);
        if (strtof(text, NULL) == score) {
            break;
        }
    }
    return json_real(strtod(text, NULL));
}

json_t *json_number(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

const char *time_text(int64_t time, char *text)
{
    time_t seconds = (time_t)time;
    struct tm parts;
    if (time == RECO_NO_TIME || !gmtime_r(&seconds, &parts) ||
        strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        return strcpy(text, "-");
    }
    return text;
}

json_t *json_time(int64_t time)
{
    char text[TIME_TEXT];
    return time == RECO_NO_TIME ? json_null() : json_string(time_text(time, text));
}

void json_print(output *out, json_t *document, bool indent)
{
    char *text = json_dumps(document, JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15) |
                                          (indent ? JSON_INDENT(2) : JSON_COMPACT));
    json_decref(document);
    if (!text) {
        out_of_memory(); /* nothing else can be missing */
    }
    output_add(out, text, strlen(text));
    if (indent) {
        output_add(out, "\n", 1);
    }
    free(text);
}

static json_t *param_value(const reco_model *model, const reco_param *param)
{
    const char *name = reco_param_name(param);
    int32_t kind = reco_param_kind(param);
    double number = 0;
    const char *text = "";
    if (kind == RECO_PARAM_CHOICE || kind == RECO_PARAM_TEXT) {
        reco_model_get_text(model, name, &text, NULL);
        return json_text(text);
    }
    reco_model_get(model, name, &number, NULL);
    return kind == RECO_PARAM_INT ? json_integer((json_int_t)number) : json_number(number);
}

void json_describe(json_t *object, const reco_model *model)
{
    const char *algo = reco_model_algo(model);
    json_object_set_new(object, "algo", json_string(algo));
    json_t *params = json_object();
    for (int32_t k = 0; reco_algo_param(algo, k); k++) {
        const reco_param *param = reco_algo_param(algo, k);
        json_object_set_new(params, reco_param_name(param), param_value(model, param));
    }
    json_object_set_new(object, "params", params);
    if (reco_model_part_size(model) > 0) {
        json_t *parts = json_array();
        for (int32_t k = 0; k < reco_model_part_size(model); k++) {
            json_t *part = json_object();
            json_object_set_new(part, "weight", json_number(reco_model_part_weight(model, k)));
            json_describe(part, reco_model_part(model, k));
            json_array_append_new(parts, part);
        }
        json_object_set_new(object, "parts", parts);
    }
}
