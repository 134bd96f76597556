/* SPDX-License-Identifier: MIT */
/* Metrics: one row of a table each, with the function that works it out and what it is worked out from. */
#ifndef RECO__METRICS_H
#define RECO__METRICS_H

#include "reco/base.h"

/* What a metric is worked out from. */
enum {
    RECO__OF_RANKS = 0,  /* of held-out items in a list */
    RECO__OF_ORDER = 1,  /* of all candidates, as scores have it */
    RECO__OF_VALUES = 2, /* a predicted and an actual one */
    RECO__OF_LISTS = 3   /* all lists */
};

/* How a point's held-out items stand among its candidates. */
typedef struct reco__order {
    int64_t held;   /* held-out items, at least 1 */
    int64_t ranked; /* those of them that are candidates */
    int64_t others; /* candidates that are not held out */
    int64_t
        above; /* pairs of a ranked item and another one with a smaller score, twice; with the same, once */
} reco__order;

typedef struct reco__metric_row {
    const char *name; /* as it is written: "ndcg@K", "auc" */
    const char *summary;
    int32_t of;
    union {
        /* hits [n], n > 0: the ranks from 1, ascending, that held-out items have in the first `cutoff` */
        double (*of_ranks)(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff);
        double (*of_order)(const reco__order *order);
        double (*of_values)(double predicted, double actual);
        double (*of_lists)(int64_t covered,
                           int32_t n_items); /* covered: distinct items in the first `cutoff` */
    };
    int32_t root; /* 1: the figure is the root of the mean */
} reco__metric_row;

enum { RECO__MAX_CUTOFF = 10000, RECO__METRIC_NAME = 24 };

/* One that is asked for. */
typedef struct reco__metric {
    char name[RECO__METRIC_NAME]; /* "ndcg@10" */
    const reco__metric_row *row;
    int32_t cutoff; /* 0 where there is none */
} reco__metric;

/* Reads "ndcg@10,auc"; *metrics [*n] is the caller's, freed by reco__free. EINVAL, ENOTFOUND, ENOMEM. */
reco_status reco__metrics_parse(const char *text, reco__metric **metrics, int32_t *n, reco_error *err);

/* A point's figure of a metric of ranks.
 *   hits  [n_hits] the ranks from 1, ascending, that held-out items have in the list
 *   held  how many items were held out, at least 1 and at least n_hits */
double reco__metric_of_ranks(const reco__metric *metric, const int32_t *hits, int32_t n_hits, int64_t held);

#endif
