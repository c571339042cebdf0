"""Change which sections a document has, what they are called, and in which order they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from juncture.document.redraft import Text, footnotes_in, labels_in, markdown_of, text_of
from juncture.model import record
from juncture.web.access.errors import InTheWay, Invalid, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_postmortem
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.models import Postmortem, Section
from juncture.web.postmortems.operations.writing import apply
from juncture.web.postmortems.selectors import postmortem_row

HEADING_LIMIT = 200
MOST_SECTIONS = 200


def add_section(viewer: Viewer, postmortem_id: str, heading: str, *, after: int | None = None) -> Section:
    """Add an empty section behind another one, at the end where none is named. Raises NotFound, NotAllowed, Invalid."""
    heading = _heading(viewer, heading)
    with _held(viewer, postmortem_id) as (row, sections):
        if len(sections) >= MOST_SECTIONS:
            raise Invalid(f"A document has at most {MOST_SECTIONS} sections.")
        before = _of(sections, after) if after is not None else (sections[-1] if sections else None)
        place = before.position + 1 if before else 0
        Section.objects.filter(postmortem=row, position__gte=place).update(position=F("position") + 1)
        # Its second version: a person made it, and no newer evidence rewrites it.
        section = Section.objects.create(
            postmortem=row, position=place, heading=heading, version=2, changed_by_id=viewer.user_id
        )
        _record(viewer, "add", row, section, None, {"heading": heading, "markdown": ""})
    return section


def rename_section(viewer: Viewer, postmortem_id: str, section_id: int, heading: str) -> Section:
    """Give a section another heading; what newer evidence says of it still finds it. Raises NotFound, NotAllowed, Invalid."""
    heading = _heading(viewer, heading)
    with _held(viewer, postmortem_id) as (row, sections):
        section = _of(sections, section_id)
        if section.heading != heading:
            before = section.heading
            section.drafted_as = section.drafted_as or before
            section.heading, section.version, section.changed_by_id = heading, section.version + 1, viewer.user_id
            section.save()
            _record(viewer, "rename", row, section, {"heading": before}, {"heading": heading}, kind="heading")
    return section


def move_section(viewer: Viewer, postmortem_id: str, section_id: int, *, by: int) -> Section:
    """Move a section by so many places, up where negative; never beyond an end. Raises NotFound, NotAllowed."""
    require_author(viewer, "write")
    with _held(viewer, postmortem_id) as (row, sections):
        section = _of(sections, section_id)
        old = sections.index(section)
        new = max(0, min(len(sections) - 1, old + by))
        if new != old:
            sections.insert(new, sections.pop(old))
            for position, one in enumerate(sections):
                Section.objects.filter(pk=one.pk).exclude(position=position).update(position=position)
            before, after = ({"heading": section.heading, "place": place + 1} for place in (old, new))
            _record(viewer, "move", row, section, before, after, kind="order")
    return section


def remove_section(viewer: Viewer, postmortem_id: str, section_id: int) -> None:
    """Take a section out of the document; its history brings it back. Footnotes that others cite stay, in the last section.

    Raises NotFound, NotAllowed, or InTheWay for the only section that there is.
    """
    require_author(viewer, "write")
    with _held(viewer, postmortem_id) as (row, sections):
        section = _of(sections, section_id)
        rest = [one for one in sections if one is not section]
        if not rest:
            raise InTheWay("A document needs a section. Change its text or its heading instead.")
        _keep_footnotes(viewer, row, section, rest)
        _record(viewer, "remove", row, section, {"heading": section.heading, "markdown": section.markdown}, None)
        section.delete()
        index_postmortem(row.pk)


def _keep_footnotes(viewer: Viewer, row: Postmortem, section: Section, rest: list[Section]) -> None:
    needed = {label for one in rest for label in labels_in(one.markdown)}
    there = footnotes_in([record.Section(one.heading, one.markdown) for one in rest])
    leaving = footnotes_in([record.Section(section.heading, section.markdown)])
    moved = {label: said for label, said in leaving.items() if label in needed and label not in there}
    if moved:
        last = rest[-1]
        text = text_of(last.markdown)
        whole = markdown_of(Text(text.prose, text.footnotes | moved))
        apply(viewer, row.public_id, last.pk, base=last.markdown, text=whole)


@contextmanager
def _held(viewer: Viewer, postmortem_id: str) -> Iterator[tuple[Postmortem, list[Section]]]:
    """Hold a postmortem and its sections, which come in their order, in a transaction."""
    seen = postmortem_row(viewer, postmortem_id)
    with transaction.atomic(), text_held(viewer, seen):
        yield seen, list(Section.objects.select_for_update(no_key=True).filter(postmortem=seen))


def _of(sections: list[Section], section_id: int) -> Section:
    for one in sections:
        if one.pk == section_id:
            return one
    raise NotFound


def _heading(viewer: Viewer, heading: str) -> str:
    require_author(viewer, "write")
    if not is_storable(heading):
        raise Invalid("The heading holds a NUL or half a character, which no document can.")
    heading = " ".join(heading.split())
    if not heading:
        raise Invalid("A section needs a heading: a few words that say what stands below it.")
    if len(heading) > HEADING_LIMIT:
        raise Invalid(f"A heading has at most {HEADING_LIMIT} characters.")
    return heading


def _record(
    viewer: Viewer,
    action: str,
    row: Postmortem,
    section: Section,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    *,
    kind: str = "section",
) -> None:
    """Append a change. What says nothing of a section's text is of another kind: a text is restored from texts alone."""
    index_postmortem(row.pk)
    record_change(
        viewer,
        action=action,
        object_kind=kind,
        object_id=str(section.pk),
        incident_id=row.incident_id,
        postmortem_id=row.pk,
        before=before,
        after=after,
    )
