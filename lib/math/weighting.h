/* SPDX-License-Identifier: MIT */
/* How much an entry of a sparse matrix says about its row.
 *
 * First, what a value x above 0 counts:
 *
 *     raw          x
 *     saturated    2 x / (1 + x): 1 stays 1, less stays about proportional, nothing counts more than 2
 *     binary       1
 *
 * Then what the entry weighs. Rows are what is described (items, users), terms are what describes them
 * (users, items): a term that most rows have tells them apart badly. With v what the value counts,
 *
 *     none     v
 *     tfidf    sqrt(v) ln(1 + R / R_t)                   R rows, of which R_t have term t
 *     bm25     v (k1 + 1) / (v + k1 (1 - b + b L)) ln(1 + (R - R_t + 1/2) / (R_t + 1/2))
 *              L: the row's sum of v over that of the mean row that is not empty; k1 = 1.2, b = 0.75
 *
 * Salton and Buckley, 1988, 10.1016/0306-4573(88)90021-0; Robertson and Zaragoza, 2009, 10.1561/1500000019.
 * Two deviations: the square root, because ten purchases do not say ten times as much as one, and the 1 + in
 * both logarithms, so that no entry loses all its weight or turns it negative. */
#ifndef RECO__WEIGHTING_H
#define RECO__WEIGHTING_H

#include "csr.h"

enum { RECO__VALUES_SATURATED = 0, RECO__VALUES_RAW = 1, RECO__VALUES_BINARY = 2 };
enum { RECO__WEIGHTING_NONE = 0, RECO__WEIGHTING_TFIDF = 1, RECO__WEIGHTING_BM25 = 2 };

/* The words of parameter rows, in the order of the numbers above. */
#define RECO__VALUES_WORDS    "saturated", "raw", "binary"
#define RECO__WEIGHTING_WORDS "none", "tfidf", "bm25"

/* How the rows of one matrix are weighed, and vectors from outside like them. */
typedef struct reco__weighing {
    int32_t values, weighting;
    int32_t rows;
    const int64_t *with; /* [terms + 1]: with[t + 1] - with[t] rows have term t: the transpose's start */
    double mean_length;
} reco__weighing;

/* For the rows of x, whose transpose starts its rows at `with`. O(entries). */
reco__weighing reco__weighing_of(int32_t values, int32_t weighting, const reco__csr *x, const int64_t *with);
/* What a value above 0 counts: finite. */
float reco__value(int32_t values, float x);
/* The weights of a row's n entries: finite and above 0. */
void reco__weigh(const reco__weighing *w, const int32_t *term, const float *value, int64_t n, float *weight);
/* Whether every entry of x weighs 1. O(entries). */
int32_t reco__weighs_one(const reco__weighing *w, const reco__csr *x);

#endif
