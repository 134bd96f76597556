/* SPDX-License-Identifier: MIT */
/* Which users are like a user. What a question says of items makes no sense here: limit, offset and purpose hold. */
#include "list.h"
#include "question.h"

#include <math.h>

/* What of a query is about items or about who asks, or NULL. */
static const char *of_items(const reco_query *query)
{
    return query->asker == RECO__A_USER      ? "user"
           : query->asker == RECO__A_HISTORY ? "history"
           : query->has_include              ? "include"
           : query->exclude.n > 0            ? "exclude"
           : query->where.n > 0              ? "where"
           : query->filter                   ? "filter"
           : query->include_seen             ? "include_seen"
           : query->n_features > 0           ? "features"
                                             : NULL;
}

static bool agreed(const reco_model *model, int32_t user, int32_t needs)
{
    return (needs & ~model->catalog->consent[user]) == 0;
}

static reco_status check(const reco_model *model, const reco_query *query, const char *id, int32_t *user,
                         int32_t *needs, reco_error *err)
{
    reco_status status = RECO_OK;
    const char *odd = of_items(query);
    REQUIRE(!odd, "similar users: of a query limit and offset hold, '%s' must not be set", odd);
    TRY(reco__plan_ready(model, err));
    if (!reco__model_has_similar_users(model)) {
        TRY(reco__fail(err, RECO_EUNSUPPORTED, "%s: has no similar users", model->algo->name));
    }
    TRY(reco__query_needs(query, model->catalog, model->algo->name, needs, err));
    TRY(reco_model_find(model, RECO_USER, id, user, err));
    if (!agreed(model, *user, *needs)) {
        bool personal = agreed(model, *user, RECO_CONSENT_PERSONAL);
        TRY(reco__fail(err, RECO_ENOTFOUND, "user '%.80s' has not agreed to %s", id,
                       personal ? query->purpose.text.data : "personal answers"));
    }
done:
    return status;
}

/* The users that are alike at all and may be listed. ENUMERIC, without a message. */
static reco_status choose(const reco_model *model, int32_t user, int32_t needs, reco__scores *scores,
                          reco__topk *top)
{
    reco__scores_list(scores);
    for (int32_t k = 0; k < reco__scores_size(scores); k++) {
        int32_t other = reco__scores_item(scores, k);
        float score = scores->of[other];
        if (!isfinite(score)) {
            return RECO_ENUMERIC;
        }
        if (score != 0 && other != user && agreed(model, other, needs)) {
            reco__topk_offer(top, score, other);
        }
    }
    return RECO_OK;
}

static reco_status answer(const reco_model *model, const reco_query *query, int32_t user, int32_t needs,
                          reco_list *list, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__scores *scores = &list->scores_of;
    int64_t wanted = (int64_t)query->limit + query->offset;
    reco__topk top = {.capacity = (int32_t)(wanted < model->n_users ? wanted : model->n_users)};
    reco__scratch measure = {.data = NULL};
    reco__scratch_take(&measure, top.capacity, sizeof *top.entries);
    reco__model_layout(model, &measure);
    TRY(reco__list_start(list, model->n_users, measure.peak, err));
    top.entries = reco__scratch_take(&list->scratch, top.capacity, sizeof *top.entries);
    scores->allowed = NULL;
    if (top.capacity > 0) {
        status = reco__model_similar_users(model, user, scores, &list->scratch);
        status = status ? status : choose(model, user, needs, scores, &top);
        reco__scores_wipe(scores);
        TRY(reco__answered(model, status, err));
        reco__topk_sort(&top);
    }
    TRY(reco__list_fill(list, model, RECO_USER, &top, query->offset, model->algo->name, err));
done:
    return status;
}

reco_status reco_model_similar_users(const reco_model *model, const char *user, const reco_query *query,
                                     reco_list *list, reco_error *err)
{
    static const reco_query normal = {.limit = 10};
    reco_status status = RECO_OK;
    int32_t index, needs;
    GIVEN(model, user, list);
    list->size = list->withheld = 0;
    list->skipped = 0;
    query = query ? query : &normal;
    TRY(check(model, query, user, &index, &needs, err));
    TRY(answer(model, query, index, needs, list, err));
done:
    return status;
}
