"""Pages that change an incident: what is said of it, who is on it, whether it needs a postmortem."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from juncture.document.drawing.clock import Clock
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed
from juncture.web.access.requests import ViewerRequest
from juncture.web.incidents import editing, needing, selectors
from juncture.web.incidents.box import zones
from juncture.web.incidents.forms import edit_of
from juncture.web.incidents.offers import offers
from juncture.web.incidents.operations import require_author
from juncture.web.incidents.overview import Standing, standing
from juncture.web.incidents.rights import NO_EDITOR
from juncture.web.pages.answers import page


@require_http_methods(["GET", "POST"])
@page
def edit(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show and change what is said of an incident, who sees it, and who is on it."""
    require_author(request.viewer, "change incidents")
    if request.method == "GET":
        return _edit_page(request, incident)
    try:
        public_id = editing.edit_incident(request.viewer, incident, edit_of(request.POST, request.viewer))
    except Invalid as error:
        return _edit_page(request, incident, complaint=error.sentence, status=error.status)
    messages.success(request, "Saved.")
    return redirect("incident", public_id)


@require_POST
@page
def add_person(request: ViewerRequest, incident: str) -> HttpResponse:
    """Put a person on the incident."""
    try:
        person = editing.add_person_to_incident(request.viewer, incident, request.POST.get("person", "")[:254])
    except (Invalid, InTheWay) as error:
        return _edit_page(request, incident, people_complaint=error.sentence, status=error.status)
    messages.success(request, f"{person.name} is on this incident now, and sees it.")
    return redirect("incident-edit", incident)


@require_POST
@page
def remove_person(request: ViewerRequest, incident: str, person: int) -> HttpResponse:
    """Take a person off the incident."""
    editing.remove_person_from_incident(request.viewer, incident, person)
    if not request.viewer.may_administer and person == request.viewer.user_id:
        return redirect("incidents")
    return redirect("incident-edit", incident)


@require_http_methods(["GET", "POST"])
@page
def waive(request: ViewerRequest, incident: str) -> HttpResponse:
    """Ask for the reason, and waive the postmortem with it."""
    require_author(request.viewer, "waive a postmortem")
    if request.method == "GET":
        return _reason_page(request, incident, "incidents/waive.html")
    try:
        needing.waive(request.viewer, incident, reason=request.POST.get("reason", ""))
    except Invalid as error:
        return _reason_page(request, incident, "incidents/waive.html", complaint=error.sentence, status=error.status)
    messages.success(request, "Waived. It stands here with its reason, and can be taken up again.")
    return redirect("incident", incident)


@require_POST
@page
def take_up_again(request: ViewerRequest, incident: str) -> HttpResponse:
    """Undo a waiver."""
    needing.take_up_again(request.viewer, incident)
    return redirect("incident", incident)


@require_http_methods(["GET", "POST"])
@page
def ask(request: ViewerRequest, incident: str) -> HttpResponse:
    """Ask why somebody wants a postmortem, and ask for it."""
    if request.method == "GET":
        return _reason_page(request, incident, "incidents/ask.html")
    try:
        needing.request_postmortem(request.viewer, incident, reason=request.POST.get("reason", ""))
    except Invalid as error:
        return _reason_page(request, incident, "incidents/ask.html", complaint=error.sentence, status=error.status)
    messages.success(request, "Asked for. The incident now needs a postmortem.")
    return redirect("incident", incident)


@require_POST
@page
def withdraw(request: ViewerRequest, incident: str) -> HttpResponse:
    """Take one's own request back."""
    needing.withdraw_request(request.viewer, incident)
    return redirect("incident", incident)


def _edit_page(
    request: ViewerRequest, incident: str, *, complaint: str = "", people_complaint: str = "", status: int = 200
) -> HttpResponse:
    seen = standing(request.viewer, incident)
    if not seen.may_edit:
        raise NotAllowed(NO_EDITOR)
    offered = offers(request.viewer)
    severity = seen.incident.severity or ""
    told = {
        "here": "incidents",
        "incident": seen.incident,
        "seen": seen,
        "given": _given(request, seen) if not complaint else request.POST,
        "other_severity": "" if severity in {name for name, _ in offered["severities"]} else severity,
        "services_text": request.POST.get("services", "") if complaint else ", ".join(seen.incident.services),
        "zone": request.viewer.zone,
        "zones": zones(),
        "complaint": complaint,
        "people_complaint": people_complaint,
    }
    return render(request, "incidents/edit.html", told | offered, status=status)


def _given(request: ViewerRequest, seen: Standing) -> dict[str, str]:
    """Return what the fields hold before anything is changed."""
    incident = seen.incident
    local = Clock(request.viewer.zone).local(incident.started_at) if incident.started_at else None
    lost = {True: "yes", False: "no", None: ""}[incident.data_lost]
    return {
        "title": "" if incident.untitled else incident.title,
        "severity": incident.severity or "",
        "date": local.date().isoformat() if local else "",
        "started": (f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}") if local else "",
        "near_miss": "yes" if incident.near_miss else "",
        "data_lost": lost,
        "visibility": incident.visibility,
        "team": incident.team or "",
    }


def _reason_page(
    request: ViewerRequest, incident: str, template: str, *, complaint: str = "", status: int = 200
) -> HttpResponse:
    seen = selectors.incident(request.viewer, incident)
    told = {"here": "incidents", "incident": seen, "complaint": complaint}
    return render(request, template, told | {"given": request.POST.get("reason", "")}, status=status)
