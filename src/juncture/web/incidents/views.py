"""Pages of incidents: the list, a new one, one with all that is known of it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from juncture.document.drawing.clock import Clock
from juncture.web.access.errors import Invalid, NotAllowed
from juncture.web.access.problems import cursor_of, sealed
from juncture.web.access.requests import ViewerRequest
from juncture.web.evidence.forms import date_of
from juncture.web.evidence.models import ImportRun
from juncture.web.evidence.operations import Received, pasted, receive, receive_into_new
from juncture.web.incidents import operations, selectors
from juncture.web.incidents.box import box, limit
from juncture.web.incidents.forms import declaration_of, wanted_of
from juncture.web.incidents.offers import offers, teams_of
from juncture.web.incidents.overview import overview
from juncture.web.pages.answers import page
from juncture.web.timeline.showing import shown

SHOWN_INCIDENTS = 30
FIRST_EVENTS = 12


@require_http_methods(["GET", "POST"])
@page
def new(request: ViewerRequest) -> HttpResponse:
    """Show the box; declare an incident, from what it took or by its title alone. What is refused stays in the box."""
    if not request.viewer.may_write:
        raise NotAllowed("Your role only reads. Ask an administrator for the role of author to declare incidents.")
    if request.method == "GET":
        told = {"only_the_box": True, "everything": True} | box(request.viewer) | offers(request.viewer)
        return render(request, "incidents/new.html", told)
    try:
        return _declared(request)
    except Invalid as error:
        given = {"complaint": error.sentence, "given": request.POST, "zone": request.POST.get("timezone", "")}
        told = {"everything": True} | box(request.viewer) | offers(request.viewer) | given
        return render(request, "incidents/new.html", told, status=error.status)


@require_POST
@page
def add_evidence(request: ViewerRequest, incident: str) -> HttpResponse:
    """Add evidence to an incident, and show the import. A draft that nobody has touched is drafted anew from it all."""
    run = _add(request, incident)
    return redirect("import", run.public_id)


@require_GET
@page
def incidents(request: ViewerRequest) -> HttpResponse:
    """Show incidents, newest first: all, or those that were asked for."""
    wanted = wanted_of(request)
    found, following = selectors.incidents(request.viewer, limit=SHOWN_INCIDENTS, before=cursor_of(request), wanted=wanted)
    asked = {name: value for name, value in request.GET.items() if name != "cursor" and value}
    told = {
        "here": "incidents",
        "incidents": found,
        "wanted": wanted,
        "sentence": _sentence(request, wanted, found),
        "states": [(name, label) for name, label in selectors.STATES.items() if request.viewer.may_write or name != "draft"],
        "severity_names": selectors.severity_names(),
        "known_teams": teams_of(request.viewer),
        "older": None if following is None else urlencode(asked | {"cursor": sealed(following)}),
    }
    return render(request, "incidents/incidents.html", told)


@require_GET
@page
def incident(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show one incident: what is known of it, its evidence, its key events, its postmortem."""
    seen = overview(request.viewer, incident)
    told: dict[str, Any] = {
        "here": "incidents",
        "incident": seen.incident,
        "seen": seen,
        "days": shown(seen.events[:FIRST_EVENTS], request.viewer.zone),
        "more_days": shown(seen.events[FIRST_EVENTS:], request.viewer.zone),
        "more_events": max(0, len(seen.events) - FIRST_EVENTS),
        "zone": request.viewer.zone,
    }
    return render(request, "incidents/incident.html", told | limit())


def _declared(request: ViewerRequest) -> HttpResponse:
    said = declaration_of(request.POST, request.viewer)
    evidence = _received(request)
    if not evidence:
        if not said.title:
            raise Invalid("Paste text, choose files, or give it a title: one line that says what users felt.")
        return redirect("incident", operations.declare(request.viewer, said).public_id)
    begun = Clock(request.viewer.zone).local(said.started_at).date() if said.started_at else None
    date = date_of(request.POST.get("date", "")) or begun
    run = receive_into_new(request.viewer, evidence, said, date=date, zone=_zone(request))
    return redirect("import", run.public_id)


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


def _sentence(request: ViewerRequest, wanted: selectors.WantedIncidents, found: list[selectors.IncidentView]) -> str:
    if wanted.is_all:
        if found:
            return selectors.openings(request.viewer, found)
        return "There is none yet." if request.viewer.may_write else "There is none that you may see."
    count = selectors.count_of_incidents(request.viewer, wanted)
    if not count:
        return "No incident is like this."
    return "One incident is like this." if count == 1 else f"{count:,} incidents are like this."


def _named_files(request: ViewerRequest) -> list[tuple[str, BinaryIO]]:
    """Return the uploads with the folders that a browser gives beside them (`paths`, one for each file)."""
    files, paths = request.FILES.getlist("file"), request.POST.getlist("paths")
    names = paths if len(paths) == len(files) else [file.name or "file" for file in files]
    return [(name, cast("BinaryIO", file)) for name, file in zip(names, files, strict=True)]
