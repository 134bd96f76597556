/* SPDX-License-Identifier: MIT */
/* table TABLE FOLDER: asks every question of the conformance table, of the models as they were fitted and as
 * they were loaded from FOLDER, and holds the answers to those in the table.
 *
 * table TABLE FOLDER --answers: prints the answers instead, one line a row; for record.py. */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Rows may say only what a runner looks at: a misspelt word would be a question that nobody asks. */
static const char *const keys[] = {
    "name",  "call",    "model",  "data",   "user",    "like",    "history", "values",       "item",
    "items", "users",   "limit",  "offset", "include", "exclude", "where",   "include_seen", "allow",
    "of",    "what",    "field",  "test",   "metrics", "ask",     "given",   "negatives",    "without",
    "bytes", "purpose", "expect", "events", "about",   "context", "unknown"};

static int n_cases, n_bad;

static void check(int good, const char *name, const char *detail)
{
    n_bad += !good;
    printf("%sok %d - %s\n", good ? "" : "not ", ++n_cases, name);
    if (!good) {
        printf("# %s\n", detail);
    }
}

/* Whether an answer has all that is expected: numbers to 1e-6, words of a message, the rest exactly. */
static int has(json_t *expected, json_t *answer)
{
    size_t k;
    const char *key;
    json_t *value;
    if (json_is_number(expected) && json_is_number(answer)) {
        double is = json_number_value(answer), should = json_number_value(expected);
        return fabs(is - should) <= 1e-6 * fmax(1, fabs(should));
    }
    if (json_is_array(expected)) {
        int same = json_is_array(answer) && json_array_size(expected) == json_array_size(answer);
        json_array_foreach(expected, k, value)
        {
            same = same && has(value, json_array_get(answer, k));
        }
        return same;
    }
    if (json_is_object(expected)) {
        int same = json_object_size(expected) > 0;
        json_object_foreach(expected, key, value)
        {
            json_t *found = json_object_get(answer, key);
            same = same && found &&
                   (strcmp(key, "message") == 0
                        ? strstr(json_string_value(found), json_string_value(value)) != NULL
                        : has(value, found));
        }
        return same;
    }
    return json_equal(expected, answer);
}

static const char *unknown_key(json_t *row)
{
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        size_t k = 0;
        while (k < sizeof keys / sizeof *keys && strcmp(keys[k], key) != 0) {
            k++;
        }
        if (k == sizeof keys / sizeof *keys) {
            return key;
        }
    }
    return NULL;
}

/* Asks both models; a row that describes its own model or has none is asked once. */
static void try_row(table *t, json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    json_t *expected = json_object_get(row, "expect");
    char detail[4096] = "";
    int good = 1, times = json_is_string(json_object_get(row, "model")) ? 2 : 1;
    if (unknown_key(row)) {
        snprintf(detail, sizeof detail, "a row has no '%s'", unknown_key(row));
        good = 0;
    }
    for (int loaded = 0; loaded < times && good; loaded++) {
        json_t *answer = ask(t, row, loaded);
        if (!has(expected, answer)) {
            char *text = json_dumps(answer, JSON_COMPACT | JSON_REAL_PRECISION(9));
            snprintf(detail, sizeof detail, "%s: %s", loaded ? "loaded" : "fitted", text);
            free(text);
            good = 0;
        }
        json_decref(answer);
    }
    check(good, name ? name : "a row without a name", detail);
}

/* The algorithm of a row's model: the model may be named or described, or be of another one. */
static const char *algo_of(const table *t, json_t *row)
{
    json_t *models = json_object_get(t->root, "models"), *model = json_object_get(row, "model"), *of;
    if (json_is_string(model)) {
        model = json_object_get(models, json_string_value(model));
    }
    while ((of = json_object_get(model, "of"))) {
        model = json_object_get(models, json_string_value(of));
    }
    const char *algo = json_string_value(json_object_get(model, "algo"));
    return algo ? algo : "";
}

static void try_all(table *t)
{
    json_t *rows = json_object_get(t->root, "rows"), *row;
    size_t k;
    json_array_foreach(rows, k, row)
    {
        try_row(t, row);
    }
    for (int32_t a = 0; reco_algo_name(a); a++) {
        char name[128];
        int asked = 0;
        json_array_foreach(rows, k, row)
        {
            asked = asked || strcmp(algo_of(t, row), reco_algo_name(a)) == 0;
        }
        snprintf(name, sizeof name, "there are questions for %s", reco_algo_name(a));
        check(asked, name, "add a model of it and rows: see docs/CONTRIBUTING.md");
    }
    printf("1..%d\n", n_cases);
}

static void print_answers(table *t)
{
    json_t *row;
    size_t k;
    json_array_foreach(json_object_get(t->root, "rows"), k, row)
    {
        json_t *answer = ask(t, row, 0);
        json_dumpf(answer, stdout, JSON_REAL_PRECISION(7));
        printf("\n");
        json_decref(answer);
    }
}

int main(int argc, char **argv)
{
    table t = {.folder = argc > 2 ? argv[2] : "."};
    json_error_t where;
    reco_error err = {""};
    if (argc < 3) {
        fprintf(stderr, "usage: table TABLE FOLDER [--answers]\n");
        return 2;
    }
    mkdir(t.folder, 0755);
    t.root = json_load_file(argv[1], JSON_REJECT_DUPLICATES, &where);
    if (!t.root) {
        printf("Bail out! %s:%d: %s\n", argv[1], where.line, where.text);
        return 1;
    }
    if (make_all(&t, &err)) {
        printf("Bail out! %s\n", err.message);
        n_bad++;
    } else if (argc > 3) {
        print_answers(&t);
    } else {
        try_all(&t);
    }
    make_free(&t);
    return n_bad > 0;
}
