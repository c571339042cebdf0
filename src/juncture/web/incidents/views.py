"""Pages of incidents."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from juncture.web.access.errors import Invalid, NotAllowed
from juncture.web.access.problems import cursor_of, sealed
from juncture.web.access.requests import ViewerRequest
from juncture.web.evidence.forms import date_of
from juncture.web.evidence.models import ImportRun
from juncture.web.evidence.operations import Received, pasted, receive, receive_into_new
from juncture.web.evidence.selectors import evidence_of, imports_of
from juncture.web.incidents import selectors
from juncture.web.incidents.box import box
from juncture.web.pages.answers import page
from juncture.web.timeline.selectors import Wanted, count_of, events_of
from juncture.web.timeline.showing import shown

SHOWN_EVENTS = 60
SHOWN_INCIDENTS = 50
SHOWN_ITEMS = 12


@require_http_methods(["GET", "POST"])
@page
def new(request: ViewerRequest) -> HttpResponse:
    """Show the box; declare an incident from what it took, and show the import. What is refused stays in the box."""
    if not request.viewer.may_write:
        raise NotAllowed("Your role only reads. Ask an administrator for the role of author to declare incidents.")
    if request.method == "GET":
        return render(request, "incidents/new.html", {"only_the_box": True} | box(request.viewer))
    try:
        run = receive_into_new(
            request.viewer,
            _received(request),
            title=request.POST.get("title", "").strip(),
            visibility=request.POST.get("visibility") or "organisation",
            date=date_of(request.POST.get("date", "")),
            zone=_zone(request),
        )
    except Invalid as error:
        told = box(request.viewer) | {
            "complaint": error.sentence,
            "given": request.POST,
            "zone": request.POST.get("timezone", ""),
        }
        return render(request, "incidents/new.html", told, status=error.status)
    return redirect("import", run.public_id)


@require_POST
@page
def add_evidence(request: ViewerRequest, incident: str) -> HttpResponse:
    """Add evidence to an incident, and show the import. A draft that nobody has touched is drafted anew from it all."""
    run = _add(request, incident)
    return redirect("import", run.public_id)


@require_GET
@page
def incidents(request: ViewerRequest) -> HttpResponse:
    """Show all incidents, newest first."""
    found, following = selectors.incidents(request.viewer, limit=SHOWN_INCIDENTS, before=cursor_of(request))
    told = {
        "here": "incidents",
        "incidents": found,
        "openings": selectors.openings(request.viewer, found),
        "following": None if following is None else sealed(following),
    }
    return render(request, "incidents/incidents.html", told)


@require_GET
@page
def incident(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show one incident: what is known of it, its evidence, its key events, its postmortem."""
    seen = selectors.incident(request.viewer, incident)
    events, _ = events_of(request.viewer, incident, Wanted(key_only=True), limit=SHOWN_EVENTS)
    total = count_of(request.viewer, incident)
    imports = imports_of(request.viewer, incident)
    evidence = evidence_of(request.viewer, incident)
    told = {
        "here": "incidents",
        "incident": seen,
        "days": shown(events),
        "keys": len(events),
        "total": total,
        "sentence": _sentence(total, seen, reading=any(not run.ended for run in imports)),
        "imports": imports,
        "evidence": evidence[:SHOWN_ITEMS],
        "more_evidence": evidence[SHOWN_ITEMS:],
        "evidence_count": len(evidence),
        "zone": request.viewer.zone,
        "limit": settings.UPLOAD_LIMIT,
    }
    return render(request, "incidents/incident.html", told)


def _add(request: ViewerRequest, incident: str) -> ImportRun:
    date = date_of(request.POST.get("date", ""))
    return receive(request.viewer, incident, _received(request), date=date, zone=_zone(request), draft_follows=True)


def _received(request: ViewerRequest) -> list[Received]:
    """Take text and files as one import, so that one draft follows from both."""
    text = request.POST.get("text", "")
    files = [Received(name, file) for name, file in _named_files(request)]
    return [pasted(text), *files] if text.strip() else files


def _zone(request: ViewerRequest) -> str:
    return request.POST.get("timezone", "").strip() or request.viewer.zone


def _sentence(events: int, incident: selectors.IncidentView, *, reading: bool) -> str:
    if reading:
        return "Evidence is being read."
    if not events:
        return "No evidence has been read yet. Add what the incident left behind, and a draft can be started."
    said = f"{events:,} event{'' if events == 1 else 's'} {'was' if events == 1 else 'were'} read from the evidence."
    return said if incident.postmortems else f"{said} There is no postmortem yet."


def _named_files(request: ViewerRequest) -> list[tuple[str, BinaryIO]]:
    """Return the uploads with the folders that a browser gives beside them (`paths`, one for each file)."""
    files, paths = request.FILES.getlist("file"), request.POST.getlist("paths")
    names = paths if len(paths) == len(files) else [file.name or "file" for file in files]
    return [(name, cast("BinaryIO", file)) for name, file in zip(names, files, strict=True)]
