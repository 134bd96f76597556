# SPDX-License-Identifier: MIT
"""What goes on beside a long call: progress, Ctrl-C, and what a callback raises."""
from __future__ import annotations

import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any, Callable, Literal, Optional, Union

from ._errors import Cancelled
from ._lib import PROGRESS, lib, new

# A function of (stage, done); None: a bar when tqdm is there and standard error is a terminal; False: nothing.
Progress = Optional[Union[Callable[[str, float], Any], Literal[False]]]


class _Bar:
    def __init__(self, tqdm: Any, stage: str) -> None:
        self._bar = tqdm(total=1000, desc=stage, leave=False, bar_format="{desc} {bar} {percentage:3.0f}%")

    def __call__(self, stage: str, done: float) -> None:
        self._bar.set_description_str(stage, refresh=False)
        self._bar.update(max(0, int(done * 1000) - self._bar.n))

    def close(self) -> None:
        self._bar.close()


def _bar(stage: str) -> _Bar | None:
    if not sys.stderr or not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return _Bar(tqdm, stage)


class Run:
    """A reco_run for the calls made within `with`.

    The library asks back a few times a second. Only then does Python see a Ctrl-C, and nothing may be raised there: so
    the call is cancelled, and KeyboardInterrupt raised when it has returned. So is what the progress function raises."""

    def __init__(self, stage: str, progress: Progress) -> None:
        if progress is not None and progress is not False and not callable(progress):
            raise TypeError("progress must be a function of the stage and how much is done, None or False, "
                            f"got {progress!r:.80}")
        self._failures: list[BaseException] = []
        self._bar = _bar(stage) if progress is None else None
        self._told = self._bar or progress or None
        self.handle = new("run")

    def __enter__(self) -> Any:
        told, failures = self._told, self._failures

        def callback(context: Any, stage: bytes, done: float) -> int:
            try:
                if told:
                    told(stage.decode(), done)
                return 0
            except BaseException as failure:
                failures.append(failure)
                return 1

        self._callback = PROGRESS(callback)
        lib.reco_run_set_progress(self.handle, self._callback, None)
        self._ours = threading.current_thread() is threading.main_thread() and \
            signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._ours:
            signal.signal(signal.SIGINT, self._interrupted)
        return self.handle

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self._failures.append(KeyboardInterrupt())
        lib.reco_run_cancel(self.handle)

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._bar:
            self._bar.close()
        if self._failures and (failure is None or isinstance(failure, Cancelled)):
            raise self._failures.pop(0) from None
