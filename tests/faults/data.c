/* SPDX-License-Identifier: MIT */
/* Scenarios of base.h and data.h. */
#include "sweep.h"

#include <stdio.h>

#define SENTINEL ((void *)16)

/* ---- outcomes ---- */

static uint64_t nothing(world *w)
{
    (void)w;
    return 1;
}

/* What the builder would finish to. */
static uint64_t built(world *w)
{
    static const char *const counts[] = {
        "rows", "events", "returns", "rows_without_user", "rows_zero", "rows_without_item", "rows_bad"};
    reco_data *data = NULL;
    OK(reco_builder_finish(w->builder, &data, &err));
    uint64_t sum = digest_data(1, data);
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        int64_t count = CALL(reco_builder_count)(w->builder, counts[k]);
        sum = digest(sum, &count, sizeof count);
    }
    reco_data_free(data);
    return sum;
}

static uint64_t finished(world *w)
{
    uint64_t sum = digest_data(1, w->data);
    return w->train ? digest_data(digest_data(sum, w->train), w->test) : sum;
}

/* ---- base ---- */

static reco_status make_run(world *w, reco_error *err)
{
    w->run = SENTINEL;
    reco_status status = CALL(reco_run_new)(&w->run, err);
    CALL(reco_run_set_progress)(w->run, NULL, NULL);
    CALL(reco_run_cancel)(NULL);
    return status;
}

static void no_run(const world *w)
{
    assert_null(w->run);
}

/* Calls that never allocate. */
static reco_status ask_plain(world *w, reco_error *unused)
{
    (void)unused;
    int32_t index = 0;
    const int32_t *items;
    const float *values;
    int64_t n;
    const int64_t *offsets, *event_times;
    const uint8_t *types;
    assert_string_equal(CALL(reco_version)(), "0.1.0");
    assert_non_null(CALL(reco_status_text)(RECO_ENOMEM));
    OK(CALL(reco_data_find)(w->data, RECO_USER, "u3", &index, &err));
    assert_string_equal(CALL(reco_data_id)(w->data, RECO_USER, index), "u3");
    assert_int_equal(CALL(reco_data_consent)(w->data, index), RECO_CONSENT_ALL);
    assert_string_equal(CALL(reco_data_purpose)(w->data, 1), "personal");
    assert_int_equal(CALL(reco_data_count)(w->data, "users"), WORLD_USERS);
    int64_t first, last;
    OK(CALL(reco_data_times)(w->data, &first, &last, &err));
    OK(CALL(reco_data_row)(w->data, index, &items, &values, &n, &err));
    OK(CALL(reco_data_trail)(w->data, index, &items, &values, &event_times, &types, &n, &err));
    assert_null(CALL(reco_data_type)(w->data, 0));
    assert_non_null(CALL(reco_data_field)(w->data, RECO_ITEM, 0, NULL));
    OK(CALL(reco_data_matrix)(w->data, &offsets, &items, &values, &err));
    return RECO_OK;
}

static reco_status free_everything(world *w, reco_error *unused)
{
    (void)unused;
    CALL(reco_builder_free)(w->builder);
    CALL(reco_format_free)(w->format);
    CALL(reco_data_free)(w->data);
    CALL(reco_data_free)(w->train);
    CALL(reco_data_free)(w->test);
    CALL(reco_run_free)(NULL);
    w->builder = NULL;
    w->format = NULL;
    w->data = w->train = w->test = NULL;
    return RECO_OK;
}

/* ---- builder ---- */

static reco_status make_builder(world *w, reco_error *err)
{
    w->builder = SENTINEL;
    return CALL(reco_builder_new)(&w->builder, err);
}

static void no_builder(const world *w)
{
    assert_null(w->builder);
}

static reco_status set_builder(world *w, reco_error *err)
{
    reco_status status = CALL(reco_builder_set)(w->builder, "half_life_days", 30, err);
    status = status ? status : CALL(reco_builder_set_text)(w->builder, "combine", "count", err);
    return status;
}

static reco_status name_events(world *w, reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t k = 0; k < 12 && status == RECO_OK; k++) {
        char type[2] = {(char)('a' + k), 0};
        status = CALL(reco_builder_set_event_type)(w->builder, type, k, err);
    }
    return status;
}

