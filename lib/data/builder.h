/* SPDX-License-Identifier: MIT */
/* What a builder holds. All of it only grows, in order of arrival, and repeats are settled when the data set
 * is finished; so whatever failed half way is undone by setting the lengths back (reco__builder_mark,
 * _rollback).
 */
#ifndef RECO__BUILDER_H
#define RECO__BUILDER_H

#include "data.h"
#include "purposes.h"
#include "text/intern.h"

/* One feature as it was told, cell by cell; the last word on an id counts when finished. */
typedef struct reco__column {
    char name[RECO__MAX_FIELD_NAME + 1];
    int32_t kind;
    int32_t dimension; /* vector */
    int64_t n;         /* cells */
    int32_t *who;      /* [n] number of the id */
    float *numbers;    /* [n] number; [n] weights of tokens; [n * dimension] vector */
    int32_t *tokens;   /* [n] number in the vocabulary, or -1: forget what was said of this id before */
    int64_t *texts;    /* [n] where the text begins */
    char *bytes;       /* of texts, with their zeros */
    int64_t bytes_used;
    int64_t who_capacity, numbers_capacity, tokens_capacity, texts_capacity, bytes_capacity;
    reco__intern vocabulary;
    int64_t mark_n, mark_bytes;
    int32_t mark_vocabulary;
} reco__column;

typedef struct reco__columns {
    int32_t n, mark;
    int64_t capacity;
    reco__column *columns;
} reco__columns;

/* Events as they arrived. */
typedef struct reco__events {
    int64_t n, timed;     /* timed: how many have a time */
    int64_t room;         /* n up to which there is memory for events without time, or with it if `time` */
    int32_t *user, *item; /* [n] numbers of ids */
    float *value;         /* [n] as given; of amounts never 0, nor is it times the weight of the type */
    int64_t *time;        /* [n], or NULL until the first event with a time */
    uint8_t *type;        /* [n_typed] number of the type, or RECO__NO_TYPE; events beyond have none */
    int64_t n_typed;
    int32_t *context; /* [n_placed] number in the builder's contexts, or -1; events beyond have none */
    int64_t n_placed;
    int64_t user_capacity, item_capacity, value_capacity, time_capacity, type_capacity, context_capacity;
} reco__events;

/* What was taken in and what was not; see reco_builder_count. */
typedef struct reco__tally {
    int64_t rows, returns, events_zero, rows_without_user, rows_without_item, rows_zero, rows_bad,
        feature_rows, feature_rows_bad;
} reco__tally;

/* The events of the last call that added some, for those that describe them. */
typedef struct reco__added {
    int64_t rows;     /* of the call; -1 when there is none */
    int64_t first;    /* number of its first event */
    int64_t *skipped; /* [n_skipped] rows that became no event, ascending */
    int64_t n_skipped, skipped_capacity;
} reco__added;

struct reco_builder {
    reco__rules rules;
    bool says_combine;   /* the rule of that name was set, and is not only the default */
    reco__intern ids[2]; /* RECO_USER, RECO_ITEM */
    reco__events events;
    reco__added added;
    reco__columns features[RECO__SIDES]; /* those of RECO_CONTEXT have names and vocabularies, no cells */
    reco__intern contexts;               /* what was so at events: see reco__context_with */
    reco__intern purposes;               /* beside the two that are always there */
    int32_t *consent;                    /* [n_consent] by number of the user; who is beyond agreed to all */
    int64_t n_consent, consent_capacity;
    uint8_t *listed; /* [n_listed] by number of the item: 1 for those named by a file or a call */
    int64_t n_listed, listed_capacity;
    reco__intern types;
    double *weights; /* [types.n] */
    int64_t weights_capacity;
    reco__tally tally;
    struct {
        int32_t ids[2], contexts;
        int64_t events, timed;
        reco__tally tally;
    } mark;
};

/* Remembers the state; rollback returns to it. Marks do not nest. Consent, purposes and event types are not
 * covered. */
void reco__builder_mark(reco_builder *builder);
void reco__builder_rollback(reco_builder *builder);

/* EINVAL (empty, overlong, not UTF-8). */
reco_status reco__builder_check_id(int32_t side, const char *text, int64_t length, reco_error *err);
/* The number of an id, added when new. EINVAL (empty, overlong, not UTF-8), ENOMEM. */
reco_status reco__builder_id(reco_builder *builder, int32_t side, const char *text, int64_t length,
                             int32_t *number, reco_error *err);
/* Room for n more events, so that as many pushes of events like those before cannot fail. False when memory
 * ran out. */
bool reco__builder_reserve(reco_builder *builder, int64_t n);
/* The times are there from the first event that has one. False when memory ran out. */
bool reco__builder_start_times(reco_builder *builder);

