/* SPDX-License-Identifier: MIT */
/* The top-N contract of query.h against brute force, for every algorithm: score all items, drop what the
 * query forbids, sort, cut; and compare with what the library answers to hundreds of random queries. As many
 * users as items, so that a matrix taken the wrong way round shows. */
#include "support/made.h"

#include "model/question.h"

#include <math.h>
#include <stdio.h>

enum { N = 44, QUERIES = 600 };

/* ---- conditions, and what the made items say to them ---- */

static bool has(int32_t i)
{
    return i % 7 != 6;
}

static bool below_twenty(int32_t i)
{
    return has(i) && i + 0.5 < 20;
}

static bool from_ten(int32_t i)
{
    return has(i) && i >= 10;
}

static bool exactly(int32_t i)
{
    return has(i) && i == 3;
}

static bool not_exactly(int32_t i)
{
    return has(i) && i != 3;
}

static bool category_one(int32_t i)
{
    return has(i) && i % 4 == 1;
}

static bool not_category_two(int32_t i)
{
    return !has(i) || i % 4 != 2;
}

static bool even(int32_t i)
{
    return has(i) && i % 2 == 0;
}

static bool dear_and_one(int32_t i)
{
    return has(i) && i + 0.5 > 5 && i % 3 == 1;
}

static const struct {
    const char *text;
    bool (*holds)(int32_t i);
} conditions[] = {
    {"price<20", below_twenty},    {"price >= 10.5", from_ten},
    {"price=3.5", exactly},        {"price!=3.5", not_exactly},
    {"category=c1", category_one}, {"category!=c2", not_category_two},
    {"tags=even", even},           {"price>5 and tags='t1'", dear_and_one},
};

enum { CONDITIONS = sizeof conditions / sizeof *conditions };

/* ---- a random query, and the same as plain data ---- */

typedef struct question {
    int32_t limit, offset, include_seen, where,
        filter;   /* where: a condition or -1; filter: keeps i % 3 != filter, -1 none */
    bool include; /* whether only listed items are allowed */
    bool included[N], excluded[N];
    bool seen[N];
    bool similar;
    int32_t item; /* of a similar question */
} question;

static int32_t filter(void *context, int32_t item, const char *id)
{
    const question *q = context;
    (void)item;
    return atoi(id + 1) % 3 != q->filter;
}

static void ids_of(const bool *in, char text[N][8], const char **ids, int64_t *n)
{
    *n = 0;
    for (int32_t i = 0; i < N; i++) {
        snprintf(text[i], sizeof text[i], "i%d", (int)i);
        if (in[i]) {
            ids[(*n)++] = text[i];
        }
    }
}

static void ask_for_somebody(question *q, made_random *r, const reco_data *data, reco_query *query)
{
    char user[8], text[N][8];
    const char *ids[N];
    float values[N];
    int64_t n = 0;
    int32_t who = made_below(r, 3);
    if (who == 0) {
        int32_t index = 0;
        const int32_t *items;
        snprintf(user, sizeof user, "u%d", (int)made_below(r, N));
        OK(reco_query_user(query, user, &err));
        OK(reco_data_find(data, RECO_USER, user, &index, &err));
        OK(reco_data_row(data, index, &items, &(const float *){NULL}, &n, &err));
        for (int64_t k = 0; k < n; k++) {
            q->seen[atoi(reco_data_id(data, RECO_ITEM, items[k]) + 1)] = true;
        }
    } else if (who == 1) {
        for (int32_t k = made_below(r, 6); k > 0; k--) {
            q->seen[made_below(r, N)] = true;
        }
        ids_of(q->seen, text, ids, &n);
        for (int64_t k = 0; k < n; k++) {
            values[k] = 0.5f + 3 * made_unit(r);
        }
        OK(reco_query_history(query, ids, made_below(r, 2) ? values : NULL, n, &err));
    }
}

