"""Pages of actions: the list and the board, one action, and adding one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from juncture.model.evidence import Event
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed
from juncture.web.access.problems import cursor_of, sealed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.viewer import Viewer
from juncture.web.actions import listing, operations, selectors
from juncture.web.actions.asking import edit_of, query_of, wanted_of
from juncture.web.actions.models import Kind, State
from juncture.web.actions.services import services_to_choose
from juncture.web.pages.answers import page
from juncture.web.postmortems.selectors import postmortem as postmortem_of
from juncture.web.timeline.selectors import Wanted as WantedEvents
from juncture.web.timeline.selectors import events_of

IN_A_GROUP, IN_A_COLUMN = 18, 14
IN_A_LIST = 50
SHOWN_EVENTS = 40


@require_GET
@page
def actions(request: ViewerRequest) -> HttpResponse:
    """Show the actions: in groups, late first; as a board; or, of one state or with some words, as one list."""
    wanted, viewer = wanted_of(request, request.viewer), request.viewer
    board = request.GET.get("view") == "board"
    told = _filters(request, wanted) | {"board": board}
    if not board and (wanted.state or wanted.overdue or wanted.text):
        found, following = listing.page_of(viewer, wanted, limit=IN_A_LIST, after=cursor_of(request))
        told |= {"listed": found, "following": sealed(following) if following is not None else None, "one_list": True}
        return render(request, "actions/actions.html", told)
    make, limit = (listing.columns, IN_A_COLUMN) if board else (listing.groups, IN_A_GROUP)
    found_groups = make(viewer, wanted, limit=limit)
    shown = [(group, _more(request, group.name)) for group in found_groups]
    told |= {
        "groups": shown,
        "sentence": _sentence(viewer, wanted, found_groups),
        "any": any(group.count for group in found_groups),
    }
    return render(request, "actions/actions.html", told)


@require_http_methods(["GET", "POST"])
@page
def action(request: ViewerRequest, action: str) -> HttpResponse:
    """Show one action with its history; a form changes what it says. What is refused stays in the form."""
    if request.method == "GET":
        return _shown(request, action)
    try:
        operations.edit(request.viewer, action, edit_of(request.POST))
    except Invalid as error:
        return _shown(request, action, complaint=error.sentence, given=request.POST, asked="edit")
    messages.success(request, "The change is kept.")
    return redirect("action", action)


@require_POST
@page
def state(request: ViewerRequest, action: str) -> HttpResponse:
    """Bring an action to another state; go back to the board if it came from there."""
    to = request.POST.get("to", "")
    try:
        row = operations.set_state(
            request.viewer,
            action,
            to,
            proof=request.POST.get("proof", ""),
            events=request.POST.getlist("event"),
            reason=request.POST.get("reason", ""),
        )
    except (Invalid, InTheWay) as error:
        return _shown(request, action, complaint=error.sentence, given=request.POST, asked=to, status=error.status)
    label = State(row.state).label
    if request.POST.get("from") == "board":
        messages.success(request, f"\N{LEFT DOUBLE QUOTATION MARK}{row.title}\N{RIGHT DOUBLE QUOTATION MARK}: {label}.")
        return redirect(f"/actions/{query_of(request.GET, view='board')}")
    messages.success(request, f"{label}.")
    return redirect("action", action)


@require_http_methods(["GET", "POST"])
@page
def add(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Add an action to a postmortem."""
    view = postmortem_of(request.viewer, postmortem)
    if not request.viewer.may_write:
        raise NotAllowed("Your role only reads. Ask an administrator for the role of author to add actions.")
    told: dict[str, Any] = {
        "here": "actions",
        "postmortem": view,
        "kinds": Kind.values,
        "factors": [factor.title for factor in view.record.factors],
        "given": {},
    }
    if request.method == "GET":
        return render(request, "actions/add.html", told)
    try:
        asked = edit_of(request.POST)
        row = operations.add_asked(request.viewer, postmortem, asked)
    except Invalid as error:
        return render(
            request, "actions/add.html", told | {"complaint": error.sentence, "given": request.POST}, status=error.status
        )
    messages.success(request, "The action is added.")
    return redirect("action", row.public_id)


def _shown(
    request: ViewerRequest,
    action: str,
    *,
    complaint: str = "",
    given: Any = None,  # noqa: ANN401 - a form
    asked: str = "",
    status: int = 0,
) -> HttpResponse:
    viewer = request.viewer
    view = selectors.action(viewer, action)
    events: list[Event] = []
    if view.may_change and view.state in {State.DONE, State.VERIFIED}:
        events, _ = events_of(viewer, view.incident, WantedEvents(key_only=True), limit=SHOWN_EVENTS)
    told = {
        "here": "actions",
        "action": view,
        "proof_events": selectors.proof_of(viewer, action) if view.state == State.VERIFIED else [],
        "events": events,
        "history": selectors.history_of(viewer, action),
        "kinds": Kind.values,
        "complaint": complaint,
        "asked": asked,
        "given": given or {},
        "zone": viewer.zone,
    }
    return render(request, "actions/action.html", told, status=status or (422 if complaint else 200))


def _filters(request: ViewerRequest, wanted: listing.Wanted) -> dict[str, Any]:
    query = request.GET
    services = services_to_choose(request.viewer)
    if wanted.service and wanted.service not in services:
        services = [wanted.service, *services]
    return {
        "here": "actions",
        "wanted": wanted,
        "mine": query.get("owner") == "me",
        "kinds": Kind.values,
        "states": State.choices,
        "services": services,
        "to_mine": query_of(query, owner="me"),
        "to_all": query_of(query, owner=""),
        "to_list": query_of(query, view=""),
        "to_board": query_of(query, view="board", state="", overdue="", q=""),
        "to_dropped": query_of(query, view="", state=State.WONT_DO.value, overdue=""),
        "here_query": query_of(query),
        "narrowed": bool(wanted.kind or wanted.service or wanted.text or wanted.state or wanted.overdue),
    }


def _more(request: ViewerRequest, name: str) -> str:
    if name == "late":
        return query_of(request.GET, view="", overdue="true")
    return query_of(request.GET, view="", state=name)


def _sentence(viewer: Viewer, wanted: listing.Wanted, found: list[listing.Group]) -> str:
    """Return what the state of it all is: how many are open, late, and wait for proof. Of a list or a board."""
    of = {group.name: group for group in found}
    there = [group for name in ("late", "open", "in_progress") if (group := of.get(name))]
    count, more, done = sum(group.count for group in there), any(group.more for group in there), of["done"]
    if not count and not done.count:
        return "Nothing is open."
    late = of["late"].count if "late" in of else listing.count_of_late(viewer, wanted)
    said = [f"{count:,}{'+' if more else ''} {'is' if count == 1 else 'are'} open."]
    if late:
        said.append(f"{late:,} {'is' if late == 1 else 'are'} late." if late < listing.COUNTED else "1,000 or more are late.")
    if done.count:
        said.append(f"{done.counted} {'is done and waits' if done.count == 1 else 'are done and wait'} for proof.")
    return " ".join(said)
