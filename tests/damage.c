/* SPDX-License-Identifier: MIT */
/* Damaged model files, for every algorithm. A file with any byte changed, cut or added is refused. A hostile
 * file, damaged and then given right checksums, is refused or gives a model that answers without touching
 * memory it should not: meant for the address sanitizer. */
#include "support/made.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "store/file.h"

#include <math.h>
#include <stdio.h>

enum { USERS = 6, ITEMS = 8, HEADER = 64, ENTRY = 96 };

typedef struct image {
    char *bytes;
    int64_t n;
} image;

/* A hybrid of few parts: what damage does to each other algorithm is tried with that one. */
static reco_model *small_hybrid(const char *algo)
{
    reco_model *hybrid = NULL, *part = NULL;
    OK(reco_model_new(&hybrid, algo, &err));
    for (int32_t k = 0; k < 2; k++) {
        part = made_model(k ? "popular" : "item-knn");
        OK(reco_model_add_part(hybrid, part, 1 + k, &err));
        reco_model_free(part);
    }
    return hybrid;
}

static image image_of(const char *algo)
{
    reco_data *data = made_data(USERS, ITEMS, 61);
    reco_model *model = made_is_hybrid(algo) ? small_hybrid(algo) : made_model(algo);
    OK(reco_model_fit(model, data, NULL, &err));
    image file;
    file.bytes = made_bytes(model, RECO_SAVE_ALL, &file.n);
    reco_model_free(model);
    reco_data_free(data);
    return file;
}

static uint32_t get32(const image *file, int64_t at)
{
    const unsigned char *b = (const unsigned char *)file->bytes + at;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static int64_t get64(const image *file, int64_t at)
{
    return (int64_t)((uint64_t)get32(file, at) | (uint64_t)get32(file, at + 4) << 32);
}

static void put(image *file, int64_t at, uint64_t value, int32_t size)
{
    for (int32_t k = 0; k < size; k++) {
        file->bytes[at + k] = (char)(value >> 8 * k);
    }
}

static void mend_header(image *file)
{
    put(file, 60, reco__crc32c(0, file->bytes, 60), 4);
}

/* Makes all checksums right again, as far as the table still points into the file. */
static void mend(image *file)
{
    int64_t n = get32(file, 24);
    n = n < (file->n - HEADER) / ENTRY ? n : (file->n - HEADER) / ENTRY;
    for (int64_t k = 0; k < n; k++) {
        int64_t entry = HEADER + k * ENTRY, offset = get64(file, entry + 80), length;
        if (reco__mul(get64(file, entry + 64), get64(file, entry + 72), &length) &&
            reco__mul(length, reco__kind_size(get32(file, entry + 56)), &length) && offset >= 0 &&
            offset <= file->n && length <= file->n - offset) {
            put(file, entry + 88, reco__crc32c(0, file->bytes + offset, length), 4);
        }
    }
    put(file, 28, reco__crc32c(0, file->bytes + HEADER, n * ENTRY), 4);
    mend_header(file);
}

/* ---- what is refused ---- */

static void expect(const char *bytes, int64_t n, reco_status expected, const char *what, int64_t where)
{
    reco_error err = {""};
    reco_model *model = NULL;
    reco_status status = reco_model_load_bytes(&model, bytes, n, &err);
    if (status != expected || model || !err.message[0]) {
        fail_msg("%s at %d: %s (%s)", what, (int)where, reco_status_text(status), err.message);
    }
}

static void test_each_changed_byte_is_refused(void **state)
{
    image file = image_of(*state);
    for (int64_t k = 0; k < file.n; k++) {
        char before = file.bytes[k];
        file.bytes[k] = (char)(before ^ 0xff);
        expect(file.bytes, file.n, RECO_EFORMAT, "inverted", k);
        file.bytes[k] = (char)(before + 1);
        expect(file.bytes, file.n, RECO_EFORMAT, "one more", k);
        file.bytes[k] = (char)(before ^ (1 << k % 8));
        expect(file.bytes, file.n, RECO_EFORMAT, "one bit", k);
        file.bytes[k] = before;
    }
    reco_bytes_free(file.bytes);
}

static void test_each_length_but_the_right_one_is_refused(void **state)
{
    image file = image_of(*state);
    for (int64_t n = 0; n < file.n; n++) {
        char *cut = malloc((size_t)n + 1); /* of its own, so that reading past its end shows */
        assert_non_null(cut);
        memcpy(cut, file.bytes, (size_t)n);
        expect(cut, n, RECO_EFORMAT, "cut", n);
        free(cut);
    }
    for (int64_t more = 1; more <= 200; more++) {
        char *longer = calloc((size_t)(file.n + more), 1);
        assert_non_null(longer);
        memcpy(longer, file.bytes, (size_t)file.n);
        expect(longer, file.n + more, RECO_EFORMAT, "zeros added", more);
        memset(longer + file.n, 'x', (size_t)more);
        expect(longer, file.n + more, RECO_EFORMAT, "bytes added", more);
        free(longer);
    }
    reco_bytes_free(file.bytes);
}

static void test_extremes_in_the_header_are_refused(void **state)
{
    static const uint64_t extremes[] = {
        0,          1,          2,          0x7f,      0xff,       0x7fffffff,      0x80000000, 0xfffffffe,
        0xffffffff, 1ull << 32, 1ull << 62, INT64_MAX, 1ull << 63, UINT64_MAX - 63, UINT64_MAX};
    image file = image_of(*state);
    for (int64_t at = 8; at < 60; at += 4) {
        for (size_t k = 0; k < sizeof extremes / sizeof *extremes; k++) {
            char header[HEADER];
            memcpy(header, file.bytes, HEADER);
            put(&file, at, extremes[k], at == 16 ? 8 : 4);
            bool newer = get32(&file, 8) > 1;
            mend_header(&file);
            if (memcmp(header, file.bytes, HEADER) != 0) {
                expect(file.bytes, file.n, newer ? RECO_EUNSUPPORTED : RECO_EFORMAT, "header", at);
            }
            memcpy(file.bytes, header, HEADER);
        }
    }
    reco_bytes_free(file.bytes);
}

/* ---- what is refused or harmless ---- */

typedef struct asker {
    reco_query *query;
    reco_list *list;
    int64_t refused, loaded;
} asker;

static void check_list_of(const reco_model *model, const char *side, const reco_list *list)
{
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        assert_true(isfinite(reco_list_scores(list)[k]));
        assert_in_range(reco_list_items(list)[k], 0, reco_model_count(model, side) - 1);
        assert_non_null(reco_list_id(list, k));
    }
}

