/* SPDX-License-Identifier: MIT */
#include "heldout.h"

#include "model/asker.h"

#include <string.h>

/* map[k] = the index in `to` of string k of `from`, or -1. Both are sorted, so one pass over both does it; a
 * data set split in two shares its tables, and then the map is the identity. */
static void match(const reco__strings *from, const reco__strings *to, int32_t *map)
{
    int32_t t = 0;
    for (int32_t f = 0; f < from->n; f++) {
        if (from->bytes == to->bytes) {
            map[f] = f;
            continue;
        }
        int32_t order = 1;
        while (t < to->n) {
            order = reco__string_order(reco__string(from, f), reco__string_length(from, f),
                                       reco__string(to, t), reco__string_length(to, t));
            if (order <= 0) {
                break;
            }
            t++;
        }
        map[f] = order == 0 && t < to->n ? t : -1;
    }
}

static reco_status match_side(const reco__catalog *from, const reco__catalog *to, int32_t side, int32_t **map,
                              reco_error *err)
{
    *map = reco__alloc(from->sides[side].ids.n, sizeof **map);
    if (!*map) {
        return reco__out_of_memory(err);
    }
    match(&from->sides[side].ids, &to->sides[side].ids, *map);
    return RECO_OK;
}

/* Types of events of the same name; RECO__NO_TYPE for those that `to` does not have. NULL when memory ran out. */
static uint8_t *match_types(const reco__types *from, const reco__types *to)
{
    uint8_t *map = reco__alloc(from->names.n, sizeof *map);
    for (int32_t f = 0; map && f < from->names.n; f++) {
        map[f] = RECO__NO_TYPE;
        for (int32_t t = 0; t < to->names.n; t++) {
            if (strcmp(reco__string(&from->names, f), reco__string(&to->names, t)) == 0) {
                map[f] = (uint8_t)t;
            }
        }
    }
    return map;
}

/* What taking points needs besides the place where they go. */
typedef struct taking {
    const reco_model *model;
    const reco_data *test;
    const reco_protocol *protocol;
    const reco__csr *rated; /* the test set's pairs whose values are to be predicted, or NULL */
    int32_t seen;           /* items of the history are held out too */
    int32_t rates;          /* the model looks at ratings, and the test set has them */
    int32_t needs;          /* what who asks must have agreed to */
    int32_t *user, *item;   /* of the test set, in the model */
    int32_t *negative_user; /* of the test set, in the negatives */
    int32_t *mark;          /* [test items] the last user, counted from 1, for whom an item was marked */
    uint8_t *type;          /* [test types] in the model, or RECO__NO_TYPE */
    int64_t trail;          /* entries of trails so far */
    int64_t end, unknown;   /* of the point that is being made: where its items end, and items not known */
    int64_t value_end, value_unknown; /* the same of what is to be predicted */
} taking;

/* ---- one point ---- */

static void hold_out(const reco__heldout *h, taking *t, int32_t item)
{
    if (t->item[item] < 0) {
        t->unknown++;
    } else {
        h->items[t->end++] = t->item[item];
    }
}

static void hold_value(const reco__heldout *h, taking *t, int32_t item, float value)
{
    if (t->item[item] < 0) {
        t->value_unknown++;
    } else {
        h->value_items[t->value_end] = t->item[item];
        h->values[t->value_end++] = value;
    }
}

/* Holds out what `held` says of test user u's items. */
static void hold_out_row(const reco__heldout *h, taking *t, int32_t u,
                         bool (*held)(const taking *t, int32_t u, int32_t item))
{
    const reco__csr *x = &t->test->history->x, *rated = t->rated;
    for (int64_t e = x->start[u]; e < x->start[u + 1]; e++) {
        if (held(t, u, x->index[e])) {
            hold_out(h, t, x->index[e]);
        }
    }
    for (int64_t e = rated ? rated->start[u] : 0; rated && e < rated->start[u + 1]; e++) {
        if (held(t, u, rated->index[e])) {
            hold_value(h, t, rated->index[e], rated->value[e]);
        }
    }
}

