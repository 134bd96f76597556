/* SPDX-License-Identifier: MIT */
/* One row of the table: the call it names, and what came of it as JSON. */
#include "table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What a row's call works with. */
typedef struct call {
    table *t;
    json_t *row;
    const reco_model *model; /* NULL when the row is about data */
    const reco_data *data;   /* NULL when the row is about a model */
    reco_query *query;
    reco_list *list;
    json_t *answer; /* out */
    reco_error *err;
} call;

static const char *text_of(const call *c, const char *key)
{
    return json_string_value(json_object_get(c->row, key));
}

/* ---- the question ---- */

static int32_t allow(void *context, int32_t item, const char *id)
{
    json_t *value;
    size_t k;
    (void)item;
    json_array_foreach((json_t *)context, k, value)
    {
        if (strcmp(json_string_value(value), id) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Who asks: "user", or "history" with or without "values"; ids that are numbers go as numbers. */
static reco_status set_asker(call *c)
{
    json_t *user = json_object_get(c->row, "user"), *history = json_object_get(c->row, "history");
    reco_status status = RECO_OK;
    if (user) {
        return json_is_integer(user) ? reco_query_user_i64(c->query, json_integer_value(user), c->err)
                                     : reco_query_user(c->query, json_string_value(user), c->err);
    }
    if (history) {
        float *values = floats_of(json_object_get(c->row, "values"));
        if (json_is_integer(json_array_get(history, 0))) {
            int64_t *ids = integers_of(history);
            status = reco_query_history_i64(c->query, ids, values, (int64_t)json_array_size(history), c->err);
            free(ids);
        } else {
            words ids = words_of(history);
            status = reco_query_history(c->query, ids.all, values, ids.n, c->err);
            free(ids.all);
        }
        free(values);
    }
    return status;
}

/* "events": ids, or [item, type, value, time] as far as they are said. */
static reco_status set_events(call *c)
{
    json_t *event;
    size_t k;
    reco_status status = RECO_OK;
    json_array_foreach(json_object_get(c->row, "events"), k, event)
    {
        json_t *value = json_array_get(event, 2), *time = json_array_get(event, 3);
        json_t *item = json_is_array(event) ? json_array_get(event, 0) : event;
        if (!status) {
            status = reco_query_event(
                c->query, json_string_value(item), json_string_value(json_array_get(event, 1)),
                json_is_number(value) ? (float)json_number_value(value) : 1,
                json_is_integer(time) ? json_integer_value(time) : RECO_NO_TIME, c->err);
        }
    }
    return status;
}

/* What a field holds: a token, a number, tokens, tokens with their weights, or a vector. */
static reco_status set_feature(call *c, int32_t side, const char *field, json_t *value)
{
    size_t k;
    const char *token;
    json_t *entry;
    reco_status status = RECO_OK;
    if (json_is_string(value)) {
        return reco_query_token(c->query, side, field, json_string_value(value), 1, c->err);
    }
    if (json_is_number(value)) {
        return reco_query_number(c->query, side, field, json_number_value(value), c->err);
    }
    if (json_is_number(json_array_get(value, 0))) {
        float *vector = floats_of(value);
        status = reco_query_vector(c->query, side, field, vector, (int32_t)json_array_size(value), c->err);
        free(vector);
    }
    json_array_foreach(value, k, entry)
    {
        if (!status && json_is_string(entry)) {
            status = reco_query_token(c->query, side, field, json_string_value(entry), 1, c->err);
        }
    }
    json_object_foreach(value, token, entry)
    {
        if (!status) {
            status = reco_query_token(c->query, side, field, token, (float)json_number_value(entry), c->err);
        }
    }
    return status;
}

/* "about" and "context". */
static reco_status set_features(call *c, const char *key, int32_t side)
{
    const char *field;
    json_t *value;
    reco_status status = RECO_OK;
    json_object_foreach(json_object_get(c->row, key), field, value)
    {
        status = status ? status : set_feature(c, side, field, value);
    }
    return status;
}

static reco_status set_items(call *c, const char *key,
                             reco_status (*set)(reco_query *, const char *const *, int64_t, reco_error *))
{
    json_t *ids = json_object_get(c->row, key);
    if (!ids) {
        return RECO_OK;
    }
    words w = words_of(ids);
    reco_status status = set(c->query, w.all, w.n, c->err);
    free(w.all);
    return status;
}

static reco_status set_query(call *c)
{
    json_t *limit = json_object_get(c->row, "limit"), *offset = json_object_get(c->row, "offset");
    reco_status status = set_asker(c);
    if (!status && text_of(c, "unknown")) {
        status = reco_query_unknown(c->query, text_of(c, "unknown"), c->err);
    }
    if (status || (status = set_events(c)) || (status = set_features(c, "about", RECO_USER)) ||
        (status = set_features(c, "context", RECO_CONTEXT))) {
        return status;
    }
    if (!status && limit) {
        status = reco_query_limit(c->query, (int32_t)json_integer_value(limit), c->err);
    }
    if (!status && offset) {
        status = reco_query_offset(c->query, (int32_t)json_integer_value(offset), c->err);
    }
    if (status || (status = set_items(c, "include", reco_query_include)) ||
        (status = set_items(c, "exclude", reco_query_exclude))) {
        return status;
    }
    if (json_object_get(c->row, "include_seen")) {
        reco_query_include_seen(c->query, json_is_true(json_object_get(c->row, "include_seen")));
    }
    if (json_object_get(c->row, "allow")) {
        reco_query_filter(c->query, allow, json_object_get(c->row, "allow"));
    }
    if (text_of(c, "purpose") && (status = reco_query_purpose(c->query, text_of(c, "purpose"), c->err))) {
        return status;
    }
    return text_of(c, "where") ? reco_query_where(c->query, text_of(c, "where"), c->err) : RECO_OK;
}

/* ---- the calls ---- */

/* NaN is null. */
static json_t *array_of_floats(const float *values, int64_t n)
{
    json_t *array = json_array();
    for (int64_t k = 0; k < n; k++) {
        json_array_append_new(array, isnan(values[k]) ? json_null() : json_real((double)values[k]));
    }
    return array;
}

static json_t *array_of_ids(const reco_model *model, const int32_t *items, int64_t n)
{
    json_t *array = json_array();
    for (int64_t k = 0; k < n; k++) {
        json_array_append_new(array, json_string(reco_model_id(model, RECO_ITEM, items[k])));
    }
    return array;
}

/* The purposes of a model or of data whose bits a consent has. */
static json_t *array_of_purposes(const call *c, int32_t consent)
{
    json_t *array = json_array();
    for (int32_t k = 0; k < 32; k++) {
        const char *name = c->model ? reco_model_purpose(c->model, k) : reco_data_purpose(c->data, k);
        if (name && ((uint32_t)consent >> k & 1)) {
            json_array_append_new(array, json_string(name));
        }
    }
    return array;
}

/* The list as the answer of a call that ended so. */
static reco_status take_list(call *c, reco_status status)
{
    int32_t n = reco_list_size(c->list);
    json_t *ids = json_array();
    for (int32_t k = 0; k < n; k++) {
        json_array_append_new(ids, json_string(reco_list_id(c->list, k)));
    }
    c->answer = json_pack("{s:o, s:o, s:s, s:o, s:I}", "ids", ids, "scores",
                          array_of_floats(reco_list_scores(c->list), n), "source", reco_list_source(c->list),
                          "withheld", array_of_purposes(c, reco_list_withheld(c->list)), "skipped",
                          (json_int_t)reco_list_skipped(c->list));
    return status;
}

static reco_status recommend(call *c)
{
    return take_list(c, reco_model_recommend(c->model, c->query, c->list, c->err));
}

static reco_status similar(call *c)
{
    return take_list(c, reco_model_similar(c->model, text_of(c, "item"), c->query, c->list, c->err));
}

static reco_status similar_users(call *c)
{
    json_t *ids = json_array();
    reco_status status = reco_model_similar_users(c->model, text_of(c, "like"), c->query, c->list, c->err);
    int32_t n = reco_list_size(c->list);
    for (int32_t k = 0; k < n; k++) {
        json_array_append_new(ids,
                              json_string(reco_model_id(c->model, RECO_USER, reco_list_items(c->list)[k])));
    }
    c->answer = json_pack("{s:o, s:o, s:s}", "ids", ids, "scores",
                          array_of_floats(reco_list_scores(c->list), n), "source", reco_list_source(c->list));
    return status;
}

static reco_status explain(call *c)
{
    return take_list(c, reco_model_explain(c->model, text_of(c, "item"), c->query, c->list, c->err));
}

static reco_status score(call *c)
{
    words items = words_of(json_object_get(c->row, "items"));
    float *scores = malloc((size_t)(items.n + 1) * sizeof *scores);
    reco_status status = reco_model_score(c->model, c->query, items.all, items.n, scores, c->err);
    if (!status) {
        c->answer = json_pack("{s:o}", "scores", array_of_floats(scores, items.n));
    }
    free(scores);
    free(items.all);
    return status;
}

/* Of "users", or of all. */
static reco_status batch(call *c)
{
    json_t *users = json_object_get(c->row, "users"), *lists = json_array(), *ended = json_array();
    int64_t limit = json_integer_value(json_object_get(c->row, "limit"));
    words who = words_of(users);
    size_t n = users ? (size_t)who.n : (size_t)reco_model_count(c->model, "users");
    int32_t *items = malloc((n * (size_t)limit + 1) * sizeof *items),
            *sizes = malloc((n + 1) * sizeof *sizes), *statuses = malloc((n + 1) * sizeof *statuses);
    float *scores = malloc((n * (size_t)limit + 1) * sizeof *scores);
    reco_status status = reco_model_recommend_batch(c->model, c->query, users ? who.all : NULL, (int64_t)n, 0,
                                                    NULL, items, scores, sizes, statuses, c->err);
    for (size_t k = 0; k < n && !status; k++) {
        json_t *ids = array_of_ids(c->model, items + k * (size_t)limit, sizes[k]);
        json_array_append_new(lists, json_pack("{s:o, s:o}", "ids", ids, "scores",
                                               array_of_floats(scores + k * (size_t)limit, sizes[k])));
        json_array_append_new(ended, json_integer(statuses[k]));
    }
    c->answer = json_pack("{s:o, s:o}", "lists", lists, "statuses", ended);
    free(items);
    free(scores);
    free(sizes);
    free(statuses);
    free(who.all);
    return status;
}

/* What a row says of the protocol. */
static reco_status set_protocol(const call *c, reco_protocol *protocol)
{
    static const char *const texts[] = {"metrics", "ask"};
    reco_status status = RECO_OK;
    json_t *given = json_object_get(c->row, "given"), *negatives = json_object_get(c->row, "negatives");
    for (size_t k = 0; k < sizeof texts / sizeof *texts && !status; k++) {
        if (text_of(c, texts[k])) {
            status = reco_protocol_set_text(protocol, texts[k], text_of(c, texts[k]), c->err);
        }
    }
    if (!status && given) {
        status = reco_protocol_set(protocol, "given", json_number_value(given), c->err);
    }
    if (!status && negatives) {
        const reco_data *data = NULL;
        status = make_data(c->t, negatives, &data, c->err);
        status = status ? status : reco_protocol_negatives(protocol, data, c->err);
    }
    return status;
}

static reco_status evaluate(call *c)
{
    const reco_data *test = NULL;
    reco_report *report = NULL;
    reco_protocol *protocol = NULL;
    json_t *values = json_object(), *units = json_object(), *counts = json_object();
    reco_status status = make_data(c->t, json_object_get(c->row, "test"), &test, c->err);
    if (!status && !(status = reco_protocol_new(&protocol, c->err)) &&
        !(status = set_protocol(c, protocol))) {
        status = reco_model_evaluate(c->model, test, c->query, protocol, NULL, &report, c->err);
    }
    for (int32_t k = 0; k < reco_report_size(report); k++) {
        const char *name = reco_report_name(report, k);
        int64_t n;
        const double *each = reco_report_units(report, k, &n);
        json_t *list = each ? json_array() : json_null();
        for (int64_t u = 0; u < n; u++) {
            json_array_append_new(list, json_real(each[u]));
        }
        json_object_set_new(values, name, json_real(reco_report_value(report, k)));
        json_object_set_new(units, name, list);
    }
    for (int32_t k = 0; reco_report_count_name(report, k); k++) {
        const char *name = reco_report_count_name(report, k);
        json_object_set_new(counts, name, json_integer(reco_report_count(report, name)));
    }
    c->answer = json_pack("{s:o, s:o, s:o}", "values", values, "units", units, "counts", counts);
    reco_report_free(report);
    reco_protocol_free(protocol);
    return status;
}

/* A count of a model or of data. */
static reco_status count(call *c)
{
    const char *of = text_of(c, "of");
    int64_t n = c->model ? reco_model_count(c->model, of) : reco_data_count(c->data, of);
    c->answer = json_pack("{s:I}", "value", (json_int_t)n);
    return RECO_OK;
}

static reco_status times(call *c)
{
    int64_t first, last;
    reco_status status = c->model ? reco_model_times(c->model, &first, &last, c->err)
                                  : reco_data_times(c->data, &first, &last, c->err);
    if (!status) {
        c->answer = json_pack("{s:[I, I]}", "values", (json_int_t)first, (json_int_t)last);
    }
    return status;
}

/* What a user of a model or of data agreed to. */
static reco_status consent(call *c)
{
    int32_t user = 0;
    reco_status status = c->model ? reco_model_find(c->model, RECO_USER, text_of(c, "user"), &user, c->err)
                                  : reco_data_find(c->data, RECO_USER, text_of(c, "user"), &user, c->err);
    if (!status) {
        int32_t given = c->model ? reco_model_consent(c->model, user) : reco_data_consent(c->data, user);
        c->answer = json_pack("{s:o}", "values", array_of_purposes(c, given));
    }
    return status;
}

/* The items and values of a user in the matrix. */
static reco_status row(call *c)
{
    const int32_t *items = NULL;
    const float *values = NULL;
    int64_t n = 0;
    int32_t user = 0;
    reco_status status = reco_data_find(c->data, RECO_USER, text_of(c, "user"), &user, c->err);
    if (!status && !(status = reco_data_row(c->data, user, &items, &values, &n, c->err))) {
        json_t *ids = json_array();
        for (int64_t k = 0; k < n; k++) {
            json_array_append_new(ids, json_string(reco_data_id(c->data, RECO_ITEM, items[k])));
        }
        c->answer = json_pack("{s:o, s:o}", "ids", ids, "values", array_of_floats(values, n));
    }
    return status;
}

/* A user's events in order; null where one has no time or type. */
static reco_status trail(call *c)
{
    const int32_t *items = NULL;
    const float *values = NULL;
    const int64_t *times = NULL;
    const uint8_t *types = NULL;
    int64_t n = 0;
    int32_t user = 0;
    reco_status status = reco_data_find(c->data, RECO_USER, text_of(c, "user"), &user, c->err);
    if (!status && !(status = reco_data_trail(c->data, user, &items, &values, &times, &types, &n, c->err))) {
        json_t *ids = json_array(), *when = json_array(), *what = json_array();
        for (int64_t k = 0; k < n; k++) {
            const char *type = types ? reco_data_type(c->data, types[k]) : NULL;
            bool timed = times && times[k] != RECO_NO_TIME;
            json_array_append_new(ids, json_string(reco_data_id(c->data, RECO_ITEM, items[k])));
            json_array_append_new(when, timed ? json_integer(times[k]) : json_null());
            json_array_append_new(what, type ? json_string(type) : json_null());
        }
        c->answer = json_pack("{s:o, s:o, s:o, s:o}", "ids", ids, "values", array_of_floats(values, n),
                              "times", when, "types", what);
    }
    return status;
}

static reco_status can(call *c)
{
    c->answer = json_pack("{s:b}", "value", reco_model_can(c->model, text_of(c, "what")));
    return RECO_OK;
}

static reco_status text(call *c)
{
    int32_t item = 0;
    reco_status status = reco_model_find(c->model, RECO_ITEM, text_of(c, "item"), &item, c->err);
    if (!status) {
        c->answer =
            json_pack("{s:s?}", "value", reco_model_text(c->model, RECO_ITEM, item, text_of(c, "field")));
    }
    return status;
}

/* Whether it can be saved with less; all files that can are loaded elsewhere. */
static reco_status save(call *c)
{
    void *bytes = NULL;
    int64_t n = 0;
    reco_status status =
        reco_model_save_bytes(c->model, flags_of(json_object_get(c->row, "without")), &bytes, &n, c->err);
    c->answer = json_pack("{s:b}", "saved", 1);
    reco_bytes_free(bytes);
    return status;
}

/* Whether a text is a model file. */
static reco_status load(call *c)
{
    reco_model *model = NULL;
    const char *bytes = text_of(c, "bytes");
    reco_status status = reco_model_load_bytes(&model, bytes, (int64_t)strlen(bytes), c->err);
    c->answer = json_pack("{s:b}", "loaded", 1);
    reco_model_free(model);
    return status;
}

/* ---- by name ---- */

static reco_status dispatch(call *c)
{
    static const struct {
        const char *name;
        reco_status (*function)(call *);
    } calls[] = {{"recommend", recommend},
                 {"similar", similar},
                 {"similar_users", similar_users},
                 {"explain", explain},
                 {"score", score},
                 {"batch", batch},
                 {"evaluate", evaluate},
                 {"count", count},
                 {"times", times},
                 {"consent", consent},
                 {"row", row},
                 {"trail", trail},
                 {"can", can},
                 {"text", text},
                 {"save", save},
                 {"load", load}};
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++) {
        if (strcmp(calls[k].name, text_of(c, "call")) == 0) {
            return calls[k].function(c);
        }
    }
    strcpy(c->err->message, "there is no such call");
    return RECO_EINTERNAL;
}

json_t *ask(table *t, json_t *asked, int loaded)
{
    reco_error err = {""};
    call c = {.t = t, .row = asked, .err = &err};
    json_t *model = json_object_get(asked, "model"), *data = json_object_get(asked, "data");
    reco_status status = reco_query_new(&c.query, &err);
    if (!status) {
        status = reco_list_new(&c.list, &err);
    }
    if (!status && model) {
        status = make_model(t, model, loaded, &c.model, &err);
    }
    if (!status && data) {
        status = make_data(t, data, &c.data, &err);
    }
    if (!status && !(status = set_query(&c))) {
        status = dispatch(&c);
    }
    if (status) {
        json_decref(c.answer);
        c.answer = json_pack("{s:s, s:s}", "error", reco_status_text(status), "message", err.message);
    }
    reco_list_free(c.list);
    reco_query_free(c.query);
    return c.answer;
}
