/* SPDX-License-Identifier: MIT */
/* Reasons: what each entry of whoever asks adds to an item's score, and what none of them does: the rest. */
#include "list.h"
#include "question.h"

#include <math.h>

/* What it works with: an amount for each entry of the history, and for the rest. */
typedef struct reasons {
    reco__question question;
    float *amounts;       /* [most] */
    reco__scored *scored; /* [most] */
} reasons;

static void lay_out(reasons *r, reco__scratch *scratch)
{
    reco__question_layout(&r->question, scratch);
    int64_t most = r->question.room.n + r->question.room.user.n + 1;
    r->amounts = reco__scratch_take(scratch, most, sizeof *r->amounts);
    r->scored = reco__scratch_take(scratch, most, sizeof *r->scored);
}

/* The entries with what each adds, most first; the rest is entry n. */
static reco_status list_amounts(const reasons *r, const reco_model *model, reco_list *list,
                                const char *source, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_query *query = r->question.plan.query;
    int64_t n = r->question.who.n + 1, wanted = (int64_t)query->limit + query->offset;
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
    for (int32_t k = 0; k < top.size; k++) {
        int32_t entry = top.entries[k].index;
        top.entries[k].index = entry < r->question.who.n ? r->question.who.items[entry] : RECO_REST;
    }
    TRY(reco__list_fill(list, model, &top, query->offset, source, err));
done:
    return status;
}

static reco_status explain(reasons *r, const reco_model *model, int32_t item, reco_list *list,
                           reco_error *err)
{
    reco_status status = RECO_OK;
    const reco__asker *who = &r->question.who;
    const char *source = model->algo->name;
    if (reco__model_answers(model, who)) {
        TRY(reco__answered(model, reco__model_amounts(model, who, item, r->amounts, &list->scratch), err));
    } else {
        memset(r->amounts, 0, (size_t)who->n * sizeof *r->amounts);
        r->amounts[who->n] = model->popularity[item];
        source = "popular";
    }
    TRY(list_amounts(r, model, list, source, err));
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
    list->size = 0;
    TRY(reco__question_begin(&r.question, model, query, err));
    TRY(reco_model_find(model, RECO_ITEM, item, &index, err));
    lay_out(&r, &measure);
    reco__model_layout(model, &measure);
    TRY(reco__list_start(list, 0, measure.peak, err));
    lay_out(&r, &list->scratch);
    TRY(reco__question_bind(&r.question, err));
    list->skipped = r.question.plan.skipped + r.question.room.skipped;
    TRY(explain(&r, model, index, list, err));
done:
    return status;
}
