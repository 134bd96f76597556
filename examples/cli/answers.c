/* SPDX-License-Identifier: MIT */
#include "answers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts of items ---- */

/* The mean length of a text of the items that have it; 0 when none has. */
static double mean_length(const reco_model *model, const char *field)
{
    int64_t n_items = reco_model_count(model, "items");
    double bytes = 0, n = 0;
    for (int32_t i = 0; i < n_items; i++) {
        const char *text = reco_model_text(model, RECO_ITEM, i, field);
        if (text) {
            bytes += (double)strlen(text);
            n++;
        }
    }
    return n > 0 ? bytes / n : 0;
}

/* Short texts come first: a title before a description. */
fields text_fields(const reco_model *model)
{
    fields f = {0};
    int32_t kind;
    const char *name;
    double *lengths = NULL;
    for (int32_t k = 0; (name = reco_model_field(model, RECO_ITEM, k, &kind)); k++) {
        double length = kind == RECO_FIELD_TEXT ? mean_length(model, name) : 0;
        if (length > 0) {
            f.names = need_more(f.names, (size_t)f.n + 1, sizeof *f.names);
            lengths = need_more(lengths, (size_t)f.n + 1, sizeof *lengths);
            int at = f.n++;
            for (; at > 0 && length < lengths[at - 1]; at--) {
                f.names[at] = f.names[at - 1];
                lengths[at] = lengths[at - 1];
            }
            f.names[at] = name;
            lengths[at] = length;
        }
    }
    free(lengths);
    return f;
}

/* ---- the head ---- */

void printer_begin(printer *p, double load_seconds)
{
    int n = 0;
    p->texts = text_fields(p->model);
    p->heads = need((size_t)p->texts.n + 5, sizeof *p->heads);
    if (p->with_users) {
        p->heads[n++] = "user";
    }
    p->heads[n++] = ">rank";
    p->heads[n++] = "item";
    p->heads[n++] = ">score";
    for (int k = 0; k < p->texts.n; k++) {
        p->heads[n++] = p->texts.names[k];
    }
    if (p->o->explain) {
        p->heads[n++] = "because of";
    }
    if (p->o->json) {
        json_t *head = json_object();
        char *text;
        json_object_set_new(head, "algo", json_string(reco_model_algo(p->model)));
        json_object_set_new(head, "load_seconds", json_number(load_seconds));
        text = json_dumps(head, JSON_REAL_PRECISION(6) | JSON_COMPACT);
        json_decref(head);
        if (!text) {
            out_of_memory();
        }
        text[strlen(text) - 1] = 0; /* left open: the answers follow one by one */
        output_print(&p->out, "%s,\"answers\":[", text);
        free(text);
    } else {
        table_begin(&p->table, &p->out, p->o->csv, p->heads, n);
    }
}

/* ---- reasons ---- */

enum { REASONS = 3 };

/* Whom the reasons are for: a user, or whoever the options tell of. */
static int explain_for(printer *p, const char *user)
{
    int code = DONE;
    reco_error err;
    if (!p->reasons) {
        CALL(reco_list_new(&p->reasons, &err));
        CALL(reco_query_new(&p->why, &err));
        CALL(reco_query_limit(p->why, REASONS, &err));
        CALL(reco_query_unknown(p->why, p->o->skip_unknown ? "skip" : "refuse", &err));
        CALL_USAGE(reco_query_purpose(p->why, p->o->purpose, &err));
        STEP(asker_describe(p->asker, p->why));
    }
    STEP(asker_tell(p->asker, user, p->why));
done:
    return code;
}

static int explain_item(printer *p, int32_t item)
{
    int code = DONE;
    reco_error err;
    CALL(reco_model_explain(p->model, reco_model_id(p->model, RECO_ITEM, item), p->why, p->reasons, &err));
done:
    return code;
}

/* The k-th reason as a person knows it: an item of the history by its first text or its id, a feature by its name. What
 * none of them explains is "the rest". */
static const char *shown_name(const printer *p, int32_t k)
{
    int32_t item = reco_list_items(p->reasons)[k];
    if (item < 0) {
        return item == RECO_REST ? "the rest" : reco_list_id(p->reasons, k);
    }
    const char *text = p->texts.n > 0 ? reco_model_text(p->model, RECO_ITEM, item, p->texts.names[0]) : NULL;
    return text ? text : reco_model_id(p->model, RECO_ITEM, item);
}

/* Those that speak for the item. */
static void print_reasons(printer *p)
{
    char text[512] = "";
    const float *amounts = reco_list_scores(p->reasons);
    for (int32_t k = 0; k < reco_list_size(p->reasons) && amounts[k] > 0; k++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.100s (%.3g)", k ? ", " : "", shown_name(p, k),
                 (double)amounts[k]);
    }
    table_text(&p->table, text);
}

