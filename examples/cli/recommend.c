/* SPDX-License-Identifier: MIT */
#include "answers.h"

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
    CALL(reco_query_unknown(query, o->skip_unknown ? "skip" : "refuse", &err));
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

void note_skipped(const options *o, int64_t n)
{
    if (n > 0) {
        note(o, "%lld %s that the model does not have: skipped", (long long)n,
             n == 1 ? "id or feature" : "ids and features");
    }
}

/* ---- one who asks ---- */

static int answer_one(printer *p, reco_query *query)
{
    int code = DONE;
    reco_error err;
    reco_list *list = NULL;
    const options *o = p->o;
    CALL(reco_list_new(&list, &err));
    STEP(asker_tell(p->asker, o->user, query));
    double began = seconds_now();
    CALL(reco_model_recommend(p->model, query, list, &err));
    answer a = {.user = o->user,
                .by = reco_list_source(list),
                .seconds = seconds_now() - began,
                .skipped = p->skipped = reco_list_skipped(list),
                .items = reco_list_items(list),
                .scores = reco_list_scores(list),
                .n = reco_list_size(list)};
    STEP(print_answer(p, &a));
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
    int64_t skipped; /* for each, beside unknown users */
} batch;

static int answer_block(printer *p, const reco_query *query, batch *b, int64_t n)
{
    int code = DONE;
    reco_error err;
    int32_t threads = p->o->threads > 0 ? (int32_t)p->o->threads : 0;
    CALL(reco_model_recommend_batch(p->model, query, b->users, n, threads, NULL, b->items, b->scores,
                                    b->sizes, NULL, &err));
    for (int64_t k = 0; k < n; k++) {
        int32_t index;
        bool unknown = p->o->skip_unknown &&
                       reco_model_find(p->model, RECO_USER, b->users[k], &index, NULL) == RECO_ENOTFOUND;
        answer a = {.user = b->users[k],
                    .seconds = -1,
                    .skipped = b->skipped + unknown,
                    .items = b->items + k * b->limit,
                    .scores = b->scores + k * b->limit,
                    .n = b->sizes[k]};
        p->skipped += unknown;
        STEP(print_answer(p, &a));
    }
    if (!p->o->json) {
        table_flush(&p->table);
    }
    STEP(output_flush(&p->out));
done:
    return code;
}

/* How much of a question is skipped, whoever asks: a batch does not tell. */
static int count_skipped(const printer *p, const reco_query *query, int64_t *skipped)
{
    int code = DONE;
    reco_error err;
    reco_list *list = NULL;
    CALL(reco_list_new(&list, &err));
    CALL(reco_model_recommend(p->model, query, list, &err));
    *skipped = reco_list_skipped(list);
done:
    reco_list_free(list);
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
    if (p->o->skip_unknown) {
        STEP(count_skipped(p, query, &b.skipped));
        p->skipped = b.skipped;
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

/* One way to say who asks; a session may be a user's, and features may be all that is known. */
static int check_askers(const options *o)
{
    int askers = (o->user || o->session) + (o->history != NULL) + (o->users_file != NULL) + o->all_users;
    if (askers > 1 || (askers == 0 && o->about.n + o->context.n == 0)) {
        return misused(
            "recommend: one of --user, --history, --session, --users-file and --all-users says who asks; "
            "--user and --session go together");
    }
    return DONE;
}

static int run(const options *o)
{
    int code = DONE;
    reco_error err;
    reco_query *query = NULL;
    reco_model *model = NULL;
    asker who = {.o = NULL};
    double load_seconds = -seconds_now();
    STEP(check_askers(o));
    STEP(source_check_stdin(o));
    STEP(load_model(o, &model));
    load_seconds += seconds_now();
    CALL(reco_query_new(&query, &err));
    STEP(ask_filters(o, model, query));
    CALL_USAGE(reco_query_purpose(query, o->purpose, &err));
    STEP(asker_begin(o, model, &who));
    STEP(asker_describe(&who, query));
    bool many = o->users_file || o->all_users;
    printer p = {
        .o = o, .model = model, .asker = &who, .with_users = many || o->user, .needs = needs_of(o, model)};
    STEP(output_open(&p.out, o->out));
    printer_begin(&p, load_seconds);
    code = printer_end(&p, many ? answer_many(&p, query) : answer_one(&p, query));
    if (code == DONE) {
        note_consent(&p);
        note_skipped(o, p.skipped);
        if (o->session && who.n == 0) {
            note(o, "%s: no events of '%s'", o->session, o->user);
        }
    }
done:
    asker_end(&who);
    reco_query_free(query);
    reco_model_free(model);
    return code;
}

static const option_row own[] = {
    {"--model", "FILE", OPTION_TEXT, offsetof(options, model), "the model; '-' is standard input"},
    {"--user", "ID", OPTION_TEXT, offsetof(options, user), "for a user the model knows"},
    {"--history", "ID,ID,...", OPTION_TEXT, offsetof(options, history),
     "for whoever took these items: a basket, a session, a visitor"},
    {"--session", "FILE", OPTION_TEXT, offsetof(options, session),
     "for whoever did these events, a file as 'reco fit' reads; with --user: what the user did since"},
    {"--users-file", "FILE", OPTION_TEXT, offsetof(options, users_file),
     "for many users, an id on each line"},
    {"--all-users", NULL, OPTION_SWITCH, offsetof(options, all_users), "for all users of the model"},
    {"--about", "FIELD=VALUE", OPTION_TEXTS, offsetof(options, about),
     "what is so of whoever asks, instead of what the model knows: country=de,age=34"},
    {"--context", "FIELD=VALUE", OPTION_TEXTS, offsetof(options, context),
     "what is so at this moment: device=phone"},
    {"--purpose", "NAME", OPTION_TEXT, offsetof(options, purpose),
     "what it is for: who has not agreed to that is answered as nobody is, and left out with --all-users"},
    {"--include-seen", NULL, OPTION_SWITCH, offsetof(options, include_seen),
     "answer items of the asker's history too"},
    {"--explain", NULL, OPTION_SWITCH, offsetof(options, explain),
     "with each item, what speaks for it and how much: items of the history, features"},
    {"--columns", "SPEC", OPTION_TEXT, offsetof(options, columns),
     "which column of --session is what, as for 'reco fit'"},
    {"--delimiter", "TEXT", OPTION_TEXT, offsetof(options, delimiter), "what separates its fields"},
    {"--encoding", "NAME", OPTION_TEXT, offsetof(options, encoding), "utf-8 (default) or latin1"},
    {"--no-header", NULL, OPTION_SWITCH, offsetof(options, no_header), "it has no header line"},
    {0},
};
static const option_row *const groups[] = {own, options_questions, options_common, NULL};

const command command_recommend = {
    .name = "recommend",
    .summary = "Answers which items to show to a user, a visitor, or to many users.",
    .usage = "--model MODEL (--user ID | --history ID,ID,... | --session FILE | --users-file FILE |\n"
             "       --all-users) [options]",
    .notes = "Several tokens of a field, and the numbers of a vector, are joined by '|': genre=jazz|rock.\n"
             "Conditions: FIELD OP VALUE joined by ' and '; numbers: < <= > >= = !=, tokens: = !=.\n"
             "Who has no history is answered by popularity: 'source' in the JSON says so. So is who has not\n"
             "agreed to personal answers or to the --purpose: 'withheld' in the JSON says what is lacking.\n",
    .groups = groups,
    .run = run,
};
