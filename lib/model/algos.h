/* SPDX-License-Identifier: MIT */
#ifndef RECO__ALGOS_H
#define RECO__ALGOS_H

#include "model.h"

/* The algorithm of a name, or NULL. */
const reco__algo *reco__algo_find(const char *name);

#endif
