/* SPDX-License-Identifier: MIT */
#ifndef TALLY_H
#define TALLY_H

#include <reco/reco.h>

#include <stdbool.h>

typedef struct tally_figure {
    char name[32];
    double value, low, high;
    double mean, squares; /* of the units so far */
    int64_t n;            /* units */
    bool whole;           /* has no units, as coverage: averaged over the folds */
} tally_figure;

enum { TALLY_COUNTS = 16 };

typedef struct tally {
    tally_figure *figures;
    int n, folds, n_counts;
    struct {
        const char *name;
        int64_t value;
    } counts[TALLY_COUNTS];
    double fit_seconds, recommend_seconds;
} tally;

/* Adds one report. */
void tally_add(tally *t, const reco_report *report);
/* After the last: figures and intervals of several folds are those of the mean over all their units. */
void tally_end(tally *t);
/* A count by its name, over all folds; 0 when there is none. */
int64_t tally_count(const tally *t, const char *name);
void tally_free(tally *t);

#endif
