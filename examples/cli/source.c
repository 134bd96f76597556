/* SPDX-License-Identifier: MIT */
/* Data sets from files, as the options for files say. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int source_check_stdin(const options *o)
{
    const char *const inputs[] = {o->events,       o->train,     o->test,   o->negatives,
                                  o->items,        o->users,     o->model,  o->users_file,
                                  o->exclude_file, o->only_file, o->session};
    int n = 0;
    for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++) {
        n += inputs[k] && strcmp(inputs[k], "-") == 0;
    }
    return n > 1 ? misused("only one input can be '-', standard input") : DONE;
}

void source_free(source *s)
{
    reco_builder_free(s->builder);
    reco_data_free(s->data);
    *s = (source){0};
}

/* ---- settings: key=value, a number or a text ---- */

static int set_event(reco_builder *b, const char *pair)
{
    int code = DONE;
    reco_error err;
    char type[256];
    const char *value;
    double weight = 0;
    if (!split_pair(pair, type, sizeof type, &value) || !read_number(value, &weight)) {
        STEP(misused("--event wants type=weight, got '%s'", pair));
    }
    CALL_USAGE(reco_builder_set_event_type(b, type, weight, &err));
done:
    return code;
}

static int set_data(reco_builder *b, const char *pair, bool is_test)
{
    int code = DONE;
    reco_error err;
    char key[256];
    const char *value;
    double number = 0;
    if (!split_pair(pair, key, sizeof key, &value)) {
        STEP(misused("--data wants key=value, got '%s'", pair));
    }
    if (is_test && strncmp(key, "min_", 4) == 0) {
        goto done;
    }
    if (read_number(value, &number)) {
        CALL_USAGE(reco_builder_set(b, key, number, &err));
    } else {
        CALL_USAGE(reco_builder_set_text(b, key, value, &err));
    }
done:
    return code;
}

static int set_format(reco_format *f, const char *option, const char *pair)
{
    int code = DONE;
    reco_error err;
    char key[256];
    const char *value;
    double number = 0;
    if (!split_pair(pair, key, sizeof key, &value)) {
        STEP(misused("%s wants key=value, got '%s'", option, pair));
    }
    if (strcmp(key, "header") == 0 || strcmp(key, "skip_bad_rows") == 0) {
        if (!read_number(value, &number)) {
            STEP(misused("%s: '%s' must be 0 or 1, got '%s'", option, key, value));
        }
        CALL_USAGE(reco_format_set(f, key, number, &err));
    } else {
        CALL_USAGE(reco_format_set_text(f, key, value, &err));
    }
done:
    return code;
}

/* ---- formats ---- */

/* What holds for all files. */
static int common_format(const options *o, reco_format **out)
{
    int code = DONE;
    reco_error err;
    CALL(reco_format_new(out, &err));
    if (o->encoding) {
        CALL_USAGE(reco_format_set_text(*out, "encoding", o->encoding, &err));
    }
    if (o->skip_bad_rows) {
        CALL_USAGE(reco_format_set(*out, "skip_bad_rows", 1, &err));
    }
done:
    return code;
}

static int layout_format(const options *o, reco_format **out)
{
    int code = DONE;
    reco_error err;
    STEP(common_format(o, out));
    if (o->no_header) {
        CALL_USAGE(reco_format_set(*out, "header", 0, &err));
    }
    if (o->delimiter) {
        CALL_USAGE(reco_format_set_text(*out, "delimiter", o->delimiter, &err));
    }
done:
    return code;
}

/* Keeps of "user=A,item=B,value=C,..." what names users and items. */
static char *only_ids(const char *columns)
{
    char *kept = need(strlen(columns) + 1, 1);
    for (const char *from = columns; *from;) {
        size_t n = strcspn(from, ",");
        if (strncmp(from, "user=", 5) == 0 || strncmp(from, "item=", 5) == 0) {
            strcat(kept, *kept ? "," : "");
            strncat(kept, from, n);
        }
        from += n + (from[n] == ',');
    }
    return kept;
}

enum { TRAIN, TEST, NEGATIVES, SESSION };

