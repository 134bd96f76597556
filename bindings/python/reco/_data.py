# SPDX-License-Identifier: MIT
"""Events and features in, a data set out."""
from __future__ import annotations

import ctypes
import os
import re
from datetime import datetime
from itertools import islice
from typing import Any, Iterable, Iterator, Literal, Mapping, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._convert import (
    NO_TIME, Texts, address, column, copied, each, floats, missing, number, same_length, seconds, signed, text, times, whole,
)
from ._errors import RecoError
from ._lib import Handle, Owner, call, constant, lib, new
from ._questions import Id

Side = Literal["user", "item"]
Consent = Literal["none", "training", "personal", "all"]
Path = Union[str, "os.PathLike[str]"]
Setting = Union[str, float]
Time = Union[int, datetime]
_SIDES = {"user": constant("RECO_USER"), "item": constant("RECO_ITEM")}
_CONSENT = {word: constant(f"RECO_CONSENT_{word.upper()}") for word in ("none", "training", "personal", "all")}
_BLOCK = 1 << 16  # rows handed over at a time: what they are turned into stays small beside the library's own


def side_of(side: Side) -> int:
    try:
        return _SIDES[side]
    except (KeyError, TypeError):
        raise ValueError(f"side must be 'user' or 'item', got {side!r}") from None


def path_of(path: Path) -> bytes:
    try:
        name = os.fsencode(path)
    except TypeError:
        raise TypeError(f"path must be a string or a path, got {path!r:.80}") from None
    if b"\0" in name:
        raise ValueError(f"path must not contain a zero byte, got {path!r}")
    return name


def count(function: Any, handle: Handle, name: str) -> int:
    found: int = function(handle, text(name, "name"))
    if found == -1:
        raise KeyError(f"there is no count {name!r}")
    return found


def times_of(function: Any, handle: Handle) -> tuple[Optional[int], Optional[int]]:
    found = ctypes.c_int64(), ctypes.c_int64()
    call(function, handle, *map(ctypes.byref, found))
    first, last = (None if time.value == NO_TIME else time.value for time in found)
    return first, last


def ids_of(function: Any, handle: Handle, side: Side, n: int) -> list[str]:
    which = side_of(side)
    return [function(handle, which, k).decode() for k in range(n)]


def find(function: Any, handle: Handle, side: Side, id: Id) -> int:
    out = ctypes.c_int32()
    call(function, handle, side_of(side), text(id, "id"), ctypes.byref(out))
    return out.value


