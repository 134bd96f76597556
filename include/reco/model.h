/* SPDX-License-Identifier: MIT */
/** @file model.h
 * Models: an algorithm with its parameters, fitted, saved and loaded. A hybrid is a model whose algorithm has
 * parts.
 *
 * A model is mutable until it is fitted or loaded; from then on it is immutable and any number of threads may
 * use it.
 */
#ifndef RECO_MODEL_H
#define RECO_MODEL_H

#include "data.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct reco_model reco_model;
/** One row of an algorithm's parameter table; static storage. */
typedef struct reco_param reco_param;

/* ---- what there is ---- */

/** Returns how many algorithms this build has. */
RECO_API int32_t reco_algo_size(void);
/** Returns the name of an algorithm, in the order of the catalogue, or NULL when `index` is out of range;
 * static. */
RECO_API const char *reco_algo_name(int32_t index);
/** Returns one line on what an algorithm does, or NULL for an unknown name; static. */
RECO_API const char *reco_algo_summary(const char *algo);
/** Returns the `index`-th parameter of an algorithm, its own first and then those all share; NULL past the
 * last. */
RECO_API const reco_param *reco_algo_param(const char *algo, int32_t index);

#define RECO_PARAM_NUMBER 0 /**< set with reco_model_set; any number within the bounds */
#define RECO_PARAM_INT    1 /**< set with reco_model_set; a whole number within the bounds */
#define RECO_PARAM_CHOICE 2 /**< set with reco_model_set_text; one of some words */
#define RECO_PARAM_TEXT   3 /**< set with reco_model_set_text; free text, its rule in the help */

RECO_API const char *reco_param_name(const reco_param *param);
RECO_API const char *reco_param_help(const reco_param *param);
/** Returns RECO_PARAM_NUMBER, _INT, _CHOICE or _TEXT. */
RECO_API int32_t reco_param_kind(const reco_param *param);
/** Returns the default of a number, 0 for a text. */
RECO_API double reco_param_default(const reco_param *param);
RECO_API double reco_param_min(const reco_param *param);
RECO_API double reco_param_max(const reco_param *param);
/** Returns the default of a text, NULL for a number. */
RECO_API const char *reco_param_default_text(const reco_param *param);
/** Returns the `index`-th word a choice may be, or NULL past the last. */
RECO_API const char *reco_param_choice(const reco_param *param, int32_t index);

#define RECO_SEARCH_NONE   0 /**< nothing to search: how to work, a seed, a free text */
#define RECO_SEARCH_LINEAR 1 /**< between two ends, where equal steps matter alike */
#define RECO_SEARCH_LOG    2 /**< between two ends above 0, where equal ratios matter alike */
#define RECO_SEARCH_WORDS  3 /**< among the words of a choice that reco_param_search_word tells */

/** Tells where to search for a good value, for tuning: how to spread the trials, and between which ends. The ends
 * are within the bounds, and whole numbers for a RECO_PARAM_INT. The default lies between them, or is 0 and the help
 * says what 0 stands for ("0 = never ages"): then it is worth a trial of its own.
 * @param low,high  NULL, or out: the ends; the default, twice, of what is not searched; 0 of a choice or text
 * @return RECO_SEARCH_NONE, _LINEAR, _LOG or _WORDS */
RECO_API int32_t reco_param_search(const reco_param *param, double *low, double *high);
/** Returns the `index`-th word of a choice that is worth trying, or NULL past the last; static. */
RECO_API const char *reco_param_search_word(const reco_param *param, int32_t index);
/** Returns a value of a number that makes a fit quick, for tests of what is built around it: the default, where
 * that is quick; 0 for a text. */
RECO_API double reco_param_small(const reco_param *param);

/* ---- life ---- */

/** Makes an unfitted model.
 * @return RECO_OK, RECO_EINVAL, RECO_ENOTFOUND (no such algorithm: the message lists them), RECO_ENOMEM */
RECO_API reco_status reco_model_new(reco_model **out, const char *algo, reco_error *err);
/** Frees a model; NULL is allowed. */
RECO_API void reco_model_free(reco_model *model);

/** Sets a parameter that is a number. A choice or text is set with reco_model_set_text.
 * @return RECO_OK, RECO_ENOTFOUND (no such parameter: the message lists them), RECO_EINVAL (not finite, out
 * of bounds, not whole), RECO_ESTATE (the model is fitted) */
RECO_API reco_status reco_model_set(reco_model *model, const char *param, double value, reco_error *err);
/** Sets any parameter from text: a choice, a free text, or a number written as one.
 * @return as reco_model_set, and RECO_ENOMEM */
RECO_API reco_status reco_model_set_text(reco_model *model, const char *param, const char *value,
                                         reco_error *err);
/** Gets a number. @return RECO_OK, RECO_ENOTFOUND, RECO_EINVAL (it is a text) */
RECO_API reco_status reco_model_get(const reco_model *model, const char *param, double *value,
                                    reco_error *err);
