"""Read what the timeline's page shows: counts, densities, key events, what is folded, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec
from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from msgspec import Struct

from juncture.document.drawing.clock import milliseconds
from juncture.document.drawing.overview import Strip
from juncture.inquiry.criteria import severity_key
from juncture.model.evidence import Event, Lane
from juncture.model.instants import Instant, from_epoch
from juncture.model.record import Milestone, Phase
from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident, IncidentPerson
from juncture.web.incidents.selectors import incident_row, severity_tones
from juncture.web.postmortems.deciding import Decided, decisions_of
from juncture.web.timeline.asking import Look
from juncture.web.timeline.folding import Folded, fold, fold_alike
from juncture.web.timeline.models import EventAlias, StoredEvent, StoredTimeline
from juncture.web.timeline.selectors import event_of, with_words

PAGE = 200
"""Events on one page of a list in which nothing is folded."""
OPEN = 300
"""So many events in all stay open, but for those of one template."""
_MOST_KEYS = 400
_OVERVIEW, _CROWDS = 140, 120
_AROUND = 6
"""The overview reaches so many windows before and after the incident; what lies beyond is counted."""
_ALIKE_AMONG_FEW = 4


class Facets(Struct, frozen=True):
    """How many events there are: in all, by lane, by source, key ones and hidden ones, from when to when (None: never)."""

    total: int
    lanes: dict[Lane, int]
    sources: tuple[tuple[str, int], ...]
    hidden: int
    first: Instant | None
    last: Instant | None


class Head(Struct, frozen=True):
    """What stands above the page: the incident as far as its name and its tabs need it."""

    id: str
    name: str
    title: str
    severity: str
    severity_tone: str
    services: tuple[str, ...]
    postmortems: tuple[str, ...]
    url: str
    began_at: Instant | None
    visibility: str
    team: str | None


class Bench(Struct, frozen=True):
    """All that the page shows. `start` and `end` are the lanes' window; `events` stand in the list one by one."""

    incident: Incident
    look: Look
    facets: Facets
    milestones: tuple[Milestone, ...]
    phases: tuple[Phase, ...]
    start: Instant
    end: Instant
    overview: Strip
    crowds: dict[Lane, tuple[int, ...]]
    events: tuple[Event, ...]
    folded: Folded
    samples: dict[str, Event]
    found: int
    """How many events were found in all, one by one or folded; on a page of hits, those on it and before it."""
    more: bool
    few: bool
    """Whether those that are not key are marks in the lanes: then `crowds` are only what is folded."""
    chosen: Event | None
    decided: tuple[Decided, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the incident has no event at all, hidden ones included."""
        return self.facets.total + self.facets.hidden == 0


def bench(viewer: Viewer, incident_id: str, look: Look) -> Bench:
    """Return what the page shows to a viewer. Raises NotFound, also for an event that there is not."""
    rows = Incident.objects.visible_to(viewer).select_related("timeline", "team")
    added = IncidentPerson.objects.filter(incident=OuterRef("pk"), user=viewer.user_id)
    # One query for all that stands on the row; where there is none, the usual way says why.
    incident = rows.annotate(has_me=Exists(added)).filter(public_id=incident_id).first() or incident_row(viewer, incident_id)
    stored: StoredTimeline | None = getattr(incident, "timeline", None)
    milestones = msgspec.json.decode(stored.milestones, type=tuple[Milestone, ...]) if stored else ()
    phases = msgspec.json.decode(stored.phases, type=tuple[Phase, ...]) if stored else ()
    facets = _facets(incident)
    asked = _asked(incident, look)
    keys, chosen = _keys(viewer, incident, look)
    standing = _window(keys, phases, facets)
    start, end = look.start or standing[0], look.end or standing[1]
    if start >= end:
        start, end = (start, start + (standing[1] - standing[0])) if look.start else (end - (standing[1] - standing[0]), end)
    within = asked.filter(**_between(look.start, look.end))
    keys = [event for event in keys if _is_wanted(event, look)]
    folded, samples = Folded((), (), ()), dict[str, Event]()
    if look.is_flat:
        events, more = _page(within, look)
        found = look.offset + len(events)
    else:
        many = facets.total > 2 * OPEN and look.is_whole and look.start is None and look.end is None
        events, folded, samples = _folded(within.filter(key=False), keys, phases, many=many)
        more, found = False, len(events) + sum(each.count for each in folded.folds)
    others = sum(not event.key for event in events) + sum(each.count for each in folded.folds)
    few = not (more or look.offset or others > OPEN)
    crowded = asked.filter(key=False, likeness__in=folded.alike) if few else asked.filter(key=False)
    crowds = _crowds(crowded, start, end) if folded.folds or not few else {}
    if chosen is not None and all(event.id != chosen.id for event in events):
        events = sorted([*events, chosen], key=lambda event: (event.occurred_at, event.id))
    return Bench(
        incident, look, facets, milestones, phases, start, end, _overview(incident, facets, standing, (start, end)),
        crowds, tuple(events), folded, samples, found, more, few, chosen,
        decisions_of(viewer, incident),
    )  # fmt: skip


def head_of(viewer: Viewer, found: Bench) -> Head:
    """Return what stands above the page of an incident that the viewer was let in to."""
    incident = found.incident
    seen = incident.postmortems.get_queryset()
    seen = seen if viewer.may_write else seen.exclude(published_number=0)
    return Head(
        incident.public_id,
        f"INC-{incident.public_id[:8]}",
        incident.title,
        incident.severity,
        severity_tones().get(severity_key(incident.severity), "") if incident.severity else "",
        tuple(incident.services.get_queryset().values_list("name", flat=True)),
        tuple(seen.values_list("public_id", flat=True)),
        f"/incidents/{incident.public_id}/",
        found.phases[0].from_ if found.phases else incident.started_at or found.facets.first,
        incident.visibility,
        incident.team.name if incident.team else None,
    )


def _facets(incident: Incident) -> Facets:
    rows = (
        StoredEvent.objects.filter(incident=incident)
        .order_by()
        .values_list("lane", "source", "hidden")
        .annotate(Count("pk"), Min("moment"), Max("moment"))
    )
    lanes, sources = Counter[Lane](), Counter[str]()
    first: list[int] = []
    last: list[int] = []
    hidden = 0
    for lane, source, is_hidden, count, begin, end in rows:
        if is_hidden:
            hidden += count
            continue
        lanes[Lane(lane)] += count
        sources[source] += count
        first.append(begin)
        last.append(end)
    return Facets(
        lanes.total(),
        {lane: lanes[lane] for lane in Lane},
        tuple(sorted(sources.items(), key=lambda each: (-each[1], each[0]))),
        hidden,
        _at(min(first)) if first else None,
        _at(max(last)) if last else None,
    )


def _asked(incident: Incident, look: Look) -> QuerySet[StoredEvent]:
    """Return the events that the filters leave, at whatever time."""
    found = StoredEvent.objects.filter(incident=incident, hidden=look.hidden)
    found = found.filter(lane__in=look.lanes) if look.lanes else found
    found = found.filter(source=look.source) if look.source else found
    found = found.filter(key=True) if look.key_only else found
    found = found.filter(likeness=look.like, key=False) if look.like else found
    found = found.filter(key=False).exclude(likeness__in=look.unlike) if look.unlike else found
    return with_words(found, look.words)


def _keys(viewer: Viewer, incident: Incident, look: Look) -> tuple[list[Event], Event | None]:
    """Return the key events of an incident, and the one that is open. Raises NotFound where that is none of it."""
    events = StoredEvent.objects.filter(incident=incident)
    wanted = Q(key=True, hidden=False)
    if look.event:
        names = EventAlias.objects.filter(incident=incident, alias=look.event).values("event_id")
        opened = Q(event_id=look.event) | Q(event_id__in=names)
        wanted |= opened if viewer.may_write else opened & Q(hidden=False)
    ordered = events.filter(wanted).order_by("moment", "event_id").values_list("body", flat=True)
    found = [_decode(body) for body in ordered[:_MOST_KEYS]]
    chosen = next((event for event in found if look.event in (event.id, *event.aliases)), None) if look.event else None
    if look.event and chosen is None:
        chosen = event_of(viewer, incident.public_id, look.event)
        if chosen is None:
            raise NotFound("There is no such event, or it is not open to you.")
    return [event for event in found if event.key], chosen


def _is_wanted(event: Event, look: Look) -> bool:
    return (
        (not look.lanes or event.lane in look.lanes)
        and (not look.source or event.source[:200] == look.source)
        and (look.start is None or event.occurred_at >= look.start)
        and (look.end is None or event.occurred_at < look.end)
    )


def _page(within: QuerySet[StoredEvent], look: Look) -> tuple[list[Event], bool]:
    ordered = within.order_by("moment", "event_id").values_list("body", flat=True)
    bodies = list(ordered[look.offset : look.offset + PAGE + 1])
    return [_decode(body) for body in bodies[:PAGE]], len(bodies) > PAGE


def _folded(
    others: QuerySet[StoredEvent], keys: Sequence[Event], phases: Sequence[Phase], *, many: bool
) -> tuple[list[Event], Folded, dict[str, Event]]:
    """Return what stands open beside the key events, what is folded, and a sample of each template."""
    edges = [milliseconds(event.occurred_at) for event in keys]
    edges += [milliseconds(at) for phase in phases for at in (phase.from_, phase.to) if at is not None]
    ordered = others.order_by("moment", "event_id")
    few = [] if many else list(ordered.values_list("event_id", "source", "likeness", "moment", "body")[: OPEN + 1])
    if not many and len(few) <= OPEN:
        folded = fold_alike([row[:4] for row in few], _ALIKE_AMONG_FEW)
        bodies = [row[4] for row in few]
    else:
        folded = fold(others, edges)
        ids = {*folded.open, *(each.sample for each in folded.folds if each.likeness)}
        bodies = list(others.filter(event_id__in=ids).values_list("body", flat=True))
    by_id: dict[str, Event] = {event.id: event for event in map(_decode, bodies)}
    shown = [by_id[event] for event in folded.open if event in by_id]
    events = sorted([*keys, *shown], key=lambda event: (event.occurred_at, event.id))
    return events, folded, {each.sample: by_id[each.sample] for each in folded.folds if each.sample in by_id}


def _crowds(others: QuerySet[StoredEvent], start: Instant, end: Instant) -> dict[Lane, tuple[int, ...]]:
    step = _step(start, end, _CROWDS)
    rows = (
        others.filter(**_between(start, end))
        .order_by()
        .annotate(stretch=_stretch(start, step))
        .values_list("lane", "stretch")
        .annotate(Count("pk"))
    )
    counts: dict[Lane, list[int]] = defaultdict(lambda: [0] * _CROWDS)
    for lane, stretch, count in rows:
        counts[Lane(lane)][min(stretch, _CROWDS - 1)] += count
    return {lane: tuple(each) for lane, each in counts.items()}


def _overview(incident: Incident, facets: Facets, standing: tuple[Instant, Instant], window: tuple[Instant, Instant]) -> Strip:
    reach = (standing[1] - standing[0]) * _AROUND
    first, last = facets.first or standing[0], facets.last or standing[1]
    start = min(max(first, standing[0] - reach), standing[0], window[0])
    end = max(min(last + timedelta(seconds=1), standing[1] + reach), standing[1], window[1])
    step, lower, upper = _step(start, end, _OVERVIEW), milliseconds(start), milliseconds(end)
    stretch = Case(
        When(moment__lt=lower, then=Value(-1)),
        When(moment__gte=upper, then=Value(_OVERVIEW)),
        default=_stretch(start, step),
        output_field=IntegerField(),
    )
    rows = (
        StoredEvent.objects.filter(incident=incident, hidden=False)
        .order_by()
        .annotate(stretch=stretch)
        .values_list("stretch")
        .annotate(Count("pk"))
    )
    counts = dict.fromkeys(range(_OVERVIEW), 0) | dict(rows)
    return Strip(start, end, tuple(counts[number] for number in range(_OVERVIEW)), counts.get(-1, 0), counts.get(_OVERVIEW, 0))


def _window(keys: Sequence[Event], phases: Sequence[Phase], facets: Facets) -> tuple[Instant, Instant]:
    """Return the window that shows the incident: its phases, and key events close to them, with some room."""
    inside = [at for phase in phases for at in (phase.from_, phase.to) if at is not None]
    inside = inside or [event.occurred_at for event in keys] or [at for at in (facets.first, facets.last) if at]
    if not inside:
        now = from_epoch(0)
        return now, now + timedelta(hours=1)
    start, end = min(inside), max(inside)
    near = max((end - start) / 2, timedelta(minutes=5))
    close = [at for event in keys for at in (event.occurred_at, event.known_at) if at and start - near <= at <= end + near]
    start, end = min([start, *close]), max([end, *close])
    room = max((end - start) * 0.04, timedelta(seconds=20))
    return start - room, end + room * 2


def _between(start: Instant | None, end: Instant | None) -> dict[str, int]:
    found = {} if start is None else {"moment__gte": milliseconds(start)}
    return found if end is None else found | {"moment__lt": milliseconds(end)}


def _stretch(start: Instant, step: int) -> ExpressionWrapper[CombinedExpression]:
    """Return the number of the even stretch that an event lies in, by whole numbers, which every database divides alike."""
    return ExpressionWrapper((F("moment") - milliseconds(start)) / step, output_field=IntegerField())


def _step(start: Instant, end: Instant, parts: int) -> int:
    return max(-(-(milliseconds(end) - milliseconds(start)) // parts), 1)


def _at(moment: int) -> Instant:
    return from_epoch(0, moment * 1000)


_decoder = msgspec.json.Decoder(Event)


def _decode(body: bytes | memoryview) -> Event:
    return _decoder.decode(body)


def events_by_id(incident: Incident, ids: Iterable[str]) -> dict[str, Event]:
    """Return events of an incident that the caller was let in to."""
    bodies = StoredEvent.objects.filter(incident=incident, event_id__in=list(ids)).values_list("body", flat=True)
    return {event.id: event for event in map(_decode, bodies)}
