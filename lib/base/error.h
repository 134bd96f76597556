/* SPDX-License-Identifier: MIT */
/* How functions fail: a status up the stack, a message into the caller's reco_error. */
#ifndef RECO__ERROR_H
#define RECO__ERROR_H

#include "reco/base.h"

#include <stddef.h>

enum { RECO__NAMES_SIZE = 400 };

/* Writes the message, if err is not NULL, and returns `status`. One line: "als: 'factors' must be in [1,
 * 4096], got 0". */
__attribute__((format(printf, 3, 4))) reco_status reco__fail(reco_error *err, reco_status status,
                                                             const char *format, ...);
/* RECO_ENOMEM with the standard message. */
reco_status reco__out_of_memory(reco_error *err);

/* Inside a function with a `reco_status status` and a label `done`: leave on failure. */
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        status = (call);                                                                                     \
        if (status != RECO_OK) {                                                                             \
            goto done;                                                                                       \
        }                                                                                                    \
    } while (0)

/* Leave with RECO_ENOMEM when an allocation gave NULL (or false). */
#define TRY_ALLOC(memory)                                                                                    \
    do {                                                                                                     \
        if (!(memory)) {                                                                                     \
            status = reco__out_of_memory(err);                                                               \
            goto done;                                                                                       \
        }                                                                                                    \
    } while (0)

/* At a public entry, before anything is allocated. */
#define REQUIRE(condition, ...)                                                                              \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            return reco__fail(err, RECO_EINVAL, __VA_ARGS__);                                                \
        }                                                                                                    \
    } while (0)

/* At a public entry: leave with RECO_EINVAL and the name of the first argument that is NULL. */
#define GIVEN(...)                                                                                           \
    do {                                                                                                     \
        const void *const given[] = {__VA_ARGS__};                                                           \
        const int32_t n_given = (int32_t)(sizeof given / sizeof *given);                                     \
        if (reco__given(given, n_given, #__VA_ARGS__, err)) {                                                \
            return RECO_EINVAL;                                                                              \
        }                                                                                                    \
    } while (0)
/* `names` are those of the n arguments, "model, query". */
reco_status reco__given(const void *const *given, int32_t n, const char *names, reco_error *err);

/* Names for a message: "als, content, popular", and what does not fit as "and 3 more". */
typedef struct reco__names {
    char text[RECO__NAMES_SIZE];
    int32_t used, more;
} reco__names;

void reco__names_add(reco__names *names, const char *name);
/* The list, "none" when it is empty. */
const char *reco__names_text(reco__names *names);

/* One of an object's named counts. */
typedef struct reco__count {
    const char *name;
    int64_t value;
} reco__count;

/* The count of a name, or -1: counts are never negative. `name` may be NULL. */
int64_t reco__count_by_name(const reco__count *counts, size_t n, const char *name);

#endif
