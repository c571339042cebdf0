"""Calls of the API that take and give the whole document as its Markdown file."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.model.evidence import Note
from juncture.web.access.errors import Invalid
from juncture.web.access.problems import answered, bytes_of
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import Query, describe
from juncture.web.incidents.operations import require_author
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.file_text import etag_of

PUBLICATION = (Query("publication", "`latest`: the latest publication, also for who may see the working text."),)
_INCIDENT = (Query("incident", "The incident it is about; without one, an incident is declared from the front matter."),)


class Imported(Struct, frozen=True):
    """A postmortem that was imported, and what of it stays text: where, and why."""

    id: str
    url: str
    state: str
    incident: str
    notes: tuple[Note, ...]


class Replaced(Struct, frozen=True):
    """A postmortem whose file was replaced, and what of it stays text: where, and why."""

    id: str
    url: str
    notes: tuple[Note, ...]


@describe(
    "Export as one Markdown file; its ETag is what a replacement is conditional on.", gives="text/markdown", query=PUBLICATION
)
def markdown(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Answer the file."""
    text = selectors.markdown_file(request.viewer, postmortem, published=request.GET.get("publication") == "latest")
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["ETag"] = etag_of(text)
    answer["Content-Disposition"] = f'inline; filename="postmortem-{postmortem}.md"'
    return answer


@describe(
    "Replace the whole document by a Markdown file; If-Match holds the ETag of the file that was changed.",
    takes=("text/markdown",),
    answer=Replaced,
    refuses=(403, 412, 413, 415, 422, 428),
)
def replace_markdown(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Take a changed file."""
    require_author(request.viewer, "write")
    selectors.postmortem_row(request.viewer, postmortem)
    text = _sent(request)
    value = operations.replace_file(request.viewer, postmortem, text, expected_etag=request.headers.get("If-Match", ""))
    answer = answered(Replaced(postmortem, f"/postmortems/{postmortem}/", value.notes))
    answer["ETag"] = etag_of(text)
    return answer


@describe(
    "Import a Markdown postmortem that was written elsewhere.",
    takes=("text/markdown",),
    answer=Imported,
    status=201,
    query=_INCIDENT,
    refuses=(403, 404, 413, 415, 422),
)
def import_markdown(request: ViewerRequest) -> HttpResponse:
    """Take a file that this server does not know yet."""
    require_author(request.viewer, "import postmortems")
    row, value = operations.import_file(request.viewer, _sent(request), incident_id=request.GET.get("incident", ""))
    told = Imported(row.public_id, f"/postmortems/{row.public_id}/", row.state, row.incident.public_id, value.notes)
    return answered(told, 201)


def _sent(request: ViewerRequest) -> bytes:
    if (request.content_type or "").lower() not in {"text/markdown", "text/plain", "text/x-markdown"}:
        refused = Invalid("Send the file itself, as Content-Type: text/markdown.")
        refused.status = 415
        raise refused
    return bytes_of(request)
