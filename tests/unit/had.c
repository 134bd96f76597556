/* SPDX-License-Identifier: MIT */
/* What was had and is no taste: goods that came back, what is disliked, ratings below what is liked. No model recommends it
 * to who had it, however it is asked. */
#include "support/made.h"

#include "model/model.h"

#include <stdio.h>

enum { DAY = 86400, USERS = 80, ITEMS = 30 };

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    return b;
}

static reco_data *finished(reco_builder *b)
{
    reco_data *data = NULL;
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

static void add(reco_builder *b, const char *user, const char *item, float value, int64_t time)
{
    OK(reco_builder_add_event(b, user, item, NULL, value, time, &err));
}

/* The one pair's value, or 0 when it is no taste. */
static float value_of(const reco_data *data)
{
    assert_int_equal(reco_data_count(data, "pairs") + reco_data_count(data, "pairs_had"), 1);
    return reco_data_count(data, "pairs") ? data->history->x.value[0] : 0;
}

static void test_what_rounding_left_is_nothing(void **state)
{
    (void)state;
    static const struct {
        float value[3];
        bool taste;
    } cases[] = {{{0.3f, 0.6f, -0.9f}, false}, {{0.1f, 0.2f, -0.3f}, false}, {{1e6f, -1e6f, 1e-6f}, false},
                 {{1, -0.999f, 0}, true},      {{1e-30f, 1e-30f, 0}, true},  {{1000, -999, 0}, true}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        reco_builder *b = new_builder();
        for (int e = 0; e < 3; e++) {
            add(b, "ann", "mug", cases[k].value[e], RECO_NO_TIME);
        }
        reco_data *data = finished(b);
        assert_true((value_of(data) > 0) == cases[k].taste);
        assert_int_equal(reco_data_count(data, "pairs_returned"), !cases[k].taste);
        reco_data_free(data);
    }
}

/* Returns meet what was taken last before them, and what is left ages: by half each day, and today is day 4. */
static void test_returns_come_before_aging(void **state)
{
    (void)state;
    static const struct {
        int n;
        struct {
            float value;
            int day;
        } event[4];
        double left;
    } cases[] = {
        {2, {{2, 0}, {-1, 4}}, 1.0 / 16},            /* one of two old ones is left */
        {2, {{1, 0}, {-1, 4}}, 0},                   /* gone, not less than nothing */
        {3, {{1, 0}, {-1, 1}, {1, 4}}, 1},           /* the new one is another */
        {3, {{1, 0}, {1, 3}, {-1, 4}}, 1.0 / 16},    /* the newer one came back */
        {3, {{-1, 0}, {2, 2}, {1, 4}}, 1.0 / 4 + 1}, /* taken before the data begin: the first counts less */
        {4, {{3, 0}, {2, 1}, {-3, 2}, {1, 3}}, 2.0 / 16 + 0.5},
        {4, {{1, 0}, {-2, 1}, {3, 2}, {-1, 4}}, 1.0 / 4},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        reco_builder *b = new_builder();
        OK(reco_builder_set(b, "half_life_days", 1, &err));
        OK(reco_builder_set(b, "reference_time", 4 * DAY, &err));
        for (int e = 0; e < cases[k].n; e++) {
            add(b, "ann", "mug", cases[k].event[e].value, cases[k].event[e].day * DAY);
        }
        reco_data *data = finished(b);
        assert_true(value_of(data) == (float)cases[k].left);
        reco_data_free(data);
    }
    /* and what aged to nothing is no entry, but was had */
    reco_builder *b = new_builder();
    OK(reco_builder_set(b, "half_life_days", 0.1, &err));
    add(b, "ann", "mug", 1, 0);
    add(b, "ann", "lamp", 1, 1000 * DAY);
    reco_data *data = finished(b);
    assert_int_equal(reco_data_count(data, "pairs"), 1);
    assert_int_equal(reco_data_count(data, "pairs_had"), 1);
    reco_data_free(data);
}

/* ---- hidden ---- */

/* Every user took some items; of those with (u + i) % 5 == 0 all came back, or they are rated below what is liked. Who is a
 * multiple of 9 had nothing else. */
static bool took(int32_t u, int32_t i)
{
    return (u * 7 + i * i * 3 + u * i) % 11 < 3;
}

static bool disliked(int32_t u, int32_t i)
{
    return (u + i) % 5 == 0 || u % 9 == 0;
}

static reco_data *data_of(bool ratings)
{
    reco_builder *b = new_builder();
    if (ratings) {
        OK(reco_builder_set_text(b, "values", "ratings", &err));
        OK(reco_builder_set(b, "like_from", 3, &err));
    }
    for (int32_t u = 0; u < USERS; u++) {
        for (int32_t i = 0; i < ITEMS; i++) {
            char user[16], item[16], text[32];
            snprintf(user, sizeof user, "u%d", (int)u);
            snprintf(item, sizeof item, "i%d", (int)i);
            snprintf(text, sizeof text, "word%d other%d", (int)(i % 5), (int)(i % 3));
            OK(reco_builder_add_text(b, RECO_ITEM, item, "title", text, &err));
            if (took(u, i) && ratings) {
                add(b, user, item, disliked(u, i) ? (float)(i % 3) : (float)(3 + i % 3), 1000 + i);
            } else if (took(u, i)) {
                add(b, user, item, 2, 1000 + i);
                if (disliked(u, i)) {
                    add(b, user, item, -2, 1001 + i);
                }
            }
        }
    }
    return finished(b);
}

static int32_t number_of(const reco_model *model, int32_t u)
{
    char id[16];
    int32_t index;
    snprintf(id, sizeof id, "u%d", (int)u);
    OK(reco_model_find(model, RECO_USER, id, &index, &err));
    return index;
}

/* None of a list's items was had by user u; told [ITEMS]: what was had besides, or NULL. */
static void check_hidden(const reco_model *model, int32_t u, const int32_t *items, int32_t n,
                         const bool *told)
{
    for (int32_t k = 0; k < n; k++) {
        int32_t i = atoi(reco_model_id(model, RECO_ITEM, items[k]) + 1);
        assert_false(u >= 0 && took(u, i));
        assert_false(told && told[i]);
    }
}

static void check_singly(const reco_model *model)
{
    bool told[ITEMS] = {false};
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(query, ITEMS, &err));
    told[5] = told[6] = true;
    for (int32_t u = 0; u < USERS; u++) {
        char user[16];
        snprintf(user, sizeof user, "u%d", (int)u);
        OK(reco_query_user(query, user, &err));
        OK(reco_model_recommend(model, query, list, &err));
        check_hidden(model, u, reco_list_items(list), reco_list_size(list), NULL);
        OK(reco_query_event(query, "i5", NULL, -1, RECO_NO_TIME, &err)); /* in ratings too no taste */
        OK(reco_query_event(query, "i6", NULL, 4, RECO_NO_TIME, &err));
        OK(reco_model_recommend(model, query, list, &err));
        check_hidden(model, u, reco_list_items(list), reco_list_size(list), told);
        OK(reco_query_user(query, user, &err));
        reco_query_include_seen(query, 1);
        OK(reco_model_recommend(model, query, list, &err));
        reco_query_include_seen(query, 0);
    }
    reco_query_reset(query);
    OK(reco_query_event(query, "i5", NULL, -1, RECO_NO_TIME, &err));
    OK(reco_query_event(query, "i6", NULL, 4, RECO_NO_TIME, &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_true(reco_list_size(list) > 0);
    check_hidden(model, -1, reco_list_items(list), reco_list_size(list), told);
    reco_list_free(list);
    reco_query_free(query);
}

/* All users at once, who are many enough for a block where there are factors. */
static void check_batch(const reco_model *model)
{
    static int32_t items[USERS * ITEMS], sizes[USERS];
    reco_query *query = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, ITEMS, &err));
    OK(reco_model_recommend_batch(model, query, NULL, USERS, 1, NULL, items, NULL, sizes, NULL, &err));
    for (int32_t u = 0; u < USERS; u++) {
        check_hidden(model, u, items + number_of(model, u) * ITEMS, sizes[number_of(model, u)], NULL);
    }
    reco_query_free(query);
}

