/* SPDX-License-Identifier: MIT */
/* Scenarios of model.h, query.h and eval.h, each for every algorithm. */
#include "sweep.h"

#include <math.h>

#define SENTINEL ((void *)16)

/* ---- outcomes ---- */

static uint64_t nothing(world *w)
{
    (void)w;
    return 1;
}

static uint64_t the_model(world *w)
{
    return digest_model(1, w->model);
}

static uint64_t the_loaded(world *w)
{
    return digest_model(1, w->loaded);
}

static uint64_t the_list(world *w)
{
    return digest_list(1, w->list);
}

static uint64_t the_arrays(world *w)
{
    uint64_t sum = digest(1, w->scores, sizeof w->scores);
    sum = digest(sum, w->items, sizeof w->items);
    return digest(digest(sum, w->sizes, sizeof w->sizes), w->statuses, sizeof w->statuses);
}

static uint64_t the_bytes(world *w)
{
    return digest(1, w->bytes, w->n);
}

/* What the query answers. */
static uint64_t the_query(world *w)
{
    OK(reco_model_recommend(w->model, w->query, w->list, &err));
    return the_list(w);
}

/* ---- what there is ---- */

static reco_status ask_parameters(world *w, reco_error *unused)
{
    (void)unused;
    const reco_param *row;
    assert_true(CALL(reco_algo_size)() > 0);
    assert_non_null(CALL(reco_algo_name)(0));
    assert_non_null(CALL(reco_algo_summary)(w->algo));
    for (int32_t k = 0; (row = CALL(reco_algo_param)(w->algo, k)) != NULL; k++) {
        assert_non_null(CALL(reco_param_name)(row));
        assert_non_null(CALL(reco_param_help)(row));
        bool number = CALL(reco_param_kind)(row) <= RECO_PARAM_INT;
        assert_true(!number || CALL(reco_param_min)(row) <= CALL(reco_param_default)(row));
        assert_true(!number || CALL(reco_param_default)(row) <= CALL(reco_param_max)(row));
        assert_true(number == !CALL(reco_param_default_text)(row));
        assert_true(reco_param_kind(row) == RECO_PARAM_CHOICE || !CALL(reco_param_choice)(row, 0));
        double low, high;
        int32_t scale = CALL(reco_param_search)(row, &low, &high);
        assert_true(low <= high && (scale == RECO_SEARCH_WORDS) == !!CALL(reco_param_search_word)(row, 0));
        assert_true(!number || CALL(reco_param_small)(row) <= reco_param_max(row));
    }
    for (int32_t k = 0; k < CALL(reco_metric_size)(); k++) {
        assert_non_null(CALL(reco_metric_name)(k));
        assert_non_null(CALL(reco_metric_summary)(k));
    }
    return RECO_OK;
}

static reco_status ask_model(world *w, reco_error *unused)
{
    (void)unused;
    int32_t index = 0;
    assert_string_equal(CALL(reco_model_algo)(w->model), w->algo);
    for (int32_t k = 0; k < CALL(reco_model_part_size)(w->model); k++) {
        assert_non_null(CALL(reco_model_part)(w->model, k));
        assert_true(CALL(reco_model_part_weight)(w->model, k) != 0);
    }
    assert_true(CALL(reco_model_part)(w->model, 99) == NULL &&
                CALL(reco_model_part_weight)(w->model, 99) == 0);
    int64_t first, last;
    OK(CALL(reco_model_times)(w->model, &first, &last, &err));
    assert_int_equal(CALL(reco_model_count)(w->model, "users"), w->n_users);
    assert_int_equal(CALL(reco_model_can)(w->model, "users"), 1);
    OK(CALL(reco_model_find)(w->model, RECO_ITEM, "i1", &index, &err));
    assert_string_equal(CALL(reco_model_id)(w->model, RECO_ITEM, index), "i1");
    assert_non_null(CALL(reco_model_text)(w->model, RECO_ITEM, index, "title"));
    assert_true(CALL(reco_model_number)(w->model, RECO_ITEM, index, "price") > 0);
    assert_non_null(CALL(reco_model_token)(w->model, RECO_ITEM, index, "category", 0));
    assert_null(CALL(reco_model_type)(w->model, 0));
    assert_non_null(CALL(reco_model_field)(w->model, RECO_ITEM, 0, &index));
    assert_string_equal(CALL(reco_model_purpose)(w->model, 0), "training");
    assert_int_equal(CALL(reco_model_consent)(w->model, 0), RECO_CONSENT_ALL);
    return RECO_OK;
}

