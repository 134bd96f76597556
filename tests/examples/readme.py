#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""readme.py SHOP-GENERATE [RECO]: README.md shows programs and what they print as they are, and its commands run."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from example import HERE, TIME, Cases

root = HERE.parents[1]
readme = (root / "README.md").read_text()
blocks = re.findall(r"^```(\w*)\n(.*?)^```$", readme, re.M | re.S)
cases = Cases()

for kind, name in (("c", "quickstart.c"), ("python", "python/quickstart.py"), ("ruby", "ruby/quickstart.rb")):
    cases.check((kind, (root / "examples" / name).read_text()) in blocks, f"{name} is as in examples/")
cases.check(("", (HERE / "quickstart.txt").read_text()) in blocks, "and so is what it prints")
printed = {TIME.sub(" TIME", line) for line in (HERE / "shop.txt").read_text().splitlines()}
sample = next(text for kind, text in blocks if not kind and text.startswith("What was read")).splitlines()
cases.none("the main job prints what is shown", [line for line in sample
                                                 if TIME.sub(" TIME", line) not in printed | {"..."}])
missing = [path for path in re.findall(r"\]\(([^):#]+)\)", readme) if not (root / path).exists()]
cases.none("what it links to is there", missing)

commands = "".join(text for kind, text in blocks if kind == "sh" and text.startswith("reco fit"))
if len(sys.argv) > 2:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([Path(sys.argv[1]).resolve(), folder], check=True)
        events = (Path(folder) / "events.csv").read_text().splitlines()
        visit = [line for line in events if line.startswith(("user,", events[1].split(",")[0] + ","))]
        (Path(folder) / "session.csv").write_text("\n".join(visit[:5]) + "\n")
        path = os.pathsep.join([str(Path(sys.argv[2]).resolve().parent), os.environ["PATH"]])
        for command in commands.replace("\\\n", " ").splitlines():
            run = subprocess.run(["sh", "-c", command], cwd=folder, env={**os.environ, "PATH": path},
                                 capture_output=True, text=True)
            cases.check(run.returncode == 0 and run.stdout, " ".join(command.split())[:60], [run.stderr])
else:
    cases.skip("its commands run", "the reco command is not built")
cases.done()
