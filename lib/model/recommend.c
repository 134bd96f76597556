/* SPDX-License-Identifier: MIT */
#include "recommend.h"

#include "base/number.h"
#include "kernel/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- binding a query to a model ---- */

static int by_index(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts; drops repeats; returns how many remain. */
static int32_t sort_unique(int32_t *index, int32_t n)
{
    int32_t kept = 0;
    qsort(index, (size_t)n, sizeof *index, by_index);
    for (int32_t k = 0; k < n; k++) {
        if (kept == 0 || index[kept - 1] != index[k]) {
            index[kept++] = index[k];
        }
    }
    return kept;
}

/* Looks up ids of items. */
static reco_status find_items(const reco_model *model, const reco__id_list *list, int32_t *index,
                              reco_error *err)
{
    const char *id = list->text.data;
    for (int64_t k = 0; k < list->n; k++) {
        reco_status status = reco_model_find(model, RECO_ITEM, id, &index[k], err);
        if (status) {
            return status;
        }
        id += strlen(id) + 1;
    }
    return RECO_OK;
}

int64_t reco__plan_need(const reco_query *query)
{
    return reco__scratch_need(query->include.n, sizeof(int32_t)) +
           reco__scratch_need(query->exclude.n, sizeof(int32_t)) +
           reco__scratch_need(query->where.n, sizeof(reco__test));
}

reco_status reco__plan_bind(reco__plan *plan, const reco_model *model, const reco_query *query,
                            reco__scratch *scratch, reco_error *err)
{
    reco_status status = RECO_OK;
    *plan = (reco__plan){.model = model, .query = query};
    if (!model->fitted || !model->popularity) {
        return reco__fail(err, RECO_ESTATE, "%s: %s", model->algo->name,
                          model->fitted ? "a part of a hybrid is asked through the whole" : "not fitted");
    }
    if (query->has_include) {
        plan->include = reco__scratch_take(scratch, query->include.n, sizeof *plan->include);
        TRY(find_items(model, &query->include, plan->include, err));
        plan->n_include = sort_unique(plan->include, (int32_t)query->include.n);
    }
    plan->exclude = reco__scratch_take(scratch, query->exclude.n, sizeof *plan->exclude);
    TRY(find_items(model, &query->exclude, plan->exclude, err));
    plan->n_exclude = sort_unique(plan->exclude, (int32_t)query->exclude.n);
    plan->tests = reco__scratch_take(scratch, query->where.n, sizeof *plan->tests);
    TRY(reco__where_bind(&query->where, model->catalog, plan->tests, err));
done:
    return status;
}

int32_t reco__plan_allows(const reco__plan *plan, int32_t item)
{
    const reco_query *query = plan->query;
    if (!reco__where_holds(plan->tests, query->where.n, item)) {
        return 0;
    }
    return query->filter ? query->filter(query->filter_context, item,
                                         reco__string(&plan->model->catalog->sides[RECO_ITEM].ids, item))
                         : 1;
}

int32_t reco__plan_depth(const reco__plan *plan)
{
    int32_t n = plan->include ? plan->n_include : plan->model->n_items;
    int64_t wanted = (int64_t)plan->query->limit + plan->query->offset;
    return plan->query->limit == 0 ? 0 : wanted < n ? (int32_t)wanted : n;
}

/* ---- who asks ---- */

reco__asker reco__asker_user(const reco_model *model, int32_t user)
{
    const reco__history *history = model->history;
    int64_t start = history->x.start[user], end = history->x.start[user + 1];
    if (!(model->catalog->consent[user] & RECO_CONSENT_PERSONAL)) {
        return (reco__asker){.user = -1};
    }
    return (reco__asker){
        .user = user,
        .items = history->x.index + start,
        .values = history->x.value + start,
        .times = history->times && (model->algo->traits & (RECO__KEEPS_TIMES | RECO__HYBRID))
                     ? history->times + start
                     : NULL,
        .n = end - start,
    };
}

/* An item of a history on its way to being sorted and added up. */
typedef struct taken {
    int32_t item;
    float value;
} taken;

static int by_item(const void *a, const void *b)
{
    const taken *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->value > y->value) - (x->value < y->value); /* so that sums do not depend on the order given */
}

