#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adding an algorithm touches three files, and the table: this adds two to a copy of the tree, touching just those, and runs what
follows by itself - their parameters, saving, conformance, contract, damage and concurrency tests. One looks at the matrix, the
other at what a question tells: the last event, and the moment. Then the conformance table asks for rows, and gets them."""
import os
import shutil
import subprocess
import tempfile

from tap import ROOT, Cases

TOY = r'''/* SPDX-License-Identifier: MIT */
/* toy - the items that most different users took, each counted as its power: an exercise of the contract. */
#include "model/model.h"

#include <math.h>

typedef struct toy {
    reco_model base;
    double power;
    const float *reach; /* [n_items] */
} toy;

static const reco__param params[] = {
    PARAM_NUMBER(toy, power, 0.5, 0, 4, SEARCH(0, 2, LINEAR), "of the number of users that an item reached"),
    {0},
};

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    toy *m = (toy *)self;
    float *reach = reco__alloc(self->n_items, sizeof *reach);
    if (!reach) {
        return reco__out_of_memory(run->err);
    }
    for (int32_t i = 0; i < self->n_items; i++) {
        reach[i] = (float)pow((double)(data->by_item.start[i + 1] - data->by_item.start[i]), m->power);
    }
    m->reach = reach;
    return RECO_OK;
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out, reco__scratch *scratch)
{
    (void)who;
    (void)scratch;
    for (int32_t i = 0; i < self->n_items; i++) {
        out->of[i] = ((const toy *)self)->reach[i];
    }
    out->n = RECO__KNOWS_ALL;
    return RECO_OK;
}

static reco_status state(reco_model *self, reco__state *s)
{
    return reco__state_f32(s, "reach", &((toy *)self)->reach, RECO__ITEMS, 1, 0);
}

const reco__algo reco__algo_toy = {
    .name = "toy",
    .summary = "an exercise of the contract",
    .state_version = 1,
    .traits = RECO__ANSWERS_ALL,
    .size = sizeof(toy),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .state = state,
};
'''

NEXT = r'''/* SPDX-License-Identifier: MIT */
/* toy-next - the items that came right after the one that the asker took last, and those taken at such moments: an exercise
 * of trails and profiles. */
#include "data/profile.h"
#include "model/model.h"

typedef struct toy_next {
    reco_model base;
    double weight;
    const float *next;    /* [n_items, n_items] how often the column came right after the row */
    const float *moments; /* [features of contexts, n_items] how often the item was taken when that was so */
} toy_next;

static const reco__param params[] = {
    PARAM_NUMBER(toy_next, weight, 0.5, 0, 4, SEARCH(0, 2, LINEAR), "of what was taken at such a moment"),
    {0},
};

static reco_status fit(reco_model *self, const reco_data *data, reco__run *run)
{
    toy_next *m = (toy_next *)self;
    reco_status status = RECO_OK;
    reco_error *err = run->err;
    const reco__log *log = data->log;
    const reco__side *side = &data->catalog->sides[RECO_CONTEXT];
    int64_t n = self->n_items;
    int32_t *numbers = reco__alloc(side->most, sizeof *numbers);
    float *values = reco__alloc(side->most, sizeof *values), *next, *moments;
    m->next = next = reco__alloc_zero(n * n, sizeof *next);
    m->moments = moments = reco__alloc_zero(side->n_features * n, sizeof *moments);
    TRY_ALLOC(numbers && values && next && moments);
    for (int32_t u = 0; u < log->n_users; u++) {
        for (int64_t e = log->start[u]; e < log->start[u + 1]; e++) {
            if (e > log->start[u]) {
                next[log->item[e - 1] * n + log->item[e]]++;
            }
            int64_t features = log->context ? reco__profile_row(side, log->context[e], numbers, values) : 0;
            for (int64_t k = 0; k < features; k++) {
                moments[numbers[k] * n + log->item[e]]++;
            }
        }
    }
done:
    reco__free(numbers);
    reco__free(values);
    return status;
}

static int32_t remembers(const reco_model *self)
{
    (void)self;
    return 1;
}

static void add_row(reco__scores *out, const float *row, float weight)
{
    for (int32_t i = 0; i < out->n_items; i++) {
        if (weight * row[i] != 0) {
            reco__scores_add(out, i, weight * row[i]);
        }
    }
}

static reco_status score(const reco_model *self, const reco__asker *who, reco__scores *out, reco__scratch *scratch)
{
    const toy_next *m = (const toy_next *)self;
    int64_t n = self->n_items;
    const reco__profile *moment = &who->about[RECO_CONTEXT];
    (void)scratch;
    if (who->trail.n > 0) {
        add_row(out, m->next + who->trail.items[who->trail.n - 1] * n, 1);
    }
    for (int64_t k = 0; k < moment->n; k++) {
        add_row(out, m->moments + moment->numbers[k] * n, (float)m->weight);
    }
    return RECO_OK;
}

static reco_status explain(const reco_model *self, const reco__asker *who, int32_t item, float *amounts,
                           reco__scratch *scratch)
{
    const toy_next *m = (const toy_next *)self;
    int64_t n = self->n_items;
    const reco__profile *moment = &who->about[RECO_CONTEXT];
    (void)scratch;
    if (who->trail.n > 0) {
        int32_t last = who->trail.items[who->trail.n - 1];
        int64_t entry = reco__find_in(who->items, who->n, last);
        amounts[entry < 0 ? reco__asker_entries(who) - 1 : entry] += m->next[last * n + item];
    }
    for (int64_t k = 0; k < moment->n; k++) {
        amounts[who->n + who->about[RECO_USER].n + k] += (float)m->weight * m->moments[moment->numbers[k] * n + item];
    }
    return RECO_OK;
}

static reco_status state(reco_model *self, reco__state *s)
{
    toy_next *m = (toy_next *)self;
    reco_status status = RECO_OK;
    TRY(reco__state_f32(s, "next", &m->next, RECO__ITEMS, RECO__ITEMS, 0));
    TRY(reco__state_f32(s, "moments", &m->moments, reco__model_features(self, RECO_CONTEXT), RECO__ITEMS, 0));
done:
    return status;
}

const reco__algo reco__algo_toy_next = {
    .name = "toy-next",
    .summary = "an exercise of trails and profiles",
    .state_version = 1,
    .size = sizeof(toy_next),
    .params = params,
    .fit = RECO__TRAINS(fit),
    .score = score,
    .explain = explain,
    .remembers = remembers,
    .state = state,
};
'''

TEST = r'''/* SPDX-License-Identifier: MIT */
#include "support/made.h"

static void test_power_is_a_parameter(void **state)
{
    (void)state;
    reco_model *m = NULL;
    double power = 0;
    OK(reco_model_new(&m, "toy", &err));
    OK(reco_model_set(m, "power", 2, &err));
    OK(reco_model_get(m, "power", &power, &err));
    assert_true(power == 2);
    FAILS(reco_model_set(m, "power", 5, &err), RECO_EINVAL);
    reco_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_power_is_a_parameter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
'''

cases = Cases()


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, env={**os.environ, "TESTS": "toy*:*"}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def insert(path, before, word):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert before in text, (path, before)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(before, word + before, 1))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


with tempfile.TemporaryDirectory() as tree:
    for part in ("meson.build", "meson_options.txt", "include", "lib", "tests", "examples"):
        source = os.path.join(ROOT, part)
        (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, os.path.join(tree, part))
    write(f"{tree}/lib/algo/toy.c", TOY)
    write(f"{tree}/lib/algo/toy_next.c", NEXT)
    write(f"{tree}/tests/algo/toy.c", TEST)
    insert(f"{tree}/lib/model/registry.h", "X(weighted)", "X(toy) X(toy_next) ")
    made = run("meson", "setup", "build", "-Dexamples=false", "-Dbuildtype=debug", "-Ddefault_library=static",
               cwd=tree)
    built = run("ninja", "-C", "build", cwd=tree) if made.returncode == 0 else made
    cases.check(built.returncode == 0, "toy algorithms build", built.stdout.splitlines()[-20:])
    if built.returncode == 0:
        done = run("build/tests/test-algo-toy", cwd=tree)
        cases.check(done.returncode == 0, "its own tests pass", done.stdout.splitlines()[-10:])
        for test in ("conformance", "contract", "carry", "damage", "concurrency"):
            done = run(f"build/tests/test-{test}", cwd=tree)
            cases.check(done.returncode == 0, f"{test} passes", done.stdout.splitlines()[-10:])
            for toy in ("toy", "toy-next"):
                cases.check(f"OK ] {toy}:test_" in done.stdout, f"{test} ran on {toy}", done.stdout.splitlines())

        table = f"{tree}/tests/table/table.json"
        ask = ("build/tests/test-table", table, "build/models")
        failed = [line for line in run(*ask, cwd=tree).stdout.splitlines() if line.startswith("not ok")]
        cases.check([line.split(" - ")[1] for line in failed] == ["there are questions for toy", "there are questions for toy-next"],
                    "the table asks for questions", failed)
        insert(table, '  "weighted": {', '  "toy": {"algo": "toy", "data": "first", "set": {"power": 2}},\n'
               '  "toy-next": {"algo": "toy-next", "data": "visits"},\n')
        insert(table, '  {"name": "a file that',
               '  {"name": "toy", "model": "toy", "call": "recommend", "history": [], "limit": 2},\n'
               '  {"name": "toy-next", "model": "toy-next", "call": "explain", "item": "rug", "user": "ann", "events": ["mug"], '
               '"context": {"device": "phone"}},\n')
        done = run("tests/table/record.py", "build/tests/test-table", cwd=tree)
        for answer in ('"ids": ["teapot", "mug"], "scores": [16.0, 9.0], "source": "toy"',
                       '"ids": ["mug", "device=phone"], "scores": [2.0, 0.5], "source": "toy-next"'):
            cases.check(answer in done.stdout, f"an answer is recorded: {answer}", done.stdout.splitlines())
        cases.check(run(*ask, cwd=tree).returncode == 0, "and the table passes")
cases.done()
