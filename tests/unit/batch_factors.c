/* SPDX-License-Identifier: MIT */
/* Batches of a factor model against single questions: the same items and the same bits, whatever is asked,
 * for models with factors of any kind and with so few different ones that most scores are equal. */
#include "base/memory.h"
#include "base/rng.h"
#include "kernel/kernel.h"
#include "model/model.h"

#include <reco/reco.h>

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { USERS = 230, ITEMS = 330 };

static reco__rng rng;
static reco_error err;

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if (call) {                                                                                          \
            fail_msg("%s: %s", #call, err.message);                                                          \
        }                                                                                                    \
    } while (0)

static int64_t below(int64_t n)
{
    return (int64_t)reco__rng_below(&rng, (uint64_t)n);
}

static reco_data *make_data(void)
{
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    for (int64_t i = 0; i < ITEMS; i++) {
        char id[16];
        int64_t user = below(USERS);
        snprintf(id, sizeof id, "%d", (int)i);
        OK(reco_builder_add_events_i64(b, 1, &user, &i, NULL, NULL, &err));
        OK(reco_builder_add_number(b, RECO_ITEM, id, "price", (double)(i % 10), &err));
    }
    for (int64_t u = 0; u < USERS; u++) {
        float value = u % 20 ? 1 : -1; /* some have nothing left */
        for (int64_t k = u % 20 ? below(u % 7 == 0 ? 200 : 20) : 1; k >= 0; k--) {
            int64_t item = below(ITEMS);
            OK(reco_builder_add_events_i64(b, 1, &u, &item, &value, NULL, &err));
        }
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* Other factors than those learned: small whole numbers, so that most scores are equal, or anything. */
static void set_factors(const reco_model *m, int64_t kinds)
{
    reco__factors f;
    m->algo->factors(m, &f);
    float *sides[] = {(float *)f.users, (float *)f.items};
    for (int32_t side = 0; side < 2; side++) {
        int64_t n = (side ? m->n_items : m->n_users) * f.stride;
        for (int64_t k = 0; k < n; k++) {
            sides[side][k] = kinds ? (float)(below(kinds) - kinds / 2) : (float)(reco__rng_unit(&rng) - 0.5);
        }
    }
}

static int32_t odd_ones(void *context, int32_t item, const char *id)
{
    (void)context;
    (void)id;
    return item % 2;
}

static void some_ids(const char **ids, char (*text)[16], int64_t n)
{
    for (int64_t k = 0; k < n; k++) {
        snprintf(text[k], sizeof text[k], "%d", (int)below(ITEMS));
        ids[k] = text[k];
    }
}

/* A question of any kind. */
static int32_t draw_query(reco_query *q)
{
    static const int32_t limits[] = {0, 1, 2, 10, 20, 64, 300, ITEMS, 5000};
    char text[150][16];
    const char *ids[150];
    int32_t limit = limits[below(9)];
    reco_query_reset(q);
    OK(reco_query_limit(q, limit, &err));
    OK(reco_query_offset(q, below(3) ? 0 : (int32_t)below(30), &err));
    reco_query_include_seen(q, (int32_t)below(2));
    if (below(3) == 0) {
        int64_t n = below(150);
        some_ids(ids, text, n);
        OK(reco_query_include(q, ids, n, &err));
    }
    if (below(3) == 0) {
        int64_t n = below(150);
        some_ids(ids, text, n);
        OK(reco_query_exclude(q, ids, n, &err));
    }
    if (below(4) == 0) {
        OK(reco_query_where(q, "price>=3", &err));
    }
    if (below(4) == 0) {
        reco_query_filter(q, odd_ones, NULL);
    }
    return limit;
}

static void compare(const reco_model *m, reco_query *q, int32_t limit, int32_t threads)
{
    int32_t *items = reco__alloc_zero((int64_t)USERS * limit, sizeof *items), sizes[USERS];
    float *scores = reco__alloc_zero((int64_t)USERS * limit, sizeof *scores);
    reco_status statuses[USERS];
    reco_list *list;
    assert_true(items && scores);
    OK(reco_list_new(&list, &err));
    OK(reco_model_recommend_batch(m, q, NULL, m->n_users, threads, NULL, items, scores, sizes, statuses,
                                  &err));
    for (int32_t u = 0; u < m->n_users; u++) {
        OK(reco_query_user(q, reco_model_id(m, RECO_USER, u), &err));
        assert_int_equal(reco_model_recommend(m, q, list, &err), statuses[u]);
        assert_int_equal(reco_list_size(list), sizes[u]);
        size_t bytes = (size_t)sizes[u] * 4;
        if (bytes > 0) {
            assert_memory_equal(reco_list_items(list), items + (int64_t)u * limit, bytes);
            assert_memory_equal(reco_list_scores(list), scores + (int64_t)u * limit, bytes);
        }
    }
    reco_list_free(list);
    reco__free(items);
    reco__free(scores);
}

static reco_model *fitted(const reco_data *data, int32_t factors)
{
    reco_model *m;
    OK(reco_model_new(&m, "als", &err));
    OK(reco_model_set(m, "factors", factors, &err));
    OK(reco_model_set(m, "iterations", 1, &err));
    OK(reco_model_fit(m, data, NULL, &err));
    return m;
}

static void test_batches_equal_single_questions(void **state)
{
    (void)state;
    static const int64_t kinds[] = {0, 1, 2, 3, 5};
    reco_data *data = make_data();
    reco_query *q;
    OK(reco_query_new(&q, &err));
    for (int32_t level = 0; reco__kernels_level(level); level++) {
        reco__kernels_force(reco__kernels_level(level));
        for (int32_t round = 0; round < 40; round++) {
            reco_model *m = fitted(data, 1 + (int32_t)below(40));
            set_factors(m, kinds[round % 5]);
            int32_t limit = draw_query(q);
            compare(m, q, limit, 1 + (int32_t)below(3));
            reco_model_free(m);
        }
    }
    reco__kernels_force(NULL);
    reco_query_free(q);
    reco_data_free(data);
}

/* Users whose scores overflow fail alone; those beside them are answered. */
static void test_overflow_is_the_users_own(void **state)
{
    (void)state;
    reco_data *data = make_data();
    reco_model *m = fitted(data, 3);
    reco_query *q;
    reco__factors f;
    OK(reco_query_new(&q, &err));
    set_factors(m, 0);
    m->algo->factors(m, &f);
    for (int32_t k = 0; k < 3; k++) {
        ((float *)f.users)[5 * f.stride + k] = FLT_MAX;
        ((float *)f.users)[9 * f.stride + k] = -1e30f;
    }
    ((float *)f.items)[7 * f.stride] = 50;
    compare(m, q, 10, 2);
    int32_t items[USERS * 10], sizes[USERS];
    assert_int_equal(reco_model_recommend_batch(m, q, NULL, USERS, 1, NULL, items, NULL, sizes, NULL, &err),
                     RECO_ENUMERIC);
    assert_true(sizes[4] == 10 && sizes[5] == 0 && sizes[6] == 10 && sizes[9] == 10);
    reco_query_free(q);
    reco_model_free(m);
    reco_data_free(data);
}

static void test_unknown_users_fail_alone(void **state)
{
    (void)state;
    reco_data *data = make_data();
    reco_model *m = fitted(data, 5);
    reco_query *q;
    OK(reco_query_new(&q, &err));
    static const char *users[100];
    for (int32_t k = 0; k < 100; k++) {
        users[k] = k == 50 ? "nobody" : k == 60 ? NULL : reco_model_id(m, RECO_USER, 2 * k + 1);
    }
    int32_t items[1000], all[USERS * 10], sizes[USERS], all_sizes[USERS];
    reco_status statuses[100];
    OK(reco_model_recommend_batch(m, q, NULL, USERS, 2, NULL, all, NULL, all_sizes, NULL, &err));
    OK(reco_model_recommend_batch(m, q, users, 100, 2, NULL, items, NULL, sizes, statuses, &err));
    for (int32_t k = 0; k < 100; k++) {
        assert_int_equal(statuses[k], k == 50 ? RECO_ENOTFOUND : k == 60 ? RECO_EINVAL : RECO_OK);
        assert_int_equal(sizes[k], statuses[k] ? 0 : all_sizes[2 * k + 1]);
        assert_memory_equal(items + k * 10, all + (2 * k + 1) * 10, (size_t)sizes[k] * 4);
    }
    assert_int_equal(reco_model_recommend_batch(m, q, users, 100, 2, NULL, items, NULL, sizes, NULL, &err),
                     RECO_ENOTFOUND);
    assert_non_null(strstr(err.message, "nobody"));
    reco_query_free(q);
    reco_model_free(m);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches_equal_single_questions),
        cmocka_unit_test(test_overflow_is_the_users_own),
        cmocka_unit_test(test_unknown_users_fail_alone),
    };
    rng = reco__rng_key(11, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
