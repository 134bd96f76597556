/* SPDX-License-Identifier: MIT */
/* What every algorithm must do, tested on each that is registered: the same bytes for any number of threads,
 * the same answers after saving and loading, and a definite outcome on poor data and wrong calls. The top-N
 * contract itself is in contract.c, concurrent use in concurrency.c, damaged files in damage.c, failing
 * memory in faults/. */
#include "support/made.h"

#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { USERS = 130, ITEMS = 41 };

/* ---- the same whatever the threads, and again ---- */

static void test_same_bytes_for_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 3, 8, 0};
    reco_data *data = made_data(USERS, ITEMS, 1);
    void *first = NULL;
    int64_t first_size = 0;
    for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
        reco_model *model = made_fitted(*state, data, threads[k]);
        int64_t n = 0;
        void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
        if (k == 0) {
            first = bytes;
            first_size = n;
        } else {
            assert_int_equal(n, first_size);
            assert_memory_equal(bytes, first, (size_t)n);
            reco_bytes_free(bytes);
        }
        reco_model_free(model);
    }
    reco_bytes_free(first);
    reco_data_free(data);
}

static void test_order_of_events_does_not_matter_to_the_fit(void **state)
{
    /* Users in reverse, each user's events in order: the data set is the same. */
    reco_builder *forward = NULL, *backward = NULL;
    OK(reco_builder_new(&forward, &err));
    OK(reco_builder_new(&backward, &err));
    for (int32_t k = 0; k < 60; k++) {
        for (int32_t way = 0; way < 2; way++) {
            char user[16], item[16];
            int32_t n = way ? 59 - k : k;
            snprintf(user, sizeof user, "u%d", (int)(n % 12));
            snprintf(item, sizeof item, "i%d", (int)(n * 7 % 11));
            OK(reco_builder_add_text(way ? backward : forward, RECO_ITEM, item, "title", item, &err));
            OK(reco_builder_add_event(way ? backward : forward, user, item, NULL, 1, 1000 + n, &err));
        }
    }
    reco_data *a = NULL, *b = NULL;
    OK(reco_builder_finish(forward, &a, &err));
    OK(reco_builder_finish(backward, &b, &err));
    reco_model *one = made_fitted(*state, a, 1), *two = made_fitted(*state, b, 1);
    int64_t n1 = 0, n2 = 0;
    void *bytes1 = made_bytes(one, RECO_SAVE_ALL, &n1), *bytes2 = made_bytes(two, RECO_SAVE_ALL, &n2);
    assert_int_equal(n1, n2);
    assert_memory_equal(bytes1, bytes2, (size_t)n1);
    reco_bytes_free(bytes1);
    reco_bytes_free(bytes2);
    reco_model_free(one);
    reco_model_free(two);
    reco_data_free(a);
    reco_data_free(b);
    reco_builder_free(forward);
    reco_builder_free(backward);
}

/* ---- saved and loaded ---- */

static void test_saved_to_memory(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 2);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL;
    reco_data_free(data); /* the model carries all it needs */
    int64_t n = 0, again_n = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    assert_true(made_same(made_ask(model, USERS, MADE_USERS | MADE_HISTORIES),
                          made_ask(loaded, USERS, MADE_USERS | MADE_HISTORIES)));
    void *again = made_bytes(loaded, RECO_SAVE_ALL, &again_n);
    assert_int_equal(again_n, n);
    assert_memory_equal(again, bytes, (size_t)n);
    static const char *const counts[] = {"users", "items", "pairs", "events", "fitted"};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        assert_int_equal(reco_model_count(model, counts[k]), reco_model_count(loaded, counts[k]));
    }
    int64_t times[4];
    OK(reco_model_times(model, &times[0], &times[1], &err));
    OK(reco_model_times(loaded, &times[2], &times[3], &err));
    assert_true(times[0] == times[2] && times[1] == times[3]);
    reco_bytes_free(again);
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(model);
}

