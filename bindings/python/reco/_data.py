# SPDX-License-Identifier: MIT
"""Events and features in, a data set out."""
from __future__ import annotations

import contextlib
import ctypes
import os
import re
import warnings
from datetime import datetime
from itertools import islice
from typing import Any, Iterable, Iterator, Literal, Mapping, NamedTuple, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._convert import (
    NO_TIME, Texts, address, column, copied, each, encoded, floats, missing, number, same_length, seconds, signed, text, times,
    whole,
)
from ._errors import InvalidArgument, RecoError
from ._lib import Handle, Owner, call, constant, lib, new
from ._questions import Id, purposes_of

Side = Literal["user", "item"]
Path = Union[str, "os.PathLike[str]"]
Setting = Union[str, float]
Time = Union[int, datetime]
_SIDES = {"user": constant("RECO_USER"), "item": constant("RECO_ITEM")}
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


def types_of(function: Any, handle: Handle, n: int) -> list[str]:
    return [function(handle, k).decode() for k in range(n)]


def find(function: Any, handle: Handle, side: Side, id: Id) -> int:
    out = ctypes.c_int32()
    call(function, handle, side_of(side), text(id, "id"), ctypes.byref(out))
    return out.value


class Trail(NamedTuple):
    """One user's events, the oldest first; `times` and `types` are None when no event of the data set has one."""

    items: npt.NDArray[np.int32]  # by their numbers, with repeats
    values: npt.NDArray[np.float32]  # as given: without the weights of their types
    times: Optional[npt.NDArray[np.int64]]  # Unix seconds; -2**63 where there is none
    types: Optional[npt.NDArray[np.uint8]]  # places in Data.types; 255 where there is none


