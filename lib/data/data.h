/* SPDX-License-Identifier: MIT */
/* The data set and its shared pieces. A model shares the catalog and the histories with the data set it was
 * fitted on; a loaded model has the same pieces, pointing into its file. */
#ifndef RECO__DATA_H
#define RECO__DATA_H

#include "base/bytes.h"
#include "combine.h"
#include "math/csr.h"
#include "reco/data.h"
#include "store/state.h"
#include "text/strings.h"

#include <stddef.h>

enum { RECO__MAX_ID = 1023, RECO__MAX_FIELD_NAME = 63, RECO__MAX_FIELDS = 4096, RECO__MAX_VECTOR = 65536 };
enum { RECO__MAX_TYPES = 255, RECO__NO_TYPE = 255 }; /* the type of an event that has none */

enum {
    RECO__FIELD_TOKEN = RECO_FIELD_TOKEN,
    RECO__FIELD_NUMBER = RECO_FIELD_NUMBER,
    RECO__FIELD_TEXT = RECO_FIELD_TEXT,
    RECO__FIELD_VECTOR = RECO_FIELD_VECTOR
};

/* One field of all users, items or contexts; n is how many there are. Arrays that a kind does not use are NULL. */
typedef struct reco__field {
    const char *name;
    int32_t kind;
    int32_t first;            /* number of its first feature: see profile.h */
    reco__csr tokens;         /* token: [n, vocabulary.n], weights above 0 */
    reco__strings vocabulary; /* token: sorted */
    const float *numbers;     /* number: [n], NaN where there is none */
    reco__strings texts;      /* text: n, "" where there is none; NULL arrays when a file was saved without */
    const float *vectors;     /* vector: [n, dimension], zeros where there is none */
    int32_t dimension;
} reco__field;

/* All users, all items, or all contexts: the distinct combinations of what was so at events. */
typedef struct reco__side {
    int32_t n;         /* how many are described; 0 when only names and vocabularies are known */
    reco__strings ids; /* sorted; contexts have none */
    int32_t n_fields;
    reco__field *fields; /* sorted by name (strcmp) */
    int32_t n_features;  /* numbers of all fields together */
    int64_t most;        /* features that one of them has at the most */
} reco__side;

enum { RECO__SIDES = 3 };

/* The types of events, in the order they were named. */
typedef struct reco__types {
    reco__strings names;
    const double *weights; /* [names.n] finite: what one event counts */
} reco__types;

/* The name of a type, or NULL when there is none of this number. */
static inline const char *reco__type_name(const reco__types *types, int32_t number)
{
    return number >= 0 && number < types->names.n ? reco__string(&types->names, number) : NULL;
}

/* Who and what there is. Immutable, with several owners. */
typedef struct reco__catalog {
    atomic_int owners;
    reco__block *block;            /* what arrays may point into, or NULL; others are the catalog's own */
    reco__side sides[RECO__SIDES]; /* RECO_USER, RECO_ITEM, RECO_CONTEXT */
    reco__strings purposes;        /* beside the two that are always there: see purposes.h */
    const int32_t *consent;        /* [n_users] never RECO_CONSENT_NONE: who agreed to nothing is not there */
    reco__types types;
    int32_t values;   /* what they are: RECO__AMOUNTS, which add up, or RECO__RATED, which stay as they are */
    double like_from; /* of ratings: from which on a pair is a taste, above 0; 0: not said */
} reco__catalog;

enum { RECO__AMOUNTS = 0, RECO__RATED = 1 };

/* Whether what a pair amounts to is a taste. */
static inline bool reco__is_taste(const reco__catalog *catalog, float value)
{
    return value > 0 && value >= (float)catalog->like_from;
}

/* An empty one, with a share of the block (or NULL); NULL when memory ran out. */
reco__catalog *reco__catalog_new(reco__block *block);
reco__catalog *reco__catalog_share(reco__catalog *catalog);
void reco__catalog_release(reco__catalog *catalog); /* NULL-safe */
/* Lists what it holds, for files, sizes and freeing. */
reco_status reco__catalog_state(reco__catalog *catalog, reco__state *s);
/* The field of a name, or NULL. */
const reco__field *reco__catalog_field(const reco__catalog *catalog, int32_t side, const char *name);

/* The name of a field by number and, unless kind is NULL, its kind; NULL when there is none. The catalog may be NULL.
 * */
const char *reco__catalog_name(const reco__catalog *catalog, int32_t side, int32_t index, int32_t *kind);

/* What users took, by users. Immutable, with several owners. */
typedef struct reco__history {
    atomic_int owners;
    reco__block *block;
    reco__csr x;   /* their tastes, the interaction matrix X[n_users, n_items]: values above 0 */
    reco__csr had; /* what they took and is no taste: not in x, without values. All NULL: nothing */
    /* Of ratings: all of both as it was rated; the arrays of x where that is the same. All NULL: amounts, or not kept. */
    reco__csr rated;
} reco__history;

/* All pairs: of amounts the tastes, of ratings those and the others. */
static inline const reco__csr *reco__history_pairs(const reco__history *history)
{
    return history->rated.start ? &history->rated : &history->x;
}

