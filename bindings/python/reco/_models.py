# SPDX-License-Identifier: MIT
"""Models: one class for each algorithm of the library, made from its own parameter tables."""
import ctypes
import inspect
import keyword
import signal
import threading

import numpy as np

from ._data import Data, _count, copy_array
from ._errors import Cancelled
from ._lib import FILTER, PROGRESS, Handle, call, constant, lib, text, texts
from ._progress import bar

_KINDS = {constant("RECO_PARAM_NUMBER"): float, constant("RECO_PARAM_INT"): int,
          constant("RECO_PARAM_CHOICE"): str, constant("RECO_PARAM_TEXT"): str}


class Recommendations:
    """An answer: `items` (numbers) and `scores` as NumPy arrays, best first, `ids`, and `source`: what answered."""

    __slots__ = ("items", "scores", "ids", "source")

    def __init__(self, items, scores, ids, source):
        self.items, self.scores, self.ids, self.source = items, scores, ids, source

    def __len__(self):
        return len(self.ids)

    def __iter__(self):
        return iter(zip(self.ids, self.scores.tolist()))

    def __getitem__(self, k):
        return self.ids[k], float(self.scores[k])

    def to_frame(self):
        """A pandas frame with the columns item and score."""
        import pandas

        return pandas.DataFrame({"item": self.ids, "score": self.scores})

    def __repr__(self):
        shown = ", ".join(f"{id} {score:.3g}" for id, score in list(self)[:5])
        return f"<reco.Recommendations of {self.source}: {shown}{', ...' if len(self) > 5 else ''}>"


class Report:
    """The outcome of an evaluation: figures by name, with intervals and per-user values."""

    def __init__(self, handle):
        pointer = handle.pointer
        self.values, self.intervals, self.per_user = {}, {}, {}
        self.counts = {name: lib.reco_report_count(pointer, name.encode())
                       for name in ("users", "users_unknown", "users_without_test", "items_unknown")}
        for k in range(lib.reco_report_size(pointer)):
            name = lib.reco_report_name(pointer, k).decode()
            low, high = ctypes.c_double(), ctypes.c_double()
            call(lib.reco_report_interval, pointer, k, ctypes.byref(low), ctypes.byref(high))
            self.values[name] = lib.reco_report_value(pointer, k)
            self.intervals[name] = low.value, high.value
            address = lib.reco_report_users(pointer, k)
            self.per_user[name] = copy_array(address, self.counts["users"], np.float64) if address else None
        handle.close()

    def __getitem__(self, name):
        return self.values[name]

    def __repr__(self):
        return "<reco.Report: " + ", ".join(f"{k} {v:.4f}" for k, v in self.values.items()) + ">"


class _Run:
    """Progress and cancellation of one long call. What a callback raises comes out of the call."""

    def __init__(self, stage, progress):
        self._handle = Handle.new(lib.reco_run_new, lib.reco_run_free)
        self._failure = None
        self._bar = bar(stage) if progress is None else progress or None
        self._callback = PROGRESS(self._told)
        lib.reco_run_set_progress(self._handle.pointer, ctypes.cast(self._callback, ctypes.c_void_p), None)

    def _told(self, context, stage, done):
        try:
            if self._bar:
                self._bar(stage.decode(), done)
            return 0
        except BaseException as failure:
            self._failure = failure
            return 1

    def _interrupted(self, number, frame):
        """Ctrl-C while the library works: nothing may be raised inside its callback, so it is asked to stop."""
        self._failure = KeyboardInterrupt()
        lib.reco_run_cancel(self._handle.pointer)

    def call(self, function, *arguments):
        ours = threading.current_thread() is threading.main_thread() and \
            signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if ours:
            signal.signal(signal.SIGINT, self._interrupted)
        try:
            call(function, *arguments)
        except Cancelled:
            if self._failure is None:
                raise
        finally:
            if ours:
                signal.signal(signal.SIGINT, signal.default_int_handler)
            if hasattr(self._bar, "close"):
                self._bar.close()
        if self._failure is not None:
            raise self._failure

    @property
    def pointer(self):
        return self._handle.pointer


class _Filter:
    """A Python function as the library's filter. What it raises ends the question and comes out of it."""

    def __init__(self, allow):
        self._allow = allow
        self.failure = None
        self.callback = FILTER(self._asked)
        self.address = ctypes.cast(self.callback, ctypes.c_void_p)

    def _asked(self, context, item, id):
        if self.failure is not None:
            return 0
        try:
            return 1 if self._allow(id.decode()) else 0
        except BaseException as failure:
            self.failure = failure
            return 0


class _Ask(threading.local):
    """A query and a list for each thread, used again and again."""

    def __init__(self):
        self.query = Handle.new(lib.reco_query_new, lib.reco_query_free)
        self.list = Handle.new(lib.reco_list_new, lib.reco_list_free)


