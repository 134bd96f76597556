/* SPDX-License-Identifier: MIT */
/* Cosines and scores against their definitions, computed here in double: each kind of field alone, then all
 * together, whose shares are solved for and compared with the spread of the fields' products over all pairs.
 */
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum {
    ITEMS = 37,
    TEXT = 0,
    TOKEN = 1,
    NUMBER = 2,
    VECTOR = 3,
    KINDS = 4,
    TAGS = 7,
    DIMENSION = 5,
    BINS = 16
};
enum { MAX_TERMS = 3000, TEXT_SIZE = 256 };

static const char *const names[KINDS] = {"title", "tags", "price", "image"};

/* A catalog; some items lack some fields. */
typedef struct shop {
    char text[ITEMS][TEXT_SIZE];
    double tag[ITEMS][TAGS], price[ITEMS]; /* 0 and NAN: none */
    float image[ITEMS][DIMENSION];
} shop;

static shop *make_shop(uint64_t seed)
{
    static const char *const words[] = {"red",   "tea",   "towel",  "the",   "of",   "zinc",
                                        "glass", "heart", "holder", "light", "blue", "set",
                                        "mini",  "tin",   "large",  "card",  "x",    "42"};
    shop *s = calloc(1, sizeof *s);
    made_random r = {seed * 0x9e3779b97f4a7c15u + 1};
    for (int32_t i = 0; i < ITEMS; i++) {
        int32_t n = made_below(&r, 7);
        for (int32_t k = 0; k < n; k++) {
            strcat(strcat(s->text[i], k > 0 ? " " : ""), words[made_below(&r, made_below(&r, 18) + 1)]);
        }
        for (int32_t k = 0; k < TAGS; k++) {
            s->tag[i][k] = made_below(&r, k + 2) == 0 && i % 9 != 4 ? 0.25 * (1 + made_below(&r, 12)) : 0;
        }
        s->price[i] = i % 7 == 3 ? NAN : i % 5 == 0 ? 2.5 : made_unit(&r) * pow(10, made_below(&r, 9));
        for (int32_t k = 0; k < DIMENSION && i % 6 != 2; k++) {
            s->image[i][k] = 2 * made_unit(&r) - 0.7f;
        }
    }
    return s;
}

static const char *id_of(int32_t item)
{
    static char ids[ITEMS][8];
    snprintf(ids[item], sizeof ids[item], "i%02d", (int)item);
    return ids[item];
}

static reco_builder *builder_of(const shop *s)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        OK(reco_builder_add_event(b, "u", id_of(i), NULL, 1, RECO_NO_TIME, &err));
        OK(reco_builder_add_text(b, RECO_ITEM, id_of(i), "title", s->text[i], &err));
        for (int32_t k = 0; k < TAGS; k++) {
            char tag[8];
            snprintf(tag, sizeof tag, "t%d", (int)k);
            if (s->tag[i][k] > 0) {
                OK(reco_builder_add_token(b, RECO_ITEM, id_of(i), "tags", tag, (float)s->tag[i][k], &err));
            }
        }
        if (!isnan(s->price[i])) {
            OK(reco_builder_add_number(b, RECO_ITEM, id_of(i), "price", s->price[i], &err));
        }
        if (i % 6 != 2) {
            OK(reco_builder_add_vector(b, RECO_ITEM, id_of(i), "image", s->image[i], DIMENSION, &err));
        }
    }
    return b;
}