class Builder(Owner):
    """Collects events, features and consent; `finish()` makes the data set. For one thread.

    `event_types`: what one event of each type weighs, as {"purchase": 5, "view": 1}. Settings (see include/reco/data.h):
    combine, half_life_days, reference_time, min_user_events, min_item_events, values ("amounts" or "ratings"), like_from."""

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

    def purpose(self, name: str) -> None:
        """Names a purpose that users may agree to, beside 'training' and 'personal'."""
        call(lib.reco_builder_set_purpose, self._handle, text(name, "name"), None)

    def consent(self, user: Id, consent: Union[str, Iterable[str]]) -> None:
        """Says what a user agreed to: 'all', 'none', or the names of purposes, one or several."""
        if not isinstance(consent, str):
            consent = "|".join([text(name, "consent").decode() for name in each(consent, "consent")]) or "none"
        call(lib.reco_builder_set_consent_text, self._handle, text(user, "user"), text(consent, "consent"))

    # ---- events ----

    def add(self, user: Id, item: Id, value: float = 1.0, time: Optional[Time] = None, type: Optional[str] = None) -> None:
        """Adds one event; `time` in Unix seconds or as a datetime (UTC without a zone), `type` as named by event_type."""
        call(lib.reco_builder_add_event, self._handle, text(user, "user"), text(item, "item"),
             None if type is None else text(type, "type"), number(value, "value"),
             seconds(time, "time"))

    def context(self, field: str, value: Union[str, float]) -> None:
        """Says what was so at the event that `add` added last: a string is a token, as the device, and may be one of several;
        a number is one, as the temperature."""
        name = text(field, "field")
        if isinstance(value, (str, bytes)):
            call(lib.reco_builder_add_context_tokens, self._handle, name, 1, Texts([text(value, "value")]))
        else:
            given = np.array([number(value, "value")])
            call(lib.reco_builder_add_context_numbers, self._handle, name, 1, address(given))

    def add_events(self, events: Iterable[Sequence[Any]]) -> None:
        """Adds events from any iterable: (user, item), then value, time and type as far as they are said; times in Unix
        seconds or as dates.

        They are taken some at a time: when one is refused, those before may have been added."""
        rest, first = each(events, "events"), 0
        while block := list(islice(rest, _BLOCK)):
            with _named_rows(first):
                self._add_rows(*_event_columns(block, first))
            first += len(block)

    def add_columns(self, users: Any, items: Any, values: Any = None, times: Any = None, types: Any = None,
                    context: Optional[Mapping[str, Any]] = None) -> None:
        """Adds events from columns of equal length; times in Unix seconds or as dates, types as named by event_type.

        `context`: what was so at each, as {"device": ["tv", "phone"], "temperature": [20, None]}: strings are tokens.

        They are taken some at a time: when one is refused, those before may have been added."""
        columns = _columns(users, items, values, times, types)
        self._add_blocks(columns, _context(context, len(columns[0])))

    def _add_blocks(self, columns: list[Any], context: dict[bytes, Any], kept: Any = None) -> None:
        """Adds columns a block at a time; `kept`: which of the caller's rows they are, None: all."""
        for first in range(0, len(columns[0]), _BLOCK):
            with _named_rows(first, kept):
                block = slice(first, first + _BLOCK)
                said = {field: _said(values[block], field.decode()) for field, values in context.items()}
                self._add_rows(*(None if one is None else one[block] for one in columns))
                for field, values in said.items():
                    tokens = isinstance(values, Texts)
                    function = lib.reco_builder_add_context_tokens if tokens else lib.reco_builder_add_context_numbers
                    with self._alone() as builder:
                        call(function, builder, field, len(values), values if tokens else address(values))

    def _add_rows(self, users: Any, items: Any, values: Any, when: Any, types: Any) -> None:
        if values is not None:
            with np.errstate(over="ignore"):  # what gets infinite is refused
                values = np.ascontiguousarray(floats(values, "values"), np.float32)
        if when is not None:
            when = np.ascontiguousarray(times(when, "times"), np.int64)
        sides = [_ids(one, name) for one, name in ((users, "users"), (items, "items"))]
        with self._alone() as builder:
            if types is None and all(isinstance(one, np.ndarray) for one in sides):
                call(lib.reco_builder_add_events_i64, builder, len(users), address(sides[0]), address(sides[1]),
                     address(values), address(when))
            else:
                types = None if types is None else _tokens(types, "types")
                call(lib.reco_builder_add_events, builder, len(users), *map(_texts, sides), types, address(values),
                     address(when))

    def add_ids(self, side: Side, ids: Iterable[Id]) -> None:
        """Adds 'user's or 'item's that are in the data set also without events and features, as a whole catalog.

        They are taken some at a time: when one is refused, those before may have been added."""
        self._list(side_of(side), column(ids if hasattr(ids, "__len__") else list(each(ids, "ids")), "ids"), "ids")

    def _list(self, side: int, ids: Any, what: str) -> None:
        for first in range(0, len(ids), _BLOCK):
            with _named_rows(first), self._alone() as builder:
                block = _ids(ids[first:first + _BLOCK], what)
                if isinstance(block, np.ndarray):
                    call(lib.reco_builder_add_ids_i64, builder, side, len(block), address(block))
                else:
                    call(lib.reco_builder_add_ids, builder, side, len(block), _texts(block))

    def add_matrix(self, matrix: Any, user_ids: Optional[Sequence[Id]] = None,
                   item_ids: Optional[Sequence[Id]] = None) -> None:
        """Adds a SciPy sparse matrix of users by items; ids are the row and column numbers unless given.

        All rows and columns are users and items, also empty ones: without other ids, row 3 is user 3 of the data set."""
        if not hasattr(matrix, "tocsr"):
            raise TypeError("matrix must be a sparse matrix of SciPy, as scipy.sparse.csr_matrix makes, "
                            f"got {type(matrix).__name__}")
        if len(matrix.shape) != 2:
            raise ValueError(f"matrix must have two dimensions, got {len(matrix.shape)}")
        matrix = matrix.tocsr()  # itself when it is one
        ids = []
        for given, n, what in ((user_ids, matrix.shape[0], "user_ids"), (item_ids, matrix.shape[1], "item_ids")):
            ids.append(np.arange(n) if given is None else column(given, what))
            if len(ids[-1]) != n:
                raise ValueError(f"{what} has {len(ids[-1])} ids, the matrix has {n}")
        self._list(_SIDES["user"], ids[0], "user_ids")
        self._list(_SIDES["item"], ids[1], "item_ids")
        for rows, columns, values in _entries(matrix):
            self.add_columns(rows if user_ids is None else ids[0][rows],
                             columns if item_ids is None else ids[1][columns], values)

    def add_frame(self, frame: Any, user: str = "user", item: str = "item", value: Optional[str] = None,
                  time: Optional[str] = None, type: Optional[str] = None, context: Iterable[str] = ()) -> None:
        """Adds the rows of a pandas frame; say which columns hold what. Columns named value, time and type are taken
        when they are there; `context` lists columns of what was so at each event. Rows without a user or item are left out, with a warning that says how many.

        So do frames of Polars and tables of PyArrow."""
        if not hasattr(frame, "columns"):
            raise TypeError(f"frame must be a frame of pandas, got {frame!r:.80}")
        names = list(getattr(frame, "column_names", frame.columns))
        taken: list[Any] = []
        for name, given in (("user", user), ("item", item), ("value", value), ("time", time), ("type", type)):
            if given is None and name not in names:
                taken.append(None)
                continue
            if given is not None and given not in names:
                raise KeyError(f"the frame has no column {given!r} for {name}; it has {', '.join(map(str, names))}")
            taken.append(frame[name if given is None else given])
        fields = [context] if isinstance(context, str) else list(each(context, "context"))
        for field in fields:
            if field not in names:
                raise KeyError(f"the frame has no column {field!r} for context; it has {', '.join(map(str, names))}")
        columns, kept = _columns(*taken), None
        said = _context({field: frame[field] for field in fields}, len(columns[0]))
        there = _there(columns[0]) & _there(columns[1])
        if not there.all():
            kept = np.flatnonzero(there)
            warnings.warn(f"{there.size - kept.size} of {there.size} rows have no user or item and are left out", stacklevel=2)
            columns = [None if one is None else one[kept] for one in columns]
            said = {field: values[kept] for field, values in said.items()}
        self._add_blocks([*map(_unfloated, columns[:2]), *columns[2:]], said, kept)

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
        raise ValueError(f"events: row {first + k} must be a tuple (user, item[, value[, time[, type]]]), got {event!r:.80}")
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


