#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""python.py LIBRARY FOLDER TEST-TABLE: builds the wheel, installs it into new environments where no compiler is found,
and runs the quickstart, the binding's tests, the documents' examples, the conformance table (whose C runner TEST-TABLE
is) and a type checker there. FOLDER is for those environments."""
import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tools"), str(HERE.parent / "table")]
from same import same  # noqa: E402
from tap import ROOT, Cases  # noqa: E402

BINDING = ROOT / "bindings" / "python"
QUICKSTART = ROOT / "examples" / "python" / "quickstart.py"
IMPLICIT = "implicit==0.7.3"
CHECKER = "mypy==2.4.1"

LIBRARY, FOLDER, TABLE = (Path(word).resolve() for word in sys.argv[1:4])
cases = Cases()


def run(*command, where=None, **environment):
    """Runs a command that finds programs beside itself only: no compiler, nothing of the system."""
    keep = {k: v for k, v in os.environ.items()
            if k not in ("CC", "RECO_LIBRARY", "LD_LIBRARY_PATH") and not k.startswith("PYTHON")}
    keep["PATH"] = str(Path(command[0]).parent)
    return subprocess.run([str(word) for word in command], cwd=where or FOLDER, env={**keep, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def passes(done, name):
    cases.check(done.returncode == 0, name, done.stdout.splitlines()[-40:])


def environment(name):
    """A new virtual environment's interpreter."""
    venv.create(FOLDER / name, clear=True, with_pip=True)
    return FOLDER / name / "bin" / "python"


def install(interpreter, *packages):
    return run(interpreter, "-m", "pip", "install", "--quiet", *packages)


def wheel():
    """Builds the wheel with what pip finds for it, and looks at it."""
    builder = environment("build-env")
    for old in FOLDER.glob("*.whl"):
        old.unlink()
    done = subprocess.run([builder, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", FOLDER, BINDING], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wheels = sorted(FOLDER.glob("reco-*-py3-none-*.whl"))
    cases.check(done.returncode == 0 and len(wheels) == 1, "a wheel for this platform and any Python 3",
                done.stdout.splitlines()[-20:])
    if not wheels:
        cases.done()
    passes(install(builder, "auditwheel"), "auditwheel installs")
    said = run(builder, "-m", "auditwheel", "show", wheels[0]).stdout
    platform = wheels[0].stem.split("-")[-1]
    cases.check(f'"{platform}"' in said.split("The wheel references")[0], "auditwheel finds the platform the name says",
                said.splitlines())
    with tempfile.TemporaryDirectory() as unpacked:
        zipfile.ZipFile(wheels[0]).extractall(unpacked)
        needs = subprocess.run(["ldd", Path(unpacked, "reco", "libreco.so")], text=True, capture_output=True).stdout
    names = {Path(line.split()[0]).name.split(".")[0] for line in needs.splitlines() if line.strip()}
    cases.none("its library needs nothing but the C library",
               names - {"linux-vdso", "libc", "libm", "libpthread", "ld-linux-x86-64", "ld-linux-aarch64"})
    return wheels[0]


def quickstart(user):
    """In an environment with NumPy and the wheel, as somebody would who begins."""
    with tempfile.TemporaryDirectory() as here:
        done = run(user, QUICKSTART, where=here)
        left = (Path(here) / "quickstart.reco").exists()
    cases.check(left, "the quickstart leaves a model file", done.stdout.splitlines())
    expected = (ROOT / "tests/examples/quickstart.txt").read_text()
    cases.check(done.stdout == expected, "the quickstart answers as the one in C does", done.stdout.splitlines())


def blocks(document):
    return re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.S)


def example(user, code, name, **environment):
    """Code that says in comments what it prints."""
    with tempfile.TemporaryDirectory() as here:
        done = run(user, "-c", code, where=here, **environment)
    said = re.findall(r"^ *print\(.*  # (.*)$", code, re.M)
    cases.check(done.returncode == 0 and said and done.stdout.splitlines() == said, name, done.stdout.splitlines())


def coming_from_implicit(user):
    """Its blocks are one program."""
    name = "coming-from-implicit.md prints what it says"
    done = install(user, IMPLICIT)
    if done.returncode:
        cases.skip(name, f"{IMPLICIT} cannot be installed: {done.stdout.splitlines()[-1]}")
    else:  # implicit warns of a BLAS that has threads
        example(user, "".join(blocks(ROOT / "docs/coming-from-implicit.md")), name, OPENBLAS_NUM_THREADS="1")


def unit_tests(user):
    done = run(user, "-m", "unittest", "discover", "-v", "-s", BINDING / "tests")
    for name, outcome in re.findall(r"^(test_\w+) .*?\.\.\. (ok|skipped.*|FAIL|ERROR)$", done.stdout, re.M | re.S):
        if outcome.startswith("skipped"):
            cases.skip(f"python {name}", outcome)
        else:
            cases.check(outcome == "ok", f"python {name}")
    passes(done, "all tests of the binding")


def types(built):
    """The binding's types are right, what is wrong is found, and the stub is what the library is."""
    checker = environment("types-env")
    passes(install(checker, built, CHECKER), "a type checker installs")
    settings = FOLDER / "mypy.ini"
    settings.write_text("[mypy]\nstrict = true\ndisable_error_code = import-untyped, import-not-found\n")
    passes(run(checker, "-m", "mypy", "--config-file", settings, "-p", "reco"), "the binding keeps to its types")
    passes(run(checker, "-m", "mypy", "--config-file", settings, QUICKSTART), "so does the quickstart")
    wrong = BINDING / "tests" / "wrong_types.py"
    found = run(checker, "-m", "mypy", "--config-file", settings, wrong).stdout
    lines = {n for n, line in enumerate(wrong.read_text().splitlines(), 1) if line.endswith("# wrong")}
    cases.check({int(n) for n in re.findall(r"wrong_types\.py:(\d+): error", found)} == lines and len(lines) > 10,
                "a type checker finds what is wrong, and nothing else", found.splitlines())
    known = FOLDER / "stubtest.txt"
    known.write_text("reco\\.(_|libreco).*\n")  # modules that carry their types themselves; the library
    passes(run(checker, "-m", "mypy.stubtest", "reco", "--mypy-config-file", settings, "--allowlist", known,
               "--ignore-unused-allowlist"), "the stub is what the package is")
    passes(run(checker, ROOT / "bindings" / "generate.py", "--check", "--library", LIBRARY),
           "the declarations and the stub are what the headers and the library say")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    built = wheel()
    user = environment("user-env")
    passes(install(user, built), "the wheel installs, with NumPy")
    quickstart(user)
    passes(install(user, "scipy", "pandas", "tqdm"), "what the tests want besides installs")
    example(user, "".join(blocks(BINDING / "README.md")), "the README's code prints what it says")
    example(user, "".join(blocks(ROOT / "README.md")[1:]), "so does what the main README has beside the quickstart")
    unit_tests(user)
    coming_from_implicit(user)
    same(cases, "python", TABLE, FOLDER, run, user, HERE.parent / "table" / "table.py")
    types(built)
    cases.done()


main()
