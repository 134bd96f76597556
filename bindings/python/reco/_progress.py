# SPDX-License-Identifier: MIT
"""A progress bar, when tqdm is installed and standard error is a terminal."""
import sys


class _Bar:
    def __init__(self, tqdm, stage):
        self._bar = tqdm(total=1000, desc=stage, leave=False, bar_format="{desc} {bar} {percentage:3.0f}%")

    def __call__(self, stage, done):
        self._bar.set_description_str(stage, refresh=False)
        self._bar.update(max(0, int(done * 1000) - self._bar.n))

    def close(self):
        self._bar.close()


def bar(stage):
    """A function of (stage, done), or None."""
    if not sys.stderr or not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return _Bar(tqdm, stage)
