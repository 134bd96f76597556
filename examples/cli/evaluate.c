/* SPDX-License-Identifier: MIT */
/* Fits a model on one part of the events and measures its answers on the other, with `popular` beside it, or with
 * `baseline` where ratings are predicted. */
#include "cli.h"
#include "tally.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GIVEN_EVENTS = 5 /* without --given */ };

/* ---- the job ---- */

typedef struct job {
    source source, test, negatives; /* what was read */
    reco_protocol *protocol;
    reco_query *query;
    char *label; /* of the split */
    int folds;
    const char *beside; /* the algorithm of the baseline */
    tally model, baseline;
    json_t *described;
} job;

/* Who asks, how lists are made, and what is measured. */
static int make_protocol(const options *o, job *j)
{
    int code = DONE;
    reco_error err;
    int64_t given = o->given >= 0 ? o->given : GIVEN_EVENTS;
    CALL(reco_protocol_new(&j->protocol, &err));
    CALL(reco_query_new(&j->query, &err));
    CALL_USAGE(reco_protocol_set_text(j->protocol, "ask", o->ask, &err));
    if (o->given >= 0 && strcmp(o->ask, "given") != 0) {
        return misused("evaluate: --given is for --ask given");
    }
    if (strcmp(o->ask, "given") == 0) {
        CALL_USAGE(reco_protocol_set(j->protocol, "given", (double)given, &err));
    }
    if (o->metrics) {
        CALL_USAGE(reco_protocol_set_text(j->protocol, "metrics", o->metrics, &err));
    }
    CALL_USAGE(reco_protocol_set(j->protocol, "threads", o->threads > 0 ? (double)o->threads : 0, &err));
    if (o->include_seen) {
        reco_query_include_seen(j->query, 1);
    }
    for (int k = 0; k < o->where.n; k++) {
        CALL_USAGE(reco_query_where(j->query, o->where.items[k], &err));
    }
done:
    return code;
}

static int measure(const options *o, const job *j, reco_model *model, const reco_data *train,
                   const reco_data *test, tally *t)
{
    int code = DONE;
    reco_error err;
    reco_run *run = NULL;
    reco_report *report = NULL;
    STEP(interrupt_begin(o, &run));
    double began = seconds_now();
    CALL(reco_model_fit(model, train, run, &err));
    double fitted = seconds_now();
    CALL(reco_model_evaluate(model, test, j->query, j->protocol, run, &report, &err));
    t->fit_seconds += fitted - began;
    t->recommend_seconds += seconds_now() - fitted;
    tally_add(t, report);
done:
    interrupt_end(run);
    reco_report_free(report);
    return code;
}

/* Whether a model that is not fitted yet has what the metrics are of: that is refused before anything else. */
static reco_status check_metrics(const job *j, const reco_model *model, const reco_data *test,
                                 reco_error *err)
{
    reco_report *report;
    reco_status status = reco_model_evaluate(model, test, j->query, j->protocol, NULL, &report, err);
    return status == RECO_ESTATE ? RECO_OK : status;
}

/* The baseline comes first: what is wrong with the metrics or the test set shows before a long fit. */
static int measure_both(const options *o, job *j, const reco_data *train, const reco_data *test)
{
    int code = DONE;
    reco_error err;
    reco_model *baseline = NULL, *model = NULL;
    STEP(build_model(o, &model));
    CALL(check_metrics(j, model, test, &err));
    j->beside = "popular";
    CALL(reco_model_new(&baseline, j->beside, &err));
    if (check_metrics(j, baseline, test, NULL) != RECO_OK) {
        reco_model_free(baseline);
        j->beside = "baseline";
        CALL(reco_model_new(&baseline, j->beside, &err));
    }
    STEP(measure(o, j, baseline, train, test, &j->baseline));
    STEP(measure(o, j, model, train, test, &j->model));
    if (!j->described) {
        j->described = json_object();
        json_describe(j->described, model);
    }
done:
    reco_model_free(baseline);
    reco_model_free(model);
    return code;
}

