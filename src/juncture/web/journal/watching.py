"""Notes who opened what is watched: every page and call that shows something of a restricted incident, and every export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from juncture.web.access.problems import PROBLEM
from juncture.web.access.refusals import RefusedPage
from juncture.web.access.viewer import NOBODY, Viewer
from juncture.web.actions.models import ActionItem
from juncture.web.evidence.models import Account, ImportRun
from juncture.web.incidents.models import Incident, Visibility
from juncture.web.journal.operations import record_opening
from juncture.web.postmortems.models import Postmortem

_RANDOM_LENGTH = 20
"""Ids of what is restricted are random and longer than this; those that count are never looked up here."""
_ROWS: dict[str, Any] = {"postmortem": Postmortem, "action": ActionItem, "account": Account, "run": ImportRun}
_EXPORTS = (".md", ".json", ".html", ".pdf")


class OpeningMiddleware:
    """Writes an opening once a watched page has been answered; where it cannot be written, nothing is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        answer = self._get_response(request)
        match = request.resolver_match
        if match is not None and _shows_something(answer):
            viewer = getattr(request, "viewer", NOBODY)
            if viewer.known:
                _note(viewer, match.route if request.method == "GET" else "", match.kwargs)
        return answer


def _shows_something(answer: HttpResponseBase) -> bool:
    """Whether an answer may hold something of what was asked for, whatever the call was: a form with its complaint does.

    A redirect leads to an address that is watched itself; a refusal holds a sentence.
    """
    if isinstance(answer, RefusedPage) or answer.status_code == 404 or 300 <= answer.status_code < 400:
        return False
    if answer.headers.get("Content-Type") == PROBLEM:
        return False
    return answer.streaming or bool(getattr(answer, "content", b""))


def _note(viewer: Viewer, route: str, named: dict[str, object]) -> None:
    """Note what a page or call showed. Only what was got (a `route`) is an export: who sends a file took none."""
    export = next((end for end in _EXPORTS if route.endswith(end)), "")
    for kind in ("postmortem", "action", "account", "run", "incident"):
        public_id = str(named.get(kind, ""))
        if not public_id:
            continue
        if not export and len(public_id) < _RANDOM_LENGTH:
            return
        incident = _incident_of(kind, public_id)
        if incident is None or (not export and incident.visibility != Visibility.RESTRICTED):
            return
        opened = f"{kind} export" if export else {"run": "import"}.get(kind, kind)
        record_opening(viewer, object_kind=opened, object_id=f"{public_id}{export}", incident_id=incident.pk)
        return


def _incident_of(kind: str, public_id: str) -> Incident | None:
    """Return the incident of what has just been shown to somebody; rights were judged where it was."""
    if kind == "incident":
        return Incident.objects.get_queryset().filter(public_id=public_id).first()
    row = _ROWS[kind].objects.get_queryset().select_related("incident").filter(public_id=public_id).first()
    return row.incident if row else None
