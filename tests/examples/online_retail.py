#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""online_retail.py ONLINE_RETAIL FOLDER [--timed]: the whole job on the real gift shop, where its file is there."""
import re
import sys
from pathlib import Path

from example import Cases, figures, ranked, run

cases = Cases()
path = Path(sys.argv[2]) / "online-retail/OnlineRetail.csv"
if not path.exists():
    cases.skip("the real gift shop", f"there is no {path}")
    cases.done()
text = run(cases, sys.argv[1], path)
counts = [int(n.replace(",", "")) for n in re.findall(r"^  [-= ] +([\d,]+)  ", text, re.M)]
cases.check(counts[0] == 541909 and counts[1] == 135080, "all invoice lines, those without a customer among them")
cases.check(counts[0] == sum(counts[1:]), "the counts add up", [str(counts)])
ndcg = {name: row[1] for name, row in figures(text).items()}
parts = max(ndcg["als"], ndcg["item-knn"], ndcg["content"])
cases.check(ndcg["weighted"] >= parts > ndcg["popular"], "the hybrid at least equals its best part", [str(ndcg)])
basket = text.split("in the basket\n")[1].split("Answered")[0]
cases.check(len(ranked(basket)) == 10, "ten products for a basket", [basket])
cases.check(sum("TEA" in line or "REGENCY" in line for line in ranked(basket)) >= 5, "that go with a tea set", [basket])
cases.check(not re.search(r"POSTAGE|Manual|CARRIAGE|BANK CHARGES|Discount|AMAZON", text), "no service among the answers")
if "--timed" in sys.argv:
    cases.check(re.search(r"Answered in \d+ us", text), "in less than a millisecond")
cases.done()
