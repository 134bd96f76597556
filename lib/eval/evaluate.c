/* SPDX-License-Identifier: MIT */
/* Evaluation of a fitted model. Users are taken in blocks: a block's lists are made by the batch call, or by
 * ranking each user's candidates, and then each list is turned into the ranks of the held-out items, from
 * which all metrics follow. A user's figures do not depend on the block or thread that worked them out, and
 * the sums are taken in the order of the users: the same bits for any number of threads.
 *
 * Cost: as recommending to every user, plus O(users * K). */
#include "base/search.h"
#include "base/system.h"
#include "base/thread.h"
#include "base/topk.h"
#include "heldout.h"
#include "model/recommend.h"
#include "report.h"

#include <math.h>

enum {
    FIRST_BLOCK = 64,      /* users; doubled while a block takes less than BLOCK_TIME, */
    LAST_BLOCK = 8192,     /* so that a cancelled run ends soon and fast models get large batches */
    BLOCK_TIME = 100,      /* milliseconds */
    BLOCK_CELLS = 1 << 22, /* places in a block's lists at the most */
    GRAIN = 16             /* users that a thread takes at a time */
};

typedef struct evaluation {
    const reco_model *model;
    const reco_data *negatives;
    reco__heldout held;
    reco_report *report;
    reco__run run;
    int32_t limit;      /* length of the lists: the largest cutoff, or all items if fewer */
    int64_t block;      /* users in a block at the most */
    const char **ids;   /* [block] */
    int32_t *lists;     /* [block, limit] */
    int32_t *sizes;     /* [block] */
    int32_t *hits;      /* [threads, most_hits] */
    int64_t most_hits;  /* in one list */
    int32_t *best_rank; /* [n_items] the best rank an item had in any list, for coverage; else NULL */
    int64_t from;       /* first user of the block */
    /* of the candidates' protocol, by thread: */
    int64_t most_candidates;
    int32_t *candidates; /* [threads, most_candidates] */
    float *scores;       /* [threads, most_candidates] */
    reco__scored *top;   /* [threads, limit] */
    char *scratch;       /* [threads, scratch_size] */
    int64_t scratch_size;
} evaluation;

/* ---- the lists of a block ---- */

/* The held-out items of user p and the user's negatives, each once, those the model knows. */
static int32_t candidates_of(const evaluation *e, int64_t p, int32_t *out)
{
    const reco__heldout *h = &e->held;
    const reco__csr *x = &e->negatives->history->x;
    const int32_t *held = h->items + h->start[p];
    int32_t n_held = (int32_t)(h->start[p + 1] - h->start[p]), at = 0, n = 0;
    for (int64_t c = x->start[h->row[p]]; c < x->start[h->row[p] + 1]; c++) {
        int32_t item = h->negative[x->index[c]];
        while (item >= 0 && at < n_held && held[at] <= item) {
            out[n++] = held[at++];
        }
        if (item >= 0 && (n == 0 || out[n - 1] != item)) {
            out[n++] = item;
        }
    }
    while (at < n_held) {
        out[n++] = held[at++];
    }
    return n;
}

static reco_status score_candidates(const evaluation *e, int64_t p, const int32_t *items, int32_t n,
                                    float *scores, int32_t worker)
{
    const reco_model *model = e->model;
    reco__asker who = reco__asker_known(model, e->held.user[p]);
    reco__scratch scratch = {.data = e->scratch + worker * e->scratch_size, .size = e->scratch_size};
    reco_status status = reco__model_score_some(model, &who, items, n, scores, &scratch);
    for (int32_t k = 0; k < n && status == RECO_OK; k++) {
        status = isnan(scores[k]) ? RECO_ENUMERIC : RECO_OK;
    }
    return status;
}

/* Ranks the candidates of the block's users. */
static reco_status rank_candidates(void *context, int64_t begin, int64_t end, int32_t worker)
{
    evaluation *e = context;
    int32_t *items = e->candidates + worker * e->most_candidates;
    float *scores = e->scores + worker * e->most_candidates;
    for (int64_t r = begin; r < end; r++) {
        int32_t n = candidates_of(e, e->from + r, items);
        reco_status status = score_candidates(e, e->from + r, items, n, scores, worker);
        if (status) {
            return status;
        }
        reco__topk top = {.entries = e->top + (int64_t)worker * e->limit, .capacity = e->limit};
        for (int32_t k = 0; k < n; k++) {
            reco__topk_offer(&top, scores[k], items[k]);
        }
        reco__topk_sort(&top);
        for (int32_t k = 0; k < top.size; k++) {
            e->lists[r * e->limit + k] = top.entries[k].index;
        }
        e->sizes[r] = top.size;
    }
    return RECO_OK;
}

