"""Actions over the API."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.http import HttpResponse
from msgspec import UNSET, Struct, UnsetType

from juncture.model.record import ActionKind, ActionState
from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.actions import operations, selectors
from juncture.web.actions.asking import wanted_of
from juncture.web.actions.listing import page_of
from juncture.web.actions.operations import Edit
from juncture.web.actions.showing import ActionView
from juncture.web.actions.telling import Step
from juncture.web.api.describing import CURSOR, LIMIT, Listed, Query, describe


class AddBody(Struct, forbid_unknown_fields=True):
    """A new action. `owner` is an e-mail address, a name, or a handle such as `@ana`."""

    title: str
    kind: ActionKind | None = None
    owner: str | None = None
    due: dt.date | None = None
    priority: str | None = None
    ticket: str | None = None
    factor: str | None = None
    criterion: str | None = None


class ChangeBody(Struct, forbid_unknown_fields=True):
    """What to change. Verified needs `proof` or `events`, won't do a `reason`; null empties a field."""

    title: str | UnsetType = UNSET
    kind: ActionKind | UnsetType | None = UNSET
    owner: str | UnsetType | None = UNSET
    due: dt.date | UnsetType | None = UNSET
    proof_due: dt.date | UnsetType | None = UNSET
    priority: str | UnsetType | None = UNSET
    ticket: str | UnsetType | None = UNSET
    factor: str | UnsetType | None = UNSET
    criterion: str | UnsetType | None = UNSET
    state: ActionState | UnsetType = UNSET
    proof: str | None = None
    events: list[str] = []
    reason: str | None = None


_QUERY = (
    Query("state", "Only those in this state: open, in_progress, done, verified, wont_do."),
    Query("owner", "`me`, or an e-mail address, name or handle of somebody: only theirs."),
    Query("overdue", "`true`: only unfinished ones whose due date has passed."),
    Query("kind", "Only those of this kind: prevent, detect, mitigate, repair, investigate, process."),
    Query("service", "Only those of incidents that touched this service."),
    Query("q", "Only those with all of these words."),
    LIMIT,
    CURSOR,
)


@describe("List actions, what is due first first.", answer=Listed[ActionView], query=_QUERY, refuses=(422,))
def _list(request: ViewerRequest) -> HttpResponse:
    wanted = wanted_of(request, request.viewer)
    limit = limit_of(request, default=50, most=200)
    return listed(*page_of(request.viewer, wanted, limit=limit, after=cursor_of(request)))


@describe("Return one action.", answer=ActionView)
def _one(request: ViewerRequest, action: str) -> HttpResponse:
    return answered(selectors.action(request.viewer, action))


@describe("List who changed what of an action, newest first; for who may write.", answer=Listed[Step])
def _history(request: ViewerRequest, action: str) -> HttpResponse:
    return listed(selectors.history_of(request.viewer, action), None)


@describe("Change an action, its state included.", body=ChangeBody, answer=ActionView, refuses=(403, 409))
def _change(request: ViewerRequest, action: str) -> HttpResponse:
    body = body_of(request, ChangeBody)
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if name in Edit.__struct_fields__}
    state = None if body.state is UNSET else str(body.state)
    operations.change(
        request.viewer,
        action,
        Edit(**given),
        state=state,
        grounds=operations.Grounds(body.proof or "", tuple(body.events), body.reason or ""),
    )
    return answered(selectors.action(request.viewer, action))


@describe("Add an action to a postmortem.", body=AddBody, answer=ActionView, status=201, refuses=(403,))
def _add(request: ViewerRequest, postmortem: str) -> HttpResponse:
    body = body_of(request, AddBody)
    row = operations.add_action(
        request.viewer,
        postmortem,
        title=body.title,
        kind=body.kind,
        owner=body.owner,
        due=body.due,
        priority=body.priority or "",
        ticket=body.ticket or "",
        factor=body.factor or "",
        criterion=body.criterion or "",
    )
    return answered(selectors.action(request.viewer, row.public_id), 201)


actions = endpoint(GET=_list)
one_action = endpoint(GET=_one, PATCH=_change)
add = endpoint(POST=_add)
history = endpoint(GET=_history)
