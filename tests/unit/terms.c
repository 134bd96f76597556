/* SPDX-License-Identifier: MIT */
/* Words, stems and terms of texts, against a plain second implementation; fields picked by name; numbers as
 * soft bins. What depends on the language library is told apart by whether the build knows French. */
#include "text/terms.h"
#include "base/memory.h"
#include "base/rng.h"
#include "data/features.h"
#include "math/coherence.h"
#include "text/words.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static reco_error err;

static bool any_language(void)
{
    reco__stemmer *stemmer = NULL;
    reco_status status = reco__stemmer_new("test", "french", &stemmer, NULL);
    reco__stemmer_free(stemmer);
    return status == RECO_OK;
}

/* ---- words ---- */

/* The words of a text with | between them. */
static const char *words_of(const char *text)
{
    static char joined[8192];
    reco__bytes words = {0};
    assert_true(reco__terms_words(text, (int64_t)strlen(text), &words));
    assert_true(words.size < (int64_t)sizeof joined);
    joined[0] = 0;
    for (int64_t k = 0; k < words.size; k++) {
        joined[k] = words.data[k] ? words.data[k] : '|';
        joined[k + 1] = 0;
    }
    size_t length = strlen(joined);
    if (length > 0) {
        joined[length - 1] = 0;
    }
    reco__bytes_free(&words);
    return joined;
}

static void test_words_of_ascii(void **state)
{
    (void)state;
    assert_string_equal(words_of(""), "");
    assert_string_equal(words_of("  ...,;- '' \t\n"), "");
    assert_string_equal(words_of("WHITE HANGING HEART T-LIGHT HOLDER"), "white|hanging|heart|t|light|holder");
    assert_string_equal(words_of("3D tv 42\" (2011)"), "3d|tv|42|2011");
    assert_string_equal(words_of("men's l'amour rock 'n' roll don't 'quoted'"),
                        "men|amour|rock|n|roll|don|quoted");
    assert_string_equal(words_of("a"), "a");
    assert_string_equal(words_of("a_b/c"), "a|b|c");
}

static void test_words_of_other_scripts(void **state)
{
    (void)state;
    if (!any_language()) { /* beyond ASCII everything is a letter and stays as it is */
        assert_string_equal(words_of("Caf\xc3\xa9 TABLE"), "caf\xc3\xa9|table");
        assert_string_equal(words_of("\xc3\x89T\xc3\x89 x"), "\xc3\x89t\xc3\x89|x");
        return;
    }
    assert_string_equal(words_of("CAF\xc3\x89 Cafe\xcc\x81 caf\xc3\xa9"),
                        "caf\xc3\xa9|caf\xc3\xa9|caf\xc3\xa9");
    assert_string_equal(words_of("Stra\xc3\x9f"
                                 "e STRASSE"),
                        "strasse|strasse");
    assert_string_equal(words_of("\xef\xbd\xb6\xef\xbe\x9e"), words_of("\xe3\x82\xac")); /* half-width ga */
    assert_string_equal(words_of("\xef\xac\x81ne"), "fine");                             /* ligature fi */
    assert_string_equal(words_of("\xe2\x80\x9cquoted\xe2\x80\x9d\xe2\x80\x94yes"), "quoted|yes");
    assert_string_equal(words_of("men\xe2\x80\x99s"), "men");
    assert_string_equal(words_of("so\xc2\xad"
                                 "ft"),
                        "soft"); /* soft hyphen */
    assert_string_equal(words_of("\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2"),
                        "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"); /* Russian */
    assert_string_equal(words_of("\xe4\xb8\x9c\xe4\xba\xac\xe9\x83\xbd"),
                        "\xe4\xb8\x9c\xe4\xba\xac|\xe4\xba\xac\xe9\x83\xbd"); /* pairs of three letters */
    assert_string_equal(words_of("tv\xe4\xb8\x9c"), "tv|\xe4\xb8\x9c");
    assert_string_equal(
        words_of("\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80"),
        "\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80"); /* Hindi */
}

/* Words too long for one piece, runs of accents, and every way a character can straddle the end
 * of a piece. */