@contextlib.contextmanager
def _named_rows(first: int, kept: Any = None) -> Iterator[None]:
    """A message that names a row of a block names the caller's instead: the block begins at `first` of those `kept`."""
    try:
        yield
    except (RecoError, TypeError, ValueError) as failure:
        found = re.match(r"row (\d+)", str(failure))
        if not found:
            raise
        row = first + int(found[1])
        raise type(failure)(f"row {row if kept is None else kept[row]}{str(failure)[found.end():]}") from None


def _columns(users: Any, items: Any, values: Any, times: Any, types: Any) -> list[Any]:
    """Columns of equal length, of which the first two are required."""
    columns = [None if given is None else column(given, name) for name, given in
               (("users", users), ("items", items), ("values", values), ("times", times), ("types", types))]
    for name, required in (("users", columns[0]), ("items", columns[1])):
        if required is None:
            raise TypeError(f"{name} must be a column of ids, got None")
    same_length(users=columns[0], items=columns[1], values=columns[2], times=columns[3], types=columns[4])
    return columns


def _there(ids: Any) -> Any:
    """Which of a frame's ids are not missing."""
    if ids.dtype.kind == "f":
        return ~np.isnan(ids)
    if ids.dtype.kind == "O":
        return np.array([not missing(one) for one in ids], bool)
    return np.ones(len(ids), bool)


def _unfloated(ids: Any) -> Any:
    """A frame's whole numbers, of which it makes floats where some are missing."""
    if ids.dtype.kind != "f" or not (np.abs(ids) <= 2**53).all():  # from there on floats are not exact
        return ids
    whole = ids.astype(np.int64)
    return whole if (whole == ids).all() else ids


def _ids(ids: Any, what: str) -> Any:
    """A block of ids: an array of int64 when all are whole numbers of that size, else their texts."""
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu":
        return np.ascontiguousarray(signed(ids, what), np.int64)
    if isinstance(ids, np.ndarray) and ids.dtype.kind not in "OSU":
        raise TypeError(f"{what} must hold whole numbers or strings, not {ids.dtype}")
    return encoded(ids, what, "row {}: ")


