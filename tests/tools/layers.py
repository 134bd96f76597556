#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The rules of the source tree that a compiler does not know; docs/CONTRIBUTING.md says why each is there."""
import re
from collections import Counter

from tap import ROOT, Cases, blank, line_of, sources

ORDER = ["base", "kernel", "math", "text", "store", "data", "read", "rank", "model", "algo", "eval", "online"]
NO_IF = {"math", "text", "store", "data", "read", "rank", "model", "algo", "eval", "online"}
MAX_FILE, MAX_FUNCTION = 800, 60
SYSTEM = {  # header: the only place that may include it
    "cblas.h": ["math/blas.c"],
    "lapacke.h": ["math/blas.c"],
    "pthread.h": ["base/"],
    "threads.h": [],
    "omp.h": [],
    "locale.h": [],
    "assert.h": [],
}
FORBIDDEN = re.compile(
    r"(?<![\w.>])(printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|perror|exit|_exit|quick_exit|abort|"
    r"assert|getenv|secure_getenv|setenv|putenv|setlocale|uselocale|newlocale|rand|srand|rand_r|random|srandom|"
    r"drand48|signal|sigaction|system|popen|fork|chdir|strtof|atof|sscanf|strtok|gmtime|localtime|"
    r"setjmp|longjmp|alloca)\s*\("
)
READ = re.compile(r"(?<![\w.>])strtod\s*\(")
ALLOCATE = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|aligned_alloc|posix_memalign|free|strdup|strndup)\s*\(")

cases = Cases()
lib = ROOT / "lib"
files = {p.relative_to(lib).as_posix(): p.read_text() for p in sources("lib")}
algorithms = {name.replace("-", "_") for name in re.findall(r"X\((\w+)\)", files["model/registry.h"])}


def layer(path):
    return path.split("/")[0]


def upward():
    for path, text in files.items():
        for match in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', blank(text, keep_strings=True), re.M):
            target = match.group(1)
            where = f"lib/{path}:{line_of(text, match.start())}: includes {target}"
            if "/" not in target:
                target = f"{layer(path)}/{target}"
            if target.startswith("reco/"):
                if not (ROOT / "include" / target).exists():
                    yield where + ", which is not there"
            elif target not in files:
                yield where + ", which is not there (write layer/file.h)"
            elif ORDER.index(layer(target)) > ORDER.index(layer(path)):
                yield where + ", which lies above"


def each_other():
    for path, text in files.items():
        if layer(path) == "algo":
            for target in re.findall(r'#\s*include\s+"(?:algo/)?(\w+)\.h"', text):
                if target in algorithms and target != path[5:-2]:
                    yield f"lib/{path}: includes the algorithm {target}"


def system_headers():
    for path, text in files.items():
        for match in re.finditer(r"^\s*#\s*include\s+<([^>]+)>", blank(text), re.M):
            allowed = SYSTEM.get(match.group(1))
            if allowed is not None and not any(path.startswith(a) for a in allowed):
                yield f"lib/{path}:{line_of(text, match.start())}: includes <{match.group(1)}>"


def conditions():
    for path, text in files.items():
        if layer(path) in NO_IF:
            found = list(re.finditer(r"^\s*#\s*(if|ifdef|ifndef|elif)\b.*$", blank(text), re.M))
            if path.endswith(".h") and found and re.match(r"\s*#\s*ifndef RECO__\w+_H\s*$", found[0].group()):
                found = found[1:]
            for match in found:
                yield f"lib/{path}:{line_of(text, match.start())}: {match.group().strip()}"


def calls(pattern, allowed=()):
    for path, text in files.items():
        code = blank(text)
        for match in pattern.finditer(code):
            if path not in allowed:
                yield f"lib/{path}:{line_of(code, match.start())}: {match.group(1)}"


def long_functions():
    for path, text in files.items():
        lines = blank(text).split("\n")
        start = None
        for n, line in enumerate(lines, 1):
            if line == "{":
                start = n
            elif line == "}" and start:
                if n - start > MAX_FUNCTION:
                    yield f"lib/{path}:{start}: a function of {n - start} lines"
                start = None


def no_licence():
    for path in sources("lib", "include", "tests", "examples"):
        if not path.read_text().startswith("/* SPDX-License-Identifier: MIT */\n"):
            yield path.relative_to(ROOT)


def outside():
    for path in files:
        if path.count("/") != 1 or layer(path) not in ORDER:
            yield f"lib/{path}"


counts = Counter(path.split("/")[-1] for path in files)
cases.none("every file lies in a layer", outside())
cases.none("includes point down", upward())
cases.none("algorithms do not include one another", each_other())
cases.none("BLAS, LAPACKE and pthreads are included in one place", system_headers())
cases.none("no #if above the kernels", conditions())
cases.none("no call that prints, exits, reads the environment or depends on the locale", calls(FORBIDDEN))
cases.none("numbers are read by base/number.c", calls(READ, ["base/number.c"]))
cases.none("memory comes from base/memory.c", calls(ALLOCATE, ["base/memory.c"]))
cases.none(f"no file of more than {MAX_FILE} lines",
           (f"lib/{p}: {t.count(chr(10))} lines" for p, t in files.items() if t.count("\n") > MAX_FILE))
cases.none(f"no function of more than {MAX_FUNCTION} lines", long_functions())
cases.none("file names are unique", (name for name, n in counts.items() if n > 1))
cases.none("every file says its license", no_licence())
cases.done()
