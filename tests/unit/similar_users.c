/* SPDX-License-Identifier: MIT */
/* Similar users of a factor model against cosines in double; what of a question holds; and consent. */
#include "model/model.h"

#include "support/made.h"

#include <reco/reco.h>

#include <math.h>
#include <stdio.h>

enum { USERS = 60, ITEMS = 40 };

/* Users k with k % 5 == 2 have not agreed to personal answers. */
static reco_model *made_als(void)
{
    reco_data *data = NULL;
    reco_model *model = NULL;
    reco_builder *b = made_builder(USERS, ITEMS, 3);
    for (int32_t k = 2; k < USERS; k += 5) {
        char id[16];
        snprintf(id, sizeof id, "u%d", (int)k);
        OK(reco_builder_set_consent(b, id, RECO_CONSENT_TRAINING, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    OK(reco_model_new(&model, "als", &err));
    OK(reco_model_set(model, "factors", 6, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
    reco_builder_free(b);
    return model;
}

static bool agreed(const reco_model *model, int32_t user)
{
    return atoi(reco_model_id(model, RECO_USER, user) + 1) % 5 != 2;
}

static double cosine(const reco_model *model, int32_t a, int32_t b)
{
    reco__factors f;
    double dot = 0, aa = 0, bb = 0;
    model->algo->factors(model, &f);
    for (int32_t k = 0; k < f.n; k++) {
        double x = f.users[a * f.stride + k], y = f.users[b * f.stride + k];
        dot += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa > 0 && bb > 0 ? dot / sqrt(aa * bb) : 0;
}

static void check_user(const reco_model *model, int32_t user, const reco_query *query, reco_list *list)
{
    bool listed[USERS] = {false};
    int32_t n = 0;
    OK(reco_model_similar_users(model, reco_model_id(model, RECO_USER, user), query, list, &err));
    for (int32_t u = 0; u < model->n_users; u++) {
        n += u != user && agreed(model, u) && cosine(model, user, u) != 0;
    }
    assert_int_equal(reco_list_size(list), n);
    for (int32_t k = 0; k < n; k++) {
        int32_t other = reco_list_items(list)[k];
        assert_true(other != user && agreed(model, other) && !listed[other]);
        assert_string_equal(reco_list_id(list, k), reco_model_id(model, RECO_USER, other));
        assert_true(fabs((double)reco_list_scores(list)[k] - cosine(model, user, other)) < 1e-5);
        assert_true(k == 0 || reco_list_scores(list)[k - 1] >= reco_list_scores(list)[k]);
        listed[other] = true;
    }
}

static void test_cosines_of_user_factors(void **state)
{
    reco_query *query = NULL;
    reco_list *list = NULL, *items = NULL;
    reco_model *model = made_als();
    (void)state;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_list_new(&items, &err));
    OK(reco_query_limit(query, USERS, &err));
    OK(reco_model_recommend(model, query, items, &err));
    for (int32_t user = 0; user < model->n_users; user++) {
        if (agreed(model, user)) {
            check_user(model, user, query, list);
        } else {
            FAILS(reco_model_similar_users(model, reco_model_id(model, RECO_USER, user), query, list, &err),
                  RECO_ENOTFOUND);
            assert_int_equal(reco_list_size(list), 0);
        }
    }
    /* The list serves items afterwards as before. */
    OK(reco_model_recommend(model, query, list, &err));
    assert_int_equal(reco_list_size(list), reco_list_size(items));
    for (int32_t k = 0; k < reco_list_size(items); k++) {
        assert_string_equal(reco_list_id(list, k), reco_list_id(items, k));
    }
    reco_list_free(list);
    reco_list_free(items);
    reco_query_free(query);
    reco_model_free(model);
}

static void test_limit_and_offset_hold(void **state)
{
    reco_query *query = NULL;
    reco_list *all = NULL, *page = NULL;
    reco_model *model = made_als();
    (void)state;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&all, &err));
    OK(reco_list_new(&page, &err));
    OK(reco_model_similar_users(model, "u0", NULL, page, &err));
    assert_int_equal(reco_list_size(page), 10);
    OK(reco_query_limit(query, INT32_MAX, &err));
    OK(reco_model_similar_users(model, "u0", query, all, &err));
    for (int32_t offset = 0; offset < USERS + 2; offset += 3) {
        for (int32_t limit = 0; limit < 9; limit += 4) {
            int32_t left = reco_list_size(all) > offset ? reco_list_size(all) - offset : 0;
            OK(reco_query_limit(query, limit, &err));
            OK(reco_query_offset(query, offset, &err));
            OK(reco_model_similar_users(model, "u0", query, page, &err));
            assert_int_equal(reco_list_size(page), left < limit ? left : limit);
            for (int32_t k = 0; k < reco_list_size(page); k++) {
                assert_int_equal(reco_list_items(page)[k], reco_list_items(all)[offset + k]);
                assert_true(reco_list_scores(page)[k] == reco_list_scores(all)[offset + k]);
            }
        }
    }
    reco_list_free(all);
    reco_list_free(page);
    reco_query_free(query);
    reco_model_free(model);
}

static int32_t allow_all(void *context, int32_t item, const char *id)
{
    (void)context;
    (void)item;
    return id != NULL;
}

static const char *set_nth(reco_query *query, int32_t k)
{
    static const char *const item = "i1";
    reco_query_reset(query);
    switch (k) {
    case 0:
        OK(reco_query_user(query, "u1", &err));
        return "'user'";
    case 1:
        OK(reco_query_history(query, &item, NULL, 1, &err));
        return "'history'";
    case 2:
        OK(reco_query_include(query, NULL, 0, &err));
        OK(reco_query_include(query, &item, 0, &err));
        return "'include'";
    case 3:
        OK(reco_query_exclude(query, &item, 1, &err));
        return "'exclude'";
    case 4:
        OK(reco_query_where(query, "price<5", &err));
        return "'where'";
    case 5:
        reco_query_filter(query, allow_all, NULL);
        return "'filter'";
    default:
        reco_query_include_seen(query, 1);
        return "'include_seen'";
    }
}

static void test_what_is_about_items_is_refused(void **state)
{
    reco_error why;
    reco_query *query = NULL;
    reco_list *list = NULL;
    reco_model *model = made_als();
    (void)state;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    for (int32_t k = 0; k < 7; k++) {
        OK(reco_model_similar_users(model, "u0", NULL, list, &err));
        const char *named = set_nth(query, k);
        assert_int_equal(reco_model_similar_users(model, "u0", query, list, &why), RECO_EINVAL);
        assert_non_null(strstr(why.message, named));
        assert_int_equal(reco_list_size(list), 0);
    }
    FAILS(reco_model_similar_users(NULL, "u0", NULL, list, &err), RECO_EINVAL);
    FAILS(reco_model_similar_users(model, NULL, NULL, list, &err), RECO_EINVAL);
    FAILS(reco_model_similar_users(model, "u0", NULL, NULL, &err), RECO_EINVAL);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
}

static void test_not_without_users(void **state)
{
    void *bytes;
    int64_t n;
    reco_list *list = NULL;
    reco_model *model = made_als(), *slim = NULL;
    (void)state;
    assert_int_equal(reco_model_can(model, "similar_users"), 1);
    bytes = made_bytes(model, RECO_SAVE_WITHOUT_USERS, &n);
    OK(reco_model_load_bytes(&slim, bytes, n, &err));
    OK(reco_list_new(&list, &err));
    assert_int_equal(reco_model_can(slim, "similar_users"), 0);
    FAILS(reco_model_similar_users(slim, "u0", NULL, list, &err), RECO_ESTATE);
    reco_bytes_free(bytes);
    reco_list_free(list);
    reco_model_free(model);
    reco_model_free(slim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cosines_of_user_factors),
        cmocka_unit_test(test_limit_and_offset_hold),
        cmocka_unit_test(test_what_is_about_items_is_refused),
        cmocka_unit_test(test_not_without_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
