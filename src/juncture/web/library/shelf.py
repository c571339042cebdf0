"""What there is to read: the newest publications, and what was learned lately. A near miss stands among the rest."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Substr
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.library.models import Audience, Kind, PublishedLesson, SearchEntry
from juncture.web.library.plain import HEADING
from juncture.web.postmortems.models import Postmortem, Publication

_START = 1500
_ABSTRACT = 260
_LESSONS_READ = 60


class Volume(Struct, frozen=True):
    """A publication on the shelf: how its summary begins, of what incident, when it was published."""

    title: str
    url: str
    abstract: str
    severity: str | None
    services: tuple[str, ...]
    published_at: datetime


class LearnedLine(Struct, frozen=True):
    """A lesson of a publication: its kind (`learned`, `got_lucky`), in its author's words."""

    kind: str
    text: str
    title: str
    url: str
    services: tuple[str, ...]
    published_at: datetime


def newest_publications(viewer: Viewer, *, limit: int) -> list[Volume]:
    """Return the publications that were published last, newest first, as readers see them."""
    seen = Postmortem.objects.visible_to(viewer).filter(published_number__gt=0).order_by().values("pk")
    latest = Publication.objects.filter(postmortem__in=seen, number=F("postmortem__published_number")).order_by("-pk")
    rows = list(latest.values_list("postmortem__public_id", "published_at")[:limit])
    entries = SearchEntry.objects.visible_to(viewer).filter(
        kind=Kind.POSTMORTEM,
        object_id__in=[public_id for public_id, _ in rows],
        audience__in=(Audience.EVERYBODY, Audience.READERS),
    )
    told = {
        public_id: rest
        for public_id, *rest in entries.annotate(start=Substr("body", 1, _START)).values_list(
            "object_id", "title", "start", "severity", "services"
        )
    }
    return [
        Volume(title, _address(public_id), abstract_of(start), severity or None, _names(services), at)
        for public_id, at in rows
        if public_id in told
        for title, start, severity, services in [told[public_id]]
    ]


def learned_lately(viewer: Viewer, *, limit: int) -> list[LearnedLine]:
    """Return what the newest publications learned, or were lucky in: one line of each, newest first."""
    lessons = PublishedLesson.objects.visible_to(viewer).filter(kind__in=("learned", "got_lucky"))
    columns = ("postmortem__public_id", "kind", "text", "published_at")
    first: dict[str, tuple[str, str, datetime]] = {}
    for public_id, kind, text, at in lessons.order_by("-published_at", "position").values_list(*columns)[:_LESSONS_READ]:
        first.setdefault(public_id, (kind, text, at))
    shown = list(first)[:limit]
    entries = SearchEntry.objects.visible_to(viewer).filter(
        kind=Kind.POSTMORTEM, object_id__in=shown, audience__in=(Audience.EVERYBODY, Audience.READERS)
    )
    told = {public_id: rest for public_id, *rest in entries.values_list("object_id", "title", "services")}
    return [
        LearnedLine(kind, text, told[public_id][0], _address(public_id), _names(told[public_id][1]), at)
        for public_id in shown
        if public_id in told
        for kind, text, at in [first[public_id]]
    ]


def abstract_of(body: str) -> str:
    """Return how a document's first prose begins: whole sentences where they fit."""
    prose = next((line for line in body.split("\n") if line and not line.startswith(HEADING)), "")
    if len(prose) <= _ABSTRACT:
        return prose
    end = prose.rfind(". ", 0, _ABSTRACT) + 1
    return prose[:end] if end > _ABSTRACT // 3 else f"{prose[: prose.rfind(' ', 0, _ABSTRACT)]}…"


def _address(postmortem: str) -> str:
    return f"/postmortems/{postmortem}/published/"


def _names(services: str) -> tuple[str, ...]:
    return tuple(filter(None, services.split("\n")))
