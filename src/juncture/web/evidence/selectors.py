"""Read imports and evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from juncture.model.evidence import Note
from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import ImportRun
from juncture.web.evidence.progress import Progress
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import incident_row

UNREADABLE = "Nothing in it could be read."


class ImportView(Struct, frozen=True):
    """An import as the API and the page show it."""

    id: str
    incident: str
    state: str
    progress: Progress
    events: int
    left_out: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    read_by: dict[str, int]
    masked: dict[str, int]
    given: tuple[str, ...]
    sizes: tuple[int, ...]
    """In bytes, one for each that was given."""
    draft_follows: bool
    stopping: bool
    remark: str | None
    requested_at: datetime
    ended_at: datetime | None
    failure: str | None

    @property
    def share(self) -> float:
        """How much of the files has been read, from 0 to 1."""
        progress = self.progress
        return (progress.done + progress.part * (progress.done < progress.total)) / progress.total if progress.total else 0.0

    @property
    def was_unreadable(self) -> bool:
        """Whether it failed because nothing in it is of a kind that is read: reading it again would end the same."""
        return self.state == ImportRun.State.FAILED and self.failure == UNREADABLE

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in {"queued", "running"}


class EvidenceView(Struct, frozen=True):
    """An artefact of an incident: name, size in bytes, hash, when it came and from whom."""

    sha256: str
    name: str
    size: int
    received_at: datetime
    received_from: str
    archive: str | None


def import_row(viewer: Viewer, run_id: str) -> ImportRun:
    """Return the row of an import of an incident that the viewer may see. Raises NotFound."""
    row = (
        ImportRun.objects.select_related("incident")
        .filter(public_id=run_id, incident__in=Incident.objects.visible_to(viewer).values("id"))
        .first()
    )
    if row is None or not viewer.may_write:
        raise NotFound
    return row


def import_run(viewer: Viewer, run_id: str) -> ImportView:
    """Return one import. Raises NotFound."""
    return _view(import_row(viewer, run_id))


def imports_of(viewer: Viewer, incident_id: str) -> list[ImportView]:
    """Return the imports of an incident, newest first; none for who only reads. Raises NotFound."""
    if not viewer.may_write:
        return []
    rows = ImportRun.objects.select_related("incident").filter(incident=incident_row(viewer, incident_id))
    return [_view(row) for row in rows.order_by("-id")]


def assumptions_of(viewer: Viewer, incident_id: str) -> tuple[Note, ...]:
    """Return what the imports of an incident assumed, each once. Raises NotFound."""
    rows = ImportRun.objects.filter(incident=incident_row(viewer, incident_id)).order_by("id")
    told = (msgspec.convert(note, Note) for notes in rows.values_list("notes", flat=True) for note in notes)
    return tuple(dict.fromkeys(told))


def evidence_of(viewer: Viewer, incident_id: str) -> list[EvidenceView]:
    """Return the artefacts of an incident in the order of receiving; none for who only reads. Raises NotFound."""
    row = incident_row(viewer, incident_id)
    if not viewer.may_write:
        return []
    items = row.evidence.select_related("received_from").order_by("id")
    return [
        EvidenceView(
            item.sha256,
            item.name,
            item.size,
            item.received_at,
            item.received_from.name if item.received_from else "Juncture",
            item.archive or None,
        )
        for item in items
    ]


def _view(row: ImportRun) -> ImportView:
    return ImportView(
        row.public_id,
        row.incident.public_id,
        row.state,
        msgspec.convert(row.progress, Progress),
        row.events,
        row.left_out,
        row.notes,
        row.read_by,
        row.masked_counts,
        tuple(item["name"] for item in row.given),
        tuple(item.get("size", 0) for item in row.given),
        row.draft_follows,
        row.cancel_requested,
        row.remark or None,
        row.requested_at,
        row.ended_at,
        row.failure or None,
    )
