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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scores_follow_the_formula)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
