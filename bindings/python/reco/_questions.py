# SPDX-License-Identifier: MIT
"""Questions and answers: what is asked of a model, and the list that it gives."""
from __future__ import annotations

import ctypes
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._convert import number, strings, text, whole
from ._errors import BY_STATUS, RecoError
from ._lib import FILTER, Message, call, fail, lib, new
from ._told import Events, Features, Unknown, tell

Id = Union[str, int]
History = Union[Iterable[Id], Mapping[Any, float]]
Filter = Callable[[str], Any]


_float32, _int32 = np.dtype(np.float32), np.dtype(np.int32)


class Recommendations:
    """An answer, best first: `ids`, `items` (their numbers) and `scores`, and `source`: what answered. Of similar users the
    ids and numbers are the users'. `withheld`: the purposes that a user has not agreed to, who was answered as nobody is
    therefore. `skipped`: how many ids and features of the question the model did not know, with unknown="skip"."""

    __slots__ = ("ids", "source", "withheld", "skipped", "_items", "_scores", "_side")

    def __init__(self, ids: list[str], items: bytes, scores: bytes, source: str, side: str = "item",
                 withheld: Sequence[str] = (), skipped: int = 0) -> None:
        self.ids = ids
        self.source = source
        self.withheld = withheld
        self.skipped = skipped
        self._side = side
        self._items: Any = items  # arrays of them are made when somebody looks
        self._scores: Any = scores

    @property
    def items(self) -> npt.NDArray[np.int32]:
        """The items' numbers."""
        if type(self._items) is bytes:
            self._items = np.frombuffer(bytearray(self._items), _int32)
        found: npt.NDArray[np.int32] = self._items
        return found

    @property
    def scores(self) -> npt.NDArray[np.float32]:
        """The items' scores, descending."""
        if type(self._scores) is bytes:
            self._scores = np.frombuffer(bytearray(self._scores), _float32)
        found: npt.NDArray[np.float32] = self._scores
        return found

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[tuple[str, float]]:
        return iter(zip(self.ids, self.scores.tolist()))

    def __getitem__(self, k: int) -> tuple[str, float]:
        return self.ids[k], float(self.scores[k])

    def to_frame(self) -> Any:
        """A pandas frame with the columns item (of similar users: user) and score."""
        import pandas

        return pandas.DataFrame({self._side: self.ids, "score": self.scores})

    def __repr__(self) -> str:
        shown = ", ".join(f"{id} {score:.3g}" for id, score in list(self)[:5])
        return f"<reco.Recommendations of {self.source}: {shown}{', ...' if len(self) > 5 else ''}>"


class Batch(NamedTuple):
    """The answers for many users, a row for each: items (their numbers) and scores [users, limit], of which row r has
    sizes[r], best first, and then -1 and 0. A row with a status other than 0 failed, with size 0: see `failures`."""

    items: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    sizes: npt.NDArray[np.int32]
    statuses: npt.NDArray[np.int32]

    @property
    def failures(self) -> dict[int, RecoError]:
        """What each failed row would have raised, by row: {} when all were answered."""
        return {row: BY_STATUS.get(status, RecoError)(f"row {row}: {lib.reco_status_text(status).decode()}")
                for row in np.flatnonzero(self.statuses).tolist() for status in (int(self.statuses[row]),)}


_Bytes, _Words = ctypes.POINTER(ctypes.c_char), ctypes.POINTER(ctypes.c_char_p)  # of the first, slices are bytes


def limits(query: Any, include: Optional[Iterable[Id]], exclude: Optional[Iterable[Id]], where: Optional[str],
           include_seen: Optional[bool], purpose: Optional[str]) -> None:
    """What a query allows and what it is for, where it says something."""
    if include is not None:
        items = strings(include, "include")
        call(lib.reco_query_include, query, items, len(items))
    if exclude is not None:
        items = strings(exclude, "exclude")
        call(lib.reco_query_exclude, query, items, len(items))
    if where is not None:
        call(lib.reco_query_where, query, text(where, "where"))
    if include_seen is not None:
        lib.reco_query_include_seen(query, int(bool(include_seen)))
    if purpose is not None:
        call(lib.reco_query_purpose, query, text(purpose, "purpose"))


def purposes_of(function: Any, handle: Any, consent: int = -1) -> list[str]:
    """The names of the purposes whose bits a consent has."""
    found, k = [], 0
    while (name := function(handle, k)) is not None:
        if consent >> k & 1:
            found.append(name.decode())
        k += 1
    return found


