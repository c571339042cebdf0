"""The audit over the API."""

from __future__ import annotations

from django.http import HttpResponse

from juncture.web.access.problems import answered, endpoint, limit_of
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe
from juncture.web.journal import selectors
from juncture.web.journal.views import wanted_of

_QUERY = (
    Query("person", "Part of the name or the address of who did it."),
    Query("action", "What was done; `open` for what was opened."),
    Query("kind", "The kind of thing."),
    Query("incident", "The id of an incident."),
    Query("from", "The first day, in UTC.", format="date"),
    Query("to", "The last day, in UTC.", format="date"),
    LIMIT,
    CURSOR,
)


@describe(
    "List who did and who opened what, newest first; administrators alone.",
    answer=Listed[selectors.Entry],
    query=_QUERY,
    refuses=(403, 422),
)
def _list(request: ViewerRequest) -> HttpResponse:
    limit = limit_of(request, default=50, most=200)
    wanted = wanted_of(request, "UTC")
    found, following = selectors.entries(request.viewer, wanted, cursor=request.GET.get("cursor", ""), limit=limit)
    return answered(Listed(found, following))


audit = endpoint(GET=_list)
