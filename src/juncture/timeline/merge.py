"""From sightings to events: what several sources saw is one event with several citations.

**What is one event.** Sightings with the same id are one sighting, read again. Sightings that share a key are one event.
Without a shared key they are joined only by the evidence that `juncture.timeline.joins` states. Every id that was ever given
to a sighting resolves for ever: as the event's id (that of its first-ingested sighting) or as one of its aliases.

**Which sighting speaks for the event** (its chief): of the most authoritative kind of source, the one with the most exact
clock; ties go to the earlier one. Systems that made the thing (an alert's router, the repository, the deployer, the program
that logged) go before those that tell of it (chat, calls). Kind, lane, source, summary, details and service are the chief's;
what it leaves open comes from the next. The actor comes from the chief's authority alone: who told of a thing did not do it.

- `occurred_at` is the chief's; `earliest` and `latest` are where all sightings of the chief's authority agree, else what they
  span. A teller narrows the span where it agrees and never widens it: a bot's post says when it was told.
- `ended_at` is the last one that the most authoritative source of one gives.
- `recorded_at` is the earliest. `known_at` is the earliest, and `known_by` names those who knew it then; who learned of it
  later is not told, so that a replay cannot show it too soon.
- A newer export that holds a message in an edited form gives its text, and both places are cited. The same content read again
  adds nothing. Citations stand in the order in which they can have been seen.

But for which id an event bears, the result doesn't depend on the order of the sightings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from juncture.model.evidence import AlertDetails, Citation, Details, Event, Kind, MessageDetails, Sighting
from juncture.model.identity import EventId
from juncture.model.instants import Instant
from juncture.timeline.clocks import clock_offset
from juncture.timeline.joins import joins
from juncture.timeline.joins.groups import Groups

T = TypeVar("T")

LATEST = datetime.max.replace(tzinfo=UTC)
EARLIEST = datetime.min.replace(tzinfo=UTC)


def merge(sightings: Iterable[Sighting]) -> list[Event]:
    """Return the events of sightings, sorted by `occurred_at`, then `id`.

    Sightings without keys are turned into events as they come, so a million of them take little more than their events.
    """
    singles: list[Event] = []
    groups = Groups()
    holders: dict[str, int] = {}
    for sighting in sightings:
        place = len(singles)
        singles.append(as_event(sighting))
        for key in sighting.keys:
            groups.join(place, holders.setdefault(key, place))
    _join_equal_ids(singles, groups)
    joins(singles, groups)
    events = _by_group(singles, groups)
    events.sort(key=lambda event: (event.occurred_at, event.id))
    return events


def as_event(sighting: Sighting) -> Event:
    """Return the event of one sighting alone, by its source's clock put right."""
    offset = clock_offset(sighting.source).offset
    return Event(
        id=sighting.id,
        occurred_at=sighting.occurred_at - offset if offset else sighting.occurred_at,
        earliest=sighting.earliest - offset if offset else sighting.earliest,
        latest=sighting.latest - offset if offset else sighting.latest,
        recorded_at=sighting.recorded_at,
        known_at=sighting.known_at,
        known_by=sighting.known_by,
        ended_at=sighting.ended_at,
        lane=sighting.lane,
        kind=sighting.kind,
        source=sighting.source,
        actor=sighting.actor,
        service=sighting.service,
        summary=sighting.summary,
        citations=(sighting.citation,),
        links=sighting.links,
        details=sighting.details,
    )


def together(parts: Sequence[Event]) -> Event:
    """Return the one event of several, given in the order in which they were ingested."""
    ranked = sorted(parts, key=_rank)
    chief = ranked[0]
    peers = [part for part in ranked if authority(part) == authority(chief)]
    earliest, latest = _span(chief, peers, ranked)
    known_at = min((part.known_at for part in parts if part.known_at), default=None)
    ended_at = _ended_at(ranked)
    first = parts[0].id
    ids = {part.id for part in parts} | {alias for part in parts for alias in part.aliases}
    return replace(
        chief,
        id=first,
        aliases=tuple(sorted(ids - {first})),
        occurred_at=min(max(chief.occurred_at, earliest), latest),
        earliest=earliest,
        latest=latest,
        recorded_at=min((part.recorded_at for part in parts if part.recorded_at), default=None),
        known_at=known_at,
        known_by=_once(name for part in ranked if known_at and part.known_at == known_at for name in part.known_by),
        ended_at=ended_at,
        actor=next((part.actor for part in peers if part.actor), None),
        service=next((part.service for part in ranked if part.service), None),
        citations=_citations(parts),
        links=_once(link for part in ranked for link in part.links),
        details=_details(ranked, ended_at),
    )


