/* SPDX-License-Identifier: MIT */
/* What a model learned and carries: what the core does with what algorithms list in state(). */
#ifndef RECO__LEARNED_H
#define RECO__LEARNED_H

#include "model.h"
#include "store/walk.h"

enum { RECO__MAX_PARTS = 64, RECO__MAX_DEPTH = 8 };

/* Walks over what a model learned, without its parts. */
reco_status reco__model_list(const reco_model *model, reco__state *s);
/* Walks over what a whole model carries once, for itself and its parts. While loading, `model` is all zero. */
reco_status reco__model_list_carried(reco_model *model, reco__state *s);
/* Shares the catalog, histories and log (NULL: none), and takes over what a model is said to be made from. */
void reco__model_inherit(reco_model *model, const reco_model *from, reco__catalog *catalog,
                         reco__history *history, reco__log *log);

/* ENUMERIC with the array's name when a number is not finite. */
reco_status reco__model_check(const reco_model *model, reco_error *err);
/* Back to unfitted, parameters and parts kept. */
void reco__model_forget(reco_model *model);
/* ESTATE, with `what` of a part of a hybrid, when it is not fitted and whole. */
reco_status reco__model_whole(const reco_model *model, const char *what, reco_error *err);
/* Bytes of all that a model and its parts learned and carry. */
int64_t reco__model_bytes(const reco_model *model);
/* The model with other users and items, who are those of the catalog, histories and log, which it shares (NULL: without
 * users): what was learned of those who stay is carried over, of new ones nothing is known. ENOMEM. */
reco_status reco__model_carry(const reco_model *model, reco__catalog *catalog, reco__history *history,
                              reco__log *log, const reco__moves *moves, reco_model **out, reco_error *err);

/* model.c */
reco_status reco__model_make(reco_model **out, const reco__algo *algo, reco_error *err);
/* Takes `part` over when it succeeds. */
reco_status reco__model_attach(reco_model *model, reco_model *part, double weight, reco_error *err);
/* An unfitted model with the same algorithm, parameters and parts. */
reco_status reco__model_twin(const reco_model *model, reco_model **out, reco_error *err);

#endif
