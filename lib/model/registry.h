/* SPDX-License-Identifier: MIT */
/* The algorithms of this build, in the order of the catalogue: one word each. It is the only list: lib/meson.build reads
 * it too, to know which files to compile. The file of item_knn is lib/algo/item_knn.c, its name to users "item-knn". */
#ifndef RECO__REGISTRY_H
#define RECO__REGISTRY_H

#include "model.h"

#define RECO_ALGOS(X)                                                                                        \
    X(popular) X(random) X(baseline) X(item_knn) X(user_knn) X(als) X(covisit) X(content) X(weighted)

/* The algorithm of a name, or NULL. */
const reco__algo *reco__algo_find(const char *name);

#endif
