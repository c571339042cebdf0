"""Search over the API."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.web.access.problems import answered, endpoint, limit_of
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import LIMIT, Query, describe
from juncture.web.library.search import FACETS, Item, found, items
from juncture.web.library.views import search_of


class FoundItems(Struct, frozen=True):
    """The hits, best first, and how many there are in all (of very many, the newest are counted)."""

    items: list[Item]
    total: int


_QUERY = (
    Query("q", 'What is looked for: words, all of which a hit holds; "words in quotes" stand as they do there.'),
    *(Query(name, f"Only hits of this {name}; may be given several times.") for name in FACETS),
    LIMIT,
)


@describe("Search incidents, postmortems, actions, and key and cited events.", answer=FoundItems, query=_QUERY, refuses=(422,))
def _search(request: ViewerRequest) -> HttpResponse:
    limit = limit_of(request, default=20, most=100)
    answer = found(request.viewer, search_of(request))
    return answered(FoundItems(items(request.viewer, answer, limit=limit), len(answer.hits)))


search = endpoint(GET=_search)
