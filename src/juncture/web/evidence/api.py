"""Evidence and imports over the API."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse

from juncture.web.access.errors import Invalid
from juncture.web.access.middleware import ViewerRequest
from juncture.web.access.problems import answered, endpoint
from juncture.web.evidence import operations, selectors
from juncture.web.incidents.selectors import incident_row


def _add(request: ViewerRequest, incident: str) -> HttpResponse:
    date = date_of(request.GET.get("date", "")) or started_on(request, incident)
    zone = request.GET.get("timezone", "") or request.viewer.zone
    kind = request.content_type
    if kind == "text/plain":
        text = request.body.decode("utf-8", "replace")
        run = operations.receive_text(request.viewer, incident, text, date=date, zone=zone)
    elif kind == "multipart/form-data":
        files = [operations.Received(file.name or "file", file) for file in request.FILES.getlist("file")]  # type: ignore[arg-type]  # an upload is a binary stream
        run = operations.receive(request.viewer, incident, files, date=date, zone=zone)
    else:
        refused = Invalid("Send files as multipart/form-data in `file`, or pasted text as text/plain.")
        refused.status = 415
        raise refused
    return answered({"import_id": run.public_id}, 202)


def date_of(text: str) -> dt.date | None:
    """Return a day from a form or query, None if empty. Raises Invalid."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is not a day: write year-month-day, such as 2026-03-02") from None


def started_on(request: HttpRequest, incident: str) -> dt.date | None:
    """Return the day on which the incident started, as far as it says so: the day of times that stand without one."""
    row = incident_row(request.viewer, incident)  # type: ignore[attr-defined]  # the middleware sets it
    return row.started_at.date() if row.started_at else None


def _import(request: ViewerRequest, run: str) -> HttpResponse:
    return answered(selectors.import_run(request.viewer, run))


def _cancel(request: ViewerRequest, run: str) -> HttpResponse:
    operations.cancel_import(request.viewer, run)
    return answered(selectors.import_run(request.viewer, run))


evidence = endpoint(POST=_add)
one_import = endpoint(GET=_import, DELETE=_cancel)