static void test_long_words(void **state)
{
    (void)state;
    enum { N = 3 * RECO__FOLD_BYTES };
    char *text = malloc(2 * N + 8);
    reco__bytes words = {0};
    for (int32_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', (size_t)shift);
        for (int32_t k = 0; k < N; k += 2) {
            memcpy(text + shift + k, "\xc3\xa9", 2);
        }
        words.size = 0;
        assert_true(reco__terms_words(text, shift + N, &words));
        assert_true(words.size > 0);
        for (int64_t at = 0; at < words.size;) {
            int64_t length = (int64_t)strlen(words.data + at);
            assert_true(length > 0 && length <= 4 * RECO__WORD_LETTERS);
            assert_true(reco__utf8_valid(words.data + at, length));
            at += length + 1;
        }
    }
    text[0] = 'a';
    for (int32_t k = 0; k < 2 * N;
         k += 2) { /* accents above and below in turn: no order that folding can keep */
        memcpy(text + 1 + k, k % 4 ? "\xcc\xa3" : "\xcc\x81", 2);
    }
    words.size = 0;
    assert_true(reco__terms_words(text, 1 + 2 * N, &words));
    memset(text, 'a', 2 * N);
    words.size = 0;
    assert_true(reco__terms_words(text, 2 * N, &words));
    assert_int_equal(strlen(words.data), RECO__WORD_LETTERS);
    reco__bytes_free(&words);
    free(text);
}

/* The letters that become most code points, as many as are folded at once. */
static void test_folding_stays_in_its_array(void **state)
{
    (void)state;
    int32_t *codes = malloc(RECO__FOLD_CODES * sizeof *codes); /* exactly: a sanitizer sees one more */
    static const char *const letters[] = {"\xef\xb7\xba", "\xce\x90", "\xf0\x9d\x85\xa0", "\xe1\xbe\xb7"};
    char text[RECO__FOLD_BYTES];
    for (size_t l = 0; l < sizeof letters / sizeof *letters; l++) {
        int32_t size = (int32_t)strlen(letters[l]), n = 0;
        for (; n + size <= RECO__FOLD_BYTES; n += size) {
            memcpy(text + n, letters[l], (size_t)size);
        }
        int32_t found = reco__fold(text, n, codes);
        assert_true(found >= n / size && found <= RECO__FOLD_CODES);
    }
    free(codes);
}

/* ---- stems ---- */

static const char *stem_of(const char *language, const char *word)
{
    static char stem[RECO__STEM_BYTES + 1];
    reco__stemmer *stemmer = NULL;
    assert_int_equal(reco__stemmer_new("test", language, &stemmer, &err), RECO_OK);
    int32_t n = reco__stem(stemmer, word, (int32_t)strlen(word), stem);
    assert_true(n >= 0);
    stem[n] = 0;
    reco__stemmer_free(stemmer);
    return stem;
}

static void test_stems(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"mugs", "mug"},       {"hearts", "heart"}, {"lights", "light"},
                                           {"glass", "glass"},    {"virus", "virus"},  {"shoes", "shoe"},
                                           {"2011", "2011"},      {"cats", "cat"},     {"towels", "towel"},
                                           {"bottles", "bottle"}, {"plates", "plate"}};
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        char stem[RECO__STEM_BYTES + 1];
        strcpy(stem, stem_of("english", pairs[k][0]));
        assert_string_equal(stem, stem_of("english", pairs[k][1]));
        assert_string_equal(stem_of("none", pairs[k][0]), pairs[k][0]);
    }
    static const char *const apart[][2] = {{"mug", "rug"}, {"party", "parts"}, {"s", "t"}};
    for (size_t k = 0; k < sizeof apart / sizeof *apart; k++) {
        char stem[RECO__STEM_BYTES + 1];
        strcpy(stem, stem_of("english", apart[k][0]));
        assert_string_not_equal(stem, stem_of("english", apart[k][1]));
    }
    char ladies[RECO__STEM_BYTES + 1];
    strcpy(ladies, stem_of("english", "ladies"));
    assert_string_equal(ladies, stem_of("english", "lady"));
    if (any_language()) {
        assert_string_equal(stem_of("none", "caf\xc3\xa9"), "cafe");
        assert_string_equal(stem_of("english", "caf\xc3\xa9s"), "cafe");
        assert_string_equal(stem_of("german", "b\xc3\xa4ume"), "baum");
        assert_string_equal(stem_of("english", "running"), "run");
        assert_string_equal(stem_of("none", "\xcc\x81"), "");
        assert_string_equal(stem_of("none", "\xe0\xa4\xb9\xe0\xa4\xbf"),
                            "\xe0\xa4\xb9\xe0\xa4\xbf"); /* vowel sign */
    }
}

