/* SPDX-License-Identifier: MIT */
#ifndef RECO__QUERY_H
#define RECO__QUERY_H

#include "base/bytes.h"
#include "model.h"
#include "rank/where.h"
#include "reco/query.h"

/* Ids as they were given, one after another, each with its zero byte. */
typedef struct reco__id_list {
    reco__bytes text;
    int64_t n;
} reco__id_list;

enum { RECO__NOBODY, RECO__A_USER, RECO__A_HISTORY };

struct reco_query {
    int32_t asker; /* RECO__NOBODY ... */
    reco__id_list user, history;
    float *values; /* [history.n] */
    int64_t values_capacity;
    int32_t limit, offset, include_seen;
    int32_t has_include;
    reco__id_list include, exclude;
    reco__where where;
    reco_filter filter;
    void *filter_context;
};

#endif
