/* SPDX-License-Identifier: MIT */
/* Data whose values are ratings: what becomes of each pair, what splits, models and files make of it, and how well ratings are
 * foretold, against plain loops and by hand. */
#include "support/made.h"

#include "base/system.h"
#include "data/data.h"
#include "model/model.h"
#include "store/walk.h"

#include <math.h>
#include <stdio.h>

enum { USERS = 23, ITEMS = 14, EVENTS = 260, CASES = 24, DAY = 86400 };

typedef struct event {
    int user, item;
    float value;
    int64_t time;
} event;

static reco_builder *builder_of(double like_from)
{
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_text(b, "values", "ratings", &err));
    OK(reco_builder_set(b, "like_from", like_from, &err));
    return b;
}

static void add(reco_builder *b, const event *e)
{
    char user[16], item[16];
    snprintf(user, sizeof user, "u%d", e->user);
    snprintf(item, sizeof item, "i%d", e->item);
    OK(reco_builder_add_event(b, user, item, NULL, e->value, e->time, &err));
}

static reco_data *finished(reco_builder *b)
{
    reco_data *data = NULL;
    OK(reco_builder_finish_free(b, &data, &err));
    return data;
}

/* Users rate items from 1 to 5, or from -2 to 2, some of them again. */
static void draw(event *events, uint64_t seed, float lowest)
{
    made_random random = {seed * 91 + 5};
    for (int k = 0; k < EVENTS; k++) {
        events[k] = (event){made_below(&random, USERS), made_below(&random, ITEMS),
                            lowest + (float)made_below(&random, 9) / 2, made_below(&random, 40) * DAY};
    }
}

/* The newest rating of a pair, NaN where there is none. */
static float rating_of(const event *events, int user, int item, int64_t *time)
{
    float rating = NAN;
    *time = INT64_MIN;
    for (int k = 0; k < EVENTS; k++) {
        if (events[k].user == user && events[k].item == item && events[k].time >= *time) {
            rating = events[k].value;
            *time = events[k].time;
        }
    }
    return rating;
}

static float entry(const reco__csr *x, int row, int column)
{
    return x->start && reco__csr_has(x, row, column) ? reco__csr_value(x, row, column) : NAN;
}

static int32_t find(const reco_data *data, int32_t side, int k)
{
    char id[16];
    int32_t index;
    snprintf(id, sizeof id, side == RECO_USER ? "u%d" : "i%d", k);
    OK(reco_data_find(data, side, id, &index, &err));
    return index;
}

/* ---- what becomes of pairs ---- */

static void check_pairs(const event *events, const reco_data *data, double like_from, double half_life)
{
    const reco__history *h = data->history;
    int64_t pairs = 0, had = 0, newest = 0;
    for (int k = 0; k < EVENTS; k++) {
        newest = events[k].time > newest ? events[k].time : newest;
    }
    for (int u = 0; u < USERS; u++) {
        for (int i = 0; i < ITEMS; i++) {
            int64_t time;
            int32_t row = find(data, RECO_USER, u), column = find(data, RECO_ITEM, i);
            float rating = rating_of(events, u, i, &time), x = entry(&h->x, row, column);
            bool taste = (double)rating >= like_from && rating > 0;
            double age = isnan(rating) ? 0 : (double)(newest - time) / DAY;
            float weighs = (float)((double)rating * (half_life > 0 ? exp2(-age / half_life) : 1));
            assert_true(isnan(x) == !taste && (!taste || x == weighs));
            assert_true(isnan(rating) ? isnan(entry(&h->rated, row, column))
                                      : entry(&h->rated, row, column) == rating);
            assert_true(reco__history_has(h, row, column) == !isnan(rating));
            assert_true((h->had.start && reco__csr_has(&h->had, row, column)) == (!isnan(rating) && !taste));
            pairs += taste;
            had += !isnan(rating) && !taste;
        }
    }
    assert_int_equal(reco_data_count(data, "pairs"), pairs);
    assert_int_equal(reco_data_count(data, "pairs_had"), had);
    assert_int_equal(reco_data_count(data, "events"), EVENTS);
    assert_int_equal(reco_data_count(data, "events_returned"), 0);
    assert_int_equal(reco_data_count(data, "pairs_returned"), 0);
    assert_true((h->rated.value == h->x.value) == (had == 0 && half_life == 0));
}

