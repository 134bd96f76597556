/* SPDX-License-Identifier: MIT */
/* Consent by purpose: who agreed to nothing is nowhere, in no array and in no byte; and who has not agreed to what a
 * question is for is answered as nobody. How consent is said in words is in consent_words.c. */
#include "support/made.h"

#include "model/model.h"

#include <stdio.h>

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    return b;
}

static void add(reco_builder *b, const char *user, const char *item)
{
    OK(reco_builder_add_event(b, user, item, NULL, 1, RECO_NO_TIME, &err));
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data = NULL;
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

/* What a user of a data set agreed to; 77 for who is not there. */
static int32_t consent_of(const reco_data *data, const char *user)
{
    int32_t index;
    return reco_data_find(data, RECO_USER, user, &index, NULL) ? 77 : reco_data_consent(data, index);
}

/* ---- purposes and consents ---- */

static void test_purposes_have_bits(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    int32_t bit = 0;
    OK(reco_builder_set_purpose(b, "training", &bit, &err));
    assert_int_equal(bit, RECO_CONSENT_TRAINING);
    OK(reco_builder_set_purpose(b, "personal", &bit, &err));
    assert_int_equal(bit, RECO_CONSENT_PERSONAL);
    for (int32_t k = 2; k < 32; k++) {
        char name[16];
        snprintf(name, sizeof name, "purpose %d", (int)k);
        OK(reco_builder_set_purpose(b, name, k % 2 ? NULL : &bit, &err));
        assert_true(k % 2 || (uint32_t)bit == UINT32_C(1) << k);
    }
    FAILS(reco_builder_set_purpose(b, "one more", &bit, &err), RECO_EINVAL);
    OK(reco_builder_set_purpose(b, "purpose 5", &bit, &err)); /* it is there */
    assert_int_equal(bit, 32);
    OK(reco_builder_set_consent_text(b, "ann", "purpose 31", &err)); /* the bit of the sign */
    OK(reco_builder_set_consent(b, "bob", INT32_MIN | 4, &err));
    reco_data *data = finish(b);
    assert_int_equal(consent_of(data, "ann"), INT32_MIN);
    assert_int_equal(consent_of(data, "bob"), INT32_MIN + 4);
    assert_string_equal(reco_data_purpose(data, 31), "purpose 31");
    assert_true(!reco_data_purpose(data, 32) && !reco_data_purpose(data, -1) && !reco_data_purpose(NULL, 0));
    reco_data_free(data);
}

static void test_names_that_no_purpose_can_have(void **state)
{
    (void)state;
    char name[65] = "";
    memset(name, 'n', 64);
    static const char *const bad[] = {"", "all", "none", "a|b", " a", "a ", "a\tb", "\xff", "a\x7f"};
    reco_builder *b = new_builder();
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        FAILS(reco_builder_set_purpose(b, bad[k], NULL, &err), RECO_EINVAL);
    }
    FAILS(reco_builder_set_purpose(b, name, NULL, &err), RECO_EINVAL);
    FAILS(reco_builder_set_purpose(b, NULL, NULL, &err), RECO_EINVAL);
    FAILS(reco_builder_set_purpose(NULL, "a", NULL, &err), RECO_EINVAL);
    name[63] = 0;
    OK(reco_builder_set_purpose(b, name, NULL, &err));
    OK(reco_builder_set_purpose(b, "All of it, by e-mail", NULL, &err));
    reco_data *data = finish(b);
    assert_string_equal(reco_data_purpose(data, 2), name);
    assert_null(reco_data_purpose(data, 4));
    reco_data_free(data);
}

