/* SPDX-License-Identifier: MIT */
/* Who asks and when, as features: what the model knows of a user, what the query tells, and both. */
#include "support/made.h"

#include "data/profile.h"
#include "model/question.h"

#include <math.h>
#include <stdio.h>

enum { TEXT = 2000 };

static reco_model *model;

/* ann is from de and 34, bob from fr; events by phone or tv, at 20 degrees or not said. */
static void set_up(void)
{
    static const char *const device[] = {"phone"}, *const other[] = {"tv"};
    static const float look[] = {0, 2};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_event(b, "ann", "mug", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_builder_add_context_tokens(b, "device", 1, device, &err));
    OK(reco_builder_add_context_numbers(b, "degrees", 1, &(double){20}, &err));
    OK(reco_builder_add_event(b, "bob", "lamp", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_builder_add_context_tokens(b, "device", 1, other, &err));
    OK(reco_builder_add_token(b, RECO_USER, "ann", "country", "de", 1, &err));
    OK(reco_builder_add_token(b, RECO_USER, "bob", "country", "fr", 2, &err));
    OK(reco_builder_add_number(b, RECO_USER, "ann", "age", 34, &err));
    OK(reco_builder_add_vector(b, RECO_USER, "ann", "look", look, 2, &err));
    OK(reco_builder_set_consent(b, "bob", RECO_CONSENT_TRAINING, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    OK(reco_model_new(&model, "popular", &err));
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
}

/* The profile of a side as "name:value name:value". */
static reco_status tell(const reco_query *query, int32_t side, char *text, int64_t *skipped, reco_error *err)
{
    reco__question q;
    reco__scratch scratch = {.data = NULL};
    reco_status status = reco__question_begin(&q, model, query, err);
    text[0] = 0;
    assert_int_equal(status, RECO_OK);
    reco__question_layout(&q, &scratch);
    scratch = (reco__scratch){.data = reco__alloc(scratch.peak, 1), .size = scratch.peak};
    assert_non_null(scratch.data);
    reco__question_layout(&q, &scratch);
    status = reco__question_bind(&q, err);
    for (int64_t k = 0; status == RECO_OK && k < q.who.about[side].n; k++) {
        char name[RECO__FEATURE_NAME];
        reco__profile_name(&model->catalog->sides[side], q.who.about[side].numbers[k], name);
        snprintf(text + strlen(text), TEXT - strlen(text), "%s%s:%g", k ? " " : "", name,
                 (double)q.who.about[side].values[k]);
    }
    *skipped = q.room.skipped;
    reco__free(scratch.data);
    return status;
}

static void expect(const reco_query *query, int32_t side, const char *expected)
{
    char text[TEXT];
    int64_t skipped;
    OK(tell(query, side, text, &skipped, &err));
    assert_string_equal(text, expected);
}

static void refuse(const reco_query *query, reco_status status, const char *message)
{
    char text[TEXT];
    int64_t skipped;
    reco_error said = {""};
    assert_int_equal(tell(query, RECO_USER, text, &skipped, &said), status);
    assert_string_equal(said.message, message);
}

static void test_known_told_and_both(void **state)
{
    (void)state;
    reco_query *q = NULL;
    set_up();
    OK(reco_query_new(&q, &err));
    expect(q, RECO_USER, "");
    OK(reco_query_token(q, RECO_CONTEXT, "device", "tv", 1, &err));
    OK(reco_query_number(q, RECO_CONTEXT, "degrees", -3, &err));
    OK(reco_query_number(q, RECO_CONTEXT, "degrees", 5, &err));
    expect(q, RECO_CONTEXT, "degrees:5 device=tv:1");
    expect(q, RECO_USER, "");
    OK(reco_query_user(q, "ann", &err));
    expect(q, RECO_USER, "age:34 country=de:1 look[1]:2");
    OK(reco_query_token(q, RECO_USER, "country", "fr", 1, &err)); /* moved */
    OK(reco_query_token(q, RECO_USER, "country", "fr", 0.5f, &err));
    expect(q, RECO_USER, "age:34 country=fr:0.5 look[1]:2");
    OK(reco_query_vector(q, RECO_USER, "look", (const float[]){3, 0, 1}, 3, &err));
    OK(reco_query_vector(q, RECO_USER, "look", (const float[]){3, 0}, 2, &err));
    expect(q, RECO_USER, "age:34 country=fr:0.5 look[0]:3");
    OK(reco_query_event(q, "lamp", NULL, 1, RECO_NO_TIME, &err)); /* ann is still who she is */
    expect(q, RECO_USER, "age:34 country=fr:0.5 look[0]:3");
    reco_query_reset(q);
    OK(reco_query_user(q, "bob", &err)); /* does not agree to personal answers */
    expect(q, RECO_USER, "");
    reco_query_free(q);
    reco_model_free(model);
}

static void test_what_the_model_does_not_know(void **state)
{
    (void)state;
    char text[TEXT];
    int64_t skipped;
    reco_query *q = NULL;
    set_up();
    OK(reco_query_new(&q, &err));
    OK(reco_query_token(q, RECO_USER, "city", "bonn", 1, &err));
    refuse(q, RECO_ENOTFOUND, "users have no field 'city' in the model; there are: age, country, look");
    reco_query_reset(q);
    OK(reco_query_token(q, RECO_USER, "country", "nl", 1, &err));
    refuse(q, RECO_ENOTFOUND, "'country' of users is never 'nl' in the model");
    OK(reco_query_token(q, RECO_USER, "city", "bonn", 1, &err));
    OK(reco_query_number(q, RECO_USER, "age", 50, &err));
    OK(reco_query_unknown(q, "skip", &err));
    OK(tell(q, RECO_USER, text, &skipped, &err));
    assert_string_equal(text, "age:50");
    assert_int_equal(skipped, 2);
    reco_query_reset(q);
    OK(reco_query_unknown(q, "skip", &err)); /* a field of another kind is never skipped */
    OK(reco_query_number(q, RECO_CONTEXT, "device", 3, &err));
    refuse(q, RECO_EINVAL, "'device' of contexts is a token in the model, not a number");
    reco_query_reset(q);
    OK(reco_query_vector(q, RECO_USER, "look", (const float[]){1}, 1, &err));
    refuse(q, RECO_EINVAL, "'look' of users has 2 entries in the model, not 1");
    reco_query_free(q);
    reco_model_free(model);
}

static void test_refusals(void **state)
{
    (void)state;
    reco_query *q = NULL;
    OK(reco_query_new(&q, &err));
    FAILS(reco_query_token(q, RECO_ITEM, "category", "mugs", 1, &err), RECO_EINVAL);
    FAILS(reco_query_number(q, 7, "age", 1, &err), RECO_EINVAL);
    FAILS(reco_query_token(q, RECO_USER, "country", "de", 0, &err), RECO_EINVAL);
    FAILS(reco_query_token(q, RECO_USER, "country", "de", NAN, &err), RECO_EINVAL);
    FAILS(reco_query_token(q, RECO_USER, NULL, "de", 1, &err), RECO_EINVAL);
    FAILS(reco_query_number(q, RECO_USER, "age", INFINITY, &err), RECO_EINVAL);
    FAILS(reco_query_vector(q, RECO_USER, "look", (const float[]){NAN}, 1, &err), RECO_EINVAL);
    FAILS(reco_query_vector(q, RECO_USER, "look", (const float[]){1}, 0, &err), RECO_EINVAL);
    assert_int_equal(q->n_features, 0);
    reco_query_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_told_and_both),
        cmocka_unit_test(test_what_the_model_does_not_know),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
