/* SPDX-License-Identifier: MIT */
/* Every algorithm: questions and batches that are ended from outside, by a filter or by a run, give nothing and
 * leave everything usable; a run is told how far a batch is. */
#include "support/made.h"

#include <stdatomic.h>

enum { USERS = 300, ITEMS = 60, LIMIT = 5 };

/* Allows some items and then has had enough. */
static int32_t enough(void *context, int32_t item, const char *id)
{
    atomic_int *left = context;
    (void)item;
    (void)id;
    return atomic_fetch_sub(left, 1) > 0 ? 1 : -1;
}

static void test_a_filter_ends_a_question(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 4);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    for (int32_t allowed = 0; allowed < 3; allowed++) {
        atomic_int left = allowed;
        OK(reco_query_user(query, "u1", &err));
        reco_query_filter(query, enough, &left);
        FAILS(reco_model_recommend(model, query, list, &err), RECO_ECANCELLED);
        assert_int_equal(reco_list_size(list), 0);
    }
    reco_query_filter(query, NULL, NULL);
    OK(reco_model_recommend(model, query, list, &err));
    assert_true(reco_list_size(list) > 0);
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        const char *id = reco_model_id(model, RECO_ITEM, reco_list_items(list)[k]);
        assert_string_equal(reco_list_ids(list)[k], id);
        assert_string_equal(reco_list_id(list, k), id);
    }
    assert_null(reco_list_ids(NULL));
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

typedef struct batch {
    int32_t items[USERS * LIMIT], sizes[USERS];
    reco_status statuses[USERS];
} batch;

static reco_status answer(const reco_model *model, const reco_query *query, int32_t threads, reco_run *run,
                          batch *b, reco_error *err)
{
    for (int32_t u = 0; u < USERS; u++) {
        b->sizes[u] = b->statuses[u] = 7;
    }
    return reco_model_recommend_batch(model, query, NULL, USERS, threads, run, b->items, NULL, b->sizes,
                                      b->statuses, err);
}

static void nothing_answered(const batch *b)
{
    for (int32_t u = 0; u < USERS; u++) {
        assert_int_equal(b->sizes[u], 0);
        assert_int_equal(b->statuses[u], RECO_ECANCELLED);
    }
}

typedef struct told {
    int32_t calls, give_up_after;
    double last;
} told;

static int32_t note(void *context, const char *stage, double done)
{
    told *t = context;
    assert_string_equal(stage, "recommend");
    assert_true(done >= t->last && done <= 1);
    t->last = done;
    return ++t->calls > t->give_up_after;
}

static void test_a_batch_is_ended(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 4);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    batch b, whole;
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    OK(answer(model, query, 1, NULL, &whole, &err));
    for (int32_t threads = 1; threads <= 3; threads++) {
        reco_run *run = NULL;
        atomic_int left = 100;
        reco_query_filter(query, enough, &left);
        FAILS(answer(model, query, threads, NULL, &b, &err), RECO_ECANCELLED);
        nothing_answered(&b);
        reco_query_filter(query, NULL, NULL);

        told t = {.give_up_after = 1 << 30};
        OK(reco_run_new(&run, &err));
        reco_run_set_progress(run, note, &t);
        OK(answer(model, query, threads, run, &b, &err));
        assert_true(t.calls > 0 && t.last == 1);
        assert_memory_equal(b.sizes, whole.sizes, sizeof b.sizes);

        t = (told){.give_up_after = 0};
        FAILS(answer(model, query, threads, run, &b, &err), RECO_ECANCELLED);
        nothing_answered(&b);
        reco_run_free(run);
        OK(reco_run_new(&run, &err));
        reco_run_cancel(run);
        FAILS(answer(model, query, threads, run, &b, &err), RECO_ECANCELLED);
        nothing_answered(&b);
        reco_run_free(run);
    }
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_filter_ends_a_question),
        cmocka_unit_test(test_a_batch_is_ended),
    };
    return made_run(tests, sizeof tests / sizeof *tests);
}
