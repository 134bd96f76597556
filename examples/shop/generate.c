/* SPDX-License-Identifier: MIT */
/* generate - makes a shop: writes events.csv, items.csv and users.csv into a folder.
 *
 *     shop-generate FOLDER [SEED]
 */
#include "made.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
        fprintf(stderr, "shop-generate: the folder's name is too long\n");
        return NULL;
    }
    FILE *file = fopen(path, "wb");
    if (!file)
        fprintf(stderr, "shop-generate: %s: %s\n", path, strerror(errno));
    return file;
}

/* Closes a file and tells whether all of it was written. */
static int finish(FILE *file, const char *name)
{
    if (!file)
        return 0;
    int failed = ferror(file);
    if (fclose(file) != 0 || failed) {
        fprintf(stderr, "shop-generate: %s could not be written\n", name);
        return 0;
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: shop-generate FOLDER [SEED]\n");
        return 2;
    }
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    FILE *items = create(argv[1], "items.csv");
    FILE *users = create(argv[1], "users.csv");
    FILE *events = create(argv[1], "events.csv");
    int64_t n = -1;
    if (items && users && events) {
        static made_catalog catalog;
        made_catalog_fill(&catalog, seed);
        made_catalog_write(&catalog, items);
        n = made_customers_write(&catalog, seed, users, events);
    }
    int whole = finish(items, "items.csv");
    whole &= finish(users, "users.csv");
    whole &= finish(events, "events.csv");
    return n >= 0 && whole ? 0 : 1;
}