/** Gets a choice or a text, borrowed until the parameter is set again. @return RECO_OK, RECO_ENOTFOUND,
 * RECO_EINVAL (a number) */
RECO_API reco_status reco_model_get_text(const reco_model *model, const char *param, const char **value,
                                         reco_error *err);

/** Adds a part to a hybrid. What is taken is a copy of the part's algorithm, parameters and own parts; the
 * part itself stays the caller's, fitted or not, and fitting the hybrid fits the copies.
 * @param weight  finite, not 0
 * @return RECO_OK, RECO_EINVAL, RECO_EUNSUPPORTED (`model` is no hybrid), RECO_ESTATE (it is fitted),
 * RECO_ENOMEM */
RECO_API reco_status reco_model_add_part(reco_model *model, const reco_model *part, double weight,
                                         reco_error *err);

/** Fits a model. On failure it is unfitted and may be fitted again.
 * The same data, parameters and seed give the same model to the bit, whatever `threads` is, on processors with the
 * same instruction set.
 * @param run  NULL, or progress and cancellation
 * @return RECO_OK; RECO_ESTATE (already fitted; a hybrid without parts), RECO_EINVAL (parameters that do not
 * go together, a data set without what the algorithm needs, ratings of which nobody said which are tastes: see
 * `like_from` in data.h), RECO_ENOMEM (also: more than `memory_limit`), RECO_ENUMERIC, RECO_ECANCELLED,
 * RECO_EUNSUPPORTED (needs BLAS and the build has none; a query-only build) */
RECO_API reco_status reco_model_fit(reco_model *model, const reco_data *data, reco_run *run, reco_error *err);

/** Tells how many bytes a fit will take at its peak, data set not included. @return RECO_OK, RECO_EINVAL,
 * RECO_ESTATE, RECO_EUNSUPPORTED (a query-only build) */
RECO_API reco_status reco_model_estimate(const reco_model *model, const reco_data *data, int64_t *bytes,
                                         reco_error *err);

/** Copies a fitted model: another with the same algorithm, parameters, parts and all it learned, fitted too, which lives
 * by itself. It shares with the first what never changes: ids, features and histories.
 * Cost and memory: those of what was learned, and of what loading derives.
 * @return RECO_OK, RECO_EINVAL, RECO_ESTATE (not fitted; a part of a hybrid, which is copied with the whole),
 * RECO_ENOMEM */
RECO_API reco_status reco_model_copy(const reco_model *model, reco_model **out, reco_error *err);

/* ---- what a model knows ---- */

/** Returns the algorithm's name; static. */
RECO_API const char *reco_model_algo(const reco_model *model);
/** Returns how many parts a hybrid has, 0 for others. */
RECO_API int32_t reco_model_part_size(const reco_model *model);
/** Returns the `index`-th part of a hybrid, borrowed, or NULL. */
RECO_API const reco_model *reco_model_part(const reco_model *model, int32_t index);
/** Returns the weight of the `index`-th part, or 0. */
RECO_API double reco_model_part_weight(const reco_model *model, int32_t index);
/** Returns a count, which is never negative, or -1 for an unknown name: `users`, `items`, `pairs`, `events` of what it
 * was fitted on (0 before), `types` (of events, as they were named), `fitted` (0 or 1), `bytes` (memory of all it learned
 * and carries). */
RECO_API int64_t reco_model_count(const reco_model *model, const char *name);
/** Gives the times of the first and the last event of what it was fitted on; both RECO_NO_TIME before, and when no event
 * had one. @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_model_times(const reco_model *model, int64_t *first, int64_t *last,
                                      reco_error *err);
/** Tells whether a fitted or unfitted model's algorithm can do a thing: `similar`, `similar_users`, `explain`, `history`,
 * `users`, `parts`. `users`: it can answer for a user id, which a model saved without its users cannot, nor can that find
 * similar users. `parts`: it is a hybrid (reco_model_add_part). Returns 1 or 0. */
RECO_API int32_t reco_model_can(const reco_model *model, const char *what);
/** Returns the id of a user or item, borrowed, or NULL when `index` is out of range or the model has no
 * users. */
RECO_API const char *reco_model_id(const reco_model *model, int32_t side, int32_t index);
/** Finds the index of an id. @return RECO_OK, RECO_EINVAL, RECO_ESTATE, RECO_ENOTFOUND */
RECO_API reco_status reco_model_find(const reco_model *model, int32_t side, const char *id, int32_t *index,
                                     reco_error *err);
/** Returns what a user agreed to; RECO_CONSENT_NONE when `user` is out of range or the model has no users. */
RECO_API int32_t reco_model_consent(const reco_model *model, int32_t user);
/** Returns the name of the `index`-th purpose, whose bit is 1 << index, borrowed, or NULL past the last and before the
 * model is fitted. */
