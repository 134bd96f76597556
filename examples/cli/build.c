/* SPDX-License-Identifier: MIT */
/* Models: made from options, read from files. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *param_text(const reco_model *model, const reco_param *param, char *text)
{
    int32_t kind = reco_param_kind(param);
    const char *word = "";
    double number = 0;
    if (kind == RECO_PARAM_CHOICE || kind == RECO_PARAM_TEXT) {
        reco_model_get_text(model, reco_param_name(param), &word, NULL);
        snprintf(text, VALUE_TEXT, "%s", word);
    } else {
        reco_model_get(model, reco_param_name(param), &number, NULL);
        snprintf(text, VALUE_TEXT, "%.10g", number);
    }
    return text;
}

/* Sets those of --set that are for the model labeled `label`, or for the whole when it is NULL. */
static int set_params(const options *o, reco_model *model, const char *label)
{
    int code = DONE;
    reco_error err;
    if (o->seed >= 0) {
        CALL_USAGE(reco_model_set(model, "seed", (double)o->seed, &err));
    }
    for (int k = 0; k < o->set.n; k++) {
        char key[256];
        const char *value, *name = key;
        if (!split_pair(o->set.items[k], key, sizeof key, &value)) {
            STEP(misused("--set wants key=value, got '%s'", o->set.items[k]));
        }
        char *dot = strchr(key, '.');
        if (dot) {
            *dot = 0;
            name = dot + 1;
        }
        if (label ? dot && strcmp(key, label) == 0 : !dot) {
            CALL_USAGE(reco_model_set_text(model, name, value, &err));
        }
    }
done:
    return code;
}

/* ---- parts of a hybrid ---- */

typedef struct part {
    char label[64], algo[64];
    double weight;
} part;

static int read_part(const char *text, part *out)
{
    char label[64], *end;
    const char *rest, *colon;
    bool labeled = split_pair(text, label, sizeof label, &rest);
    const char *name = labeled ? rest : text;
    colon = strrchr(name, ':');
    if (!colon || colon == name || (size_t)(colon - name) >= sizeof out->algo) {
        return misused("--part wants NAME:WEIGHT or LABEL=NAME:WEIGHT, got '%s'", text);
    }
    memcpy(out->algo, name, (size_t)(colon - name));
    out->algo[colon - name] = 0;
    snprintf(out->label, sizeof out->label, "%s", labeled ? label : out->algo);
    out->weight = strtod(colon + 1, &end);
    if (end == colon + 1 || *end || !isfinite(out->weight)) {
        return misused("--part '%s': '%s' is no weight", text, colon + 1);
    }
    return DONE;
}

static int add_part(const options *o, reco_model *model, const part *p)
{
    int code = DONE;
    reco_error err;
    reco_model *made = NULL;
    CALL_USAGE(reco_model_new(&made, p->algo, &err));
    STEP(set_params(o, made, p->label));
    CALL_USAGE(reco_model_add_part(model, made, p->weight, &err));
done:
    reco_model_free(made);
    return code;
}

static bool has_label(const part *parts, int n, const char *label)
{
    for (int k = 0; k < n; k++) {
        if (strcmp(parts[k].label, label) == 0) {
            return true;
        }
    }
    return false;
}

/* Each "label.key=value" must have its part. */
static int check_labels(const options *o, const part *parts)
{
    for (int k = 0; k < o->set.n; k++) {
        char key[256];
        const char *value;
        char *dot = split_pair(o->set.items[k], key, sizeof key, &value) ? strchr(key, '.') : NULL;
        if (dot) {
            *dot = 0;
            if (!has_label(parts, o->part.n, key)) {
                return misused("--set %s: no part '%s' is given with --part", o->set.items[k], key);
            }
        }
    }
    return DONE;
}

static int add_parts(const options *o, reco_model *model)
{
    int code = DONE;
    part *parts = need((size_t)o->part.n, sizeof *parts);
    for (int k = 0; k < o->part.n; k++) {
        STEP(read_part(o->part.items[k], &parts[k]));
        if (has_label(parts, k, parts[k].label)) {
            STEP(misused("--part '%s': there is a part '%s' already; tell them apart as LABEL=NAME:WEIGHT",
                         o->part.items[k], parts[k].label));
        }
    }
    STEP(check_labels(o, parts));
    for (int k = 0; k < o->part.n; k++) {
        STEP(add_part(o, model, &parts[k]));
    }
done:
    free(parts);
    return code;
}

int build_model(const options *o, reco_model **out)
{
    int code = DONE;
    reco_error err;
    reco_model *model = NULL;
    *out = NULL;
    if (!o->algo) {
        return misused("--algo is missing; 'reco algos' lists them");
    }
    CALL_USAGE(reco_model_new(&model, o->algo, &err));
    if (o->threads >= 0) {
        CALL_USAGE(reco_model_set(model, "threads", (double)o->threads, &err));
    }
    STEP(set_params(o, model, NULL));
    STEP(add_parts(o, model));
    *out = model;
    model = NULL;
done:
    reco_model_free(model);
    return code;
}

/* ---- model files ---- */

static int read_standard_input(char **bytes, size_t *n)
{
    size_t capacity = 1 << 20;
    ssize_t got = 1;
    *bytes = need(capacity, 1);
    *n = 0;
    while (got > 0) {
        if (*n == capacity) {
            capacity *= 2;
            *bytes = need_more(*bytes, capacity, 1);
        }
        got = read(STDIN_FILENO, *bytes + *n, capacity - *n);
        if (got > 0) {
            *n += (size_t)got;
        } else if (got < 0 && errno == EINTR) {
            got = 1;
        }
    }
    return got < 0 ? failed("standard input: cannot read: %s", strerror(errno)) : DONE;
}

int load_model(const options *o, reco_model **out)
{
    int code = DONE;
    reco_error err;
    char *bytes = NULL;
    size_t n = 0;
    *out = NULL;
    if (!o->model) {
        return misused("--model is missing");
    }
    if (strcmp(o->model, "-") == 0) {
        STEP(read_standard_input(&bytes, &n));
        CALL(reco_model_load_bytes(out, bytes, (int64_t)n, &err));
    } else {
        CALL(reco_model_load(out, o->model, &err));
    }
done:
    free(bytes);
    return code;
}
