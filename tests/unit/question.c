/* SPDX-License-Identifier: MIT */
/* Events told in a question: what becomes of their order, types, values and times, and of ids that nobody knows. */
#include "support/made.h"

#include "model/question.h"

#include <math.h>

static reco_model *model;

/* ann: mug, lamp, mug again as a view (half), and the lamp came back. */
static void set_up(bool remembers)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_event_type(b, "view", 0.5, &err));
    OK(reco_builder_set_event_type(b, "return", -1, &err));
    OK(reco_builder_add_event(b, "ann", "mug", NULL, 2, 10, &err));
    OK(reco_builder_add_event(b, "ann", "lamp", NULL, 1, 20, &err));
    OK(reco_builder_add_event(b, "ann", "mug", "view", 1, 30, &err));
    OK(reco_builder_add_event(b, "ann", "lamp", "return", 1, 40, &err));
    OK(reco_builder_add_event(b, "bob", "vase", NULL, 1, 50, &err));
    OK(reco_builder_add_event(b, "bob", "mug", NULL, 1, 60, &err));
    OK(reco_builder_finish_free(b, &data, &err));
    OK(reco_model_new(&model, remembers ? "covisit" : "item-knn", &err));
    if (remembers) {
        OK(reco_model_set(model, "last", 3, &err));
    }
    OK(reco_model_fit(model, data, NULL, &err));
    reco_data_free(data);
}

/* Binds a query; the asker's arrays are in the scratch. */
static reco_status bind(const reco_query *query, reco__question *q, reco__scratch *scratch, reco_error *err)
{
    *scratch = (reco__scratch){.data = NULL};
    reco_status status = reco__question_begin(q, model, query, err);
    if (status) {
        return status;
    }
    reco__question_layout(q, scratch);
    *scratch = (reco__scratch){.data = reco__alloc(scratch->peak, 1), .size = scratch->peak};
    assert_non_null(scratch->data);
    reco__question_layout(q, scratch);
    return reco__question_bind(q, err);
}

static int32_t item(const char *id)
{
    int32_t index = -1;
    OK(reco_model_find(model, RECO_ITEM, id, &index, &err));
    return index;
}

static void check_row(const reco__asker *who, const char *const *ids, const float *values, int64_t n)
{
    assert_int_equal(who->n, n);
    for (int64_t k = 0; k < n; k++) {
        int64_t at = reco__find_in(who->items, who->n, item(ids[k]));
        assert_true(at >= 0 && fabsf(who->values[at] - values[k]) < 1e-6f);
    }
}

static void check_event(const reco__trail *trail, int64_t k, const char *id, float value, int64_t time,
                        int type)
{
    assert_true(k < trail->n);
    assert_int_equal(trail->items[k], item(id));
    assert_true(trail->values[k] == value);
    assert_true((trail->times ? trail->times[k] : RECO_NO_TIME) == time);
    assert_int_equal(trail->types ? trail->types[k] : RECO__NO_TYPE, type);
}