/* ---- life ---- */

static reco_status make(world *w, reco_error *err)
{
    w->model = SENTINEL;
    return CALL(reco_model_new)(&w->model, w->algo, err);
}

static void no_model(const world *w)
{
    assert_null(w->model);
}

static reco_status set(world *w, reco_error *err)
{
    double value = 0;
    const char *text = NULL;
    reco_status status = CALL(reco_model_set)(w->model, "seed", 9, err);
    status = status ? status : CALL(reco_model_set_text)(w->model, "threads", "2", err);
    status = status ? status : CALL(reco_model_get)(w->model, "threads", &value, err);
    assert_int_equal(CALL(reco_model_get_text)(w->model, "threads", &text, NULL), RECO_EINVAL);
    assert_true(status || value == 2);
    return status;
}

/* Adds a hybrid to a hybrid; another algorithm takes no parts whatever the memory. */
static reco_status add(world *w, reco_error *err)
{
    reco_status status = CALL(reco_model_add_part)(w->model, w->model, 0.25, err);
    return status == RECO_EUNSUPPORTED ? RECO_OK : status;
}

static uint64_t the_parts(world *w)
{
    uint64_t sum = 1;
    for (int32_t k = 0; k < reco_model_part_size(w->model); k++) {
        const reco_model *part = reco_model_part(w->model, k);
        sum = digest(sum, reco_model_algo(part), (int64_t)strlen(reco_model_algo(part)));
        sum = sum * 31 + (uint64_t)reco_model_part_size(part);
    }
    return sum;
}

static reco_status fit(world *w, reco_error *err)
{
    FIRST(reco_model_set(w->model, "threads", 1, err));
    return CALL(reco_model_fit)(w->model, w->train, NULL, err);
}

static reco_status fit_with_threads(world *w, reco_error *err)
{
    FIRST(reco_model_set(w->model, "threads", 3, err));
    return CALL(reco_model_fit)(w->model, w->train, NULL, err);
}

static void unfitted(const world *w)
{
    assert_int_equal(reco_model_count(w->model, "fitted"), 0);
    assert_int_equal(reco_model_count(w->model, "users"), 0);
}

static reco_status estimate(world *w, reco_error *err)
{
    return CALL(reco_model_estimate)(w->model, w->train, &w->number, err);
}

static uint64_t the_number(world *w)
{
    return (uint64_t)w->number;
}

/* ---- files ---- */

static reco_status save(world *w, reco_error *err)
{
    return CALL(reco_model_save)(w->model, OTHER_PATH, RECO_SAVE_ALL, err);
}

static uint64_t saved(world *w)
{
    OK(reco_model_load(&w->loaded, OTHER_PATH, &err));
    return the_loaded(w);
}

static reco_status save_bytes(world *w, reco_error *err)
{
    w->bytes = SENTINEL;
    return CALL(reco_model_save_bytes)(w->model, RECO_SAVE_ALL, &w->bytes, &w->n, err);
}

static reco_status save_less(world *w, reco_error *err)
{
    int32_t flags = RECO_SAVE_WITHOUT_USERS | RECO_SAVE_WITHOUT_TEXTS;
    w->bytes = SENTINEL;
    reco_status status = CALL(reco_model_save_bytes)(w->model, flags, &w->bytes, &w->n, err);
    return status == RECO_EUNSUPPORTED ? RECO_OK : status;
}

static void no_bytes(const world *w)
{
    assert_null(w->bytes);
    assert_int_equal(w->n, 0);
}

