/* SPDX-License-Identifier: MIT */
/* One thread's work on a block of users:
 *
 *     for each panel of items, packed once:           [factors, panel]
 *         for each strip of users:                    [STRIP, factors]
 *             tile = strip x panel, in the first-level cache
 *             what is above its user's worst so far enters that user's heap
 */
#include "batch_factors.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { STRIP = 48, MOST_ROWS = 4 * STRIP };

/* What may be answered: the items that the plan includes, or all but those excluded. */
static reco_status allowed_items(reco__batch_factors *many, reco_error *err)
{
    const reco__plan *plan = many->plan;
    many->n = plan->include ? plan->n_include : plan->model->n_items;
    many->index = plan->include;
    if (!plan->allowed || plan->include) {
        return RECO_OK;
    }
    int32_t *index = reco__alloc(many->n, sizeof *index);
    if (!index) {
        return reco__out_of_memory(err);
    }
    many->n = reco__plan_list(plan, index);
    many->index = many->own = index;
    return RECO_OK;
}

reco_status reco__batch_factors_start(reco__batch_factors *many, const reco__plan *plan, int64_t n,
                                      int32_t threads, reco_error *err)
{
    const reco_model *model = plan->model;
    *many =
        (reco__batch_factors){.plan = plan, .kernels = reco__kernels_best(), .depth = reco__plan_depth(plan)};
    if (!reco__model_has_factors(model) || n < STRIP || many->depth < 1 ||
        many->depth > RECO__BATCH_FACTORS_DEPTH) {
        return RECO_OK;
    }
    const reco__factors *f = &many->factors;
    model->algo->factors(model, &many->factors);
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
    reco__free(many->own);
}

void reco__batch_factors_layout(const reco__batch_factors *many, reco__block_room *room,
                                reco__scratch *scratch)
{
    int64_t factors = many->factors.n, panel = many->kernels->panel, rows = many->rows;
    *room = (reco__block_room){.scratch = scratch};
    room->who = reco__scratch_take(scratch, rows, sizeof(*room->who));
    room->users = reco__scratch_take(scratch, rows * factors, sizeof *room->users);
    room->panel = reco__scratch_take(scratch, panel * factors, sizeof *room->panel);
    room->tile = reco__scratch_take(scratch, STRIP * panel, sizeof *room->tile);
    room->worst = reco__scratch_take(scratch, rows, sizeof *room->worst);
    room->found = reco__scratch_take(scratch, STRIP * panel, sizeof *room->found);
    room->entries = reco__scratch_take(scratch, rows * many->depth, sizeof *room->entries);
    room->top = reco__scratch_take(scratch, rows, sizeof *room->top);
    int64_t mark = scratch->used;
    reco__model_layout(many->plan->model, scratch);
    scratch->used = mark;
}

bool reco__batch_factors_take(const reco__batch_factors *many, reco__block_room *room, const reco__asker *who)
{
    const reco__factors *f = &many->factors;
    const float *x;
    float *row = room->users + (int64_t)room->n * f->n;
    if (!reco__model_answers(many->plan->model, who) ||
        reco__model_vector(many->plan->model, f, who, row, &x, room->scratch)) {
        return false;
    }
    /* no partial sum of a score is longer than the product of the lengths */
    if (!(sqrt((double)many->kernels->dot(x, x, f->n)) * many->longest < (double)FLT_MAX / 4)) {
        return false;
    }
    if (x != row) {
        memcpy(row, x, (size_t)f->n * sizeof *row);
    }
    room->who[room->n++] = who;
    return true;
}

/* ---- one block of users ---- */

typedef struct work {
    const reco__batch_factors *many;
    reco__block_room *room;
    int32_t check, ended; /* ended: the filter wants no more questions */
} work;

/* One item that is above a user's worst, as the single path would take or leave it. */
static void consider(work *w, int32_t row, int32_t item, float score)
{
    reco__topk *top = &w->room->top[row];
    const reco__asker *who = w->room->who[row];
    if (w->ended || !reco__topk_wants(top, score, item) ||
        (!w->many->plan->query->include_seen && reco__asker_had(who, item))) {
        return;
    }
    int32_t allowed = w->check ? reco__plan_allows(w->many->plan, item) : 1;
    w->ended = allowed < 0;
    if (allowed <= 0) {
        return;
    }
    reco__topk_offer(top, score, item);
    if (top->size == top->capacity) {
        w->room->worst[row] = top->entries[0].score;
    }
}

/* Scores of users [first, first + count) for the packed items [begin, begin + n). */
static void strip(work *w, int32_t first, int32_t count, int32_t begin, int32_t n)
{
    const reco__batch_factors *many = w->many;
    const reco__block_room *room = w->room;
    int64_t factors = many->factors.n, panel = many->kernels->panel;
    many->kernels->gemm(count, panel, factors, room->users + first * factors, factors, 1, room->panel, panel,
                        room->tile, panel, RECO__SET);
    int64_t found = many->kernels->above(room->tile, count, n, panel, room->worst + first, room->found);
    for (int64_t k = 0; k < found; k++) {
        int32_t row = room->found[k] / n, column = room->found[k] % n;
        consider(w, first + row, many->index ? many->index[begin + column] : begin + column,
                 room->tile[row * panel + column]);
    }
}

reco_status reco__batch_factors_answer(const reco__batch_factors *many, reco__block_room *room)
{
    const reco__factors *f = &many->factors;
    int32_t panel = many->kernels->panel;
    work w = {.many = many, .room = room, .check = reco__plan_checks(many->plan)};
    for (int32_t row = 0; row < room->n; row++) {
        room->top[row] = (reco__topk){room->entries + (int64_t)row * many->depth, many->depth, 0};
        room->worst[row] = -INFINITY;
    }
    for (int32_t begin = 0; begin < many->n && !w.ended; begin += panel) {
        int32_t columns = many->n - begin < panel ? many->n - begin : panel;
        const float *items = many->index ? f->items : f->items + begin * f->stride;
        many->kernels->pack(items, many->index ? many->index + begin : NULL, columns, f->stride, f->n,
                            room->panel);
        for (int32_t first = 0; first < room->n; first += STRIP) {
            strip(&w, first, room->n - first < STRIP ? room->n - first : STRIP, begin, columns);
        }
    }
    for (int32_t row = 0; row < room->n; row++) {
        reco__topk_sort(&room->top[row]);
    }
    return w.ended ? RECO_ECANCELLED : RECO_OK;
}
