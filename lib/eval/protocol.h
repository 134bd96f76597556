/* SPDX-License-Identifier: MIT */
#ifndef RECO__PROTOCOL_H
#define RECO__PROTOCOL_H

#include "base/param.h"
#include "reco/eval.h"

enum { RECO__ASK_USER = 0, RECO__ASK_GIVEN = 1, RECO__ASK_NEXT = 2 };

enum { RECO__GIVEN_EVENTS = 5 /* when `given` is not set */ };

struct reco_protocol {
    char metrics[RECO__PARAM_TEXT_SIZE];
    int32_t ask;   /* RECO__ASK_USER ... */
    int64_t given; /* 0: not set */
    int64_t threads;
    const reco_data *negatives; /* borrowed, or NULL */
};

/* As it is when new. */
void reco__protocol_defaults(reco_protocol *protocol);

#endif
