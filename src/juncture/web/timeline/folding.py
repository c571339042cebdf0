"""Which events of many stand in the list one by one, and which are folded into one row: counted by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Case, Count, IntegerField, Max, Min, QuerySet, Value, When
from msgspec import Struct

from juncture.web.timeline.models import StoredEvent

ALIKE = 3
"""So many events of one template are one row."""
FEW = 2
"""So many events of one source between two key ones stay open."""
_MOST_STRETCHES = 120
_MOST_ALIKE = 40
"""Rows of templates, the largest; the others are counted with their source."""


class Fold(Struct, frozen=True):
    """Events in one row: `count` of them from `first` to `last` (milliseconds since 1970), all of `source`.

    With a `likeness` they are of one template, of which `sample` is one; without, those that are in no other row.
    """

    source: str
    likeness: str
    count: int
    first: int
    last: int
    sample: str
    until: int
    """The end of the stretch that was counted, end excluded."""


class Folded(Struct, frozen=True):
    """The ids of the events that stay open, the folds, and the templates that have a row of their own."""

    open: tuple[str, ...]
    folds: tuple[Fold, ...]
    alike: tuple[str, ...]


def fold(events: QuerySet[StoredEvent], boundaries: Iterable[int]) -> Folded:
    """Fold events that are not key: by template over all of them, the others by source between two boundaries."""
    edges = _thinned(sorted(set(boundaries)))
    stretch = Case(
        When(likeness__gt="", then=Value(-1)),
        *(When(moment__lt=edge, then=Value(number)) for number, edge in enumerate(edges)),
        default=Value(len(edges)),
        output_field=IntegerField(),
    )
    rows = (
        events.order_by()
        .annotate(stretch=stretch)
        .values_list("stretch", "source", "likeness")
        .annotate(Count("pk"), Min("moment"), Max("moment"), Min("event_id"), Max("event_id"))
    )
    alike: list[Fold] = []
    rest: dict[tuple[int, str], list[Fold]] = defaultdict(list)
    ids: dict[tuple[int, str], set[str]] = defaultdict(set)
    for number, source, likeness, count, first, last, one, other in rows:
        found = Fold(source, likeness, count, first, last, one, last + 1)
        if likeness and count >= ALIKE:
            alike.append(found)
            continue
        place = number if number >= 0 else _stretch_of(edges, first)
        rest[place, source].append(found)
        ids[place, source] |= {one, other}
    alike.sort(key=lambda each: (-each.count, each.first))
    for beyond in alike[_MOST_ALIKE:]:
        rest[_stretch_of(edges, beyond.first), beyond.source].append(beyond)
    open_: list[str] = []
    folds = alike[:_MOST_ALIKE]
    for place, parts in rest.items():
        count = sum(part.count for part in parts)
        of = ids[place]
        if count <= FEW and len(of) == count:
            open_ += of
        else:
            first, last = min(part.first for part in parts), max(part.last for part in parts)
            folds.append(Fold(place[1], "", count, first, last, min(part.sample for part in parts), last + 1))
    return Folded(tuple(open_), tuple(folds), tuple(each.likeness for each in alike[:_MOST_ALIKE]))


def fold_alike(events: Sequence[tuple[str, str, str, int]], least: int) -> Folded:
    """Fold few events, given as id, source, likeness and moment in order: templates that come up `least` times or more."""
    by_likeness: dict[str, list[tuple[str, str, str, int]]] = defaultdict(list)
    for event in events:
        by_likeness[event[2]].append(event)
    folds = [
        Fold(of[0][1], likeness, len(of), of[0][3], of[-1][3], of[0][0], of[-1][3] + 1)
        for likeness, of in by_likeness.items()
        if likeness and len(of) >= least
    ]
    alike = tuple(each.likeness for each in folds)
    return Folded(tuple(event[0] for event in events if event[2] not in alike), tuple(folds), alike)


def _stretch_of(edges: Sequence[int], moment: int) -> int:
    return next((number for number, edge in enumerate(edges) if moment < edge), len(edges))


def _thinned(edges: list[int]) -> list[int]:
    step = -(-len(edges) // _MOST_STRETCHES)
    return edges[:: max(step, 1)]
