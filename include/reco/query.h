/* SPDX-License-Identifier: MIT */
/** @file query.h
 * Questions (`reco_query`) and answers (`reco_list`).
 *
 * **The top-N contract, the same for every model.** At most N items. Never one that was filtered out or that
 * the asker already has or had, liked or not, unless asked for. Fewer is not an error. No NaN, and no sentinel ids.
 * Equal scores are in the order of the items' indices. Filters act before selection. An unknown user or item id is
 * RECO_ENOTFOUND. Include and exclude may be used together. Who has no history is answered by popularity, and
 * the list says so (reco_list_source); an algorithm that predicts ratings answers by the means of all. So is a user who
 * has not agreed to be answered personally, or not for the purpose that the query names, and the list says that too
 * (reco_list_withheld).
 */
#ifndef RECO_QUERY_H
#define RECO_QUERY_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One question: who asks, what may be answered, how many. For one thread; reusable. */
typedef struct reco_query reco_query;
/** The answer: items with scores, best first. For one thread; reusable, and cheaper when reused. */
typedef struct reco_list reco_list;

/* ---- the question ---- */

/** Makes a query: nobody asks, limit 10, everything but seen items may be answered. @return RECO_OK,
 * RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_query_new(reco_query **out, reco_error *err);
/** Frees a query; NULL is allowed. */
RECO_API void reco_query_free(reco_query *query);
/** Makes a query as it was when new, keeping its memory. */
RECO_API void reco_query_reset(reco_query *query);

/** Asks for a user the model knows. Replaces a history and events. @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_query_user(reco_query *query, const char *user, reco_error *err);
/** The same for a 64-bit id. */
RECO_API reco_status reco_query_user_i64(reco_query *query, int64_t user, reco_error *err);

/** Asks for whoever has this history: an anonymous visitor, a basket, a session. Replaces a user, and events told before.
 * Repeated items add up; of ratings the last one counts.
 * @param items   [n] ids, in the order they were taken
 * @param values  [n], finite and above 0, or NULL for 1; of ratings NULL is for what is liked and not rated
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_query_history(reco_query *query, const char *const *items, const float *values,
                                        int64_t n, reco_error *err);
/** The same for 64-bit ids. */
RECO_API reco_status reco_query_history_i64(reco_query *query, const int64_t *items, const float *values,
                                            int64_t n, reco_error *err);

/** Tells of one event of whoever asks: what a session holds, or what a user did since the model was fitted. Events follow
 * one another in the order of the calls, behind a history or behind what the model knows of the user; an algorithm that looks
 * at the order sees them as the newest. Asks for whoever did this when nobody is named.
 * @param item   its id
 * @param type   NULL, or a type of event that the model's data named: its weight multiplies the value
 * @param value  finite, not 0; below 0 for what takes taste away; 1 when there is nothing to say; or a rating, when the
 * model's data are ratings
 * @param time   Unix seconds, not before that of an earlier event, or RECO_NO_TIME
 * @return RECO_OK, RECO_EINVAL (the query is as it was), RECO_ENOMEM. An item or type that the model does not know shows
 * when it is asked: RECO_ENOTFOUND */
RECO_API reco_status reco_query_event(reco_query *query, const char *item, const char *type, float value,
                                      int64_t time, reco_error *err);

/** Gives a token of a field of whoever asks or of the moment, as the country, the device, the season. A field told so replaces
 * what the model knows of the user in that field. The same token again replaces its weight.
 * @param side    RECO_USER (who asks) or RECO_CONTEXT (when and where)
 * @param weight  finite, above 0; 1 when there is nothing to say
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM. A field or token that the model does not know (RECO_ENOTFOUND) and a field of
 * another kind (RECO_EINVAL) show when it is asked */
RECO_API reco_status reco_query_token(reco_query *query, int32_t side, const char *field, const char *token,
                                      float weight, reco_error *err);
/** Gives a number, as the age, the temperature. A later one replaces it. @return as reco_query_token */
RECO_API reco_status reco_query_number(reco_query *query, int32_t side, const char *field, double number,
                                       reco_error *err);
/** Gives a vector. A later one replaces it.
 * @param vector  [n], finite
 * @param n       in [1, 65536], as many as those of the model's field
 * @return as reco_query_token */
RECO_API reco_status reco_query_vector(reco_query *query, int32_t side, const char *field,
                                       const float *vector, int32_t n, reco_error *err);

