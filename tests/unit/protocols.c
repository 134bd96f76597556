/* SPDX-License-Identifier: MIT */
/* Who asks in an evaluation, and metrics of order and of values: against figures worked out by hand, and against
 * a slow evaluation that knows nothing but the public questions. */
#include "base/rng.h"
#include "model/model.h"

#include <reco/reco.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
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

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) < 1e-9)) {
        fail_msg("%.17g is not %.17g", a, b);
    }
}

/* ---- events, which the oracle keeps for itself ---- */

enum { ID = 16, MOST_EVENTS = 1200, MOST_ITEMS = 80, CUTOFF = 5 };

typedef struct event {
    char user[ID], item[ID];
    float value;
    int64_t time;
} event;

/* With `priced`, two items have a price. */
static reco_data *data_of(const event *events, int n, int priced)
{
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    for (int k = 0; k < n; k++) {
        OK(reco_builder_add_event(b, events[k].user, events[k].item, NULL, events[k].value, events[k].time,
                                  &err));
    }
    for (int k = 3; priced && k < 5; k++) {
        OK(reco_builder_add_number(b, RECO_ITEM, k == 3 ? "i3" : "i4", "price", k, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

#define EVENTS(...)                                                                                          \
    data_of((const event[]){__VA_ARGS__}, (int)(sizeof((const event[]){__VA_ARGS__}) / sizeof(event)), 0)

static reco_model *fit(const char *algo, const reco_data *train)
{
    reco_model *model;
    OK(reco_model_new(&model, algo, &err));
    if (strcmp(algo, "als") == 0) {
        OK(reco_model_set(model, "factors", 6, &err));
        OK(reco_model_set(model, "iterations", 3, &err));
    }
    OK(reco_model_fit(model, train, NULL, &err));
    return model;
}

static reco_protocol *protocol_of(const char *ask, double given, const char *metrics)
{
    reco_protocol *p;
    OK(reco_protocol_new(&p, &err));
    OK(reco_protocol_set_text(p, "ask", ask, &err));
    OK(reco_protocol_set_text(p, "metrics", metrics, &err));
    if (given > 0) {
        OK(reco_protocol_set(p, "given", given, &err));
    }
    return p;
}

/* ---- by hand ---- */

/* Popular has a (5), b (4), c (3), d (2), e (1). */
static reco_data *five_items(void)
{
    return EVENTS({"u1", "a", 5, 1}, {"u2", "b", 4, 1}, {"u3", "c", 3, 1}, {"u4", "d", 2, 1},
                  {"u5", "e", 1, 1});
}

static void expect(const reco_model *m, const reco_data *test, const reco_query *q, reco_protocol *p,
                   const double *values, const char *counts)
{
    reco_report *r;
    char found[256] = "";
    OK(reco_model_evaluate(m, test, q, p, NULL, &r, &err));
    for (int32_t k = 0; k < reco_report_size(r); k++) {
        if (!(fabs(reco_report_value(r, k) - values[k]) < 1e-12)) {
            fail_msg("%s: %.17g is not %.17g", reco_report_name(r, k), reco_report_value(r, k), values[k]);
        }
    }
    for (int32_t k = 0; reco_report_count_name(r, k); k++) {
        snprintf(found + strlen(found), sizeof found - strlen(found), "%d ",
                 (int)reco_report_count(r, reco_report_count_name(r, k)));
    }
    assert_string_equal(found,
                        counts); /* users points, users_unknown without_test without_negatives, points_unknown
                                           without_test, items_unknown */
    reco_report_free(r);
}

/* By the first two events:
 *   v1  e then b (by time); left c, e (again), x: held out c, x; list a c d: the second is right. Candidates a c d,
 *       of which c beats d
 *   v2  a, y; left d: list b c d e; d beats e of three others
 *   v3  has two events only; v4 has x, y, which are not known, and a; v5's third was returned */
static void test_given_by_hand(void **state)
{
    (void)state;
    reco_data *train = five_items();
    reco_data *test =
        EVENTS({"v1", "b", 1, 2}, {"v1", "e", 1, 1}, {"v1", "c", 1, 3}, {"v1", "e", 1, 4}, {"v1", "x", 1, 5},
               {"v2", "a", 1, 1}, {"v2", "y", 1, 2}, {"v2", "d", 1, 3}, {"v3", "a", 1, 1}, {"v3", "b", 1, 2},
               {"v4", "x", 1, 1}, {"v4", "y", 1, 2}, {"v4", "a", 1, 3}, {"v5", "a", 1, 1}, {"v5", "b", 1, 2},
               {"v5", "c", 1, 3}, {"v5", "c", -1, 4});
    reco_model *m = fit("popular", train);
    reco_protocol *p = protocol_of("given", 2, "hit@2,recall@2,mrr@4,auc");
    /* auc: v1 (1/2 of c, 0 of x) / 2, v2 1/3 */
    expect(m, test, NULL, p,
           (const double[]){1.0 / 2, 0.5 / 2, (1.0 / 2 + 1.0 / 3) / 2, (0.25 + 1.0 / 3) / 2},
           "2 2 1 2 0 0 0 1 ");
    /* seen items too: v1 c e x of a b c d e; v2 d of the same; e is last of all, c beats d, d nothing but e */
    reco_query *q;
    OK(reco_query_new(&q, &err));
    reco_query_include_seen(q, 1);
    expect(m, test, q, p, (const double[]){0, 0, (1.0 / 3 + 1.0 / 4) / 2, (1.0 / 3 / 3 + 1.0 / 4) / 2},
           "2 2 1 2 0 0 0 1 ");
    reco_query_free(q);
    reco_protocol_free(p);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

/* s1: b, then b again (the same event once more counts), then a, then x (unknown), then e.
 *     next b of a b c d e: rank 2; a: 1; x: missed; e: 5
 * s2: x, a, then c: after x nothing is known; after x a: c, rank 3.  s3 has one event. */
static void test_next_by_hand(void **state)
{
    (void)state;
    reco_data *train = five_items();
    reco_data *test =
        EVENTS({"s1", "b", 1, 1}, {"s1", "b", 1, 2}, {"s1", "a", 1, 3}, {"s1", "x", 1, 4}, {"s1", "e", 1, 5},
               {"s2", "x", 1, 1}, {"s2", "a", 1, 2}, {"s2", "c", 1, 3}, {"s3", "a", 1, 1});
    reco_model *m = fit("popular", train);
    reco_protocol *p = protocol_of("next", 0, "mrr@5,hit@2,coverage@1,auc");
    expect(m, test, NULL, p,
           (const double[]){(1.0 / 2 + 1 + 0 + 1.0 / 5 + 1.0 / 3) / 5, 2.0 / 5, 1.0 / 5,
                            (3.0 / 4 + 1 + 0 + 0 + 2.0 / 4) / 5},
           "2 5 0 1 0 1 0 1 ");
    /* hidden: b again is no question; a: 1 of a c d e; x; e: 3 of c d e; c: 2 of b c d e */
    reco_query *q;
    OK(reco_query_new(&q, &err));
    reco_query_include_seen(q, 0);
    expect(m, test, q, p,
           (const double[]){(1 + 0 + 1.0 / 3 + 1.0 / 2) / 4, 2.0 / 4, 3.0 / 5, (1 + 0 + 0 + 2.0 / 3) / 4},
           "2 4 0 1 0 1 1 1 ");
    /* each user's events among their own negatives: s1 a b, s2 none */
    reco_data *negatives = EVENTS({"s1", "d", 1, 1}, {"s1", "zzz", 1, 1});
    OK(reco_protocol_negatives(p, negatives, &err));
    reco_query_reset(q);
    /* b of b d, a of a d, x of d, e of d e: the last beats nothing */
    expect(m, test, q, p,
           (const double[]){(1 + 1 + 0 + 1.0 / 2) / 4, 3.0 / 4, 3.0 / 5, (1 + 1 + 0 + 0) / 4.0},
           "1 4 0 0 2 0 0 1 ");
    reco_query_free(q);
    reco_protocol_free(p);
    reco_model_free(m);
    reco_data_free(negatives);
    reco_data_free(test);
    reco_data_free(train);
}

/* Equal scores count half; where all candidates are held out there is nothing to tell. */
static void test_auc_by_hand(void **state)
{
    (void)state;
    reco_data *train = EVENTS({"u1", "a", 2, 1}, {"u2", "b", 1, 1}, {"u3", "c", 1, 1}, {"u4", "d", 1, 1});
    reco_data *test = EVENTS({"u1", "b", 1, 1}, {"u2", "a", 1, 1}, {"u2", "c", 1, 1}, {"u2", "d", 1, 1},
                             {"u3", "a", 1, 1}, {"u3", "d", 1, 1});
    reco_model *m = fit("popular", train);
    reco_protocol *p = protocol_of("user", 0, "auc");
    /* u1: b of b c d; u2: all of a c d; u3: a d of a b d: a beats b, d is its equal */
    expect(m, test, NULL, p, (const double[]){(0.5 + 0.5 + (1 + 0.5) / 2) / 3}, "3 3 0 0 0 0 0 0 ");
    reco_query *q;
    OK(reco_query_new(&q, &err));
    OK(reco_query_exclude(q, (const char *const[]){"d"}, 1, &err));
    /* u1: b of b c; u2: all of a c, and d counts 0; u3: a of a b, and d counts 0 */
    expect(m, test, q, p, (const double[]){(0.5 + (0.5 + 0.5) / 3 + 1.0 / 2) / 3}, "3 3 0 0 0 0 0 0 ");
    reco_query_free(q);
    reco_protocol_free(p);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

/* ---- a slow evaluation ---- */

static int by_time(const void *a, const void *b)
{
    const event *const *x = a, *const *y = b;
    if ((*x)->time != (*y)->time) {
        return (*x)->time < (*y)->time ? -1 : 1;
    }
    return (*x > *y) - (*x < *y);
}

/* What remains of a pair when all its events are added up. */
static double total_of(const event *events, int n, const char *user, const char *item)
{
    double sum = 0;
    for (int k = 0; k < n; k++) {
        sum += strcmp(events[k].user, user) == 0 && strcmp(events[k].item, item) == 0
                   ? (double)events[k].value
                   : 0;
    }
    return sum;
}

static int trail_of(const event *events, int n, const char *user, const event **trail)
{
    int length = 0;
    for (int k = 0; k < n; k++) {
        if (strcmp(events[k].user, user) == 0 && events[k].value > 0 &&
            total_of(events, n, user, events[k].item) > 0) {
            trail[length++] = &events[k];
        }
    }
    qsort(trail, (size_t)length, sizeof *trail, by_time);
    return length;
}

static int among(const event *const *trail, int from, int to, const char *item)
{
    for (int k = from; k < to; k++) {
        if (strcmp(trail[k]->item, item) == 0) {
            return 1;
        }
    }
    return 0;
}

/* What the slow evaluation finds: hit@5, recall@5, mrr@5, ndcg@5, auc, then squares and absolute errors. */
typedef struct found {
    double sum[5], squares, absolute;
    int points, pairs;
} found;

typedef struct world {
    const reco_model *m;
    const reco_data *train;
    const event *events;
    int n_events, include_seen;
    const char *excluded, *where;
    reco_query *q;
    reco_list *list;
} world;

static int known(const world *w, const char *item)
{
    int32_t index;
    return reco_data_find(w->train, RECO_ITEM, item, &index, NULL) == RECO_OK;
}

/* Whether the query allows an item that the model knows. */
static int allowed(const world *w, const char *item)
{
    return known(w, item) && !(w->excluded && strcmp(w->excluded, item) == 0) &&
           (!w->where || strcmp(item, "i3") == 0 || strcmp(item, "i4") == 0);
}

static int has_word(const char *const *words, int n, const char *word)
{
    for (int k = 0; k < n; k++) {
        if (strcmp(words[k], word) == 0) {
            return 1;
        }
    }
    return 0;
}

static float score_of(const world *w, const char *item)
{
    float score;
    OK(reco_model_score(w->m, w->q, &item, 1, &score, &err));
    return score;
}

static void add_list(const world *w, const char *const *held, int n, found *f)
{
    int hits = 0, first = 0;
    double gains = 0, ideal = 0;
    OK(reco_query_limit(w->q, CUTOFF, &err));
    OK(reco_model_recommend(w->m, w->q, w->list, &err));
    for (int r = 1; r <= CUTOFF; r++) {
        const char *id = reco_list_id(w->list, r - 1);
        int hit = id && has_word(held, n, id);
        hits += hit;
        first = first || !hit ? first : r;
        gains += hit / log2(r + 1);
        ideal += r <= n ? 1 / log2(r + 1) : 0;
    }
    const double sums[] = {hits > 0, (double)hits / n, first ? 1.0 / first : 0, gains / ideal};
    for (int k = 0; k < 4; k++) {
        f->sum[k] += sums[k];
    }
}

/* auc: each held-out item against each candidate that is none. */
static void add_order(const world *w, const event *const *trail, int to, const char *const *held, int n,
                      found *f)
{
    double beaten = 0;
    int others = 0, ranked = 0;
    for (int k = 0; k < n; k++) {
        ranked += allowed(w, held[k]);
    }
    for (int32_t i = 0; i < reco_data_count(w->train, "items"); i++) {
        const char *other = reco_data_id(w->train, RECO_ITEM, i);
        if (!allowed(w, other) || has_word(held, n, other) ||
            (!w->include_seen && among(trail, 0, to, other))) {
            continue;
        }
        others++;
        for (int k = 0; k < n; k++) {
            if (allowed(w, held[k])) {
                float mine = score_of(w, held[k]), theirs = score_of(w, other);
                beaten += mine > theirs ? 1 : mine == theirs ? 0.5 : 0;
            }
        }
    }
    f->sum[4] += others ? beaten / others / n : 0.5 * ranked / n;
}

/* Asks by the first `to` events; `held` are [n] ids, values what they count. */
static void ask(const world *w, const event *const *trail, int to, const char *const *held,
                const float *values, int n, found *f)
{
    const char *items[MOST_EVENTS];
    float amounts[MOST_EVENTS];
    int given = 0;
    for (int k = 0; k < to; k++) {
        if (known(w, trail[k]->item)) {
            items[given] = trail[k]->item;
            amounts[given++] = trail[k]->value;
        }
    }
    if (given == 0 || n == 0) {
        return;
    }
    OK(reco_query_history(w->q, items, amounts, given, &err));
    add_list(w, held, n, f);
    add_order(w, trail, to, held, n, f);
    f->points++;
    for (int k = 0; k < n; k++) {
        if (known(w, held[k])) {
            double error = (double)score_of(w, held[k]) - (double)values[k];
            f->squares += error * error;
            f->absolute += fabs(error);
            f->pairs++;
        }
    }
}

static void ask_given(const world *w, const event *const *trail, int n, int given, found *f)
{
    const char *held[MOST_ITEMS];
    float values[MOST_ITEMS];
    int n_held = 0;
    for (int k = given; k < n; k++) {
        if (!among(trail, given, k, trail[k]->item) &&
            (w->include_seen || !among(trail, 0, given, trail[k]->item))) {
            held[n_held] = trail[k]->item;
            values[n_held++] = (float)total_of(w->events, w->n_events, trail[k]->user, trail[k]->item);
        }
    }
    ask(w, trail, given, held, values, n > given ? n_held : 0, f);
}

static void ask_next(const world *w, const event *const *trail, int n, found *f)
{
    for (int k = 1; k < n; k++) {
        const char *held = trail[k]->item;
        if (w->include_seen || !among(trail, 0, k, held)) {
            ask(w, trail, k, &held, &trail[k]->value, 1, f);
        }
    }
}

static int random_events(uint64_t seed, event *events, int n, uint64_t users, uint64_t items)
{
    reco__rng random = reco__rng_key(seed, 7, 7);
    for (int k = 0; k < n; k++) {
        double skew = reco__rng_unit(&random);
        snprintf(events[k].user, ID, "u%d", (int)reco__rng_below(&random, users));
        snprintf(events[k].item, ID, "i%d", (int)(skew * skew * (double)items));
        events[k].value = (float)reco__rng_below(&random, 5) - 0.5f; /* one in five takes away */
        events[k].time = (int64_t)reco__rng_below(&random, 40);
    }
    return n;
}

static void assert_same(const reco_report *a, const reco_report *b)
{
    for (int32_t k = 0; k < reco_report_size(a); k++) {
        double x[3] = {reco_report_value(a, k)}, y[3] = {reco_report_value(b, k)};
        int64_t n, other;
        OK(reco_report_interval(a, k, &x[1], &x[2], &err));
        OK(reco_report_interval(b, k, &y[1], &y[2], &err));
        assert_memory_equal(x, y, sizeof x);
        const double *each = reco_report_units(a, k, &n), *others = reco_report_units(b, k, &other);
        assert_int_equal(n, other);
        if (each) {
            assert_memory_equal(each, others, (size_t)n * sizeof *each);
        }
    }
}

/* The same for any number of threads, and what the slow evaluation found. */
static void compare(const world *w, const reco_data *test, reco_protocol *p, const reco_query *q,
                    const found *f)
{
    reco_report *one = NULL;
    for (int32_t threads = 1; threads <= 8; threads += threads < 3 ? 1 : 5) {
        reco_report *r;
        OK(reco_protocol_set(p, "threads", threads, &err));
        OK(reco_model_evaluate(w->m, test, q, p, NULL, &r, &err));
        assert_int_equal(reco_report_count(r, "points"), f->points);
        for (int32_t k = 0; k < 5; k++) {
            assert_near(reco_report_value(r, k), f->sum[k] / f->points);
        }
        assert_near(reco_report_value(r, 5), sqrt(f->squares / f->pairs));
        assert_near(reco_report_value(r, 6), f->absolute / f->pairs);
        int64_t pairs;
        assert_non_null(reco_report_units(r, 5, &pairs));
        assert_int_equal(pairs, f->pairs);
        if (one) {
            assert_same(one, r);
            reco_report_free(r);
        } else {
            one = r;
        }
    }
    reco_report_free(one);
}

static void try_one(world *w, const reco_data *test, int next)
{
    found f = {.points = 0};
    reco_query *q; /* of the evaluation; the world's has a history too */
    OK(reco_query_new(&q, &err));
    OK(reco_query_new(&w->q, &err));
    reco_query *both[] = {q, w->q};
    for (int k = 0; k < 2; k++) {
        reco_query_include_seen(both[k], w->include_seen);
        OK(reco_query_where(both[k], w->where, &err));
        OK(reco_query_exclude(both[k], &w->excluded, w->excluded != NULL, &err));
    }
    for (int32_t u = 0; u < reco_data_count(test, "users"); u++) {
        const event *trail[MOST_EVENTS];
        int n = trail_of(w->events, w->n_events, reco_data_id(test, RECO_USER, u), trail);
        if (next) {
            ask_next(w, trail, n, &f);
        } else {
            ask_given(w, trail, n, 3, &f);
        }
    }
    assert_true(f.points > 10);
    reco_protocol *p =
        protocol_of(next ? "next" : "given", next ? 0 : 3, "hit@5,recall@5,mrr@5,ndcg@5,auc,rmse,mae");
    compare(w, test, p, q, &f);
    reco_protocol_free(p);
    reco_query_free(q);
    reco_query_free(w->q);
}

/* No algorithm predicts ratings so far: one that says it does is measured alike. */
static reco_model *predicting(reco_model *m, reco__algo *stub)
{
    *stub = *m->algo;
    stub->traits |= RECO__RATINGS;
    m->algo = stub;
    return m;
}

static void test_protocols_equal_definitions(void **state)
{
    (void)state;
    static const char *const algos[] = {"popular", "item-knn", "als", "user-knn"};
    static event learned[MOST_EVENTS], held[MOST_EVENTS];
    for (int round = 0; round < 16; round++) {
        const char *algo = algos[round / 4];
        reco__algo stub;
        if (!reco_algo_summary(algo)) {
            continue;
        }
        random_events((uint64_t)round, learned, 700, 60, 50);
        int n = random_events((uint64_t)round + 100, held, 400, 40, 60);
        reco_data *train = data_of(learned, 700, 1), *test = data_of(held, n, 1);
        reco_model *m = predicting(fit(algo, train), &stub);
        world w = {.m = m, .train = train, .events = held, .n_events = n};
        w.include_seen = round & 1;
        w.excluded = round % 4 == 1 ? "i1" : NULL;
        w.where = round % 4 == 3 ? "price>1" : NULL;
        OK(reco_list_new(&w.list, &err));
        try_one(&w, test, round & 2);
        try_one(&w, test, !(round & 2));
        reco_list_free(w.list);
        reco_model_free(m);
        reco_data_free(test);
        reco_data_free(train);
    }
}

/* Users' ratings: scores of popular are 5, 4, 3, 2, 1. */
static void test_values_by_hand(void **state)
{
    (void)state;
    reco__algo stub;
    reco_data *train = five_items();
    reco_data *test = EVENTS({"u1", "b", 3, 1}, {"u1", "c", 5, 1}, {"u2", "a", 5, 1}, {"u2", "x", 5, 1});
    reco_model *m = predicting(fit("popular", train), &stub);
    reco_protocol *p = protocol_of("user", 0, "rmse,hit@1,mae");
    expect(m, test, NULL, p, (const double[]){sqrt((1 + 4 + 0) / 3.0), 2.0 / 2, (1 + 2 + 0) / 3.0},
           "2 2 0 0 0 0 0 1 ");
    reco_report *r;
    double low, high, error = sqrt((4.0 / 9 + 49.0 / 9 + 25.0 / 9) / 2 / 3);
    OK(reco_model_evaluate(m, test, NULL, p, NULL, &r, &err));
    OK(reco_report_interval(r, 0, &low, &high, &err));
    assert_near(low, 0);
    assert_near(high, sqrt(5.0 / 3 + 1.96 * error));
    assert_string_equal(reco_report_unit(r, 0), "pair");
    assert_string_equal(reco_report_unit(r, 1), "user");
    assert_near(reco_report_units(r, 0, NULL)[1], 4);
    reco_report_free(r);
    reco_data *strangers = EVENTS({"u1", "x", 1, 1});
    assert_int_equal(reco_model_evaluate(m, strangers, NULL, p, NULL, &r, &err), RECO_EINVAL);
    assert_string_equal(err.message, "nothing to predict: the model knows no item that was held out");
    reco_protocol_free(p);
    reco_model_free(m);
    reco_data_free(strangers);
    reco_data_free(test);
    reco_data_free(train);
}

/* ---- what is refused ---- */

static void test_settings(void **state)
{
    (void)state;
    reco_protocol *p = NULL;
    static const struct {
        const char *name, *value;
        reco_status status;
        const char *message;
    } cases[] = {
        {"ask", "nobody", RECO_EINVAL, "protocol: 'ask' must be one of user, given, next, got 'nobody'"},
        {"given", "0", RECO_EINVAL, "protocol: 'given' must be a whole number in [1, 1000000000], got 0"},
        {"given", "1.5", RECO_EINVAL, "protocol: 'given' must be a whole number in [1, 1000000000], got 1.5"},
        {"threads", "-1", RECO_EINVAL, "protocol: 'threads' must be a whole number in [0, 1024], got -1"},
        {"metrics", "hit@0", RECO_EINVAL, "metric 'hit@0': K must be a whole number in [1, 10000]"},
        {"metrics", "auc@5", RECO_EINVAL, "metric 'auc@5': auc takes no cutoff"},
        {"metrics", "rmse@", RECO_EINVAL, "metric 'rmse@': rmse takes no cutoff"},
        {"limit", "5", RECO_ENOTFOUND, "protocol: no 'limit'; there are: metrics, ask, given, threads"},
    };
    OK(reco_protocol_new(&p, &err));
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_int_equal(reco_protocol_set_text(p, cases[k].name, cases[k].value, &err), cases[k].status);
        assert_string_equal(err.message, cases[k].message);
    }
    assert_int_equal(reco_protocol_set(p, "ask", 1, &err), RECO_EINVAL);
    assert_int_equal(reco_protocol_set(p, "size", 1, &err), RECO_ENOTFOUND);
    assert_int_equal(reco_protocol_set(NULL, "given", 1, &err), RECO_EINVAL);
    assert_int_equal(reco_protocol_set_text(p, "ask", NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_protocol_new(NULL, &err), RECO_EINVAL);
    assert_int_equal(reco_protocol_negatives(NULL, NULL, &err), RECO_EINVAL);
    char many[400];
    memset(many, ' ', sizeof many - 1);
    memcpy(many, "auc", 3);
    many[sizeof many - 1] = 0;
    assert_int_equal(reco_protocol_set_text(p, "metrics", many, &err), RECO_EINVAL);
    reco_protocol_free(p);
    reco_protocol_free(NULL);
    for (int32_t k = 0; k < reco_metric_size(); k++) {
        assert_true(reco_metric_name(k) && reco_metric_summary(k));
    }
    assert_null(reco_metric_name(reco_metric_size()));
    assert_null(reco_metric_name(-1));
    assert_null(reco_metric_summary(-1));
}

typedef reco_status change(reco_query *q);

static reco_status with_user(reco_query *q)
{
    return reco_query_user(q, "u1", &err);
}

static reco_status with_history(reco_query *q)
{
    return reco_query_history(q, (const char *const[]){"a"}, NULL, 1, &err);
}

static reco_status with_limit(reco_query *q)
{
    return reco_query_limit(q, 20, &err);
}

static reco_status with_offset(reco_query *q)
{
    return reco_query_offset(q, 5, &err);
}

static reco_status with_field(reco_query *q)
{
    return reco_query_where(q, "color=red", &err);
}

static reco_status with_stranger(reco_query *q)
{
    return reco_query_include(q, (const char *const[]){"zzz"}, 1, &err);
}

static reco_status with_feature(reco_query *q)
{
    return reco_query_token(q, RECO_USER, "country", "fr", 1, &err);
}

static int32_t stop(void *context, int32_t item, const char *id)
{
    (void)context;
    (void)item;
    (void)id;
    return -1;
}

static reco_status with_stop(reco_query *q)
{
    reco_query_filter(q, stop, NULL);
    return RECO_OK;
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        change *change;
        reco_status status;
        const char *message;
    } cases[] = {
        {with_user, RECO_EINVAL, "the query says who asks, which is the protocol's to say"},
        {with_history, RECO_EINVAL, "the query says who asks, which is the protocol's to say"},
        {with_limit, RECO_EINVAL,
         "the query has limit 20 and offset 0, but the metrics say how long lists are"},
        {with_offset, RECO_EINVAL,
         "the query has limit 10 and offset 5, but the metrics say how long lists are"},
        {with_field, RECO_ENOTFOUND, NULL},
        {with_stranger, RECO_ENOTFOUND, NULL},
        {with_feature, RECO_ENOTFOUND, NULL},
        {with_stop, RECO_ECANCELLED, NULL},
    };
    static const char *const asks[] = {"user", "given", "next"}, *const metrics[] = {"hit@2", "auc"};
    reco_data *train = five_items();
    reco_data *test = EVENTS({"u1", "b", 1, 1}, {"u1", "c", 1, 2}, {"u1", "d", 1, 3});
    reco_model *m = fit("popular", train);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (int way = 0; way < 6; way++) {
            reco_query *q;
            reco_report *r = (reco_report *)(void *)&err;
            reco_protocol *p = protocol_of(asks[way / 2], way / 2 == 1 ? 1 : 0, metrics[way % 2]);
            OK(reco_query_new(&q, &err));
            OK(cases[k].change(q));
            err.message[0] = 0;
            assert_int_equal(reco_model_evaluate(m, test, q, p, NULL, &r, &err), cases[k].status);
            assert_null(r);
            assert_true(err.message[0] && (!cases[k].message || strcmp(err.message, cases[k].message) == 0));
            reco_protocol_free(p);
            reco_query_free(q);
        }
    }
    reco_report *r;
    reco_protocol *p = protocol_of("next", 4, "hit@2");
    assert_int_equal(reco_model_evaluate(m, test, NULL, p, NULL, &r, &err), RECO_EINVAL);
    assert_string_equal(err.message, "protocol: 'given' is 4, but it is for 'ask' = given only");
    reco_protocol_free(p);
    p = protocol_of("user", 0, "hit@2,rmse");
    assert_int_equal(reco_model_evaluate(m, test, NULL, p, NULL, &r, &err), RECO_EUNSUPPORTED);
    assert_string_equal(err.message, "popular: predicts no ratings, which metric 'rmse' is of");
    reco_protocol_free(p);
    p = protocol_of("given", 3, "hit@2");
    assert_int_equal(reco_model_evaluate(m, test, NULL, p, NULL, &r, &err), RECO_EINVAL);
    assert_non_null(strstr(err.message, "nobody to evaluate on"));
    reco_protocol_free(p);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

/* A model without its users is asked by those who bring a history, and by nobody else. */
static void test_without_users(void **state)
{
    (void)state;
    void *bytes;
    int64_t n;
    reco_report *r;
    reco_data *train = five_items();
    reco_data *test = EVENTS({"u1", "b", 1, 1}, {"u1", "c", 1, 2});
    reco_model *m = fit("popular", train), *slim;
    OK(reco_model_save_bytes(m, RECO_SAVE_WITHOUT_USERS, &bytes, &n, &err));
    OK(reco_model_load_bytes(&slim, bytes, n, &err));
    assert_int_equal(reco_model_evaluate(slim, test, NULL, NULL, NULL, &r, &err), RECO_ESTATE);
    reco_protocol *p = protocol_of("next", 0, "mrr@5");
    expect(slim, test, NULL, p, (const double[]){1.0 / 3}, "1 1 0 0 0 0 0 0 ");
    reco_protocol_free(p);
    reco_bytes_free(bytes);
    reco_model_free(slim);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

/* Whose history may not be looked up is not asked for by it. */
static void test_consent(void **state)
{
    (void)state;
    reco_builder *b;
    reco_data *train = five_items(), *test;
    OK(reco_builder_new(&b, &err));
    for (int k = 0; k < 6; k++) {
        OK(reco_builder_add_event(b, k < 3 ? "v1" : "v2", (const char *const[]){"a", "b", "c"}[k % 3], NULL,
                                  1, k, &err));
    }
    OK(reco_builder_set_consent(b, "v2", RECO_CONSENT_TRAINING, &err));
    OK(reco_builder_finish(b, &test, &err));
    reco_builder_free(b);
    reco_model *m = fit("popular", train);
    reco_protocol *p = protocol_of("next", 0, "hit@2");
    expect(m, test, NULL, p, (const double[]){1.0 / 2}, "1 2 1 0 0 0 0 0 ");
    reco_protocol_free(p);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_by_hand),  cmocka_unit_test(test_next_by_hand),
        cmocka_unit_test(test_auc_by_hand),    cmocka_unit_test(test_protocols_equal_definitions),
        cmocka_unit_test(test_values_by_hand), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_refusals),       cmocka_unit_test(test_without_users),
        cmocka_unit_test(test_consent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