/* Whether a user took an item, a taste or not. */
static inline bool reco__history_has(const reco__history *history, int32_t user, int32_t item)
{
    return reco__csr_has(&history->x, user, item) ||
           (history->had.start && reco__csr_has(&history->had, user, item));
}

reco__history *reco__history_new(reco__block *block);
reco__history *reco__history_share(reco__history *history); /* NULL-safe */
void reco__history_release(reco__history *history);         /* NULL-safe */
/* Lists what it holds; the ratings too, if it `rates`. */
reco_status reco__history_state(reco__history *history, reco__state *s, bool rates);

/* All events of users who consented, by user, each user's by time and then as they were added. Immutable, with
 * several owners. */
typedef struct reco__log {
    atomic_int owners;
    reco__block *block;      /* what the arrays point into, or NULL when they are the log's own */
    reco__history *borrowed; /* whose start, item and value these are, or NULL */
    int32_t n_users;
    const int64_t *start;   /* [n_users + 1] */
    const int32_t *item;    /* [events] */
    const float *value;     /* [events] as given, without the weight of the type */
    const int64_t *time;    /* [events], RECO_NO_TIME where there is none; NULL when no event has one */
    const uint8_t *type;    /* [events] in the catalog, or RECO__NO_TYPE; NULL when no event has one */
    const int32_t *context; /* [events] in the catalog, or -1; NULL when no event has one */
} reco__log;

reco__log *reco__log_new(void);                               /* empty; NULL when memory ran out */
reco__log *reco__log_of(reco__block *block, int32_t n_users); /* to be loaded; NULL when memory ran out */
reco__log *reco__log_share(reco__log *log);                   /* NULL-safe */
void reco__log_release(reco__log *log);                       /* NULL-safe */
/* Lists what it holds; n_contexts as in the catalog. */
reco_status reco__log_state(reco__log *log, reco__state *s, int32_t n_contexts);

static inline int64_t reco__log_size(const reco__log *log)
{
    return log->start[log->n_users];
}

/* Copies an event to place k of another log, or of the same, with what the other keeps. */
static inline void reco__log_put(const reco__log *to, int64_t k, const reco__log *from, int64_t event)
{
    ((int32_t *)to->item)[k] = from->item[event];
    ((float *)to->value)[k] = from->value[event];
    if (to->time) {
        ((int64_t *)to->time)[k] = from->time[event];
    }
    if (to->type) {
        ((uint8_t *)to->type)[k] = from->type[event];
    }
    if (to->context) {
        ((int32_t *)to->context)[k] = from->context[event];
    }
}

/* What an event counts before it ages: its value times the weight of its type. */
static inline float reco__log_weighed(const reco__log *log, const reco__types *types, int64_t event)
{
    if (!log->type || log->type[event] == RECO__NO_TYPE) {
        return log->value[event];
    }
    return (float)(log->value[event] * types->weights[log->type[event]]);
}

/* What an event says of taste: the same, but nothing of a rating that is none. */
static inline float reco__log_counts(const reco__log *log, const reco__catalog *catalog, int64_t event)
{
    float value = reco__log_weighed(log, &catalog->types, event);
    return catalog->values == RECO__AMOUNTS || reco__is_taste(catalog, value) ? value : 0;
}

/* Somebody's events in the order they came, with repeats: a view on a log or on what a question tells. */
typedef struct reco__trail {
    int64_t n;
    const int32_t *items; /* [n] */
    const float *values;  /* [n] */
    const int64_t *times; /* [n] or NULL */
    const uint8_t *types; /* [n] or NULL */
} reco__trail;

/* A log of the last `most` events of each user, for who remembers no more; without contexts. ENOMEM. */
reco_status reco__log_last(reco__log *log, int64_t most, reco__log **out, reco_error *err);
/* Whether each event's type is one of these. For files. */
bool reco__log_types_fit(const reco__log *log, const reco__types *types);
/* The last `most` events of a user, the oldest first. */
reco__trail reco__log_trail(const reco__log *log, int32_t user, int64_t most);

/* How a log becomes a matrix: the builder's settings. */
typedef struct reco__rules {
    int32_t values; /* RECO__AMOUNTS or _RATED */
    double like_from;
    int32_t combine;
    double half_life_days;
    double reference_time; /* NaN: the newest event's */
    int64_t min_user_events, min_item_events;
} reco__rules;

struct reco_data {
    reco__catalog *catalog;
    reco__history *history;
    reco__csr by_item; /* the transpose of history->x, [n_items, n_users] */
    reco__log *log;    /* the events that entered the matrix and those of dropped pairs; not the rare ones */
    reco__rules rules;
    int64_t users_without_consent, events, events_without_consent, events_rare, pairs_returned,
        events_returned, first_time, last_time;
};

static inline int32_t reco__data_users(const reco_data *data)
{
    return data->catalog->sides[RECO_USER].ids.n;
}

static inline int32_t reco__data_items(const reco_data *data)
{
    return data->catalog->sides[RECO_ITEM].ids.n;
}

/* Makes a data set from a catalog (shared) and a log that nobody else has yet (taken over, also on failure). */
reco_status reco__data_from_log(reco__catalog *catalog, reco__log *log, const reco__rules *rules,
                                reco_data **out, reco_error *err);

#endif