_ask = _Ask()


def _fill_query(query, limit, offset, include, exclude, where, include_seen, allow):
    lib.reco_query_reset(query)
    call(lib.reco_query_limit, query, int(limit))
    if offset:
        call(lib.reco_query_offset, query, int(offset))
    if include is not None:
        array, n = texts(include, "include")
        if not n:  # an empty array has an address too: nothing is allowed, which is not the same as no rule
            array = (ctypes.c_char_p * 1)(b"")
        call(lib.reco_query_include, query, array, n)
    if exclude is not None:
        array, n = texts(exclude, "exclude")
        call(lib.reco_query_exclude, query, array, n)
    if where is not None:
        call(lib.reco_query_where, query, text(where, "where"))
    if include_seen:
        lib.reco_query_include_seen(query, 1)
    if allow is not None:
        lib.reco_query_filter(query, allow.address, None)


def _history(query, history):
    values = None
    if isinstance(history, dict):
        values = np.ascontiguousarray(list(history.values()), np.float32)
    array, n = texts(history, "history")
    call(lib.reco_query_history, query, array, None if values is None else values.ctypes.data, n)


class Model:
    """What all models share. Fitted or loaded, a model never changes, and any number of threads may ask it."""

    algorithm = None

    def __init__(self, **parameters):
        if self.algorithm is None:
            raise TypeError("make a model of one of the algorithms, as reco.ALS()")
        self._handle = Handle.new(_new_model, lib.reco_model_free, text(self.algorithm, "algorithm"))
        for name, value in parameters.items():
            self._set(name, value)

    def _set(self, name, value):
        pointer, name = self._handle.pointer, text(name, "parameter")
        if isinstance(value, str):
            call(lib.reco_model_set_text, pointer, name, text(value, "value"))
        elif isinstance(value, (bool, int, float, np.number)):
            call(lib.reco_model_set, pointer, name, float(value))
        else:
            raise TypeError(f"{name.decode()} must be a number or a string, not {type(value).__name__}")

    @classmethod
    def _from_pointer(cls, pointer):
        model = object.__new__(_classes.get(lib.reco_model_algo(pointer).decode(), Model))
        model._handle = Handle(pointer, lib.reco_model_free)
        return model

    def __getattr__(self, name):
        for parameter in parameters(self.algorithm or lib.reco_model_algo(self._handle.pointer).decode()):
            if parameter["name"] == name:
                return self._get(parameter)
        raise AttributeError(f"{type(self).__name__} has no {name!r}")

    def _get(self, parameter):
        pointer, name = self._handle.pointer, text(parameter["name"], "parameter")
        if parameter["type"] is str:
            word = ctypes.c_char_p()
            call(lib.reco_model_get_text, pointer, name, ctypes.byref(word))
            return word.value.decode()
        value = ctypes.c_double()
        call(lib.reco_model_get, pointer, name, ctypes.byref(value))
        return parameter["type"](value.value)

    # ---- life ----

    def fit(self, data, progress=None):
        """Fits the model. `progress`: a function of (stage, done) or None for a bar when tqdm is there; False: none.

        Ctrl-C cancels: the model stays unfitted and may be fitted again."""
        _need(data, Data, "data")
        run = _Run(self.algorithm, progress)
        run.call(lib.reco_model_fit, self._handle.pointer, data._handle.pointer, run.pointer)
        return self

    def save(self, path, users=True, texts=True):
        """Saves to one file for every platform; `path` holds the old file or the whole new one."""
        call(lib.reco_model_save, self._handle.pointer, text(str(path), "path"), _flags(users, texts))

    def to_bytes(self, users=True, texts=True):
        """The model file's bytes."""
        out, n = ctypes.c_void_p(), ctypes.c_int64()
        call(lib.reco_model_save_bytes, self._handle.pointer, _flags(users, texts), ctypes.byref(out),
             ctypes.byref(n))
        try:
            return ctypes.string_at(out.value, n.value)
        finally:
            lib.reco_bytes_free(out.value)

    def close(self):
        """Frees the model now; it cannot be used afterwards."""
        self._handle.close()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()

    # ---- questions ----

    def recommend(self, user=None, *, history=None, limit=10, offset=0, include=None, exclude=None, where=None,
                  filter=None, include_seen=False):
        """Recommends for a user the model knows, or for whoever has a history: ids, or a dict of ids and values.

        `include`, `exclude`: ids; `where`: as "price<50 and category=kitchen"; `filter`: a function of an id."""
        ask, allow = _ask, None if filter is None else _Filter(filter)
        query, answer = ask.query.pointer, ask.list.pointer
        _fill_query(query, limit, offset, include, exclude, where, include_seen, allow)
        _asker(query, user, history)
        call(lib.reco_model_recommend, self._handle.pointer, query, answer)
        return _answer(answer, allow)

    def similar(self, item, *, limit=10, offset=0, include=None, exclude=None, where=None, filter=None):
        """Items like an item."""
        ask, allow = _ask, None if filter is None else _Filter(filter)
        query, answer = ask.query.pointer, ask.list.pointer
        _fill_query(query, limit, offset, include, exclude, where, False, allow)
        call(lib.reco_model_similar, self._handle.pointer, text(item, "item"), query, answer)
        return _answer(answer, allow)

    def explain(self, item, user=None, *, history=None, limit=10):
        """Which items of the history add how much to an item's score."""
        ask = _ask
        query, answer = ask.query.pointer, ask.list.pointer
        _fill_query(query, limit, 0, None, None, None, False, None)
        _asker(query, user, history)
        call(lib.reco_model_explain, self._handle.pointer, text(item, "item"), query, answer)
        return _answer(answer, None)

    def score(self, items, user=None, *, history=None):
        """The scores of given items, seen or not, as a NumPy array."""
        array, n = texts(items, "items")
        scores = np.empty(n, np.float32)
        query = _ask.query.pointer
        _fill_query(query, 0, 0, None, None, None, False, None)
        _asker(query, user, history)
        call(lib.reco_model_score, self._handle.pointer, query, array, n, scores.ctypes.data)
        return scores

    def recommend_all(self, users=None, *, limit=10, include=None, exclude=None, where=None, filter=None,
                      include_seen=False, threads=0):
        """Recommends for many users (None: all) at once: (items, scores, sizes), arrays of users by limit; row r
        has sizes[r] entries, the rest are -1 and 0. Items are numbers: see `ids`."""
        allow = None if filter is None else _Filter(filter)
        array, n = (None, self.count("users")) if users is None else texts(users, "users")
        items, scores = np.full((n, limit), -1, np.int32), np.zeros((n, limit), np.float32)
        sizes = np.zeros(n, np.int32)
        query = _ask.query.pointer
        _fill_query(query, limit, 0, include, exclude, where, include_seen, allow)
        call(lib.reco_model_recommend_batch, self._handle.pointer, query, array, n,
             1 if allow is not None else int(threads), None, items.ctypes.data, scores.ctypes.data, sizes.ctypes.data, None)
        if allow is not None and allow.failure is not None:
            raise allow.failure
        return items, scores, sizes

    def evaluate(self, test, metrics="ndcg@10,recall@10", *, negatives=None, threads=0, progress=None):
        """Evaluates on held-out data; `metrics` as in include/reco/eval.h."""
        _need(test, Data, "test")
        metrics = metrics if isinstance(metrics, str) else ",".join(metrics)
        run, out = _Run("evaluate", progress), ctypes.c_void_p()
        run.call(lib.reco_model_evaluate, self._handle.pointer, test._handle.pointer,
                 None if negatives is None else negatives._handle.pointer, text(metrics, "metrics"), int(threads),
                 run.pointer, ctypes.byref(out))
        return Report(Handle(out.value, lib.reco_report_free))

    # ---- what it knows ----

    def count(self, name):
        """A count, as 'users', 'items', 'pairs' or 'bytes': see reco_model_count."""
        return _count(lib.reco_model_count, self._handle.pointer, name)

    def can(self, what):
        """Whether it can answer 'similar', 'explain', 'history' or 'users'."""
        return bool(lib.reco_model_can(self._handle.pointer, text(what, "what")))

    def ids(self, side):
        """The ids of all 'user's or 'item's, in the order of their numbers."""
        pointer, number = self._handle.pointer, constant("RECO_USER" if side == "user" else "RECO_ITEM")
        return [lib.reco_model_id(pointer, number, k).decode() for k in range(self.count(f"{side}s"))]

    def find(self, side, id):
        """The number of a user or item."""
        out = ctypes.c_int32()
        call(lib.reco_model_find, self._handle.pointer, constant("RECO_USER" if side == "user" else "RECO_ITEM"),
             text(id, "id"), ctypes.byref(out))
        return out.value

    def text(self, item, field):
        """A text of an item, as its title, or None."""
        found = lib.reco_model_text(self._handle.pointer, self.find("item", item), text(field, "field"))
        return None if found is None else found.decode()

    @property
    def fitted(self):
        """Whether it was fitted or loaded."""
        return bool(self.count("fitted"))

    @property
    def parts(self):
        """A hybrid's parts as (algorithm, weight) pairs."""
        pointer = self._handle.pointer
        return [(lib.reco_model_algo(lib.reco_model_part(pointer, k)).decode(), lib.reco_model_weight(pointer, k))
                for k in range(lib.reco_model_part_count(pointer))]

    def __repr__(self):
        state = f"{self.count('users')} users, {self.count('items')} items" if self.fitted else "not fitted"
        return f"<reco.{type(self).__name__}: {state}>"