RECO_API const char *reco_model_purpose(const reco_model *model, int32_t index);
/** Returns the name of the `index`-th type of event, in the order in which the builder named them, borrowed, or NULL past
 * the last. */
RECO_API const char *reco_model_type(const reco_model *model, int32_t index);
/** Returns the name of the `index`-th feature of users, items or contexts, in the order of the names, borrowed, or NULL
 * past the last.
 * @param side  RECO_USER, RECO_ITEM or RECO_CONTEXT
 * @param kind  NULL, or out: RECO_FIELD_TOKEN, _NUMBER, _TEXT or _VECTOR */
RECO_API const char *reco_model_field(const reco_model *model, int32_t side, int32_t index, int32_t *kind);
/** Returns a text of a user or item, as a title, borrowed, or NULL when there is none (or it was not saved). */
RECO_API const char *reco_model_text(const reco_model *model, int32_t side, int32_t index, const char *field);
/** Returns a number of a user or item, as a price, or NaN when there is none. */
RECO_API double reco_model_number(const reco_model *model, int32_t side, int32_t index, const char *field);
/** Returns the `k`-th token of a user or item, as its categories, shorter ones first and equal lengths by bytes,
 * borrowed, or NULL past the last. */
RECO_API const char *reco_model_token(const reco_model *model, int32_t side, int32_t index, const char *field,
                                      int32_t k);

#define RECO_ARRAY_U8  1 /**< uint8_t */
#define RECO_ARRAY_I32 2 /**< int32_t */
#define RECO_ARRAY_I64 3 /**< int64_t */
#define RECO_ARRAY_F32 4 /**< float */
#define RECO_ARRAY_F64 5 /**< double */

/** Gives an array that a fitted model learned, borrowed for as long as the model lives: as `item_factors` of als, or
 * `count` of popular. Row k of what is told of items is that of the item whose index is k, and likewise for users. A sparse
 * matrix is three arrays, as `neighbors.start`, `neighbors.index` and `neighbors.value`: row r has the entries start[r] to
 * start[r + 1] - 1. Which arrays there are is the algorithm's own affair and may change with the library's version. A
 * hybrid has those of its parts: see reco_model_part.
 * @param values  out: `rows` times `columns` numbers, row after row
 * @param kind    out: RECO_ARRAY_U8, _I32, _I64, _F32 or _F64
 * @return RECO_OK, RECO_EINVAL, RECO_ESTATE (not fitted), RECO_ENOTFOUND (no such array: the message lists them) */
RECO_API reco_status reco_model_array(const reco_model *model, const char *name, const void **values,
                                      int32_t *kind, int64_t *rows, int64_t *columns, reco_error *err);

/* ---- the model file ---- */

#define RECO_SAVE_ALL           0
#define RECO_SAVE_WITHOUT_USERS 1 /**< no user ids, histories or factors: for phones and for privacy */
#define RECO_SAVE_WITHOUT_TEXTS 2 /**< no item texts: they are for showing; answers need none */

/** Saves a fitted model: one file, for every platform. `path` holds the old file or the whole new one, never
 * a part.
 * @param flags  RECO_SAVE_ALL or the sum of others
 * @return RECO_OK, RECO_EINVAL, RECO_ESTATE (unfitted), RECO_EUNSUPPORTED (this algorithm is nothing without
 * its users), RECO_EIO (the message says what failed; the old file is intact), RECO_ENOMEM */
RECO_API reco_status reco_model_save(const reco_model *model, const char *path, int32_t flags,
                                     reco_error *err);
/** Saves to memory. @param bytes,n  the caller's, freed by reco_bytes_free @return as reco_model_save */
RECO_API reco_status reco_model_save_bytes(const reco_model *model, int32_t flags, void **bytes, int64_t *n,
                                           reco_error *err);
/** Frees what reco_model_save_bytes gave; NULL is allowed. */
RECO_API void reco_bytes_free(void *bytes);

/** Loads a model. Every byte is checked; nothing but a whole and consistent file loads.
 * Cost: linear in the file's size. Memory: the file's size and at most a tenth more; item-knn, user-knn and content turn
 * what they store into a second order besides, which is at most as much again.
 * @return RECO_OK, RECO_EINVAL, RECO_EIO, RECO_EFORMAT (damaged, or no model file), RECO_EUNSUPPORTED (from a
 * newer version of the library, from one so old that this algorithm no longer reads it, or with an algorithm this build
 * does not have), RECO_ENOMEM */
RECO_API reco_status reco_model_load(reco_model **out, const char *path, reco_error *err);
/** Loads from memory, which is copied. @return as reco_model_load */
RECO_API reco_status reco_model_load_bytes(reco_model **out, const void *bytes, int64_t n, reco_error *err);

#ifdef __cplusplus
}
#endif

#endif
