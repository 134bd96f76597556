/* SPDX-License-Identifier: MIT */
#include "recommend.h"

#include "base/number.h"
#include "kernel/kernel.h"

#include <float.h>
#include <math.h>

/* ---- answering ---- */

/* What an answer works with beside the list's scores. */
typedef struct room {
    reco__scored *entries; /* [depth] */
    float *scores;         /* [n_include] of the items included, for models that know all items */
} room;

static void lay_out(room *r, const reco__plan *plan, reco__scratch *scratch)
{
    int64_t wanted = (int64_t)plan->query->limit + plan->query->offset, n = plan->model->n_items;
    int64_t n_include = plan->query->has_include ? plan->query->include.n : 0;
    r->entries = reco__scratch_take(scratch, wanted < n ? wanted : n, sizeof *r->entries);
    r->scores = reco__scratch_take(scratch, n_include, sizeof *r->scores);
}

void reco__answer_layout(const reco__plan *plan, reco__scratch *scratch)
{
    room r;
    int64_t mark = scratch->used;
    lay_out(&r, plan, scratch);
    reco__model_layout(plan->model, scratch);
    scratch->used = mark;
}

/* The score of what must not be answered. */
#define HIDDEN (-FLT_MAX)

/* What is selected from: scores of listed items, or of an accumulator. */
typedef struct choice {
    const reco__plan *plan;
    reco__topk top;
    int32_t check, skip_zero; /* skip_zero: what is not alike at all, or not known */
} choice;

/* Offers one item. ECANCELLED, without a message, by the filter. */
static inline reco_status offer(choice *c, int32_t item, float score)
{
    if (score == HIDDEN || !reco__topk_wants(&c->top, score, item) || (c->skip_zero && score == 0)) {
        return RECO_OK;
    }
    int32_t allowed = c->check ? reco__plan_allows(c->plan, item) : 1;
    if (allowed > 0) {
        reco__topk_offer(&c->top, score, item);
    }
    return allowed < 0 ? RECO_ECANCELLED : RECO_OK;
}

/* All items: only scores above the worst of a full heap need a look, since of equal ones the first stays. */
static reco_status offer_all(choice *c, const float *scores, int32_t n)
{
    enum { BLOCK = 512 };
    int32_t found[BLOCK];
    reco_status status = RECO_OK;
    const reco__kernels *kernels = reco__kernels_best();
    for (int32_t begin = 0; begin < n && status == RECO_OK; begin += BLOCK) {
        int32_t size = n - begin < BLOCK ? n - begin : BLOCK;
        float worst = c->top.size < c->top.capacity ? -INFINITY : c->top.entries[0].score;
        int64_t above = kernels->above(scores + begin, 1, size, size, &worst, found);
        for (int64_t k = 0; k < above && status == RECO_OK; k++) {
            status = offer(c, begin + found[k], scores[begin + found[k]]);
        }
    }
    return status;
}

/* Writes `score` for each item that must not be answered. */
static void mark_hidden(reco__scores *scores, const reco__plan *plan, const reco__asker *who,
                        int32_t similar_to, float score)
{
    for (int64_t k = 0; k < plan->n_exclude; k++) {
        scores->of[plan->exclude[k]] = score;
    }
    for (int64_t k = 0; k < who->n && !plan->query->include_seen; k++) {
        scores->of[who->items[k]] = score;
    }
    for (int64_t k = 0; k < who->n_had && !plan->query->include_seen; k++) {
        scores->of[who->had[k]] = score;
    }
    if (similar_to >= 0) {
        scores->of[similar_to] = score;
    }
}

/* Of a model that knows all items, or many. */
static reco_status offer_dense(choice *c, reco__scores *scores, const reco__asker *who, int32_t similar_to)
{
    reco_status status = RECO_OK;
    const reco__plan *plan = c->plan;
    if (!reco__all_finite(scores->of, scores->n_items)) {
        return RECO_ENUMERIC;
    }
    mark_hidden(scores, plan, who, similar_to, HIDDEN);
    c->skip_zero = c->skip_zero || scores->n == RECO__KNOWS_NONZERO;
    if (!plan->include) {
        return offer_all(c, scores->of, scores->n_items);
    }
    for (int32_t k = 0; k < plan->n_include && status == RECO_OK; k++) {
        status = offer(c, plan->include[k], scores->of[plan->include[k]]);
    }
    return status;
}

