/* SPDX-License-Identifier: MIT */
/* The conformance table, run in C: table.json describes data sets, models and questions with their answers,
 * and a runner in each language asks them. docs/CONTRIBUTING.md says how to add a row. */
#ifndef RECO_TESTS_TABLE_H
#define RECO_TESTS_TABLE_H

#include <jansson.h>
#include <reco/reco.h>

enum { MOST = 256 }; /* data sets, and models, of a table */

typedef struct table {
    json_t *root;
    const char *folder; /* where each model is saved to as NAME.reco */
    struct {
        const char *name; /* NULL: described in a row */
        reco_data *data;
    } data[MOST];
    struct {
        const char *name;
        reco_model *fitted, *loaded; /* the same, before and after it was saved */
    } models[MOST];
    int n_data, n_models;
} table;

/* Makes all that the table names, saves the models and loads them again. */
reco_status make_all(table *t, reco_error *err);
void make_free(table *t);

/* Gives the data set or model that `what` names or describes; it stays the table's. */
reco_status make_data(table *t, json_t *what, const reco_data **out, reco_error *err);
reco_status make_model(table *t, json_t *what, int loaded, const reco_model **out, reco_error *err);

/* What a file leaves out, as reco_model_save takes it. */
int32_t flags_of(json_t *without);

/* Asks the question of a row, of the models as they were fitted or as they were loaded. Returns the answer,
 * or how it failed; the caller's. */
json_t *ask(table *t, json_t *row, int loaded);

/* Strings of a JSON array; numbers as their decimal text. `all` is freed by the caller. */
typedef struct words {
    const char **all;
    int64_t n;
} words;

words words_of(json_t *array);

/* Numbers of a JSON array; freed by the caller; NULL for no array. */
float *floats_of(json_t *array);
int64_t *integers_of(json_t *array);

#endif
