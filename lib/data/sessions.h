/* SPDX-License-Identifier: MIT */
/* A trail cut into sessions: runs of events in which no two neighbors are further apart than a gap. */
#ifndef RECO__SESSIONS_H
#define RECO__SESSIONS_H

#include "data.h"

/* Seconds between two times, which may be as far apart as times can be. */
static inline uint64_t reco__seconds_between(int64_t a, int64_t b)
{
    return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* Where the session that begins at event `from` ends: the event after its last. An event without a time continues the
 * session, and the next one with a time is held against the last that had one. A gap of 0 or less makes the whole
 * trail one session. O(events of the session); all sessions of a trail, oldest first:
 *
 *     for (int64_t from = 0, end; from < trail.n; from = end) {
 *         end = reco__session_end(&trail, gap, from);
 */
static inline int64_t reco__session_end(const reco__trail *trail, int64_t gap, int64_t from)
{
    int64_t last = RECO_NO_TIME;
    if (gap <= 0 || !trail->times) {
        return trail->n;
    }
    for (int64_t k = from; k < trail->n; k++) {
        int64_t time = trail->times[k];
        if (time != RECO_NO_TIME && last != RECO_NO_TIME &&
            reco__seconds_between(last, time) > (uint64_t)gap) {
            return k;
        }
        last = time != RECO_NO_TIME ? time : last;
    }
    return trail->n;
}

/* Where the last session begins: what somebody is at just now. 0 in an empty trail. O(events). */
static inline int64_t reco__session_last(const reco__trail *trail, int64_t gap)
{
    int64_t from = 0;
    for (int64_t end = 0; end < trail->n;) {
        from = end;
        end = reco__session_end(trail, gap, from);
    }
    return from;
}

#endif