static void test_saved_to_a_file(void **state)
{
    char path[64];
    snprintf(path, sizeof path, "conformance-%ld.reco", (long)getpid());
    reco_data *data = made_data(USERS, ITEMS, 3);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL;
    OK(reco_model_save(model, path, RECO_SAVE_ALL, &err));
    OK(reco_model_save(model, path, RECO_SAVE_ALL, &err)); /* over what is there */
    OK(reco_model_load(&loaded, path, &err));
    unlink(path);
    assert_true(made_same(made_ask(model, USERS, MADE_USERS | MADE_HISTORIES),
                          made_ask(loaded, USERS, MADE_USERS | MADE_HISTORIES)));
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

static bool needs_users(const reco_model *model)
{
    bool needs = model->algo->traits & RECO__NEEDS_USERS;
    for (int32_t k = 0; k < model->n_parts; k++) {
        needs = needs || needs_users(model->parts[k]);
    }
    return needs;
}

static void test_saved_without_users(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 4);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL;
    int64_t n = 0, all = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &all);
    reco_bytes_free(bytes);
    bytes = NULL;
    if (needs_users(model)) {
        FAILS(reco_model_save_bytes(model, RECO_SAVE_WITHOUT_USERS, &bytes, &n, &err), RECO_EUNSUPPORTED);
        assert_null(bytes);
    } else {
        bytes = made_bytes(model, RECO_SAVE_WITHOUT_USERS, &n);
        assert_true(n < all);
        OK(reco_model_load_bytes(&loaded, bytes, n, &err));
        assert_true(made_same(made_ask(model, 0, MADE_HISTORIES), made_ask(loaded, 0, MADE_HISTORIES)));
        assert_int_equal(reco_model_can(loaded, "users"), 0);
        assert_null(reco_model_id(loaded, RECO_USER, 0));
        reco_query *query = NULL;
        reco_list *list = NULL;
        OK(reco_query_new(&query, &err));
        OK(reco_list_new(&list, &err));
        OK(reco_query_user(query, "u1", &err));
        FAILS(reco_model_recommend(loaded, query, list, &err), RECO_ESTATE);
        reco_list_free(list);
        reco_query_free(query);
    }
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

/* A copy lives by itself: it answers and saves the same when the model it was made from is gone. */
static void test_copied(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 5);
    reco_model *model = made_fitted(*state, data, 1), *copy = NULL, *again = NULL,
               *unfitted = made_model(*state);
    reco_data_free(data);
    int64_t n = 0, n_copy = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    made_answers before = made_ask(model, USERS, MADE_USERS | MADE_HISTORIES);
    OK(reco_model_copy(model, &copy, &err));
    assert_int_equal(reco_model_count(copy, "bytes"), reco_model_count(model, "bytes"));
    reco_model_free(model);
    void *same = made_bytes(copy, RECO_SAVE_ALL, &n_copy);
    assert_int_equal(n_copy, n);
    assert_memory_equal(same, bytes, (size_t)n);
    assert_true(made_same(before, made_ask(copy, USERS, MADE_USERS | MADE_HISTORIES)));
    FAILS(reco_model_set(copy, "seed", 3, &err), RECO_ESTATE);
    reco_model_free(copy);
    OK(reco_model_load_bytes(&model, bytes, n, &err)); /* what was loaded is copied too */
    before = made_ask(model, USERS, MADE_USERS | MADE_HISTORIES);
    OK(reco_model_copy(model, &copy, &err));
    reco_model_free(model);
    OK(reco_model_copy(copy, &again, &err));
    reco_model_free(copy);
    assert_true(made_same(before, made_ask(again, USERS, MADE_USERS | MADE_HISTORIES)));
    copy = again;
    FAILS(reco_model_copy(unfitted, &copy, &err), RECO_ESTATE);
    assert_null(copy);
    if (made_is_hybrid(*state)) {
        FAILS(reco_model_copy(reco_model_part(again, 0), &copy, &err), RECO_ESTATE);
    }
    reco_model_free(again);
    reco_model_free(unfitted);
    reco_bytes_free(same);
    reco_bytes_free(bytes);
}