static reco_status load(world *w, reco_error *err)
{
    w->loaded = SENTINEL;
    return CALL(reco_model_load)(&w->loaded, SAVED_PATH, err);
}

static reco_status load_bytes(world *w, reco_error *err)
{
    w->loaded = SENTINEL;
    return CALL(reco_model_load_bytes)(&w->loaded, w->saved, w->n_saved, err);
}

static reco_status copy(world *w, reco_error *err)
{
    w->loaded = SENTINEL;
    return CALL(reco_model_copy)(w->model, &w->loaded, err);
}

/* Looking at an array takes no memory; who has none says so. */
static reco_status look_at_an_array(world *w, reco_error *err)
{
    const void *values = NULL;
    int32_t kind = 0;
    int64_t rows = 0, columns = 0;
    reco_status status =
        CALL(reco_model_array)(w->model, "no such array", &values, &kind, &rows, &columns, err);
    assert_true(status == RECO_ENOTFOUND && !values && rows == 0);
    return RECO_OK;
}

static void no_loaded(const world *w)
{
    assert_null(w->loaded);
}

static reco_status free_all(world *w, reco_error *unused)
{
    (void)unused;
    CALL(reco_bytes_free)(w->saved);
    CALL(reco_model_free)(w->model);
    CALL(reco_query_free)(w->query);
    CALL(reco_list_free)(w->list);
    CALL(reco_report_free)(w->report);
    CALL(reco_protocol_free)(w->protocol);
    w->saved = NULL;
    w->model = NULL;
    w->query = NULL;
    w->list = NULL;
    w->protocol = NULL;
    return RECO_OK;
}

/* ---- questions ---- */

static reco_status make_query(world *w, reco_error *err)
{
    w->query = SENTINEL;
    return CALL(reco_query_new)(&w->query, err);
}

static void no_query(const world *w)
{
    assert_null(w->query);
}

static reco_status make_list(world *w, reco_error *err)
{
    w->list = SENTINEL;
    return CALL(reco_list_new)(&w->list, err);
}

static void no_list(const world *w)
{
    assert_null(w->list);
}

static reco_status ask_for_a_user(world *w, reco_error *err)
{
    return CALL(reco_query_user)(w->query, "u7", err);
}

static reco_status ask_for_a_number(world *w, reco_error *err)
{
    CALL(reco_query_reset)(w->query);
    reco_status status = CALL(reco_query_user_i64)(w->query, 12, err);
    status = status ? status : CALL(reco_query_history_i64)(w->query, &(int64_t){3}, NULL, 1, err);
    return status;
}

static reco_status ask_for_a_history(world *w, reco_error *err)
{
    return CALL(reco_query_history)(w->query, w->ids, NULL, WORLD_LIMIT, err);
}

static reco_status tell_events(world *w, reco_error *err)
{
    CALL(reco_query_reset)(w->query);
    reco_status status = CALL(reco_query_unknown)(w->query, "skip", err);
    for (int32_t k = 0; k < 40 && !status; k++) { /* so many that its memory grows */
        status = CALL(reco_query_event)(w->query, w->ids[k % WORLD_LIMIT], NULL, 1, k, err);
    }
    return status;
}

static reco_status tell_features(world *w, reco_error *err)
{
    static const float look[2] = {1, 2};
    CALL(reco_query_reset)(w->query);
    reco_status status = CALL(reco_query_token)(w->query, RECO_USER, "country", "fr", 1, err);
    status = status ? status : CALL(reco_query_number)(w->query, RECO_USER, "age", 40, err);
    status = status ? status : CALL(reco_query_vector)(w->query, RECO_CONTEXT, "look", look, 2, err);
    CALL(reco_query_reset)(w->query);
    return status;
}

