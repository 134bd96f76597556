/* SPDX-License-Identifier: MIT */
/* A question to a model: the query bound to it, and who asks. Begun, its memory is laid out once to measure and once to
 * take, and then it is bound. */
#ifndef RECO__QUESTION_H
#define RECO__QUESTION_H

#include "asker.h"
#include "plan.h"

typedef struct reco__question {
    const reco_model *model;
    const reco_query *query;
    reco__plan plan;
    reco__asker_room room;
    reco__asker who;
} reco__question;

/* ESTATE, ENOTFOUND (the user). */
static inline reco_status reco__question_begin(reco__question *q, const reco_model *model,
                                               const reco_query *query, reco_error *err)
{
    reco_status status = reco__plan_ready(model, err);
    q->model = model;
    q->query = query;
    return status ? status : reco__asker_begin(&q->room, model, query, err);
}

static inline void reco__question_layout(reco__question *q, reco__scratch *scratch)
{
    reco__plan_layout(&q->plan, q->model, q->query, scratch);
    reco__asker_layout(&q->room, q->model, q->query, scratch);
}

/* Looks everything up. ENOTFOUND, EINVAL. */
static inline reco_status reco__question_bind(reco__question *q, reco_error *err)
{
    reco_status status = reco__plan_bind(&q->plan, err);
    return status ? status : reco__asker_find(&q->who, q->model, q->query, &q->room, err);
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
