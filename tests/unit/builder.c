/* SPDX-License-Identifier: MIT */
/* What goes into a builder and what comes out: the matrix against a plain second implementation, consent,
 * features, and every refusal. */
#include "base/number.h"
#include "base/rng.h"
#include "data/data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static reco_error err;

static reco_builder *new_builder(void)
{
    reco_builder *b = NULL;
    assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
    return b;
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data = NULL;
    reco_status status = reco_builder_finish(b, &data, &err);
    if (status != RECO_OK) {
        fail_msg("%s", err.message);
    }
    return data;
}

static reco_data *finish_and_free(reco_builder *b)
{
    reco_data *data = NULL;
    reco_status status = reco_builder_finish_free(b, &data, &err);
    if (status != RECO_OK) {
        fail_msg("%s", err.message);
    }
    return data;
}

static void add(reco_builder *b, const char *user, const char *item, float value, int64_t time)
{
    assert_int_equal(reco_builder_add_event(b, user, item, NULL, value, time, &err), RECO_OK);
}

/* X[user, item], 0 where there is none. */
static float entry(const reco_data *data, const char *user, const char *item)
{
    int32_t u, i;
    const int32_t *items;
    const float *values;
    int64_t n;
    assert_int_equal(reco_data_find(data, RECO_USER, user, &u, NULL), RECO_OK);
    assert_int_equal(reco_data_find(data, RECO_ITEM, item, &i, NULL), RECO_OK);
    assert_int_equal(reco_data_row(data, u, &items, &values, &n, NULL), RECO_OK);
    for (int64_t k = 0; k < n; k++) {
        if (items[k] == i) {
            return values[k];
        }
    }
    return 0;
}

static void test_ids_are_sorted(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "10", "b", 1, RECO_NO_TIME);
    add(b, "9", "aa", 1, RECO_NO_TIME);
    add(b, "zebra-with-a-long-name-2", "a", 1, RECO_NO_TIME);
    add(b, "zebra-with-a-long-name-1", "c", 1, RECO_NO_TIME);
    reco_data *data = finish_and_free(b);
    static const char *const users[] = {"9", "10", "zebra-with-a-long-name-1", "zebra-with-a-long-name-2"};
    static const char *const items[] = {"a", "b", "c", "aa"};
    for (int32_t k = 0; k < 4; k++) {
        assert_string_equal(reco_data_id(data, RECO_USER, k), users[k]);
        assert_string_equal(reco_data_id(data, RECO_ITEM, k), items[k]);
    }
    assert_null(reco_data_id(data, RECO_USER, 4));
    assert_null(reco_data_id(data, RECO_USER, -1));
    assert_null(reco_data_id(data, 2, 0));
    int32_t at = -7;
    assert_int_equal(reco_data_find(data, RECO_ITEM, "zz", &at, &err), RECO_ENOTFOUND);
    assert_string_equal(err.message, "no item 'zz'");
    assert_int_equal(at, -7);
    reco_data_free(data);
}

static void test_repeats_add_up_and_returns_go(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "ann", "mug", 2, 100);
    add(b, "ann", "mug", 3, 300);
    add(b, "ann", "lamp", 2, RECO_NO_TIME);
    add(b, "ann", "lamp", -2, 200);
    add(b, "bob", "mug", 1, RECO_NO_TIME);
    add(b, "bob", "mug", 0, RECO_NO_TIME);
    assert_int_equal(reco_builder_count(b, "events"), 5);
    assert_int_equal(reco_builder_count(b, "returns"), 1);
    assert_int_equal(reco_builder_count(b, "events_zero"), 1);
    assert_int_equal(reco_builder_count(b, "nothing"), -1);
    reco_data *data = finish_and_free(b);
    assert_true(entry(data, "ann", "mug") == 5);
    assert_true(entry(data, "ann", "lamp") == 0);
    assert_true(entry(data, "bob", "mug") == 1);
    assert_int_equal(reco_data_count(data, "pairs"), 2);
    assert_int_equal(reco_data_count(data, "events"), 3);
    assert_int_equal(reco_data_count(data, "pairs_returned"), 1);
    assert_int_equal(reco_data_count(data, "events_returned"), 2);
    assert_int_equal(data->first_time, 100);
    assert_int_equal(data->last_time, 300);
    reco_data_free(data);
}

/* ---- against a second implementation ---- */

enum { USERS = 6, ITEMS = 6, MOST_EVENTS = 80, CASES = 3000 };

typedef struct plain_event {
    int user, item;
    float value; /* weighted */
    int64_t time;
    bool out;
} plain_event;

typedef struct plain_case {
    plain_event events[MOST_EVENTS];
    int n, combine, consent[USERS], least_user, least_item;
    double half_life, reference; /* NaN: the newest event's */
    int64_t without_consent, rare, returned_pairs, returned_events, entered;
} plain_case;