static void restrict_query(question *q, made_random *r, reco_query *query)
{
    char text[N][8];
    const char *ids[N];
    int64_t n = 0;
    q->limit = made_below(r, 4) ? made_below(r, 12) : made_below(r, 2 * N);
    q->offset = made_below(r, 3) ? 0 : made_below(r, 15);
    q->include_seen = made_below(r, 3) == 0;
    q->where = made_below(r, 3) ? -1 : made_below(r, CONDITIONS);
    q->filter = made_below(r, 3) ? -1 : made_below(r, 3);
    q->include = made_below(r, 3) == 0;
    for (int32_t i = 0; i < N; i++) {
        q->included[i] = made_below(r, 2);
        q->excluded[i] = made_below(r, 5) == 0;
    }
    if (made_below(r, 2)) {
        memset(q->excluded, 0, sizeof q->excluded);
    }
    if (made_below(r, 6) == 0) {
        memset(q->included, 0, sizeof q->included); /* a list of none allows nothing */
    }
    OK(reco_query_limit(query, q->limit, &err));
    OK(reco_query_offset(query, q->offset, &err));
    reco_query_include_seen(query, q->include_seen);
    if (q->where >= 0) {
        OK(reco_query_where(query, conditions[q->where].text, &err));
    }
    if (q->filter >= 0) {
        reco_query_filter(query, filter, q);
    }
    if (q->include) {
        ids_of(q->included, text, ids, &n);
        OK(reco_query_include(query, ids, n, &err));
    }
    ids_of(q->excluded, text, ids, &n);
    OK(reco_query_exclude(query, ids, n, &err));
}

/* ---- brute force ---- */

static bool allowed(const question *q, int32_t i)
{
    return (q->include_seen || !q->seen[i]) && (q->where < 0 || conditions[q->where].holds(i)) &&
           (q->filter < 0 || i % 3 != q->filter) && (!q->include || q->included[i]) && !q->excluded[i] &&
           !(q->similar && i == q->item);
}

/* What the algorithm itself knows: scores, and of which items. `item` is one to find similar items of, or -1. */
static void known_scores(const reco_model *model, const reco__asker *who, int32_t item, float *scores,
                         bool *known)
{
    reco__scratch scratch = {.data = NULL};
    reco__scores_take(&scratch, model->n_items);
    reco__model_layout(model, &scratch);
    scratch = (reco__scratch){.data = reco__alloc(scratch.peak, 1), .size = scratch.peak};
    assert_non_null(scratch.data);
    reco__scores all = reco__scores_take(&scratch, model->n_items);
    assert_int_equal(item >= 0 ? reco__model_similar(model, item, &all, &scratch)
                               : reco__model_score(model, who, &all, &scratch),
                     RECO_OK);
    memset(known, 0, (size_t)model->n_items * sizeof *known);
    reco__scores_list(&all);
    for (int32_t k = 0; k < reco__scores_size(&all); k++) {
        int32_t i = reco__scores_item(&all, k);
        assert_false(known[i]); /* each once */
        known[i] = item < 0 || all.of[i] != 0;
    }
    for (int32_t i = 0; i < model->n_items; i++) {
        assert_true(known[i] || all.of[i] == 0);
    }
    memcpy(scores, all.of, (size_t)model->n_items * sizeof *scores);
    reco__scores_clear(&all); /* leaves nothing behind */
    for (int32_t i = 0; i < model->n_items; i++) {
        assert_true(all.of[i] == 0 && !all.marks[i]);
    }
    reco__free(scratch.data);
}

/* Which items the asker of a query is told of; all, when popularity answers. */
static void known_to(const reco_model *model, const reco_query *query, const float *scores, bool *known)
{
    float own[N];
    reco__question q;
    reco__scratch scratch = {.data = NULL};
    OK(reco__question_begin(&q, model, query, &err));
    reco__question_layout(&q, &scratch);
    scratch = (reco__scratch){.data = reco__alloc(scratch.peak, 1), .size = scratch.peak};
    assert_non_null(scratch.data);
    reco__question_layout(&q, &scratch);
    OK(reco__question_bind(&q, &err));
    memset(known, 1, (size_t)model->n_items * sizeof *known);
    if (reco__model_answers(model, &q.who)) {
        known_scores(model, &q.who, -1, own, known);
        for (int32_t i = 0; i < model->n_items; i++) {
            assert_true(own[i] == scores[i]);
        }
    }
    reco__free(scratch.data);
}

typedef struct scored {
    float score;
    int32_t index;
} scored;

static int best_first(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    return x->score > y->score ? -1 : x->score < y->score ? 1 : x->index - y->index;
}

/* What must be answered: everything allowed, sorted and cut. */
static int32_t brute_force(const reco_model *model, const question *q, const float *scores, const bool *known,
                           scored *out)
{
    int32_t n = 0;
    for (int32_t k = 0; k < model->n_items; k++) {
        if (allowed(q, atoi(reco_model_id(model, RECO_ITEM, k) + 1)) && known[k]) {
            out[n++] = (scored){scores[k], k};
        }
    }
    qsort(out, (size_t)n, sizeof *out, best_first);
    n = n > q->offset ? n - q->offset : 0;
    n = n < q->limit ? n : q->limit;
    memmove(out, out + q->offset, (size_t)n * sizeof *out);
    return n;
}

