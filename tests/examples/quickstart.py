#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""quickstart.py QUICKSTART: it prints what it should."""
import sys
import tempfile
from pathlib import Path

from example import HERE, Cases, run

cases = Cases()
with tempfile.TemporaryDirectory() as folder:
    text = run(cases, Path(sys.argv[1]).resolve(), cwd=folder)
    cases.check((Path(folder) / "quickstart.reco").stat().st_size > 64, "leaves a model file")
cases.check(text == (HERE / "quickstart.txt").read_text(), "prints what it should", text.splitlines())

source = (HERE.parents[1] / "examples/quickstart.c").read_text()
cases.check(len(source.splitlines()) < 80, "fewer than 80 lines")
cases.done()
