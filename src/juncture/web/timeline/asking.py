"""What a page of the timeline is asked for, all of it in its address: filters, words, window, zone, the event that is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from msgspec import Struct
from msgspec.structs import replace

from juncture.document.drawing.clock import Clock
from juncture.model.evidence import Lane
from juncture.model.instants import Instant, to_iso
from juncture.web.access.errors import Invalid
from juncture.web.access.problems import cursor_of, instant_of, sealed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.timeline.operations import zone_of

_SHORTEST = timedelta(seconds=1)
_MOST_WORDS = 200


class Look(Struct, frozen=True):
    """What to show. Without lanes, all of them; `like` are the events of one template, `unlike` those of none of these."""

    words: str = ""
    lanes: tuple[Lane, ...] = ()
    source: str = ""
    key_only: bool = False
    hidden: bool = False
    zone: str = "UTC"
    own_zone: str = "UTC"
    start: Instant | None = None
    end: Instant | None = None
    event: str = ""
    like: str = ""
    unlike: tuple[str, ...] = ()
    offset: int = 0

    @property
    def clock(self) -> Clock:
        """The clock of the zone that was asked for."""
        return Clock(self.zone)

    @property
    def is_flat(self) -> bool:
        """Whether the list is every event that was found, page by page, and nothing is folded."""
        return bool(self.words or self.like or self.unlike or self.key_only or self.hidden)

    @property
    def is_whole(self) -> bool:
        """Whether no event is left out by what was asked for: only then silence may be told of."""
        return not (self.is_flat or self.lanes or self.source)

    def address(self, **changes: Any) -> str:  # noqa: ANN401 - the fields of this struct
        """Return the query of the same page with some of it changed."""
        then = replace(self, **({"offset": 0} | changes))
        asked: list[tuple[str, str]] = [("q", then.words)] if then.words else []
        asked += [("lane", lane) for lane in then.lanes]
        asked += [("source", then.source)] if then.source else []
        asked += [("key", "true")] if then.key_only else []
        asked += [("hidden", "true")] if then.hidden else []
        asked += [("zone", then.zone)] if then.zone != then.own_zone else []
        asked += [("from", to_iso(then.start))] if then.start else []
        asked += [("to", to_iso(then.end))] if then.end else []
        asked += [("like", then.like)] if then.like else []
        asked += [("unlike", ",".join(then.unlike))] if then.unlike else []
        asked += [("cursor", sealed(then.offset))] if then.offset else []
        asked += [("event", then.event)] if then.event else []
        return f"?{urlencode(asked)}"


def look_of(request: ViewerRequest) -> Look:
    """Return what a page was asked for. Raises Invalid, saying what to write instead."""
    start, end = instant_of(request, "from"), instant_of(request, "to")
    if start is not None and end is not None and end - start < _SHORTEST:
        raise Invalid("The end of a window is at least a second after its start. Change from or to.")
    zone = _word(request, "zone") or request.viewer.zone
    zone_of(zone)
    return Look(
        words=" ".join(_word(request, "q").split())[:_MOST_WORDS],
        lanes=_lanes(request),
        source=_word(request, "source"),
        key_only=_is_on(request, "key"),
        hidden=_is_on(request, "hidden") and request.viewer.may_write,
        zone=zone,
        own_zone=request.viewer.zone,
        start=start,
        end=end,
        event=_word(request, "event")[:64],
        like=_word(request, "like")[:16],
        unlike=tuple(each[:16] for each in _word(request, "unlike").split(",")[:100] if each),
        offset=cursor_of(request) or 0,
    )


def _word(request: HttpRequest, name: str) -> str:
    return storable(request.GET.get(name, "")).strip()


def _is_on(request: HttpRequest, name: str) -> bool:
    return request.GET.get(name, "").lower() in {"1", "true", "yes"}


def _lanes(request: HttpRequest) -> tuple[Lane, ...]:
    asked = request.GET.getlist("lane")
    unknown = [lane for lane in asked if lane not in list(Lane)]
    if unknown:
        raise Invalid(f"{unknown[0][:40]!r} is no lane: {', '.join(Lane)}.")
    picked = tuple(lane for lane in Lane if lane in asked)
    return () if len(picked) == len(Lane) else picked