static reco_status name_purposes(world *w, reco_error *err)
{
    reco_status status = RECO_OK;
    for (int32_t k = 0; k < 30 && status == RECO_OK; k++) {
        char purpose[2] = {(char)('A' + k), 0};
        int32_t bit = 0;
        status = CALL(reco_builder_set_purpose)(w->builder, purpose, &bit, err);
        assert_int_equal(bit, status ? 0 : (int32_t)(UINT32_C(4) << k));
    }
    return status;
}

static reco_status consent(world *w, reco_error *err)
{
    FIRST(reco_builder_set_purpose(w->builder, "email", NULL, err));
    FIRST(CALL(reco_builder_set_consent)(w->builder, "u1", RECO_CONSENT_NONE, err));
    FIRST(CALL(reco_builder_set_consent)(w->builder, "new", RECO_CONSENT_TRAINING, err));
    return CALL(reco_builder_set_consent_text)(w->builder, "newer", "training|email", err);
}

static reco_status add_event(world *w, reco_error *err)
{
    return CALL(reco_builder_add_event)(w->builder, "somebody new", "something new", NULL, 2, 5, err);
}

static reco_status add_events(world *w, reco_error *err)
{
    enum { ROWS = 300 };
    int64_t users[ROWS], items[ROWS];
    for (int32_t k = 0; k < ROWS; k++) {
        users[k] = 1000 + k % 70;
        items[k] = -k;
    }
    return CALL(reco_builder_add_events_i64)(w->builder, ROWS, users, items, NULL, NULL, err);
}

static reco_status add_named_events(world *w, reco_error *err)
{
    enum { ROWS = 300 };
    static char names[ROWS][8];
    const char *users[ROWS], *items[ROWS];
    int64_t times[ROWS];
    for (int32_t k = 0; k < ROWS; k++) {
        snprintf(names[k], sizeof names[k], "n%d", k);
        users[k] = names[k % 70];
        items[k] = names[k];
        times[k] = k;
    }
    return CALL(reco_builder_add_events)(w->builder, ROWS, users, items, NULL, NULL, times, err);
}

static reco_status add_typed_events(world *w, reco_error *err)
{
    enum { ROWS = 300 };
    static char names[ROWS][8];
    const char *ids[ROWS], *types[ROWS];
    for (int32_t k = 0; k < ROWS; k++) {
        snprintf(names[k], sizeof names[k], "n%d", k);
        ids[k] = names[k];
        types[k] = k < 100 ? NULL : "view";
    }
    FIRST(reco_builder_set_event_type(w->builder, "view", 2, err));
    return CALL(reco_builder_add_events)(w->builder, ROWS, ids, ids, types, NULL, NULL, err);
}

static reco_status add_ids(world *w, reco_error *err)
{
    enum { IDS = 200 };
    int64_t ids[IDS];
    for (int32_t k = 0; k < IDS; k++) {
        ids[k] = 3 * k;
    }
    return CALL(reco_builder_add_ids_i64)(w->builder, RECO_ITEM, IDS, ids, err);
}

static reco_status add_named_ids(world *w, reco_error *err)
{
    static const char *const ids[] = {"u1", "somebody", "somebody else", "somebody"};
    return CALL(reco_builder_add_ids)(w->builder, RECO_USER, 4, ids, err);
}

static reco_status add_named_items(world *w, reco_error *err)
{
    static const char *const ids[] = {"something", "a thing whose name is longer than eight bytes",
                                      "something"};
    return CALL(reco_builder_add_ids)(w->builder, RECO_ITEM, 3, ids, err);
}

/* What was so at the events of a call; it may be said twice. */
static reco_status add_contexts(world *w, reco_error *err)
{
    enum { ROWS = 90 };
    static char names[ROWS][8];
    const char *places[ROWS];
    int64_t ids[ROWS];
    float values[ROWS];
    double degrees[ROWS];
    for (int32_t k = 0; k < ROWS; k++) {
        snprintf(names[k], sizeof names[k], "p%d", k % 40);
        places[k] = k % 3 ? names[k] : NULL;
        ids[k] = k;
        values[k] = (float)(k % 7);
        degrees[k] = k;
    }
    if (reco_builder_count(w->builder, "events_zero") == 0) { /* else they are there since the last attempt */
        FIRST(reco_builder_add_events_i64(w->builder, ROWS, ids, ids, values, NULL, err));
    }
    FIRST(reco_builder_add_context_tokens(w->builder, "device", ROWS, places, err));
    FIRST(CALL(reco_builder_add_context_numbers)(w->builder, "degrees", ROWS, degrees, err));
    return CALL(reco_builder_add_context_tokens)(w->builder, "place", ROWS, places, err);
}

