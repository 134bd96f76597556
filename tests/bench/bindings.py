#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bindings.py BUILD FOLDER ROUNDS: what calls cost through the bindings beside C, round by round in turns: medians of
the figures, and of the differences and ratios within a round."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import reco

HERE = Path(__file__).resolve().parent
USERS, QUESTIONS, LISTS, THREADS = 1000, 25, 3, 2  # users asked for, how often a process asks, threads


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def programs(build, name):
    """Who measures the same thing in which language."""
    found = {"C": [build / "tests" / name], "Python": [sys.executable, HERE / f"{name}.py"]}
    if (HERE / f"{name}.rb").exists():
        found["Ruby"] = ["ruby", HERE / f"{name}.rb"]
    return found


def measured(build, name, rounds, *arguments):
    """Each language's figures, round by round; all are asked in turns."""
    figures = {language: [] for language in programs(build, name)}
    for _ in range(rounds):
        for language, program in programs(build, name).items():
            figures[language].append(float(said(*program, *arguments)))
    return figures


def models(folder, into):
    """A shop's model, of which little is asked, and one of the check-ins."""
    random = np.random.default_rng(1)
    users, items = np.repeat(np.arange(2000), 20), random.integers(0, 1000, 40000)
    data = {"2,000 users, 1,000 items": reco.Data.from_columns(users, items)}
    train = folder / "gowalla" / "train.csv"
    if train.exists():
        data["Gowalla"] = reco.Data.read(train)
    else:
        print(f"# {train} is not there: without Gowalla", file=sys.stderr)
    for k, (name, events) in enumerate(data.items()):
        path = into / f"{k}.reco"
        reco.ALS(factors=64, iterations=3, threads=THREADS).fit(events, progress=False).save(path)
        yield name, path


def questions(build, rounds, name, model):
    us = measured(build, "overhead", rounds, model, USERS, QUESTIONS)
    cells = [f"{median(us['C']):10.1f}"]
    for language in ("Python", "Ruby"):
        more = median(mine - c for mine, c in zip(us[language], us["C"]))
        cells.append(f"{median(us[language]):10.1f}{more:+10.1f}")
    print(f"  {name:28}{''.join(cells)}")


def lists(build, rounds, name, model):
    ms = measured(build, "batch", rounds, model, THREADS, LISTS)
    ratio = median(mine / c for mine, c in zip(ms["Python"], ms["C"]))
    print(f"  {name:28}{median(ms['C']):10.1f}{median(ms['Python']):10.1f}{ratio:10.3f}")


def memory():
    figures = {name: json.loads(said(sys.executable, HERE / "memory.py", name)) for name in ("reco", "implicit")}
    one = figures["reco"]
    print(f"\nals on a SciPy matrix of {one['entries'] / 1e6:.0f} million entries ({one['matrix'] / 1e6:.0f} MB), "
          f"{THREADS} threads: peak memory in MB\n"
          f"  {'':12}{'before':>10}{'data':>10}{'fitted':>10}{'more':>10}")
    for name, one in figures.items():
        row = [one["before"], one["handed_over"], one["peak"], one["peak"] - one["before"]]
        print(f"  {name:12}" + "".join(f"{bytes / 1e6:10.0f}" for bytes in row))


def main():
    build, folder, rounds = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as into:
        made = list(models(folder, Path(into)))
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; medians of {rounds} rounds\n\n"
              "top 10 of one user, als of 64 factors, one thread: microseconds of processor time, and how many more than C\n"
              f"  {'':28}{'C':>10}{'Python':>20}{'Ruby':>20}")
        questions(build, rounds, *made[0])  # where a question takes longer, what is added to it drowns
        print(f"\ntop 20 of all users, {THREADS} threads: milliseconds, and the ratio\n"
              f"  {'':28}{'C':>10}{'Python':>10}{'ratio':>10}")
        lists(build, rounds, *made[-1])
    memory()


if __name__ == "__main__":
    main()