static reco_status asker_history(reco__asker *who, const reco_model *model, const reco_query *query,
                                 reco__scratch *scratch, reco_error *err)
{
    int64_t n = query->history.n, kept = 0;
    int32_t *items = reco__scratch_take(scratch, n, sizeof *items);
    float *values = reco__scratch_take(scratch, n, sizeof *values);
    taken *all = reco__scratch_take(scratch, n, sizeof *all);
    reco_status status = find_items(model, &query->history, items, err);
    if (status) {
        return status;
    }
    for (int64_t k = 0; k < n; k++) {
        all[k] = (taken){items[k], query->values[k]};
    }
    qsort(all, (size_t)n, sizeof *all, by_item);
    for (int64_t k = 0; k < n; k++) {
        if (kept > 0 && items[kept - 1] == all[k].item) {
            float sum = values[kept - 1] + all[k].value;
            values[kept - 1] = isfinite(sum) ? sum : values[kept - 1];
        } else {
            items[kept] = all[k].item;
            values[kept++] = all[k].value;
        }
    }
    *who = (reco__asker){.user = -1, .items = items, .values = values, .n = kept};
    return RECO_OK;
}

int64_t reco__asker_need(const reco_query *query)
{
    int64_t n = query->asker == RECO__A_HISTORY ? query->history.n : 0;
    return reco__scratch_need(n, sizeof(int32_t)) + reco__scratch_need(n, sizeof(float)) +
           reco__scratch_need(n, sizeof(taken));
}

reco_status reco__asker_find(reco__asker *who, const reco_model *model, const reco_query *query,
                             reco__scratch *scratch, reco_error *err)
{
    int32_t user;
    *who = (reco__asker){.user = -1};
    if (query->asker == RECO__A_HISTORY) {
        return asker_history(who, model, query, scratch, err);
    }
    if (query->asker == RECO__A_USER) {
        reco_status status = reco_model_find(model, RECO_USER, query->user.text.data, &user, err);
        if (status) {
            return status;
        }
        *who = reco__asker_user(model, user);
    }
    return RECO_OK;
}

/* ---- answering ---- */

int64_t reco__answer_need(const reco__plan *plan)
{
    int64_t n = plan->include ? plan->n_include : plan->model->n_items;
    return reco__scratch_need(n, sizeof(float)) +
           reco__scratch_need(reco__plan_depth(plan), sizeof(reco__scored)) +
           reco__model_scratch(plan->model);
}

/* Gives a failed answer its message: algorithms have no place to put one. */
static reco_status answered(const reco_model *model, reco_status status, reco_error *err)
{
    return status ? reco__fail(err, status,
                               "%s: this question has no answer in single precision: are values too extreme?",
                               model->algo->name)
                  : RECO_OK;
}

/* Marks items of an ascending list as hidden among those that are scored. */
static void hide(const reco__items *which, float *scores, const int32_t *items, int64_t n)
{
    int32_t at = 0;
    for (int64_t k = 0; k < n; k++) {
        if (!which->index) {
            scores[items[k]] = -INFINITY;
            continue;
        }
        while (at < which->n && which->index[at] < items[k]) {
            at++;
        }
        if (at < which->n && which->index[at] == items[k]) {
            scores[at] = -INFINITY;
        }
    }
}

/* Offers what is left to the heap. Items come in ascending order, so once the heap is full an equal score
 * comes too late, and only scores above its worst need a look. ECANCELLED, without a message, by the filter. */
static reco_status select_best(const reco__plan *plan, const reco__items *which, const float *scores,
                               int32_t sparse, reco__topk *top)
{
    enum { BLOCK = 512 };
    int32_t found[BLOCK];
    const reco__kernels *kernels = reco__kernels_best();
    int32_t check = plan->query->filter != NULL || plan->query->where.n > 0;
    for (int32_t begin = 0; begin < which->n; begin += BLOCK) {
        int32_t size = which->n - begin < BLOCK ? which->n - begin : BLOCK;
        float worst = top->size < top->capacity ? -INFINITY : top->entries[0].score;
        int64_t n = kernels->above(scores + begin, 1, size, size, &worst, found);
        for (int64_t k = 0; k < n; k++) {
            float score = scores[begin + found[k]];
            int32_t item = reco__item(which, begin + found[k]);
            if (!reco__topk_wants(top, score, item) || (sparse && score == 0)) {
                continue;
            }
            int32_t allowed = check ? reco__plan_allows(plan, item) : 1;
            if (allowed < 0) {
                return RECO_ECANCELLED;
            }
            if (allowed) {
                reco__topk_offer(top, score, item);
            }
        }
    }
    return RECO_OK;
}

