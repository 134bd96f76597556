/* SPDX-License-Identifier: MIT */
/* A user, an item or a context as one sparse row of numbered features.
 *
 *     fields    age (number)   device (token: tv, phone)   look (vector of 2)   name (text)
 *     features  0              1 "tv"  2 "phone"           3  4                 none
 *
 * The features of a side are numbered through its fields: a token field has one for each word of its vocabulary, a
 * number field one, a vector field one for each entry, a text field none. */
#ifndef RECO__PROFILE_H
#define RECO__PROFILE_H

#include "data.h"

/* Bytes that a feature's name takes at the most, with its zero: "FIELD=TOKEN" or "FIELD[65535]". */
enum { RECO__FEATURE_NAME = RECO__MAX_FIELD_NAME + RECO__MAX_ID + 2 };

/* Numbers the features of a side whose fields are there. EINVAL when there are more than 2^31 - 1. */
reco_status reco__profile_number(reco__side *side, reco_error *err);
/* Writes the features that the `index`-th of a side has, by ascending number, and returns how many: at most
 * side->most, 0 for index -1. A token has its weight as value, a number itself, also when it is 0; entries of a
 * vector that are 0 are left out. */
int64_t reco__profile_row(const reco__side *side, int32_t index, int32_t *numbers, float *values);
/* The field that a feature is of. */
const reco__field *reco__profile_field(const reco__side *side, int32_t number);
/* Writes the name of a feature, as "device=phone", "age" or "look[3]", into text [RECO__FEATURE_NAME]. */
void reco__profile_name(const reco__side *side, int32_t number, char *text);

#endif
