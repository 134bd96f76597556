/* SPDX-License-Identifier: MIT */
#include "job.h"
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- data */

void job_tell_matrix(const reco_data *data)
{
    int64_t users = reco_data_count(data, "users"), items = reco_data_count(data, "items");
    int64_t pairs = reco_data_count(data, "pairs");
    printf("\n  The matrix has %s customers x %s products", show_count(users).s, show_count(items).s);
    printf(" with %s pairs: %.1f%% of it.\n", show_count(pairs).s,
           100.0 * (double)pairs / ((double)users * (double)items));
}

static void tell_part(const char *what, const reco_data *part)
{
    int64_t first = RECO_NO_TIME, last = RECO_NO_TIME;
    reco_data_times(part, &first, &last, NULL);
    printf("  %-9s %9s pairs, from %s ", what, show_count(reco_data_count(part, "pairs")).s,
           show_date(first).s);
    printf("to %s\n", show_date(last).s);
}

reco_status job_split(const reco_data *data, reco_data **train, reco_data **test, reco_error *err)
{
    reco_status status = reco_data_split(data, "time:0.2", 1, train, test, err);
    if (status)
        return status;
    show_heading("What is learned and what is to be foretold");
    tell_part("learned", *train);
    tell_part("foretold", *test);
    return RECO_OK;
}

/* ---- models */

/* Makes an unfitted model of a part. */
static reco_status make_part(reco_model **out, const job_part *part, reco_error *err)
{
    reco_status status = reco_model_new(out, part->algo, err);
    for (int k = 0; k < JOB_SETTINGS && !status && part->set[k].param; k++)
        status = reco_model_set(*out, part->set[k].param, part->set[k].value, err);
    return status;
}

reco_status job_hybrid_new(reco_model **out, const job_part parts[JOB_PARTS], reco_error *err)
{
    reco_status status = reco_model_new(out, "weighted", err);
    for (int k = 0; k < JOB_PARTS && !status; k++) {
        reco_model *part = NULL;
        if (!(status = make_part(&part, &parts[k], err)))
            status = reco_model_add_part(*out, part, parts[k].weight, err);
        reco_model_free(part);
    }
    return status;
}

/* ---- the table */

enum { METRICS = 4, ROWS = JOB_PARTS + 3 };
static const char metrics[] = "recall@10,ndcg@10,hit@10,coverage@10";

typedef struct figures {
    const char *name;
    double values[METRICS];
    double fit_seconds, ask_seconds;
    int64_t users; /* evaluated */
} figures;

static reco_status evaluate(figures *row, reco_model *model, const reco_data *train, const reco_data *test,
                            reco_error *err)
{
    reco_protocol *protocol = NULL;
    reco_report *report = NULL;
    double start = show_now();
    reco_status status = reco_model_fit(model, train, NULL, err);
    double fitted = show_now();
    if (!status)
        status = reco_protocol_new(&protocol, err);
    if (!status)
        status = reco_protocol_set_text(protocol, "metrics", metrics, err);
    if (!status)
        status = reco_model_evaluate(model, test, NULL, protocol, NULL, &report, err);
    if (!status) {
        row->fit_seconds = fitted - start;
        row->ask_seconds = show_now() - fitted;
        row->users = reco_report_count(report, "users");
        for (int32_t k = 0; k < METRICS; k++)
            row->values[k] = reco_report_value(report, k);
    }
    reco_report_free(report);
    reco_protocol_free(protocol);
    return status;
}

static double best(const figures rows[ROWS], int metric)
{
    double value = 0;
    for (int r = 0; r < ROWS; r++)
        if (rows[r].values[metric] > value)
            value = rows[r].values[metric];
    return value;
}

static void print_table(const figures rows[ROWS], const job_part parts[JOB_PARTS])
{
    show_heading("How good lists of ten are");
    printf("  %-9s", "");
    for (const char *name = metrics; *name;) {
        int length = (int)strcspn(name, ",");
        printf(" %13.*s", length, name);
        name += length + (name[length] == ',');
    }
    printf(" %11s %11s\n", "fit", "evaluate");
    for (int r = 0; r < ROWS; r++) {
        printf("  %-9s", rows[r].name);
        for (int k = 0; k < METRICS; k++)
            printf(" %12.4f%c", rows[r].values[k], rows[r].values[k] >= best(rows, k) ? '*' : ' ');
        printf(" %11s %11s\n", show_duration(rows[r].fit_seconds).s, show_duration(rows[r].ask_seconds).s);
    }
    printf("\n  Means over the %s customers seen before and after the split; * marks the best.\n"
           "  random and popular are what a model has to beat; weighted is",
           show_count(rows[0].users).s);
    for (int k = 0; k < JOB_PARTS; k++)
        printf("%s %.1f %s", k ? " +" : "", parts[k].weight, parts[k].algo);
    printf(".\n");
}

/* Makes the model of a row: the baselines, the parts, the hybrid of the parts. */
static reco_status make(int row, const job_part parts[JOB_PARTS], reco_model **out, reco_error *err)
{
    static const job_part baselines[] = {{.algo = "random"}, {.algo = "popular"}};
    if (row < 2)
        return make_part(out, &baselines[row], err);
    if (row < ROWS - 1)
        return make_part(out, &parts[row - 2], err);
    return job_hybrid_new(out, parts, err);
}

reco_status job_compare(const reco_data *train, const reco_data *test, const job_part parts[JOB_PARTS],
                        reco_error *err)
{
    figures rows[ROWS];
    memset(rows, 0, sizeof(rows));
    reco_status status = RECO_OK;
    for (int k = 0; k < ROWS && !status; k++) {
        reco_model *model = NULL;
        if (!(status = make(k, parts, &model, err))) {
            rows[k].name = reco_model_algo(model);
            status = evaluate(&rows[k], model, train, test, err);
        }
        reco_model_free(model);
    }
    if (!status)
        print_table(rows, parts);
    return status;
}

/* ---- an answer and how long it takes */

static int by_size(const void *left, const void *right)
{
    const double *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

reco_status job_answer(const reco_model *model, const reco_query *query, reco_list *list,
                       const char *title_field, reco_error *err)
{
    enum { TIMES = 1000 };
    double seconds[TIMES];
    reco_status status = RECO_OK;
    for (int k = 0; k < TIMES && !status; k++) {
        double start = show_now();
        status = reco_model_recommend(model, query, list, err);
        seconds[k] = show_now() - start;
    }
    if (status)
        return status;
    show_list(model, list, title_field);
    qsort(seconds, TIMES, sizeof(seconds[0]), by_size);
    printf("\n  Answered in %s, the median of %s times; 9 of 10 in at most %s.\n",
           show_duration(seconds[TIMES / 2]).s, show_count(TIMES).s,
           show_duration(seconds[TIMES * 9 / 10]).s);
    return RECO_OK;
}