static void test_every_pair_stays(void **state)
{
    (void)state;
    static const double likes[] = {0, 3.5, 1, 5.5};
    static event events[EVENTS];
    for (int c = 0; c < CASES; c++) {
        double like_from = likes[c % 4], half_life = c % 3 == 0 ? 10 : 0;
        draw(events, (uint64_t)c, c % 2 ? 1 : -2);
        reco_builder *b = builder_of(like_from);
        OK(reco_builder_set(b, "half_life_days", half_life, &err));
        for (int k = 0; k < EVENTS; k++) {
            add(b, &events[k]);
        }
        reco_data *data = finished(b);
        check_pairs(events, data, like_from, half_life);
        reco_data_free(data);
    }
}

static void test_zero_is_a_rating(void **state)
{
    (void)state;
    reco_builder *b = builder_of(0);
    FILE *file = fopen("ratings.csv", "w");
    assert_non_null(file);
    fputs("user,item,value,type\nu1,i3,0,half\nu1,i4,0,none\nu1,i5,4,half\n", file);
    fclose(file);
    OK(reco_builder_set_event_type(b, "half", 0.5, &err));
    OK(reco_builder_set_event_type(b, "none", 0, &err));
    add(b, &(event){1, 1, 0, RECO_NO_TIME});
    OK(reco_builder_add_events_i64(b, 1, (int64_t[]){7}, (int64_t[]){8}, (float[]){0}, NULL, &err));
    OK(reco_builder_read_events(b, "ratings.csv", NULL, &err));
    remove("ratings.csv");
    assert_int_equal(reco_builder_count(b, "events_zero"), 0);
    assert_int_equal(reco_builder_count(b, "rows_zero"), 1); /* of a type that weighs nothing */
    reco_data *data = finished(b);
    assert_int_equal(reco_data_count(data, "pairs"), 1);
    assert_int_equal(reco_data_count(data, "pairs_had"), 3);
    assert_true(entry(&data->history->rated, find(data, RECO_USER, 1), find(data, RECO_ITEM, 5)) == 2);
    reco_data_free(data);
}

static void test_settings(void **state)
{
    (void)state;
    reco_builder *b = builder_of(4.1);
    reco_data *data = NULL;
    reco_error why;
    add(b, &(event){1, 1, 4.1f, 5}); /* as a float less than 4.1 */
    add(b, &(event){1, 2, 4.0999f, 5});
    add(b, &(event){1, 2, 5, 4}); /* rated before */
    FAILS(reco_builder_add_event(b, "u1", "i1", NULL, NAN, 1, &err), RECO_EINVAL);
    FAILS(reco_builder_add_event(b, "u1", "i1", NULL, INFINITY, 1, &err), RECO_EINVAL);
    FAILS(reco_builder_set(b, "like_from", NAN, &err), RECO_EINVAL);
    FAILS(reco_builder_set(b, "like_from", -1, &err), RECO_EINVAL);
    FAILS(reco_builder_set(b, "values", 1, &err), RECO_EINVAL);
    reco_builder_set_text(b, "values", "rating", &why);
    assert_string_equal(why.message, "builder: 'values' must be one of amounts, ratings, got 'rating'");
    FAILS(reco_builder_set_text(b, "values", "amounts", &err), RECO_EINVAL);
    reco_builder_set_text(b, "values", "amounts", &why);
    assert_string_equal(why.message, "builder: 'values' must be set before events are added");
    OK(reco_builder_set_text(b, "values", "ratings", &err)); /* as they are */
    OK(reco_builder_finish(b, &data, &err));
    assert_int_equal(reco_data_count(data, "pairs"), 1);
    assert_int_equal(reco_data_count(data, "pairs_had"), 1);
    reco_data_free(data);
    OK(reco_builder_set_text(b, "combine", "max", &err)); /* as told */
    OK(reco_builder_finish(b, &data, &err));
    assert_int_equal(reco_data_count(data, "pairs"), 2);
    reco_data_free(data);
    reco_builder_free(b);
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set(b, "like_from", 4, &err));
    add(b, &(event){1, 1, 4, RECO_NO_TIME});
    FAILS(reco_builder_finish(b, &data, &err), RECO_EINVAL);
    reco_builder_finish(b, &data, &why);
    assert_string_equal(why.message, "builder: 'like_from' is for ratings, and 'values' are amounts");
    reco_builder_free(b);
    OK(reco_builder_new(&b, &err));
    add(b, &(event){1, 1, 0, RECO_NO_TIME}); /* an amount of nothing was left out */
    FAILS(reco_builder_set_text(b, "values", "ratings", &err), RECO_EINVAL);
    reco_builder_free(b);
}