/* Ends the point of test user `u`. False when nothing was held out, and then there is none. */
static bool add_point(reco__heldout *h, taking *t, int32_t u, int32_t asker)
{
    int64_t total = t->end - h->start[h->n] + t->unknown;
    int64_t values = t->rated ? t->value_end - h->value_start[h->n] : 0;
    if (total == 0 && values == 0) {
        t->value_unknown = 0;
        return false;
    }
    h->items_unknown += t->rated ? t->value_unknown : t->unknown; /* tastes are rated too */
    h->longest = total > h->longest ? total : h->longest;
    h->longest = values > h->longest ? values : h->longest;
    h->asker[h->n] = asker;
    h->total[h->n] = total;
    h->asked += total > 0;
    h->row[h->n] = t->negative_user ? t->negative_user[u] : -1;
    h->start[++h->n] = t->end;
    if (t->rated) {
        h->value_start[h->n] = t->value_end;
    }
    t->unknown = t->value_unknown = 0;
    return true;
}

/* The same for whoever has the trail's entries from `first` on. */
static bool add_trail_point(reco__heldout *h, taking *t, int32_t u, int64_t first)
{
    h->trail_start[h->n] = first;
    h->trail_end[h->n] = t->trail;
    h->longest_trail = t->trail - first > h->longest_trail ? t->trail - first : h->longest_trail;
    return add_point(h, t, u, -1);
}

/* ---- the points of test user u ---- */

static bool is_new(const taking *t, int32_t u, int32_t item)
{
    return t->seen || t->item[item] < 0 || !reco__history_has(t->model->history, t->user[u], t->item[item]);
}

/* Asks by the history that the model has. */
static void take_user(reco__heldout *h, taking *t, int32_t u)
{
    hold_out_row(h, t, u, is_new);
    h->users_without_test += !add_point(h, t, u, t->user[u]);
}

/* Whether an event of test user u is a taste. */
static bool is_taste(const taking *t, int32_t u, int64_t event)
{
    const reco__log *log = t->test->log;
    return reco__log_counts(log, t->test->catalog, event) > 0 &&
           reco__csr_has(&t->test->history->x, u, log->item[event]);
}

/* Whether it is one of the trail. */
static bool counts(const taking *t, int32_t u, int64_t event)
{
    return t->rates || is_taste(t, u, event);
}

/* Takes an event into the trail, if the model knows its item. */
static void follow(const reco__heldout *h, taking *t, int64_t event)
{
    const reco__log *log = t->test->log;
    int32_t item = t->item[log->item[event]];
    if (item < 0) {
        return;
    }
    h->trail_items[t->trail] = item;
    h->trail_values[t->trail] = log->value[event];
    h->trail_weighed[t->trail] = reco__log_weighed(log, &t->test->catalog->types, event);
    if (h->trail_times) {
        h->trail_times[t->trail] = log->time[event];
    }
    if (h->trail_types) {
        uint8_t type = log->type[event];
        h->trail_types[t->trail] = type == RECO__NO_TYPE ? type : t->type[type];
    }
    t->trail++;
}

static bool is_other(const taking *t, int32_t u, int32_t item)
{
    return (t->mark[item] == u + 1) == t->seen;
}

/* Asks by the first events. Marked are the items of those, or of the others when items of the history are held
 * out too. */
static void take_given(reco__heldout *h, taking *t, int32_t u)
{
    const reco__log *log = t->test->log;
    int64_t given = t->protocol->given ? t->protocol->given : RECO__GIVEN_EVENTS, n = 0, first = t->trail;
    for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
        if (!counts(t, u, e)) {
            continue;
        }
        if (n++ < given) {
            follow(h, t, e);
        }
        if ((n > given) == t->seen) {
            t->mark[log->item[e]] = u + 1;
        }
    }
    if (n > given && t->trail == first) {
        h->users_unknown++;
        return;
    }
    if (n > given) {
        hold_out_row(h, t, u, is_other);
    }
    if (!add_trail_point(h, t, u, first)) {
        t->trail = first;
        h->users_without_test++;
    }
}