static int run_fold(const options *o, job *j, int fold)
{
    int code = DONE;
    reco_error err;
    char spec[96];
    reco_data *train = NULL, *test = NULL;
    snprintf(spec, sizeof spec, j->folds > 1 ? "%.64s/%d" : "%.64s", j->label, fold);
    CALL_USAGE(
        reco_data_split(j->source.data, spec, o->seed > 0 ? (uint64_t)o->seed : 0, &train, &test, &err));
    STEP(measure_both(o, j, train, test));
done:
    reco_data_free(train);
    reco_data_free(test);
    return code;
}

/* "kfold:5" is all five folds; "kfold:5/2" is the second alone. */
static int count_folds(const char *split)
{
    int n = 0;
    char rest;
    return sscanf(split, "kfold:%5d%c", &n, &rest) == 1 && n > 1 ? n : 1;
}

static int run_job(const options *o, job *j)
{
    int code = DONE;
    if (o->negatives) {
        STEP(source_read_negatives(o, o->negatives, &j->negatives));
        reco_protocol_negatives(j->protocol, j->negatives.data, NULL);
    }
    STEP(source_read(o, o->events ? o->events : o->train, &j->source));
    if (o->test) {
        STEP(source_read_test(o, o->test, &j->test));
        STEP(measure_both(o, j, j->source.data, j->test.data));
    }
    for (int fold = 1; fold <= j->folds && !o->test; fold++) {
        STEP(run_fold(o, j, fold));
    }
    tally_end(&j->model);
    tally_end(&j->baseline);
done:
    return code;
}

/* ---- printing ---- */

static json_t *figures_json(const tally *t)
{
    json_t *all = json_object();
    for (int k = 0; k < t->n; k++) {
        const tally_figure *f = &t->figures[k];
        json_object_set_new(all, f->name,
                            json_pack("{s:f, s:[f, f]}", "value", f->value, "ci95", f->low, f->high));
    }
    return all;
}

static bool is_asked(const char *name)
{
    return strcmp(name, "users") == 0 || strcmp(name, "points") == 0;
}

static json_t *left_out_json(const tally *t)
{
    json_t *all = json_object();
    for (int k = 0; k < t->n_counts; k++) {
        if (!is_asked(t->counts[k].name)) {
            json_object_set_new(all, t->counts[k].name, json_integer(t->counts[k].value));
        }
    }
    return all;
}

static json_t *protocol_json(const options *o)
{
    json_t *all = json_object(), *where = json_array();
    json_object_set_new(all, "ask", json_text(o->ask));
    if (strcmp(o->ask, "given") == 0) {
        json_object_set_new(all, "given", json_integer(o->given >= 0 ? o->given : GIVEN_EVENTS));
    }
    json_object_set_new(all, "include_seen", json_boolean(o->include_seen || strcmp(o->ask, "next") == 0));
    json_object_set_new(all, "negatives", o->negatives ? json_text(o->negatives) : json_null());
    for (int k = 0; k < o->where.n; k++) {
        json_array_append_new(where, json_text(o->where.items[k]));
    }
    json_object_set_new(all, "where", where);
    return all;
}

static json_t *job_json(const options *o, const job *j)
{
    const tally *t = &j->model;
    json_t *all = json_deep_copy(j->described);
    json_object_set_new(all, "split", json_text(j->label));
    json_object_set_new(all, "protocol", protocol_json(o));
    json_object_set_new(all, "users", json_integer(tally_count(t, "users")));
    json_object_set_new(all, "points", json_integer(tally_count(t, "points")));
    json_object_set_new(all, "metrics", figures_json(t));
    json_object_set_new(all, "seconds",
                        json_pack("{s:f, s:f, s:f}", "read", j->source.seconds, "fit", t->fit_seconds,
                                  "recommend", t->recommend_seconds));
    json_object_set_new(all, "peak_bytes", json_integer(peak_bytes()));
    json_object_set_new(all, "left_out", left_out_json(t));
    json_object_set_new(all, "baseline",
                        json_pack("{s:s, s:o}", "algo", j->beside, "metrics", figures_json(&j->baseline)));
    return all;
}

