"""The history of a postmortem over the API: changes, publications, what differs between two, and bringing a text back."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe
from juncture.web.incidents.operations import require_author
from juncture.web.postmortems import operations
from juncture.web.postmortems.history import publications
from juncture.web.postmortems.history.listing import HistoryItem, history_items
from juncture.web.postmortems.history_views import asked_of, number_of

_NARROWED = (
    Query("section", "The id of a section: only changes of its text.", "integer"),
    Query("person", "The id of a person: only what they did.", "integer"),
    LIMIT,
    CURSOR,
)
_VERSIONS = (
    Query("from", "The number of the older publication; the latest where it is not given.", "integer"),
    Query("to", "The number of the newer publication; the working text where it is not given.", "integer"),
)


class RestoreBody(Struct, forbid_unknown_fields=True):
    """Which text to bring back: that `after` a change, or the one `before` it.

    `seen` is the newest change that you know: what was typed since is kept. Without it nothing counts as typed since.
    """

    change: int
    side: str = "after"
    seen: int | None = None


class Publications(Struct, frozen=True):
    """The publications of a postmortem, newest first."""

    items: list[publications.PublicationLine]


@describe(
    "List who changed what of a postmortem and its parts, newest first; for who may write.",
    answer=Listed[HistoryItem],
    query=_NARROWED,
    refuses=(422,),
)
def _history(request: ViewerRequest, postmortem: str) -> HttpResponse:
    asked, limit = asked_of(request), limit_of(request, default=20, most=100)
    return listed(*history_items(request.viewer, postmortem, asked, limit=limit, before=cursor_of(request)))


@describe(
    "Bring back what a section said after or before a change; to undo it, restore the text `before` the change it answers.",
    body=RestoreBody,
    answer=operations.Restored,
    refuses=(403, 409),
)
def _restore(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    require_author(request.viewer, "write")
    body = body_of(request, RestoreBody)
    done = operations.restore_text(request.viewer, postmortem, body.change, side=body.side, seen=body.seen, section=section)
    return answered(done)


@describe("List the publications with who made them and when; for who may write.", answer=Publications)
def _publications(request: ViewerRequest, postmortem: str) -> HttpResponse:
    return answered(Publications(publications.publications_of(request.viewer, postmortem)))


@describe(
    "Say what a publication, or the working text, says otherwise than an earlier one, word by word; for who may write.",
    answer=publications.Comparison,
    query=_VERSIONS,
    refuses=(422,),
)
def _compare(request: ViewerRequest, postmortem: str) -> HttpResponse:
    older, newer = number_of(request, "from"), number_of(request, "to")
    return answered(publications.comparison_of(request.viewer, postmortem, older, newer))


history = endpoint(GET=_history)
restore = endpoint(POST=_restore)
publications_of = endpoint(GET=_publications)
compare = endpoint(GET=_compare)
