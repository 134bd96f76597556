#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every C file is as clang-format 14 writes it. Other versions write it otherwise, so only 14 is asked."""
import shutil
import subprocess

from tap import ROOT, Cases, sources

cases = Cases()
tool = next((t for t in ("clang-format-14", "clang-format") if shutil.which(t)), None)
version = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout if tool else ""
if " version 14." not in version:
    cases.skip("formatting", "clang-format 14 is not installed")
    cases.done()
paths = sources("include", "lib", "tests", "examples", "bindings")
run = subprocess.run([tool, "--dry-run", "-Werror", "--style=file", *paths], capture_output=True, text=True)
cases.check(run.returncode == 0, f"formatting of {len(paths)} files",
            [line for line in run.stderr.split("\n") if "error:" in line][:20])
cases.done()
