"""Start postmortems: drafted from a timeline, and drafted again as long as nobody has touched them."""

from __future__ import annotations

import secrets

import msgspec
from django.db import transaction

from juncture.document.draft import draft
from juncture.model import record
from juncture.web.access.errors import InTheWay, Invalid
from juncture.web.access.viewer import Viewer
from juncture.web.actions.operations import replace_actions
from juncture.web.actions.selectors import are_touched
from juncture.web.evidence.selectors import assumptions_of
from juncture.web.incidents.models import Incident, Visibility
from juncture.web.incidents.operations import UNTITLED, learn_from_evidence, require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.models import Change
from juncture.web.journal.operations import record_change
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.mapping import from_record, frozen
from juncture.web.postmortems.models import Postmortem, Section, State
from juncture.web.postmortems.operations.indexed import index
from juncture.web.postmortems.pieces import KINDS
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.postmortems.storing import store_new, store_over
from juncture.web.timeline.selectors import series_of, timeline_of

PRACTICES = ("google", "amazon-coe", "netflix-oops")


def start_postmortem(viewer: Viewer, incident_id: str, *, practice: str = "google") -> Postmortem:
    """Draft a postmortem from the incident's timeline. Raises NotFound, NotAllowed, or Invalid for an unknown practice."""
    require_author(viewer, "start postmortems")
    if practice not in PRACTICES:
        raise Invalid(f"{practice!r} is no practice: {', '.join(PRACTICES)}")
    incident = incident_row(viewer, incident_id)
    drafted = drafted_from_evidence(viewer, incident, practice)
    row = Postmortem(incident=incident, public_id=public_id_for(incident), created_by_id=viewer.user_id)
    row.drafted = frozen(drafted)
    with transaction.atomic():
        rows = from_record(row, drafted, proposed=True)
        found = drafted.incident
        learn_from_evidence(viewer, incident, title=row.title, severity=found.severity or "", services=found.services)
        row.save()
        store_new(rows)
        replace_actions(viewer, row, drafted.actions)
        index(row)
        record_change(
            viewer,
            action="start",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=incident.pk,
            postmortem_id=row.pk,
            after={"title": row.title, "practice": practice},
        )
    return row


def draft_anew(viewer: Viewer, postmortem_id: str) -> Postmortem:
    """Draft again, from all the evidence that there is now, what no person has touched yet.

    Sections keep their rows, so that who is writing at this moment loses nothing. Raises InTheWay where a person has
    written, renamed or published: new evidence never rewrites that.
    """
    require_author(viewer, "draft")
    seen = postmortem_row(viewer, postmortem_id)
    drafted = drafted_from_evidence(viewer, seen.incident, seen.practice)
    with transaction.atomic(), text_held(viewer, seen):
        row = Postmortem.objects.whole().select_for_update(no_key=True).get(pk=seen.pk)
        if not is_untouched(row):
            raise InTheWay("Somebody has written on this postmortem. New evidence does not rewrite it; cite the new events.")
        before = {"title": row.title}
        row.drafted, row.newest, row.proposals, row.dismissed = frozen(drafted), b"", 0, []
        rows = from_record(row, drafted, proposed=True)
        row.save()
        store_over(viewer, row, rows, by_person=False)
        replace_actions(viewer, row, drafted.actions)
        index(row)
        record_change(
            viewer,
            action="draft_anew",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before=before,
            after={"title": row.title},
        )
    return row


def is_untouched(row: Postmortem) -> bool:
    """Whether a postmortem is still as it was drafted."""
    if row.state != State.DRAFT or row.published_number or row.renamed:
        return False
    if Section.objects.filter(postmortem=row, version__gt=1).exists() or are_touched(row):
        return False
    # A section that was taken out or moved leaves no mark but in the journal.
    arranged = Change.objects.filter(postmortem_id=row.pk, object_kind__in=("section", "order"))
    if arranged.exclude(through="import").exists():
        return False
    return not any(table.of(row).filter(touched=True).exists() for table in {kind.row for kind in KINDS.values()})


def drafted_from_evidence(viewer: Viewer, incident: Incident, practice: str) -> record.Postmortem:
    """Return the draft of an incident: from its timeline, what was declared, and what its imports assumed."""
    timeline, series = timeline_of(viewer, incident.public_id), series_of(viewer, incident.public_id)
    assumed = assumptions_of(viewer, incident.public_id)
    value = draft(timeline, series, practice=practice, assumptions=assumed, near_miss=incident.near_miss)
    told = value.incident
    services = told.services or tuple(incident.services.values_list("name", flat=True))
    title = value.title if incident.title == UNTITLED else incident.title
    declared = msgspec.structs.replace(told, severity=incident.severity or told.severity, services=services)
    return msgspec.structs.replace(value, incident=declared, title=title)


def public_id_for(incident: Incident) -> str:
    """Return the id of a new postmortem: its incident's, numbered from the second on; random where numbers would count."""
    if incident.visibility == Visibility.RESTRICTED:
        return secrets.token_hex(12)
    taken = Postmortem.objects.get_queryset().filter(incident=incident).count()
    return incident.public_id if not taken else f"{incident.public_id}-{taken + 1}"