class Asking:
    """A query, a list and a place for a message, used by one question at a time, again and again. What most questions go
    through is written for speed: addresses instead of handles, places made once, and no call that has nothing to say."""

    __slots__ = ("query", "list", "message", "_owned", "_answer", "_places", "_filter", "_failures", "_plain")

    def __init__(self) -> None:
        self._owned = new("query"), new("list"), Message()
        self.query, self.list = self._owned[0].value, self._owned[1].value
        self.message = ctypes.addressof(self._owned[2])
        self._answer: Any = _Bytes(), _Bytes(), _Words(), ctypes.c_char_p(), ctypes.c_int32()  # the last: withheld
        self._places = tuple(ctypes.addressof(place) for place in self._answer)
        self._filter: Any = None
        self._failures: list[BaseException] = []
        self._plain = True  # the query says no more than who asks

    def asker(self, user: Optional[Id], history: Optional[History] = None) -> None:
        """Who asks: the first thing to be said."""
        if user is None or history is not None:
            self._nobody_or_history(user, history)
        else:
            status = lib.reco_query_user(self.query, text(user, "user"), self.message)
            if status:
                self.check(status)

    def _nobody_or_history(self, user: Optional[Id], history: Optional[History]) -> None:
        lib.reco_query_reset(self.query)  # forgets the last user
        if history is None:
            return
        if user is not None:
            raise ValueError("give a user or a history, not both")
        values = None
        if isinstance(history, Mapping):
            values = np.array([number(value, "history") for value in history.values()], np.float32)
        items = strings(history, "history")
        call(lib.reco_query_history, self.query, items, None if values is None else values.ctypes.data, len(items))

    def tell(self, events: Optional[Events], about: Optional[Features], context: Optional[Features],
             unknown: Optional[Unknown], history: Optional[History] = None) -> None:
        """More of who asks, and of the moment."""
        if events is not None and history is not None:
            raise ValueError("give a history or events, not both: events may be ids alone")
        self._plain = False
        tell(self.query, events, about, context, unknown)

    def options(self, limit: int, offset: int, include: Optional[Iterable[Id]], exclude: Optional[Iterable[Id]],
                where: Optional[str], include_seen: bool, filter: Optional[Filter], purpose: Optional[str] = None) -> None:
        """What differs from a new query."""
        self._plain, query = False, self.query
        call(lib.reco_query_limit, query, whole(limit, "limit"))
        call(lib.reco_query_offset, query, whole(offset, "offset"))
        limits(query, include, exclude, where, include_seen or None, purpose)
        if filter is not None:
            self._set_filter(filter)

    def _set_filter(self, filter: Filter) -> None:
        if not callable(filter):
            raise TypeError(f"filter must be a function of an id, got {filter!r:.80}")
        failures = self._failures

        def asked(context: Any, item: int, id: bytes) -> int:
            try:
                return 1 if filter(id.decode()) else 0
            except BaseException as failure:  # comes out of the question, which ends here
                failures.append(failure)
                return -1

        self._filter = FILTER(asked)
        lib.reco_query_filter(self.query, self._filter, None)

    def check(self, status: int) -> None:
        """Raises what the filter raised, or what the library refuses."""
        if self._failures:
            raise self._failures.pop()
        if status:
            fail(status, self._owned[2].value)

    def answer(self, model: Any, function: Any, *objects: Any, side: str = "item") -> Recommendations:
        """Asks, as reco_model_recommend(model, query, list), and takes a copy of the list, which is one of this side."""
        answer = self.list
        status = function(model, *objects, self.query, answer, self.message)
        if status:
            self.check(status)
        n = lib.reco_list_get(answer, *self._places)
        items, scores, ids, source, withheld = self._answer
        found = [id.decode() for id in ids[:n]], items[:4 * n], scores[:4 * n], source.value.decode()
        if self._plain and not withheld.value:
            return Recommendations(*found)
        lacking = purposes_of(lib.reco_model_purpose, model, withheld.value) if withheld.value else ()
        return Recommendations(*found, side, lacking, lib.reco_list_skipped(answer))

    def done(self, idle: list[Asking]) -> None:
        """Puts it to those that wait for a question."""
        if not self._plain:
            lib.reco_query_reset(self.query)
            self._plain, self._filter = True, None
        idle.append(self)


def take(idle: list[Asking]) -> Asking:
    """One of those that wait, or a new one. They belong to a model: a list shares in the ids of what it answered for."""
    try:
        return idle.pop()
    except IndexError:
        return Asking()
