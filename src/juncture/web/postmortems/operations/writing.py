"""Write prose: the one function that changes a section's text, and citing."""

from __future__ import annotations

from django.db import transaction

from juncture.document.redraft import with_own_labels
from juncture.model import record
from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_postmortem
from juncture.web.postmortems.citations import footnote_for, next_label, with_citation
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.merging import merge
from juncture.web.postmortems.models import Section
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.timeline.selectors import event_of

SECTION_LIMIT = 1_000_000


def apply(viewer: Viewer, postmortem_id: str, section_id: int, *, base: str, text: str, action: str = "write") -> str:
    """Change a section's text: what leads from `base` to `text` is merged into what stands there now; return the result.

    The one way in which prose changes; `action` is what the journal calls it. Raises NotFound, NotAllowed, or Invalid beyond a
    million characters.
    """
    require_author(viewer, "write")
    if len(text) > SECTION_LIMIT or len(base) > SECTION_LIMIT:
        raise Invalid(f"A section holds at most {SECTION_LIMIT:,} characters.")
    if not is_storable(text):
        raise Invalid("The text holds a NUL or half a character, which no document can.")
    postmortem = postmortem_row(viewer, postmortem_id)
    with transaction.atomic(), text_held(viewer, postmortem):
        # One at a time in a document: what two people cite at once must not get one label.
        sections = {one.pk: one for one in Section.objects.select_for_update(no_key=True).filter(postmortem=postmortem)}
        section = sections.get(section_id)
        if section is None:
            raise NotFound
        document = [record.Section(one.heading, one.markdown) for one in sections.values()]
        merged = merge(lines(base), with_own_labels(lines(base), lines(text), document), section.markdown)
        if merged != section.markdown:
            before, section.markdown = section.markdown, merged
            section.version += 1
            section.changed_by_id = viewer.user_id
            section.save(update_fields=["markdown", "version", "changed_by", "changed_at"])
            index_postmortem(postmortem.pk)
            record_change(
                viewer,
                action=action,
                object_kind="section",
                object_id=str(section.pk),
                incident_id=postmortem.incident_id,
                postmortem_id=postmortem.pk,
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
    with transaction.atomic(), text_held(viewer, postmortem):
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


def lines(text: str) -> str:
    """Return text with the line ends of a document: forms send CRLF."""
    return text.replace("\r\n", "\n")
