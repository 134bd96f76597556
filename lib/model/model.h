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
#include "base/search.h"
#include "data/data.h"
#include "reco/model.h"
#include "scores.h"
#include "store/state.h"

/* A row of numbered features, see data/profile.h. */
typedef struct reco__profile {
    const int32_t *numbers; /* [n] ascending */
    const float *values;    /* [n] */
    int64_t n;
} reco__profile;

/* Whoever asks: a user of the model, a history told in the query, or both. */
typedef struct reco__asker {
    int32_t user;         /* index in the model's users, or -1: also when the query tells more of the user */
    const int32_t *items; /* [n] the row: ascending, no repeats */
    const float *values;  /* [n] above 0 */
    int64_t n;
    const int32_t *had; /* [n_had] ascending: taken, but no taste, as what came back: not answered either */
    int64_t n_had;
    const int32_t *
        rated; /* [n_rated] ascending, each an item or had: what was rated, for RECO__RATINGS; of amounts the row */
    const float *ratings; /* [n_rated] of either sign */
    int64_t n_rated;
    reco__trail trail; /* the last events, as many as the model remembers; also of items not in the row */
    reco__profile about[RECO__SIDES]; /* who asks (RECO_USER) and when (RECO_CONTEXT) */
    int32_t withheld; /* what the user has not agreed to, who is answered as nobody therefore; else 0 */
} reco__asker;

/* How many entries an explanation of an answer to the asker has: those of the history, of the two profiles, of what else was
 * had, and last the rest. */
static inline int64_t reco__asker_entries(const reco__asker *who)
{
    return who->n + who->about[RECO_USER].n + who->about[RECO_CONTEXT].n + who->n_had + 1;
}

/* Which of those an item is that the asker took. */
static inline int64_t reco__asker_entry(const reco__asker *who, int32_t item)
{
    int64_t at = reco__find_in(who->items, who->n, item), rest = reco__asker_entries(who) - 1;
    return at >= 0 ? at : rest - who->n_had + reco__find_in(who->had, who->n_had, item);
}

/* Whether the asker took an item. */
static inline bool reco__asker_had(const reco__asker *who, int32_t item)
{
    return reco__has(who->items, who->n, item) || reco__has(who->had, who->n_had, item);
}

/* The last n events of a trail. */
static inline reco__trail reco__trail_last(const reco__trail *trail, int64_t n)
{
    int64_t from = trail->n - n;
    if (from <= 0) { /* and none may have no arrays */
        return *trail;
    }
    return (reco__trail){trail->n - from, trail->items + from, trail->values + from,
                         trail->times ? trail->times + from : NULL,
                         trail->types ? trail->types + from : NULL};
}

/* What a factor model is made of: score = users[u] . items[i] */
typedef struct reco__factors {
    int32_t n;          /* entries of a row */
    int64_t stride;     /* from row to row */
    const float *items; /* [n_items, stride] */
    const float *users; /* [n_users, stride], or NULL: always by vector() */
} reco__factors;

enum {
    RECO__ANSWERS_ALL = 2, /* answers who has no history too */
    RECO__NEEDS_USERS = 4, /* is nothing without its users' histories */
    RECO__HYBRID = 16,     /* has parts */
    RECO__RATINGS =
        64 /* learns from reco__history_pairs(), and its scores are predicted ratings, in their scale */
};

/* In an algorithm's table, around what only training needs: a query-only build (-Dtraining=false) links
 * neither it nor anything that only it calls. */
#define RECO__TRAINS(function) (RECO__TRAINING ? (function) : NULL)

