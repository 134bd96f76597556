/* SPDX-License-Identifier: MIT */
#include "asking.h"

#include "base/number.h"
#include "base/search.h"
#include "base/topk.h"

/* ---- candidates ---- */

static bool is_allowed(const reco__asking *a, int32_t item)
{
    return !a->allowed || a->allowed[item];
}

/* The held-out items of a point and its user's negatives, each once, those the model knows and the query
 * allows. */
static int32_t among_negatives(const reco__asking *a, int64_t point, int32_t *out)
{
    const reco__heldout *h = a->held;
    const reco__csr *x = &a->negatives->history->x;
    int64_t at = h->start[point], end = h->start[point + 1];
    int32_t n = 0;
    for (int64_t c = x->start[h->row[point]]; c < x->start[h->row[point] + 1]; c++) {
        int32_t item = h->negative[x->index[c]];
        for (; item >= 0 && at < end && h->items[at] <= item; at++) {
            out[n] = h->items[at];
            n += is_allowed(a, h->items[at]);
        }
        if (item >= 0 && (n == 0 || out[n - 1] != item)) {
            out[n] = item;
            n += is_allowed(a, item);
        }
    }
    for (; at < end; at++) {
        out[n] = h->items[at];
        n += is_allowed(a, h->items[at]);
    }
    return n;
}

/* All items that the query allows, without those that it hides from `who`. */
static int32_t among_all(const reco__asking *a, const reco__asker *who, int32_t *out)
{
    const reco__asker nobody = {.user = -1}, *hidden = a->plan->query->include_seen ? &nobody : who;
    int64_t at = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < a->plan->model->n_items; i++) {
        bool seen = at < hidden->n && hidden->items[at] == i;
        at += seen;
        seen = seen || reco__has(hidden->had, hidden->n_had, i);
        out[n] = i;
        n += !seen && is_allowed(a, i);
    }
    return n;
}

static int32_t candidates(const reco__asking *a, int64_t point, const reco__asker *who, int32_t *out)
{
    return a->negatives ? among_negatives(a, point, out) : among_all(a, who, out);
}

/* ---- scores ---- */

/* scores [n] of items, as the driver of questions has them. */
static reco_status score(const reco__asking *a, const reco__asker *who, const int32_t *items, int32_t n,
                         reco__asking_worker *w)
{
    const reco_model *model = a->plan->model;
    reco_status status = RECO_OK;
    if (reco__model_answers(model, who)) {
        status = reco__model_score_some(model, who, items, n, w->scores, &w->scratch);
    } else {
        for (int32_t k = 0; k < n; k++) {
            w->scores[k] = model->popularity[items[k]];
        }
    }
    return status == RECO_OK && !reco__all_finite(w->scores, n) ? RECO_ENUMERIC : status;
}

/* ---- what is asked ---- */

reco_status reco__asking_list(reco__asking *asking, int64_t point, const reco__asker *who, int32_t worker,
                              int32_t *items, int32_t *size)
{
    reco_status status = RECO_OK;
    reco__asking_worker *w = &asking->workers[worker];
    reco__topk top = {.entries = w->top, .capacity = asking->plan->query->limit};
    int32_t n = candidates(asking, point, who, w->items);
    TRY(score(asking, who, w->items, n, w));
    for (int32_t k = 0; k < n; k++) {
        reco__topk_offer(&top, w->scores[k], w->items[k]);
    }
    reco__topk_sort(&top);
    *size = top.size;
    for (int32_t k = 0; k < top.size; k++) {
        items[k] = top.entries[k].index;
    }
done:
    return status;
}

