/* SPDX-License-Identifier: MIT */
/* The made shop's customers: each has a taste in styles and in occasions, comes as often as such customers
 * do, looks at things, puts some in the cart, buys some of those and sends a few back.
 *
 * What someone looks at next is drawn from all products with
 *
 *     weight = appeal * style taste * occasion taste * season * (same occasion, collection as before)
 *
 * in whole numbers. The occasion of a product is in no column: who learns only from the words cannot know
 * that a teapot and a biscuit tin go together, who learns from the carts can. */
#include "made.h"

#include <stdlib.h>

enum { CUSTOMERS = 3000, DAYS = 730, BASKET = 24 };
/* 2024-07-01T00:00:00Z */
static const int64_t first_second = 1719792000;

enum deed { VIEW, CART, PURCHASE, RETURN };

typedef struct made_event {
    int64_t time;
    int32_t order; /* of equal times */
    int32_t customer;
    int16_t product, value;
    enum deed deed;
} made_event;

typedef struct made_customer {
    uint32_t styles[MADE_STYLES], occasions[MADE_OCCASIONS];
    int32_t budget; /* cents: dearer products are looked at less */
    int visits;
    int32_t first_day, last_day;
    int owned[BASKET], n_owned; /* bought and used up, to buy again */
} made_customer;

typedef struct made_log {
    made_event *events;
    int64_t n, capacity;
    int failed;
} made_log;

static void add(made_log *log, int64_t time, int who, int product, enum deed deed, int value)
{
    if (log->n == log->capacity) {
        int64_t capacity = log->capacity ? log->capacity * 2 : 65536;
        made_event *events = realloc(log->events, (size_t)capacity * sizeof(*events));
        if (!events) {
            log->failed = 1;
            return;
        }
        log->events = events;
        log->capacity = capacity;
    }
    log->events[log->n] = (made_event){time, (int32_t)log->n, who, (int16_t)product, (int16_t)value, deed};
    log->n++;
}

/* ---- the calendar */

/* Days since the shop opened, as a day of the year from 0, July 1st being 181. Leap days do not matter. */
static int day_of_year(int32_t day)
{
    return (int)((day + 181) % 365);
}

/* How much a product of a season is wanted, 100 being its normal. */
static uint32_t season_factor(made_season season, int32_t day)
{
    int d = day_of_year(day);
    switch (season) {
    case MADE_SPRING:
        return d >= 60 && d < 166 ? 220 : d >= 305 || d < 30 ? 20 : 70;
    case MADE_SUMMER:
        return d >= 120 && d < 232 ? 240 : d >= 290 || d < 60 ? 10 : 60;
    case MADE_CHRISTMAS:
        return d >= 305 && d < 357 ? 450 : d >= 262 && d < 305 ? 130 : 4;
    default:
        return 100;
    }
}

/* How busy the shop is. */
static uint32_t busy(int32_t day)
{
    int d = day_of_year(day);
    uint32_t season = d >= 305 && d < 355 ? 260 : d >= 90 && d < 150 ? 130 : 100;
    return season + (uint32_t)day / 10; /* and it grows */
}

/* ---- customers */

static void fill_taste(uint32_t *taste, int n, const uint32_t *levels, int n_levels, uint32_t rest,
                       made_random *random)
{
    for (int k = 0; k < n; k++)
        taste[k] = rest;
    for (int k = 0; k < n_levels; k++)
        taste[made_below(random, (uint32_t)n)] = levels[k];
}

static int visits(made_random *random)
{
    uint32_t kind = made_below(random, 100);
    if (kind < 42)
        return 1;
    if (kind < 75)
        return 2 + (int)made_below(random, 3);
    if (kind < 95)
        return 5 + (int)made_below(random, 8);
    return 14 + (int)made_below(random, 22);
}