static void check_list(const reco_model *model, const reco_list *list)
{
    check_list_of(model, "items", list);
}

/* Asks whatever there is to ask. Answers may be wrong, or RECO_ENUMERIC; they must be answers. */
static void ask_all(asker *a, const reco_model *model)
{
    const char *id;
    for (int32_t u = 0; (id = reco_model_id(model, RECO_USER, u)) != NULL; u++) {
        OK(reco_query_user(a->query, id, &err));
        (void)reco_model_recommend(model, a->query, a->list, NULL);
        check_list(model, a->list);
        (void)reco_model_similar_users(model, id, NULL, a->list, NULL);
        check_list_of(model, "users", a->list);
    }
    for (int32_t i = 0; (id = reco_model_id(model, RECO_ITEM, i)) != NULL; i++) {
        float score = 0;
        OK(reco_query_history(a->query, &id, NULL, 1, &err));
        (void)reco_model_recommend(model, a->query, a->list, NULL);
        check_list(model, a->list);
        (void)reco_model_similar(model, id, NULL, a->list, NULL);
        check_list(model, a->list);
        (void)reco_model_score(model, a->query, &id, 1, &score, NULL);
        assert_true(isfinite(score));
        (void)reco_model_text(model, RECO_ITEM, i, "title");
        (void)reco_model_number(model, RECO_ITEM, i, "price");
        (void)reco_model_token(model, RECO_ITEM, i, "tags", 1);
    }
    OK(reco_query_where(a->query, "price<5 and tags=even", &err));
    (void)reco_model_recommend(model, a->query, a->list, NULL);
    check_list(model, a->list);
    OK(reco_query_where(a->query, NULL, &err));
    assert_true(reco_model_count(model, "bytes") >= 0);
}

