"""Who may do what to an incident that they see."""

from __future__ import annotations

from juncture.web.access.errors import NotAllowed
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident, IncidentPerson

NO_EDITOR = "Only who declared this incident, who is on it, and facilitators change it. Ask one of them."
_LEADS = frozenset({"facilitator", "administrator"})


def may_open_up(viewer: Viewer, row: Incident) -> bool:
    """Whether they may say who sees it and who is on it: its creator, and facilitators who see it."""
    return viewer.may_write and (row.created_by_id == viewer.user_id or viewer.role in _LEADS)


def may_edit(viewer: Viewer, row: Incident) -> bool:
    """Whether they may change what is said of it: besides those, who was added to it."""
    if may_open_up(viewer, row):
        return True
    return viewer.may_write and IncidentPerson.objects.filter(incident=row, user=viewer.user_id).exists()


def require_editor(viewer: Viewer, row: Incident) -> None:
    """Raise NotAllowed unless they may change what is said of it."""
    if not may_edit(viewer, row):
        raise NotAllowed(NO_EDITOR)


def require_opener(viewer: Viewer, row: Incident) -> None:
    """Raise NotAllowed unless they may say who sees it."""
    if not may_open_up(viewer, row):
        raise NotAllowed("Only who declared this incident and facilitators say who sees it and who is on it. Ask one of them.")
