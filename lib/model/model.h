/* SPDX-License-Identifier: MIT */
/* THE CONTRACT: everything an algorithm provides. Everything else is done around it, once: parameters by
 * name, checks, saving and loading, freeing, histories, filters, selection, batches, fallbacks, hybrids,
 * threads, tests.
 *
 * To add an algorithm: lib/algo/foo.c, a word in lib/model/registry.h, tests/algo/foo.c, rows in
 * tests/table/table.json. lib/algo/popular.c is the template. An algorithm does no input or output, takes no locks,
 * has no free function, and checks nothing but what its mathematics needs: data and history are valid when
 * they arrive.
 */
#ifndef RECO__MODEL_H
#define RECO__MODEL_H

#include "base/error.h"
#include "base/memory.h"
#include "base/param.h"
#include "base/run.h"
#include "data/data.h"
#include "reco/model.h"
#include "state.h"

/* Whoever asks, as a history; a model's user is looked up first. */
typedef struct reco__asker {
    int32_t user;         /* index in the model's users, or -1 */
    const int32_t *items; /* [n] ascending, no repeats */
    const float *values;  /* [n] above 0 */
    const int64_t *times; /* [n], or NULL; only for algorithms with RECO__KEEPS_TIMES */
    int64_t n;
} reco__asker;

/* Which items to score: all of them in order when index is NULL, else those listed, in any order, repeats
 * allowed. */
typedef struct reco__items {
    const int32_t *index; /* [n] or NULL */
    int32_t n;
} reco__items;

static inline int32_t reco__item(const reco__items *which, int32_t k)
{
    return which->index ? which->index[k] : k;
}

/* Memory that the driver hands to a question, sized once from what `scratch` tells. */
typedef struct reco__scratch {
    char *data;
    int64_t size, used;
} reco__scratch;

/* Bytes that taking count elements uses up, for adding up a need. */
int64_t reco__scratch_need(int64_t count, size_t size);
/* Takes memory; what was taken stays until the question ends or `used` is set back. Never fails within the
 * need. */
void *reco__scratch_take(reco__scratch *scratch, int64_t count, size_t size);

/* What a factor model is made of: score = users[u] . items[i] */
typedef struct reco__factors {
    int32_t n;          /* entries of a row */
    int64_t stride;     /* from row to row */
    const float *items; /* [n_items, stride] */
    const float *users; /* [n_users, stride], or NULL: always fold in */
} reco__factors;

enum {
    RECO__SPARSE = 1,      /* a score of exactly 0 means: nothing known; such items are not listed */
    RECO__ANSWERS_ALL = 2, /* answers who has no history too */
    RECO__NEEDS_USERS = 4, /* is nothing without its users' histories */
    RECO__KEEPS_TIMES = 8, /* wants the times of histories */
    RECO__HYBRID = 16      /* has parts */
};

/* In an algorithm's table, around what only training needs: a query-only build (-Dtraining=false) links
 * neither it nor anything that only it calls. */
#define RECO__TRAINS(function) (RECO__TRAINING ? (function) : NULL)

/* One const table per algorithm. NULL functions mean what stands beside them. */
typedef struct reco__algo {
    const char *name, *summary; /* "als"; one line for docs, bindings and the command */
    uint32_t state_version;     /* of what state() lists; raise it when that changes */
    uint32_t traits;
    size_t size; /* of the algorithm's struct, whose first member is the reco_model */
    const reco__param *params;

    /* Learns from data->history->x (by user), data->by_item, data->log and the catalog's features. Allocates
     * its arrays with reco__alloc and leaves them where state() finds them, also on failure: the core frees
     * them. */
    reco_status (*fit)(reco_model *self, const reco_data *data, reco__run *run);
    /* Lists what was learned, by name, shape and range; see state.h. */
    reco_status (*state)(reco_model *self, reco__state *state);
    /* scores[k] of the k-th of `which`. Allocates nothing. NULL for factor models. The history is empty only
     * with RECO__ANSWERS_ALL. */
    reco_status (*score)(const reco_model *self, const reco__asker *who, const reco__items *which,
                         float *scores, reco__scratch *scratch);
    /* scores[k] of how alike `item` and the k-th of `which` are; 0 = not at all. NULL: cosine of item factors
     * for factor models, else unsupported. */
    reco_status (*similar)(const reco_model *self, int32_t item, const reco__items *which, float *scores,
                           reco__scratch *scratch);
    /* amounts[k]: what the k-th entry of the asker's history adds to the score of `item`; they sum to the
     * score. NULL: unsupported. The history is not empty. */
    reco_status (*explain)(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch);
    /* Derives what is not stored, after fit and after loading; such arrays are listed in state() with
     * RECO__DERIVED. NULL: nothing. */
    reco_status (*prepare)(reco_model *self, reco_error *err);
    /* Bytes of scratch that score, similar, explain and fold_in need at the most. NULL: none. */
    int64_t (*scratch)(const reco_model *self);
    /* Bytes that fit takes at its peak, negative on overflow. NULL: only what the core itself takes. */
    int64_t (*estimate)(const reco_model *self, const reco_data *data, int32_t threads);
    /* Factor models: what they are made of, and the factors [n] of a history (n > 0 entries). */
    void (*factors)(const reco_model *self, reco__factors *out);
    reco_status (*fold_in)(const reco_model *self, const reco__asker *who, float *factors,
                           reco__scratch *scratch);
} reco__algo;

/* What every model has. */
struct reco_model {
    const reco__algo *algo;
    int32_t fitted;
    int64_t threads, seed; /* parameters of all */
    double memory_limit;
    int32_t n_users, n_items;
    reco__catalog *catalog;  /* ids, and the items' features */
    reco__history *history;  /* NULL without users */
    const float *popularity; /* [n_items] sum of values: the answer for those without a history. NULL in a
                                hybrid's part */
    int64_t pairs, events, first_time, last_time;
    reco__block *block; /* what the arrays point into when loaded, else NULL */
    reco_model **parts; /* of a hybrid */
    double *weights;    /* [n_parts] */
    int32_t n_parts;
};

/* The parameters of all models: threads, seed, memory_limit. */
extern const reco__param reco__common_params[];

/* For hybrids: fit a part inside the hybrid's run, from and to as parts of its progress; ask a part. */
reco_status reco__part_fit(reco_model *part, const reco_data *data, const reco__run *run, double from,
                           double to);
/* Scores by whatever the model's algorithm is; EUNSUPPORTED never. Needs reco__model_answers. */
reco_status reco__model_scores(const reco_model *model, const reco__asker *who, const reco__items *which,
                               float *scores, reco__scratch *scratch);
reco_status reco__model_similars(const reco_model *model, int32_t item, const reco__items *which,
                                 float *scores, reco__scratch *scratch);
/* What each entry of a history adds to an item's score: for hybrids, only parts that have explain. */
reco_status reco__model_amounts(const reco_model *model, const reco__asker *who, int32_t item, float *amounts,
                                reco__scratch *scratch);
int32_t reco__model_has_explain(const reco_model *model);
/* Bytes of scratch for the calls above. */
int64_t reco__model_scratch(const reco_model *model);
/* Whether the model has something to say to this asker, or popularity must answer. */
int32_t reco__model_answers(const reco_model *model, const reco__asker *who);
int32_t reco__model_has_similar(const reco_model *model);
/* Whether a score of 0 means nothing known: a hybrid's when all parts' do. */
int32_t reco__model_sparse(const reco_model *model);

#endif
