"""Incidents over the API."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.model.instants import Instant
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, in_utc, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import CURSOR, LIMIT, Listed, describe
from juncture.web.incidents import operations, selectors
from juncture.web.incidents.models import Visibility


class Declared(Struct, frozen=True):
    """A new incident: its id and the address of its page."""

    id: str
    url: str


class DeclareBody(Struct, forbid_unknown_fields=True):
    """What declares an incident; only the title is needed."""

    title: str
    severity: str | None = None
    services: list[str] | None = None
    visibility: str | None = None
    team: str | None = None
    started_at: Instant | None = None


@describe("Declare an incident; only the title is needed.", body=DeclareBody, answer=Declared, status=201, refuses=(403,))
def _declare(request: ViewerRequest) -> HttpResponse:
    body = body_of(request, DeclareBody)
    incident = operations.declare(
        request.viewer,
        title=body.title,
        severity=body.severity or "",
        services=body.services or [],
        visibility=body.visibility or Visibility.ORGANISATION,
        team=body.team or "",
        started_at=in_utc("started_at", body.started_at) if body.started_at else None,
    )
    return answered(Declared(incident.public_id, f"/incidents/{incident.public_id}/"), 201)


@describe("List incidents, newest first.", answer=Listed[selectors.IncidentView], query=(LIMIT, CURSOR), refuses=(422,))
def _list(request: ViewerRequest) -> HttpResponse:
    found, following = selectors.incidents(
        request.viewer, limit=limit_of(request, default=50, most=200), before=cursor_of(request)
    )
    return listed(found, following)


@describe("Return one incident.", answer=selectors.IncidentView)
def _one(request: ViewerRequest, incident: str) -> HttpResponse:
    return answered(selectors.incident(request.viewer, incident))


incidents = endpoint(GET=_list, POST=_declare)
one_incident = endpoint(GET=_one)
