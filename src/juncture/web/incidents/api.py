"""Incidents over the API."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.model.instants import Instant
from juncture.web.access.middleware import ViewerRequest
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, limit_of, listed
from juncture.web.incidents import operations, selectors
from juncture.web.incidents.models import Visibility


class DeclareBody(Struct, forbid_unknown_fields=True):
    """What declares an incident; only the title is needed."""

    title: str
    severity: str | None = None
    services: list[str] | None = None
    visibility: str | None = None
    team: str | None = None
    started_at: Instant | None = None


def _declare(request: ViewerRequest) -> HttpResponse:
    body = body_of(request, DeclareBody)
    incident = operations.declare(
        request.viewer,
        title=body.title,
        severity=body.severity or "",
        services=body.services or [],
        visibility=body.visibility or Visibility.ORGANISATION,
        team=body.team or "",
        started_at=body.started_at,
    )
    return answered({"id": incident.public_id, "url": f"/incidents/{incident.public_id}/"}, 201)


def _list(request: ViewerRequest) -> HttpResponse:
    found, following = selectors.incidents(
        request.viewer, limit=limit_of(request, default=50, most=200), before=cursor_of(request)
    )
    return listed(found, following)


def _one(request: ViewerRequest, incident: str) -> HttpResponse:
    return answered(selectors.incident(request.viewer, incident))


incidents = endpoint(GET=_list, POST=_declare)
one_incident = endpoint(GET=_one)
