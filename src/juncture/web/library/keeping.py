"""The work behind `indexing`: compare what should be searched with the rows that there are, and change what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
from django.db import connection, transaction
from django.db.models import Q

from juncture.web.incidents.models import Incident
from juncture.web.library import entries
from juncture.web.library.entries import Entry, about
from juncture.web.library.models import Kind, PublishedFigure, PublishedLesson, SearchEntry
from juncture.web.library.traits import keep_traits
from juncture.web.postmortems.mapping import published_record
from juncture.web.postmortems.models import Postmortem

Told = TypeVar("Told", PublishedFigure, PublishedLesson)

_TEXTS = ("title", "body", "state", "weight", "at", "services", "severity")
LESSONS = ("learned", "got_lucky", "went_well", "went_poorly")
"""The fields of a record's lessons, what is told first first."""
_SLICE = 500
_LOCK = 0x696E6478
"""The first number of our advisory locks on PostgreSQL, `indx`; the second is the incident."""


def keep_incident(incident: int) -> None:
    """Index an incident's own words anew, and what its other entries say of it: title, services, severity, day.

    `incident` is its key. Does nothing for one that is gone.
    """
    row = _incident(incident)
    if row is None:
        return
    shared = about(row)
    told = SearchEntry.objects.get_queryset().filter(incident=row).exclude(services=shared.services, severity=shared.severity)
    told.update(services=shared.services, severity=shared.severity)
    dated = SearchEntry.objects.get_queryset().filter(incident=row).exclude(kind=Kind.EVENT).exclude(at=shared.at)
    dated.update(at=shared.at)
    _replace(row, Q(kind=Kind.INCIDENT), entries.incident_entries(row, shared))


def keep_events(incident: int) -> None:
    """Index an incident's key and cited events anew."""
    row = _incident(incident)
    if row is not None:
        _replace(row, Q(kind=Kind.EVENT), entries.event_entries(row, about(row)))


def keep_postmortem(postmortem: int) -> None:
    """Index a postmortem anew: its working text, its latest publication, and the events that it cites."""
    row = _postmortem(postmortem)
    if row is None:
        return
    shared = about(row.incident)
    _replace(row.incident, Q(kind=Kind.POSTMORTEM, object_id=row.public_id), entries.postmortem_entries(row, shared))
    if entries.events_to_keep(row.incident) != _kept_events(row.incident):
        _replace(row.incident, Q(kind=Kind.EVENT), entries.event_entries(row.incident, shared))
    _tell(row)
    keep_traits(row)


def keep_actions(postmortem: int) -> None:
    """Index the action items of a postmortem's incident anew."""
    row = _postmortem(postmortem)
    if row is not None:
        _replace(row.incident, Q(kind=Kind.ACTION), entries.action_entries(row.incident, about(row.incident)))


def forget_postmortem(incident: int, former_id: str) -> None:
    """Remove the entries of a postmortem under an id that it no longer has."""
    SearchEntry.objects.get_queryset().filter(incident=incident, kind=Kind.POSTMORTEM, object_id=former_id).delete()


def keep_all() -> int:
    """Index everything anew, an incident a transaction; return of how many incidents. What did not change keeps its rows."""
    count = 0
    for incident in Incident.objects.get_queryset().order_by("pk").values_list("pk", flat=True).iterator(2000):
        with transaction.atomic():
            keep_all_of(incident)
        count += 1
    return count


def keep_all_of(incident: int) -> None:
    """Index anew all that hangs on an incident."""
    keep_incident(incident)
    keep_events(incident)
    for postmortem in Postmortem.objects.get_queryset().filter(incident=incident).values_list("pk", flat=True):
        keep_postmortem(postmortem)
        keep_actions(postmortem)


def _alone(incident: int) -> None:
    """Keep others from indexing this incident until the transaction ends, so that each sees what those before it wrote.

    SQLite has one writer at a time. No row is locked: who holds the incident's may wait for this.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, incident % 2**31])


def _incident(key: int) -> Incident | None:
    _alone(key)
    return Incident.objects.get_queryset().filter(pk=key).first()


def _postmortem(key: int) -> Postmortem | None:
    incident = Postmortem.objects.get_queryset().filter(pk=key).values_list("incident_id", flat=True).first()
    if incident is None:
        return None
    _alone(incident)
    return Postmortem.objects.whole().select_related("incident").filter(pk=key).first()


def _replace(incident: Incident, which: Q, wanted: Iterable[Entry]) -> None:
    """Make the entries of an incident that `which` names be the wanted ones; rows that say the same stay as they are."""
    old = {(row.object_id, row.audience): row for row in SearchEntry.objects.get_queryset().filter(which, incident=incident)}
    new: list[SearchEntry] = []
    changed: list[SearchEntry] = []
    for entry in wanted:
        row = old.pop((entry.object_id, entry.audience), None)
        if row is None:
            new.append(SearchEntry(incident=incident, **msgspec.structs.asdict(entry)))
        elif any(getattr(row, name) != getattr(entry, name) for name in _TEXTS):
            for name in _TEXTS:
                setattr(row, name, getattr(entry, name))
            changed.append(row)
    gone = [row.pk for row in old.values()]
    for start in range(0, len(gone), _SLICE):
        SearchEntry.objects.get_queryset().filter(pk__in=gone[start : start + _SLICE]).delete()
    for row in changed:
        row.save(update_fields=_TEXTS)
    SearchEntry.objects.get_queryset().bulk_create(new, batch_size=_SLICE)


def _kept_events(incident: Incident) -> set[str]:
    rows = SearchEntry.objects.get_queryset().filter(incident=incident, kind=Kind.EVENT)
    return set(rows.values_list("object_id", flat=True))


def _tell(row: Postmortem) -> None:
    """Keep the figures and lessons of the latest publication as rows, for the front page."""
    latest = entries.latest_publication(row)
    if latest is None:
        return
    value = published_record(latest)
    figures = [
        (position, value.title, figure.name, figure.unit[:60], figure.low, figure.mid, figure.high)
        for position, figure in enumerate(value.impact.figures)
    ]
    lessons = [(kind, text) for kind in LESSONS for text in getattr(value.lessons, kind)]
    told = [(position, kind, text, latest.published_at) for position, (kind, text) in enumerate(lessons)]
    _rewrite(row, PublishedFigure, ("position", "title", "name", "unit", "low", "mid", "high"), figures)
    _rewrite(row, PublishedLesson, ("position", "kind", "text", "published_at"), told)


def _rewrite(
    row: Postmortem,
    model: type[Told],
    columns: tuple[str, ...],
    values: Sequence[tuple[object, ...]],
) -> None:
    rows = model.objects.get_queryset().filter(postmortem=row)
    if list(rows.order_by("position").values_list(*columns)) == values:
        return
    rows.delete()
    model.objects.get_queryset().bulk_create(
        [model(incident=row.incident, postmortem=row, **dict(zip(columns, each, strict=True))) for each in values]
    )