static void test_unknown_language(void **state)
{
    (void)state;
    reco__stemmer *stemmer = NULL;
    static const char *const bad[] = {"klingon", "", "English", "en",
                                      "a language with a very long name indeed"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(reco__stemmer_new("content", bad[k], &stemmer, &err), RECO_EINVAL);
        assert_null(stemmer);
        assert_non_null(strstr(err.message, "content: no language '"));
        assert_non_null(strstr(err.message, ": none"));
        assert_non_null(strstr(err.message, "english"));
    }
    reco__stemmer_free(NULL);
}

/* ---- terms ---- */

enum { MAX_TEXTS = 80, MAX_TERMS = 4000, TERM_SIZE = 64, TEXT_SIZE = 512 };

/* Texts of words with random frequencies, capitals and separators. */
static reco__strings make_texts(uint64_t seed, int32_t n)
{
    static const char *const words[] = {"red",    "mug",   "mugs",   "tea",   "towel", "towels", "of",  "the",
                                        "hearts", "heart", "lights", "glass", "42",    "x",      "blue"};
    static const char *const gaps[] = {" ", "-", ", ", "  ", "/"};
    reco__rng random = reco__rng_key(seed, 0, 0);
    int64_t *offsets = reco__alloc(n + 1, sizeof *offsets);
    char *bytes = reco__alloc((int64_t)n * TEXT_SIZE, 1);
    offsets[0] = 0;
    for (int32_t t = 0; t < n; t++) {
        int64_t at = offsets[t];
        int32_t length = (int32_t)reco__rng_below(&random, 15) - 2;
        for (int32_t k = 0; k < length; k++) {
            uint64_t pick = reco__rng_below(&random, 15);
            pick = reco__rng_below(&random, pick + 1);
            at += sprintf(bytes + at, "%s%s", words[pick],
                          gaps[reco__rng_below(&random, sizeof gaps / sizeof *gaps)]);
            bytes[at - (int64_t)strlen(words[pick]) - 1] &=
                reco__rng_below(&random, 4) || bytes[at - (int64_t)strlen(words[pick]) - 1] < 'a' ? 0x7f
                                                                                                  : 0x5f;
        }
        bytes[at] = 0;
        offsets[t + 1] = at + 1;
    }
    return (reco__strings){n, offsets, bytes};
}

typedef struct oracle {
    int32_t n;
    char term[MAX_TERMS][TERM_SIZE];
    int32_t count[MAX_TERMS][MAX_TEXTS];
} oracle;

static void oracle_add(oracle *o, const char *term, int32_t text)
{
    int32_t k = 0;
    while (k < o->n && strcmp(o->term[k], term) != 0) {
        k++;
    }
    if (k == o->n) {
        assert_true(o->n < MAX_TERMS && strlen(term) < TERM_SIZE);
        strcpy(o->term[o->n++], term);
    }
    o->count[k][text]++;
}

/* All terms, single words first, in the order in which they come. Returns how many texts have words. */
static int32_t oracle_count(oracle *o, const reco__strings *texts, const char *language, int32_t ngram)
{
    int32_t with_words = 0;
    memset(o, 0, sizeof *o);
    for (int32_t pass = 0; pass < 2; pass++) {
        for (int32_t t = 0; t < texts->n; t++) {
            char stems[64][RECO__STEM_BYTES + 1];
            int32_t n = 0;
            reco__bytes words = {0};
            assert_true(reco__terms_words(reco__string(texts, t), reco__string_length(texts, t), &words));
            for (int64_t at = 0; at < words.size; at += (int64_t)strlen(words.data + at) + 1) {
                strcpy(stems[n++], stem_of(language, words.data + at));
            }
            reco__bytes_free(&words);
            with_words += pass == 0 && n > 0;
            for (int32_t length = pass + 1; length <= (pass == 0 ? 1 : ngram); length++) {
                for (int32_t k = 0; k + length <= n; k++) {
                    char term[TERM_SIZE] = "";
                    for (int32_t j = 0; j < length; j++) {
                        strcat(strcat(term, j > 0 ? " " : ""), stems[k + j]);
                    }
                    oracle_add(o, term, t);
                }
            }
        }
    }
    return with_words;
}

