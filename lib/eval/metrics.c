/* SPDX-License-Identifier: MIT */
/* Definitions as in reco/eval.h. They agree with trec_eval where it has the measure (recall_K, P_K,
 * success_K, ndcg_cut_K with one grade; recip_rank when the list is no longer than K) and with RecBole in all
 * of them; trec_eval's map_cut_K divides by all held-out items, here as in RecBole by as many of them as K
 * places can hold, so that a perfect list scores 1. */
#include "metrics.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"recall", "precision", "hit", "map", "mrr", "ndcg", "coverage"};
static const char all_names[] = "recall, precision, hit, map, mrr, ndcg, coverage";

enum { N_NAMES = sizeof names / sizeof *names, SHOWN = 40 /* bytes of a user's text in a message */ };

static int32_t kind_of(const char *text, int64_t n)
{
    for (int32_t k = 0; k < N_NAMES; k++) {
        if ((int64_t)strlen(names[k]) == n && memcmp(names[k], text, (size_t)n) == 0) {
            return k;
        }
    }
    return -1;
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
    int64_t at = 0; /* where the '@' is, or n */
    while (at < n && text[at] != '@') {
        at++;
    }
    int32_t kind = kind_of(text, at);
    int64_t cutoff = 0;
    if (kind < 0) {
        return reco__fail(err, RECO_ENOTFOUND, "no metric '%.*s'; there are, each with @K: %s", shown, text,
                          all_names);
    }
    if (at == n) {
        return reco__fail(err, RECO_EINVAL, "metric '%s' needs a cutoff, as %s@10", names[kind], names[kind]);
    }
    if (!reco__parse_int(text + at + 1, n - at - 1, &cutoff) || cutoff < 1 || cutoff > RECO__MAX_CUTOFF) {
        return reco__fail(err, RECO_EINVAL, "metric '%.*s': K must be a whole number in [1, %d]", shown, text,
                          RECO__MAX_CUTOFF);
    }
    out->kind = kind;
    out->cutoff = (int32_t)cutoff;
    snprintf(out->name, sizeof out->name, "%s@%d", names[kind], out->cutoff);
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

static double average_precision(const int32_t *hits, int32_t n, int64_t held, int32_t cutoff)
{
    double sum = 0;
    for (int32_t k = 0; k < n; k++) {
        sum += (double)(k + 1) / hits[k];
    }
    return sum / (double)(held < cutoff ? held : cutoff);
}

double reco__metric_value(const reco__metric *metric, const int32_t *hits, int32_t n_hits, int64_t held)
{
    int32_t n = 0; /* hits within the cutoff */
    while (n < n_hits && hits[n] <= metric->cutoff) {
        n++;
    }
    if (n == 0) {
        return 0;
    }
    switch (metric->kind) {
    case RECO__RECALL:
        return (double)n / (double)held;
    case RECO__PRECISION:
        return (double)n / metric->cutoff;
    case RECO__HIT:
        return 1;
    case RECO__MAP:
        return average_precision(hits, n, held, metric->cutoff);
    case RECO__MRR:
        return 1.0 / hits[0];
    default:
        return ndcg(hits, n, held, metric->cutoff);
    }
}
