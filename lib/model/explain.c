/* SPDX-License-Identifier: MIT */
/* Reasons: what each entry of whoever asks adds to an item's score: of the history, of what is known of the user and the
 * moment, and what none of them does: the rest. */
#include "data/profile.h"
#include "list.h"
#include "question.h"

#include <math.h>

/* What it works with: an amount for each entry of the asker. */
typedef struct reasons {
    reco__question question;
    float *amounts;       /* [most] */
    reco__scored *scored; /* [most] */
} reasons;

static void lay_out(reasons *r, reco__scratch *scratch)
{
    reco__question_layout(&r->question, scratch);
    const reco__side *sides = r->question.model->catalog->sides;
    const reco__asker *user = &r->question.room.user;
    int64_t most = r->question.room.n + user->n + user->n_had + sides[RECO_USER].n_features +
                   sides[RECO_CONTEXT].n_features + 1;
    r->amounts = reco__scratch_take(scratch, most, sizeof *r->amounts);
    r->scored = reco__scratch_take(scratch, most, sizeof *r->scored);
}

/* Writes what the k-th entry of the asker is called, unless it is an item, whose index is returned. */
static int32_t name_entry(const reasons *r, int32_t k, char *name)
{
    const reco__asker *who = &r->question.who;
    const reco__side *sides = r->question.model->catalog->sides;
    int64_t of_user = k - who->n, of_context = of_user - who->about[RECO_USER].n,
            of_had = of_context - who->about[RECO_CONTEXT].n;
    name[0] = 0;
    if (of_user < 0) {
        return who->items[k];
    }
    if (of_context < 0) {
        reco__profile_name(&sides[RECO_USER], who->about[RECO_USER].numbers[of_user], name);
        return RECO_FEATURE;
    }
    if (of_had < 0) {
        reco__profile_name(&sides[RECO_CONTEXT], who->about[RECO_CONTEXT].numbers[of_context], name);
        return RECO_FEATURE;
    }
    return of_had < who->n_had ? who->had[of_had] : RECO_REST;
}

/* The entries with what each adds, most first. */
static reco_status list_amounts(const reasons *r, reco_list *list, const char *source, reco_error *err)
{
    reco_status status = RECO_OK;
    char name[RECO__FEATURE_NAME];
    const reco_query *query = r->question.query;
    int64_t n = reco__asker_entries(&r->question.who), wanted = (int64_t)query->limit + query->offset;
    reco__topk top = {.entries = r->scored, .capacity = (int32_t)(wanted < n ? wanted : n)};
    for (int64_t k = 0; k < n; k++) {
        if (isnan(r->amounts[k])) {
            TRY(reco__fail(err, RECO_ENUMERIC, "%s: a reason is not a number: are values too large?",
                           source));
        }
        if (r->amounts[k] != 0) {
            reco__topk_offer(&top, r->amounts[k], (int32_t)k);
        }
    }
    reco__topk_sort(&top);
    list->words.size = 0;
    for (int32_t k = 0; k < top.size; k++) {
        top.entries[k].index = name_entry(r, top.entries[k].index, name);
        if (k >= query->offset && top.entries[k].index == RECO_FEATURE) {
            TRY_ALLOC(reco__bytes_add(&list->words, name, (int64_t)strlen(name) + 1));
        }
    }
    TRY(reco__list_fill(list, r->question.model, RECO_ITEM, &top, query->offset, source, err));
done:
    return status;
}

static reco_status explain(reasons *r, int32_t item, reco_list *list, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_model *model = r->question.model;
    const reco__asker *who = &r->question.who;
    const char *source = model->algo->name;
    if (reco__model_answers(model, who)) {
        TRY(reco__answered(model, reco__model_amounts(model, who, item, r->amounts, &list->scratch), err));
    } else {
        int64_t n = reco__asker_entries(who);
        memset(r->amounts, 0, (size_t)n * sizeof *r->amounts);
        r->amounts[n - 1] = model->popularity[item];
        source = "popular";
    }
    TRY(list_amounts(r, list, source, err));
done:
    return status;
}

reco_status reco_model_explain(const reco_model *model, const char *item, const reco_query *query,
                               reco_list *list, reco_error *err)
{
    reco_status status = RECO_OK;
    reasons r;
    int32_t index;
    reco__scratch measure = {.data = NULL};
    GIVEN(model, item, query, list);
    list->size = list->withheld = 0;
    TRY(reco__question_begin(&r.question, model, query, err));
    TRY(reco_model_find(model, RECO_ITEM, item, &index, err));
    lay_out(&r, &measure);
    reco__model_layout(model, &measure);
    TRY(reco__list_start(list, 0, measure.peak, err));
    lay_out(&r, &list->scratch);
    TRY(reco__question_bind(&r.question, err));
    list->skipped = r.question.plan.skipped + r.question.room.skipped;
    list->withheld = r.question.who.withheld;
    TRY(explain(&r, index, list, err));
done:
    return status;
}
