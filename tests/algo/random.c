/* SPDX-License-Identifier: MIT */
/* random: uniform over items, the same for the same question, another for another asker or seed. */
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { USERS = 400, ITEMS = 20 };

static reco_model *fitted(double seed)
{
    reco_data *data = made_data(USERS, ITEMS, 1);
    reco_model *m = NULL;
    OK(reco_model_new(&m, "random", &err));
    OK(reco_model_set(m, "seed", seed, &err));
    OK(reco_model_fit(m, data, NULL, &err));
    reco_data_free(data);
    return m;
}

/* The first item for each user, seen ones allowed. */
static void firsts(const reco_model *m, int32_t *first)
{
    int32_t *sizes = test_malloc(USERS * sizeof *sizes);
    reco_query *q = NULL;
    OK(reco_query_new(&q, &err));
    OK(reco_query_limit(q, 1, &err));
    reco_query_include_seen(q, 1);
    OK(reco_model_recommend_batch(m, q, NULL, reco_model_count(m, "users"), 1, NULL, first, NULL, sizes, NULL,
                                  &err));
    reco_query_free(q);
    test_free(sizes);
}

static void test_every_item_comes_first_equally_often(void **state)
{
    (void)state;
    static int32_t first[USERS];
    double count[ITEMS] = {0}, chi = 0;
    for (int seed = 0; seed < 25; seed++) {
        reco_model *m = fitted(seed);
        firsts(m, first);
        for (int32_t u = 0; u < reco_model_count(m, "users"); u++) {
            count[first[u]]++;
        }
        reco_model_free(m);
    }
    double all = 0;
    for (int i = 0; i < ITEMS; i++) {
        all += count[i];
    }
    for (int i = 0; i < ITEMS; i++) {
        chi += pow(count[i] - all / ITEMS, 2) / (all / ITEMS);
    }
    assert_true(chi < 43.8); /* 19 degrees of freedom, p = 0.001; the draws are fixed, so it holds or not */
}

static void test_depends_on_seed_and_asker_alone(void **state)
{
    (void)state;
    static int32_t a[USERS], b[USERS], c[USERS];
    reco_model *one = fitted(1), *again = fitted(1), *other = fitted(2);
    firsts(one, a);
    firsts(again, b);
    firsts(other, c);
    int64_t n = reco_model_count(one, "users");
    assert_memory_equal(a, b, (size_t)n * sizeof *a);
    int same = 0;
    for (int64_t u = 0; u < n; u++) {
        same += a[u] == c[u];
    }
    assert_true(same < n / 5); /* one in twenty by chance */
    reco_model_free(one);
    reco_model_free(again);
    reco_model_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_comes_first_equally_often),
        cmocka_unit_test(test_depends_on_seed_and_asker_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
