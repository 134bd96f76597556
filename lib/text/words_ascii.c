/* SPDX-License-Identifier: MIT */
#include "words.h"

#include "base/error.h"
#include "base/memory.h"

#include <string.h>

struct reco__stemmer {
    int32_t plurals; /* whether English plurals become singulars */
};

/* One code point of valid UTF-8; returns its bytes. */
static int32_t decode(const unsigned char *p, int32_t *code)
{
    static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    int32_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    *code = p[0] & lead[n];
    for (int32_t k = 1; k < n; k++) {
        *code = *code << 6 | (p[k] & 0x3f);
    }
    return n;
}

int32_t reco__fold(const char *text, int32_t n, int32_t *codes)
{
    int32_t found = 0;
    for (int32_t k = 0; k < n; found++) {
        k += decode((const unsigned char *)text + k, &codes[found]);
        if (codes[found] >= 'A' && codes[found] <= 'Z') {
            codes[found] += 'a' - 'A';
        }
    }
    return found;
}

int32_t reco__code_class(int32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || code >= 0x80 ? RECO__CODE_LETTER
                                                                                        : RECO__CODE_OTHER;
}

reco_status reco__stemmer_new(const char *owner, const char *language, reco__stemmer **out, reco_error *err)
{
    int32_t plurals = strcmp(language, "english") == 0;
    *out = NULL;
    if (!plurals && strcmp(language, "none") != 0) {
        return reco__fail(
            err, RECO_EINVAL,
            "%s: no language '%.12s'; there are: none, english (others need a build with libstemmer)", owner,
            language);
    }
    *out = reco__alloc(1, sizeof **out);
    if (!*out) {
        return reco__out_of_memory(err);
    }
    (*out)->plurals = plurals;
    return RECO_OK;
}

void reco__stemmer_free(reco__stemmer *stemmer)
{
    reco__free(stemmer);
}

static int ends(const char *word, int32_t n, const char *ending)
{
    int32_t length = (int32_t)strlen(ending);
    return n > length && memcmp(word + n - length, ending, (size_t)length) == 0;
}

/* The S stemmer of Harman, "How effective is suffixing?", JASIS 42(1), 1991,
 * 10.1002/(SICI)1097-4571(199101)42:1<7::AID-ASI2>3.0.CO;2-P: the first rule that applies. */
static int32_t singular(const char *word, int32_t n, char *stem)
{
    memcpy(stem, word, (size_t)n);
    if (ends(word, n, "ies") && !ends(word, n, "eies") && !ends(word, n, "aies")) {
        stem[n - 3] = 'y';
        return n - 2;
    }
    if (ends(word, n, "es") && !ends(word, n, "aes") && !ends(word, n, "ees") && !ends(word, n, "oes")) {
        return n - 1;
    }
    if (ends(word, n, "s") && !ends(word, n, "us") && !ends(word, n, "ss")) {
        return n - 1;
    }
    return n;
}

int32_t reco__stem(reco__stemmer *stemmer, const char *word, int32_t n, char *stem)
{
    n = n < RECO__STEM_BYTES ? n : RECO__STEM_BYTES;
    if (stemmer->plurals) {
        return singular(word, n, stem);
    }
    memcpy(stem, word, (size_t)n);
    return n;
}
