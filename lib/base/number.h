/* SPDX-License-Identifier: MIT */
/* Numbers: checks, and numbers and times to and from text, the same in every locale. */
#ifndef RECO__NUMBER_H
#define RECO__NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECO__NUMBER_TEXT = 32 };

/* Whether none of n floats is NaN or infinite. */
bool reco__all_finite(const float *values, int64_t n);
/* A finite decimal number that takes up all n bytes (spaces around it allowed): "-12", "3.5", "1e-3". */
bool reco__parse_number(const char *text, int64_t n, double *out);
/* A whole number in int64 range that takes up all n bytes. */
bool reco__parse_int(const char *text, int64_t n, int64_t *out);
/* Unix seconds (a fraction is cut), or ISO 8601: date, or date and time separated by 'T' or spaces, seconds
 * and their fraction optional, "Z" or "+hh:mm" optional; UTC when none is said. Years 1 to 9999. */
bool reco__parse_time(const char *text, int64_t n, int64_t *out);
/* The shortest text that reads back as the same double. `text` has RECO__NUMBER_TEXT bytes. */
void reco__format_number(double value, char *text);
/* The decimal text of an integer; returns its length. */
int32_t reco__format_int(int64_t value, char *text);

#endif
