/* SPDX-License-Identifier: MIT */
/* The random numbers of the made shop: splitmix64 (Steele, Lea, Flood, OOPSLA 2014,
 * 10.1145/2660193.2660195). */
#include "made.h"

static uint64_t next(made_random *random)
{
    random->state += 0x9e3779b97f4a7c15u;
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

made_random made_random_for(uint64_t seed, uint64_t part)
{
    made_random random = {seed * 0xd1342543de82ef95u + part};
    random.state = next(&random);
    return random;
}

uint32_t made_below(made_random *random, uint32_t n)
{
    return (uint32_t)(((next(random) >> 32) * n) >> 32);
}

int made_chance(made_random *random, uint32_t percent)
{
    return made_below(random, 100) < percent;
}

int made_pick(made_random *random, const uint64_t *weights, int n)
{
    uint64_t sum = 0;
    for (int k = 0; k < n; k++)
        sum += weights[k];
    uint64_t at = next(random) % sum;
    int k = 0;
    while (at >= weights[k])
        at -= weights[k++];
    return k;
}
