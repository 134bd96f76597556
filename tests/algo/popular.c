/* SPDX-License-Identifier: MIT */
/* popular against its formula, computed here from the list of events. */
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { EVENTS = 400, USERS = 20, ITEMS = 15, DAY = 86400 };

typedef struct event {
    int32_t user, item;
    float value;
    int64_t time;
} event;

static void make_events(event *events, reco_data **data)
{
    made_random random = {3};
    reco_builder *b = NULL;
    OK(reco_builder_new(&b, &err));
    for (int k = 0; k < EVENTS; k++) {
        char user[16], item[16];
        events[k] = (event){made_below(&random, USERS), made_below(&random, ITEMS),
                            (float)(1 + made_below(&random, 4)), 1000000 + made_below(&random, 60) * DAY};
        snprintf(user, sizeof user, "u%d", (int)events[k].user);
        snprintf(item, sizeof item, "i%d", (int)events[k].item);
        OK(reco_builder_add_event(b, user, item, NULL, events[k].value, events[k].time, &err));
    }
    OK(reco_builder_finish(b, data, &err));
    reco_builder_free(b);
}

static double expected_score(const event *events, int32_t item, double half_life, double window)
{
    int64_t newest = 0;
    double sum = 0;
    for (int k = 0; k < EVENTS; k++) {
        newest = events[k].time > newest ? events[k].time : newest;
    }
    for (int k = 0; k < EVENTS; k++) {
        double days = (double)(newest - events[k].time) / DAY;
        if (events[k].item == item && (window == 0 || days <= window)) {
            sum += (double)events[k].value * (half_life == 0 ? 1 : pow(0.5, days / half_life));
        }
    }
    return sum;
}

static void test_scores_follow_the_formula(void **state)
{
    (void)state;
    static const double settings[][2] = {{0, 0}, {7, 0}, {0, 30}, {7, 30}, {36500, 1}};
    static event events[EVENTS];
    reco_data *data = NULL;
    make_events(events, &data);
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        reco_model *m = NULL;
        reco_query *q = NULL;
        OK(reco_model_new(&m, "popular", &err));
        OK(reco_model_set(m, "half_life_days", settings[s][0], &err));
        OK(reco_model_set(m, "window_days", settings[s][1], &err));
        OK(reco_model_fit(m, data, NULL, &err));
        OK(reco_query_new(&q, &err));
        for (int32_t i = 0; i < ITEMS; i++) {
            char id[16];
            const char *ids[] = {id};
            float score;
            snprintf(id, sizeof id, "i%d", (int)i);
            OK(reco_model_score(m, q, ids, 1, &score, &err));
            double wanted = expected_score(events, i, settings[s][0], settings[s][1]);
            assert_true(fabs((double)score - wanted) <= 1e-5 * (1 + wanted));
        }
        reco_query_free(q);
        reco_model_free(m);
    }
    reco_data_free(data);
}

/* ---- by a field ---- */

static const char *const countries[] = {"de", "fr", "nl"}, *const devices[] = {"phone", "tv"},
                         *const rooms[] = {"bath", "bed"};

/* User u is from a country, of two with u % 5 == 0 (the second with weight 3); items stand in a room, some in both; half of
 * the events are by one of two devices. */
static void describe(reco_builder *b)
{
    char id[16];
    for (int u = 0; u < USERS - 2; u++) { /* of the last two nothing is known */
        snprintf(id, sizeof id, "u%d", u);
        OK(reco_builder_add_token(b, RECO_USER, id, "country", countries[u % 3], 1, &err));
        if (u % 5 == 0) {
            OK(reco_builder_add_token(b, RECO_USER, id, "country", countries[(u + 1) % 3], 3, &err));
        }
    }
    for (int i = 0; i < ITEMS; i++) {
        snprintf(id, sizeof id, "i%d", i);
        OK(reco_builder_add_token(b, RECO_ITEM, id, "room", rooms[i % 2], 1, &err));
        if (i % 4 == 0) {
            OK(reco_builder_add_token(b, RECO_ITEM, id, "room", rooms[1 - i % 2], 1, &err));
        }
    }
}

static const char *device_of(int k)
{
    return k % 4 < 2 ? devices[k % 2] : NULL;
}

