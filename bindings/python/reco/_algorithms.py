# SPDX-License-Identifier: MIT
"""One class for each algorithm of the library, made from its own tables."""
from __future__ import annotations

import ctypes
import inspect
from typing import Any, Iterable, Optional, Tuple, Type, TypeVar, Union

from ._convert import each, number, text
from ._data import Path, path_of
from ._lib import Handle, call, constant, lib
from ._models import Model

_KINDS: dict[int, Any] = {constant("RECO_PARAM_NUMBER"): float, constant("RECO_PARAM_INT"): int,
                          constant("RECO_PARAM_CHOICE"): str, constant("RECO_PARAM_TEXT"): str}
_SHORT = {"als", "knn", "bpr", "svd", "mf", "vae", "ease", "slim"}

Part = Union[Model, Tuple[Model, float]]
H = TypeVar("H", bound="Hybrid")


def algorithms() -> list[str]:
    """The names of the library's algorithms."""
    return [lib.reco_algo_name(k).decode() for k in range(lib.reco_algo_size())]


def _search(row: int, kind: Any) -> Optional[dict[str, Any]]:
    low, high = ctypes.c_double(), ctypes.c_double()
    scale = lib.reco_param_search(row, ctypes.byref(low), ctypes.byref(high))
    if scale == constant("RECO_SEARCH_NONE"):
        return None
    if scale == constant("RECO_SEARCH_WORDS"):
        return {"choices": _words(lib.reco_param_search_word, row)}
    return {"scale": "log" if scale == constant("RECO_SEARCH_LOG") else "linear", "low": kind(low.value),
            "high": kind(high.value)}


def _words(word: Any, row: int) -> list[str]:
    found: list[str] = []
    while (text := word(row, len(found))) is not None:
        found.append(text.decode())
    return found


def parameters(algorithm: str) -> list[dict[str, Any]]:
    """An algorithm's parameters: name, type, default, low, high, choices, search, small, help.

    search: where to look for a good value: {"scale": "log" or "linear", "low", "high"}, {"choices"}, or None when it is not
    to be searched. A default outside is 0 and stands for something that the help tells.
    small: a number that makes a fit quick, for tests."""
    found: list[dict[str, Any]] = []
    name = text(algorithm, "algorithm")
    while (row := lib.reco_algo_param(name, len(found))) is not None:
        kind = _KINDS[lib.reco_param_kind(row)]
        default = lib.reco_param_default_text(row).decode() if kind is str else kind(lib.reco_param_default(row))
        found.append({"name": lib.reco_param_name(row).decode(), "type": kind, "default": default,
                      "low": lib.reco_param_min(row), "high": lib.reco_param_max(row),
                      "choices": _words(lib.reco_param_choice, row), "search": _search(row, kind),
                      "small": default if kind is str else kind(lib.reco_param_small(row)), "help": lib.reco_param_help(row).decode()})
    if not found:
        raise ValueError(f"algorithm must be one of {', '.join(algorithms())}, got {algorithm!r}")
    return found


def class_name(algorithm: str) -> str:
    """item-knn: ItemKNN; als: ALS."""
    return "".join(word.upper() if word in _SHORT else word.capitalize() for word in algorithm.split("-"))


class Hybrid(Model):
    """A model made of others, its parts: models, or pairs of a model and its weight."""

    def __init__(self, parts: Iterable[Part] = (), **parameters: Any) -> None:
        super().__init__(**parameters)
        for part in each(parts, "parts"):
            self.add(*(part if isinstance(part, tuple) else (part,)))

    def add(self: H, part: Model, weight: float = 1.0) -> H:
        """Adds a copy of a model's algorithm and parameters as a part."""
        if not isinstance(part, Model):
            raise TypeError(f"part must be a reco.Model, got {part!r:.80}")
        call(lib.reco_model_add_part, self._handle, part._handle, number(weight, "weight"))
        return self


def _is_hybrid(algorithm: str) -> bool:
    model = Handle(lib.reco_model_free)
    call(lib.reco_model_new, ctypes.byref(model), text(algorithm, "algorithm"))
    return bool(lib.reco_model_can(model, b"parts"))


def _describe(row: dict[str, Any]) -> str:
    if row["type"] is str:
        return f"{row['help']} ({', '.join(row['choices']) or 'text'}; default {row['default']!r})"
    return f"{row['help']} ({row['low']:.16g} to {row['high']:.16g}; default {row['default']:.16g})"


def _property(row: dict[str, Any]) -> property:
    name, kind = text(row["name"], "name"), row["type"]

    def word(self: Model) -> str:
        found = ctypes.c_char_p()
        call(lib.reco_model_get_text, self._handle, name, ctypes.byref(found))
        return (found.value or b"").decode()

    def figure(self: Model) -> Any:
        found = ctypes.c_double()
        call(lib.reco_model_get, self._handle, name, ctypes.byref(found))
        return kind(found.value)

    return property(word if kind is str else figure, doc=_describe(row))


def _make_class(algorithm: str) -> Type[Model]:
    rows, base = parameters(algorithm), Hybrid if _is_hybrid(algorithm) else Model
    names = [row["name"] for row in rows]
    own = list(inspect.signature(base.__init__).parameters.values())[:-1]
    own += [inspect.Parameter(r["name"], inspect.Parameter.KEYWORD_ONLY, default=r["default"], annotation=r["type"])
            for r in rows]

    def __init__(self: Any, *arguments: Any, **given: Any) -> None:
        wrong = [name for name in given if name not in names and (base is Model or name != "parts")]
        if wrong:
            raise TypeError(f"{class_name(algorithm)} has no parameter {wrong[0]!r}; there are: {', '.join(names)}")
        if len(arguments) > (base is Hybrid):
            raise TypeError(f"{class_name(algorithm)} takes its parameters by name: {', '.join(names)}")
        base.__init__(self, *arguments, **given)

    __init__.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]
    summary = lib.reco_algo_summary(text(algorithm, "algorithm")).decode()
    lines = [f"{summary[0].upper()}{summary[1:]}.", "", *(f"{row['name']}: {_describe(row)}" for row in rows)]
    return type(class_name(algorithm), (base,), {
        "__init__": __init__, "__doc__": "\n".join(lines), "__module__": "reco", "algorithm": algorithm,
        **{row["name"]: _property(row) for row in rows}})


CLASSES = {algorithm: _make_class(algorithm) for algorithm in algorithms()}


def load(source: Union[Path, bytes, bytearray, memoryview]) -> Model:
    """Loads a model from a file's path or from bytes: one of the class of its algorithm."""
    handle = Handle(lib.reco_model_free)
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        call(lib.reco_model_load_bytes, ctypes.byref(handle), data, len(data))
    else:
        call(lib.reco_model_load, ctypes.byref(handle), path_of(source))
    made = CLASSES[lib.reco_model_algo(handle).decode()]
    model = made.__new__(made)
    model._own(handle)
    return model
