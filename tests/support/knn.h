/* SPDX-License-Identifier: MIT */
/* Random small data and a neighborhood model with random parameters fitted on it, for comparison with the
 * definitions. */
#ifndef RECO_TESTS_KNN_H
#define RECO_TESTS_KNN_H

#include "alike.h"
#include "made.h"

typedef struct knn_case {
    made_random random;
    bool of_items; /* whose rows are compared: a.x is by item */
    int32_t n_users, n_items;
    double x[ALIKE_MOST][ALIKE_MOST]; /* by user */
    alike a;
    alike_row row[ALIKE_MOST];
    bool exact; /* similarities are fractions of whole numbers: equal ones are equal to the bit */
    bool normalize;
    int32_t k;
    reco_data *data;
    reco_model *model;
    reco_query *query;
} knn_case;

/* algo: "item-knn" or "user-knn". Freed with knn_free. */
knn_case *knn_draw(const char *algo, uint64_t seed);
void knn_free(knn_case *c);
/* A history of some items with values, and the query for it. */
void knn_history(knn_case *c, double *history);
/* The same query for a user, whose row becomes the history. */
void knn_user(knn_case *c, int32_t user, double *history);
/* Scores of all items by the model. */
void knn_scores(const knn_case *c, float *scores);
/* Each item's score asked for alone and in a list with others is the same to the bit, and so are those in the
 * list of recommendations, which are all items with a score that is not 0. */
void knn_check_parts(const knn_case *c, const float *scores);
/* What each item of the history adds to a score sums to it. */
void knn_check_reasons(const knn_case *c, const double *history, const float *scores);

#endif
