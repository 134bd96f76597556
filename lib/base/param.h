/* SPDX-License-Identifier: MIT */
/* Parameters by name: one table row each, from which come validation, error texts, saving,
 * documentation and where to search. */
#ifndef RECO__PARAM_H
#define RECO__PARAM_H

#include "bytes.h"
#include "reco/base.h"

#include <stddef.h>

enum { RECO__NUMBER = 0, RECO__INT = 1, RECO__CHOICE = 2, RECO__TEXT = 3 };

/* RECO_SEARCH_* */
enum { RECO__SEARCH_NONE = 0, RECO__SEARCH_LINEAR = 1, RECO__SEARCH_LOG = 2, RECO__SEARCH_WORDS = 3 };

enum { RECO__PARAM_TEXT_SIZE = 256 }; /* bytes of a free text with its zero */

/* A row. The value lives in the object at `offset`: a double (number), int64_t (int), int32_t (choice: the
 * word's number) or char[RECO__PARAM_TEXT_SIZE] (text). A table ends with { 0 }. */
typedef struct reco_param {
    const char *name;
    int32_t kind;
    size_t offset;
    double normal, low, high; /* normal: the default; of a choice, the word's number */
    const char *text;         /* of a text: its default */
    const char *const *words; /* of a choice: its words, then NULL */
    const char *help;
    int32_t transient; /* 1: how to work, not what to learn: not saved */
    int32_t scale;     /* RECO__SEARCH_*: what a tuner makes of the next two or three */
    double search_low, search_high;
    const char *const *search_words; /* of a choice: those worth trying, then NULL; NULL: all */
    double small;                    /* of a number: what makes a fit quick; 0: the default does */
} reco__param;

/* Where a tuner searches, the argument of a row before its help. SEARCH(16, 256, LOG): steps of equal ratio; LINEAR:
 * equal steps. The default is within, or is 0 and the help says what 0 stands for. A choice has SEARCH_ALL or
 * SEARCH_WORDS("tfidf", "bm25"). NO_SEARCH: of what makes a model no better, or means something else beside every
 * other parameter. SMALL(4) may follow: a value that makes a fit quick, for tests. */
#define SEARCH(low_, high_, scale_)                                                                          \
    .scale = RECO__SEARCH_##scale_, .search_low = (low_), .search_high = (high_)
#define SEARCH_ALL .scale = RECO__SEARCH_WORDS
#define SEARCH_WORDS(...)                                                                                    \
    .scale = RECO__SEARCH_WORDS, .search_words = (const char *const[])                                       \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }
#define NO_SEARCH     .scale = RECO__SEARCH_NONE
#define SMALL(small_) , .small = (small_)

#define PARAM_NUMBER(type, field, normal_, low_, high_, search_, help_)                                      \
    {                                                                                                        \
        .name = #field, .kind = RECO__NUMBER, .offset = offsetof(type, field), .normal = (normal_),          \
        .low = (low_), .high = (high_), search_, .help = (help_)                                             \
    }
#define PARAM_INT(type, field, normal_, low_, high_, search_, help_)                                         \
    {                                                                                                        \
        .name = #field, .kind = RECO__INT, .offset = offsetof(type, field), .normal = (normal_),             \
        .low = (low_), .high = (high_), search_, .help = (help_)                                             \
    }
/* PARAM_CHOICE(als, objective, SEARCH_ALL, "what is minimized", "ials", "hkv"): the first word is the default; the field
 * is an int32_t that counts words from 0. */
#define PARAM_CHOICE(type, field, search_, help_, ...)                                                       \
    {                                                                                                        \
        .name = #field, .kind = RECO__CHOICE, .offset = offsetof(type, field),                               \
        .words = (const char *const[]){__VA_ARGS__, NULL}, search_, .help = (help_)                          \
    }
/* The same, with the normal_-th word as the default. */
#define PARAM_CHOICE_AT(type, field, normal_, search_, help_, ...)                                           \
    {                                                                                                        \
        .name = #field, .kind = RECO__CHOICE, .offset = offsetof(type, field), .normal = (normal_),          \
        .words = (const char *const[]){__VA_ARGS__, NULL}, search_, .help = (help_)                          \
    }
#define PARAM_TEXT(type, field, normal_, help_)                                                              \
    {                                                                                                        \
        .name = #field, .kind = RECO__TEXT, .offset = offsetof(type, field), .text = (normal_),              \
        .help = (help_)                                                                                      \
    }

/* The object's fields become the defaults. */
void reco__param_defaults(const reco__param *table, void *object);
/* The row of a name, or NULL. */
const reco__param *reco__param_find(const reco__param *table, const char *name);
/* Sets; `owner` begins the message: "als: 'factors' must be in [1, 4096], got 0". EINVAL. */
reco_status reco__param_set(const reco__param *row, void *object, const char *owner, double value,
                            reco_error *err);
reco_status reco__param_set_text(const reco__param *row, void *object, const char *owner, const char *value,
                                 reco_error *err);
reco_status reco__param_get(const reco__param *row, const void *object, const char *owner, double *value,
                            reco_error *err);
/* A choice's word is static; a text is borrowed from the object. */
reco_status reco__param_get_text(const reco__param *row, const void *object, const char *owner,
                                 const char **value, reco_error *err);
/* ENOTFOUND with the list of names of one or two tables (the second may be NULL). */
reco_status reco__param_unknown(const reco__param *table, const reco__param *more, const char *owner,
                                const char *name, reco_error *err);
/* Copies all values from one object to another of the same table. */
void reco__param_copy(const reco__param *table, const void *from, void *to);
/* Adds "name=value\n" for each row that is not transient. False when memory ran out. */
bool reco__param_write(const reco__param *table, const void *object, reco__bytes *out);

#endif
