# SPDX-License-Identifier: MIT
"""Models: fitted, saved, loaded and asked."""
from __future__ import annotations

import ctypes
import math
from typing import Any, ClassVar, Iterable, Optional, Sequence, TypeVar, Union

import numpy as np
import numpy.typing as npt

from ._convert import borrowed, copied, each, strings, text, whole
from ._data import Data, Path, Setting, Side, count, find, ids_of, path_of, side_of, times_of, types_of
from ._lib import Handle, Owner, call, constant, lib, new
from ._questions import Asking, Batch, Filter, History, Id, Recommendations, limits, purposes_of, take
from ._run import Progress, Run
from ._told import Events, Features, Unknown, tell

M = TypeVar("M", bound="Model")

_DTYPES = {constant("RECO_ARRAY_U8"): np.uint8, constant("RECO_ARRAY_I32"): np.int32, constant("RECO_ARRAY_I64"): np.int64,
           constant("RECO_ARRAY_F32"): np.float32, constant("RECO_ARRAY_F64"): np.float64}


class Report:
    """The outcome of an evaluation: figures by name with 95% intervals, the values of their units (users, points or pairs;
    None where a figure is no mean, as coverage), and what was counted, as in include/reco/eval.h."""

    def __init__(self, handle: Handle) -> None:
        self.values: dict[str, float] = {}
        self.intervals: dict[str, tuple[float, float]] = {}
        self.per_unit: dict[str, Optional[npt.NDArray[np.float64]]] = {}
        self.units: dict[str, Optional[str]] = {}
        self.counts: dict[str, int] = {}
        while (counted := lib.reco_report_count_name(handle, len(self.counts))) is not None:
            self.counts[counted.decode()] = lib.reco_report_count(handle, counted)
        for k in range(lib.reco_report_size(handle)):
            name, unit = lib.reco_report_name(handle, k).decode(), lib.reco_report_unit(handle, k)
            low, high, n = ctypes.c_double(), ctypes.c_double(), ctypes.c_int64()
            call(lib.reco_report_interval, handle, k, ctypes.byref(low), ctypes.byref(high))
            self.values[name] = lib.reco_report_value(handle, k)
            self.intervals[name] = low.value, high.value
            self.units[name] = None if unit is None else unit.decode()
            where = lib.reco_report_units(handle, k, ctypes.byref(n))
            self.per_unit[name] = copied(where, n.value, ctypes.c_double, np.float64) if where else None

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def __repr__(self) -> str:
        return "<reco.Report: " + ", ".join(f"{k} {v:.4f}" for k, v in self.values.items()) + ">"


