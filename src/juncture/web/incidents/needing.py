"""Ask for a postmortem, and decide with a reason that none is written."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, SignInNeeded
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Scope, Viewer
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import PostmortemRequest, Waiver
from juncture.web.incidents.operations import require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change

REASON_LIMIT = 500


def request_postmortem(viewer: Viewer, incident_id: str, *, reason: str) -> None:
    """Ask for a postmortem of an incident: any person who sees it may, also who only reads, once, with a reason.

    Raises NotFound, SignInNeeded, NotAllowed for a token that only reads, Invalid, or InTheWay where they have asked already.
    """
    if not viewer.known:
        raise SignInNeeded
    if viewer.scope < Scope.WRITE:
        raise NotAllowed("Your token only reads. Asking for a postmortem needs one of the scope write.")
    with transaction.atomic():
        row = incident_row(viewer, incident_id)
        said = _reason(reason, "A request needs a reason: one line that says what you hope to learn.")
        try:
            with transaction.atomic():
                PostmortemRequest.objects.create(incident=row, by_id=viewer.person, reason=said)
        except IntegrityError:
            raise InTheWay("You have asked for a postmortem of this incident already.") from None
        judge_incident(row.pk)
        _record(viewer, row.pk, row.public_id, "request_postmortem", after={"reason": said})


def withdraw_request(viewer: Viewer, incident_id: str) -> None:
    """Take one's own request back. Raises NotFound, or InTheWay where there is none."""
    if not viewer.known:
        raise SignInNeeded
    if viewer.scope < Scope.WRITE:
        raise NotAllowed("Your token only reads. Taking a request back needs one of the scope write.")
    with transaction.atomic():
        row = incident_row(viewer, incident_id)
        own = PostmortemRequest.objects.filter(incident=row, by=viewer.person).first()
        if own is None:
            raise InTheWay("You have not asked for a postmortem of this incident.")
        said = own.reason
        own.delete()
        judge_incident(row.pk)
        _record(viewer, row.pk, row.public_id, "withdraw_request", before={"reason": said})


def waive(viewer: Viewer, incident_id: str, *, reason: str) -> None:
    """Decide that an incident gets no postmortem though it meets a criterion; visible, and undone by `take_up_again`.

    Raises NotFound, NotAllowed, Invalid without a reason, or InTheWay where it is waived already.
    """
    require_author(viewer, "waive a postmortem")
    with transaction.atomic():
        row = incident_row(viewer, incident_id)
        said = _reason(reason, "Waiving needs a reason: one line that says why nothing would be learned.")
        try:
            with transaction.atomic():
                Waiver.objects.create(incident=row, by_id=viewer.person, reason=said)
        except IntegrityError:
            raise InTheWay("This incident has been waived already.") from None
        judge_incident(row.pk)
        _record(viewer, row.pk, row.public_id, "waive", after={"reason": said})


def take_up_again(viewer: Viewer, incident_id: str) -> None:
    """Undo a waiver. Raises NotFound, NotAllowed, or InTheWay where there is none."""
    require_author(viewer, "undo a waiver")
    with transaction.atomic():
        row = incident_row(viewer, incident_id)
        waiver = Waiver.objects.filter(incident=row).first()
        if waiver is None:
            raise InTheWay("This incident has not been waived.")
        said = waiver.reason
        waiver.delete()
        judge_incident(row.pk)
        _record(viewer, row.pk, row.public_id, "take_up_again", before={"reason": said})


def _reason(text: str, missing: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise Invalid(missing)
    if len(said) > REASON_LIMIT:
        raise Invalid(f"The reason has {len(said)} characters; {REASON_LIMIT} are the most.")
    if not is_storable(said):
        raise Invalid("The reason holds a NUL or half a character, which cannot be stored.")
    return said


def _record(
    viewer: Viewer,
    key: int,
    public_id: str,
    action: str,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    record_change(
        viewer, action=action, object_kind="incident", object_id=public_id, incident_id=key, before=before, after=after
    )
