/* SPDX-License-Identifier: MIT */
/* Lists and the file, with an object of the test's own that has something of each kind. */
#include "base/memory.h"
#include "store/walk.h"

#include "support/made.h"

#include <math.h>
#include <stdio.h>

typedef struct layer {
    const char *name;
    int32_t size;
    const float *weight; /* [size] */
} layer;

typedef struct thing {
    double number;
    int64_t count;
    int32_t small;
    const char *text;
    const uint8_t *bytes; /* [users] */
    const int32_t *whole; /* [2, 3] */
    const int64_t *longs; /* [items] */
    const float *square;  /* [items, items] */
    const float *gaps;    /* [items], NaN where there is none */
    const double *doubles;
    const float *extra; /* [users], only from version 2 on; may be missing */
    const float *derived;
    reco__csr matrix; /* [users, items] */
    const int64_t *times;
    const int64_t *visits;    /* [users + 1] */
    const int32_t *seen;      /* [visits] items */
    const int32_t *seen_from; /* [visits] items, or -1 */
    reco__strings words, titles;
    layer *layers;
    int32_t n_layers;
} thing;

static reco_status list(thing *t, reco__state *s)
{
    reco_status status = RECO_OK;
    const reco__per_entry times = {".time", RECO__I64, (const void **)&t->times, 0,
                                   RECO__TEXTS | RECO__OPTIONAL};
    const reco__per_entry visits[] = {
        {".item", RECO__I32, (const void **)&t->seen, RECO__ITEMS, 0},
        {".from", RECO__I32, (const void **)&t->seen_from, RECO__ITEMS, RECO__GAPS}};
    TRY(reco__state_number(s, "number", &t->number));
    TRY(reco__state_count(s, "count", &t->count, -5, 5));
    TRY(reco__state_int(s, "small", &t->small, 0, 9));
    TRY(reco__state_text(s, "text", &t->text, 20, 0));
    TRY(reco__state_u8(s, "bytes", &t->bytes, RECO__USERS, 1, 7, 0));
    TRY(reco__state_i32(s, "whole", &t->whole, 2, 3, -3, 3, 0));
    TRY(reco__state_i64(s, "longs", &t->longs, RECO__ITEMS, 1, INT64_MIN, 99, 0));
    TRY(reco__state_f32(s, "square", &t->square, RECO__ITEMS, RECO__ITEMS, 0));
    TRY(reco__state_f32(s, "gaps", &t->gaps, RECO__ITEMS, 1, RECO__GAPS));
    TRY(reco__state_f64(s, "doubles", &t->doubles, 1, 2, 0));
    if (reco__state_version(s) > 1) {
        TRY(reco__state_f32(s, "extra", &t->extra, RECO__USERS, 1, RECO__OPTIONAL));
    }
    TRY(reco__state_f32(s, "derived", &t->derived, 4, 1, RECO__DERIVED));
    TRY(reco__state_csr_with(s, "matrix", &t->matrix, RECO__USERS, RECO__ITEMS, &times, 0));
    TRY(reco__state_rows(s, "visits", &t->visits, RECO__USERS, visits, 2, 0));
    TRY(reco__state_strings(s, "words", &t->words, RECO__ANY, true, 0));
    TRY(reco__state_strings(s, "titles", &t->titles, RECO__ITEMS, false, RECO__TEXTS | RECO__OPTIONAL));
    TRY(reco__state_structs(s, "layers", (void **)&t->layers, &t->n_layers, 3, sizeof *t->layers));
    for (int32_t k = 0; k < t->n_layers; k++) {
        int32_t before = reco__state_begin(s, "layer", k);
        TRY(reco__state_text(s, "name", &t->layers[k].name, 5, 0));
        TRY(reco__state_int(s, "size", &t->layers[k].size, 1, 100));
        TRY(reco__state_f32(s, "weight", &t->layers[k].weight, t->layers[k].size, 1, 0));
        reco__state_end(s, before);
    }
    reco__state_structs_end(s, (void **)&t->layers);
done:
    return status;
}

/* ---- a thing: 3 users, 2 items ---- */

static const void *copy_of(const void *from, size_t bytes)
{
    const void *copy = reco__copy_text(from, (int64_t)bytes);
    assert_non_null(copy);
    return copy;
}

