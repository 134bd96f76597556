#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""golden_neighbors.py: writes tests/golden/neighbors.txt, what tests/algo/item_knn.c compares with.

The same made matrix as there, by the same generator; its products by SciPy in double precision. Needs numpy and
scipy, which nothing else of the project does. Each line: the setting's number, an item, and its k most similar items
by index, each with the similarity."""
from pathlib import Path

import numpy as np
import scipy.sparse as sp

USERS, ITEMS, K = 11000, 24, 5
MASK = (1 << 64) - 1

# values, weighting, similarity, shrink, min_overlap: the settings of the test, in its order
SETTINGS = (
    ("raw", "none", "cosine", 0, 1),
    ("raw", "bm25", "cosine", 0, 1),
    ("saturated", "tfidf", "cosine", 10, 1),
    ("binary", "none", "cosine", 0, 2000),
    ("binary", "none", "jaccard", 500, 1),
)


class Random:
    """xorshift64* of tests/support/made.c"""

    def __init__(self, state):
        self.state = state

    def below(self, n):
        s = self.state
        s ^= s >> 12
        s ^= (s << 25) & MASK
        s ^= s >> 27
        self.state = s
        return ((s * 0x2545f4914f6cdd1d & MASK) >> 33) % n


def matrix():
    random = Random(99)
    x = np.zeros((USERS, ITEMS), np.float32)
    for u in range(USERS):
        for i in range(ITEMS):
            if random.below(100) < 99 - 4 * i:
                x[u, i] = (1 + random.below(999)) / 10
    return x.astype(np.float64).T  # what is compared are items


def weigh(x, values, weighting):
    there = x > 0
    v = {"raw": x, "binary": there.astype(float), "saturated": 2 * x / (1 + x)}[values]
    rows, df = x.shape[0], there.sum(0)
    if weighting == "tfidf":
        return np.sqrt(v) * np.log(1 + rows / np.maximum(df, 1))
    if weighting == "bm25":
        length = v.sum(1, keepdims=True)
        length = length / length[length > 0].mean()
        return v * 2.2 / (v + 1.2 * (.25 + .75 * length)) * np.log(1 + (rows - df + .5) / (df + .5))
    return v


def similarities(x, values, weighting, similarity, shrink, min_overlap):
    w = sp.csr_matrix(weigh(x, values, weighting))
    sets = sp.csr_matrix((x > 0).astype(float))
    dot, both = (w @ w.T).toarray(), (sets @ sets.T).toarray()
    if similarity == "cosine":
        size = np.sqrt(np.diag(dot))
        s = dot / (np.outer(size, size) + shrink)
    else:
        size = np.diag(both)
        s = both / (size[:, None] + size[None, :] - both + shrink)
    s[both < min_overlap] = 0
    np.fill_diagonal(s, 0)
    return s


x = matrix()
with open(Path(__file__).resolve().parent.parent / "golden/neighbors.txt", "w") as out:
    for number, setting in enumerate(SETTINGS):
        s = similarities(x, *setting)
        for i in range(ITEMS):
            best = sorted(j for j in np.lexsort((np.arange(ITEMS), -s[i]))[:K] if s[i, j] > 0)
            print(number, i, *(f"{j} {s[i, j]:.17g}" for j in best), file=out)