static void hold_event(const reco__heldout *h, taking *t, int32_t u, int64_t event)
{
    const reco__log *log = t->test->log;
    if (is_taste(t, u, event)) {
        hold_out(h, t, log->item[event]);
    }
    if (t->rated) {
        hold_value(h, t, log->item[event], reco__log_weighed(log, &t->test->catalog->types, event));
    }
}

/* Asks after each event but the last. Marked are the items of the events so far. */
static void take_next(reco__heldout *h, taking *t, int32_t u)
{
    const reco__log *log = t->test->log;
    int64_t n = 0, first = t->trail, before = h->n;
    for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
        int32_t item = log->item[e];
        if (!counts(t, u, e)) {
            continue;
        }
        if (n > 0 && t->trail == first) {
            h->points_unknown++;
        } else if (n > 0 && !t->seen && t->mark[item] == u + 1) {
            h->points_without_test++;
        } else if (n > 0) {
            hold_event(h, t, u, e);
            h->points_without_test += !add_trail_point(h, t, u, first);
        }
        t->mark[item] = u + 1;
        follow(h, t, e);
        n++;
    }
    h->users_without_test += n < 2;
    h->users += h->n > before;
}

/* ---- all points ---- */

/* Whether someone may be asked for. */
static bool may_ask(const taking *t, int32_t u)
{
    if (t->protocol->ask != RECO__ASK_USER) {
        return (t->needs & ~t->test->catalog->consent[u]) == 0;
    }
    const reco_model *model = t->model;
    const reco__csr *x = reco__model_rates(model) ? reco__history_pairs(model->history) : &model->history->x;
    int32_t user = t->user[u];
    return user >= 0 && x->start[user] < x->start[user + 1] &&
           (t->needs & ~model->catalog->consent[user]) == 0;
}

static bool has_negatives(const taking *t, int32_t u)
{
    int32_t row = t->negative_user[u];
    const int64_t *start = t->protocol->negatives->history->x.start;
    return row >= 0 && start[row] < start[row + 1];
}

static void take_all(reco__heldout *h, taking *t)
{
    static void (*const ways[])(reco__heldout *, taking *, int32_t) = {take_user, take_given, take_next};
    const reco__csr *x = t->rates ? &t->test->history->rated : &t->test->history->x;
    for (int32_t u = 0; u < x->rows; u++) {
        if (x->start[u] == x->start[u + 1]) {
            continue;
        }
        if (!may_ask(t, u)) {
            h->users_unknown++;
        } else if (t->protocol->negatives && !has_negatives(t, u)) {
            h->users_without_negatives++;
        } else {
            ways[t->protocol->ask](h, t, u);
        }
    }
    h->users = t->protocol->ask == RECO__ASK_NEXT ? h->users : h->n;
}

/* A point for each user, or for each event; an item of each pair, or of each event. */
static reco_status allocate(reco__heldout *h, const taking *t, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_data *test = t->test;
    int64_t events = reco__log_size(test->log);
    int32_t next = t->protocol->ask == RECO__ASK_NEXT;
    int64_t points = next ? events : test->history->x.rows;
    int64_t items = next ? events : reco__csr_size(&test->history->x);
    TRY_ALLOC(h->asker = reco__alloc(points, sizeof *h->asker));
    TRY_ALLOC(h->row = reco__alloc(points, sizeof *h->row));
    TRY_ALLOC(h->total = reco__alloc(points, sizeof *h->total));
    TRY_ALLOC(h->start = reco__alloc_zero(points + 1, sizeof *h->start));
    TRY_ALLOC(h->items = reco__alloc(items, sizeof *h->items));
    if (t->rated) {
        int64_t values = next ? events : reco__csr_size(t->rated);
        TRY_ALLOC(h->value_start = reco__alloc_zero(points + 1, sizeof *h->value_start));
        TRY_ALLOC(h->value_items = reco__alloc(values, sizeof *h->value_items));
        TRY_ALLOC(h->values = reco__alloc(values, sizeof *h->values));
    }
    if (t->protocol->ask != RECO__ASK_USER) {
        TRY_ALLOC(h->trail_start = reco__alloc(points, sizeof *h->trail_start));
        TRY_ALLOC(h->trail_end = reco__alloc(points, sizeof *h->trail_end));
        TRY_ALLOC(h->trail_items = reco__alloc(events, sizeof *h->trail_items));
        TRY_ALLOC(h->trail_values = reco__alloc(events, sizeof *h->trail_values));
        TRY_ALLOC(h->trail_weighed = reco__alloc(events, sizeof *h->trail_weighed));
    }
    if (t->protocol->ask != RECO__ASK_USER && test->log->time) {
        TRY_ALLOC(h->trail_times = reco__alloc(events, sizeof *h->trail_times));
    }
    if (t->protocol->ask != RECO__ASK_USER && test->log->type) {
        TRY_ALLOC(h->trail_types = reco__alloc(events, sizeof *h->trail_types));
    }
done:
    return status;
}

