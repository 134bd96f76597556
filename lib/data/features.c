/* SPDX-License-Identifier: MIT */
#include "features.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/topk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- which fields ---- */

static reco_status unknown_field(const reco__side *side, const char *name, int32_t length, const char *owner,
                                 reco_error *err)
{
    reco__names names = {.used = 0};
    for (int32_t k = 0; k < side->n_fields; k++) {
        reco__names_add(&names, side->fields[k].name);
    }
    return reco__fail(err, RECO_ENOTFOUND, "%s: no field '%.*s'; there are: %s", owner, length, name,
                      reco__names_text(&names));
}

static int32_t field_number(const reco__side *side, const char *name, int64_t length)
{
    for (int32_t k = 0; k < side->n_fields; k++) {
        if ((int64_t)strlen(side->fields[k].name) == length &&
            memcmp(side->fields[k].name, name, (size_t)length) == 0) {
            return k;
        }
    }
    return -1;
}

/* Sets weights[field] from "name" or "name:weight"; a field whose own name has a colon is found first. */
static reco_status pick_one(const reco__side *side, const char *part, int32_t length, double *weights,
                            const char *owner, reco_error *err)
{
    while (length > 0 && *part == ' ') {
        part++;
        length--;
    }
    while (length > 0 && part[length - 1] == ' ') {
        length--;
    }
    int32_t field = field_number(side, part, length), name_length = length;
    double weight = 1;
    if (field < 0) {
        int32_t colon = length;
        while (colon > 0 && part[colon - 1] != ':') {
            colon--;
        }
        if (colon > 0) {
            name_length = colon - 1;
            REQUIRE(reco__parse_number(part + colon, length - colon, &weight) && weight > 0 && weight <= 1e6,
                    "%s: 'fields' must be name:weight,... with weights in (0, 1e6], got '%.*s'", owner,
                    length, part);
            field = field_number(side, part, name_length);
        }
    }
    REQUIRE(name_length > 0, "%s: 'fields' must be name:weight,..., got an empty name", owner);
    if (field < 0) {
        return unknown_field(side, part, name_length, owner, err);
    }
    REQUIRE(weights[field] == 0, "%s: 'fields' has '%s' twice", owner, side->fields[field].name);
    weights[field] = weight;
    return RECO_OK;
}

reco_status reco__features_pick(const reco__side *side, const char *text, const char *owner,
                                reco__feature **out, int32_t *n, reco_error *err)
{
    reco_status status = RECO_OK;
    double *weights = reco__alloc_zero(side->n_fields, sizeof *weights);
    reco__feature *features = reco__alloc(side->n_fields, sizeof *features);
    TRY_ALLOC(weights && features);
    for (int32_t k = 0; k < side->n_fields && !*text; k++) {
        weights[k] = 1;
    }
    for (const char *part = text; *text && part; part = strchr(part, ',') ? strchr(part, ',') + 1 : NULL) {
        TRY(pick_one(side, part, (int32_t)strcspn(part, ","), weights, owner, err));
    }
    *n = 0;
    for (int32_t k = 0; k < side->n_fields; k++) {
        if (weights[k] > 0) {
            features[(*n)++] = (reco__feature){&side->fields[k], weights[k]};
        }
    }
    *out = features;
    features = NULL;
done:
    reco__free(weights);
    reco__free(features);
    return status;
}

/* ---- numbers ---- */

/* Writes one number's row and returns how many entries it has. */
static int32_t write_bins(double quantile, int32_t bins, int32_t *index, float *value)
{
    const double quarter = 1.57079632679489661923; /* pi / 2 */
    double x = quantile * bins;
    int32_t k = (int32_t)x < bins ? (int32_t)x : bins - 1;
    index[0] = k;
    index[1] = k + 1;
    value[0] = (float)cos(quarter * (x - k));
    value[1] = (float)sin(quarter * (x - k));
    return 2;
}

/* quantiles[k] of the numbers there are, -1 for the others. `order` [n] is scratch. */
static void find_quantiles(const float *numbers, int32_t n, reco__scored *order, float *quantiles)
{
    reco__topk sorted = {order, n, 0};
    for (int32_t k = 0; k < n; k++) {
        quantiles[k] = -1;
        if (!isnan(numbers[k])) {
            reco__topk_offer(&sorted, numbers[k], k);
        }
    }
    reco__topk_sort(&sorted);
    for (int32_t first = 0, end; first < sorted.size; first = end) {
        for (end = first + 1; end < sorted.size && order[end].score == order[first].score; end++) {
        }
        for (int32_t k = first; k < end; k++) {
            quantiles[order[k].index] = (float)(1 - ((double)first + end) / (2.0 * sorted.size));
        }
    }
}

reco_status reco__features_bins(const float *numbers, int32_t n, int32_t bins, reco__csr *out,
                                reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scored *order = reco__alloc(n, sizeof *order);
    float *quantiles = reco__alloc(n, sizeof *quantiles);
    int64_t *start = reco__alloc((int64_t)n + 1, sizeof *start);
    int32_t *index = reco__alloc(2 * (int64_t)n, sizeof *index);
    float *value = reco__alloc(2 * (int64_t)n, sizeof *value);
    int64_t used = 0;
    TRY_ALLOC(order && quantiles && start && index && value);
    find_quantiles(numbers, n, order, quantiles);
    for (int32_t k = 0; k < n; k++) {
        start[k] = used;
        if (quantiles[k] >= 0) {
            used += write_bins(quantiles[k], bins, index + used, value + used);
        }
    }
    start[n] = used;
    *out = (reco__csr){n, bins + 1, start, index, value};
    start = NULL;
    index = NULL;
    value = NULL;
done:
    reco__free(order);
    reco__free(quantiles);
    reco__free(start);
    reco__free(index);
    reco__free(value);
    return status;
}
