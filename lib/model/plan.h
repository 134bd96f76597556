/* SPDX-License-Identifier: MIT */
/* What may be answered: a query bound to a model, its ids looked up and its conditions bound. */
#ifndef RECO__PLAN_H
#define RECO__PLAN_H

#include "model.h"
#include "query.h"

/* The arrays are in the scratch it was bound with. */
typedef struct reco__plan {
    const reco_model *model;
    const reco_query *query;
    uint64_t *allowed; /* bits of items: those included, but for those excluded; NULL when neither is said */
    int32_t *include;  /* [n_include] the same, ascending; NULL unless the query includes */
    int32_t n_include;
    int32_t *exclude; /* [n_exclude] as given */
    int64_t n_exclude;
    int64_t skipped;   /* ids of include and exclude that the model does not know */
    reco__test *tests; /* [query->where.n] */
    int32_t needs;     /* what a user must have agreed to, see reco__query_needs */
} reco__plan;

/* ESTATE: unfitted, or a part of a hybrid, which is asked through the whole. */
reco_status reco__plan_ready(const reco_model *model, reco_error *err);
/* Takes the plan's arrays. Of a model that is ready. */
void reco__plan_layout(reco__plan *plan, const reco_model *model, const reco_query *query,
                       reco__scratch *scratch);
/* Fills them. ENOTFOUND, EINVAL. */
reco_status reco__plan_bind(reco__plan *plan, reco_error *err);

/* The items whose bit is set, ascending; returns how many. Of a plan that has the bits. */
int32_t reco__plan_list(const reco__plan *plan, int32_t *items);
/* Whether the plan's conditions and filter allow an item; negative: the filter ends the question. */
int32_t reco__plan_allows(const reco__plan *plan, int32_t item);
/* Whether they must be asked at all. */
static inline int32_t reco__plan_checks(const reco__plan *plan)
{
    return plan->query->filter != NULL || plan->query->where.n > 0;
}
/* How many entries an answer may have before the offset is cut off. */
int32_t reco__plan_depth(const reco__plan *plan);

/* Looks up ids of items into index [list->n]; -1 for those the model does not know, if the query skips them. ENOTFOUND. */
reco_status reco__find_items(const reco_model *model, const reco_query *query, const reco__id_list *list,
                             int32_t *index, reco_error *err);
/* Closes the gaps that -1 leaves; returns how many remain. */
int64_t reco__drop_unknown(int32_t *index, int64_t n);

#endif
