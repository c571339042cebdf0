"""Evidence and imports over the API."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse

from juncture.web.access.errors import Invalid
from juncture.web.access.problems import answered, bytes_of, endpoint, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import Listed, Query, describe
from juncture.web.evidence import operations, selectors
from juncture.web.evidence.artefact_api import Queued
from juncture.web.evidence.forms import date_of
from juncture.web.evidence.ring import row_for_evidence
from juncture.web.incidents.operations import require_author
from juncture.web.incidents.selectors import incident_row

_WHEN = (
    Query("date", "The day of times that stand without one; default: the day of `started_at`, else today.", format="date"),
    Query("timezone", "The IANA name of the zone of times that stand without one; default: the person's."),
)


@describe(
    "Add evidence: files in `file`, or pasted text.",
    answer=Queued,
    status=202,
    query=_WHEN,
    takes=("multipart/form-data", "text/plain"),
    refuses=(403, 413, 415, 422, 507),
)
def _add(request: ViewerRequest, incident: str) -> HttpResponse:
    require_author(request.viewer, "add evidence")
    date = date_of(request.GET.get("date", "")) or started_on(request, incident)
    zone = request.GET.get("timezone", "") or request.viewer.zone
    kind = request.content_type
    if kind == "text/plain":
        text = bytes_of(request).decode("utf-8", "replace")
        run = operations.receive_text(request.viewer, incident, text, date=date, zone=zone)
    elif kind == "multipart/form-data":
        files = [operations.Received(file.name or "file", file) for file in request.FILES.getlist("file")]  # type: ignore[arg-type]  # an upload is a binary stream
        run = operations.receive(request.viewer, incident, files, date=date, zone=zone)
    else:
        refused = Invalid("Send files as multipart/form-data in `file`, or pasted text as text/plain.")
        refused.status = 415
        raise refused
    return answered(Queued(run.public_id), 202)


def started_on(request: HttpRequest, incident: str) -> dt.date | None:
    """Return the day on which the incident started, as far as it says so: the day of times that stand without one."""
    row = incident_row(request.viewer, incident)  # type: ignore[attr-defined]  # the middleware sets it
    return row.started_at.date() if row.started_at else None


@describe("Return how far an import is, and its account.", answer=selectors.ImportView)
def _import(request: ViewerRequest, run: str) -> HttpResponse:
    return answered(selectors.import_run(request.viewer, run))


@describe("Stop an import; what it has read stays.", answer=selectors.ImportView, refuses=(403, 409))
def _cancel(request: ViewerRequest, run: str) -> HttpResponse:
    operations.cancel_import(request.viewer, run)
    return answered(selectors.import_run(request.viewer, run))


@describe("List the artefacts of an incident in the order of receiving.", answer=Listed[selectors.EvidenceView])
def _list(request: ViewerRequest, incident: str) -> HttpResponse:
    row_for_evidence(request.viewer, incident)
    return listed(selectors.evidence_of(request.viewer, incident), None)


@describe("Read once more an import that failed or was stopped.", answer=selectors.ImportView, refuses=(403, 409))
def _again(request: ViewerRequest, run: str) -> HttpResponse:
    operations.read_again(request.viewer, run)
    return answered(selectors.import_run(request.viewer, run))


evidence = endpoint(GET=_list, POST=_add)
one_import = endpoint(GET=_import, DELETE=_cancel)
again = endpoint(POST=_again)
