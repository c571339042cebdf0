"""Hits as a page shows them: one result an incident, with where its words were found, and what the results share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.safestring import SafeString
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import severity_tones
from juncture.web.library.backends import Hit
from juncture.web.library.costs import Cost, cost_of
from juncture.web.library.highlighting import LENGTH, Looked, marked, places
from juncture.web.library.models import Audience, Kind, SearchEntry
from juncture.web.library.plain import HEADING
from juncture.web.library.search import Found, texts_of, url_of
from juncture.web.library.stemming import stem

_SAY_NOTHING = """
that this with from were have when what which while until after before into than then they them their there been only also
because nobody nothing some more most other over under every each without does could would should
"""
_PLAIN_WORDS = frozenset(_SAY_NOTHING.split())
_LINES = 4
_EVENTS_LENGTH = 140
_FACTOR_WORDS = 6
_ACTION_LABELS = {
    "open": "Open action",
    "in_progress": "Action in progress",
    "done": "Action done",
    "verified": "Verified action",
    "wont_do": "Action dropped",
}


class Line(Struct, frozen=True):
    """Where in an incident something was found: what it is, the passage, its page, when (events), and how many more."""

    where: str
    html: SafeString
    url: str
    at: datetime | None = None
    more: int = 0


class Result(Struct, frozen=True):
    """An incident in which something was found."""

    title: SafeString
    url: str
    name: str
    severity: str | None
    services: tuple[str, ...]
    at: datetime
    restricted: bool
    near_miss: bool
    tone: str
    snippet: SafeString | None
    where: str
    lines: tuple[Line, ...]


class Shared(Struct, frozen=True):
    """What the results on a page have in common: services, words of their factors, open actions, and what they cost."""

    results: int
    services: tuple[tuple[str, int], ...]
    factor_words: tuple[tuple[str, int], ...]
    open_actions: int
    cost: Cost | None


class Page(Struct, frozen=True):
    """A page of results, and how many there are in all."""

    results: tuple[Result, ...]
    total: int
    shared: Shared | None


def page_of(viewer: Viewer, found: Found, *, first: int, size: int, newest_first: bool = False) -> Page:
    """Return the results from `first` on, best first."""
    groups = _grouped(found.hits, newest_first=newest_first)
    shown = groups[first : first + size]
    rows = (
        Incident.objects.visible_to(viewer).filter(pk__in=[group[0].incident for group in shown]).prefetch_related("services")
    )
    incidents = {row.pk: row for row in rows}
    entries = [hit for group in shown for hit in _best(group)]
    texts = texts_of(viewer, entries)
    telling = _Telling(texts, found.looked, severity_tones())
    seen = [group for group in shown if group[0].incident in incidents]
    results = tuple(_result(incidents[group[0].incident], group, telling) for group in seen)
    bodies = [texts[hit.entry][1] for hit in entries if hit.kind == Kind.POSTMORTEM and hit.entry in texts]
    shared = _shared(viewer, results, list(incidents), bodies) if len(results) > 1 else None
    return Page(results, len(groups), shared)


class _Telling(NamedTuple):
    texts: dict[int, tuple[str, str]]
    looked: Looked
    tones: dict[str, str]


def _grouped(hits: Sequence[Hit], *, newest_first: bool) -> list[list[Hit]]:
    groups: dict[int, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.incident, []).append(hit)
    if newest_first:
        return list(groups.values())
    # What is found in several places of an incident counts a little more than what is found in one.
    return sorted(groups.values(), key=lambda group: -(group[0].score + sum(hit.score for hit in group[1:4]) / 10))


def _best(group: Sequence[Hit]) -> list[Hit]:
    """Return the hits of a group that its result shows: one document, a few actions, an event."""
    documents = [hit for hit in group if hit.kind in {Kind.POSTMORTEM, Kind.INCIDENT}]
    documents.sort(key=lambda hit: hit.kind != Kind.POSTMORTEM)
    actions = [hit for hit in group if hit.kind == Kind.ACTION]
    events = [hit for hit in group if hit.kind == Kind.EVENT]
    return [*documents[:1], *actions[:2], *events[:1]]


def _result(incident: Incident, group: Sequence[Hit], telling: _Telling) -> Result:
    texts, looked, tones = telling
    shown = [hit for hit in _best(group) if hit.entry in texts]
    document = next((hit for hit in shown if hit.kind in {Kind.POSTMORTEM, Kind.INCIDENT}), None)
    title, body = texts[document.entry] if document else (incident.title, "")
    passages = places(body, looked) if document and document.kind == Kind.POSTMORTEM else []
    url = url_of(document, incident.public_id) if document else f"/incidents/{incident.public_id}/"
    lines = [Line(passage.where or "Text", passage.html, url) for passage in passages[1:]]
    for hit in shown:
        if hit.kind == Kind.ACTION:
            named, _ = texts[hit.entry]
            label = _ACTION_LABELS.get(hit.state, "Action")
            lines.append(Line(label, marked(named, looked), url_of(hit, incident.public_id)))
        elif hit.kind == Kind.EVENT:
            more = sum(one.kind == Kind.EVENT for one in group) - 1
            said = marked(texts[hit.entry][1], looked, length=_EVENTS_LENGTH)
            at = datetime.fromisoformat(hit.at)
            lines.append(Line("Timeline", said, url_of(hit, incident.public_id), at, more))
    return Result(
        marked(title, looked, length=max(LENGTH, len(title))),
        url,
        f"INC-{incident.public_id[:8]}",
        incident.severity or None,
        tuple(service.name for service in incident.services.get_queryset()),
        incident.started_at or incident.created_at,
        incident.visibility == "restricted",
        incident.near_miss,
        tones.get(incident.severity_key, ""),
        passages[0].html if passages else None,
        passages[0].where if passages else "",
        tuple(lines[:_LINES]),
    )


def _shared(viewer: Viewer, results: Sequence[Result], incidents: Sequence[int], bodies: Iterable[str]) -> Shared:
    services = Counter(service for result in results for service in result.services)
    is_open = Q(kind=Kind.ACTION, state__in=("open", "in_progress"), audience__in=Audience.of(viewer))
    open_actions = SearchEntry.objects.visible_to(viewer).filter(is_open, incident__in=incidents).count()
    return Shared(
        len(results),
        tuple((name, count) for name, count in services.most_common(3) if count > 1),
        _factor_words(bodies),
        open_actions,
        cost_of(viewer, incidents),
    )


def _factor_words(bodies: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return the words that stand in factors of several postmortems, by their stems, each as it was first written."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for body in bodies:
        words: set[str] = set()
        for line in body.partition(f"{HEADING}Factor\n")[2].partition(HEADING)[0].lower().split("\n"):
            for word in line.split()[1:]:
                plain = word.strip(".,;:()\"'")
                if len(plain) > 3 and plain.isalpha() and plain not in _PLAIN_WORDS:
                    words.add(stem(plain))
                    written.setdefault(stem(plain), plain)
        counts.update(words)
    return tuple((written[word], count) for word, count in counts.most_common(_FACTOR_WORDS) if count > 1)
