/* SPDX-License-Identifier: MIT */
/* als against a dense program in double precision that follows the formulas and nothing else: every pair of
 * user and item is visited, equations are solved by elimination. */
#include "base/rng.h"
#include "kernel/kernel.h"
#include "model/model.h"

#include <reco/reco.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { USERS = 23, ITEMS = 17, MOST = 20, SEED = 5 };

static reco_error err;

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if (call) {                                                                                          \
            fail_msg("%s: %s", #call, err.message);                                                          \
        }                                                                                                    \
    } while (0)

/* ---- the oracle ---- */

typedef struct setting {
    const char *objective, *confidence, *solver;
    int factors, iterations, steps;
    double regularization, exponent, unobserved, alpha;
} setting;

static double r[USERS][ITEMS]; /* 0: not observed */
static double x[USERS][MOST], y[ITEMS][MOST];

static bool hkv(const setting *s)
{
    return strcmp(s->objective, "hkv") == 0;
}

static double confidence(const setting *s, double value)
{
    return s->alpha * (strcmp(s->confidence, "log") == 0 ? log(1 + value) : value);
}

/* Weight and target of a pair: its part of the loss is weight * (target - x.y)^2, for ials besides what all
 * pairs contribute. */
static void pair(const setting *s, double value, double *weight, double *target)
{
    if (hkv(s)) {
        *weight = value > 0 ? confidence(s, value) : 1;
        *target = value > 0;
    } else { /* (1 - p)^2 + w p^2 = (1 + w) (p - 1 / (1 + w))^2 + constant */
        *weight = s->unobserved + (value > 0);
        *target = value > 0 ? 1 / (1 + s->unobserved) : 0;
    }
}

static double ridge(const setting *s, int n, int others)
{
    return hkv(s) ? s->regularization : s->regularization * pow(n + s->unobserved * others, s->exponent);
}

