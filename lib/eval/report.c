/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

reco_status reco__report_new(reco_report **out, reco__metric *metrics, int32_t n_metrics, int64_t n_users,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t cells;
    reco_report *report = reco__alloc_zero(1, sizeof *report);
    TRY_ALLOC(report && reco__mul(n_metrics, n_users, &cells));
    TRY_ALLOC(report->values = reco__alloc_zero(n_metrics, sizeof *report->values));
    TRY_ALLOC(report->errors = reco__alloc_zero(n_metrics, sizeof *report->errors));
    TRY_ALLOC(report->users = reco__alloc_zero(cells, sizeof *report->users));
    report->metrics = metrics;
    report->n_metrics = n_metrics;
    report->n_users = n_users;
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
    reco__free(report->metrics);
    reco__free(report->values);
    reco__free(report->errors);
    reco__free(report->users);
    reco__free(report);
}

/* In the order of the users, so the same for any number of threads. */
void reco__report_sum_up(reco_report *report)
{
    double n = (double)report->n_users;
    for (int32_t m = 0; m < report->n_metrics; m++) {
        const double *figures = report->users + m * report->n_users;
        if (report->metrics[m].kind == RECO__COVERAGE || report->n_users == 0) {
            continue;
        }
        double sum = 0, squares = 0;
        for (int64_t u = 0; u < report->n_users; u++) {
            sum += figures[u];
        }
        double mean = sum / n;
        for (int64_t u = 0; u < report->n_users; u++) {
            squares += (figures[u] - mean) * (figures[u] - mean);
        }
        report->values[m] = mean;
        report->errors[m] = n > 1 ? sqrt(squares / (n - 1) / n) : 0;
    }
}

static int32_t has(const reco_report *report, int32_t k)
{
    return report && k >= 0 && k < report->n_metrics;
}

int32_t reco_report_size(const reco_report *report)
{
    return report ? report->n_metrics : 0;
}

const char *reco_report_name(const reco_report *report, int32_t k)
{
    return has(report, k) ? report->metrics[k].name : NULL;
}

double reco_report_value(const reco_report *report, int32_t k)
{
    return has(report, k) ? report->values[k] : NAN;
}

reco_status reco_report_interval(const reco_report *report, int32_t k, double *low, double *high,
                                 reco_error *err)
{
    GIVEN(report, low, high);
    REQUIRE(has(report, k), "figure %d is out of range: the report has %d", k, report->n_metrics);
    const double z = 1.96; /* 97.5% quantile of the normal distribution */
    *low = report->values[k] - z * report->errors[k];
    *high = report->values[k] + z * report->errors[k];
    return RECO_OK;
}

int64_t reco_report_count(const reco_report *report, const char *name)
{
    if (!report || !name) {
        return -1;
    }
    const reco__count counts[] = {
        {"users", report->n_users},
        {"users_unknown", report->users_unknown},
        {"users_without_test", report->users_without_test},
        {"users_without_negatives", report->users_without_negatives},
        {"items_unknown", report->items_unknown},
    };
    return reco__count_by_name(counts, sizeof counts / sizeof *counts, name);
}

const double *reco_report_users(const reco_report *report, int32_t k)
{
    if (!has(report, k) || report->metrics[k].kind == RECO__COVERAGE) {
        return NULL;
    }
    return report->users + k * report->n_users;
}
