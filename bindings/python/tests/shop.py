# SPDX-License-Identifier: MIT
"""Data that the tests share."""
import gc
import os

import numpy as np

import reco

EVENTS = [("ann", "mug"), ("ann", "lamp"), ("bob", "mug"), ("bob", "vase"), ("cy", "lamp"), ("cy", "vase"),
          ("dee", "mug"), ("dee", "lamp"), ("dee", "vase"), ("eve", "rug")]
GOODS = (("mug", 5, "kitchen"), ("lamp", 20, "living"), ("vase", 30, "living"), ("rug", 90, "living"))


def shop(**settings):
    """A handful of customers and goods, with features."""
    with reco.Builder(**settings) as builder:
        builder.add_events(EVENTS)
        for item, price, room in GOODS:
            builder.number("item", item, "price", price)
            builder.token("item", item, "room", room)
            builder.text("item", item, "title", f"a {item} for the {room}")
        return builder.finish()


def columns(users, items, each, seed=1):
    """Columns of random events, `each` of every user."""
    return np.repeat(np.arange(users), each), np.random.default_rng(seed).integers(0, items, users * each)


def crowd(users=200, items=100, each=9):
    return reco.Data.from_columns(*columns(users, items, each))


def resident():
    """Bytes of this process that are in memory."""
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
