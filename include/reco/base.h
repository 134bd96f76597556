/* SPDX-License-Identifier: MIT */
/** @file base.h
 * Status codes, errors, versions, and the handle by which a long call reports progress and is cancelled.
 *
 * Conventions that hold for every function of the library:
 *
 * - A function that can fail returns a `reco_status` and takes, as its last argument, a `reco_error *` that
 * may be NULL. On failure its outputs are untouched, except that a `T **out` is set to NULL.
 * - `T **out` is the caller's and is freed by `reco_T_free`, which accepts NULL. A returned `const T *` is
 * borrowed and dies with the object it came from. Inputs are copied and never modified.
 * - Functions that take `const` objects may run at the same time on the same object; all others need
 * exclusive access.
 * - Strings are UTF-8 and end with a zero byte. Indices are `int32_t` from 0; counts and times (Unix seconds,
 * UTC) are `int64_t`; values and scores are `float`; parameters are `double`.
 * - A NULL handle or a NULL required pointer is RECO_EINVAL.
 */
#ifndef RECO_BASE_H
#define RECO_BASE_H

#include <stdint.h>

#if defined(__GNUC__)
#define RECO_API __attribute__((visibility("default")))
#else
#define RECO_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define RECO_VERSION_MAJOR 0
#define RECO_VERSION_MINOR 1
#define RECO_VERSION_PATCH 0
/** The number in the shared library's soname. It changes when a program linked before would no longer work.
 */
#define RECO_ABI 0

/** What a call ended in: RECO_OK or one of the negative codes below, whose numbers never change. */
typedef int32_t reco_status;

#define RECO_OK           0    /**< done */
#define RECO_ENOMEM       (-1) /**< memory ran out, or a `memory_limit` would be passed */
#define RECO_EINVAL       (-2) /**< an argument breaks its rule */
#define RECO_ENOTFOUND    (-3) /**< an id, name, field, column or file that is not there */
#define RECO_ESTATE       (-4) /**< the call does not fit the object's state, as a query to an unfitted model */
#define RECO_EUNSUPPORTED (-5)  /**< this algorithm or this build cannot do it */
#define RECO_EIO          (-6)  /**< the operating system failed to read or write */
#define RECO_EFORMAT      (-7)  /**< a file or buffer that is not what it should be */
#define RECO_ENUMERIC     (-8)  /**< the mathematics broke down: a pivot, an overflow, a NaN */
#define RECO_ECANCELLED   (-9)  /**< cancelled by the caller */
#define RECO_EINTERNAL    (-10) /**< a defect in the library: please report it */

/** Bytes of a message, with its zero. */
#define RECO_ERROR_SIZE 512

/** The explanation of a failure: one line without newline that names the argument, the rule and the value. */
typedef struct reco_error {
    char message[RECO_ERROR_SIZE];
} reco_error;

/** Returns the library's version as "major.minor.patch"; static storage. */
RECO_API const char *reco_version(void);

/** Returns a short English name of `status`, as "invalid argument"; static storage, never NULL. */
RECO_API const char *reco_status_text(reco_status status);

/** A long call's line to its caller: progress out, cancellation in. */
typedef struct reco_run reco_run;

/** Called from the calling thread of a long call, a few times a second at the most.
 * @param context  what reco_run_set_progress was given
 * @param stage    what is being done, as "als"; valid during the call
 * @param done     in [0, 1]
 * @return 0 to go on; anything else cancels the call, which then ends in RECO_ECANCELLED */
typedef int32_t (*reco_progress)(void *context, const char *stage, double done);

/** Makes a run.
 * @return RECO_OK, RECO_EINVAL (`out` is NULL), RECO_ENOMEM */
RECO_API reco_status reco_run_new(reco_run **out, reco_error *err);

/** Frees a run; NULL is allowed. No call may be using it. */
RECO_API void reco_run_free(reco_run *run);

/** Sets the function that is told of progress; NULL for none. */
RECO_API void reco_run_set_progress(reco_run *run, reco_progress progress, void *context);

/** Cancels the call that uses the run, and every later one. May be called from any thread and from a signal
 * handler; the call returns RECO_ECANCELLED soon after. */
RECO_API void reco_run_cancel(reco_run *run);

#ifdef __cplusplus
}
#endif

#endif
