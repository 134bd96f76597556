#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""small.py STRIP LIBRARY.so: the query-only library is small and needs nothing but the C library, its mathematics and its
threads."""
import os
import re
import subprocess
import sys
import tempfile

from tap import Cases

MOST_BYTES = 300 * 1024
# The program's loader, which some processors' thread-local memory needs, is part of the C library.
ALLOWED = re.compile(r"lib(c|m|pthread)\.so\.\d+|ld-linux.*\.so\.\d+")

strip, library = sys.argv[1:3]
cases = Cases()


def printed(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


with tempfile.TemporaryDirectory() as folder:
    stripped = os.path.join(folder, "libreco.so")
    subprocess.run([strip, "-o", stripped, library], check=True)
    size = os.path.getsize(stripped)
cases.check(size <= MOST_BYTES, f"stripped, the library has {size} bytes, at most {MOST_BYTES}")

needs = [line.split("[")[1].rstrip("]") for line in printed("readelf", "-d", library) if "(NEEDED)" in line]
cases.check(needs and all(ALLOWED.fullmatch(name) for name in needs), f"it needs {' '.join(needs)}", needs)

# Columns of readelf: number, value, size, type, binding, visibility, section, name@version.
symbols = [line.split() for line in printed("readelf", "--dyn-syms", "--wide", library)]
undefined = [row[7] for row in symbols if len(row) > 7 and row[6] == "UND" and row[4] == "GLOBAL"]
cases.check(len(undefined) > 10, f"it calls {len(undefined)} functions of others")
cases.none("all of the C library", [name for name in undefined if "@GLIBC_" not in name])
cases.done()
