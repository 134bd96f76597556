/* SPDX-License-Identifier: MIT */
/* How a text file is written, and the lists "a=b,c=d" in which callers say so. */
#ifndef RECO__FORMAT_H
#define RECO__FORMAT_H

#include "reco/data.h"

#include <stdbool.h>

enum { RECO__MAX_DELIMITER = 7 };
enum { RECO__ENCODING_UTF8 = 0, RECO__ENCODING_LATIN1 = 1 };

enum {
    RECO__TEXT_DELIMITER,
    RECO__TEXT_COLUMNS,
    RECO__TEXT_ITEM_COLUMNS,
    RECO__TEXT_USER_COLUMNS,
    RECO__TEXT_CONTEXT_COLUMNS,
    RECO__FORMAT_TEXTS
};

struct reco_format {
    int64_t header, skip_bad_rows;
    int32_t encoding;
    char *texts[RECO__FORMAT_TEXTS]; /* NULL: "" */
};

/* The default format, for callers that have none. */
reco_format reco__format_default(void);
static inline const char *reco__format_text(const reco_format *format, int32_t which)
{
    return format->texts[which] ? format->texts[which] : "";
}

/* One part "left=right" of a list, not ended by zeros. */
typedef struct reco__part {
    const char *left, *right;
    int64_t left_length, right_length;
} reco__part;

/* Takes the next part of a list, split at the last '='; false at the end. *at begins as the list. The list
 * has passed reco_format_set_text, so its parts are whole. */
bool reco__part_next(const char **at, reco__part *part);
/* Whether n bytes are the word. */
bool reco__is_word(const char *text, int64_t n, const char *word);

#endif
