/* SPDX-License-Identifier: MIT */
/* How functions fail: a status up the stack, a message into the caller's reco_error. */
#ifndef RECO__ERROR_H
#define RECO__ERROR_H

#include "reco/base.h"

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

#endif
