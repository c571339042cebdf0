"""The timeline over the API."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.model.evidence import Event
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, instant_of, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe
from juncture.web.timeline import history, operations, selectors


class CorrectionBody(Struct, forbid_unknown_fields=True):
    """What corrects an event, or adds one: `kind` says which of the other fields are read.

    `time`: `time` (an instant, or as a person remembers it: `around 14:30`, read in `timezone`). `text`: `text`. `lane`:
    `lane`. `annotate`: `annotation`. `split`: `sightings`, ids among the event's aliases. `join`: `other`, an event's id.
    `add`: `time`, `lane`, `text`. `pin`, `unpin`, `hide` and `show` need nothing more. `why` may always be said.
    """

    kind: str
    event: str | None = None
    time: str | None = None
    timezone: str | None = None
    text: str | None = None
    lane: str | None = None
    annotation: str | None = None
    sightings: list[str] | None = None
    other: str | None = None
    why: str | None = None


@describe(
    "List events of an incident in the order of time.",
    answer=Listed[Event],
    query=(
        Query("from", "From this instant on.", format="date-time"),
        Query("to", "Until before this instant.", format="date-time"),
        Query("q", "Words that the summary has, all of them."),
        Query("key", "Key events only.", "boolean"),
        LIMIT,
        CURSOR,
    ),
    refuses=(422,),
)
def _events(request: ViewerRequest, incident: str) -> HttpResponse:
    limit, offset = limit_of(request, default=100, most=1000), cursor_of(request) or 0
    wanted = selectors.Wanted(
        instant_of(request, "from"),
        instant_of(request, "to"),
        storable(request.GET.get("q", "")),
        request.GET.get("key", "").lower() in {"1", "true", "yes"},
    )
    events, more = selectors.events_of(request.viewer, incident, wanted, limit=limit, offset=offset)
    return listed(events, offset + len(events) if more else None)


@describe(
    "List corrections of an incident's events in the order in which they were made; none for who only reads.",
    answer=Listed[history.CorrectionView],
    query=(Query("event", "Of this event alone."), LIMIT, CURSOR),
    refuses=(422,),
)
def _corrections(request: ViewerRequest, incident: str) -> HttpResponse:
    limit, after = limit_of(request, default=100, most=1000), cursor_of(request) or 0
    event = storable(request.GET.get("event", ""))[:64]
    found, following = history.corrections(request.viewer, incident, event=event, limit=limit, after=after)
    return listed(found, following)


@describe(
    "Correct an event of an incident, or add one.",
    body=CorrectionBody,
    answer=history.CorrectionView,
    status=201,
    refuses=(403, 422),
)
def _correct(request: ViewerRequest, incident: str) -> HttpResponse:
    body = body_of(request, CorrectionBody)
    asked = operations.Asked(
        kind=body.kind,
        event=body.event or "",
        time=body.time or "",
        zone=body.timezone or request.viewer.zone,
        text=body.text or "",
        lane=body.lane or "",
        annotation=body.annotation or "",
        sightings=tuple(body.sightings or ()),
        other=body.other or "",
        why=body.why or "",
    )
    return answered(history.view_of(operations.correct(request.viewer, incident, asked)), 201)


timeline = endpoint(GET=_events)
corrections = endpoint(GET=_corrections, POST=_correct)