static reco_status make_lists(evaluation *e, const reco_query *query, int64_t n)
{
    if (e->negatives) {
        reco_status status = reco__parallel_for(&e->run, n, GRAIN, rank_candidates, e);
        return status == RECO_ENUMERIC
                   ? reco__fail(e->run.err, status, "%s: a score is not a number: are values too large?",
                                e->model->algo->name)
                   : status;
    }
    const reco__strings *ids = &e->model->catalog->sides[RECO_USER].ids;
    for (int64_t r = 0; r < n; r++) {
        e->ids[r] = reco__string(ids, e->held.user[e->from + r]);
    }
    return reco_model_recommend_batch(e->model, query, e->ids, n, e->run.threads, NULL, e->lists, NULL,
                                      e->sizes, NULL, e->run.err);
}

/* ---- from lists to figures ---- */

/* The users' figures of the block. */
static reco_status measure(void *context, int64_t begin, int64_t end, int32_t worker)
{
    evaluation *e = context;
    reco_report *report = e->report;
    int32_t *hits = e->hits + worker * e->most_hits;
    for (int64_t r = begin; r < end; r++) {
        int64_t p = e->from + r;
        const int32_t *held = e->held.items + e->held.start[p];
        int64_t n_held = e->held.start[p + 1] - e->held.start[p];
        int32_t n_hits = 0;
        for (int32_t k = 0; k < e->sizes[r] && n_hits < n_held; k++) {
            if (reco__has(held, n_held, e->lists[r * e->limit + k])) {
                hits[n_hits++] = k + 1;
            }
        }
        for (int32_t m = 0; m < report->n_metrics; m++) {
            if (report->metrics[m].kind != RECO__COVERAGE) {
                report->users[m * report->n_users + p] =
                    reco__metric_value(&report->metrics[m], hits, n_hits, e->held.total[p]);
            }
        }
    }
    return RECO_OK;
}

static void note_ranks(evaluation *e, int64_t n)
{
    for (int64_t r = 0; r < n; r++) {
        for (int32_t k = 0; k < e->sizes[r]; k++) {
            int32_t *best = &e->best_rank[e->lists[r * e->limit + k]];
            *best = k + 1 < *best ? k + 1 : *best;
        }
    }
}

static void sum_up_coverage(const evaluation *e)
{
    reco_report *report = e->report;
    for (int32_t m = 0; m < report->n_metrics; m++) {
        if (report->metrics[m].kind == RECO__COVERAGE) {
            int64_t covered = 0;
            for (int32_t i = 0; i < e->model->n_items; i++) {
                covered += e->best_rank[i] <= report->metrics[m].cutoff;
            }
            report->values[m] = (double)covered / e->model->n_items;
        }
    }
}

static reco_status run_blocks(evaluation *e, const reco_query *query)
{
    reco_status status = RECO_OK;
    int64_t size = e->block < FIRST_BLOCK ? e->block : FIRST_BLOCK;
    while (e->from < e->held.n) {
        TRY(reco__run_step(&e->run, (double)e->from / (double)e->held.n));
        int64_t began = reco__milliseconds();
        int64_t n = e->held.n - e->from < size ? e->held.n - e->from : size;
        TRY(make_lists(e, query, n));
        TRY(reco__parallel_for(&e->run, n, GRAIN, measure, e));
        if (e->best_rank) {
            note_ranks(e, n);
        }
        e->from += n;
        if (reco__milliseconds() - began < BLOCK_TIME) {
            size = 2 * size < e->block ? 2 * size : e->block;
        }
    }
    TRY(reco__run_step(&e->run, 1));
done:
    return status;
}

/* ---- setting up ---- */

static reco_status allocate_candidates(evaluation *e)
{
    reco_status status = RECO_OK;
    reco_error *err = e->run.err;
    const reco__csr *x = &e->negatives->history->x;
    int64_t most = 0, cells;
    for (int64_t p = 0; p < e->held.n; p++) {
        int32_t row = e->held.row[p];
        int64_t n = x->start[row + 1] - x->start[row] + e->held.start[p + 1] - e->held.start[p];
        most = n > most ? n : most;
    }
    e->most_candidates = most;
    reco__scratch measure = {.data = NULL};
    reco__model_layout(e->model, &measure);
    e->scratch_size = measure.peak;
    TRY_ALLOC(reco__mul(e->run.threads, most, &cells));
    TRY_ALLOC(e->candidates = reco__alloc(cells, sizeof *e->candidates));
    TRY_ALLOC(e->scores = reco__alloc(cells, sizeof *e->scores));
    TRY_ALLOC(e->top = reco__alloc((int64_t)e->run.threads * e->limit, sizeof *e->top));
    TRY_ALLOC(reco__mul(e->run.threads, e->scratch_size, &cells));
    TRY_ALLOC(e->scratch = reco__alloc(cells, 1));
done:
    return status;
}

