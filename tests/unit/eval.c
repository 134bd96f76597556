/* SPDX-License-Identifier: MIT */
/* Evaluation against figures worked out by hand and against a slow evaluation by the definitions. */
#include "base/memory.h"
#include "base/rng.h"
#include "eval/metrics.h"

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
    if (!(fabs(a - b) < 1e-12)) {
        fail_msg("%.17g is not %.17g", a, b);
    }
}

/* One metric by its name. */
static reco__metric metric_of(const char *name)
{
    reco__metric *list, metric;
    int32_t n;
    OK(reco__metrics_parse(name, &list, &n, &err));
    assert_int_equal(n, 1);
    metric = list[0];
    reco__free(list);
    return metric;
}

static double of_ranks(const char *name, const int32_t *hits, int32_t n, int64_t held)
{
    reco__metric metric = metric_of(name);
    assert_int_equal(metric.row->of, RECO__OF_RANKS);
    return reco__metric_of_ranks(&metric, hits, n, held);
}

/* Of four held-out items three are in the list, at ranks 1, 3 and 6. */
static void test_metrics_by_hand(void **state)
{
    (void)state;
    static const int32_t hits[] = {1, 3, 6};
    static const struct {
        const char *name;
        double value;
    } cases[] = {
        {"recall@5", 2.0 / 4},
        {"recall@6", 3.0 / 4},
        {"precision@5", 2.0 / 5},
        {"precision@1", 1},
        {"hit@5", 1},
        {"map@5", (1 + 2.0 / 3) / 4},
        {"map@2", 1.0 / 2},
        {"map@10", (1 + 2.0 / 3 + 3.0 / 6) / 4},
        {"mrr@5", 1},
        {"ndcg@1", 1},
        /* 1.5 / (1 + 0.6309297535714574 + 0.5 + 0.4306765580733931) */
        {"ndcg@5", 0.5855700750089013},
        {"ndcg@2", 1 / 1.6309297535714574},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double value = of_ranks(cases[k].name, hits, 3, 4);
        if (!(fabs(value - cases[k].value) < 1e-9)) {
            fail_msg("%s: %.17g is not %.17g", cases[k].name, value, cases[k].value);
        }
        assert_near(of_ranks(cases[k].name, hits, 0, 4), 0);
    }
    assert_near(of_ranks("mrr@10", hits + 1, 2, 4), 1.0 / 3);
    assert_near(of_ranks("mrr@2", hits + 1, 2, 4), 0);
}

/* ---- data ---- */

typedef struct pair {
    const char *user, *item;
} pair;

