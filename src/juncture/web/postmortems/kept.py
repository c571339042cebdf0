"""Articles that were drawn lately, kept in this process by everything that went into them.

Drawing is pure: the same values give the same bytes, and the key holds all of them. So an article is only ever given to whoever
was given the very same record, excerpts, states and links by the selectors, which ask for rights each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

LIMIT = 16 * 1024 * 1024
"""Characters that are kept in all."""


class Kept:
    """The articles of a process, the ones used least lately going first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit, self._size = limit, 0
        self._articles: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes, draw: Callable[[], str]) -> str:
        """Return the article of a key, drawn where it is not kept."""
        with self._lock:
            if key in self._articles:
                self._articles.move_to_end(key)
                return self._articles[key]
        article = draw()
        with self._lock:
            if key not in self._articles and len(article) <= self._limit:
                self._articles[key] = article
                self._size += len(article)
            while self._size > self._limit:
                self._size -= len(self._articles.popitem(last=False)[1])
        return article
