"""Teams and services over the API."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import Struct

from juncture.inquiry.codeowners import Unread
from juncture.web.access.problems import answered, body_of, endpoint, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import Listed, describe
from juncture.web.people import catalogue, owning, services, teams


class TeamBody(Struct, forbid_unknown_fields=True):
    """A team's name, and the ids of who is in it; what is left out stays."""

    name: str | None = None
    members: list[int] | None = None


class OwnersBody(Struct, forbid_unknown_fields=True):
    """A CODEOWNERS file. Nothing changes until `apply` is true."""

    text: str
    apply: bool = False


class Owners(Struct, frozen=True):
    """What a CODEOWNERS file would change, or has changed: service by service, and which of its lines could not be read."""

    applied: bool
    services: tuple[owning.Proposed, ...]
    unread: tuple[Unread, ...]
    rules: int


class Removed(Struct, frozen=True):
    """What was taken away."""

    removed: str


@describe("List teams.", answer=Listed[catalogue.TeamView])
def _teams(request: ViewerRequest) -> HttpResponse:
    return listed(catalogue.teams(request.viewer), None)


@describe("Make a team.", body=TeamBody, answer=catalogue.TeamView, status=201, refuses=(403, 409))
def _add_team(request: ViewerRequest) -> HttpResponse:
    body = body_of(request, TeamBody)
    row = teams.add_team(request.viewer, body.name or "")
    if body.members is not None:
        teams.change_team(request.viewer, row.slug, members=body.members)
    return answered(catalogue.team(request.viewer, row.slug), 201)


@describe("Return one team.", answer=catalogue.TeamView)
def _team(request: ViewerRequest, team: str) -> HttpResponse:
    return answered(catalogue.team(request.viewer, team))


@describe("Rename a team, or say who is in it.", body=TeamBody, answer=catalogue.TeamView, refuses=(403, 409))
def _change_team(request: ViewerRequest, team: str) -> HttpResponse:
    body = body_of(request, TeamBody)
    teams.change_team(request.viewer, team, name=body.name, members=body.members)
    return answered(catalogue.team(request.viewer, team))


@describe("Dissolve a team that no incident names.", answer=Removed, refuses=(403, 409))
def _dissolve_team(request: ViewerRequest, team: str) -> HttpResponse:
    teams.dissolve_team(request.viewer, team)
    return answered(Removed(team))


@describe("List services.", answer=Listed[catalogue.ServiceView])
def _services(request: ViewerRequest) -> HttpResponse:
    return listed(catalogue.services(request.viewer), None)


@describe("Add a service.", body=services.ServiceChange, answer=catalogue.ServiceView, status=201, refuses=(403, 409))
def _add_service(request: ViewerRequest) -> HttpResponse:
    row = services.add_service(request.viewer, body_of(request, services.ServiceChange))
    return answered(catalogue.service(request.viewer, row.pk), 201)


@describe("Return one service.", answer=catalogue.ServiceView)
def _service(request: ViewerRequest, service: int) -> HttpResponse:
    return answered(catalogue.service(request.viewer, service))


@describe("Change a service.", body=services.ServiceChange, answer=catalogue.ServiceView, refuses=(403, 409))
def _change_service(request: ViewerRequest, service: int) -> HttpResponse:
    services.change_service(request.viewer, service, body_of(request, services.ServiceChange))
    return answered(catalogue.service(request.viewer, service))


@describe("Take a service out of the catalogue.", answer=Removed, refuses=(403,))
def _remove_service(request: ViewerRequest, service: int) -> HttpResponse:
    services.remove_service(request.viewer, service)
    return answered(Removed(str(service)))


@describe(
    "Say what a CODEOWNERS file would change of the owners of services, or change it with `apply`.",
    body=OwnersBody,
    answer=Owners,
    refuses=(403, 409),
)
def _owners(request: ViewerRequest) -> HttpResponse:
    body = body_of(request, OwnersBody)
    proposal = owning.propose_owners(request.viewer, body.text)
    if body.apply:
        owning.apply_owners(request.viewer, body.text)
    return answered(Owners(body.apply, proposal.services, proposal.unread, proposal.rules))


all_teams = endpoint(GET=_teams, POST=_add_team)
one_team = endpoint(GET=_team, PATCH=_change_team, DELETE=_dissolve_team)
all_services = endpoint(GET=_services, POST=_add_service)
one_service = endpoint(GET=_service, PATCH=_change_service, DELETE=_remove_service)
owners = endpoint(POST=_owners)
