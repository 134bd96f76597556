#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py [--accept]: the library's binary interface against the one that was accepted; docs/ABI.md says what is promised.

libreco.abi is what abidw reads from the public headers, each function with an empty body: handles are as opaque there as
callers see them, so what is inside may change. abidiff compares it with the library. names.txt has what programs name
besides functions: constants and their values, algorithms, parameters and choices. --accept writes both anew."""
import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from tap import ROOT, Cases, blank  # noqa: E402

ABI, NAMES = Path(__file__).with_name("libreco.abi"), Path(__file__).with_name("names.txt")
MEANT = "If this is meant: docs/ABI.md says whether it may be; then run tests/abi/check.py --accept and review its diff."
# Were the accepted interface another in this way, the library would differ from it, as abidiff puts it here.
OTHERS = {
    "a function that went": (r"\breco_model_count\b", "reco_model_counts", r"Removed function(?s:.*)reco_model_counts"),
    "a function that came": (r"\breco_model_count\b", "reco_model_counts", r"Added function(?s:.*)reco_model_count\("),
    "an argument that went": (r"reco_list_size\(const", "reco_list_size(int32_t which, const", "parameter 2 .*removed"),
    "a wider argument": (r"(reco_list_id\([^,]*, )int32_t", r"\1int16_t", "parameter 2 of type"),
    "a wider result": (r"int32_t (reco_list_size\()", r"int16_t \1", "return type changed"),
    "another handle": (r"reco_model_free\(reco_model", "reco_model_free(reco_data", "parameter 1 of type"),
    "a larger structure": (r"message\[RECO_ERROR_SIZE\]", "message[128]", "type size changed"),
    "another callback": (r"int32_t \(\*reco_filter\)", "int16_t (*reco_filter)", "return type changed"),
}


def run(*command):
    words = [str(word) for word in command]
    end = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    return end.returncode, (end.stdout + end.stderr)


def must(*command):
    status, said = run(*command)
    if status:
        sys.exit(f"{' '.join(map(str, command))}\n{said}")
    return said


def describe(target, soname, pattern="(?!)", other=""):
    """What abidw reads from the headers, with another text for a pattern that is in them once."""
    work = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(ROOT / "include", work / "include")
    shutil.copy(ROOT / "lib/libreco.map", work)
    functions = []
    for path in sorted((work / "include/reco").glob("*.h")) + [work / "libreco.map"]:
        text = re.sub(pattern, other, path.read_text())
        path.write_text(text)
        code = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", blank(text), flags=re.M)
        functions += re.findall(r"\bRECO_API\b([^;{}]*);", code)
    empty = "".join(f"{' '.join(f.split())}\n{{\n    __builtin_trap();\n}}\n" for f in functions)
    (work / "empty.c").write_text("#include <reco/reco.h>\n" + empty)
    must("cc", "-g", "-shared", "-fPIC", f"-I{work}/include", f"-Wl,--version-script={work}/libreco.map",
         f"-Wl,-soname,{soname}", work / "empty.c", "-o", work / "empty.so")
    must("abidw", "--no-show-locs", "--no-corpus-path", "--no-comp-dir-path", "--no-elf-needed", "--out-file", target,
         work / "empty.so")
    # The path of a file that is gone says nothing.
    target.write_text(re.sub(r" path='[^']*'", "", target.read_text()))


def build(folder):
    """The library with what the debugger knows, which is what abidiff reads."""
    must("meson", "setup", folder, ROOT, "-Dbuildtype=debug", "-Dtests=false", "-Dexamples=false",
         "-Ddefault_library=shared", "-Dblas=disabled", "-Dtext=disabled")
    must("ninja", "-C", folder)
    return folder / "lib/libreco.so"


def constants():
    lines = must("cc", "-E", "-dM", "-Iinclude", "include/reco/reco.h").splitlines()
    rows = [line.split(None, 2)[1:] for line in lines if line.startswith("#define RECO_")]
    return [" ".join(row) for row in rows if len(row) == 2 and not re.match("RECO_(API|ABI|VERSION_.*)$", row[0])]


def parameters(library):
    """A line for each algorithm, parameter and choice."""
    lib = ctypes.CDLL(str(library))
    for name in ("algo_name", "param_name", "param_choice"):
        getattr(lib, f"reco_{name}").restype = ctypes.c_char_p
    lib.reco_algo_param.restype = ctypes.c_void_p
    lib.reco_param_name.argtypes = [ctypes.c_void_p]
    lib.reco_param_choice.argtypes = [ctypes.c_void_p, ctypes.c_int32]
    for a in range(lib.reco_algo_size()):
        algo = lib.reco_algo_name(a)
        yield algo.decode()
        for row in iter_until_none(lambda k: lib.reco_algo_param(algo, k)):
            words = [algo.decode(), lib.reco_param_name(row).decode()]
            yield " ".join(words)
            for choice in iter_until_none(lambda k: lib.reco_param_choice(row, k)):
                yield " ".join([*words, choice.decode()])


def iter_until_none(at):
    index = 0
    while (found := at(index)) is not None:
        yield found
        index += 1


def accept(folder, soname, library):
    describe(folder / "libreco.abi", soname)
    shutil.copy(folder / "libreco.abi", ABI)
    NAMES.write_text("\n".join(sorted({*constants(), *parameters(library)})) + "\n")
    print("Written: tests/abi/libreco.abi and names.txt. Review their diff.")


def check(folder, soname, library):
    cases = Cases()
    status, said = run("abidiff", ABI, library)
    cases.check(status == 0, "functions and types are the accepted ones", [*said.splitlines(), MEANT])
    there = {*constants(), *parameters(library)}
    accepted = set(NAMES.read_text().splitlines())
    gone = sorted(accepted - there)
    cases.check(not gone, f"all {len(accepted)} accepted names are there, with the same values", [*gone, MEANT])
    cases.check({"RECO_OK 0", "RECO_NO_TIME INT64_MIN", "als factors", "als solver cg"} <= accepted & there,
                "of constants, parameters and choices")
    for name, (pattern, other, report) in OTHERS.items():
        altered = folder / "altered.abi"
        describe(altered, soname, pattern, other)
        status, said = run("abidiff", altered, library)
        cases.check(status != 0 and re.search(report, said), f"{name} would be found", said.splitlines())
    describe(folder / "altered.abi", "libreco.so.999")
    status, said = run("abidiff", folder / "altered.abi", library)
    cases.check(status != 0 and "SONAME changed" in said, "another soname would be found", said.splitlines())
    cases.done()


if not shutil.which("abidiff"):
    cases = Cases()
    cases.skip("functions and types are the accepted ones", "there is no abidiff here")
    cases.done()
with tempfile.TemporaryDirectory() as temporary:
    library = build(Path(temporary) / "build")
    soname = os.readlink(library)
    (accept if sys.argv[1:] == ["--accept"] else check)(Path(temporary), soname, library)
