"""Corrections as a page and the API show them: what, from what to what, by whom in which role, when and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.document.drawing.shapes import LOOKS
from juncture.model.evidence import Lane
from juncture.model.instants import Instant, duration_text
from juncture.timeline.corrections import Corrected, CorrectionKind
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import incident_row
from juncture.web.timeline.models import Correction

_SAID = {
    CorrectionKind.TIME: "Time corrected",
    CorrectionKind.TEXT: "Words corrected",
    CorrectionKind.LANE: "Moved to another lane",
    CorrectionKind.PIN: "Made a key event",
    CorrectionKind.UNPIN: "No longer a key event",
    CorrectionKind.HIDE: "Hidden",
    CorrectionKind.SHOW: "Shown again",
    CorrectionKind.ANNOTATE: "Annotated",
    CorrectionKind.SPLIT: "Split",
    CorrectionKind.JOIN: "Joined with another",
    CorrectionKind.ADD: "Added",
}
_CHANGES = frozenset({CorrectionKind.TIME, CorrectionKind.TEXT, CorrectionKind.LANE, CorrectionKind.SPLIT, CorrectionKind.JOIN})
"""Kinds after which a row says that it was corrected."""


class CorrectionView(Struct, frozen=True):
    """One correction over the API: `before` and `after` have the fields of its kind; `by` is the role of who made it."""

    id: int
    event: str
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    why: str
    by: str
    at: datetime


class Told(Struct, frozen=True):
    """One correction on a page; `before` and `after` are words, empty where the kind has none."""

    title: str
    before: str
    after: str
    why: str
    by: str
    at: Instant
    when: str


class Marked(Struct, frozen=True):
    """What corrections put on a row: the annotation, and whether what it says was corrected."""

    annotation: str = ""
    corrected: bool = False


def corrections(
    viewer: Viewer, incident_id: str, *, event: str = "", limit: int = 100, after: int = 0
) -> tuple[list[CorrectionView], int | None]:
    """Return corrections of an incident in order, and where the list goes on. Raises NotFound.

    Who only reads gets none: what stood there before may have been corrected because it should not be read.
    """
    incident = incident_row(viewer, incident_id)
    if not viewer.may_write:
        return [], None
    found = Correction.objects.of_incident(incident).filter(pk__gt=after).select_related("by").order_by("id")
    rows = list((found.filter(event_id=event) if event else found)[: limit + 1])
    return [view_of(row) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None


def view_of(row: Correction) -> CorrectionView:
    """Return a correction as the API shows it to who may write."""
    # An added event is told by the timeline, which forgets it when its words are erased.
    after = {name: value for name, value in row.after.items() if name != "event"}
    return CorrectionView(row.pk, row.event_id, row.kind, row.before, after, row.why, row.by.role, row.at)


def rows_of(incident: Incident, events: Iterable[str]) -> list[Correction]:
    """Return the corrections of these events, in order, for who was let in to the incident."""
    return list(Correction.objects.of_incident(incident).filter(event_id__in=list(events)).select_related("by").order_by("id"))


def marks(rows: Iterable[Correction]) -> dict[str, Marked]:
    """Return what corrections put on the rows of their events."""
    found: dict[str, Marked] = defaultdict(Marked)
    for row in rows:
        mark = found[row.event_id]
        if row.kind == CorrectionKind.ANNOTATE:
            found[row.event_id] = Marked(str(row.after.get("annotation") or ""), mark.corrected)
        elif row.kind in _CHANGES:
            found[row.event_id] = Marked(mark.annotation, corrected=True)
    return found


def told(rows: Sequence[Correction], clock: Clock, *, whole: bool) -> tuple[Told, ...]:
    """Return the corrections of an event, the newest first; what stood there before only if `whole`."""
    return tuple(_told(row, clock, whole=whole) for row in reversed(rows))


def _told(row: Correction, clock: Clock, *, whole: bool) -> Told:
    before, after = (_words(value, row.kind, clock) if whole else "" for value in (row.before, row.after))
    local = clock.local(row.at)
    when = f"{local.day} {local:%B}, {local:%H:%M}"
    return Told(_SAID[CorrectionKind(row.kind)], before, after, row.why, row.by.role, row.at, when)


def _words(value: dict[str, Any], kind: str, clock: Clock) -> str:
    said = msgspec.convert({key: each for key, each in value.items() if key not in {"key", "hidden"}}, Corrected)
    if kind == CorrectionKind.TIME and said.occurred_at is not None:
        width = (said.latest - said.earliest).total_seconds() if said.earliest and said.latest else 0
        return f"happened {clock.exact(said.occurred_at)}" + (f" ± {duration_text(width / 2)}" if width >= 2 else "")
    if kind == CorrectionKind.TEXT:
        return said.summary or ""
    if kind == CorrectionKind.LANE and said.lane is not None:
        return LOOKS[Lane(said.lane)].many
    if kind == CorrectionKind.ANNOTATE:
        return said.annotation or ""
    if kind == CorrectionKind.JOIN:
        return said.summary or ""
    return ""