class Builder(Owner):
    """Collects events, features and consent; `finish()` makes the data set. For one thread.

    `event_types`: what one event of each type weighs, as {"purchase": 5, "view": 1}. Settings (see include/reco/data.h):
    combine, half_life_days, reference_time, min_user_events, min_item_events."""

    def __init__(self, event_types: Optional[Mapping[str, float]] = None, **settings: Setting) -> None:
        self._handle = new("builder")
        for name, value in settings.items():
            self.set(name, value)
        if not isinstance(event_types, (Mapping, type(None))):
            raise TypeError(f"event_types must be a dict of types and their weights, got {event_types!r:.80}")
        for name, weight in (event_types or {}).items():
            self.event_type(name, weight)

    def set(self, name: str, value: Setting) -> None:
        """Sets one setting."""
        if isinstance(value, str):
            call(lib.reco_builder_set_text, self._handle, text(name, "name"), text(value, name))
        else:
            call(lib.reco_builder_set, self._handle, text(name, "name"), number(value, name))

    def event_type(self, name: str, weight: float) -> None:
        """Names a type of event and what one of it weighs; to be called before events of that type are added."""
        call(lib.reco_builder_set_event_type, self._handle, text(name, "name"), number(weight, "weight"))

    def consent(self, user: Id, consent: Consent) -> None:
        """Says what a user agreed to: 'none', 'training', 'personal' or 'all'."""
        if consent not in _CONSENT:
            raise ValueError(f"consent must be one of {', '.join(_CONSENT)}, got {consent!r}")
        call(lib.reco_builder_set_consent, self._handle, text(user, "user"), _CONSENT[consent])

    # ---- events ----

    def add(self, user: Id, item: Id, value: float = 1.0, time: Optional[Time] = None, type: Optional[str] = None) -> None:
        """Adds one event; `time` in Unix seconds or as a datetime (UTC without a zone), `type` as named by event_type."""
        call(lib.reco_builder_add_event, self._handle, text(user, "user"), text(item, "item"),
             None if type is None else text(type, "type"), number(value, "value"),
             seconds(time, "time"))

    def add_events(self, events: Iterable[Sequence[Any]]) -> None:
        """Adds events from any iterable: (user, item), then value, time and type as far as they are said; times in Unix
        seconds or as dates.

        They are taken some at a time: when one is refused, those before may have been added."""
        rest, first = each(events, "events"), 0
        while block := list(islice(rest, _BLOCK)):
            self._add_rows(first, *_event_columns(block, first))
            first += len(block)

    def add_columns(self, users: Any, items: Any, values: Any = None, times: Any = None, types: Any = None) -> None:
        """Adds events from columns of equal length; times in Unix seconds or as dates, types as named by event_type.

        They are taken some at a time: when one is refused, those before may have been added."""
        columns = [None if given is None else column(given, name) for name, given in
                   (("users", users), ("items", items), ("values", values), ("times", times), ("types", types))]
        for name, required in (("users", columns[0]), ("items", columns[1])):
            if required is None:
                raise TypeError(f"{name} must be a column of ids, got None")
        n = same_length(users=columns[0], items=columns[1], values=columns[2], times=columns[3], types=columns[4])
        for first in range(0, n, _BLOCK):
            self._add_rows(first, *(None if one is None else one[first:first + _BLOCK] for one in columns))

    def _add_rows(self, first: int, users: Any, items: Any, values: Any, when: Any, types: Any) -> None:
        """Adds a block, whose rows begin at `first` of what the caller was given."""
        if values is not None:
            with np.errstate(over="ignore"):  # what gets infinite is refused
                values = np.ascontiguousarray(floats(values, "values"), np.float32)
        if when is not None:
            when = np.ascontiguousarray(times(when, "times"), np.int64)
        sides = [_ids(one, name, first) for one, name in ((users, "users"), (items, "items"))]
        try:
            with self._alone() as builder:
                if types is None and all(isinstance(one, np.ndarray) for one in sides):
                    call(lib.reco_builder_add_events_i64, builder, len(users), address(sides[0]), address(sides[1]),
                         address(values), address(when))
                else:
                    types = None if types is None else _types(types, first)
                    call(lib.reco_builder_add_events, builder, len(users), *map(_texts, sides), types, address(values),
                         address(when))
        except RecoError as failure:
            raise type(failure)(re.sub(r"^row (\d+)", lambda row: f"row {first + int(row[1])}", str(failure))) from None

    def add_matrix(self, matrix: Any, user_ids: Optional[Sequence[Id]] = None,
                   item_ids: Optional[Sequence[Id]] = None) -> None:
        """Adds a SciPy sparse matrix of users by items; ids are the row and column numbers unless given."""
        if not hasattr(matrix, "tocsr"):
            raise TypeError(f"matrix must be a sparse matrix of SciPy, got {type(matrix).__name__}")
        matrix = matrix.tocsr()  # itself when it is one
        ids = []
        for given, n, what in ((user_ids, matrix.shape[0], "user_ids"), (item_ids, matrix.shape[1], "item_ids")):
            ids.append(None if given is None else column(given, what))
            if given is not None and len(given) != n:
                raise ValueError(f"{what} has {len(given)} ids, the matrix has {n}")
        for rows, columns, values in _entries(matrix):
            self.add_columns(rows if ids[0] is None else ids[0][rows],
                             columns if ids[1] is None else ids[1][columns], values)

    def add_frame(self, frame: Any, user: str = "user", item: str = "item", value: Optional[str] = None,
                  time: Optional[str] = None, type: Optional[str] = None) -> None:
        """Adds the rows of a pandas frame; say which columns hold what. Columns named value, time and type are taken
        when they are there."""
        if not hasattr(frame, "columns"):
            raise TypeError(f"frame must be a frame of pandas, got {frame!r:.80}")
        taken: list[Any] = []
        for name, given in (("user", user), ("item", item), ("value", value), ("time", time), ("type", type)):
            if given is None and name not in frame.columns:
                taken.append(None)
                continue
            if given is not None and given not in frame.columns:
                there = ", ".join(map(str, frame.columns))
                raise KeyError(f"the frame has no column {given!r} for {name}; it has {there}")
            taken.append(frame[name if given is None else given])
        self.add_columns(*taken)

    # ---- features ----

    def text(self, side: Side, id: Id, field: str, value: str) -> None:
        """Gives a 'user' or 'item' a text, as a title."""
        call(lib.reco_builder_add_text, self._handle, side_of(side), text(id, "id"), text(field, "field"),
             text(value, "value"))

    def token(self, side: Side, id: Id, field: str, value: Id, weight: float = 1.0) -> None:
        """Gives a 'user' or 'item' one more token of a field, as a category."""
        call(lib.reco_builder_add_token, self._handle, side_of(side), text(id, "id"), text(field, "field"),
             text(value, "value"), number(weight, "weight"))

    def number(self, side: Side, id: Id, field: str, value: float) -> None:
        """Gives a 'user' or 'item' a number, as a price."""
        call(lib.reco_builder_add_number, self._handle, side_of(side), text(id, "id"), text(field, "field"),
             number(value, "value"))

    def vector(self, side: Side, id: Id, field: str, value: Any) -> None:
        """Gives a 'user' or 'item' a vector, as an image embedding."""
        vector = np.ascontiguousarray(floats(value, "value"), np.float32)
        call(lib.reco_builder_add_vector, self._handle, side_of(side), text(id, "id"), text(field, "field"),
             address(vector), vector.size)

    # ---- files ----

    def read_events(self, path: Path, **format: Any) -> None:
        """Reads a CSV or TSV file of events; options as in reco_format_set and reco_format_set_text."""
        given = _format(format)
        with self._alone() as builder:
            call(lib.reco_builder_read_events, builder, path_of(path), given)

    def read_features(self, side: Side, path: Path, **format: Any) -> None:
        """Reads a CSV or TSV file of 'user' or 'item' features, whose first column is the id."""
        given = _format(format)
        with self._alone() as builder:
            call(lib.reco_builder_read_features, builder, side_of(side), path_of(path), given)

    # ---- the data set ----

    def count(self, name: str) -> int:
        """A count of what was taken in, as 'rows' or 'events': see reco_builder_count."""
        return count(lib.reco_builder_count, self._handle, name)

    def finish(self) -> Data:
        """Makes the data set; the builder may go on."""
        data = Handle(lib.reco_data_free)
        with self._alone() as builder:
            call(lib.reco_builder_finish, builder, ctypes.byref(data))
        return Data(data)

    def _spent(self) -> Data:
        """Makes the data set and closes the builder, whose events need not be copied then."""
        data, handle = Handle(lib.reco_data_free), self._handle
        self.close()
        builder, handle.value = handle.value, None  # the call frees it, whatever happens
        call(lib.reco_builder_finish_free, builder, ctypes.byref(data))
        return Data(data)


