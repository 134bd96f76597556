/* SPDX-License-Identifier: MIT */
/** @file eval.h
 * Evaluation: how good a fitted model's lists are for held-out data.
 *
 * Definitions, for one user with the list L (seen items hidden) and the held-out items T that are not in the
 * user's training row; rel(r) is 1 when the item at rank r, from 1, is in T:
 *
 *     recall@K     sum of rel(r), r <= K, / |T|
 *     precision@K  sum of rel(r), r <= K, / K
 *     hit@K        1 if any rel(r), r <= K
 *     map@K        sum of rel(r) * precision@r, r <= K, / min(|T|, K)
 *     mrr@K        1 / the first r <= K with rel(r), else 0
 *     ndcg@K       sum of rel(r) / log2(r + 1), r <= K, / sum of 1 / log2(r + 1), r <= min(|T|, K)
 *     coverage@K   distinct items in all lists' first K / n_items (one figure over all users)
 *
 * A figure is the mean over the users that have held-out items and a history to ask with; held-out items that
 * the model does not know count as missed. Equal scores are in the order of indices.
 */
#ifndef RECO_EVAL_H
#define RECO_EVAL_H

#include "query.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The outcome of an evaluation. Immutable. */
typedef struct reco_report reco_report;

/** Evaluates a fitted model on held-out data.
 * @param model      fitted on the training part
 * @param test       the held-out part; users and items are matched by id
 * @param negatives  NULL to rank all items; else a data set whose rows are each user's candidates, among
 * which the user's held-out items are ranked (seen items are not hidden then)
 * @param metrics    names with @K, separated by commas, as "ndcg@10,recall@20"; K in [1, 10000]; NULL:
 * ndcg@10,recall@10
 * @param threads    0 = all the process may use
 * @param run        NULL, or progress and cancellation
 * @return RECO_OK, RECO_EINVAL (metrics; nobody to evaluate on), RECO_ENOTFOUND (no such metric: the message
 * lists them), RECO_ESTATE, RECO_ENOMEM, RECO_ENUMERIC, RECO_ECANCELLED */
RECO_API reco_status reco_model_evaluate(const reco_model *model, const reco_data *test,
                                         const reco_data *negatives, const char *metrics, int32_t threads,
                                         reco_run *run, reco_report **out, reco_error *err);
/** Frees a report; NULL is allowed. */
RECO_API void reco_report_free(reco_report *report);

/** Returns how many figures it has: one for each metric asked for, in that order. */
RECO_API int32_t reco_report_size(const reco_report *report);
/** Returns a figure's name, as "ndcg@10", borrowed, or NULL. */
RECO_API const char *reco_report_name(const reco_report *report, int32_t k);
/** Returns a figure; NaN when `k` is out of range. */
RECO_API double reco_report_value(const reco_report *report, int32_t k);
/** Gives the 95% confidence interval of a mean over users: value -/+ 1.96 standard errors; for coverage,
 * which is no mean, both ends are the value.
 * @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_report_interval(const reco_report *report, int32_t k, double *low, double *high,
                                          reco_error *err);
/** Returns a count, which is never negative, or -1 for an unknown name: `users` (evaluated), `users_unknown` (left out: not in the
 * model, or without a history), `users_without_test` (left out: nothing held out but what was seen),
 * `users_without_negatives` (left out: negatives were given, but none for them), `items_unknown` (held-out
 * pairs, of those evaluated, whose item the model does not know). */
RECO_API int64_t reco_report_count(const reco_report *report, const char *name);
/** Returns the per-user values of a figure [users], in the order of the test set's users; borrowed; NULL for
 * coverage. For paired comparisons of two models on one test set. */
RECO_API const double *reco_report_users(const reco_report *report, int32_t k);

#ifdef __cplusplus
}
#endif

#endif