/* Each part of it may fail and leave the others; all are set again when it is repeated. */
static reco_status restrict_it(world *w, reco_error *err)
{
    CALL(reco_query_include_seen)(w->query, 1);
    CALL(reco_query_filter)(w->query, NULL, NULL);
    reco_status status = CALL(reco_query_limit)(w->query, 3, err);
    status = status ? status : CALL(reco_query_purpose)(w->query, NULL, err);
    status = status ? status : CALL(reco_query_purpose)(w->query, "training", err);
    status = status ? status : CALL(reco_query_offset)(w->query, 1, err);
    status = status ? status : CALL(reco_query_where)(w->query, NULL, err);
    status = status ? status : CALL(reco_query_where)(w->query, "price<11 and category!=c1", err);
    status = status ? status : CALL(reco_query_include)(w->query, w->ids, WORLD_LIMIT, err);
    return status ? status : CALL(reco_query_exclude)(w->query, w->ids + 1, 1, err);
}

static reco_status recommend(world *w, reco_error *err)
{
    return CALL(reco_model_recommend)(w->model, w->query, w->list, err);
}

static reco_status recommend_for_a_history(world *w, reco_error *err)
{
    FIRST(reco_query_history(w->query, w->ids, NULL, WORLD_LIMIT, err));
    FIRST(reco_query_where(w->query, NULL, err));
    FIRST(reco_query_where(w->query, "price<12 and tags=even", err));
    FIRST(reco_query_exclude(w->query, w->ids, 2, err));
    return recommend(w, err);
}

static void empty_list(const world *w)
{
    assert_int_equal(CALL(reco_list_size)(w->list), 0);
}

static uint64_t read_list(world *w)
{
    int64_t id = 0;
    assert_true(CALL(reco_list_size)(w->list) == 0 || CALL(reco_list_id)(w->list, 0));
    assert_int_equal(CALL(reco_list_id_i64)(w->list, 0, &id, NULL), RECO_EINVAL);
    assert_non_null(CALL(reco_list_items)(w->list));
    assert_non_null(CALL(reco_list_scores)(w->list));
    assert_non_null(CALL(reco_list_ids)(w->list));
    assert_non_null(CALL(reco_list_source)(w->list));
    assert_int_equal(CALL(reco_list_skipped)(w->list), 0);
    assert_int_equal(CALL(reco_list_withheld)(w->list), 0);
    assert_int_equal(CALL(reco_list_get)(w->list, NULL, NULL, NULL, NULL, NULL), reco_list_size(w->list));
    return the_list(w);
}

static reco_status similar(world *w, reco_error *err)
{
    reco_status status = CALL(reco_model_similar)(w->model, w->ids[1], NULL, w->list, err);
    return status == RECO_EUNSUPPORTED ? RECO_OK : status;
}

static reco_status similar_users(world *w, reco_error *err)
{
    reco_status status = CALL(reco_model_similar_users)(w->model, "u3", NULL, w->list, err);
    return status == RECO_EUNSUPPORTED ? RECO_OK : status;
}

static reco_status explain(world *w, reco_error *err)
{
    FIRST(reco_query_history(w->query, w->ids, NULL, 3, err));
    reco_status status = CALL(reco_model_explain)(w->model, w->ids[3], w->query, w->list, err);
    return status == RECO_EUNSUPPORTED ? RECO_OK : status;
}

static reco_status score(world *w, reco_error *err)
{
    return CALL(reco_model_score)(w->model, w->query, w->ids, WORLD_LIMIT, w->scores, err);
}

static void untouched_scores(const world *w)
{
    for (int32_t k = 0; k < WORLD_LIMIT; k++) {
        assert_true(w->scores[k] == 7);
    }
}

static reco_status batch_of(world *w, int32_t threads, reco_error *err)
{
    FIRST(reco_query_limit(w->query, WORLD_LIMIT, err));
    return CALL(reco_model_recommend_batch)(w->model, w->query, NULL, w->n_users, threads, w->run, w->items,
                                            w->scores, w->sizes, w->statuses, err);
}

