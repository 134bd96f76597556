/* SPDX-License-Identifier: MIT */
#include "purposes.h"

#include "base/bytes.h"
#include "reco/data.h"

#include <string.h>

static const char *const built_in[RECO__BUILT_IN_PURPOSES] = {"training", "personal"};

/* Through unsigned numbers: the last bit is the sign. */
static int32_t bit(int32_t k)
{
    return (int32_t)(UINT32_C(1) << k);
}

static bool is_word(const char *text, int64_t length, const char *word)
{
    return (int64_t)strlen(word) == length && memcmp(text, word, (size_t)length) == 0;
}

const char *reco__purpose_name(const reco__strings *further, int32_t k)
{
    if (k < 0 || k >= RECO__BUILT_IN_PURPOSES + further->n) {
        return NULL;
    }
    return k < RECO__BUILT_IN_PURPOSES ? built_in[k] : reco__string(further, k - RECO__BUILT_IN_PURPOSES);
}

int32_t reco__purpose_bit(const reco__strings *further, const char *name, int64_t length)
{
    const char *purpose;
    for (int32_t k = 0; (purpose = reco__purpose_name(further, k)) != NULL; k++) {
        if (is_word(name, length, purpose)) {
            return bit(k);
        }
    }
    return 0;
}

bool reco__purpose_good(const char *name, int64_t length)
{
    for (int64_t k = 0; k < length; k++) {
        if ((unsigned char)name[k] < 0x20 || name[k] == 0x7f || name[k] == '|') {
            return false;
        }
    }
    return length >= 1 && length <= RECO__MAX_PURPOSE_NAME && name[0] != ' ' && name[length - 1] != ' ' &&
           reco__utf8_valid(name, length) && !is_word(name, length, "all") && !is_word(name, length, "none");
}

const char *reco__purposes_text(const reco__strings *further, reco__names *names)
{
    const char *purpose;
    *names = (reco__names){.used = 0};
    for (int32_t k = 0; (purpose = reco__purpose_name(further, k)) != NULL; k++) {
        reco__names_add(names, purpose);
    }
    return reco__names_text(names);
}

bool reco__consent_good(const reco__strings *further, int32_t consent)
{
    int32_t n = RECO__BUILT_IN_PURPOSES + further->n;
    uint32_t named = n < RECO__MAX_PURPOSES ? (UINT32_C(1) << n) - 1 : UINT32_MAX;
    uint32_t rest = (uint32_t)consent & ~named;
    return rest == 0 || rest == ~named;
}

static void trim(const char **text, const char **end)
{
    while (*text < *end && **text == ' ') {
        ++*text;
    }
    while (*text < *end && (*end)[-1] == ' ') {
        --*end;
    }
}

bool reco__consent_read(const reco__strings *further, const char *text, int64_t length, int32_t *consent)
{
    const char *end = text + length;
    int32_t agreed = RECO_CONSENT_NONE;
    trim(&text, &end);
    if (is_word(text, end - text, "all") || is_word(text, end - text, "none")) {
        *consent = text[0] == 'a' ? RECO_CONSENT_ALL : RECO_CONSENT_NONE;
        return true;
    }
    for (const char *at = text; at <= end;) {
        const char *bar = memchr(at, '|', (size_t)(end - at)), *last = bar ? bar : end, *next = last + 1;
        trim(&at, &last);
        int32_t purpose = reco__purpose_bit(further, at, last - at);
        if (purpose == 0) {
            return false;
        }
        agreed |= purpose;
        at = next;
    }
    *consent = agreed;
    return true;
}
