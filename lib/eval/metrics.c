/* SPDX-License-Identifier: MIT */
/* Definitions as in reco/eval.h. Those of ranks agree with trec_eval where it has the measure (recall_K, P_K,
 * success_K, ndcg_cut_K with one grade; recip_rank when the list is no longer than K) and with RecBole in all
 * of them; trec_eval's map_cut_K divides by all held-out items, here as in RecBole by as many of them as K
 * places can hold, so that a perfect list scores 1. */
#include "metrics.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "reco/eval.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- of the ranks that held-out items have in a list ---- */

static double recall(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    (void)hits;
    (void)cutoff;
    return (double)n / (double)held;
}

static double precision(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    (void)hits;
    (void)held;
    return (double)n / cutoff;
}

static double hit(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    (void)hits;
    (void)n;
    (void)held;
    (void)cutoff;
    return 1;
}

static double average_precision(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    double sum = 0;
    for (int32_t k = 0; k < n; k++) {
        sum += (double)(k + 1) / hits[k];
    }
    return sum / (double)(held < cutoff ? held : cutoff);
}

static double reciprocal_rank(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    (void)n;
    (void)held;
    (void)cutoff;
    return 1.0 / hits[0];
}

/* What a held-out item at `rank` is worth to ndcg. */
static double gain(int32_t rank)
{
    return 1 / log2((double)rank + 1);
}

static double ndcg(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    double sum = 0, ideal = 0;
    for (int32_t k = 0; k < n; k++) {
        sum += gain(hits[k]);
    }
    for (int32_t rank = 1; rank <= cutoff && rank <= held; rank++) {
        ideal += gain(rank);
    }
    return sum / ideal;
}

/* ---- of the order of all candidates, of values, of all lists ---- */

static double auc(const reco__order *order)
{
    return order->others > 0 ? (double)order->above / (2.0 * (double)order->others * (double)order->held)
                             : (double)order->ranked / (2.0 * (double)order->held);
}

static double square_error(double predicted, double actual)
{
    return (predicted - actual) * (predicted - actual);
}

static double absolute_error(double predicted, double actual)
{
    return fabs(predicted - actual);
}

static double coverage(int64_t covered, int32_t n_items)
{
    return (double)covered / n_items;
}

/* ---- the table ---- */

#define OF_RANKS(name_, function, summary_)                                                                  \
    {                                                                                                        \
        .name = (name_), .of = RECO__OF_RANKS, .of_ranks = (function), .summary = (summary_)                 \
    }

static const reco__metric_row rows[] = {
    OF_RANKS("recall@K", recall, "sum of rel(r), r <= K, / |T|"),
    OF_RANKS("precision@K", precision, "sum of rel(r), r <= K, / K"),
    OF_RANKS("hit@K", hit, "1 if any rel(r), r <= K"),
    OF_RANKS("map@K", average_precision, "sum of rel(r) * precision@r, r <= K, / min(|T|, K)"),
    OF_RANKS("mrr@K", reciprocal_rank, "1 / the first r <= K with rel(r), else 0"),
    OF_RANKS("ndcg@K", ndcg,
             "sum of rel(r) / log2(r + 1), r <= K, / sum of 1 / log2(r + 1), r <= min(|T|, K)"),
    {.name = "coverage@K",
     .of = RECO__OF_LISTS,
     .of_lists = coverage,
     .summary = "distinct items in all lists' first K / items"},
    {.name = "auc",
     .of = RECO__OF_ORDER,
     .of_order = auc,
     .summary =
         "mean over T of the share of candidates outside T whose score is below; an equal one is half"},
    {.name = "rmse",
     .of = RECO__OF_VALUES,
     .of_values = square_error,
     .root = 1,
     .summary = "root of the mean over held-out pairs of (score - value)^2, for predicted ratings"},
    {.name = "mae",
     .of = RECO__OF_VALUES,
     .of_values = absolute_error,
     .summary = "mean over held-out pairs of |score - value|, for predicted ratings"},
};

enum { N_ROWS = sizeof rows / sizeof *rows, SHOWN = 40 /* bytes of a user's text in a message */ };