static reco_data *data_of(const shop *s)
{
    reco_builder *b = builder_of(s);
    reco_data *data = NULL;
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* ---- the oracle ---- */

typedef struct rules {
    const char *weighting;
    int32_t ngram, min_df;
    double max_df;
} rules;

typedef struct table {
    int32_t n;
    double count[MAX_TERMS][ITEMS];
    char term[MAX_TERMS][64];
} table;

static void count_term(table *t, const char *term, int32_t item)
{
    int32_t k = 0;
    while (k < t->n && strcmp(t->term[k], term) != 0) {
        k++;
    }
    assert_true(k < MAX_TERMS && strlen(term) < 64);
    if (k == t->n) {
        strcpy(t->term[t->n++], term);
    }
    t->count[k][item]++;
}

static void count_title(table *t, const char *title, int32_t ngram, int32_t item)
{
    for (const char *first = title; first && *first;
         first = strchr(first, ' ') ? strchr(first, ' ') + 1 : NULL) {
        const char *end = first;
        for (int32_t n = 1; n <= ngram && end; n++) {
            char term[64] = "";
            end = strchr(n > 1 ? end + 1 : end, ' ');
            memcpy(term, first, end ? (size_t)(end - first) : strlen(first));
            count_term(t, term, item);
        }
    }
}

static void drop_rare_and_common(table *t, const rules *how, double texts)
{
    int32_t n = 0;
    for (int32_t k = 0; k < t->n; k++) {
        int32_t df = 0;
        for (int32_t i = 0; i < ITEMS; i++) {
            df += t->count[k][i] > 0;
        }
        if (df >= how->min_df && (df <= 20 || df <= how->max_df * texts)) {
            memmove(t->count[n++], t->count[k], sizeof t->count[k]);
        }
    }
    t->n = n;
}

static void weigh(table *t, const char *weighting)
{
    double length[ITEMS] = {0}, mean = 0, filled = 0;
    for (int32_t i = 0; i < ITEMS; i++) {
        for (int32_t k = 0; k < t->n; k++) {
            length[i] += t->count[k][i];
        }
        mean += length[i];
        filled += length[i] > 0;
    }
    mean /= filled;
    for (int32_t k = 0; k < t->n; k++) {
        double df = 0;
        for (int32_t i = 0; i < ITEMS; i++) {
            df += t->count[k][i] > 0;
        }
        for (int32_t i = 0; i < ITEMS; i++) {
            double tf = t->count[k][i];
            t->count[k][i] = strcmp(weighting, "tfidf") == 0
                                 ? sqrt(tf) * log(1 + ITEMS / df)
                                 : tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length[i] / mean)) *
                                       log(1 + (ITEMS - df + 0.5) / (df + 0.5));
        }
    }
}

static void number_rows(const shop *s, table *t)
{
    t->n = BINS + 1;
    for (int32_t i = 0; i < ITEMS; i++) {
        double less = 0, equal = 0, all = 0;
        for (int32_t j = 0; j < ITEMS; j++) {
            less += (float)s->price[j] < (float)s->price[i];
            equal += (float)s->price[j] == (float)s->price[i];
            all += !isnan(s->price[j]);
        }
        if (!isnan(s->price[i])) {
            double x = BINS * (less + equal / 2) / all, k = floor(x);
            t->count[(int32_t)k][i] = cos(acos(0) * (x - k));
            t->count[(int32_t)k + 1][i] = sin(acos(0) * (x - k));
        }
    }
}

/* The terms of one field with their weights. */
static void fill_table(const shop *s, int32_t kind, const rules *how, table *t)
{
    double texts = 0;
    memset(t, 0, sizeof *t);
    for (int32_t i = 0; i < ITEMS; i++) {
        if (kind == TEXT) {
            count_title(t, s->text[i], how->ngram, i);
            texts += s->text[i][0] != 0;
        }
        for (int32_t k = 0; k < (kind == TOKEN ? TAGS : kind == VECTOR ? DIMENSION : 0); k++) {
            t->count[k][i] = kind == TOKEN ? s->tag[i][k] : (double)s->image[i][k];
            t->n = k + 1;
        }
    }
    if (kind == NUMBER) {
        number_rows(s, t);
    }
    if (kind == TEXT) {
        drop_rare_and_common(t, how, texts);
    }
    if (kind == TEXT || kind == TOKEN) {
        weigh(t, how->weighting);
    }
}

typedef struct gram {
    double at[ITEMS][ITEMS]; /* cosines; 0 in the rows of items without the field */
} gram;

