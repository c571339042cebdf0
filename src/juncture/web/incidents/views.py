"""Pages of incidents."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from juncture.web.access.middleware import ViewerRequest
from juncture.web.evidence.api import date_of
from juncture.web.evidence.operations import Received, receive, receive_text
from juncture.web.evidence.selectors import evidence_of, imports_of
from juncture.web.incidents import selectors
from juncture.web.incidents.operations import declare
from juncture.web.pages.answers import page
from juncture.web.timeline.selectors import Wanted, events_of

SHOWN_EVENTS = 60
UNTITLED = "Incident without a title yet"


@require_POST
@page
def new(request: ViewerRequest) -> HttpResponse:
    """Declare an incident from the one box: files, a folder or pasted text; then show the import."""
    title = request.POST.get("title", "").strip() or UNTITLED
    text = request.POST.get("text", "")
    files = [Received(name, file) for name, file in _named_files(request)]
    incident = declare(request.viewer, title=title, visibility=request.POST.get("visibility") or "organisation")
    date, zone = date_of(request.POST.get("date", "")), request.POST.get("timezone", "") or request.viewer.zone
    if not files and not text.strip():
        return redirect("incident", incident.public_id)
    if files and text.strip():
        receive_text(request.viewer, incident.public_id, text, date=date, zone=zone)
    run = (
        receive(request.viewer, incident.public_id, files, date=date, zone=zone)
        if files
        else receive_text(request.viewer, incident.public_id, text, date=date, zone=zone)
    )
    return redirect("import", run.public_id)


@require_GET
@page
def incident(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show one incident: what is known of it, its evidence, its key events, its postmortem."""
    seen = selectors.incident(request.viewer, incident)
    events, total = events_of(request.viewer, incident, Wanted(key_only=True), limit=SHOWN_EVENTS)
    told = {
        "incident": seen,
        "events": events,
        "total": total,
        "imports": imports_of(request.viewer, incident),
        "evidence": evidence_of(request.viewer, incident),
    }
    return render(request, "incidents/incident.html", told)


def _named_files(request: ViewerRequest) -> list[tuple[str, BinaryIO]]:
    """Return the uploads with the folders that a browser gives beside them (`paths`, one for each file)."""
    files, paths = request.FILES.getlist("file"), request.POST.getlist("paths")
    names = paths if len(paths) == len(files) else [file.name or "file" for file in files]
    return [(name, cast("BinaryIO", file)) for name, file in zip(names, files, strict=True)]