static plain_case random_case(uint64_t k)
{
    reco__rng r = reco__rng_key(11, 1, k);
    plain_case c = {.combine = (int)reco__rng_below(&r, 4), .reference = NAN};
    bool timed = reco__rng_below(&r, 4) > 0;
    c.n = (int)reco__rng_below(&r, MOST_EVENTS + 1);
    c.half_life = reco__rng_below(&r, 2) ? 0 : 0.5 + 10 * reco__rng_unit(&r);
    c.reference = reco__rng_below(&r, 2) ? NAN : (double)reco__rng_below(&r, 20) * 86400;
    c.least_user = (int)reco__rng_below(&r, 2) * (int)reco__rng_below(&r, 12);
    c.least_item = (int)reco__rng_below(&r, 2) * (int)reco__rng_below(&r, 12);
    for (int u = 0; u < USERS; u++) {
        c.consent[u] = reco__rng_below(&r, 4) ? 3 : (int)reco__rng_below(&r, 4);
    }
    for (int e = 0; e < c.n; e++) {
        plain_event *event = &c.events[e];
        event->user = (int)reco__rng_below(&r, USERS);
        event->item = (int)reco__rng_below(&r, ITEMS);
        event->value = (float)reco__rng_below(&r, 9) / 2 - 1.25f;
        event->time =
            timed && reco__rng_below(&r, 5) ? (int64_t)reco__rng_below(&r, 15) * 86400 : RECO_NO_TIME;
    }
    return c;
}

static void id_of(char *text, char letter, int k)
{
    snprintf(text, 8, "%c%d", letter, k);
}

static reco_builder *builder_of(const plain_case *c)
{
    static const char *const combine[] = {"sum", "last", "max", "count"};
    reco_builder *b = new_builder();
    assert_int_equal(reco_builder_set_text(b, "combine", combine[c->combine], &err), RECO_OK);
    assert_int_equal(reco_builder_set(b, "half_life_days", c->half_life, &err), RECO_OK);
    assert_int_equal(reco_builder_set(b, "min_user_events", c->least_user, &err), RECO_OK);
    assert_int_equal(reco_builder_set(b, "min_item_events", c->least_item, &err), RECO_OK);
    assert_int_equal(reco_builder_set_event_type(b, "half", 0.5, &err), RECO_OK);
    if (!isnan(c->reference)) {
        assert_int_equal(reco_builder_set(b, "reference_time", c->reference, &err), RECO_OK);
    }
    for (int u = 0; u < USERS; u++) {
        char user[8];
        id_of(user, 'u', u);
        assert_int_equal(
            c->consent[u] == 3 ? RECO_OK : reco_builder_set_consent(b, user, c->consent[u], &err), RECO_OK);
    }
    for (int e = 0; e < c->n; e++) {
        const plain_event *event = &c->events[e];
        char user[8], item[8];
        id_of(user, 'u', event->user);
        id_of(item, 'i', event->item);
        bool half = e % 3 == 0; /* the same value by way of a weight */
        assert_int_equal(reco_builder_add_event(b, user, item, half ? "half" : NULL,
                                                half ? 2 * event->value : event->value, event->time, &err),
                         RECO_OK);
    }
    return b;
}

/* Takes out events without consent and then, again and again, those of rare users and items. */
static void take_out(plain_case *c)
{
    for (int e = 0; e < c->n; e++) {
        c->events[e].out = !(c->consent[c->events[e].user] & RECO_CONSENT_TRAINING);
        c->without_consent += c->events[e].out;
    }
    for (bool again = true; again;) {
        int user[USERS] = {0}, item[ITEMS] = {0};
        again = false;
        for (int e = 0; e < c->n; e++) {
            user[c->events[e].user] += !c->events[e].out;
            item[c->events[e].item] += !c->events[e].out;
        }
        for (int e = 0; e < c->n; e++) {
            plain_event *event = &c->events[e];
            if (!event->out && (user[event->user] < c->least_user || item[event->item] < c->least_item)) {
                event->out = again = true;
                c->rare++;
            }
        }
    }
}

/* What is left of a pair's events when each quarter that came back has met one that was taken: the newest before it, or
 * else the first after it. */
static double left_of(const double *value, const double *factor, int n)
{
    int left[MOST_EVENTS] = {0}, owed = 0;
    double sum = 0;
    for (int e = 0; e < n; e++) {
        for (int q = 0; q < (int)(4 * fabs(value[e])); q++) {
            int met = e;
            while (value[e] < 0 && met >= 0 && left[met] == 0) {
                met--;
            }
            if (value[e] > 0 && owed > 0) {
                owed--;
            } else if (value[e] > 0) {
                left[e]++;
            } else if (met >= 0) {
                left[met]--;
            } else {
                owed++;
            }
        }
    }
    for (int e = 0; e < n; e++) {
        sum += left[e] / 4.0 * factor[e];
    }
    return sum;
}

