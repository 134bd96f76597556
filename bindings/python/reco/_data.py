# SPDX-License-Identifier: MIT
"""Events and features in, a data set out."""
import ctypes

import numpy as np

from ._lib import Handle, call, constant, lib, text

USER, ITEM = constant("RECO_USER"), constant("RECO_ITEM")
NO_TIME = constant("RECO_NO_TIME")
CONSENT = {
    "none": constant("RECO_CONSENT_NONE"),
    "training": constant("RECO_CONSENT_TRAINING"),
    "personal": constant("RECO_CONSENT_PERSONAL"),
    "all": constant("RECO_CONSENT_ALL"),
}
_SIDES = {"user": USER, "item": ITEM}
_BLOCK = 1 << 18  # rows handed over at a time: their 64-bit copies stay small beside the library's own


def _side(side):
    try:
        return _SIDES[side]
    except KeyError:
        raise ValueError(f"side must be 'user' or 'item', not {side!r}") from None


def _integers(column, what):
    column = np.asarray(column)
    if column.ndim != 1:
        raise ValueError(f"{what} must have one dimension, not {column.ndim}")
    if column.dtype.kind not in "iu":
        raise TypeError(f"{what} must hold integers, not {column.dtype}")
    if column.dtype == np.uint64 and column.size and column.max() > np.iinfo(np.int64).max:
        raise ValueError(f"{what} holds ids beyond 64-bit signed integers")
    return column


def _pointer(array):
    return None if array is None else array.ctypes.data


def _seconds(times):
    """Times as Unix seconds: integers, floats, or anything numpy reads as datetime64."""
    if times is None:
        return None
    times = np.asarray(times)
    if times.dtype.kind == "M":
        missing = np.isnat(times)
        times = times.astype("datetime64[s]").astype(np.int64)
        times[missing] = NO_TIME
    if times.dtype.kind == "f":
        times = np.where(np.isnan(times), float(NO_TIME), np.floor(times)).astype(np.int64)
    return _integers(times, "times")


def _columns(users, items, values, times):
    values = None if values is None else np.asarray(values)
    n = len(users)
    for name, column in (("items", items), ("values", values), ("times", times)):
        if column is not None and len(column) != n:
            raise ValueError(f"{name} has {len(column)} entries, users has {n}")
    if values is not None and values.dtype.kind not in "iufb":
        raise TypeError(f"values must hold numbers, not {values.dtype}")
    return values