static void test_consents_in_numbers(void **state)
{
    (void)state;
    static const struct {
        int32_t consent;
        bool good;
    } cases[] = {{0, true},  {1, true},   {2, true},    {3, true},          {4, true},         {7, true},
                 {-1, true}, {-5, true},  {-8, true},   {8, false},         {12, false},       {-9, false},
                 {-2, true}, {16, false}, {-16, false}, {INT32_MAX, false}, {INT32_MIN, false}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        reco_builder *b = new_builder();
        OK(reco_builder_set_purpose(b, "email", NULL, &err));
        add(b, "ann", "mug");
        OK(reco_builder_set_consent(b, "ann", RECO_CONSENT_TRAINING, &err));
        if (cases[k].good) {
            OK(reco_builder_set_consent(b, "ann", cases[k].consent, &err));
        } else {
            FAILS(reco_builder_set_consent(b, "ann", cases[k].consent, &err), RECO_EINVAL);
            FAILS(reco_builder_set_consent(b, "new", cases[k].consent, &err), RECO_EINVAL);
        }
        reco_data *data = finish(b);
        int32_t expected = cases[k].good ? cases[k].consent : RECO_CONSENT_TRAINING;
        assert_int_equal(consent_of(data, "ann"), expected ? expected : 77);
        assert_int_equal(consent_of(data, "new"), 77);
        reco_data_free(data);
    }
}

/* All is to purposes that come later, too; all that there were is not. */
static void test_purposes_named_later(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "said nothing", "mug");
    OK(reco_builder_set_consent_text(b, "all", "all", &err));
    OK(reco_builder_set_consent_text(b, "both", "training|personal", &err));
    OK(reco_builder_set_purpose(b, "email", NULL, &err));
    reco_data *data = finish(b);
    assert_true(consent_of(data, "said nothing") & 4);
    assert_true(consent_of(data, "all") & 4);
    assert_int_equal(consent_of(data, "both"), 3);
    reco_data_free(data);
}

/* ---- who is there ---- */

static void test_who_agreed_to_what_is_where(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "ann", "mug");
    add(b, "bob", "mug");
    add(b, "bob", "secret");
    add(b, "eve", "cup");
    static const char *const users[] = {"ann", "bob", "eve"};
    for (int32_t k = 0; k < 3; k++) {
        OK(reco_builder_add_number(b, RECO_USER, users[k], "age", 30 + k, &err));
        OK(reco_builder_add_token(b, RECO_USER, users[k], "likes", users[k], 1, &err));
    }
    OK(reco_builder_set_consent(b, "bob", RECO_CONSENT_ALL, &err));
    OK(reco_builder_set_consent(b, "bob", RECO_CONSENT_NONE, &err)); /* the last word */
    OK(reco_builder_set_consent(b, "eve", RECO_CONSENT_PERSONAL, &err));
    OK(reco_builder_set_consent(b, "new", RECO_CONSENT_TRAINING, &err));
    OK(reco_builder_set_consent(b, "never", RECO_CONSENT_NONE, &err));
    add(b, "never", "mug"); /* what comes after is not learned either */
    reco_data *data = finish(b);
    static const char *const there[] = {"ann", "eve", "new"};
    static const int32_t consents[] = {-1, 2, 1};
    assert_int_equal(reco_data_count(data, "users"), 3);
    for (int32_t u = 0; u < 3; u++) {
        assert_string_equal(reco_data_id(data, RECO_USER, u), there[u]);
        assert_int_equal(reco_data_consent(data, u), consents[u]);
    }
    assert_int_equal(reco_data_consent(data, -1), RECO_CONSENT_NONE);
    assert_int_equal(reco_data_consent(data, 3), RECO_CONSENT_NONE);
    assert_int_equal(reco_data_consent(NULL, 0), RECO_CONSENT_NONE);
    assert_int_equal(reco_data_count(data, "users_without_consent"), 2);
    assert_int_equal(reco_data_count(data, "events_without_consent"), 4);
    assert_int_equal(reco_data_count(data, "events"), 1);
    assert_int_equal(reco_data_count(data, "items"), 1); /* what only they had is not known */
    const reco__field *age = reco__catalog_field(data->catalog, RECO_USER, "age");
    assert_true(age->numbers[0] == 30 && age->numbers[1] == 32 && age->numbers[2] != age->numbers[2]);
    assert_int_equal(reco__catalog_field(data->catalog, RECO_USER, "likes")->vocabulary.n, 2);
    reco_data_free(data);
}

static void test_nobody_agreed(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "ann", "mug");
    OK(reco_builder_set_consent(b, "ann", RECO_CONSENT_NONE, &err));
    reco_data *data = finish(b);
    assert_int_equal(reco_data_count(data, "users") + reco_data_count(data, "items"), 0);
    reco_data_free(data);
}