static void try_hostile(asker *a, image *file)
{
    reco_model *model = NULL;
    reco_error err = {""};
    mend(file);
    reco_status status = reco_model_load_bytes(&model, file->bytes, file->n, &err);
    if (status == RECO_OK) {
        ask_all(a, model);
        a->loaded++;
    } else {
        assert_true(status == RECO_EFORMAT || status == RECO_EUNSUPPORTED || status == RECO_ENUMERIC);
        assert_true(!model && err.message[0]);
        a->refused++;
    }
    reco_model_free(model);
}

static asker asker_new(void)
{
    asker a = {0};
    OK(reco_query_new(&a.query, &err));
    OK(reco_list_new(&a.list, &err));
    return a;
}

static void asker_free(asker *a)
{
    reco_list_free(a->list);
    reco_query_free(a->query);
}

static void test_bytes_with_right_checksums(void **state)
{
    image file = image_of(*state);
    asker a = asker_new();
    char *whole = malloc((size_t)file.n);
    assert_non_null(whole);
    memcpy(whole, file.bytes, (size_t)file.n);
    for (int64_t k = HEADER; k < file.n; k++) {
        file.bytes[k] = (char)(whole[k] ^ (k % 2 ? 0xff : 1));
        try_hostile(&a, &file);
        memcpy(file.bytes, whole, (size_t)file.n);
    }
    assert_true(a.refused > 0 && a.loaded > 0); /* both paths were there */
    free(whole);
    asker_free(&a);
    reco_bytes_free(file.bytes);
}

static void test_extremes_with_right_checksums(void **state)
{
    /* infinity; the largest integer, which is no number; -1, likewise; the lowest float */
    static const uint64_t extremes4[] = {0x7f800000, 0x7fffffff, 0xffffffff, 0xff7fffff};
    /* the same for eight bytes: no number, minus nothing, the largest double */
    static const uint64_t extremes8[] = {INT64_MAX, 1ull << 63, 0x7fefffffffffffff};
    image file = image_of(*state);
    asker a = asker_new();
    char *whole = malloc((size_t)file.n);
    assert_non_null(whole);
    memcpy(whole, file.bytes, (size_t)file.n);
    for (int64_t at = HEADER; at + 8 <= file.n; at += 4) {
        for (size_t k = 0; k < sizeof extremes4 / sizeof *extremes4; k++) {
            put(&file, at, extremes4[k], 4);
            try_hostile(&a, &file);
            memcpy(file.bytes, whole, (size_t)file.n);
        }
        for (size_t k = 0; at % 8 == 0 && k < sizeof extremes8 / sizeof *extremes8; k++) {
            put(&file, at, extremes8[k], 8);
            try_hostile(&a, &file);
            memcpy(file.bytes, whole, (size_t)file.n);
        }
    }
    assert_true(a.refused > 0 && a.loaded > 0);
    free(whole);
    asker_free(&a);
    reco_bytes_free(file.bytes);
}

/* ---- files of other sections ---- */

enum { DROP, LONGER, SHORTER, EMPTY, OTHER_KIND, WIDER, CHANGES };

/* Writes the file again with one section changed. */
static image rewrite(const reco__file *file, int64_t which, int32_t change)
{
    reco__file written = {.n = 0};
    void *bytes = NULL;
    image out = {NULL, 0};
    for (int64_t k = 0; k < file->n; k++) {
        reco__section s = file->sections[k];
        s.owned = false;
        if (k == which) {
            if (change == DROP) {
                continue;
            }
            int64_t before = s.rows * s.columns * reco__kind_size(s.kind);
            s.rows += change == LONGER;
            s.rows -= change == SHORTER && s.rows > 0;
            s.rows = change == EMPTY ? 0 : s.rows;
            s.columns += change == WIDER;
            s.kind = change == OTHER_KIND ? s.kind % 5 + 1 : s.kind;
            int64_t after = s.rows * s.columns * reco__kind_size(s.kind);
            char *copy = reco__alloc_zero(before > after ? before : after, 1);
            assert_non_null(copy);
            memcpy(copy, s.data, (size_t)before);
            s.data = copy;
            s.owned = true;
        }
        OK(reco__file_add(&written, "", s.name, s, &err));
    }
    OK(reco__file_save_bytes(&written, &bytes, &out.n, &err));
    reco__file_close(&written);
    out.bytes = bytes;
    return out;
}

