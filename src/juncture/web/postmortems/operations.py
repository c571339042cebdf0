"""Start, write and publish postmortems."""

from __future__ import annotations

import secrets

import msgspec
from django.db import transaction
from django.utils import timezone

from juncture.document.draft import draft
from juncture.model import record
from juncture.web.access.errors import InTheWay, Invalid, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.selectors import assumptions_of
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident, Visibility
from juncture.web.incidents.operations import UNTITLED, name_from_evidence, require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_actions, index_postmortem
from juncture.web.postmortems.citations import footnote_for, next_label, with_citation
from juncture.web.postmortems.mapping import from_record, frozen, to_record
from juncture.web.postmortems.merging import merge
from juncture.web.postmortems.models import Postmortem, Publication, Section, State
from juncture.web.postmortems.pieces import KINDS
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.postmortems.storing import store_new, store_over
from juncture.web.timeline.selectors import event_of, series_of, timeline_of

PRACTICES = ("google", "amazon-coe", "netflix-oops")
SECTION_LIMIT = 1_000_000
_NEXT = {
    State.DRAFT: {State.IN_REVIEW, State.PUBLISHED},
    State.IN_REVIEW: {State.DRAFT, State.REVIEWED, State.PUBLISHED},
    State.REVIEWED: {State.IN_REVIEW, State.PUBLISHED},
    State.PUBLISHED: {State.DRAFT, State.PUBLISHED, State.CLOSED},
    State.CLOSED: {State.PUBLISHED},
}