#define COPY(type, ...) copy_of((const type[]){__VA_ARGS__}, sizeof((const type[]){__VA_ARGS__}))

static thing made_thing(void)
{
    thing t = {.number = 0.25, .count = -4, .small = 7, .text = copy_of("a text", 7), .n_layers = 2};
    t.bytes = COPY(uint8_t, 1, 7, 0);
    t.whole = COPY(int32_t, -3, 3, 0, 1, 2, -1);
    t.longs = COPY(int64_t, INT64_MIN, 99);
    t.square = COPY(float, 1, 2, 3, 4);
    t.gaps = COPY(float, NAN, 5);
    t.doubles = COPY(double, 1e300, -0.5);
    t.extra = COPY(float, 10, 20, 30);
    t.derived = COPY(float, 1, 2, 3, 4);
    t.matrix = (reco__csr){3, 2, COPY(int64_t, 0, 2, 2, 3), COPY(int32_t, 0, 1, 1), COPY(float, 1, 2, 3)};
    t.times = COPY(int64_t, 100, 200, 300);
    t.visits = COPY(int64_t, 0, 1, 3, 3);
    t.seen = COPY(int32_t, 1, 0, 1);
    t.seen_from = COPY(int32_t, -1, 1, 0);
    t.words = (reco__strings){2, COPY(int64_t, 0, 3, 7), copy_of("to\0the", 7)};
    t.titles = (reco__strings){2, COPY(int64_t, 0, 1, 5), copy_of("\0mug", 5)};
    t.layers = reco__alloc_zero(2, sizeof *t.layers);
    assert_non_null(t.layers);
    t.layers[0] = (layer){copy_of("in", 3), 3, COPY(float, 1, 2, 3)};
    t.layers[1] = (layer){copy_of("out", 4), 1, COPY(float, 4)};
    return t;
}

static void free_thing(thing *t, const reco__block *block)
{
    reco__state s = reco__walk_free(block);
    OK(list(t, &s));
    assert_true(!t->bytes && !t->matrix.start && !t->times && !t->layers && !t->derived && !t->text);
}

static void set(reco__state *s, int64_t users, int64_t items, uint32_t version)
{
    s->n[RECO_USER] = users;
    s->n[RECO_ITEM] = items;
    s->version = version;
}

static reco__block *saved(thing *t, int32_t without, uint32_t version)
{
    reco__file file = {.n = 0};
    void *bytes = NULL;
    int64_t n = 0;
    reco__state s = reco__walk_save(&file, without, NULL);
    set(&s, 3, 2, version);
    OK(list(t, &s));
    OK(reco__file_save_bytes(&file, &bytes, &n, &err));
    reco__file_close(&file);
    reco__block *block = reco__block_new(bytes, n);
    assert_non_null(block);
    return block;
}

static reco_status load(thing *t, reco__file *file, int32_t without, uint32_t version, reco_error *err)
{
    reco__state s = reco__walk_load(file, without, err);
    *t = (thing){0};
    set(&s, without & RECO__PERSONAL ? 0 : 3, 2, version);
    return list(t, &s);
}

static bool same(const void *a, const void *b, size_t bytes)
{
    return memcmp(a, b, bytes) == 0;
}

static void assert_general(const thing *t)
{
    assert_true(t->number == 0.25 && t->count == -4 && t->small == 7 && strcmp(t->text, "a text") == 0);
    assert_true(same(t->whole, (int32_t[]){-3, 3, 0, 1, 2, -1}, 24) && t->doubles[0] == 1e300);
    assert_true(t->words.n == 2 && strcmp(reco__string(&t->words, 1), "the") == 0);
    assert_true(t->n_layers == 2 && strcmp(t->layers[1].name, "out") == 0 && t->layers[0].size == 3);
    assert_true(t->layers[0].weight[2] == 3 && t->layers[1].weight[0] == 4 && !t->derived);
}

/* ---- to and from files ---- */