def _event_columns(events: list[Any], first: int) -> list[Any]:
    """Users, items, values, times and types of events, of which `first` were before; None for what none of them has."""
    sizes = {len(event) if isinstance(event, (tuple, list)) else 0 for event in events}
    if not sizes <= {2, 3, 4, 5}:
        k, event = next((k, event) for k, event in enumerate(events)
                        if not isinstance(event, (tuple, list)) or not 2 <= len(event) <= 5)
        raise ValueError(f"events: row {first + k} must be (user, item[, value[, time[, type]]]), got {event!r:.80}")
    most = max(sizes)
    if len(sizes) > 1:
        events = [(*event, *(None,) * (most - len(event))) for event in events]
    found: list[Any] = [*zip(*events), *(None,) * (5 - most)]
    for k in range(2, most):
        if all(one is None for one in found[k]):
            found[k] = None
    if found[2] is not None:
        found[2] = [1 if value is None else value for value in found[2]]
    return found


def _ids(ids: Any, what: str, first: int) -> Any:
    """A block of ids: an array of int64 when all are whole numbers of that size, else their texts."""
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        return np.ascontiguousarray(signed(ids, what), np.int64)
    if isinstance(ids, np.ndarray) and ids.dtype.kind not in "OSU":
        raise TypeError(f"{what} must hold whole numbers or strings, not {ids.dtype}")
    return _bytes(ids, what, first)


