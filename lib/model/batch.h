/* SPDX-License-Identifier: MIT */
/* One question for many askers. */
#ifndef RECO__BATCH_H
#define RECO__BATCH_H

#include "base/run.h"
#include "recommend.h"

/* Who asks in a row. May be called by several threads; what `who` points at must last as long as the batch, but for its
 * profiles, which may lie in the thread's room until the next call. */
typedef reco_status reco__who(const void *context, int64_t row, reco__asker_room *room, reco__asker *who,
                              reco_error *err);

/* Answers n askers into the caller's arrays, row by row as reco__answer would: see reco_model_recommend_batch. Of a plan
 * that is bound. */
reco_status reco__batch_answer(const reco__plan *plan, reco__who *who, const void *context, int64_t n,
                               const reco__run *run, int32_t *items, float *scores, int32_t *sizes,
                               reco_status *statuses, reco_error *err);

#endif
