#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads include/reco/*.h and writes what the Python binding declares: every public function with its types.

    bindings/generate.py            writes python/reco/_api.py
    bindings/generate.py --check    says whether they are up to date, and exits with 1 when not

The headers keep to a few types, so a line of regular expressions reads them."""
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADERS = ["base.h", "data.h", "model.h", "query.h", "eval.h"]

# C type without const and names, and its name in ctypes
TYPES = {
    "void": "None",
    "int32_t": "c_int32",
    "reco_status": "c_int32",
    "int64_t": "c_int64",
    "uint64_t": "c_uint64",
    "float": "c_float",
    "double": "c_double",
    "char *": "c_char_p",
    "pointer": "c_void_p",
    "callback": "c_void_p",
}


def kind(text):
    """The C type of a parameter or result, without const and without the name."""
    text = re.sub(r"\bconst\b", " ", text)
    stars = text.count("*")
    words = text.replace("*", " ").split()
    base = words[0]
    if base in ("reco_progress", "reco_filter"):
        return "callback"
    if stars == 0:
        return base
    return "char *" if base == "char" and stars == 1 else "pointer"


def functions():
    found = {}
    for header in HEADERS:
        text = (HERE.parent / "include" / "reco" / header).read_text(encoding="utf-8")
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
        text = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", text, flags=re.M)
        for result, name, arguments in re.findall(r"RECO_API\s+([^;(]*?)\b(reco_\w+)\s*\(([^;]*)\)\s*;", text, re.S):
            given = [] if arguments.strip() == "void" else [kind(a) for a in arguments.split(",")]
            found[name] = (kind(result + " x") if "*" not in result else kind(result), given)
    return found


def constants():
    found = {}
    for header in HEADERS:
        text = (HERE.parent / "include" / "reco" / header).read_text(encoding="utf-8")
        for name, value in re.findall(r"^#define (RECO_[A-Z0-9_]+)\s+(\(?-?\w+\)?)\s*(?:/\*.*)?$", text, re.M):
            value = value.strip("()")
            if value == "INT64_MIN":
                value = str(-(2**63))
            if re.fullmatch(r"-?\d+", value):
                found[name] = int(value)
    return found


def version():
    found = constants()
    return ".".join(str(found[f"RECO_VERSION_{part}"]) for part in ("MAJOR", "MINOR", "PATCH"))


def python():
    lines = ["# SPDX-License-Identifier: MIT", "# Written by bindings/generate.py from the public headers.",
             "from ctypes import c_char_p, c_double, c_float, c_int32, c_int64, c_uint64, c_void_p", "",
             f'VERSION = "{version()}"', "", "CONSTANTS = {"]
    lines += [f'    "{name}": {value},' for name, value in sorted(constants().items())]
    lines += ["}", "", "# name: (result, arguments)", "FUNCTIONS = {"]
    for name, (result, arguments) in sorted(functions().items()):
        lines.append(f'    "{name}": ({TYPES[result]}, ({"".join(TYPES[a] + ", " for a in arguments).rstrip(" ")})),')
    return "\n".join(lines + ["}", ""])


def main():
    stale = []
    for path, text in ((HERE / "python/reco/_api.py", python()),):
        if "--check" in sys.argv[1:]:
            stale += [path] if not path.exists() or path.read_text(encoding="utf-8") != text else []
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{path.relative_to(HERE.parent)} is not what the headers say: run bindings/generate.py")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