/* The total of a pair by its definition; *newest its newest time; *n its events. */
static double total_of(const plain_case *c, double reference, int user, int item, int64_t *newest, int *n)
{
    double value[MOST_EVENTS], factor[MOST_EVENTS], most = -INFINITY, sum = 0;
    bool done[MOST_EVENTS] = {false};
    *newest = RECO_NO_TIME;
    *n = 0;
    for (;; ++*n) { /* the earliest that is left, first come first */
        int next = -1;
        for (int e = 0; e < c->n; e++) {
            const plain_event *event = &c->events[e];
            if (!event->out && !done[e] && event->user == user && event->item == item &&
                (next < 0 || event->time < c->events[next].time)) {
                next = e;
            }
        }
        if (next < 0) {
            break;
        }
        done[next] = true;
        *newest = c->events[next].time;
        double age = (reference - (double)*newest) / 86400, given = (double)c->events[next].value;
        factor[*n] = c->half_life > 0 && *newest != RECO_NO_TIME && age > 0 ? exp2(-age / c->half_life) : 1;
        value[*n] = c->combine == 3 ? (given < 0 ? -1 : 1) : given;
        sum += value[*n];
        most = value[*n] * factor[*n] > most ? value[*n] * factor[*n] : most;
    }
    if (*n == 0 || c->combine == 2) {
        return *n == 0 ? 0 : most;
    }
    return c->combine == 1 ? value[*n - 1] * factor[*n - 1] : sum > 0 ? left_of(value, factor, *n) : 0;
}

static void check_entries(plain_case *c, const reco_data *data)
{
    double reference = -INFINITY;
    for (int e = 0; e < c->n; e++) {
        if (!c->events[e].out && c->events[e].time != RECO_NO_TIME && (double)c->events[e].time > reference) {
            reference = (double)c->events[e].time;
        }
    }
    assert_true(isinf(reference) ? data->last_time == RECO_NO_TIME : (double)data->last_time == reference);
    reference = isnan(c->reference) ? reference : c->reference;
    int64_t at = 0, newest;
    for (int u = 0; u < USERS; u++) {
        char user[8], item[8];
        int32_t row, column;
        int n;
        id_of(user, 'u', u);
        if (reco_data_find(data, RECO_USER, user, &row, NULL) != RECO_OK) {
            continue; /* no event, never heard of; or agreed to nothing */
        }
        assert_int_not_equal(c->consent[u], RECO_CONSENT_NONE);
        assert_int_equal(data->history->x.start[row], at);
        for (int i = 0; i < ITEMS; i++) { /* ids are sorted as their numbers: entries come in this order */
            double total = total_of(c, reference, u, i, &newest, &n);
            c->returned_pairs += n > 0 && !(total > 0);
            c->returned_events += total > 0 ? 0 : n;
            if (total > 0) {
                c->entered += n;
                id_of(item, 'i', i);
                assert_int_equal(reco_data_find(data, RECO_ITEM, item, &column, NULL), RECO_OK);
                assert_int_equal(data->history->x.index[at], column);
                assert_true(data->history->x.value[at] == (float)total);
                at++;
            }
        }
    }
    assert_int_equal(reco_data_count(data, "pairs"), at);
}

/* by_item is the transpose; rows of the log are in order of time. */
static void check_shape(const reco_data *data)
{
    const reco__csr *x = &data->history->x, *y = &data->by_item;
    assert_true(y->rows == x->columns && y->columns == x->rows && reco__csr_valid(x, reco__csr_size(x)) &&
                reco__csr_valid(y, reco__csr_size(x)));
    for (int32_t i = 0; i < y->rows; i++) {
        for (int64_t e = y->start[i]; e < y->start[i + 1]; e++) {
            float there = 0;
            for (int64_t k = x->start[y->index[e]]; k < x->start[y->index[e] + 1]; k++) {
                there = x->index[k] == i ? x->value[k] : there;
            }
            assert_true(there == y->value[e]);
        }
    }
    for (int32_t u = 0; u < x->rows; u++) {
        for (int64_t e = data->log->start[u] + 1; data->log->time && e < data->log->start[u + 1]; e++) {
            assert_true(data->log->time[e - 1] <= data->log->time[e]);
        }
    }
}

