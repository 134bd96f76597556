/* SPDX-License-Identifier: MIT */
/* Real files as they come: a shop's invoices, ratings in three formats. Skipped where the data is not. */
#include "base/system.h"
#include "data/data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static reco_error err;

/* Reads one file; shows how fast. */
static void read_file(reco_builder *b, int32_t side, const char *name, const char *const *settings)
{
    char path[400];
    reco_format *format;
    snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
    assert_int_equal(reco_format_new(&format, &err), RECO_OK);
    for (; *settings; settings += 2) {
        if (strcmp(settings[0], "header") == 0) {
            assert_int_equal(reco_format_set(format, "header", atof(settings[1]), &err), RECO_OK);
        } else {
            assert_int_equal(reco_format_set_text(format, settings[0], settings[1], &err), RECO_OK);
        }
    }
    int64_t began = reco__milliseconds();
    reco_status status = side < 0 ? reco_builder_read_events(b, path, format, &err)
                                  : reco_builder_read_features(b, side, path, format, &err);
    if (status != RECO_OK) {
        fail_msg("%s", err.message);
    }
    print_message("%s: %lld ms\n", name, (long long)(reco__milliseconds() - began));
    reco_format_free(format);
}

static reco_builder *new_builder(void)
{
    reco_builder *b;
    assert_int_equal(reco_builder_new(&b, &err), RECO_OK);
    return b;
}

static reco_data *finish(reco_builder *b)
{
    reco_data *data;
    int64_t began = reco__milliseconds();
    assert_int_equal(reco_builder_finish(b, &data, &err), RECO_OK);
    print_message("finish: %lld ms\n", (long long)(reco__milliseconds() - began));
    reco_builder_free(b);
    return data;
}

static void test_gift_shop(void **state)
{
    (void)state;
    static const char *const settings[] = {"columns",
                                           "user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate",
                                           "item_columns",
                                           "Description=text,UnitPrice=number",
                                           "user_columns",
                                           "Country=token",
                                           NULL};
    reco_builder *b = new_builder();
    read_file(b, -1, "online-retail/OnlineRetail.csv", settings);
    assert_int_equal(reco_builder_count(b, "rows"), 541909);
    assert_int_equal(reco_builder_count(b, "rows_without_user"), 135080);
    assert_int_equal(reco_builder_count(b, "rows_without_item"), 0);
    assert_int_equal(reco_builder_count(b, "rows_zero"), 0);
    assert_int_equal(reco_builder_count(b, "rows_bad"), 0);
    assert_int_equal(reco_builder_count(b, "events"), 541909 - 135080);
    assert_int_equal(reco_builder_count(b, "returns"), 8905);
    reco_data *data = finish(b);
    assert_int_equal(reco_data_count(data, "users"), 4372);
    assert_int_equal(reco_data_count(data, "events") + reco_data_count(data, "events_returned"),
                     541909 - 135080);
    assert_int_equal(data->first_time, 1291191960);
    assert_int_equal(data->last_time, 1323435000);
    const reco__field *title = reco__catalog_field(data->catalog, RECO_ITEM, "Description");
    int32_t item;
    assert_int_equal(reco_data_find(data, RECO_ITEM, "85123A", &item, &err), RECO_OK);
    /* renamed that year: the last name counts */
    assert_string_equal(reco__string(&title->texts, item), "CREAM HANGING HEART T-LIGHT HOLDER");
    reco_data_free(data);
}

static void test_ratings_with_colons(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    static const char *const movies[] = {
        "header", "0", "delimiter", "::", "encoding", "latin1", "columns", "title@2=text,genre@3=token",
        NULL};
    static const char *const more[] = {
        "header", "0", "delimiter", "::", "columns", "year@3=number,plot@10=text", NULL};
    static const char *const users[] = {
        "header", "0", "delimiter", "::", "columns", "sex@2=token,age@3=token,job@4=token", NULL};
    reco_builder *b = new_builder();
    read_file(b, -1, "ml-1m/ratings.csv", none);
    read_file(b, RECO_ITEM, "ml-1m/movies.dat", movies);
    read_file(b, RECO_ITEM, "ml-1m/movies_extrainfos.dat", more);
    read_file(b, RECO_USER, "ml-1m/users.dat", users);
    assert_int_equal(reco_builder_count(b, "events"), 1000209);
    reco_data *data = finish(b);
    assert_int_equal(reco_data_count(data, "pairs"), 1000209);
    assert_int_equal(reco_data_count(data, "users"), 6040);
    assert_int_equal(reco_data_count(data, "items"), 3883); /* 177 of them nobody rated */
    const reco__field *genre = reco__catalog_field(data->catalog, RECO_ITEM, "genre");
    assert_int_equal(genre->vocabulary.n, 18);
    int32_t item;
    assert_int_equal(reco_data_find(data, RECO_ITEM, "95", &item, &err), RECO_OK);
    const reco__field *plot = reco__catalog_field(data->catalog, RECO_ITEM, "plot");
    assert_memory_equal(reco__string(&plot->texts, item), "\"Broken Arrow\" is the term", 26);
    reco_data_free(data);
}

static void test_check_ins(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    reco_builder *b = new_builder();
    read_file(b, -1, "gowalla/train.csv", none);
    reco_data *data = finish(b);
    assert_int_equal(reco_data_count(data, "users"), 29858);
    assert_int_equal(reco_data_count(data, "items"), 40981);
    assert_int_equal(reco_data_count(data, "pairs"), 810128);
    reco_data_free(data);
}

static void test_tabs_and_bars(void **state)
{
    (void)state;
    static const char *const events[] = {"header", "0", "columns", "user=1,item=2,value=3,time=4", NULL};
    static const char *const items[] = {
        "header", "0", "delimiter", "|", "encoding", "latin1", "columns", "title@2=text,date@3=token", NULL};
    reco_builder *b = new_builder();
    read_file(b, -1, "ml-100k/u.data", events);
    read_file(b, RECO_ITEM, "ml-100k/u.item", items);
    reco_data *data = finish(b);
    assert_int_equal(reco_data_count(data, "pairs"), 100000);
    assert_int_equal(reco_data_count(data, "users"), 943);
    assert_int_equal(reco_data_count(data, "items"), 1682);
    reco_data_free(data);
}

int main(void)
{
    FILE *file = fopen(TEST_DATA "/README.md", "r");
    if (!file) {
        printf("SKIP: no real data in %s\n", TEST_DATA);
        return 77;
    }
    fclose(file);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gift_shop),
        cmocka_unit_test(test_ratings_with_colons),
        cmocka_unit_test(test_check_ins),
        cmocka_unit_test(test_tabs_and_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