static void print_figures(const options *o, const job *j, output *out)
{
    const char *const heads[] = {"metric", o->csv ? "value" : o->algo, o->csv ? "low" : "95% from",
                                 o->csv ? "high" : "to", j->beside};
    table t;
    table_begin(&t, out, o->csv, heads, 5);
    for (int k = 0; k < j->model.n; k++) {
        const tally_figure *f = &j->model.figures[k];
        table_text(&t, f->name);
        table_figure(&t, f->value);
        table_figure(&t, f->low);
        table_figure(&t, f->high);
        table_figure(&t, j->baseline.figures[k].value);
    }
    table_end(&t);
}

/* Who asked, by what, among which items. */
static void print_protocol(const options *o, const job *j, output *out)
{
    char users[COUNT_TEXT], points[COUNT_TEXT];
    grouped(tally_count(&j->model, "users"), users);
    grouped(tally_count(&j->model, "points"), points);
    output_print(out, "%s, split %s, ", o->algo, j->label);
    if (strcmp(o->ask, "next") == 0) {
        output_print(out, "%s points of %s users, each asking for the next event", points, users);
    } else if (strcmp(o->ask, "given") == 0) {
        output_print(out, "%s users, each asking by the first %d events", users,
                     (int)(o->given >= 0 ? o->given : GIVEN_EVENTS));
    } else {
        output_print(out, "%s users", users);
    }
    if (o->include_seen || strcmp(o->ask, "next") == 0) {
        output_print(out, ", seen items too");
    }
    if (o->negatives) {
        output_print(out, ", among negatives");
    }
    for (int k = 0; k < o->where.n; k++) {
        output_print(out, ", where %s", o->where.items[k]);
    }
    output_print(out, "\n\n");
}

static void print_left_out(const tally *t, output *out)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"users_unknown", "test users left out: not known, or nothing to ask with"},
        {"users_without_test", "test users left out: nothing held out but what they had already"},
        {"users_without_negatives", "test users left out: no negatives for them"},
        {"points_unknown", "points left out: the train part has no item of the history"},
        {"points_without_test", "points left out: they had the next item already"},
        {"items_unknown", "held-out items that count as missed: the train part does not have them"},
    };
    char text[COUNT_TEXT];
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (tally_count(t, rows[k].name) > 0) {
            output_print(out, "%s %s\n", grouped(tally_count(t, rows[k].name), text), rows[k].text);
        }
    }
}

static void print_job(const options *o, const job *j, output *out)
{
    const tally *t = &j->model;
    char text[COUNT_TEXT];
    if (!o->csv) {
        print_protocol(o, j, out);
    }
    print_figures(o, j, out);
    if (!o->csv) {
        output_print(out, "\n");
        print_left_out(t, out);
        output_print(
            out, "read in %.2f s, fitted in %.2f s, asked and measured in %.2f s, peak memory %s MB\n",
            j->source.seconds, t->fit_seconds, t->recommend_seconds, grouped(peak_bytes() / 1000000, text));
    }
}

static int report(const options *o, const job *j)
{
    output out;
    int code = output_open(&out, NULL);
    if (code) {
        return code;
    }
    if (o->json) {
        json_print(&out, job_json(o, j), true);
    } else {
        print_job(o, j, &out);
    }
    return output_close(&out, DONE);
}

static int check(const options *o)
{
    if (!o->events == !(o->train && o->test) || (o->events && (o->train || o->test))) {
        return misused("evaluate: give --events FILE [--split SPEC], or --train FILE and --test FILE");
    }
    if (o->split && !o->events) {
        return misused("evaluate: --split divides --events; --train and --test are divided already");
    }
    reco_model *model;
    int code = build_model(o, &model);
    reco_model_free(model);
    return code ? code : source_check_stdin(o);
}

