"""The decisions of an incident as its timeline shows them: those of its postmortem that the viewer may read."""

from __future__ import annotations

from msgspec import Struct

from juncture.document.drawing.anchors import decision_anchor
from juncture.model import record
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.postmortems.mapping import published_record
from juncture.web.postmortems.models import Decision, Postmortem, Publication, Standing
from juncture.web.postmortems.pieces import KINDS, value_of


class Decided(Struct, frozen=True):
    """A decision, its name in the drawing, and the address at which its postmortem tells of it."""

    name: str
    decision: record.Decision
    address: str


def decisions_of(viewer: Viewer, incident: Incident) -> tuple[Decided, ...]:
    """Return the decisions of a seen incident's first postmortem, in their order: of the working text to who may write it.

    Those that the evidence only proposes are among them; those that a person put aside are not.
    """
    rows = Postmortem.objects.visible_to(viewer).filter(incident=incident).order_by("id")
    row = rows.first()
    if row is None:
        return ()
    if viewer.may_write:
        kept = Decision.of(row).exclude(standing=Standing.DISMISSED)
        values = [value for one in kept if isinstance(value := value_of(KINDS["decisions"], one), record.Decision)]
    else:
        latest = Publication.objects.filter(postmortem=row, number=row.published_number).first()
        values = list(published_record(latest).decisions) if latest else []
    page = f"/postmortems/{row.public_id}/"
    return tuple(
        Decided(f"D{number}", value, f"{page}#{decision_anchor(number)}") for number, value in enumerate(values, start=1)
    )
