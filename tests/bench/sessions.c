/* SPDX-License-Identifier: MIT */
/* sessions - what a question of a session costs over a large catalog: a million items, five million events of made
 * sessions, covisit; and what saving and loading it takes. What is touched sets the cost, not the catalog.
 *
 *     sessions [ITEMS EVENTS]
 *
 * Each question tells one to five events and asks for twenty items; the times are of all that: telling, asking, reading. */
#include "timing.h"

#include <math.h>

enum { QUESTIONS = 20000, LIMIT = 20, COLUMN = 100000, LENGTH = 5 };

static uint64_t state = 1;

static uint64_t draw(uint64_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
}

/* Few items are taken often: squared twice, a uniform number falls among the first ones most of the time. */
static int64_t draw_item(int64_t items)
{
    double u = (double)draw(1 << 30) / (1 << 30);
    return (int64_t)(u * u * u * (double)items);
}

/* Sessions wander: the next item is mostly near the last one. */
static reco_data *make_data(int64_t items, int64_t events)
{
    static int64_t users[COLUMN], ids[COLUMN], times[COLUMN];
    reco_builder *builder = NULL;
    reco_data *data = NULL;
    int64_t session = 0, item = 0, left = 0;
    OK(reco_builder_new(&builder, &err));
    for (int64_t at = 0; at < events; at += COLUMN) {
        int64_t n = events - at < COLUMN ? events - at : COLUMN;
        for (int64_t k = 0; k < n; k++) {
            if (left-- == 0) {
                session++;
                left = (int64_t)draw(2 * LENGTH);
                item = draw_item(items);
            }
            item = draw(4) ? (item + (int64_t)draw(50)) % items : draw_item(items);
            users[k] = session;
            ids[k] = item;
            times[k] = at + k;
        }
        OK(reco_builder_add_events_i64(builder, n, users, ids, NULL, times, &err));
    }
    for (int64_t at = 0; at < items; at += COLUMN) { /* also those that no session held */
        int64_t n = items - at < COLUMN ? items - at : COLUMN;
        for (int64_t k = 0; k < n; k++) {
            ids[k] = at + k;
        }
        OK(reco_builder_add_ids_i64(builder, RECO_ITEM, n, ids, &err));
    }
    OK(reco_builder_finish_free(builder, &data, &err));
    return data;
}

static void ask(const reco_model *model, int64_t items, double *times)
{
    reco_query *query = NULL;
    reco_list *list = NULL;
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    OK(reco_model_recommend(model, query, list, &err)); /* so that the list has its memory */
    for (int k = 0; k < QUESTIONS; k++) {
        char id[24];
        int64_t item = draw_item(items);
        double begin = now();
        reco_query_reset(query);
        OK(reco_query_limit(query, LIMIT, &err));
        for (uint64_t e = 0; e <= draw(LENGTH); e++) {
            item = (item + (int64_t)draw(50)) % items;
            snprintf(id, sizeof id, "%lld", (long long)item);
            OK(reco_query_event(query, id, NULL, 1, RECO_NO_TIME, &err));
        }
        OK(reco_model_recommend(model, query, list, &err));
        times[k] = now() - begin;
    }
    qsort(times, QUESTIONS, sizeof *times, by_value);
    reco_list_free(list);
    reco_query_free(query);
}

int main(int argc, char **argv)
{
    static double times[QUESTIONS];
    int64_t items = argc > 2 ? atoll(argv[1]) : 1000000, events = argc > 2 ? atoll(argv[2]) : 5000000;
    reco_data *data = make_data(items, events);
    reco_model *model = NULL, *loaded = NULL;
    OK(reco_model_new(&model, "covisit", &err));
    double begin = now();
    OK(reco_model_fit(model, data, NULL, &err));
    double fitted = now() - begin;
    begin = now();
    OK(reco_model_save(model, "sessions.reco", RECO_SAVE_WITHOUT_USERS, &err));
    double saved = now() - begin;
    begin = now();
    OK(reco_model_load(&loaded, "sessions.reco", &err));
    double read = now() - begin;
    remove("sessions.reco");
    ask(loaded, items, times);
    printf("{\"items\": %lld, \"events\": %lld, \"fit\": %.3f, \"save\": %.3f, \"load\": %.3f, \"p50\": "
           "%.3e, \"p99\": %.3e, "
           "\"most\": %.3e}\n",
           (long long)items, (long long)reco_data_count(data, "events"), fitted, saved, read,
           times[QUESTIONS / 2], times[QUESTIONS * 99 / 100], times[QUESTIONS - 1]);
    reco_model_free(loaded);
    reco_model_free(model);
    reco_data_free(data);
    return 0;
}
