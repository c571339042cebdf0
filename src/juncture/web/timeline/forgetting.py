"""Take erased words out of what persons corrected: of events that rest on nothing else, all words that corrections hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec
from django.db import transaction
from msgspec import Struct

from juncture.model.evidence import Event
from juncture.timeline.corrections import CorrectionKind
from juncture.web.evidence.models import StoredSighting
from juncture.web.incidents.models import Incident
from juncture.web.journal.erasing import forget_words
from juncture.web.timeline.models import Correction, StoredEvent

_WORDS = frozenset({"summary", "annotation", "why"})
"""Fields of a correction, and of its change in the journal, that hold words."""
_WHY_LIMIT = 500
_SLICE = 500


class Corrected(Struct, frozen=True):
    """Events that persons added or corrected and that cite nothing but what is erased, and all words that they were given.

    `added` go with it. `read` (ids of what was read, by event) stay where other evidence says the same.
    """

    added: frozenset[str]
    read: dict[str, tuple[str, ...]]
    texts: tuple[str, ...]


def corrected_with(incident: Incident, hashes: Collection[str]) -> Corrected:
    """Return what of an incident's corrections rests on these artefacts. To be asked before the timeline is rebuilt."""
    rows = list(Correction.objects.of_incident(incident).values_list("event_id", "kind", "before", "after"))
    added = {event for event, kind, _, after in rows if kind == CorrectionKind.ADD and _rests_on(after.get("event"), hashes)}
    ids = sorted({each for event, _, _, after in rows for each in (event, after.get("other")) if each} - added)
    read: dict[str, tuple[str, ...]] = {}
    decode = msgspec.json.Decoder(Event).decode
    for start in range(0, len(ids), _SLICE):
        stored = StoredEvent.objects.filter(incident=incident, event_id__in=ids[start : start + _SLICE])
        for body in stored.values_list("body", flat=True):
            event = decode(bytes(body))
            if all(one.artefact in hashes for one in event.citations):
                read[event.id] = (event.id, *event.aliases)
    texts = {text for event, _, *sides in rows if event in added or event in read for side in sides for text in _texts(side)}
    return Corrected(frozenset(added), read, tuple(sorted(texts)))


def gone_with(incident: Incident, corrected: Corrected) -> frozenset[str]:
    """Return which events are gone now that other evidence was read again, and what was read from the erased is dropped."""
    held = {
        event
        for event, ids in corrected.read.items()
        if StoredSighting.objects.filter(incident=incident, sighting_id__in=ids).exists()
    }
    return corrected.added | (corrected.read.keys() - held)


def forget_corrections(incident: Incident, gone: Collection[str], without: Callable[[Any], Any], words: str) -> None:
    """Put `words` in the place of all that corrections of events which are gone say, and `without` of the value elsewhere.

    Who corrected what and when stays, here and in the journal. May be done twice.
    """

    def blank(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        if not isinstance(value, dict):
            return without(value)
        return {name: words if name in _WORDS and told else blank(told) for name, told in without(value).items()}

    rows, last = Correction.objects.of_incident(incident).order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last)[:_SLICE]):
        last = page[-1].pk
        changed: list[Correction] = []
        for row in page:
            # What was joined into an event stands in `before`, its id in `after`.
            is_gone = row.event_id in gone or row.after.get("other") in gone
            make = blank if is_gone else without
            before, after, why = make(row.before), make(row.after), words if is_gone and row.why else without(row.why)
            if (before, after, why) != (row.before, row.after, row.why):
                row.before, row.after, row.why = before, after, why[:_WHY_LIMIT]
                changed.append(row)
        if changed:
            with transaction.atomic():
                Correction.objects.of_incident(incident).bulk_update(changed, ("before", "after", "why"), batch_size=100)
    if gone:
        forget_words(incident.pk, blank, events=gone)


def _rests_on(event: Any, hashes: Collection[str]) -> bool:  # noqa: ANN401 - a JSON value
    cited = event.get("citations", []) if isinstance(event, dict) else []
    return bool(cited) and all(isinstance(one, dict) and one.get("artefact") in hashes for one in cited)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    if not isinstance(value, dict):
        return
    for name, told in value.items():
        if name in _WORDS and isinstance(told, str):
            yield told
        else:
            yield from _texts(told)