/* Of a model that knows few: one pass. */
static reco_status offer_known(choice *c, reco__scores *scores, const reco__asker *who, int32_t similar_to)
{
    reco_status status = RECO_OK;
    const uint64_t *allowed = c->plan->allowed;
    const float *of = scores->of;
    uint32_t odd = 0;
    float worst = HIDDEN;
    mark_hidden(scores, c->plan, who, similar_to, HIDDEN);
    for (int32_t k = 0, n = scores->n; k < n && status == RECO_OK; k++) {
        int32_t item = scores->known[k];
        float score = of[item];
        odd |= !isfinite(score);
        if (score >= worst && (!allowed || reco__bit(allowed, item))) {
            status = offer(c, item, score);
            worst = c->top.size < c->top.capacity ? HIDDEN : c->top.entries[0].score;
        }
    }
    mark_hidden(scores, c->plan, who, similar_to, 0);
    return status == RECO_OK && odd ? RECO_ENUMERIC : status;
}

static reco_status not_finite(const char *source, reco_error *err)
{
    return reco__fail(err, RECO_ENUMERIC, "%s: a score is not finite: are values too large?", source);
}

static reco_status score_items(const reco__plan *plan, const reco__asker *who, int32_t similar_to,
                               reco_list *list, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_model *model = plan->model;
    reco__scores *scores = &list->scores_of;
    scores->allowed = plan->allowed;
    if (similar_to >= 0) {
        TRY(reco__answered(model, reco__model_similar(model, similar_to, scores, &list->scratch), err));
    } else if (reco__model_answers(model, who)) {
        TRY(reco__answered(model, reco__model_score(model, who, scores, &list->scratch), err));
    } else {
        memcpy(scores->of, model->popularity, (size_t)model->n_items * sizeof *scores->of);
        scores->n = RECO__KNOWS_ALL;
    }
done:
    return status;
}

/* Selects from all that is known. The list's scores are left as they were found: zeros. */
static reco_status choose(choice *c, const reco__asker *who, int32_t similar_to, const char *source,
                          reco_list *list, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scores *scores = &list->scores_of;
    TRY(score_items(c->plan, who, similar_to, list, err));
    status =
        scores->n < 0 ? offer_dense(c, scores, who, similar_to) : offer_known(c, scores, who, similar_to);
    reco__scores_clear(scores);
    return status == RECO_ENUMERIC ? not_finite(source, err) : status;
done:
    reco__scores_wipe(scores);
    return status;
}

/* Selects from the items included by a model that knows all: no other need be scored. */
static reco_status choose_included(choice *c, const reco__asker *who, float *scores, reco_list *list,
                                   reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__plan *plan = c->plan;
    const reco_model *model = plan->model;
    TRY(reco__answered(
        model, reco__model_score_some(model, who, plan->include, plan->n_include, scores, &list->scratch),
        err));
    if (!reco__all_finite(scores, plan->n_include)) {
        TRY(not_finite(model->algo->name, err));
    }
    for (int32_t k = 0; k < plan->n_include; k++) {
        bool had = !plan->query->include_seen && reco__asker_had(who, plan->include[k]);
        TRY(had ? RECO_OK : offer(c, plan->include[k], scores[k]));
    }
done:
    return status;
}

reco_status reco__answer(const reco__plan *plan, const reco__asker *who, int32_t similar_to, reco_list *list,
                         reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_model *model = plan->model;
    int64_t mark = list->scratch.used;
    bool own = similar_to >= 0 || reco__model_answers(model, who);
    const char *source = own ? model->algo->name : "popular";
    room r;
    lay_out(&r, plan, &list->scratch);
    choice c = {.plan = plan,
                .top = {.entries = r.entries, .capacity = reco__plan_depth(plan)},
                .check = reco__plan_checks(plan),
                .skip_zero = similar_to >= 0};
    if (c.top.capacity > 0) {
        bool few = plan->include && own && similar_to < 0 && reco__model_has_factors(model);
        status = few ? choose_included(&c, who, r.scores, list, err)
                     : choose(&c, who, similar_to, source, list, err);
        if (status == RECO_ECANCELLED) {
            TRY(reco__fail(err, status, "%s: the filter ended the question", source));
        }
        TRY(status);
        reco__topk_sort(&c.top);
    }
    TRY(reco__list_fill(list, model, RECO_ITEM, &c.top, plan->query->offset, source, err));
done:
    list->scratch.used = mark;
    return status;
}

/* ---- the public calls ---- */

/* Lays a question out in the list's scratch, with room for the answer. */
static reco_status start(reco__question *q, const reco_model *model, const reco_query *query, reco_list *list,
                         reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scratch measure = {.data = NULL};
    list->size = list->withheld = 0;
    TRY(reco__question_begin(q, model, query, err));
    reco__question_layout(q, &measure);
    reco__answer_layout(&q->plan, &measure);
    TRY(reco__list_start(list, model->n_items, measure.peak, err));
    reco__question_layout(q, &list->scratch);
    TRY(reco__question_bind(q, err));
    list->skipped = q->plan.skipped + q->room.skipped;
    list->withheld = q->who.withheld;
done:
    return status;
}