/* A x = b by elimination with pivoting. */
static void eliminate(int n, double a[][MOST], double *b)
{
    for (int k = 0; k < n; k++) {
        int best = k;
        for (int i = k; i < n; i++) {
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        }
        for (int j = 0; j < n; j++) {
            double t = a[k][j];
            a[k][j] = a[best][j];
            a[best][j] = t;
        }
        double t = b[k];
        b[k] = b[best];
        b[best] = t;
        for (int i = k + 1; i < n; i++) {
            double by = a[i][k] / a[k][k];
            for (int j = k; j < n; j++) {
                a[i][j] -= by * a[k][j];
            }
            b[i] -= by * b[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) {
        for (int j = k + 1; j < n; j++) {
            b[k] -= a[k][j] * b[j];
        }
        b[k] /= a[k][k];
    }
}

static void conjugate_gradients(int n, double a[][MOST], const double *b, double *solution, int steps)
{
    double residual[MOST], p[MOST], q[MOST], rr = 0;
    for (int i = 0; i < n; i++) {
        residual[i] = b[i];
        for (int j = 0; j < n; j++) {
            residual[i] -= a[i][j] * solution[j];
        }
        p[i] = residual[i];
        rr += residual[i] * residual[i];
    }
    for (int step = 0; step < steps && rr > 0; step++) {
        double pq = 0, next = 0;
        for (int i = 0; i < n; i++) {
            q[i] = 0;
            for (int j = 0; j < n; j++) {
                q[i] += a[i][j] * p[j];
            }
            pq += p[i] * q[i];
        }
        for (int i = 0; i < n; i++) {
            solution[i] += rr / pq * p[i];
            residual[i] -= rr / pq * q[i];
            next += residual[i] * residual[i];
        }
        for (int i = 0; i < n; i++) {
            p[i] = residual[i] + next / rr * p[i];
        }
        rr = next;
    }
}

/* Solves for one row of one side. */
static void half(const setting *s, bool user, int row, bool exactly)
{
    double a[MOST][MOST] = {{0}}, b[MOST] = {0}, *mine = user ? x[row] : y[row];
    int n = 0, f = s->factors, others = user ? ITEMS : USERS;
    for (int k = 0; k < others; k++) {
        const double *other = user ? y[k] : x[k];
        double weight, target, value = user ? r[row][k] : r[k][row];
        pair(s, value, &weight, &target);
        n += value > 0;
        for (int i = 0; i < f; i++) {
            b[i] += weight * target * other[i];
            for (int j = 0; j < f; j++) {
                a[i][j] += weight * other[i] * other[j];
            }
        }
    }
    for (int i = 0; i < f; i++) {
        a[i][i] += ridge(s, n, others);
    }
    if (n == 0) {
        memset(mine, 0, sizeof x[0]);
    } else if (exactly) {
        eliminate(f, a, b);
        memcpy(mine, b, sizeof b);
    } else {
        conjugate_gradients(f, a, b, mine, s->steps);
    }
}

static int entries_of_item(int i)
{
    int n = 0;
    for (int u = 0; u < USERS; u++) {
        n += r[u][i] > 0;
    }
    return n;
}

static void oracle(const setting *s)
{
    bool exactly = strcmp(s->solver, "cholesky") == 0;
    memset(x, 0, sizeof x);
    for (int i = 0; i < ITEMS; i++) {
        reco__rng random = reco__rng_key(SEED, RECO_ITEM, (uint64_t)i);
        for (int k = 0; k < s->factors; k++) {
            double start = 0.1 / sqrt(s->factors) * reco__rng_normal(&random);
            y[i][k] = entries_of_item(i) ? start : 0;
        }
    }
    for (int k = 0; k < s->iterations; k++) {
        for (int u = 0; u < USERS; u++) {
            half(s, true, u, exactly);
        }
        for (int i = 0; i < ITEMS; i++) {
            half(s, false, i, exactly);
        }
    }
    for (int u = 0; u < USERS; u++) {
        half(s, true, u, true);
    }
}

/* The objective as the documentation has it. */
static double loss(const setting *s, const reco__factors *f)
{
    double total = 0;
    for (int u = 0; u < USERS; u++) {
        for (int i = 0; i < ITEMS; i++) {
            double p = 0;
            for (int k = 0; k < f->n; k++) {
                p += (double)f->users[u * f->stride + k] * f->items[i * f->stride + k];
            }
            if (hkv(s)) {
                total += r[u][i] > 0 ? confidence(s, r[u][i]) * (1 - p) * (1 - p) : p * p;
            } else {
                total += (r[u][i] > 0 ? (1 - p) * (1 - p) : 0) + s->unobserved * p * p;
            }
        }
    }
    for (int row = 0; row < USERS + ITEMS; row++) {
        bool user = row < USERS;
        const float *v = user ? f->users + row * f->stride : f->items + (row - USERS) * f->stride;
        double squares = 0;
        int n = user ? 0 : entries_of_item(row - USERS);
        for (int i = 0; user && i < ITEMS; i++) {
            n += r[row][i] > 0;
        }
        for (int k = 0; k < f->n; k++) {
            squares += (double)v[k] * v[k];
        }
        total += ridge(s, n, user ? ITEMS : USERS) * squares;
    }
    return total;
}

/* ---- the library ---- */

/* Ids are numbers, so that indices are as here. All users and items have an id; some have no entries: their
 * only event came back. */
static reco_data *data_of_r(void)
{
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    for (int64_t u = 0; u < USERS; u++) {
        for (int64_t i = 0; i < ITEMS; i++) {
            float value = (float)r[u][i];
            OK(reco_builder_add_ids_i64(b, RECO_USER, 1, &u, &err));
            OK(reco_builder_add_ids_i64(b, RECO_ITEM, 1, &i, &err));
            OK(reco_builder_add_events_i64(b, 1, &u, &i, &value, NULL, &err));
        }
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* A third of the pairs, user 3 and item 5 without any. */
static void draw(uint64_t seed)
{
    reco__rng random = reco__rng_key(seed, 0, 0);
    for (int u = 0; u < USERS; u++) {
        for (int i = 0; i < ITEMS; i++) {
            bool has = reco__rng_below(&random, 3) == 0 && u != 3 && i != 5;
            r[u][i] = has ? (double)(1 + reco__rng_below(&random, 20)) / 4 : 0;
        }
    }
}

static reco_model *model_of(const setting *s)
{
    reco_model *m;
    OK(reco_model_new(&m, "als", &err));
    OK(reco_model_set_text(m, "objective", s->objective, &err));
    OK(reco_model_set_text(m, "confidence", s->confidence, &err));
    OK(reco_model_set_text(m, "solver", s->solver, &err));
    OK(reco_model_set(m, "factors", s->factors, &err));
    OK(reco_model_set(m, "iterations", s->iterations, &err));
    OK(reco_model_set(m, "cg_steps", s->steps, &err));
    OK(reco_model_set(m, "regularization", s->regularization, &err));
    OK(reco_model_set(m, "regularization_exponent", s->exponent, &err));
    OK(reco_model_set(m, "unobserved_weight", s->unobserved, &err));
    OK(reco_model_set(m, "alpha", s->alpha, &err));
    OK(reco_model_set(m, "seed", SEED, &err));
    return m;
}

static const setting settings[] = {
    {"ials", "linear", "cholesky", 4, 3, 3, 0.02, 1, 0.2, 1},
    {"ials", "linear", "cg", 4, 3, 3, 0.02, 1, 0.2, 1},
    {"ials", "linear", "cg", 1, 4, 2, 0.1, 0.5, 1, 1},
    {"ials", "linear", "cholesky", 20, 2, 3, 0.05, 0, 0.1, 1},
    {"ials", "linear", "cg", 16, 2, 2, 0.05, 1.5, 0.3, 1},
    {"hkv", "linear", "cholesky", 5, 3, 3, 0.5, 1, 0.2, 3},
    {"hkv", "linear", "cg", 5, 3, 3, 0.5, 1, 0.2, 3},
    {"hkv", "log", "cg", 17, 2, 4, 1, 1, 0.2, 10},
    {"hkv", "log", "cholesky", 3, 5, 1, 0.1, 1, 0.2, 0.5}, /* weights below those of unobserved pairs */
};

static void test_factors_follow_the_formulas(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        const setting *s = &settings[k];
        draw(k);
        oracle(s);
        reco_data *data = data_of_r();
        for (int32_t level = 0; reco__kernels_level(level); level++) {
            reco__kernels_force(reco__kernels_level(level));
            reco_model *m = model_of(s);
            reco__factors f;
            OK(reco_model_fit(m, data, NULL, &err));
            m->algo->factors(m, &f);
            assert_int_equal(f.n, s->factors);
            for (int u = 0; u < USERS; u++) {
                for (int j = 0; j < f.n; j++) {
                    assert_float_equal(f.users[u * f.stride + j], x[u][j], 2e-4);
                }
            }
            for (int i = 0; i < ITEMS; i++) {
                for (int j = 0; j < f.n; j++) {
                    assert_float_equal(f.items[i * f.stride + j], y[i][j], 2e-4);
                }
            }
            for (int j = 0; j < f.n; j++) { /* without entries */
                assert_true(f.users[3 * f.stride + j] == 0 && f.items[5 * f.stride + j] == 0);
            }
            reco_model_free(m);
        }
        reco__kernels_force(NULL);
        reco_data_free(data);
    }
}

static void test_exact_solving_never_raises_the_loss(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        setting s = settings[k];
        double before = INFINITY;
        s.solver = "cholesky";
        draw(k + 100);
        reco_data *data = data_of_r();
        for (s.iterations = 1; s.iterations <= 8; s.iterations++) {
            reco_model *m = model_of(&s);
            reco__factors f;
            OK(reco_model_fit(m, data, NULL, &err));
            m->algo->factors(m, &f);
            double now = loss(&s, &f);
            assert_true(now <= before * (1 + 1e-6));
            before = now;
            reco_model_free(m);
        }
        reco_data_free(data);
    }
}

/* Asking by id and with the same history give the same answer to the bit; so does a model without
 * its users. */
static void test_history_answers_as_its_user(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        draw(k + 200);
        reco_data *data = data_of_r();
        reco_model *m = model_of(&settings[k]), *bare;
        reco_query *by_id, *by_history;
        reco_list *one, *other;
        void *bytes;
        int64_t n;
        OK(reco_model_fit(m, data, NULL, &err));
        OK(reco_model_save_bytes(m, RECO_SAVE_WITHOUT_USERS, &bytes, &n, &err));
        OK(reco_model_load_bytes(&bare, bytes, n, &err));
        OK(reco_query_new(&by_id, &err));
        OK(reco_query_new(&by_history, &err));
        OK(reco_list_new(&one, &err));
        OK(reco_list_new(&other, &err));
        for (int32_t u = 0; u < USERS; u++) {
            const int32_t *items;
            const float *values;
            int64_t ids[ITEMS], entries;
            OK(reco_data_row(data, u, &items, &values, &entries, &err));
            for (int64_t e = 0; e < entries; e++) {
                ids[e] = items[e];
            }
            OK(reco_query_user_i64(by_id, u, &err));
            OK(reco_query_history_i64(by_history, ids, values, entries, &err));
            OK(reco_model_recommend(m, by_id, one, &err));
            for (int32_t which = 0; which < 2; which++) {
                OK(reco_model_recommend(which ? bare : m, by_history, other, &err));
                int32_t size = reco_list_size(one);
                assert_int_equal(size, reco_list_size(other));
                assert_string_equal(reco_list_source(one), entries ? "als" : "popular");
                assert_memory_equal(reco_list_items(one), reco_list_items(other), (size_t)size * 4);
                assert_memory_equal(reco_list_scores(one), reco_list_scores(other), (size_t)size * 4);
            }
        }
        reco_bytes_free(bytes);
        reco_query_free(by_id);
        reco_query_free(by_history);
        reco_list_free(one);
        reco_list_free(other);
        reco_model_free(m);
        reco_model_free(bare);
        reco_data_free(data);
    }
}

static void test_explanations_add_up(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        draw(k + 300);
        reco_data *data = data_of_r();
        reco_model *m = model_of(&settings[k]);
        reco__factors f;
        OK(reco_model_fit(m, data, NULL, &err));
        m->algo->factors(m, &f);
        reco__scratch scratch = {.data = NULL};
        m->algo->layout(m, &scratch);
        scratch = (reco__scratch){.data = reco__alloc(scratch.peak, 1), .size = scratch.peak};
        assert_non_null(scratch.data);
        for (int32_t u = 0; u < USERS; u++) {
            reco__asker who = {.user = u};
            OK(reco_data_row(data, u, &who.items, &who.values, &who.n, &err));
            for (int32_t i = 0; i < ITEMS && who.n > 0; i++) {
                float amounts[ITEMS];
                double sum = 0, score = 0, scale = 0;
                scratch.used = 0;
                OK(m->algo->explain(m, &who, i, amounts, &scratch));
                assert_true(scratch.used <= scratch.size);
                for (int64_t e = 0; e < who.n; e++) {
                    sum += (double)amounts[e];
                    scale += fabs((double)amounts[e]);
                }
                for (int j = 0; j < f.n; j++) {
                    score += (double)f.users[u * f.stride + j] * f.items[i * f.stride + j];
                }
                assert_float_equal(sum, score, 1e-5 + 1e-4 * scale);
            }
        }
        reco__free(scratch.data);
        reco_model_free(m);
        reco_data_free(data);
    }
}

