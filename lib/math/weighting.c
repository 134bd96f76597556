/* SPDX-License-Identifier: MIT */
#include "weighting.h"

#include <float.h>
#include <math.h>

static const double saturation = 1.2;    /* k1 */
static const double length_share = 0.75; /* b */

static double counts(int32_t values, double x)
{
    switch (values) {
    case RECO__VALUES_RAW:
        return x;
    case RECO__VALUES_BINARY:
        return 1;
    default:
        return 2 * x / (1 + x);
    }
}

/* A weight must not vanish: 0 means that there is no entry. */
static float narrow(double weight)
{
    return weight < (double)FLT_TRUE_MIN ? FLT_TRUE_MIN : weight > (double)FLT_MAX ? FLT_MAX : (float)weight;
}

float reco__value(int32_t values, float x)
{
    return narrow(counts(values, x));
}

static double length(int32_t values, const float *value, int64_t n)
{
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        sum += counts(values, value[k]);
    }
    return sum;
}

reco__weighing reco__weighing_of(int32_t values, int32_t weighting, const reco__csr *x, const int64_t *with)
{
    reco__weighing w = {values, weighting, x->rows, with, 1};
    if (weighting == RECO__WEIGHTING_BM25) {
        int32_t filled = 0;
        for (int32_t r = 0; r < x->rows; r++) {
            filled += x->start[r + 1] > x->start[r];
        }
        double all = length(values, x->value, reco__csr_size(x));
        w.mean_length = filled > 0 ? all / filled : 1;
    }
    return w;
}

void reco__weigh(const reco__weighing *w, const int32_t *term, const float *value, int64_t n, float *weight)
{
    double rows = w->rows;
    double damping = 0;
    if (w->weighting == RECO__WEIGHTING_BM25) {
        double relative = length(w->values, value, n) / w->mean_length;
        damping = saturation * (1 - length_share + length_share * relative);
    }
    for (int64_t k = 0; k < n; k++) {
        double with = (double)(w->with[term[k] + 1] - w->with[term[k]]);
        double v = counts(w->values, value[k]);
        if (w->weighting ==
            RECO__WEIGHTING_TFIDF) { /* a vector from outside may have a term that no row has */
            v = sqrt(v) * log1p(rows / (with > 1 ? with : 1));
        } else if (w->weighting == RECO__WEIGHTING_BM25) {
            v = v * (saturation + 1) / (v + damping) * log1p((rows - with + 0.5) / (with + 0.5));
        }
        weight[k] = narrow(v);
    }
}

int32_t reco__weighs_one(const reco__weighing *w, const reco__csr *x)
{
    if (w->weighting != RECO__WEIGHTING_NONE) {
        return 0;
    }
    for (int64_t e = 0; w->values != RECO__VALUES_BINARY && e < reco__csr_size(x); e++) {
        if (x->value[e] != 1) {
            return 0;
        }
    }
    return 1;
}
