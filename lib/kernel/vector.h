/* SPDX-License-Identifier: MIT */
/* A register of WIDTH floats in the vector extensions of GCC and Clang, and the little that the kernels do
 * with it. Included by kernels.c alone, once per instruction set. */
#ifndef RECO__VECTOR_H
#define RECO__VECTOR_H

#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#ifndef WIDTH
#error "WIDTH and ISA are set by meson.build"
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(WIDTH * 4)));
typedef float loose __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias)); /* in memory */

INLINE vec load(const float *p)
{
    return *(const loose *)p;
}

INLINE void store(float *p, vec v)
{
    *(loose *)p = v;
}

INLINE vec splat(float x)
{
    return x - (vec){0}; /* exact, and -0 stays -0 */
}

/* a * b + c, rounded once where the instruction set can: said outright, and the compiler told to fuse nothing
 * by itself, so that a sum has the same bits wherever it is written. */
INLINE vec fused(vec a, vec b, vec c)
{
#if WIDTH == 16 && defined(__AVX512F__)
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif WIDTH == 8 && defined(__FMA__)
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif WIDTH == 4 && defined(__aarch64__)
    return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return a * b + c;
#endif
}

INLINE float fused1(float a, float b, float c)
{
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

/* Indices for the shuffles of two registers a, b: LOW takes a0 b0 a1 b1 ..., HIGH goes on where LOW ends; and
 * FOLD4, FOLD8 bring the upper half of the first 4 or 8, of 16 or 8 lanes, down. */
#if WIDTH == 4
#define LOW  0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#elif WIDTH == 8
#define LOW  0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif WIDTH == 16
#define LOW  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#else
#error "WIDTH must be 4, 8 or 16"
#endif

typedef int32_t lanes __attribute__((vector_size(WIDTH * 4)));
typedef int32_t loose_lanes __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (lanes){__VA_ARGS__})
#endif

INLINE vec interleave_low(vec a, vec b)
{
    return SHUFFLE(a, b, LOW);
}

INLINE vec interleave_high(vec a, vec b)
{
    return SHUFFLE(a, b, HIGH);
}

/* The lanes past k, others 0. */
INLINE vec right_of(vec v, int k)
{
    static const int32_t mask[32] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                     -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    return (vec)((lanes)v & *(const loose_lanes *)(mask + 15 - k));
}

/* Rows become columns. Interleaving the i-th register with the one half the set further on, log2(WIDTH)
 * times, moves bit by bit of the row number into the lane number. */
INLINE void transpose(vec *rows)
{
    vec next[WIDTH];
#pragma GCC unroll 4
    for (int round = 1; round < WIDTH; round *= 2) {
#pragma GCC unroll 8
        for (int i = 0; i < WIDTH / 2; i++) {
            next[2 * i] = interleave_low(rows[i], rows[i + WIDTH / 2]);
            next[2 * i + 1] = interleave_high(rows[i], rows[i + WIDTH / 2]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < WIDTH; i++) {
            rows[i] = next[i];
        }
    }
}

/* Registers that `sums` reduces at a time, at the most. */
#if WIDTH < 8
#define GROUP WIDTH
#else
#define GROUP 8
#endif

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

/* out[e] = the sum of v[e]'s lanes, e < count, a constant 4 or GROUP. Interleaving and adding halves the registers
 * and keeps the rows' partial sums apart; the pairing leaves the rows in order. */
INLINE void sums(vec *v, int count, float *out)
{
    float lane[WIDTH];
#pragma GCC unroll 3
    for (int half = count / 2; half >= 1; half /= 2) {
#pragma GCC unroll 4
        for (int i = 0; i < half; i++) {
            v[i] = interleave_low(v[i], v[i + half]) + interleave_high(v[i], v[i + half]);
        }
    }
    store(lane, v[0]);
#pragma GCC unroll 2
    for (int half = WIDTH / 2; half >= count; half /= 2) {
#pragma GCC unroll 2
        for (int i = 0; i < half; i += 4) {
            *(four *)(lane + i) += *(four *)(lane + half + i);
        }
    }
#pragma GCC unroll 2
    for (int i = 0; i < count; i += 4) {
        *(four *)(out + i) = *(four *)(lane + i);
    }
}

/* The sum of the lanes. */
INLINE float sum(vec v)
{
    float lane[WIDTH];
    store(lane, v);
#pragma GCC unroll 4
    for (int half = WIDTH / 2; half >= 1; half /= 2) {
#pragma GCC unroll 8
        for (int i = 0; i < half; i++) {
            lane[i] += lane[i + half];
        }
    }
    return lane[0];
}

/* Whether any of the WIDTH floats at p is above t. */
INLINE int any_above(const float *p, vec t)
{
#if WIDTH == 16 && defined(__AVX512F__)
    return _mm512_cmp_ps_mask((__m512)load(p), (__m512)t, _CMP_GT_OQ) != 0;
#elif WIDTH == 8 && defined(__AVX__)
    return _mm256_movemask_ps(_mm256_cmp_ps((__m256)load(p), (__m256)t, _CMP_GT_OQ)) != 0;
#elif WIDTH == 4 && defined(__SSE__)
    return _mm_movemask_ps(_mm_cmpgt_ps((__m128)load(p), (__m128)t)) != 0;
#else
    vec v = load(p);
    int any = 0;
    for (int i = 0; i < WIDTH; i++) {
        any |= v[i] > t[i];
    }
    return any;
#endif
}

#endif
