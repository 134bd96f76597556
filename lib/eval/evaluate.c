/* SPDX-License-Identifier: MIT */
/* Evaluation of a fitted model. Points are taken in blocks. The lists of a block are made as a batch, or by ranking
 * each point's candidates; each list is turned into the ranks of the held-out items, from which
 * the metrics of ranks follow. A point's figures do not depend on the block or thread that worked them out, and
 * the sums are taken in the order of the points: the same bits for any number of threads.
 *
 * Cost: as asking at every point, plus O(points * K). */
#include "asking.h"
#include "base/search.h"
#include "base/system.h"
#include "base/thread.h"
#include "model/batch.h"
#include "report.h"

#include <string.h>

enum {
    FIRST_BLOCK = 64,       /* points; doubled while a block takes less than BLOCK_TIME, */
    LAST_BLOCK = 8192,      /* so that a cancelled run ends soon and fast models get large batches */
    BLOCK_TIME = 100,       /* milliseconds */
    BLOCK_CELLS = 1 << 22,  /* places in a block's lists at the most */
    BLOCK_EVENTS = 1 << 20, /* events in a block's histories, unless one point has more */
    GRAIN = 16              /* points that a thread takes at a time when their lists are made */
};

typedef struct evaluation {
    const reco_model *model;
    const reco_protocol *protocol;
    reco_query query; /* the caller's, as the protocol has it; its arrays are the caller's */
    reco__plan plan;
    reco__scratch plan_scratch;
    reco__metric *metrics; /* [n_metrics] */
    int32_t n_metrics;
    int32_t wants_lists, wants_order, wants_values, wants_coverage;
    int32_t by_batch; /* lists are made as a batch */
    reco__heldout held;
    reco__asking asking;
    reco_report *report;
    reco__run run;
    int64_t block;       /* points in a block at the most */
    int64_t from;        /* first point of the block */
    reco__asker *askers; /* [block] who asks, with the rows of the unknown: */
    int64_t *row_start;  /* [block] */
    int64_t most_events; /* in a block */
    reco__row_room rows; /* for most_events */
    reco__scratch rows_scratch;
    int32_t *lists;    /* [block, limit] */
    int32_t *sizes;    /* [block] */
    int32_t *hits;     /* [threads, most_hits] */
    int64_t most_hits; /* in one list */
    int32_t
        *best_rank; /* [n_items] the best rank an item had in any list, for metrics of all lists; or NULL */
} evaluation;

/* ---- one point ---- */

/* The figures of the ranks that held-out items have in the list of row r. */
static void measure_list(const evaluation *e, int64_t r, int32_t *hits)
{
    int64_t p = e->from + r, n_held = e->held.start[p + 1] - e->held.start[p];
    const int32_t *held = e->held.items + e->held.start[p];
    int32_t n_hits = 0;
    for (int32_t k = 0; k < e->sizes[r] && n_hits < n_held; k++) {
        if (reco__has(held, n_held, e->lists[r * e->query.limit + k])) {
            hits[n_hits++] = k + 1;
        }
    }
    for (int32_t m = 0; m < e->n_metrics; m++) {
        if (e->metrics[m].row->of == RECO__OF_RANKS) {
            e->report->figures[m].each[p] =
                reco__metric_of_ranks(&e->metrics[m], hits, n_hits, e->held.total[p]);
        }
    }
}

static void measure_order(const evaluation *e, int64_t p, const reco__order *order)
{
    for (int32_t m = 0; m < e->n_metrics; m++) {
        if (e->metrics[m].row->of == RECO__OF_ORDER) {
            e->report->figures[m].each[p] = e->metrics[m].row->of_order(order);
        }
    }
}

static void measure_values(const evaluation *e, int64_t p, const float *predicted)
{
    for (int32_t m = 0; m < e->n_metrics; m++) {
        const reco__heldout *h = &e->held;
        for (int64_t k = h->value_start[p]; k < h->value_start[p + 1]; k++) {
            if (e->metrics[m].row->of == RECO__OF_VALUES) {
                e->report->figures[m].each[k] = e->metrics[m].row->of_values(
                    (double)predicted[k - h->value_start[p]], (double)h->values[k]);
            }
        }
    }
}

