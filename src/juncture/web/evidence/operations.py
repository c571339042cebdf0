"""Receive evidence: store it, put it into the ledger, and queue its import."""

from __future__ import annotations

import datetime as dt
import io
import secrets
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple, Unpack
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from msgspec import structs

from juncture.casework import ports
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut
from juncture.web.access.errors import InTheWay, Invalid, NoRoom
from juncture.web.access.texts import file_name
from juncture.web.access.trouble import sentence_for
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import UNTITLED, Declaration, Declared, check_declaration, declare, require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change

PASTED_NAME = "pasted text.txt"
ERASED = "these very bytes were erased from this server, and are not kept again."
Given = dict[str, str | int]
"""`{sha256, name, size}` of a file, as an import's row holds it."""


class Received(NamedTuple):
    """One file as it arrives: its name (with folders, where they were given) and its bytes as a stream."""

    name: str
    stream: BinaryIO


def receive_text(viewer: Viewer, incident_id: str, text: str, *, date: dt.date | None, zone: str) -> ImportRun:
    """Receive pasted text. Raises NotFound, NotAllowed, Invalid."""
    if not text.strip():
        raise Invalid("There is no text. Copy the conversation and paste it into the box.")
    return receive(viewer, incident_id, [pasted(text)], date=date, zone=zone)


def pasted(text: str) -> Received:
    """Return pasted text as the file that it is kept as."""
    return Received(PASTED_NAME, io.BytesIO(text.encode("utf-8", "replace")))


def receive(
    viewer: Viewer,
    incident_id: str,
    files: Iterable[Received],
    *,
    date: dt.date | None,
    zone: str,
    draft_follows: bool = False,
) -> ImportRun:
    """Store files unchanged and queue one import of them all. What is acknowledged is on disk.

    Raises NotFound, NotAllowed, Invalid for an unknown zone or no file at all, NoRoom where the disk is full.
    """
    require_author(viewer, "add evidence")
    incident = incident_row(viewer, incident_id)
    asked = _Asked(date, checked_zone(zone), draft_follows)
    return _queue(viewer, incident, _kept(viewer, files), asked)


def receive_account(viewer: Viewer, incident: Incident, file: Received, *, zone: str) -> ImportRun:
    """Store a released account and queue its import. For the operation that releases it, which knows that they may."""
    follows = incident.postmortems.get_queryset().exists()
    return _queue(viewer, incident, _kept(viewer, [file]), _Asked(None, zone, draft_follows=follows))


def receive_into_new(
    viewer: Viewer,
    files: Iterable[Received],
    said: Declaration | None = None,
    *,
    date: dt.date | None,
    zone: str,
    **fields: Unpack[Declared],
) -> ImportRun:
    """Declare an incident from its evidence, and queue the import that ends with its draft: all of it or nothing.

    What is `said` of it, or the fields of a Declaration, is what `declare` takes; an empty title is found in the evidence.
    Raises as `receive` and `declare` do.
    """
    require_author(viewer, "declare incidents")
    asked = _Asked(date, checked_zone(zone), draft_follows=True)
    said = said or Declaration(**fields)
    checked = check_declaration(viewer, said if said.title else structs.replace(said, title=UNTITLED))
    given = _kept(viewer, files)
    with transaction.atomic():
        return _queue(viewer, declare(viewer, checked), given, asked)


class _Asked(NamedTuple):
    date: dt.date | None
    zone: str
    draft_follows: bool


def _kept(viewer: Viewer, files: Iterable[Received]) -> list[Given]:
    """Put files into the store; return what the import is given."""
    incoming = (ports.Received(file_name(file.name), None, lambda file=file: file.stream) for file in files)  # type: ignore[misc]  # a default binds it
    given: list[Given] = []
    try:
        for kept in artefact_store().put(incoming, by=viewer.name):
            if isinstance(kept, LeftOut):
                # Why and where it was erased belongs to the incident that had it.
                raise Invalid(f"{kept.where}: {kept.why if kept.damaged else ERASED}")
            given.append({"sha256": kept.artefact, "name": kept.name, "size": kept.size})
    except BadEvidence as error:
        raise NoRoom(sentence_for(error) or str(error)) from error
    if not given:
        raise Invalid("There is no file. Choose files or a folder, or paste text.")
    return given


def _queue(viewer: Viewer, incident: Incident, given: list[Given], asked: _Asked) -> ImportRun:
    with transaction.atomic():
        for item in given:
            _add_item(incident, viewer, item)
        run = ImportRun.objects.create(
            incident=incident,
            public_id=secrets.token_hex(12),
            given=given,
            date=asked.date,
            zone=asked.zone,
            # A postmortem that is there hears of all evidence, whatever brought it.
            draft_follows=asked.draft_follows or incident.postmortems.get_queryset().exists(),
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


def read_again(viewer: Viewer, run_id: str) -> None:
    """Queue an import that failed or was stopped once more. Raises NotFound, NotAllowed, or InTheWay for any other."""
    from juncture.web.evidence.selectors import import_row  # noqa: PLC0415 - selectors read what operations write

    require_author(viewer, "read evidence")
    run = import_row(viewer, run_id)
    with transaction.atomic():
        ended = ImportRun.objects.filter(pk=run.pk, state__in=(ImportRun.State.FAILED, ImportRun.State.CANCELLED))
        fresh = {"state": ImportRun.State.QUEUED, "attempts": 0, "cancel_requested": False, "ended_at": None, "failure": ""}
        if not ended.update(**fresh, progress={}):
            raise InTheWay("This import is under way, or has been read whole.")
        record_change(viewer, action="read_again", object_kind="import", object_id=run.public_id, incident_id=run.incident_id)


def checked_zone(zone: str) -> str:
    """Return a zone by its IANA name, empty for none. Raises Invalid."""
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{zone!r} is no zone: write a name such as UTC, Europe/Berlin or America/New_York") from None


def _add_item(incident: Incident, viewer: Viewer, item: Given) -> None:
    if EvidenceItem.objects.filter(incident=incident, sha256=item["sha256"], erased_at__isnull=False).exists():
        raise Invalid(f"{item['name']}: {ERASED}")
    EvidenceItem.objects.get_or_create(
        incident=incident,
        sha256=item["sha256"],
        name=str(item["name"])[:1000],
        defaults={"size": item["size"], "received_from_id": viewer.user_id},
    )
