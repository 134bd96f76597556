/* SPDX-License-Identifier: MIT */
/* Fits a model on one part of the events and measures its lists on the other, with `popular` beside it. */
#include "cli.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- figures, gathered over one split or several folds ---- */

/* A running mean over users with the sum of squared differences from it (Welford). */
typedef struct figure {
    char name[32];
    double mean, squares, low, high;
    bool whole; /* one figure over all users, as coverage: averaged over the folds */
} figure;

typedef struct tally {
    figure *figures;
    int n, folds;
    int64_t users, users_unknown, users_without_test, users_without_negatives, items_unknown;
    double fit_seconds, recommend_seconds;
} tally;

static void add_users(figure *f, const double *values, int64_t before, int64_t n)
{
    for (int64_t u = 0; u < n; u++) {
        double difference = values[u] - f->mean;
        f->mean += difference / (double)(before + u + 1);
        f->squares += difference * (values[u] - f->mean);
    }
}

static void tally_report(tally *t, const reco_report *report)
{
    int64_t n = reco_report_count(report, "users");
    if (!t->figures) {
        t->n = reco_report_size(report);
        t->figures = need((size_t)t->n, sizeof *t->figures);
    }
    t->folds++;
    for (int k = 0; k < t->n; k++) {
        figure *f = &t->figures[k];
        const double *values = reco_report_users(report, k);
        snprintf(f->name, sizeof f->name, "%s", reco_report_name(report, k));
        if (t->folds == 1) {
            reco_report_interval(report, k, &f->low, &f->high, NULL);
        }
        f->whole = values == NULL;
        if (values) {
            add_users(f, values, t->users, n);
        } else {
            f->mean += (reco_report_value(report, k) - f->mean) / t->folds;
        }
    }
    t->users += n;
    t->users_unknown += reco_report_count(report, "users_unknown");
    t->users_without_test += reco_report_count(report, "users_without_test");
    t->users_without_negatives += reco_report_count(report, "users_without_negatives");
    t->items_unknown += reco_report_count(report, "items_unknown");
}

/* The intervals of several folds: of the mean over all their users. */
static void tally_end(tally *t)
{
    for (int k = 0; k < t->n && t->folds > 1; k++) {
        figure *f = &t->figures[k];
        double n = (double)t->users;
        double error = f->whole || n < 2 ? 0 : sqrt(f->squares / (n - 1) / n);
        f->low = f->mean - 1.96 * error;
        f->high = f->mean + 1.96 * error;
    }
}

/* ---- the job ---- */

typedef struct job {
    source source, test, negatives; /* what was read */
    char *label;                    /* of the split */
    int folds;
    tally model, baseline;
    json_t *described;
} job;

static int measure(const options *o, reco_model *model, const reco_data *train, const reco_data *test,
                   const reco_data *negatives, tally *t)
{
    int code = DONE;
    reco_error err;
    reco_run *run = NULL;
    reco_report *report = NULL;
    int32_t threads = o->threads > 0 ? (int32_t)o->threads : 0;
    STEP(interrupt_begin(o, &run));
    double began = seconds_now();
    CALL(reco_model_fit(model, train, run, &err));
    double fitted = seconds_now();
    CALL(reco_model_evaluate(model, test, negatives, o->metrics, threads, run, &report, &err));
    t->fit_seconds += fitted - began;
    t->recommend_seconds += seconds_now() - fitted;
    tally_report(t, report);
done:
    interrupt_end(run);
    reco_report_free(report);
    return code;
}

/* The baseline comes first: what is wrong with the metrics or the test set shows before a long fit. */
static int measure_both(const options *o, job *j, const reco_data *train, const reco_data *test)
{
    int code = DONE;
    reco_error err;
    reco_model *baseline = NULL, *model = NULL;
    STEP(build_model(o, &model));
    CALL(reco_model_new(&baseline, "popular", &err));
    STEP(measure(o, baseline, train, test, j->negatives.data, &j->baseline));
    STEP(measure(o, model, train, test, j->negatives.data, &j->model));
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
        const figure *f = &t->figures[k];
        json_object_set_new(all, f->name,
                            json_pack("{s:f, s:[f, f]}", "value", f->mean, "ci95", f->low, f->high));
    }
    return all;
}

static json_t *counts_json(const tally *t)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "users_unknown", (json_int_t)t->users_unknown,
                     "users_without_test", (json_int_t)t->users_without_test, "users_without_negatives",
                     (json_int_t)t->users_without_negatives, "items_unknown", (json_int_t)t->items_unknown);
}

