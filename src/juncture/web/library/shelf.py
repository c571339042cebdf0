"""What there is to read: the newest publications, and what was learned lately. A near miss stands among the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Substr
from msgspec import Struct

from juncture.inquiry.criteria import severity_key
from juncture.web.access.viewer import Viewer
from juncture.web.actions.models import ActionItem, State
from juncture.web.incidents.models import Incident
from juncture.web.library.models import Audience, Kind, PublishedLesson, SearchEntry
from juncture.web.library.plain import HEADING
from juncture.web.postmortems.models import Publication

_START = 1500
_ABSTRACT = 260
_LINE = 160
_LESSON = 240


class Volume(Struct, frozen=True):
    """A publication on the shelf: how its summary begins, of what incident, when it was published."""

    id: str
    title: str
    url: str
    abstract: str
    severity: str | None
    services: tuple[str, ...]
    at: datetime
    tone: str = ""
    """The colour of the severity's chip."""


class LearnedLine(Struct, frozen=True):
    """What a publication taught: a lesson in its author's words (`learned`, `got_lucky`), else how it begins (`told`).

    An action that was verified stands among them (`verified`).
    """

    kind: str
    text: str
    title: str
    url: str
    services: tuple[str, ...]
    at: datetime


def newest_publications(viewer: Viewer, *, limit: int, tones: Mapping[str, str] | None = None) -> list[Volume]:
    """Return the publications that were published last, newest first, as readers see them; `tones` colour severities by key."""
    # Asked of each from the newest on: what all may see is in the first few, and the others are never looked at.
    seen = Incident.objects.visible_to(viewer).filter(pk=OuterRef("postmortem__incident_id"))
    latest = Publication.objects.filter(Exists(seen), number=F("postmortem__published_number")).order_by("-pk")
    found = list(latest.values_list("postmortem__public_id", "published_at", "postmortem__incident_id")[:limit])
    rows = [(public_id, at) for public_id, at, _ in found]
    # Of postmortems that the viewer may see, and of them what readers see.
    entries = SearchEntry.objects.get_queryset().filter(
        incident__in={incident for _, _, incident in found},
        kind=Kind.POSTMORTEM,
        object_id__in=[public_id for public_id, _ in rows],
        audience__in=(Audience.EVERYBODY, Audience.READERS),
    )
    columns = ("object_id", "title", "start", "severity", "services")
    told = {public_id: rest for public_id, *rest in entries.annotate(start=Substr("body", 1, _START)).values_list(*columns)}
    return [
        Volume(
            public_id,
            title,
            _address(public_id),
            abstract_of(start),
            severity or None,
            _names(services),
            at,
            (tones or {}).get(severity_key(severity), ""),
        )
        for public_id, at in rows
        if public_id in told
        for title, start, severity, services in [told[public_id]]
    ]


def learned_lately(viewer: Viewer, *, limit: int) -> list[LearnedLine]:
    """Return what the newest publications taught, one line of each, and the actions that were verified; newest first."""
    volumes = newest_publications(viewer, limit=limit)
    lessons = PublishedLesson.objects.visible_to(viewer).filter(
        kind__in=("learned", "got_lucky"), postmortem__public_id__in=[volume.id for volume in volumes]
    )
    first: dict[str, tuple[str, str]] = {}
    for public_id, kind, text in lessons.order_by("position").values_list("postmortem__public_id", "kind", "text"):
        first.setdefault(public_id, (kind, text))
    lines = [
        LearnedLine(*_told(first.get(volume.id), volume.abstract), volume.title, volume.url, volume.services, volume.at)
        for volume in volumes
    ]
    lines += verified_lately(viewer, limit=limit)
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def verified_lately(viewer: Viewer, *, limit: int) -> list[LearnedLine]:
    """Return the actions that were shown to work last."""
    rows = ActionItem.objects.visible_to(viewer).filter(state=State.VERIFIED).order_by("-state_at", "-id")
    return [
        LearnedLine("verified", row.criterion or row.title, row.title, f"/actions/{row.public_id}/", (), row.state_at)
        for row in rows[:limit]
    ]


def abstract_of(body: str) -> str:
    """Return how a document's first prose begins: whole sentences where they fit."""
    return shortened(next((line for line in body.split("\n") if line and not line.startswith(HEADING)), ""), _ABSTRACT)


def shortened(prose: str, limit: int) -> str:
    """Return prose of at most so many characters: whole sentences where they fill a third of it, else whole words."""
    if len(prose) <= limit:
        return prose
    end = prose.rfind(". ", 0, limit) + 1
    return prose[:end] if end > limit // 3 else f"{prose[: max(prose.rfind(' ', 0, limit), limit // 2)]}…"


def _told(lesson: tuple[str, str] | None, abstract: str) -> tuple[str, str]:
    if lesson is None:
        return "told", shortened(abstract, _LINE)
    kind, text = lesson
    return kind, shortened(text, _LESSON)


def _address(postmortem: str) -> str:
    return f"/postmortems/{postmortem}/published/"


def _names(services: str) -> tuple[str, ...]:
    return tuple(filter(None, services.split("\n")))
