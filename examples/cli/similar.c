/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *similar_json(const options *o, const reco_model *model, const reco_list *list)
{
    json_t *all = json_object(), *rows = json_array();
    fields shown = text_fields(model);
    json_object_set_new(all, "algo", json_string(reco_model_algo(model)));
    json_object_set_new(all, "item", json_text(o->item));
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        json_t *row = json_object(), *found = json_object();
        json_object_set_new(row, "rank", json_integer(k + 1));
        json_object_set_new(row, "item", json_text(reco_list_id(list, k)));
        json_object_set_new(row, "score", json_score(reco_list_scores(list)[k]));
        for (int f = 0; f < shown.n; f++) {
            const char *text = reco_model_text(model, RECO_ITEM, reco_list_items(list)[k], shown.names[f]);
            if (text) {
                json_object_set_new(found, shown.names[f], json_text(text));
            }
        }
        if (json_object_size(found) > 0) {
            json_object_set(row, "texts", found);
        }
        json_decref(found);
        json_array_append_new(rows, row);
    }
    if (o->skip_unknown) {
        json_object_set_new(all, "skipped", json_integer(reco_list_skipped(list)));
    }
    json_object_set_new(all, "items", rows);
    free(shown.names);
    return all;
}

static void print_similar(const options *o, const reco_model *model, const reco_list *list, output *out)
{
    table t;
    fields shown = text_fields(model);
    const char **heads = need((size_t)shown.n + 3, sizeof *heads);
    heads[0] = ">rank";
    heads[1] = "item";
    heads[2] = ">score";
    for (int f = 0; f < shown.n; f++) {
        heads[3 + f] = shown.names[f];
    }
    table_begin(&t, out, o->csv, heads, 3 + shown.n);
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        table_count(&t, k + 1);
        table_text(&t, reco_list_id(list, k));
        table_score(&t, (double)reco_list_scores(list)[k]);
        for (int f = 0; f < shown.n; f++) {
            const char *text = reco_model_text(model, RECO_ITEM, reco_list_items(list)[k], shown.names[f]);
            table_long_text(&t, text ? text : "");
        }
    }
    table_end(&t);
    free(heads);
    free(shown.names);
}

static int run(const options *o)
{
    int code = DONE;
    reco_error err;
    reco_query *query = NULL;
    reco_list *list = NULL;
    reco_model *model = NULL;
    output out;
    if (!o->item) {
        return misused("similar: --item is missing");
    }
    STEP(source_check_stdin(o));
    STEP(load_model(o, &model));
    CALL(reco_query_new(&query, &err));
    CALL(reco_list_new(&list, &err));
    STEP(ask_filters(o, model, query));
    CALL(reco_model_similar(model, o->item, query, list, &err));
    STEP(output_open(&out, o->out));
    if (o->json) {
        json_print(&out, similar_json(o, model, list), true);
    } else {
        print_similar(o, model, list, &out);
    }
    code = output_close(&out, DONE);
    if (code == DONE) {
        note_skipped(o, reco_list_skipped(list));
    }
done:
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    return code;
}

static const option_row own[] = {
    {"--model", "FILE", OPTION_TEXT, offsetof(options, model), "the model; '-' is standard input"},
    {"--item", "ID", OPTION_TEXT, offsetof(options, item), "the item to find others like"},
    {0},
};
static const option_row *const groups[] = {own, options_questions, options_common, NULL};

const command command_similar = {
    .name = "similar",
    .summary = "Answers which items are like an item.",
    .usage = "--model MODEL --item ID [options]",
    .groups = groups,
    .run = run,
};
