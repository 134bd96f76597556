/* SPDX-License-Identifier: MIT */
/* What every algorithm learned, carried over to other users and items: rows and entries of those who stay are as they
 * were, those who are gone have left nothing, and of those who are new nothing is known. Then answers, and files. */
#include "support/made.h"

#include "base/memory.h"
#include "model/learned.h"

#include <stdio.h>

enum { USERS = 60, ITEMS = 36, MOST_ARRAYS = 64 };

/* Users and items whose number modulo 4 is in a set, with events where both were in the first set. New ones stand between
 * old ones, as ids are sorted. */
enum { FIRST = 1 << 0 | 1 << 2 | 1 << 3, OTHER = 1 << 0 | 1 << 1 | 1 << 3, ALL = 15 };

static bool in(int32_t k, int32_t set)
{
    return set >> k % 4 & 1;
}

static reco_data *data_of(int32_t set)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        char item[16], text[256];
        int32_t used = snprintf(text, sizeof text, "word%d other%d", (int)(i % 5), (int)(i % 9));
        for (int32_t k = 0; k < 12; k++) { /* words of its own, which go with it */
            used += snprintf(text + used, sizeof text - (size_t)used, " own%dx%d", (int)i, (int)k);
        }
        snprintf(item, sizeof item, "i%d", (int)i);
        if (in(i, set)) {
            OK(reco_builder_add_text(b, RECO_ITEM, item, "title", text, &err));
            OK(reco_builder_add_number(b, RECO_ITEM, item, "price", i * 7 % 11, &err));
        }
        for (int32_t u = 0; u < USERS; u++) {
            char user[16];
            snprintf(user, sizeof user, "u%d", (int)u);
            if (i == 0 && in(u, set)) {
                OK(reco_builder_add_text(b, RECO_USER, user, "name", user, &err));
                OK(reco_builder_set_consent(b, user, RECO_CONSENT_ALL, &err));
            }
            if (in(u, set) && in(i, set) && in(u, FIRST) && in(i, FIRST) &&
                (u * u + i * i * 3 + u * i) % 7 < 2) {
                OK(reco_builder_add_event(b, user, item, NULL, (float)(1 + (u + i) % 3), 1000 + u * i, &err));
            }
        }
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* From numbers in one data set to numbers in the other. */
static int32_t *moves_of(const reco_data *from, const reco_data *to, int32_t side)
{
    const reco__strings *ids = &from->catalog->sides[side].ids;
    int32_t *moves = malloc(((size_t)ids->n + 1) * sizeof *moves);
    assert_non_null(moves);
    for (int32_t k = 0; k < ids->n; k++) {
        moves[k] = reco__strings_find(&to->catalog->sides[side].ids, reco__string(ids, k),
                                      reco__string_length(ids, k));
    }
    return moves;
}

typedef struct carried {
    reco_data *from, *to;
    reco_model *model, *moved;
    int32_t *users, *items;
    reco__moves moves;
} carried;

static carried carry(const char *algo, int32_t from, int32_t to)
{
    carried c = {data_of(from), data_of(to), NULL, NULL, NULL, NULL, {{NULL, NULL}, {0, 0}}};
    c.model = made_fitted(algo, c.from, 1);
    c.users = moves_of(c.from, c.to, RECO_USER);
    c.items = moves_of(c.from, c.to, RECO_ITEM);
    c.moves = (reco__moves){{c.users, c.items}, {reco__data_users(c.to), reco__data_items(c.to)}};
    OK(reco__model_carry(c.model, c.to->catalog, c.to->history, NULL, &c.moves, &c.moved, &err));
    return c;
}

static void done(carried *c)
{
    free(c->users);
    free(c->items);
    reco_model_free(c->moved);
    reco_model_free(c->model);
    reco_data_free(c->from);
    reco_data_free(c->to);
}

/* ---- arrays, cell by cell ---- */

enum { MOST_TOLD = 4 };

/* An array as a walk met it, with what is gone after the walk. */
typedef struct met {
    char name[RECO__SECTION_NAME];
    reco__array array;
    const void *values;
    reco__group group;
    reco__per_entry told[MOST_TOLD];
    const void *told_values[MOST_TOLD];
    const int64_t *start;
} met;

