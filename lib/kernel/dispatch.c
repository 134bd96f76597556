/* SPDX-License-Identifier: MIT */
/* Which of the compiled levels this processor can run. */
#include "kernel.h"

#include <stdatomic.h>
#include <stddef.h>

/* The documented mutable state of the library, with the lock of base/thread.c: what reco__kernels_best found.
 * Threads that look at the same time find the same. */
static _Atomic(const reco__kernels *) chosen_kernels;

extern const reco__kernels RECO__BASELINE;

#ifdef __x86_64__
extern const reco__kernels reco__kernels_avx2, reco__kernels_avx512;

/* The compiler's check includes whether the system saves the registers. */
static int32_t has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int32_t has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

const reco__kernels *reco__kernels_level(int32_t k)
{
    switch (k) {
    case 0:
        return &RECO__BASELINE;
    case 1:
        return has_avx2() ? &reco__kernels_avx2 : NULL;
    case 2:
        return has_avx512() ? &reco__kernels_avx512 : NULL;
    default:
        return NULL;
    }
}
#else
const reco__kernels *reco__kernels_level(int32_t k)
{
    return k == 0 ? &RECO__BASELINE : NULL;
}
#endif

const reco__kernels *reco__kernels_best(void)
{
    const reco__kernels *found = atomic_load_explicit(&chosen_kernels, memory_order_relaxed);
    if (!found) {
        for (int32_t k = 0; reco__kernels_level(k); k++) {
            found = reco__kernels_level(k);
        }
        atomic_store_explicit(&chosen_kernels, found, memory_order_relaxed);
    }
    return found;
}

void reco__kernels_force(const reco__kernels *level)
{
    atomic_store_explicit(&chosen_kernels, level, memory_order_relaxed);
}
