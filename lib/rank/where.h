/* SPDX-License-Identifier: MIT */
/* Conditions on item features: "price<50 and category=kitchen". */
#ifndef RECO__WHERE_H
#define RECO__WHERE_H

#include "data/data.h"

#include <stdbool.h>

enum { RECO__LESS, RECO__AT_MOST, RECO__ABOVE, RECO__AT_LEAST, RECO__EQUAL, RECO__UNEQUAL };

/* One comparison as it was written. */
typedef struct reco__condition {
    char field[RECO__MAX_FIELD_NAME + 1];
    int32_t op;
    char *value; /* the condition's own */
    bool is_number;
    double number;
} reco__condition;

typedef struct reco__where {
    reco__condition *conditions;
    int64_t n, capacity;
} reco__where;

/* Adds the conditions of a text. On failure nothing was added. EINVAL, ENOMEM. */
reco_status reco__where_add(reco__where *where, const char *text, reco_error *err);
void reco__where_clear(reco__where *where); /* keeps the memory of the array */
void reco__where_free(reco__where *where);

/* A condition bound to a catalog. */
typedef struct reco__test {
    const reco__field *field;
    int32_t op;
    float number;
    int32_t token; /* index in the vocabulary, -1 when no item has it */
} reco__test;

/* tests [where->n]. ENOTFOUND (no such field: the message lists them), EINVAL (a field that cannot be
 * compared so). */
reco_status reco__where_bind(const reco__where *where, const reco__catalog *catalog, reco__test *tests,
                             reco_error *err);
/* Whether an item meets all tests. */
bool reco__where_holds(const reco__test *tests, int64_t n, int32_t item);

#endif
