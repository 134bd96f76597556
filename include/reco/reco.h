/* SPDX-License-Identifier: MIT */
/** @file reco.h
 * libreco: recommender systems as a small C library. This is the only header a program includes.
 *
 *     events -> reco_builder -> reco_data -> reco_model -> reco_query -> reco_list
 */
#ifndef RECO_RECO_H
#define RECO_RECO_H

#include "base.h"
#include "data.h"
#include "eval.h"
#include "model.h"
#include "query.h"

#endif
