# SPDX-License-Identifier: MIT
"""Recommender systems: the Python side of libreco.

    data = reco.Data.from_events([("ann", "mug"), ("ann", "lamp"), ("bob", "mug")])
    model = reco.ItemKNN(shrink=0).fit(data)
    model.recommend("bob").ids

One class for each algorithm of the library, with its parameters as keywords; `help(reco.ALS)` tells them.
"""
from ._algorithms import CLASSES, algorithms, load, parameters
from ._data import Builder, Data, Trail
from ._errors import (
    BadFormat,
    Cancelled,
    InputOutputError,
    InternalError,
    InvalidArgument,
    NotFound,
    NumericError,
    OutOfMemory,
    RecoError,
    Unsupported,
    WrongState,
)
from ._lib import lib
from ._models import Model, Report
from ._questions import Batch, Recommendations

__version__ = lib.reco_version().decode()
__all__ = [
    "BadFormat", "Batch", "Builder", "Cancelled", "Data", "InputOutputError", "InternalError", "InvalidArgument",
    "Model", "NotFound", "NumericError", "OutOfMemory", "RecoError", "Recommendations", "Report", "Trail", "Unsupported",
    "WrongState", "algorithms", "load", "parameters", *(made.__name__ for made in CLASSES.values()),
]
globals().update({made.__name__: made for made in CLASSES.values()})
del CLASSES, lib