/* Adds an event of known ids that says something; value finite. False when memory ran out. */
static inline bool reco__builder_push(reco_builder *builder, int32_t user, int32_t item, float value,
                                      int64_t time)
{
    reco__events *events = &builder->events;
    if ((time != RECO_NO_TIME && !events->time && !reco__builder_start_times(builder)) ||
        (events->n >= events->room && !reco__builder_reserve(builder, 1))) {
        return false;
    }
    events->user[events->n] = user;
    events->item[events->n] = item;
    events->value[events->n] = value;
    if (events->time) {
        events->time[events->n] = time;
        events->timed += time != RECO_NO_TIME;
    }
    events->n++;
    return true;
}
/* What an event comes to: its value times the weight of its type, as the matrix will count it. */
static inline float reco__builder_weighed(const reco_builder *builder, float value, int32_t type)
{
    return type == RECO__NO_TYPE ? value : (float)(value * builder->weights[type]);
}
/* Whether an event says nothing: an amount of 0, or of a type that weighs 0. */
static inline bool reco__builder_says_nothing(const reco_builder *builder, float weighed, int32_t type)
{
    return weighed == 0 &&
           (builder->rules.values == RECO__AMOUNTS || (type != RECO__NO_TYPE && builder->weights[type] == 0));
}
/* The number of an event type by name. ENOTFOUND. */
reco_status reco__builder_type(const reco_builder *builder, const char *type, int64_t length, int32_t *number,
                               reco_error *err);
/* Gives the last event pushed its type. False when memory ran out. */
bool reco__builder_set_type(reco_builder *builder, int32_t type);
/* What was so at an event is a context before it and one value more, beginning with none (-1): the number of that
 * node of the tree. The column is one of RECO_CONTEXT by number, the value a token's number or a number's bits. -1
 * when memory ran out. */
int32_t reco__context_with(reco__intern *tree, int32_t context, int32_t column, uint32_t value);
int32_t reco__context_with_number(reco_builder *builder, int32_t context, int32_t column, float number);
int32_t reco__context_with_token(reco_builder *builder, int32_t context, int32_t column, const char *token,
                                 int64_t length);
/* The last value and column of a context; *context becomes what was before. */
uint32_t reco__context_last(const reco__intern *tree, int32_t *context, int32_t *column);
/* Room for the contexts of all events, so that reco__builder_place cannot fail. */
bool reco__builder_reserve_contexts(reco_builder *builder);
static inline void reco__builder_place(reco_builder *builder, int64_t event, int32_t context)
{
    builder->events.context[event] = context;
}
static inline int32_t reco__builder_context(const reco_builder *builder, int64_t event)
{
    return event < builder->events.n_placed ? builder->events.context[event] : -1;
}

/* The purposes beside the two that are always there, borrowed until another is named. */
reco__strings reco__builder_purposes(const reco_builder *builder);
/* Makes consent[] as long as there are users. False when memory ran out. */
bool reco__builder_reserve_consent(reco_builder *builder);

/* Notes that a file or a call named these items: they are there even without a feature. All or none; false when
 * memory ran out. */
bool reco__builder_list(reco_builder *builder, const int32_t *items, int64_t n);

/* The column of a name, or NULL. */
reco__column *reco__column_find(const reco_builder *builder, int32_t side, const char *name);
/* The column of a name and kind, added when new. EINVAL (bad name, other kind), ENOMEM. */
reco_status reco__column_get(reco_builder *builder, int32_t side, const char *name, int32_t kind,
                             reco__column **out, reco_error *err);
/* Appends a cell; arguments are valid. False when memory ran out. */
bool reco__column_text(reco__column *column, int32_t who, const char *text, int64_t length);
bool reco__column_number(reco__column *column, int32_t who, float number);
bool reco__column_token(reco__column *column, int32_t who, const char *token, int64_t length, float weight);
/* The same for a token by its number; -1 forgets the tokens said of an id so far. */
bool reco__column_known(reco__column *column, int32_t who, int32_t token, float weight);
/* n is the column's dimension, unless the column is empty. */
bool reco__column_vector(reco__column *column, int32_t who, const float *vector, int32_t n);
void reco__column_free(reco__column *column);
void reco__columns_free(reco__columns *columns);

/* The word for a kind: "number". */
const char *reco__kind_name(int32_t kind);

/* Makes the fields of one side, whose n is known, out of the columns: place[k] is the index of id number k, or -1
 * for those whose features are left out. EINVAL (too many features), ENOMEM. */
reco_status reco__columns_finish(const reco__columns *columns, const int32_t *place, reco__side *side,
                                 reco_error *err);
/* Makes the contexts of the log the side's rows, in the order in which they come, and the log point at them; so far
 * it has the builder's numbers. ENOMEM. */
reco_status reco__contexts_finish(const reco_builder *builder, reco__log *log, reco__side *side,
                                  reco_error *err);

#endif