class Model(Owner):
    """What all models share. Fitted or loaded, a model never changes, and any number of threads may ask it."""

    algorithm: ClassVar[str]

    def __init__(self, **parameters: Setting) -> None:
        if type(self) is Model:
            raise TypeError("make a model of one of the algorithms, as reco.ALS(), or load one")
        handle = Handle(lib.reco_model_free)
        call(lib.reco_model_new, ctypes.byref(handle), text(self.algorithm, "algorithm"))
        self._own(handle)
        for name, value in parameters.items():
            self._set(name, value)

    def _own(self, handle: Handle) -> None:
        self._handle = handle
        self._idle: list[Asking] = []  # for the next questions; one for each thread that asks at the same time

    def _set(self, name: str, value: Setting) -> None:
        if isinstance(value, str):
            call(lib.reco_model_set_text, self._handle, text(name, "parameter"), text(value, name))
        elif isinstance(value, (int, float, np.number)):
            call(lib.reco_model_set, self._handle, text(name, "parameter"), float(value))
        else:
            raise TypeError(f"{name} must be a number or a string, got {value!r:.80}")

    # ---- life ----

    def fit(self: M, data: Data, progress: Progress = None) -> M:
        """Fits the model. `progress`: a function of (stage, done); None: a bar when tqdm is there; False: nothing.

        Ctrl-C cancels: the model stays unfitted and may be fitted again."""
        learned_from = _need(data, Data, "data")
        with self._alone() as model, Run(self.algorithm, progress) as run:
            call(lib.reco_model_fit, model, learned_from, run)
        return self

    def copy(self: M) -> M:
        """Another fitted model with all that this one learned, which lives by itself."""
        made: M = type(self).__new__(type(self))
        handle = Handle(lib.reco_model_free)
        call(lib.reco_model_copy, self._handle, ctypes.byref(handle))
        made._own(handle)
        return made

    __copy__ = copy

    def __deepcopy__(self: M, memo: Any) -> M:
        return self.copy()

    def save(self, path: Path, users: bool = True, texts: bool = True) -> None:
        """Saves to one file for every platform; `path` holds the old file or the whole new one."""
        call(lib.reco_model_save, self._handle, path_of(path), _flags(users, texts))

    def to_bytes(self, users: bool = True, texts: bool = True) -> bytes:
        """The model file's bytes."""
        out, n = Handle(lib.reco_bytes_free), ctypes.c_int64()
        call(lib.reco_model_save_bytes, self._handle, _flags(users, texts), ctypes.byref(out), ctypes.byref(n))
        return bytes((ctypes.c_char * n.value).from_address(out.value or 0).raw)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as its file, for other processes; what is not fitted is refused."""
        from ._algorithms import load

        return load, (self.to_bytes(),)

    def close(self) -> None:
        """Frees the model: now, or when the calls of other threads that use it return. It cannot be used afterwards."""
        super().close()
        self._idle = []

    # ---- questions ----

    def recommend(self, user: Optional[Id] = None, *, history: Optional[History] = None, limit: int = 10, offset: int = 0,
                  include: Optional[Iterable[Id]] = None, exclude: Optional[Iterable[Id]] = None,
                  where: Optional[str] = None, filter: Optional[Filter] = None, include_seen: bool = False,
                  purpose: Optional[str] = None, events: Optional[Events] = None, about: Optional[Features] = None,
                  context: Optional[Features] = None, unknown: Optional[Unknown] = None) -> Recommendations:
        """Recommends for a user the model knows, or for whoever has a history: ids, or a dict of ids and values.

        `include`, `exclude`: ids; `where`: as "price<50 and category=kitchen"; `filter`: a function of an id.
        `purpose`: what it is for, as "email": a user who has not agreed to that is answered as nobody is.

        `events`: what a session holds, or a user did since the model was fitted, the newest last: ids, tuples (item, type,
        value, time) as far as they are said, or dicts of these names.
        `about`, `context`: features of who asks and of the moment, as {"country": "de", "age": 34} and {"device": "phone"}:
        strings and lists of strings are tokens, dicts tokens and their weights, numbers numbers, other lists vectors. A field
        told so replaces the user's own; None says nothing.
        `unknown`: "skip" leaves out ids, fields and tokens that the model does not know, and the answer has how many in
        `skipped`; "refuse" (the default) raises NotFound."""
        idle = self._idle
        asking = take(idle)
        try:
            asking.asker(user, history)
            if events is not None or about is not None or context is not None or unknown is not None:
                asking.tell(events, about, context, unknown, history)
            if (limit != 10 or offset or include_seen or include is not None or exclude is not None
                    or where is not None or filter is not None or purpose is not None):
                asking.options(limit, offset, include, exclude, where, include_seen, filter, purpose)
            return asking.answer(self._handle, lib.reco_model_recommend)
        finally:
            asking.done(idle)

    def similar(self, item: Id, *, limit: int = 10, offset: int = 0, include: Optional[Iterable[Id]] = None,
                exclude: Optional[Iterable[Id]] = None, where: Optional[str] = None,
                filter: Optional[Filter] = None, unknown: Optional[Unknown] = None) -> Recommendations:
        """Items like an item; the rest as in `recommend`."""
        idle = self._idle
        asking = take(idle)
        try:
            asking.asker(None)
            asking.tell(None, None, None, unknown)
            asking.options(limit, offset, include, exclude, where, False, filter)
            return asking.answer(self._handle, lib.reco_model_similar, text(item, "item"))
        finally:
            asking.done(idle)

    def similar_users(self, user: Id, *, limit: int = 10, offset: int = 0, purpose: Optional[str] = None) -> Recommendations:
        """Users like a user: their ids and numbers, where `can("similar_users")`; all of them agreed to the purpose."""
        idle = self._idle
        asking = take(idle)
        try:
            asking.asker(None)
            asking.options(limit, offset, None, None, None, False, None, purpose)
            return asking.answer(self._handle, lib.reco_model_similar_users, text(user, "user"), side="user")
        finally:
            asking.done(idle)

    def explain(self, item: Id, user: Optional[Id] = None, *, history: Optional[History] = None,
                limit: int = 10, purpose: Optional[str] = None, events: Optional[Events] = None,
                about: Optional[Features] = None, context: Optional[Features] = None,
                unknown: Optional[Unknown] = None) -> Recommendations:
        """What adds how much to an item's score: items of the history, and features of who asks and of the moment, as
        "country=de", whose number in `items` is -2; what none of them explains has the id '' and the number -1."""
        idle = self._idle
        asking = take(idle)
        try:
            asking.asker(user, history)
            asking.tell(events, about, context, unknown, history)
            asking.options(limit, 0, None, None, None, False, None, purpose)
            return asking.answer(self._handle, lib.reco_model_explain, text(item, "item"))
        finally:
            asking.done(idle)

    def score(self, items: Iterable[Id], user: Optional[Id] = None, *, history: Optional[History] = None,
              purpose: Optional[str] = None, events: Optional[Events] = None, about: Optional[Features] = None,
              context: Optional[Features] = None, unknown: Optional[Unknown] = None) -> npt.NDArray[np.float32]:
        """The scores of given items, seen or not, as a NumPy array; NaN of an item that is skipped as unknown."""
        array = strings(items, "items")
        scores = np.empty(len(array), np.float32)
        idle = self._idle
        asking = take(idle)
        try:
            asking.asker(user, history)
            asking.tell(events, about, context, unknown, history)
            if purpose is not None:
                asking.options(10, 0, None, None, None, False, None, purpose)
            call(lib.reco_model_score, self._handle, asking.query, array, len(array), scores.ctypes.data)
        finally:
            asking.done(idle)
        return scores

    def recommend_all(self, users: Optional[Iterable[Id]] = None, *, limit: int = 10,
                      include: Optional[Iterable[Id]] = None, exclude: Optional[Iterable[Id]] = None,
                      where: Optional[str] = None, filter: Optional[Filter] = None, include_seen: bool = False,
                      purpose: Optional[str] = None, context: Optional[Features] = None,
                      unknown: Optional[Unknown] = None, threads: int = 0, progress: Progress = None) -> Batch:
        """Recommends for many users (None: all) at once: (items, scores, sizes, statuses), arrays of users by limit; row
        r has sizes[r] entries, the rest are -1 and 0. Items are numbers: see `ids`. A user who cannot be answered, as
        one the model does not know, fails alone: see `Batch.failures`; with unknown="skip" they are answered as somebody
        without history is. `context` is everybody's. With a filter it takes one thread."""
        known = None if users is None else strings(users, "users")
        n = self.count("users") if known is None else len(known)
        width = whole(limit, "limit", 0)
        items, scores = np.full((n, width), -1, np.int32), np.zeros((n, width), np.float32)
        sizes, statuses = np.zeros(n, np.int32), np.zeros(n, np.int32)
        threads = 1 if filter is not None else whole(threads, "threads")
        idle = self._idle
        asking = take(idle)
        try:
            asking.asker(None)
            asking.tell(None, None, context, unknown)
            asking.options(limit, 0, include, exclude, where, include_seen, filter, purpose)
            with Run("recommend", progress) as run:
                asking.check(lib.reco_model_recommend_batch(
                    self._handle, asking.query, known, n, threads, run, items.ctypes.data, scores.ctypes.data,
                    sizes.ctypes.data, statuses.ctypes.data, asking.message))
        finally:
            asking.done(idle)
        return Batch(items, scores, sizes, statuses)

    def evaluate(self, test: Data, metrics: Union[str, Sequence[str]] = "ndcg@10,recall@10", *, ask: str = "user",
                 given: Optional[int] = None, negatives: Optional[Data] = None, include: Optional[Iterable[Id]] = None,
                 exclude: Optional[Iterable[Id]] = None, where: Optional[str] = None, include_seen: Optional[bool] = None,
                 purpose: Optional[str] = None, context: Optional[Features] = None, unknown: Optional[Unknown] = None,
                 threads: int = 0, progress: Progress = None) -> Report:
        """Evaluates on held-out data; `metrics` and who asks as in include/reco/eval.h.

        `ask`: "user"; "given": somebody unknown by the first `given` (5) events of each test user; "next": after each
        event for the next. `negatives`: what to rank among. The rest as in `recommend`, with one context for all; with
        ask="next" seen items may be answered unless `include_seen` is False."""
        protocol, query, report = new("protocol"), new("query"), Handle(lib.reco_report_free)
        against = None if negatives is None else _need(negatives, Data, "negatives")
        names = text(metrics if isinstance(metrics, str) else ",".join(each(metrics, "metrics")), "metrics")
        for name, value in (("metrics", names), ("ask", text(ask, "ask"))):
            call(lib.reco_protocol_set_text, protocol, name.encode(), value)
        for name, number in (("threads", threads), ("given", given)):
            if number is not None:
                call(lib.reco_protocol_set, protocol, name.encode(), float(whole(number, name)))
        call(lib.reco_protocol_negatives, protocol, against)
        tell(query, None, None, context, unknown)
        limits(query, include, exclude, where, include_seen, purpose)
        with Run("evaluate", progress) as run:
            call(lib.reco_model_evaluate, self._handle, _need(test, Data, "test"), query, protocol, run,
                 ctypes.byref(report))
        return Report(report)

    # ---- what it knows ----

    def count(self, name: str) -> int:
        """A count, as 'users', 'items', 'pairs' or 'bytes': see reco_model_count."""
        return count(lib.reco_model_count, self._handle, name)

    @property
    def types(self) -> list[str]:
        """The types of events, in the order the builder named them."""
        return types_of(lib.reco_model_type, self._handle, self.count("types"))

    @property
    def times(self) -> tuple[Optional[int], Optional[int]]:
        """The times of the first and the last event it was fitted on, in Unix seconds; None when no event had one."""
        return times_of(lib.reco_model_times, self._handle)

    def can(self, what: str) -> bool:
        """Whether it can answer 'similar', 'similar_users', 'explain', 'history' or 'users'."""
        return bool(lib.reco_model_can(self._handle, text(what, "what")))

    def ids(self, side: Side) -> list[str]:
        """The ids of all 'user's or 'item's, in the order of their numbers."""
        return ids_of(lib.reco_model_id, self._handle, side, self.count(("users", "items")[side_of(side)]))

    def find(self, side: Side, id: Id) -> int:
        """The number of a user or item."""
        return find(lib.reco_model_find, self._handle, side, id)

    @property
    def purposes(self) -> list[str]:
        """The purposes that users may have agreed to."""
        return purposes_of(lib.reco_model_purpose, self._handle)

    def consent(self, user: Id) -> list[str]:
        """The purposes that a user agreed to."""
        return purposes_of(lib.reco_model_purpose, self._handle, lib.reco_model_consent(self._handle, self.find("user", user)))

    def text(self, id: Id, field: str, side: Side = "item") -> Optional[str]:
        """A text of an item or user, as a title, or None."""
        found = lib.reco_model_text(self._handle, side_of(side), self.find(side, id), text(field, "field"))
        return None if found is None else found.decode()

    def number(self, id: Id, field: str, side: Side = "item") -> Optional[float]:
        """A number of an item or user, as a price, or None."""
        found = lib.reco_model_number(self._handle, side_of(side), self.find(side, id), text(field, "field"))
        return None if math.isnan(found) else float(found)

    def tokens(self, id: Id, field: str, side: Side = "item") -> list[str]:
        """The tokens of an item or user, as its categories."""
        place = self._handle, side_of(side), self.find(side, id), text(field, "field")
        found: list[str] = []
        while (token := lib.reco_model_token(*place, len(found))) is not None:
            found.append(token.decode())
        return found

    def array(self, name: str) -> npt.NDArray[Any]:
        """An array that the model learned, as 'item_factors' of ALS: the library's own memory, to be read. One column is a
        vector. Rows of items or users are in the order of `ids`; of a sparse matrix there are 'neighbors.start', '.index'
        and '.value', as SciPy's csr_matrix takes them."""
        where, kind, rows, columns = ctypes.c_void_p(), ctypes.c_int32(), ctypes.c_int64(), ctypes.c_int64()
        handle = self._handle
        call(lib.reco_model_array, handle, text(name, "name"), *map(ctypes.byref, (where, kind, rows, columns)))
        return borrowed(where.value, (rows.value, columns.value), _DTYPES[kind.value], handle)

    @property
    def fitted(self) -> bool:
        """Whether it was fitted or loaded."""
        return bool(self.count("fitted"))

    @property
    def parts(self) -> list[tuple[str, float]]:
        """A hybrid's parts: their algorithms and weights."""
        handle = self._handle
        return [(lib.reco_model_algo(lib.reco_model_part(handle, k)).decode(), lib.reco_model_part_weight(handle, k))
                for k in range(lib.reco_model_part_size(handle))]

    def __repr__(self) -> str:
        state = f"{self.count('users')} users, {self.count('items')} items" if self.fitted else "not fitted"
        return f"<reco.{type(self).__name__}: {state}>"


def _need(value: Any, kind: type[Owner], what: str) -> Handle:
    if not isinstance(value, kind):
        raise TypeError(f"{what} must be a reco.{kind.__name__}, got {value!r:.80}")
    return value._handle


def _flags(users: bool, texts: bool) -> int:
    return (0 if users else constant("RECO_SAVE_WITHOUT_USERS")) + (0 if texts else constant("RECO_SAVE_WITHOUT_TEXTS"))
