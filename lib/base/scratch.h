/* SPDX-License-Identifier: MIT */
/* Memory that is handed out piece by piece and taken back all at once. One function takes what a piece of work needs, and
 * is run twice: on a scratch without memory it measures, on one with memory it hands out.
 *
 *     reco__scratch s = {.data = NULL};        s.peak is now how many bytes
 *     lay_out(&work, &s);                      the same calls take
 */
#ifndef RECO__SCRATCH_H
#define RECO__SCRATCH_H

#include "memory.h"

typedef struct reco__scratch {
    char *data; /* [size] aligned to RECO__ALIGN; NULL: measures */
    int64_t size, used, peak;
} reco__scratch;

/* Takes room for `count` elements; what was taken stays until `used` is set back. NULL while measuring, and beyond what was
 * measured. */
static inline void *reco__scratch_take(reco__scratch *scratch, int64_t count, size_t size)
{
    int64_t bytes, end, at = scratch->used;
    if (!reco__mul(count, (int64_t)size, &bytes) || !reco__add(bytes, at + RECO__ALIGN - 1, &end)) {
        end = INT64_MAX / 4; /* more than any allocation gives */
    }
    end = end / RECO__ALIGN * RECO__ALIGN;
    scratch->used = end;
    scratch->peak = end > scratch->peak ? end : scratch->peak;
    return scratch->data && end <= scratch->size ? scratch->data + at : NULL;
}

#endif
