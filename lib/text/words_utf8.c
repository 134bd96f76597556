/* SPDX-License-Identifier: MIT */
#include "words.h"

#include "base/error.h"
#include "base/memory.h"

#include <libstemmer.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

struct reco__stemmer {
    struct sb_stemmer *snowball; /* NULL: words are their own stems */
};

/* The Unicode Standard's NFKC_Casefold: compatible forms are one, invisible characters are gone. */
static const utf8proc_option_t folding =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

int32_t reco__fold(const char *text, int32_t n, int32_t *codes)
{
    int32_t k = 0;
    while (k < n && (unsigned char)text[k] < 0x80) {
        codes[k] = text[k] >= 'A' && text[k] <= 'Z' ? text[k] + ('a' - 'A') : text[k];
        k++;
    }
    if (k == n) {
        return n;
    }
    utf8proc_ssize_t found =
        utf8proc_decompose((const utf8proc_uint8_t *)text, n, codes, RECO__FOLD_CODES, folding);
    if (found <= 0 || found > RECO__FOLD_CODES) {
        return 0;
    }
    return (int32_t)utf8proc_normalize_utf32(codes, found, folding);
}

int32_t reco__code_class(int32_t code)
{
    if (code < 0x80) {
        return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') ? RECO__CODE_LETTER
                                                                            : RECO__CODE_OTHER;
    }
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return utf8proc_charwidth(code) == 2 ? RECO__CODE_WIDE : RECO__CODE_LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        return RECO__CODE_LETTER;
    default:
        return RECO__CODE_OTHER;
    }
}

static reco_status unknown_language(const char *owner, const char *language, reco_error *err)
{
    reco__names names = {.used = 0};
    reco__names_add(&names, "none");
    for (const char **name = sb_stemmer_list(); *name; name++) {
        reco__names_add(&names, *name);
    }
    return reco__fail(err, RECO_EINVAL, "%s: no language '%.12s'; there are: %s", owner, language,
                      reco__names_text(&names));
}

reco_status reco__stemmer_new(const char *owner, const char *language, reco__stemmer **out, reco_error *err)
{
    const char **name = sb_stemmer_list();
    while (*name && strcmp(*name, language) != 0) {
        name++;
    }
    int none = strcmp(language, "none") == 0;
    *out = NULL;
    if (!none && !*name) {
        return unknown_language(owner, language, err);
    }
    reco__stemmer *stemmer = reco__alloc_zero(1, sizeof *stemmer);
    if (stemmer && !none) {
        stemmer->snowball = sb_stemmer_new(language, NULL);
    }
    if (!stemmer || (!none && !stemmer->snowball)) {
        reco__free(stemmer);
        return reco__out_of_memory(err);
    }
    *out = stemmer;
    return RECO_OK;
}

void reco__stemmer_free(reco__stemmer *stemmer)
{
    if (stemmer) {
        sb_stemmer_delete(stemmer->snowball);
        reco__free(stemmer);
    }
}

/* Drops the marks of the block Combining Diacritical Marks, which Latin, Greek and Cyrillic letters carry.
 * Marks of other scripts stay: many are vowels. */
static int32_t without_diacritics(const char *word, int32_t n, char *out)
{
    int32_t codes[RECO__FOLD_CODES];
    utf8proc_ssize_t found = n > RECO__FOLD_BYTES
                                 ? 0
                                 : utf8proc_decompose((const utf8proc_uint8_t *)word, n, codes,
                                                      RECO__FOLD_CODES, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    int32_t kept = 0, size = 0;
    for (utf8proc_ssize_t k = 0; k < found && found <= RECO__FOLD_CODES; k++) {
        if (codes[k] < 0x300 || codes[k] > 0x36f) {
            codes[kept++] = codes[k];
        }
    }
    kept = (int32_t)utf8proc_normalize_utf32(codes, kept, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    for (int32_t k = 0; k < kept && size + 4 <= RECO__STEM_BYTES; k++) {
        size += (int32_t)utf8proc_encode_char(codes[k], (utf8proc_uint8_t *)out + size);
    }
    return size;
}

int32_t reco__stem(reco__stemmer *stemmer, const char *word, int32_t n, char *stem)
{
    if (stemmer->snowball) {
        const sb_symbol *found = sb_stemmer_stem(stemmer->snowball, (const sb_symbol *)word, n);
        if (!found) {
            return -1;
        }
        int32_t length = sb_stemmer_length(stemmer->snowball);
        if (length > 0) { /* a word that is all ending is its own stem */
            word = (const char *)found;
            n = length;
        }
    }
    for (int32_t k = 0; k < n; k++) {
        if ((unsigned char)word[k] >= 0x80) {
            return without_diacritics(word, n, stem);
        }
    }
    n = n < RECO__STEM_BYTES ? n : RECO__STEM_BYTES;
    memcpy(stem, word, (size_t)n);
    return n;
}
