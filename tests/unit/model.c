/* SPDX-License-Identifier: MIT */
/* The life of a model, its questions and its file, with the simplest algorithms. */
#include <reco/reco.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static reco_error err;

#define OK(call)                                                                                             \
    do {                                                                                                     \
        err.message[0] = 0;                                                                                  \
        reco_status status_ = (call);                                                                        \
        if (status_) {                                                                                       \
            fail_msg("%s: %s", reco_status_text(status_), err.message);                                      \
        }                                                                                                    \
    } while (0)

/* ann: mug lamp; bob: mug; cat: mug lamp vase. Prices 5, 20, 30; rug has no events. */
static reco_data *shop(void)
{
    static const char *const events[][2] = {{"ann", "mug"}, {"ann", "lamp"}, {"bob", "mug"},
                                            {"cat", "mug"}, {"cat", "lamp"}, {"cat", "vase"}};
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    for (size_t k = 0; k < 6; k++) {
        OK(reco_builder_add_event(b, events[k][0], events[k][1], NULL, 1, 1000 + (int64_t)k, &err));
    }
    OK(reco_builder_add_number(b, RECO_ITEM, "mug", "price", 5, &err));
    OK(reco_builder_add_number(b, RECO_ITEM, "lamp", "price", 20, &err));
    OK(reco_builder_add_number(b, RECO_ITEM, "vase", "price", 30, &err));
    OK(reco_builder_add_token(b, RECO_ITEM, "mug", "room", "kitchen", 1, &err));
    OK(reco_builder_add_token(b, RECO_ITEM, "lamp", "room", "living", 1, &err));
    OK(reco_builder_add_text(b, RECO_ITEM, "rug", "title", "A rug", &err));
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

static reco_model *fitted(const char *algo)
{
    reco_data *data = shop();
    reco_model *model;
    OK(reco_model_new(&model, algo, &err));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
    return model;
}

static void assert_ids(const reco_list *list, const char *expected)
{
    char got[256] = "";
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        strcat(got, k ? " " : "");
        strcat(got, reco_list_id(list, k));
    }
    assert_string_equal(got, expected);
}

/* All at once is what one call after the other gives. */
static void assert_whole(const reco_list *list)
{
    const int32_t *items;
    const float *scores;
    const char *const *ids, *source;
    int32_t withheld;
    assert_int_equal(reco_list_get(list, &items, &scores, &ids, &source, &withheld), reco_list_size(list));
    assert_ptr_equal(items, reco_list_items(list));
    assert_ptr_equal(scores, reco_list_scores(list));
    assert_ptr_equal(ids, reco_list_ids(list));
    assert_ptr_equal(source, reco_list_source(list));
    assert_int_equal(withheld, reco_list_withheld(list));
}

static void test_questions(void **state)
{
    (void)state;
    reco_model *m = fitted("popular");
    reco_query *q;
    reco_list *list;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    assert_whole(list);
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "mug lamp vase rug");
    assert_string_equal(reco_list_source(list), "popular");
    assert_whole(list);
    assert_int_equal(reco_list_get(NULL, NULL, NULL, NULL, NULL, NULL), 0);
    OK(reco_query_user(q, "ann", &err));
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "vase rug");
    reco_query_include_seen(q, 1);
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "mug lamp vase rug");
    OK(reco_query_limit(q, 2, &err));
    OK(reco_query_offset(q, 1, &err));
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "lamp vase");
    const char *const basket[] = {"vase", "mug", "vase"};
    reco_query_reset(q);
    OK(reco_query_history(q, basket, NULL, 3, &err));
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "lamp rug");
    const char *const allowed[] = {"rug", "lamp", "mug", "lamp"}, *const forbidden[] = {"lamp"};
    OK(reco_query_include(q, allowed, 4, &err));
    OK(reco_query_exclude(q, forbidden, 1, &err));
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "rug");
    OK(reco_query_include(q, allowed, 0, &err));
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "");
    OK(reco_query_include(q, NULL, 0, &err));
    OK(reco_query_limit(q, 0, &err));
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "");
    reco_list_free(list);
    reco_query_free(q);
    reco_model_free(m);
}