static void block_gram(const shop *s, int32_t kind, const rules *how, gram *g)
{
    table *t = malloc(sizeof *t);
    fill_table(s, kind, how, t);
    for (int32_t i = 0; i < ITEMS; i++) {
        for (int32_t j = 0; j < ITEMS; j++) {
            double ij = 0, ii = 0, jj = 0;
            for (int32_t k = 0; k < t->n; k++) {
                ij += t->count[k][i] * t->count[k][j];
                ii += t->count[k][i] * t->count[k][i];
                jj += t->count[k][j] * t->count[k][j];
            }
            g->at[i][j] = ii > 0 && jj > 0 ? ij / sqrt(ii * jj) : 0;
        }
    }
    free(t);
}

/* ---- the model ---- */

static reco_model *fit(const reco_data *data, const char *fields, const rules *how)
{
    reco_model *m = NULL;
    OK(reco_model_new(&m, "content", &err));
    OK(reco_model_set_text(m, "fields", fields, &err));
    OK(reco_model_set_text(m, "language", "none", &err));
    if (how) {
        OK(reco_model_set_text(m, "weighting", how->weighting, &err));
        OK(reco_model_set(m, "ngram", how->ngram, &err));
        OK(reco_model_set(m, "min_df", how->min_df, &err));
        OK(reco_model_set(m, "max_df", how->max_df, &err));
    }
    OK(reco_model_fit(m, data, NULL, &err));
    return m;
}

/* Scores of all items for a history. */
static void ask(const reco_model *m, const int32_t *items, const float *values, int32_t n, float *scores)
{
    const char *history[ITEMS], *all[ITEMS];
    reco_query *q = NULL;
    for (int32_t k = 0; k < n; k++) {
        history[k] = id_of(items[k]);
    }
    for (int32_t i = 0; i < ITEMS; i++) {
        all[i] = id_of(i);
    }
    OK(reco_query_new(&q, &err));
    OK(reco_query_history(q, history, values, n, &err));
    OK(reco_model_score(m, q, all, ITEMS, scores, &err));
    reco_query_free(q);
}

/* The products of all pairs of items, by asking with one item each. */
static void model_gram(const reco_model *m, gram *g)
{
    float scores[ITEMS];
    for (int32_t i = 0; i < ITEMS; i++) {
        ask(m, &i, NULL, 1, scores);
        for (int32_t j = 0; j < ITEMS; j++) {
            g->at[i][j] = (double)scores[j];
        }
    }
}

static void same_grams(const gram *a, const gram *b)
{
    for (int32_t i = 0; i < ITEMS; i++) {
        for (int32_t j = 0; j < ITEMS; j++) {
            if (!(fabs(a->at[i][j] - b->at[i][j]) < 2e-6)) {
                fail_msg("items %d and %d: %.9g, expected %.9g", (int)i, (int)j, a->at[i][j], b->at[i][j]);
            }
        }
    }
}

static void test_each_kind_alone(void **state)
{
    (void)state;
    static const rules all[] = {{"tfidf", 1, 1, 1},   {"bm25", 1, 1, 1},     {"bm25", 2, 1, 1},
                                {"tfidf", 3, 1, 0.1}, {"tfidf", 2, 2, 0.55}, {"bm25", 3, 3, 0},
                                {"bm25", 1, 4, 0.5}};
    gram *found = malloc(sizeof *found), *expected = malloc(sizeof *expected);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        shop *s = make_shop(k);
        reco_data *data = data_of(s);
        for (int32_t kind = 0; kind < KINDS; kind++) {
            reco_model *m = fit(data, names[kind], &all[k]);
            model_gram(m, found);
            block_gram(s, kind, &all[k], expected);
            same_grams(found, expected);
            reco_model_free(m);
        }
        reco_data_free(data);
        free(s);
    }
    free(found);
    free(expected);
}

