#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""small.py LIBRARY.so: the query-only library is small, and needs neither BLAS nor LAPACK."""
import os
import subprocess
import sys
import tempfile

from tap import Cases

MOST_BYTES = 300 * 1024

cases = Cases()
with tempfile.TemporaryDirectory() as folder:
    stripped = os.path.join(folder, "libreco.so")
    subprocess.run(["strip", "-o", stripped, sys.argv[1]], check=True)
    size = os.path.getsize(stripped)
dynamic = subprocess.run(["readelf", "-d", sys.argv[1]], capture_output=True, text=True, check=True).stdout
needs = [line.split("[")[1].rstrip("]") for line in dynamic.splitlines() if "(NEEDED)" in line]
cases.check(size <= MOST_BYTES, f"at most {MOST_BYTES} bytes: {size}")
cases.check(not [n for n in needs if "blas" in n or "lapack" in n], f"no BLAS: {' '.join(needs)}", needs)
cases.done()
