#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""files.py PROGRAM: disks that fail. Each system call that saving, loading and reading make is made to fail with
each of some errors, and the process is killed at each. A save that fails says so, leaves the old file as it was and
no temporary file; a save that is killed leaves the old file or the new one."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from tap import Cases  # noqa: E402

OK, ENOTFOUND, EIO = 0, 3, 6
CALLS = "open,openat,read,write,fsync,rename,renameat,renameat2,close,fstat,newfstatat"
program = os.path.abspath(sys.argv[1])
cases = Cases()


def trace(*arguments, inject=None):
    """Runs the program; returns how it ended and the lines of its trace."""
    with tempfile.NamedTemporaryFile("r") as log:
        command = ["strace", "-o", log.name, "-e", f"trace={CALLS},getppid"]
        command += ["-e", f"inject={inject}"] if inject else []
        end = subprocess.run([*command, program, *arguments], capture_output=True, text=True)
        return end.returncode, log.read().splitlines()


def window(lines):
    """The calls between the two marks: (name, its number among all calls of that name, text)."""
    counts, inside, found = {}, False, []
    for line in lines:
        match = re.match(r"(\w+)\(", line)
        if not match:
            continue
        if match[1] == "getppid":
            inside = not inside
            continue
        counts[match[1]] = counts.get(match[1], 0) + 1
        if inside:
            found.append((match[1], counts[match[1]], line))
    return found


def save(folder):
    path = Path(folder) / "model.reco"
    assert trace("save-old", str(path))[0] == OK
    old = path.read_bytes()
    status, lines = trace("save-new", str(path))
    new, calls = path.read_bytes(), window(lines)
    cases.check(status == OK and old != new, "saves")
    names = [name for name, _, _ in calls]
    renamed = next(k for k, name in enumerate(names) if name.startswith("rename"))
    cases.check({"write", "fsync", "close"} <= set(names[:renamed]), "writes, syncs and closes before it renames")
    cases.check(names.count("write") > 2, "writes piece by piece")
    cases.check("fsync" in names[renamed:], "syncs the directory after it")
    for k, (name, number, text) in enumerate(calls):
        for error in ("ENOSPC", "EIO", "EINTR", "EACCES"):
            path.write_bytes(old)
            status, _ = trace("save-new", str(path), inject=f"{name}:error={error}:when={number}")
            holds = path.read_bytes()
            wanted = [new] if status == OK or k > renamed else [old]
            cases.check(status in (OK, EIO) and holds in wanted and os.listdir(folder) == ["model.reco"],
                        f"{error} at {name} {k + 1} of a save",
                        [text, f"ended in {status}", f"the folder holds {os.listdir(folder)}"])
        path.write_bytes(old)
        trace("save-new", str(path), inject=f"{name}:signal=KILL:when={number}")
        holds = path.read_bytes()
        status, _ = trace("load", str(path))
        cases.check(status == OK and holds == (new if k > renamed else holds) and holds in (old, new),
                    f"killed at {name} {k + 1} of a save", [text])
        for left in Path(folder).glob("*.tmp"):
            left.unlink()
    path.unlink()


def read(mode, path):
    status, lines = trace(mode, str(path))
    cases.check(status == OK, f"{mode}s")
    for k, (name, number, text) in enumerate(window(lines)):
        for error in ("EIO", "EINTR", "EACCES", "ENOENT"):
            status, _ = trace(mode, str(path), inject=f"{name}:error={error}:when={number}")
            allowed = (OK, EIO, ENOTFOUND) if error == "ENOENT" else (OK, EIO)
            must_fail = name in ("open", "openat", "read") and error != "EINTR"
            cases.check(status in allowed and not (must_fail and status == OK), f"{error} at {name} {k + 1} of a {mode}",
                        [text, f"ended in {status}"])


def main():
    if subprocess.run(["sh", "-c", "strace -o /dev/null -e inject=getppid:error=EIO true"], capture_output=True).returncode:
        cases.skip("failing disks", "strace is not installed or not allowed")
        cases.done()
    with tempfile.TemporaryDirectory() as folder:
        save(folder)
        model, events = Path(folder) / "model.reco", Path(folder) / "events.csv"
        assert trace("save-old", str(model))[0] == OK
        events.write_text("user,item,value\n" + "".join(f"u{k % 9},i{k % 7},1\n" for k in range(100)))
        read("load", model)
        read("read", events)
    cases.done()


main()