static int events_format(const options *o, int purpose, reco_format **out)
{
    int code = DONE;
    reco_error err;
    char *ids = NULL;
    STEP(layout_format(o, out));
    if (o->columns) {
        ids = only_ids(o->columns);
        CALL_USAGE(reco_format_set_text(*out, "columns", purpose == NEGATIVES ? ids : o->columns, &err));
    }
    if (purpose == TRAIN && o->item_columns && !o->items) {
        CALL_USAGE(reco_format_set_text(*out, "item_columns", o->item_columns, &err));
    }
    if (purpose == TRAIN && o->user_columns && !o->users) {
        CALL_USAGE(reco_format_set_text(*out, "user_columns", o->user_columns, &err));
    }
    if ((purpose == TRAIN || purpose == TEST) && o->context_columns) {
        CALL_USAGE(reco_format_set_text(*out, "context_columns", o->context_columns, &err));
    }
done:
    free(ids);
    return code;
}

static int read_features(const options *o, reco_builder *b, int32_t side)
{
    bool of_items = side == RECO_ITEM;
    const char *path = of_items ? o->items : o->users;
    const char *columns = of_items ? o->item_columns : o->user_columns;
    const texts *settings = of_items ? &o->items_format : &o->users_format;
    const char *option = of_items ? "--items-format" : "--users-format";
    int code = DONE;
    reco_error err;
    reco_format *f = NULL;
    STEP(common_format(o, &f));
    if (columns) {
        CALL_USAGE(reco_format_set_text(f, "columns", columns, &err));
    }
    for (int k = 0; k < settings->n; k++) {
        STEP(set_format(f, option, settings->items[k]));
    }
    CALL(reco_builder_read_features(b, side, path, f, &err));
done:
    reco_format_free(f);
    return code;
}

/* ---- data sets ---- */

static void note_bad_rows(const options *o, const char *path, const source *s)
{
    int64_t n = reco_builder_count(s->builder, "rows_bad");
    if (n > 0) {
        note(o, "%s: %lld rows that could not be read were left out", path, (long long)n);
    }
}

static int read_source(const options *o, const char *path, int purpose, source *s)
{
    int code = DONE;
    reco_error err;
    reco_format *f = NULL;
    *s = (source){.seconds = -seconds_now()};
    CALL(reco_builder_new(&s->builder, &err));
    for (int k = 0; k < o->event.n && purpose != NEGATIVES; k++) {
        STEP(set_event(s->builder, o->event.items[k]));
    }
    for (int k = 0; k < o->data.n && purpose != NEGATIVES; k++) {
        STEP(set_data(s->builder, o->data.items[k], purpose == TEST));
    }
    for (int k = 0; k < o->purposes.n; k++) {
        CALL_USAGE(reco_builder_set_purpose(s->builder, o->purposes.items[k], NULL, &err));
    }
    STEP(events_format(o, purpose, &f));
    CALL(reco_builder_read_events(s->builder, path, f, &err));
    if (purpose == TRAIN && o->items) {
        STEP(read_features(o, s->builder, RECO_ITEM));
    }
    if (purpose == TRAIN && o->users) {
        STEP(read_features(o, s->builder, RECO_USER));
    }
    CALL(reco_builder_finish(s->builder, &s->data, &err));
    s->seconds += seconds_now();
    if (reco_data_count(s->data, "events") == 0) {
        STEP(failed(
            "%s: no events to learn from; %lld rows read, %lld events, %lld of them of pairs that came "
            "to nothing",
            strcmp(path, "-") == 0 ? "standard input" : path,
            (long long)reco_builder_count(s->builder, "rows"),
            (long long)reco_builder_count(s->builder, "events"),
            (long long)reco_data_count(s->data, "events_returned")));
    }
    note_bad_rows(o, path, s);
done:
    reco_format_free(f);
    if (code) {
        source_free(s);
    }
    return code;
}

int source_read(const options *o, const char *events, source *out)
{
    return read_source(o, events, TRAIN, out);
}

int source_read_test(const options *o, const char *events, source *out)
{
    return read_source(o, events, TEST, out);
}

int source_read_negatives(const options *o, const char *path, source *out)
{
    return read_source(o, path, NEGATIVES, out);
}

int source_read_session(const options *o, const reco_model *model, source *out)
{
    int code = DONE;
    reco_error err;
    reco_format *f = NULL;
    *out = (source){.seconds = 0};
    CALL(reco_builder_new(&out->builder, &err));
    for (int32_t k = 0; reco_model_type(model, k); k++) { /* what one weighs, the model knows */
        CALL(reco_builder_set_event_type(out->builder, reco_model_type(model, k), 1, &err));
    }
    STEP(events_format(o, SESSION, &f));
    CALL(reco_builder_read_events(out->builder, o->session, f, &err));
    CALL(reco_builder_finish(out->builder, &out->data, &err));
    note_bad_rows(o, o->session, out);
done:
    reco_format_free(f);
    return code;
}