static reco_status score_all(const reco__plan *plan, const reco__asker *who, int32_t similar_to,
                             const reco__items *which, float *scores, reco_list *list, const char **source,
                             reco_error *err)
{
    const reco_model *model = plan->model;
    *source = model->algo->name;
    if (similar_to >= 0) {
        return answered(model, reco__model_similars(model, similar_to, which, scores, &list->scratch), err);
    }
    if (reco__model_answers(model, who)) {
        return answered(model, reco__model_scores(model, who, which, scores, &list->scratch), err);
    }
    for (int32_t k = 0; k < which->n; k++) {
        scores[k] = model->popularity[reco__item(which, k)];
    }
    *source = "popular";
    return RECO_OK;
}

reco_status reco__answer(const reco__plan *plan, const reco__asker *who, int32_t similar_to, reco_list *list,
                         reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_model *model = plan->model;
    const reco_query *query = plan->query;
    const char *source;
    int64_t mark = list->scratch.used;
    reco__items which = {plan->include, plan->include ? plan->n_include : model->n_items};
    reco__topk top = {.capacity = reco__plan_depth(plan)};
    float *scores = reco__scratch_take(&list->scratch, which.n, sizeof *scores);
    top.entries = reco__scratch_take(&list->scratch, top.capacity, sizeof *top.entries);
    if (top.capacity > 0) {
        TRY(score_all(plan, who, similar_to, &which, scores, list, &source, err));
        if (!reco__all_finite(scores, which.n)) {
            TRY(reco__fail(err, RECO_ENUMERIC, "%s: a score is not finite: are values too large?", source));
        }
        hide(&which, scores, plan->exclude, plan->n_exclude);
        if (!query->include_seen) {
            hide(&which, scores, who->items, who->n);
        }
        if (similar_to >= 0) {
            hide(&which, scores, &similar_to, 1);
        }
        int32_t sparse = similar_to >= 0 || (reco__model_answers(model, who) && reco__model_sparse(model));
        if (select_best(plan, &which, scores, sparse, &top)) {
            TRY(reco__fail(err, RECO_ECANCELLED, "%s: the filter ended the question", source));
        }
        reco__topk_sort(&top);
    } else {
        source = similar_to >= 0 || reco__model_answers(model, who) ? model->algo->name : "popular";
    }
    TRY(reco__list_fill(list, model, &top, query->offset, source, err));
done:
    list->scratch.used = mark;
    return status;
}

/* ---- the public calls ---- */

/* Binds, finds the asker and answers; `item` is an id to find similar items of, or NULL. */
static reco_status ask(const reco_model *model, const char *item, const reco_query *query, reco_list *list,
                       reco_error *err)
{
    reco_status status = RECO_OK;
    reco__plan plan;
    reco__asker who;
    int32_t similar_to = -1;
    list->size = 0;
    TRY(reco__list_scratch(list, reco__plan_need(query) + reco__asker_need(query), err));
    TRY(reco__plan_bind(&plan, model, query, &list->scratch, err));
    /* how much answering takes is known only now that the model is known to be fitted: start over with room
     * for all */
    TRY(reco__list_scratch(list, reco__plan_need(query) + reco__asker_need(query) + reco__answer_need(&plan),
                           err));
    TRY(reco__plan_bind(&plan, model, query, &list->scratch, err));
    if (item) {
        if (!reco__model_has_similar(model)) {
            TRY(reco__fail(err, RECO_EUNSUPPORTED, "%s: has no similar items", model->algo->name));
        }
        TRY(reco_model_find(model, RECO_ITEM, item, &similar_to, err));
    }
    TRY(reco__asker_find(&who, model, query, &list->scratch, err));
    TRY(reco__answer(&plan, &who, similar_to, list, err));
done:
    return status;
}

reco_status reco_model_recommend(const reco_model *model, const reco_query *query, reco_list *list,
                                 reco_error *err)
{
    GIVEN(model, query, list);
    return ask(model, NULL, query, list, err);
}

reco_status reco_model_similar(const reco_model *model, const char *item, const reco_query *query,
                               reco_list *list, reco_error *err)
{
    static const reco_query nobody = {.limit = 10};
    GIVEN(model, item, list);
    return ask(model, item, query ? query : &nobody, list, err);
}