static void check_terms(uint64_t seed, int32_t n, const reco__term_rules *rules)
{
    oracle *o = malloc(sizeof *o);
    reco__strings texts = make_texts(seed, n);
    reco__csr x = {0};
    reco__run run = reco__run_start(NULL, 1, 0, "test", &err);
    int32_t with_words = oracle_count(o, &texts, rules->language, rules->ngram), column = 0;
    assert_int_equal(reco__terms_count(&texts, rules, &run, &x), RECO_OK);
    assert_int_equal(x.rows, n);
    assert_true(reco__csr_valid(&x, reco__csr_size(&x)));
    int64_t entries = 0;
    for (int32_t k = 0; k < o->n; k++) {
        int32_t df = 0;
        for (int32_t t = 0; t < n; t++) {
            df += o->count[k][t] > 0;
        }
        if (df < rules->min_df || (df > RECO__FEW_TEXTS && df > rules->max_df * with_words)) {
            continue;
        }
        for (int32_t t = 0; t < n; t++) {
            float found = 0;
            for (int64_t e = x.start[t]; e < x.start[t + 1]; e++) {
                found = x.index[e] == column ? x.value[e] : found;
            }
            assert_float_equal(found, o->count[k][t], 0);
        }
        entries += df;
        column++;
    }
    assert_int_equal(x.columns, column);
    assert_int_equal(reco__csr_size(&x), entries);
    reco__csr_free(&x);
    reco__strings_free(&texts);
    free(o);
}

static void test_terms_against_brute_force(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        reco__term_rules rules = {seed % 2 ? "english" : "none", 1 + (int32_t)(seed % 3),
                                  1 + (int64_t)(seed % 4), seed % 5 == 0 ? 1 : 0.15 * (double)(seed % 5)};
        check_terms(seed, 1 + (int32_t)(seed * 7 % MAX_TEXTS), &rules);
    }
}

static reco_status cancel(void *context, const char *stage, double done)
{
    (void)context;
    (void)stage;
    return done > 0;
}

static void test_terms_edges(void **state)
{
    (void)state;
    reco__term_rules rules = {"english", 2, 1, 1};
    reco__run run = reco__run_start(NULL, 1, 0, "content", &err);
    reco__csr x = {0};
    check_terms(1, 0, &rules);
    rules.min_df = 100;
    check_terms(1, 30, &rules);
    rules = (reco__term_rules){"english", 1, 1, 0}; /* nothing is common enough to be left */
    check_terms(1, 30, &rules);
    reco__strings texts = make_texts(1, 3);
    rules.language = "nowhere";
    assert_int_equal(reco__terms_count(&texts, &rules, &run, &x), RECO_EINVAL);
    assert_null(x.start);
    reco__strings_free(&texts);
    texts = make_texts(1, 2000);
    rules.language = "english";
    reco_run *user = NULL;
    assert_int_equal(reco_run_new(&user, &err), RECO_OK);
    reco_run_set_progress(user, cancel, NULL);
    run = reco__run_start(user, 1, 0, "content", &err);
    assert_int_equal(reco__terms_count(&texts, &rules, &run, &x), RECO_ECANCELLED);
    assert_null(x.start);
    reco_run_free(user);
    reco__strings_free(&texts);
}

/* ---- which fields ---- */

/* The picked fields as "name=weight ". */
static reco_status pick(const char *text, char *out)
{
    reco__field fields[] = {{.name = "a:b", .kind = RECO__FIELD_TOKEN},
                            {.name = "price", .kind = RECO__FIELD_NUMBER},
                            {.name = "title", .kind = RECO__FIELD_TEXT}};
    reco__side side = {.n_fields = 3, .fields = fields};
    reco__feature *features = NULL;
    int32_t n = 0;
    reco_status status = reco__features_pick(&side, text, "content", &features, &n, &err);
    *out = 0;
    for (int32_t k = 0; k < n; k++) {
        out += sprintf(out, "%s=%g ", features[k].field->name, features[k].weight);
    }
    reco__free(features);
    return status;
}

