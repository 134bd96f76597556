/* SPDX-License-Identifier: MIT */
/* Answers of `reco recommend`, printed one after another as a table or as JSON, with reasons where they are asked for. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "cli.h"

/* One answer; `by` may be NULL and `seconds` negative: not known. */
typedef struct answer {
    const char *user; /* NULL: nobody with a name */
    const char *by;
    double seconds;
    int64_t skipped; /* ids and features that the model does not know */
    const int32_t *items;
    const float *scores;
    int32_t n;
} answer;

/* Where answers go, one after another. */
typedef struct printer {
    const options *o;
    const reco_model *model;
    const asker *asker;
    output out;
    table table;
    fields texts;
    const char **heads;
    bool with_users; /* a column that says whose answer a row is */
    reco_query *why; /* with --explain: who asks, for the reasons */
    reco_list *reasons;
    int64_t answers;
    int32_t needs;           /* what a user must have agreed to, as bits */
    int64_t without_consent; /* users who have not */
    int64_t skipped;         /* ids and features that the model does not know */
} printer;

void printer_begin(printer *p, double load_seconds);
int print_answer(printer *p, const answer *a);
/* Finishes and frees; `code` is how it went so far. */
int printer_end(printer *p, int code);
/* What a user has not agreed to of what the question needs. */
int32_t withheld_from(const printer *p, const char *user);

#endif
