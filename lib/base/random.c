/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <math.h>

double reco__random_normal(reco__random *r)
{
    const double two_pi = 6.283185307179586;
    double u = 1 - reco__random_unit(r); /* in (0, 1] */
    double v = reco__random_unit(r);
    return sqrt(-2 * log(u)) * cos(two_pi * v);
}