static json_t *job_json(const job *j)
{
    const tally *t = &j->model;
    json_t *all = json_deep_copy(j->described);
    json_object_set_new(all, "split", json_text(j->label));
    json_object_set_new(all, "users", json_integer(t->users));
    json_object_set_new(all, "metrics", figures_json(t));
    json_object_set_new(all, "seconds",
                        json_pack("{s:f, s:f, s:f}", "read", j->source.seconds, "fit", t->fit_seconds,
                                  "recommend", t->recommend_seconds));
    json_object_set_new(all, "peak_bytes", json_integer(peak_bytes()));
    json_object_set_new(all, "left_out", counts_json(t));
    json_object_set_new(all, "baseline",
                        json_pack("{s:s, s:o}", "algo", "popular", "metrics", figures_json(&j->baseline)));
    return all;
}

static void print_figures(const options *o, const job *j, output *out)
{
    const char *const heads[] = {"metric", o->csv ? "value" : o->algo, o->csv ? "low" : "95% from",
                                 o->csv ? "high" : "to", "popular"};
    table t;
    table_begin(&t, out, o->csv, heads, 5);
    for (int k = 0; k < j->model.n; k++) {
        const figure *f = &j->model.figures[k];
        table_text(&t, f->name);
        table_figure(&t, f->mean);
        table_figure(&t, f->low);
        table_figure(&t, f->high);
        table_figure(&t, j->baseline.figures[k].mean);
    }
    table_end(&t);
}

static void print_left_out(const tally *t, output *out)
{
    const struct {
        int64_t count;
        const char *text;
    } rows[] = {
        {t->users_unknown, "test users left out: not in the train part, or without a history there"},
        {t->users_without_test, "test users left out: nothing held out but what they had already"},
        {t->users_without_negatives, "test users left out: no negatives for them"},
        {t->items_unknown, "held-out pairs that count as missed: the train part does not have the item"},
    };
    char text[COUNT_TEXT];
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (rows[k].count > 0) {
            output_print(out, "%s %s\n", grouped(rows[k].count, text), rows[k].text);
        }
    }
}

static void print_job(const options *o, const job *j, output *out)
{
    const tally *t = &j->model;
    char text[COUNT_TEXT];
    if (!o->csv) {
        output_print(out, "%s, split %s, %s users\n\n", o->algo, j->label, grouped(t->users, text));
    }
    print_figures(o, j, out);
    if (!o->csv) {
        output_print(out, "\n");
        print_left_out(t, out);
        output_print(
            out, "read in %.2f s, fitted in %.2f s, lists made and measured in %.2f s, peak memory %s MB\n",
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
        json_print(&out, job_json(j), true);
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

static int run(const options *o)
{
    int code = check(o);
    if (code) {
        return code;
    }
    const char *split = o->test ? "files" : o->split ? o->split : "time:0.2";
    size_t size = strlen(split) + 1;
    job j = {.folds = o->test ? 1 : count_folds(split)};
    j.label = memcpy(need(size, 1), split, size);
    STEP(run_job(o, &j));
    STEP(report(o, &j));
done:
    source_free(&j.source);
    source_free(&j.test);
    source_free(&j.negatives);
    json_decref(j.described);
    free(j.model.figures);
    free(j.baseline.figures);
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
    {"--metrics", "LIST", OPTION_TEXT, offsetof(options, metrics),
     "as ndcg@10,recall@10 (the default): see below"},
    {0},
};
static const option_row *const groups[] = {options_algo, own, options_files, options_common, NULL};

static const char notes[] =
    "Metrics, for one user with the list L (all items but those of the user's train part, best first) and "
    "the\n"
    "held-out items T that are not in the train part; rel(r) is 1 when the item at rank r is in T:\n"
    "  recall@K     sum of rel(r), r <= K, / |T|\n"
    "  precision@K  sum of rel(r), r <= K, / K\n"
    "  hit@K        1 if any rel(r), r <= K\n"
    "  map@K        sum of rel(r) * precision@r, r <= K, / min(|T|, K)\n"
    "  mrr@K        1 / the first r <= K with rel(r), else 0\n"
    "  ndcg@K       sum of rel(r) / log2(r + 1), r <= K, / sum of 1 / log2(r + 1), r <= min(|T|, K)\n"
    "  coverage@K   distinct items in all lists' first K / items\n"
    "A figure is the mean over the test users who have held-out items and a history, with its 95% interval.\n"
    "Held-out items that the train part does not have count as missed. Equal scores go by the items' order.\n"
    "With kfold:N the figures are over the users of all N folds.\n";

const command command_evaluate = {
    .name = "evaluate",
    .summary = "Fits on one part of the events and measures the lists on the other, beside 'popular'.",
    .usage = "--algo NAME [--set key=value]... (--events FILE [--split SPEC] | --train FILE --test FILE) "
             "[options]",
    .notes = notes,
    .groups = groups,
    .run = run,
};