/* The history's entries with what each adds, most first, as an answer. */
static reco_status list_reasons(const reco__plan *plan, const reco__asker *who, int32_t item,
                                reco_list *reasons, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_model *model = plan->model;
    int64_t wanted = (int64_t)plan->query->limit + plan->query->offset;
    reco__topk top = {.capacity = (int32_t)(wanted < who->n ? wanted : who->n)};
    float *amounts = reco__scratch_take(&reasons->scratch, who->n, sizeof *amounts);
    top.entries = reco__scratch_take(&reasons->scratch, top.capacity, sizeof *top.entries);
    if (who->n > 0) {
        TRY(answered(model, reco__model_amounts(model, who, item, amounts, &reasons->scratch), err));
    }
    for (int64_t k = 0; k < who->n; k++) {
        if (isnan(amounts[k])) {
            TRY(reco__fail(err, RECO_ENUMERIC, "%s: a reason is not a number: are values too large?",
                           model->algo->name));
        }
        if (amounts[k] != 0) {
            reco__topk_offer(&top, amounts[k], who->items[k]);
        }
    }
    reco__topk_sort(&top);
    TRY(reco__list_fill(reasons, model, &top, plan->query->offset, who->n > 0 ? model->algo->name : "popular",
                        err));
done:
    return status;
}

reco_status reco_model_explain(const reco_model *model, const char *item, const reco_query *query,
                               reco_list *reasons, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__plan plan;
    reco__asker who;
    int32_t index;
    GIVEN(model, item, query, reasons);
    reasons->size = 0;
    TRY(reco_model_find(model, RECO_ITEM, item, &index, err));
    if (!reco__model_has_explain(model)) {
        TRY(reco__fail(err, RECO_EUNSUPPORTED, "%s: has no reasons to give", model->algo->name));
    }
    int64_t asker = query->asker == RECO__A_HISTORY ? query->history.n : model->n_items;
    TRY(reco__list_scratch(reasons,
                           reco__plan_need(query) + reco__asker_need(query) + reco__model_scratch(model) +
                               reco__scratch_need(asker, sizeof(float)) +
                               reco__scratch_need(asker, sizeof(reco__scored)),
                           err));
    TRY(reco__plan_bind(&plan, model, query, &reasons->scratch, err));
    TRY(reco__asker_find(&who, model, query, &reasons->scratch, err));
    TRY(list_reasons(&plan, &who, index, reasons, err));
done:
    return status;
}

static reco_status score_items(const reco_model *model, const reco_query *query, const char *const *ids,
                               int32_t n, float *scores, reco__scratch *scratch, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__asker who;
    int32_t *index = reco__scratch_take(scratch, n, sizeof *index);
    float *found = reco__scratch_take(scratch, n, sizeof *found);
    for (int32_t k = 0; k < n; k++) {
        REQUIRE(ids[k], "the id at position %d is NULL", k);
        TRY(reco_model_find(model, RECO_ITEM, ids[k], &index[k], err));
    }
    TRY(reco__asker_find(&who, model, query, scratch, err));
    reco__items which = {index, n};
    if (reco__model_answers(model, &who)) {
        TRY(answered(model, reco__model_scores(model, &who, &which, found, scratch), err));
    } else {
        for (int32_t k = 0; k < n; k++) {
            found[k] = model->popularity[index[k]];
        }
    }
    for (int32_t k = 0; k < n; k++) {
        if (!isfinite(found[k])) {
            TRY(reco__fail(err, RECO_ENUMERIC, "%s: the score of '%.80s' is not finite", model->algo->name,
                           ids[k]));
        }
    }
    memcpy(scores, found, (size_t)n * sizeof *found);
done:
    return status;
}

reco_status reco_model_score(const reco_model *model, const reco_query *query, const char *const *items,
                             int64_t n, float *scores, reco_error *err)
{
    GIVEN(model, query);
    REQUIRE(n >= 0 && n <= INT32_MAX, "'n' must be in [0, 2^31), got %lld", (long long)n);
    REQUIRE(n == 0 || items, "'items' must not be NULL");
    REQUIRE(n == 0 || scores, "'scores' must not be NULL");
    if (!model->fitted || !model->popularity) {
        return reco__fail(err, RECO_ESTATE, "%s: not fitted", model->algo->name);
    }
    reco__scratch scratch = {
        .size = reco__asker_need(query) + reco__scratch_need(n, sizeof(int32_t)) +
                reco__scratch_need(n, sizeof(float)) + reco__model_scratch(model),
    };
    scratch.data = reco__alloc(scratch.size, 1);
    reco_status status = scratch.data ? score_items(model, query, items, (int32_t)n, scores, &scratch, err)
                                      : reco__out_of_memory(err);
    reco__free(scratch.data);
    return status;
}
