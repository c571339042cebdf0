"""Which of many things are one: a union of places, that holds only those which were joined."""

from __future__ import annotations


class Groups:
    """Joined places of a list. Places that were never joined take no memory."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Make `one` and `other`, and all that is joined to either, one group."""
        first, second = self._find(one), self._find(other)
        if first != second:
            low, high = min(first, second), max(first, second)
            self._above.setdefault(low, low)
            self._above[high] = low

    def head_of(self, place: int) -> int | None:
        """Return the lowest place of the group, None for a place that is alone."""
        return self._find(place) if place in self._above else None

    def same(self, one: int, other: int) -> bool:
        """Return whether both are of one group."""
        return self._find(one) == self._find(other)

    def _find(self, place: int) -> int:
        path = []
        while (above := self._above.get(place, place)) != place:
            path.append(place)
            place = above
        for passed in path:
            self._above[passed] = place
        return place
