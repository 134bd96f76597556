/* SPDX-License-Identifier: MIT */
#include "heldout.h"

#include "base/search.h"

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

/* Whether a row of a matrix has a column. */
static bool row_has(const reco__csr *x, int32_t row, int32_t column)
{
    return reco__has(x->index + x->start[row], x->start[row + 1] - x->start[row], column);
}

typedef struct maps {
    int32_t *user, *item;   /* of the test set, in the model */
    int32_t *negative_user; /* of the test set, in the negatives */
} maps;

/* Takes in what was held out of one test user whom the model knows. */
static void take_items(reco__heldout *h, const reco_model *model, const reco__csr *test, int32_t t,
                       const maps *map)
{
    int32_t user = map->user[t];
    int64_t end = h->start[h->n], unknown = 0;
    for (int64_t e = test->start[t]; e < test->start[t + 1]; e++) {
        int32_t item = map->item[test->index[e]];
        if (item < 0) {
            unknown++;
        } else if (!row_has(&model->history->x, user, item)) {
            h->items[end++] = item;
        }
    }
    int64_t total = end - h->start[h->n] + unknown;
    if (total == 0) {
        h->users_without_test++;
        return;
    }
    h->items_unknown += unknown;
    h->longest = total > h->longest ? total : h->longest;
    h->user[h->n] = user;
    h->total[h->n] = total;
    h->row[h->n] = map->negative_user ? map->negative_user[t] : -1;
    h->start[++h->n] = end;
}

static void take_users(reco__heldout *h, const reco_model *model, const reco_data *test,
                       const reco_data *negatives, const maps *map)
{
    const reco__csr *x = &test->history->x;
    const reco__csr *seen = &model->history->x;
    for (int32_t t = 0; t < x->rows; t++) {
        if (x->start[t] == x->start[t + 1]) {
            continue;
        }
        int32_t user = map->user[t];
        if (user < 0 || seen->start[user] == seen->start[user + 1] ||
            !(model->catalog->consent[user] & RECO_CONSENT_PERSONAL)) {
            h->users_unknown++;
            continue;
        }
        if (negatives) {
            int32_t row = map->negative_user[t];
            const int64_t *start = negatives->history->x.start;
            if (row < 0 || start[row] == start[row + 1]) {
                h->users_without_negatives++;
                continue;
            }
        }
        take_items(h, model, x, t, map);
    }
}

reco_status reco__heldout_make(reco__heldout *out, const reco_model *model, const reco_data *test,
                               const reco_data *negatives, reco_error *err)
{
    reco_status status = RECO_OK;
    reco__heldout h = {0};
    maps map = {0};
    int64_t most = test->history->x.rows;
    TRY(match_side(test->catalog, model->catalog, RECO_USER, &map.user, err));
    TRY(match_side(test->catalog, model->catalog, RECO_ITEM, &map.item, err));
    if (negatives) {
        TRY(match_side(test->catalog, negatives->catalog, RECO_USER, &map.negative_user, err));
        TRY(match_side(negatives->catalog, model->catalog, RECO_ITEM, &h.negative, err));
    }
    TRY_ALLOC(h.user = reco__alloc(most, sizeof *h.user));
    TRY_ALLOC(h.row = reco__alloc(most, sizeof *h.row));
    TRY_ALLOC(h.total = reco__alloc(most, sizeof *h.total));
    TRY_ALLOC(h.start = reco__alloc_zero(most + 1, sizeof *h.start));
    TRY_ALLOC(h.items = reco__alloc(reco__csr_size(&test->history->x), sizeof *h.items));
    take_users(&h, model, test, negatives, &map);
    *out = h;
    memset(&h, 0, sizeof h);
done:
    reco__heldout_free(&h);
    reco__free(map.user);
    reco__free(map.item);
    reco__free(map.negative_user);
    return status;
}

void reco__heldout_free(reco__heldout *heldout)
{
    reco__free(heldout->user);
    reco__free(heldout->start);
    reco__free(heldout->items);
    reco__free(heldout->total);
    reco__free(heldout->row);
    reco__free(heldout->negative);
}
