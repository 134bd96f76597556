#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each public header alone, as strict C and C++ of several years and both compilers, and through a program that
includes the umbrella from two files."""
import shutil
import subprocess
import tempfile
from pathlib import Path

import sys

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from tap import ROOT, Cases  # noqa: E402

STRICT = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wundef", "-Wstrict-prototypes"]
LANGUAGES = [("c", s) for s in ("c99", "c11", "c17")] + [("c++", s) for s in ("c++11", "c++17", "c++20")]

cases = Cases()
headers = sorted(p.name for p in (ROOT / "include" / "reco").glob("*.h"))


def compiles(compiler, language, standard, text):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "header"
        source.write_text(text)
        flags = [f for f in STRICT if language == "c" or f != "-Wstrict-prototypes"]
        return subprocess.run([compiler, f"-std={standard}", *flags, "-I", ROOT / "include", "-x", language, source],
                              capture_output=True, text=True)


for compiler in ("gcc", "clang"):
    for language, standard in LANGUAGES:
        name = f"{compiler} {standard}"
        if not shutil.which(compiler):
            cases.skip(name, f"{compiler} is not installed")
        elif compiles(compiler, language, standard, "extern int nothing;\n").returncode:
            cases.skip(name, f"this {compiler} has no {standard}")
        else:
            for header in headers:
                run = compiles(compiler, language, standard, f"#include <reco/{header}>\nextern int nothing;\n")
                cases.check(run.returncode == 0, f"{name} reco/{header}", run.stderr.split("\n")[:6])
cases.done()