static reco_data *data_of(const pair *pairs, size_t n)
{
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    for (size_t k = 0; k < n; k++) {
        OK(reco_builder_add_event(b, pairs[k].user, pairs[k].item, NULL, 1, RECO_NO_TIME, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

#define DATA(...) data_of((const pair[]){__VA_ARGS__}, sizeof((const pair[]){__VA_ARGS__}) / sizeof(pair))

static reco_model *fit(const char *algo, const reco_data *train)
{
    reco_model *model;
    OK(reco_model_new(&model, algo, &err));
    OK(reco_model_fit(model, train, NULL, &err));
    return model;
}

static int64_t count(const reco_report *report, const char *name)
{
    return reco_report_count(report, name);
}

/* Evaluates users, among negatives unless NULL; no metrics: the default. */
static reco_status evaluate(const reco_model *m, const reco_data *test, const reco_data *negatives,
                            const char *metrics, int32_t threads, reco_report **out)
{
    reco_protocol *p;
    OK(reco_protocol_new(&p, &err));
    OK(reco_protocol_negatives(p, negatives, &err));
    reco_status status = reco_protocol_set(p, "threads", threads, &err);
    if (!status && metrics) {
        status = reco_protocol_set_text(p, "metrics", metrics, &err);
    }
    *out = NULL;
    status = status ? status : reco_model_evaluate(m, test, NULL, p, NULL, out, &err);
    reco_protocol_free(p);
    return status;
}

/* Popular gives a (3 events), b (2), c (2), d (1), e (1) less what the user has; equal ones by id. */
static reco_data *five_items(void)
{
    return DATA({"ann", "a"}, {"bob", "a"}, {"cat", "a"}, {"ann", "b"}, {"bob", "b"}, {"dan", "c"},
                {"eve", "c"}, {"dan", "d"}, {"eve", "e"});
}

/*  ann has a b; list c d e; held out: d, x (unknown), b (seen, not counted)
 *  cat has a;   list b c d e; held out: c, e
 *  eve has c e; held out: c only: left out.   zed is not in the model: left out. */
static void test_lists_by_hand(void **state)
{
    (void)state;
    reco_data *train = five_items();
    reco_data *test = DATA({"ann", "d"}, {"ann", "x"}, {"ann", "b"}, {"cat", "c"}, {"cat", "e"}, {"eve", "c"},
                           {"zed", "a"});
    reco_model *m = fit("popular", train);
    reco_report *r;
    OK(evaluate(m, test, NULL, "recall@2,precision@3,hit@1,map@3,mrr@10,ndcg@2, coverage@2", 2, &r));
    assert_int_equal(count(r, "users"), 2);
    assert_int_equal(count(r, "users_unknown"), 1);
    assert_int_equal(count(r, "users_without_test"), 1);
    assert_int_equal(count(r, "items_unknown"), 1);
    assert_int_equal(count(r, "nonsense"), -1);
    static const double expected[] = {
        (1.0 / 2 + 1.0 / 2) / 2, /* recall@2: ann d of d x; cat c of c e */
        (1.0 / 3 + 1.0 / 3) / 2,
        0,
        (0.5 / 2 + 0.5 / 2) / 2,
        (0.5 + 0.5) / 2,
        0.6309297535714574 / 1.6309297535714574, /* both have one hit at rank 2 */
        3.0 / 5,                                 /* ann c d, cat b c */
    };
    assert_int_equal(reco_report_size(r), 7);
    for (int32_t k = 0; k < 7; k++) {
        assert_near(reco_report_value(r, k), expected[k]);
    }
    assert_string_equal(reco_report_name(r, 6), "coverage@2");
    assert_null(reco_report_name(r, 7));
    assert_true(isnan(reco_report_value(r, -1)));
    assert_null(reco_report_units(r, 6, NULL));
    assert_near(reco_report_units(r, 4, NULL)[1], 0.5);
    double low, high;
    OK(reco_report_interval(r, 6, &low, &high, &err));
    assert_near(low, 3.0 / 5);
    assert_near(high, 3.0 / 5);
    assert_int_equal(reco_report_interval(r, 7, &low, &high, &err), RECO_EINVAL);
    reco_report_free(r);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

/* Candidates of ann: held-out d and the negatives a, e, y (unknown): order a d e. dan: held-out e, no
 * negatives. cat: held-out x, which the model does not know, negative b. */
static void test_candidates_by_hand(void **state)
{
    (void)state;
    reco_data *train = five_items();
    reco_data *test = DATA({"ann", "d"}, {"dan", "e"}, {"cat", "x"});
    reco_data *negatives = DATA({"ann", "a"}, {"ann", "e"}, {"ann", "y"}, {"cat", "b"}, {"ann", "d"});
    reco_model *m = fit("popular", train);
    reco_report *r;
    OK(evaluate(m, test, negatives, "hit@1,hit@2,ndcg@2,coverage@1", 1, &r));
    assert_int_equal(count(r, "users"), 2);
    assert_int_equal(count(r, "users_without_negatives"), 1);
    assert_int_equal(count(r, "items_unknown"), 1);
    assert_near(reco_report_value(r, 0), 0);
    assert_near(reco_report_value(r, 1), 1.0 / 2);
    assert_near(reco_report_value(r, 2), 0.6309297535714574 / 2);
    assert_near(reco_report_value(r, 3), 2.0 / 5); /* a of ann, b of cat */
    reco_report_free(r);
    reco_model_free(m);
    reco_data_free(negatives);
    reco_data_free(test);
    reco_data_free(train);
}

/* The interval of {0, 0, 1, 1}: mean 1/2, deviation sqrt(1/3), standard error sqrt(1/12). */
static void test_interval(void **state)
{
    (void)state;
    reco_data *train = five_items();
    reco_data *test = DATA({"ann", "c"}, {"bob", "c"}, {"cat", "e"}, {"dan", "e"});
    reco_model *m = fit("popular", train);
    reco_report *r;
    double low, high;
    OK(evaluate(m, test, NULL, "hit@1", 0, &r));
    OK(reco_report_interval(r, 0, &low, &high, &err));
    assert_near(reco_report_value(r, 0), 0.5);
    assert_near(high - low, 2 * 1.96 * sqrt(1.0 / 12));
    reco_report_free(r);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

/* ---- against the definitions ---- */

static reco_data *random_data(uint64_t seed, int64_t events, uint64_t users, uint64_t items)
{
    reco__rng random = reco__rng_key(seed, 1, 2);
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    for (int64_t k = 0; k < events; k++) {
        char user[24], item[24];
        double skew = reco__rng_unit(&random);
        snprintf(user, sizeof user, "u%d", (int)reco__rng_below(&random, users));
        snprintf(item, sizeof item, "i%d", (int)(skew * skew * (double)items));
        OK(reco_builder_add_event(b, user, item, NULL, 1, RECO_NO_TIME, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

static int has_item(const reco_data *data, const char *user, const char *item)
{
    int32_t u, i;
    const int32_t *items;
    const float *values;
    int64_t n;
    if (reco_data_find(data, RECO_USER, user, &u, NULL) || reco_data_find(data, RECO_ITEM, item, &i, NULL)) {
        return 0;
    }
    OK(reco_data_row(data, u, &items, &values, &n, &err));
    for (int64_t k = 0; k < n; k++) {
        if (items[k] == i) {
            return 1;
        }
    }
    return 0;
}

static const char *const names[] = {"recall", "precision", "hit", "map", "mrr", "ndcg"};
enum { N_NAMES = 6, MOST = 4096 };

/* The header's formulas, word for word; rel[r] for r from 1. */
static double by_definition(int kind, int k, const int *rel, int length, int held)
{
    double sum = 0, ideal = 0, precision = 0;
    int found = 0, first = 0;
    for (int r = 1; r <= k; r++) {
        int hit = r <= length && rel[r];
        found += hit;
        first = first || !hit ? first : r;
        sum += hit / log2(r + 1);
        ideal += r <= held ? 1 / log2(r + 1) : 0;
        precision += hit * ((double)found / r);
    }
    double values[] = {
        (double)found / held,    (double)found / k, found > 0, precision / (held < k ? held : k),
        first ? 1.0 / first : 0, sum / ideal};
    return values[kind];
}

typedef struct figures {
    double sum[N_NAMES];
    int users, covered;
    char seen[MOST];
} figures;

static void take_list(figures *f, const reco_data *train, const reco_data *test, const char *user,
                      const char *const *list, int length, int k)
{
    static int rel[MOST];
    int held = 0;
    int32_t u;
    const int32_t *items;
    const float *values;
    int64_t n;
    OK(reco_data_find(test, RECO_USER, user, &u, &err));
    OK(reco_data_row(test, u, &items, &values, &n, &err));
    for (int64_t e = 0; e < n; e++) {
        held += !has_item(train, user, reco_data_id(test, RECO_ITEM, items[e]));
    }
    if (held == 0) {
        return;
    }
    for (int r = 0; r < length; r++) {
        rel[r + 1] = has_item(test, user, list[r]) && !has_item(train, user, list[r]);
        if (r < k) {
            int32_t item;
            OK(reco_data_find(train, RECO_ITEM, list[r], &item, &err));
            f->covered += !f->seen[item];
            f->seen[item] = 1;
        }
    }
    for (int kind = 0; kind < N_NAMES; kind++) {
        f->sum[kind] += by_definition(kind, k, rel, length, held);
    }
    f->users++;
}

static void compare(const reco_model *m, const reco_data *test, const reco_data *negatives, const figures *f,
                    int k, int n_items)
{
    char metrics[256] = "";
    for (int kind = 0; kind < N_NAMES; kind++) {
        snprintf(metrics + strlen(metrics), sizeof metrics - strlen(metrics), "%s@%d,", names[kind], k);
    }
    snprintf(metrics + strlen(metrics), sizeof metrics - strlen(metrics), "coverage@%d", k);
    reco_report *one = NULL;
    for (int32_t threads = 1; threads <= 8; threads = threads < 3 ? threads + 1 : threads + 5) {
        reco_report *r;
        OK(evaluate(m, test, negatives, metrics, threads, &r));
        assert_int_equal(count(r, "users"), f->users);
        for (int kind = 0; kind < N_NAMES; kind++) {
            assert_near(reco_report_value(r, kind), f->sum[kind] / f->users);
            if (one) { /* the same bits for any number of threads */
                double a = reco_report_value(one, kind), b = reco_report_value(r, kind);
                assert_memory_equal(&a, &b, sizeof a);
            }
        }
        assert_near(reco_report_value(r, N_NAMES), (double)f->covered / n_items);
        if (one) {
            reco_report_free(r);
        } else {
            one = r;
        }
    }
    reco_report_free(one);
}

static void test_all_items_equal_definitions(void **state)
{
    (void)state;
    static const char *const algos[] = {"popular", "random"};
    reco_query *q;
    reco_list *list;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(q, MOST, &err));
    for (int round = 0; round < 6; round++) {
        reco_data *train = random_data((uint64_t)round, 600, 90, 60);
        reco_data *test = random_data((uint64_t)round + 100, 300, 100, 70);
        reco_model *m = fit(algos[round % 2], train);
        figures f = {0};
        int k = round < 4 ? 1 + 4 * round : 200;
        for (int32_t u = 0; u < reco_data_count(test, "users"); u++) {
            const char *user = reco_data_id(test, RECO_USER, u);
            const char *ids[MOST];
            int32_t index;
            if (reco_model_find(m, RECO_USER, user, &index, NULL)) {
                continue;
            }
            OK(reco_query_user(q, user, &err));
            OK(reco_model_recommend(m, q, list, &err));
            for (int32_t r = 0; r < reco_list_size(list); r++) {
                ids[r] = reco_list_id(list, r);
            }
            take_list(&f, train, test, user, ids, reco_list_size(list), k);
        }
        compare(m, test, NULL, &f, k, (int)reco_data_count(train, "items"));
        reco_model_free(m);
        reco_data_free(test);
        reco_data_free(train);
    }
    reco_list_free(list);
    reco_query_free(q);
}

typedef struct candidate {
    const char *id;
    float score;
    int32_t index;
} candidate;

static int by_score(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    return x->index - y->index;
}

/* The user's candidates that the model knows, ranked by the public scores. */
static int rank(const reco_model *m, const reco_data *train, const reco_data *test,
                const reco_data *negatives, const char *user, const char **ids)
{
    candidate all[MOST];
    int n = 0;
    reco_query *q;
    OK(reco_query_new(&q, &err));
    OK(reco_query_user(q, user, &err));
    for (int32_t i = 0; i < reco_data_count(train, "items"); i++) {
        const char *id = reco_data_id(train, RECO_ITEM, i);
        if (has_item(negatives, user, id) || (has_item(test, user, id) && !has_item(train, user, id))) {
            all[n] = (candidate){.id = id, .index = i};
            OK(reco_model_score(m, q, &id, 1, &all[n++].score, &err));
        }
    }
    reco_query_free(q);
    qsort(all, (size_t)n, sizeof *all, by_score);
    for (int k = 0; k < n; k++) {
        ids[k] = all[k].id;
    }
    return n;
}

static void test_candidates_equal_definitions(void **state)
{
    (void)state;
    static const char *const algos[] = {"popular", "random"};
    for (int round = 0; round < 4; round++) {
        reco_data *train = random_data((uint64_t)round, 500, 80, 60);
        reco_data *test = random_data((uint64_t)round + 100, 200, 90, 70);
        reco_data *negatives = random_data((uint64_t)round + 200, 700, 85, 75);
        reco_model *m = fit(algos[round % 2], train);
        figures f = {0};
        int k = 1 + 2 * round;
        for (int32_t u = 0; u < reco_data_count(test, "users"); u++) {
            const char *user = reco_data_id(test, RECO_USER, u);
            const char *ids[MOST];
            int32_t index;
            if (reco_model_find(m, RECO_USER, user, &index, NULL) == RECO_OK &&
                reco_data_find(negatives, RECO_USER, user, &index, NULL) == RECO_OK) {
                take_list(&f, train, test, user, ids, rank(m, train, test, negatives, user, ids), k);
            }
        }
        compare(m, test, negatives, &f, k, (int)reco_data_count(train, "items"));
        reco_model_free(m);
        reco_data_free(negatives);
        reco_data_free(test);
        reco_data_free(train);
    }
}

/* ---- refusals ---- */

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *metrics;
        reco_status status;
        const char *message;
    } cases[] = {
        {"foo@10", RECO_ENOTFOUND,
         "no metric 'foo@10'; there are: recall@K, precision@K, hit@K, map@K, mrr@K, ndcg@K, coverage@K, "
         "auc, rmse, mae"},
        {"ndcg", RECO_EINVAL, "metric 'ndcg' needs a cutoff, as ndcg@10"},
        {"ndcg@0", RECO_EINVAL, "metric 'ndcg@0': K must be a whole number in [1, 10000]"},
        {"ndcg@10001", RECO_EINVAL, "metric 'ndcg@10001': K must be a whole number in [1, 10000]"},
        {"ndcg@ten", RECO_EINVAL, "metric 'ndcg@ten': K must be a whole number in [1, 10000]"},
        {"ndcg@10,,hit@1", RECO_ENOTFOUND, NULL},
        {"", RECO_ENOTFOUND, NULL},
        {"hit@10, hit@010", RECO_EINVAL, "metric 'hit@10' is listed twice"},
    };
    reco_data *train = five_items(), *test = DATA({"ann", "c"}), *strangers = DATA({"zed", "a"});
    reco_model *m = fit("popular", train), *unfitted;
    reco_report *r = (reco_report *)(void *)&err;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_int_equal(evaluate(m, test, NULL, cases[k].metrics, 1, &r), cases[k].status);
        assert_null(r);
        if (cases[k].message) {
            assert_string_equal(err.message, cases[k].message);
        }
    }
    assert_int_equal(evaluate(m, strangers, NULL, NULL, 1, &r), RECO_EINVAL);
    assert_non_null(strstr(err.message, "nobody to evaluate on"));
    assert_int_equal(evaluate(m, NULL, NULL, NULL, 1, &r), RECO_EINVAL);
    assert_int_equal(evaluate(m, test, NULL, NULL, -1, &r), RECO_EINVAL);
    assert_int_equal(reco_model_evaluate(m, test, NULL, NULL, NULL, NULL, &err), RECO_EINVAL);
    OK(reco_model_new(&unfitted, "popular", &err));
    assert_int_equal(evaluate(unfitted, test, NULL, NULL, 1, &r), RECO_ESTATE);
    reco_run *run;
    OK(reco_run_new(&run, &err));
    reco_run_cancel(run);
    assert_int_equal(reco_model_evaluate(m, test, NULL, NULL, run, &r, &err), RECO_ECANCELLED);
    assert_null(r);
    assert_string_equal(err.message, "evaluate: cancelled");
    OK(reco_model_evaluate(m, test, NULL, NULL, NULL, &r, &err));
    assert_string_equal(reco_report_name(r, 0), "ndcg@10");
    assert_string_equal(reco_report_name(r, 1), "recall@10");
    reco_report_free(r);
    reco_report_free(NULL);
    reco_run_free(run);
    reco_model_free(unfitted);
    reco_model_free(m);
    reco_data_free(strangers);
    reco_data_free(test);
    reco_data_free(train);
}

/* Someone who did not agree to personal answers is not asked for. */
static void test_consent(void **state)
{
    (void)state;
    reco_builder *b;
    reco_data *train, *test = DATA({"ann", "c"}, {"bob", "c"});
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_event(b, "ann", "a", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_builder_add_event(b, "bob", "b", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_builder_add_event(b, "cat", "c", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_builder_set_consent(b, "bob", RECO_CONSENT_TRAINING, &err));
    OK(reco_builder_finish(b, &train, &err));
    reco_builder_free(b);
    reco_model *m = fit("popular", train);
    reco_report *r;
    OK(evaluate(m, test, NULL, "hit@5", 1, &r));
    assert_int_equal(count(r, "users"), 1);
    assert_int_equal(count(r, "users_unknown"), 1);
    reco_report_free(r);
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics_by_hand),
        cmocka_unit_test(test_lists_by_hand),
        cmocka_unit_test(test_candidates_by_hand),
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_all_items_equal_definitions),
        cmocka_unit_test(test_candidates_equal_definitions),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_consent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
