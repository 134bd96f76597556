/* SPDX-License-Identifier: MIT */
/* What a model has learned, listed once by its algorithm: from the list come saving, loading, sizes and
 * freeing.
 *
 *     static reco_status state(reco_model *self, reco__state *s)
 *     {
 *         als *m = (als *)self;
 *         reco_status status = RECO_OK;
 *         TRY(reco__state_f32(s, "item_factors", &m->y, self->n_items, m->factors, 0));
 *         TRY(reco__state_f32(s, "user_factors", &m->x, self->n_users, m->factors, RECO__OF_USERS));
 *     done:
 *         return status;
 *     }
 *
 * While loading, an array is there when its call returns, so later lines may use it; its shape, finiteness
 * and range are checked. What else must hold (sums, order) the algorithm checks itself, when
 * reco__state_loading(s), with reco__state_refuse. Names: 1 to 31 letters, digits, '_'. */
#ifndef RECO__STATE_H
#define RECO__STATE_H

#include "math/csr.h"
#include "reco/base.h"
#include "text/strings.h"

#include <stdbool.h>

typedef struct reco__state reco__state;

enum {
    RECO__OF_USERS =
        1, /* left out of a model saved without its users: then the pointer is NULL after loading */
    RECO__DERIVED = 2 /* not stored: made by prepare(), only freed and counted here */
};

/* [rows, columns], finite. Fixed shapes: known from what was listed before or from parameters. */
reco_status reco__state_f32(reco__state *s, const char *name, const float **array, int64_t rows,
                            int64_t columns, int32_t flags);
/* [rows, columns], each in [low, high]. */
reco_status reco__state_i32(reco__state *s, const char *name, const int32_t **array, int64_t rows,
                            int64_t columns, int32_t low, int32_t high, int32_t flags);
/* One finite number or count. */
reco_status reco__state_number(reco__state *s, const char *name, double *value);
reco_status reco__state_count(reco__state *s, const char *name, int64_t *value, int64_t low, int64_t high);
/* A sparse matrix of a given shape, any number of entries: rows and columns are set when loading. */
reco_status reco__state_csr(reco__state *s, const char *name, reco__csr *x, int32_t rows, int32_t columns,
                            int32_t flags);
/* A table of strings, any number; sorted when `sorted`. */
reco_status reco__state_strings(reco__state *s, const char *name, reco__strings *strings, bool sorted,
                                int32_t flags);

bool reco__state_loading(const reco__state *s);
/* EFORMAT with a reason. */
reco_status reco__state_refuse(reco__state *s, const char *reason);

#endif