def _new_model(out, algorithm, error):
    return lib.reco_model_new(out, algorithm, error)


def _need(value, kind, name):
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a reco.{kind.__name__}, not {type(value).__name__}")


def _flags(users, texts):
    return (0 if users else constant("RECO_SAVE_WITHOUT_USERS")) + (0 if texts else constant("RECO_SAVE_WITHOUT_TEXTS"))


def _asker(query, user, history):
    if user is not None and history is not None:
        raise ValueError("give a user or a history, not both")
    if user is not None:
        call(lib.reco_query_user, query, text(user, "user"))
    elif history is not None:
        _history(query, history)


def _answer(answer, allow):
    if allow is not None and allow.failure is not None:
        raise allow.failure
    n = lib.reco_list_size(answer)
    items = copy_array(lib.reco_list_items(answer), n, np.int32)
    scores = copy_array(lib.reco_list_scores(answer), n, np.float32)
    ids = [lib.reco_list_id(answer, k).decode() for k in range(n)]
    return Recommendations(items, scores, ids, lib.reco_list_source(answer).decode())


def load(source):
    """Loads a model from a file's path or from bytes."""
    out = ctypes.c_void_p()
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        call(lib.reco_model_load_bytes, ctypes.byref(out), data, len(data))
    else:
        call(lib.reco_model_load, ctypes.byref(out), text(str(source), "path"))
    return Model._from_pointer(out.value)


