#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""overhead.py MODEL USERS ROUNDS: what one recommend costs through the Python binding, measured as overhead.c does."""
import statistics
import sys
import time

import reco


def main():
    path, count, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    model = reco.load(path)
    users, times = model.ids("user")[:count], []
    for _ in range(rounds):
        begin = time.thread_time()
        for user in users:
            answer = model.recommend(user)
            answer.ids, answer.scores
        times.append(time.thread_time() - begin)
    print(f"{1e6 * statistics.median(times) / len(users):.3f}")


if __name__ == "__main__":
    main()