static int run(const options *given)
{
    options usual = *given, *o = &usual;
    o->ask = o->ask ? o->ask : "user";
    int code = check(o);
    if (code) {
        return code;
    }
    const char *split = o->test ? "files" : o->split ? o->split : "time:0.2";
    size_t size = strlen(split) + 1;
    job j = {.folds = o->test ? 1 : count_folds(split)};
    j.label = memcpy(need(size, 1), split, size);
    STEP(make_protocol(o, &j));
    STEP(run_job(o, &j));
    STEP(report(o, &j));
done:
    source_free(&j.source);
    source_free(&j.test);
    source_free(&j.negatives);
    json_decref(j.described);
    reco_protocol_free(j.protocol);
    reco_query_free(j.query);
    tally_free(&j.model);
    tally_free(&j.baseline);
    free(j.label);
    return code;
}

static const option_row own[] = {
    {"--events", "FILE", OPTION_TEXT, offsetof(options, events), "events to divide; '-' is standard input"},
    {"--split", "SPEC", OPTION_TEXT, offsetof(options, split),
     "how: time:0.2 (default), random:0.2, leave-one-out, last:K, kfold:5, cold-users:0.1, cold-items:0.1"},
    {"--train", "FILE", OPTION_TEXT, offsetof(options, train), "events to fit on, divided already"},
    {"--test", "FILE", OPTION_TEXT, offsetof(options, test), "the held-out events, written like --train"},
    {"--negatives", "FILE", OPTION_TEXT, offsetof(options, negatives),
     "user,item: rank each user's held-out items among these only, instead of among all items"},
    {"--ask", "HOW", OPTION_TEXT, offsetof(options, ask),
     "who asks: 'user' (default), by the history in the train part; 'given', somebody unknown by the first "
     "events "
     "of a test user, as for cold-users; 'next', after each event of a test user for the next, as in "
     "sessions"},
    {"--given", "K", OPTION_WHOLE, offsetof(options, given),
     "with --ask given, how many events are the history (default 5)"},
    {"--include-seen", NULL, OPTION_SWITCH, offsetof(options, include_seen),
     "items of the history may be answered too, as they may with --ask next"},
    {"--where", "CONDITION", OPTION_TEXTS, offsetof(options, where),
     "only items that meet it, as 'price<50 and category=kitchen'; several must all hold"},
    {"--metrics", "LIST", OPTION_TEXT, offsetof(options, metrics),
     "as ndcg@10,recall@10 (the default): see below"},
    {0},
};
static const option_row *const groups[] = {options_algo, own, options_files, options_common, NULL};

static void print_notes(output *out)
{
    output_print(out, "Metrics, for one question with the list L (best first, without items of the history "
                      "unless said) and\n"
                      "the held-out items T; rel(r) is 1 when the item at rank r is in T:\n");
    for (int32_t k = 0; k < reco_metric_size(); k++) {
        output_print(out, "  %-12s %s\n", reco_metric_name(k), reco_metric_summary(k));
    }
    output_print(
        out, "A figure is the mean over the test users, with --ask next over points, of rmse and mae over "
             "pairs,\n"
             "with its 95%% interval. Held-out items that the train part does not have count as missed.\n"
             "Equal scores go by the items' order. With kfold:N the figures are over all N folds.\n");
}

const command command_evaluate = {
    .name = "evaluate",
    .summary =
        "Fits on one part of the events and measures the answers on the other, beside 'popular', or beside "
        "'baseline' where ratings are predicted.",
    .usage = "--algo NAME [--set key=value]... (--events FILE [--split SPEC] | --train FILE --test FILE) "
             "[options]",
    .print_notes = print_notes,
    .groups = groups,
    .run = run,
};
