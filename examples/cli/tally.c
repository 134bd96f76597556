/* SPDX-License-Identifier: MIT */
/* Figures gathered over the reports of one split or of several folds. */
#include "tally.h"

#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds units to a running mean with the sum of squared differences from it (Welford). */
static void add_units(tally_figure *f, const double *values, int64_t n)
{
    for (int64_t u = 0; u < n; u++) {
        double difference = values[u] - f->mean;
        f->n++;
        f->mean += difference / (double)f->n;
        f->squares += difference * (values[u] - f->mean);
    }
}

static void add_figure(tally *t, const reco_report *report, int k)
{
    tally_figure *f = &t->figures[k];
    int64_t n;
    const double *values = reco_report_units(report, k, &n);
    snprintf(f->name, sizeof f->name, "%s", reco_report_name(report, k));
    f->whole = values == NULL;
    if (values) {
        add_units(f, values, n);
    } else {
        f->mean += (reco_report_value(report, k) - f->mean) / t->folds;
    }
    if (t->folds == 1) {
        f->value = reco_report_value(report, k);
        reco_report_interval(report, k, &f->low, &f->high, NULL);
    }
}

static void add_counts(tally *t, const reco_report *report)
{
    const char *name;
    for (int k = 0; k < TALLY_COUNTS && (name = reco_report_count_name(report, k)); k++) {
        t->counts[k].name = name;
        t->counts[k].value += reco_report_count(report, name);
        t->n_counts = k + 1;
    }
}

void tally_add(tally *t, const reco_report *report)
{
    if (!t->figures) {
        t->n = reco_report_size(report);
        t->figures = need((size_t)t->n, sizeof *t->figures);
    }
    t->folds++;
    for (int k = 0; k < t->n; k++) {
        add_figure(t, report, k);
    }
    add_counts(t, report);
}

void tally_end(tally *t)
{
    for (int k = 0; k < t->n && t->folds > 1; k++) {
        tally_figure *f = &t->figures[k];
        double n = (double)f->n, error = f->whole || n < 2 ? 0 : sqrt(f->squares / (n - 1) / n);
        f->value = f->mean;
        f->low = f->mean - 1.96 * error;
        f->high = f->mean + 1.96 * error;
        if (strcmp(f->name, "rmse") == 0) { /* units are squares */
            f->value = sqrt(f->value);
            f->low = sqrt(f->low > 0 ? f->low : 0);
            f->high = sqrt(f->high);
        }
    }
}

int64_t tally_count(const tally *t, const char *name)
{
    for (int k = 0; k < t->n_counts; k++) {
        if (strcmp(t->counts[k].name, name) == 0) {
            return t->counts[k].value;
        }
    }
    return 0;
}

void tally_free(tally *t)
{
    free(t->figures);
}
