"""How many calls a token may make: at least 600 in any minute, then 429 until there is room again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

CALLS_A_MINUTE = 600
_KEPT = 10_000
"""Tokens that are counted at once; those that rested longest are forgotten, which gives them no more than they had."""


class Buckets:
    """A bucket for each token: it holds `size` calls, and fills up again within a minute.

    Counted in the process: with several web processes, each allows as many.
    """

    def __init__(self, size: int = CALLS_A_MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> int:
        """Take one call of `key`; return 0, or after how many seconds there is room for one."""
        now = self._clock()
        with self._lock:
            level, since = self._levels.pop(key, (float(self._size), now))
            level = min(self._size, level + (now - since) * self._size / 60)
            if level >= 1:
                self._levels[key] = (level - 1, now)
                waits = 0
            else:
                self._levels[key] = (level, now)
                waits = max(1, round((1 - level) * 60 / self._size))
            while len(self._levels) > _KEPT:
                self._levels.pop(next(iter(self._levels)))
            return waits


CALLS = Buckets()
