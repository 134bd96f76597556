#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads include/reco/*.h and writes what the bindings declare: every public function with its types. With a library,
whose tables of parameters it reads through the Python binding, also the types of the classes made from them.

    bindings/generate.py            writes python/reco/_api.py and ruby/lib/reco/api.rb
    --library PATH                  and python/reco/__init__.pyi
    --check                         says instead whether they are up to date, and exits with 1 when not

The headers keep to a few types, so a line of regular expressions reads them."""
import argparse
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADERS = ["base.h", "data.h", "model.h", "query.h", "eval.h"]

# C type without const and names, and its names in Python's ctypes and Ruby's ffi
TYPES = {
    "void": ("None", ":void"),
    "int32_t": ("c_int32", ":int32"),
    "reco_status": ("c_int32", ":int32"),
    "int64_t": ("c_int64", ":int64"),
    "uint64_t": ("c_uint64", ":uint64"),
    "float": ("c_float", ":float"),
    "double": ("c_double", ":double"),
    "char *": ("c_char_p", ":string"),
    "pointer": ("c_void_p", ":pointer"),
    "callback": ("c_void_p", ":pointer"),
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
        lines.append(f'    "{name}": ({TYPES[result][0]}, ({"".join(TYPES[a][0] + ", " for a in arguments).rstrip(" ")})),')
    return "\n".join(lines + ["}", ""])


def ruby():
    lines = ["# SPDX-License-Identifier: MIT", "# frozen_string_literal: true",
             "# Written by bindings/generate.py from the public headers.", "module Reco",
             f'  VERSION = "{version()}"', "", "  module API # :nodoc:"]
    lines += [f"    {name} = {value}" for name, value in sorted(constants().items())]
    lines += ["", "    # name: [result, arguments]", "    FUNCTIONS = {"]
    for name, (result, arguments) in sorted(functions().items()):
        lines.append(f"      {name}: [{TYPES[result][1]}, [{', '.join(TYPES[a][1] for a in arguments)}]],")
    return "\n".join(lines + ["    }.freeze", "  end", "end", ""])


STUB = '''# SPDX-License-Identifier: MIT
# Written by bindings/generate.py --library from the library's tables of parameters.
from typing import Iterable, Literal

from ._algorithms import Hybrid, Part, algorithms, load, parameters
from ._data import Builder, Data, Trail
from ._errors import (
    {errors},
)
from ._models import Model, Report
from ._questions import Batch, Recommendations

__version__: str
__all__ = [
    {all},
]
'''


def annotation(row):
    """The type of a parameter."""
    if row["choices"]:
        return "Literal[" + ", ".join(f'"{word}"' for word in row["choices"]) + "]"
    return row["type"].__name__


def quoted(value):
    return f'"{value}"' if isinstance(value, str) else repr(value)


def algorithm_class(made, rows, is_hybrid):
    """An algorithm's class as a type checker sees it: a keyword and an attribute for each parameter."""
    first = ["parts: Iterable[Part] = (),"] if is_hybrid else []
    keywords = [f"{row['name']}: {annotation(row)} = {quoted(row['default'])}," for row in rows]
    lines = [f"class {made.__name__}({'Hybrid' if is_hybrid else 'Model'}):",
             *(f"    {line}".rstrip() for line in f'"""{made.__doc__}"""'.split("\n")), "",
             "    def __init__(", *(f"        {line}" for line in ["self,", *first, "*,", *keywords]), "    ) -> None: ..."]
    for row in rows:
        lines += ["    @property", f"    def {row['name']}(self) -> {annotation(row)}: ..."]
    return "\n".join(lines) + "\n"


def stub(library):
    """reco/__init__.pyi, from a library that the binding loads."""
    os.environ["RECO_LIBRARY"] = str(Path(library).resolve())
    sys.path.insert(0, str(HERE / "python"))
    import reco
    from reco._algorithms import CLASSES, Hybrid

    errors = sorted(name for name in reco.__all__ if isinstance(getattr(reco, name), type)
                    and issubclass(getattr(reco, name), reco.RecoError))
    names = ",\n    ".join(f'"{name}"' for name in reco.__all__)
    classes = [algorithm_class(made, reco.parameters(algorithm), issubclass(made, Hybrid))
               for algorithm, made in CLASSES.items()]
    return "\n\n".join([STUB.format(errors=",\n    ".join(errors), all=names), *classes])


def main():
    parser = argparse.ArgumentParser(description="Writes what the bindings declare.")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--library")
    given = parser.parse_args()
    written = [(HERE / "python/reco/_api.py", python()), (HERE / "ruby/lib/reco/api.rb", ruby())]
    if given.library:
        written.append((HERE / "python/reco/__init__.pyi", stub(given.library)))
    stale = []
    for path, text in written:
        if not given.check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
    for path in stale:
        library = f" --library {given.library}" if path.suffix == ".pyi" else ""
        print(f"{path.relative_to(HERE.parent)} is not what the library says: run bindings/generate.py{library}")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
