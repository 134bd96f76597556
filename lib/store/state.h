/* SPDX-License-Identifier: MIT */
/* What an object holds, listed once: from the list come saving, loading, sizes, freeing and carrying over to other
 * numbers of users and items.
 *
 *     static reco_status state(reco_model *self, reco__state *s)
 *     {
 *         als *m = (als *)self;
 *         reco_status status = RECO_OK;
 *         TRY(reco__state_f32(s, "item_factors", &m->items, RECO__ITEMS, m->factors, 0));
 *         TRY(reco__state_f32(s, "user_factors", &m->users, RECO__USERS, m->factors, 0));
 *     done:
 *         return status;
 *     }
 *
 * An axis is a number, or RECO__USERS or RECO__ITEMS. What runs along users in any way is personal: a file without users
 * has none of it, and the pointers are NULL after loading. When users or items get other numbers, rows and columns along
 * them move; rows and columns of new ones are 0.
 *
 * While loading, an array is there when its call returns, so later lines may use it; its shape, finiteness
 * and range are checked. What else must hold (sums, order) the object checks itself, when
 * reco__state_loading(s), with reco__state_refuse. Names: 1 to 31 letters, digits, '_'. */
#ifndef RECO__STATE_H
#define RECO__STATE_H

#include "math/csr.h"
#include "reco/base.h"
#include "text/strings.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct reco__state reco__state;

/* Axes that are no number. ANY is for strings: as many as there are. */
enum { RECO__USERS = -1, RECO__ITEMS = -2, RECO__ANY = -3 };

/* Flags. */
enum {
    RECO__TEXTS = 2,     /* only for showing: left out on request */
    RECO__DERIVED = 8,   /* not stored, nor carried: made afterwards, only freed and counted here */
    RECO__OPTIONAL = 16, /* may be missing, NULL then; a library that does not know it skips it */
    RECO__GAPS = 32      /* may hold NaN, or -1 where numbers along an axis are told, for what is missing */
};

/* [rows, columns], finite. */
reco_status reco__state_f32(reco__state *s, const char *name, const float **array, int64_t rows,
                            int64_t columns, int32_t flags);
reco_status reco__state_f64(reco__state *s, const char *name, const double **array, int64_t rows,
                            int64_t columns, int32_t flags);
/* [rows, columns], each in [low, high]. Not for numbers of users or items, which stay as they are here. */
reco_status reco__state_u8(reco__state *s, const char *name, const uint8_t **array, int64_t rows,
                           int64_t columns, uint8_t high, int32_t flags);
reco_status reco__state_i32(reco__state *s, const char *name, const int32_t **array, int64_t rows,
                            int64_t columns, int32_t low, int32_t high, int32_t flags);
reco_status reco__state_i64(reco__state *s, const char *name, const int64_t **array, int64_t rows,
                            int64_t columns, int64_t low, int64_t high, int32_t flags);
/* One finite number or count. */
reco_status reco__state_number(reco__state *s, const char *name, double *value);
reco_status reco__state_count(reco__state *s, const char *name, int64_t *value, int64_t low, int64_t high);
reco_status reco__state_int(reco__state *s, const char *name, int32_t *value, int32_t low, int32_t high);
/* One text of 1 to `most` bytes of UTF-8. */
reco_status reco__state_text(reco__state *s, const char *name, const char **text, int64_t most,
                             int32_t flags);

/* What is told of each entry of some rows: an array as long as there are entries. */
typedef struct reco__per_entry {
    const char *suffix; /* of its name, ".time" */
    uint32_t kind;      /* RECO__U8, ... of file.h */
    const void **array;
    int64_t of;    /* RECO__I32: numbers along this axis. An entry goes with what it is of */
    int32_t flags; /* besides those of the rows */
} reco__per_entry;

/* Rows of any number of entries each: row r has the entries start[r] .. start[r + 1] - 1. */
reco_status reco__state_rows(reco__state *s, const char *name, const int64_t **start, int64_t rows,
                             const reco__per_entry *told, int32_t n_told, int32_t flags);
/* A sparse matrix of a given shape, any number of entries: its rows and columns are set too. `also`: NULL, or what else
 * is told of each entry. */
reco_status reco__state_csr(reco__state *s, const char *name, reco__csr *x, int64_t rows, int64_t columns,
                            int32_t flags);
reco_status reco__state_csr_with(reco__state *s, const char *name, reco__csr *x, int64_t rows,
                                 int64_t columns, const reco__per_entry *also, int32_t flags);
/* A table of strings; sorted when `sorted`. */
reco_status reco__state_strings(reco__state *s, const char *name, reco__strings *strings, int64_t rows,
                                bool sorted, int32_t flags);

/* An array of structs, and how many, whose members are listed between the two calls. It is made, all zero, when there is
 * something to fill, and freed at the end when all is freed. */
reco_status reco__state_structs(reco__state *s, const char *name, void **structs, int32_t *n, int32_t most,
                                size_t size);
void reco__state_structs_end(reco__state *s, void **structs);
/* Names of what is listed until the end begin with "name." or, with k from 0 on, "name.k."; `before` is what begin
 * returned. */
int32_t reco__state_begin(reco__state *s, const char *name, int32_t k);
void reco__state_end(reco__state *s, int32_t before);

/* How many users or items there are. */
int64_t reco__state_size(const reco__state *s, int64_t axis);
/* The version of the list that the file being loaded was written by; the current one when nothing is loaded. */
uint32_t reco__state_version(const reco__state *s);
/* Whether pointers and numbers are being set from a file, which may hold anything. */
bool reco__state_loading(const reco__state *s);
/* Whether they are being set to what was carried over, in arrays of the object's own. */
bool reco__state_carried(const reco__state *s);
/* Whether only what is stored is listed, not what stands in memory besides. */
bool reco__state_stored(const reco__state *s);
/* Where messages go. */
reco_error *reco__state_error(reco__state *s);
/* EFORMAT with a reason. */
reco_status reco__state_refuse(reco__state *s, const char *reason);

#endif