/* Whether the model is asked at one point after the other, beside or instead of the batch. */
static int32_t asks_singly(const evaluation *e)
{
    return (e->wants_lists && !e->by_batch) || e->wants_order || e->wants_values;
}

static reco_status measure_point(evaluation *e, int64_t r, int32_t worker)
{
    reco_status status = RECO_OK;
    int64_t p = e->from + r;
    reco__asker asker = e->askers[r], *who = &asker;
    if (asks_singly(e)) {
        TRY(reco__asker_profiles(who, e->model, &e->query, who->user, &e->asking.workers[worker].room, NULL));
    }
    if (e->wants_lists && !e->by_batch) {
        TRY(reco__asking_list(&e->asking, p, who, worker, e->lists + r * e->query.limit, &e->sizes[r]));
    }
    if (e->wants_lists) {
        measure_list(e, r, e->hits + worker * e->most_hits);
    }
    if (e->wants_order) {
        reco__order order;
        TRY(reco__asking_order(&e->asking, p, who, worker, &order));
        measure_order(e, p, &order);
    }
    if (e->wants_values) {
        const float *predicted;
        TRY(reco__asking_values(&e->asking, p, who, worker, &predicted));
        measure_values(e, p, predicted);
    }
done:
    return status;
}

/* ---- all points ---- */

static reco_status measure_points(void *context, int64_t begin, int64_t end, int32_t worker)
{
    evaluation *e = context;
    reco_status status =
        worker == 0 ? reco__run_step(&e->run, (double)(e->from + begin) / (double)e->held.n) : RECO_OK;
    for (int64_t r = begin; r < end && status == RECO_OK; r++) {
        status = measure_point(e, r, worker);
    }
    return status;
}

static reco_status measure_block(evaluation *e, int64_t n)
{
    int64_t grain = asks_singly(e) ? 1 : GRAIN;
    reco_status status = reco__parallel_for(&e->run, n, grain, measure_points, e);
    return status == RECO_ENUMERIC
               ? reco__fail(e->run.err, status, "%s: a score is not finite: are values too large?",
                            e->model->algo->name)
               : status;
}

static reco_status find_askers(void *context, int64_t begin, int64_t end, int32_t worker)
{
    evaluation *e = context;
    (void)worker;
    for (int64_t r = begin; r < end; r++) {
        reco__row_room room = reco__row_part(&e->rows, e->row_start[r]);
        e->askers[r] = reco__heldout_asker(&e->held, e->model, e->from + r, &room);
    }
    return RECO_OK;
}

static reco_status asker_of_row(const void *context, int64_t row, reco__asker_room *room, reco__asker *who,
                                reco_error *err)
{
    const evaluation *e = context;
    *who = e->askers[row];
    return reco__asker_profiles(who, e->model, &e->query, who->user, room, err);
}

/* The lists of a block, with its part of the progress. */
static reco_status make_lists(evaluation *e, int64_t n)
{
    reco__run part = e->run;
    part.from = (double)e->from / (double)e->held.n;
    part.to = (double)(e->from + n) / (double)e->held.n;
    return reco__batch_answer(&e->plan, asker_of_row, e, n, &part, e->lists, NULL, e->sizes, NULL,
                              e->run.err);
}

/* How many of at most `size` points the next block has: those whose histories there is room for. */
static int64_t next_points(evaluation *e, int64_t size)
{
    int64_t n = 0, events = 0;
    while (n < size && e->from + n < e->held.n) {
        int64_t more = reco__heldout_events(&e->held, e->from + n);
        if (events + more > e->most_events) {
            break;
        }
        e->row_start[n++] = events;
        events += more;
    }
    return n;
}

static void note_ranks(evaluation *e, int64_t n)
{
    for (int64_t r = 0; r < n; r++) {
        for (int32_t k = 0; k < e->sizes[r]; k++) {
            int32_t *best = &e->best_rank[e->lists[r * e->query.limit + k]];
            *best = k + 1 < *best ? k + 1 : *best;
        }
    }
}

