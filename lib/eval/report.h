/* SPDX-License-Identifier: MIT */
/* The outcome of an evaluation: figures, their intervals, and what they were made from. */
#ifndef RECO__REPORT_H
#define RECO__REPORT_H

#include "metrics.h"
#include "reco/eval.h"

struct reco_report {
    reco__metric *metrics; /* [n_metrics] */
    int32_t n_metrics;
    int64_t n_users;
    int64_t users_unknown, users_without_test, users_without_negatives, items_unknown;
    double *values; /* [n_metrics] */
    double *errors; /* [n_metrics] standard error of the mean */
    double *users;  /* [n_metrics, n_users]; coverage's row is not used */
};

/* An empty report for `metrics` (taken over) and so many users. ENOMEM leaves `metrics` to the caller. */
reco_status reco__report_new(reco_report **out, reco__metric *metrics, int32_t n_metrics, int64_t n_users,
                             reco_error *err);
/* Means and standard errors from the users' figures; coverage keeps the value it has. */
void reco__report_sum_up(reco_report *report);

#endif
