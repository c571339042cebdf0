"""The objects of a postmortem over the API: decisions, factors, lessons, and the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.problems import answered, body_of, endpoint
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.viewer import Viewer
from juncture.web.api.describing import describe
from juncture.web.incidents.operations import require_author
from juncture.web.postmortems import object_selectors, operations
from juncture.web.postmortems.models import Piece
from juncture.web.postmortems.pieces import KINDS


class ObjectBody(Struct, forbid_unknown_fields=True):
    """The values of an object, as the record's schema names them; only a title is needed. `events` are what it cites."""

    values: dict[str, Any] = {}
    events: list[str] = []


class ObjectThere(Struct, frozen=True):
    """An object as it stands now; null where there is none any more."""

    object: object_selectors.ObjectView | None


ACTS: dict[str, Callable[[Viewer, str, str, int], Piece | None]] = {
    "accept": operations.accept_object,
    "dismiss": operations.dismiss_object,
    "remove": operations.remove_object,
    "undo": operations.undo_object,
}


@describe("List the objects of a postmortem, also what was put aside.", answer=object_selectors.Objects)
def _list(request: ViewerRequest, postmortem: str) -> HttpResponse:
    return answered(object_selectors.objects_of(request.viewer, postmortem))


@describe("Add an object; only its title is needed.", body=ObjectBody, answer=ObjectThere, status=201, refuses=(403,))
def _add(request: ViewerRequest, postmortem: str, objects: str) -> HttpResponse:
    body = body_of(request, ObjectBody)
    return _there(
        objects, operations.add_object(request.viewer, postmortem, objects, body.values, events=body.events), status=201
    )


@describe("Change some values of an object.", body=ObjectBody, answer=ObjectThere, refuses=(403,))
def _edit(request: ViewerRequest, postmortem: str, objects: str, object: int) -> HttpResponse:  # noqa: A002 - the address's name
    body = body_of(request, ObjectBody)
    row = operations.edit_object(request.viewer, postmortem, objects, object, body.values, events=body.events)
    return _there(objects, row)


@describe("Take an object away; `undo` brings it back.", answer=ObjectThere, refuses=(403,))
def _remove(request: ViewerRequest, postmortem: str, objects: str, object: int) -> HttpResponse:  # noqa: A002 - the same
    operations.remove_object(request.viewer, postmortem, objects, object)
    return _there(objects, None)


@describe("Accept, dismiss, remove, or undo the last change of an object.", answer=ObjectThere, refuses=(403, 409))
def _act(request: ViewerRequest, postmortem: str, objects: str, object: int, act: str) -> HttpResponse:  # noqa: A002 - the same
    if act not in ACTS:
        raise NotFound
    return _there(objects, ACTS[act](request.viewer, postmortem, objects, object))


class MakeBody(Struct, forbid_unknown_fields=True):
    """Words of the text, and what they are to become: decisions, factors, lessons or actions."""

    kind: str
    text: str
    section: int | None = None


@describe(
    "Make a decision, factor, lesson or action of a sentence; it cites what the sentence cites.",
    body=MakeBody,
    answer=operations.Made,
    status=201,
    refuses=(403,),
)
def _make(request: ViewerRequest, postmortem: str) -> HttpResponse:
    require_author(request.viewer, "write")
    body = body_of(request, MakeBody)
    return answered(operations.make_object(request.viewer, postmortem, body.kind, body.text), 201)


@describe(
    "Take an action back that was made of a sentence, as long as nobody has changed it.", answer=ObjectThere, refuses=(403, 409)
)
def _take_back(request: ViewerRequest, postmortem: str, made: str) -> HttpResponse:
    operations.take_back(request.viewer, postmortem, made)
    return answered(ObjectThere(None))


def _there(objects: str, row: Piece | None, *, status: int = 200) -> HttpResponse:
    return answered(ObjectThere(None if row is None else object_selectors.object_view(KINDS[objects], row)), status)


all_objects = endpoint(GET=_list)
objects_of_kind = endpoint(POST=_add)
one_object = endpoint(PATCH=_edit, DELETE=_remove)
act_on_object = endpoint(POST=_act)
make = endpoint(POST=_make)
take_back = endpoint(POST=_take_back)