static void test_random_events_against_a_plain_count(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < CASES; k++) {
        plain_case c = random_case(k);
        reco_data *data = finish_and_free(builder_of(&c));
        take_out(&c);
        check_shape(data);
        check_entries(&c, data);
        assert_int_equal(reco_data_count(data, "events"), c.entered);
        assert_int_equal(reco_data_count(data, "events_without_consent"), c.without_consent);
        int none = 0;
        for (int u = 0; u < USERS; u++) {
            none += c.consent[u] == RECO_CONSENT_NONE;
        }
        assert_int_equal(reco_data_count(data, "users_without_consent"), none);
        assert_int_equal(reco_data_count(data, "events_rare"), c.rare);
        assert_int_equal(reco_data_count(data, "pairs_returned"), c.returned_pairs);
        assert_int_equal(reco_data_count(data, "events_returned"), c.returned_events);
        assert_int_equal(data->log->start[data->log->n_users], c.entered + c.returned_events);
        reco_data_free(data);
    }
}

static void assert_same(const reco_data *a, const reco_data *b)
{
    const reco__csr *x = &a->history->x, *y = &b->history->x;
    int64_t n = reco__csr_size(x);
    for (int32_t side = RECO_USER; side <= RECO_ITEM; side++) {
        const reco__strings *p = &a->catalog->sides[side].ids, *q = &b->catalog->sides[side].ids;
        assert_int_equal(p->n, q->n);
        assert_memory_equal(p->bytes, q->bytes, p->offsets[p->n]);
    }
    assert_int_equal(n, reco__csr_size(y));
    assert_memory_equal(x->start, y->start, (x->rows + 1) * 8);
    assert_memory_equal(x->index, y->index, n * 4);
    assert_memory_equal(x->value, y->value, n * 4);
    assert_memory_equal(a->log->item, b->log->item, a->log->start[x->rows] * 4);
    for (int64_t e = 0; e < reco__log_size(a->log); e++) { /* as given they may differ, for their types do */
        assert_true(reco__log_weighed(a->log, &a->catalog->types, e) ==
                    reco__log_weighed(b->log, &b->catalog->types, e));
    }
}

static void test_the_order_of_events_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 300; k++) {
        plain_case c = random_case(k);
        for (int e = 0; e < c.n; e++) { /* but for events of one time */
            c.events[e].time = e * 7919 % 1000 * 3600;
        }
        reco_data *data = finish_and_free(builder_of(&c));
        reco__rng r = reco__rng_key(12, 1, k);
        for (int e = 0; e < c.n; e++) {
            int other = e + (int)reco__rng_below(&r, (uint64_t)(c.n - e));
            plain_event swap = c.events[e];
            c.events[e] = c.events[other];
            c.events[other] = swap;
        }
        reco_data *again = finish_and_free(builder_of(&c));
        assert_same(data, again);
        reco_data_free(data);
        reco_data_free(again);
    }
}

/* ---- features ---- */

static void test_features(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    const float vector[2][3] = {{1, 2, 3}, {4, 5, 6}};
    add(b, "ann", "mug", 1, RECO_NO_TIME);
    assert_int_equal(reco_builder_add_text(b, RECO_ITEM, "pan", "title", "Pan", &err), RECO_OK);
    assert_int_equal(reco_builder_add_text(b, RECO_ITEM, "pan", "title", "Big pan", &err), RECO_OK);
    assert_int_equal(reco_builder_add_text(b, RECO_ITEM, "mug", "title", "Mug", &err), RECO_OK);
    assert_int_equal(reco_builder_add_text(b, RECO_ITEM, "mug", "title", "", &err), RECO_OK);
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "pan", "price", 1, &err), RECO_OK);
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "pan", "price", 2.5, &err), RECO_OK);
    assert_int_equal(reco_builder_add_token(b, RECO_ITEM, "pan", "tag", "zz", 1, &err), RECO_OK);
    assert_int_equal(reco_builder_add_token(b, RECO_ITEM, "pan", "tag", "iron", 2, &err), RECO_OK);
    assert_int_equal(reco_builder_add_token(b, RECO_ITEM, "pan", "tag", "zz", 3, &err), RECO_OK);
    assert_int_equal(reco_builder_add_vector(b, RECO_ITEM, "mug", "image", vector[0], 3, &err), RECO_OK);
    assert_int_equal(reco_builder_add_vector(b, RECO_ITEM, "mug", "image", vector[1], 3, &err), RECO_OK);
    reco_data *data = finish_and_free(b);
    const reco__side *items = &data->catalog->sides[RECO_ITEM];
    static const char *const names[] = {"image", "price", "tag", "title"};
    assert_int_equal(items->n_fields, 4);
    for (int k = 0; k < 4; k++) {
        assert_string_equal(items->fields[k].name, names[k]);
        assert_ptr_equal(reco__catalog_field(data->catalog, RECO_ITEM, names[k]), &items->fields[k]);
    }
    assert_null(reco__catalog_field(data->catalog, RECO_ITEM, "size"));
    assert_null(reco__catalog_field(data->catalog, RECO_USER, "price"));
    const reco__field *f = items->fields; /* mug is 0, pan is 1 */
    assert_int_equal(f[0].dimension, 3);
    assert_true(f[0].vectors[0] == 4 && f[0].vectors[2] == 6 && f[0].vectors[3] == 0 && f[0].vectors[5] == 0);
    assert_true(isnan(f[1].numbers[0]) && f[1].numbers[1] == 2.5f);
    assert_string_equal(reco__string(&f[2].vocabulary, 0), "zz");
    assert_string_equal(reco__string(&f[2].vocabulary, 1), "iron");
    assert_int_equal(reco__csr_size(&f[2].tokens), 2);
    assert_true(f[2].tokens.start[1] == 0 && f[2].tokens.value[0] == 3 && f[2].tokens.value[1] == 2);
    assert_string_equal(reco__string(&f[3].texts, 0), "");
    assert_string_equal(reco__string(&f[3].texts, 1), "Big pan");
    assert_int_equal(reco_data_count(data, "pairs"), 1);
    reco_data_free(data);
}

