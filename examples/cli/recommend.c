/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the question ---- */

static int add_ids(const options *o, const reco_model *model, const char *path, reco_query *query,
                   bool include)
{
    int code = DONE;
    reco_error err;
    lines ids;
    STEP(lines_read(o, model, RECO_ITEM, path, &ids));
    if (include) {
        static const char *const none[] = {""};
        const char *const *items = ids.n ? (const char *const *)ids.items : none;
        CALL(reco_query_include(query, items, ids.n, &err));
    } else {
        CALL(reco_query_exclude(query, (const char *const *)ids.items, ids.n, &err));
    }
done:
    lines_free(&ids);
    return code;
}

int ask_filters(const options *o, const reco_model *model, reco_query *query)
{
    int code = DONE;
    reco_error err;
    int64_t n = reco_model_count(model, "items");
    CALL(reco_query_limit(query, (int32_t)(o->n < n ? o->n : n), &err));
    reco_query_include_seen(query, o->include_seen);
    if (o->exclude_file) {
        STEP(add_ids(o, model, o->exclude_file, query, false));
    }
    if (o->only_file) {
        STEP(add_ids(o, model, o->only_file, query, true));
    }
    for (int k = 0; k < o->where.n; k++) {
        CALL_USAGE(reco_query_where(query, o->where.items[k], &err));
    }
done:
    return code;
}

/* "mug,lamp" as a history. */
static int ask_history(const char *text, reco_query *query)
{
    int code = DONE;
    reco_error err;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(need(size, 1), text, size);
    const char **items = need(size, sizeof *items);
    int64_t n = 0;
    for (char *from = copy; from;) {
        char *comma = strchr(from, ',');
        items[n++] = from;
        if (comma) {
            *comma++ = 0;
        }
        from = comma;
    }
    CALL_USAGE(reco_query_history(query, items, NULL, n, &err));
done:
    free(items);
    free(copy);
    return code;
}

/* ---- the answer ---- */

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

/* Where answers go, one after another. */
typedef struct printer {
    const options *o;
    const reco_model *model;
    output out;
    table table;
    fields texts;
    const char **heads;
    bool with_users; /* a column that says whose answer a row is */
    reco_query *why; /* with --explain: who asks, for the reasons */
    reco_list *reasons;
    int64_t answers;
    int32_t needs;           /* what a user must have agreed to, as bits */
    int64_t without_consent; /* users who have not */
} printer;

static void printer_begin(printer *p, double load_seconds)
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