static void compare(const reco_list *list, const scored *expected, int32_t n)
{
    assert_int_equal(reco_list_size(list), n);
    for (int32_t k = 0; k < n; k++) {
        assert_int_equal(reco_list_items(list)[k], expected[k].index);
        assert_true(reco_list_scores(list)[k] == expected[k].score);
    }
}

/* ---- the tests ---- */

static void check_recommend(const reco_model *model, const question *q, const reco_query *query,
                            reco_list *list)
{
    const char *ids[N];
    float scores[N];
    bool known[N];
    scored expected[N];
    for (int32_t k = 0; k < model->n_items; k++) {
        ids[k] = reco_model_id(model, RECO_ITEM, k);
    }
    OK(reco_model_score(model, query, ids, model->n_items, scores, &err));
    OK(reco_model_recommend(model, query, list, &err));
    known_to(model, query, scores, known);
    compare(list, expected, brute_force(model, q, scores, known, expected));
}

static void check_similar(const reco_model *model, question *q, const reco_query *query, reco_list *list,
                          int32_t k)
{
    float scores[N];
    bool known[N];
    scored expected[N];
    q->similar = true;
    q->item = atoi(reco_model_id(model, RECO_ITEM, k) + 1);
    known_scores(model, NULL, k, scores, known);
    OK(reco_model_similar(model, reco_model_id(model, RECO_ITEM, k), query, list, &err));
    compare(list, expected, brute_force(model, q, scores, known, expected));
}