def authority(event: Event) -> int:
    """Return how close a source is to the thing: 0 made it, 1 passed it on or measured it, 2 a bot tells of it, 3 a person."""
    if isinstance(event.details, MessageDetails):
        return 2 if event.details.bot else 3
    return 1 if event.kind in {Kind.PAGE, Kind.TURN} else 0


def _rank(event: Event) -> tuple[object, ...]:
    """Order parts so that the chief is first; the whole of an event decides in the end, never the order of reading."""
    edited = event.details.edited_at if isinstance(event.details, MessageDetails) else None
    return (
        authority(event),
        event.latest - event.earliest,
        event.occurred_at,
        LATEST - (edited or EARLIEST),
        event.known_at or LATEST,
        event.ended_at or EARLIEST,
        event.id,
        event.summary,
        *_citation_order(event.citations[0]),
    )


def _span(chief: Event, peers: Sequence[Event], ranked: Sequence[Event]) -> tuple[Instant, Instant]:
    earliest, latest = max(part.earliest for part in peers), min(part.latest for part in peers)
    if earliest > latest:
        return min(part.earliest for part in peers), max(part.latest for part in peers)
    for part in ranked[len(peers) :]:
        low, high = max(earliest, part.earliest), min(latest, part.latest)
        if low <= chief.occurred_at <= high:
            earliest, latest = low, high
    return earliest, latest


def _ended_at(ranked: Sequence[Event]) -> Instant | None:
    ends = [(authority(part), part.ended_at) for part in ranked if part.ended_at]
    return max((end for level, end in ends if level == ends[0][0]), default=None)


def _details(ranked: Sequence[Event], ended_at: Instant | None) -> Details | None:
    """Return the chief's details; an alert that has ended is resolved, whatever its first sighting said."""
    details = next((part.details for part in ranked if part.details is not None), None)
    if isinstance(details, AlertDetails) and ended_at is not None and details.state != "resolved":
        return replace(details, state="resolved")
    return details


def _citations(parts: Sequence[Event]) -> tuple[Citation, ...]:
    """Return every place once, in the order in which it can have been seen; the same content read again is one place."""
    seen: dict[object, tuple[tuple[object, ...], Citation]] = {}
    for part in parts:
        shown = part.known_at or part.recorded_at or part.occurred_at
        content = replace(part, citations=())
        for citation in part.citations:
            order = (shown, authority(part), *_citation_order(citation))
            same = (part.id, repr(content)) if len(part.citations) == 1 else citation
            if same not in seen or order < seen[same][0]:
                seen[same] = (order, citation)
    return _once(citation for _, citation in sorted(seen.values(), key=lambda entry: entry[0]))


def _citation_order(citation: Citation) -> tuple[str, str, str]:
    return (citation.path or "", citation.place, citation.artefact)


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _join_equal_ids(singles: Sequence[Event], groups: Groups) -> None:
    """Join what bears the same id. The index is made only if there is any, since it is the largest thing here."""
    if len({event.id for event in singles}) == len(singles):
        return
    first: dict[EventId, int] = {}
    for place, event in enumerate(singles):
        groups.join(place, first.setdefault(event.id, place))


def _by_group(singles: list[Event], groups: Groups) -> list[Event]:
    members: dict[int, list[Event]] = defaultdict(list)
    alone: list[Event] = []
    for place, event in enumerate(singles):
        head = groups.head_of(place)
        if head is None:
            alone.append(event)
        else:
            members[head].append(event)
    singles.clear()
    alone.extend(together(parts) for parts in members.values())
    return alone
