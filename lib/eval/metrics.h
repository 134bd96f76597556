/* SPDX-License-Identifier: MIT */
/* Metrics of ranked lists, each a function of the ranks at which held-out items stand. */
#ifndef RECO__METRICS_H
#define RECO__METRICS_H

#include "reco/base.h"

enum {
    RECO__RECALL = 0,
    RECO__PRECISION = 1,
    RECO__HIT = 2,
    RECO__MAP = 3,
    RECO__MRR = 4,
    RECO__NDCG = 5,
    RECO__COVERAGE = 6 /* the one that is no mean over users */
};

enum { RECO__MAX_CUTOFF = 10000, RECO__METRIC_NAME = 24 };

typedef struct reco__metric {
    char name[RECO__METRIC_NAME]; /* "ndcg@10" */
    int32_t kind, cutoff;
} reco__metric;

/* Reads "ndcg@10,recall@20"; *metrics [*n] is the caller's, freed by reco__free. EINVAL,
 * ENOTFOUND, ENOMEM. */
reco_status reco__metrics_parse(const char *text, reco__metric **metrics, int32_t *n, reco_error *err);

/* One user's figure.
 *   hits  [n_hits] the ranks from 1, ascending, that held-out items have in the list
 *   held  how many items were held out, at least 1 and at least n_hits */
double reco__metric_value(const reco__metric *metric, const int32_t *hits, int32_t n_hits, int64_t held);

#endif