def start_postmortem(viewer: Viewer, incident_id: str, *, practice: str = "google") -> Postmortem:
    """Draft a postmortem from the incident's timeline. Raises NotFound, NotAllowed, or Invalid for an unknown practice."""
    require_author(viewer, "start postmortems")
    if practice not in PRACTICES:
        raise Invalid(f"{practice!r} is no practice: {', '.join(PRACTICES)}")
    incident = incident_row(viewer, incident_id)
    drafted = _drafted(viewer, incident, practice)
    row = Postmortem(incident=incident, public_id=_public_id(incident), created_by_id=viewer.user_id)
    row.drafted = frozen(drafted)
    with transaction.atomic():
        rows = from_record(row, drafted, proposed=True)
        name_from_evidence(viewer, incident, row.title)
        row.save()
        store_new(rows)
        _index(row)
        record_change(
            viewer,
            action="start",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=incident.pk,
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
    drafted = _drafted(viewer, seen.incident, seen.practice)
    with transaction.atomic():
        row = Postmortem.objects.get_queryset().select_for_update().get(pk=seen.pk)
        if not is_untouched(row):
            raise InTheWay("Somebody has written on this postmortem. New evidence does not rewrite it; cite the new events.")
        before = {"title": row.title}
        row.drafted = frozen(drafted)
        rows = from_record(row, drafted, proposed=True)
        row.save()
        store_over(viewer, row, rows, by_person=False)
        _index(row)
        record_change(
            viewer,
            action="draft_anew",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            before=before,
            after={"title": row.title},
        )
    return row


def is_untouched(row: Postmortem) -> bool:
    """Whether a postmortem is still as it was drafted."""
    if row.state != State.DRAFT or row.published_number or row.renamed:
        return False
    if Section.objects.filter(postmortem=row, version__gt=1).exists():
        return False
    return not any(table.of(row).filter(touched=True).exists() for table in {kind.row for kind in KINDS.values()})


def _drafted(viewer: Viewer, incident: Incident, practice: str) -> record.Postmortem:
    """Return the draft of an incident: from its timeline, what was declared, and what its imports assumed."""
    timeline, series = timeline_of(viewer, incident.public_id), series_of(viewer, incident.public_id)
    assumed = assumptions_of(viewer, incident.public_id)
    value = draft(timeline, series, practice=practice, assumptions=assumed)
    told = value.incident
    services = told.services or tuple(incident.services.values_list("name", flat=True))
    title = value.title if incident.title == UNTITLED else incident.title
    declared = msgspec.structs.replace(told, severity=incident.severity or told.severity, services=services)
    return msgspec.structs.replace(value, incident=declared, title=title)


def apply(viewer: Viewer, postmortem_id: str, section_id: int, *, base: str, text: str) -> str:
    """Change a section's text: what leads from `base` to `text` is merged into what stands there now; return the result.

    The one way in which prose changes. Raises NotFound, NotAllowed, or Invalid beyond a million characters.
    """
    require_author(viewer, "write")
    if len(text) > SECTION_LIMIT or len(base) > SECTION_LIMIT:
        raise Invalid(f"A section holds at most {SECTION_LIMIT:,} characters.")
    if not is_storable(text):
        raise Invalid("The text holds a NUL or half a character, which no document can.")
    postmortem = postmortem_row(viewer, postmortem_id)
    with transaction.atomic():
        section = Section.objects.select_for_update().filter(postmortem=postmortem, pk=section_id).first()
        if section is None:
            raise NotFound
        merged = merge(lines(base), lines(text), section.markdown)
        if merged != section.markdown:
            before, section.markdown = section.markdown, merged
            section.version += 1
            section.changed_by_id = viewer.user_id
            section.save(update_fields=["markdown", "version", "changed_by", "changed_at"])
            index_postmortem(postmortem.pk)
            record_change(
                viewer,
                action="write",
                object_kind="section",
                object_id=str(section.pk),
                incident_id=postmortem.incident_id,
                before={"markdown": before},
                after={"markdown": merged},
            )
    return merged


def cite(viewer: Viewer, postmortem_id: str, section_id: int, event_id: str, *, at: int | None = None) -> int:
    """Put a citation of an event into a section, with its footnote; return the place behind it.

    `at` counts characters from the start of the section as it stands now; the end of its prose where it is None or beyond.
    An event that the document cites already keeps its label. Raises NotFound for an unknown event.
    """
    require_author(viewer, "write")
    postmortem = postmortem_row(viewer, postmortem_id)
    event = event_of(viewer, postmortem.incident.public_id, event_id)
    section = Section.objects.filter(postmortem=postmortem, pk=section_id).first()
    if event is None or section is None:
        raise NotFound
    whole = "\n".join(Section.objects.filter(postmortem=postmortem).values_list("markdown", flat=True))
    label, is_new = next_label(whole, event)
    text, behind = with_citation(section.markdown, label, at)
    if is_new:
        text = f"{text.rstrip()}\n\n{footnote_for(label, event)}"
    apply(viewer, postmortem_id, section_id, base=section.markdown, text=text)
    return behind


def set_state(viewer: Viewer, postmortem_id: str, to: str, *, reason: str = "") -> Postmortem:
    """Bring a postmortem to another state; to `published` freezes a publication. Raises Invalid, InTheWay, NotFound."""
    require_author(viewer, "publish")
    if to not in State.values:
        raise Invalid(f"{to!r} is no state: {', '.join(State.values)}")
    with transaction.atomic():
        seen = postmortem_row(viewer, postmortem_id)
        row = Postmortem.objects.get_queryset().select_for_update().get(pk=seen.pk)
        if to not in _NEXT[State(row.state)]:
            raise InTheWay(
                f"From {State(row.state).label.lower()} it goes to {_said(row.state)}, not to {State(to).label.lower()}."
            )
        before, row.state = row.state, to
        if to == State.PUBLISHED and before != State.CLOSED:
            row.published_number += 1
            Publication.objects.create(
                postmortem=row,
                number=row.published_number,
                record=frozen(to_record(row)),
                ledger_head=artefact_store().head().hash,
                published_by_id=viewer.user_id,
            )
        row.save(update_fields=["state", "published_number"])
        _index(row)
        record_change(
            viewer,
            action="set_state",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            before={"state": before},
            after={"state": to, "reason": reason, "publication": row.published_number, "at": timezone.now().isoformat()},
        )
    return row


def rename(viewer: Viewer, postmortem_id: str, title: str) -> None:
    """Give a postmortem another title. Raises Invalid for an empty one."""
    require_author(viewer, "write")
    title = " ".join(title.split())[:300]
    if not title:
        raise Invalid("A postmortem needs a title.")
    row = postmortem_row(viewer, postmortem_id)
    with transaction.atomic():
        before, row.title, row.renamed = row.title, title, True
        row.save(update_fields=["title", "renamed"])
        index_postmortem(row.pk)
        record_change(
            viewer,
            action="rename",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            before={"title": before},
            after={"title": title},
        )


def _index(row: Postmortem) -> None:
    index_postmortem(row.pk)
    index_actions(row.pk)


def _public_id(incident: Incident) -> str:
    if incident.visibility == Visibility.RESTRICTED:
        return secrets.token_hex(12)
    taken = Postmortem.objects.get_queryset().filter(incident=incident).count()
    return incident.public_id if not taken else f"{incident.public_id}-{taken + 1}"


def _said(state: str) -> str:
    return " or ".join(sorted(State(name).label.lower() for name in _NEXT[State(state)]))


def lines(text: str) -> str:
    """Return text with the line ends of a document: forms send CRLF."""
    return text.replace("\r\n", "\n")