/* With a status for each row, memory that runs out within a row is that row's. */
static reco_status row_status(world *w, reco_status status)
{
    for (int32_t k = 0; status == RECO_OK && k < w->n_users; k++) {
        status = w->statuses[k];
        assert_true(status == RECO_OK || w->sizes[k] == 0);
    }
    return status;
}

static reco_status batch(world *w, reco_error *err)
{
    reco_status status = batch_of(w, 1, err);
    reco_status row = row_status(w, status);
    if (row && !status) {
        strcpy(err->message, "a row failed");
    }
    return row;
}

static reco_status batch_with_threads(world *w, reco_error *err)
{
    reco_status status = batch_of(w, 3, err);
    reco_status row = row_status(w, status);
    if (row && !status) {
        strcpy(err->message, "a row failed");
    }
    return row;
}

/* ---- evaluation ---- */

static reco_status make_protocol(world *w, reco_error *err)
{
    w->protocol = SENTINEL;
    return CALL(reco_protocol_new)(&w->protocol, err);
}

static void no_protocol(const world *w)
{
    assert_null(w->protocol);
}

/* Evaluates by a protocol that is made on the way. */
static reco_status evaluate_by(world *w, const char *ask, const char *metrics, const reco_data *negatives,
                               double threads, reco_error *err)
{
    w->report = NULL;
    if (!w->protocol) {
        FIRST(reco_protocol_new(&w->protocol, err));
    }
    FIRST(CALL(reco_protocol_set)(w->protocol, "threads", threads, err));
    FIRST(CALL(reco_protocol_set_text)(w->protocol, "ask", ask, err));
    FIRST(CALL(reco_protocol_set_text)(w->protocol, "metrics", metrics, err));
    FIRST(CALL(reco_protocol_negatives)(w->protocol, negatives, err));
    w->report = SENTINEL;
    return CALL(reco_model_evaluate)(w->model, w->test, w->query, w->protocol, NULL, &w->report, err);
}

static reco_status evaluate(world *w, reco_error *err)
{
    return evaluate_by(w, "user", "ndcg@3,recall@5,coverage@4,map@2", NULL, 1, err);
}

static reco_status evaluate_among(world *w, reco_error *err)
{
    return evaluate_by(w, "user", "hit@3,mrr@5,precision@4,auc", w->data, 2, err);
}

/* With a query that allows less than all. */
static reco_status evaluate_next(world *w, reco_error *err)
{
    reco_query_reset(w->query);
    FIRST(reco_query_exclude(w->query, w->ids, 1, err));
    return evaluate_by(w, "next", "hit@3,auc", NULL, 1, err);
}

static reco_status evaluate_given(world *w, reco_error *err)
{
    w->report = NULL;
    if (!w->protocol) {
        FIRST(reco_protocol_new(&w->protocol, err));
    }
    FIRST(reco_protocol_set(w->protocol, "given", 1, err));
    return evaluate_by(w, "given", "hit@3", NULL, 2, err);
}

static reco_status predict(world *w, reco_error *err)
{
    bool rates = strcmp(w->algo, "baseline") == 0;
    return evaluate_by(w, "user", rates ? "rmse,hit@3" : "hit@3", NULL, 1, err);
}

static void no_report(const world *w)
{
    assert_null(w->report);
}

static uint64_t the_report(world *w)
{
    uint64_t sum = 1;
    for (int32_t k = 0; CALL(reco_report_count_name)(w->report, k); k++) {
        int64_t count = CALL(reco_report_count)(w->report, reco_report_count_name(w->report, k));
        sum = digest(sum, &count, sizeof count);
    }
    for (int32_t k = 0; k < CALL(reco_report_size)(w->report); k++) {
        double value = CALL(reco_report_value)(w->report, k), ends[2];
        int64_t units;
        const double *each = CALL(reco_report_units)(w->report, k, &units);
        assert_true(!each == !CALL(reco_report_unit)(w->report, k));
        assert_true(isfinite(value) && CALL(reco_report_name)(w->report, k));
        OK(CALL(reco_report_interval)(w->report, k, &ends[0], &ends[1], &err));
        sum = digest(digest(sum, &value, sizeof value), ends, sizeof ends);
        sum = digest(sum, each, units * (int64_t)sizeof *each);
    }
    return sum;
}

