/* SPDX-License-Identifier: MIT */
/* What the core does with what algorithms list in state(). */
#ifndef RECO__MODEL_STATE_H
#define RECO__MODEL_STATE_H

#include "file.h"
#include "model.h"

enum { RECO__MAX_PARTS = 64, RECO__MAX_DEPTH = 8 };

/* ENUMERIC with the array's name when a number is not finite. */
reco_status reco__state_check(reco_model *model, reco_error *err);
/* Frees what was learned; parts not included. */
void reco__state_free(reco_model *model);
/* Bytes of all that a model and its parts learned and carry. */
int64_t reco__state_bytes(const reco_model *model);
/* Lists the arrays into a file or takes them from it; parts not included. */
reco_status reco__state_save(reco_model *model, reco__writer *writer, const char *prefix, int32_t save_flags,
                             reco_error *err);
reco_status reco__state_load(reco_model *model, reco__file *file, const char *prefix, int32_t without_users,
                             reco_error *err);

/* One walk over a list: what each call of state.h does depends on the mode. */
enum { RECO__STATE_SAVE, RECO__STATE_LOAD, RECO__STATE_FREE, RECO__STATE_CHECK, RECO__STATE_BYTES };

struct reco__state {
    int32_t mode;
    int32_t without_users;
    int32_t borrowed; /* arrays that are stored point into a file's block: not to be freed */
    const char *prefix;
    reco__writer *writer; /* save */
    reco__file *file;     /* load */
    int64_t bytes;        /* bytes */
    reco_error *err;
};

/* The pieces that all models carry, catalog_file.c. */
reco_status reco__catalog_save(const reco__catalog *catalog, reco__writer *writer, int32_t save_flags,
                               reco_error *err);
reco_status reco__catalog_load(reco__catalog **out, reco__file *file, int32_t without_users, reco_error *err);

/* model.c: used by loading. */
reco_status reco__model_make(reco_model **out, const reco__algo *algo, reco_error *err);
reco_status reco__model_attach(reco_model *model, reco_model *part, double weight, reco_error *err);

#endif
