# SPDX-License-Identifier: MIT
"""quickstart - from a few purchases to recommendations.

    pip install reco-*.whl && python3 quickstart.py
"""
import reco

BOUGHT = [
    ("ann", "teapot"), ("ann", "mug"), ("ann", "tea towel"), ("bob", "teapot"), ("bob", "mug"), ("bob", "trowel"),
    ("cleo", "teapot"), ("cleo", "mug"), ("cleo", "honey"), ("dan", "trowel"), ("dan", "gloves"), ("dan", "plant pot"),
    ("eve", "trowel"), ("eve", "gloves"), ("eve", "teapot"),
]


def show(question: str, answer: reco.Recommendations) -> None:
    print(question)
    for item, score in answer:
        print(f"  {item:10} {score:.2f}")


model = reco.ItemKNN(shrink=0).fit(reco.Data.from_events(BOUGHT))
show("For ann:", model.recommend("ann", limit=3))
show("For somebody with gloves and a trowel in the basket:", model.recommend(history=["gloves", "trowel"], limit=3))
show("Like a teapot:", model.similar("teapot"))
model.save("quickstart.reco")
