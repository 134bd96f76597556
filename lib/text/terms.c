/* SPDX-License-Identifier: MIT */
#include "terms.h"

#include "base/error.h"
#include "base/memory.h"
#include "intern.h"
#include "words.h"

#include <math.h>
#include <string.h>

/* ---- words ---- */

static int32_t encode(int32_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    int32_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (int32_t k = n - 1; k > 0; k--) {
        to[k] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    to[0] = (char)((0xf00 >> n & 0xff) | code);
    return n;
}

static bool add_word(const int32_t *codes, int32_t n, reco__bytes *words)
{
    char text[4 * RECO__WORD_LETTERS + 1];
    int32_t size = 0;
    for (int32_t k = 0; k < n && k < RECO__WORD_LETTERS; k++) {
        size += encode(codes[k], text + size);
    }
    text[size] = 0;
    return reco__bytes_add(words, text, size + 1);
}

/* One letter with an apostrophe between it and another: the s of "men's", the l of "l'amour". */
static bool elided(const int32_t *codes, int32_t n, int32_t begin, int32_t end)
{
    if (end - begin != 1) {
        return false;
    }
    return (begin > 1 && (codes[begin - 1] == '\'' || codes[begin - 1] == 0x2019) &&
            reco__code_class(codes[begin - 2]) == RECO__CODE_LETTER) ||
           (end + 1 < n && (codes[end] == '\'' || codes[end] == 0x2019) &&
            reco__code_class(codes[end + 1]) == RECO__CODE_LETTER);
}

static bool add_words(const int32_t *codes, int32_t n, reco__bytes *words)
{
    bool done = true;
    for (int32_t begin = 0, end; begin < n && done; begin = end) {
        int32_t class = reco__code_class(codes[begin]);
        for (end = begin + 1; end < n && reco__code_class(codes[end]) == class; end++) {
        }
        if (class == RECO__CODE_LETTER && !elided(codes, n, begin, end)) {
            done = add_word(codes + begin, end - begin, words);
        } else if (class == RECO__CODE_WIDE) {
            int32_t pairs = end - begin > 1 ? end - begin - 1 : 1;
            for (int32_t k = 0; k < pairs && done; k++) {
                done = add_word(codes + begin + k, end - begin > 1 ? 2 : 1, words);
            }
        }
    }
    return done;
}

/* Whether words end at an ASCII byte whatever stands around it. */
static bool separates(char c)
{
    unsigned char lower = (unsigned char)c | 0x20;
    return (unsigned char)c < 0x80 && !(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'z') && c != '\'';
}

bool reco__terms_words(const char *text, int64_t n, reco__bytes *words)
{
    int32_t codes[RECO__FOLD_CODES];
    for (int64_t k = 0; k < n;) {
        if (separates(text[k])) {
            k++;
            continue;
        }
        int64_t end = k + 1;
        while (end < n && end - k < RECO__FOLD_BYTES && !separates(text[end])) {
            end++;
        }
        while (end < n && ((unsigned char)text[end] & 0xc0) == 0x80) { /* not inside a character */
            end--;
        }
        if (!add_words(codes, reco__fold(text + k, (int32_t)(end - k), codes), words)) {
            return false;
        }
        k = end;
    }
    return true;
}

/* ---- terms ---- */

typedef struct tally {
    int64_t newest; /* 1 + the text, then 1 + the entry, that had the term last */
    int32_t df;     /* texts that have it */
    int32_t rare;   /* a stem that too few texts have */
} tally;

typedef struct counter {
    const reco__strings *texts;
    const reco__term_rules *rules;
    reco__stemmer *stemmer;
    reco__bytes words;   /* of one text, or one longer term */
    reco__intern folded; /* distinct words */
    int32_t *stem_of;    /* [folded.n]: its stem's number among the terms, -1 for none */
    reco__intern terms;  /* stems, then longer terms: "tea towel" */
    tally *tallies;      /* [terms.n] */
    int64_t *start;      /* [texts + 1] */
    int32_t *sequence;   /* [start[texts]]: the stems of each text in order */
    int64_t *row;        /* [texts + 1] */
    int32_t *index;      /* [row[texts]]: the distinct terms of each text, as they come */
    float *value;
    int64_t stem_capacity, tally_capacity, sequence_capacity, index_capacity, value_capacity;
} counter;

static void free_counter(counter *c)
{
    reco__stemmer_free(c->stemmer);
    reco__bytes_free(&c->words);
    reco__intern_free(&c->folded);
    reco__free(c->stem_of);
    reco__intern_free(&c->terms);
    reco__free(c->tallies);
    reco__free(c->start);
    reco__free(c->sequence);
    reco__free(c->row);
    reco__free(c->index);
    reco__free(c->value);
}

static bool grow_tallies(counter *c)
{
    int64_t known = c->tally_capacity;
    if (!RECO__GROW(c->tallies, c->tally_capacity, (int64_t)c->terms.n)) {
        return false;
    }
    for (int64_t k = known; k < c->tally_capacity; k++) {
        c->tallies[k] = (tally){0};
    }
    return true;
}

/* The number of a word's stem, -1 for none; each distinct word is stemmed once. */
static reco_status stem_number(counter *c, const char *word, int64_t n, int32_t *number, reco_error *err)
{
    reco_status status = RECO_OK;
    char stem[RECO__STEM_BYTES];
    int32_t known = c->folded.n;
    int32_t at = reco__intern_add(&c->folded, word, n);
    TRY_ALLOC(at >= 0 && RECO__GROW(c->stem_of, c->stem_capacity, (int64_t)c->folded.n));
    if (c->folded.n > known) {
        int32_t length = reco__stem(c->stemmer, word, (int32_t)n, stem);
        TRY_ALLOC(length >= 0);
        c->stem_of[at] = length > 0 ? reco__intern_add(&c->terms, stem, length) : -1;
        TRY_ALLOC(length == 0 || (c->stem_of[at] >= 0 && grow_tallies(c)));
    }
    *number = c->stem_of[at];
done:
    return status;
}

/* One text becomes a sequence of stems. */
static reco_status read_text(counter *c, int32_t text, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t n = c->start[text];
    c->words.size = 0;
    TRY_ALLOC(
        reco__terms_words(reco__string(c->texts, text), reco__string_length(c->texts, text), &c->words));
    for (int64_t at = 0, length; at < c->words.size; at += length + 1) {
        const char *word = c->words.data + at;
        int32_t number = -1;
        length = (int64_t)strlen(word);
        TRY(stem_number(c, word, length, &number, err));
        if (number >= 0) {
            TRY_ALLOC(RECO__GROW(c->sequence, c->sequence_capacity, n + 1));
            c->sequence[n++] = number;
            tally *of = &c->tallies[number];
            of->df += of->newest != (int64_t)text + 1;
            of->newest = (int64_t)text + 1;
        }
    }
    c->start[text + 1] = n;
done:
    return status;
}

/* Adds one term to the row that begins at `first` and has come to *n. */
static bool count_term(counter *c, int32_t term, int64_t first, int64_t *n)
{
    tally *of = &c->tallies[term];
    if (of->newest > first) {
        c->value[of->newest - 1] += 1;
        return true;
    }
    if (!RECO__GROW(c->index, c->index_capacity, *n + 1) ||
        !RECO__GROW(c->value, c->value_capacity, *n + 1)) {
        return false;
    }
    c->index[*n] = term;
    c->value[*n] = 1;
    of->newest = ++*n;
    of->df++;
    return true;
}

/* Adds the term of `length` stems; one with a rare stem is itself too rare to count. */
static bool count_stems(counter *c, const int32_t *stems, int32_t length, int64_t first, int64_t *n)
{
    c->words.size = 0;
    for (int32_t k = 0; k < length; k++) {
        if (c->tallies[stems[k]].rare) {
            return true;
        }
    }
    if (length == 1) {
        return count_term(c, stems[0], first, n);
    }
    for (int32_t k = 0; k < length; k++) {
        const char *stem = reco__interned(&c->terms, stems[k]);
        if ((k > 0 && !reco__bytes_add(&c->words, " ", 1)) ||
            !reco__bytes_add(&c->words, stem, (int64_t)strlen(stem))) {
            return false;
        }
    }
    int32_t term = reco__intern_add(&c->terms, c->words.data, c->words.size);
    return term >= 0 && grow_tallies(c) && count_term(c, term, first, n);
}

static bool count_text(counter *c, int32_t text)
{
    int64_t first = c->row[text], n = first;
    for (int32_t length = 1; length <= c->rules->ngram; length++) {
        for (int64_t k = c->start[text]; k + length <= c->start[text + 1]; k++) {
            if (!count_stems(c, c->sequence + k, length, first, &n)) {
                return false;
            }
        }
    }
    c->row[text + 1] = n;
    return true;
}

/* Numbers the terms that are neither too rare nor too common (tallies.newest, -1 for the others) and leaves
 * only those in the rows. Returns how many terms there are. */
static int32_t prune(counter *c)
{
    int32_t n_texts = c->texts->n, n_terms = 0;
    int64_t with_words = 0, n = 0;
    for (int32_t t = 0; t < n_texts; t++) {
        with_words += c->start[t] < c->start[t + 1];
    }
    for (int32_t k = 0; k < c->terms.n; k++) {
        tally *of = &c->tallies[k];
        bool kept = of->df > 0 && of->df >= c->rules->min_df &&
                    (of->df <= RECO__FEW_TEXTS || of->df <= c->rules->max_df * (double)with_words);
        of->newest = kept ? n_terms++ : -1;
    }
    for (int32_t t = 0; t < n_texts; t++) {
        int64_t begin = c->row[t];
        c->row[t] = n;
        for (int64_t k = begin; k < c->row[t + 1]; k++) {
            int64_t number = c->tallies[c->index[k]].newest;
            if (number >= 0) {
                c->index[n] = (int32_t)number;
                c->value[n++] = c->value[k];
            }
        }
    }
    c->row[n_texts] = n;
    return n_terms;
}

/* A copy with ascending columns in each row. */
static reco_status sorted_rows(const counter *c, int32_t n_terms, reco__csr *out, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__csr rows = {c->texts->n, n_terms, c->row, c->index, c->value}, columns = {0};
    TRY(reco__csr_transpose(&rows, &columns, err));
    TRY(reco__csr_transpose(&columns, out, err));
done:
    reco__csr_free(&columns);
    return status;
}

reco_status reco__terms_count(const reco__strings *texts, const reco__term_rules *rules, reco__run *run,
                              reco__csr *out)
{
    reco_error *err = run->err;
    reco_status status = RECO_OK;
    counter c = {.texts = texts, .rules = rules};
    TRY(reco__stemmer_new(run->stage, rules->language, &c.stemmer, err));
    c.start = reco__alloc_zero((int64_t)texts->n + 1, sizeof *c.start);
    c.row = reco__alloc_zero((int64_t)texts->n + 1, sizeof *c.row);
    TRY_ALLOC(c.start && c.row);
    TRY_ALLOC(RECO__GROW(c.index, c.index_capacity, 1)); /* arrays even when no text has words */
    TRY_ALLOC(RECO__GROW(c.value, c.value_capacity, 1));
    for (int32_t t = 0; t < texts->n; t++) {
        TRY(read_text(&c, t, err));
        TRY(t % 256 == 255 ? reco__run_step(run, 0.6 * t / texts->n) : RECO_OK);
    }
    for (int32_t k = 0; k < c.terms.n; k++) {
        c.tallies[k] = (tally){.rare = c.tallies[k].df < rules->min_df};
    }
    for (int32_t t = 0; t < texts->n; t++) {
        TRY_ALLOC(count_text(&c, t));
        TRY(t % 256 == 255 ? reco__run_step(run, 0.6 + 0.4 * t / texts->n) : RECO_OK);
    }
    TRY(sorted_rows(&c, prune(&c), out, err));
done:
    free_counter(&c);
    return status;
}

/* Words begin after what separates them; of scripts that do not, Chinese, Japanese and Korean, each letter
 * begins one, and these are the lead bytes E3 to ED. */
static int64_t count_words(const char *text, int64_t n)
{
    int64_t words = 0;
    for (int64_t k = 0; k < n; k++) {
        unsigned char lead = (unsigned char)text[k];
        words +=
            (lead >= 0xe3 && lead <= 0xed) || (!separates(text[k]) && (k == 0 || separates(text[k - 1])));
    }
    return words;
}

int64_t reco__terms_estimate(const reco__strings *texts, int32_t ngram, int64_t *entries)
{
    int64_t words = 0;
    for (int32_t t = 0; t < texts->n; t++) {
        words += count_words(reco__string(texts, t), reco__string_length(texts, t));
    }
    double distinct =
        100 + 100 * sqrt((double)words); /* Heaps' law, generously; longer terms mostly differ */
    distinct = (distinct < (double)words ? 2 * distinct : 2 * (double)words) + (double)words * (ngram - 1);
    *entries = words * ngram;
    return words * 8 + *entries * 24 + (int64_t)(distinct * 100) + texts->n * (int64_t)32;
}
