/* SPDX-License-Identifier: MIT */
/* What content makes of real catalogs: lists far better than chance, neighbors that a person would name, a
 * basket answered in no time. Skipped where the data is not. */
#include "base/system.h"
#include "support/made.h"

#include <stdio.h>

/* ---- data ---- */

static reco_format *format_of(const char *const *settings)
{
    reco_format *format = NULL;
    OK(reco_format_new(&format, &err));
    for (; *settings; settings += 2) {
        OK(strcmp(settings[0], "header") == 0 ? reco_format_set(format, "header", atof(settings[1]), &err)
                                              : reco_format_set_text(format, settings[0], settings[1], &err));
    }
    return format;
}

static void read_items(reco_builder *b, const char *name, const char *const *settings)
{
    char path[400];
    reco_format *format = format_of(settings);
    snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
    OK(reco_builder_read_features(b, RECO_ITEM, path, format, &err));
    reco_format_free(format);
}

static void read_events(reco_builder *b, const char *name, const char *const *settings)
{
    char path[400];
    reco_format *format = format_of(settings);
    snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
    OK(reco_builder_read_events(b, path, format, &err));
    reco_format_free(format);
}

static reco_data *gift_shop(void)
{
    static const char *const columns[] = {"columns",
                                          "user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate",
                                          "item_columns", "Description=text,UnitPrice=number", NULL};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    read_events(b, "online-retail/OnlineRetail.csv", columns);
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

static reco_data *films(void)
{
    static const char *const plain[] = {NULL};
    static const char *const movies[] = {
        "header", "0", "delimiter", "::", "encoding", "latin1", "columns", "title@2=text,genre@3=token",
        NULL};
    static const char *const plots[] = {"header", "0", "delimiter", "::", "columns", "plot@10=text", NULL};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    OK(reco_builder_new(&b, &err));
    read_events(b, "ml-1m/ratings.csv", plain);
    read_items(b, "ml-1m/movies.dat", movies);
    read_items(b, "ml-1m/movies_extrainfos.dat", plots);
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* ---- better than chance ---- */

static reco_model *fit(const reco_data *data, const char *algo, const char *fields)
{
    reco_model *m = NULL;
    OK(reco_model_new(&m, algo, &err));
    if (fields) {
        OK(reco_model_set_text(m, "fields", fields, &err));
    }
    int64_t began = reco__milliseconds();
    OK(reco_model_fit(m, data, NULL, &err));
    print_message("%s: fit in %lld ms\n", algo, (long long)(reco__milliseconds() - began));
    return m;
}

static double recall(const reco_data *train, const reco_data *test, const char *algo, const char *fields)
{
    reco_model *m = fit(train, algo, fields);
    reco_report *report = NULL;
    reco_protocol *protocol;
    OK(reco_protocol_new(&protocol, &err));
    OK(reco_protocol_set_text(protocol, "metrics", "recall@20,ndcg@10", &err));
    OK(reco_model_evaluate(m, test, NULL, protocol, NULL, &report, &err));
    reco_protocol_free(protocol);
    double value = reco_report_value(report, 0);
    print_message("%s %s: recall@20 %.4f, ndcg@10 %.4f\n", algo, fields ? fields : "", value,
                  reco_report_value(report, 1));
    reco_report_free(report);
    reco_model_free(m);
    return value;
}

typedef struct figure {
    const char *fields;
    double recall; /* at least, from all builds */
} figure;

static void beats_chance(const reco_data *data, const char *split, const figure *figures)
{
    reco_data *train = NULL, *test = NULL;
    OK(reco_data_split(data, split, 1, &train, &test, &err));
    double chance = recall(train, test, "random", NULL);
    assert_true(chance > 0);
    for (; figures->fields; figures++) {
        double found = recall(train, test, "content", figures->fields);
        assert_true(found >= 5 * chance);
        assert_true(found >= figures->recall);
    }
    reco_data_free(train);
    reco_data_free(test);
}

static void test_gift_shop(void **state)
{
    static const figure figures[] = {{"", 0.077}, {"Description", 0.071}, {NULL, 0}};
    beats_chance(*state, "time:0.2", figures);
}

static void test_films(void **state)
{
    (void)state;
    static const figure figures[] = {{"", 0.059}, {NULL, 0}};
    reco_data *data = films();
    beats_chance(data, "random:0.2", figures);
    reco_data_free(data);
}

/* ---- neighbors ---- */

static void test_neighbors(void **state)
{
    static const struct {
        const char *item, *words[2];
    } cases[] = {
        {"85123A", {"T-LIGHT HOLDER", "H"}}, /* cream hanging heart t-light holder */
        {"22423", {"CAKE", "CAKE"}},         /* regency cakestand, three tiers */
        {"47566", {"BUNTING", "BUNTING"}},   /* party bunting */
        {"84978", {"T-LIGHT", "HOLDER"}},    /* hanging heart jar t-light holder */
        {"20725", {"LUNCH BAG", "LUNCH"}},   /* lunch bag red retrospot */
        {"22697", {"CUP", "SAUCER"}},        /* green regency teacup and saucer */
    };
    reco_model *m = fit(*state, "content", NULL);
    reco_query *q = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&q, &err));
    OK(reco_query_limit(q, 3, &err));
    OK(reco_list_new(&list, &err));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        OK(reco_model_similar(m, cases[c].item, q, list, &err));
        assert_int_equal(reco_list_size(list), 3);
        for (int32_t k = 0; k < 3; k++) {
            const char *title = reco_model_text(m, RECO_ITEM, reco_list_items(list)[k], "Description");
            print_message("%s %.3f %s\n", cases[c].item, (double)reco_list_scores(list)[k], title);
            assert_non_null(strstr(title, cases[c].words[0]));
            assert_non_null(strstr(title, cases[c].words[1]));
        }
    }
    reco_list_free(list);
    reco_query_free(q);
    reco_model_free(m);
}

static void test_basket(void **state)
{
    enum { TIMES = 1000 };
    static const char *const basket[] = {"85123A", "22423", "47566"};
    reco_model *m = fit(*state, "content", NULL);
    reco_query *q = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&q, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_history(q, basket, NULL, 3, &err));
    int64_t began = reco__milliseconds();
    for (int32_t k = 0; k < TIMES; k++) {
        OK(reco_model_recommend(m, q, list, &err));
    }
    int64_t ms = reco__milliseconds() - began;
    print_message("basket of three: %.1f microseconds\n", (double)ms * 1000 / TIMES);
    assert_int_equal(reco_list_size(list), 10);
    assert_string_equal(reco_list_source(list), "content");
    assert_true(ms < TIMES); /* a millisecond each */
    reco_list_free(list);
    reco_query_free(q);
    reco_model_free(m);
}

static int load_gift_shop(void **state)
{
    *state = gift_shop();
    return 0;
}

static int free_gift_shop(void **state)
{
    reco_data_free(*state);
    return 0;
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
        cmocka_unit_test(test_neighbors),
        cmocka_unit_test(test_basket),
        cmocka_unit_test(test_films),
    };
    return cmocka_run_group_tests(tests, load_gift_shop, free_gift_shop);
}
