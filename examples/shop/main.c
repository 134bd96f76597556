/* SPDX-License-Identifier: MIT */
/* shop - the whole job, on the made shop: read the event log and the catalog, learn, evaluate, answer,
 * save.
 *
 *     shop-generate FOLDER && shop FOLDER
 */
#include "../job.h"
#include "../show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct shop {
    const char *folder;
    reco_data *data, *train, *test;
    reco_model *hybrid;
    reco_query *query;
    reco_list *list;
    reco_error err;
} shop;

static const char *in_folder(const shop *s, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof(path), "%s/%s", s->folder, name);
    return path;
}

/* Each part sees something of its own: words, tastes, what was taken together. */
static const job_part parts[JOB_PARTS] = {
    {"content", 0.1, {{NULL, 0}}},
    {"als", 0.4, {{NULL, 0}}},
    {"item-knn", 0.5, {{NULL, 0}}},
};

/* ---- from files to a matrix */

static void tell_counts(const reco_builder *builder, const shop *s)
{
    const reco_data *data = s->data;
    show_line(reco_builder_count(builder, "rows"), "",
              "rows in events.csv: views, carts, purchases, returns");
    show_line(reco_builder_count(builder, "rows_without_user"), "-", "of guests: nobody to learn about");
    show_line(reco_data_count(data, "events_without_consent"), "-", "of customers who did not agree to it");
    show_line(reco_data_count(data, "events_returned"), "-", "about products that came back");
    show_line(reco_data_count(data, "events"), "=", "events to learn from");
    job_tell_matrix(data);
}

static reco_status read_files(shop *s)
{
    reco_builder *builder = NULL;
    reco_error *err = &s->err;
    reco_format *items = NULL;
    reco_status status = reco_builder_new(&builder, err);
    /* A purchase says more than a view; a return takes back all that led to it. */
    if (status || (status = reco_builder_set_event_type(builder, "view", 1, err)) ||
        (status = reco_builder_set_event_type(builder, "cart", 1, err)) ||
        (status = reco_builder_set_event_type(builder, "purchase", 2, err)) ||
        (status = reco_builder_set_event_type(builder, "return", 4, err)))
        goto done;
    if ((status = reco_format_new(&items, err)) ||
        (status = reco_format_set_text(items, "columns", "title=text,description=text,price=number", err)))
        goto done;
    if ((status = reco_builder_read_events(builder, in_folder(s, "events.csv"), NULL, err)) ||
        (status = reco_builder_read_features(builder, RECO_ITEM, in_folder(s, "items.csv"), items, err)) ||
        (status = reco_builder_read_features(builder, RECO_USER, in_folder(s, "users.csv"), NULL, err)) ||
        (status = reco_builder_finish(builder, &s->data, err)))
        goto done;
    show_heading("What was read");
    tell_counts(builder, s);
done:
    reco_format_free(items);
    reco_builder_free(builder);
    return status;
}

/* ---- answers */

enum { TAKEN = 6 }; /* products of a customer that are shown, and recommended */

/* The products of a customer's row with the largest values, most first. Returns how many. */
static int favorites(const int32_t *items, const float *values, int64_t n, int32_t out[TAKEN])
{
    float kept[TAKEN];
    int size = 0;
    for (int64_t k = 0; k < n; k++) {
        int at = size < TAKEN ? size++ : TAKEN;
        for (; at > 0 && values[k] > kept[at - 1]; at--)
            if (at < TAKEN) {
                kept[at] = kept[at - 1];
                out[at] = out[at - 1];
            }
        if (at < TAKEN) {
            kept[at] = values[k];
            out[at] = items[k];
        }
    }
    return size;
}

