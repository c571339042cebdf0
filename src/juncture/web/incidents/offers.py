"""What the fields of an incident offer: severities, services, teams and people that can be named."""

from __future__ import annotations

from typing import Any

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident, IncidentService, Severity
from juncture.web.people.models import Service, Team, User

_MOST = 300


def offers(viewer: Viewer) -> dict[str, Any]:
    """Return what can be chosen or completed, for who may write; nothing else is told of anybody."""
    if not viewer.may_write:
        return {}
    return {
        "severities": list(Severity.objects.values_list("name", "description")),
        "known_services": known_services(viewer),
        "known_teams": teams_of(viewer),
        "known_people": list(
            User.objects.filter(is_active=True).exclude(pk=viewer.person).order_by("name").values_list("email", "name")[:_MOST]
        ),
    }


def teams_of(viewer: Viewer) -> list[str]:
    """Return the names of the teams that there are; none to nobody."""
    return list(Team.objects.order_by("name").values_list("name", flat=True)[:_MOST]) if viewer.known else []


def known_services(viewer: Viewer) -> list[str]:
    """Return the services of the catalogue, and those that late incidents which the viewer sees were about."""
    catalogue = Service.objects.order_by("name").values_list("name", flat=True)[:_MOST]
    seen = IncidentService.objects.filter(incident__in=Incident.objects.visible_to(viewer).values("id"))
    late = seen.order_by("-id").values_list("name", flat=True)[:_MOST]
    return sorted({*catalogue, *late}, key=str.casefold)[:_MOST]