static void open_image(const image *file, reco__block **block, reco__file *opened)
{
    char *copy = reco__copy_text(file->bytes, file->n);
    assert_non_null(copy);
    *block = reco__block_new(copy, file->n);
    assert_non_null(*block);
    OK(reco__file_open(opened, *block, &err));
}

static void test_sections_of_other_shapes(void **state)
{
    image file = image_of(*state);
    asker a = asker_new();
    reco__block *block = NULL;
    reco__file opened = {0};
    open_image(&file, &block, &opened);
    for (int64_t k = 0; k < opened.n; k++) {
        for (int32_t change = DROP; change < CHANGES; change++) {
            image other = rewrite(&opened, k, change);
            try_hostile(&a, &other);
            reco_bytes_free(other.bytes);
        }
    }
    assert_true(a.refused > 4 * opened.n);
    reco__file_close(&opened);
    reco__block_release(block);
    asker_free(&a);
    reco_bytes_free(file.bytes);
}

/* The contents of two sections of one kind change places. */
static void test_sections_in_each_others_place(void **state)
{
    image file = image_of(*state);
    asker a = asker_new();
    reco__block *block = NULL;
    reco__file opened = {0};
    open_image(&file, &block, &opened);
    for (int64_t k = 0; k < opened.n; k++) {
        for (int64_t j = k + 1; j < opened.n; j++) {
            reco__section one = opened.sections[k], two = opened.sections[j];
            if (one.kind == two.kind) {
                reco__section *swapped[] = {&opened.sections[k], &opened.sections[j]};
                const reco__section *from[] = {&two, &one};
                for (int32_t side = 0; side < 2; side++) {
                    swapped[side]->rows = from[side]->rows;
                    swapped[side]->columns = from[side]->columns;
                    swapped[side]->data = from[side]->data;
                }
                image other = rewrite(&opened, -1, 0);
                try_hostile(&a, &other);
                reco_bytes_free(other.bytes);
                opened.sections[k] = one;
                opened.sections[j] = two;
            }
        }
    }
    reco__file_close(&opened);
    reco__block_release(block);
    asker_free(&a);
    reco_bytes_free(file.bytes);
}

static void test_sections_nobody_knows(void **state)
{
    image file = image_of(*state);
    reco__block *block = NULL;
    reco__file opened = {0};
    open_image(&file, &block, &opened);
    for (uint32_t flags = 0; flags <= RECO__SECTION_OPTIONAL; flags++) {
        reco__file written = {.n = 0};
        void *out = NULL;
        int64_t n = 0;
        reco_model *model = NULL;
        for (int64_t k = 0; k < opened.n; k++) {
            OK(reco__file_add(&written, "", opened.sections[k].name, opened.sections[k], &err));
        }
        reco__section unknown = {.kind = RECO__I32, .flags = flags, .rows = 1, .columns = 1, .data = "1234"};
        OK(reco__file_add(&written, "", "zz_from_tomorrow", unknown, &err));
        OK(reco__file_save_bytes(&written, &out, &n, &err));
        if (flags) {
            OK(reco_model_load_bytes(&model, out, n, &err)); /* may be skipped */
            reco_model_free(model);
        } else {
            expect(out, n, RECO_EUNSUPPORTED, "unknown section", 0);
        }
        reco_bytes_free(out);
        reco__file_close(&written);
    }
    reco__file_close(&opened);
    reco__block_release(block);
    reco_bytes_free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_changed_byte_is_refused),
        cmocka_unit_test(test_each_length_but_the_right_one_is_refused),
        cmocka_unit_test(test_extremes_in_the_header_are_refused),
        cmocka_unit_test(test_bytes_with_right_checksums),
        cmocka_unit_test(test_extremes_with_right_checksums),
        cmocka_unit_test(test_sections_of_other_shapes),
        cmocka_unit_test(test_sections_in_each_others_place),
        cmocka_unit_test(test_sections_nobody_knows),
    };
    return made_run(tests, sizeof tests / sizeof *tests);
}