/* Rows of many lengths, more than a thread takes at a time and one longer than what is gathered. */
static void test_threads_give_the_same_bits(void **state)
{
    (void)state;
    reco_builder *b;
    reco_data *data;
    reco__rng random = reco__rng_key(9, 0, 0);
    OK(reco_builder_new(&b, &err));
    for (int64_t u = 0; u < 3400; u++) {
        int64_t n = u == 77 ? 700 : (int64_t)reco__rng_below(&random, 12), popular = 0;
        float value = 2;
        OK(reco_builder_add_events_i64(b, 1, &u, &popular, &value, NULL, &err));
        for (int64_t k = 0; k < n; k++) {
            int64_t item = (int64_t)reco__rng_below(&random, 800);
            OK(reco_builder_add_events_i64(b, 1, &u, &item, &value, NULL, &err));
        }
    }
    OK(reco_builder_finish(b, &data, &err));
    for (int32_t solver = 0; solver < 2; solver++) {
        static const int32_t threads[] = {1, 3, 8};
        void *first = NULL;
        int64_t first_n = 0;
        for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
            setting s = {"hkv", "linear", solver ? "cholesky" : "cg", 70, 1, 3, 1, 1, 0.2, 2};
            reco_model *m = model_of(&s);
            void *bytes;
            int64_t n;
            OK(reco_model_set(m, "threads", threads[k], &err));
            OK(reco_model_fit(m, data, NULL, &err));
            OK(reco_model_save_bytes(m, RECO_SAVE_ALL, &bytes, &n, &err));
            if (!first) {
                first = bytes;
                first_n = n;
            } else {
                assert_int_equal(n, first_n);
                assert_memory_equal(bytes, first, (size_t)n);
                reco_bytes_free(bytes);
            }
            reco_model_free(m);
        }
        reco_bytes_free(first);
    }
    reco_data_free(data);
    reco_builder_free(b);
}

