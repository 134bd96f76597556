/* SPDX-License-Identifier: MIT */
/* The algorithms of this build, in the order of the catalogue: one word each. */
#ifndef RECO__REGISTRY_H
#define RECO__REGISTRY_H

#define RECO_ALGOS(X) X(popular) X(random) X(item_knn) X(user_knn) X(als) X(content) X(weighted)

#endif
