/* SPDX-License-Identifier: MIT */
#include "format.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"

#include <string.h>

static const reco__param settings[] = {
    PARAM_INT(reco_format, header, 1, 0, 1, NO_SEARCH, "whether the first line names the columns"),
    PARAM_INT(reco_format, skip_bad_rows, 0, 0, 1, NO_SEARCH,
              "whether rows that cannot be read are left out"),
    PARAM_CHOICE(reco_format, encoding, NO_SEARCH, "what the bytes mean", "utf-8", "latin1"),
    {0}};

static const char *const text_names[RECO__FORMAT_TEXTS] = {"delimiter", "columns", "item_columns",
                                                           "user_columns", "context_columns"};

reco_format reco__format_default(void)
{
    reco_format format = {0};
    reco__param_defaults(settings, &format);
    return format;
}

reco_status reco_format_new(reco_format **out, reco_error *err)
{
    GIVEN(out);
    *out = reco__alloc(1, sizeof **out);
    if (!*out) {
        return reco__out_of_memory(err);
    }
    **out = reco__format_default();
    return RECO_OK;
}

void reco_format_free(reco_format *format)
{
    if (format) {
        for (int32_t k = 0; k < RECO__FORMAT_TEXTS; k++) {
            reco__free(format->texts[k]);
        }
        reco__free(format);
    }
}

static int32_t find_text(const char *name)
{
    for (int32_t k = 0; k < RECO__FORMAT_TEXTS; k++) {
        if (strcmp(text_names[k], name) == 0) {
            return k;
        }
    }
    return -1;
}

static reco_status unknown(const char *name, reco_error *err)
{
    return reco__fail(err, RECO_ENOTFOUND,
                      "format: no '%.60s'; there are: header, skip_bad_rows, encoding, delimiter, columns, "
                      "item_columns, user_columns, context_columns",
                      name);
}

reco_status reco_format_set(reco_format *format, const char *name, double value, reco_error *err)
{
    GIVEN(format, name);
    REQUIRE(find_text(name) < 0, "format: '%s' is a text, set it as one", name);
    const reco__param *row = reco__param_find(settings, name);
    return row ? reco__param_set(row, format, "format", value, err) : unknown(name, err);
}

static reco_status check_delimiter(const char *value, reco_error *err)
{
    REQUIRE(strlen(value) <= RECO__MAX_DELIMITER,
            "format: 'delimiter' must have at most %d bytes, got '%.60s'", RECO__MAX_DELIMITER, value);
    REQUIRE(!strchr(value, '"') && !strchr(value, '\r') && !strchr(value, '\n'),
            "format: 'delimiter' must hold no quote and no line end");
    return RECO_OK;
}

bool reco__part_next(const char **at, reco__part *part)
{
    if (!**at) {
        return false;
    }
    const char *end = strchr(*at, ','), *equals = NULL;
    end = end ? end : *at + strlen(*at);
    for (const char *p = *at; p < end; p++) {
        equals = *p == '=' ? p : equals;
    }
    equals = equals ? equals : end;
    *part = (reco__part){*at, equals < end ? equals + 1 : end, equals - *at, 0};
    part->right_length = end - part->right;
    *at = *end ? end + 1 : end;
    return true;
}

bool reco__is_word(const char *text, int64_t n, const char *word)
{
    return (int64_t)strlen(word) == n && memcmp(text, word, (size_t)n) == 0;
}

static reco_status check_list(const char *name, const char *value, reco_error *err)
{
    reco__part part;
    for (const char *at = value; reco__part_next(&at, &part);) {
        REQUIRE(part.left_length > 0 && part.right_length > 0,
                "format: '%s' must be a list as a=b,c=d, got '%.*s'", name,
                (int)(part.right + part.right_length - part.left), part.left);
    }
    return RECO_OK;
}

reco_status reco_format_set_text(reco_format *format, const char *name, const char *value, reco_error *err)
{
    GIVEN(format, name, value);
    int32_t which = find_text(name);
    if (which < 0) {
        const reco__param *row = reco__param_find(settings, name);
        return row ? reco__param_set_text(row, format, "format", value, err) : unknown(name, err);
    }
    if (which == RECO__TEXT_DELIMITER && strcmp(value, "\\t") == 0) { /* as shells hand it over */
        value = "\t";
    }
    int64_t length = (int64_t)strlen(value);
    REQUIRE(reco__utf8_valid(value, length), "format: '%s' must be UTF-8", name);
    reco_status status =
        which == RECO__TEXT_DELIMITER ? check_delimiter(value, err) : check_list(name, value, err);
    if (status != RECO_OK) {
        return status;
    }
    char *copy = reco__copy_text(value, length);
    if (!copy) {
        return reco__out_of_memory(err);
    }
    reco__free(format->texts[which]);
    format->texts[which] = copy;
    return RECO_OK;
}