int32_t reco_metric_size(void)
{
    return N_ROWS;
}

const char *reco_metric_name(int32_t index)
{
    return index >= 0 && index < N_ROWS ? rows[index].name : NULL;
}

const char *reco_metric_summary(int32_t index)
{
    return index >= 0 && index < N_ROWS ? rows[index].summary : NULL;
}

/* ---- reading ---- */

/* Bytes of a row's name without its cutoff. */
static int word_length(const reco__metric_row *row)
{
    return (int)strcspn(row->name, "@");
}

static const reco__metric_row *find(const char *text, int64_t n)
{
    for (int32_t k = 0; k < N_ROWS; k++) {
        if (word_length(&rows[k]) == n && memcmp(rows[k].name, text, (size_t)n) == 0) {
            return &rows[k];
        }
    }
    return NULL;
}

static reco_status unknown(const char *text, int shown, reco_error *err)
{
    reco__names names = {.used = 0};
    for (int32_t k = 0; k < N_ROWS; k++) {
        reco__names_add(&names, rows[k].name);
    }
    return reco__fail(err, RECO_ENOTFOUND, "no metric '%.*s'; there are: %s", shown, text,
                      reco__names_text(&names));
}

/* Reads one metric, `n` bytes. */
static reco_status parse_one(const char *text, int64_t n, reco__metric *out, reco_error *err)
{
    while (n > 0 && *text == ' ') {
        text++;
        n--;
    }
    while (n > 0 && text[n - 1] == ' ') {
        n--;
    }
    int shown = (int)(n < SHOWN ? n : SHOWN);
    int64_t cutoff = 0, length = 0; /* of what stands before the '@' */
    while (length < n && text[length] != '@') {
        length++;
    }
    const char *at = length < n ? text + length : NULL;
    const reco__metric_row *row = find(text, length);
    if (!row) {
        return unknown(text, shown, err);
    }
    int word = word_length(row);
    int32_t wants_cutoff = row->name[word] == '@';
    REQUIRE(at || !wants_cutoff, "metric '%.*s' needs a cutoff, as %.*s@10", shown, text, word, row->name);
    REQUIRE(!at || wants_cutoff, "metric '%.*s': %s takes no cutoff", shown, text, row->name);
    REQUIRE(!at || (reco__parse_int(at + 1, n - length - 1, &cutoff) && cutoff >= 1 &&
                    cutoff <= RECO__MAX_CUTOFF),
            "metric '%.*s': K must be a whole number in [1, %d]", shown, text, RECO__MAX_CUTOFF);
    out->row = row;
    out->cutoff = (int32_t)cutoff;
    snprintf(out->name, sizeof out->name, "%.*s", word, row->name);
    if (at) {
        snprintf(out->name + word, sizeof out->name - (size_t)word, "@%d", out->cutoff);
    }
    return RECO_OK;
}

reco_status reco__metrics_parse(const char *text, reco__metric **metrics, int32_t *n, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t commas = 0;
    for (const char *c = text; *c; c++) {
        commas += *c == ',';
    }
    int32_t count = 0;
    reco__metric *list = reco__alloc(commas + 1, sizeof *list);
    TRY_ALLOC(list);
    for (const char *from = text; from; count++) {
        const char *comma = strchr(from, ',');
        TRY(parse_one(from, comma ? comma - from : (int64_t)strlen(from), &list[count], err));
        for (int32_t k = 0; k < count; k++) {
            if (strcmp(list[k].name, list[count].name) == 0) {
                status = reco__fail(err, RECO_EINVAL, "metric '%s' is listed twice", list[k].name);
                goto done;
            }
        }
        from = comma ? comma + 1 : NULL;
    }
    *metrics = list;
    *n = count;
    list = NULL;
done:
    reco__free(list);
    return status;
}

double reco__metric_of_ranks(const reco__metric *metric, const int32_t *hits, int32_t n_hits, int64_t held)
{
    int32_t n = 0; /* hits within the cutoff */
    while (n < n_hits && hits[n] <= metric->cutoff) {
        n++;
    }
    return n > 0 ? metric->row->of_ranks(hits, n, held, metric->cutoff) : 0;
}
