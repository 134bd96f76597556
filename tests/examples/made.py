#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""made.py SHOP-GENERATE: the made shop is the same bytes on every machine, and what it is said to be."""
import csv
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from tap import Cases  # noqa: E402

CRC = {"items.csv": 0xd26092ca, "users.csv": 0xa704659a, "events.csv": 0x467856e0}
cases = Cases()


def made(folder, *seed):
    run = subprocess.run([sys.argv[1], folder, *seed], capture_output=True, text=True)
    cases.check(run.returncode == 0 and not run.stdout + run.stderr, f"makes a shop {seed}", [run.stderr])
    return {name: (Path(folder) / name).read_bytes() for name in CRC}


def table(data):
    return list(csv.DictReader(data.decode("utf-8").splitlines()))


with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
    shop, other = made(a), made(b, "2")
for name, crc in CRC.items():
    found = zlib.crc32(shop[name])
    cases.check(found == crc, f"{name} is as always", [f"its CRC-32 is {found:#010x}"])
cases.check(shop["events.csv"] != other["events.csv"], "another seed makes another shop")

items, users, events = (table(shop[name]) for name in CRC)
ids = {row["item"] for row in items}
names = {row["user"] for row in users}
kinds = Counter(row["type"] for row in events)
visitors = Counter(row["user"] for row in events)
cases.check(300 <= len(items) <= 600 and len(ids) == len(items), "a few hundred products, each once")
cases.check(len({row["title"] for row in items}) == len(items), "no title twice")
cases.check(len(users) == 3000 and len(names) == 3000, "three thousand customers, each once")
cases.check(all(row["item"] in ids for row in events), "every event is of a product of the catalog")
cases.check(all(row["user"] in names or not row["user"] for row in events), "and of a customer or of nobody")
cases.check(set(kinds) == {"view", "cart", "purchase", "return"}, "four types of event")
cases.check(all((int(row["value"]) < 0) == (row["type"] == "return") for row in events), "returns are negative")
cases.check([row["time"] for row in events] == sorted(row["time"] for row in events), "in the order of time")
cases.check(kinds["view"] > kinds["cart"] > kinds["purchase"] > 10 * kinds["return"], "more views than sales")
cases.check(0.01 < visitors[""] / len(events) < 0.1, "a few rows without a customer")
cases.check({row["consent"] for row in users} == {"all", "training", "none"}, "not everybody agrees to all")

wrong = subprocess.run([sys.argv[1]], capture_output=True, text=True)
cases.check(wrong.returncode == 2 and wrong.stderr.startswith("usage:"), "no folder: usage")
missing = subprocess.run([sys.argv[1], "no/such/folder"], capture_output=True, text=True)
cases.check(missing.returncode == 1 and "no/such/folder/items.csv" in missing.stderr, "no such folder: says so")
cases.done()