/* Prints a customer's favorites beside what the model recommends and the product that most speaks for it. */
static reco_status tell_customer(const shop *s, const int32_t taken[TAKEN], int n_taken, reco_list *reasons,
                                 reco_error *err)
{
    for (int32_t k = 0; k < reco_list_size(s->list); k++) {
        reco_status status = reco_model_explain(s->hybrid, reco_list_id(s->list, k), s->query, reasons, err);
        if (status)
            return status;
        printf("  ");
        show_title(s->hybrid, k < n_taken ? taken[k] : -1, "title", 31);
        printf(" %d. ", k + 1);
        show_title(s->hybrid, reco_list_items(s->list)[k], "title", 31);
        show_title(s->hybrid, reco_list_size(reasons) ? reco_list_items(reasons)[0] : -1, "title", 0);
        printf("\n");
    }
    return RECO_OK;
}

static reco_status answer_customer(shop *s, int32_t user, reco_list *reasons)
{
    const char *id = reco_data_id(s->data, RECO_USER, user);
    const int32_t *items;
    const float *values;
    int32_t taken[TAKEN];
    int64_t n;
    reco_status status;
    if ((status = reco_data_row(s->data, user, &items, &values, &n, &s->err)) ||
        (status = reco_query_user(s->query, id, &s->err)) ||
        (status = reco_query_limit(s->query, TAKEN, &s->err)) ||
        (status = reco_model_recommend(s->hybrid, s->query, s->list, &s->err)))
        return status;
    printf("  %s came for                 is recommended                     mostly because of\n", id);
    return tell_customer(s, taken, favorites(items, values, n, taken), reasons, &s->err);
}

/* The first of each third of the customers who took enough to know them a little. */
static reco_status answer_customers(shop *s)
{
    int32_t n_users = (int32_t)reco_data_count(s->data, "users"), told = 0;
    reco_list *reasons = NULL;
    reco_status status = reco_list_new(&reasons, &s->err);
    show_heading("Three customers");
    for (int32_t user = 0; user < n_users && told < 3 && !status; user++) {
        const int32_t *items;
        const float *values;
        int64_t n = 0;
        status = reco_data_row(s->data, user, &items, &values, &n, &s->err);
        if (status || n < TAKEN || n > 2 * TAKEN || user < told * n_users / 3)
            continue;
        if (told++)
            printf("\n");
        status = answer_customer(s, user, reasons);
    }
    reco_list_free(reasons);
    return status;
}

static reco_status answer_basket(shop *s)
{
    static const char *const basket[] = {"lemon-grove-teapot", "fern-mug", "oatmeal-biscuit-tin"};
    reco_query_reset(s->query);
    reco_status status = reco_query_history(s->query, basket, NULL, 3, &s->err);
    if (status)
        return status;
    show_heading("An unknown visitor with three products in the basket");
    printf("  In it: %s, %s and %s.\n\n", basket[0], basket[1], basket[2]);
    return job_answer(s->hybrid, s->query, s->list, "title", &s->err);
}

static reco_status answer_product(shop *s)
{
    reco_query_reset(s->query);
    reco_status status = reco_query_limit(s->query, 5, &s->err);
    if (status || (status = reco_model_similar(s->hybrid, "woodland-fox-mug", s->query, s->list, &s->err)))
        return status;
    show_heading("On the page of woodland-fox-mug: similar products");
    show_list(s->hybrid, s->list, "title");
    return RECO_OK;
}

static reco_status answer_where(shop *s)
{
    static const char condition[] = "price<10 and category=stationery";
    static const char *const seen[] = {"lemon-grove-cup-and-saucer"};
    reco_query_reset(s->query);
    reco_status status = reco_query_history(s->query, seen, NULL, 1, &s->err);
    if (status || (status = reco_query_where(s->query, condition, &s->err)) ||
        (status = reco_query_limit(s->query, 5, &s->err)) ||
        (status = reco_model_recommend(s->hybrid, s->query, s->list, &s->err)))
        return status;
    show_heading(
        "Who looked at lemon-grove-cup-and-saucer, among products where price<10 and category=stationery");
    show_list(s->hybrid, s->list, "title");
    return RECO_OK;
}

/* ---- the model file */