static void test_saved_and_loaded(void **state)
{
    (void)state;
    thing t = made_thing(), back;
    reco__file file = {.n = 0};
    reco__block *block = saved(&t, 0, 2);
    OK(reco__file_open(&file, block, &err));
    OK(load(&back, &file, 0, 2, &err));
    OK(reco__file_done(&file, &err));
    assert_general(&back);
    assert_true(same(back.bytes, t.bytes, 3) && same(back.longs, t.longs, 16) &&
                same(back.square, t.square, 16));
    assert_true(isnan(back.gaps[0]) && back.gaps[1] == 5 && same(back.extra, t.extra, 12));
    assert_true(back.matrix.rows == 3 && back.matrix.columns == 2 &&
                same(back.matrix.start, t.matrix.start, 32));
    assert_true(same(back.matrix.index, t.matrix.index, 12) && same(back.times, t.times, 24));
    assert_true(same(back.visits, t.visits, 32) && same(back.seen, t.seen, 12) &&
                same(back.seen_from, t.seen_from, 12));
    assert_true(back.titles.n == 2 && strcmp(reco__string(&back.titles, 1), "mug") == 0);
    back.derived = COPY(float, 1, 2, 3, 4);
    reco__block *again = saved(&back, 0, 2);
    assert_true(again->size == block->size);
    reco__block_release(again);
    free_thing(&back, block); /* the array that is its own, and none of the block's */
    reco__file_close(&file);
    reco__block_release(block);
    free_thing(&t, NULL);
}

static void test_what_is_left_out(void **state)
{
    (void)state;
    thing t = made_thing(), back;
    reco__file file = {.n = 0};
    reco__block *block = saved(&t, RECO__PERSONAL | RECO__TEXTS, 2);
    OK(reco__file_open(&file, block, &err));
    for (int64_t k = 0; k < file.n; k++) {
        const char *name = file.sections[k].name;
        assert_false(strncmp(name, "matrix", 6) == 0 || strncmp(name, "titles", 6) == 0 ||
                     !strcmp(name, "bytes") || !strcmp(name, "extra") || !strcmp(name, "derived"));
    }
    FAILS(load(&back, &file, 0, 2, &err), RECO_EFORMAT); /* whoever expects users finds none */
    free_thing(&back, block);
    OK(load(&back, &file, RECO__PERSONAL, 2, &err));
    assert_general(&back);
    assert_true(!back.bytes && !back.extra && !back.matrix.start && !back.times && !back.titles.offsets);
    free_thing(&back, block);
    reco__file_close(&file);
    reco__block_release(block);
    block = saved(&t, RECO__TEXTS, 2); /* a matrix without the times of its entries */
    OK(reco__file_open(&file, block, &err));
    OK(load(&back, &file, 0, 2, &err));
    assert_true(back.matrix.start && !back.times);
    free_thing(&back, block);
    reco__file_close(&file);
    reco__block_release(block);
    free_thing(&t, NULL);
}

static void test_versions(void **state)
{
    (void)state;
    thing t = made_thing(), back;
    reco__file file = {.n = 0};
    reco__block *block = saved(&t, 0, 1);
    OK(reco__file_open(&file, block, &err));
    OK(load(&back, &file, 0, 1, &err));
    assert_general(&back);
    assert_null(back.extra);
    free_thing(&back, block);
    OK(load(&back, &file, 0, 2, &err)); /* what may be missing is */
    assert_null(back.extra);
    free_thing(&back, block);
    reco__file_close(&file);
    reco__block_release(block);
    block = saved(&t, 0, 2);
    OK(reco__file_open(&file, block, &err));
    OK(load(&back, &file, 0, 1, &err)); /* an older library passes over what may be missing */
    OK(reco__file_done(&file, &err));
    free_thing(&back, block);
    reco__file_close(&file);
    reco__block_release(block);
    free_thing(&t, NULL);
}

/* Changes one thing of the object, saves it and says why it is refused. */
static void refused(void (*change)(thing *t), const char *why)
{
    thing t = made_thing(), back;
    reco_error message = {""};
    reco__file file = {.n = 0};
    change(&t);
    reco__block *block = saved(&t, 0, 2);
    OK(reco__file_open(&file, block, &err));
    assert_int_equal(load(&back, &file, 0, 2, &message), RECO_EFORMAT);
    assert_string_equal(message.message, why);
    free_thing(&back, block);
    reco__file_close(&file);
    reco__block_release(block);
    free_thing(&t, NULL);
}

