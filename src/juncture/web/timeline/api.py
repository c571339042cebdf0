"""The timeline over the API."""

from __future__ import annotations

from django.http import HttpResponse

from juncture.model.evidence import Event
from juncture.web.access.problems import cursor_of, endpoint, instant_of, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe
from juncture.web.timeline import selectors


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


timeline = endpoint(GET=_events)
