"""Read imports and evidence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from juncture.evidence.readers.image import READER as IMAGE
from juncture.model.evidence import Note
from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.progress import Progress
from juncture.web.evidence.ring import is_in_ring
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import incident_row

_MOST_KEY_EVENTS = 5000
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
    """An artefact of an incident: name, size in bytes, hash, when it came and from whom, and what it gave.

    `recognised` is the title of the reader that read it; `archive` the hash of the archive that it came in. `left_out` and
    `masked` count things. What was erased says when, by whom and why; the rest of it stays.
    """

    sha256: str
    name: str
    size: int
    received_at: datetime
    received_from: str
    archive: str | None
    recognised: str | None = None
    events: int = 0
    masked: int = 0
    left_out: int = 0
    when_said: str | None = None
    erased_at: datetime | None = None
    erased_by: str | None = None
    erased_reason: str | None = None

    @property
    def digits(self) -> str:
        """The 64 digits of its hash, as addresses have them."""
        return self.sha256.removeprefix("sha256:")

    @property
    def inner_name(self) -> str:
        """Its name without the archive that it came in."""
        return self.name.partition("!/")[2] or self.name if self.archive else self.name

    @property
    def is_image(self) -> bool:
        """Whether it is a picture."""
        return self.recognised == IMAGE.title

    @property
    def waits_for_time(self) -> bool:
        """Whether it is a picture of which nobody knows yet when it was."""
        return self.is_image and not self.events and self.erased_at is None


def import_row(viewer: Viewer, run_id: str) -> ImportRun:
    """Return the row of an import of an incident that the viewer may see. Raises NotFound."""
    row = (
        ImportRun.objects.select_related("incident")
        .filter(public_id=run_id, task=ImportRun.Task.READ, incident__in=Incident.objects.visible_to(viewer).values("id"))
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
    rows = ImportRun.objects.select_related("incident").filter(
        incident=incident_row(viewer, incident_id), task=ImportRun.Task.READ
    )
    return [_view(row) for row in rows.order_by("-id")]


def assumptions_of(viewer: Viewer, incident_id: str) -> tuple[Note, ...]:
    """Return what the imports of an incident assumed, each once. Raises NotFound."""
    rows = ImportRun.objects.filter(incident=incident_row(viewer, incident_id), task=ImportRun.Task.READ).order_by("id")
    told = (msgspec.convert(note, Note) for notes in rows.values_list("notes", flat=True) for note in notes)
    return tuple(dict.fromkeys(told))


def evidence_of(viewer: Viewer, incident_id: str) -> list[EvidenceView]:
    """Return the artefacts of an incident in the order of receiving; none for who is not of its ring and only reads.

    Raises NotFound.
    """
    row = incident_row(viewer, incident_id)
    if not viewer.may_write and not is_in_ring(viewer, row):
        return []
    items = row.evidence.select_related("received_from", "erased_by").order_by("id")
    return [view_of_item(item) for item in items]


def instants_of_kind(incident: Incident, kinds: Collection[str]) -> dict[str, list[datetime]]:
    """Return when the key events of some kinds occurred, in order. For operations, not for views."""
    from juncture.web.timeline.models import StoredEvent  # noqa: PLC0415 - the timeline is derived from what is here

    bodies = StoredEvent.objects.filter(incident=incident, key=True).order_by("occurred_at").values_list("body", flat=True)
    found: dict[str, list[datetime]] = {}
    for body in bodies[:_MOST_KEY_EVENTS]:
        event = msgspec.json.decode(body, type=_When)
        if event.kind in kinds:
            found.setdefault(event.kind, []).append(event.occurred_at)
    return found


class _When(Struct):
    kind: str
    occurred_at: datetime


def view_of_item(item: EvidenceItem) -> EvidenceView:
    """Return what is shown of an artefact that is open to the viewer."""
    return EvidenceView(
        item.sha256,
        item.name,
        item.size,
        item.received_at,
        item.received_from.name if item.received_from else "Juncture",
        item.archive or None,
        item.recognised or None,
        item.events,
        item.masked,
        item.left,
        item.when_said or None,
        item.erased_at,
        item.erased_by.name if item.erased_by else None,
        item.erased_reason or None,
    )


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
