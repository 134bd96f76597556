/* SPDX-License-Identifier: MIT */
/* Ten thousand times: make a model, fit it, ask it, free it, through all algorithms in turn. Memory stays where it was
 * after the first few: nothing is leaked, and nothing is kept. */
#include "support/made.h"

#include <stdio.h>
#include <unistd.h>

enum { ROUNDS = 10000, WARM = 1000, USERS = 12, ITEMS = 10, SLACK = 1 << 20 /* bytes */ };

/* Bytes that the process has in memory. */
static int64_t resident(void)
{
    long long pages = -1;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*s %lld", &pages), 1);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

static void one_round(const char *algo, const reco_data *data)
{
    reco_query *query = NULL;
    reco_list *list = NULL;
    reco_model *model = made_fitted(algo, data, 1);
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_user(query, "u3", &err));
    OK(reco_model_recommend(model, query, list, &err));
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
}

static void test_memory_is_flat(void **state)
{
    (void)state;
    int64_t before = 0;
    reco_data *data = made_data(USERS, ITEMS, 3);
    for (int32_t k = 0; k < WARM + ROUNDS; k++) {
        if (k == WARM) {
            before = resident();
        }
        one_round(reco_algo_name(k % reco_algo_size()), data);
    }
    int64_t grown = resident() - before;
    print_message("%d rounds: %+lld KiB\n", ROUNDS, (long long)(grown / 1024));
    assert_true(grown < SLACK);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory_is_flat)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
