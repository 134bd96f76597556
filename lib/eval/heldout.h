/* SPDX-License-Identifier: MIT */
/* Who is evaluated and what was held out of them, in the indices of the model. */
#ifndef RECO__HELDOUT_H
#define RECO__HELDOUT_H

#include "model/model.h"

typedef struct reco__heldout {
    int64_t n;         /* users to evaluate, in the order of the test set's */
    int32_t *user;     /* [n] in the model */
    int64_t *start;    /* [n + 1] */
    int32_t *items;    /* [start[n]] ascending within a user; those the model knows */
    int64_t *total;    /* [n] how many were held out, those the model does not know as well */
    int32_t *row;      /* [n] the user's row of the negatives, when there are any */
    int32_t *negative; /* [negatives' items] in the model, or -1 */
    int64_t longest;   /* most items held out of one user */
    int64_t users_unknown, users_without_test, users_without_negatives, items_unknown;
} reco__heldout;

/* Matches a test set, and negatives unless NULL, with a model by their ids. ENOMEM. */
reco_status reco__heldout_make(reco__heldout *out, const reco_model *model, const reco_data *test,
                               const reco_data *negatives, reco_error *err);
void reco__heldout_free(reco__heldout *heldout);

#endif