static void test_copied_without_users(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 5);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL, *copy = NULL;
    if (!needs_users(model)) {
        int64_t n = 0;
        void *bytes = made_bytes(model, RECO_SAVE_WITHOUT_USERS, &n);
        OK(reco_model_load_bytes(&loaded, bytes, n, &err));
        OK(reco_model_copy(loaded, &copy, &err));
        assert_true(made_same(made_ask(loaded, 0, MADE_HISTORIES), made_ask(copy, 0, MADE_HISTORIES)));
        assert_int_equal(reco_model_can(copy, "users"), 0);
        reco_bytes_free(bytes);
    }
    reco_model_free(copy);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

/* Each array that the message names can be looked at, of a model as it was fitted and as it was loaded. */
static void test_arrays(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 5);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL, *unfitted = made_model(*state);
    int64_t n = 0, rows = 0, columns = 0, loaded_rows = 0, loaded_columns = 0;
    int32_t kind = 0, loaded_kind = 0;
    const void *values = NULL, *loaded_values = NULL;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    reco_error why = {""};
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    FAILS(reco_model_array(unfitted, "count", &values, &kind, &rows, &columns, &err), RECO_ESTATE);
    assert_int_equal(reco_model_array(model, "none", &values, &kind, &rows, &columns, &why), RECO_ENOTFOUND);
    assert_true(!values && !kind && !rows && !columns);
    char *names = strstr(why.message, "there are: ");
    assert_non_null(names);
    for (char *name = strtok(names + 11, ", "); name && strcmp(name, "none") != 0;
         name = strtok(NULL, ", ")) {
        static const size_t sizes[] = {0, 1, 4, 8, 4, 8};
        OK(reco_model_array(model, name, &values, &kind, &rows, &columns, &err));
        OK(reco_model_array(loaded, name, &loaded_values, &loaded_kind, &loaded_rows, &loaded_columns, &err));
        assert_in_range(kind, RECO_ARRAY_U8, RECO_ARRAY_F64);
        assert_true(kind == loaded_kind && rows == loaded_rows && columns == loaded_columns);
        assert_memory_equal(values, loaded_values, (size_t)(rows * columns) * sizes[kind]);
    }
    reco_bytes_free(bytes);
    reco_model_free(unfitted);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_saved_without_texts(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 5);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL;
    int64_t n = 0;
    void *bytes = made_bytes(model, RECO_SAVE_WITHOUT_TEXTS, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    assert_true(made_same(made_ask(model, USERS, MADE_USERS | MADE_HISTORIES),
                          made_ask(loaded, USERS, MADE_USERS | MADE_HISTORIES)));
    assert_non_null(reco_model_text(model, RECO_ITEM, 0, "title"));
    assert_null(reco_model_text(loaded, RECO_ITEM, 0, "title"));
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

/* What was told of the items can be read from the model, also after loading. */
static void test_features_come_back(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 5);
    reco_model *model = made_fitted(*state, data, 1), *loaded = NULL;
    int64_t n = 0;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    for (int32_t item = 0; item < ITEMS; item++) {
        int32_t k = atoi(reco_model_id(loaded, RECO_ITEM, item) + 1);
        const char *text = reco_model_text(loaded, RECO_ITEM, item, "title");
        const char *token = reco_model_token(loaded, RECO_ITEM, item, "category", 0);
        double price = reco_model_number(loaded, RECO_ITEM, item, "price");
        if (k % 7 == 6) {
            assert_true(!text && !token && isnan(price));
            continue;
        }
        assert_string_equal(text, reco_model_text(model, RECO_ITEM, item, "title"));
        assert_true(price == k + 0.5);
        assert_true(token[0] == 'c' && atoi(token + 1) == k % 4);
        assert_null(reco_model_token(loaded, RECO_ITEM, item, "category", 1));
        assert_null(reco_model_token(loaded, RECO_ITEM, item, "category", -1));
    }
    assert_true(isnan(reco_model_number(loaded, RECO_ITEM, 0, "title")) &&
                isnan(reco_model_number(loaded, RECO_ITEM, ITEMS, "price")));
    assert_null(reco_model_token(loaded, RECO_ITEM, 0, "price", 0));
    assert_null(reco_model_text(loaded, RECO_ITEM, -1, "title"));
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
}

