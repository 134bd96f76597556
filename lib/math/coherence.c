/* SPDX-License-Identifier: MIT */
#include "coherence.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

enum { PROBES = 32 };

static const double nothing = 1e-60; /* the square of a length: its inverse must fit into a float */

/* One sign a bit, for all bytes: eight at a time are multiplied. */
typedef float sign_table[256][8];

void reco__row_scales(const reco__rows *x, float *scale)
{
    reco__rows plain = *x;
    plain.scale = scale;
    for (int32_t i = 0; i < x->n; i++) {
        double square = 0;
        scale[i] = 0;
        reco__row r = reco__row_of(&plain, i);
        for (int64_t k = 0; k < r.n; k++) {
            square += (double)r.value[k] * (double)r.value[k];
        }
        scale[i] = square > nothing ? (float)(1 / sqrt(square)) : 0;
    }
}

static void fill_signs(sign_table signs)
{
    for (int32_t byte = 0; byte < 256; byte++) {
        for (int32_t k = 0; k < 8; k++) {
            signs[byte][k] = byte >> k & 1 ? 1 : -1;
        }
    }
}

/* y[p] = the product of a row with the p-th vector of signs. */
static void probe_row(reco__row r, sign_table signs, float *y)
{
    memset(y, 0, PROBES * sizeof *y);
    for (int64_t k = 0; k < r.n; k++) {
        uint64_t bits = reco__mix((uint64_t)(r.index ? r.index[k] : k) + 0x9e3779b97f4a7c15u);
        float x = r.value[k] * r.scale;
        for (int32_t p = 0; p < PROBES; p += 8) {
            const float *sign = signs[bits >> p & 0xff];
            for (int32_t q = 0; q < 8; q++) {
                y[p + q] += x * sign[q];
            }
        }
    }
}

double reco__coherence(const reco__rows *x)
{
    sign_table signs;
    double products[PROBES][PROBES] = {{0}}, sum = 0, n = 0;
    fill_signs(signs);
    for (int32_t i = 0; i < x->n; i++) {
        float y[PROBES];
        if (x->scale[i] > 0) {
            n++;
            probe_row(reco__row_of(x, i), signs, y);
            for (int32_t p = 0; p < PROBES; p++) {
                for (int32_t q = 0; q < p; q++) {
                    products[p][q] += (double)(y[p] * y[q]);
                }
            }
        }
    }
    if (n == 0) {
        return 1;
    }
    for (int32_t p = 0; p < PROBES; p++) {
        for (int32_t q = 0; q < p; q++) {
            sum += products[p][q] * products[p][q];
        }
    }
    double found = sqrt(sum / (PROBES * (PROBES - 1) / 2)) / n;
    double least = 1 / sqrt(n); /* of rows that share nothing, each is alike to itself */
    return found < least ? least : found > 1 ? 1 : found;
}
