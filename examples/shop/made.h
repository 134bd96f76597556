/* SPDX-License-Identifier: MIT */
/* made.h - a made shop: products, customers and two years of events, all from one seed.
 *
 * Everything is computed with whole numbers, so a seed gives the same bytes on every machine. */
#ifndef MADE_H
#define MADE_H

#include <stdint.h>
#include <stdio.h>

/* ---- random numbers (made.c) */

typedef struct made_random {
    uint64_t state;
} made_random;

/* A generator of its own for part `part` of the shop: changing one part leaves the others as they were. */
made_random made_random_for(uint64_t seed, uint64_t part);
/* A whole number in [0, n). */
uint32_t made_below(made_random *random, uint32_t n);
/* True in `percent` of 100 cases. */
int made_chance(made_random *random, uint32_t percent);
/* An index in [0, n), each with probability weights[k] / sum. The sum is above 0. */
int made_pick(made_random *random, const uint64_t *weights, int n);

/* ---- products (products.c) */

enum { MADE_STYLES = 9, MADE_OCCASIONS = 14, MADE_MAX_PRODUCTS = 600 };

/* When a product is wanted. */
typedef enum made_season { MADE_ALL_YEAR, MADE_SPRING, MADE_SUMMER, MADE_CHRISTMAS } made_season;

typedef struct made_product {
    char id[64];
    char title[96];
    char text[512];
    const char *category, *material, *collection_name;
    int collection; /* one pattern over many products */
    int style;      /* of the collection: seen in words and colors */
    int occasion;   /* what it is bought for: seen in no column, only in what is bought together */
    int type;       /* mug, vase, kite, ... */
    int consumed;   /* used up and bought again */
    made_season season;
    int32_t cents;
    uint32_t appeal;   /* how well it sells */
    int32_t first_day; /* when it came into the shop */
} made_product;

typedef struct made_catalog {
    made_product products[MADE_MAX_PRODUCTS];
    int n;
} made_catalog;

void made_catalog_fill(made_catalog *catalog, uint64_t seed);
/* Writes items.csv: item,title,description,category,collection,material,tags,price */
void made_catalog_write(const made_catalog *catalog, FILE *out);
const char *made_style_name(int style);

/* ---- customers and what they did (customers.c) */

/* Writes users.csv (user,country,consent) and events.csv (user,item,type,value,time).
 * Returns the number of events, or -1 when memory ran out. */
int64_t made_customers_write(const made_catalog *catalog, uint64_t seed, FILE *users, FILE *events);

#endif
