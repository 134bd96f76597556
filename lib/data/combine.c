/* SPDX-License-Identifier: MIT */
#include "combine.h"

#include <stdbool.h>

/* What is left, by its age, when returns have met what was taken. The arrays become the stack of what is not met yet. */
static double meet_returns(double *values, double *factors, int64_t n)
{
    int64_t top = 0;
    double owed = 0, left = 0; /* owed: what came back and was not taken yet */
    for (int64_t k = 0; k < n; k++) {
        double value = values[k], factor = factors[k];
        if (value < 0) {
            owed -= value;
        } else {
            values[top] = value;
            factors[top++] = factor;
        }
        while (top > 0 && owed > 0) {
            double met = values[top - 1] < owed ? values[top - 1] : owed;
            values[top - 1] -= met;
            owed -= met;
            top -= values[top - 1] <= 0;
        }
    }
    for (int64_t k = 0; k < top; k++) {
        left += values[k] * factors[k];
    }
    return left;
}

static reco__amount sum(double *values, double *factors, int64_t n)
{
    reco__amount amount = {0, 0};
    double sizes = 0;
    bool ages = false;
    for (int64_t k = 0; k < n; k++) {
        amount.whole += values[k];
        amount.aged += values[k] * factors[k];
        sizes += fabs(values[k]);
        ages = ages || factors[k] != 1;
    }
    bool returns = sizes != amount.whole;
    amount.whole = reco__without_dust(amount.whole, sizes);
    if (ages && returns && amount.whole > 0) {
        amount.aged = meet_returns(values, factors, n);
    }
    return amount;
}

reco__amount reco__combine(int32_t rule, double *values, double *factors, int64_t n)
{
    reco__amount amount = {values[n - 1], values[n - 1] * factors[n - 1]};
    if (rule == RECO__COMBINE_LAST) {
        return amount;
    }
    if (rule == RECO__COMBINE_MAX) {
        for (int64_t k = 0; k < n; k++) {
            double aged = values[k] * factors[k];
            amount.whole = values[k] > amount.whole ? values[k] : amount.whole;
            amount.aged = aged > amount.aged ? aged : amount.aged;
        }
        return amount;
    }
    for (int64_t k = 0; k < n && rule == RECO__COMBINE_COUNT; k++) {
        values[k] = values[k] < 0 ? -1 : 1;
    }
    return sum(values, factors, n);
}
