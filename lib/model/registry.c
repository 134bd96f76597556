/* SPDX-License-Identifier: MIT */
/* The registry and the parameter tables as callers see them. */
#include "registry.h"

#include <string.h>

#define DECLARE(name) extern const reco__algo reco__algo_##name;
RECO_ALGOS(DECLARE)
#define ADDRESS(name) &reco__algo_##name,
static const reco__algo *const algos[] = {RECO_ALGOS(ADDRESS)};

enum { N_ALGOS = sizeof algos / sizeof *algos };

const reco__param reco__common_params[] = {
    {.name = "threads",
     .kind = RECO__INT,
     .offset = offsetof(reco_model, threads),
     .low = 0,
     .high = 1024,
     .transient = 1,
     .help = "threads a fit may use; 0 = all the process may use"},
    {.name = "seed",
     .kind = RECO__INT,
     .offset = offsetof(reco_model, seed),
     .normal = 1,
     .low = 0,
     .high = 9007199254740992.0,
     .help = "of the random numbers; the same seed gives the same model"},
    {.name = "memory_limit",
     .kind = RECO__NUMBER,
     .offset = offsetof(reco_model, memory_limit),
     .low = 0,
     .high = 9007199254740992.0,
     .transient = 1,
     .help = "bytes a fit may take; 0 = the machine's memory"},
    {0},
};

const reco__algo *reco__algo_find(const char *name)
{
    for (int32_t k = 0; k < N_ALGOS; k++) {
        if (strcmp(algos[k]->name, name) == 0) {
            return algos[k];
        }
    }
    return NULL;
}

int32_t reco_algo_size(void)
{
    return N_ALGOS;
}

const char *reco_algo_name(int32_t index)
{
    return index >= 0 && index < N_ALGOS ? algos[index]->name : NULL;
}

const char *reco_algo_summary(const char *algo)
{
    const reco__algo *found = algo ? reco__algo_find(algo) : NULL;
    return found ? found->summary : NULL;
}

const reco_param *reco_algo_param(const char *algo, int32_t index)
{
    const reco__algo *found = algo ? reco__algo_find(algo) : NULL;
    if (!found || index < 0) {
        return NULL;
    }
    const reco__param *tables[] = {found->params, reco__common_params};
    for (int t = 0; t < 2; t++) {
        for (const reco__param *row = tables[t]; row->name; row++) {
            if (index-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}

const char *reco_param_name(const reco_param *param)
{
    return param ? param->name : NULL;
}

const char *reco_param_help(const reco_param *param)
{
    return param ? param->help : NULL;
}

int32_t reco_param_kind(const reco_param *param)
{
    return param ? param->kind : -1;
}

double reco_param_default(const reco_param *param)
{
    return param && (param->kind == RECO__NUMBER || param->kind == RECO__INT) ? param->normal : 0;
}

double reco_param_min(const reco_param *param)
{
    return param ? param->low : 0;
}

double reco_param_max(const reco_param *param)
{
    return param ? param->high : 0;
}

const char *reco_param_default_text(const reco_param *param)
{
    if (!param || param->kind == RECO__NUMBER || param->kind == RECO__INT) {
        return NULL;
    }
    return param->kind == RECO__CHOICE ? param->words[(int32_t)param->normal] : param->text;
}

/* The index-th of words that end with NULL. */
static const char *word_at(const char *const *words, int32_t index)
{
    for (int32_t k = 0; words && index >= 0 && words[k]; k++) {
        if (k == index) {
            return words[k];
        }
    }
    return NULL;
}

const char *reco_param_choice(const reco_param *param, int32_t index)
{
    return param ? word_at(param->words, index) : NULL;
}

int32_t reco_param_search(const reco_param *param, double *low, double *high)
{
    bool between = param && (param->scale == RECO__SEARCH_LINEAR || param->scale == RECO__SEARCH_LOG);
    if (low) {
        *low = between ? param->search_low : reco_param_default(param);
    }
    if (high) {
        *high = between ? param->search_high : reco_param_default(param);
    }
    return param ? param->scale : RECO__SEARCH_NONE;
}

const char *reco_param_search_word(const reco_param *param, int32_t index)
{
    if (!param || param->scale != RECO__SEARCH_WORDS) {
        return NULL;
    }
    return word_at(param->search_words ? param->search_words : param->words, index);
}

double reco_param_small(const reco_param *param)
{
    return param && param->small != 0 ? param->small : reco_param_default(param);
}
