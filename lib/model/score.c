/* SPDX-License-Identifier: MIT */
/* Scores by whatever a model's algorithm is, for the driver, for hybrids and for evaluation. */
#include "kernel/kernel.h"
#include "model.h"

#include <math.h>
#include <string.h>

int64_t reco__scratch_need(int64_t count, size_t size)
{
    int64_t bytes;
    if (!reco__mul(count, (int64_t)size, &bytes) || !reco__add(bytes, RECO__ALIGN, &bytes)) {
        return INT64_MAX / 64; /* more than any allocation gives */
    }
    return bytes / RECO__ALIGN * RECO__ALIGN + RECO__ALIGN;
}

void *reco__scratch_take(reco__scratch *scratch, int64_t count, size_t size)
{
    char *memory = scratch->data + scratch->used;
    scratch->used += reco__scratch_need(count, size);
    return memory;
}

static int32_t has_factors(const reco_model *model)
{
    return model->algo->fold_in != NULL;
}

/* A factor model's own need: the asker's factors. */
static int64_t own_need(const reco_model *model)
{
    int64_t need = model->algo->scratch ? model->algo->scratch(model) : 0;
    if (has_factors(model)) {
        reco__factors f;
        model->algo->factors(model, &f);
        need += reco__scratch_need(f.n, sizeof(float));
    }
    return need;
}

int64_t reco__model_scratch(const reco_model *model)
{
    return own_need(model);
}

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
    return has && (model->algo->similar != NULL || has_factors(model));
}

int32_t reco__model_has_explain(const reco_model *model)
{
    int32_t has = model->n_parts == 0;
    for (int32_t k = 0; k < model->n_parts; k++) {
        has = has || reco__model_has_explain(model->parts[k]);
    }
    return has && model->algo->explain != NULL;
}

int32_t reco__model_sparse(const reco_model *model)
{
    for (int32_t k = 0; k < model->n_parts; k++) {
        if (!reco__model_sparse(model->parts[k])) {
            return 0;
        }
    }
    return model->n_parts > 0 || (model->algo->traits & RECO__SPARSE);
}

/* scores = rows of the item factors . x */
static void multiply(const reco__factors *f, const float *x, const reco__items *which, float *scores)
{
    const reco__kernels *kernels = reco__kernels_best();
    if (!which->index) {
        kernels->matvec(f->items, which->n, f->stride, f->n, x, scores);
        return;
    }
    kernels->matvec_at(f->items, which->index, which->n, f->stride, f->n, x, scores);
}

reco_status reco__model_scores(const reco_model *model, const reco__asker *who, const reco__items *which,
                               float *scores, reco__scratch *scratch)
{
    int64_t mark = scratch->used;
    reco_status status = RECO_OK;
    if (!has_factors(model)) {
        status = model->algo->score(model, who, which, scores, scratch);
    } else {
        reco__factors f;
        model->algo->factors(model, &f);
        const float *x = f.users && who->user >= 0 ? f.users + who->user * f.stride : NULL;
        if (!x) {
            float *folded = reco__scratch_take(scratch, f.n, sizeof *folded);
            status = model->algo->fold_in(model, who, folded, scratch);
            x = folded;
        }
        if (status == RECO_OK) {
            multiply(&f, x, which, scores);
        }
    }
    scratch->used = mark;
    return status;
}

/* Cosine of item factors; 0 for an item of zero length. */
static void cosines(const reco_model *model, int32_t item, const reco__items *which, float *scores)
{
    const reco__kernels *kernels = reco__kernels_best();
    reco__factors f;
    model->algo->factors(model, &f);
    const float *x = f.items + item * f.stride;
    double length = sqrt((double)kernels->dot(x, x, f.n));
    multiply(&f, x, which, scores);
    for (int32_t k = 0; k < which->n; k++) {
        const float *y = f.items + reco__item(which, k) * f.stride;
        double product = length * sqrt((double)kernels->dot(y, y, f.n));
        scores[k] = product > 0 ? (float)((double)scores[k] / product) : 0;
    }
}

reco_status reco__model_similars(const reco_model *model, int32_t item, const reco__items *which,
                                 float *scores, reco__scratch *scratch)
{
    if (model->algo->similar) {
        int64_t mark = scratch->used;
        reco_status status = model->algo->similar(model, item, which, scores, scratch);
        scratch->used = mark;
        return status;
    }
    cosines(model, item, which, scores);
    return RECO_OK;
}

reco_status reco__model_amounts(const reco_model *model, const reco__asker *who, int32_t item, float *amounts,
                                reco__scratch *scratch)
{
    int64_t mark = scratch->used;
    reco_status status = model->algo->explain(model, who, item, amounts, scratch);
    scratch->used = mark;
    return status;
}