/* ---- splits ---- */

static reco_data *drawn(event *events, uint64_t seed, float lowest, double like_from)
{
    reco_builder *b = builder_of(like_from);
    draw(events, seed, lowest);
    for (int i = 0; i < ITEMS; i++) { /* for content */
        char item[16], text[32];
        snprintf(item, sizeof item, "i%d", i);
        snprintf(text, sizeof text, "word%d other%d", i % 5, i % 3);
        OK(reco_builder_add_text(b, RECO_ITEM, item, "title", text, &err));
    }
    for (int k = 0; k < EVENTS; k++) {
        add(b, &events[k]);
    }
    return finished(b);
}

static void test_splits_divide_all_ratings(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *data = drawn(events, 3, 1, 4);
    int folds[USERS][ITEMS] = {{0}};
    for (int fold = 1; fold <= 5; fold++) {
        reco_data *train, *test;
        char spec[32];
        snprintf(spec, sizeof spec, "kfold:5/%d", fold);
        OK(reco_data_split(data, spec, 1, &train, &test, &err));
        assert_true(reco_data_count(test, "pairs_had") > 0 && reco_data_count(train, "pairs_had") > 0);
        for (int u = 0; u < USERS; u++) {
            for (int i = 0; i < ITEMS; i++) {
                float whole = entry(&data->history->rated, u, i), part = entry(&test->history->rated, u, i),
                      rest = entry(&train->history->rated, u, i);
                assert_true(isnan(whole)  ? isnan(part) && isnan(rest)
                            : isnan(part) ? rest == whole
                                          : part == whole && isnan(rest));
                assert_true(isnan(entry(&test->history->x, u, i)) == !(part >= 4));
                folds[u][i] += !isnan(part);
            }
        }
        reco_data_free(train);
        reco_data_free(test);
    }
    for (int u = 0; u < USERS; u++) {
        for (int i = 0; i < ITEMS; i++) {
            assert_int_equal(folds[u][i], !isnan(entry(&data->history->rated, u, i)));
        }
    }
    reco_data *train, *test;
    OK(reco_data_split(data, "cold-items:0.3", 1, &train, &test, &err));
    for (int u = 0; u < USERS; u++) {
        for (int i = 0; i < ITEMS; i++) {
            assert_true(isnan(entry(&test->history->rated, u, i)) ||
                        train->by_item.start[i] == train->by_item.start[i + 1]);
        }
    }
    reco_data_free(train);
    reco_data_free(test);
    reco_data_free(data);
}

/* ---- models ---- */

