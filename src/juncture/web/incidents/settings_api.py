"""The severities and the criteria for "needs a postmortem" over the API: everybody reads them, administrators change them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from django.http import HttpResponse
from msgspec import UNSET, Struct, UnsetType

from juncture.web.access.problems import answered, body_of, endpoint, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import Listed, describe
from juncture.web.incidents import severities, standards
from juncture.web.incidents.selectors import SeverityView, severity_views


class NewSeverity(Struct, forbid_unknown_fields=True):
    """A severity: it stands below all others. `tone` is `bad` (red), `warn` (amber) or empty (grey)."""

    name: str
    description: str = ""
    tone: str = ""


class SeverityBody(Struct, forbid_unknown_fields=True):
    """What changes of a severity; what is absent stays. Another name is then that of its incidents."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    tone: str | UnsetType = UNSET


class MoveBody(Struct, forbid_unknown_fields=True):
    """Where a severity goes: one place `up`, to the graver, or `down`."""

    to: Literal["up", "down"]


class CriterionBody(Struct, forbid_unknown_fields=True):
    """A criterion as it is to be: on or off, with its threshold, or the id of its least grave severity."""

    is_on: bool
    threshold: int | None = None
    severity: int | None = None


class ObjectiveBody(Struct, forbid_unknown_fields=True):
    """What a service promises: so many per cent, such as `99.9`, over so many days."""

    service: str
    percent: str
    days: int = 28


class ObjectiveView(Struct, frozen=True):
    """What a service promises."""

    id: int
    service: str
    percent: str
    days: int


class Forgotten(Struct, frozen=True):
    """The id of what was taken away."""

    removed: int


@describe("List the severities, the gravest first.", answer=Listed[SeverityView])
def _severities(request: ViewerRequest) -> HttpResponse:
    return listed(severity_views(request.viewer), None)


@describe("Add a severity below all others.", body=NewSeverity, answer=Listed[SeverityView], status=201, refuses=(403, 409))
def _add_severity(request: ViewerRequest) -> HttpResponse:
    body = body_of(request, NewSeverity)
    severities.add_severity(request.viewer, name=body.name, description=body.description, tone=body.tone)
    return answered({"items": severity_views(request.viewer), "next": None}, 201)


@describe("Change a severity.", body=SeverityBody, answer=Listed[SeverityView], refuses=(403, 409))
def _change_severity(request: ViewerRequest, severity: int) -> HttpResponse:
    severities.require_administrator(request.viewer)
    now, body = severities.severity_row(severity), body_of(request, SeverityBody)
    severities.edit_severity(
        request.viewer,
        severity,
        name=now.name if body.name is UNSET else body.name,
        description=now.description if body.description is UNSET else body.description,
        tone=now.tone if body.tone is UNSET else body.tone,
    )
    return listed(severity_views(request.viewer), None)


@describe("Take a severity from the list; incidents keep its name.", answer=Forgotten, refuses=(403, 409))
def _remove_severity(request: ViewerRequest, severity: int) -> HttpResponse:
    severities.remove_severity(request.viewer, severity)
    return answered(Forgotten(severity))


@describe("Move a severity one place.", body=MoveBody, answer=Listed[SeverityView], refuses=(403,))
def _move_severity(request: ViewerRequest, severity: int) -> HttpResponse:
    severities.require_administrator(request.viewer)
    severities.move_severity(request.viewer, severity, up=body_of(request, MoveBody).to == "up")
    return listed(severity_views(request.viewer), None)


@describe("List the criteria that say which incidents need a postmortem.", answer=Listed[standards.CriterionView])
def _criteria(request: ViewerRequest) -> HttpResponse:
    return listed(standards.criteria(request.viewer), None)


@describe(
    "Set a criterion, for incidents that are declared from now on.",
    body=CriterionBody,
    answer=Listed[standards.CriterionView],
    refuses=(403,),
)
def _set_criterion(request: ViewerRequest, criterion: str) -> HttpResponse:
    severities.require_administrator(request.viewer)
    body = body_of(request, CriterionBody)
    standards.set_criterion(request.viewer, criterion, is_on=body.is_on, threshold=body.threshold, severity=body.severity)
    return listed(standards.criteria(request.viewer), None)


@describe("List what services promise, by name.", answer=Listed[ObjectiveView])
def _objectives(request: ViewerRequest) -> HttpResponse:
    return listed(_promises(request), None)


@describe("Say what a service promises.", body=ObjectiveBody, answer=Listed[ObjectiveView], refuses=(403,))
def _set_objective(request: ViewerRequest) -> HttpResponse:
    severities.require_administrator(request.viewer)
    body = body_of(request, ObjectiveBody)
    standards.set_objective(request.viewer, service=body.service, percent=body.percent[:40], days=body.days)
    return listed(_promises(request), None)


@describe("Forget what a service promises.", answer=Forgotten, refuses=(403,))
def _remove_objective(request: ViewerRequest, objective: int) -> HttpResponse:
    standards.remove_objective(request.viewer, objective)
    return answered(Forgotten(objective))


def _promises(request: ViewerRequest) -> list[ObjectiveView]:
    rows = standards.objectives(request.viewer)
    return [ObjectiveView(row.pk, row.service, _written(row.percent), row.days) for row in rows]


def _written(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


all_severities = endpoint(GET=_severities, POST=_add_severity)
one_severity = endpoint(PATCH=_change_severity, DELETE=_remove_severity)
move = endpoint(POST=_move_severity)
all_criteria = endpoint(GET=_criteria)
one_criterion = endpoint(PATCH=_set_criterion)
all_objectives = endpoint(GET=_objectives, POST=_set_objective)
one_objective = endpoint(DELETE=_remove_objective)
