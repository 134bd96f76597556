/* SPDX-License-Identifier: MIT */
/* How alike the rows of a sparse matrix are, and which are most alike: the exact product X X^T, of which only
 * the k best of each row are kept.
 *
 * What is compared are rows (items by their users, or users by their items); what they are compared by are
 * terms, the matrix's columns. A pair's similarity is a function of few numbers:
 *
 *     dot      sum over common terms of the product of the weights
 *     overlap  how many terms are common
 *     a, b     the sizes of the two: sums of squared weights, or numbers of terms where only sets count
 *
 *     cosine    dot / (sqrt(a b) + shrink)
 *     jaccard   overlap / (a + b - overlap + shrink)
 *
 * so a further similarity is one function of these and one row of the table in similarity.c. Pairs with a
 * smaller overlap than min_overlap are not alike at all. Sums are kept in double, where products of floats
 * are exact, so results hardly depend on the order of the terms; they do not depend on threads at all. */
#ifndef RECO__SIMILARITY_H
#define RECO__SIMILARITY_H

#include "base/run.h"
#include "base/topk_large.h"
#include "csr.h"

enum { RECO__SIMILARITY_COSINE = 0, RECO__SIMILARITY_JACCARD = 1 };

/* The words of a parameter row, in the order of the numbers above. */
#define RECO__SIMILARITY_WORDS "cosine", "jaccard"

/* Rows [n_rows] as seen by their terms. */
typedef struct reco__space {
    int32_t similarity;
    double shrink;        /* at least 0 */
    int64_t min_overlap;  /* at least 1 */
    int32_t beyond;       /* 1: only rows that have a term which the vector has not */
    reco__csr terms;      /* [n_terms, n_rows]; value NULL when every weight is 1 */
    const int64_t *start; /* [n_rows + 1]: row r has start[r + 1] - start[r] terms */
    const float
        *norm; /* [n_rows]: the root of the row's sum of squared weights; NULL when every weight is 1 */
} reco__space;

/* One row, of the space or from outside. */
typedef struct reco__vector {
    const int32_t *term;
    const float *weight; /* NULL when every weight is 1 */
    int64_t n;
} reco__vector;

/* Memory to compare one vector with all rows; `best` receives the result. All zero between uses where it says
 * so. */
typedef struct reco__comparison {
    double *dot;       /* [n_rows], zero */
    uint32_t *overlap; /* [n_rows], zero */
    int32_t *touched;  /* [n_rows + 1] */
    reco__topk_large best;
} reco__comparison;

/* Whether a similarity looks at sets of terms only, so that weights are for nothing. */
int32_t reco__similarity_of_sets(int32_t similarity);
/* The root of the sum of n squared weights; finite, and above 0 unless n is 0. */
float reco__norm(const float *weights, int64_t n);

/* The most similar rows, without row `self` (-1: none), into c->best, which starts
 * empty and is finished: similarities above 0. O(sum
 * over the vector's terms of how many rows have them). */
void reco__most_similar(const reco__space *space, const reco__vector *vector, int32_t self,
                        reco__comparison *c);

/* The similarities of all rows but `self` into out[n_rows], zero on entry. Returns how many rows are listed in c->touched:
 * those met, each once; what is not met is not alike. c->best is not used. */
int32_t reco__similarities(const reco__space *space, const reco__vector *vector, int32_t self,
                           reco__comparison *c, float *out);

/* out[n_rows, n_rows]: row r holds the k rows most similar to r, and how similar they are. `rows` is the
 * transpose of space->terms. Frees nothing of `out` before it writes it. ENOMEM, ECANCELLED. */
reco_status reco__neighbors_find(const reco__space *space, const reco__csr *rows, int32_t k, reco__csr *out,
                                 reco__run *run);
/* Bytes that reco__neighbors_find takes at its peak, negative on overflow. */
int64_t reco__neighbors_estimate(const reco__csr *rows, const reco__csr *terms, int32_t k, int32_t threads);

#endif