static void not_finite(thing *t)
{
    ((float *)t->square)[3] = INFINITY;
}

static void not_finite_number(thing *t)
{
    t->number = NAN;
}

static void not_finite_double(thing *t)
{
    ((double *)t->doubles)[1] = -INFINITY;
}

static void large_count(thing *t)
{
    t->count = 6;
}

static void large_byte(thing *t)
{
    ((uint8_t *)t->bytes)[0] = 8;
}

static void small_whole(thing *t)
{
    ((int32_t *)t->whole)[0] = -4;
}

static void large_long(thing *t)
{
    ((int64_t *)t->longs)[0] = 100;
}

static void long_text(thing *t)
{
    reco__free(t->text);
    t->text = copy_of("a text of 21 bytes ..", 22);
}

static void bad_start(thing *t)
{
    ((int64_t *)t->matrix.start)[1] = -1;
}

static void bad_order(thing *t)
{
    ((int32_t *)t->matrix.index)[0] = 1;
}

static void bad_column(thing *t)
{
    ((int32_t *)t->matrix.index)[2] = 2;
}

static void bad_visit(thing *t)
{
    ((int32_t *)t->seen_from)[0] = -2;
}

static void bad_words(thing *t)
{
    memcpy((char *)t->words.bytes, "zz\0aaa", 7);
    ((int64_t *)t->words.offsets)[1] = 2;
}

static void test_what_is_refused(void **state)
{
    (void)state;
    refused(not_finite, "damaged model file: 'square' holds a number that is not finite");
    refused(not_finite_number, "damaged model file: 'number' holds a number that is not finite");
    refused(not_finite_double, "damaged model file: 'doubles' holds a number that is not finite");
    refused(large_count, "damaged model file: 'count' holds a number out of its range");
    refused(large_byte, "damaged model file: 'bytes' holds a number out of its range");
    refused(small_whole, "damaged model file: 'whole' holds a number out of its range");
    refused(large_long, "damaged model file: 'longs' holds a number out of its range");
    refused(long_text, "damaged model file: 'text' is no text");
    refused(bad_start, "damaged model file: 'matrix' is no list of rows");
    refused(bad_order, "damaged model file: 'matrix' is no sparse matrix");
    refused(bad_column, "damaged model file: 'matrix.index' holds a number out of its range");
    refused(bad_visit, "damaged model file: 'visits.from' holds a number out of its range");
    refused(bad_words, "damaged model file: 'words' is no table of strings");
}

/* ---- other walks ---- */

static void test_asked(void **state)
{
    (void)state;
    thing t = made_thing();
    reco__array found = {.at = NULL};
    reco__names names = {.used = 0};
    reco__state s = reco__walk_bytes();
    set(&s, 3, 2, 2);
    OK(list(&t, &s));
    int64_t arrays = 3 + 24 + 16 + 16 + 8 + 16 + 12 + 16, matrix = 32 + 12 + 12 + 24 + 32 + 12 + 12,
            layers = 3 + 12 + 4 + 4;
    assert_int_equal(s.bytes,
                     arrays + matrix + layers + 7 /* text */ + 24 + 7 /* words */ + 24 + 5 /* titles */);
    s = reco__walk_find("matrix.value", &found, &names);
    set(&s, 3, 2, 2);
    OK(list(&t, &s));
    assert_ptr_equal(*found.at, t.matrix.value);
    assert_true(found.kind == RECO__F32 && found.rows == 3 && found.columns == 1);
    assert_string_equal(
        reco__names_text(&names),
        "bytes, whole, longs, square, gaps, doubles, extra, matrix.start, matrix.index, matrix.value, "
        "matrix.time, visits.start, visits.item, visits.from, words.start, words.bytes, titles.start, "
        "titles.bytes, layer.0.weight, layer.1.weight");
    s = reco__walk_check(NULL);
    set(&s, 3, 2, 2);
    OK(list(&t, &s));
    ((float *)t.layers[1].weight)[0] = NAN;
    assert_int_equal(list(&t, &s), RECO_ENUMERIC);
    free_thing(&t, NULL);
}