/* Tokens of many ids in any order, some repeated, against a table. */
static void test_many_tokens(void **state)
{
    (void)state;
    enum { IDS = 30, WORDS = 40 };
    static float table[IDS][WORDS];
    memset(table, 0, sizeof table);
    reco_builder *b = new_builder();
    reco__rng r = reco__rng_key(13, 1, 1);
    for (int k = 0; k < 2000; k++) {
        int id = (int)reco__rng_below(&r, IDS), word = (int)reco__rng_below(&r, WORDS);
        char id_text[8], word_text[8];
        id_of(id_text, 'x', id);
        id_of(word_text, 'w', word);
        table[id][word] = (float)(k + 1);
        assert_int_equal(
            reco_builder_add_token(b, RECO_ITEM, id_text, "tag", word_text, (float)(k + 1), &err), RECO_OK);
    }
    reco_data *data = finish_and_free(b);
    const reco__field *tag = reco__catalog_field(data->catalog, RECO_ITEM, "tag");
    assert_true(reco__csr_valid(&tag->tokens, reco__csr_size(&tag->tokens)));
    int64_t there = 0;
    for (int id = 0; id < IDS; id++) { /* sorted: x0..x9, x10..x29; words alike */
        for (int64_t e = tag->tokens.start[id]; e < tag->tokens.start[id + 1]; e++) {
            assert_true(table[id][tag->tokens.index[e]] == tag->tokens.value[e]);
            there++;
        }
        for (int word = 0; word < WORDS; word++) {
            there -= table[id][word] > 0;
        }
    }
    assert_int_equal(there, 0);
    reco_data_free(data);
}

/* ---- columns of 64-bit ids ---- */

static void test_whole_number_ids(void **state)
{
    (void)state;
    static const int64_t users[] = {5, INT64_MIN, INT64_MAX, -1, 0, 123456789, 12345678, 1000000000000};
    static const int64_t items[] = {17, 17, 17, 17, 17, 17, 17, 18};
    static const int64_t times[] = {1, 2, 3, RECO_NO_TIME, 5, 6, 7, 8};
    static const char *const texts[] = {"0",
                                        "5",
                                        "-1",
                                        "12345678",
                                        "123456789",
                                        "1000000000000",
                                        "9223372036854775807",
                                        "-9223372036854775808"};
    reco_builder *b = new_builder();
    add(b, "5", "17", 2, RECO_NO_TIME); /* the same pair */
    assert_int_equal(reco_builder_add_events_i64(b, 8, users, items, NULL, times, &err), RECO_OK);
    assert_int_equal(reco_builder_count(b, "events"), 9);
    reco_data *data = finish_and_free(b);
    for (int32_t k = 0; k < 8; k++) {
        assert_string_equal(reco_data_id(data, RECO_USER, k), texts[k]);
    }
    assert_true(entry(data, "5", "17") == 3);
    assert_int_equal(reco_data_count(data, "items"), 2);
    reco_data_free(data);
}

