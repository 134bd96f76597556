/* SPDX-License-Identifier: MIT */
/* Answering, in three steps that single questions and batches share: bind a query to a model, find the asker,
 * answer. */
#ifndef RECO__RECOMMEND_H
#define RECO__RECOMMEND_H

#include "list.h"
#include "query.h"

/* A query bound to a model: its ids looked up, its conditions bound. The arrays are in the scratch it was
 * bound with. */
typedef struct reco__plan {
    const reco_model *model;
    const reco_query *query;
    int32_t *include; /* [n_include] ascending, no repeats; NULL when all items are allowed */
    int32_t n_include;
    int32_t *exclude; /* [n_exclude] ascending, no repeats */
    int32_t n_exclude;
    reco__test *tests; /* [query->where.n] */
} reco__plan;

/* Bytes of scratch that binding takes. */
int64_t reco__plan_need(const reco_query *query);
/* ESTATE (unfitted), ENOTFOUND, EINVAL. */
reco_status reco__plan_bind(reco__plan *plan, const reco_model *model, const reco_query *query,
                            reco__scratch *scratch, reco_error *err);

/* Bytes of scratch that reco__asker_find takes. */
int64_t reco__asker_need(const reco_query *query);
/* Whoever the query names. ESTATE, ENOTFOUND. */
reco_status reco__asker_find(reco__asker *who, const reco_model *model, const reco_query *query,
                             reco__scratch *scratch, reco_error *err);
/* A user of the model; without consent to personal answers, someone without a history. */
reco__asker reco__asker_user(const reco_model *model, int32_t user);

/* Bytes of scratch that reco__answer takes. */
int64_t reco__answer_need(const reco__plan *plan);
/* Scores, hides, filters and selects into the list. `similar_to` is an item's index, or -1 to recommend. */
reco_status reco__answer(const reco__plan *plan, const reco__asker *who, int32_t similar_to, reco_list *list,
                         reco_error *err);

/* Whether the plan's conditions and filter allow an item; negative: the filter ends the question. */
int32_t reco__plan_allows(const reco__plan *plan, int32_t item);
/* How many entries an answer of this plan may have before the offset is cut off. */
int32_t reco__plan_depth(const reco__plan *plan);

#endif
