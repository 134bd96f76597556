# SPDX-License-Identifier: MIT
"""Runs an example and compares what it prints with what it printed when somebody read it: shop.txt is what `mkdir made &&
shop-generate made && shop made` says, quickstart.txt what `quickstart` says."""
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
from tap import Cases  # noqa: E402

__all__ = ["Cases", "run", "compare", "figures", "ranked"]
TIME = re.compile(r" *\b\d+(\.\d+)? (us|ms|s)\b")
FIGURE = re.compile(r"-?\d+\.\d+")
RANKED = re.compile(r" (\d{1,2})\. (\S.*?)(?:  .*)?$")  # ... 1. Product  0.123


def run(cases, *command, cwd=None):
    """What a program prints; it ends well and says nothing on stderr."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=cwd)
    cases.check(done.returncode == 0, f"{Path(command[0]).name} ends well", [done.stderr])
    cases.check(done.stderr == "", "and quietly", [done.stderr])
    return done.stdout


def ranked(text):
    """The products of all lists, in order."""
    return [match[2] for match in map(RANKED.search, text.splitlines()) if match]


def figures(text):
    """The table: {model: [figures]}."""
    rows = re.findall(r"^  ([a-z-]+) +(\d\.\d{4}[ *].*)$", text, re.M)
    return {name: [float(x) for x in re.findall(r"\b\d\.\d{4}\b", rest)] for name, rest in rows}


def compare(cases, name, text, tolerance):
    """Words and whole numbers must be the same, figures within the tolerance, times are what they are. Another
    processor may swap products of nearly equal score: nine of ten must stay."""
    expected = (HERE / name).read_text().splitlines()
    found = [line.rstrip() for line in text.splitlines()]
    cases.check(len(expected) == len(found), f"as many lines as {name}", [f"{len(found)} for {len(expected)}"])
    bad = []
    for number, (was, now) in enumerate(zip(expected, found), 1):
        if RANKED.search(was) and RANKED.search(now):
            continue
        was, now = TIME.sub(" TIME", was), TIME.sub(" TIME", now)
        same = FIGURE.sub("#", was.replace("*", " ")) == FIGURE.sub("#", now.replace("*", " "))
        pairs = zip(FIGURE.findall(was), FIGURE.findall(now))
        if not same or any(abs(float(a) - float(b)) > tolerance for a, b in pairs):
            bad.append(f"line {number}: {now!r} for {was!r}")
    cases.none(f"the lines of {name}", bad)
    then, today = ranked("\n".join(expected)), ranked(text)
    common = sum(a == b for a, b in zip(then, today)) if len(then) == len(today) else 0
    cases.check(common >= 0.9 * len(then), f"the products of {name}", [f"{common} of {len(then)} in their place"])