static void test_all_columns_or_none(void **state)
{
    (void)state;
    static const int64_t ids[] = {1, 2, 3};
    static const float good[] = {1, 0, -1}, bad[] = {1, 2, NAN};
    reco_builder *b = new_builder();
    assert_int_equal(reco_builder_add_events_i64(b, 3, ids, ids, bad, NULL, &err), RECO_EINVAL);
    assert_string_equal(err.message, "row 2: value must be finite");
    reco_data *data = finish(b);
    assert_int_equal(reco_data_count(data, "users"), 0);
    reco_data_free(data);
    assert_int_equal(reco_builder_add_events_i64(b, 3, ids, ids, good, NULL, &err), RECO_OK);
    assert_int_equal(reco_builder_count(b, "events"), 2);
    assert_int_equal(reco_builder_count(b, "events_zero"), 1);
    assert_int_equal(reco_builder_count(b, "returns"), 1);
    data = finish(b);
    assert_int_equal(reco_data_count(data, "users"), 2);
    reco_data_free(data);
    assert_int_equal(reco_builder_add_events_i64(b, 0, NULL, NULL, NULL, NULL, &err), RECO_OK);
    assert_int_equal(reco_builder_add_events_i64(b, -1, ids, ids, NULL, NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_add_events_i64(b, 1, NULL, ids, NULL, NULL, &err), RECO_EINVAL);
    reco_builder_free(b);
}

/* ---- many ids ---- */

static void test_many_ids(void **state)
{
    (void)state;
    enum { N = 20000 };
    reco_builder *b = new_builder();
    char text[64];
    for (int k = 0; k < N; k++) { /* short, long and in between, shuffled by a prime */
        int id = (int)((int64_t)k * 7919 % N);
        snprintf(text, sizeof text, id % 3 == 0 ? "%d" : id % 3 == 1 ? "item-number-%d" : "%07d", id);
        add(b, text, text, 1 + (float)(id % 5), RECO_NO_TIME);
    }
    reco_data *data = finish_and_free(b);
    const reco__strings *ids = &data->catalog->sides[RECO_ITEM].ids;
    assert_int_equal(ids->n, N);
    assert_true(reco__strings_valid(ids, ids->offsets[N], true));
    for (int id = 0; id < N; id += 7) {
        snprintf(text, sizeof text, id % 3 == 0 ? "%d" : id % 3 == 1 ? "item-number-%d" : "%07d", id);
        assert_true(entry(data, text, text) == 1 + (float)(id % 5));
    }
    reco_data_free(data);
}

/* ---- the builder goes on ---- */

static void test_finish_twice(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "ann", "mug", 1, RECO_NO_TIME);
    reco_data *first = finish(b), *again = finish(b);
    assert_same(first, again);
    add(b, "ann", "pan", 1, 7);
    reco_data *more = finish_and_free(b);
    assert_int_equal(reco_data_count(first, "pairs"), 1);
    assert_int_equal(reco_data_count(more, "pairs"), 2);
    assert_null(first->log->time);
    assert_true(more->log->time[0] == RECO_NO_TIME && more->log->time[1] == 7);
    reco_data_free(first);
    reco_data_free(again);
    reco_data_free(more);
}

static void test_nothing(void **state)
{
    (void)state;
    reco_data *data = finish_and_free(new_builder());
    assert_int_equal(reco_data_count(data, "users"), 0);
    assert_int_equal(reco_data_count(data, "pairs"), 0);
    assert_true(data->first_time == RECO_NO_TIME);
    assert_int_equal(reco_data_count(data, "nothing"), -1);
    assert_int_equal(reco_data_count(NULL, "users"), -1);
    reco_data_free(data);
    reco_data_free(NULL);
    reco_builder_free(NULL);
}

/* ---- refusals ---- */

#define REFUSED(call, expected, text)                                                                        \
    do {                                                                                                     \
        err.message[0] = 0;                                                                                  \
        assert_int_equal(call, expected);                                                                    \
        assert_string_equal(err.message, text);                                                              \
    } while (0)

static void test_refused_events(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    char id[1100];
    memset(id, 'x', sizeof id);
    id[1024] = 0;
    REFUSED(reco_builder_add_event(b, "", "i", NULL, 1, 0, &err), RECO_EINVAL, "user id is empty");
    REFUSED(reco_builder_add_event(b, "u", "", NULL, 1, 0, &err), RECO_EINVAL, "item id is empty");
    REFUSED(reco_builder_add_event(b, "u", id, NULL, 1, 0, &err), RECO_EINVAL,
            "item id 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' has 1024 bytes, at most 1023 are allowed");
    REFUSED(reco_builder_add_event(b, "u", "\xff", NULL, 0, 0, &err), RECO_EINVAL, "item id is not UTF-8");
    REFUSED(reco_builder_add_event(b, "u", "i", NULL, NAN, 0, &err), RECO_EINVAL,
            "event of user 'u' and item 'i': value must be finite");
    REFUSED(reco_builder_add_event(b, "u", "i", NULL, INFINITY, 0, &err), RECO_EINVAL,
            "event of user 'u' and item 'i': value must be finite");
    REFUSED(reco_builder_add_event(b, "u", "i", "gift", 1, 0, &err), RECO_ENOTFOUND,
            "no event type 'gift': types and their weights must be set before events have them");
    assert_int_equal(reco_builder_set_event_type(b, "huge", 1e30, &err), RECO_OK);
    REFUSED(reco_builder_add_event(b, "u", "i", "huge", 1e30f, 0, &err), RECO_EINVAL,
            "event of user 'u' and item 'i': value times weight is too large");
    REFUSED(reco_builder_set_event_type(b, "", 1, &err), RECO_EINVAL,
            "event type must be UTF-8 of 1 to 1023 bytes");
    REFUSED(reco_builder_set_event_type(b, "x", NAN, &err), RECO_EINVAL,
            "weight of event type 'x' must be finite");
    REFUSED(reco_builder_set_consent(b, "u", 4, &err), RECO_EINVAL,
            "consent of user 'u': 4 has bits of no purpose; there are: training, personal");
    REFUSED(reco_builder_add_event(NULL, "u", "i", NULL, 1, 0, &err), RECO_EINVAL,
            "'builder' must not be NULL");
    assert_int_equal(reco_builder_add_event(b, "u", NULL, NULL, 1, 0, NULL), RECO_EINVAL);
    id[1023] = 0;
    add(b, id, "\xc3\xa9", 1, 0);
    reco_data *data = finish_and_free(b);
    assert_int_equal(reco_data_count(data, "users"), 1); /* what was refused left nothing */
    assert_int_equal(reco_data_count(data, "items"), 1);
    reco_data_free(data);
}

