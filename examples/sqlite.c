/* SPDX-License-Identifier: MIT */
/* sqlite - learns from the orders in a shop's SQLite database and writes what to recommend back into it.
 *
 *     sqlite SHOP.db
 *
 * It reads orders (customer, product, quantity) and products (id, title, category, price), and fills
 * recommendations (customer, rank, product, score), which it makes when it is not there. Whoever reads the
 * database meanwhile sees the old recommendations or the new ones, whole.
 */
#include <reco/reco.h>
#include <sqlite3.h>
#include <stdio.h>

enum { EACH = 5, PATIENCE = 1000 }; /* products for a customer; milliseconds to wait for who holds a lock */

typedef struct shop {
    sqlite3 *db;
    reco_builder *builder;
    reco_data *data;
    reco_model *model;
    reco_query *query;
    reco_list *list;
    reco_error err;
} shop;

/* ---- SQLite's failures become the library's */

static reco_status failed(shop *s, const char *what)
{
    snprintf(s->err.message, sizeof(s->err.message), "%s: %s", what, sqlite3_errmsg(s->db));
    return RECO_EIO;
}

static reco_status execute(shop *s, const char *sql)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) ? failed(s, "cannot write") : RECO_OK;
}

/* Calls a function for each row of a query. */
static reco_status for_each(shop *s, const char *sql, reco_status (*take)(shop *, sqlite3_stmt *))
{
    sqlite3_stmt *row = NULL;
    reco_status status = RECO_OK;
    int code = sqlite3_prepare_v2(s->db, sql, -1, &row, NULL);
    if (code == SQLITE_OK)
        while (!status && (code = sqlite3_step(row)) == SQLITE_ROW)
            status = take(s, row);
    if (!status && code != SQLITE_DONE)
        status = failed(s, "cannot read");
    sqlite3_finalize(row);
    return status;
}

static const char *text(sqlite3_stmt *row, int column)
{
    return (const char *)sqlite3_column_text(row, column);
}

/* ---- from tables to a data set; ids may be numbers or texts, SQLite gives both as text */

static reco_status take_order(shop *s, sqlite3_stmt *row)
{
    return reco_builder_add_event(s->builder, text(row, 0), text(row, 1), NULL,
                                  (float)sqlite3_column_double(row, 2), RECO_NO_TIME, &s->err);
}

static reco_status take_title(shop *s, sqlite3_stmt *row)
{
    return reco_builder_add_text(s->builder, RECO_ITEM, text(row, 0), "title", text(row, 1), &s->err);
}

static reco_status take_category(shop *s, sqlite3_stmt *row)
{
    return reco_builder_add_token(s->builder, RECO_ITEM, text(row, 0), "category", text(row, 1), 1, &s->err);
}

static reco_status take_price(shop *s, sqlite3_stmt *row)
{
    return reco_builder_add_number(s->builder, RECO_ITEM, text(row, 0), "price",
                                   sqlite3_column_double(row, 1), &s->err);
}

static reco_status read_shop(shop *s)
{
    static const struct {
        const char *sql;
        reco_status (*take)(shop *, sqlite3_stmt *);
    } reads[] = {
        {"SELECT customer, product, quantity FROM orders WHERE customer <> '' AND product <> ''", take_order},
        {"SELECT id, title FROM products WHERE title <> ''", take_title},
        {"SELECT id, category FROM products WHERE category <> ''", take_category},
        {"SELECT id, price FROM products WHERE price IS NOT NULL", take_price},
    };
    /* One transaction: what is read is of one moment. */
    reco_status status = execute(s, "BEGIN");
    for (size_t k = 0; k < sizeof(reads) / sizeof(reads[0]) && !status; k++)
        status = for_each(s, reads[k].sql, reads[k].take);
    if (status || (status = execute(s, "COMMIT")) ||
        (status = reco_builder_finish(s->builder, &s->data, &s->err)))
        return status;
    if (reco_data_count(s->data, "pairs") == 0) {
        snprintf(s->err.message, sizeof(s->err.message), "there are no orders to learn from");
        return RECO_EINVAL;
    }
    printf("Read %d orders of %d customers and %d products.\n", (int)reco_builder_count(s->builder, "events"),
           (int)reco_data_count(s->data, "users"), (int)reco_data_count(s->data, "items"));
    return RECO_OK;
}

