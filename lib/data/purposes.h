/* SPDX-License-Identifier: MIT */
/* What users agree to. A consent is a set of purposes, a bit each: that of the k-th purpose is 1 << k. All bits, also
 * those that no purpose has yet, are RECO_CONSENT_ALL. The first two purposes are always there; `further` is the table
 * of the others, in the order of their bits. */
#ifndef RECO__PURPOSES_H
#define RECO__PURPOSES_H

#include "base/error.h"
#include "text/strings.h"

enum { RECO__MAX_PURPOSES = 32, RECO__BUILT_IN_PURPOSES = 2, RECO__MAX_PURPOSE_NAME = 63 };

/* The name of the k-th purpose, or NULL past the last. */
const char *reco__purpose_name(const reco__strings *further, int32_t k);
/* The bit of a purpose, or 0: there is none of that name. */
int32_t reco__purpose_bit(const reco__strings *further, const char *name, int64_t length);
/* Whether a text may name a purpose: of 1 to 63 bytes, valid UTF-8, no control characters, no '|', no space at its ends,
 * and neither "all" nor "none". */
bool reco__purpose_good(const char *name, int64_t length);
/* All of them for a message: "training, personal, email". */
const char *reco__purposes_text(const reco__strings *further, reco__names *names);

/* Whether a consent is a set of purposes: bits that no purpose has are all clear, or all set as in RECO_CONSENT_ALL. */
bool reco__consent_good(const reco__strings *further, int32_t consent);
/* Reads "all", "none" or names joined by '|', with or without spaces around them. False when it is anything else. */
bool reco__consent_read(const reco__strings *further, const char *text, int64_t length, int32_t *consent);

#endif
