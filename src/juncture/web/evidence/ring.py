"""Who sees evidence: artefacts have a narrower ring than the incident that they belong to."""

from __future__ import annotations

from juncture.web.access.errors import NotAllowed, NotFound
from juncture.web.access.viewer import Scope, Viewer
from juncture.web.incidents.models import Incident, IncidentPerson
from juncture.web.incidents.selectors import incident_row


def is_in_ring(viewer: Viewer, row: Incident) -> bool:
    """Whether they may open the artefacts of an incident that they see: its creator, who was added, and facilitators.

    Administrators are not in it by being so.
    """
    if not viewer.known or viewer.scope < Scope.WRITE:
        return False
    return row.created_by_id == viewer.user_id or viewer.role == "facilitator" or is_added(viewer, row)


def is_added(viewer: Viewer, row: Incident) -> bool:
    """Whether they were added to an incident."""
    return IncidentPerson.objects.filter(incident=row, user=viewer.user_id).exists()


def may_remove(viewer: Viewer, row: Incident) -> bool:
    """Whether they may erase artefacts of an incident that they see: its creator, and facilitators."""
    return viewer.may_write and (row.created_by_id == viewer.user_id or viewer.role == "facilitator")


def row_for_evidence(viewer: Viewer, incident_id: str) -> Incident:
    """Return an incident whose list of evidence the viewer may see: authors, and the ring. Raises NotFound."""
    row = incident_row(viewer, incident_id)
    if not viewer.may_write and not is_in_ring(viewer, row):
        raise NotFound
    return row


def row_for_originals(viewer: Viewer, incident_id: str) -> Incident:
    """Return an incident whose artefacts the viewer may open. Raises NotFound for everybody else."""
    row = incident_row(viewer, incident_id)
    if not is_in_ring(viewer, row):
        raise NotFound
    return row


def row_for_accounts(viewer: Viewer, incident_id: str) -> Incident:
    """Return an incident on which the viewer may write an account. Raises NotFound, NotAllowed."""
    row = incident_row(viewer, incident_id)
    if viewer.known and viewer.scope >= Scope.WRITE and (viewer.may_write or is_added(viewer, row)):
        return row
    raise NotAllowed("Accounts are written by authors and by who is on the incident. Ask its creator to add you.")
