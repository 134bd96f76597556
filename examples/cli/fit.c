/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct job {
    source source;
    reco_model *model;
    double fit_seconds, save_seconds;
    int64_t file_bytes;
} job;

static int fit(const options *o, job *j)
{
    int code = DONE;
    reco_error err;
    reco_run *run = NULL;
    STEP(interrupt_begin(o, &run));
    j->fit_seconds = -seconds_now();
    CALL(reco_model_fit(j->model, j->source.data, run, &err));
    j->fit_seconds += seconds_now();
done:
    interrupt_end(run);
    return code;
}

static int save(const options *o, job *j)
{
    int code = DONE;
    reco_error err;
    struct stat info;
    char *target = output_target(o->out);
    j->save_seconds = -seconds_now();
    interrupt_hold(true);
    reco_status status =
        reco_model_save(j->model, target, o->without_users ? RECO_SAVE_WITHOUT_USERS : RECO_SAVE_ALL, &err);
    interrupt_hold(false);
    CALL(status);
    j->save_seconds += seconds_now();
    j->file_bytes = stat(target, &info) == 0 ? (int64_t)info.st_size : 0;
done:
    free(target);
    return code;
}

/* ---- what was read: each part of a sum below the sum ---- */

typedef struct account {
    const char *name, *key; /* for people, for programs */
    bool of_data;           /* counted by the data set, not the builder */
    const char *count;
} account;

static const account accounts[] = {
    {"rows read", "rows", false, "rows"},
    {"  without a user", "rows_without_user", false, "rows_without_user"},
    {"  without an item", "rows_without_item", false, "rows_without_item"},
    {"  with value 0", "rows_zero", false, "rows_zero"},
    {"  that cannot be read", "rows_bad", false, "rows_bad"},
    {"  events", "events", false, "events"},
    {"    that entered the matrix", "events_entered", true, "events"},
    {"    of pairs that came to nothing (returned)", "events_returned", true, "events_returned"},
    {"    of users or items too rare", "events_rare", true, "events_rare"},
    {"    without consent", "events_without_consent", true, "events_without_consent"},
    {"events with a negative value (returns)", "returns", false, "returns"},
    {"users", "users", true, "users"},
    {"users who agreed to nothing, left out", "users_without_consent", true, "users_without_consent"},
    {"items", "items", true, "items"},
    {"pairs in the matrix", "pairs", true, "pairs"},
    {"contexts of events", "contexts", true, "contexts"},
};
enum { N_ACCOUNTS = sizeof accounts / sizeof *accounts };

static int64_t account_count(const account *a, const job *j)
{
    return a->of_data ? reco_data_count(j->source.data, a->count)
                      : reco_builder_count(j->source.builder, a->count);
}

static void print_accounts(const options *o, const job *j, output *out)
{
    static const char *const heads[] = {"what", ">count"};
    table t;
    table_begin(&t, out, o->csv, heads, 2);
    for (int k = 0; k < N_ACCOUNTS; k++) {
        table_text(&t, o->csv ? accounts[k].key : accounts[k].name);
        table_count(&t, account_count(&accounts[k], j));
    }
    table_text(&t, o->csv ? "file_bytes" : "bytes of the model file");
    table_count(&t, j->file_bytes);
    table_end(&t);
    if (!o->csv) {
        output_print(out, "\n%s: read in %.2f s, fitted in %.2f s, saved to %s in %.2f s\n",
                     reco_model_algo(j->model), j->source.seconds, j->fit_seconds, o->out, j->save_seconds);
    }
}

static json_t *job_json(const options *o, const job *j)
{
    json_t *all = json_object(), *read = json_object();
    json_describe(all, j->model);
    for (int k = 0; k < N_ACCOUNTS; k++) {
        json_object_set_new(read, accounts[k].key, json_integer(account_count(&accounts[k], j)));
    }
    json_object_set_new(all, "read", read);
    int64_t first = RECO_NO_TIME, last = RECO_NO_TIME;
    reco_data_times(j->source.data, &first, &last, NULL);
    json_object_set_new(all, "first_time", json_time(first));
    json_object_set_new(all, "last_time", json_time(last));
    json_object_set_new(all, "seconds",
                        json_pack("{s:f, s:f, s:f}", "read", j->source.seconds, "fit", j->fit_seconds, "save",
                                  j->save_seconds));
    json_object_set_new(all, "model", json_text(o->out));
    json_object_set_new(all, "file_bytes", json_integer(j->file_bytes));
    json_object_set_new(all, "peak_bytes", json_integer(peak_bytes()));
    return all;
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
    } else if (!o->quiet) {
        print_accounts(o, j, &out);
    }
    return output_close(&out, DONE);
}

static int run(const options *o)
{
    int code = DONE;
    job j = {0};
    if (!o->events || !o->out) {
        return misused("fit: %s is missing; see 'reco fit --help'", o->events ? "--out" : "--events");
    }
    STEP(source_check_stdin(o));
    STEP(build_model(o, &j.model)); /* what is wrong with the options shows before hours of work, */
    STEP(output_possible(o->out));  /* and so does where the model is to go */
    STEP(source_read(o, o->events, &j.source));
    STEP(fit(o, &j));
    STEP(save(o, &j));
    STEP(report(o, &j));
done:
    reco_model_free(j.model);
    source_free(&j.source);
    return code;
}

static const option_row own[] = {
    {"--events", "FILE", OPTION_TEXT, offsetof(options, events),
     "the events: CSV or TSV; '-' is standard input"},
    {"--out", "FILE", OPTION_TEXT, offsetof(options, out),
     "where the model goes; an old one stays until the new one is whole"},
    {"--without-users", NULL, OPTION_SWITCH, offsetof(options, without_users),
     "save no user ids, histories or factors: for phones and for privacy"},
    {0},
};
static const option_row *const groups[] = {options_algo, own, options_files, options_common, NULL};

const command command_fit = {
    .name = "fit",
    .summary = "Fits a model to events and saves it.",
    .usage =
        "--algo NAME [--set key=value]... --events FILE [--items FILE] [--users FILE] --out MODEL [options]",
    .notes = "A hybrid: reco fit --algo weighted --part als:0.5 --part item-knn:0.3 --part content:0.2\n"
             "           --set als.factors=64 --set scaling=rank --events events.csv --out shop.reco\n"
             "A flat export: --columns user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate\n"
             "           --item-columns Description=text,UnitPrice=number --user-columns Country=token\n",
    .groups = groups,
    .run = run,
};
