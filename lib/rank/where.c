/* SPDX-License-Identifier: MIT */
#include "where.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_spaces(const char *text)
{
    while (is_space(*text)) {
        text++;
    }
    return text;
}

/* One of < <= > >= = !=, or -1; moves past it. */
static int32_t read_operator(const char **text)
{
    static const struct {
        const char *sign;
        int32_t op;
    } operators[] = {{"<=", RECO__AT_MOST}, {">=", RECO__AT_LEAST}, {"!=", RECO__UNEQUAL},
                     {"<", RECO__LESS},     {">", RECO__ABOVE},     {"=", RECO__EQUAL}};
    for (size_t k = 0; k < sizeof operators / sizeof *operators; k++) {
        size_t n = strlen(operators[k].sign);
        if (strncmp(*text, operators[k].sign, n) == 0) {
            *text += n;
            return operators[k].op;
        }
    }
    return -1;
}

/* The value up to the next " and ", the end, or the closing quote. NULL when a quote stays open. */
static const char *read_value(const char *text, const char **value, int64_t *n)
{
    if (*text == '\'') {
        const char *close = strchr(text + 1, '\'');
        *value = text + 1;
        *n = close ? close - text - 1 : 0;
        return close ? close + 1 : NULL;
    }
    const char *end = strstr(text, " and ");
    end = end ? end : text + strlen(text);
    *value = text;
    *n = end - text;
    while (*n > 0 && is_space(text[*n - 1])) {
        --*n;
    }
    return end;
}

static reco_status read_condition(const char **text, reco__condition *condition, reco_error *err)
{
    const char *start = skip_spaces(*text), *value;
    int64_t n, length = (int64_t)strcspn(start, "<>=!");
    const char *from = start + length;
    while (length > 0 && is_space(start[length - 1])) {
        length--;
    }
    condition->op = read_operator(&from);
    REQUIRE(length > 0 && length <= RECO__MAX_FIELD_NAME && condition->op >= 0,
            "where: '%.80s' is no condition; write FIELD OP VALUE with < <= > >= = !=", start);
    from = read_value(skip_spaces(from), &value, &n);
    REQUIRE(from, "where: '%.80s' has a quote that never closes", start);
    REQUIRE(n > 0, "where: '%.80s' has no value", start);
    memcpy(condition->field, start, (size_t)length);
    condition->field[length] = 0;
    condition->is_number = reco__parse_number(value, n, &condition->number);
    condition->value = reco__copy_text(value, n);
    *text = skip_spaces(from);
    return condition->value ? RECO_OK : reco__out_of_memory(err);
}

reco_status reco__where_add(reco__where *where, const char *text, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t before = where->n;
    bool more = true;
    while (more) {
        reco__condition condition = {.value = NULL};
        TRY_ALLOC(RECO__GROW(where->conditions, where->capacity, where->n + 1));
        TRY(read_condition(&text, &condition, err));
        where->conditions[where->n++] = condition;
        more = *text != 0;
        if (more && (strncmp(text, "and", 3) != 0 || !is_space(text[3]))) {
            TRY(reco__fail(err, RECO_EINVAL, "where: expected 'and' before '%.80s'", text));
        }
        text += more ? 3 : 0;
    }
    return RECO_OK;
done:
    while (where->n > before) {
        reco__free(where->conditions[--where->n].value);
    }
    return status;
}

void reco__where_clear(reco__where *where)
{
    while (where->n > 0) {
        reco__free(where->conditions[--where->n].value);
    }
}

void reco__where_free(reco__where *where)
{
    reco__where_clear(where);
    reco__free(where->conditions);
    *where = (reco__where){0};
}

/* ---- binding and testing ---- */

static reco_status no_field(const reco__catalog *catalog, const char *name, reco_error *err)
{
    reco__names names = {.used = 0};
    const reco__side *items = &catalog->sides[RECO_ITEM];
    for (int32_t k = 0; k < items->n_fields; k++) {
        reco__names_add(&names, items->fields[k].name);
    }
    return reco__fail(err, RECO_ENOTFOUND, "where: items have no field '%s'; there are: %s", name,
                      reco__names_text(&names));
}

static reco_status bind(const reco__condition *condition, const reco__catalog *catalog, reco__test *test,
                        reco_error *err)
{
    const char *name = condition->field;
    const reco__field *field = reco__catalog_field(catalog, RECO_ITEM, name);
    if (!field) {
        return no_field(catalog, name, err);
    }
    *test =
        (reco__test){.field = field, .op = condition->op, .number = (float)condition->number, .token = -1};
    if (field->kind == RECO__FIELD_NUMBER) {
        REQUIRE(condition->is_number, "where: '%s' is a number, '%.80s' is none", name, condition->value);
        return RECO_OK;
    }
    REQUIRE(field->kind == RECO__FIELD_TOKEN,
            "where: '%s' is neither number nor token and cannot be compared", name);
    REQUIRE(condition->op == RECO__EQUAL || condition->op == RECO__UNEQUAL,
            "where: '%s' holds tokens, which only = and != compare", name);
    test->token = reco__strings_find(&field->vocabulary, condition->value, (int64_t)strlen(condition->value));
    return RECO_OK;
}

reco_status reco__where_bind(const reco__where *where, const reco__catalog *catalog, reco__test *tests,
                             reco_error *err)
{
    reco_status status = RECO_OK;
    for (int64_t k = 0; k < where->n && status == RECO_OK; k++) {
        status = bind(&where->conditions[k], catalog, &tests[k], err);
    }
    return status;
}

static bool has_token(const reco__csr *tokens, int32_t item, int32_t token)
{
    for (int64_t e = tokens->start[item]; e < tokens->start[item + 1]; e++) {
        if (tokens->index[e] == token) {
            return true;
        }
    }
    return false;
}

static bool compare(float a, int32_t op, float b)
{
    switch (op) {
    case RECO__LESS:
        return a < b;
    case RECO__AT_MOST:
        return a <= b;
    case RECO__ABOVE:
        return a > b;
    case RECO__AT_LEAST:
        return a >= b;
    case RECO__EQUAL:
        return a == b;
    default:
        return a < b || a > b; /* not for NaN, which marks a missing number */
    }
}

bool reco__where_holds(const reco__test *tests, int64_t n, int32_t item)
{
    for (int64_t k = 0; k < n; k++) {
        const reco__test *test = &tests[k];
        bool holds = test->field->kind == RECO__FIELD_NUMBER
                         ? compare(test->field->numbers[item], test->op, test->number)
                         : has_token(&test->field->tokens, item, test->token) == (test->op == RECO__EQUAL);
        if (!holds) {
            return false;
        }
    }
    return true;
}
