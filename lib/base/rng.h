/* SPDX-License-Identifier: MIT */
/* Keyed random numbers: a stream is a function of (seed, stream, row) alone, so the same numbers come up
 * whichever thread draws them. SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, 10.1145/2660193.2660195). */
#ifndef RECO__RNG_H
#define RECO__RNG_H

#include <math.h>
#include <stdint.h>

typedef struct reco__rng {
    uint64_t state;
} reco__rng;

static inline uint64_t reco__mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The generator for one purpose (`stream`: an epoch, a stage) and one row. */
static inline reco__rng reco__rng_key(uint64_t seed, uint64_t stream, uint64_t row)
{
    uint64_t key = reco__mix(seed + 0x9e3779b97f4a7c15u);
    key = reco__mix(key ^ (stream * 0xd1342543de82ef95u + 1));
    key = reco__mix(key ^ (row * 0x9e3779b97f4a7c15u + 2));
    return (reco__rng){key};
}

static inline uint64_t reco__rng_next(reco__rng *r)
{
    r->state += 0x9e3779b97f4a7c15u;
    return reco__mix(r->state);
}

/* Uniform in [0, 1). */
static inline double reco__rng_unit(reco__rng *r)
{
    return (double)(reco__rng_next(r) >> 11) * 0x1p-53;
}

/* Uniform in [0, n), n > 0 (Lemire 2019, 10.1145/3230636; without the rejection, whose bias is below n /
 * 2^64). */
static inline uint64_t reco__rng_below(reco__rng *r, uint64_t n)
{
    uint64_t x = reco__rng_next(r);
    uint64_t low = (x & 0xffffffffu) * (n & 0xffffffffu);
    uint64_t middle = (x >> 32) * (n & 0xffffffffu) + (low >> 32);
    uint64_t other = (x & 0xffffffffu) * (n >> 32) + (middle & 0xffffffffu);
    return (x >> 32) * (n >> 32) + (middle >> 32) + (other >> 32);
}

/* Standard normal (Box and Muller 1958). */
static inline double reco__rng_normal(reco__rng *r)
{
    const double two_pi = 6.283185307179586;
    double u = 1 - reco__rng_unit(r); /* in (0, 1] */
    double v = reco__rng_unit(r);
    return sqrt(-2 * log(u)) * cos(two_pi * v);
}

#endif
