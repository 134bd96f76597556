/* SPDX-License-Identifier: MIT */
/* Figures with their intervals, the values of the units that they are means of, and named counts. What they
 * are figures of is their maker's affair. */
#ifndef RECO__REPORT_H
#define RECO__REPORT_H

#include "base/error.h"
#include "reco/eval.h"

enum { RECO__FIGURE_NAME = 32 };

typedef struct reco__figure {
    char name[RECO__FIGURE_NAME];
    double value, low, high;
    const char *unit; /* what `each` has a value for, static; NULL: the figure is no mean */
    double *each;     /* [n] */
    int64_t n;
} reco__figure;

struct reco_report {
    reco__figure *figures; /* [n_figures] */
    int32_t n_figures, n_counts;
    reco__count *counts; /* [n_counts] names are static */
};

/* A report of unnamed figures that are 0, with a copy of the counts. ENOMEM. */
reco_status reco__report_new(reco_report **out, int32_t n_figures, const reco__count *counts,
                             int32_t n_counts, reco_error *err);
/* Gives a figure its name and n units, whose values are 0. ENOMEM. */
reco_status reco__figure_units(reco__figure *figure, const char *name, const char *unit, int64_t n,
                               reco_error *err);
/* Names a figure that is no mean. */
void reco__figure_whole(reco__figure *figure, const char *name, double value);
/* Value and interval from the values of the units: their mean, or with `root` the root of it. */
void reco__figure_sum_up(reco__figure *figure, int32_t root);

#endif
