#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py BENCH FOLDER [ROUNDS]: als of libreco beside implicit's, and reading beside pandas', on the check-ins in
FOLDER/gowalla, both on two threads, round by round in turns; prints medians and ratios."""
import json
import os
import resource
import statistics
import subprocess
import sys
import time

# The threads are implicit's own: BLAS threads within them only stand in their way.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import implicit  # noqa: E402
import numpy as np  # noqa: E402
import pandas  # noqa: E402
import scipy.sparse as sp  # noqa: E402
from implicit.als import AlternatingLeastSquares  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

THREADS, FEW, MANY, LIMIT = 2, 5, 15, 20


def timed(work):
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def matrix(frame, shape):
    return sp.csr_matrix((np.ones(len(frame), np.float32), (frame.user, frame.item)), shape)


def recall(lists, test):
    hits = [len(np.intersect1d(row, test.indices[a:b])) / (b - a)
            for row, a, b in zip(lists, test.indptr, test.indptr[1:]) if b > a]
    return float(np.mean(hits))


def scores_alone(users, items):
    """Seconds for the scores of all pairs by sgemm, a thousand users at a time, kept nowhere."""
    room = np.empty((1024, len(items)), np.float32)

    def work():
        for first in range(0, len(users), len(room)):
            some = users[first:first + len(room)]
            np.matmul(some, items.T, out=room[:len(some)])

    with threadpool_limits(THREADS, user_api="blas"):
        return min(timed(work)[0] for _ in range(2))


def theirs(train, test, factors):
    def fit(iterations):
        model = AlternatingLeastSquares(factors=factors, regularization=10, alpha=10, iterations=iterations,
                                        use_cg=True, num_threads=THREADS, random_state=1)
        return timed(lambda: model.fit(train, show_progress=False))[0], model

    few, (many, model) = fit(FEW)[0], fit(MANY)
    users = np.arange(train.shape[0])
    ask = lambda n: model.recommend(users[:n], train[:n], N=LIMIT, filter_already_liked_items=True)  # noqa: E731
    ask(len(users))  # the first round pays for fresh memory, on both sides
    batch, (lists, _) = timed(lambda: ask(len(users)))
    singles = [timed(lambda u=u: model.recommend(u, train[u], N=10, filter_already_liked_items=True))[0]
               for u in range(0, 2000, 10)]
    return {"iteration": (many - few) / (MANY - FEW), "fit": many, "batch": batch, "recall": recall(lists, test),
            "p50": statistics.median(singles), "sgemm": scores_alone(model.user_factors, model.item_factors)}


def ours(bench, folder, factors):
    done = subprocess.run([bench, f"{folder}/train.csv", f"{folder}/test.csv", str(factors)], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def median(rounds, name):
    return statistics.median(one[name] for one in rounds)


def table(factors, mine, others):
    print(f"\nals, {factors} factors, conjugate gradients, 2 threads, medians of {len(mine)} rounds")
    print(f"  {'':34}{'libreco':>12}{'implicit':>12}{'ratio':>8}")
    for name, label, scale, unit in (("iteration", "one more iteration", 1e3, "ms"),
                                     ("fit", f"fit of {MANY} iterations, all in", 1e3, "ms"),
                                     ("batch", f"top {LIMIT} of all users", 1e3, "ms"),
                                     ("p50", "top 10 of one user, median", 1e6, "us")):
        a, b = median(mine, name), median(others, name)
        print(f"  {label:34}{a * scale:>9.1f} {unit}{b * scale:>9.1f} {unit}{b / a:>8.2f}")
    print(f"  {'Recall@20':34}{median(mine, 'recall'):>12.4f}{median(others, 'recall'):>12.4f}")
    print(f"  {'top 10 of one user, 99 in 100 within':37}{median(mine, 'p99') * 1e6:>6.0f} us")
    sgemm = median(others, "sgemm")
    print(f"  {'sgemm of all scores, no selection':34}{sgemm * 1e3:>9.1f} ms; "
          f"top {LIMIT} of all users takes {median(mine, 'batch') / sgemm:.2f} times as long")
    size = mine[0]["model_bytes"] / 1e6
    print(f"  {f'loading the model of {size:.1f} MB':34}{median(mine, 'load') * 1e3:>9.1f} ms")
    print(f"  {'peak memory, data included':34}{median(mine, 'peak_bytes') / 1e6:>9.0f} MB")


def main():
    bench, folder = sys.argv[1], os.path.join(sys.argv[2], "gowalla")
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    train, test = pandas.read_csv(f"{folder}/train.csv"), pandas.read_csv(f"{folder}/test.csv")
    shape = max(train.user.max(), test.user.max()) + 1, max(train.item.max(), test.item.max()) + 1
    train_matrix, test_matrix = matrix(train, shape), matrix(test, shape)
    print(f"implicit {implicit.__version__}, numpy {np.__version__}, {os.cpu_count()} processors; "
          f"{train_matrix.nnz} pairs of {shape[0]} users and {shape[1]} items")
    reads = []
    for factors in (64, 128):
        mine, others = [], []
        for _ in range(rounds):
            mine.append(ours(bench, folder, factors))
            others.append(theirs(train_matrix, test_matrix, factors))
            reads.append((mine[-1]["rows_per_second"],
                          len(train) / timed(lambda: pandas.read_csv(f"{folder}/train.csv"))[0]))
        table(factors, mine, others)
    a, b = (statistics.median(column) for column in zip(*reads))
    print(f"\nreading events: {a / 1e6:.1f} million rows a second, pandas {b / 1e6:.1f} million: {a / b:.2f} times")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"peak memory of the process with implicit, pandas and its matrices: {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
