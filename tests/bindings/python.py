#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""python.py LIBRARY FOLDER TEST-TABLE: builds the wheel with this library in it, installs it into a new environment without
the compiler's help, and runs the binding's tests, its README and the conformance table there, whose C runner TEST-TABLE is.
FOLDER keeps what was downloaded."""
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tools"), str(HERE.parent / "table")]
from same import same  # noqa: E402
from tap import ROOT, Cases  # noqa: E402

library, folder, table = (Path(word).resolve() for word in sys.argv[1:4])
binding = ROOT / "bindings" / "python"
cases = Cases()


def run(*command, **environment):
    keep = {k: v for k, v in os.environ.items() if k not in ("CC", "PYTHONPATH", "RECO_LIBRARY", "LD_LIBRARY_PATH")}
    return subprocess.run([str(word) for word in command], cwd=folder, env={**keep, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def environment(name, *packages):
    """A new virtual environment with packages; its interpreter."""
    interpreter = folder / name / "bin" / "python"
    venv.create(folder / name, clear=True, with_pip=True)
    done = run(interpreter, "-m", "pip", "install", "--quiet", "--no-compile", *packages)
    cases.check(done.returncode == 0, f"pip installs into {name}", done.stdout.splitlines()[-5:])
    return interpreter


folder.mkdir(parents=True, exist_ok=True)
done = run(sys.executable, ROOT / "bindings" / "generate.py", "--check")
cases.check(done.returncode == 0, "the declarations are those of the headers", done.stdout.splitlines())

builder = environment("build-env", "hatchling")
for old in folder.glob("*.whl"):
    old.unlink()
done = subprocess.run([builder, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=binding, text=True,
                      env={**os.environ, "RECO_LIBRARY": str(library)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
wheels = sorted(folder.glob("reco-*-py3-none-*.whl"))
cases.check(done.returncode == 0 and len(wheels) == 1, "a wheel for this platform and any Python 3",
            done.stdout.splitlines()[-5:])
if wheels:
    user = environment("user-env", wheels[0], "scipy", "pandas")
    done = run(user, binding / "tests" / "test_reco.py", "-v")
    for name, outcome in re.findall(r"^(test_\w+) .*?\.\.\. (\w+)$", done.stdout, re.M | re.S):
        cases.check(outcome == "ok", f"python {name}")
    cases.check(done.returncode == 0, "all tests of the binding", done.stdout.splitlines()[-40:])
    code = re.search(r"```python\n(.*?)```", (binding / "README.md").read_text(), re.S)[1]
    done = run(user, "-c", code)
    said = [line.split("#")[1].strip() for line in code.splitlines() if "#" in line]
    cases.check(done.returncode == 0 and done.stdout.splitlines() == said, "the README's example says what it says",
                done.stdout.splitlines())
    same(cases, "python", table, folder, run, user, HERE.parent / "table" / "table.py")
cases.done()