static reco_status add_text(world *w, reco_error *err)
{
    return CALL(reco_builder_add_text)(w->builder, RECO_ITEM, "new", "subtitle", "some words on it", err);
}

static reco_status add_token(world *w, reco_error *err)
{
    return CALL(reco_builder_add_token)(w->builder, RECO_ITEM, "new", "brand", "acme", 1, err);
}

static reco_status add_number(world *w, reco_error *err)
{
    return CALL(reco_builder_add_number)(w->builder, RECO_USER, "new", "income", 3, err);
}

static reco_status add_vector(world *w, reco_error *err)
{
    static const float vector[] = {1, 2, 3, 4, 5};
    return CALL(reco_builder_add_vector)(w->builder, RECO_ITEM, "new", "embedding", vector, 5, err);
}

static reco_status finish(world *w, reco_error *err)
{
    w->data = SENTINEL;
    return CALL(reco_builder_finish)(w->builder, &w->data, err);
}

/* The builder goes with the call, so each has its own. */
static reco_status finish_free(world *w, reco_error *err)
{
    reco_builder *builder = NULL;
    w->data = NULL;
    FIRST(reco_builder_new(&builder, err));
    reco_status status = reco_builder_set_consent(builder, "eve", RECO_CONSENT_NONE, err);
    status = status ? status : reco_builder_set_event_type(builder, "view", 2, err);
    for (int32_t k = 0; k < 12 && status == RECO_OK; k++) {
        char user[2] = {(char)('a' + k * 5 % 7), 0}, item[2] = {(char)('p' + k % 4), 0};
        status = reco_builder_add_event(builder, user, item, k % 3 ? NULL : "view", 1, 100 - k, err);
    }
    const char *place = "home";
    status = status ? status : reco_builder_add_context_tokens(builder, "place", 1, &place, err);
    if (status) {
        reco_builder_free(builder);
        return status;
    }
    w->data = SENTINEL;
    return CALL(reco_builder_finish_free)(builder, &w->data, err);
}

static void no_data(const world *w)
{
    assert_null(w->data);
}

static reco_status finish_with_rules(world *w, reco_error *err)
{
    FIRST(reco_builder_set(w->builder, "half_life_days", 3, err));
    FIRST(reco_builder_set(w->builder, "min_user_events", 2, err));
    FIRST(reco_builder_set(w->builder, "min_item_events", 2, err));
    FIRST(reco_builder_set_text(w->builder, "combine", "last", err));
    return finish(w, err);
}

/* Of ratings, some of which are no tastes. */
static reco_status finish_ratings(world *w, reco_error *err)
{
    reco_builder *builder = NULL;
    w->data = NULL;
    FIRST(reco_builder_new(&builder, err));
    reco_status status = CALL(reco_builder_set_text)(builder, "values", "ratings", err);
    status = status ? status : CALL(reco_builder_set)(builder, "like_from", 3, err);
    for (int64_t k = 0; k < 40 && status == RECO_OK; k++) {
        int64_t user = k % 7, item = k * k % 11;
        float rating = (float)(k % 6 - 1);
        status = reco_builder_add_events_i64(builder, 1, &user, &item, &rating, NULL, err);
    }
    if (status) {
        reco_builder_free(builder);
        return status;
    }
    w->data = SENTINEL;
    return CALL(reco_builder_finish_free)(builder, &w->data, err);
}

/* ---- files ---- */

static reco_status make_format(world *w, reco_error *err)
{
    w->format = SENTINEL;
    return CALL(reco_format_new)(&w->format, err);
}

static void no_format(const world *w)
{
    assert_null(w->format);
}

static reco_status set_format(world *w, reco_error *err)
{
    reco_status status = CALL(reco_format_set)(w->format, "skip_bad_rows", 1, err);
    status = status ? status : CALL(reco_format_set_text)(w->format, "columns", "user=user,item=item", err);
    status = status ? status : CALL(reco_format_set_text)(w->format, "item_columns", "title=text", err);
    return status ? status : CALL(reco_format_set_text)(w->format, "context_columns", "title=token", err);
}

static reco_status read_events(world *w, reco_error *err)
{
    return CALL(reco_builder_read_events)(w->builder, EVENTS_PATH, NULL, err);
}

static reco_status read_events_with_features(world *w, reco_error *err)
{
    return CALL(reco_builder_read_events)(w->builder, EVENTS_PATH, w->format, err);
}

