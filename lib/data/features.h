/* SPDX-License-Identifier: MIT */
/* Fields made ready for algorithms: which ones, with what weights, and numbers as sparse rows. */
#ifndef RECO__FEATURES_H
#define RECO__FEATURES_H

#include "data.h"

typedef struct reco__feature {
    const reco__field *field;
    double weight; /* above 0 */
} reco__feature;

/* Fields by name with their weights, as "Description:1,UnitPrice:0.2"; no weight is `weight_of[kind]`, and an
 * empty text is all fields. *out is in the order of the side's fields. Messages begin with `owner`. EINVAL
 * (cannot be read, a field twice, a weight not above 0), ENOTFOUND (lists the fields), ENOMEM. */
reco_status reco__features_pick(const reco__side *side, const char *text, const char *owner,
                                reco__feature **out, int32_t *n, reco_error *err);

/* Numbers as rows whose products tell how close they are: X[n, bins + 1].
 *
 * A number becomes its quantile q in [0, 1], equal numbers the middle of theirs, so that neither units nor
 * outliers matter. With x = bins * q and k = floor(x) the row has cos(pi/2 (x - k)) in column k and sin(pi/2
 * (x - k)) in column k + 1: its length is 1, and the product of two rows falls from 1 for equal numbers to 0
 * for those at least two bins apart. A missing number (NaN) has no entries. Cost: O(n log n). ENOMEM. */
reco_status reco__features_bins(const float *numbers, int32_t n, int32_t bins, reco__csr *out,
                                reco_error *err);

#endif
