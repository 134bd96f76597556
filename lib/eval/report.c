/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

reco_status reco__report_new(reco_report **out, int32_t n_figures, const reco__count *counts,
                             int32_t n_counts, reco_error *err)
{
    reco_status status = RECO_OK;
    reco_report *report = reco__alloc_zero(1, sizeof *report);
    TRY_ALLOC(report);
    TRY_ALLOC(report->figures = reco__alloc_zero(n_figures, sizeof *report->figures));
    report->n_figures = n_figures;
    TRY_ALLOC(report->counts = reco__alloc(n_counts, sizeof *report->counts));
    memcpy(report->counts, counts, (size_t)n_counts * sizeof *counts);
    report->n_counts = n_counts;
    *out = report;
    report = NULL;
done:
    reco_report_free(report);
    return status;
}

void reco_report_free(reco_report *report)
{
    if (!report) {
        return;
    }
    for (int32_t k = 0; k < report->n_figures; k++) {
        reco__free(report->figures[k].each);
    }
    reco__free(report->figures);
    reco__free(report->counts);
    reco__free(report);
}

reco_status reco__figure_units(reco__figure *figure, const char *name, const char *unit, int64_t n,
                               reco_error *err)
{
    double *each = reco__alloc_zero(n, sizeof *each);
    if (!each) {
        return reco__out_of_memory(err);
    }
    snprintf(figure->name, sizeof figure->name, "%s", name);
    figure->unit = unit;
    figure->each = each;
    figure->n = n;
    return RECO_OK;
}

void reco__figure_whole(reco__figure *figure, const char *name, double value)
{
    snprintf(figure->name, sizeof figure->name, "%s", name);
    figure->value = figure->low = figure->high = value;
}

/* In the order of the units, so the same for any number of threads. */
void reco__figure_sum_up(reco__figure *figure, int32_t root)
{
    const double z = 1.96; /* 97.5% quantile of the normal distribution */
    double n = (double)figure->n, sum = 0, squares = 0;
    for (int64_t u = 0; u < figure->n; u++) {
        sum += figure->each[u];
    }
    double mean = sum / n;
    for (int64_t u = 0; u < figure->n; u++) {
        squares += (figure->each[u] - mean) * (figure->each[u] - mean);
    }
    double error = figure->n > 1 ? sqrt(squares / (n - 1) / n) : 0;
    figure->value = mean;
    figure->low = mean - z * error;
    figure->high = mean + z * error;
    if (root) {
        figure->value = sqrt(mean);
        figure->low = sqrt(figure->low > 0 ? figure->low : 0);
        figure->high = sqrt(figure->high);
    }
}

/* ---- what a report tells ---- */

static const reco__figure *figure_of(const reco_report *report, int32_t k)
{
    return report && k >= 0 && k < report->n_figures ? &report->figures[k] : NULL;
}

int32_t reco_report_size(const reco_report *report)
{
    return report ? report->n_figures : 0;
}

const char *reco_report_name(const reco_report *report, int32_t k)
{
    const reco__figure *figure = figure_of(report, k);
    return figure ? figure->name : NULL;
}

double reco_report_value(const reco_report *report, int32_t k)
{
    const reco__figure *figure = figure_of(report, k);
    return figure ? figure->value : NAN;
}

reco_status reco_report_interval(const reco_report *report, int32_t k, double *low, double *high,
                                 reco_error *err)
{
    GIVEN(report, low, high);
    const reco__figure *figure = figure_of(report, k);
    REQUIRE(figure, "figure %d is out of range: the report has %d", k, report->n_figures);
    *low = figure->low;
    *high = figure->high;
    return RECO_OK;
}

const char *reco_report_unit(const reco_report *report, int32_t k)
{
    const reco__figure *figure = figure_of(report, k);
    return figure ? figure->unit : NULL;
}

const double *reco_report_units(const reco_report *report, int32_t k, int64_t *n)
{
    const reco__figure *figure = figure_of(report, k);
    if (n) {
        *n = figure ? figure->n : 0;
    }
    return figure ? figure->each : NULL;
}

int64_t reco_report_count(const reco_report *report, const char *name)
{
    return report ? reco__count_by_name(report->counts, (size_t)report->n_counts, name) : -1;
}

const char *reco_report_count_name(const reco_report *report, int32_t index)
{
    return report && index >= 0 && index < report->n_counts ? report->counts[index].name : NULL;
}