/** Says what becomes of ids that the model does not know, of the user, the history, include, exclude and items to score, and of
 * fields and tokens of the features told:
 * - `refuse` (default): the question ends in RECO_ENOTFOUND
 * - `skip`: it is answered without them: an unknown user is one without a history, and the score of an unknown item is NaN.
 * reco_list_skipped tells how many they were.
 *
 * @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_query_unknown(reco_query *query, const char *what, reco_error *err);

/** Says what the answer is for, as "email": a user who has not agreed to that as well as to "personal" is answered as
 * nobody is, but for what the question tells of them. Who asks by a history is not asked for consent. NULL lifts it.
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM. A purpose that the model does not know shows when it is asked:
 * RECO_ENOTFOUND, and the message lists those it knows */
RECO_API reco_status reco_query_purpose(reco_query *query, const char *purpose, reco_error *err);

/** Asks for at most `n` items, n >= 0; by default 10. @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_query_limit(reco_query *query, int32_t n, reco_error *err);
/** Leaves out the first `n` of the answer, for a second page; n >= 0. @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_query_offset(reco_query *query, int32_t n, reco_error *err);
/** Lets items of the asker's history be answered too (1) or hides them (0, the default). */
RECO_API void reco_query_include_seen(reco_query *query, int32_t yes);

/** Allows only these items; NULL with n = 0 lifts that, a list of none allows nothing.
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_query_include(reco_query *query, const char *const *items, int64_t n,
                                        reco_error *err);
/** Forbids these items; n = 0 lifts that. @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_query_exclude(reco_query *query, const char *const *items, int64_t n,
                                        reco_error *err);

/** Allows only items whose features meet a condition; NULL lifts all conditions, a further call adds one that
 * must hold too.
 * @param condition  FIELD OP VALUE, parts joined by " and ", as "price<50 and category=kitchen". Numbers: <
 * <= > >= = !=; tokens: = (has the token), != (has it not). An item without that number meets no condition on
 * it. VALUE runs to the next " and " or the end; 'single quotes' around it keep anything.
 * @return RECO_OK, RECO_EINVAL (cannot be read), RECO_ENOMEM. A field that the model does not have shows when
 * it is asked: RECO_ENOTFOUND */
RECO_API reco_status reco_query_where(reco_query *query, const char *condition, reco_error *err);

/** Called for items that would enter the answer, in no particular order, from the thread that asks.
 * @param context  what reco_query_filter was given
 * @param item     the item's index; @param id  its id, borrowed during the call
 * @return 0 to keep the item out, above 0 to allow it, the same for the same item during one question; below 0
 * to end the question, or the whole batch, in RECO_ECANCELLED */
typedef int32_t (*reco_filter)(void *context, int32_t item, const char *id);
/** Allows only items the function agrees to; NULL lifts it. */
RECO_API void reco_query_filter(reco_query *query, reco_filter filter, void *context);

/* ---- the answer ---- */

/** Makes an empty list. @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_list_new(reco_list **out, reco_error *err);
/** Frees a list; NULL is allowed. */
RECO_API void reco_list_free(reco_list *list);
/** Returns how many items it has. */
RECO_API int32_t reco_list_size(const reco_list *list);
/** Returns the items' indices [size], borrowed until the list is used again. */
RECO_API const int32_t *reco_list_items(const reco_list *list);
/** Returns the items' scores [size], descending, borrowed until the list is used again. */
RECO_API const float *reco_list_scores(const reco_list *list);
/** Returns the items' ids [size], borrowed until the list is used again. */
RECO_API const char *const *reco_list_ids(const reco_list *list);
/** Returns the id of the `k`-th item, borrowed until the list is used again, or NULL when k is out of range. */
RECO_API const char *reco_list_id(const reco_list *list, int32_t k);
/** Gives the 64-bit id of the `k`-th item. @return RECO_OK, RECO_EINVAL (k out of range; the id is no 64-bit
 * number) */
RECO_API reco_status reco_list_id_i64(const reco_list *list, int32_t k, int64_t *id, reco_error *err);
/** Gives all of a list at once, for bindings to whom each call has a price: its items, scores and ids [size], as
 * reco_list_items, reco_list_scores and reco_list_ids, its source, and what was withheld. Each may be NULL. Returns the
 * size. */
RECO_API int32_t reco_list_get(const reco_list *list, const int32_t **items, const float **scores,
                               const char *const **ids, const char **source, int32_t *withheld);
/** Returns what answered: the algorithm's name, or "popular" when the asker had no history, or has not agreed that it
 * be looked up; static. "" before an answer. */
RECO_API const char *reco_list_source(const reco_list *list);
/** Returns why a user was answered as nobody is: the bits of what the question needs and the user has not agreed to,
 * RECO_CONSENT_PERSONAL, that of the query's purpose, or both; 0 when nothing was withheld. */