static void fill_customer(made_customer *c, made_random *random)
{
    static const uint32_t style_levels[] = {12, 24}, occasion_levels[] = {8, 14, 24};
    fill_taste(c->styles, MADE_STYLES, style_levels, 2, 1, random);
    fill_taste(c->occasions, MADE_OCCASIONS, occasion_levels, 3, 1, random);
    c->budget = 1200 + (int32_t)made_below(random, 4000);
    c->visits = visits(random);
    c->first_day = (int32_t)made_below(random, DAYS);
    c->last_day = DAYS;
    if (c->visits > 1)
        c->first_day =
            made_chance(random, 30) ? 0 : c->first_day * 2 / 3; /* some came before the log began */
    c->n_owned = 0;
}

/* A day the customer comes: busy days are likelier. */
static int32_t visit_day(const made_customer *c, made_random *random)
{
    int32_t span = c->last_day - c->first_day, day;
    do {
        day = c->first_day + (int32_t)made_below(random, (uint32_t)span);
    } while (made_below(random, 340) >= busy(day));
    return day;
}

/* Evenings are busiest. */
static int64_t visit_time(int32_t day, made_random *random)
{
    static const uint64_t hours[24] = {2,  1,  1,  1,  1,  2,  4,  8,  12, 16, 18, 18,
                                       20, 18, 16, 16, 18, 20, 24, 30, 34, 30, 18, 8};
    int hour = made_pick(random, hours, 24);
    return first_second + day * (int64_t)86400 + hour * 3600 + made_below(random, 3600);
}

/* ---- a visit */

typedef struct made_visit {
    made_customer *who;
    int index; /* of the customer, -1 for a guest */
    int32_t day;
    int64_t time;
    int occasion; /* what brought them */
    int last;     /* product looked at before, or -1 */
} made_visit;

static uint64_t weight(const made_product *p, const made_product *last, const made_visit *visit)
{
    const made_customer *c = visit->who;
    uint64_t w = (uint64_t)p->appeal * c->styles[p->style] * c->occasions[p->occasion] *
                 season_factor(p->season, visit->day);
    if (p->first_day > visit->day)
        return 0;
    if (p->cents > c->budget)
        w /= 4;
    if (p->occasion == visit->occasion)
        w *= 12;
    if (last && last->collection == p->collection)
        w *= 5;
    if (last && last->type == p->type)
        w *= 2;
    return w;
}

/* What is looked at next, or -1 when nothing new came up. */
static int next_product(const made_catalog *shop, const made_visit *visit, made_random *random)
{
    uint64_t weights[MADE_MAX_PRODUCTS];
    const made_product *last = visit->last < 0 ? NULL : &shop->products[visit->last];
    int aimless = made_chance(random, 10);
    for (int i = 0; i < shop->n; i++) {
        const made_product *p = &shop->products[i];
        weights[i] = aimless ? (p->first_day <= visit->day ? p->appeal : 0) : weight(p, last, visit);
    }
    int product = made_pick(random, weights, shop->n);
    return product == visit->last ? -1 : product;
}

static int quantity(const made_product *p, made_random *random)
{
    if (p->consumed && made_chance(random, 35))
        return 2 + (int)made_below(random, 5);
    return made_chance(random, 12) ? 2 + (int)made_below(random, 3) : 1;
}

static void buy(const made_catalog *shop, made_visit *visit, int product, made_log *log, made_random *random)
{
    const made_product *p = &shop->products[product];
    made_customer *c = visit->who;
    int n = quantity(p, random);
    add(log, visit->time, visit->index, product, PURCHASE, n);
    if (made_chance(random, 4)) {
        int64_t later =
            visit->time + 86400 * (int64_t)(3 + made_below(random, 20)) + made_below(random, 40000);
        add(log, later, visit->index, product, RETURN, -n);
    } else if (p->consumed && visit->index >= 0 && c->n_owned < BASKET) {
        c->owned[c->n_owned++] = product;
    }
}

/* Looks at one product; some of those looked at go into the cart, most of those are bought. */
static void consider(const made_catalog *shop, made_visit *visit, int product, made_log *log,
                     made_random *random)
{
    visit->time += 20 + made_below(random, 160);
    add(log, visit->time, visit->index, product, VIEW, 1);
    visit->last = product;
    if (!made_chance(random, 32))
        return;
    visit->time += 5 + made_below(random, 40);
    add(log, visit->time, visit->index, product, CART, 1);
    if (!made_chance(random, 72))
        return;
    visit->time += 10 + made_below(random, 60);
    buy(shop, visit, product, log, random);
}

