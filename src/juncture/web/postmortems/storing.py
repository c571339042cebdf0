"""Write the rows that a record gives, keeping the rows that speak of the same thing: links and who is writing lose nothing."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.postmortems.mapping import Rows
from juncture.web.postmortems.models import Piece, Postmortem, Section, Standing
from juncture.web.postmortems.pieces import Kind, belongs, value_of


class Rewritten(Struct, frozen=True):
    """A section's text before and after; None where there was or is no such section."""

    section: int
    heading: str
    before: str | None
    after: str | None


def record_rewritten(viewer: Viewer, row: Postmortem, rewritten: Sequence[Rewritten]) -> None:
    """Append what happened to each section: the same history as when it is written one by one."""
    for one in rewritten:
        record_change(
            viewer,
            action="write" if one.before is not None and one.after is not None else "add" if one.before is None else "remove",
            object_kind="section",
            object_id=str(one.section),
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before=None if one.before is None else {"heading": one.heading, "markdown": one.before},
            after=None if one.after is None else {"heading": one.heading, "markdown": one.after},
        )


def store_new(rows: Rows) -> None:
    """Write the rows of a postmortem that has none yet."""
    Section.objects.bulk_create(rows.sections)
    for kind, pieces in rows.pieces:
        kind.row._default_manager.bulk_create(pieces)  # noqa: SLF001 - Django's documented name for it


def store_over(viewer: Viewer, row: Postmortem, rows: Rows, *, by_person: bool) -> list[Rewritten]:
    """Write rows over those that there are; return which sections changed.

    What a person put aside stays so, unless the new rows have it again by a person's hand.
    """
    for kind, pieces in rows.pieces:
        _store_pieces(row, kind, pieces, by_person=by_person)
    return _store_sections(viewer, row, rows.sections, by_person=by_person)


def _store_sections(viewer: Viewer, row: Postmortem, sections: list[Section], *, by_person: bool) -> list[Rewritten]:
    old: dict[str, list[Section]] = {}
    for section in Section.objects.select_for_update(no_key=True).filter(postmortem=row):
        old.setdefault(section.heading, []).append(section)
    changed: list[Rewritten] = []
    for section in sections:
        kept = old[section.heading].pop(0) if old.get(section.heading) else None
        before = kept.markdown if kept else None
        if kept:
            section.pk = kept.pk
            section.version = kept.version
            section.drafted_as = kept.drafted_as
            section.changed_by_id = kept.changed_by_id
        if by_person and before != section.markdown:
            section.version += 1
            section.changed_by_id = viewer.user_id
        if kept is None or before != section.markdown or kept.position != section.position or not by_person:
            section.save()
        if before != section.markdown:
            changed.append(Rewritten(section.pk, section.heading, before, section.markdown))
    gone = [section for sections_left in old.values() for section in sections_left]
    changed += [Rewritten(section.pk, section.heading, section.markdown, None) for section in gone]
    Section.objects.filter(pk__in=[section.pk for section in gone]).delete()
    return changed


def _store_pieces(row: Postmortem, kind: Kind, pieces: list[Piece], *, by_person: bool) -> None:
    unused = [one for one in kind.row.of(row) if belongs(kind, one)]
    values = {id(one): value_of(kind, one) for one in (*unused, *pieces)}
    for piece in pieces:
        value = values[id(piece)]
        same = next((one for one in unused if values[id(one)] == value), None)
        kept = same or next((one for one in unused if kind.key(values[id(one)]) == kind.key(value)), None)
        if kept is not None:
            unused.remove(kept)
            piece.pk = kept.pk
            piece.touched = kept.touched or (by_person and same is None)
            if kind.name != "decisions" and (kept.standing != Standing.DISMISSED or not by_person):
                piece.standing = kept.standing
            elif kept.standing == Standing.DISMISSED and not by_person:
                piece.standing = Standing.DISMISSED
        else:
            piece.touched = by_person
        piece.save()
    gone = [one.pk for one in unused if one.standing != Standing.DISMISSED]
    kind.row.of(row).filter(pk__in=gone).delete()
