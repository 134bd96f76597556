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
    int32_t n, depth;
    int32_t rows;   /* users that a thread works on at a time */
    double longest; /* length of the longest item */
} reco__batch_factors;

/* Makes ready for n users on some threads, or sets many->rows to 0: the model or question is not of that
 * kind. ENOMEM. */
reco_status reco__batch_factors_start(reco__batch_factors *many, const reco__plan *plan, int64_t n,
                                      int32_t threads, reco_error *err);
void reco__batch_factors_end(reco__batch_factors *many);

/* Whether an asker is one of those answered so. Others are answered singly: who has no history, and whose
 * scores might not be finite. */
int32_t reco__batch_factors_takes(const reco__batch_factors *many, const reco__asker *who);

/* Bytes of scratch for reco__batch_factors_answer; aligned as by reco__alloc. */
int64_t reco__batch_factors_need(const reco__batch_factors *many);
/* The best of n <= many->rows askers: who[k]'s, best first and before the offset is cut off, at
 * (*best)[k * many->depth], size[k] of them; in scratch. ECANCELLED, without a message, by the filter. */
reco_status reco__batch_factors_answer(const reco__batch_factors *many, const reco__asker *who, int32_t n,
                                       void *scratch, const reco__scored **best, int32_t *size);

#endif