/* Asks two models for lists of ten for every customer. Returns how many customers got the same from both. */
static reco_status count_equal(const shop *s, const reco_model *a, const reco_model *b, int64_t *equal,
                               reco_error *err)
{
    enum { LIMIT = 10 };
    int64_t n = reco_model_count(a, "users");
    size_t cells = (size_t)n * LIMIT;
    int32_t *items = calloc(2 * cells, sizeof(*items)), *sizes = calloc(2 * (size_t)n, sizeof(*sizes));
    float *scores = calloc(2 * cells, sizeof(*scores));
    reco_status status = RECO_ENOMEM;
    if (!items || !sizes || !scores)
        goto done;
    if ((status =
             reco_model_recommend_batch(a, s->query, NULL, n, 0, NULL, items, scores, sizes, NULL, err)) ||
        (status = reco_model_recommend_batch(b, s->query, NULL, n, 0, NULL, items + cells, scores + cells,
                                             sizes + n, NULL, err)))
        goto done;
    *equal = 0;
    for (int64_t u = 0; u < n; u++)
        *equal += sizes[u] == sizes[n + u] &&
                  memcmp(items + u * LIMIT, items + cells + u * LIMIT, LIMIT * sizeof(*items)) == 0 &&
                  memcmp(scores + u * LIMIT, scores + cells + u * LIMIT, LIMIT * sizeof(*scores)) == 0;
done:
    free(scores);
    free(sizes);
    free(items);
    return status;
}

static reco_status save_and_load(shop *s)
{
    const char *path = in_folder(s, "shop.reco");
    reco_model *loaded = NULL;
    int64_t equal = 0, n = reco_model_count(s->hybrid, "users");
    reco_query_reset(s->query);
    reco_status status = reco_model_save(s->hybrid, path, RECO_SAVE_ALL, &s->err);
    double start = show_now();
    if (status || (status = reco_model_load(&loaded, path, &s->err)))
        goto done;
    double seconds = show_now() - start;
    if ((status = count_equal(s, s->hybrid, loaded, &equal, &s->err)))
        goto done;
    show_heading("The model file");
    printf("  Saved as %s and loaded in %s.\n", path, show_duration(seconds).s);
    printf("  %s of %s customers get the same list from it, to the bit.\n", show_count(equal).s,
           show_count(n).s);
    if (equal != n) {
        snprintf(s->err.message, sizeof(s->err.message), "the loaded model answers differently");
        status = RECO_EINTERNAL;
    }
done:
    reco_model_free(loaded);
    return status;
}

/* For the answers the hybrid learns from everything there is. */
static reco_status fit_on_all(shop *s)
{
    reco_status status = job_hybrid_new(&s->hybrid, parts, &s->err);
    if (status || (status = reco_model_fit(s->hybrid, s->data, NULL, &s->err)) ||
        (status = reco_query_new(&s->query, &s->err)))
        return status;
    return reco_list_new(&s->list, &s->err);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: shop FOLDER\n");
        return 2;
    }
    shop s = {.folder = argv[1]};
    double start = show_now();
    printf("libreco %s: a shop, from its event log to recommendations\n", reco_version());
    reco_status status = read_files(&s);
    if (!status && !(status = job_split(s.data, &s.train, &s.test, &s.err)) &&
        !(status = job_compare(s.train, s.test, parts, &s.err)) && !(status = fit_on_all(&s)) &&
        !(status = answer_customers(&s)) && !(status = answer_basket(&s)) && !(status = answer_product(&s)) &&
        !(status = answer_where(&s)) && !(status = save_and_load(&s)))
        printf("\nAll of this took %s.\n", show_duration(show_now() - start).s);
    if (status)
        fprintf(stderr, "shop: %s (%s)\n", s.err.message, reco_status_text(status));
    reco_list_free(s.list);
    reco_query_free(s.query);
    reco_model_free(s.hybrid);
    reco_data_free(s.test);
    reco_data_free(s.train);
    reco_data_free(s.data);
    return status ? 1 : 0;
}