/* How many of the entries, best first, have a score above one, twice, and as many as have the same, once. */
static int64_t above(const reco__topk *best, float score)
{
    int32_t low = 0, high = best->size;
    while (low < high) { /* the first that is not above */
        int32_t middle = low + (high - low) / 2;
        if (best->entries[middle].score > score) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    int32_t same = low;
    high = best->size;
    while (same < high) { /* the first that is below */
        int32_t middle = same + (high - same) / 2;
        if (best->entries[middle].score >= score) {
            same = middle + 1;
        } else {
            high = middle;
        }
    }
    return (int64_t)low + same;
}

reco_status reco__asking_order(reco__asking *asking, int64_t point, const reco__asker *who, int32_t worker,
                               reco__order *order)
{
    reco_status status = RECO_OK;
    const reco__heldout *h = asking->held;
    reco__asking_worker *w = &asking->workers[worker];
    const int32_t *held = h->items + h->start[point];
    int64_t n_held = h->start[point + 1] - h->start[point], at = 0;
    reco__topk best = {.entries = w->top, .capacity = (int32_t)n_held};
    int32_t n = candidates(asking, point, who, w->items), others = 0;
    TRY(score(asking, who, w->items, n, w));
    for (int32_t k = 0; k < n; k++) {
        while (at < n_held && held[at] < w->items[k]) {
            at++;
        }
        if (at < n_held && held[at] == w->items[k]) {
            reco__topk_offer(&best, w->scores[k], w->items[k]);
        } else {
            w->scores[others++] = w->scores[k];
        }
    }
    reco__topk_sort(&best);
    *order = (reco__order){.held = h->total[point], .ranked = best.size, .others = others};
    for (int32_t k = 0; k < others; k++) {
        order->above += above(&best, w->scores[k]);
    }
done:
    return status;
}

reco_status reco__asking_values(reco__asking *asking, int64_t point, const reco__asker *who, int32_t worker,
                                const float **scores)
{
    const reco__heldout *h = asking->held;
    reco__asking_worker *w = &asking->workers[worker];
    int64_t n = h->value_start[point + 1] - h->value_start[point];
    *scores = w->scores;
    return score(asking, who, h->value_items + h->value_start[point], (int32_t)n, w);
}

/* ---- memory ---- */

/* Decides once which items the query allows: for candidates, since the driver does it for lists. */
static reco_status find_allowed(reco__asking *a, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__plan *plan = a->plan;
    int32_t n = plan->model->n_items;
    if (!plan->allowed && !reco__plan_checks(plan)) {
        return RECO_OK;
    }
    TRY_ALLOC(a->allowed = reco__alloc(n, sizeof *a->allowed));
    for (int32_t i = 0; i < n; i++) {
        int32_t allowed = !plan->allowed || reco__bit(plan->allowed, i) ? reco__plan_allows(plan, i) : 0;
        if (allowed < 0) {
            TRY(reco__fail(err, RECO_ECANCELLED, "evaluate: the filter ended it"));
        }
        a->allowed[i] = allowed > 0;
    }
done:
    return status;
}

/* Most items that are scored at once. */
static int64_t most_items(const reco__asking *a)
{
    const reco__heldout *h = a->held;
    int64_t most = a->order ? a->plan->model->n_items : h->longest;
    for (int64_t p = 0; a->negatives && p < h->n; p++) {
        const int64_t *start = a->negatives->history->x.start + h->row[p];
        int64_t n = start[1] - start[0] + h->start[p + 1] - h->start[p];
        most = n > most ? n : most;
    }
    return most;
}

static reco_status start_worker(const reco__asking *a, reco__asking_worker *w, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scratch measure = {.data = NULL};
    reco__asker_user_layout(&w->room, a->plan->model, a->plan->query, &measure);
    reco__model_layout(a->plan->model, &measure);
    w->scratch = (reco__scratch){.data = reco__alloc(measure.peak, 1), .size = measure.peak};
    TRY_ALLOC(w->scratch.data);
    reco__asker_user_layout(&w->room, a->plan->model, a->plan->query, &w->scratch);
    TRY_ALLOC(w->items = reco__alloc(a->most, sizeof *w->items));
    TRY_ALLOC(w->scores = reco__alloc(a->most, sizeof *w->scores));
    TRY_ALLOC(w->top = reco__alloc(a->deepest, sizeof *w->top));
done:
    return status;
}

reco_status reco__asking_start(reco__asking *asking, int32_t n_workers, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__plan *plan = asking->plan;
    int64_t limit = plan->query->limit;
    reco__asker nobody;
    asking->most = most_items(asking);
    asking->deepest = asking->held->longest > limit ? asking->held->longest : limit;
    TRY_ALLOC(asking->workers = reco__alloc_zero(n_workers, sizeof *asking->workers));
    asking->n_workers = n_workers;
    for (int32_t k = 0; k < n_workers; k++) {
        TRY(start_worker(asking, &asking->workers[k], err));
    }
    if (asking->order || asking->negatives) {
        TRY(find_allowed(asking, err));
    }
    /* workers have no place for a message */
    TRY(reco__asker_user(&nobody, plan->model, plan->query, -1, &asking->workers[0].room, err));
done:
    return status;
}

void reco__asking_end(reco__asking *asking)
{
    for (int32_t k = 0; k < asking->n_workers; k++) {
        reco__asking_worker *w = &asking->workers[k];
        reco__free(w->items);
        reco__free(w->scores);
        reco__free(w->top);
        reco__free(w->scratch.data);
    }
    reco__free(asking->workers);
    reco__free(asking->allowed);
}
