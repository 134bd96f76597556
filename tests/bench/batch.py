#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""batch.py MODEL THREADS ROUNDS: what batch.c measures, through the Python binding."""
import statistics
import sys
import time

import reco


def main():
    model, threads, times = reco.load(sys.argv[1]), int(sys.argv[2]), []
    for _ in range(int(sys.argv[3])):
        begin = time.perf_counter()
        model.recommend_all(limit=20, threads=threads, progress=False)
        times.append(time.perf_counter() - begin)
    print(f"{1e3 * statistics.median(times):.3f}")


if __name__ == "__main__":
    main()
