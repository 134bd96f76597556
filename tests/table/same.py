# SPDX-License-Identifier: MIT
"""For the tests of a binding: asks the table's questions through it, and compares the models it saves with those of C."""
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent


def same(cases, language, program, folder, run, *runner):
    """`program` is the C runner; `run(*runner, ...)` runs the binding's own in its environment. Models go to `folder`."""
    table, ours, theirs = HERE / "table.json", folder / "table-c", folder / f"table-{language}"
    for old in (ours, theirs):
        shutil.rmtree(old, ignore_errors=True)
    done = subprocess.run([program, table, ours], stdout=subprocess.PIPE, text=True)
    cases.check(done.returncode == 0, "the table in C", done.stdout.splitlines()[-5:])
    done = run(*runner, table, theirs)
    for outcome, name in re.findall(r"^(ok|not ok) \d+ - (.*)$", done.stdout, re.M):
        cases.check(outcome == "ok", f"{language}: {name}")
    cases.check(done.returncode == 0, f"the table through {language}", done.stdout.splitlines()[-20:])
    names = sorted(path.name for path in ours.iterdir())
    cases.none(f"{len(names)} models have the same bytes from C and {language}",
               [name for name in names if not (theirs / name).exists()
                or (ours / name).read_bytes() != (theirs / name).read_bytes()])
