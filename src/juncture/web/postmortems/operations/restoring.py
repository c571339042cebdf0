"""Bring back what a section said before, out of the journal. What others typed since is kept."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from msgspec import Struct

from juncture.web.access.errors import InTheWay, Invalid, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.journal.models import Change
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_postmortem
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.models import Postmortem, Section
from juncture.web.postmortems.operations.objects import undo_object
from juncture.web.postmortems.operations.writing import apply
from juncture.web.postmortems.pieces import KINDS
from juncture.web.postmortems.selectors import postmortem_row

SIDES = ("after", "before")


class Restored(Struct, frozen=True):
    """What became of a section: its text now, null where it is gone again, and the change that was made (null: none had to be).

    To undo it, restore the text `before` that change.
    """

    section: int
    text: str | None
    change: int | None


def restore_text(
    viewer: Viewer,
    postmortem_id: str,
    change_id: int,
    *,
    side: str = "after",
    seen: int | None = None,
    section: int | None = None,
) -> Restored:
    """Bring back what a section said after a change, or before it.

    `seen` is the newest change of the postmortem that the viewer knew when they asked: what was typed since is merged, as
    always. A section that is gone is put back at the end, unless there is one of its heading. Restoring what was before a
    section was put back takes it away again. `section` is the key of the section that is meant. Raises NotFound, NotAllowed,
    Invalid for what had no text, or InTheWay.
    """
    require_author(viewer, "write")
    if side not in SIDES:
        raise Invalid(f"side is one of: {', '.join(SIDES)}.")
    postmortem = postmortem_row(viewer, postmortem_id)
    change = Change.objects.filter(postmortem_id=postmortem.pk, object_kind="section", pk=change_id).first()
    if change is None or (section is not None and change.object_id != str(section)):
        raise NotFound
    with transaction.atomic(), text_held(viewer, postmortem):
        held: dict[str, Any] | None = change.after if side == "after" else change.before
        if held is None:
            if side == "before" and change.action == "restore":
                return _take_away(viewer, postmortem, change)
            raise Invalid("There was no such section then, so it had no text.")
        row = _standing(postmortem, change)
        if row is None:
            return _put_back(viewer, postmortem, change, str(held["markdown"]))
        base = row.markdown if seen is None else _seen_text(postmortem, row, seen)
        text = apply(viewer, postmortem_id, row.pk, base=base, text=str(held["markdown"]), action="restore")
        return Restored(row.pk, text, _last(postmortem, row) if text != row.markdown else None)


def undo_change(viewer: Viewer, postmortem_id: str, change_id: int) -> None:
    """Undo a change of an object. Raises NotFound, NotAllowed, or InTheWay where it is not the last one of its object."""
    require_author(viewer, "write")
    postmortem = postmortem_row(viewer, postmortem_id)
    change = Change.objects.filter(postmortem_id=postmortem.pk, pk=change_id).first()
    kind = next((kind for kind in KINDS.values() if change is not None and kind.one == change.object_kind), None)
    if change is None or kind is None:
        raise NotFound
    undo_object(viewer, postmortem_id, kind.name, int(change.object_id), change=change_id)


def _standing(postmortem: Postmortem, change: Change) -> Section | None:
    """Return the section that a change was of, or the one of its heading that a newer file has brought."""
    sections = Section.objects.select_for_update().filter(postmortem=postmortem)
    there = sections.filter(pk=int(change.object_id)).first()
    if there is not None or (heading := _heading(postmortem, change)) is None:
        return there
    return sections.filter(heading=heading).first()


def _seen_text(postmortem: Postmortem, section: Section, seen: int) -> str:
    """Return what a section said when `seen` was the newest change: what stood there before the first one since."""
    since = _changes(postmortem, str(section.pk)).filter(pk__gt=seen).order_by("id").first()
    before: dict[str, Any] | None = since.before if since else None
    return str(before["markdown"]) if before else section.markdown


def _put_back(viewer: Viewer, postmortem: Postmortem, change: Change, markdown: str) -> Restored:
    last = Section.objects.filter(postmortem=postmortem).aggregate(last=Max("position"))["last"]
    key = int(change.object_id)
    section = Section(
        # The same key as before, so that its history goes on.
        pk=None if Section.objects.filter(pk=key).exists() else key,
        postmortem=postmortem,
        position=0 if last is None else last + 1,
        heading=_heading(postmortem, change) or "",
        markdown=markdown,
        version=2,
        changed_by_id=viewer.user_id,
    )
    section.save(force_insert=True)
    _record(viewer, section, "restore", before=None, after=_held(section))
    return Restored(section.pk, markdown, _last(postmortem, section))


def _take_away(viewer: Viewer, postmortem: Postmortem, change: Change) -> Restored:
    section = Section.objects.select_for_update().filter(postmortem=postmortem, pk=int(change.object_id)).first()
    if section is None:
        raise NotFound
    if section.markdown != (change.after or {}).get("markdown"):
        raise InTheWay("Somebody has written in this section since it was put back, so it stays.")
    key, held = section.pk, _held(section)
    section.delete()
    section.pk = key
    _record(viewer, section, "remove", before=held, after=None)
    return Restored(key, None, _last(postmortem, section))


def _heading(postmortem: Postmortem, change: Change) -> str | None:
    """Return the heading that a section had, None if nobody knows: that it came or went says it, a change of words does not."""
    said = _changes(postmortem, change.object_id).exclude(action="write").order_by("-id")
    for before, after in said.values_list("before__heading", "after__heading"):
        if (heading := before or after) is not None:
            return str(heading)
    return None


def _changes(postmortem: Postmortem, section: str) -> QuerySet[Change]:
    return Change.objects.filter(postmortem_id=postmortem.pk, object_kind="section", object_id=section)


def _last(postmortem: Postmortem, section: Section) -> int | None:
    found: int | None = _changes(postmortem, str(section.pk)).aggregate(last=Max("id"))["last"]
    return found


def _held(section: Section) -> dict[str, str]:
    return {"heading": section.heading, "markdown": section.markdown}


def _record(
    viewer: Viewer, section: Section, action: str, *, before: dict[str, str] | None, after: dict[str, str] | None
) -> None:
    index_postmortem(section.postmortem_id)
    record_change(
        viewer,
        action=action,
        object_kind="section",
        object_id=str(section.pk),
        incident_id=section.postmortem.incident_id,
        postmortem_id=section.postmortem_id,
        before=before,
        after=after,
    )