static void test_who_learns_from_tastes_must_know_them(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *data = drawn(events, 1, -2, 0), *liked = drawn(events, 1, -2, 0.5),
              *above = drawn(events, 1, 0.5, 0);
    char words[256];
    snprintf(words, sizeof words,
             "learns from tastes, and not all ratings are above 0 (%d of %d are not): say with 'like_from' ",
             (int)reco_data_count(data, "pairs_had"), (int)reco__csr_size(&data->history->rated));
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        reco_model *model = made_model(reco_algo_name(k));
        reco_error why = {""};
        reco_status status = reco_model_fit(model, data, NULL, &why);
        bool rates = model->algo->traits & RECO__RATINGS;
        assert_int_equal(status, rates ? RECO_OK : RECO_EINVAL);
        if (!rates) {
            assert_non_null(strstr(why.message, words));
            assert_true(made_is_hybrid(reco_algo_name(k)) ||
                        strncmp(why.message, reco_algo_name(k), strlen(reco_algo_name(k))) == 0);
            OK(reco_model_fit(model, liked, NULL, &err));
        }
        reco_model_free(model);
        reco_model_free(made_fitted(reco_algo_name(k), above, 1));
    }
    reco_data_free(data);
    reco_data_free(liked);
    reco_data_free(above);
}

/* Whether a saved model holds what users rated. */
static bool keeps_ratings(const void *bytes, int64_t n)
{
    reco__file file = {.n = 0};
    bool keeps = false;
    char *copy = reco__copy_text(bytes, n);
    reco__block *block = reco__block_new(copy, n);
    assert_non_null(block);
    OK(reco__file_open(&file, block, &err));
    for (int64_t k = 0; k < file.n; k++) {
        keeps = keeps || strncmp(file.sections[k].name, "data.ratings.", 13) == 0;
    }
    reco__file_close(&file);
    reco__block_release(block);
    return keeps;
}

static void test_files_hold_ratings_for_who_predicts_them(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *some = drawn(events, 2, 1, 4), *all = drawn(events, 2, 1, 0);
    for (int32_t k = 0; k < reco_algo_size(); k++) {
        for (int tastes = 0; tastes < 2; tastes++) {
            reco_model *model = made_fitted(reco_algo_name(k), tastes ? all : some, 1), *loaded = NULL;
            int64_t n, again_n;
            void *bytes = made_bytes(model, RECO_SAVE_ALL, &n), *again;
            assert_true(keeps_ratings(bytes, n) == (reco__model_rates(model) && !tastes));
            OK(reco_model_load_bytes(&loaded, bytes, n, &err));
            again = made_bytes(loaded, RECO_SAVE_ALL, &again_n);
            assert_int_equal(n, again_n);
            assert_memory_equal(bytes, again, (size_t)n);
            reco_bytes_free(bytes);
            reco_bytes_free(again);
            assert_true(made_same(made_ask(model, USERS, MADE_USERS | MADE_HISTORIES),
                                  made_ask(loaded, USERS, MADE_USERS | MADE_HISTORIES)));
            reco_model_free(model);
            reco_model_free(loaded);
        }
    }
    reco_data_free(some);
    reco_data_free(all);
}

/* The file with one number of a section changed. */
static void change(const void *bytes, int64_t n, const char *name, int64_t at, double to,
                   reco_status expected)
{
    reco__file file = {.n = 0}, out = {.n = 0};
    void *changed = NULL;
    int64_t size;
    reco_model *model = NULL;
    reco__block *block = reco__block_new(reco__copy_text(bytes, n), n);
    bool found = false;
    OK(reco__file_open(&file, block, &err));
    for (int64_t k = 0; k < file.n; k++) {
        reco__section section = file.sections[k];
        if (strcmp(section.name, name) == 0) {
            found = true;
            if (section.kind == RECO__I32) {
                ((int32_t *)section.data)[at] = (int32_t)to;
            } else {
                ((double *)section.data)[at] = to;
            }
        }
        OK(reco__file_add(&out, "", section.name, section, &err));
    }
    assert_true(found);
    OK(reco__file_save_bytes(&out, &changed, &size, &err));
    assert_int_equal(reco_model_load_bytes(&model, changed, size, NULL), expected);
    reco_model_free(model);
    reco_bytes_free(changed);
    reco__file_close(&out);
    reco__file_close(&file);
    reco__block_release(block);
}