reco_status reco_model_recommend(const reco_model *model, const reco_query *query, reco_list *list,
                                 reco_error *err)
{
    reco_status status = RECO_OK;
    reco__question q;
    GIVEN(model, query, list);
    TRY(start(&q, model, query, list, err));
    TRY(reco__answer(&q.plan, &q.who, -1, list, err));
done:
    return status;
}

reco_status reco_model_similar(const reco_model *model, const char *item, const reco_query *query,
                               reco_list *list, reco_error *err)
{
    static const reco_query nobody = {.limit = 10};
    reco_status status = RECO_OK;
    reco__question q;
    int32_t similar_to;
    GIVEN(model, item, list);
    TRY(start(&q, model, query ? query : &nobody, list, err));
    if (!reco__model_has_similar(model)) {
        TRY(reco__fail(err, RECO_EUNSUPPORTED, "%s: has no similar items", model->algo->name));
    }
    TRY(reco_model_find(model, RECO_ITEM, item, &similar_to, err));
    TRY(reco__answer(&q.plan, &q.who, similar_to, list, err));
done:
    return status;
}

/* ---- scores of given items ---- */

typedef struct scoring {
    reco__question question;
    int32_t *items, *place; /* [n] */
    float *scores;          /* [n] */
} scoring;

static void scoring_layout(scoring *s, int64_t n, reco__scratch *scratch)
{
    reco__question_layout(&s->question, scratch);
    s->items = reco__scratch_take(scratch, n + 1, sizeof *s->items);
    s->place = reco__scratch_take(scratch, n + 1, sizeof *s->place);
    s->scores = reco__scratch_take(scratch, n, sizeof *s->scores);
}

/* Looks the items up; where the model knows one not and the query skips those, its score is NaN. Returns how many are left
 * to score, their places being in `place`. */
static reco_status find_given(scoring *s, const char *const *ids, int32_t n, int32_t *left, reco_error *err)
{
    const reco_query *query = s->question.query;
    *left = 0;
    for (int32_t k = 0; k < n; k++) {
        REQUIRE(ids[k], "the id at position %d is NULL", k);
        reco_status status = reco_model_find(s->question.model, RECO_ITEM, ids[k], &s->items[*left],
                                             query->skip_unknown ? NULL : err);
        if (status && !(status == RECO_ENOTFOUND && query->skip_unknown)) {
            return status;
        }
        s->place[*left] = k;
        *left += status == RECO_OK;
    }
    return RECO_OK;
}

static reco_status score_given(scoring *s, const char *const *ids, int32_t n, reco__scratch *scratch,
                               reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_model *model = s->question.model;
    int32_t left;
    TRY(find_given(s, ids, n, &left, err));
    TRY(reco__question_bind(&s->question, err));
    if (reco__model_answers(model, &s->question.who)) {
        TRY(reco__answered(
            model, reco__model_score_some(model, &s->question.who, s->items, left, s->scores, scratch), err));
    }
    for (int32_t k = 0; k < left; k++) {
        if (!reco__model_answers(model, &s->question.who)) {
            s->scores[k] = model->popularity[s->items[k]];
        }
        if (!isfinite(s->scores[k])) {
            TRY(reco__fail(err, RECO_ENUMERIC, "%s: the score of '%.80s' is not finite", model->algo->name,
                           ids[s->place[k]]));
        }
    }
    for (int32_t k = n - 1; k >= 0; k--) { /* apart again */
        bool known = left > 0 && s->place[left - 1] == k;
        s->scores[k] = known ? s->scores[left - 1] : NAN;
        left -= known;
    }
done:
    return status;
}

reco_status reco_model_score(const reco_model *model, const reco_query *query, const char *const *items,
                             int64_t n, float *scores, reco_error *err)
{
    reco_status status = RECO_OK;
    scoring s;
    reco__scratch scratch = {.data = NULL};
    GIVEN(model, query);
    REQUIRE(n >= 0 && n <= INT32_MAX, "'n' must be in [0, 2^31), got %lld", (long long)n);
    REQUIRE(n == 0 || items, "'items' must not be NULL");
    REQUIRE(n == 0 || scores, "'scores' must not be NULL");
    TRY(reco__question_begin(&s.question, model, query, err));
    scoring_layout(&s, n, &scratch);
    reco__model_layout(model, &scratch);
    scratch = (reco__scratch){.data = reco__alloc(scratch.peak, 1), .size = scratch.peak};
    TRY_ALLOC(scratch.data);
    scoring_layout(&s, n, &scratch);
    TRY(score_given(&s, items, (int32_t)n, &scratch, err));
    memcpy(scores, s.scores, (size_t)n * sizeof *scores);
done:
    reco__free(scratch.data);
    return status;
}
