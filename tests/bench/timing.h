/* SPDX-License-Identifier: MIT */
/* What the benchmarks in C share: a clock, a median, and a way to give up. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <reco/reco.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static reco_error err;

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if (call) {                                                                                          \
            fprintf(stderr, "%s: %s\n", #call, err.message);                                                 \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

static inline double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds, from some moment on. */
static inline double now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

/* Seconds that a processor worked for this thread: what others do meanwhile does not count. */
static inline double worked(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

static inline int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts. */
static inline double median(double *times, int n)
{
    qsort(times, (size_t)n, sizeof *times, by_value);
    return times[n / 2];
}

#endif