/* User 0 becomes 1, user 1 goes, user 2 becomes 3 of 5; items 0 and 1 become 0 and 2 of 3. */
static void test_carried(void **state)
{
    (void)state;
    const int32_t users[] = {1, -1, 3}, items[] = {0, 2};
    const reco__moves moves = {{users, items}, {5, 3}};
    thing t = made_thing(), to = {0};
    reco__file file = {.n = 0};
    reco__state out = reco__walk_carry(&file, &moves, NULL), in = reco__walk_take(&file, 0, NULL);
    set(&out, 3, 2, 2);
    set(&in, 5, 3, 2);
    OK(list(&t, &out));
    OK(reco__file_sort(&file, &err));
    OK(list(&to, &in));
    reco__file_close(&file);
    free_thing(&t, NULL); /* it has arrays of its own */
    assert_general(&to);
    assert_true(same(to.bytes, (uint8_t[]){0, 1, 0, 0, 0}, 5));
    assert_true(same(to.longs, (int64_t[]){INT64_MIN, 0, 99}, 24));
    assert_true(same(to.square, (float[]){1, 0, 2, 0, 0, 0, 3, 0, 4}, 36));
    assert_true(same(to.extra, (float[]){0, 10, 0, 30, 0}, 20));
    assert_true(to.matrix.rows == 5 && to.matrix.columns == 3);
    assert_true(same(to.matrix.start, (int64_t[]){0, 0, 2, 2, 3, 3}, 48));
    assert_true(same(to.matrix.index, (int32_t[]){0, 2, 2}, 12) &&
                same(to.matrix.value, (float[]){1, 2, 3}, 12));
    assert_true(same(to.times, (int64_t[]){100, 200, 300}, 24));
    assert_true(same(to.visits, (int64_t[]){0, 0, 1, 1, 1, 1}, 48) && to.seen[0] == 2 &&
                to.seen_from[0] == -1);
    assert_true(to.titles.n == 3 && !reco__string(&to.titles, 0)[0] && !reco__string(&to.titles, 1)[0]);
    assert_string_equal(reco__string(&to.titles, 2), "mug");
    free_thing(&to, NULL);
}

/* Entries go with the item that they are of. */
static void test_carried_without_an_item(void **state)
{
    (void)state;
    const int32_t items[] = {-1, 0};
    const reco__moves moves = {{NULL, items}, {3, 1}};
    thing t = made_thing(), to = {0};
    reco__file file = {.n = 0};
    reco__state out = reco__walk_carry(&file, &moves, NULL), in = reco__walk_take(&file, 0, NULL);
    set(&out, 3, 2, 2);
    set(&in, 3, 1, 2);
    OK(list(&t, &out));
    OK(reco__file_sort(&file, &err));
    OK(list(&to, &in));
    reco__file_close(&file);
    assert_true(same(to.square, (float[]){4}, 4) && same(to.bytes, t.bytes, 3));
    assert_true(same(to.matrix.start, (int64_t[]){0, 1, 1, 2}, 32));
    assert_true(same(to.matrix.index, (int32_t[]){0, 0}, 8) && same(to.matrix.value, (float[]){2, 3}, 8));
    assert_true(same(to.times, (int64_t[]){200, 300}, 16));
    assert_true(same(to.visits, (int64_t[]){0, 1, 1, 1}, 32) && to.seen[0] == 0 && to.seen_from[0] == -1);
    free_thing(&to, NULL);
    free_thing(&t, NULL);
}

static void test_names(void **state)
{
    (void)state;
    reco__file file = {.n = 0};
    reco__section section = {.kind = RECO__U8, .rows = 1, .columns = 1, .data = "x"};
    FAILS(reco__file_add(&file, "", "a_name_that_is_much_longer_than_the_fifty_five_bytes_of_a_table",
                         section, &err),
          RECO_EINTERNAL);
    OK(reco__file_add(&file, "one.", "two", section, &err));
    OK(reco__file_add(&file, "", "one.two", section, &err));
    FAILS(reco__file_save(&file, "never.reco", &err), RECO_EINTERNAL);
    reco__file_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saved_and_loaded),
        cmocka_unit_test(test_what_is_left_out),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_carried),
        cmocka_unit_test(test_carried_without_an_item),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
