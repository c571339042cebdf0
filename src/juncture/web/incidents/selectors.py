"""Read incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import UNTITLED


class IncidentView(Struct, frozen=True):
    """An incident as a viewer sees it."""

    id: str
    url: str
    title: str
    severity: str | None
    services: tuple[str, ...]
    visibility: str
    team: str | None
    started_at: datetime | None
    created_at: datetime
    postmortems: tuple[str, ...] = ()
    postmortem_state: str | None = None
    """Where its first postmortem stands, as far as the viewer may know; None where there is none for them."""

    @property
    def untitled(self) -> bool:
        """Whether its title is still to come from its evidence."""
        return self.title == UNTITLED

    @property
    def name(self) -> str:
        """How it is called beside its title: its number, or the first digits of a random id."""
        return f"INC-{self.id[:8]}"


def incidents(viewer: Viewer, *, limit: int = 50, before: int | None = None) -> tuple[list[IncidentView], int | None]:
    """Return incidents, newest first, and where the next page goes on (None: nowhere)."""
    found = (
        Incident.objects.visible_to(viewer).select_related("team").prefetch_related("postmortems", "services").order_by("-id")
    )
    rows = list((found.filter(id__lt=before) if before else found)[: limit + 1])
    return [view_of(row, viewer) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None


def incident_row(viewer: Viewer, public_id: str) -> Incident:
    """Return the row of an incident that the viewer may see. Raises NotFound. For operations, not for views."""
    row = Incident.objects.visible_to(viewer).select_related("team").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def incident(viewer: Viewer, public_id: str) -> IncidentView:
    """Return one incident. Raises NotFound."""
    return view_of(incident_row(viewer, public_id), viewer)


def view_of(row: Incident, viewer: Viewer) -> IncidentView:
    """Return what a viewer sees of a row that is open to them."""
    seen = [postmortem for postmortem in row.postmortems.get_queryset() if viewer.may_write or postmortem.published_number]
    return IncidentView(
        row.public_id,
        f"/incidents/{row.public_id}/",
        row.title,
        row.severity or None,
        tuple(service.name for service in row.services.get_queryset()),
        row.visibility,
        row.team.name if row.team else None,
        row.started_at,
        row.created_at,
        tuple(postmortem.public_id for postmortem in seen),
        (seen[0].state if viewer.may_write else "published") if seen else None,
    )


def openings(viewer: Viewer, found: Sequence[IncidentView]) -> str:
    """Return the sentence that says how many of some incidents still need a postmortem, or have one to read."""
    without = sum(not incident.postmortems for incident in found)
    if not viewer.may_write:
        published = len(found) - without
        return f"{published or 'No'} postmortem{'' if published == 1 else 's'} {'is' if published == 1 else 'are'} published."
    drafts = sum(incident.postmortem_state in {"draft", "in_review", "reviewed"} for incident in found)
    said = []
    if without:
        said.append("One incident has no postmortem yet." if without == 1 else f"{without} incidents have no postmortem yet.")
    if drafts:
        said.append("One draft is not published." if drafts == 1 else f"{drafts} drafts are not published.")
    return " ".join(said) or "Every incident here has a published postmortem."
