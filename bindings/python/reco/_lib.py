# SPDX-License-Identifier: MIT
"""The shared library: found, its functions declared, its objects owned, its statuses turned into exceptions."""
from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, NoReturn, TypeVar

from . import _api
from ._errors import BY_STATUS, RecoError, WrongState

# Calls that can take long let other threads run. The rest are over sooner than that would take, and keep them out.
_LONG = {
    "reco_builder_add_context_numbers", "reco_builder_add_context_tokens",
    "reco_builder_add_events", "reco_builder_add_events_i64", "reco_builder_add_ids", "reco_builder_add_ids_i64",
    "reco_builder_finish", "reco_builder_finish_free", "reco_builder_free", "reco_builder_read_events",
    "reco_builder_read_features", "reco_data_free", "reco_data_split",
    "reco_model_copy", "reco_model_evaluate", "reco_model_explain", "reco_model_fit", "reco_model_free", "reco_model_load",
    "reco_model_load_bytes", "reco_model_recommend", "reco_model_recommend_batch", "reco_model_save",
    "reco_model_save_bytes", "reco_model_score", "reco_model_similar", "reco_model_similar_users",
}
_NAMES = {"darwin": "libreco.dylib", "win32": "reco.dll"}

FILTER = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
PROGRESS = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_double)
Message = ctypes.c_char * _api.CONSTANTS["RECO_ERROR_SIZE"]  # a reco_error


class _Library:
    """The library's functions as attributes."""

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...

    def __init__(self) -> None:
        path = self._find()
        try:
            quick, long = ctypes.PyDLL(path), ctypes.CDLL(path)
        except OSError as failure:
            raise ImportError(f"reco has no library: {failure}; install a wheel, or name one with RECO_LIBRARY") from None
        for name, (result, arguments) in _api.FUNCTIONS.items():
            try:
                function = getattr(long if name in _LONG else quick, name)
            except AttributeError:
                raise ImportError(f"{path} has no {name}: it is another version than these bindings") from None
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    @staticmethod
    def _find() -> str:
        """What RECO_LIBRARY names, or what came with the package, or what the system has."""
        beside = Path(__file__).with_name(_NAMES.get(sys.platform, "libreco.so"))
        return os.environ.get("RECO_LIBRARY") or \
            (str(beside) if beside.exists() else f"libreco.so.{_api.CONSTANTS['RECO_ABI']}")


lib = _Library()
constant = _api.CONSTANTS.__getitem__


def call(function: Any, *arguments: Any) -> None:
    """Calls a function that returns a status, with a place for its message; raises what it says."""
    message = Message()
    status = function(*arguments, message)
    if status:
        fail(status, message.value)


def fail(status: int, message: bytes) -> NoReturn:
    text = message.decode("utf-8", "replace") or lib.reco_status_text(status).decode()
    raise BY_STATUS.get(status, RecoError)(text)


class Handle(ctypes.c_void_p):
    """A pointer to an object of the library, freed with the last reference to it. A call holds one while it runs."""

    def __init__(self, free: Any) -> None:
        super().__init__()
        self._free = free

    def __del__(self) -> None:
        if self.value:
            self._free(self)


def new(kind: str) -> Handle:
    """A new object of those that are made of nothing, as 'query'."""
    handle = Handle(getattr(lib, f"reco_{kind}_free"))
    call(getattr(lib, f"reco_{kind}_new"), ctypes.byref(handle))
    return handle


O = TypeVar("O", bound="Owner")


class Owner:
    """What stands for an object of the library, as long as it is not closed."""

    _handle: Handle
    _closed = False

    def close(self) -> None:
        """Frees it: now, or when the calls of other threads that use it return. It cannot be used afterwards."""
        self._closed = True
        self.__dict__.pop("_handle", None)

    def __enter__(self: O) -> O:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[Handle]:
        """The handle, for a call that changes the object: until it is done, all other uses are refused."""
        handle = self.__dict__.pop("_handle", None) or self._handle
        try:
            yield handle
        finally:
            self._handle = handle
            if self._closed:  # meanwhile, by another thread
                self.__dict__.pop("_handle", None)

    if not TYPE_CHECKING:  # or every misspelt attribute would be one
        def __getattr__(self, name):
            kind = type(self).__name__
            if name == "_handle":
                raise WrongState(f"this {kind} " + ("was closed" if self._closed else "is being changed by another call"))
            raise AttributeError(f"{kind} has no {name!r}")