/* Everybody took item 1 in the test data: it is held out of who did not have it. */
static void check_evaluation(const reco_model *model, bool ratings)
{
    bool all = ratings && reco__model_rates(model); /* who rated anything can be asked for */
    reco_builder *b = new_builder();
    reco_protocol *protocol = NULL;
    reco_report *report = NULL;
    char metrics[64];
    int32_t held = 0, hidden = 0;
    snprintf(metrics, sizeof metrics, "recall@%d,coverage@%d", (int)ITEMS, (int)ITEMS);
    for (int32_t u = 0; u < USERS; u++) {
        char user[16];
        bool has = false;
        snprintf(user, sizeof user, "u%d", (int)u);
        for (int32_t i = 0; i < ITEMS; i++) {
            has = has || (took(u, i) && (all || !disliked(u, i)));
        }
        add(b, user, "i1", 1, RECO_NO_TIME);
        held += has && !took(u, 1);
        hidden += has && took(u, 1);
    }
    assert_true(held > 0 && hidden > 0);
    reco_data *test = finished(b);
    OK(reco_protocol_new(&protocol, &err));
    OK(reco_protocol_set_text(protocol, "metrics", metrics, &err));
    OK(reco_model_evaluate(model, test, NULL, protocol, NULL, &report, &err));
    assert_int_equal(reco_report_count(report, "users"), held);
    assert_int_equal(reco_report_count(report, "users_without_test"), hidden);
    reco_report_free(report);
    reco_protocol_free(protocol);
    reco_data_free(test);
}

static void test_hidden_from_who_had_it(void **state)
{
    const char *algo = *state;
    for (int ratings = 0; ratings < 2; ratings++) {
        reco_data *data = data_of(ratings);
        assert_true(reco_data_count(data, "pairs_had") > USERS);
        reco_model *model = made_fitted(algo, data, 1), *loaded = NULL;
        reco_data_free(data);
        int64_t n, again_n;
        void *bytes = made_bytes(model, RECO_SAVE_ALL, &n), *again;
        OK(reco_model_load_bytes(&loaded, bytes, n, &err));
        for (int k = 0; k < 2; k++) {
            check_singly(k ? loaded : model);
            check_batch(k ? loaded : model);
            check_evaluation(k ? loaded : model, ratings);
        }
        again = made_bytes(loaded, RECO_SAVE_ALL, &again_n);
        assert_int_equal(n, again_n);
        assert_memory_equal(bytes, again, (size_t)n);
        assert_true(made_same(made_ask(model, USERS, MADE_USERS | MADE_HISTORIES),
                              made_ask(loaded, USERS, MADE_USERS | MADE_HISTORIES)));
        reco_bytes_free(bytes);
        reco_bytes_free(again);
        reco_model_free(model);
        reco_model_free(loaded);
    }
}

int main(void)
{
    const struct CMUnitTest of_data[] = {
        cmocka_unit_test(test_what_rounding_left_is_nothing),
        cmocka_unit_test(test_returns_come_before_aging),
    };
    const struct CMUnitTest of_models[] = {
        cmocka_unit_test(test_hidden_from_who_had_it),
    };
    int failed = cmocka_run_group_tests(of_data, NULL, NULL);
    return failed + made_run(of_models, 1);
}