static void test_fields_by_name(void **state)
{
    (void)state;
    char picked[256];
    static const char *const good[][2] = {{"", "a:b=1 price=1 title=1 "},
                                          {"title", "title=1 "},
                                          {"title:7.5,price", "price=1 title=7.5 "},
                                          {" title: 1e-1 , a:b ", "a:b=1 title=0.1 "},
                                          {"a:b:3", "a:b=3 "}};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        assert_int_equal(pick(good[k][0], picked), RECO_OK);
        assert_string_equal(picked, good[k][1]);
    }
    static const char *const bad[] = {"title:",  "title:0", "title:-1", "title:x",     "title:nan",
                                      "title,,", ",",       ":1",       "title,title", "title:1e7"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(pick(bad[k], picked), RECO_EINVAL);
        assert_non_null(strstr(err.message, "content: 'fields'"));
    }
    assert_int_equal(pick("colour", picked), RECO_ENOTFOUND);
    assert_string_equal(err.message, "content: no field 'colour'; there are: a:b, price, title");
    assert_int_equal(pick("title,Price:2", picked), RECO_ENOTFOUND);
    assert_non_null(strstr(err.message, "'Price'"));
}

/* ---- numbers ---- */

static double product(const reco__csr *x, int32_t a, int32_t b)
{
    double sum = 0;
    for (int64_t e = x->start[a]; e < x->start[a + 1]; e++) {
        for (int64_t f = x->start[b]; f < x->start[b + 1]; f++) {
            sum += x->index[e] == x->index[f] ? (double)x->value[e] * x->value[f] : 0;
        }
    }
    return sum;
}

static void test_numbers_as_bins(void **state)
{
    (void)state;
    enum { N = 101, BINS = 8 };
    float numbers[N];
    reco__csr x = {0};
    for (int32_t k = 0; k < N; k++) { /* a huge spread, not in order; the quantile is what counts */
        numbers[k * 37 % N] = k == 50 ? NAN : (float)((k - 50) * pow(10, abs(k - 50) / 2));
    }
    assert_int_equal(reco__features_bins(numbers, N, BINS, &x, &err), RECO_OK);
    assert_true(reco__csr_valid(&x, 2 * (N - 1)));
    assert_int_equal(x.columns, BINS + 1);
    for (int32_t a = 0; a < N; a++) {
        double before = 2;
        if (isnan(numbers[a * 37 % N])) {
            assert_int_equal(x.start[a * 37 % N], x.start[a * 37 % N + 1]);
            continue;
        }
        assert_float_equal(product(&x, a * 37 % N, a * 37 % N), 1, 1e-6);
        for (int32_t b = a; b < N; b++) { /* further away is never closer */
            double close = product(&x, a * 37 % N, b * 37 % N);
            if (!isnan(numbers[b * 37 % N])) {
                assert_true(close >= -1e-6 && close <= before + 1e-6);
                assert_true(b - a < 2 * (N - 1) / BINS || close < 1e-6);
                assert_true(b - a > 2 || close > 0.9);
                before = close;
            }
        }
    }
    reco__csr_free(&x);
    for (int32_t k = 0; k < N; k++) {
        numbers[k] = k % 2 ? 5.0f : -1e30f;
    }
    assert_int_equal(reco__features_bins(numbers, N, BINS, &x, &err), RECO_OK);
    assert_float_equal(product(&x, 1, 3), 1, 1e-6);
    assert_float_equal(product(&x, 1, 2), 0, 1e-6);
    reco__csr_free(&x);
    assert_int_equal(reco__features_bins(numbers, 0, BINS, &x, &err), RECO_OK);
    assert_int_equal(reco__csr_size(&x), 0);
    reco__csr_free(&x);
    assert_int_equal(reco__features_bins(numbers, 1, BINS, &x, &err), RECO_OK);
    assert_float_equal(product(&x, 0, 0), 1, 1e-6);
    reco__csr_free(&x);
}

/* ---- spread ---- */

/* The exact root mean square, by all pairs. */
static double exact_spread(const float *x, int32_t n, int32_t columns)
{
    double sum = 0, rows = 0;
    for (int32_t a = 0; a < n; a++) {
        for (int32_t b = 0; b < n; b++) {
            double ab = 0, aa = 0, bb = 0;
            for (int32_t k = 0; k < columns; k++) {
                ab += (double)x[a * columns + k] * (double)x[b * columns + k];
                aa += (double)x[a * columns + k] * (double)x[a * columns + k];
                bb += (double)x[b * columns + k] * (double)x[b * columns + k];
            }
            sum += aa > 0 && bb > 0 ? ab * ab / (aa * bb) : 0;
            rows += a == b && aa > 0;
        }
    }
    return rows > 0 ? sqrt(sum) / rows : 1;
}

