/* SPDX-License-Identifier: MIT */
/* One fitted model answers any number of threads at the same time, each exactly as it answers one thread,
 * while other models are fitted, loaded and freed. Meant for the thread sanitizer; elsewhere it still
 * compares the answers. */
#include "support/made.h"

#include <pthread.h>

enum { THREADS = 8, USERS = 24, ITEMS = 20, ROUNDS = 6 };

typedef struct shared {
    const char *algo;
    const reco_data *data;
    const reco_model *model;
    const void *bytes;
    int64_t n;
    made_answers answers; /* of one thread */
} shared;

static void *ask_all(void *context)
{
    const shared *s = context;
    for (int32_t k = 0; k < ROUNDS; k++) {
        made_answers a = made_ask(s->model, USERS, MADE_USERS | MADE_HISTORIES);
        bool same =
            a.n == s->answers.n && memcmp(a.number, s->answers.number, (size_t)a.n * sizeof *a.number) == 0;
        free(a.number);
        if (!same) {
            return (void *)"answers differ";
        }
    }
    return NULL;
}

static void *load_and_free(void *context)
{
    const shared *s = context;
    for (int32_t k = 0; k < ROUNDS; k++) {
        reco_model *model = NULL;
        if (reco_model_load_bytes(&model, s->bytes, s->n, NULL) != RECO_OK) {
            return (void *)"a load failed";
        }
        reco_model_free(model);
    }
    return NULL;
}

static void *fit_and_free(void *context)
{
    const shared *s = context;
    for (int32_t k = 0; k < ROUNDS; k++) {
        reco_model *model = made_fitted(s->algo, s->data, 3);
        int64_t n = 0;
        void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
        bool same = n == s->n && memcmp(bytes, s->bytes, (size_t)n) == 0;
        reco_bytes_free(bytes);
        reco_model_free(model);
        if (!same) {
            return (void *)"a fit differs";
        }
    }
    return NULL;
}

static void test_one_model_for_many_threads(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 31);
    reco_model *model = made_fitted(*state, data, 1);
    shared s = {.algo = *state, .data = data, .model = model};
    s.bytes = made_bytes(model, RECO_SAVE_ALL, &s.n);
    s.answers = made_ask(model, USERS, MADE_USERS | MADE_HISTORIES);
    pthread_t threads[THREADS + 2];
    for (int32_t k = 0; k < THREADS + 2; k++) {
        void *(*body)(void *) = k < THREADS ? ask_all : k == THREADS ? load_and_free : fit_and_free;
        assert_int_equal(pthread_create(&threads[k], NULL, body, &s), 0);
    }
    for (int32_t k = 0; k < THREADS + 2; k++) {
        void *complaint = NULL;
        assert_int_equal(pthread_join(threads[k], &complaint), 0);
        if (complaint) {
            fail_msg("%s", (const char *)complaint);
        }
    }
    free(s.answers.number);
    reco_bytes_free((void *)s.bytes);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_batches_and_fits_with_threads(void **state)
{
    enum { LIMIT = 5 };
    reco_data *data = made_data(200, ITEMS, 32);
    reco_model *model = made_fitted(*state, data, 4);
    reco_query *query = NULL;
    int32_t items[200 * LIMIT], sizes[200];
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    OK(reco_model_recommend_batch(model, query, NULL, 200, 8, NULL, items, NULL, sizes, NULL, &err));
    for (int32_t u = 0; u < 200; u++) {
        assert_true(sizes[u] >= 0 && sizes[u] <= LIMIT);
    }
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_model_for_many_threads),
        cmocka_unit_test(test_batches_and_fits_with_threads),
    };
    return made_run(tests, sizeof tests / sizeof *tests);
}
