/* SPDX-License-Identifier: MIT */
/* A question to a model: the query bound to it, and who asks. Its memory is laid out once to measure and once to take. */
#ifndef RECO__QUESTION_H
#define RECO__QUESTION_H

#include "asker.h"
#include "plan.h"

typedef struct reco__question {
    reco__plan plan;
    reco__asker_room room;
    reco__asker who;
} reco__question;

static inline void reco__question_layout(reco__question *q, const reco_model *model, const reco_query *query,
                                         reco__scratch *scratch)
{
    reco__plan_layout(&q->plan, model, query, scratch);
    reco__asker_layout(&q->room, query, scratch);
}

/* Looks everything up. ESTATE, ENOTFOUND, EINVAL. */
static inline reco_status reco__question_bind(reco__question *q, reco_error *err)
{
    reco_status status = reco__plan_bind(&q->plan, err);
    return status ? status : reco__asker_find(&q->who, q->plan.model, q->plan.query, &q->room, err);
}

/* Gives a failed answer its message: algorithms have no place to put one. */
static inline reco_status reco__answered(const reco_model *model, reco_status status, reco_error *err)
{
    return status ? reco__fail(err, status,
                               "%s: this question has no answer in single precision: are values too extreme?",
                               model->algo->name)
                  : RECO_OK;
}

#endif
