/* SPDX-License-Identifier: MIT */
/* A server that forks while its threads answer and learn: each child can answer, load and learn too. Every algorithm is
 * at work in the parent, so a lock that a child would find held shows as a child that does not end. */
#include "support/made.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 60, WORKERS = 3, USERS = 20, ITEMS = 16, PATIENCE = 60 /* seconds a child may take */ };

typedef struct work {
    const char *algo;
    const reco_data *data;
    const reco_model *model;
    const void *bytes;
    int64_t n;
    atomic_int stop;
} work;

/* Everything a process does with models. Returns 0 when all of it went well. */
static int do_all(const work *w)
{
    reco_query *query = NULL;
    reco_list *list = NULL;
    reco_model *fitted = made_model(w->algo), *loaded = NULL;
    bool good = reco_query_new(&query, NULL) == RECO_OK && reco_list_new(&list, NULL) == RECO_OK &&
                reco_query_user(query, "u3", NULL) == RECO_OK &&
                reco_model_recommend(w->model, query, list, NULL) == RECO_OK && reco_list_size(list) > 0 &&
                reco_model_load_bytes(&loaded, w->bytes, w->n, NULL) == RECO_OK &&
                reco_model_set(fitted, "threads", 2, NULL) == RECO_OK &&
                reco_model_fit(fitted, w->data, NULL, NULL) == RECO_OK;
    reco_model_free(fitted);
    reco_model_free(loaded);
    reco_list_free(list);
    reco_query_free(query);
    return good ? 0 : 1;
}

static void *keep_working(void *context)
{
    work *w = context;
    while (!w->stop && do_all(w) == 0) {
    }
    return NULL;
}

static void test_children_of_busy_parents(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 81);
    reco_model *model = made_fitted(*state, data, 1);
    work w = {.algo = *state, .data = data, .model = model};
    w.bytes = made_bytes(model, RECO_SAVE_ALL, &w.n);
    pthread_t threads[WORKERS];
    for (int32_t k = 0; k < WORKERS; k++) {
        assert_int_equal(pthread_create(&threads[k], NULL, keep_working, &w), 0);
    }
    int32_t failed = 0;
    for (int32_t k = 0; k < FORKS; k++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(PATIENCE); /* a child that hangs is killed by it */
            _exit(do_all(&w));
        }
        int ended = -1;
        failed += child < 0 || waitpid(child, &ended, 0) != child || ended != 0;
    }
    w.stop = 1;
    for (int32_t k = 0; k < WORKERS; k++) {
        assert_int_equal(pthread_join(threads[k], NULL), 0);
    }
    assert_int_equal(failed, 0);
    reco_bytes_free((void *)w.bytes);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_children_of_busy_parents)};
    return made_run(tests, 1);
}
