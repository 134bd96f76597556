/* SPDX-License-Identifier: MIT */
/* job.h - what the programs for the made and for the real shop have in common. */
#ifndef JOB_H
#define JOB_H

#include <reco/reco.h>

/* Tells the size of the interaction matrix. */
void job_tell_matrix(const reco_data *data);

/* Holds out the last fifth of the time line and tells so. */
reco_status job_split(const reco_data *data, reco_data **train, reco_data **test, reco_error *err);

enum { JOB_PARTS = 3, JOB_SETTINGS = 3 };

/* A part of the hybrid, with what it does not leave at the defaults. */
typedef struct job_part {
    const char *algo;
    double weight;
    struct {
        const char *param;
        double value;
    } set[JOB_SETTINGS];
} job_part;

/* Makes an unfitted hybrid of the parts. */
reco_status job_hybrid_new(reco_model **out, const job_part parts[JOB_PARTS], reco_error *err);

/* Fits random, popular, each part and the hybrid on `train`, evaluates them on `test` and prints
 * one table. */
reco_status job_compare(const reco_data *train, const reco_data *test, const job_part parts[JOB_PARTS],
                        reco_error *err);

/* Answers the query often enough to tell how long it takes, and prints the answer with that. */
reco_status job_answer(const reco_model *model, const reco_query *query, reco_list *list,
                       const char *title_field, reco_error *err);

#endif
