/* SPDX-License-Identifier: MIT */
/* One thread's work on a block of users:
 *
 *     for each panel of items, packed once:           [factors, panel]
 *         for each strip of users:                    [STRIP, factors]
 *             tile = strip x panel, in the first-level cache
 *             what is above its user's worst so far enters that user's heap
 */
#include "batch_factors.h"

#include "base/search.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { STRIP = 48, MOST_ROWS = 4 * STRIP };

/* What may be answered: the items included, or all, but those excluded. */
static reco_status allowed_items(reco__batch_factors *many, reco_error *err)
{
    const reco__plan *plan = many->plan;
    int32_t all = plan->include ? plan->n_include : plan->model->n_items, at = 0;
    if (!plan->include && plan->n_exclude == 0) {
        many->n = all;
        return RECO_OK;
    }
    int32_t *index = reco__alloc(all, sizeof *index);
    if (!index) {
        return reco__out_of_memory(err);
    }
    for (int32_t k = 0; k < all; k++) {
        int32_t item = plan->include ? plan->include[k] : k;
        while (at < plan->n_exclude && plan->exclude[at] < item) {
            at++;
        }
        if (at == plan->n_exclude || plan->exclude[at] != item) {
            index[many->n++] = item;
        }
    }
    many->index = index;
    return RECO_OK;
}

reco_status reco__batch_factors_start(reco__batch_factors *many, const reco__plan *plan, int64_t n,
                                      int32_t threads, reco_error *err)
{
    const reco_model *model = plan->model;
    *many =
        (reco__batch_factors){.plan = plan, .kernels = reco__kernels_best(), .depth = reco__plan_depth(plan)};
    if (!model->algo->factors || n < STRIP || many->depth < 1 || many->depth > RECO__BATCH_FACTORS_DEPTH) {
        return RECO_OK;
    }
    const reco__factors *f = &many->factors;
    model->algo->factors(model, &many->factors);
    if (!f->users) {
        return RECO_OK;
    }
    double most = 0;
    for (int64_t i = 0; i < model->n_items; i++) {
        double squares = (double)many->kernels->dot(f->items + i * f->stride, f->items + i * f->stride, f->n);
        most = squares > most ? squares : most;
    }
    many->longest = sqrt(most);
    int64_t share = (n / threads + STRIP - 1) / STRIP * STRIP;
    many->rows = (int32_t)(share < STRIP ? STRIP : share > MOST_ROWS ? MOST_ROWS : share);
    return allowed_items(many, err);
}

void reco__batch_factors_end(reco__batch_factors *many)
{
    reco__free(many->index);
}

int32_t reco__batch_factors_takes(const reco__batch_factors *many, const reco__asker *who)
{
    const reco__factors *f = &many->factors;
    if (who->user < 0 || !reco__model_answers(many->plan->model, who)) {
        return 0;
    }
    const float *x = f->users + who->user * f->stride;
    /* no partial sum of a score is longer than the product of the lengths */
    return sqrt((double)many->kernels->dot(x, x, f->n)) * many->longest < (double)FLT_MAX / 4;
}

/* ---- one block of users ---- */

typedef struct work {
    const reco__batch_factors *many;
    const reco__asker *who;
    float *users, *panel, *tile, *worst;
    int32_t *found;
    reco__scored *entries;
    reco__topk *top;
    int32_t sparse, check, ended; /* ended: the filter wants no more questions */
} work;

static void lay_out(work *w, reco__scratch *s)
{
    const reco__batch_factors *many = w->many;
    int64_t factors = many->factors.n, panel = many->kernels->panel;
    w->users = reco__scratch_take(s, many->rows * factors, sizeof *w->users);
    w->panel = reco__scratch_take(s, panel * factors, sizeof *w->panel);
    w->tile = reco__scratch_take(s, STRIP * panel, sizeof *w->tile);
    w->worst = reco__scratch_take(s, many->rows, sizeof *w->worst);
    w->found = reco__scratch_take(s, STRIP * panel, sizeof *w->found);
    w->entries = reco__scratch_take(s, (int64_t)many->rows * many->depth, sizeof *w->entries);
    w->top = reco__scratch_take(s, many->rows, sizeof *w->top);
}

