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
enum { RECO__NORMAL_LIMIT = 10 };

/* What a query tells of one event beside its item. */
typedef struct reco__told {
    int64_t time;
    float value;  /* NaN: not told */
    int32_t type; /* which of the query's names of types, or -1 */
} reco__told;

/* What a query tells of one feature; its words and vector are the query's. */
typedef struct reco__told_feature {
    int32_t side, kind;
    int32_t n;            /* entries of a vector, else 1 */
    float value;          /* a token's weight, or a number */
    int64_t field, token; /* where the name and the word begin */
    int64_t vector;       /* where its entries begin */
} reco__told_feature;

struct reco_query {
    int32_t asker; /* RECO__NOBODY ... */
    reco__id_list user;
    reco__id_list
        history;      /* items of the events, in the order they came; after those of a user if there is one */
    reco__told *told; /* [history.n] */
    int64_t told_capacity;
    reco__id_list types;          /* the names of types, as often as they were given */
    reco__told_feature *features; /* [n_features] */
    int64_t n_features, features_capacity;
    reco__bytes words, vectors; /* of the features: texts with their zeros, floats */
    reco__id_list purpose;      /* one or none */
    int32_t limit, offset, include_seen, skip_unknown;
    int32_t says_seen; /* include_seen was set, and is not only as in a new query */
    int32_t has_include;
    reco__id_list include, exclude;
    reco__where where;
    reco_filter filter;
    void *filter_context;
};

/* What a user must have agreed to so that their history answers this query: RECO_CONSENT_PERSONAL and the bit of its
 * purpose among those of a catalog. ENOTFOUND: it has no such purpose; `owner` begins the message. */
reco_status reco__query_needs(const reco_query *query, const reco__catalog *catalog, const char *owner,
                              int32_t *needs, reco_error *err);

#endif
