"""Receive evidence: store it, put it into the ledger, and queue its import."""

from __future__ import annotations

import datetime as dt
import io
import secrets
from collections.abc import Callable, Iterable
from typing import BinaryIO, NamedTuple, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction

from juncture.casework import ports
from juncture.model.evidence import LeftOut
from juncture.web.access.errors import InTheWay, Invalid, TooLarge
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change

PASTED_NAME = "pasted text.txt"


class Received(NamedTuple):
    """One file as it arrives: its name (with folders, where they were given) and its bytes as a stream."""

    name: str
    stream: BinaryIO


def receive_text(viewer: Viewer, incident_id: str, text: str, *, date: dt.date | None, zone: str) -> ImportRun:
    """Receive pasted text. Raises NotFound, NotAllowed, Invalid."""
    if not text.strip():
        raise Invalid("There is no text. Copy the conversation and paste it into the box.")
    return receive(
        viewer, incident_id, [Received(PASTED_NAME, io.BytesIO(text.encode("utf-8", "replace")))], date=date, zone=zone
    )


def receive(viewer: Viewer, incident_id: str, files: Iterable[Received], *, date: dt.date | None, zone: str) -> ImportRun:
    """Store files unchanged and queue one import of them all. What is acknowledged is on disk.

    Raises NotFound, NotAllowed, Invalid for an unknown zone or no file at all, TooLarge beyond the upload limit.
    """
    require_author(viewer, "add evidence")
    incident = incident_row(viewer, incident_id)
    zone = _checked_zone(zone)
    incoming = (ports.Received(file.name, None, _limited(file)) for file in files)
    given: list[dict[str, str | int]] = []
    for kept in artefact_store().put(incoming, by=viewer.name):
        if isinstance(kept, LeftOut):
            raise Invalid(f"{kept.where}: {kept.why}")
        given.append({"sha256": kept.artefact, "name": kept.name, "size": kept.size})
    if not given:
        raise Invalid("There is no file. Choose files or a folder, or paste text.")
    with transaction.atomic():
        for item in given:
            _add_item(incident, viewer, item)
        run = ImportRun.objects.create(
            incident=incident,
            public_id=secrets.token_hex(12),
            given=given,
            date=date,
            zone=zone,
            requested_by_id=viewer.user_id,
        )
        record_change(
            viewer,
            action="add",
            object_kind="evidence",
            object_id=run.public_id,
            incident_id=incident.pk,
            after={"given": given},
        )
    return run


def cancel_import(viewer: Viewer, run_id: str) -> None:
    """Ask an import to stop; what it has read stays. Raises NotFound, NotAllowed, or InTheWay when it has ended."""
    from juncture.web.evidence.selectors import import_row  # noqa: PLC0415 - selectors read what operations write

    require_author(viewer, "cancel imports")
    run = import_row(viewer, run_id)
    with transaction.atomic():
        open_states = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
        if not ImportRun.objects.filter(pk=run.pk, state__in=open_states).update(cancel_requested=True):
            raise InTheWay("This import has ended already.")
        record_change(viewer, action="cancel", object_kind="import", object_id=run.public_id, incident_id=run.incident_id)


def _add_item(incident: Incident, viewer: Viewer, item: dict[str, str | int]) -> None:
    EvidenceItem.objects.get_or_create(
        incident=incident,
        sha256=item["sha256"],
        name=str(item["name"])[:1000],
        defaults={"size": item["size"], "received_from_id": viewer.user_id},
    )


def _checked_zone(zone: str) -> str:
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{zone!r} is no zone: write a name such as UTC, Europe/Berlin or America/New_York") from None


def _limited(file: Received) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", _Limited(file.stream, file.name))


class _Limited(io.RawIOBase):
    """A stream that refuses to give more than the upload limit."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        super().__init__()
        self._stream, self._name, self._left = stream, name, settings.UPLOAD_LIMIT

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            limit = settings.UPLOAD_LIMIT // 1024 // 1024
            raise TooLarge(f"{self._name} is larger than {limit} MB. Split it, or raise JUNCTURE_UPLOAD_LIMIT_MB.")
        return data
