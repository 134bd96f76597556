#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adding an algorithm touches three files, and the table: this adds one to a copy of the tree, touching just those, and runs what
follows by itself - its parameters, saving, conformance, damage and concurrency tests. Then the conformance table asks for
rows, and gets one."""
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
    return subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


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
    write(f"{tree}/tests/algo/toy.c", TEST)
    insert(f"{tree}/lib/model/registry.h", "X(weighted)", "X(toy) ")
    made = run("meson", "setup", "build", "-Dexamples=false", "-Dbuildtype=debug", "-Ddefault_library=static",
               cwd=tree)
    built = run("ninja", "-C", "build", cwd=tree) if made.returncode == 0 else made
    cases.check(built.returncode == 0, "a toy algorithm builds", built.stdout.splitlines()[-20:])
    if built.returncode == 0:
        for test in ("test-algo-toy", "test-conformance"):
            done = run(f"build/tests/{test}", cwd=tree)
            cases.check(done.returncode == 0, f"{test} passes", done.stdout.splitlines()[-10:])
            lines = [line for line in done.stdout.splitlines() if "toy" in line and "OK" in line]
            if test == "test-conformance":
                cases.check(len(lines) >= 5, "conformance ran on it", [f"{len(lines)} cases"])

        table = f"{tree}/tests/table/table.json"
        ask = ("build/tests/test-table", table, "build/models")
        failed = [line for line in run(*ask, cwd=tree).stdout.splitlines() if line.startswith("not ok")]
        cases.check([line.split(" - ")[1] for line in failed] == ["there are questions for toy"],
                    "the table asks for questions", failed)
        insert(table, '  "weighted": {', '  "toy": {"algo": "toy", "data": "first", "set": {"power": 2}},\n')
        insert(table, '  {"name": "a file that',
               '  {"name": "toy", "model": "toy", "call": "recommend", "history": [], "limit": 2},\n')
        done = run("tests/table/record.py", "build/tests/test-table", cwd=tree)
        cases.check('"ids": ["teapot", "mug"], "scores": [16.0, 9.0], "source": "toy"' in done.stdout,
                    "the answer is recorded", done.stdout.splitlines())
        cases.check(run(*ask, cwd=tree).returncode == 0, "and the table passes")
cases.done()
