"""Operations on artefacts that are there: verify them, say when a picture was, open one, remove one with a reason."""

from __future__ import annotations

import secrets
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from juncture.model.identity import ArtefactHash
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.operations import checked_zone
from juncture.web.evidence.ring import is_in_ring, may_remove, row_for_evidence, row_for_originals
from juncture.web.evidence.saying import time_said
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change, record_opening

_REASON_LIMIT = 500


def open_original(viewer: Viewer, incident_id: str, sha256: str, *, opening: bool = True) -> tuple[EvidenceItem, BinaryIO]:
    """Return an artefact and its bytes, and write down who opened it. Raises NotFound outside its ring, and when erased."""
    item = item_in_ring(viewer, incident_id, sha256)
    if item.erased_at:
        raise NotFound(f"This was erased on {item.erased_at.date().isoformat()}: {item.erased_reason}")
    stream = artefact_store().open(ArtefactHash(item.sha256))
    if opening:
        record_opening(viewer, object_kind="artefact", object_id=item.sha256, incident_id=item.incident_id)
    return item, stream


def item_in_ring(viewer: Viewer, incident_id: str, sha256: str) -> EvidenceItem:
    """Return an artefact of an incident to who may open it. Raises NotFound."""
    return _item(row_for_originals(viewer, incident_id), sha256)


def verify_now(viewer: Viewer, incident_id: str) -> ImportRun:
    """Queue a verification of an incident's artefacts; one that waits already is it. Raises NotFound, NotAllowed."""
    require_author(viewer, "verify evidence")
    incident = row_for_evidence(viewer, incident_id)
    with transaction.atomic():
        waiting = ImportRun.objects.filter(
            incident=incident, task=ImportRun.Task.VERIFY, state__in=(ImportRun.State.QUEUED, ImportRun.State.RUNNING)
        ).first()
        if waiting:
            return waiting
        run = ImportRun.objects.create(
            incident=incident,
            public_id=secrets.token_hex(12),
            task=ImportRun.Task.VERIFY,
            requested_by_id=viewer.user_id,
        )
        record_change(
            viewer, action="verify", object_kind="evidence", object_id=run.public_id, incident_id=incident.pk
        )  # fmt: skip
    return run


def say_when(viewer: Viewer, incident_id: str, sha256: str, *, when: str, what: str = "", zone: str = "") -> ImportRun:
    """Say when a picture was, in a person's words, and what it shows; queue the reading that puts it on the timeline.

    That makes an event of it, which may be cited and then seen: it is for who may open it, and for who gave it. Raises
    NotFound, NotAllowed, Invalid for words that say no time.
    """
    require_author(viewer, "say when a picture was")
    incident = row_for_evidence(viewer, incident_id)
    item = _item(incident, sha256)
    if not is_in_ring(viewer, incident) and item.received_from_id != viewer.user_id:
        raise NotAllowed("Only who is on this incident, facilitators, and who gave the picture say when it was.")
    zone = checked_zone(zone or viewer.zone)
    if not is_storable(when + what):
        raise Invalid("The text holds a NUL or half a character, which cannot be stored.")
    when, what = " ".join(when.split())[:200], " ".join(what.split())[:300]
    time_said(incident, when, zone)
    if item.erased_at or item.recognised not in {"", _image_title()}:
        raise Invalid(f"{item.name} is no picture that waits for a time.")
    with transaction.atomic():
        before = {"when": item.when_said, "what": item.what_said}
        # The same picture under several names is one.
        EvidenceItem.objects.filter(incident=incident, sha256=item.sha256).update(when_said=when, what_said=what)
        run = ImportRun.objects.create(
            incident=incident,
            public_id=secrets.token_hex(12),
            given=[{"sha256": item.sha256, "name": item.name, "size": item.size}],
            zone=zone,
            draft_follows=incident.postmortems.get_queryset().exists(),
            requested_by_id=viewer.user_id,
        )
        record_change(
            viewer,
            action="say_when",
            object_kind="artefact",
            object_id=item.sha256[7:],
            incident_id=incident.pk,
            before=before,
            after={"when": when, "what": what},
        )
    return run


def remove_artefact(viewer: Viewer, incident_id: str, sha256: str, *, reason: str) -> ImportRun:
    """Have an artefact erased, with what lies in it or what it lies in; the ledger keeps its entry and the reason.

    It is gone for everybody from now on; the worker erases the bytes and all that was read from them. Raises NotFound,
    NotAllowed, Invalid without a reason, InTheWay while evidence of the incident is being read.
    """
    incident = incident_row(viewer, incident_id)
    if not may_remove(viewer, incident):
        raise NotAllowed("Only who declared this incident and facilitators remove evidence. Ask one of them.")
    item = _item(incident, sha256)
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("Say why it is removed: the reason stays in the ledger for ever.")
    if len(reason) > _REASON_LIMIT or not is_storable(reason):
        raise Invalid(f"The reason is one line of at most {_REASON_LIMIT} characters.")
    with transaction.atomic():
        Incident.objects.get_queryset().select_for_update(no_key=True).get(pk=incident.pk)
        open_states = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
        if ImportRun.objects.filter(incident=incident, task=ImportRun.Task.READ, state__in=open_states).exists():
            raise InTheWay("Evidence of this incident is being read. Stop that, or wait until it has ended; then remove.")
        family = [one for one in family_of(item) if one.erased_at is None]
        if not family:
            raise InTheWay("This was erased already.")
        hashes = sorted({one.sha256 for one in family})
        EvidenceItem.objects.filter(incident=incident, sha256__in=hashes, erased_at__isnull=True).update(
            erased_at=timezone.now(), erased_by_id=viewer.user_id, erased_reason=reason, events=0, masked=0, left=0,
            when_said="", what_said="",
        )  # fmt: skip
        run = ImportRun.objects.create(
            incident=incident,
            public_id=secrets.token_hex(12),
            task=ImportRun.Task.REMOVE,
            given=[{"sha256": one.sha256, "name": one.name, "size": one.size} for one in family],
            draft_follows=incident.postmortems.get_queryset().exists(),
            requested_by_id=viewer.user_id,
        )
        record_change(
            viewer,
            action="remove",
            object_kind="artefact",
            object_id=item.sha256[7:],
            incident_id=incident.pk,
            before={"given": [{"sha256": one.sha256, "name": one.name} for one in family]},
            after={"reason": reason},
        )
    return run


def family_of(item: EvidenceItem) -> list[EvidenceItem]:
    """Return what has to be erased with an artefact, itself first: an archive holds its files' bytes, and they are its own."""
    same = EvidenceItem.objects.filter(incident=item.incident_id)
    archives = set(same.filter(sha256=item.sha256).exclude(archive="").values_list("archive", flat=True))
    inside = same.filter(archive=item.sha256)
    return [item, *same.filter(sha256=item.sha256).exclude(pk=item.pk), *inside, *same.filter(sha256__in=archives)]


def _item(incident: Incident, sha256: str) -> EvidenceItem:
    digits = sha256.removeprefix("sha256:")
    item = (
        EvidenceItem.objects.select_related("erased_by", "received_from")
        .filter(incident=incident, sha256=f"sha256:{digits}")
        .order_by("id")
        .first()
    )
    if item is None:
        raise NotFound
    return item


def _image_title() -> str:
    from juncture.evidence.readers.image import READER  # noqa: PLC0415 - the module behind it is asked for its title alone

    return READER.title
