#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""exports.py LIBRARY.so LIBRARY.a: what the headers declare, what the version script lists and what the shared
library exports are the same names, and the static library defines nothing outside the library's own names."""
import re
import subprocess
import sys

from tap import ROOT, Cases, blank, declared

shared, static = sys.argv[1:3]
cases = Cases()


def nm(*arguments):
    lines = subprocess.run(["nm", "-P", *arguments], capture_output=True, text=True, check=True).stdout.split("\n")
    return [line.split() for line in lines if len(line.split()) >= 2]


def compare(name, these, those, a, b):
    cases.none(name, [f"{n}: {a}, not {b}" for n in sorted(these - those)] +
               [f"{n}: {b}, not {a}" for n in sorted(those - these)])


exported = {row[0].split("@")[0] for row in nm("-D", "--defined-only", shared) if row[1] != "A"}
listed = set(re.findall(r"^\s*(reco_\w+);", blank((ROOT / "lib/libreco.map").read_text()), re.M))
names = declared()
cases.check(len(names) > 50, f"the headers declare functions ({len(names)})")
compare("declared and listed in libreco.map", names, listed, "declared", "listed")
compare("declared and exported by the shared library", names, exported, "declared", "exported")
globals_ = {row[0] for row in nm("-g", "--defined-only", static)}
compare("declared and public in the static library", names, {n for n in globals_ if not n.startswith("reco__")},
        "declared", "defined")
cases.none("internal names begin with reco__", [n for n in globals_ if not n.startswith("reco_")])
cases.done()
