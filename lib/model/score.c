/* SPDX-License-Identifier: MIT */
/* Scores by whatever a model's algorithm is, for the driver, for hybrids and for evaluation. */
#include "kernel/kernel.h"
#include "model.h"

#include <math.h>

int32_t reco__model_answers(const reco_model *model, const reco__asker *who)
{
    if (who->n > 0 || (model->algo->traits & RECO__ANSWERS_ALL)) {
        return 1;
    }
    for (int32_t k = 0; k < model->n_parts; k++) {
        if (reco__model_answers(model->parts[k], who)) {
            return 1;
        }
    }
    return 0;
}

int32_t reco__model_has_similar(const reco_model *model)
{
    int32_t has = model->n_parts == 0;
    for (int32_t k = 0; k < model->n_parts; k++) {
        has = has || reco__model_has_similar(model->parts[k]);
    }
    return has && (model->algo->similar != NULL || reco__model_has_factors(model));
}

int32_t reco__model_remembers(const reco_model *model)
{
    int32_t most = model->algo->remembers ? model->algo->remembers(model) : 0;
    for (int32_t k = 0; k < model->n_parts; k++) {
        int32_t part = reco__model_remembers(model->parts[k]);
        most = part > most ? part : most;
    }
    return most;
}

bool reco__model_rates(const reco_model *model)
{
    bool rates = model->algo->traits & RECO__RATINGS;
    for (int32_t k = 0; k < model->n_parts; k++) {
        rates = rates || reco__model_rates(model->parts[k]);
    }
    return rates;
}

int32_t reco__model_has_similar_users(const reco_model *model)
{
    return model->algo->similar_users != NULL || reco__model_has_factors(model);
}

/* ---- memory ---- */

static float *take_vector(const reco_model *model, reco__factors *f, reco__scratch *scratch)
{
    model->algo->factors(model, f);
    return reco__scratch_take(scratch, f->n, sizeof(float));
}

void reco__model_layout(const reco_model *model, reco__scratch *scratch)
{
    int64_t mark = scratch->used;
    reco__factors f;
    if (reco__model_has_factors(model)) {
        take_vector(model, &f, scratch);
    } else {
        reco__scores_take(scratch, model->n_items); /* of reco__score_and_gather */
    }
    if (model->algo->layout) {
        model->algo->layout(model, scratch);
    }
    scratch->used = mark;
}

/* ---- scores ---- */

reco_status reco__model_vector(const reco_model *model, const reco__factors *f, const reco__asker *who,
                               float *room, const float **x, reco__scratch *scratch)
{
    if (f->users && who->user >= 0) {
        *x = f->users + who->user * f->stride;
        return RECO_OK;
    }
    int64_t mark = scratch->used;
    reco_status status = model->algo->vector(model, who, room, scratch);
    scratch->used = mark;
    *x = room;
    return status;
}

static reco_status score_by_factors(const reco_model *model, const reco__asker *who, reco__scores *out,
                                    reco__scratch *scratch)
{
    reco__factors f;
    const float *x;
    float *room = take_vector(model, &f, scratch);
    reco_status status = reco__model_vector(model, &f, who, room, &x, scratch);
    if (status == RECO_OK) {
        reco__kernels_best()->matvec(f.items, model->n_items, f.stride, f.n, x, out->of);
        out->n = RECO__KNOWS_ALL;
    }
    return status;
}

reco_status reco__model_score(const reco_model *model, const reco__asker *who, reco__scores *out,
                              reco__scratch *scratch)
{
    int64_t mark = scratch->used;
    reco_status status = reco__model_has_factors(model) ? score_by_factors(model, who, out, scratch)
                                                        : model->algo->score(model, who, out, scratch);
    scratch->used = mark;
    return status;
}

reco_status reco__score_and_gather(const reco_model *model, const reco__asker *who, const int32_t *items,
                                   int32_t n, float *scores, reco__scratch *scratch)
{
    reco__scores all = reco__scores_take(scratch, model->n_items);
    reco_status status = model->algo->score(model, who, &all, scratch);
    for (int32_t k = 0; k < n && status == RECO_OK; k++) {
        scores[k] = all.of[items[k]];
    }
    return status;
}

static reco_status some_by_factors(const reco_model *model, const reco__asker *who, const int32_t *items,
                                   int32_t n, float *scores, reco__scratch *scratch)
{
    reco__factors f;
    const float *x;
    float *room = take_vector(model, &f, scratch);
    reco_status status = reco__model_vector(model, &f, who, room, &x, scratch);
    if (status == RECO_OK) {
        reco__kernels_best()->matvec_at(f.items, items, n, f.stride, f.n, x, scores);
    }
    return status;
}

reco_status reco__model_score_some(const reco_model *model, const reco__asker *who, const int32_t *items,
                                   int32_t n, float *scores, reco__scratch *scratch)
{
    int64_t mark = scratch->used;
    reco_status status =
        (reco__model_has_factors(model) ? some_by_factors
         : model->algo->score_some      ? model->algo->score_some
                                        : reco__score_and_gather)(model, who, items, n, scores, scratch);
    scratch->used = mark;
    return status;
}

/* Cosine of the rows of one side with row k; 0 where one of them has length 0. */
static void cosines(const reco__factors *f, const float *rows, int32_t k, reco__scores *out)
{
    const reco__kernels *kernels = reco__kernels_best();
    const float *x = rows + k * f->stride;
    double length = sqrt((double)kernels->dot(x, x, f->n));
    kernels->matvec(rows, out->n_items, f->stride, f->n, x, out->of);
    for (int32_t i = 0; i < out->n_items; i++) {
        const float *y = rows + i * f->stride;
        double product = length * sqrt((double)kernels->dot(y, y, f->n));
        out->of[i] = product > 0 ? (float)((double)out->of[i] / product) : 0;
    }
    out->n = RECO__KNOWS_ALL;
}

reco_status reco__model_similar(const reco_model *model, int32_t item, reco__scores *out,
                                reco__scratch *scratch)
{
    reco__factors f;
    if (!model->algo->similar) {
        model->algo->factors(model, &f);
        cosines(&f, f.items, item, out);
        return RECO_OK;
    }
    int64_t mark = scratch->used;
    reco_status status = model->algo->similar(model, item, out, scratch);
    scratch->used = mark;
    return status;
}

reco_status reco__model_similar_users(const reco_model *model, int32_t user, reco__scores *out,
                                      reco__scratch *scratch)
{
    reco__factors f;
    if (!model->algo->similar_users) {
        model->algo->factors(model, &f);
        cosines(&f, f.users, user, out);
        return RECO_OK;
    }
    int64_t mark = scratch->used;
    reco_status status = model->algo->similar_users(model, user, out, scratch);
    scratch->used = mark;
    return status;
}

reco_status reco__model_amounts(const reco_model *model, const reco__asker *who, int32_t item, float *amounts,
                                reco__scratch *scratch)
{
    int64_t n = reco__asker_entries(who);
    memset(amounts, 0, (size_t)n * sizeof *amounts);
    if (!model->algo->explain) {
        return reco__model_score_some(model, who, &item, 1, &amounts[n - 1], scratch);
    }
    int64_t mark = scratch->used;
    reco_status status = model->algo->explain(model, who, item, amounts, scratch);
    scratch->used = mark;
    return status;
}