/* Solves a x = b in place; the four shares are far from dependent. */
static void solve(double a[KINDS][KINDS], double b[KINDS])
{
    for (int32_t c = 0; c < KINDS; c++) {
        for (int32_t r = 0; r < KINDS; r++) {
            double times = r == c ? 0 : a[r][c] / a[c][c];
            for (int32_t k = 0; k < KINDS; k++) {
                a[r][k] -= times * a[c][k];
            }
            b[r] -= times * b[c];
        }
    }
    for (int32_t c = 0; c < KINDS; c++) {
        b[c] /= a[c][c];
    }
}

/* The fields' shares, from the products of items that have all fields: there a product is the mean of the
 * fields' cosines weighted with the shares. */
static void find_shares(const gram *found, gram *const block[KINDS], double shares[KINDS])
{
    double normal[KINDS][KINDS] = {{0}};
    memset(shares, 0, KINDS * sizeof *shares);
    for (int32_t i = 0; i < ITEMS; i++) {
        for (int32_t j = 0; j < ITEMS; j++) {
            int32_t whole = 1;
            for (int32_t f = 0; f < KINDS; f++) {
                whole = whole && block[f]->at[i][i] > 0 && block[f]->at[j][j] > 0;
            }
            for (int32_t f = 0; f < KINDS && whole; f++) {
                for (int32_t g = 0; g < KINDS; g++) {
                    normal[f][g] += block[f]->at[i][j] * block[g]->at[i][j];
                }
                shares[f] += block[f]->at[i][j] * found->at[i][j];
            }
        }
    }
    solve(normal, shares);
}

static void join(gram *const block[KINDS], const double shares[KINDS], gram *out)
{
    for (int32_t i = 0; i < ITEMS; i++) {
        for (int32_t j = 0; j < ITEMS; j++) {
            double sum = 0, of_i = 0, of_j = 0;
            for (int32_t f = 0; f < KINDS; f++) {
                sum += shares[f] * block[f]->at[i][j];
                of_i += block[f]->at[i][i] > 0 ? shares[f] : 0;
                of_j += block[f]->at[j][j] > 0 ? shares[f] : 0;
            }
            out->at[i][j] = of_i > 0 && of_j > 0 ? sum / sqrt(of_i * of_j) : 0;
        }
    }
}

/* The root mean square of a field's products over the pairs of items that have it. */
static double spread(const gram *g)
{
    double sum = 0, n = 0;
    for (int32_t i = 0; i < ITEMS; i++) {
        n += g->at[i][i] > 0;
        for (int32_t j = 0; j < ITEMS; j++) {
            sum += g->at[i][j] * g->at[i][j];
        }
    }
    return sqrt(sum) / n;
}

static void test_all_kinds_together(void **state)
{
    (void)state;
    static const rules how = {"bm25", 2, 1, 1};
    static const double given[KINDS] = {1, 2, 0.5, 1};
    gram *found = malloc(sizeof *found), *expected = malloc(sizeof *expected), *block[KINDS];
    for (uint64_t seed = 20; seed < 26; seed++) {
        shop *s = make_shop(seed);
        reco_data *data = data_of(s);
        reco_model *m = fit(data, "title,tags:2,price:0.5,image", &how);
        double shares[KINDS];
        for (int32_t f = 0; f < KINDS; f++) {
            block[f] = malloc(sizeof *block[f]);
            block_gram(s, f, &how, block[f]);
        }
        model_gram(m, found);
        find_shares(found, block, shares);
        join(block, shares, expected);
        same_grams(found, expected);
        for (int32_t f = 0; f < KINDS; f++) {
            double ratio = shares[f] / shares[TEXT] / (given[f] / spread(block[f]) * spread(block[TEXT]));
            if (!(ratio > 0.75 && ratio < 1.33)) {
                fail_msg("the share of %s is %.3g times what its spread asks for", names[f], ratio);
            }
        }
        for (int32_t f = 0; f < KINDS; f++) {
            free(block[f]);
        }
        reco_model_free(m);
        reco_data_free(data);
        free(s);
    }
    free(found);
    free(expected);
}