static void test_events_are_a_row_and_a_trail(void **state)
{
    (void)state;
    reco_query *query = NULL;
    reco__question q;
    reco__scratch scratch;
    set_up(true);
    OK(reco_query_new(&query, &err));
    OK(reco_query_event(query, "vase", NULL, 2, 5, &err));
    OK(reco_query_event(query, "mug", "view", 3, 6, &err));
    OK(reco_query_event(query, "lamp", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_query_event(query, "vase", "return", 2, 7, &err));
    OK(reco_query_event(query, "mug", NULL, 1, 7, &err));
    OK(bind(query, &q, &scratch, &err));
    check_row(&q.who, (const char *const[]){"mug", "lamp"}, (const float[]){2.5f, 1}, 2);
    assert_int_equal(q.who.user, -1);
    assert_int_equal(q.who.n_had, 1); /* what came back is no taste, but was had */
    assert_true(q.who.had[0] == item("vase") && reco__asker_had(&q.who, item("vase")));
    assert_int_equal(q.who.trail.n, 5);
    check_event(&q.who.trail, 0, "vase", 2, 5, RECO__NO_TYPE);
    check_event(&q.who.trail, 1, "mug", 3, 6, 0);
    check_event(&q.who.trail, 2, "lamp", 1, RECO_NO_TIME, RECO__NO_TYPE);
    check_event(&q.who.trail, 3, "vase", 2, 7, 1);
    check_event(&q.who.trail, 4, "mug", 1, 7, RECO__NO_TYPE);
    reco__free(scratch.data);
    reco_query_free(query);
    reco_model_free(model);
}

static void test_events_come_behind_a_user(void **state)
{
    (void)state;
    for (int remembers = 0; remembers < 2; remembers++) {
        reco_query *query = NULL;
        reco__question q;
        reco__scratch scratch;
        set_up(remembers);
        OK(reco_query_new(&query, &err));
        OK(reco_query_user(query, "ann", &err));
        OK(bind(query, &q, &scratch, &err));
        assert_true(q.who.user >= 0);
        check_row(&q.who, (const char *const[]){"mug"}, (const float[]){2.5f}, 1);
        assert_int_equal(q.who.trail.n, remembers ? 3 : 0);
        reco__free(scratch.data);
        OK(reco_query_event(query, "vase", NULL, 1, 70, &err));
        OK(reco_query_event(query, "mug", "return", 2.5f, 71, &err));
        OK(bind(query, &q, &scratch, &err));
        assert_int_equal(q.who.user, -1); /* no longer what was learned of ann */
        check_row(&q.who, (const char *const[]){"vase"}, (const float[]){1}, 1);
        assert_int_equal(q.who.n_had, 2); /* the lamp came back before, the mug now */
        assert_true(reco__asker_had(&q.who, item("lamp")) && reco__asker_had(&q.who, item("mug")));
        if (remembers) {
            assert_int_equal(q.who.trail.n, 5);
            check_event(&q.who.trail, 0, "lamp", 1, 20, RECO__NO_TYPE);
            check_event(&q.who.trail, 1, "mug", 1, 30, 0);
            check_event(&q.who.trail, 2, "lamp", 1, 40, 1);
            check_event(&q.who.trail, 3, "vase", 1, 70, RECO__NO_TYPE);
        }
        reco__free(scratch.data);
        OK(reco_query_user(query, "bob", &err)); /* another user: the events are gone */
        OK(bind(query, &q, &scratch, &err));
        assert_int_equal(q.who.n, 2);
        reco__free(scratch.data);
        reco_query_free(query);
        reco_model_free(model);
    }
}

static void test_refusals_leave_the_query_as_it_was(void **state)
{
    (void)state;
    reco_query *query = NULL;
    reco__question q;
    reco__scratch scratch;
    reco_error said = {""};
    set_up(true);
    OK(reco_query_new(&query, &err));
    OK(reco_query_event(query, "mug", NULL, 1, 100, &err));
    assert_int_equal(reco_query_event(query, "lamp", NULL, 1, 99, &said), RECO_EINVAL);
    assert_non_null(strstr(said.message, "event of item 'lamp': 'time' 99 is before"));
    FAILS(reco_query_event(query, "lamp", NULL, NAN, 100, &err), RECO_EINVAL);
    FAILS(reco_query_event(query, "lamp", NULL, 0, 100, &err), RECO_EINVAL);
    FAILS(reco_query_event(query, "lamp", NULL, INFINITY, 100, &err), RECO_EINVAL);
    FAILS(reco_query_event(query, NULL, NULL, 1, 100, &err), RECO_EINVAL);
    FAILS(reco_query_event(NULL, "lamp", NULL, 1, 100, &err), RECO_EINVAL);
    FAILS(reco_query_unknown(query, "ignore", &err), RECO_EINVAL);
    OK(bind(query, &q, &scratch, &err));
    assert_int_equal(q.who.trail.n, 1);
    reco__free(scratch.data);
    OK(reco_query_event(query, "lamp", "gift", 1, 100, &err)); /* shows when asked */
    assert_int_equal(bind(query, &q, &scratch, &said), RECO_ENOTFOUND);
    assert_string_equal(said.message, "no event type 'gift' in the model; there are: view, return");
    reco__free(scratch.data);
    reco_query_free(query);
    reco_model_free(model);
}

static void test_unknown_ids_are_skipped_when_told_so(void **state)
{
    (void)state;
    static const char *const items[] = {"mug", "nothing", "lamp"}, *const none[] = {"nothing"};
    reco_query *query = NULL;
    reco_list *list = NULL;
    float scores[3];
    set_up(false);
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_history(query, items, NULL, 3, &err));
    OK(reco_query_exclude(query, none, 1, &err));
    OK(reco_query_include(query, (const char *const[]){"vase", "nothing"}, 2, &err));
    FAILS(reco_model_recommend(model, query, list, &err), RECO_ENOTFOUND);
    FAILS(reco_model_score(model, query, items, 3, scores, &err), RECO_ENOTFOUND);
    OK(reco_query_unknown(query, "skip", &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_int_equal(reco_list_skipped(list), 3);
    assert_int_equal(reco_list_size(list), 1);
    OK(reco_model_score(model, query, items, 3, scores, &err));
    assert_true(isfinite(scores[0]) && isnan(scores[1]) && isfinite(scores[2]));
    OK(reco_query_user(query, "nobody", &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_string_equal(reco_list_source(list), "popular");
    assert_int_equal(reco_list_skipped(list), 3);
    OK(reco_query_unknown(query, "refuse", &err));
    FAILS(reco_model_recommend(model, query, list, &err), RECO_ENOTFOUND);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_are_a_row_and_a_trail),
        cmocka_unit_test(test_events_come_behind_a_user),
        cmocka_unit_test(test_refusals_leave_the_query_as_it_was),
        cmocka_unit_test(test_unknown_ids_are_skipped_when_told_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