/* Whom the reasons are for: a user, or the history of the options. */
static int explain_for(printer *p, const char *user)
{
    int code = DONE;
    reco_error err;
    if (!p->reasons) {
        CALL(reco_list_new(&p->reasons, &err));
        CALL(reco_query_new(&p->why, &err));
        CALL(reco_query_limit(p->why, REASONS, &err));
    }
    CALL_USAGE(reco_query_purpose(p->why, p->o->purpose, &err));
    if (user) {
        CALL_USAGE(reco_query_user(p->why, user, &err));
    } else {
        STEP(ask_history(p->o->history, p->why));
    }
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

/* An item of the history as a person knows it: its first text, or its id. What none of them explains is "the rest". */
static const char *shown_name(const printer *p, int32_t item)
{
    if (item == RECO_REST) {
        return "the rest";
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
        snprintf(text + used, sizeof text - used, "%s%.100s (%.3g)", k ? ", " : "",
                 shown_name(p, reco_list_items(p->reasons)[k]), (double)amounts[k]);
    }
    table_text(&p->table, text);
}

static json_t *reasons_json(const printer *p)
{
    json_t *all = json_array();
    for (int32_t k = 0; k < reco_list_size(p->reasons); k++) {
        json_t *row = json_object();
        bool rest = reco_list_items(p->reasons)[k] == RECO_REST;
        json_object_set_new(row, "item", rest ? json_null() : json_text(reco_list_id(p->reasons, k)));
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

/* What a user has not agreed to of what the question needs. */
static int32_t withheld_from(const printer *p, const char *user)
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

/* The beginning of an answer as JSON; `by` may be NULL and `seconds` negative: not known. */
static json_t *answer_json(const printer *p, const char *user, const char *by, double seconds)
{
    json_t *answer = json_object();
    if (user) {
        json_object_set_new(answer, "user", json_text(user));
    }
    if (withheld_from(p, user)) {
        json_object_set_new(answer, "withheld", purposes_of(p->model, withheld_from(p, user)));
    }
    if (by) {
        json_object_set_new(answer, "source", json_string(by));
    }
    if (seconds >= 0) {
        json_object_set_new(answer, "seconds", json_number(seconds));
    }
    json_object_set_new(answer, "items", json_array());
    return answer;
}

static int print_answer(printer *p, const char *user, const char *by, double seconds, const int32_t *items,
                        const float *scores, int32_t n)
{
    int code = DONE;
    json_t *answer = p->o->json ? answer_json(p, user, by, seconds) : NULL;
    p->without_consent += withheld_from(p, user) != 0;
    if (p->o->explain) {
        STEP(explain_for(p, user));
    }
    for (int32_t k = 0; k < n; k++) {
        if (p->o->explain) {
            STEP(explain_item(p, items[k]));
        }
        if (answer) {
            json_array_append_new(json_object_get(answer, "items"), item_json(p, k + 1, items[k], scores[k]));
        } else {
            print_item(p, user, k + 1, items[k], scores[k]);
        }
    }
    if (answer) {
        output_print(&p->out, p->answers ? ",\n" : "\n");
        json_print(&p->out, answer, false);
        answer = NULL;
    }
    p->answers++;
done:
    json_decref(answer);
    return code;
}

static int printer_end(printer *p, int code)
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

/* ---- one who asks ---- */

static int answer_one(printer *p, reco_query *query)
{
    int code = DONE;
    reco_error err;
    reco_list *list = NULL;
    const options *o = p->o;
    CALL(reco_list_new(&list, &err));
    if (o->user) {
        CALL_USAGE(reco_query_user(query, o->user, &err));
    } else {
        STEP(ask_history(o->history, query));
    }
    double began = seconds_now();
    CALL(reco_model_recommend(p->model, query, list, &err));
    STEP(print_answer(p, o->user, reco_list_source(list), seconds_now() - began, reco_list_items(list),
                      reco_list_scores(list), reco_list_size(list)));
done:
    reco_list_free(list);
    return code;
}

/* ---- many who ask ---- */

enum { BLOCK = 4096, BLOCK_CELLS = 1 << 20 };

typedef struct batch {
    const char **users; /* [block] */
    int32_t *items, *sizes;
    float *scores;
    int64_t block, limit;
} batch;

static int answer_block(printer *p, const reco_query *query, batch *b, int64_t n)
{
    int code = DONE;
    reco_error err;
    int32_t threads = p->o->threads > 0 ? (int32_t)p->o->threads : 0;
    CALL(reco_model_recommend_batch(p->model, query, b->users, n, threads, NULL, b->items, b->scores,
                                    b->sizes, NULL, &err));
    for (int64_t k = 0; k < n; k++) {
        STEP(print_answer(p, b->users[k], NULL, -1, b->items + k * b->limit, b->scores + k * b->limit,
                          b->sizes[k]));
    }
    if (!p->o->json) {
        table_flush(&p->table);
    }
    STEP(output_flush(&p->out));
done:
    return code;
}

/* All users of the model, or those of a file. */
static int answer_many(printer *p, reco_query *query)
{
    int code = DONE;
    batch b = {0};
    lines ids = {0};
    int64_t n = reco_model_count(p->model, "users");
    b.limit = p->o->n < reco_model_count(p->model, "items") ? p->o->n : reco_model_count(p->model, "items");
    b.block = BLOCK_CELLS / (b.limit + 1) + 1;
    b.block = b.block < BLOCK ? b.block : BLOCK;
    b.users = need((size_t)b.block, sizeof *b.users);
    b.sizes = need((size_t)b.block, sizeof *b.sizes);
    b.items = need((size_t)(b.block * b.limit), sizeof *b.items);
    b.scores = need((size_t)(b.block * b.limit), sizeof *b.scores);
    if (p->o->users_file) {
        STEP(lines_read(p->o, p->model, RECO_USER, p->o->users_file, &ids));
        n = ids.n;
    } else if (!reco_model_can(p->model, "users")) {
        STEP(failed("%s: this model was saved without its users", p->o->model));
    }
    for (int64_t from = 0, size = 0; from < n; size = 0) {
        for (; from < n && size < b.block; from++) {
            const char *user =
                p->o->users_file ? ids.items[from] : reco_model_id(p->model, RECO_USER, (int32_t)from);
            if (p->o->purpose && !p->o->users_file && withheld_from(p, user)) {
                p->without_consent++; /* all users are all who agreed to it */
            } else {
                b.users[size++] = user;
            }
        }
        STEP(answer_block(p, query, &b, size));
    }
done:
    lines_free(&ids);
    free(b.users);
    free(b.sizes);
    free(b.items);
    free(b.scores);
    return code;
}

/* What a user must have agreed to. A purpose that the model does not know shows when it is asked. */
static int32_t needs_of(const options *o, const reco_model *model)
{
    int32_t needs = RECO_CONSENT_PERSONAL;
    for (int32_t k = 0; o->purpose && reco_model_purpose(model, k); k++) {
        if (strcmp(reco_model_purpose(model, k), o->purpose) == 0) {
            needs |= (int32_t)(UINT32_C(1) << k);
        }
    }
    return needs;
}

static void note_consent(const printer *p)
{
    const char *what = p->o->purpose ? p->o->purpose : "personal";
    bool left_out = p->o->purpose && p->o->all_users;
    if (p->without_consent > 0) {
        note(p->o, "%lld %s not agreed to '%s': %s", (long long)p->without_consent,
             p->without_consent == 1 ? "user has" : "users have", what,
             left_out ? "left out" : "answered as nobody is");
    }
}

static int run(const options *o)
{
    int code = DONE;
    reco_error err;
    reco_query *query = NULL;
    reco_model *model = NULL;
    int askers = (o->user != NULL) + (o->history != NULL) + (o->users_file != NULL) + o->all_users;
    if (askers != 1) {
        return misused("recommend: one of --user, --history, --users-file and --all-users says who asks");
    }
    double load_seconds = -seconds_now();
    STEP(source_check_stdin(o));
    STEP(load_model(o, &model));
    load_seconds += seconds_now();
    CALL(reco_query_new(&query, &err));
    STEP(ask_filters(o, model, query));
    CALL_USAGE(reco_query_purpose(query, o->purpose, &err));
    printer p = {.o = o, .model = model, .with_users = !o->history, .needs = needs_of(o, model)};
    STEP(output_open(&p.out, o->out));
    printer_begin(&p, load_seconds);
    bool many = o->users_file || o->all_users;
    code = printer_end(&p, many ? answer_many(&p, query) : answer_one(&p, query));
    if (code == DONE) {
        note_consent(&p);
    }
done:
    reco_query_free(query);
    reco_model_free(model);
    return code;
}

static const option_row own[] = {
    {"--model", "FILE", OPTION_TEXT, offsetof(options, model), "the model; '-' is standard input"},
    {"--user", "ID", OPTION_TEXT, offsetof(options, user), "for a user the model knows"},
    {"--history", "ID,ID,...", OPTION_TEXT, offsetof(options, history),
     "for whoever took these items: a basket, a session, a visitor"},
    {"--users-file", "FILE", OPTION_TEXT, offsetof(options, users_file),
     "for many users, an id on each line"},
    {"--all-users", NULL, OPTION_SWITCH, offsetof(options, all_users), "for all users of the model"},
    {"--purpose", "NAME", OPTION_TEXT, offsetof(options, purpose),
     "what it is for: who has not agreed to that is answered as nobody is, and left out with --all-users"},
    {"--include-seen", NULL, OPTION_SWITCH, offsetof(options, include_seen),
     "answer items of the asker's history too"},
    {"--explain", NULL, OPTION_SWITCH, offsetof(options, explain),
     "with each item, which items of the history speak for it and how much"},
    {0},
};
static const option_row *const groups[] = {own, options_questions, options_common, NULL};

const command command_recommend = {
    .name = "recommend",
    .summary = "Answers which items to show to a user, a visitor, or to many users.",
    .usage = "--model MODEL (--user ID | --history ID,ID,... | --users-file FILE | --all-users) [options]",
    .notes = "Conditions: FIELD OP VALUE joined by ' and '; numbers: < <= > >= = !=, tokens: = !=.\n"
             "Who has no history is answered by popularity: 'source' in the JSON says so. So is who has not\n"
             "agreed to personal answers or to the --purpose: 'withheld' in the JSON says what is lacking.\n",
    .groups = groups,
    .run = run,
};