/* ---- poor data ---- */

/* Fits and asks everything. An algorithm may refuse data that has nothing for it, in words. */
static void try_data(const char *algo, reco_builder *b)
{
    reco_data *data = NULL;
    reco_error why = {""};
    OK(reco_builder_finish(b, &data, &err));
    reco_model *model = made_model(algo);
    reco_status status = reco_model_fit(model, data, NULL, &why);
    if (status == RECO_OK) {
        int32_t users = (int32_t)reco_data_count(data, "users");
        made_answers a = made_ask(model, users, MADE_USERS | MADE_HISTORIES); /* finite, or it fails */
        free(a.number);
    } else {
        assert_true(status == RECO_EINVAL || status == RECO_ENUMERIC);
        assert_true(why.message[0]);
        assert_int_equal(reco_model_count(model, "fitted"), 0);
    }
    reco_model_free(model);
    reco_data_free(data);
    reco_builder_free(b);
}

static void test_sizes_at_the_edge(void **state)
{
    static const int32_t sizes[][2] = {{0, 0}, {0, 5}, {5, 0}, {1, 1}, {1, 9}, {9, 1}, {2, 2}, {7, 300}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        try_data(*state, made_builder(sizes[k][0], sizes[k][1], 6));
    }
}

static void test_events_without_features(void **state)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    for (int64_t k = 0; k < 90; k++) {
        int64_t user = k % 13, item = k * k % 17;
        OK(reco_builder_add_events_i64(b, 1, &user, &item, NULL, NULL, &err));
    }
    try_data(*state, b);
}

static void test_values_at_the_edge(void **state)
{
    static const float values[] = {1e-38f, 1e-45f, 3e38f, 1e20f, 1, 1e-3f};
    for (int32_t first = 0; first < 6; first++) {
        reco_builder *b = made_builder(0, 12, 7);
        for (int32_t k = 0; k < 60; k++) {
            char user[16], item[16];
            snprintf(user, sizeof user, "u%d", (int)(k % 9));
            snprintf(item, sizeof item, "i%d", (int)(k * 5 % 11));
            float value = first == 5 ? values[k % 6] : values[first];
            OK(reco_builder_add_event(b, user, item, NULL, value, k, &err));
        }
        OK(reco_builder_set_text(b, "combine", "max", &err));
        try_data(*state, b);
    }
}

static void test_all_alike(void **state)
{
    reco_builder *b = made_builder(0, 10, 8);
    for (int32_t k = 0; k < 100; k++) {
        char user[16], item[16];
        snprintf(user, sizeof user, "u%d", (int)(k / 10));
        snprintf(item, sizeof item, "i%d", (int)(k % 10));
        OK(reco_builder_add_event(b, user, item, NULL, 1, RECO_NO_TIME, &err)); /* everybody has everything */
    }
    try_data(*state, b);
}

static void test_bad_values_do_not_get_in(void **state)
{
    reco_builder *b = made_builder(20, 12, 9), *clean = made_builder(20, 12, 9);
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        FAILS(reco_builder_add_event(b, "u1", "i2", NULL, bad[k], 0, &err), RECO_EINVAL);
    }
    OK(reco_builder_add_event(b, "u1", "i9", NULL, 2, 5, &err)); /* bought and sent back: nothing is left */
    OK(reco_builder_add_event(b, "u1", "i9", NULL, -200, 6, &err));
    OK(reco_builder_add_event(clean, "u1", "i9", NULL, -300, 5, &err));
    OK(reco_builder_add_event(clean, "u1", "i9", NULL, -300, 6, &err));
    reco_data *dirty_data = NULL, *clean_data = NULL;
    OK(reco_builder_finish(b, &dirty_data, &err));
    OK(reco_builder_finish(clean, &clean_data, &err));
    reco_model *dirty = made_fitted(*state, dirty_data, 1), *same = made_fitted(*state, clean_data, 1);
    assert_true(made_same(made_ask(dirty, 20, MADE_USERS), made_ask(same, 20, MADE_USERS)));
    reco_model_free(dirty);
    reco_model_free(same);
    reco_data_free(dirty_data);
    reco_data_free(clean_data);
    reco_builder_free(b);
    reco_builder_free(clean);
}

