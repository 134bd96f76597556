# SPDX-License-Identifier: MIT
"""Runs the `reco` command for its tests."""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from tap import Cases  # noqa: E402

cases = Cases()
PROGRAM = str(Path(sys.argv[1]).resolve())

EVENTS = """user,item,value,time
ann,mug,1,2024-01-01
ann,lamp,2,2024-01-02
bob,mug,1,2024-01-03
bob,vase,1,2024-01-04
cat,mug,1,2024-01-05
cat,lamp,1,2024-01-06
cat,vase,1,2024-01-07
dan,lamp,1,2024-01-08
dan,rug,3,2024-01-09
"""

ITEMS = """item,title,price,tags
mug,Blue enamel mug,5,kitchen|blue
lamp,"Reading lamp, small",20,living
vase,Tall glass vase,30,living|glass
rug,Wool rug,80,living
"""


class Folder:
    """A folder of its own with small files in it; tells what a command left behind."""

    def __init__(self, **files):
        self.temporary = tempfile.TemporaryDirectory()
        self.path = Path(self.temporary.name)
        self.write("events.csv", EVENTS)
        self.write("items.csv", ITEMS)
        for name, text in files.items():
            self.write(name.replace("_", ".", 1), text)

    def write(self, name, text):
        data = text if isinstance(text, bytes) else text.encode()
        (self.path / name).write_bytes(data)

    def read(self, name):
        return (self.path / name).read_bytes()

    def names(self):
        return sorted(p.name for p in self.path.iterdir())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()

    def run(self, *arguments, stdin=b"", **options):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.path, input=stdin, capture_output=True,
                              timeout=240, **options)

    def good(self, *arguments, **options):
        """Runs what must be done without a word on stderr; gives stdout as text."""
        run = self.run(*arguments, **options)
        cases.check(run.returncode == 0 and not run.stderr, "reco " + " ".join(map(str, arguments)),
                    [f"status {run.returncode}", run.stderr.decode(errors="replace")])
        return run.stdout.decode()

    def json(self, *arguments, **options):
        text = self.good(*arguments, "--json", **options)
        try:
            return json.loads(text)
        except ValueError as error:
            cases.check(False, "one JSON document", [str(error), text[:500]])
            return {}

    def bad(self, status, message, *arguments, name=None, **options):
        """Runs what must fail: one line on stderr with `message` in it, nothing on stdout, no file more or less or
        changed."""
        before = {n: self.read(n) for n in self.names()}
        run = self.run(*arguments, **options)
        after = {n: self.read(n) for n in self.names()}
        text = run.stderr.decode(errors="replace")
        good = (run.returncode == status and text.startswith("reco: ") and text.endswith("\n") and
                text.count("\n") == 1 and message in text and not run.stdout and before == after)
        cases.check(good, name or "refused: " + " ".join(map(str, arguments))[:150],
                    [f"status {run.returncode}, not {status}" if run.returncode != status else "status as it should be",
                     f"stderr: {text!r}", f"wanted: {message!r}", f"stdout: {run.stdout[:200]!r}",
                     f"files before: {sorted(before)}, after: {sorted(after)}, "
                     f"changed: {[n for n in before if before[n] != after.get(n)]}"])


def equal(name, got, expected):
    cases.check(got == expected, name, [f"got      {got!r}", f"expected {expected!r}"])


def near(name, got, expected, tolerance):
    good = isinstance(got, (int, float)) and abs(got - expected) <= tolerance
    cases.check(good, f"{name}: {got} is {expected} to {tolerance}")
