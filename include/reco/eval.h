/* SPDX-License-Identifier: MIT */
/** @file eval.h
 * Evaluation: how good a fitted model is for held-out data. A protocol says who asks and what is measured, a
 * query how lists are made, and a report has the figures.
 *
 *     reco_protocol *p;  reco_report *r;
 *     reco_protocol_new(&p, &err);
 *     reco_protocol_set_text(p, "ask", "given", &err);
 *     reco_protocol_set(p, "given", 5, &err);
 *     reco_model_evaluate(model, test, NULL, p, NULL, &r, &err);
 *
 * **Who asks** (`ask`). A point is one question, with the items that are held out from it.
 *
 * - `user`: each test user asks by the history that the model has; held out are the items of the user's test
 * row. Users without a history in the model are left out.
 * - `given`: each test user with more than `given` events asks as someone unknown, whose history is the first
 * `given` of them; held out are the items of the others. The model needs no users: this is for users that no
 * model has seen, as a split by `cold-users` leaves.
 * - `next`: each test user with k events, k > 1, asks k - 1 times as someone unknown, whose history is the
 * first event, the first two, and so on; held out is the item of the event that came next, also when it is the
 * one before it again. This is for sessions.
 *
 * For `given` and `next`, a user's events go by time, equal times in the order in which they were added. Only
 * those count that are tastes, with a value above 0 and of pairs in the matrix; for a model that predicts ratings all
 * ratings do. Items that the model does not know are taken out of histories; who has no history left is left out.
 * Repeated items of a history add up, or of ratings the last one counts, as in a query; algorithms that look at the order
 * of events are told it.
 *
 * **Seen items**, those of the history, are hidden for `user` and `given` and may be answered for `next`,
 * unless the query says otherwise (reco_query_include_seen). Where they are hidden they are not held out
 * either.
 *
 * **Metrics**, for one point with the list L and the held-out items T; rel(r) is 1 when the item at rank r,
 * from 1, is in T:
 *
 *     recall@K     sum of rel(r), r <= K, / |T|
 *     precision@K  sum of rel(r), r <= K, / K
 *     hit@K        1 if any rel(r), r <= K
 *     map@K        sum of rel(r) * precision@r, r <= K, / min(|T|, K)
 *     mrr@K        1 / the first r <= K with rel(r), else 0
 *     ndcg@K       sum of rel(r) / log2(r + 1), r <= K, / sum of 1 / log2(r + 1), r <= min(|T|, K)
 *     coverage@K   distinct items in all lists' first K / n_items (one figure over all points)
 *     auc          mean over T of the share of candidates outside T whose score is below; an equal one is half
 *     rmse         root of the mean over pairs of (score - value)^2
 *     mae          mean over pairs of |score - value|
 *
 * A figure is the mean over points; those of `rmse` and `mae` are over pairs: a point and one of its held-out
 * items that the model knows, with its value in the test row (for `next`: of the event). They are for models
 * that predict ratings, and of ratings all are predicted, tastes or not, while T holds the tastes alone: a point with
 * ratings held out and no taste counts for these two only. In lists, equal scores are in the order of indices. A held-out
 * item that the model does not know, or that the query does not allow, counts as missed; for `auc` it counts 0.
 * Candidates of `auc` are all items that the query allows, without those that are hidden; where all of them are held out,
 * each counts 1/2.
 */
#ifndef RECO_EVAL_H
#define RECO_EVAL_H

#include "query.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who asks in an evaluation and what is measured. For one thread while it is set; reusable. */
typedef struct reco_protocol reco_protocol;
/** Figures with their intervals, and what they were made from. Immutable. */
typedef struct reco_report reco_report;

/* ---- metrics ---- */

/** Returns how many metrics there are. */
RECO_API int32_t reco_metric_size(void);
/** Returns how a metric is written, as "ndcg@K", K being a number, or "auc"; NULL when `index` is out of range;
 * static. */
RECO_API const char *reco_metric_name(int32_t index);
/** Returns one line on what a metric is, or NULL when `index` is out of range; static. */
RECO_API const char *reco_metric_summary(int32_t index);

/* ---- the protocol ---- */

/** Makes a protocol: users ask, ndcg@10 and recall@10 are measured. @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_protocol_new(reco_protocol **out, reco_error *err);
/** Frees a protocol; NULL is allowed. */
RECO_API void reco_protocol_free(reco_protocol *protocol);

/** Sets a number:
 * - `given` [1, 1e9], 5: for `ask` = `given` alone, how many events are the history
 * - `threads` [0, 1024], 0: threads that may work; 0 = all the process may use. The figures are the same for
 * any number
 *
 * @return RECO_OK, RECO_ENOTFOUND (no such setting: the message lists them), RECO_EINVAL (out of range, not
 * whole) */
RECO_API reco_status reco_protocol_set(reco_protocol *protocol, const char *name, double value,
                                       reco_error *err);
