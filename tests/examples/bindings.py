#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bindings.py LIBRARY: the small binding in docs/bindings.md works and prints what it says it prints."""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from tap import ROOT, Cases  # noqa: E402

cases = Cases()
code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "bindings.md").read_text(encoding="utf-8"), re.S)[1]
said = re.findall(r"^print.*# (.*)$", code, re.M)
done = subprocess.run([sys.executable, "-c", code, sys.argv[1]], text=True, capture_output=True)
cases.check(done.returncode == 0, "the binding in docs/bindings.md runs", done.stderr.splitlines()[-5:])
cases.check(done.stdout.splitlines() == said, "and prints what it says", done.stdout.splitlines())
cases.done()