static met met_old[MOST_ARRAYS], met_new[MOST_ARRAYS];
static struct {
    met *list;
    int32_t n;
} collecting;

static reco_status collect(reco__state *s, reco__array *a)
{
    assert_true(collecting.n < MOST_ARRAYS);
    met *m = &collecting.list[collecting.n++];
    *m = (met){.array = *a, .values = *a->at};
    snprintf(m->name, sizeof m->name, "%s%s", s->prefix, a->name);
    if (a->group) {
        m->group = *a->group;
        m->start = *a->group->start;
        assert_true(m->group.n_told <= MOST_TOLD);
        for (int32_t k = 0; k < m->group.n_told; k++) {
            m->told[k] = a->group->told[k];
            m->told_values[k] = *m->told[k].array;
        }
    }
    return RECO_OK;
}

static int32_t collect_all(const reco_model *model, met *list)
{
    reco__state s = {.visit = collect, .without = RECO__DERIVED | RECO__SCALAR};
    collecting.list = list;
    collecting.n = 0;
    OK(reco__model_list(model, &s));
    return collecting.n;
}

/* Which old number has a new one: the other way round than the library goes. */
static int64_t old_of(const carried *c, int64_t axis, int64_t k, int64_t n_old)
{
    const int32_t *to = axis == RECO__USERS ? c->users : axis == RECO__ITEMS ? c->items : NULL;
    for (int64_t old = 0; to && old < n_old; old++) {
        if (to[old] == k) {
            return old;
        }
    }
    return to ? -1 : k;
}

static int32_t new_of(const carried *c, int64_t axis, int32_t k)
{
    return axis == RECO__USERS ? c->users[k] : axis == RECO__ITEMS ? c->items[k] : k;
}

static void compare_dense(const carried *c, const met *old, const met *new)
{
    static const char zeros[8];
    int64_t size = reco__kind_size(new->array.kind), columns = new->array.columns;
    for (int64_t k = 0; k < new->array.rows *columns; k++) {
        int64_t row = old_of(c, new->array.axis[0], k / columns, old->array.rows);
        int64_t column = old_of(c, new->array.axis[1], k % columns, old->array.columns);
        bool there = row >= 0 && column >= 0;
        const char *cell =
            (const char *)old->values + (there ? (row * old->array.columns + column) * size : 0);
        assert_memory_equal((const char *)new->values + k *size, there ? cell : zeros, (size_t)size);
    }
}

/* Whether all that an entry is of is still there. */
static bool stays(const carried *c, const met *old, int64_t e)
{
    bool all = true;
    for (int32_t k = 0; k < old->group.n_told; k++) {
        all = all && (old->told[k].of >= 0 ||
                      new_of(c, old->told[k].of, ((const int32_t *)old->told_values[k])[e]) >= 0);
    }
    return all;
}

/* What is told of each entry. Numbers along an axis of the array's own, as terms, may have closed up. */
static void compare_entries(const carried *c, const met *old, const met *new)
{
    int64_t size = reco__kind_size(new->array.kind), seen = 0, of = new->array.of;
    for (int64_t r = 0; r < new->group.n; r++) {
        int64_t row = old_of(c, new->group.axis, r, old->group.n);
        for (int64_t e = row < 0 ? 0 : old->start[row]; row >= 0 && e < old->start[row + 1]; e++) {
            const char *was = (const char *)old->values + e * size,
                       *is = (const char *)new->values + seen *size;
            if (!stays(c, old, e)) {
                continue;
            }
            if (of < 0) {
                assert_int_equal(*(const int32_t *)(const void *)is,
                                 new_of(c, of, *(const int32_t *)(const void *)was));
            } else if (of == old->array.of) {
                assert_memory_equal(is, was, (size_t)size);
            }
            seen++;
        }
        assert_int_equal(new->start[r + 1], seen);
    }
    assert_int_equal(new->array.rows, seen);
}