static void fails_numerically(const setting *s, const char *names)
{
    reco_data *data = data_of_r();
    reco_model *m = model_of(s);
    for (int32_t threads = 1; threads <= 3; threads++) {
        OK(reco_model_set(m, "threads", threads, &err));
        assert_int_equal(reco_model_fit(m, data, NULL, &err), RECO_ENUMERIC);
        assert_non_null(strstr(err.message, names));
    }
    reco_model_free(m);
    reco_data_free(data);
}

static void test_breakdown_names_the_row(void **state)
{
    (void)state;
    for (int32_t solver = 0; solver < 2; solver++) {
        setting s = {"hkv", "linear", solver ? "cholesky" : "cg", 4, 2, 3, 0.1, 1, 0.2, 1e9};
        draw(1);
        r[11][2] = 3e38; /* beyond float when multiplied */
        r[14][2] = 3e38;
        fails_numerically(&s, "user '11'");
    }
    /* nothing but the observed pairs, and more factors than entries */
    setting singular = {"ials", "linear", "cholesky", 20, 2, 3, 0, 1, 0, 1};
    draw(2);
    fails_numerically(&singular, "user '0'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factors_follow_the_formulas),
        cmocka_unit_test(test_exact_solving_never_raises_the_loss),
        cmocka_unit_test(test_history_answers_as_its_user),
        cmocka_unit_test(test_explanations_add_up),
        cmocka_unit_test(test_threads_give_the_same_bits),
        cmocka_unit_test(test_breakdown_names_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