static void test_conditions(void **state)
{
    (void)state;
    static const struct {
        const char *where, *expected;
    } cases[] = {
        {"price<20", "mug"},
        {"price<=20", "mug lamp"},
        {"price > 5", "lamp vase"},
        {"price>=5 and price!=20", "mug vase"},
        {"price = 30", "vase"},
        {"room=kitchen", "mug"},
        {"room!=kitchen", "lamp vase rug"},
        {"room='living' and price<50", "lamp"},
        {"room=attic", ""},
    };
    static const char *const bad[] = {
        "price",     "price<",        "<5",          "price<abc", "price<5 or room=kitchen", "room<kitchen",
        "title=rug", "room='kitchen", "price<5 and", ""};
    reco_model *m = fitted("popular");
    reco_query *q;
    reco_list *list;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        OK(reco_query_where(q, NULL, &err));
        OK(reco_query_where(q, cases[k].where, &err));
        OK(reco_model_recommend(m, q, list, &err));
        assert_ids(list, cases[k].expected);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        OK(reco_query_where(q, NULL, &err));
        reco_status status = reco_query_where(q, bad[k], &err);
        status = status ? status : reco_model_recommend(m, q, list, &err);
        assert_int_equal(status, RECO_EINVAL);
        assert_int_equal(strncmp(err.message, "where: ", 7), 0);
    }
    OK(reco_query_where(q, NULL, &err));
    OK(reco_query_where(q, "color=red", &err));
    assert_int_equal(reco_model_recommend(m, q, list, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message, "where: items have no field 'color'; there are: price, room, title");
    reco_list_free(list);
    reco_query_free(q);
    reco_model_free(m);
}