/** Sets a text, or a number written as one:
 * - `ask`: `user` (default), `given` or `next`
 * - `metrics`: separated by commas, as "ndcg@10,recall@20,auc", each once; K in [1, 10000]; at most 255 bytes;
 * by default "ndcg@10,recall@10"
 *
 * @return as reco_protocol_set, and RECO_ENOTFOUND for a metric that is not there, RECO_ENOMEM */
RECO_API reco_status reco_protocol_set_text(reco_protocol *protocol, const char *name, const char *value,
                                            reco_error *err);
/** Ranks each point's held-out items among the items that its user has in `negatives`, instead of among all.
 * Nothing is hidden among them. Test users without any are left out.
 * @param negatives  borrowed: it must outlive the evaluations; users and items are matched by id; NULL for all
 * items
 * @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_protocol_negatives(reco_protocol *protocol, const reco_data *negatives,
                                             reco_error *err);

/** Evaluates a fitted model on held-out data. Several evaluations may use one protocol, query and model at the
 * same time.
 * Cost: a question for each point; for `auc`, scores of all items besides.
 * @param model     fitted on the training part
 * @param test      the held-out part; users and items are matched by id
 * @param query     how lists are made: include, exclude, where, filter (which must bear being called from
 * several threads), include_seen, purpose, and features that hold for whoever asks and for every moment; NULL for the
 * default. Who has not agreed to the purpose is not asked about; where `ask` is not `user`, it is the test part that
 * knows who has. Who asks, limit and offset are the protocol's: a query that has them set is refused
 * @param protocol  NULL for the default
 * @param run       NULL, or progress and cancellation
 * @return RECO_OK; RECO_EINVAL (nobody to evaluate on; `given` set while `ask` is something else; a query that
 * says who asks or how many), RECO_EUNSUPPORTED (a metric does not fit the model: the message names both),
 * RECO_ESTATE (unfitted; `ask` = `user` of a model saved without its users), RECO_ENOTFOUND (an item, field, token
 * or purpose of the query), RECO_ENOMEM, RECO_ENUMERIC, RECO_ECANCELLED (by the run or the filter) */
RECO_API reco_status reco_model_evaluate(const reco_model *model, const reco_data *test,
                                         const reco_query *query, const reco_protocol *protocol,
                                         reco_run *run, reco_report **out, reco_error *err);

/* ---- the report ---- */

/** Frees a report; NULL is allowed. */
RECO_API void reco_report_free(reco_report *report);

/** Returns how many figures it has: one for each metric asked for, in that order. */
RECO_API int32_t reco_report_size(const reco_report *report);
/** Returns a figure's name, as "ndcg@10", borrowed, or NULL when `k` is out of range. */
RECO_API const char *reco_report_name(const reco_report *report, int32_t k);
/** Returns a figure; NaN when `k` is out of range. */
RECO_API double reco_report_value(const reco_report *report, int32_t k);
/** Gives the 95% confidence interval of a figure: its mean over units -/+ 1.96 standard errors, as if units were
 * independent; of `rmse` the roots of those ends, of the lower one 0 if it is negative. For a figure without
 * units both ends are the value.
 * @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_report_interval(const reco_report *report, int32_t k, double *low, double *high,
                                          reco_error *err);
/** Returns what a figure's units are: "user", "point" (of `next`) or "pair"; NULL when it has none, as
 * coverage, or `k` is out of range; static. */
RECO_API const char *reco_report_unit(const reco_report *report, int32_t k);
/** Returns a figure's values for each unit, of which it is the mean; of `rmse` they are squares, and the figure
 * is the root of their mean. In the order of the test set's users, then of their events for points, or of their
 * items for pairs. For paired comparisons of two models on one test set.
 * @param n  NULL, or out: how many there are
 * @return borrowed [n]; NULL with n = 0 when the figure has no units */
RECO_API const double *reco_report_units(const reco_report *report, int32_t k, int64_t *n);

/** Returns a count, which is never negative, or -1 for a name it does not know. An evaluation has
 * - `users` (of whom there are points), `points` (questions; one for each user unless `ask` is `next`)
 * - `users_unknown`: left out, since the model does not know them or they did not agree to personal answers, or
 * there is nothing to ask with
 * - `users_without_test`: left out, since nothing is held out of them but what is hidden; `given` and `next`: as
 * they have too few events
 * - `users_without_negatives`: left out, since there are negatives, but none for them
 * - `points_unknown`, `points_without_test`: points of `next` that were left out, since the model knows nothing
 * of their history, or since the next item is hidden
 * - `items_unknown`: held-out items of points, of those evaluated, that the model does not know */
RECO_API int64_t reco_report_count(const reco_report *report, const char *name);
/** Returns the name of the `index`-th count, static, or NULL past the last. */
RECO_API const char *reco_report_count_name(const reco_report *report, int32_t index);

#ifdef __cplusplus
}
#endif

#endif
