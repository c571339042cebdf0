"""The services that a list of actions can be narrowed to."""

from __future__ import annotations

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident, IncidentService
from juncture.web.people.models import Service

_CHOSEN = 200
_LATEST = 300


def services_to_choose(viewer: Viewer) -> list[str]:
    """Return names of services: those of the catalogue, and of the latest incidents that the viewer may see."""
    names = set(Service.objects.order_by("name").values_list("name", flat=True)[:_CHOSEN])
    latest = list(Incident.objects.visible_to(viewer).order_by("-id").values_list("pk", flat=True)[:_LATEST])
    names.update(
        IncidentService.objects.filter(incident__in=latest).order_by().values_list("name", flat=True).distinct()[:_CHOSEN]
    )
    return sorted(names, key=str.lower)
