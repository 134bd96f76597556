/* SPDX-License-Identifier: MIT */
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool reco__all_finite(const float *values, int64_t n)
{
    uint32_t bad = 0; /* without a way out of the loop, so that it runs on vectors */
    for (int64_t k = 0; k < n; k++) {
        uint32_t bits;
        memcpy(&bits, &values[k], sizeof bits);
        bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return !bad;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static void trim(const char **text, int64_t *n)
{
    while (*n > 0 && (**text == ' ' || **text == '\t')) {
        ++*text;
        --*n;
    }
    while (*n > 0 && ((*text)[*n - 1] == ' ' || (*text)[*n - 1] == '\t')) {
        --*n;
    }
}

/* mantissa * 10^exponent, rounded once. Exact in double when both are small (Clinger 1990, 10.1145/93542.93557);
 * else by the C library, whose locale has no say in a whole number and its exponent. */
static double scale(uint64_t mantissa, int32_t exponent)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (mantissa <= (1ull << 53) && exponent >= -22 && exponent <= 22) {
        return exponent < 0 ? (double)mantissa / powers[-exponent] : (double)mantissa * powers[exponent];
    }
    char text[RECO__NUMBER_TEXT];
    snprintf(text, sizeof text, "%" PRIu64 "e%" PRId32, mantissa, exponent);
    return strtod(text, NULL);
}

bool reco__parse_number(const char *text, int64_t n, double *out)
{
    trim(&text, &n);
    const char *end = text + n;
    bool negative = text < end && *text == '-';
    text += text < end && (*text == '-' || *text == '+');
    uint64_t mantissa = 0;
    int32_t exponent = 0, digits = 0;
    bool point = false;
    for (; text < end && (digit(*text) || (*text == '.' && !point)); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        digits++;
        if (mantissa < 1000000000000000000u) { /* up to 19 digits; the rest only shift */
            mantissa = mantissa * 10 + (uint64_t)(*text - '0');
            exponent -= point;
        } else {
            exponent += !point;
        }
    }
    if (digits == 0 || digits > 4096) {
        return false;
    }
    if (text < end && (*text == 'e' || *text == 'E')) {
        text++;
        bool down = text < end && *text == '-';
        text += text < end && (*text == '-' || *text == '+');
        int32_t power = 0;
        if (text == end) {
            return false;
        }
        for (; text < end && digit(*text); text++) {
            power = power < 100000 ? power * 10 + (*text - '0') : power;
        }
        exponent += down ? -power : power;
    }
    double value = scale(mantissa, exponent < -5000 ? -5000 : exponent > 5000 ? 5000 : exponent);
    if (text != end || !isfinite(value)) {
        return false;
    }
    *out = negative ? -value : value;
    return true;
}

bool reco__parse_int(const char *text, int64_t n, int64_t *out)
{
    trim(&text, &n);
    const char *end = text + n;
    bool negative = text < end && *text == '-';
    text += text < end && (*text == '-' || *text == '+');
    int64_t value = 0; /* counted downwards: the most negative number has no positive twin */
    if (text == end) {
        return false;
    }
    for (; text < end && digit(*text); text++) {
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, *text - '0', &value)) {
            return false;
        }
    }
    if (text != end || (!negative && value == INT64_MIN)) {
        return false;
    }
    *out = negative ? value : -value;
    return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar (the shifted-March method). */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Exactly `count` digits; advances. */
static bool fixed(const char **text, const char *end, int32_t count, int64_t *out)
{
    *out = 0;
    for (int32_t k = 0; k < count; k++, ++*text) {
        if (*text == end || !digit(**text)) {
            return false;
        }
        *out = *out * 10 + (**text - '0');
    }
    return true;
}

static bool accept(const char **text, const char *end, char c)
{
    bool there = *text < end && **text == c;
    *text += there;
    return there;
}

/* "Z", "+hh:mm", "+hhmm", "+hh" or nothing. */
static bool parse_offset(const char **text, const char *end, int64_t *seconds)
{
    *seconds = 0;
    if (*text == end || accept(text, end, 'Z')) {
        return true;
    }
    int64_t hours, minutes = 0, sign = accept(text, end, '-') ? -1 : 1;
    if (sign > 0 && !accept(text, end, '+')) {
        return false;
    }
    if (!fixed(text, end, 2, &hours)) {
        return false;
    }
    bool colon = accept(text, end, ':');
    if ((colon || *text < end) && !fixed(text, end, 2, &minutes)) {
        return false;
    }
    *seconds = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

static bool parse_clock(const char **text, const char *end, int64_t *seconds)
{
    int64_t hour, minute, second = 0;
    if (!fixed(text, end, 2, &hour) || !accept(text, end, ':') || !fixed(text, end, 2, &minute)) {
        return false;
    }
    if (accept(text, end, ':') && !fixed(text, end, 2, &second)) {
        return false;
    }
    if (accept(text, end, '.')) {
        while (*text < end && digit(**text)) {
            ++*text;
        }
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second <= 60;
}

bool reco__parse_time(const char *text, int64_t n, int64_t *out)
{
    trim(&text, &n);
    const char *end = text + n;
    double number;
    if (n >= 10 && text[4] == '-') {
        static const int64_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        int64_t year, month, day, clock = 0, offset = 0;
        if (!fixed(&text, end, 4, &year) || !accept(&text, end, '-') || !fixed(&text, end, 2, &month) ||
            !accept(&text, end, '-') || !fixed(&text, end, 2, &day)) {
            return false;
        }
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (year < 1 || month < 1 || month > 12 || day < 1 ||
            day > lengths[month - 1] - (month == 2 && !leap)) {
            return false;
        }
        if (text < end) {
            if (!accept(&text, end, 'T')) {
                while (accept(&text, end, ' ')) {
                }
            }
            if (!parse_clock(&text, end, &clock)) {
                return false;
            }
            while (accept(&text, end, ' ')) {
            }
            if (!parse_offset(&text, end, &offset)) {
                return false;
            }
        }
        *out = days_from_date(year, month, day) * 86400 + clock - offset;
        return text == end;
    }
    if (reco__parse_int(text, n, out)) {
        return *out != INT64_MIN;
    }
    if (!reco__parse_number(text, n, &number) || fabs(number) > 9e15) {
        return false;
    }
    *out = (int64_t)floor(number);
    return true;
}

void reco__format_number(double value, char *text)
{
    if (fabs(value) < 1e15 &&
        value == floor(value)) { /* as people write whole numbers: 36500, not 3.65e+04 */
        reco__format_int((int64_t)value, text);
        return;
    }
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(text, RECO__NUMBER_TEXT, "%.*g", precision, value);
        char *to = text;
        for (const char *from = text; *from;
             from++) { /* whatever the locale's decimal point is, it becomes one '.' */
            bool plain = digit(*from) || strchr("+-e", *from) != NULL;
            if (plain) {
                *to++ = *from;
            } else if (to == text || to[-1] != '.') {
                *to++ = '.';
            }
        }
        *to = 0;
        double back;
        if (reco__parse_number(text, to - text, &back) && back == value) {
            return;
        }
    }
}

int32_t reco__format_int(int64_t value, char *text)
{
    char digits[RECO__NUMBER_TEXT];
    int32_t n = 0, length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        text[length++] = '-';
    }
    while (n > 0) {
        text[length++] = digits[--n];
    }
    text[length] = 0;
    return length;
}
