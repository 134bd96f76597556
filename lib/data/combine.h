/* SPDX-License-Identifier: MIT */
/* What the events of one user and item amount to. */
#ifndef RECO__COMBINE_H
#define RECO__COMBINE_H

#include <math.h>
#include <stdint.h>

enum { RECO__COMBINE_SUM = 0, RECO__COMBINE_LAST = 1, RECO__COMBINE_MAX = 2, RECO__COMBINE_COUNT = 3 };

typedef struct reco__amount {
    double whole; /* as if nothing aged: whether there is a taste */
    double aged;  /* what counts of it today */
} reco__amount;

/* A sum of what was taken and what came back, the sum of the sizes of both beside it: what rounding alone left is
 * nothing, as of 0.3 + 0.6 - 0.9. */
static inline double reco__without_dust(double total, double sizes)
{
    return fabs(total) <= 1e-6 * sizes ? 0 : total;
}

/* Combines n events, n > 0, in their order: values [n], and factors [n] in (0, 1] by which they aged. Both arrays are
 * spent. What came back is gone however old it was: a return meets what was taken last before it, or else first after
 * it, and what is left counts with its own age. */
reco__amount reco__combine(int32_t rule, double *values, double *factors, int64_t n);

#endif
