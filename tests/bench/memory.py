#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""memory.py reco|implicit: the peak of this process's memory when als is fitted on a SciPy matrix of ten million entries,
as a JSON object of bytes: with the matrix made and the library loaded, with the data handed over, and with the model."""
import json
import os
import re
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as implicit asks for

import numpy as np  # noqa: E402
import scipy.sparse as sp  # noqa: E402

USERS, ITEMS, EACH, FACTORS, ITERATIONS, THREADS = 200_000, 100_000, 50, 32, 2, 2


def peak():
    """Bytes; what getrusage tells would have the peak of the program that started this one in it."""
    with open("/proc/self/status") as file:
        return int(re.search(r"VmHWM:\s*(\d+)", file.read())[1]) * 1024


def matrix():
    """Each user has EACH items, a random step from one to the next."""
    random = np.random.default_rng(1)
    items = random.integers(1, ITEMS // EACH, (USERS, EACH), dtype=np.int32)
    np.cumsum(items, axis=1, out=items)
    start = np.arange(USERS + 1, dtype=np.int32) * np.int32(EACH)
    return sp.csr_matrix((np.ones(items.size, np.float32), items.reshape(-1), start), shape=(USERS, ITEMS))


def with_reco(x):
    import reco

    before = peak()
    data = reco.Data.from_matrix(x)
    handed_over = peak()
    reco.ALS(factors=FACTORS, iterations=ITERATIONS, threads=THREADS).fit(data, progress=False)
    return before, handed_over


def with_implicit(x):
    from implicit.als import AlternatingLeastSquares

    before = peak()
    model = AlternatingLeastSquares(factors=FACTORS, iterations=ITERATIONS, num_threads=THREADS, use_gpu=False)
    model.fit(x, show_progress=False)
    return before, before


def main():
    x = matrix()
    before, handed_over = {"reco": with_reco, "implicit": with_implicit}[sys.argv[1]](x)
    print(json.dumps({"entries": x.nnz, "matrix": x.data.nbytes + x.indices.nbytes + x.indptr.nbytes, "before": before,
                      "handed_over": handed_over, "peak": peak()}))


if __name__ == "__main__":
    main()
