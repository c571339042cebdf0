"""Artefacts over the API: their lines and bytes for their ring, when a picture was, and whether all is as received."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from msgspec import Struct

from juncture.evidence.places import ExcerptLine
from juncture.web.access.problems import answered, body_of, endpoint
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import Query, describe
from juncture.web.evidence.artefact_views import original_of, page_asked_for
from juncture.web.evidence.keeping import open_original, remove_artefact, say_when, verify_now
from juncture.web.evidence.opening import leaf_of
from juncture.web.evidence.selectors import EvidenceView, view_of_item
from juncture.web.evidence.showing import Verification, verification_of


class Opened(Struct, frozen=True):
    """An artefact and a page of its lines, masked, from line `first` on. `text` is false for what has no lines."""

    artefact: EvidenceView
    lines: tuple[ExcerptLine, ...]
    first: int
    more: bool
    text: bool


class Removing(Struct, frozen=True):
    """What is being erased: the artefact, and those that hold it or lie in it, by hash."""

    removing: tuple[str, ...]


class Queued(Struct, frozen=True):
    """An import that will be carried out."""

    import_id: str


class WhenBody(Struct, forbid_unknown_fields=True):
    """When a picture was, as exact as memory is (`around 14:30`), and what it shows. `timezone`: default the person's."""

    when: str
    what: str = ""
    timezone: str | None = None


_PAGE = Query("page", "Which page of its lines, from 1.", "integer")


@describe(
    "Open an artefact: a page of its lines, masked. For its ring; each opening is in the audit.",
    answer=Opened,
    query=(_PAGE,),
)
def _open(request: ViewerRequest, incident: str, sha256: str) -> HttpResponse:
    number = page_asked_for(request)
    item, stream = open_original(request.viewer, incident, sha256, opening=number == 1)
    stream.close()
    leaf = leaf_of(item, number)
    return answered(Opened(view_of_item(item), leaf.lines, leaf.first, leaf.more, leaf.text))


@describe(
    "Return an artefact's bytes as they were received, in parts with `Range`. For its ring; each opening is in the audit.",
    gives="application/octet-stream",
)
def _original(request: ViewerRequest, incident: str, sha256: str) -> HttpResponseBase:
    return original_of(request, incident, sha256)


@describe(
    "Say when a picture was, and what it shows; it is then read onto the timeline.",
    body=WhenBody,
    answer=Queued,
    status=202,
    refuses=(403,),
)
def _when(request: ViewerRequest, incident: str, sha256: str) -> HttpResponse:
    body = body_of(request, WhenBody)
    run = say_when(request.viewer, incident, sha256, when=body.when, what=body.what, zone=body.timezone or "")
    return answered(Queued(run.public_id), 202)


@describe(
    "Remove an artefact: its content is erased, its entry in the ledger stays, with the reason.",
    answer=Removing,
    status=202,
    query=(Query("reason", "Why it is removed; stays in the ledger for ever."),),
    refuses=(403, 409, 422),
)
def _remove(request: ViewerRequest, incident: str, sha256: str) -> HttpResponse:
    run = remove_artefact(request.viewer, incident, sha256, reason=request.GET.get("reason", ""))
    return answered(Removing(tuple(item["sha256"] for item in run.given)), 202)


@describe(
    "Return what the last verification of an incident's evidence found; `state` is `never` before there was one.",
    answer=Verification,
)
def _verified(request: ViewerRequest, incident: str) -> HttpResponse:
    return answered(verification_of(request.viewer, incident))


@describe(
    "Verify the evidence of an incident: every artefact is read and compared with the ledger.",
    answer=Verification,
    status=202,
    refuses=(403,),
)
def _verify(request: ViewerRequest, incident: str) -> HttpResponse:
    verify_now(request.viewer, incident)
    return answered(verification_of(request.viewer, incident), 202)


one_artefact = endpoint(GET=_open, DELETE=_remove)
original = endpoint(GET=_original)
when = endpoint(POST=_when)
verification = endpoint(GET=_verified, POST=_verify)
