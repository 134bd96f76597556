#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""interrupts.py RECO: Ctrl-C at any moment of a fit or an evaluation ends it in one line with status 1; what was there
stays, and nothing half-written does."""
import random
import re
import signal
import subprocess
import time
from pathlib import Path

from command import PROGRAM, Folder, cases

N_USERS, N_ITEMS = 3000, 1500


def events():
    draw = random.Random(1)
    return "user,item,time\n" + "".join(
        f"u{draw.randrange(N_USERS)},i{draw.randrange(N_ITEMS)},{k}\n" for k in range(60000))


def begun(job):
    """Waits until the command listens to the signal; on systems that do not tell, for a while."""
    status = Path(f"/proc/{job.pid}/status")
    while status.exists() and job.poll() is None:
        caught = re.search(r"^SigCgt:\s*(\w+)", status.read_text(), re.M)
        if caught and int(caught.group(1), 16) & 1 << (signal.SIGINT - 1):
            return
        time.sleep(.005)
    time.sleep(.5)


def interrupt(f, name, number, after, *arguments):
    before = {n: f.read(n) for n in f.names()}
    job = subprocess.Popen([PROGRAM, *arguments], cwd=f.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    begun(job)
    time.sleep(after)
    job.send_signal(number)
    began = time.monotonic()
    out, text = job.communicate(timeout=120)
    took = time.monotonic() - began
    after_names = {n: f.read(n) for n in f.names()}
    good = (job.returncode == 1 and text.startswith(b"reco: ") and b"cancelled" in text and text.count(b"\n") == 1 and
            not out and before == after_names)
    cases.check(good, f"{name} after {after} s", [f"status {job.returncode}", str(text), str(out[:100]),
                                                  str(sorted(after_names))])
    cases.check(took < 20, f"{name} after {after} s is back soon: {took:.2f} s")


LONG = ("--algo", "als", "--set", "factors=256", "--set", "iterations=1000", "--threads", "2")

with Folder() as folder:
    folder.write("e.csv", events())
    folder.write("m.reco", "an older model")
    for delay in (0.02, 0.3, 1):
        interrupt(folder, "Ctrl-C in a fit", signal.SIGINT, delay, "fit", *LONG, "--events", "e.csv", "--out", "m.reco")
        interrupt(folder, "Ctrl-C in an evaluation", signal.SIGINT, delay, "evaluate", *LONG, "--events", "e.csv",
                  "--split", "time:0.2")
    interrupt(folder, "an end asked for", signal.SIGTERM, 0.5, "fit", *LONG, "--events", "e.csv", "--out", "m.reco")
    folder.good("fit", "--algo", "popular", "--events", "e.csv", "--out", "p.reco", "--quiet")
    folder.write("old.json", "old lists")
    for delay in (0, 0.05, 0.3):
        interrupt(folder, "Ctrl-C while lists are written", signal.SIGINT, delay, "recommend", "--model", "p.reco",
                  "--all-users", "-n", "1500", "--json", "--out", "old.json")
cases.done()
