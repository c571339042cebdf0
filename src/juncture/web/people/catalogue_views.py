"""Pages of teams and services: everybody sees them, administrators change them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from juncture.inquiry.codeowners import LONGEST_FILE
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.signing_in import administrators
from juncture.web.access.texts import storable
from juncture.web.pages.answers import page
from juncture.web.people import catalogue, owning, selectors, services, teams


@require_http_methods(["GET", "POST"])
@page
def all_teams(request: ViewerRequest) -> HttpResponse:
    """List teams; make one."""
    if request.method == "POST":
        team = teams.add_team(request.viewer, storable(request.POST.get("name", "")))
        messages.success(request, f"{team.name} is a team. Say who is in it.")
        return redirect("team", team.slug)
    return render(request, "people/teams.html", {"teams": catalogue.teams(request.viewer)})


@require_http_methods(["GET", "POST"])
@page
def one_team(request: ViewerRequest, team: str) -> HttpResponse:
    """Show a team; rename it, say who is in it, dissolve it."""
    seen = catalogue.team(request.viewer, team)
    if request.method == "POST":
        if request.POST.get("what") == "dissolve":
            teams.dissolve_team(request.viewer, team)
            messages.success(request, f"{seen.name} is dissolved.")
            return redirect("teams")
        teams.change_team(
            request.viewer, team, name=storable(request.POST.get("name", "")), members=_numbers(request, "member")
        )
        messages.success(request, "Saved.")
        return redirect("team", team)
    told: dict[str, object] = {"team": seen, "in_it": {member.id for member in seen.members}}
    if request.viewer.may_administer:
        told["everybody"] = selectors.names_of_people(request.viewer)
    return render(request, "people/team.html", told)


@require_http_methods(["GET", "POST"])
@page
def all_services(request: ViewerRequest) -> HttpResponse:
    """List services; add one."""
    if request.method == "POST":
        row = services.add_service(request.viewer, services.ServiceChange(name=storable(request.POST.get("name", ""))))
        messages.success(request, f"{row.name} is in the catalogue. Say whose it is.")
        return redirect("service", row.pk)
    asked = storable(request.GET.get("q", "")).strip()[:100]
    told = {"services": catalogue.services(request.viewer, text=asked), "q": asked}
    return render(request, "people/services.html", told)


@require_http_methods(["GET", "POST"])
@page
def one_service(request: ViewerRequest, service: int) -> HttpResponse:
    """Show a service; change it or take it away."""
    seen = catalogue.service(request.viewer, service)
    if request.method == "POST":
        if request.POST.get("what") == "remove":
            services.remove_service(request.viewer, service)
            messages.success(request, f"{seen.name} is out of the catalogue. Incidents keep its name.")
            return redirect("services")
        services.change_service(request.viewer, service, _change(request))
        messages.success(request, "Saved.")
        return redirect("service", service)
    told: dict[str, object] = {"service": seen, "owning": {owner.id for owner in seen.owners}}
    if request.viewer.may_administer:
        told |= {
            "teams": selectors.team_names(request.viewer),
            "everybody": selectors.names_of_people(request.viewer),
        }
    return render(request, "people/service.html", told)


@require_http_methods(["GET", "POST"])
@page
@administrators
def owners(request: ViewerRequest) -> HttpResponse:
    """Take owners from a CODEOWNERS file: show what would change, then change it."""
    if request.method == "GET":
        return render(request, "people/owners.html", {})
    text = request.POST.get("text", "")
    if upload := request.FILES.get("file"):
        text = upload.read(LONGEST_FILE + 1).decode("utf-8", "replace")
    text = storable(text)
    try:
        if request.POST.get("what") == "apply":
            changed = owning.apply_owners(request.viewer, text)
            messages.success(request, f"{changed} service{'' if changed == 1 else 's'} changed.")
            return redirect("services")
        proposal = owning.propose_owners(request.viewer, text)
    except (Invalid, InTheWay, NotAllowed) as error:
        told = {"text": text, "complaint": error.sentence}
        return render(request, "people/owners.html", told, status=error.status)
    changes = sum(each.changes for each in proposal.services)
    return render(request, "people/owners.html", {"text": text, "proposal": proposal, "changes": changes})


def _change(request: HttpRequest) -> services.ServiceChange:
    return services.ServiceChange(
        name=request.POST.get("name", ""),
        description=request.POST.get("description", ""),
        team=request.POST.get("team") or None,
        owners=_numbers(request, "owner"),
        paths=storable(request.POST.get("paths", "")).splitlines(),
    )


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(each) for each in request.POST.getlist(name) if each.isdecimal() and len(each) < 18]