/* ---- profiles ---- */

/* scores[i] = sum of w_h x_h . x_i over the length of that sum; amounts[h, i] are its parts. */
static void expect_profile(const gram *g, const int32_t *items, const double *weights, int32_t n,
                           double *scores, double (*amounts)[ITEMS])
{
    double square = 0;
    for (int32_t a = 0; a < n; a++) {
        for (int32_t b = 0; b < n; b++) {
            square += weights[a] * weights[b] * g->at[items[a]][items[b]];
        }
    }
    for (int32_t i = 0; i < ITEMS; i++) {
        scores[i] = 0;
        for (int32_t a = 0; a < n; a++) {
            amounts[a][i] = square > 0 ? weights[a] * g->at[items[a]][i] / sqrt(square) : 0;
            scores[i] += amounts[a][i];
        }
    }
}

static void check_reasons(const reco_model *m, const reco_query *q, const int32_t *items, int32_t n,
                          double (*amounts)[ITEMS])
{
    reco_list *reasons = NULL;
    OK(reco_list_new(&reasons, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        OK(reco_model_explain(m, id_of(i), q, reasons, &err));
        for (int32_t k = 0; k < reco_list_size(reasons); k++) {
            int32_t h = 0;
            while (h < n && items[h] != reco_list_items(reasons)[k]) {
                h++;
            }
            assert_true(h < n);
            assert_float_equal(reco_list_scores(reasons)[k], amounts[h][i], 3e-6);
        }
    }
    reco_list_free(reasons);
}

static void test_profiles_of_histories(void **state)
{
    (void)state;
    shop *s = make_shop(5);
    reco_data *data = data_of(s);
    reco_model *m = fit(data, "", NULL);
    gram *g = malloc(sizeof *g);
    made_random r = {99};
    model_gram(m, g);
    for (int32_t round = 0; round < 30; round++) {
        int32_t items[ITEMS], n = 1 + made_below(&r, 9), at = 0;
        float values[ITEMS], scores[ITEMS];
        double weights[ITEMS], expected[ITEMS], amounts[ITEMS][ITEMS];
        const char *ids[ITEMS];
        reco_query *q = NULL;
        for (int32_t k = 0; k < n; k++, at += 1 + made_below(&r, 3)) {
            items[k] = at;
            ids[k] = id_of(at);
            values[k] = 0.01f + 300 * made_unit(&r) * made_unit(&r);
            weights[k] = pow((double)values[k], 0.25);
        }
        expect_profile(g, items, weights, n, expected, amounts);
        ask(m, items, values, n, scores);
        for (int32_t i = 0; i < ITEMS; i++) {
            assert_float_equal(scores[i], expected[i], 5e-6);
        }
        OK(reco_query_new(&q, &err));
        OK(reco_query_history(q, ids, values, n, &err));
        OK(reco_query_limit(q, ITEMS, &err));
        check_reasons(m, q, items, n, amounts);
        reco_query_free(q);
    }
    reco_model_free(m);
    reco_data_free(data);
    free(s);
    free(g);
}

static void test_profiles_age(void **state)
{
    (void)state;
    shop *s = make_shop(6);
    reco_builder *b = builder_of(s);
    reco_data *data = NULL;
    static const int32_t items[] = {1, 5, 8, 20, 33};
    static const int64_t days[] = {3, 1, -40, 100, 0}; /* before the newest; 0: no time, so it does not age */
    double weights[5], expected[ITEMS], amounts[5][ITEMS];
    for (int32_t k = 0; k < 5; k++) {
        int64_t time = k == 4 ? RECO_NO_TIME : 1700000000 - days[k] * 86400;
        OK(reco_builder_add_event(b, "ann", id_of(items[k]), NULL, 16, time, &err));
        weights[k] = 2 * pow(2, k == 4 ? 0 : -(double)(days[k] + 40) / 30);
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_model *plain = fit(data, "title,tags", NULL), *m = NULL;
    OK(reco_model_new(&m, "content", &err));
    OK(reco_model_set_text(m, "fields", "title,tags", &err));
    OK(reco_model_set_text(m, "language", "none", &err));
    OK(reco_model_set(m, "profile_half_life_days", 30, &err));
    OK(reco_model_fit(m, data, NULL, &err));
    gram *g = malloc(sizeof *g);
    reco_query *q = NULL;
    model_gram(plain, g);
    expect_profile(g, items, weights, 5, expected, amounts);
    OK(reco_query_new(&q, &err));
    OK(reco_query_user(q, "ann", &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        const char *id = id_of(i);
        float score = 0;
        OK(reco_model_score(m, q, &id, 1, &score, &err));
        assert_float_equal(score, expected[i], 5e-6);
    }
    check_reasons(m, q, items, 5, amounts);
    reco_query_free(q);
    reco_model_free(m);
    reco_model_free(plain);
    reco_builder_free(b);
    reco_data_free(data);
    free(s);
    free(g);
}

/* ---- lists ---- */

static void test_items_that_share_nothing_are_not_listed(void **state)
{
    (void)state;
    static const char *const titles[] = {"red mug", "blue mug", "green lamp", "...", "lamp", "\xe2\x98\x83!"};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_list *list = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_list_new(&list, &err));
    for (int32_t k = 0; k < 6; k++) {
        OK(reco_builder_add_text(b, RECO_ITEM, id_of(k), "title", titles[k], &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_model *m = fit(data, "", NULL);
    static const int32_t sizes[] = {1, 1, 1, 0, 1, 0};
    for (int32_t k = 0; k < 6; k++) {
        OK(reco_model_similar(m, id_of(k), NULL, list, &err));
        assert_int_equal(reco_list_size(list), sizes[k]);
    }
    OK(reco_model_similar(m, id_of(0), NULL, list, &err));
    assert_string_equal(reco_list_id(list, 0), id_of(1));
    reco_model_free(m);
    reco_list_free(list);
    reco_data_free(data);
    reco_builder_free(b);
}

/* ---- poor catalogs ---- */

static reco_status try_fit(const reco_data *data, const char *param, const char *value, reco_error *why)
{
    reco_model *m = NULL;
    OK(reco_model_new(&m, "content", &err));
    OK(reco_model_set_text(m, param, value, &err));
    reco_status status = reco_model_fit(m, data, NULL, why);
    reco_model_free(m);
    return status;
}

static void expect_message(const reco_data *data, const char *param, const char *value, reco_status status,
                           const char *part)
{
    reco_error e = {""};
    assert_int_equal(try_fit(data, param, value, &e), status);
    if (!strstr(e.message, part)) {
        fail_msg("'%s' is not in: %s", part, e.message);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    shop *s = make_shop(1);
    reco_data *data = data_of(s), *bare = NULL;
    reco_builder *b = NULL;
    expect_message(data, "fields", "title,colour", RECO_ENOTFOUND,
                   "content: no field 'colour'; there are: image, price, tags, title");
    expect_message(data, "fields", "title:-1", RECO_EINVAL, "content: 'fields'");
    expect_message(data, "language", "klingon", RECO_EINVAL,
                   "content: no language 'klingon'; there are: none");
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_event(b, "u", "i", NULL, 1, RECO_NO_TIME, &err));
    OK(reco_builder_add_text(b, RECO_USER, "u", "name", "ann", &err));
    OK(reco_builder_finish(b, &bare, &err));
    expect_message(bare, "language", "none", RECO_EINVAL, "content: the items have no features");
    reco_builder_free(b);
    reco_data_free(bare);
    reco_data_free(data);
    free(s);
}

/* Fits, saves, loads and asks for each item; every score must be finite and at most 1. */
static void try_titles(const char *const *titles, int32_t n)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    for (int32_t k = 0; k < n; k++) {
        OK(reco_builder_add_text(b, RECO_ITEM, id_of(k), "title", titles[k], &err));
        OK(reco_builder_add_number(b, RECO_ITEM, id_of(k), "price", k % 2 ? 3e38 : -3e38, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    for (int32_t kind = 0; kind < 3; kind++) {
        reco_model *m = fit(data, kind == 0 ? "" : kind == 1 ? "title" : "price", NULL), *loaded = NULL;
        int64_t size = 0;
        void *bytes = made_bytes(m, RECO_SAVE_ALL, &size);
        OK(reco_model_load_bytes(&loaded, bytes, size, &err));
        assert_true(made_same(made_ask(m, 0, MADE_HISTORIES), made_ask(loaded, 0, MADE_HISTORIES)));
        for (int32_t i = 0; i < n; i++) {
            reco_query *q = NULL;
            const char *id = id_of(i);
            float score = 2;
            OK(reco_query_new(&q, &err));
            OK(reco_query_history(q, &id, NULL, 1, &err));
            OK(reco_model_score(m, q, &id, 1, &score, &err));
            assert_true(score == 0 || fabsf(score - 1) < 1e-5f);
            reco_query_free(q);
        }
        reco_bytes_free(bytes);
        reco_model_free(loaded);
        reco_model_free(m);
    }
    reco_data_free(data);
    reco_builder_free(b);
}

static void test_poor_catalogs(void **state)
{
    (void)state;
    static const char *const one[] = {"red mug"}, *const empty[] = {"", "", ""},
                             *const alike[] = {"mug", "mug", "mug", "mug"},
                             *const marks[] = {"!!!", "...", "--"},
                             *const odd[] = {"caf\xc3\xa9", "CAFE\xcc\x81", "\xf0\x9f\x90\x88",
                                             "cafe \xe4\xb8\x9c\xe4\xba\xac"};
    try_titles(one, 1);
    try_titles(empty, 3);
    try_titles(alike, 4);
    try_titles(marks, 3);
    try_titles(odd, 4);
    const char *titles[ITEMS];
    for (int32_t k = 0; k < ITEMS; k++) {
        titles[k] = "all the same";
    }
    try_titles(titles, ITEMS); /* common in all texts: nothing is left */
    char *book = malloc(1 << 20);
    for (int32_t k = 0; k < (1 << 20) - 1; k++) {
        book[k] = k % 7 ? (char)('a' + k % 26 * (k / 7) % 26) : ' ';
    }
    book[(1 << 20) - 1] = 0;
    titles[0] = book;
    titles[1] = "mug";
    try_titles(titles, 2);
    free(book);
}

/* Vectors at the ends of the range of floats: one too short to have a direction, one as long as can be. */
static void test_vectors_at_the_edge(void **state)
{
    (void)state;
    static const float vectors[][2] = {{1e-45f, 0}, {3e38f, 3e38f}, {1e-15f, 1e-15f},
                                       {2, 2},      {-1, -1},       {0, 0}};
    static const float expected[] = {0, 1, 1, 1, -1, 0};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    for (int32_t k = 0; k < 6; k++) {
        OK(reco_builder_add_vector(b, RECO_ITEM, id_of(k), "image", vectors[k], 2, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_model *m = fit(data, "", NULL);
    for (int32_t k = 0; k < 6; k++) {
        const char *asked = id_of(3), *item = id_of(k);
        reco_query *q = NULL;
        float score = 2;
        OK(reco_query_new(&q, &err));
        OK(reco_query_history(q, &asked, NULL, 1, &err));
        OK(reco_model_score(m, q, &item, 1, &score, &err));
        assert_float_equal(score, expected[k], 1e-5);
        reco_query_free(q);
    }
    reco_model_free(m);
    reco_data_free(data);
    reco_builder_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind_alone),
        cmocka_unit_test(test_all_kinds_together),
        cmocka_unit_test(test_profiles_of_histories),
        cmocka_unit_test(test_profiles_age),
        cmocka_unit_test(test_items_that_share_nothing_are_not_listed),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_poor_catalogs),
        cmocka_unit_test(test_vectors_at_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
