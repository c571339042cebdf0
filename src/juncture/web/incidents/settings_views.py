"""Pages of an administrator: the severities, and the criteria for "needs a postmortem"."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from juncture.inquiry.criteria import CriterionKind
from juncture.web.access.errors import InTheWay, Invalid, Refused
from juncture.web.access.requests import ViewerRequest
from juncture.web.incidents import severities as operations
from juncture.web.incidents import standards
from juncture.web.incidents.models import Severity
from juncture.web.incidents.offers import known_services
from juncture.web.pages.answers import page


@require_http_methods(["GET", "POST"])
@page
def severities(request: ViewerRequest) -> HttpResponse:
    """Show the severities, and add one."""
    operations.require_administrator(request.viewer)
    if request.method == "GET":
        return _severities_page(request)
    try:
        operations.add_severity(request.viewer, **_severity_form(request))
    except (Invalid, InTheWay) as error:
        return _severities_page(request, error)
    messages.success(request, "Added.")
    return redirect("severities")


@require_POST
@page
def severity(request: ViewerRequest, severity: int) -> HttpResponse:
    """Change a severity; another name is then that of its incidents."""
    try:
        operations.edit_severity(request.viewer, severity, **_severity_form(request))
    except (Invalid, InTheWay) as error:
        return _severities_page(request, error)
    messages.success(request, "Saved.")
    return redirect("severities")


@require_POST
@page
def move(request: ViewerRequest, severity: int) -> HttpResponse:
    """Move a severity one place up or down."""
    operations.move_severity(request.viewer, severity, up=request.POST.get("to") == "up")
    return redirect("severities")


@require_POST
@page
def remove(request: ViewerRequest, severity: int) -> HttpResponse:
    """Take a severity from the list."""
    try:
        operations.remove_severity(request.viewer, severity)
    except InTheWay as error:
        return _severities_page(request, error)
    messages.success(request, "Removed. Incidents keep its name.")
    return redirect("severities")


@require_http_methods(["GET", "POST"])
@page
def criteria(request: ViewerRequest) -> HttpResponse:
    """Show the criteria, to everybody; set them all at once, for an administrator."""
    if request.method == "GET":
        return _criteria_page(request)
    operations.require_administrator(request.viewer)
    try:
        standards.set_criteria(request.viewer, [_criterion(request, kind) for kind in CriterionKind])
    except Invalid as error:
        return _criteria_page(request, error)
    messages.success(request, "Saved. Incidents that are declared from now on are judged by these.")
    return redirect("criteria")


@require_POST
@page
def add_objective(request: ViewerRequest) -> HttpResponse:
    """Say what a service promises."""
    operations.require_administrator(request.viewer)
    form = request.POST
    try:
        days = _number(form.get("days", ""), "The window of an objective is a whole number of days, such as 28.")
        standards.set_objective(
            request.viewer, service=form.get("service", ""), percent=form.get("percent", "")[:40], days=days or 28
        )
    except Invalid as error:
        return _criteria_page(request, error)
    messages.success(request, "Saved.")
    return redirect("criteria")


@require_POST
@page
def remove_objective(request: ViewerRequest, objective: int) -> HttpResponse:
    """Forget what a service promises."""
    standards.remove_objective(request.viewer, objective)
    return redirect("criteria")


def _severity_form(request: ViewerRequest) -> dict[str, str]:
    form = request.POST
    return {name: form.get(name, "") for name in ("name", "description", "tone")}


def _severities_page(request: ViewerRequest, error: Refused | None = None) -> HttpResponse:
    told = {
        "here": "settings",
        "severities": Severity.objects.all(),
        "tones": Severity.Tone.choices,
        "complaint": error.sentence if error else "",
        "given": request.POST,
    }
    return render(request, "incidents/severities.html", told, status=error.status if error else 200)


def _criteria_page(request: ViewerRequest, error: Refused | None = None) -> HttpResponse:
    told = {
        "here": "settings",
        "criteria": standards.criteria(request.viewer),
        "severities": Severity.objects.all(),
        "objectives": standards.objectives(request.viewer),
        "known_services": known_services(request.viewer) if request.viewer.may_administer else [],
        "complaint": error.sentence if error else "",
        "given": request.POST,
    }
    return render(request, "incidents/criteria.html", told, status=error.status if error else 200)


def _criterion(request: ViewerRequest, kind: CriterionKind) -> standards.CriterionSet:
    form = request.POST
    is_whole = "The threshold of a criterion is a whole number."
    return standards.CriterionSet(
        kind,
        is_on=form.get(f"{kind}-on") == "yes",
        threshold=_number(form.get(f"{kind}-threshold", ""), is_whole),
        severity=_number(form.get(f"{kind}-severity", ""), "Choose a severity of the list."),
    )


def _number(text: str, complaint: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(complaint)
    return int(text)