static int occasion_of_visit(const made_catalog *shop, const made_customer *c, int32_t day,
                             made_random *random)
{
    uint64_t wanted[MADE_OCCASIONS] = {0};
    for (int i = 0; i < shop->n; i++) {
        const made_product *p = &shop->products[i];
        wanted[p->occasion] += (uint64_t)season_factor(p->season, day) * c->occasions[p->occasion];
    }
    return made_pick(random, wanted, MADE_OCCASIONS);
}

static void come(const made_catalog *shop, made_customer *c, int index, made_log *log, made_random *random)
{
    made_visit v = {.who = c, .index = index, .day = visit_day(c, random), .last = -1};
    v.time = visit_time(v.day, random);
    v.occasion = occasion_of_visit(shop, c, v.day, random);
    if (c->n_owned && made_chance(random, 40))
        consider(shop, &v, c->owned[made_below(random, (uint32_t)c->n_owned)], log, random);
    int looks = 3 + (int)made_below(random, 4) + (made_chance(random, 30) ? (int)made_below(random, 9) : 0);
    while (looks-- > 0) {
        int product = next_product(shop, &v, random);
        if (product >= 0)
            consider(shop, &v, product, log, random);
    }
}

/* ---- the files */

static int earlier(const void *left, const void *right)
{
    const made_event *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* Howard Hinnant's way from days since 1970 to a date: years begin in March, so that leap days come last. */
static void write_time(int64_t time, FILE *out)
{
    int64_t days = time / 86400 + 719468, second = time % 86400;
    int64_t era = days / 146097, of_era = days % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * of_year + 2) / 153, day = of_year - (153 * shifted + 2) / 5 + 1;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    int64_t year = era * 400 + year_of_era + (month <= 2);
    fprintf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day, (int)(second / 3600),
            (int)(second / 60 % 60), (int)(second % 60));
}

static void write_events(const made_catalog *shop, made_log *log, FILE *out)
{
    static const char *const names[] = {"view", "cart", "purchase", "return"};
    qsort(log->events, (size_t)log->n, sizeof(*log->events), earlier);
    fputs("user,item,type,value,time\n", out);
    for (int64_t k = 0; k < log->n; k++) {
        const made_event *e = &log->events[k];
        if (e->customer >= 0)
            fprintf(out, "c%04d", (int)e->customer + 1);
        fprintf(out, ",%s,%s,%d,", shop->products[e->product].id, names[e->deed], (int)e->value);
        write_time(e->time, out);
        fputc('\n', out);
    }
}

/* Most agree to all, some only to statistics, a few to nothing. */
static void write_user(int index, FILE *out, made_random *random)
{
    static const char *const countries[] = {"Ireland", "France", "Germany", "Netherlands", "Sweden", "Spain"};
    static const uint64_t share[] = {60, 12, 11, 8, 5, 4};
    uint32_t answer = made_below(random, 100);
    fprintf(out, "c%04d,%s,%s\n", index + 1, countries[made_pick(random, share, 6)],
            answer < 93   ? "all"
            : answer < 97 ? "training"
                          : "none");
}

int64_t made_customers_write(const made_catalog *catalog, uint64_t seed, FILE *users, FILE *events)
{
    made_log log = {0};
    fputs("user,country,consent\n", users);
    for (int k = 0; k < CUSTOMERS; k++) {
        made_random random = made_random_for(seed, 1000 + (uint64_t)k);
        made_customer c;
        fill_customer(&c, &random);
        write_user(k, users, &random);
        for (int v = 0; v < c.visits; v++)
            come(catalog, &c, made_chance(&random, 4) ? -1 : k, &log, &random);
    }
    if (!log.failed)
        write_events(catalog, &log, events);
    free(log.events);
    return log.failed ? -1 : log.n;
}