static reco_data *make_described(event *events)
{
    reco_data *data = NULL;
    reco_builder *b = NULL;
    make_events(events, &data);
    reco_data_free(data);
    OK(reco_builder_new(&b, &err));
    for (int k = 0; k < EVENTS; k++) {
        char user[16], item[16];
        const char *device = device_of(k);
        snprintf(user, sizeof user, "u%d", (int)events[k].user);
        snprintf(item, sizeof item, "i%d", (int)events[k].item);
        OK(reco_builder_add_event(b, user, item, NULL, events[k].value, events[k].time, &err));
        OK(reco_builder_add_context_tokens(b, "device", 1, &device, &err));
    }
    describe(b);
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* How much a user is from a country. */
static double is_from(int u, int country)
{
    return u >= USERS - 2 ? 0 : (u % 3 == country) + (u % 5 == 0 && (u + 1) % 3 == country ? 3 : 0);
}

static bool stands_in(int item, int room)
{
    return item % 2 == room || item % 4 == 0;
}

/* What an event of item i counts for somebody: `of` [3] weights of countries, devices or shares of rooms. */
static double expected_by(const event *events, const char *by, const double *of, int item, double half_life)
{
    double here = 0, all = 0, total = 0, weights = 0;
    int64_t newest = 0;
    for (int k = 0; k < EVENTS; k++) {
        newest = events[k].time > newest ? events[k].time : newest;
    }
    for (int k = 0; k < EVENTS; k++) {
        double days = (double)(newest - events[k].time) / DAY;
        double amount = (double)events[k].value * (half_life == 0 ? 1 : pow(0.5, days / half_life));
        total += amount;
        all += events[k].item == item ? amount : 0;
        for (int t = 0; t < 3 && events[k].item == item; t++) {
            bool device = by[0] == 'd' && t < 2 && device_of(k) == devices[t];
            here += by[0] == 'c' ? amount * of[t] * is_from(events[k].user, t)
                    : device     ? amount * of[t]
                    : by[0] == 'r' && t < 2 && stands_in(item, t) ? amount * of[t]
                                                                  : 0;
        }
    }
    for (int t = 0; t < 3; t++) {
        weights += of[t];
    }
    return weights == 0 ? all : here / (by[0] == 'r' ? 1 : weights) + all / total;
}

static void check_scores(const reco_model *m, const reco_query *q, const event *events, const char *by,
                         const double *of, double half_life)
{
    reco_list *why = NULL;
    OK(reco_list_new(&why, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        char id[16];
        const char *ids[] = {id};
        float score;
        double sum = 0;
        snprintf(id, sizeof id, "i%d", (int)i);
        OK(reco_model_score(m, q, ids, 1, &score, &err));
        double wanted = expected_by(events, by, of, i, half_life);
        assert_true(fabs((double)score - wanted) <= 1e-5 * (1 + wanted));
        OK(reco_model_explain(m, id, q, why, &err));
        for (int32_t k = 0; k < reco_list_size(why); k++) {
            sum += (double)reco_list_scores(why)[k];
            assert_true(reco_list_items(why)[k] != RECO_FEATURE || strncmp(reco_list_id(why, k), by, 3) == 0);
        }
        assert_true(fabs(sum - wanted) <= 1e-4 * (1 + wanted));
    }
    reco_list_free(why);
}

static void ask(const reco_model *m, const event *events, const char *by, double half_life)
{
    reco_query *q = NULL;
    double nobody[3] = {0}, told[3] = {0, 1, 0}, both[3] = {2, 0.5, 0}, known[3];
    OK(reco_query_new(&q, &err));
    check_scores(m, q, events, by, nobody, half_life);
    if (by[0] == 'r') {
        const char *history[] = {"i1", "i4"}; /* bed; both rooms: values 1 and 3 */
        OK(reco_query_history(q, history, (const float[]){1, 3}, 2, &err));
        double shares[3] = {0.75, 1, 0};
        check_scores(m, q, events, by, shares, half_life);
    } else {
        int32_t side = by[0] == 'c' ? RECO_USER : RECO_CONTEXT;
        const char *const *words = by[0] == 'c' ? countries : devices;
        OK(reco_query_token(q, side, by, words[1], 1, &err));
        check_scores(m, q, events, by, told, half_life);
        OK(reco_query_token(q, side, by, words[0], 2, &err));
        OK(reco_query_token(q, side, by, words[1], 0.5f, &err));
        check_scores(m, q, events, by, both, half_life);
    }
    for (int u = 0; by[0] == 'c' && u < USERS; u += 3) {
        char id[16];
        snprintf(id, sizeof id, "u%d", u);
        reco_query_reset(q);
        OK(reco_query_user(q, id, &err));
        for (int t = 0; t < 3; t++) {
            known[t] = is_from(u, t);
        }
        check_scores(m, q, events, by, known, half_life);
    }
    reco_query_free(q);
}

static void test_by_a_field_of_each_side(void **state)
{
    (void)state;
    static const char *const fields[] = {"country", "device", "room"};
    static event events[EVENTS];
    reco_data *data = make_described(events);
    for (int f = 0; f < 6; f++) {
        const char *by = fields[f % 3];
        double half_life = f < 3 ? 0 : 20;
        reco_model *m = NULL, *loaded = NULL, *copy = NULL;
        int64_t n = 0;
        OK(reco_model_new(&m, "popular", &err));
        OK(reco_model_set_text(m, "by", by, &err));
        OK(reco_model_set(m, "half_life_days", half_life, &err));
        OK(reco_model_fit(m, data, NULL, &err));
        ask(m, events, by, half_life);
        void *bytes = made_bytes(m, RECO_SAVE_ALL, &n);
        OK(reco_model_load_bytes(&loaded, bytes, n, &err));
        ask(loaded, events, by, half_life);
        OK(reco_model_copy(loaded, &copy, &err));
        ask(copy, events, by, half_life);
        reco_bytes_free(bytes);
        reco_model_free(copy);
        reco_model_free(loaded);
        reco_model_free(m);
    }
    reco_data_free(data);
}

/* Without its users a model still answers whoever tells a country. */
static void test_segments_stay_without_users(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *data = make_described(events);
    reco_model *m = NULL, *loaded = NULL;
    reco_query *q = NULL;
    int64_t n = 0;
    OK(reco_model_new(&m, "popular", &err));
    OK(reco_model_set_text(m, "by", "country", &err));
    OK(reco_model_fit(m, data, NULL, &err));
    void *bytes = made_bytes(m, RECO_SAVE_WITHOUT_USERS, &n);
    OK(reco_model_load_bytes(&loaded, bytes, n, &err));
    OK(reco_query_new(&q, &err));
    OK(reco_query_token(q, RECO_USER, "country", "nl", 1, &err));
    check_scores(loaded, q, events, "country", (const double[]){0, 0, 1}, 0);
    reco_query_free(q);
    reco_bytes_free(bytes);
    reco_model_free(loaded);
    reco_model_free(m);
    reco_data_free(data);
}

static void refuse(const reco_data *data, const char *by, reco_status status, const char *message)
{
    reco_model *m = NULL;
    reco_error said = {""};
    OK(reco_model_new(&m, "popular", &err));
    OK(reco_model_set_text(m, "by", by, &err));
    assert_int_equal(reco_model_fit(m, data, NULL, &said), status);
    assert_string_equal(said.message, message);
    reco_model_free(m);
}

static void test_fields_that_cannot_be(void **state)
{
    (void)state;
    static event events[EVENTS];
    reco_data *data = make_described(events), *twice = NULL;
    reco_builder *b = NULL;
    refuse(data, "city", RECO_ENOTFOUND,
           "popular: 'by' is 'city', which is no field of tokens; there are: country, room, device");
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_add_event(b, "ann", "mug", NULL, 1, 0, &err));
    OK(reco_builder_add_token(b, RECO_USER, "ann", "kind", "a", 1, &err));
    OK(reco_builder_add_token(b, RECO_ITEM, "mug", "kind", "b", 1, &err));
    OK(reco_builder_finish_free(b, &twice, &err));
    refuse(twice, "kind", RECO_EINVAL,
           "popular: 'by' is 'kind', which is a field of more than one side: rename one");
    reco_data_free(twice);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_follow_the_formula),
        cmocka_unit_test(test_by_a_field_of_each_side),
        cmocka_unit_test(test_segments_stay_without_users),
        cmocka_unit_test(test_fields_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