def _bytes(ids: Any, what: str, first: int) -> list[bytes]:
    ids = ids.tolist() if isinstance(ids, np.ndarray) else ids  # Python's own strings are faster than NumPy's
    found: list[bytes] = []
    try:
        found = [one.encode() for one in ids]
        if b"\0" not in b"".join(found):
            return found
    except (AttributeError, UnicodeEncodeError):
        pass
    found = []  # they are not all strings as they should be: one by one
    try:
        for one in ids:
            found.append(text(one, what))
    except (TypeError, ValueError) as failure:
        raise type(failure)(f"row {first + len(found)}: {failure}") from None
    return found


def _texts(ids: Any) -> Texts:
    return Texts([b"%d" % one for one in ids.tolist()] if isinstance(ids, np.ndarray) else ids)


def _types(types: Any, first: int) -> Texts:
    """A block of types, NULL where there is none."""
    none = [missing(one) for one in types]
    found = Texts(_bytes(["" if gone else one for one, gone in zip(types, none)], "types", first))
    found.pointers[none] = 0
    return found


def _entries(matrix: Any) -> Iterator[tuple[Any, Any, Any]]:
    """The entries of a CSR matrix as columns, a block at a time."""
    start, size = matrix.indptr, matrix.shape[1]
    for first in range(0, matrix.nnz, _BLOCK):
        last = min(first + _BLOCK, matrix.nnz)
        low, high = np.searchsorted(start, first, side="right") - 1, np.searchsorted(start, last, side="left")
        rows = np.repeat(np.arange(low, high), np.diff(np.clip(start[low:high + 1], first, last)))
        columns = matrix.indices[first:last]
        if columns.min() < 0 or columns.max() >= size:
            raise ValueError(f"matrix: column indices must be in [0, {size}), got {columns.min()} to {columns.max()}")
        yield rows, columns, matrix.data[first:last]


def _format(options: dict[str, Any]) -> Handle:
    format = new("format")
    for name, value in options.items():
        if isinstance(value, dict):
            value = ",".join(f"{k}={v}" for k, v in value.items())
        if isinstance(value, str):
            call(lib.reco_format_set_text, format, text(name, "name"), text(value, name))
        else:
            call(lib.reco_format_set, format, text(name, "name"), number(value, name))
    return format


