"""Declare incidents."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Length

from juncture.web.access.errors import Invalid, NotAllowed, SignInNeeded
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident, IncidentService, Visibility
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_incident
from juncture.web.people.operations import team_named

UNTITLED = "Incident without a title yet"
_TRIES = 20
_RANDOM_BYTES = 12


def declare(
    viewer: Viewer,
    *,
    title: str,
    severity: str = "",
    services: Sequence[str] = (),
    visibility: str = Visibility.ORGANISATION,
    team: str = "",
    started_at: datetime | None = None,
) -> Incident:
    """Declare an incident; only the title is needed. Raises SignInNeeded, NotAllowed or Invalid."""
    require_author(viewer, "declare incidents")
    title = check_declaration(title=title, visibility=visibility)
    names = _service_names(services)
    team = " ".join(team.split())[:100]
    if visibility == Visibility.TEAM and not team:
        raise Invalid("An incident that one team sees needs the name of that team.")
    fields: dict[str, Any] = {
        "title": title,
        "severity": severity.strip()[:40],
        "visibility": visibility,
        "started_at": started_at,
    }
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                of = team_named(viewer, team) if team else None
                incident = Incident.objects.create(
                    public_id=_public_id(visibility), created_by_id=viewer.person, team=of, **fields
                )
                IncidentService.objects.bulk_create(
                    IncidentService(incident=incident, name=name, position=position) for position, name in enumerate(names)
                )
                index_incident(incident.pk)
                record_change(
                    viewer,
                    action="declare",
                    object_kind="incident",
                    object_id=incident.public_id,
                    incident_id=incident.pk,
                    after=fields
                    | {"services": names, "team": team, "started_at": started_at.isoformat() if started_at else None},
                )
        except IntegrityError:
            # Somebody took the same number at the same moment.
            continue
        return incident
    raise Invalid("Too many incidents are being declared at this moment. Try again.")


def check_declaration(*, title: str, visibility: str) -> str:
    """Return the title in one line. Raises Invalid where an incident cannot be declared so."""
    title = " ".join(title.split())
    if not title:
        raise Invalid("An incident needs a title: one line that says what users felt.")
    if len(title) > 300:
        raise Invalid(f"The title has {len(title)} characters; 300 are the most.")
    if not is_storable(title):
        raise Invalid("The title holds a NUL or half a character, which cannot be stored.")
    if visibility not in Visibility.values:
        raise Invalid(f"{visibility!r} is no visibility: {', '.join(Visibility.values)}")
    return title


def name_from_evidence(viewer: Viewer, incident: Incident, title: str) -> None:
    """Give an incident that was declared without a title the one that its draft found. Call inside a transaction."""
    if incident.title != UNTITLED or not title:
        return
    incident.title = title[:300]
    incident.save(update_fields=["title"])
    index_incident(incident.pk)
    record_change(
        viewer,
        action="rename",
        object_kind="incident",
        object_id=incident.public_id,
        incident_id=incident.pk,
        before={"title": UNTITLED},
        after={"title": incident.title},
    )


def require_author(viewer: Viewer, what: str) -> None:
    """Raise SignInNeeded or NotAllowed unless the viewer may write."""
    if not viewer.known:
        raise SignInNeeded
    if not viewer.may_write:
        raise NotAllowed(f"Your role or token only reads. Ask an administrator for the role of author to {what}.")


def _service_names(services: Sequence[str]) -> list[str]:
    names = dict.fromkeys(name for service in services if (name := " ".join(service.split())[:200]))
    if not all(map(is_storable, names)):
        raise Invalid("The name of a service holds a NUL or half a character, which cannot be stored.")
    return list(names)


def _public_id(visibility: str) -> str:
    if visibility == Visibility.RESTRICTED:
        return secrets.token_hex(_RANDOM_BYTES)
    numbered = Incident.objects.get_queryset().annotate(size=Length("public_id")).filter(size__lt=2 * _RANDOM_BYTES)
    last = numbered.aggregate(last=Max(Cast("public_id", IntegerField())))["last"]
    return str((last or 0) + 1)