/* Adds somebody, in the midst of the others, who says no. */
static reco_data *data_with(bool somebody)
{
    reco_builder *b = made_builder(24, 16, 9);
    const char *const phone = "phone", *const submarine = "submarine";
    OK(reco_builder_add_event(b, "u3", "i3", NULL, 3, 1700000000, &err));
    OK(reco_builder_add_context_tokens(b, "device", 1, &phone, &err));
    if (somebody) {
        for (int32_t k = 0; k < 8; k++) {
            char item[16];
            snprintf(item, sizeof item, k % 2 ? "i%d" : "rarity%d", (int)k);
            OK(reco_builder_add_event(b, "u5o5", item, NULL, 3, 1700000000 + k, &err));
            OK(reco_builder_add_context_tokens(b, "device", 1, &submarine, &err));
        }
        OK(reco_builder_add_token(b, RECO_USER, "u5o5", "country", "atlantis", 1, &err));
        OK(reco_builder_add_number(b, RECO_USER, "u5o5", "age", 99, &err));
        OK(reco_builder_set_consent_text(b, "u5o5", "none", &err));
    }
    return finish(b);
}

static bool has_bytes(const char *bytes, int64_t n, const char *text)
{
    int64_t length = (int64_t)strlen(text);
    for (int64_t k = 0; k + length <= n; k++) {
        if (memcmp(bytes + k, text, (size_t)length) == 0) {
            return true;
        }
    }
    return false;
}

/* A model learned with somebody who says no is, to the byte, the one learned without them. */
static void test_no_byte_is_left(void **state)
{
    (void)state;
    reco_data *with = data_with(true), *without = data_with(false);
    assert_int_equal(reco_data_count(with, "contexts"), reco_data_count(without, "contexts"));
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        reco_model *a = made_fitted(reco_algo_name(k), with, 1),
                   *b = made_fitted(reco_algo_name(k), without, 1);
        int64_t n, m;
        char *bytes = made_bytes(a, RECO_SAVE_ALL, &n), *others = made_bytes(b, RECO_SAVE_ALL, &m);
        assert_int_equal(n, m);
        assert_memory_equal(bytes, others, (size_t)n);
        assert_true(has_bytes(bytes, n, "u15"));
        assert_false(has_bytes(bytes, n, "u5o5") || has_bytes(bytes, n, "atlantis") ||
                     has_bytes(bytes, n, "rarity") || has_bytes(bytes, n, "submarine"));
        reco_bytes_free(bytes);
        reco_bytes_free(others);
        reco_model_free(a);
        reco_model_free(b);
    }
    reco_data_free(with);
    reco_data_free(without);
}

/* ---- questions ---- */

/* ann agreed to all but mails, bob to train and mail, cy to train and be answered and mails. */
static reco_data *data_of_three(void)
{
    reco_builder *b = made_builder(20, 16, 4);
    OK(reco_builder_set_purpose(b, "sms", NULL, &err));
    OK(reco_builder_set_purpose(b, "email", NULL, &err));
    static const char *const users[] = {"ann", "bob", "cy"};
    for (int32_t k = 0; k < 3; k++) {
        for (int32_t i = 0; i < 4; i++) {
            char item[16];
            snprintf(item, sizeof item, "i%d", (int)(3 * k + 2 * i));
            add(b, users[k], item);
        }
    }
    OK(reco_builder_set_consent(b, "ann", RECO_CONSENT_ALL & ~8, &err));
    OK(reco_builder_set_consent_text(b, "bob", "training|email", &err));
    OK(reco_builder_set_consent_text(b, "cy", "training|personal|email", &err));
    return finish(b);
}

typedef struct asking {
    reco_query *query;
    reco_list *list, *nobody;
} asking;

static void assert_as_nobody(const asking *a, const reco_model *model)
{
    OK(reco_query_history(a->query, NULL, NULL, 0, &err));
    OK(reco_model_recommend(model, a->query, a->nobody, &err));
    assert_int_equal(reco_list_withheld(a->nobody), 0);
    assert_string_equal(reco_list_source(a->list), reco_list_source(a->nobody));
    assert_int_equal(reco_list_size(a->list), reco_list_size(a->nobody));
    for (int32_t k = 0; k < reco_list_size(a->list); k++) {
        assert_string_equal(reco_list_id(a->list, k), reco_list_id(a->nobody, k));
        assert_true(reco_list_scores(a->list)[k] == reco_list_scores(a->nobody)[k]);
    }
}

