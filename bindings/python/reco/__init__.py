# SPDX-License-Identifier: MIT
"""Recommender systems: the Python side of libreco.

    data = reco.Data.from_events([("ann", "mug"), ("ann", "lamp"), ("bob", "mug")])
    model = reco.ItemKNN(shrink=0).fit(data)
    model.recommend("bob").ids

One class for each algorithm of the library, with its parameters as keywords; `help(reco.ALS)` tells them.
"""
from ._data import Builder, Data
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
from ._lib import lib as _library
from ._models import Model, Recommendations, Report, _classes, algorithms, load, parameters

__version__ = _library.reco_version().decode()
__all__ = [
    "BadFormat", "Builder", "Cancelled", "Data", "InputOutputError", "InternalError", "InvalidArgument", "Model",
    "NotFound", "NumericError", "OutOfMemory", "RecoError", "Recommendations", "Report", "Unsupported", "WrongState",
    "algorithms", "load", "parameters",
]

for _class in _classes.values():
    globals()[_class.__name__] = _class
    __all__.append(_class.__name__)