class Data(Owner):
    """Users, items, the interaction matrix and features. Immutable; any number of threads may use one."""

    def __init__(self, handle: Handle) -> None:
        if not isinstance(handle, Handle):
            raise TypeError("make a data set by Data.from_events, from_columns, from_matrix, from_frame, read "
                            "or a Builder")
        self._handle = handle

    @classmethod
    def from_events(cls, events: Iterable[Sequence[Any]], **settings: Any) -> Data:
        """From an iterable of (user, item[, value[, time[, type]]]); settings as of a Builder."""
        builder = Builder(**settings)
        builder.add_events(events)
        return builder._spent()

    @classmethod
    def from_columns(cls, users: Any, items: Any, values: Any = None, times: Any = None, types: Any = None,
                     **settings: Any) -> Data:
        """From columns of equal length."""
        builder = Builder(**settings)
        builder.add_columns(users, items, values, times, types)
        return builder._spent()

    @classmethod
    def from_matrix(cls, matrix: Any, user_ids: Optional[Sequence[Id]] = None,
                    item_ids: Optional[Sequence[Id]] = None, **settings: Any) -> Data:
        """From a SciPy sparse matrix of users by items."""
        builder = Builder(**settings)
        builder.add_matrix(matrix, user_ids, item_ids)
        return builder._spent()

    @classmethod
    def from_frame(cls, frame: Any, user: str = "user", item: str = "item", value: Optional[str] = None,
                   time: Optional[str] = None, type: Optional[str] = None, **settings: Any) -> Data:
        """From the rows of a pandas frame; say which columns hold what."""
        builder = Builder(**settings)
        builder.add_frame(frame, user, item, value, time, type)
        return builder._spent()

    @classmethod
    def read(cls, path: Path, **format: Any) -> Data:
        """From a CSV or TSV file of events."""
        builder = Builder()
        builder.read_events(path, **format)
        return builder._spent()

    def count(self, name: str) -> int:
        """A count, as 'users', 'items', 'pairs' or 'events': see reco_data_count."""
        return count(lib.reco_data_count, self._handle, name)

    @property
    def times(self) -> tuple[Optional[int], Optional[int]]:
        """The times of the first and the last event, in Unix seconds; None when no event has one."""
        return times_of(lib.reco_data_times, self._handle)

    def ids(self, side: Side) -> list[str]:
        """The ids of all 'user's or 'item's, in the order of their numbers."""
        return ids_of(lib.reco_data_id, self._handle, side, self.shape[side_of(side)])

    def find(self, side: Side, id: Id) -> int:
        """The number of a user or item."""
        return find(lib.reco_data_find, self._handle, side, id)

    @property
    def shape(self) -> tuple[int, int]:
        """How many users and items there are."""
        handle = self._handle
        return lib.reco_data_count(handle, b"users"), lib.reco_data_count(handle, b"items")

    def split(self, spec: str, seed: int = 1) -> tuple[Data, Data]:
        """Divides into (train, test): 'time:0.2', 'random:0.2', 'last:1', 'leave-one-out', 'kfold:5/1', ..."""
        train, test = Handle(lib.reco_data_free), Handle(lib.reco_data_free)
        call(lib.reco_data_split, self._handle, text(spec, "spec"), whole(seed, "seed", 0, 2**64 - 1),
             ctypes.byref(train), ctypes.byref(test))
        return Data(train), Data(test)

    def to_matrix(self) -> Any:
        """The interaction matrix as a SciPy CSR matrix of users by items (a copy)."""
        from scipy.sparse import csr_matrix

        handle = self._handle
        offsets, items, values = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        call(lib.reco_data_matrix, handle, ctypes.byref(offsets), ctypes.byref(items), ctypes.byref(values))
        start = copied(offsets.value, self.shape[0] + 1, ctypes.c_int64, np.int64)
        n = int(start[-1])
        return csr_matrix((copied(values.value, n, ctypes.c_float, np.float32),
                           copied(items.value, n, ctypes.c_int32, np.int32), start), shape=self.shape)

    def row(self, user: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """One user's items and values, by the user's number (copies)."""
        handle = self._handle
        items, values, n = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_int64()
        call(lib.reco_data_row, handle, whole(user, "user"), ctypes.byref(items), ctypes.byref(values), ctypes.byref(n))
        return (copied(items.value, n.value, ctypes.c_int32, np.int32),
                copied(values.value, n.value, ctypes.c_float, np.float32))

    def __repr__(self) -> str:
        return f"<reco.Data: {self.shape[0]} users, {self.shape[1]} items, {self.count('pairs')} pairs>"