/* The batch and the scores are those of the list. */
static void assert_rest_alike(const asking *a, const reco_model *model, const char *user)
{
    enum { LIMIT = 10 };
    int32_t items[LIMIT], size;
    float scores[LIMIT];
    OK(reco_model_recommend_batch(model, a->query, &user, 1, 1, NULL, items, scores, &size, NULL, &err));
    assert_int_equal(size, reco_list_size(a->list));
    assert_memory_equal(items, reco_list_items(a->list), (size_t)size * sizeof *items);
    OK(reco_model_score(model, a->query, reco_list_ids(a->list), size, scores, &err));
    for (int32_t k = 0; k < size; k++) {
        assert_true(scores[k] == reco_list_scores(a->list)[k]);
    }
    int32_t withheld = reco_list_withheld(a->list);
    if (reco_model_can(model, "explain")) {
        OK(reco_model_explain(model, "i1", a->query, a->nobody, &err));
        assert_int_equal(reco_list_withheld(a->nobody), withheld);
        for (int32_t k = 0; withheld && k < reco_list_size(a->nobody); k++) {
            assert_string_equal(reco_list_id(a->nobody, k), ""); /* nothing that the user did is a reason */
        }
    }
    if (reco_model_can(model, "similar")) { /* hides nothing of who is nobody */
        OK(reco_model_similar(model, "i1", a->query, a->nobody, &err));
        assert_int_equal(reco_list_withheld(a->nobody), withheld);
    }
}

static void ask_three(const asking *a, const reco_model *model)
{
    static const struct {
        const char *user, *purpose;
        int32_t withheld;
    } cases[] = {
        {"ann", NULL, 0}, {"ann", "email", 8}, {"ann", "sms", 0}, {"ann", "personal", 0},
        {"bob", NULL, 2}, {"bob", "email", 2}, {"bob", "sms", 6}, {"bob", "training", 2},
        {"cy", NULL, 0},  {"cy", "email", 0},  {"cy", "sms", 4},  {"u3", "email", 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        reco_query_reset(a->query);
        OK(reco_query_purpose(a->query, cases[k].purpose, &err));
        OK(reco_query_user(a->query, cases[k].user, &err));
        OK(reco_model_recommend(model, a->query, a->list, &err));
        assert_int_equal(reco_list_withheld(a->list), cases[k].withheld);
        assert_rest_alike(a, model, cases[k].user);
        if (cases[k].withheld) {
            assert_as_nobody(a, model);
        }
    }
}

static void ask_wrongly(const asking *a, const reco_model *model)
{
    const char *user = "ann", *item = "i1";
    int32_t items[10], size;
    float score;
    reco_query_reset(a->query);
    OK(reco_query_user(a->query, "bob", &err));
    OK(reco_model_recommend(model, a->query, a->list, &err));
    OK(reco_query_purpose(a->query, "post", &err));
    FAILS(reco_model_recommend(model, a->query, a->list, &err), RECO_ENOTFOUND);
    assert_int_equal(reco_list_withheld(a->list), 0); /* of no answer */
    FAILS(reco_model_score(model, a->query, &item, 1, &score, &err), RECO_ENOTFOUND);
    FAILS(reco_model_recommend_batch(model, a->query, &user, 1, 1, NULL, items, NULL, &size, NULL, &err),
          RECO_ENOTFOUND);
    OK(reco_query_history(a->query, &item, NULL, 1, &err));
    FAILS(reco_model_recommend(model, a->query, a->list, &err), RECO_ENOTFOUND);
    OK(reco_query_purpose(a->query, NULL, &err));
    OK(reco_model_recommend(model, a->query, a->list, &err));
    OK(reco_query_purpose(a->query, "post", &err));
    reco_query_reset(a->query);
    OK(reco_model_recommend(model, a->query, a->list, &err));
}

static void test_who_did_not_agree_is_nobody(void **state)
{
    (void)state;
    asking a = {0};
    reco_data *data = data_of_three();
    OK(reco_query_new(&a.query, &err));
    OK(reco_list_new(&a.list, &err));
    OK(reco_list_new(&a.nobody, &err));
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        reco_model *model = made_fitted(reco_algo_name(k), data, 1), *loaded = NULL;
        int64_t n;
        void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
        OK(reco_model_load_bytes(&loaded, bytes, n, &err));
        reco_bytes_free(bytes);
        ask_three(&a, model);
        ask_three(&a, loaded);
        ask_wrongly(&a, loaded);
        reco_model_free(loaded);
        reco_model_free(model);
    }
    FAILS(reco_query_purpose(NULL, "email", &err), RECO_EINVAL);
    assert_int_equal(reco_list_withheld(NULL), 0);
    reco_list_free(a.nobody);
    reco_list_free(a.list);
    reco_query_free(a.query);
    reco_data_free(data);
}

