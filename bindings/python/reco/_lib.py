# SPDX-License-Identifier: MIT
"""The shared library: found, its functions declared, its statuses turned into exceptions."""
import ctypes
import os
import sys
from pathlib import Path

from . import _api
from ._errors import BY_STATUS, RecoError

_NAMES = {"darwin": "libreco.dylib", "win32": "reco.dll"}


class Error(ctypes.Structure):
    _fields_ = [("message", ctypes.c_char * 256)]


FILTER = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_double)


def _load():
    """The library that came with the package, or the one that RECO_LIBRARY names, or the system's."""
    name = _NAMES.get(sys.platform, "libreco.so")
    bundled = Path(__file__).with_name(name)
    named = os.environ.get("RECO_LIBRARY")
    path = named or (str(bundled) if bundled.exists() else f"libreco.so.{_api.CONSTANTS['RECO_ABI']}")
    library = ctypes.CDLL(path)
    for function, (result, arguments) in _api.FUNCTIONS.items():
        try:
            found = getattr(library, function)
        except AttributeError:
            raise ImportError(f"{path} has no {function}: it is another version than these bindings") from None
        found.restype = result
        found.argtypes = arguments
    return library


lib = _load()


def constant(name):
    return _api.CONSTANTS[name]


def call(function, *arguments):
    """Calls a function that returns a status, with a place for its message; raises what it says."""
    error = Error()
    status = function(*arguments, ctypes.addressof(error))
    if status:
        raise_status(status, error.message)


def raise_status(status, message):
    text = message.decode("utf-8", "replace")
    raise BY_STATUS.get(status, RecoError)(text or lib.reco_status_text(status).decode())


class Handle:
    """An object of the library: made once, freed once, refused afterwards."""

    __slots__ = ("_pointer", "_free", "__weakref__")

    def __init__(self, pointer, free):
        self._pointer = pointer
        self._free = free

    @classmethod
    def new(cls, make, free, *arguments):
        out = ctypes.c_void_p()
        call(make, ctypes.byref(out), *arguments)
        return cls(out.value, free)

    @property
    def pointer(self):
        if self._pointer is None:
            raise ValueError("this object was closed")
        return self._pointer

    def close(self):
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            self._free(pointer)

    def __del__(self):
        if getattr(self, "_pointer", None) is not None:
            self.close()


def text(value, what):
    """An id or text as UTF-8; numbers become their decimal text."""
    if isinstance(value, str):
        data = value.encode("utf-8")
    elif isinstance(value, bytes):
        data = value
    elif isinstance(value, bool) or value is None:
        raise TypeError(f"{what} must be a string or an integer, not {value!r}")
    else:
        try:
            data = str(value.__index__()).encode("ascii")
        except AttributeError:
            raise TypeError(f"{what} must be a string or an integer, not {type(value).__name__}") from None
    if b"\0" in data:
        raise ValueError(f"{what} must not contain a zero byte")
    return data


def texts(values, what):
    """(array of char *, count); the array keeps the bytes alive."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{what} must be a list of ids, not one id")
    data = [text(value, what) for value in values]
    return (ctypes.c_char_p * len(data))(*data), len(data)
