#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""shop.py SHOP-GENERATE SHOP: the main job, on the made shop."""
import re
import sys
import tempfile
from pathlib import Path

from example import Cases, compare, figures, run

cases = Cases()
generate, shop = (Path(word).resolve() for word in sys.argv[1:3])
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "made").mkdir()
    run(cases, generate, "made", cwd=folder)
    text = run(cases, shop, "made", cwd=folder)
    rows = len((Path(folder) / "made/events.csv").read_text().splitlines()) - 1
compare(cases, "shop.txt", text, 0.004)

counts = [int(n.replace(",", "")) for n in re.findall(r"^  [-= ] +([\d,]+)  ", text, re.M)]
cases.check(counts[0] == rows, "all rows are counted")
cases.check(counts[0] == sum(counts[1:]), "the counts add up", [str(counts)])
table = figures(text)
recall = {name: row[0] for name, row in table.items()}
ndcg = {name: row[1] for name, row in table.items()}
cases.check(len(table) == 6 and all(len(row) == 4 for row in table.values()), "six models, four figures each")
cases.check(min(recall["als"], recall["item-knn"]) > 1.8 * recall["popular"], "als and item-knn beat popular clearly")
cases.check(recall["content"] > 3 * recall["random"], "content beats random by far")
cases.check(ndcg["weighted"] == max(ndcg.values()), "weighted is best on ndcg@10")
cases.check(0.1 < recall["weighted"] < 0.3, "and believable")
cases.done()