const scenario model_scenarios[] = {
    {"ask for parameters", 0, ask_parameters, NULL, nothing},
    {"ask a model", NEEDS_FITTED, ask_model, NULL, nothing},
    {"make a model", 0, make, no_model, nothing},
    {"set parameters", NEEDS_MODEL, set, NULL, nothing},
    {"add a part", NEEDS_MODEL, add, NULL, the_parts},
    {"fit", NEEDS_DATA | NEEDS_MODEL, fit, unfitted, the_model},
    {"fit with threads", NEEDS_DATA | NEEDS_MODEL | MANY | THREADS, fit_with_threads, unfitted, the_model},
    {"estimate", NEEDS_DATA | NEEDS_MODEL, estimate, NULL, the_number},
    {"save", NEEDS_FITTED, save, NULL, saved},
    {"save to memory", NEEDS_FITTED, save_bytes, no_bytes, the_bytes},
    {"save without users", NEEDS_FITTED, save_less, no_bytes, the_bytes},
    {"load", NEEDS_SAVED, load, no_loaded, the_loaded},
    {"load from memory", NEEDS_SAVED, load_bytes, no_loaded, the_loaded},
    {"copy", NEEDS_FITTED, copy, no_loaded, the_loaded},
    {"look at an array", NEEDS_FITTED, look_at_an_array, NULL, nothing},
    {"free", NEEDS_SAVED | NEEDS_QUERY, free_all, NULL, nothing},
    {"make a query", ONCE, make_query, no_query, nothing},
    {"make a list", ONCE, make_list, no_list, nothing},
    {"ask for a user", NEEDS_FITTED | NEEDS_QUERY | ONCE, ask_for_a_user, NULL, the_query},
    {"ask for a number", NEEDS_QUERY | ONCE, ask_for_a_number, NULL, nothing},
    {"tell events", NEEDS_FITTED | NEEDS_QUERY | ONCE, tell_events, NULL, the_query},
    {"tell features", NEEDS_FITTED | NEEDS_QUERY | ONCE, tell_features, NULL, the_query},
    {"ask for a history", NEEDS_FITTED | NEEDS_QUERY | ONCE, ask_for_a_history, NULL, the_query},
    {"restrict a query", NEEDS_FITTED | NEEDS_QUERY | ONCE, restrict_it, NULL, the_query},
    {"recommend", NEEDS_FITTED | NEEDS_QUERY, recommend, empty_list, read_list},
    {"recommend for a history", NEEDS_FITTED | NEEDS_QUERY, recommend_for_a_history, empty_list, the_list},
    {"similar", NEEDS_FITTED | NEEDS_QUERY, similar, empty_list, the_list},
    {"similar users", NEEDS_FITTED | NEEDS_QUERY, similar_users, empty_list, the_list},
    {"explain", NEEDS_FITTED | NEEDS_QUERY, explain, empty_list, the_list},
    {"score", NEEDS_FITTED | NEEDS_QUERY, score, untouched_scores, the_arrays},
    {"batch", NEEDS_FITTED | NEEDS_QUERY, batch, NULL, the_arrays},
    {"batch with threads", NEEDS_FITTED | NEEDS_QUERY | MANY | THREADS, batch_with_threads, NULL, the_arrays},
    {"make a protocol", ONCE, make_protocol, no_protocol, nothing},
    {"evaluate", NEEDS_FITTED, evaluate, no_report, the_report},
    {"evaluate among candidates", NEEDS_FITTED | THREADS, evaluate_among, no_report, the_report},
    {"evaluate next events", NEEDS_FITTED | NEEDS_QUERY, evaluate_next, no_report, the_report},
    {"predict ratings", NEEDS_FITTED, predict, no_report, the_report},
    {"evaluate visitors", NEEDS_FITTED | THREADS, evaluate_given, no_report, the_report},
    {0},
};
