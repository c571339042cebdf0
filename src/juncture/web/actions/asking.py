"""What queries and forms say of actions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from juncture.web.access.errors import Invalid
from juncture.web.access.texts import storable
from juncture.web.access.viewer import Viewer
from juncture.web.actions.listing import Wanted
from juncture.web.actions.models import Kind, State
from juncture.web.actions.operations import Edit
from juncture.web.actions.owners import person_called
from juncture.web.evidence.forms import date_of

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}
_TEXTS = ("title", "kind", "owner", "priority", "ticket", "factor", "criterion")
_DAYS = ("due", "proof_due")
_NOBODY = 0
"""The key of no person: who is not known owns nothing."""


def wanted_of(request: HttpRequest, viewer: Viewer) -> Wanted:
    """Return which actions a query asks for. Raises Invalid for a state or kind that there is not."""
    asked = request.GET
    state, kind, overdue = asked.get("state", ""), asked.get("kind", ""), asked.get("overdue", "").lower()
    if state and state not in State.values:
        raise Invalid(f"{state[:40]!r} is no state: {', '.join(State.values)}")
    if kind and kind not in Kind.values:
        raise Invalid(f"{kind[:40]!r} is no kind: {', '.join(Kind.values)}")
    if overdue not in _TRUE | _FALSE:
        raise Invalid("overdue is true or false.")
    return Wanted(
        owner=_owner(asked.get("owner", ""), viewer),
        state=state,
        kind=kind,
        service=storable(asked.get("service", "")).strip()[:200],
        text=storable(asked.get("q", "")).strip()[:200],
        overdue=overdue in _TRUE,
    )


def query_of(asked: QueryDict, **changed: str) -> str:
    """Return the query of a list with some of it changed, without a place in it; what is empty is left out."""
    kept = {name: asked.get(name, "") for name in ("view", "owner", "kind", "service", "q", "state", "overdue")} | changed
    told = urlencode({name: storable(value) for name, value in kept.items() if value})
    return f"?{told}" if told else "?"


def edit_of(form: QueryDict) -> Edit:
    """Return what a form changes of an action: the fields that it has. Raises Invalid for what is no day."""
    given: dict[str, Any] = {name: form.get(name, "") for name in _TEXTS if name in form}
    given |= {name: date_of(form.get(name, "").strip()) for name in _DAYS if name in form}
    return Edit(**given)


def _owner(text: str, viewer: Viewer) -> int | None:
    if not text:
        return None
    if text == "me":
        return viewer.user_id or _NOBODY
    return person_called(storable(text)[:200]) or _NOBODY
