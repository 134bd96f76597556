/* SPDX-License-Identifier: MIT */
/* Answering, in three steps that single questions and batches share: bind a query to a model, find the asker,
 * answer. */
#ifndef RECO__RECOMMEND_H
#define RECO__RECOMMEND_H

#include "list.h"
#include "question.h"

/* Takes what reco__answer takes. */
void reco__answer_layout(const reco__plan *plan, reco__scratch *scratch);
/* Scores, hides, filters and selects into the list, whose scratch has room. `similar_to` is an item's index, or -1 to
 * recommend. */
reco_status reco__answer(const reco__plan *plan, const reco__asker *who, int32_t similar_to, reco_list *list,
                         reco_error *err);

#endif