/* ---- calls out of place ---- */

static void test_unfitted_models_answer_nothing(void **state)
{
    reco_model *model = made_model(*state);
    reco_query *query = NULL;
    reco_list *list = NULL;
    void *bytes = NULL;
    int64_t n = 0;
    float score = 7;
    const char *item = "i1";
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    FAILS(reco_model_recommend(model, query, list, &err), RECO_ESTATE);
    FAILS(reco_model_similar(model, item, NULL, list, &err), RECO_ESTATE);
    FAILS(reco_model_similar_users(model, "u1", NULL, list, &err), RECO_ESTATE);
    FAILS(reco_model_score(model, query, &item, 1, &score, &err), RECO_ESTATE);
    FAILS(reco_model_save_bytes(model, RECO_SAVE_ALL, &bytes, &n, &err), RECO_ESTATE);
    FAILS(reco_model_save(model, "unfitted.reco", RECO_SAVE_ALL, &err), RECO_ESTATE);
    assert_true(score == 7 && !bytes && access("unfitted.reco", F_OK) != 0);
    assert_int_equal(reco_model_count(model, "fitted"), 0);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
}

static void test_fitted_models_stay_as_they_are(void **state)
{
    reco_data *data = made_data(20, 12, 10);
    reco_model *model = made_fitted(*state, data, 1);
    FAILS(reco_model_fit(model, data, NULL, &err), RECO_ESTATE);
    FAILS(reco_model_set(model, "seed", 3, &err), RECO_ESTATE);
    FAILS(reco_model_set_text(model, "seed", "3", &err), RECO_ESTATE);
    assert_int_equal(reco_model_count(model, "fitted"), 1);
    assert_int_equal(reco_model_count(model, "users"), 20);
    assert_true(reco_model_count(model, "bytes") > 0);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_unknown_ids_are_not_found(void **state)
{
    reco_data *data = made_data(20, 12, 11);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    const char *nobody = "nobody";
    float score = 7;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    FAILS(reco_model_score(model, query, &nobody, 1, &score, &err), RECO_ENOTFOUND);
    assert_true(score == 7);
    OK(reco_query_user(query, nobody, &err));
    FAILS(reco_model_recommend(model, query, list, &err), RECO_ENOTFOUND);
    assert_int_equal(reco_list_size(list), 0);
    OK(reco_query_history(query, &nobody, NULL, 1, &err));
    FAILS(reco_model_recommend(model, query, list, &err), RECO_ENOTFOUND);
    if (reco_model_can(model, "similar")) {
        FAILS(reco_model_similar(model, nobody, NULL, list, &err), RECO_ENOTFOUND);
    } else {
        FAILS(reco_model_similar(model, "i1", NULL, list, &err), RECO_EUNSUPPORTED);
    }
    bool users = reco_model_can(model, "similar_users");
    FAILS(reco_model_similar_users(model, nobody, NULL, list, &err),
          users ? RECO_ENOTFOUND : RECO_EUNSUPPORTED);
    assert_int_equal(reco_model_similar_users(model, "u1", NULL, list, NULL),
                     users ? RECO_OK : RECO_EUNSUPPORTED);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

/* ---- parameters, progress, memory ---- */

static void test_parameters_keep_their_rules(void **state)
{
    const char *algo = *state;
    reco_model *model = NULL;
    OK(reco_model_new(&model, algo, &err));
    assert_non_null(reco_algo_summary(algo));
    FAILS(reco_model_set(model, "no such thing", 1, &err), RECO_ENOTFOUND);
    const reco_param *row;
    for (int32_t k = 0; (row = reco_algo_param(algo, k)) != NULL; k++) {
        const char *name = reco_param_name(row), *text = NULL;
        double value = 0, low = reco_param_min(row), high = reco_param_max(row);
        assert_true(reco_param_help(row)[0]);
        if (reco_param_kind(row) <= RECO_PARAM_INT) {
            OK(reco_model_get(model, name, &value, &err));
            assert_true(value == reco_param_default(row) && value >= low && value <= high);
            OK(reco_model_set(model, name, value, &err));
            OK(reco_model_set(model, name, low, &err));
            OK(reco_model_set(model, name, high, &err));
            FAILS(reco_model_set(model, name, NAN, &err), RECO_EINVAL);
            FAILS(reco_model_set(model, name, nextafter(low, -INFINITY), &err), RECO_EINVAL);
            FAILS(reco_model_set(model, name, nextafter(high, INFINITY), &err), RECO_EINVAL);
            FAILS(reco_model_set_text(model, name, "many", &err), RECO_EINVAL);
            FAILS(reco_model_get_text(model, name, &text, &err), RECO_EINVAL);
        } else {
            OK(reco_model_get_text(model, name, &text, &err));
            assert_string_equal(text, reco_param_default_text(row));
            FAILS(reco_model_get(model, name, &value, &err), RECO_EINVAL);
            FAILS(reco_model_set(model, name, 1, &err), RECO_EINVAL);
        }
        for (int32_t w = 0; reco_param_kind(row) == RECO_PARAM_CHOICE && reco_param_choice(row, w); w++) {
            OK(reco_model_set_text(model, name, reco_param_choice(row, w), &err));
            OK(reco_model_get_text(model, name, &text, &err));
            assert_string_equal(text, reco_param_choice(row, w));
            FAILS(reco_model_set_text(model, name, "no such word", &err), RECO_EINVAL);
        }
    }
    reco_model_free(model);
}

static bool is_choice(const reco_param *row, const char *word)
{
    const char *choice = "";
    bool found = false;
    for (int32_t k = 0; choice; k++) {
        choice = reco_param_choice(row, k);
        found = found || (choice && strcmp(choice, word) == 0);
    }
    return found;
}

/* What a row says of a search between two ends. */
static void check_ends(const reco_param *row, int32_t scale, double low, double high)
{
    double normal = reco_param_default(row);
    assert_true(reco_param_kind(row) <= RECO_PARAM_INT);
    assert_true(low >= reco_param_min(row) && low < high && high <= reco_param_max(row));
    assert_true(scale == RECO_SEARCH_LINEAR || low > 0);
    assert_true(reco_param_kind(row) == RECO_PARAM_NUMBER || (low == floor(low) && high == floor(high)));
    if (normal < low || normal > high) { /* it stands for something, and the help says what */
        assert_true(normal == 0 && strstr(reco_param_help(row), "0 = "));
    }
}

static void test_where_to_search_is_within_the_rules(void **state)
{
    const reco_param *row;
    const char *word;
    for (int32_t k = 0; (row = reco_algo_param(*state, k)) != NULL; k++) {
        double low = NAN, high = NAN, small = reco_param_small(row);
        int32_t scale = reco_param_search(row, &low, &high), words = 0;
        for (; (word = reco_param_search_word(row, words)) != NULL; words++) {
            assert_true(is_choice(row, word));
        }
        if (scale == RECO_SEARCH_LINEAR || scale == RECO_SEARCH_LOG) {
            check_ends(row, scale, low, high);
        } else {
            assert_true(low == reco_param_default(row) && high == low);
        }
        assert_true(words >= 2 ? scale == RECO_SEARCH_WORDS : words == 0 && scale != RECO_SEARCH_WORDS);
        assert_int_equal(reco_param_search(row, NULL, NULL), scale);
        assert_true(reco_param_kind(row) > RECO_PARAM_INT ||
                    (small >= reco_param_min(row) && small <= reco_param_max(row)));
        assert_true(reco_param_kind(row) != RECO_PARAM_INT || small == floor(small));
    }
    for (int32_t k = 0; k < 3; k++) { /* what all share is how to work */
        static const char *const shared[] = {"threads", "seed", "memory_limit"};
        for (int32_t at = 0; (row = reco_algo_param(*state, at)) != NULL; at++) {
            assert_true(strcmp(reco_param_name(row), shared[k]) != 0 ||
                        reco_param_search(row, NULL, NULL) == RECO_SEARCH_NONE);
        }
    }
}

/* Cancels at the `left`-th report and checks that progress goes forward. */
typedef struct patience {
    int32_t left;
    double last;
} patience;

static int32_t watch(void *context, const char *stage, double done)
{
    patience *p = context;
    assert_true(stage && stage[0] && done >= p->last && done <= 1);
    p->last = done;
    return p->left-- <= 0;
}

static void test_cancelled_fits_can_be_repeated(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 12);
    reco_model *model = made_model(*state), *fresh = made_fitted(*state, data, 1);
    reco_run *run = NULL;
    OK(reco_run_new(&run, &err));
    reco_run_cancel(run);
    FAILS(reco_model_fit(model, data, run, &err), RECO_ECANCELLED);
    assert_int_equal(reco_model_count(model, "fitted"), 0);
    reco_run_free(run);
    reco_status status = RECO_ECANCELLED;
    for (int32_t k = 0; status == RECO_ECANCELLED; k++) { /* a fit this quick reports once or not at all */
        patience p = {k, 0};
        OK(reco_run_new(&run, &err));
        reco_run_set_progress(run, watch, &p);
        status = reco_model_fit(model, data, run, NULL);
        reco_run_free(run);
    }
    assert_int_equal(status, RECO_OK);
    assert_true(made_same(made_ask(model, USERS, MADE_USERS), made_ask(fresh, USERS, MADE_USERS)));
    reco_model_free(fresh);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_memory_is_known_before_it_is_taken(void **state)
{
    reco_data *data = made_data(USERS, ITEMS, 13);
    reco_model *model = made_model(*state);
    int64_t bytes = -1;
    OK(reco_model_estimate(model, data, &bytes, &err));
    assert_true(bytes > 0);
    OK(reco_model_set(model, "memory_limit", (double)(bytes - 1), &err));
    FAILS(reco_model_fit(model, data, NULL, &err), RECO_ENOMEM);
    OK(reco_model_set(model, "memory_limit", (double)bytes, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes_for_any_threads),
        cmocka_unit_test(test_order_of_events_does_not_matter_to_the_fit),
        cmocka_unit_test(test_saved_to_memory),
        cmocka_unit_test(test_saved_to_a_file),
        cmocka_unit_test(test_saved_without_users),
        cmocka_unit_test(test_copied),
        cmocka_unit_test(test_copied_without_users),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_saved_without_texts),
        cmocka_unit_test(test_features_come_back),
        cmocka_unit_test(test_sizes_at_the_edge),
        cmocka_unit_test(test_events_without_features),
        cmocka_unit_test(test_values_at_the_edge),
        cmocka_unit_test(test_all_alike),
        cmocka_unit_test(test_bad_values_do_not_get_in),
        cmocka_unit_test(test_unfitted_models_answer_nothing),
        cmocka_unit_test(test_fitted_models_stay_as_they_are),
        cmocka_unit_test(test_unknown_ids_are_not_found),
        cmocka_unit_test(test_parameters_keep_their_rules),
        cmocka_unit_test(test_where_to_search_is_within_the_rules),
        cmocka_unit_test(test_cancelled_fits_can_be_repeated),
        cmocka_unit_test(test_memory_is_known_before_it_is_taken),
    };
    return made_run(tests, sizeof tests / sizeof *tests);
}