class Builder:
    """Collects events, features and consent; `finish()` makes the data set.

    Settings (see include/reco/data.h): combine, half_life_days, reference_time, min_user_events, min_item_events.
    """

    def __init__(self, **settings):
        self._handle = Handle.new(lib.reco_builder_new, lib.reco_builder_free)
        for name, value in settings.items():
            self.set(name, value)

    def set(self, name, value):
        """Sets one setting."""
        if isinstance(value, str):
            call(lib.reco_builder_set_text, self._handle.pointer, text(name, "name"), text(value, "value"))
        else:
            call(lib.reco_builder_set, self._handle.pointer, text(name, "name"), float(value))

    def event_type(self, name, weight):
        """Names a type of event and what one of it weighs."""
        call(lib.reco_builder_set_event, self._handle.pointer, text(name, "name"), float(weight))

    def consent(self, user, consent):
        """Says what a user agreed to: 'none', 'training', 'personal' or 'all'."""
        if consent not in CONSENT:
            raise ValueError(f"consent must be one of {', '.join(CONSENT)}, not {consent!r}")
        call(lib.reco_builder_set_consent, self._handle.pointer, text(user, "user"), CONSENT[consent])

    def add(self, user, item, value=1.0, time=None, type=None):
        """Adds one event; `time` in Unix seconds."""
        call(lib.reco_builder_add_event, self._handle.pointer, text(user, "user"), text(item, "item"),
             None if type is None else text(type, "type"), float(value), NO_TIME if time is None else int(time))

    def add_events(self, events):
        """Adds (user, item), (user, item, value) or (user, item, value, time) tuples from any iterable."""
        for event in events:
            self.add(*event)

    def add_columns(self, users, items, values=None, times=None):
        """Adds events from columns of equal length. Columns of integers go over in blocks; others one by one."""
        times = _seconds(times)
        values = _columns(users, items, values, times)
        users, items = np.asarray(users), np.asarray(items)
        if users.dtype.kind not in "iu" or items.dtype.kind not in "iu":
            for k in range(len(users)):
                self.add(users[k], items[k], 1.0 if values is None else values[k],
                         None if times is None else times[k])
            return
        users, items = _integers(users, "users"), _integers(items, "items")
        for begin in range(0, len(users), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            self._add_block(users[part], items[part], None if values is None else values[part],
                            None if times is None else times[part])

    def _add_block(self, users, items, values, times):
        users = np.ascontiguousarray(users, np.int64)
        items = np.ascontiguousarray(items, np.int64)
        values = None if values is None else np.ascontiguousarray(values, np.float32)
        times = None if times is None else np.ascontiguousarray(times, np.int64)
        call(lib.reco_builder_add_events_i64, self._handle.pointer, len(users), _pointer(users), _pointer(items),
             _pointer(values), _pointer(times))

    def add_matrix(self, matrix, user_ids=None, item_ids=None):
        """Adds a SciPy sparse matrix of users by items; ids are the row and column numbers unless given."""
        matrix = matrix.tocsr() if getattr(matrix, "format", "") != "csr" else matrix
        for ids, n, what in ((user_ids, matrix.shape[0], "user_ids"), (item_ids, matrix.shape[1], "item_ids")):
            if ids is not None and len(ids) != n:
                raise ValueError(f"{what} has {len(ids)} ids, the matrix has {n}")
        user_ids = None if user_ids is None else np.asarray(user_ids)
        item_ids = None if item_ids is None else np.asarray(item_ids)
        start = matrix.indptr
        for first in range(0, matrix.nnz, _BLOCK):
            last = min(first + _BLOCK, matrix.nnz)
            rows = np.searchsorted(start, np.arange(first, last), side="right") - 1
            columns = matrix.indices[first:last]
            self.add_columns(rows if user_ids is None else user_ids[rows],
                             columns if item_ids is None else item_ids[columns], matrix.data[first:last])

    def add_frame(self, frame, user="user", item="item", value=None, time=None):
        """Adds the rows of a pandas frame; say which columns hold what. `value` and `time` are taken when there."""
        names = {"user": user, "item": item}
        names.update({k: v for k, v in (("value", value), ("time", time)) if v is not None})
        for column in names.values():
            if column not in frame.columns:
                raise KeyError(f"the frame has no column {column!r}; it has {', '.join(map(str, frame.columns))}")
        for given, name in ((value, "value"), (time, "time")):
            if given is None and name in frame.columns:
                names[name] = name
        taken = {name: frame[column].to_numpy() for name, column in names.items()}
        self.add_columns(taken["user"], taken["item"], taken.get("value"), taken.get("time"))

    def text(self, side, id, field, value):
        """Gives a 'user' or 'item' a text, as a title."""
        call(lib.reco_builder_add_text, self._handle.pointer, _side(side), text(id, "id"), text(field, "field"),
             text(value, "value"))

    def token(self, side, id, field, value, weight=1.0):
        """Gives a 'user' or 'item' one more token of a field, as a category."""
        call(lib.reco_builder_add_token, self._handle.pointer, _side(side), text(id, "id"), text(field, "field"),
             text(value, "value"), float(weight))

    def number(self, side, id, field, value):
        """Gives a 'user' or 'item' a number, as a price."""
        call(lib.reco_builder_add_number, self._handle.pointer, _side(side), text(id, "id"), text(field, "field"),
             float(value))

    def vector(self, side, id, field, value):
        """Gives a 'user' or 'item' a vector, as an image embedding."""
        value = np.ascontiguousarray(value, np.float32)
        if value.ndim != 1:
            raise ValueError(f"a vector must have one dimension, not {value.ndim}")
        call(lib.reco_builder_add_vector, self._handle.pointer, _side(side), text(id, "id"), text(field, "field"),
             _pointer(value), value.size)

    def read_events(self, path, **format):
        """Reads a CSV or TSV file of events; options as in reco_format_set and reco_format_set_text."""
        with _Format(format) as given:
            call(lib.reco_builder_read_events, self._handle.pointer, text(str(path), "path"), given.pointer)

    def read_features(self, side, path, **format):
        """Reads a CSV or TSV file of 'user' or 'item' features, whose first column is the id."""
        with _Format(format) as given:
            call(lib.reco_builder_read_features, self._handle.pointer, _side(side), text(str(path), "path"),
                 given.pointer)

    def count(self, name):
        """A count of what was taken in, as 'rows' or 'events': see reco_builder_count."""
        return _count(lib.reco_builder_count, self._handle.pointer, name)

    def finish(self):
        """Makes the data set; the builder may go on."""
        return Data(Handle.new(_finish, lib.reco_data_free, self._handle.pointer))


def _finish(out, builder, error):
    return lib.reco_builder_finish(builder, out, error)


def _count(function, pointer, name):
    found = function(pointer, text(name, "name"))
    if found == -1:
        raise KeyError(f"there is no count {name!r}")
    return None if found == NO_TIME else found


class _Format:
    def __init__(self, options):
        self._handle = Handle.new(lib.reco_format_new, lib.reco_format_free)
        for name, value in options.items():
            if isinstance(value, dict):
                value = ",".join(f"{k}={v}" for k, v in value.items())
            if isinstance(value, str):
                call(lib.reco_format_set_text, self._handle.pointer, text(name, "name"), text(value, name))
            else:
                call(lib.reco_format_set, self._handle.pointer, text(name, "name"), float(value))

    def __enter__(self):
        return self._handle

    def __exit__(self, *failure):
        self._handle.close()


class Data:
    """Users, items, the interaction matrix and features. Immutable; any number of threads may use one."""

    def __init__(self, handle):
        self._handle = handle

    @classmethod
    def from_events(cls, events, **settings):
        """From an iterable of (user, item[, value[, time]])."""
        builder = Builder(**settings)
        builder.add_events(events)
        return builder.finish()

    @classmethod
    def from_columns(cls, users, items, values=None, times=None, **settings):
        """From columns of equal length."""
        builder = Builder(**settings)
        builder.add_columns(users, items, values, times)
        return builder.finish()

    @classmethod
    def from_matrix(cls, matrix, user_ids=None, item_ids=None, **settings):
        """From a SciPy sparse matrix of users by items."""
        builder = Builder(**settings)
        builder.add_matrix(matrix, user_ids, item_ids)
        return builder.finish()

    @classmethod
    def from_frame(cls, frame, user="user", item="item", value=None, time=None, **settings):
        """From the rows of a pandas frame."""
        builder = Builder(**settings)
        builder.add_frame(frame, user, item, value, time)
        return builder.finish()

    @classmethod
    def read(cls, path, **format):
        """From a CSV or TSV file of events."""
        builder = Builder()
        builder.read_events(path, **format)
        return builder.finish()

    def count(self, name):
        """A count, as 'users', 'items', 'pairs' or 'events': see reco_data_count."""
        return _count(lib.reco_data_count, self._handle.pointer, name)

    def ids(self, side):
        """The ids of all 'user's or 'item's, in the order of their numbers."""
        n, pointer, side = self.count(f"{side}s"), self._handle.pointer, _side(side)
        return [lib.reco_data_id(pointer, side, k).decode() for k in range(n)]

    def split(self, spec, seed=1):
        """Divides into (train, test): 'time:0.2', 'random:0.2', 'last:1', 'leave-one-out', 'kfold:5/1', ..."""
        parts = ctypes.c_void_p(), ctypes.c_void_p()
        call(lib.reco_data_split, self._handle.pointer, text(spec, "spec"), int(seed), ctypes.byref(parts[0]),
             ctypes.byref(parts[1]))
        return tuple(Data(Handle(part.value, lib.reco_data_free)) for part in parts)

    def to_matrix(self):
        """The interaction matrix as a SciPy CSR matrix of users by items (a copy)."""
        from scipy.sparse import csr_matrix

        rows, starts = [], [0]
        for user in range(self.count("users")):
            rows.append(self.row(user))
            starts.append(starts[-1] + len(rows[-1][0]))
        empty = (np.zeros(0, np.int32), np.zeros(0, np.float32))
        items, values = (np.concatenate([row[k] for row in rows] or [empty[k]]) for k in range(2))
        return csr_matrix((values, items, starts), shape=(self.count("users"), self.count("items")))

    def row(self, user):
        """One user's items and values, by the user's number (copies)."""
        items, values, n = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_int64()
        call(lib.reco_data_row, self._handle.pointer, int(user), ctypes.byref(items), ctypes.byref(values),
             ctypes.byref(n))
        return copy_array(items.value, n.value, np.int32), copy_array(values.value, n.value, np.float32)

    def __repr__(self):
        return f"<reco.Data: {self.count('users')} users, {self.count('items')} items, {self.count('pairs')} pairs>"


def copy_array(address, n, dtype):
    """A NumPy copy of n elements of the library's memory."""
    out = np.empty(n, dtype)
    if n:
        ctypes.memmove(out.ctypes.data, address, out.nbytes)
    return out
