/* SPDX-License-Identifier: MIT */
/* Similarities by their definitions, pair by pair in double on matrices written out: the oracle of whatever
 * finds neighbors. */
#ifndef RECO_TESTS_ALIKE_H
#define RECO_TESTS_ALIKE_H

#include <stdbool.h>
#include <stdint.h>

enum { ALIKE_MOST = 40 };

/* The words stand for themselves: see similarity.h and weighting.h. */
typedef struct alike {
    const char *similarity, *weighting, *values;
    double shrink;
    int64_t min_overlap;
    int32_t n, m;                     /* rows, terms */
    double x[ALIKE_MOST][ALIKE_MOST]; /* values by row, 0: none */
    double with[ALIKE_MOST];          /* rows that have a term */
    double mean_length;
} alike;

typedef struct alike_row {
    double x[ALIKE_MOST], weight[ALIKE_MOST];
} alike_row;

/* What a value counts. */
double alike_value(const alike *a, double x);
/* Fills in what is known of all rows, from x. */
void alike_count(alike *a);
/* A row of x, or any other, with its weights. */
alike_row alike_weigh(const alike *a, const double *x);
/* How alike two rows are. */
double alike_pair(const alike *a, const alike_row *one, const alike_row *other);
/* The k best of n scores above 0, marked in `chosen`. False when the choice hangs on a difference that floats
 * may not show; equal scores are no such case, when `exact`. */
bool alike_best(const double *score, int32_t n, int32_t k, bool exact, bool *chosen);

#endif
