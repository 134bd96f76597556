/* SPDX-License-Identifier: MIT */
/* What splitting a text into words asks of a language library: folding, letters, stems. There are two of it,
 * of which the build takes one:
 *
 * - words_utf8.c, on utf8proc and the Snowball stemmers: any script, many languages
 * - words_ascii.c, on nothing: ASCII is folded, every other character is a letter and stays as it is, and the
 * only stems are those of English plurals
 */
#ifndef RECO__WORDS_H
#define RECO__WORDS_H

#include "reco/base.h"

enum {
    RECO__FOLD_BYTES = 512, /* the most that is folded at once: hostile runs of accents cost quadratic time */
    RECO__FOLD_CODES =
        3072, /* code points that so many bytes become at the most: U+FDFA, 3 bytes, becomes 18 */
    RECO__STEM_BYTES = 512 /* the longest stem */
};

enum {
    RECO__CODE_OTHER = 0,  /* no part of a word */
    RECO__CODE_LETTER = 1, /* letters, digits, and the marks upon them */
    RECO__CODE_WIDE = 2    /* letters of scripts that put no space between words: Chinese, Japanese, Korean */
};

/* Code points of n <= RECO__FOLD_BYTES bytes of valid UTF-8, with case and forms of one letter folded;
 * returns how many. "Cafe" + accent and "CAFÉ" become the same. */
int32_t reco__fold(const char *text, int32_t n, int32_t *codes);

/* What a folded code point is to a word. */
int32_t reco__code_class(int32_t code);

/* Takes words of one language to their stems. For one thread. */
typedef struct reco__stemmer reco__stemmer;

/* `language`: "none", or one that the build knows. EINVAL, whose message begins with `owner` and lists the
 * known ones; ENOMEM. */
reco_status reco__stemmer_new(const char *owner, const char *language, reco__stemmer **out, reco_error *err);
void reco__stemmer_free(reco__stemmer *stemmer); /* NULL-safe */

/* The stem of a folded word (at most RECO__STEM_BYTES / 2 bytes), without diacritics: they are written or
 * left out as the typist likes. Returns its length, 0 for a word of nothing but marks, -1 when memory ran
 * out. */
int32_t reco__stem(reco__stemmer *stemmer, const char *word, int32_t n, char *stem);

#endif
