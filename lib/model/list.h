/* SPDX-License-Identifier: MIT */
#ifndef RECO__LIST_H
#define RECO__LIST_H

#include "base/topk.h"
#include "model.h"
#include "reco/query.h"

/* An answer, and the memory that finding it took, kept for the next question. */
struct reco_list {
    int32_t size, withheld;
    int32_t *items;   /* [capacity] */
    float *scores;    /* [capacity] */
    const char **ids; /* [capacity] */
    int64_t capacity;
    const char *source;
    int64_t skipped;
    reco__bytes words;      /* names of the features among reasons, in their order, each with its zero */
    reco__catalog *catalog; /* shared: for the ids */
    reco__scratch scratch;
    reco__scores scores_of; /* [room] of a question: all 0 between questions */
    int64_t room;
};

/* Makes the list's scratch at least `bytes` large and empty, and its scores ready for n_items. ENOMEM. */
reco_status reco__list_start(reco_list *list, int32_t n_items, int64_t bytes, reco_error *err);
/* Makes room for n items. ENOMEM. */
reco_status reco__list_grow(reco_list *list, int32_t n, reco_error *err);
/* Takes over the sorted entries, which are items or users, from `offset` on. */
reco_status reco__list_fill(reco_list *list, const reco_model *model, int32_t side, const reco__topk *top,
                            int32_t offset, const char *source, reco_error *err);

#endif