static void test_errors(void **state)
{
    (void)state;
    reco_model *m = NULL;
    reco_query *q;
    reco_list *list;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    assert_int_equal(reco_model_new(&m, "alz", &err), RECO_ENOTFOUND);
    assert_null(m);
    assert_int_equal(strncmp(err.message, "no algorithm 'alz'; there are: popular, random", 46), 0);
    OK(reco_model_new(&m, "popular", &err));
    assert_int_equal(reco_model_set(m, "half_life", 3, &err), RECO_ENOTFOUND);
    assert_string_equal(
        err.message,
        "popular: no 'half_life'; there are: half_life_days, window_days, by, threads, seed, memory_limit");
    assert_int_equal(reco_model_set(m, "half_life_days", -1, &err), RECO_EINVAL);
    assert_string_equal(err.message, "popular: 'half_life_days' must be in [0, 36500], got -1");
    assert_int_equal(reco_model_set_text(m, "threads", "many", &err), RECO_EINVAL);
    assert_int_equal(reco_model_set(m, "threads", 1.5, &err), RECO_EINVAL);
    assert_int_equal(reco_model_recommend(m, q, list, &err), RECO_ESTATE);
    assert_int_equal(reco_model_save(m, "x", 0, &err), RECO_ESTATE);
    assert_int_equal(reco_model_can(m, "parts"), 0);
    assert_int_equal(reco_model_add_part(m, m, 1, &err), RECO_EUNSUPPORTED);
    reco_model_free(m);
    m = fitted("popular");
    assert_int_equal(reco_model_set(m, "half_life_days", 1, &err), RECO_ESTATE);
    OK(reco_query_user(q, "dan", &err));
    assert_int_equal(reco_model_recommend(m, q, list, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message, "no user 'dan' in the model");
    const char *const unknown[] = {"mug", "sofa"};
    OK(reco_query_history(q, unknown, NULL, 2, &err));
    assert_int_equal(reco_model_recommend(m, q, list, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message, "no item 'sofa' in the model");
    assert_int_equal(reco_model_similar(m, "mug", NULL, list, &err), RECO_EUNSUPPORTED);
    assert_int_equal(reco_list_size(list), 0);
    reco_model_free(m);
    reco_list_free(list);
    reco_query_free(q);
}

static void test_saved_and_loaded(void **state)
{
    (void)state;
    reco_model *m = fitted("popular"), *loaded, *slim;
    void *bytes, *again;
    int64_t n, n_again;
    OK(reco_model_save_bytes(m, RECO_SAVE_ALL, &bytes, &n, &err));
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    OK(reco_model_save_bytes(loaded, RECO_SAVE_ALL, &again, &n_again, &err));
    assert_int_equal(n, n_again);
    assert_memory_equal(bytes, again, (size_t)n);
    assert_string_equal(
        reco_model_text(loaded, RECO_ITEM, 1, "title") ? reco_model_text(loaded, RECO_ITEM, 1, "title")
                                                       : "none",
        reco_model_text(m, RECO_ITEM, 1, "title") ? reco_model_text(m, RECO_ITEM, 1, "title") : "none");
    int32_t kind;
    assert_string_equal(reco_model_field(loaded, RECO_ITEM, 0, &kind), "price");
    assert_int_equal(kind, RECO_FIELD_NUMBER);
    assert_string_equal(reco_model_field(loaded, RECO_ITEM, 1, &kind), "room");
    assert_int_equal(kind, RECO_FIELD_TOKEN);
    assert_string_equal(reco_model_field(loaded, RECO_ITEM, 2, &kind), "title");
    assert_int_equal(kind, RECO_FIELD_TEXT);
    assert_null(reco_model_field(loaded, RECO_ITEM, 3, NULL));
    assert_null(reco_model_field(loaded, RECO_USER, 0, NULL));
    assert_int_equal(reco_model_count(loaded, "users"), 3);
    assert_int_equal(reco_model_count(loaded, "pairs"), 6);
    reco_bytes_free(again);
    OK(reco_model_save_bytes(loaded, RECO_SAVE_WITHOUT_USERS, &again, &n_again, &err));
    OK(reco_model_load_bytes(&slim, again, n_again, &err));
    assert_true(n_again < n);
    assert_int_equal(reco_model_can(slim, "users"), 0);
    assert_null(reco_model_id(slim, RECO_USER, 0));
    reco_query *q;
    reco_list *list;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_user(q, "ann", &err));
    assert_int_equal(reco_model_recommend(slim, q, list, &err), RECO_ESTATE);
    reco_query_reset(q);
    OK(reco_model_recommend(slim, q, list, &err));
    assert_ids(list, "mug lamp vase rug");
    OK(reco_model_save(m, "test-model.reco", 0, &err));
    reco_model *from_file;
    OK(reco_model_load(&from_file, "test-model.reco", &err));
    reco_model_free(from_file);
    remove("test-model.reco");
    assert_int_equal(reco_model_load(&from_file, "no-such.reco", &err), RECO_ENOTFOUND);
    assert_null(from_file);
    assert_int_equal(reco_model_save(m, "no-such-folder/x.reco", 0, &err), RECO_EIO);
    reco_bytes_free(bytes);
    reco_bytes_free(again);
    reco_list_free(list);
    reco_query_free(q);
    reco_model_free(slim);
    reco_model_free(loaded);
    reco_model_free(m);
}

static int32_t only_lamp(void *context, int32_t item, const char *id)
{
    (void)item;
    ++*(int *)context;
    return strcmp(id, "lamp") == 0;
}

static void test_filter_callback(void **state)
{
    (void)state;
    reco_model *m = fitted("popular");
    reco_query *q;
    reco_list *list;
    int calls = 0;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    reco_query_filter(q, only_lamp, &calls);
    OK(reco_model_recommend(m, q, list, &err));
    assert_ids(list, "lamp");
    assert_int_equal(calls, 4);
    reco_list_free(list);
    reco_query_free(q);
    reco_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions),       cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_errors),          cmocka_unit_test(test_saved_and_loaded),
        cmocka_unit_test(test_filter_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