static int32_t evaluated(const reco_model *model, const reco_data *test, const reco_query *query,
                         const char *ask)
{
    reco_protocol *protocol = NULL;
    reco_report *report = NULL;
    OK(reco_protocol_new(&protocol, &err));
    OK(reco_protocol_set_text(protocol, "ask", ask, &err));
    OK(reco_protocol_set_text(protocol, "metrics", "hit@5,auc", &err));
    OK(reco_model_evaluate(model, test, query, protocol, NULL, &report, &err));
    int32_t users = (int32_t)reco_report_count(report, "users");
    reco_report_free(report);
    reco_protocol_free(protocol);
    return users;
}

/* Who did not agree is not evaluated on either: of the model's users, and of the test part's where those ask. */
static void test_evaluations_leave_them_out(void **state)
{
    (void)state;
    static const char *const asks[] = {"user", "next"};
    reco_builder *b = new_builder();
    reco_data *data = data_of_three(), *train = NULL, *test = NULL, *other = NULL;
    reco_query *query = NULL;
    reco_report *report = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_data_split(data, "leave-one-out", 1, &train, &test, &err));
    reco_model *model = made_fitted("popular", train, 1);
    for (int32_t k = 0; k < 2; k++) {
        const reco_data *held_out = k ? data : test;
        OK(reco_query_purpose(query, NULL, &err));
        int32_t all = evaluated(model, held_out, query, asks[k]); /* all but bob */
        assert_int_equal(evaluated(model, held_out, NULL, asks[k]), all);
        OK(reco_query_purpose(query, "email", &err)); /* all but bob and ann */
        assert_int_equal(evaluated(model, held_out, query, asks[k]), all - 1);
        OK(reco_query_purpose(query, "sms", &err)); /* all but bob and cy */
        assert_int_equal(evaluated(model, held_out, query, asks[k]), all - 1);
    }
    OK(reco_query_purpose(query, "post", &err));
    FAILS(reco_model_evaluate(model, test, query, NULL, NULL, &report, &err), RECO_ENOTFOUND);
    OK(reco_query_purpose(query, "sms", &err));
    add(b, "ann", "i1");
    add(b, "ann", "i2");
    other = finish(b);
    reco_protocol *protocol = NULL;
    OK(reco_protocol_new(&protocol, &err));
    OK(reco_protocol_set_text(protocol, "ask", "next", &err)); /* of a test part that knows no such purpose */
    FAILS(reco_model_evaluate(model, other, query, protocol, NULL, &report, &err), RECO_ENOTFOUND);
    reco_protocol_free(protocol);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(other);
    reco_data_free(train);
    reco_data_free(test);
    reco_data_free(data);
}

static bool lists(const reco_list *list, const char *id)
{
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        if (strcmp(reco_list_id(list, k), id) == 0) {
            return true;
        }
    }
    return false;
}

