/* SPDX-License-Identifier: MIT */
/* Memory and threads that fail on order. The tests are linked with a copy of the library in which
 * aligned_alloc is called faults_aligned_alloc, and so on (tests/meson.build), so nothing but the library is
 * touched. */
#ifndef RECO_TESTS_FAULTS_H
#define RECO_TESTS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the `at`-th request (from 1) fails; with `onward` every one after it too. */
void faults_arm(int64_t at, bool onward);
/* Ends that. Returns how many requests failed since. */
int64_t faults_disarm(void);
/* How many bytes were asked for since it was armed. */
int64_t faults_bytes(void);
/* How many blocks are allocated and not freed. */
int64_t faults_live(void);
/* How many threads were asked for. */
int64_t faults_threads(void);

#endif