/* ---- what to recommend */

/* Most weight to what was bought together; titles and categories speak for what nobody bought yet. */
static reco_status learn(shop *s)
{
    reco_model *together = NULL, *alike = NULL;
    reco_status status = reco_model_new(&s->model, "weighted", &s->err);
    if (status || (status = reco_model_new(&together, "item-knn", &s->err)) ||
        (status = reco_model_new(&alike, "content", &s->err)) ||
        (status = reco_model_add_part(s->model, together, 0.7, &s->err)) ||
        (status = reco_model_add_part(s->model, alike, 0.3, &s->err)))
        goto done;
    status = reco_model_fit(s->model, s->data, NULL, &s->err);
done:
    reco_model_free(together);
    reco_model_free(alike);
    return status;
}

/* Writes one customer's list. */
static reco_status write_list(shop *s, int32_t user, sqlite3_stmt *row)
{
    const char *id = reco_model_id(s->model, RECO_USER, user);
    reco_status status = reco_query_user(s->query, id, &s->err);
    if (!status)
        status = reco_model_recommend(s->model, s->query, s->list, &s->err);
    for (int32_t k = 0; !status && k < reco_list_size(s->list); k++) {
        sqlite3_bind_text(row, 1, id, -1, SQLITE_STATIC);
        sqlite3_bind_int(row, 2, k + 1);
        sqlite3_bind_text(row, 3, reco_list_id(s->list, k), -1, SQLITE_STATIC);
        sqlite3_bind_double(row, 4, (double)reco_list_scores(s->list)[k]);
        sqlite3_step(row);
        if (sqlite3_reset(row)) /* tells how the step ended */
            status = failed(s, "cannot write");
    }
    return status;
}

/* Replaces all lists in one transaction; closing the database takes an unfinished one back. */
static reco_status write_lists(shop *s)
{
    sqlite3_stmt *row = NULL;
    reco_status status =
        execute(s, "BEGIN IMMEDIATE;"
                   "CREATE TABLE IF NOT EXISTS recommendations"
                   " (customer TEXT, rank INTEGER, product TEXT, score REAL, PRIMARY KEY (customer, rank));"
                   "DELETE FROM recommendations");
    if (!status &&
        sqlite3_prepare_v2(s->db, "INSERT INTO recommendations VALUES (?, ?, ?, ?)", -1, &row, NULL))
        status = failed(s, "cannot write");
    for (int32_t user = 0; !status && user < (int32_t)reco_model_count(s->model, "users"); user++)
        status = write_list(s, user, row);
    sqlite3_finalize(row);
    return status ? status : execute(s, "COMMIT");
}

static reco_status tell_list(shop *s, sqlite3_stmt *row)
{
    (void)s;
    printf("%-6s %d. %-20s %.2f\n", text(row, 0), sqlite3_column_int(row, 1), text(row, 2),
           sqlite3_column_double(row, 3));
    return RECO_OK;
}

int main(int argc, char **argv)
{
    shop s = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: sqlite SHOP.db\n");
        return 2;
    }
    reco_status status =
        sqlite3_open_v2(argv[1], &s.db, SQLITE_OPEN_READWRITE, NULL) ? failed(&s, argv[1]) : RECO_OK;
    if (status || (status = reco_builder_new(&s.builder, &s.err)) ||
        (status = reco_query_new(&s.query, &s.err)) || (status = reco_list_new(&s.list, &s.err)) ||
        (status = reco_query_limit(s.query, EACH, &s.err)))
        goto done;
    sqlite3_busy_timeout(s.db, PATIENCE);
    if ((status = read_shop(&s)) || (status = learn(&s)) || (status = write_lists(&s)))
        goto done;
    status = for_each(&s,
                      "SELECT customer, rank, coalesce(title, product), score FROM recommendations"
                      " LEFT JOIN products ON id = product ORDER BY customer, rank LIMIT 10",
                      tell_list);
done:
    if (status)
        fprintf(stderr, "sqlite: %s\n", s.err.message);
    reco_list_free(s.list);
    reco_query_free(s.query);
    reco_model_free(s.model);
    reco_data_free(s.data);
    reco_builder_free(s.builder);
    sqlite3_close(s.db);
    return status != RECO_OK;
}