static void test_what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    reco_builder *b = builder_of(4);
    for (int k = 0; k < 5; k++) { /* u1 likes 0 and 3, and had 1, 2 and 4 */
        add(b, &(event){1, k, k % 3 ? 2 : 5, RECO_NO_TIME});
    }
    add(b, &(event){2, 5, 5, RECO_NO_TIME});
    reco_data *data = finished(b);
    reco_model *model = made_fitted("baseline", data, 1);
    int64_t n;
    void *bytes = made_bytes(model, RECO_SAVE_ALL, &n);
    change(bytes, n, "data.had.index", 0, 1, RECO_OK);
    change(bytes, n, "data.had.index", 0, 0, RECO_EFORMAT);     /* a taste */
    change(bytes, n, "data.had.index", 0, 2, RECO_EFORMAT);     /* twice */
    change(bytes, n, "data.had.index", 2, 5, RECO_EFORMAT);     /* not rated */
    change(bytes, n, "data.had.index", 2, 6, RECO_EFORMAT);     /* no item */
    change(bytes, n, "data.ratings.index", 4, 5, RECO_EFORMAT); /* neither */
    change(bytes, n, "data.like_from", 0, -1, RECO_EFORMAT);
    change(bytes, n, "data.like_from", 0, NAN, RECO_EFORMAT);
    change(bytes, n, "low", 0, 9, RECO_EFORMAT);
    change(bytes, n, "high", 0, 1e300, RECO_EFORMAT);
    reco_bytes_free(bytes);
    reco_model_free(model);
    reco_data_free(data);
}

/* The histories when user 3 and item 2 are gone and there is another user: nothing is known of whom is new. */
static void test_histories_are_carried(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *data = drawn(events, 6, 1, 4);
    int32_t users[USERS], items[ITEMS];
    for (int k = 0; k < USERS; k++) {
        users[k] = k < 3 ? k : k - 1;
    }
    for (int k = 0; k < ITEMS; k++) {
        items[k] = k < 2 ? k : k - 1;
    }
    users[3] = items[2] = -1;
    reco__moves moves = {{users, items}, {USERS, ITEMS - 1}};
    reco__file file = {.n = 0};
    reco__history *history = reco__history_new(NULL);
    reco__state out = reco__walk_carry(&file, &moves, NULL), in = reco__walk_take(&file, 0, NULL);
    out.n[RECO_USER] = in.n[RECO_USER] = USERS;
    out.n[RECO_ITEM] = ITEMS;
    in.n[RECO_ITEM] = ITEMS - 1;
    OK(reco__history_state(data->history, &out, true));
    OK(reco__file_sort(&file, &err));
    OK(reco__history_state(history, &in, true));
    const reco__csr *from[] = {&data->history->x, &data->history->had, &data->history->rated},
                    *to[] = {&history->x, &history->had, &history->rated};
    for (int k = 0; k < 3; k++) {
        int64_t entries = 0;
        for (int u = 0; u < USERS; u++) {
            for (int i = 0; i < ITEMS; i++) {
                if (users[u] >= 0 && items[i] >= 0 && reco__csr_has(from[k], u, i)) {
                    assert_true(reco__csr_has(to[k], users[u], items[i]));
                    assert_true(k == 1 || entry(to[k], users[u], items[i]) == entry(from[k], u, i));
                    entries++;
                }
            }
        }
        assert_int_equal(to[k]->start[USERS], entries);
        assert_int_equal(to[k]->start[USERS - 1], entries);
    }
    reco__file_close(&file);
    reco__history_release(history);
    reco_data_free(data);
}