static void test_refused_features(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    const float vector[] = {1, NAN};
    char name[80];
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "i", "price", 1, &err), RECO_OK);
    assert_int_equal(reco_builder_add_vector(b, RECO_ITEM, "i", "image", vector, 1, &err), RECO_OK);
    REFUSED(reco_builder_add_text(b, 2, "i", "f", "t", &err), RECO_EINVAL,
            "side must be RECO_USER or RECO_ITEM, got 2");
    REFUSED(reco_builder_add_text(b, RECO_ITEM, "i", "price", "t", &err), RECO_EINVAL,
            "field 'price' has kind number, not text");
    REFUSED(reco_builder_add_text(b, RECO_ITEM, "", "title", "t", &err), RECO_EINVAL, "item id is empty");
    REFUSED(reco_builder_add_text(b, RECO_ITEM, "i", "title", "\xff", &err), RECO_EINVAL,
            "title of 'i' is not UTF-8");
    REFUSED(reco_builder_add_text(b, RECO_ITEM, "i", "a=b", "t", &err), RECO_EINVAL,
            "field 'a=b': a name has 1 to 63 bytes, no control characters and none of < > = !");
    REFUSED(reco_builder_add_token(b, RECO_ITEM, "i", "tag", "", 1, &err), RECO_EINVAL,
            "tag of 'i': a token must be UTF-8 of 1 to 1023 bytes");
    REFUSED(reco_builder_add_token(b, RECO_ITEM, "i", "tag", "t", 0, &err), RECO_EINVAL,
            "tag of 'i': weight must be finite and above 0");
    REFUSED(reco_builder_add_number(b, RECO_ITEM, "i", "price", 1e39, &err), RECO_EINVAL,
            "price of 'i' must be finite and within float range");
    REFUSED(reco_builder_add_vector(b, RECO_ITEM, "i", "image", vector, 2, &err), RECO_EINVAL,
            "image of 'i': vector[1] must be finite");
    REFUSED(reco_builder_add_vector(b, RECO_ITEM, "i", "image", vector, 0, &err), RECO_EINVAL,
            "image of 'i': n must be in [1, 65536], got 0");
    REFUSED(reco_builder_add_vector(b, RECO_ITEM, "j", "image", (const float[]){1, 2}, 2, &err), RECO_EINVAL,
            "image of 'j': vector must have 1 entries as before, got 2");
    memset(name, 'n', sizeof name);
    name[64] = 0;
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "k", name, 1, &err), RECO_EINVAL);
    name[63] = 0;
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "i", name, 1, &err), RECO_OK);
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "i", "", 1, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_add_number(b, RECO_ITEM, "i", "tab\t", 1, &err), RECO_EINVAL);
    reco_data *data = finish_and_free(b);
    assert_int_equal(reco_data_count(data, "items"), 1);
    assert_int_equal(data->catalog->sides[RECO_ITEM].n_fields, 3);
    reco_data_free(data);
}

/* An event that is refused for its item takes the new user back. */
static void test_refused_in_the_middle(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    assert_int_equal(reco_builder_set_consent(b, "bob", RECO_CONSENT_TRAINING, &err), RECO_OK);
    assert_int_equal(reco_builder_add_vector(b, RECO_USER, "bob", "face", (const float[]){1}, 1, &err),
                     RECO_OK);
    assert_int_equal(reco_builder_add_vector(b, RECO_USER, "ann", "face", (const float[]){1, 2}, 2, &err),
                     RECO_EINVAL);
    add(b, "ann", "mug", 1, RECO_NO_TIME); /* takes the number that the refused one had */
    reco_data *data = finish_and_free(b);
    assert_int_equal(reco_data_consent(data, 0), RECO_CONSENT_ALL);
    assert_int_equal(reco_data_consent(data, 1), RECO_CONSENT_TRAINING);
    assert_true(reco__catalog_field(data->catalog, RECO_USER, "face")->vectors[0] == 0);
    reco_data_free(data);
}

