/* SPDX-License-Identifier: MIT */
/* Walks over a list of state.h, one for each thing that is done with what is listed. Who walks says how many users and
 * items there are (`n`) and, of a file, the version of the list (`version`; in other walks it is the newest):
 *
 *     reco__state s = reco__walk_save(&file, without, err);
 *     s.n[RECO_USER] = ...
 *     TRY(list(object, &s)); */
#ifndef RECO__WALK_H
#define RECO__WALK_H

#include "base/error.h"
#include "file.h"
#include "reco/data.h"
#include "state.h"

/* Besides the flags of state.h. */
enum {
    RECO__PERSONAL = 1, /* runs along users */
    RECO__SCALAR =
        64, /* stands in the object itself, or for something there: copied in and out, never freed */
    RECO__COPIED = 128 /* may be gone before the file is written */
};

/* One array as a walk meets it. */
typedef struct reco__array {
    const char *name;
    uint32_t kind;
    int32_t flags;
    int64_t axis[2];       /* of rows and columns, as listed */
    int64_t rows, columns; /* rows -1: any number, set when it is filled */
    int64_t low, high;     /* bounds of whole numbers */
    const void **at;
    const struct reco__group *group; /* rows of entries: `start` itself, or what is told of each entry */
    int64_t of;                      /* axis of what is told */
} reco__array;

typedef struct reco__group {
    int64_t axis, n; /* of the rows, and how many they are */
    const int64_t **start;
    const reco__per_entry *told;
    int32_t n_told;
    int64_t blank; /* entries of a new row */
} reco__group;

/* Other numbers of users and items, by RECO_USER and RECO_ITEM. */
typedef struct reco__moves {
    const int32_t *to
        [2]; /* [how many there were] the new number of each, ascending, or -1: it is gone; NULL: as it was */
    int64_t n[2]; /* how many there are then */
} reco__moves;

struct reco__state {
    reco_status (*visit)(reco__state *s, reco__array *a);
    int32_t without; /* what has one of these flags is passed over */
    bool fills, loading, frees;
    uint32_t version;
    int64_t n[2]; /* users, items */
    char prefix[RECO__SECTION_NAME];
    reco_error *err;
    reco__file *file;          /* save, load; of carried arrays */
    const reco__block *block;  /* free */
    int64_t bytes;             /* bytes */
    const char *wanted;        /* find */
    reco__array *found;        /* find */
    reco__names *names;        /* find */
    const reco__moves *moves;  /* carry */
    const int64_t *new_starts; /* carry: of the rows whose entries come next */
    int64_t n_entries;         /* carry: of them all */
};

/* Adds all to a file, but what has one of the flags `without`. The object must live until the file is written. */
reco__state reco__walk_save(reco__file *file, int32_t without, reco_error *err);
/* Fills an object that is all zero from a file, and checks what it says. Arrays point into the file's block. On failure
 * some are set; a walk that frees frees them. */
reco__state reco__walk_load(reco__file *file, int32_t without, reco_error *err);
/* Frees all that does not lie in the block (or NULL), and sets the pointers to NULL. */
reco__state reco__walk_free(const reco__block *block);
/* Adds up bytes. */
reco__state reco__walk_bytes(void);
/* Looks for numbers that are not finite: ENUMERIC, with the array's name. */
reco__state reco__walk_check(reco_error *err);
/* Finds an array that is stored (found->at is NULL: there is none of this name), and collects the names there are. */
reco__state reco__walk_find(const char *name, reco__array *found, reco__names *names);
/* Adds all to a file as it is after some moves, in arrays of its own; and fills another object from there, whose walk has
 * the new numbers of users and items. ENOMEM. */
reco__state reco__walk_carry(reco__file *file, const reco__moves *moves, reco_error *err);
reco__state reco__walk_take(reco__file *file, int32_t without, reco_error *err);

#endif
