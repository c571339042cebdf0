"""Incidents over the API."""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import UNSET, Struct, UnsetType

from juncture.model.instants import Instant
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, in_utc, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe
from juncture.web.incidents import editing, needing, operations, selectors
from juncture.web.incidents.forms import wanted_of
from juncture.web.incidents.models import Visibility

_FILTERS = (
    Query("state", "Only those in a state: needed, draft, published, waived or none."),
    Query("severity", "Only those of a severity."),
    Query("service", "Only those about a service."),
    Query("team", "Only those of a team, by its name."),
    Query("near_miss", "Only near misses.", "boolean"),
    Query("q", "Only those with all these words in title, services or number."),
)


class Declared(Struct, frozen=True):
    """A new incident: its id and the address of its page."""

    id: str
    url: str


class DeclareBody(Struct, forbid_unknown_fields=True):
    """What declares an incident; only the title is needed. People are named by e-mail address, handle or full name."""

    title: str
    severity: str | None = None
    services: list[str] | None = None
    visibility: str | None = None
    team: str | None = None
    started_at: Instant | None = None
    near_miss: bool | None = None
    data_lost: bool | None = None
    people: list[str] | None = None


class EditBody(Struct, forbid_unknown_fields=True):
    """What changes of an incident; what is absent stays. Null takes a value away."""

    title: str | UnsetType = UNSET
    severity: str | UnsetType | None = UNSET
    services: list[str] | UnsetType | None = UNSET
    started_at: Instant | UnsetType | None = UNSET
    near_miss: bool | UnsetType = UNSET
    data_lost: bool | UnsetType | None = UNSET
    visibility: str | UnsetType = UNSET
    team: str | UnsetType | None = UNSET


class ReasonBody(Struct, forbid_unknown_fields=True):
    """Why, in one line of at most 500 characters."""

    reason: str = ""


class PersonBody(Struct, forbid_unknown_fields=True):
    """Who is put on the incident or taken off it: an e-mail address, a handle or a full name."""

    person: str = ""


@describe("Declare an incident; only the title is needed.", body=DeclareBody, answer=Declared, status=201, refuses=(403,))
def _declare(request: ViewerRequest) -> HttpResponse:
    body = body_of(request, DeclareBody)
    said = operations.Declaration(
        title=body.title,
        severity=body.severity or "",
        services=body.services or (),
        visibility=body.visibility or Visibility.ORGANISATION,
        team=body.team or "",
        started_at=in_utc("started_at", body.started_at) if body.started_at else None,
        near_miss=bool(body.near_miss),
        data_lost=body.data_lost,
        people=body.people or (),
    )
    incident = operations.declare(request.viewer, said)
    return answered(Declared(incident.public_id, f"/incidents/{incident.public_id}/"), 201)


@describe(
    "List incidents, newest first.",
    answer=Listed[selectors.IncidentView],
    query=(LIMIT, CURSOR, *_FILTERS),
    refuses=(422,),
)
def _list(request: ViewerRequest) -> HttpResponse:
    found, following = selectors.incidents(
        request.viewer,
        limit=limit_of(request, default=50, most=200),
        before=cursor_of(request),
        wanted=wanted_of(request),
    )
    return listed(found, following)


@describe("Return one incident.", answer=selectors.IncidentView)
def _one(request: ViewerRequest, incident: str) -> HttpResponse:
    return answered(selectors.incident(request.viewer, incident))


@describe(
    "Change an incident. One that becomes restricted gets a new id, which the answer holds.",
    body=EditBody,
    answer=selectors.IncidentView,
    refuses=(403,),
)
def _edit(request: ViewerRequest, incident: str) -> HttpResponse:
    body = body_of(request, EditBody)
    started = body.started_at
    edit = editing.Edit(
        title=body.title,
        severity="" if body.severity is None else body.severity,
        services=() if body.services is None else body.services,
        started_at=in_utc("started_at", started) if started is not UNSET and started is not None else started,
        near_miss=body.near_miss,
        data_lost=body.data_lost,
        visibility=body.visibility,
        team="" if body.team is None else body.team,
    )
    public_id = editing.edit_incident(request.viewer, incident, edit)
    return answered(selectors.incident(request.viewer, public_id))


@describe(
    "Decide, with a reason, that an incident gets no postmortem.",
    body=ReasonBody,
    answer=selectors.IncidentView,
    refuses=(403, 409),
)
def _waive(request: ViewerRequest, incident: str) -> HttpResponse:
    needing.waive(request.viewer, incident, reason=body_of(request, ReasonBody).reason)
    return answered(selectors.incident(request.viewer, incident))


@describe("Undo that.", answer=selectors.IncidentView, refuses=(403, 409))
def _take_up_again(request: ViewerRequest, incident: str) -> HttpResponse:
    needing.take_up_again(request.viewer, incident)
    return answered(selectors.incident(request.viewer, incident))


@describe(
    "Ask for a postmortem of an incident, with a reason.", body=ReasonBody, answer=selectors.IncidentView, refuses=(403, 409)
)
def _request(request: ViewerRequest, incident: str) -> HttpResponse:
    needing.request_postmortem(request.viewer, incident, reason=body_of(request, ReasonBody).reason)
    return answered(selectors.incident(request.viewer, incident))


@describe("Take one's own request back.", answer=selectors.IncidentView, refuses=(403, 409))
def _withdraw(request: ViewerRequest, incident: str) -> HttpResponse:
    needing.withdraw_request(request.viewer, incident)
    return answered(selectors.incident(request.viewer, incident))


@describe("Put a person on an incident: they see it from then on.", body=PersonBody, answer=list[str], refuses=(403, 409))
def _add_person(request: ViewerRequest, incident: str) -> HttpResponse:
    editing.add_person_to_incident(request.viewer, incident, body_of(request, PersonBody).person)
    return answered(editing.people_on(request.viewer, incident))


@describe("Take a person off an incident.", body=PersonBody, answer=list[str], refuses=(403, 409))
def _remove_person(request: ViewerRequest, incident: str) -> HttpResponse:
    editing.remove_named_person(request.viewer, incident, body_of(request, PersonBody).person)
    return answered(editing.people_on(request.viewer, incident))


@describe(
    "List the e-mail addresses of who is on an incident, the one who declared it first.", answer=list[str], refuses=(403,)
)
def _people(request: ViewerRequest, incident: str) -> HttpResponse:
    return answered(editing.people_on(request.viewer, incident))


incidents = endpoint(GET=_list, POST=_declare)
one_incident = endpoint(GET=_one, PATCH=_edit)
waiver = endpoint(POST=_waive, DELETE=_take_up_again)
request = endpoint(POST=_request, DELETE=_withdraw)
people = endpoint(GET=_people, POST=_add_person, DELETE=_remove_person)
