/* SPDX-License-Identifier: MIT */
#include "made.h"

#include <math.h>
#include <stdio.h>

static void add(made_answers *a, double number)
{
    assert_true(isfinite(number));
    if (a->n == a->capacity) {
        a->capacity = a->capacity ? 2 * a->capacity : 1024;
        a->number = realloc(a->number, (size_t)a->capacity * sizeof *a->number);
        assert_non_null(a->number);
    }
    a->number[a->n++] = number;
}

static void add_list(made_answers *a, reco_status status, const reco_list *list)
{
    add(a, status);
    add(a, reco_list_size(list));
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        add(a, reco_list_items(list)[k]);
        add(a, (double)reco_list_scores(list)[k]);
    }
    for (const char *c = reco_list_source(list); *c; c++) {
        add(a, *c);
    }
}

/* Lists and the scores of all items, for whoever the query says. */
static void ask(made_answers *a, const reco_model *model, const reco_query *query, reco_list *list)
{
    add_list(a, reco_model_recommend(model, query, list, NULL), list);
    for (int32_t i = 0; i < (int32_t)reco_model_count(model, "items"); i++) {
        float score = 0;
        const char *item = reco_model_id(model, RECO_ITEM, i);
        reco_status status = reco_model_score(model, query, &item, 1, &score, NULL);
        add(a, status);
        add(a, (double)score);
    }
}

static void ask_histories(made_answers *a, const reco_model *model, reco_query *query, reco_list *list)
{
    int32_t n_items = (int32_t)reco_model_count(model, "items");
    for (int32_t i = 0; i < n_items; i++) {
        const char *items[3];
        for (int32_t k = 0; k < 3; k++) {
            items[k] = reco_model_id(model, RECO_ITEM, (int32_t)((i + (int64_t)k * k * 5) % n_items));
        }
        OK(reco_query_history(query, items, NULL, i % 4, &err));
        ask(a, model, query, list);
        add_list(a, reco_model_similar(model, items[0], NULL, list, NULL), list);
    }
}

made_answers made_ask(const reco_model *model, int32_t n_users, int32_t what)
{
    made_answers a = {0};
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    for (int32_t u = 0; u < n_users && (what & MADE_USERS); u++) {
        char user[16];
        snprintf(user, sizeof user, "u%d", (int)u);
        OK(reco_query_user(query, user, &err));
        ask(&a, model, query, list);
        add_list(&a, reco_model_similar_users(model, user, NULL, list, NULL), list);
    }
    if (what & MADE_HISTORIES) {
        ask_histories(&a, model, query, list);
    }
    reco_list_free(list);
    reco_query_free(query);
    return a;
}

bool made_same(made_answers a, made_answers b)
{
    bool same = a.n == b.n && (a.n == 0 || memcmp(a.number, b.number, (size_t)a.n * sizeof *a.number) == 0);
    free(a.number);
    free(b.number);
    return same;
}

int made_run(const struct CMUnitTest *tests, size_t n)
{
    size_t algos = (size_t)reco_algo_size();
    struct CMUnitTest *all = calloc(n * algos, sizeof *all);
    char(*names)[96] = calloc(n * algos, sizeof *names);
    int failed = -1;
    if (all && names) {
        for (size_t k = 0; k < n * algos; k++) {
            const char *algo = reco_algo_name((int32_t)(k / n));
            all[k] = tests[k % n];
            snprintf(names[k], sizeof names[k], "%s:%s", algo, tests[k % n].name);
            all[k].name = names[k];
            all[k].initial_state = (void *)algo;
        }
        cmocka_set_test_filter(getenv("TESTS")); /* as "als:*"; all when it is not set */
        failed = _cmocka_run_group_tests("every algorithm", all, n * algos, NULL, NULL);
    }
    free(names);
    free(all);
    return failed;
}