/* Rows with `filled` of the columns, once as they are and once without their zeros. */
static void check_spread(int32_t n, int32_t columns, int32_t filled, uint64_t seed)
{
    reco__rng random = reco__rng_key(seed, 1, 0);
    float *x = calloc((size_t)n * (size_t)columns, sizeof *x);
    float *value = malloc((size_t)n * (size_t)columns * sizeof *value),
          *scale = malloc((size_t)n * sizeof *scale);
    int32_t *index = malloc((size_t)n * (size_t)columns * sizeof *index);
    int64_t *start = calloc((size_t)n + 1, sizeof *start);
    for (int32_t r = 0; r < n; r++) {
        for (int32_t k = 0; k < filled && r % 5 != 3; k++) {
            x[r * columns + (int32_t)reco__rng_below(&random, (uint64_t)columns)] =
                (float)reco__rng_unit(&random) - (filled == columns ? 0.5f : 0);
        }
        start[r + 1] = start[r];
        for (int32_t k = 0; k < columns; k++) {
            if (x[r * columns + k] != 0) {
                index[start[r + 1]] = k;
                value[start[r + 1]++] = x[r * columns + k];
            }
        }
    }
    reco__rows dense = {n, columns, NULL, NULL, x, scale}, sparse = {n, columns, start, index, value, scale};
    double exact = exact_spread(x, n, columns);
    reco__row_scales(&sparse, scale);
    double found = reco__coherence(&sparse);
    reco__row_scales(&dense, scale);
    assert_float_equal(reco__coherence(&dense), found, 1e-6);
    if (!(found > 0.8 * exact && found < 1.25 * exact)) {
        fail_msg("%d x %d with %d: %g, exactly %g", (int)n, (int)columns, (int)filled, found, exact);
    }
    free(x);
    free(value);
    free(scale);
    free(index);
    free(start);
}

static void test_spread_against_all_pairs(void **state)
{
    (void)state;
    static const int32_t shapes[][3] = {{300, 40, 3},   {300, 2000, 5}, {200, 20, 1},   {1, 5, 2},
                                        {250, 60, 60},  {400, 4, 2},    {150, 300, 80}, {2, 7, 3},
                                        {4, 100000, 1}, {9, 1, 1}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        check_spread(shapes[k][0], shapes[k][1], shapes[k][2], k);
    }
    float scale[3], value[] = {0, 0, 0};
    reco__rows none = {3, 1, NULL, NULL, value, scale};
    reco__row_scales(&none, scale);
    assert_float_equal(reco__coherence(&none), 1, 0);
    none.n = 0;
    assert_float_equal(reco__coherence(&none), 1, 0);
    float edge[] = {1e-45f, -3e38f, 1e-20f};
    none = (reco__rows){3, 1, NULL, NULL, edge, scale};
    reco__row_scales(&none, scale);
    assert_float_equal(scale[0], 0, 0);
    assert_float_equal(scale[1] * edge[1], -1, 1e-5);
    assert_float_equal(scale[2] * edge[2], 1, 1e-5);
    assert_float_equal(reco__coherence(&none), 1, 1e-5);
}

static void test_terms_estimate(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        reco__term_rules rules = {"none", 1 + (int32_t)(seed % 3), 1, 1};
        reco__run run = reco__run_start(NULL, 1, 0, "test", &err);
        reco__strings texts = make_texts(seed, (int32_t)(seed * 9));
        reco__csr x = {0};
        int64_t entries = 0;
        assert_int_equal(reco__terms_count(&texts, &rules, &run, &x), RECO_OK);
        assert_true(reco__terms_estimate(&texts, rules.ngram, &entries) >= 8 * reco__csr_size(&x));
        assert_true(entries >= reco__csr_size(&x));
        assert_true(entries <= 4 * reco__csr_size(&x) + 40);
        reco__csr_free(&x);
        reco__strings_free(&texts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_of_ascii),
        cmocka_unit_test(test_words_of_other_scripts),
        cmocka_unit_test(test_long_words),
        cmocka_unit_test(test_folding_stays_in_its_array),
        cmocka_unit_test(test_stems),
        cmocka_unit_test(test_unknown_language),
        cmocka_unit_test(test_terms_against_brute_force),
        cmocka_unit_test(test_terms_edges),
        cmocka_unit_test(test_fields_by_name),
        cmocka_unit_test(test_numbers_as_bins),
        cmocka_unit_test(test_terms_estimate),
        cmocka_unit_test(test_spread_against_all_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