static void test_random_queries_equal_brute_force(void **state)
{
    made_random r = {77};
    reco_data *data = made_data(N, N, 21);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    assert_true(model->n_items <= N && model->n_items > N - 7);
    for (int32_t k = 0; k < QUERIES; k++) {
        question q = {0};
        reco_query_reset(query);
        ask_for_somebody(&q, &r, data, query);
        restrict_query(&q, &r, query);
        check_recommend(model, &q, query, list);
        if (reco_model_can(model, "similar")) {
            check_similar(model, &q, query, list, made_below(&r, model->n_items));
        }
    }
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

/* Whether a user's own row, given as a history, must get the same answer: not where training left something
 * of the user's own in the model, or times matter. */
static bool history_is_all(const reco_model *model)
{
    bool all = model->algo->score && !reco__model_remembers(model);
    for (int32_t k = 0; k < model->n_parts; k++) {
        all = all && history_is_all(model->parts[k]);
    }
    return all;
}

static void test_a_user_is_a_history(void **state)
{
    reco_data *data = made_data(N, N, 22);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *by_user = NULL, *by_history = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&by_user, &err));
    OK(reco_list_new(&by_history, &err));
    for (int32_t u = 0; u < N; u++) {
        const int32_t *items;
        const float *values;
        const char *ids[N];
        int64_t n = 0;
        OK(reco_data_row(data, u, &items, &values, &n, &err));
        for (int64_t k = 0; k < n; k++) {
            ids[k] = reco_data_id(data, RECO_ITEM, items[k]);
        }
        OK(reco_query_user(query, reco_data_id(data, RECO_USER, u), &err));
        OK(reco_model_recommend(model, query, by_user, &err));
        OK(reco_query_history(query, ids, values, n, &err));
        OK(reco_model_recommend(model, query, by_history, &err));
        for (int32_t k = 0; k < reco_list_size(by_history); k++) { /* seen items are hidden either way */
            for (int64_t h = 0; h < n; h++) {
                assert_true(reco_list_items(by_history)[k] != items[h]);
            }
        }
        if (history_is_all(model)) {
            scored expected[N];
            for (int32_t k = 0; k < reco_list_size(by_user); k++) {
                expected[k] = (scored){reco_list_scores(by_user)[k], reco_list_items(by_user)[k]};
            }
            compare(by_history, expected, reco_list_size(by_user));
        }
    }
    reco_list_free(by_user);
    reco_list_free(by_history);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_a_batch_is_many_queries(void **state)
{
    enum { LIMIT = 9 };
    reco_data *data = made_data(N, N, 23);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    const char *users[N + 1];
    int32_t items[(N + 1) * LIMIT], sizes[N + 1];
    float scores[(N + 1) * LIMIT];
    reco_status statuses[N + 1];
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    OK(reco_query_where(query, "price<30", &err));
    for (int32_t u = 0; u < N; u++) {
        users[u] = reco_data_id(data, RECO_USER, (u * 5) % N);
    }
    users[N] = "nobody";
    for (int32_t threads = 0; threads < 4; threads++) {
        OK(reco_model_recommend_batch(model, query, users, N + 1, threads, NULL, items, scores, sizes,
                                      statuses, &err));
        assert_int_equal(statuses[N], RECO_ENOTFOUND);
        assert_int_equal(sizes[N], 0);
        for (int32_t u = 0; u < N; u++) {
            scored expected[LIMIT];
            OK(reco_query_user(query, users[u], &err));
            OK(reco_model_recommend(model, query, list, &err));
            assert_int_equal(statuses[u], RECO_OK);
            for (int32_t k = 0; k < sizes[u]; k++) {
                expected[k] = (scored){scores[u * LIMIT + k], items[u * LIMIT + k]};
            }
            compare(list, expected, sizes[u]);
        }
    }
    FAILS(reco_model_recommend_batch(model, query, users, N + 1, 1, NULL, items, NULL, sizes, NULL, &err),
          RECO_ENOTFOUND);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

static void test_limits_beyond_the_catalog(void **state)
{
    reco_data *data = made_data(N, N, 24);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_user(query, "u3", &err));
    OK(reco_query_limit(query, INT32_MAX, &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_true(reco_list_size(list) > 0 && reco_list_size(list) < N);
    int32_t size = reco_list_size(list);
    OK(reco_query_offset(query, INT32_MAX, &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_int_equal(reco_list_size(list), 0);
    OK(reco_query_offset(query, size - 1, &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_int_equal(reco_list_size(list), 1);
    assert_non_null(reco_list_id(list, 0));
    assert_null(reco_list_id(list, 1));
    assert_null(reco_list_id(list, -1));
    OK(reco_query_offset(query, 0, &err));
    OK(reco_query_limit(query, 0, &err));
    OK(reco_model_recommend(model, query, list, &err));
    assert_int_equal(reco_list_size(list), 0);
    FAILS(reco_query_limit(query, -1, &err), RECO_EINVAL);
    FAILS(reco_query_offset(query, -1, &err), RECO_EINVAL);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

/* Whether all parts of a model have reasons, so that these must make up its whole score. */
/* The reasons of each item answered add up to its score, whoever asks. */
static void check_reasons(const reco_model *model, const reco_query *query, reco_list *list,
                          reco_list *reasons)
{
    OK(reco_model_recommend(model, query, list, &err));
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        double sum = 0, score = (double)reco_list_scores(list)[k];
        int32_t rests = 0;
        OK(reco_model_explain(model, reco_list_id(list, k), query, reasons, &err));
        assert_string_equal(reco_list_source(reasons), reco_list_source(list));
        for (int32_t r = 0; r < reco_list_size(reasons); r++) {
            double amount = (double)reco_list_scores(reasons)[r];
            assert_true(amount != 0 && (r == 0 || amount <= (double)reco_list_scores(reasons)[r - 1]));
            rests += reco_list_items(reasons)[r] == RECO_REST;
            assert_int_equal(reco_list_items(reasons)[r] == RECO_REST, !reco_list_id(reasons, r)[0]);
            sum += amount;
        }
        assert_true(rests <= 1);
        if (fabs(sum - score) > 1e-4 * (1 + fabs(score))) {
            fail_msg("the reasons add up to %g, the score is %g", sum, score);
        }
    }
}

static void test_reasons_add_up(void **state)
{
    reco_data *data = made_data(N, N, 25);
    reco_model *model = made_fitted(*state, data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL, *reasons = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_list_new(&reasons, &err));
    OK(reco_query_limit(query, INT32_MAX, &err));
    check_reasons(model, query, list, reasons);
    for (int32_t u = 0; u < N; u++) {
        OK(reco_query_user(query, reco_model_id(model, RECO_USER, u), &err));
        check_reasons(model, query, list, reasons);
    }
    FAILS(reco_model_explain(model, "nothing", query, reasons, &err), RECO_ENOTFOUND);
    reco_list_free(reasons);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_queries_equal_brute_force),
        cmocka_unit_test(test_a_user_is_a_history),
        cmocka_unit_test(test_a_batch_is_many_queries),
        cmocka_unit_test(test_limits_beyond_the_catalog),
        cmocka_unit_test(test_reasons_add_up),
    };
    return made_run(tests, sizeof tests / sizeof *tests);
}
