/* SPDX-License-Identifier: MIT */
/* What a sweep is made of: a world in which one call is made again and again, each time with another
 * allocation that fails. */
#ifndef RECO_TESTS_SWEEP_H
#define RECO_TESTS_SWEEP_H

#include "support/made.h"

enum { WORLD_USERS = 12, MANY_USERS = 150, WORLD_ITEMS = 14, WORLD_LIMIT = 4 };

/* Made anew for each attempt; a scenario has what it needs. */
typedef struct world {
    const char *algo;
    int32_t n_users;
    reco_builder *builder;
    reco_format *format;
    reco_data *data, *train, *test;
    reco_model *model, *loaded;
    reco_query *query;
    reco_list *list;
    reco_run *run;
    reco_protocol *protocol;
    reco_report *report;
    void *bytes, *saved;
    int64_t n, n_saved;
    const char *ids[WORLD_ITEMS];
    int32_t items[MANY_USERS * WORLD_LIMIT], sizes[MANY_USERS], statuses[MANY_USERS];
    float scores[MANY_USERS * WORLD_LIMIT];
    int64_t number;
} world;

enum {
    NEEDS_BUILDER = 1, /* with events and features */
    NEEDS_DATA = 2,    /* data, and its parts train and test */
    NEEDS_MODEL = 4,   /* unfitted */
    NEEDS_FITTED = 8,  /* model fitted on data (implies NEEDS_DATA) */
    NEEDS_SAVED = 16,  /* saved: bytes of the fitted model, and the file SAVED_PATH */
    NEEDS_QUERY = 32,  /* query and list */
    NEEDS_FORMAT = 64, /* a format for the event file */
    ONCE = 128,        /* not again for each algorithm */
    MANY = 256,        /* enough users for several threads */
    THREADS = 512      /* starts some */
};

typedef struct scenario {
    const char *name;
    int32_t needs;
    /* The call. May fail with RECO_ENOMEM. */
    reco_status (*act)(world *w, reco_error *err);
    /* After failure: outputs are as they should be. NULL: no outputs. */
    void (*untouched)(const world *w);
    /* After success: all that the call brought about, as one number. */
    uint64_t (*outcome)(world *w);
} scenario;

extern const scenario data_scenarios[], model_scenarios[]; /* end with {0} */

#define EVENTS_PATH "faults-events.csv"
#define ITEMS_PATH  "faults-items.csv"
#define USERS_PATH  "faults-users.csv"
#define SAVED_PATH  "faults-saved.reco"
#define OTHER_PATH  "faults-other.reco"

/* A public function, noted as called. */
#define CALL(function) (sweep_note(#function), function)
void sweep_note(const char *function);

/* Within an act: a call on the way to the one that matters. */
#define FIRST(call)                                                                                          \
    do {                                                                                                     \
        reco_status first_status = (call);                                                                   \
        if (first_status != RECO_OK) {                                                                       \
            return first_status;                                                                             \
        }                                                                                                    \
    } while (0)

/* Numbers for what there is to compare. */
uint64_t digest(uint64_t sum, const void *bytes, int64_t n);
uint64_t digest_data(uint64_t sum, const reco_data *data);
uint64_t digest_list(uint64_t sum, const reco_list *list);
uint64_t digest_model(uint64_t sum, const reco_model *model);

#endif
