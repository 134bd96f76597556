/* SPDX-License-Identifier: MIT */
#include "alike.h"

#include <math.h>
#include <string.h>

double alike_value(const alike *a, double x)
{
    if (strcmp(a->values, "raw") == 0 || x <= 0) {
        return x;
    }
    return strcmp(a->values, "binary") == 0 ? 1 : 2 - 2 / (x + 1);
}

static double length(const alike *a, const double *x)
{
    double sum = 0;
    for (int32_t t = 0; t < a->m; t++) {
        sum += alike_value(a, x[t]);
    }
    return sum;
}

void alike_count(alike *a)
{
    double sum = 0, filled = 0;
    memset(a->with, 0, sizeof a->with);
    for (int32_t r = 0; r < a->n; r++) {
        double l = length(a, a->x[r]);
        sum += l;
        filled += l > 0;
        for (int32_t t = 0; t < a->m; t++) {
            a->with[t] += a->x[r][t] > 0;
        }
    }
    a->mean_length = filled > 0 ? sum / filled : 1;
}

alike_row alike_weigh(const alike *a, const double *x)
{
    alike_row row = {.x = {0}};
    double l = length(a, x) / a->mean_length;
    for (int32_t t = 0; t < a->m; t++) {
        double v = alike_value(a, x[t]);
        double with = a->with[t];
        row.x[t] = x[t];
        row.weight[t] = v;
        if (strcmp(a->weighting, "tfidf") == 0 && v > 0) {
            row.weight[t] = sqrt(v) * log(1 + a->n / (with > 0 ? with : 1));
        } else if (strcmp(a->weighting, "bm25") == 0 && v > 0) {
            row.weight[t] =
                v * 2.2 / (v + 1.2 * (0.25 + 0.75 * l)) * log(1 + (a->n - with + 0.5) / (with + 0.5));
        }
    }
    return row;
}

double alike_pair(const alike *a, const alike_row *one, const alike_row *other)
{
    double dot = 0, square_one = 0, square_other = 0, in_one = 0, in_other = 0, both = 0;
    for (int32_t t = 0; t < a->m; t++) {
        dot += one->weight[t] * other->weight[t];
        square_one += one->weight[t] * one->weight[t];
        square_other += other->weight[t] * other->weight[t];
        in_one += one->x[t] > 0;
        in_other += other->x[t] > 0;
        both += one->x[t] > 0 && other->x[t] > 0;
    }
    if (both < (double)a->min_overlap || both <= 0) {
        return 0;
    }
    return strcmp(a->similarity, "cosine") == 0 ? dot / (sqrt(square_one) * sqrt(square_other) + a->shrink)
                                                : both / (in_one + in_other - both + a->shrink);
}

static bool same(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fabs(a);
}

bool alike_best(const double *score, int32_t n, int32_t k, bool exact, bool *chosen)
{
    bool sure = true;
    for (int32_t i = 0; i < n; i++) {
        int32_t before = 0;
        for (int32_t j = 0; j < n; j++) {
            bool equal = exact ? same(score[i], score[j]) : score[i] == score[j];
            before += j != i && (equal ? j < i : score[j] > score[i]);
        }
        chosen[i] = score[i] > 0 && before < k;
    }
    for (int32_t i = 0; i < n && !exact; i++) {
        for (int32_t j = 0; j < n; j++) {
            sure = sure && !(chosen[i] && !chosen[j] && same(score[i], score[j]));
        }
    }
    return sure;
}