# ---- classes from the tables ----


def algorithms():
    """The names of the library's algorithms."""
    return [lib.reco_algo_name(k).decode() for k in range(lib.reco_algo_count())]


def parameters(algorithm):
    """An algorithm's parameters: name, type, default, low, high, choices, help."""
    found, name = [], text(algorithm, "algorithm")
    while (row := lib.reco_algo_param(name, len(found))) is not None:
        kind = _KINDS[lib.reco_param_kind(row)]
        choices = []
        while (word := lib.reco_param_choice(row, len(choices))) is not None:
            choices.append(word.decode())
        default = lib.reco_param_default_text(row).decode() if kind is str else kind(lib.reco_param_default(row))
        found.append({"name": lib.reco_param_name(row).decode(), "type": kind, "default": default,
                      "low": lib.reco_param_min(row), "high": lib.reco_param_max(row), "choices": choices,
                      "help": lib.reco_param_help(row).decode()})
    return found


def class_name(algorithm):
    """item-knn: ItemKNN; als: ALS."""
    short = {"als", "knn", "bpr", "svd", "mf", "vae", "ease", "slim"}
    return "".join(word.upper() if word in short else word.capitalize() for word in algorithm.split("-"))


def _make_class(algorithm):
    rows = parameters(algorithm)
    lines = [lib.reco_algo_summary(text(algorithm, "algorithm")).decode().capitalize() + ".", ""]
    for row in rows:
        allowed = ", ".join(row["choices"]) if row["choices"] else "text" if row["type"] is str else \
            f"[{row['low']:g}, {row['high']:g}]"
        lines.append(f"{row['name']}: {row['help']} ({allowed}; default {row['default']!r})")
    hybrid = algorithm == "weighted"
    names = [inspect.Parameter(r["name"], inspect.Parameter.KEYWORD_ONLY, default=r["default"], annotation=r["type"])
             for r in rows if not keyword.iskeyword(r["name"])]
    first = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    if hybrid:
        first.append(inspect.Parameter("parts", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=()))

    def __init__(self, *parts, **given):
        known = {row["name"] for row in rows}
        for name in given:
            if name not in known and not (hybrid and name == "parts"):
                raise TypeError(f"{class_name(algorithm)} has no parameter {name!r}; "
                                f"there are: {', '.join(sorted(known))}")
        if parts and not hybrid or len(parts) > 1:
            raise TypeError(f"{class_name(algorithm)} takes its parameters by name")
        given_parts = given.pop("parts", parts[0] if parts else ())
        Model.__init__(self, **given)
        for part in given_parts:
            self.add(*(part if isinstance(part, tuple) else (part,)))

    __init__.__signature__ = inspect.Signature(first + names)
    body = {"__init__": __init__, "__doc__": "\n".join(lines), "algorithm": algorithm, "__module__": "reco"}
    if hybrid:
        body["add"] = _add
    return type(class_name(algorithm), (Model,), body)


def _add(self, part, weight=1.0):
    """Adds a copy of a model's algorithm and parameters as a part."""
    _need(part, Model, "part")
    call(lib.reco_model_add, self._handle.pointer, part._handle.pointer, float(weight))
    return self


_classes = {algorithm: _make_class(algorithm) for algorithm in algorithms()}
