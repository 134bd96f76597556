/* SPDX-License-Identifier: MIT */
/* Texts as words, and words as counted terms.
 *
 * A word is a run of letters and digits, in lower case; "t-light" is two. A single letter beside an
 * apostrophe is none
 * ("men's", "l'amour"). Chinese, Japanese and Korean letters stand in pairs, each with its neighbor, as these
 * scripts put no spaces between words. A term is the stem of a word, or of several that follow each other. */
#ifndef RECO__TERMS_H
#define RECO__TERMS_H

#include "base/bytes.h"
#include "base/run.h"
#include "math/csr.h"
#include "strings.h"

#include <stdbool.h>

enum {
    RECO__WORD_LETTERS = 64, /* the rest of a longer word is cut off */
    RECO__FEW_TEXTS = 20     /* a term in no more texts than these is not common */
};

typedef struct reco__term_rules {
    const char *language; /* whose stems; "none": words are their own */
    int32_t ngram;        /* terms have up to so many words */
    int64_t min_df;       /* terms in fewer texts are left out */
    double max_df; /* terms in more than this part of the texts with words are left out, but see FEW_TEXTS */
} reco__term_rules;

/* Adds the words of n bytes of valid UTF-8, each with a closing zero. False when memory ran out. */
bool reco__terms_words(const char *text, int64_t n, reco__bytes *words);

/* How often each term stands in each text: X[texts->n, terms]. Terms are numbered in the order in which they
 * first come, single words before longer terms. A message on the language begins with the run's stage.
 * EINVAL, ENOMEM, ECANCELLED. Cost: linear in the bytes of the texts, and ngram times their words. */
reco_status reco__terms_count(const reco__strings *texts, const reco__term_rules *rules, reco__run *run,
                              reco__csr *out);

/* About how many bytes reco__terms_count takes at its peak, not too few, and how many entries it gives at the
 * most. Looks at each byte once. */
int64_t reco__terms_estimate(const reco__strings *texts, int32_t ngram, int64_t *entries);

#endif