def _texts(ids: Any) -> Texts:
    return Texts([b"%d" % one for one in ids.tolist()] if isinstance(ids, np.ndarray) else ids)


def _tokens(values: Any, what: str) -> Texts:
    """A block of tokens or types, NULL where there is none."""
    none = [missing(one) for one in values]
    found = Texts(encoded(["" if gone else one for one, gone in zip(values, none)], what, "row {}: "))
    found.pointers[none] = 0
    return found


def _context(given: Optional[Mapping[str, Any]], n: int) -> dict[bytes, Any]:
    """Columns of what was so at n events, by field: of floats, or of what becomes tokens."""
    if not isinstance(given, (Mapping, type(None))):
        raise TypeError(f"context must be a dict of fields and their columns, got {given!r:.80}")
    found = {}
    for field, values in (given or {}).items():
        values = column(values, what := f"context {field!r}")
        if len(values) != n:
            raise ValueError(f"{what} has {len(values)} entries, users has {n}")
        if values.dtype.kind == "O" and not any(isinstance(one, (str, bytes)) for one in values):
            values = np.array([np.nan if missing(one) else number(one, what) for one in values], float)
        if values.dtype.kind not in "iufOSU":
            raise TypeError(f"{what} must hold strings or numbers, not {values.dtype}")
        found[text(field, "field")] = values
    return found


def _said(values: Any, field: str) -> Any:
    """A block of such a column, as the library takes it."""
    return np.ascontiguousarray(values, float) if values.dtype.kind in "iuf" else _tokens(values, f"context {field!r}")


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
        values = floats(matrix.data[first:last], "matrix")
        wrong = np.flatnonzero(~(np.abs(values) <= np.finfo(np.float32).max))
        if wrong.size:
            at = rows[wrong[0]], columns[wrong[0]]
            raise InvalidArgument(f"matrix: the value at row {at[0]}, column {at[1]} must be finite, got {values[wrong[0]]}")
        yield rows, columns, values


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
                     context: Optional[Mapping[str, Any]] = None, values_are: Literal["amounts", "ratings"] = "amounts",
                     **settings: Any) -> Data:
        """From columns of equal length, as Builder.add_columns takes them; `values_are` is the Builder's setting `values`."""
        builder = Builder(values=values_are, **settings)
        builder.add_columns(users, items, values, times, types, context)
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
                   time: Optional[str] = None, type: Optional[str] = None, context: Iterable[str] = (),
                   **settings: Any) -> Data:
        """From the rows of a pandas frame; say which columns hold what."""
        builder = Builder(**settings)
        builder.add_frame(frame, user, item, value, time, type, context)
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

    @property
    def purposes(self) -> list[str]:
        """The purposes that users may have agreed to."""
        return purposes_of(lib.reco_data_purpose, self._handle)

    def consent(self, user: Id) -> list[str]:
        """The purposes that a user agreed to."""
        return purposes_of(lib.reco_data_purpose, self._handle, lib.reco_data_consent(self._handle, self.find("user", user)))

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

    @property
    def types(self) -> list[str]:
        """The types of events, in the order they were named."""
        return types_of(lib.reco_data_type, self._handle, self.count("types"))

    def trail(self, user: int) -> Trail:
        """One user's events in the order they came, by the user's number (copies)."""
        handle, n = self._handle, ctypes.c_int64()
        items, values, times, types = (ctypes.c_void_p() for _ in range(4))
        call(lib.reco_data_trail, handle, whole(user, "user"), *map(ctypes.byref, (items, values, times, types, n)))
        return Trail(copied(items.value, n.value, ctypes.c_int32, np.int32),
                     copied(values.value, n.value, ctypes.c_float, np.float32),
                     copied(times.value, n.value, ctypes.c_int64, np.int64) if times.value else None,
                     copied(types.value, n.value, ctypes.c_uint8, np.uint8) if types.value else None)

    def __repr__(self) -> str:
        return f"<reco.Data: {self.shape[0]} users, {self.shape[1]} items, {self.count('pairs')} pairs>"
