#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""serve.py TEST-TABLE TABLE SERVE: it changes the model under eight threads, frees the old one, and says what it cannot
load. The models are those of the conformance table."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from example import Cases, run

cases = Cases()
test_table, table, serve = (Path(word).resolve() for word in sys.argv[1:4])
with tempfile.TemporaryDirectory() as folder:
    run(cases, test_table, table, folder)
    for name, model in (("today", "popular"), ("tomorrow", "item-knn")):
        (Path(folder) / f"{model}.reco").rename(Path(folder) / f"{name}.reco")
    (Path(folder) / "none.csv").write_text("user,item\nann,mug\n")
    lines = run(cases, serve, "today.reco", "tomorrow.reco", cwd=folder).splitlines()
    # The last holder of the old model may be slow to say so: the lines after the change have no order.
    cases.check(lines[:2] == ["today.reco is served", "tomorrow.reco is served"], "the models are served in turn", lines)
    freed = dict(re.fullmatch(r"(\w+)\.reco is freed after (\d+) answers", line).groups() for line in lines[2:])
    cases.check(sorted(freed) == ["today", "tomorrow"], "and each is freed once", lines)
    cases.check(all(int(answers) >= 10000 for answers in freed.values()), "when both have answered enough", lines)

    for names, word in ((["none.reco", "tomorrow.reco"], "none.reco"), (["today.reco", "none.csv"], "none.csv")):
        done = subprocess.run([serve, *names], capture_output=True, text=True, cwd=folder)
        cases.check(done.returncode == 1 and re.fullmatch(rf"serve: {word}: .+\n", done.stderr),
                    f"{word} cannot be loaded", [done.stderr])
    done = subprocess.run([serve, "today.reco"], capture_output=True, text=True)
    cases.check(done.returncode == 2 and done.stderr.startswith("usage: "), "it wants two models", [done.stderr])
cases.done()
