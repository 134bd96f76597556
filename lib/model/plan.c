/* SPDX-License-Identifier: MIT */
#include "plan.h"

reco_status reco__plan_ready(const reco_model *model, reco_error *err)
{
    return model->fitted && model->popularity
               ? RECO_OK
               : reco__fail(err, RECO_ESTATE, "%s: %s", model->algo->name,
                            model->fitted ? "a part of a hybrid is asked through the whole" : "not fitted");
}

reco_status reco__find_items(const reco_model *model, const reco_query *query, const reco__id_list *list,
                             int32_t *index, reco_error *err)
{
    const char *id = list->text.data;
    for (int64_t k = 0; k < list->n; k++) {
        reco_status status =
            reco_model_find(model, RECO_ITEM, id, &index[k], query->skip_unknown ? NULL : err);
        if (status == RECO_ENOTFOUND && query->skip_unknown) {
            index[k] = -1;
        } else if (status) {
            return status;
        }
        id += strlen(id) + 1;
    }
    return RECO_OK;
}

int64_t reco__drop_unknown(int32_t *index, int64_t n)
{
    int64_t kept = 0;
    for (int64_t k = 0; k < n; k++) {
        index[kept] = index[k];
        kept += index[k] >= 0;
    }
    return kept;
}

void reco__plan_layout(reco__plan *plan, const reco_model *model, const reco_query *query,
                       reco__scratch *scratch)
{
    *plan = (reco__plan){.model = model, .query = query};
    plan->tests = reco__scratch_take(scratch, query->where.n, sizeof *plan->tests);
    plan->exclude = reco__scratch_take(scratch, query->exclude.n, sizeof *plan->exclude);
    if (query->has_include) {
        plan->include = reco__scratch_take(scratch, query->include.n, sizeof *plan->include);
    }
    if (query->has_include || query->exclude.n > 0) {
        plan->allowed = reco__scratch_take(scratch, reco__bit_words(model->n_items), sizeof *plan->allowed);
    }
}

int32_t reco__plan_list(const reco__plan *plan, int32_t *items)
{
    int32_t found = 0;
    for (int64_t w = 0; w < reco__bit_words(plan->model->n_items); w++) {
        for (uint64_t rest = plan->allowed[w]; rest; rest &= rest - 1) {
            items[found++] = (int32_t)(w * 64 + __builtin_ctzll(rest));
        }
    }
    return found;
}

/* The bits of what is allowed, and the list of it. */
static void settle(reco__plan *plan, int64_t n_include)
{
    int32_t n = plan->model->n_items;
    int64_t words = reco__bit_words(n);
    memset(plan->allowed, plan->include ? 0 : 0xff, (size_t)words * sizeof *plan->allowed);
    if (!plan->include && n % 64) {
        plan->allowed[words - 1] = ((uint64_t)1 << (n % 64)) - 1;
    }
    for (int64_t k = 0; k < n_include; k++) {
        reco__bit_set(plan->allowed, plan->include[k]);
    }
    for (int64_t k = 0; k < plan->n_exclude; k++) {
        plan->allowed[plan->exclude[k] >> 6] &= ~((uint64_t)1 << (plan->exclude[k] & 63));
    }
    if (plan->include) {
        plan->n_include = reco__plan_list(plan, plan->include);
    }
}

reco_status reco__plan_bind(reco__plan *plan, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_query *query = plan->query;
    int64_t n_include = 0;
    if (query->has_include) {
        TRY(reco__find_items(plan->model, query, &query->include, plan->include, err));
        n_include = reco__drop_unknown(plan->include, query->include.n);
    }
    TRY(reco__find_items(plan->model, query, &query->exclude, plan->exclude, err));
    plan->n_exclude = reco__drop_unknown(plan->exclude, query->exclude.n);
    plan->skipped = query->include.n - n_include + query->exclude.n - plan->n_exclude;
    TRY(reco__where_bind(&query->where, plan->model->catalog, plan->tests, err));
    TRY(reco__query_needs(query, plan->model->catalog, plan->model->algo->name, &plan->needs, err));
    if (plan->allowed) {
        settle(plan, n_include);
    }
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
