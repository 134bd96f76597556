/* SPDX-License-Identifier: MIT */
/* online_retail - the whole job on a real gift shop: one year of invoice lines as they were exported, with
 * cancellations, lines without a customer, and postage among the products.
 *
 *     online_retail OnlineRetail.csv
 *
 * The file is "Online Retail" of the UCI Machine Learning Repository (Chen, 2015, 10.24432/C5BW33).
 */
#include "job.h"
#include "show.h"

#include <stdio.h>
#include <string.h>

static const job_part parts[JOB_PARTS] = {
    {"content", 0.2, {{NULL, 0}}},
    {"als", 0.4, {{NULL, 0}}},
    {"item-knn", 0.4, {{NULL, 0}}},
};
static const char title[] = "Description";

typedef struct shop {
    reco_data *data, *train, *test;
    reco_model *hybrid;
    reco_query *query;
    reco_list *list;
    reco_error err;
} shop;

/* Postage, fees, discounts, samples and vouchers have stock codes too; they are no products to recommend. */
static int32_t is_product(void *context, int32_t item, const char *id)
{
    static const char *const services[] = {"POST", "DOT",          "M",         "m",    "C2", "D",
                                           "S",    "BANK CHARGES", "AMAZONFEE", "CRUK", "B",  "PADS"};
    (void)context;
    (void)item;
    for (size_t k = 0; k < sizeof(services) / sizeof(services[0]); k++)
        if (strcmp(id, services[k]) == 0)
            return 0;
    return strncmp(id, "gift_", 5) != 0;
}

/* ---- from one flat file to a matrix */

static void tell_counts(const reco_builder *builder, const reco_data *data)
{
    show_heading("What was read");
    show_line(reco_builder_count(builder, "rows"), "", "invoice lines");
    show_line(reco_builder_count(builder, "rows_without_user"), "-", "without a customer");
    show_line(reco_builder_count(builder, "rows_without_item"), "-", "without a product");
    show_line(reco_builder_count(builder, "rows_zero"), "-", "of nothing");
    show_line(reco_data_count(data, "events_returned"), "-", "about products that all came back");
    show_line(reco_data_count(data, "events"), "=",
              "to learn from, canceled lines of kept products included");
    printf("\n  %s lines in all are cancellations.\n", show_count(reco_builder_count(builder, "returns")).s);
    job_tell_matrix(data);
}

static reco_status read_file(shop *s, const char *path)
{
    static const char columns[] = "user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate";
    reco_builder *builder = NULL;
    reco_format *format = NULL;
    reco_error *err = &s->err;
    reco_status status;
    if ((status = reco_builder_new(&builder, err)) || (status = reco_format_new(&format, err)) ||
        (status = reco_format_set_text(format, "columns", columns, err)) ||
        (status = reco_format_set_text(format, "item_columns", "Description=text,UnitPrice=number", err)) ||
        (status = reco_builder_set_text(builder, "combine", "count", err)) ||
        /* what is given as a gift follows the season */
        (status = reco_builder_set(builder, "half_life_days", 30, err)) ||
        (status = reco_builder_read_events(builder, path, format, err)) ||
        (status = reco_builder_finish(builder, &s->data, err)))
        goto done;
    tell_counts(builder, s->data);
done:
    reco_format_free(format);
    reco_builder_free(builder);
    return status;
}

/* ---- answers */

static reco_status fit_on_all(shop *s)
{
    reco_status status;
    if ((status = job_hybrid_new(&s->hybrid, parts, &s->err)) ||
        (status = reco_model_fit(s->hybrid, s->data, NULL, &s->err)) ||
        (status = reco_query_new(&s->query, &s->err)) || (status = reco_list_new(&s->list, &s->err)))
        return status;
    reco_query_filter(s->query, is_product, NULL);
    return RECO_OK;
}

static reco_status answer_basket(shop *s)
{
    static const char *const basket[] = {"22423", "22697", "22699"};
    reco_status status = reco_query_history(s->query, basket, NULL, 3, &s->err);
    if (status)
        return status;
    show_heading("An unknown visitor with three products in the basket");
    for (int k = 0; k < 3; k++) {
        int32_t item = 0;
        if ((status = reco_model_find(s->hybrid, RECO_ITEM, basket[k], &item, &s->err)))
            return status;
        printf("  in it: ");
        show_title(s->hybrid, item, title, 40);
        printf("\n");
    }
    printf("\n");
    return job_answer(s->hybrid, s->query, s->list, title, &s->err);
}

static reco_status answer_product(shop *s, const char *id)
{
    int32_t item = 0;
    reco_status status = reco_model_find(s->hybrid, RECO_ITEM, id, &item, &s->err);
    if (status || (status = reco_model_similar(s->hybrid, id, s->query, s->list, &s->err)))
        return status;
    printf("\n  Similar to ");
    show_title(s->hybrid, item, title, 0);
    printf("\n\n");
    show_list(s->hybrid, s->list, title);
    return RECO_OK;
}

static reco_status answer_products(shop *s)
{
    static const char *const ids[] = {"20725", "84946", "22960"};
    reco_query_reset(s->query);
    reco_query_filter(s->query, is_product, NULL);
    reco_status status = reco_query_limit(s->query, 5, &s->err);
    show_heading("On three product pages");
    for (int k = 0; k < 3 && !status; k++)
        status = answer_product(s, ids[k]);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: online_retail OnlineRetail.csv\n");
        return 2;
    }
    shop s = {NULL, NULL, NULL, NULL, NULL, NULL, {""}};
    double start = show_now();
    printf("libreco %s: a real gift shop, from its invoices to recommendations\n", reco_version());
    reco_status status = read_file(&s, argv[1]);
    if (!status && !(status = job_split(s.data, &s.train, &s.test, &s.err)) &&
        !(status = job_compare(s.train, s.test, parts, &s.err)) && !(status = fit_on_all(&s)) &&
        !(status = answer_basket(&s)) && !(status = answer_products(&s)))
        printf("\nAll of this took %s.\n", show_duration(show_now() - start).s);
    if (status)
        fprintf(stderr, "online_retail: %s (%s)\n", s.err.message, reco_status_text(status));
    reco_list_free(s.list);
    reco_query_free(s.query);
    reco_model_free(s.hybrid);
    reco_data_free(s.test);
    reco_data_free(s.train);
    reco_data_free(s.data);
    return status ? 1 : 0;
}
