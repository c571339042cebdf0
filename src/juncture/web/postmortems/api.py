"""Postmortems over the API."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse
from msgspec import Struct

from juncture.document.findings import Finding
from juncture.model.record import Postmortem as Record
from juncture.web.access.errors import NotFound
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe
from juncture.web.postmortems import operations, section_views, selectors
from juncture.web.postmortems.citing import Citable, citable
from juncture.web.postmortems.diagnosing import diagnostics
from juncture.web.postmortems.exporting import as_pdf, file_policy
from juncture.web.postmortems.object_selectors import written
from juncture.web.postmortems.sending import PUBLICATION, import_markdown, markdown, replace_markdown
from juncture.web.postmortems.showing import exported


class StartBody(Struct, forbid_unknown_fields=True):
    """What starts a postmortem."""

    practice: str | None = None


class SectionBody(Struct, forbid_unknown_fields=True):
    """A section's text as it was (`base`) and as it should be (`text`)."""

    base: str
    text: str


class StateBody(Struct, forbid_unknown_fields=True):
    """The state to bring it to, and why."""

    to: str
    reason: str | None = None


class Started(Struct, frozen=True):
    """A new postmortem, its page, and where it stands."""

    id: str
    url: str
    state: str


class Merged(Struct, frozen=True):
    """A section as it stands now: what was sent, merged with what others had written."""

    text: str


class Found(Struct, frozen=True):
    """Events that may be cited; times are in UTC, as the document says them."""

    items: list[Citable]


class Findings(Struct, frozen=True):
    """What checks say of the working text, in the shape of `juncture lint`."""

    findings: list[Finding]


class Stands(Struct, frozen=True):
    """Where a postmortem stands, and the number of its latest publication (0: none)."""

    id: str
    state: str
    publication: int


_WORDS = (Query("q", "Words in the event, or a time of day such as 14:32."),)


@describe("Draft a postmortem from the timeline.", body=StartBody, answer=Started, status=201, refuses=(403,))
def _start(request: ViewerRequest, incident: str) -> HttpResponse:
    practice = body_of(request, StartBody).practice or "google"
    row = operations.start_postmortem(request.viewer, incident, practice=practice)
    return answered(Started(row.public_id, f"/postmortems/{row.public_id}/", row.state), 201)


@describe("List postmortems, newest first.", answer=Listed[selectors.PostmortemLine], query=(LIMIT, CURSOR), refuses=(422,))
def _list(request: ViewerRequest) -> HttpResponse:
    found, following = selectors.postmortems(
        request.viewer, limit=limit_of(request, default=50, most=200), before=cursor_of(request)
    )
    return listed(found, following)


@describe(
    "Return one postmortem: its record, and its sections with their ids.", answer=selectors.PostmortemView, query=PUBLICATION
)
def _one(request: ViewerRequest, postmortem: str) -> HttpResponse:
    return answered(_seen(request, postmortem))


def _seen(request: ViewerRequest, postmortem: str) -> selectors.PostmortemView:
    return selectors.postmortem(request.viewer, postmortem, published=request.GET.get("publication") == "latest")


@describe("Export the record as JSON.", answer=Record, query=PUBLICATION)
def _json(request: ViewerRequest, postmortem: str) -> HttpResponse:
    body = msgspec.json.format(msgspec.json.encode(_seen(request, postmortem).record), indent=2)
    return HttpResponse(body, content_type="application/json")


@describe("Export as one HTML file that needs nothing else.", gives="text/html", query=PUBLICATION)
def _html(request: ViewerRequest, postmortem: str) -> HttpResponse:
    view = _seen(request, postmortem)
    text = exported(request.viewer, view)
    answer = HttpResponse(text, content_type="text/html; charset=utf-8")
    return file_policy(answer, text)


@describe("Export as a PDF, by the print style.", gives="application/pdf", query=PUBLICATION, refuses=(501, 503))
def _pdf(request: ViewerRequest, postmortem: str) -> HttpResponse:
    view = _seen(request, postmortem)
    answer = HttpResponse(as_pdf(exported(request.viewer, view)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="postmortem-{postmortem}.pdf"'
    return answer


@describe("Write a section; what others wrote since `base` is merged.", body=SectionBody, answer=Merged, refuses=(403,))
def _write_section(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    body = body_of(request, SectionBody)
    text = operations.apply(request.viewer, postmortem, section, base=body.base, text=body.text)
    return answered(Merged(text))


@describe("Find events to cite, by words or by a time of day; key events first.", answer=Found, query=_WORDS)
def _citable(request: ViewerRequest, postmortem: str) -> HttpResponse:
    if not request.viewer.may_write:
        raise NotFound
    return answered(Found(citable(request.viewer, postmortem, storable(request.GET.get("q", ""))[:200])))


@describe("List what checks say of the working text: claims, citations, open questions, what waits.", answer=Findings)
def _diagnostics(request: ViewerRequest, postmortem: str) -> HttpResponse:
    found = diagnostics(request.viewer, *written(request.viewer, postmortem))
    return answered(Findings(found))


@describe(
    "Bring a postmortem to another state; `published` freezes a publication.", body=StateBody, answer=Stands, refuses=(403, 409)
)
def _set_state(request: ViewerRequest, postmortem: str) -> HttpResponse:
    body = body_of(request, StateBody)
    row = operations.set_state(request.viewer, postmortem, body.to, reason=body.reason or "")
    return answered(Stands(row.public_id, row.state, row.published_number))


start = endpoint(POST=_start)
postmortems = endpoint(GET=_list, POST=import_markdown)
one_postmortem = endpoint(GET=_one)
as_markdown = endpoint(GET=markdown, PUT=replace_markdown)
as_json = endpoint(GET=_json)
as_html = endpoint(GET=_html)
pdf = endpoint(GET=_pdf)
sections = endpoint(GET=section_views.list_sections, POST=section_views.add_by_call)
citable_events = endpoint(GET=_citable)
diagnostics_of = endpoint(GET=_diagnostics)
section = endpoint(PATCH=_write_section, DELETE=section_views.remove_by_call)
arranged_section = endpoint(POST=section_views.arrange_by_call)
state = endpoint(POST=_set_state)