static void test_arrays(void **state)
{
    carried c = carry(*state, FIRST, OTHER);
    int32_t n = collect_all(c.model, met_old);
    assert_int_equal(collect_all(c.moved, met_new), n);
    for (int32_t k = 0; k < n; k++) {
        const met *old = &met_old[k], *new = &met_new[k];
        assert_string_equal(old->name, new->name);
        if (!new->start) {
            compare_dense(&c, old, new);
        } else if (new->values != new->start) {
            compare_entries(&c, old, new);
        }
    }
    compare_dense(
        &c,
        &(met){.array = {.kind = RECO__F32, .axis = {RECO__ITEMS, 1}, .rows = c.model->n_items, .columns = 1},
               .values = c.model->popularity},
        &(met){.array = {.kind = RECO__F32, .axis = {RECO__ITEMS, 1}, .rows = c.moved->n_items, .columns = 1},
               .values = c.moved->popularity});
    done(&c);
}

/* ---- answers ---- */

/* Scores of all items of the first set for a user who has answers, and of a history. */
static void ask(const reco_model *model, const char *user, float *scores)
{
    const char *items[ITEMS], *history[2];
    char names[ITEMS][16];
    int32_t n = 0;
    reco_query *query = NULL;
    OK(reco_query_new(&query, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        if (in(i, FIRST)) {
            snprintf(names[n], sizeof names[n], "i%d", (int)i);
            items[n] = names[n];
            n++;
        }
    }
    OK(reco_query_user(query, user, &err));
    OK(reco_model_score(model, query, items, n, scores, &err));
    history[0] = "i3";
    history[1] = "i8";
    OK(reco_query_history(query, history, NULL, 2, &err));
    OK(reco_model_score(model, query, items, n, scores + ITEMS, &err));
    reco_query_free(query);
}

/* What an algorithm knows of a pair does not hang on who else there is. */
static bool same_among_more(const char *algo)
{
    return strcmp(algo, "popular") == 0 || strcmp(algo, "item-knn") == 0 || strcmp(algo, "als") == 0 ||
           strcmp(algo, "content") == 0;
}

static void test_answers_among_more(void **state)
{
    carried c = carry(*state, FIRST, ALL);
    for (int32_t u = 0; u < USERS; u++) {
        char user[16];
        float before[2 * ITEMS] = {0}, after[2 * ITEMS] = {0};
        snprintf(user, sizeof user, "u%d", (int)u);
        if (in(u, FIRST)) {
            ask(c.model, user, before);
            ask(c.moved, user, after);
            assert_true(!same_among_more(*state) || memcmp(before, after, sizeof before) == 0);
        }
    }
    done(&c);
}

/* A model that was carried is as good as another: it answers all, its file loads, and so does a copy. */
static void test_a_model_like_others(void **state)
{
    carried c = carry(*state, FIRST, OTHER);
    int64_t n = 0;
    void *bytes = made_bytes(c.moved, RECO_SAVE_ALL, &n);
    reco_model *loaded = NULL, *copy = NULL;
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    OK(reco_model_copy(c.moved, &copy, &err));
    assert_true(made_same(made_ask(c.moved, USERS, MADE_HISTORIES), made_ask(loaded, USERS, MADE_HISTORIES)));
    assert_true(made_same(made_ask(c.moved, USERS, MADE_HISTORIES), made_ask(copy, USERS, MADE_HISTORIES)));
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    for (int32_t u = 0; u < c.moved->n_users; u++) {
        OK(reco_query_user(query, reco_model_id(c.moved, RECO_USER, u), &err));
        OK(reco_model_recommend(c.moved, query, list, &err));
    }
    OK(reco_query_user(query, "u2", &err)); /* who is gone */
    FAILS(reco_model_recommend(c.moved, query, list, &err), RECO_ENOTFOUND);
    reco_list_free(list);
    reco_query_free(query);
    reco_bytes_free(bytes);
    reco_model_free(copy);
    reco_model_free(loaded);
    done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_answers_among_more),
        cmocka_unit_test(test_a_model_like_others),
    };
    return made_run(tests, sizeof tests / sizeof *tests);
}