/* What a visitor tells is rated too: the last of an item counts, and what is not rated is liked. */
static void test_visitors(void **state)
{
    (void)state;
    static event events[EVENTS];
    static const char *const item = "i1", *const other = "i9";
    reco_data *data = drawn(events, 4, 1, 4);
    reco_model *als = made_fitted("als", data, 1), *baseline = made_fitted("baseline", data, 1);
    reco_query *query = NULL;
    reco_list *list = NULL;
    float before, after;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_event(query, item, NULL, 3.5f, RECO_NO_TIME, &err));
    OK(reco_model_recommend(als, query, list, &err));
    assert_string_equal(reco_list_source(list), "popular"); /* no taste was told */
    OK(reco_query_event(query, item, NULL, 4, RECO_NO_TIME, &err));
    OK(reco_model_recommend(als, query, list, &err));
    assert_string_equal(reco_list_source(list), "als");
    OK(reco_query_event(query, item, NULL, 1, RECO_NO_TIME, &err));
    OK(reco_model_recommend(als, query, list, &err));
    assert_string_equal(reco_list_source(list), "popular");
    OK(reco_query_history(query, &item, NULL, 1, &err)); /* not rated: liked */
    OK(reco_model_recommend(als, query, list, &err));
    assert_string_equal(reco_list_source(list), "als");
    OK(reco_model_score(baseline, query, &other, 1, &before, &err));
    OK(reco_query_event(query, item, NULL, 1, RECO_NO_TIME, &err));
    OK(reco_model_score(baseline, query, &other, 1, &after, &err));
    assert_true(after < before);
    reco_query_reset(query);
    OK(reco_model_score(baseline, query, &other, 1, &after, &err));
    assert_true(after == before); /* what is not rated says nothing of how somebody rates */
    /* a user who rates anew */
    OK(reco_query_user(query, "u1", &err));
    OK(reco_model_score(baseline, query, &other, 1, &before, &err));
    for (int i = 0; i < ITEMS; i++) {
        char id[16];
        snprintf(id, sizeof id, "i%d", i);
        OK(reco_query_event(query, id, NULL, 1, RECO_NO_TIME, &err));
    }
    OK(reco_model_score(baseline, query, &other, 1, &after, &err));
    assert_true(after < before);
    OK(reco_model_recommend(baseline, query, list, &err));
    assert_int_equal(reco_list_size(list), 0); /* all are had */
    reco_query_free(query);
    reco_list_free(list);
    reco_model_free(als);
    reco_model_free(baseline);
    reco_data_free(data);
}

/* ---- evaluation ---- */

/* The slow way: each test rating of a pair that train has not, whose user train has. */
static void check_errors(const reco_model *model, const reco_data *train, const reco_data *test,
                         double *squares, int64_t *n, int64_t *tastes)
{
    reco_query *query = NULL;
    OK(reco_query_new(&query, &err));
    for (int32_t u = 0; u < reco__data_users(test); u++) {
        int64_t liked = 0;
        if (train->history->rated.start[u] == train->history->rated.start[u + 1]) {
            continue;
        }
        OK(reco_query_user(query, reco_data_id(test, RECO_USER, u), &err));
        for (int32_t i = 0; i < reco__data_items(test); i++) {
            float rating = entry(&test->history->rated, u, i), score;
            const char *id = reco_data_id(test, RECO_ITEM, i);
            if (!isnan(rating)) {
                OK(reco_model_score(model, query, &id, 1, &score, &err));
                *squares += ((double)score - (double)rating) * ((double)score - (double)rating);
                ++*n;
                liked += rating >= 4;
            }
        }
        *tastes += liked > 0;
    }
    reco_query_free(query);
}

