/* SPDX-License-Identifier: MIT */
/* Answering many users of a factor model at once: their scores are a matrix product, and the best of each are
 * selected from its tiles before the next tile is computed. The answers have the bits of single ones. */
#ifndef RECO__BATCH_FACTORS_H
#define RECO__BATCH_FACTORS_H

#include "kernel/kernel.h"
#include "recommend.h"

enum { RECO__BATCH_FACTORS_DEPTH = 1024 }; /* beyond it, selecting costs more than scoring: answered singly */

/* What all threads share. */
typedef struct reco__batch_factors {
    const reco__plan *plan;
    const reco__kernels *kernels;
    reco__factors factors;
    const int32_t *index; /* [n] items that may be answered, ascending; NULL for all */
    int32_t *own;         /* the same, when it is the batch's own */
    int32_t n, depth;
    int32_t rows;   /* users that a thread works on at a time */
    double longest; /* length of the longest item */
} reco__batch_factors;

/* Makes ready for n users on some threads, or sets many->rows to 0: the model or question is not of that
 * kind. ENOMEM. */
reco_status reco__batch_factors_start(reco__batch_factors *many, const reco__plan *plan, int64_t n,
                                      int32_t threads, reco_error *err);
void reco__batch_factors_end(reco__batch_factors *many);

/* What one thread works with. */
typedef struct reco__block_room {
    const reco__asker **who; /* [rows] */
    float *users;            /* [rows, factors] */
    float *panel, *tile, *worst;
    int32_t *found;
    reco__scored *entries; /* [rows, depth] */
    reco__topk *top;       /* [rows] */
    reco__scratch *scratch;
    int32_t n; /* rows taken */
} reco__block_room;

/* Takes what one thread works with. */
void reco__batch_factors_layout(const reco__batch_factors *many, reco__block_room *room,
                                reco__scratch *scratch);
/* Takes an asker in as the next row, whose factors are stored or worked out. False for those who are answered singly: who
 * has no history, and whose scores might not be finite. */
bool reco__batch_factors_take(const reco__batch_factors *many, reco__block_room *room,
                              const reco__asker *who);
/* Answers those taken in: the best of row k, best first and before the offset is cut off, are top[k].entries.
 * ECANCELLED, without a message, by the filter. */
reco_status reco__batch_factors_answer(const reco__batch_factors *many, reco__block_room *room);

#endif