/* How many users a block may have: its lists in memory, and never more than there are. */
static int64_t block_size(const evaluation *e)
{
    int64_t n = BLOCK_CELLS / (e->limit ? e->limit : 1);
    n = n < FIRST_BLOCK ? FIRST_BLOCK : n > LAST_BLOCK ? LAST_BLOCK : n;
    return n < e->held.n ? n : e->held.n;
}

static reco_status allocate(evaluation *e)
{
    reco_status status = RECO_OK;
    reco_error *err = e->run.err;
    int32_t n_items = e->model->n_items;
    bool coverage = false;
    for (int32_t m = 0; m < e->report->n_metrics; m++) {
        const reco__metric *metric = &e->report->metrics[m];
        e->limit = metric->cutoff > e->limit ? metric->cutoff : e->limit;
        coverage = coverage || metric->kind == RECO__COVERAGE;
    }
    e->limit = n_items < e->limit ? n_items : e->limit;
    e->block = block_size(e);
    e->most_hits = e->held.longest < e->limit ? e->held.longest : e->limit;
    TRY_ALLOC(e->ids = reco__alloc(e->block, sizeof *e->ids));
    TRY_ALLOC(e->lists = reco__alloc(e->block * e->limit, sizeof *e->lists));
    TRY_ALLOC(e->sizes = reco__alloc(e->block, sizeof *e->sizes));
    TRY_ALLOC(e->hits = reco__alloc(e->run.threads * e->most_hits, sizeof *e->hits));
    if (coverage) {
        TRY_ALLOC(e->best_rank = reco__alloc(n_items, sizeof *e->best_rank));
        for (int32_t i = 0; i < n_items; i++) {
            e->best_rank[i] = INT32_MAX;
        }
    }
    if (e->negatives) {
        TRY(allocate_candidates(e));
    }
done:
    return status;
}

static void free_all(evaluation *e)
{
    reco__heldout_free(&e->held);
    reco__free(e->ids);
    reco__free(e->lists);
    reco__free(e->sizes);
    reco__free(e->hits);
    reco__free(e->best_rank);
    reco__free(e->candidates);
    reco__free(e->scores);
    reco__free(e->top);
    reco__free(e->scratch);
}

static reco_status nobody(const reco__heldout *h, reco_error *err)
{
    return reco__fail(
        err, RECO_EINVAL,
        "nobody to evaluate on: of the test users %lld are not in the model or have no history, "
        "%lld have nothing held out, %lld have no negatives",
        (long long)h->users_unknown, (long long)h->users_without_test, (long long)h->users_without_negatives);
}

/* A report of the size of who is evaluated, with the counts; takes `metrics` over when it succeeds. */
static reco_status start_report(evaluation *e, reco__metric *metrics, int32_t n_metrics)
{
    const reco__heldout *h = &e->held;
    reco_status status = reco__report_new(&e->report, metrics, n_metrics, h->n, e->run.err);
    if (status == RECO_OK) {
        e->report->users_unknown = h->users_unknown;
        e->report->users_without_test = h->users_without_test;
        e->report->users_without_negatives = h->users_without_negatives;
        e->report->items_unknown = h->items_unknown;
    }
    return status;
}

reco_status reco_model_evaluate(const reco_model *model, const reco_data *test, const reco_data *negatives,
                                const char *metrics, int32_t threads, reco_run *run, reco_report **out,
                                reco_error *err)
{
    GIVEN(out);
    *out = NULL;
    GIVEN(model, test);
    REQUIRE(threads >= 0 && threads <= 1024, "'threads' must be in [0, 1024], got %d", threads);
    if (!model->fitted || !model->history) {
        return reco__fail(err, RECO_ESTATE, "%s: %s", model->algo->name,
                          model->fitted ? "this model was saved without its users" : "not fitted");
    }
    reco_status status = RECO_OK;
    reco__metric *list = NULL;
    int32_t n_metrics = 0;
    reco_query *query = NULL;
    evaluation e = {.model = model, .negatives = negatives};
    e.run = reco__run_start(run, threads, 0, "evaluate", err);
    TRY(reco__metrics_parse(metrics ? metrics : "ndcg@10,recall@10", &list, &n_metrics, err));
    TRY(reco__heldout_make(&e.held, model, test, negatives, err));
    if (e.held.n == 0) {
        status = nobody(&e.held, err);
        goto done;
    }
    TRY(start_report(&e, list, n_metrics));
    list = NULL;
    TRY(allocate(&e));
    TRY(reco_query_new(&query, err));
    TRY(reco_query_limit(query, e.limit, err));
    TRY(run_blocks(&e, query));
    sum_up_coverage(&e);
    reco__report_sum_up(e.report);
    *out = e.report;
    e.report = NULL;
done:
    reco_query_free(query);
    reco_report_free(e.report);
    reco__free(list);
    free_all(&e);
    return status;
}