static reco_status read_items(world *w, reco_error *err)
{
    return CALL(reco_builder_read_features)(w->builder, RECO_ITEM, ITEMS_PATH, NULL, err);
}

static reco_status read_users(world *w, reco_error *err)
{
    return CALL(reco_builder_read_features)(w->builder, RECO_USER, USERS_PATH, NULL, err);
}

/* ---- splits ---- */

static reco_status split(world *w, const char *spec, reco_error *err)
{
    reco_data_free(w->train == SENTINEL ? NULL : w->train);
    reco_data_free(w->test == SENTINEL ? NULL : w->test);
    w->train = w->test = SENTINEL;
    return CALL(reco_data_split)(w->data, spec, 5, &w->train, &w->test, err);
}

static void no_parts(const world *w)
{
    assert_null(w->train);
    assert_null(w->test);
}

#define SPLIT(name, spec)                                                                                    \
    static reco_status name(world *w, reco_error *err)                                                       \
    {                                                                                                        \
        return split(w, spec, err);                                                                          \
    }
SPLIT(split_random, "random:0.3")
SPLIT(split_last_one, "leave-one-out")
SPLIT(split_last, "last:2")
SPLIT(split_time, "time:0.2")
SPLIT(split_folds, "kfold:4/2")
SPLIT(split_users, "cold-users:0.3")
SPLIT(split_items, "cold-items:0.3")

const scenario data_scenarios[] = {
    {"make a run", 0, make_run, no_run, nothing},
    {"ask what needs no memory", NEEDS_DATA, ask_plain, NULL, nothing},
    {"free", NEEDS_BUILDER | NEEDS_DATA | NEEDS_FORMAT, free_everything, NULL, nothing},
    {"make a builder", 0, make_builder, no_builder, built},
    {"set a builder", NEEDS_BUILDER, set_builder, NULL, built},
    {"name events", NEEDS_BUILDER, name_events, NULL, built},
    {"name purposes", NEEDS_BUILDER, name_purposes, NULL, built},
    {"consent", NEEDS_BUILDER, consent, NULL, built},
    {"add an event", NEEDS_BUILDER, add_event, NULL, built},
    {"add events", NEEDS_BUILDER, add_events, NULL, built},
    {"add named events", NEEDS_BUILDER, add_named_events, NULL, built},
    {"add typed events", NEEDS_BUILDER, add_typed_events, NULL, built},
    {"add ids", NEEDS_BUILDER, add_ids, NULL, built},
    {"add named ids", NEEDS_BUILDER, add_named_ids, NULL, built},
    {"add named items", NEEDS_BUILDER, add_named_items, NULL, built},
    {"add contexts", NEEDS_BUILDER, add_contexts, NULL, built},
    {"add a text", NEEDS_BUILDER, add_text, NULL, built},
    {"add a token", NEEDS_BUILDER, add_token, NULL, built},
    {"add a number", NEEDS_BUILDER, add_number, NULL, built},
    {"add a vector", NEEDS_BUILDER, add_vector, NULL, built},
    {"finish", NEEDS_BUILDER, finish, no_data, finished},
    {"finish with rules", NEEDS_BUILDER, finish_with_rules, no_data, finished},
    {"finish and free", 0, finish_free, no_data, finished},
    {"finish ratings", 0, finish_ratings, no_data, finished},
    {"make a format", 0, make_format, no_format, nothing},
    {"set a format", NEEDS_FORMAT, set_format, NULL, nothing},
    {"read events", NEEDS_BUILDER, read_events, NULL, built},
    {"read events with features", NEEDS_BUILDER | NEEDS_FORMAT, read_events_with_features, NULL, built},
    {"read items", NEEDS_BUILDER, read_items, NULL, built},
    {"read users", NEEDS_BUILDER, read_users, NULL, built},
    {"split at random", NEEDS_DATA, split_random, no_parts, finished},
    {"split off the last", NEEDS_DATA, split_last_one, no_parts, finished},
    {"split off the last two", NEEDS_DATA, split_last, no_parts, finished},
    {"split by time", NEEDS_DATA, split_time, no_parts, finished},
    {"split in folds", NEEDS_DATA, split_folds, no_parts, finished},
    {"split off users", NEEDS_DATA, split_users, no_parts, finished},
    {"split off items", NEEDS_DATA, split_items, no_parts, finished},
    {0},
};