static void test_settings(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    REFUSED(reco_builder_set(b, "half_life", 1, &err), RECO_ENOTFOUND,
            "builder: no 'half_life'; there are: combine, half_life_days, reference_time, min_user_events, "
            "min_item_events, values, like_from");
    REFUSED(reco_builder_set(b, "half_life_days", -1, &err), RECO_EINVAL,
            "builder: 'half_life_days' must be in [0, 36500], got -1");
    REFUSED(reco_builder_set(b, "min_user_events", 1.5, &err), RECO_EINVAL,
            "builder: 'min_user_events' must be a whole number in [0, 1000000000], got 1.5");
    REFUSED(reco_builder_set_text(b, "combine", "mean", &err), RECO_EINVAL,
            "builder: 'combine' must be one of sum, last, max, count, got 'mean'");
    REFUSED(reco_builder_set_text(b, "nothing", "1", &err), RECO_ENOTFOUND,
            "builder: no 'nothing'; there are: combine, half_life_days, reference_time, min_user_events, "
            "min_item_events, values, like_from");
    assert_int_equal(reco_builder_set_text(b, "half_life_days", "30", &err), RECO_OK);
    assert_int_equal(reco_builder_new(NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_set(NULL, "combine", 1, &err), RECO_EINVAL);
    assert_int_equal(reco_builder_finish(b, NULL, &err), RECO_EINVAL);
    reco_data *data = (reco_data *)(uintptr_t)b;
    assert_int_equal(reco_builder_finish(NULL, &data, &err), RECO_EINVAL);
    assert_null(data);
    data = (reco_data *)(uintptr_t)b;
    assert_int_equal(reco_builder_finish_free(NULL, &data, &err), RECO_EINVAL);
    assert_null(data);
    assert_int_equal(reco_builder_finish_free(new_builder(), NULL, &err), RECO_EINVAL);
    reco_builder_free(b);
}

static void test_totals_beyond_floats(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    reco_data *data = NULL;
    add(b, "ann", "mug", 3e38f, RECO_NO_TIME);
    add(b, "ann", "mug", 3e38f, RECO_NO_TIME);
    REFUSED(reco_builder_finish(b, &data, &err), RECO_ENUMERIC,
            "the events of user 'ann' and item 'mug' add up to too much");
    assert_null(data);
    reco_builder_free(b);
    b = new_builder(); /* and below: so old that nothing is left */
    assert_int_equal(reco_builder_set(b, "half_life_days", 0.1, &err), RECO_OK);
    add(b, "ann", "mug", 1, 0);
    add(b, "ann", "pan", 1, 86400 * 1000);
    data = finish_and_free(b);
    assert_int_equal(reco_data_count(data, "pairs"), 1);
    assert_int_equal(reco_data_count(data, "pairs_returned"), 1);
    reco_data_free(data);
}

static void test_rows(void **state)
{
    (void)state;
    reco_builder *b = new_builder();
    add(b, "ann", "mug", 2, RECO_NO_TIME);
    reco_data *data = finish_and_free(b);
    const int32_t *items;
    const float *values;
    int64_t n;
    int32_t index;
    assert_int_equal(reco_data_row(data, 0, &items, &values, &n, &err), RECO_OK);
    assert_true(n == 1 && items[0] == 0 && values[0] == 2);
    REFUSED(reco_data_row(data, 1, &items, &values, &n, &err), RECO_EINVAL, "user must be in [0, 1), got 1");
    assert_int_equal(reco_data_row(data, -1, &items, &values, &n, &err), RECO_EINVAL);
    assert_int_equal(reco_data_row(data, 0, NULL, &values, &n, &err), RECO_EINVAL);
    assert_int_equal(reco_data_find(data, 7, "mug", &index, &err), RECO_EINVAL);
    assert_int_equal(reco_data_find(data, RECO_ITEM, NULL, &index, &err), RECO_EINVAL);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_are_sorted),
        cmocka_unit_test(test_repeats_add_up_and_returns_go),
        cmocka_unit_test(test_random_events_against_a_plain_count),
        cmocka_unit_test(test_the_order_of_events_does_not_matter),
        cmocka_unit_test(test_features),
        cmocka_unit_test(test_many_tokens),
        cmocka_unit_test(test_whole_number_ids),
        cmocka_unit_test(test_all_columns_or_none),
        cmocka_unit_test(test_many_ids),
        cmocka_unit_test(test_finish_twice),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_refused_events),
        cmocka_unit_test(test_refused_features),
        cmocka_unit_test(test_refused_in_the_middle),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_totals_beyond_floats),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