/* One const table per algorithm. NULL functions mean what stands beside them. */
typedef struct reco__algo {
    const char *name, *summary; /* "als"; one line for docs, bindings and the command */
    uint32_t state_version;     /* of what state() lists; raise it when that changes */
    uint32_t state_oldest;      /* the oldest that it still reads: see reco__state_version. 0: no older one */
    uint32_t traits;
    size_t size; /* of the algorithm's struct, whose first member is the reco_model */
    const reco__param *params;

    /* Learns from data->history->x (tastes by user), data->by_item, data->log and the catalog's features. Allocates
     * its arrays with reco__alloc and leaves them where state() finds them, also on failure: the core frees
     * them. */
    reco_status (*fit)(reco_model *self, const reco_data *data, reco__run *run);
    /* Lists what was learned, by name, shape and range; see store/state.h. */
    reco_status (*state)(reco_model *self, reco__state *state);
    /* Adds what it knows to scores, see scores.h. Allocates nothing: memory comes from the scratch. NULL for factor models,
     * which know all items. The history is empty only with RECO__ANSWERS_ALL. */
    reco_status (*score)(const reco_model *self, const reco__asker *who, reco__scores *out,
                         reco__scratch *scratch);
    /* scores[k] of items[k], repeats allowed; 0 where nothing is known. For few items, where looking them up beats scoring
     * all. NULL: all are scored. */
    reco_status (*score_some)(const reco_model *self, const reco__asker *who, const int32_t *items, int32_t n,
                              float *scores, reco__scratch *scratch);
    /* Adds how alike `item` and others are; what has 0 is not alike. NULL: cosine of item factors for factor models, else
     * unsupported. */
    reco_status (*similar)(const reco_model *self, int32_t item, reco__scores *out, reco__scratch *scratch);
    /* The same of users: adds how alike `user` and others are, by their indices up to n_users. NULL: cosine of user factors
     * for factor models, else unsupported. */
    reco_status (*similar_users)(const reco_model *self, int32_t user, reco__scores *out,
                                 reco__scratch *scratch);
    /* amounts [reco__asker_entries], 0 on entry: what each entry of the asker's history adds to the score of `item`, then
     * each of the two profiles', each thing that was only had, and last what none of them does. They sum to the score. NULL:
     * all is rest. */
    reco_status (*explain)(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch);
    /* How many of the asker's last events it looks at; INT32_MAX: all. NULL: none, the row is enough. */
    int32_t (*remembers)(const reco_model *self);
    /* Derives what is not stored, after fit and after loading; such arrays are listed in state() with
     * RECO__DERIVED. NULL: nothing. */
    reco_status (*prepare)(reco_model *self, reco_error *err);
    /* Takes from the scratch all that score, score_some, similar, similar_users, explain and vector take at the most, in the same way:
     * so it is measured. NULL: they take nothing. */
    void (*layout)(const reco_model *self, reco__scratch *scratch);
    /* Bytes that fit takes at its peak, negative on overflow. NULL: only what the core itself takes. */
    int64_t (*estimate)(const reco_model *self, const reco_data *data, int32_t threads);
    /* Factor models: what they are made of, and the factors x [n] of whoever asks. */
    void (*factors)(const reco_model *self, reco__factors *out);
    reco_status (*vector)(const reco_model *self, const reco__asker *who, float *x, reco__scratch *scratch);
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
    reco__log *log;          /* of the users' last events; NULL when it remembers none */
    const float *popularity; /* [n_items] sum of values: the answer for those without a history. NULL in a
                                hybrid's part */
    int64_t pairs, events, first_time, last_time;
    reco__block *block; /* what the arrays point into when loaded, else NULL */
    reco_model **parts; /* of a hybrid */
    double *weights;    /* [n_parts] */
    int32_t n_parts;
};

/* How many features the model knows of a side, for arrays along them; also where state() lists what is to be freed of a
 * model that was not fitted. */
static inline int32_t reco__model_features(const reco_model *model, int32_t side)
{
    return model->catalog ? model->catalog->sides[side].n_features : 0;
}

/* The parameters of all models: threads, seed, memory_limit. */
extern const reco__param reco__common_params[];

/* For hybrids: fit a part inside the hybrid's run, from and to as parts of its progress; ask a part. */
reco_status reco__part_fit(reco_model *part, const reco_data *data, const reco__run *run, double from,
                           double to);
/* Scores by whatever the model's algorithm is; EUNSUPPORTED never. Needs reco__model_answers. */
reco_status reco__model_score(const reco_model *model, const reco__asker *who, reco__scores *out,
                              reco__scratch *scratch);
reco_status reco__model_score_some(const reco_model *model, const reco__asker *who, const int32_t *items,
                                   int32_t n, float *scores, reco__scratch *scratch);
/* What score_some is without a way of its own: all are scored, for an algorithm whose way does not pay this time. */
reco_status reco__score_and_gather(const reco_model *model, const reco__asker *who, const int32_t *items,
                                   int32_t n, float *scores, reco__scratch *scratch);
reco_status reco__model_similar(const reco_model *model, int32_t item, reco__scores *out,
                                reco__scratch *scratch);
/* Of a model that has its users. */
reco_status reco__model_similar_users(const reco_model *model, int32_t user, reco__scores *out,
                                      reco__scratch *scratch);
/* The factors [n] of whoever asks: a user's own, or worked out into `room` [n]. Factor models only. */
reco_status reco__model_vector(const reco_model *model, const reco__factors *f, const reco__asker *who,
                               float *room, const float **x, reco__scratch *scratch);
/* amounts [reco__asker_entries]: what each entry of the asker adds to an item's score. */
reco_status reco__model_amounts(const reco_model *model, const reco__asker *who, int32_t item, float *amounts,
                                reco__scratch *scratch);
/* How many entries an explanation may have at the most, whoever asks. */
static inline int64_t reco__model_entries(const reco_model *model)
{
    const reco__side *sides = model->catalog->sides;
    return (int64_t)model->n_items + sides[RECO_USER].n_features + sides[RECO_CONTEXT].n_features + 1;
}
/* How many of the asker's last events the model and its parts look at. */
int32_t reco__model_remembers(const reco_model *model);
/* Whether the model or a part of it looks at what the asker rated. */
bool reco__model_rates(const reco_model *model);
/* Takes what the calls above take at the most. */
void reco__model_layout(const reco_model *model, reco__scratch *scratch);
/* Whether the model has something to say to this asker, or popularity must answer. */
int32_t reco__model_answers(const reco_model *model, const reco__asker *who);
int32_t reco__model_has_similar(const reco_model *model);
int32_t reco__model_has_similar_users(const reco_model *model);
/* Whether all items are known to it, each by a product of factors: then few items are scored as they are. */
static inline int32_t reco__model_has_factors(const reco_model *model)
{
    return model->algo->vector != NULL;
}

#endif
