/* SPDX-License-Identifier: MIT */
/* The data set and its shared pieces. A model shares the catalog and the histories with the data set it was
 * fitted on; a loaded model has the same pieces, pointing into its file. */
#ifndef RECO__DATA_H
#define RECO__DATA_H

#include "base/bytes.h"
#include "math/csr.h"
#include "reco/data.h"
#include "text/strings.h"

enum { RECO__MAX_ID = 1023, RECO__MAX_FIELD_NAME = 63, RECO__MAX_VECTOR = 65536 };

enum {
    RECO__FIELD_TOKEN = RECO_FIELD_TOKEN,
    RECO__FIELD_NUMBER = RECO_FIELD_NUMBER,
    RECO__FIELD_TEXT = RECO_FIELD_TEXT,
    RECO__FIELD_VECTOR = RECO_FIELD_VECTOR
};

/* One feature of all users or all items; n is how many there are. Arrays that a kind does not use
 * are NULL. */
typedef struct reco__field {
    const char *name; /* always the catalog's own, also when the arrays are a block's */
    int32_t kind;
    reco__csr tokens;         /* token: [n, vocabulary.n], weights above 0 */
    reco__strings vocabulary; /* token: sorted */
    const float *numbers;     /* number: [n], NaN where there is none */
    reco__strings texts;      /* text: n, "" where there is none; NULL arrays when a file was saved without */
    const float *vectors;     /* vector: [n, dimension], zeros where there is none */
    int32_t dimension;
} reco__field;

typedef struct reco__side {
    reco__strings ids; /* sorted */
    int32_t n_fields;
    reco__field *fields; /* sorted by name (strcmp); the array is always the catalog's own */
} reco__side;

/* Who and what there is. Immutable, with several owners. */
typedef struct reco__catalog {
    atomic_int owners;
    reco__block *block;     /* what the arrays point into, or NULL when they are the catalog's own */
    reco__side sides[2];    /* RECO_USER, RECO_ITEM */
    const uint8_t *consent; /* [n_users] */
} reco__catalog;

reco__catalog *reco__catalog_share(reco__catalog *catalog);
void reco__catalog_release(reco__catalog *catalog); /* NULL-safe */
/* The field of a name, or NULL. */
const reco__field *reco__catalog_field(const reco__catalog *catalog, int32_t side, const char *name);

/* The interaction matrix X[n_users, n_items] by users. Immutable, with several owners. */
typedef struct reco__history {
    atomic_int owners;
    reco__block *block;
    reco__csr x; /* values above 0 */
    const int64_t
        *times; /* [entries]: the newest event of the pair, or RECO_NO_TIME; NULL when no event has a time */
} reco__history;

reco__history *reco__history_share(reco__history *history); /* NULL-safe */
void reco__history_release(reco__history *history);         /* NULL-safe */

/* All events of users who consented, by user, each user's by time and then as they were added. */
typedef struct reco__log {
    int32_t n_users;
    const int64_t *start; /* [n_users + 1] */
    const int32_t *item;  /* [events] */
    const float *value;   /* [events]: times the weight of its type */
    const int64_t *time;  /* [events], RECO_NO_TIME where there is none; NULL when no event has one */
    bool borrowed;        /* each event is an entry of the matrix as it stands: the arrays are its own */
} reco__log;

enum { RECO__COMBINE_SUM = 0, RECO__COMBINE_LAST = 1, RECO__COMBINE_MAX = 2, RECO__COMBINE_COUNT = 3 };

/* How a log becomes a matrix: the builder's settings. */
typedef struct reco__rules {
    int32_t combine;
    double half_life_days;
    double reference_time; /* NaN: the newest event's */
    int64_t min_user_events, min_item_events;
} reco__rules;

struct reco_data {
    reco__catalog *catalog;
    reco__history *history;
    reco__csr by_item; /* the transpose of history->x, [n_items, n_users] */
    reco__log
        log; /* the events that entered the matrix and those of dropped pairs; not those left out as rare */
    reco__rules rules;
    int64_t events, events_without_consent, events_rare, pairs_returned, events_returned, first_time,
        last_time;
};

static inline int32_t reco__data_users(const reco_data *data)
{
    return data->catalog->sides[RECO_USER].ids.n;
}

static inline int32_t reco__data_items(const reco_data *data)
{
    return data->catalog->sides[RECO_ITEM].ids.n;
}

/* Makes a data set from a catalog (shared) and a log (taken over, also on failure). */
reco_status reco__data_from_log(reco__catalog *catalog, reco__log *log, const reco__rules *rules,
                                reco_data **out, reco_error *err);
void reco__log_free(reco__log *log);

#endif
