# SPDX-License-Identifier: MIT
"""Prints cases the way the Test Anything Protocol wants them, and reads C just far enough for the checks."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Cases:
    def __init__(self):
        self.n = self.bad = 0

    def check(self, good, name, details=()):
        self.n += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good:
            for line in details:
                print(f"# {line}")

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}")

    def none(self, name, findings):
        """A case that passes when a list of findings is empty."""
        findings = list(findings)
        self.check(not findings, name, findings)

    def done(self):
        print(f"1..{self.n}")
        sys.exit(1 if self.bad else 0)


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text, keep_strings=False):
    """The text without comments (and strings), each line where it was."""

    def replace(match):
        token = match.group()
        if token[0] in "\"'":
            return token if keep_strings else token[0] + token[-1]
        return " " + "\n" * token.count("\n")

    return _TOKEN.sub(replace, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def sources(*folders):
    """The C files below some folders of the source tree, in order."""
    found = []
    for folder in folders:
        found += [p for p in (ROOT / folder).rglob("*.[ch]") if not p.is_symlink()]
    return sorted(found)


def declared():
    """Names of the functions that the public headers declare."""
    names = set()
    for header in sorted((ROOT / "include" / "reco").glob("*.h")):
        text = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", blank(header.read_text()), flags=re.M)
        names |= {m.group(1) for m in re.finditer(r"\bRECO_API\b[^;(]*?(\w+)\s*\(", text)}
    return names