RECO_API int32_t reco_list_withheld(const reco_list *list);

/** Returns how many ids of the question the model did not know and skipped, as reco_query_unknown told it to. */
RECO_API int64_t reco_list_skipped(const reco_list *list);

/** Answers a question. On failure the list is empty.
 * Cost: the algorithm's score of all allowed items, then one pass to select; allocates only when `list`
 * grows.
 * @return RECO_OK; RECO_EINVAL, RECO_ESTATE (unfitted; a user id asked of a model saved without its users),
 * RECO_ENOTFOUND (user, item, field or purpose), RECO_ENUMERIC, RECO_ECANCELLED (by its filter), RECO_ENOMEM */
RECO_API reco_status reco_model_recommend(const reco_model *model, const reco_query *query, reco_list *list,
                                          reco_error *err);

/** Answers which items are like an item. The query's filters, limit and offset hold; its user or history only
 * hide what was seen.
 * @param query  NULL for the default
 * @return as reco_model_recommend, and RECO_EUNSUPPORTED when reco_model_can(model, "similar") is 0 */
RECO_API reco_status reco_model_similar(const reco_model *model, const char *item, const reco_query *query,
                                        reco_list *list, reco_error *err);

/** Answers which users are like a user the model knows: by their factors where there are any, else as the algorithm compares
 * users. The list is one of users: their indices, ids and similarities, as reco_list_items, reco_list_ids and
 * reco_list_scores give them; who is not alike at all is not in it. Who has not agreed to personal answers, or not to the
 * query's purpose, is neither listed nor asked about.
 * Cost: O(n_users factors), or what the user's items have in users.
 * @param query  NULL for the default; its limit, offset and purpose hold; who asks and which items may be answered must not be said
 * @return RECO_OK; RECO_EINVAL (NULL; the message names what is set), RECO_ESTATE (unfitted; saved without its users),
 * RECO_ENOTFOUND (no such user, or no consent), RECO_EUNSUPPORTED when the algorithm has no similar users (of a model with
 * its users: reco_model_can(model, "similar_users") is 0), RECO_ENUMERIC, RECO_ENOMEM */
RECO_API reco_status reco_model_similar_users(const reco_model *model, const char *user,
                                              const reco_query *query, reco_list *list, reco_error *err);

/** The indices of reasons that are no items: what none of the others explains, and a feature of who asks or when. */
#define RECO_REST    (-1)
#define RECO_FEATURE (-2)

/** Explains why an item would be answered: which items of the asker's history, and which features of the asker and the
 * moment, add how much to its score, most first; negative amounts speak against it. A feature has the index RECO_FEATURE and
 * its name as id, as "country=de" or "age". What none of them explains is one entry with the index RECO_REST and the id "":
 * as the whole score of an algorithm that looks at no history, or of popularity, when the asker has none and the source is
 * "popular". All amounts together are the score; limit and offset of the query hold.
 * @return as reco_model_recommend */
RECO_API reco_status reco_model_explain(const reco_model *model, const char *item, const reco_query *query,
                                        reco_list *reasons, reco_error *err);

/** Scores given items for the asker, whether seen or filtered or not.
 * @param items   [n] ids
 * @param scores  [n] out; finite, but NaN for an item that the model does not know and the query skips
 * @return as reco_model_recommend */
RECO_API reco_status reco_model_score(const reco_model *model, const reco_query *query,
                                      const char *const *items, int64_t n, float *scores, reco_error *err);

/** Answers one question for many users into the caller's arrays, row by row as reco_model_recommend would.
 * @param query     everything but who asks; its filter must bear being called from several threads
 * @param users     [n] ids, or NULL for the model's users 0 .. n-1
 * @param threads   how many threads may work; 0 = all the process may use; 1 starts none
 * @param run       NULL, or progress and cancellation
 * @param items     [n, limit] out: indices; a row's entries past its size are left as they were
 * @param scores    [n, limit] out, or NULL
 * @param sizes     [n] out: how many a row has
 * @param statuses  [n] out, or NULL: what each row ended in; a failed row has size 0
 * @return RECO_OK, even when rows failed, if `statuses` is given; else the first failed row's status.
 * RECO_ECANCELLED by the run or the filter: all sizes are 0 and all statuses RECO_ECANCELLED then, whatever was
 * written into `items` and `scores` */
RECO_API reco_status reco_model_recommend_batch(const reco_model *model, const reco_query *query,
                                                const char *const *users, int64_t n, int32_t threads,
                                                reco_run *run, int32_t *items, float *scores, int32_t *sizes,
                                                reco_status *statuses, reco_error *err);

#ifdef __cplusplus
}
#endif

#endif
