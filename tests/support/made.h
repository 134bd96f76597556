/* SPDX-License-Identifier: MIT */
/* Small made data and small fitted models of every algorithm, for tests that run through all of them. */
#ifndef RECO_TESTS_MADE_H
#define RECO_TESTS_MADE_H

#include <reco/reco.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Fails the test with the library's own words. */
#define OK(call)                                                                                             \
    do {                                                                                                     \
        reco_error err = {""};                                                                               \
        reco_status ok_status = (call);                                                                      \
        if (ok_status != RECO_OK) {                                                                          \
            fail_msg("%s: %s (%s)", #call, reco_status_text(ok_status), err.message);                        \
        }                                                                                                    \
    } while (0)

/* Fails the test unless the call fails in this way and says why in one line. */
#define FAILS(call, expected)                                                                                \
    do {                                                                                                     \
        reco_error err = {""};                                                                               \
        reco_status fails_status = (call);                                                                   \
        if (fails_status != (expected)) {                                                                    \
            fail_msg("%s: %s (%s), expected %s", #call, reco_status_text(fails_status), err.message,         \
                     reco_status_text(expected));                                                            \
        }                                                                                                    \
        assert_true(err.message[0] && !strchr(err.message, '\n'));                                           \
    } while (0)

/* A generator of the tests' own, so that a change in the library's does not change the data. */
typedef struct made_random {
    uint64_t state;
} made_random;

uint64_t made_next(made_random *r);
/* In [0, n). */
int32_t made_below(made_random *r, int32_t n);
float made_unit(made_random *r);

/* Users "u0".., items "i0".., in groups with tastes: users of group g like items of group g. Every item but
 * each seventh has a price, a category and a title; some have tags, some a vector; users have a country and
 * an age. Item k: price k + 0.5, category "c<k % 4>", tags "t<k % 3>" and, if k is even, "even"; group k % 4.
 * Values 1 to 5, times one hour apart. */
reco_builder *made_builder(int32_t n_users, int32_t n_items, uint64_t seed);
reco_data *made_data(int32_t n_users, int32_t n_items, uint64_t seed);

/* An unfitted model with the small values of its parameters, which make it quick; a hybrid gets parts. */
reco_model *made_model(const char *algo);
/* Whether an algorithm takes parts. */
bool made_is_hybrid(const char *algo);
/* The model fitted with a number of threads. */
reco_model *made_fitted(const char *algo, const reco_data *data, int32_t threads);

/* The bytes of a saved model; freed with reco_bytes_free. */
void *made_bytes(const reco_model *model, int32_t flags, int64_t *n);

/* Everything a model answers, as one array of numbers, to compare models by: lists, sources and statuses for
 * the users (asked for by `users`) and for who is like them, for histories of one to three items and for similar items, and scores. */
typedef struct made_answers {
    double *number;
    int64_t n, capacity;
} made_answers;

enum { MADE_USERS = 1, MADE_HISTORIES = 2 };

made_answers made_ask(const reco_model *model, int32_t n_users, int32_t what);
/* Whether all of it is the same; frees both. */
bool made_same(made_answers a, made_answers b);

/* Runs tests, each once for every algorithm, which it finds as the const char * in *state. */
int made_run(const struct CMUnitTest *tests, size_t n);

#endif
