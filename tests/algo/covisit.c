/* SPDX-License-Identifier: MIT */
/* covisit against its formula, worked out here pair by pair from the events: with and without times, gaps, types and
 * returns; and what somebody is answered who tells events one by one. */
#include "support/made.h"

#include <math.h>
#include <stdio.h>

enum { EVENTS = 700, USERS = 25, ITEMS = 12, HOUR = 3600 };

typedef struct event {
    int32_t user, item;
    float value;
    int64_t time;
    const char *type;
} event;

static event events[EVENTS]; /* by user, each user's in order */

static double weight_of(const event *e)
{
    return e->type && strcmp(e->type, "return") == 0 ? -1 : e->type && strcmp(e->type, "view") == 0 ? 0.5 : 1;
}

static void name_types(reco_builder *b)
{
    OK(reco_builder_set_event_type(b, "view", 0.5, &err));
    OK(reco_builder_set_event_type(b, "return", -1, &err));
}

/* Users with events an hour and now and then days apart; a few come back. */
static reco_data *make_data(bool timed)
{
    made_random r = {11};
    reco_builder *b = NULL;
    reco_data *data = NULL;
    int32_t user = 0;
    int64_t time = 1000000;
    OK(reco_builder_new(&b, &err));
    name_types(b);
    for (int k = 0; k < EVENTS; k++) {
        char u[16], i[16];
        user += made_below(&r, EVENTS / USERS) == 0 && user < USERS - 1;
        time += made_below(&r, 5) == 0 ? 50 * HOUR : made_below(&r, 2 * HOUR);
        int32_t kind = made_below(&r, 10);
        events[k] =
            (event){user, made_below(&r, ITEMS), (float)(1 + made_below(&r, 3)), timed ? time : RECO_NO_TIME,
                    kind == 0  ? "return"
                    : kind < 4 ? "view"
                               : NULL};
        snprintf(u, sizeof u, "u%d", (int)user);
        snprintf(i, sizeof i, "i%02d", (int)events[k].item);
        OK(reco_builder_add_event(b, u, i, events[k].type, events[k].value, events[k].time, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    assert_int_equal(reco_data_count(data, "items"), ITEMS);
    return data;
}

/* ---- the oracle ---- */

static bool apart(const event *a, const event *b, double gap_minutes)
{
    return gap_minutes > 0 && a->time != RECO_NO_TIME && (double)(b->time - a->time) > gap_minutes * 60;
}

/* Whether an event counts: not what takes away, nor what came back. */
static bool counts(const event *e)
{
    double total = 0;
    for (int k = 0; k < EVENTS; k++) {
        total += events[k].user == e->user && events[k].item == e->item
                     ? (double)events[k].value * weight_of(&events[k])
                     : 0;
    }
    return total > 0 && weight_of(e) > 0;
}

/* How many counting events b comes after a, or 0: in another session, or none. */
static int distance(int a, int b, double gap_minutes)
{
    int d = 0;
    for (int k = a + 1; k <= b; k++) {
        if (events[k].user != events[a].user || apart(&events[k - 1], &events[k], gap_minutes)) {
            return 0;
        }
        d += counts(&events[k]);
    }
    return counts(&events[a]) && counts(&events[b]) ? d : 0;
}

static double decay(const char *word, int d)
{
    return strcmp(word, "none") == 0 ? 1 : strcmp(word, "square") == 0 ? 1.0 / d / d : 1.0 / d;
}

/* rule[j][i], all of them or the k largest. */
static void find_rules(double rule[ITEMS][ITEMS], int steps, const char *word, double gap_minutes, int k)
{
    memset(rule, 0, ITEMS * ITEMS * sizeof(double));
    for (int a = 0; a < EVENTS; a++) {
        for (int b = a + 1; b < EVENTS && events[b].user == events[a].user; b++) {
            int d = distance(a, b, gap_minutes);
            if (d >= 1 && d <= steps) {
                rule[events[a].item][events[b].item] += decay(word, d);
            }
        }
    }
    for (int j = 0; j < ITEMS; j++) {
        double sum = 0, kept[ITEMS];
        for (int i = 0; i < ITEMS; i++) {
            sum += rule[j][i];
        }
        for (int i = 0; i < ITEMS; i++) {
            int better = 0;
            for (int other = 0; other < ITEMS; other++) {
                better += rule[j][other] > rule[j][i] || (rule[j][other] == rule[j][i] && other < i);
            }
            kept[i] = better < k && sum > 0 ? rule[j][i] / sum : 0;
        }
        memcpy(rule[j], kept, sizeof kept);
    }
}

/* ---- what the model says ---- */

static void scores_of(const reco_model *m, const reco_query *q, float *scores)
{
    char names[ITEMS][8];
    const char *ids[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        snprintf(names[i], sizeof names[i], "i%02d", i);
        ids[i] = names[i];
    }
    OK(reco_model_score(m, q, ids, ITEMS, scores, &err));
}

static void check(const reco_data *data, int steps, const char *word, double gap, int k, int last)
{
    double rule[ITEMS][ITEMS];
    reco_model *m = NULL;
    reco_query *q = NULL;
    OK(reco_model_new(&m, "covisit", &err));
    OK(reco_model_set(m, "steps", steps, &err));
    OK(reco_model_set(m, "k", k, &err));
    OK(reco_model_set(m, "last", last, &err));
    OK(reco_model_set(m, "gap_minutes", gap, &err));
    OK(reco_model_set_text(m, "decay", word, &err));
    OK(reco_model_fit(m, data, NULL, &err));
    OK(reco_query_new(&q, &err));
    find_rules(rule, steps, word, gap, k);
    made_random r = {(uint64_t)(steps * 100 + last)};
    for (int round = 0; round < 40; round++) {
        int32_t asked[12], n = 1 + made_below(&r, 12);
        float scores[ITEMS];
        double expected[ITEMS] = {0};
        reco_query_reset(q);
        for (int32_t e = 0; e < n; e++) {
            char id[8];
            asked[e] = made_below(&r, ITEMS);
            snprintf(id, sizeof id, "i%02d", (int)asked[e]);
            OK(reco_query_event(q, id, made_below(&r, 2) ? "view" : NULL, 1, RECO_NO_TIME, &err));
        }
        for (int32_t p = 1; p <= last && p <= n; p++) {
            for (int i = 0; i < ITEMS; i++) {
                expected[i] += rule[asked[n - p]][i] / p;
            }
        }
        scores_of(m, q, scores);
        for (int i = 0; i < ITEMS; i++) {
            assert_true(fabs((double)scores[i] - expected[i]) < 1e-5);
        }
    }
    reco_query_free(q);
    reco_model_free(m);
}

static void test_rules_follow_the_formula(void **state)
{
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        reco_data *data = make_data(timed);
        check(data, 1, "inverse", 0, ITEMS, 1);
        check(data, 10, "inverse", 0, ITEMS, 2);
        check(data, 4, "square", 90, ITEMS, 3);
        check(data, 1000, "none", 120, 3, 100);
        reco_data_free(data);
    }
}

/* A user is what the log holds of them, cut to the session going on; events told since come behind. */
static void test_a_user_and_what_came_since(void **state)
{
    (void)state;
    float by_user[ITEMS], by_events[ITEMS];
    reco_data *data = make_data(true);
    reco_model *m = NULL;
    reco_query *q = NULL;
    OK(reco_model_new(&m, "covisit", &err));
    OK(reco_model_set(m, "last", 5, &err));
    OK(reco_model_set(m, "gap_minutes", 600, &err));
    OK(reco_model_fit(m, data, NULL, &err));
    OK(reco_query_new(&q, &err));
    for (int32_t u = 0; u < (int32_t)reco_data_count(data, "users"); u++) {
        const char *id = reco_data_id(data, RECO_USER, u);
        for (int since = 0; since < 2; since++) {
            reco_query_reset(q);
            OK(reco_query_user(q, id, &err));
            if (since) {
                OK(reco_query_event(q, "i03", "view", 1, INT64_C(1) << 40,
                                    &err)); /* long after: a session of its own */
            }
            scores_of(m, q, by_user);
            reco_query_reset(q);
            int first = 0, end = 0; /* of the user's last session */
            for (int k = 0; k < EVENTS; k++) {
                bool begins =
                    k == 0 || events[k - 1].user != events[k].user || apart(&events[k - 1], &events[k], 600);
                first = begins && events[k].user == atoi(id + 1) ? k : first;
                end = events[k].user == atoi(id + 1) ? k + 1 : end;
            }
            for (int k = end - 5 > first ? end - 5 : first; !since && k < end; k++) {
                char item[8];
                snprintf(item, sizeof item, "i%02d", (int)events[k].item);
                if (counts(&events[k])) {
                    OK(reco_query_event(q, item, NULL, 1, events[k].time, &err));
                }
            }
            if (since) {
                OK(reco_query_event(q, "i03", NULL, 1, RECO_NO_TIME, &err));
            }
            scores_of(m, q, by_events);
            assert_memory_equal(by_user, by_events, sizeof by_user);
        }
    }
    reco_query_free(q);
    reco_model_free(m);
    reco_data_free(data);
}

/* Of the last `last` events those that count nothing are passed over, not made up for. */
static void test_what_came_back_is_passed_over(void **state)
{
    (void)state;
    float with[ITEMS], without[ITEMS];
    reco_data *data = make_data(true);
    reco_model *m = made_model("covisit");
    reco_query *q = NULL;
    OK(reco_model_set(m, "last", 3, &err));
    OK(reco_model_fit(m, data, NULL, &err));
    OK(reco_query_new(&q, &err));
    OK(reco_query_event(q, "i00", NULL, 1, 5, &err));
    OK(reco_query_event(q, "i01", NULL, 1, 6, &err));
    OK(reco_query_event(q, "i02", "return", 1, 7, &err));
    scores_of(m, q, with);
    reco_query_reset(q);
    OK(reco_query_event(q, "i00", NULL, 1, 5, &err));
    OK(reco_query_event(q, "i01", NULL, 1, 6, &err));
    scores_of(m, q, without);
    assert_memory_equal(with, without, sizeof with);
    reco_query_free(q);
    reco_model_free(m);
    reco_data_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_follow_the_formula),
        cmocka_unit_test(test_a_user_and_what_came_since),
        cmocka_unit_test(test_what_came_back_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