reco_status reco__heldout_make(reco__heldout *out, const reco_model *model, const reco_data *test,
                               const reco_protocol *protocol, reco__holding how, reco_error *err)
{
    reco_status status = RECO_OK;
    const reco_data *negatives = protocol->negatives;
    reco__heldout h = {.needs = how.needs};
    taking t = {.model = model,
                .test = test,
                .protocol = protocol,
                .rated = how.values ? reco__history_pairs(test->history) : NULL,
                .seen = how.seen,
                .rates = reco__model_rates(model) && test->catalog->values == RECO__RATED,
                .needs = how.needs};
    TRY(match_side(test->catalog, model->catalog, RECO_ITEM, &t.item, err));
    if (protocol->ask == RECO__ASK_USER) {
        TRY(match_side(test->catalog, model->catalog, RECO_USER, &t.user, err));
    } else {
        TRY_ALLOC(t.mark = reco__alloc_zero(reco__data_items(test), sizeof *t.mark));
        TRY_ALLOC(t.type = match_types(&test->catalog->types, &model->catalog->types));
    }
    if (negatives) {
        TRY(match_side(test->catalog, negatives->catalog, RECO_USER, &t.negative_user, err));
        TRY(match_side(negatives->catalog, model->catalog, RECO_ITEM, &h.negative, err));
    }
    TRY(allocate(&h, &t, err));
    take_all(&h, &t);
    *out = h;
    memset(&h, 0, sizeof h);
done:
    reco__heldout_free(&h);
    reco__free(t.user);
    reco__free(t.item);
    reco__free(t.negative_user);
    reco__free(t.mark);
    reco__free(t.type);
    return status;
}

void reco__heldout_free(reco__heldout *heldout)
{
    reco__free(heldout->asker);
    reco__free(heldout->row);
    reco__free(heldout->start);
    reco__free(heldout->items);
    reco__free(heldout->value_start);
    reco__free(heldout->value_items);
    reco__free(heldout->values);
    reco__free(heldout->total);
    reco__free(heldout->trail_start);
    reco__free(heldout->trail_end);
    reco__free(heldout->trail_items);
    reco__free(heldout->trail_values);
    reco__free(heldout->trail_weighed);
    reco__free(heldout->trail_times);
    reco__free(heldout->trail_types);
    reco__free(heldout->negative);
}

/* ---- who asks ---- */

reco__asker reco__heldout_asker(const reco__heldout *heldout, const reco_model *model, int64_t point,
                                const reco__row_room *room)
{
    static const reco__asker nobody = {.user = -1};
    const reco__heldout *h = heldout;
    if (h->asker[point] >= 0) {
        return reco__asker_known(model, h->asker[point], h->needs);
    }
    int64_t first = h->trail_start[point], n = h->trail_end[point] - first;
    reco__trail trail = {
        .n = n,
        .items = h->trail_items + first,
        .values = h->trail_values + first,
        .times = h->trail_times ? h->trail_times + first : NULL,
        .types = h->trail_types ? h->trail_types + first : NULL,
    };
    reco__asker who = {.user = -1, .trail = reco__trail_last(&trail, reco__model_remembers(model))};
    reco__row_join(&who, &nobody, trail.items, h->trail_weighed + first, n, model->catalog, room);
    return who;
}