static json_t *reasons_json(const printer *p)
{
    json_t *all = json_array();
    for (int32_t k = 0; k < reco_list_size(p->reasons); k++) {
        json_t *row = json_object();
        int32_t item = reco_list_items(p->reasons)[k];
        const char *id = reco_list_id(p->reasons, k);
        json_object_set_new(row, "item", item < 0 ? json_null() : json_text(id));
        if (item == RECO_FEATURE) {
            json_object_set_new(row, "feature", json_text(id));
        }
        json_object_set_new(row, "amount", json_score(reco_list_scores(p->reasons)[k]));
        json_array_append_new(all, row);
    }
    return all;
}

/* ---- rows ---- */

static json_t *item_json(const printer *p, int32_t rank, int32_t item, float score)
{
    json_t *row = json_object();
    json_object_set_new(row, "rank", json_integer(rank));
    json_object_set_new(row, "item", json_text(reco_model_id(p->model, RECO_ITEM, item)));
    json_object_set_new(row, "score", json_score(score));
    for (int k = 0; k < p->texts.n; k++) {
        const char *text = reco_model_text(p->model, RECO_ITEM, item, p->texts.names[k]);
        if (text) {
            json_t *all = json_object_get(row, "texts");
            if (!all) {
                all = json_object();
                json_object_set_new(row, "texts", all);
            }
            json_object_set_new(all, p->texts.names[k], json_text(text));
        }
    }
    if (p->o->explain) {
        json_object_set_new(row, "reasons", reasons_json(p));
    }
    return row;
}

static void print_item(printer *p, const char *user, int32_t rank, int32_t item, float score)
{
    if (p->with_users) {
        table_text(&p->table, user);
    }
    table_count(&p->table, rank);
    table_text(&p->table, reco_model_id(p->model, RECO_ITEM, item));
    table_score(&p->table, (double)score);
    for (int f = 0; f < p->texts.n; f++) {
        const char *text = reco_model_text(p->model, RECO_ITEM, item, p->texts.names[f]);
        table_long_text(&p->table, text ? text : "");
    }
    if (p->o->explain) {
        print_reasons(p);
    }
}

int32_t withheld_from(const printer *p, const char *user)
{
    int32_t index;
    return user && reco_model_find(p->model, RECO_USER, user, &index, NULL) == RECO_OK
               ? p->needs & ~reco_model_consent(p->model, index)
               : 0;
}

static json_t *purposes_of(const reco_model *model, int32_t consent)
{
    json_t *all = json_array();
    for (int32_t k = 0; reco_model_purpose(model, k); k++) {
        if ((uint32_t)consent >> k & 1) {
            json_array_append_new(all, json_text(reco_model_purpose(model, k)));
        }
    }
    return all;
}

/* The beginning of an answer as JSON. */
static json_t *answer_json(const printer *p, const answer *a)
{
    json_t *all = json_object();
    if (a->user) {
        json_object_set_new(all, "user", json_text(a->user));
    }
    if (withheld_from(p, a->user)) {
        json_object_set_new(all, "withheld", purposes_of(p->model, withheld_from(p, a->user)));
    }
    if (a->by) {
        json_object_set_new(all, "source", json_string(a->by));
    }
    if (a->seconds >= 0) {
        json_object_set_new(all, "seconds", json_number(a->seconds));
    }
    if (p->o->skip_unknown) {
        json_object_set_new(all, "skipped", json_integer(a->skipped));
    }
    json_object_set_new(all, "items", json_array());
    return all;
}

int print_answer(printer *p, const answer *a)
{
    int code = DONE;
    json_t *json = p->o->json ? answer_json(p, a) : NULL;
    p->without_consent += withheld_from(p, a->user) != 0;
    if (p->o->explain) {
        STEP(explain_for(p, a->user));
    }
    for (int32_t k = 0; k < a->n; k++) {
        if (p->o->explain) {
            STEP(explain_item(p, a->items[k]));
        }
        if (json) {
            json_array_append_new(json_object_get(json, "items"),
                                  item_json(p, k + 1, a->items[k], a->scores[k]));
        } else {
            print_item(p, a->user, k + 1, a->items[k], a->scores[k]);
        }
    }
    if (json) {
        output_print(&p->out, p->answers ? ",\n" : "\n");
        json_print(&p->out, json, false);
        json = NULL;
    }
    p->answers++;
done:
    json_decref(json);
    return code;
}

int printer_end(printer *p, int code)
{
    if (code == DONE && p->o->json) {
        output_print(&p->out, "\n]}\n");
    }
    if (p->table.heads) {
        table_end(&p->table);
    }
    free(p->texts.names);
    free(p->heads);
    reco_query_free(p->why);
    reco_list_free(p->reasons);
    return output_close(&p->out, code);
}
