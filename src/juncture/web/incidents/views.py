"""Pages of incidents."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from juncture.web.access.middleware import ViewerRequest
from juncture.web.evidence.api import date_of
from juncture.web.evidence.operations import PASTED_NAME, Received, receive
from juncture.web.evidence.selectors import evidence_of, imports_of
from juncture.web.incidents import selectors
from juncture.web.incidents.operations import UNTITLED, declare
from juncture.web.pages.answers import page
from juncture.web.timeline.selectors import Wanted, events_of

SHOWN_EVENTS = 60


@require_POST
@page
def new(request: ViewerRequest) -> HttpResponse:
    """Declare an incident from the one box: files, a folder or pasted text; then show the import."""
    title = request.POST.get("title", "").strip() or UNTITLED
    date_of(request.POST.get("date", ""))
    incident = declare(request.viewer, title=title, visibility=request.POST.get("visibility") or "organisation")
    if not request.FILES.getlist("file") and not request.POST.get("text", "").strip():
        return redirect("incident", incident.public_id)
    return _received(request, incident.public_id)


@require_POST
@page
def add_evidence(request: ViewerRequest, incident: str) -> HttpResponse:
    """Add evidence to an incident, and show the import."""
    return _received(request, incident)


@require_GET
@page
def incident(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show one incident: what is known of it, its evidence, its key events, its postmortem."""
    seen = selectors.incident(request.viewer, incident)
    events, total = events_of(request.viewer, incident, Wanted(key_only=True), limit=SHOWN_EVENTS)
    all_events = events_of(request.viewer, incident, limit=1)[1]
    told = {
        "incident": seen,
        "events": events,
        "total": total,
        "all_events": all_events,
        "sentence": _sentence(all_events, seen),
        "imports": imports_of(request.viewer, incident),
        "evidence": evidence_of(request.viewer, incident),
    }
    return render(request, "incidents/incident.html", told)


def _received(request: ViewerRequest, incident: str) -> HttpResponse:
    """Take text and files as one import, so that one draft follows from both."""
    text = request.POST.get("text", "")
    files = [Received(name, file) for name, file in _named_files(request)]
    if text.strip():
        files.insert(0, Received(PASTED_NAME, io.BytesIO(text.encode("utf-8", "replace"))))
    date, zone = date_of(request.POST.get("date", "")), request.POST.get("timezone", "") or request.viewer.zone
    run = receive(request.viewer, incident, files, date=date, zone=zone)
    return redirect("import", run.public_id)


def _sentence(events: int, incident: selectors.IncidentView) -> str:
    if not events:
        return "No evidence has been read yet. Add what the incident left behind, and a draft can be started."
    if incident.postmortems:
        return f"{events:,} events were read from the evidence."
    return f"{events:,} events were read from the evidence. There is no postmortem yet."


def _named_files(request: ViewerRequest) -> list[tuple[str, BinaryIO]]:
    """Return the uploads with the folders that a browser gives beside them (`paths`, one for each file)."""
    files, paths = request.FILES.getlist("file"), request.POST.getlist("paths")
    names = paths if len(paths) == len(files) else [file.name or "file" for file in files]
    return [(name, cast("BinaryIO", file)) for name, file in zip(names, files, strict=True)]
