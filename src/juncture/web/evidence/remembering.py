"""Operations on accounts: what a participant remembers, their own until they release it."""

from __future__ import annotations

import datetime as dt
import io
import secrets
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from juncture.evidence.accounts import KINDS, Terms, written
from juncture.model.instants import Instant
from juncture.web.access.errors import InTheWay, Invalid, NotFound, Stale
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.days import day_of
from juncture.web.evidence.models import Account, ImportRun
from juncture.web.evidence.operations import Received, checked_zone, receive_account
from juncture.web.evidence.ring import row_for_accounts
from juncture.web.incidents.models import Incident
from juncture.web.journal.operations import record_change

TEXT_LIMIT = 200_000


def begin_account(viewer: Viewer, incident_id: str, *, text: str = "", speaker: str = "") -> Account:
    """Begin an account; an empty one that the viewer began before is it. Raises NotFound, NotAllowed, Invalid."""
    incident = row_for_accounts(viewer, incident_id)
    _check(text, speaker)
    with transaction.atomic():
        own = Account.objects.written_by(viewer).filter(incident=incident, released_at__isnull=True, text="")
        account = own.first() if not text else None
        if account is not None:
            return account
        account = Account.objects.create(
            incident=incident,
            author_id=viewer.person,
            public_id=secrets.token_hex(12),
            text=text,
            speaker=speaker,
            zone=viewer.zone,
        )
        _record(viewer, account, "begin")
    return account


def write_account(
    viewer: Viewer,
    account_id: str,
    *,
    text: str,
    speaker: str,
    day: dt.date | None,
    zone: str,
    version: int | None = None,
) -> Account:
    """Keep what was written. Raises NotFound for who is not its author, Invalid, InTheWay once released.

    `version` is the one that was changed; None: whatever it is. Raises Stale where another window wrote since.
    """
    _check(text, speaker)
    zone = checked_zone(zone)
    with transaction.atomic():
        account = _own(viewer, account_id)
        if version is not None and version != account.version:
            raise Stale("This account was changed in another window. Copy your text, load the page again, and bring it in.")
        account.text, account.speaker, account.day, account.zone = text, " ".join(speaker.split())[:120], day, zone
        account.version += 1
        account.save(update_fields=["text", "speaker", "day", "zone", "version", "changed_at"])
    # What is written before it is released is nobody's business, also not the journal's.
    return account


def withdraw_account(viewer: Viewer, account_id: str) -> None:
    """Throw an account away that was not released. Raises NotFound, InTheWay once released."""
    with transaction.atomic():
        account = _own(viewer, account_id)
        _record(viewer, account, "withdraw")
        account.delete()


def release_account(viewer: Viewer, account_id: str) -> ImportRun:
    """Make an account evidence of its incident: an artefact in the ledger, read like any other.

    Raises NotFound, InTheWay once released, Invalid for one without words.
    """
    account = _own(viewer, account_id, locked=False)
    if not account.text.strip():
        raise Invalid("There is nothing in it yet. Write what you saw, and when, as exactly as you remember.")
    speaker = account.speaker or viewer.name
    text = written(account.text, terms_of(account, speaker))
    file = Received(f"account of {speaker.replace('/', ' ')}.txt", io.BytesIO(text.encode()))
    with transaction.atomic():
        held = _own(viewer, account_id)
        if held.version != account.version:
            raise Stale("This account was changed in another window. Load the page again before you release it.")
        run = receive_account(viewer, account.incident, file, zone=account.zone)
        held.text, held.released_at, held.artefact = "", timezone.now(), run.given[0]["sha256"]
        held.speaker = speaker
        held.save(update_fields=["text", "speaker", "released_at", "artefact", "changed_at"])
        _record(viewer, held, "release")
    return run


def terms_of(account: Account, speaker: str = "") -> Terms:
    """Return what the times of an account are read by."""
    zone = account.zone or "UTC"
    day = account.day or day_of(account.incident, zone)
    return Terms(speaker, day, ZoneInfo(zone), anchors_of(account.incident))


def anchors_of(incident: Incident) -> dict[str, Instant]:
    """Return when the things happened that people reckon by (the deploy, the page), of each kind that happened once."""
    from juncture.web.evidence.selectors import instants_of_kind  # noqa: PLC0415 - selectors read what operations write

    found = instants_of_kind(incident, KINDS)
    return {kind: times[0] for kind, times in found.items() if len(times) == 1}


def _own(viewer: Viewer, account_id: str, *, locked: bool = True) -> Account:
    rows = Account.objects.written_by(viewer).select_related("incident")
    rows = rows.select_for_update(of=("self",)) if locked else rows
    account = rows.filter(public_id=account_id).first()
    if account is None:
        raise NotFound
    row_for_accounts(viewer, account.incident.public_id)
    if account.released_at:
        raise InTheWay("This account was released, and is evidence now. A facilitator can have it erased, with a reason.")
    return account


def _check(text: str, speaker: str) -> None:
    if not is_storable(text) or not is_storable(speaker):
        raise Invalid("The text holds a NUL or half a character, which cannot be stored.")
    if len(text) > TEXT_LIMIT:
        raise Invalid(f"The account has {len(text):,} characters; {TEXT_LIMIT:,} are the most. Release it in parts.")


def _record(viewer: Viewer, account: Account, action: str) -> None:
    """Append what was done; never the words. That one was begun is not tied to its incident before it is released."""
    record_change(
        viewer,
        action=action,
        object_kind="account",
        object_id=account.public_id,
        incident_id=account.incident_id if action == "release" else None,
    )