static void test_all_ratings_are_foretold(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *data = drawn(events, 5, 1, 4), *train, *test;
    reco_protocol *protocol = NULL;
    reco_report *report = NULL;
    double squares = 0;
    int64_t n = 0, tastes = 0, units;
    OK(reco_data_split(data, "random:0.2", 1, &train, &test, &err));
    reco_model *model = made_fitted("baseline", train, 1), *als = made_fitted("als", train, 1);
    OK(reco_protocol_new(&protocol, &err));
    OK(reco_protocol_set_text(protocol, "metrics", "rmse,recall@3,auc", &err));
    OK(reco_model_evaluate(model, test, NULL, protocol, NULL, &report, &err));
    check_errors(model, train, test, &squares, &n, &tastes);
    assert_true(n > reco_data_count(test, "pairs"));
    assert_true(fabs(reco_report_value(report, 0) - sqrt(squares / (double)n)) < 1e-6);
    reco_report_units(report, 0, &units);
    assert_int_equal(units, n);
    for (int k = 1; k < 3; k++) { /* of those with a taste held out */
        reco_report_units(report, k, &units);
        assert_int_equal(units, tastes);
    }
    assert_true(reco_report_count(report, "users") > tastes);
    double recall = reco_report_value(report, 1);
    reco_report_free(report);
    OK(reco_protocol_set_text(protocol, "metrics", "recall@3", &err));
    OK(reco_model_evaluate(model, test, NULL, protocol, NULL, &report, &err));
    assert_true(reco_report_value(report, 0) == recall);
    assert_int_equal(reco_report_count(report, "users"), tastes);
    reco_report_free(report);
    OK(reco_protocol_set_text(protocol, "metrics", "rmse", &err));
    FAILS(reco_model_evaluate(als, test, NULL, protocol, NULL, &report, &err), RECO_EUNSUPPORTED);
    reco_protocol_free(protocol);
    reco_model_free(model);
    reco_model_free(als);
    reco_data_free(train);
    reco_data_free(test);
    reco_data_free(data);
}

/* ann rates 5 1 5 1 in order; a mean of 3 whatever was learned, and with lambda 1 her bias is the sum of what her ratings
 * are above 3 over one more than their number. */
static void test_strangers_by_hand(void **state)
{
    (void)state;
    static const float given[] = {5, 1, 5, 1};
    static const struct {
        const char *ask;
        double predicted[3];
        int first, n, points;
    } cases[] = {{"given", {4, 4, 4}, 1, 3, 1}, {"next", {4, 3, 3.5}, 1, 3, 3}};
    for (size_t c = 0; c < 2; c++) {
        reco_builder *b = builder_of(4);
        for (int i = 0; i < 4; i++) { /* each item has the mean */
            add(b, &(event){10, i, 1, RECO_NO_TIME});
            add(b, &(event){11, i, 5, RECO_NO_TIME});
        }
        reco_data *train = finished(b), *test;
        b = builder_of(4);
        for (int k = 0; k < 4; k++) {
            add(b, &(event){1, k, given[k], k});
        }
        test = finished(b);
        reco_model *model = NULL;
        reco_protocol *protocol = NULL;
        reco_report *report = NULL;
        OK(reco_model_new(&model, "baseline", &err));
        OK(reco_model_set(model, "regularization", 1, &err));
        OK(reco_model_fit(model, train, NULL, &err));
        OK(reco_protocol_new(&protocol, &err));
        OK(reco_protocol_set_text(protocol, "metrics", "mae,hit@1", &err));
        OK(reco_protocol_set_text(protocol, "ask", cases[c].ask, &err));
        if (c == 0) {
            OK(reco_protocol_set(protocol, "given", 1, &err));
        }
        OK(reco_model_evaluate(model, test, NULL, protocol, NULL, &report, &err));
        int64_t n;
        const double *errors = reco_report_units(report, 0, &n);
        assert_int_equal(n, cases[c].n);
        for (int k = 0; k < n; k++) {
            assert_true(fabs(errors[k] - fabs(cases[c].predicted[k] - (double)given[k + 1])) < 1e-6);
        }
        assert_int_equal(reco_report_count(report, "points"), cases[c].points);
        reco_report_units(report, 1, &n);
        assert_int_equal(n, 1); /* only the third was a taste */
        reco_report_free(report);
        reco_protocol_free(protocol);
        reco_model_free(model);
        reco_data_free(train);
        reco_data_free(test);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pair_stays),
        cmocka_unit_test(test_zero_is_a_rating),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_splits_divide_all_ratings),
        cmocka_unit_test(test_who_learns_from_tastes_must_know_them),
        cmocka_unit_test(test_files_hold_ratings_for_who_predicts_them),
        cmocka_unit_test(test_what_does_not_go_together_is_refused),
        cmocka_unit_test(test_histories_are_carried),
        cmocka_unit_test(test_visitors),
        cmocka_unit_test(test_all_ratings_are_foretold),
        cmocka_unit_test(test_strangers_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