static reco_status run_blocks(evaluation *e)
{
    reco_status status = RECO_OK;
    int64_t size = e->block < FIRST_BLOCK ? e->block : FIRST_BLOCK;
    while (e->from < e->held.n) {
        TRY(reco__run_step(&e->run, (double)e->from / (double)e->held.n));
        int64_t began = reco__milliseconds();
        int64_t n = next_points(e, size);
        TRY(reco__parallel_for(&e->run, n, GRAIN, find_askers, e));
        if (e->by_batch) {
            TRY(make_lists(e, n));
        }
        TRY(measure_block(e, n));
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

static void sum_up_lists(evaluation *e, reco__figure *figure, const reco__metric *metric)
{
    int64_t covered = 0;
    for (int32_t i = 0; i < e->model->n_items; i++) {
        covered += e->best_rank[i] <= metric->cutoff;
    }
    reco__figure_whole(figure, metric->name, metric->row->of_lists(covered, e->model->n_items));
}

/* Points of which ratings alone were held out say nothing of lists. */
static void drop_unasked(const reco__heldout *h, reco__figure *figure)
{
    figure->n = 0;
    for (int64_t p = 0; p < h->n; p++) {
        figure->each[figure->n] = figure->each[p];
        figure->n += h->total[p] > 0;
    }
}

static void sum_up(evaluation *e)
{
    for (int32_t m = 0; m < e->n_metrics; m++) {
        const reco__metric *metric = &e->metrics[m];
        if (metric->row->of == RECO__OF_LISTS) {
            sum_up_lists(e, &e->report->figures[m], metric);
        } else {
            if (metric->row->of != RECO__OF_VALUES) {
                drop_unasked(&e->held, &e->report->figures[m]);
            }
            reco__figure_sum_up(&e->report->figures[m], metric->row->root);
        }
    }
}

/* ---- setting up ---- */

/* The caller's query with what is the protocol's to say; lists are as long as the metrics need. */
static reco_status take_query(evaluation *e, const reco_query *query, reco_error *err)
{
    static const reco_query none = {.limit = RECO__NORMAL_LIMIT};
    e->query = query ? *query : none;
    REQUIRE(e->query.asker == RECO__NOBODY, "the query says who asks, which is the protocol's to say");
    REQUIRE(e->query.limit == RECO__NORMAL_LIMIT && e->query.offset == 0,
            "the query has limit %d and offset %d, but the metrics say how long lists are", e->query.limit,
            e->query.offset);
    if (!e->query.says_seen) {
        e->query.include_seen = e->protocol->ask == RECO__ASK_NEXT;
    }
    e->query.limit = 0;
    for (int32_t m = 0; m < e->n_metrics; m++) {
        int32_t cutoff = e->metrics[m].cutoff;
        e->query.limit = cutoff > e->query.limit ? cutoff : e->query.limit;
    }
    e->query.limit = e->query.limit < e->model->n_items ? e->query.limit : e->model->n_items;
    return RECO_OK;
}

/* Notes what is asked for, and refuses what the model does not have. */
static reco_status take_metrics(evaluation *e, reco_error *err)
{
    reco_status status = RECO_OK;
    TRY(reco__metrics_parse(e->protocol->metrics, &e->metrics, &e->n_metrics, err));
    for (int32_t m = 0; m < e->n_metrics; m++) {
        int32_t of = e->metrics[m].row->of;
        e->wants_lists |= of == RECO__OF_RANKS || of == RECO__OF_LISTS;
        e->wants_coverage |= of == RECO__OF_LISTS;
        e->wants_order |= of == RECO__OF_ORDER;
        e->wants_values |= of == RECO__OF_VALUES;
        if (of == RECO__OF_VALUES && !(e->model->algo->traits & RECO__RATINGS)) {
            TRY(reco__fail(err, RECO_EUNSUPPORTED, "%s: predicts no ratings, which metric '%s' is of",
                           e->model->algo->name, e->metrics[m].name));
        }
    }
done:
    return status;
}

static reco_status check_protocol(const reco_model *model, const reco_protocol *protocol, reco_error *err)
{
    if (!model->fitted || (protocol->ask == RECO__ASK_USER && !model->history)) {
        return reco__fail(err, RECO_ESTATE, "%s: %s", model->algo->name,
                          model->fitted ? "this model was saved without its users" : "not fitted");
    }
    REQUIRE(protocol->given == 0 || protocol->ask == RECO__ASK_GIVEN,
            "protocol: 'given' is %lld, but it is for 'ask' = given only", (long long)protocol->given);
    return RECO_OK;
}

static reco_status bind_plan(evaluation *e)
{
    reco_status status = RECO_OK;
    reco_error *err = e->run.err;
    reco__scratch *scratch = &e->plan_scratch;
    TRY(reco__plan_ready(e->model, err));
    reco__plan_layout(&e->plan, e->model, &e->query, scratch);
    *scratch = (reco__scratch){.data = reco__alloc(scratch->peak, 1), .size = scratch->peak};
    TRY_ALLOC(scratch->data);
    reco__plan_layout(&e->plan, e->model, &e->query, scratch);
    TRY(reco__plan_bind(&e->plan, err));
done:
    return status;
}

static reco_status hold_out(evaluation *e, const reco_data *test)
{
    const reco__heldout *h = &e->held;
    reco_error *err = e->run.err;
    reco__holding how = {e->query.include_seen, e->wants_values, e->plan.needs};
    reco_status status = RECO_OK;
    if (e->protocol->ask != RECO__ASK_USER) {
        status = reco__query_needs(&e->query, test->catalog, "test data", &how.needs, err);
    }
    if (status == RECO_OK) {
        status = reco__heldout_make(&e->held, e->model, test, e->protocol, how, err);
    }
    if (status == RECO_OK && (h->n == 0 || (h->asked == 0 && (e->wants_lists || e->wants_order)))) {
        return reco__fail(err, RECO_EINVAL,
                          "nobody to evaluate on: of the test users %lld are not known or have no history, "
                          "%lld have nothing held out, %lld have no negatives",
                          (long long)h->users_unknown, (long long)h->users_without_test,
                          (long long)h->users_without_negatives);
    }
    if (status == RECO_OK && e->wants_values && h->value_start[h->n] == 0) {
        return reco__fail(err, RECO_EINVAL, "nothing to predict: the model knows no item that was held out");
    }
    return status;
}

static reco_status start_report(evaluation *e)
{
    const reco__heldout *h = &e->held;
    reco_status status = RECO_OK;
    reco_error *err = e->run.err;
    const reco__count counts[] = {
        {"users", h->users},
        {"points", h->n},
        {"users_unknown", h->users_unknown},
        {"users_without_test", h->users_without_test},
        {"users_without_negatives", h->users_without_negatives},
        {"points_unknown", h->points_unknown},
        {"points_without_test", h->points_without_test},
        {"items_unknown", h->items_unknown},
    };
    TRY(reco__report_new(&e->report, e->n_metrics, counts, sizeof counts / sizeof *counts, err));
    for (int32_t m = 0; m < e->n_metrics; m++) {
        const reco__metric *metric = &e->metrics[m];
        if (metric->row->of == RECO__OF_VALUES) {
            TRY(reco__figure_units(&e->report->figures[m], metric->name, "pair", h->value_start[h->n], err));
        } else if (metric->row->of != RECO__OF_LISTS) {
            TRY(reco__figure_units(&e->report->figures[m], metric->name,
                                   e->protocol->ask == RECO__ASK_NEXT ? "point" : "user", h->n, err));
        }
    }
done:
    return status;
}

/* How many points a block may have: its lists in memory, and never more than there are. */
static int64_t block_size(const evaluation *e)
{
    int64_t n = BLOCK_CELLS / (e->query.limit ? e->query.limit : 1);
    n = n < FIRST_BLOCK ? FIRST_BLOCK : n > LAST_BLOCK ? LAST_BLOCK : n;
    return n < e->held.n ? n : e->held.n;
}

/* Memory for who asks in a block. */
static reco_status allocate_askers(evaluation *e)
{
    static const reco__asker nobody = {.user = -1};
    reco_status status = RECO_OK;
    reco_error *err = e->run.err;
    reco__scratch *scratch = &e->rows_scratch;
    int64_t all = 0, longest = e->held.longest_trail, most = longest > BLOCK_EVENTS ? longest : BLOCK_EVENTS;
    for (int64_t p = 0; p < e->held.n && all < most; p++) {
        all += reco__heldout_events(&e->held, p);
    }
    e->most_events = all < most ? all : most;
    TRY_ALLOC(e->askers = reco__alloc(e->block, sizeof *e->askers));
    TRY_ALLOC(e->row_start = reco__alloc(e->block, sizeof *e->row_start));
    reco__row_layout(&e->rows, &nobody, e->most_events, scratch);
    *scratch = (reco__scratch){.data = reco__alloc(scratch->peak, 1), .size = scratch->peak};
    TRY_ALLOC(scratch->data);
    reco__row_layout(&e->rows, &nobody, e->most_events, scratch);
done:
    return status;
}

static reco_status allocate(evaluation *e)
{
    reco_status status = RECO_OK;
    reco_error *err = e->run.err;
    int32_t limit = e->query.limit, n_items = e->model->n_items;
    e->block = block_size(e);
    e->run.threads = e->run.threads < e->block ? e->run.threads : (int32_t)e->block;
    e->most_hits = e->held.longest < limit ? e->held.longest : limit;
    TRY(allocate_askers(e));
    TRY_ALLOC(e->lists = reco__alloc(e->block * limit, sizeof *e->lists));
    TRY_ALLOC(e->sizes = reco__alloc(e->block, sizeof *e->sizes));
    TRY_ALLOC(e->hits = reco__alloc(e->run.threads * e->most_hits, sizeof *e->hits));
    if (e->wants_coverage) {
        TRY_ALLOC(e->best_rank = reco__alloc(n_items, sizeof *e->best_rank));
        for (int32_t i = 0; i < n_items; i++) {
            e->best_rank[i] = INT32_MAX;
        }
    }
    e->by_batch = e->wants_lists && !e->protocol->negatives;
    e->asking = (reco__asking){
        .plan = &e->plan, .held = &e->held, .negatives = e->protocol->negatives, .order = e->wants_order};
    if (asks_singly(e)) {
        TRY(reco__asking_start(&e->asking, e->run.threads, err));
    }
done:
    return status;
}

static void free_all(evaluation *e)
{
    reco__asking_end(&e->asking);
    reco__heldout_free(&e->held);
    reco_report_free(e->report);
    reco__free(e->plan_scratch.data);
    reco__free(e->metrics);
    reco__free(e->askers);
    reco__free(e->row_start);
    reco__free(e->rows_scratch.data);
    reco__free(e->lists);
    reco__free(e->sizes);
    reco__free(e->hits);
    reco__free(e->best_rank);
}

reco_status reco_model_evaluate(const reco_model *model, const reco_data *test, const reco_query *query,
                                const reco_protocol *protocol, reco_run *run, reco_report **out,
                                reco_error *err)
{
    reco_status status = RECO_OK;
    reco_protocol usual;
    reco__protocol_defaults(&usual);
    evaluation e = {.model = model, .protocol = protocol ? protocol : &usual};
    GIVEN(out);
    *out = NULL;
    GIVEN(model, test);
    e.run = reco__run_start(run, (int32_t)e.protocol->threads, 0, "evaluate", err);
    TRY(take_metrics(&e, err));
    TRY(check_protocol(model, e.protocol, err));
    TRY(take_query(&e, query, err));
    TRY(bind_plan(&e));
    TRY(hold_out(&e, test));
    TRY(start_report(&e));
    TRY(allocate(&e));
    TRY(run_blocks(&e));
    sum_up(&e);
    *out = e.report;
    e.report = NULL;
done:
    free_all(&e);
    return status;
}
