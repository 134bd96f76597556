# SPDX-License-Identifier: MIT
"""Mistakes that a type checker must find, one in each line that says so; it is not to be run."""
import reco

data = reco.Data.from_events([("ann", "mug")])
model = reco.ALS(factors=64).fit(data)
print(model.factors + 1, model.recommend("ann", limit=3).ids[0].upper(), model.evaluate(data).values["ndcg@10"] * 2)
print(model.recommend("ann", events=["mug", ("mug", "view"), {"item": "mug"}], context={"device": "tv"}, unknown="skip").skipped + 1)
print(reco.Weighted([(reco.ALS(), 0.5), reco.Content()]).add(reco.Popular(), 0.1).scaling)

reco.ALS(factors="many")  # wrong
reco.ALS(factor=64)  # wrong
reco.ALS(64)  # wrong
reco.ALS(objective="best")  # wrong
reco.Popular(parts=[])  # wrong
reco.Weighted([3])  # wrong
model.fit([("ann", "mug")])  # wrong
model.recomend("ann")  # wrong
model.recommend("ann", top=3)  # wrong
model.recommend("ann").scores + "x"  # wrong
model.recommend("ann", unknown="drop")  # wrong
model.recommend("ann", events=5)  # wrong
model.recommend("ann", about=[("country", "de")])  # wrong
model.score(["mug"], contxt={"device": "tv"})  # wrong
model.ids("shop")  # wrong
model.factors = 3  # wrong
data.split("random:0.2").train  # wrong
reco.Builder().consent("ann", 3)  # wrong
reco.load(5)  # wrong
