"""The library over the API: search, related postmortems, what was learned lately, and what incidents cost."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from msgspec import Struct

from juncture.web.access.problems import answered, endpoint, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import LIMIT, Listed, Query, describe
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.library.costs import Cost, cost_lately
from juncture.web.library.related import Related, related_to
from juncture.web.library.search import FACETS, Item, found, items
from juncture.web.library.shelf import LearnedLine, learned_lately
from juncture.web.library.views import search_of
from juncture.web.postmortems.selectors import line


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


_NEAR = "that share an alert, a service or words, nearest first: why, what mitigated them, and what is open."


@describe(
    f"List earlier postmortems {_NEAR}",
    answer=Listed[Related],
    query=(Query("publication", "`latest`: by what the latest publication says, also for who may write."),),
)
def _related_to_postmortem(request: ViewerRequest, postmortem: str) -> HttpResponse:
    published = request.GET.get("publication") == "latest"
    seen = line(request.viewer, postmortem, published=published)
    return listed(related_to(request.viewer, seen, published=published), None)


@describe(f"List postmortems {_NEAR}", answer=Listed[Related])
def _related_to_incident(request: ViewerRequest, incident: str) -> HttpResponse:
    return listed(related_to(request.viewer, incident_of(request.viewer, incident)), None)


@describe(
    "List what the newest publications taught, and the actions that were shown to work, newest first.",
    answer=Listed[LearnedLine],
    query=(LIMIT,),
    refuses=(422,),
)
def _learned(request: ViewerRequest) -> HttpResponse:
    return listed(learned_lately(request.viewer, limit=limit_of(request, default=20, most=50)), None)


@describe("Return what the incidents of the last 90 days cost: a range a currency, and what it is made of.", answer=Cost)
def _costs(request: ViewerRequest) -> HttpResponse:
    return answered(cost_lately(request.viewer, datetime.now(UTC)) or Cost((), 0, 0))


search = endpoint(GET=_search)
related_to_postmortem = endpoint(GET=_related_to_postmortem)
related_to_incident = endpoint(GET=_related_to_incident)
learned = endpoint(GET=_learned)
costs = endpoint(GET=_costs)
