# SPDX-License-Identifier: MIT
"""From Python's values to the library's: ids, numbers and columns. What does not fit is named."""
from __future__ import annotations

import ctypes
import math
import operator
from datetime import datetime, timezone
from typing import Any, Iterable, Iterator

import numpy as np

from ._api import CONSTANTS

NO_TIME = CONSTANTS["RECO_NO_TIME"]


def text(value: Any, what: str) -> bytes:
    """An id or text as UTF-8; a whole number is its decimal text."""
    if isinstance(value, str):
        try:
            data = value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{what} must be valid Unicode, got {value!r}") from None
    elif isinstance(value, bytes):
        data = bytes(value)
    else:
        try:
            if isinstance(value, bool):
                raise TypeError
            return b"%d" % operator.index(value)
        except TypeError:
            raise TypeError(f"{what} must be a string or a whole number, got {value!r:.80}") from None
    if b"\0" in data:
        raise ValueError(f"{what} must not contain a zero byte, got {value!r:.80}")
    return data


class Texts:
    """Many texts as an array of char *: addresses within one piece of memory, where ctypes would keep each by itself."""

    def __init__(self, data: list[bytes]) -> None:
        self._bytes = np.frombuffer(b"\0".join(data) + b"\0", np.uint8)
        ends = np.cumsum(np.fromiter(map(len, data), np.int64, len(data)) + 1)
        self.pointers = np.concatenate(([0], ends[:-1])) + self._bytes.ctypes.data
        self._as_parameter_ = self.pointers.ctypes.data

    def __len__(self) -> int:
        return len(self.pointers)


def encoded(values: Any, what: str, place: str) -> list[bytes]:
    """Ids as UTF-8; `place` begins the message on one that cannot be, and is told its number."""
    values = values.tolist() if isinstance(values, np.ndarray) else list(values)  # Python's own are faster than NumPy's
    found: list[bytes] = []
    try:
        found = [one.encode() for one in values]
        if b"\0" not in b"".join(found):
            return found
    except (AttributeError, UnicodeEncodeError):
        pass
    found = []  # they are not all strings as they should be: one by one
    try:
        for one in values:
            found.append(text(one, what))
    except (TypeError, ValueError) as failure:
        raise type(failure)(place.format(len(found)) + str(failure)) from None
    return found


def strings(values: Iterable[Any], what: str) -> Any:
    """Ids as an array of char *, which keeps the bytes alive."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise TypeError(f"{what} must be a list of ids, got {values!r:.80}")
    data = encoded(values, what, "position {}: ")
    return (ctypes.c_char_p * len(data))(*data) if len(data) < 32 else Texts(data)


def each(values: Any, what: str) -> Iterator[Any]:
    try:
        return iter(values)
    except TypeError:
        raise TypeError(f"{what} must be a list or another iterable, got {values!r:.80}") from None


def whole(value: Any, what: str, low: int = -(2**31), high: int = 2**31 - 1) -> int:
    """A whole number that the library's type can hold."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} must be a whole number, got {value!r:.80}") from None
    if not low <= number <= high:
        raise ValueError(f"{what} must be in [{low}, {high}], got {number}")
    return number


def number(value: Any, what: str) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value)
    except TypeError:
        raise TypeError(f"{what} must be a number, got {value!r:.80}") from None


def column(values: Any, what: str) -> np.ndarray[Any, Any]:
    """One dimension of whatever NumPy makes of the values."""
    if getattr(getattr(values, "dtype", None), "tz", None) is not None:  # of pandas: in UTC, as NumPy has no zones
        values = getattr(values, "dt", values).tz_convert(None)
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{what} must have one dimension, got {array.ndim}")
    return array


def floats(values: Any, what: str) -> np.ndarray[Any, Any]:
    array = column(values, what)
    if array.dtype == object:  # of Python's own numbers, as a database's
        try:
            array = np.array([number(one, what) for one in array], np.float64)
        except TypeError as failure:
            raise TypeError(str(failure).replace("be a number", "hold numbers")) from None
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{what} must hold numbers, not {array.dtype}")
    return array


def missing(value: Any) -> bool:
    """Whether it is None, or what stands for it in a frame: NaN, NaT, NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # NA does not know whether it is itself
        return True


def seconds(value: Any, what: str) -> int:
    """A time in Unix seconds: a whole number, a date of Python or NumPy (UTC when it has no zone), or None (or NaT) for none."""
    if missing(value):
        return NO_TIME
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[s]").astype(np.int64)
    if isinstance(value, datetime):
        return math.floor((value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp())
    return whole(value, what, NO_TIME, 2**63 - 1)


def times(values: Any, what: str) -> np.ndarray[Any, Any]:
    """Times in Unix seconds: whole numbers, floats (NaN: none), or dates (NaT: none)."""
    array = column(values, what)
    if array.dtype == object and any(isinstance(one, datetime) for one in array):
        array = np.array([seconds(one, what) for one in array], np.int64)
    if array.dtype == object:  # numbers and None
        try:
            array = np.array([np.nan if missing(one) else number(one, what) for one in array], np.float64)
        except TypeError as failure:
            raise TypeError(str(failure).replace("be a number", "hold Unix seconds or dates")) from None
    if array.dtype.kind == "M":
        return np.where(np.isnat(array), NO_TIME, array.astype("datetime64[s]").astype(np.int64))
    if array.dtype.kind == "f":
        if np.isinf(array).any() or (np.abs(array) >= 2.0**63).any():
            raise ValueError(f"{what} must fit 64-bit seconds")
        return np.where(np.isnan(array), NO_TIME, np.floor(np.nan_to_num(array)).astype(np.int64))
    if array.dtype.kind not in "iu":
        raise TypeError(f"{what} must hold Unix seconds or dates, not {array.dtype}")
    return signed(array, what)


def signed(array: np.ndarray[Any, Any], what: str) -> np.ndarray[Any, Any]:
    """Whole numbers that a signed 64-bit integer can hold."""
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise ValueError(f"{what} must fit signed 64-bit integers, got {array.max()}")
    return array


def same_length(**columns: Any) -> int:
    """The length that all columns have; None is no column."""
    lengths = {name: len(values) for name, values in columns.items() if values is not None}
    n = lengths["users"]
    for name, length in lengths.items():
        if length != n:
            raise ValueError(f"{name} has {length} entries, users has {n}")
    return n


def address(array: np.ndarray[Any, Any] | None) -> int | None:
    return None if array is None else array.ctypes.data


_ARRAYS: dict[tuple[Any, int], Any] = {}  # ctypes' types of arrays, which take long to make


def copied(where: Any, n: int, kind: Any, dtype: Any) -> np.ndarray[Any, Any]:
    """A NumPy copy of n elements of the library's memory."""
    if n == 0:
        return np.empty(0, dtype)
    made = _ARRAYS.get((kind, n)) or _ARRAYS.setdefault((kind, n), kind * n) if n < 1000 else kind * n
    return np.frombuffer(made.from_address(where), dtype).copy()


def borrowed(where: Any, shape: tuple[int, int], dtype: Any, owner: Any) -> np.ndarray[Any, Any]:
    """The library's memory itself as a NumPy array that keeps its owner alive and cannot be written to."""
    n = shape[0] * shape[1]
    if n == 0:
        array = np.empty(0, dtype)
    else:
        memory = (ctypes.c_char * (n * np.dtype(dtype).itemsize)).from_address(where)
        memory._owner = owner
        array = np.frombuffer(memory, dtype)
    array.flags.writeable = False
    return array if shape[1] == 1 else array.reshape(shape)
