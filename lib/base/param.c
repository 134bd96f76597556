/* SPDX-License-Identifier: MIT */
#include "param.h"

#include "error.h"
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void *field(const reco__param *row, void *object)
{
    return (char *)object + row->offset;
}

static void store(const reco__param *row, void *object, double value)
{
    if (row->kind == RECO__INT) {
        *(int64_t *)field(row, object) = (int64_t)value;
    } else if (row->kind == RECO__CHOICE) {
        *(int32_t *)field(row, object) = (int32_t)value;
    } else {
        *(double *)field(row, object) = value;
    }
}

void reco__param_defaults(const reco__param *table, void *object)
{
    for (const reco__param *row = table; row->name; row++) {
        if (row->kind == RECO__TEXT) {
            snprintf(field(row, object), RECO__PARAM_TEXT_SIZE, "%s", row->text);
        } else {
            store(row, object, row->normal);
        }
    }
}

const reco__param *reco__param_find(const reco__param *table, const char *name)
{
    for (const reco__param *row = table; row->name; row++) {
        if (strcmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}

reco_status reco__param_unknown(const reco__param *table, const reco__param *more, const char *owner,
                                const char *name, reco_error *err)
{
    reco__names names = {.used = 0};
    const reco__param *tables[] = {table, more};
    for (int t = 0; t < 2; t++) {
        for (const reco__param *row = tables[t]; row && row->name; row++) {
            reco__names_add(&names, row->name);
        }
    }
    return reco__fail(err, RECO_ENOTFOUND, "%s: no '%.60s'; there are: %s", owner, name,
                      reco__names_text(&names));
}

static reco_status out_of_bounds(const reco__param *row, const char *owner, double value, reco_error *err)
{
    char low[RECO__NUMBER_TEXT], high[RECO__NUMBER_TEXT], got[RECO__NUMBER_TEXT];
    reco__format_number(row->low, low);
    reco__format_number(row->high, high);
    if (isfinite(value)) {
        reco__format_number(value, got);
    } else {
        snprintf(got, sizeof got, "%s", isnan(value) ? "NaN" : value > 0 ? "infinity" : "-infinity");
    }
    return reco__fail(err, RECO_EINVAL, "%s: '%s' must be %sin [%s, %s], got %s", owner, row->name,
                      row->kind == RECO__INT ? "a whole number " : "", low, high, got);
}

static reco_status wants_word(const reco__param *row, const char *owner, const char *got, reco_error *err)
{
    reco__names names = {.used = 0};
    for (int32_t k = 0; row->words[k]; k++) {
        reco__names_add(&names, row->words[k]);
    }
    return reco__fail(err, RECO_EINVAL, "%s: '%s' must be one of %s, got '%.60s'", owner, row->name,
                      reco__names_text(&names), got);
}

reco_status reco__param_set(const reco__param *row, void *object, const char *owner, double value,
                            reco_error *err)
{
    if (row->kind == RECO__CHOICE) {
        return wants_word(row, owner, "a number", err);
    }
    if (row->kind == RECO__TEXT) {
        return reco__fail(err, RECO_EINVAL, "%s: '%s' is a text, set it as one", owner, row->name);
    }
    if (!(value >= row->low && value <= row->high) || (row->kind == RECO__INT && value != floor(value))) {
        return out_of_bounds(row, owner, value, err);
    }
    store(row, object, value);
    return RECO_OK;
}

reco_status reco__param_set_text(const reco__param *row, void *object, const char *owner, const char *value,
                                 reco_error *err)
{
    if (row->kind == RECO__TEXT) {
        size_t n = strlen(value);
        REQUIRE(n < RECO__PARAM_TEXT_SIZE && reco__utf8_valid(value, (int64_t)n) && !strchr(value, '\n'),
                "%s: '%s' must be one line of UTF-8 of at most %d bytes", owner, row->name,
                RECO__PARAM_TEXT_SIZE - 1);
        memmove(field(row, object), value, n + 1);
        return RECO_OK;
    }
    if (row->kind == RECO__CHOICE) {
        for (int32_t k = 0; row->words[k]; k++) {
            if (strcmp(row->words[k], value) == 0) {
                store(row, object, k);
                return RECO_OK;
            }
        }
        return wants_word(row, owner, value, err);
    }
    double number;
    REQUIRE(reco__parse_number(value, (int64_t)strlen(value), &number), "%s: '%s' must be a number, got '%s'",
            owner, row->name, value);
    return reco__param_set(row, object, owner, number, err);
}

reco_status reco__param_get(const reco__param *row, const void *object, const char *owner, double *value,
                            reco_error *err)
{
    const char *at = (const char *)object + row->offset;
    REQUIRE(row->kind == RECO__NUMBER || row->kind == RECO__INT, "%s: '%s' is a text, get it as one", owner,
            row->name);
    *value = row->kind == RECO__INT ? (double)*(const int64_t *)(const void *)at
                                    : *(const double *)(const void *)at;
    return RECO_OK;
}

reco_status reco__param_get_text(const reco__param *row, const void *object, const char *owner,
                                 const char **value, reco_error *err)
{
    const char *at = (const char *)object + row->offset;
    REQUIRE(row->kind == RECO__CHOICE || row->kind == RECO__TEXT, "%s: '%s' is a number, get it as one",
            owner, row->name);
    *value = row->kind == RECO__TEXT ? at : row->words[*(const int32_t *)(const void *)at];
    return RECO_OK;
}

void reco__param_copy(const reco__param *table, const void *from, void *to)
{
    static const size_t sizes[] = {sizeof(double), sizeof(int64_t), sizeof(int32_t), RECO__PARAM_TEXT_SIZE};
    for (const reco__param *row = table; row->name; row++) {
        memcpy((char *)to + row->offset, (const char *)from + row->offset, sizes[row->kind]);
    }
}

bool reco__param_write(const reco__param *table, const void *object, reco__bytes *out)
{
    for (const reco__param *row = table; row->name; row++) {
        char text[RECO__NUMBER_TEXT];
        const char *value = text;
        double number = 0;
        if (row->transient) {
            continue;
        }
        if (reco__param_get(row, object, "", &number, NULL) == RECO_OK) {
            reco__format_number(number, text);
        } else {
            reco__param_get_text(row, object, "", &value, NULL);
        }
        if (!reco__bytes_add(out, row->name, (int64_t)strlen(row->name)) || !reco__bytes_add(out, "=", 1) ||
            !reco__bytes_add(out, value, (int64_t)strlen(value)) || !reco__bytes_add(out, "\n", 1)) {
            return false;
        }
    }
    return true;
}
