# SPDX-License-Identifier: MIT
"""What a question tells of whoever asks and of the moment: events, features, and what becomes of ids that nobody knows."""
from __future__ import annotations

from typing import Any, Iterable, Literal, Mapping, Optional, Sequence, Union

import numpy as np

from ._convert import address, each, floats, number, seconds, text
from ._errors import RecoError
from ._lib import call, constant, lib

Event = Union[str, int, Sequence[Any], Mapping[str, Any]]
Events = Iterable[Event]
Features = Mapping[str, Any]
Unknown = Literal["refuse", "skip"]

_PARTS = ("item", "type", "value", "time")
_USER, _CONTEXT = constant("RECO_USER"), constant("RECO_CONTEXT")


def tell(query: Any, events: Optional[Events], about: Optional[Features], context: Optional[Features],
         unknown: Optional[Unknown]) -> None:
    """Tells a query what is given."""
    if unknown is not None:
        call(lib.reco_query_unknown, query, text(unknown, "unknown"))
    if events is not None:
        _tell_events(query, events)
    if about is not None:
        _tell_features(query, _USER, about, "about")
    if context is not None:
        _tell_features(query, _CONTEXT, context, "context")


def _tell_events(query: Any, events: Events) -> None:
    if isinstance(events, (str, bytes, Mapping)) or hasattr(events, "columns"):
        raise TypeError("events must be a list of ids, tuples (item, type, value, time) or dicts of these names, "
                        f"got {type(events).__name__}")
    for k, event in enumerate(each(events, "events")):
        try:
            item, kind, value, time = _parts(event)
            call(lib.reco_query_event, query, text(item, "item"), None if kind is None else text(kind, "type"),
                 1.0 if value is None else _figure(value, "value"), seconds(time, "time"))
        except (RecoError, TypeError, ValueError) as failure:
            raise failure.__class__(f"events: position {k}: {failure}") from None


def _parts(event: Event) -> Sequence[Any]:
    """An event's item, type, value and time, None where one is not said."""
    if isinstance(event, Mapping):
        for name in event:
            if name not in _PARTS:
                raise ValueError(f"an event has no {name!r}; it has: {', '.join(_PARTS)}")
        return [event.get(name) for name in _PARTS]
    if not isinstance(event, (tuple, list)):
        return event, None, None, None
    if not 1 <= len(event) <= 4:
        raise ValueError(f"an event must be an id or a tuple (item[, type[, value[, time]]]), got {event!r:.80}")
    return (*event, *(None,) * (4 - len(event)))


def _figure(value: Any, what: str) -> float:
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{what} must be a number, got {value!r}")
    return number(value, what)


def _tell_features(query: Any, side: int, features: Features, what: str) -> None:
    if not isinstance(features, Mapping):
        raise TypeError(f"{what} must be a dict of fields and what they are, got {features!r:.80}")
    for field, value in features.items():
        if value is not None:
            _tell_feature(query, side, text(field, f"{what}: a field"), value, f"{what} {field!r}")


def _tell_feature(query: Any, side: int, field: bytes, value: Any, what: str) -> None:
    """A token, tokens, tokens with their weights, a number or a vector."""
    if isinstance(value, (str, bytes)):
        _tell_tokens(query, side, field, {value: 1.0}, what)
    elif isinstance(value, Mapping):
        _tell_tokens(query, side, field, value, what)
    elif hasattr(value, "__iter__") and getattr(value, "ndim", 1) > 0:
        values = value if hasattr(value, "__len__") else list(value)
        if any(isinstance(one, (str, bytes)) for one in values):
            _tell_tokens(query, side, field, dict.fromkeys(values, 1.0), what)
        else:
            _tell_vector(query, side, field, values, what)
    else:
        try:
            call(lib.reco_query_number, query, side, field, _figure(value, what))
        except TypeError as failure:
            raise TypeError(str(failure).replace("a number", "a string, a number, or a list of either")) from None


def _tell_tokens(query: Any, side: int, field: bytes, tokens: Mapping[Any, Any], what: str) -> None:
    for token, weight in tokens.items():
        call(lib.reco_query_token, query, side, field, text(token, what), _figure(weight, what))


def _tell_vector(query: Any, side: int, field: bytes, values: Any, what: str) -> None:
    array = floats(values, what)
    if array.dtype.kind == "b":
        raise TypeError(f"{what} must hold strings or numbers, not bool")
    if array.size:
        with np.errstate(over="ignore"):  # what gets infinite is refused
            vector = np.ascontiguousarray(array, np.float32)
        call(lib.reco_query_vector, query, side, field, address(vector), vector.size)