static void test_similar_users_agreed_alike(void **state)
{
    (void)state;
    reco_data *data = data_of_three();
    reco_model *model = made_fitted("als", data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(query, 100, &err));
    OK(reco_model_similar_users(model, "u3", query, list, &err));
    assert_true(lists(list, "ann") && lists(list, "cy") && !lists(list, "bob"));
    OK(reco_query_purpose(query, "email", &err));
    OK(reco_model_similar_users(model, "u3", query, list, &err));
    assert_true(!lists(list, "ann") && lists(list, "cy") && !lists(list, "bob"));
    FAILS(reco_model_similar_users(model, "ann", query, list, &err), RECO_ENOTFOUND);
    OK(reco_query_purpose(query, "sms", &err));
    OK(reco_model_similar_users(model, "ann", query, list, &err));
    assert_true(lists(list, "u3") && !lists(list, "cy"));
    OK(reco_query_purpose(query, "post", &err));
    FAILS(reco_model_similar_users(model, "u3", query, list, &err), RECO_ENOTFOUND);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_models_and_parts_know_purposes(void **state)
{
    (void)state;
    reco_data *data = data_of_three(), *train = NULL, *test = NULL;
    OK(reco_data_split(data, "random:0.2", 1, &train, &test, &err));
    assert_string_equal(reco_data_purpose(train, 3), "email");
    assert_string_equal(reco_data_purpose(test, 3), "email");
    assert_int_equal(consent_of(test, "bob"), 9);
    reco_model *model = made_model("popular"), *loaded = NULL, *less = NULL;
    assert_null(reco_model_purpose(model, 0)); /* it knows nothing */
    assert_int_equal(reco_model_consent(model, 0), RECO_CONSENT_NONE);
    OK(reco_model_fit(model, train, NULL, &err));
    int64_t n;
    int32_t index;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    reco_bytes_free(bytes);
    bytes = made_bytes(model, RECO_SAVE_WITHOUT_USERS, &n);
    OK(reco_model_load_bytes(&less, bytes, n, &err));
    reco_bytes_free(bytes);
    const reco_model *models[] = {model, loaded, less};
    for (int32_t k = 0; k < 3; k++) {
        assert_string_equal(reco_model_purpose(models[k], 1), "personal");
        assert_string_equal(reco_model_purpose(models[k], 3), "email");
        assert_true(!reco_model_purpose(models[k], 4) && !reco_model_purpose(models[k], -1));
        assert_int_equal(reco_model_consent(models[k], -1), RECO_CONSENT_NONE);
    }
    OK(reco_model_find(loaded, RECO_USER, "bob", &index, &err));
    assert_int_equal(reco_model_consent(loaded, index), 9);
    assert_int_equal(reco_model_consent(model, index), 9);
    assert_int_equal(reco_model_consent(less, index), RECO_CONSENT_NONE);
    assert_int_equal(reco_model_consent(NULL, 0), RECO_CONSENT_NONE);
    assert_null(reco_model_purpose(NULL, 0));
    reco_model_free(less);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(test);
    reco_data_free(train);
    reco_data_free(data);
}

/* A file in which a consent is none, or of bits without a purpose, or a purpose has no name that it can have. */
static void test_files_that_cannot_be(void **state)
{
    (void)state;
    static const int32_t bad[] = {0, 16, -32, 8 + 64};
    reco_data *data = data_of_three();
    reco_model *model = made_fitted("popular", data, 1), *loaded = NULL;
    int32_t *consent = (int32_t *)(uintptr_t)model->catalog->consent, good = consent[2];
    char *purposes = (char *)(uintptr_t)model->catalog->purposes.bytes; /* sms email */
    int64_t n;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        consent[2] = bad[k];
        void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
        FAILS(reco_model_load_bytes(&loaded, bytes, n, &err), RECO_EFORMAT);
        reco_bytes_free(bytes);
    }
    consent[2] = good;
    for (int32_t k = 0; k < 2; k++) {
        memcpy(purposes, k ? "all" : "s|s", 3);
        void *bytes = made_bytes(model, RECO_SAVE_WITHOUT_USERS, &n);
        FAILS(reco_model_load_bytes(&loaded, bytes, n, &err), RECO_EFORMAT);
        reco_bytes_free(bytes);
    }
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_purposes_have_bits),
        cmocka_unit_test(test_names_that_no_purpose_can_have),
        cmocka_unit_test(test_consents_in_numbers),
        cmocka_unit_test(test_purposes_named_later),
        cmocka_unit_test(test_who_agreed_to_what_is_where),
        cmocka_unit_test(test_nobody_agreed),
        cmocka_unit_test(test_no_byte_is_left),
        cmocka_unit_test(test_who_did_not_agree_is_nobody),
        cmocka_unit_test(test_evaluations_leave_them_out),
        cmocka_unit_test(test_similar_users_agreed_alike),
        cmocka_unit_test(test_models_and_parts_know_purposes),
        cmocka_unit_test(test_files_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
