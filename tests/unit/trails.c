/* SPDX-License-Identifier: MIT */
/* What an evaluation tells an algorithm of those who are unknown: their events in order, and the row. */
#include "model/model.h"

#include <reco/reco.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static reco_error err;

#define OK(call)                                                                                             \
    do {                                                                                                     \
        err.message[0] = 0;                                                                                  \
        reco_status status_ = (call);                                                                        \
        if (status_) {                                                                                       \
            fail_msg("%s: %s", reco_status_text(status_), err.message);                                      \
        }                                                                                                    \
    } while (0)

/* Says what it was told: each event of the trail as item*value@time/type, then the row. */
static char told[512];

static reco_status tell(const reco_model *self, const reco__asker *who, reco__scores *out,
                        reco__scratch *scratch)
{
    (void)scratch;
    size_t n = strlen(told);
    for (int64_t k = 0; k < who->trail.n; k++) {
        int32_t type = who->trail.types ? who->trail.types[k] : RECO__NO_TYPE;
        n += (size_t)snprintf(told + n, sizeof told - n, "%s*%g@%d/%s ",
                              reco_model_id(self, RECO_ITEM, who->trail.items[k]),
                              (double)who->trail.values[k], who->trail.times ? (int)who->trail.times[k] : -1,
                              type == RECO__NO_TYPE ? "-" : reco__type_name(&self->catalog->types, type));
    }
    n += (size_t)snprintf(told + n, sizeof told - n, "= ");
    for (int64_t k = 0; k < who->n; k++) {
        n += (size_t)snprintf(told + n, sizeof told - n, "%s%g ",
                              reco_model_id(self, RECO_ITEM, who->items[k]), (double)who->values[k]);
    }
    snprintf(told + n, sizeof told - n, "| ");
    reco__scores_add(out, 0, 1);
    return RECO_OK;
}

static int32_t remember_two(const reco_model *self)
{
    (void)self;
    return 2;
}

typedef struct event {
    const char *user, *item, *type;
    float value;
    int64_t time;
} event;

/* A type with its weight, beside `buy`. */
static reco_data *data_of(const char *type, double weight, const event *events, int n)
{
    reco_builder *b;
    reco_data *data;
    OK(reco_builder_new(&b, &err));
    OK(reco_builder_set_event_type(b, type, weight, &err));
    OK(reco_builder_set_event_type(b, "buy", 4, &err));
    for (int k = 0; k < n; k++) {
        OK(reco_builder_add_event(b, events[k].user, events[k].item, events[k].type, events[k].value,
                                  events[k].time, &err));
    }
    OK(reco_builder_finish(b, &data, &err));
    reco_builder_free(b);
    return data;
}

/* What the algorithm is told in an evaluation. */
static void expect(const reco_model *m, const reco_data *test, const char *ask, double given,
                   const char *metrics, const char *expected)
{
    reco_protocol *p;
    reco_report *r;
    OK(reco_protocol_new(&p, &err));
    OK(reco_protocol_set_text(p, "ask", ask, &err));
    OK(reco_protocol_set_text(p, "metrics", metrics, &err));
    OK(reco_protocol_set(p, "threads", 1, &err));
    if (given > 0) {
        OK(reco_protocol_set(p, "given", given, &err));
    }
    told[0] = 0;
    OK(reco_model_evaluate(m, test, NULL, p, NULL, &r, &err));
    assert_string_equal(told, expected);
    reco_report_free(r);
    reco_protocol_free(p);
}

/* Events come in the order of their times, without what the model does not know, with the types that it has by the same
 * name, and only as many as it remembers. The row has all of them, with the weights of the test set. */
static void test_trails(void **state)
{
    (void)state;
    static const event learned[] = {
        {"u1", "a", "view", 1, 1}, {"u1", "b", "buy", 1, 2}, {"u2", "c", NULL, 1, 3}};
    static const event held[] = {{"v", "c", NULL, 1, 9},
                                 {"v", "a", "buy", 2, 5},
                                 {"v", "x", NULL, 1, 6},
                                 {"v", "b", "gift", 1, 7},
                                 {"v", "a", NULL, 3, 8}};
    reco_data *train = data_of("view", 1, learned, 3), *test = data_of("gift", 2, held, 5);
    reco_model *m;
    OK(reco_model_new(&m, "popular", &err));
    OK(reco_model_fit(m, train, NULL, &err));
    reco__algo stub = *m->algo;
    stub.score = tell;
    stub.score_some = NULL;
    stub.remembers = remember_two;
    m->algo = &stub;
    expect(m, test, "next", 0, "hit@1",
           "a*2@5/buy = a8 | a*2@5/buy = a8 | a*2@5/buy b*1@7/- = a8 b2 | b*1@7/- a*3@8/- = a11 b2 | ");
    expect(m, test, "given", 3, "auc", "a*2@5/buy b*1@7/- = a8 b2 | ");
    reco_model_free(m);
    reco_data_free(test);
    reco_data_free(train);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_trails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
