"""Postmortems over the API."""

from __future__ import annotations

from hashlib import sha256

import msgspec
from django.http import HttpResponse
from msgspec import Struct

from juncture.document.html.page import page
from juncture.document.record_file import write
from juncture.web.access.middleware import ViewerRequest
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, limit_of, listed
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.exporting import file_policy


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


def _start(request: ViewerRequest, incident: str) -> HttpResponse:
    practice = body_of(request, StartBody).practice or "google"
    row = operations.start_postmortem(request.viewer, incident, practice=practice)
    return answered({"id": row.public_id, "url": f"/postmortems/{row.public_id}/", "state": row.state}, 201)


def _list(request: ViewerRequest) -> HttpResponse:
    found, following = selectors.postmortems(
        request.viewer, limit=limit_of(request, default=50, most=200), before=cursor_of(request)
    )
    return listed(found, following)


def _one(request: ViewerRequest, postmortem: str) -> HttpResponse:
    return answered(_seen(request, postmortem))


def _seen(request: ViewerRequest, postmortem: str) -> selectors.PostmortemView:
    return selectors.postmortem(request.viewer, postmortem, published=request.GET.get("publication") == "latest")


def _markdown(request: ViewerRequest, postmortem: str) -> HttpResponse:
    text = write(_seen(request, postmortem).record).encode("utf-8", "replace")
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["ETag"] = f'"{sha256(text).hexdigest()}"'
    answer["Content-Disposition"] = f'inline; filename="postmortem-{postmortem}.md"'
    return answer


def _json(request: ViewerRequest, postmortem: str) -> HttpResponse:
    body = msgspec.json.format(msgspec.json.encode(_seen(request, postmortem).record), indent=2)
    return HttpResponse(body, content_type="application/json")


def _html(request: ViewerRequest, postmortem: str) -> HttpResponse:
    view = _seen(request, postmortem)
    text = page(view.record, selectors.excerpts_for(view))
    answer = HttpResponse(text, content_type="text/html; charset=utf-8")
    return file_policy(answer, text)


def _write_section(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    body = body_of(request, SectionBody)
    text = operations.apply(request.viewer, postmortem, section, base=body.base, text=body.text)
    return answered({"text": text})


def _set_state(request: ViewerRequest, postmortem: str) -> HttpResponse:
    body = body_of(request, StateBody)
    row = operations.set_state(request.viewer, postmortem, body.to, reason=body.reason or "")
    return answered({"id": row.public_id, "state": row.state, "publication": row.published_number})


start = endpoint(POST=_start)
postmortems = endpoint(GET=_list)
one_postmortem = endpoint(GET=_one)
as_markdown = endpoint(GET=_markdown)
as_json = endpoint(GET=_json)
as_html = endpoint(GET=_html)
section = endpoint(PATCH=_write_section)
state = endpoint(POST=_set_state)