int64_t reco__batch_factors_need(const reco__batch_factors *many)
{
    int64_t factors = many->factors.n, panel = many->kernels->panel;
    return reco__scratch_need(many->rows * factors, sizeof(float)) +
           reco__scratch_need(panel * factors, sizeof(float)) +
           reco__scratch_need(STRIP * panel, sizeof(float)) + reco__scratch_need(many->rows, sizeof(float)) +
           reco__scratch_need(STRIP * panel, sizeof(int32_t)) +
           reco__scratch_need((int64_t)many->rows * many->depth, sizeof(reco__scored)) +
           reco__scratch_need(many->rows, sizeof(reco__topk));
}

/* One item that is above a user's worst, as the single path would take or leave it. */
static void consider(work *w, int32_t row, int32_t item, float score)
{
    reco__topk *top = &w->top[row];
    if (w->ended || !reco__topk_wants(top, score, item) || (w->sparse && score == 0) ||
        (!w->many->plan->query->include_seen && reco__has(w->who[row].items, w->who[row].n, item))) {
        return;
    }
    int32_t allowed = w->check ? reco__plan_allows(w->many->plan, item) : 1;
    w->ended = allowed < 0;
    if (allowed <= 0) {
        return;
    }
    reco__topk_offer(top, score, item);
    if (top->size == top->capacity) {
        w->worst[row] = top->entries[0].score;
    }
}

/* Scores of users [first, first + count) for the packed items [begin, begin + n). */
static void strip(work *w, int32_t first, int32_t count, int32_t begin, int32_t n)
{
    const reco__batch_factors *many = w->many;
    int64_t factors = many->factors.n, panel = many->kernels->panel;
    many->kernels->gemm(count, panel, factors, w->users + first * factors, factors, 1, w->panel, panel,
                        w->tile, panel, RECO__SET);
    int64_t found = many->kernels->above(w->tile, count, n, panel, w->worst + first, w->found);
    for (int64_t k = 0; k < found; k++) {
        int32_t row = w->found[k] / n, column = w->found[k] % n;
        consider(w, first + row, many->index ? many->index[begin + column] : begin + column,
                 w->tile[row * panel + column]);
    }
}

reco_status reco__batch_factors_answer(const reco__batch_factors *many, const reco__asker *who, int32_t n,
                                       void *scratch, const reco__scored **best, int32_t *size)
{
    const reco__factors *f = &many->factors;
    const reco_query *query = many->plan->query;
    int32_t panel = many->kernels->panel;
    reco__scratch s = {.data = scratch};
    work w = {.many = many,
              .who = who,
              .sparse = reco__model_sparse(many->plan->model),
              .check = query->filter != NULL || query->where.n > 0};
    lay_out(&w, &s);
    for (int32_t row = 0; row < n; row++) {
        memcpy(w.users + row * f->n, f->users + who[row].user * f->stride, (size_t)f->n * sizeof(float));
        w.top[row] = (reco__topk){w.entries + (int64_t)row * many->depth, many->depth, 0};
        w.worst[row] = -INFINITY;
    }
    for (int32_t begin = 0; begin < many->n && !w.ended; begin += panel) {
        int32_t columns = many->n - begin < panel ? many->n - begin : panel;
        const float *items = many->index ? f->items : f->items + begin * f->stride;
        many->kernels->pack(items, many->index ? many->index + begin : NULL, columns, f->stride, f->n,
                            w.panel);
        for (int32_t first = 0; first < n; first += STRIP) {
            strip(&w, first, n - first < STRIP ? n - first : STRIP, begin, columns);
        }
    }
    for (int32_t row = 0; row < n; row++) {
        reco__topk_sort(&w.top[row]);
        size[row] = w.top[row].size;
    }
    *best = w.entries;
    return w.ended ? RECO_ECANCELLED : RECO_OK;
}
