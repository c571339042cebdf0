"""Decide about what new evidence proposes: accept, dismiss, undo. Nothing that a person touched changes in another way."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction

from juncture.document.redraft import Text, markdown_of
from juncture.model import record
from juncture.web.access.errors import InTheWay, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.journal.models import Change as Journalled
from juncture.web.journal.operations import record_change
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.mapping import WRITTEN, drafted_record, facts_of, frozen
from juncture.web.postmortems.merging import merge
from juncture.web.postmortems.models import Postmortem, Section
from juncture.web.postmortems.operations.evidence_followed import locked, new_section, settle
from juncture.web.postmortems.operations.indexed import index
from juncture.web.postmortems.operations.objects import add_value, edit_value, remove_object, undo_object
from juncture.web.postmortems.operations.writing import apply
from juncture.web.postmortems.pieces import KINDS, Values, values_in
from juncture.web.postmortems.proposing import (
    Change,
    Comparison,
    FactsChange,
    ObjectChange,
    SectionChange,
    TextChange,
    changes_in,
    comparison_of,
    considered,
    needed,
    with_object,
)
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.postmortems.storing import Rewritten, record_rewritten

GONE = "This is not proposed any more: the evidence or the text has changed since. Look at the proposals again."


def accept_proposal(viewer: Viewer, postmortem_id: str, proposal: str) -> None:
    """Take a proposed change into the text, merged with what people wrote there. Raises NotFound, NotAllowed, InTheWay."""
    _decide(viewer, postmortem_id, proposal, accept=True)


def dismiss_proposal(viewer: Viewer, postmortem_id: str, proposal: str) -> None:
    """Leave the text as it is; the same is not proposed again. Raises NotFound, NotAllowed, InTheWay."""
    _decide(viewer, postmortem_id, proposal, accept=False)


def undo_proposal(viewer: Viewer, postmortem_id: str, proposal: str) -> None:
    """Take back what was decided about a proposal, as if nobody had. What was written since stays.

    Raises NotFound, NotAllowed, or InTheWay where it was undone already.
    """
    require_author(viewer, "write")
    seen = postmortem_row(viewer, postmortem_id)
    with transaction.atomic(), text_held(viewer, seen):
        row = locked(seen)
        last = _last_about(row, proposal)
        if last.action == "undo":
            raise InTheWay("This was undone already. It is among the proposals again.")
        before: Values = last.before or {}
        if last.action == "dismiss":
            row.dismissed = [one for one in row.dismissed if one != proposal]
        else:
            _undo(viewer, row, last.pk, before, last.after or {})
        settle(row)
        record_change(
            viewer,
            action="undo",
            object_kind="proposal",
            object_id=proposal,
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before={"postmortem": row.pk, "of": before["of"]},
            after={"of": before["of"]},
        )


def _decide(viewer: Viewer, postmortem_id: str, proposal: str, *, accept: bool) -> None:
    require_author(viewer, "write")
    seen = postmortem_row(viewer, postmortem_id)
    with transaction.atomic(), text_held(viewer, seen):
        row = locked(seen)
        found = comparison_of(row)
        change = changes_in(found).get(proposal) if found else None
        if found is None or change is None:
            raise InTheWay(GONE)
        before: Values = {"postmortem": row.pk, "of": name_of(change)}
        after: Values = {"of": before["of"]}
        if accept:
            before, after = _accept(viewer, row, found, change, before, after)
        else:
            row.dismissed = [*row.dismissed, proposal]
        settle(row)
        index(row)
        record_change(
            viewer,
            action="accept" if accept else "dismiss",
            object_kind="proposal",
            object_id=proposal,
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before=before,
            after=after,
        )


def _accept(
    viewer: Viewer, row: Postmortem, found: Comparison, change: Change, before: Values, after: Values
) -> tuple[Values, Values]:
    """Make a change, and count it among what was considered; return what the journal needs to undo both."""
    was, now = _take_up(viewer, row, found, change)
    drafted = considered(found.drafted, change)
    row.drafted = frozen(drafted)
    part = {} if isinstance(change, FactsChange) else {"drafted": _part(drafted, change)}
    return before | was | {"drafted": _part(found.drafted, change)}, after | now | part


def name_of(change: Change) -> str:
    """Return what a change is about: `facts`, `sections/Summary` or `decisions/…`."""
    if isinstance(change, ObjectChange):
        return f"{change.kind}/{getattr(change.new or change.old, KINDS[change.kind].title)}"
    return "facts" if isinstance(change, FactsChange) else f"sections/{change.heading}"


def _part(drafted: record.Postmortem, change: Change) -> Any:  # noqa: ANN401 - a JSON value
    """Return the part of a draft that a change is about, as the journal keeps it."""
    if isinstance(change, FactsChange):
        return msgspec.to_builtins(facts_of(drafted))
    if isinstance(change, ObjectChange):
        kind = KINDS[change.kind]
        values = next(values for one, values in values_in(drafted) if one is kind)
        key = kind.key(change.old if change.old is not None else change.new)
        return next((msgspec.to_builtins(one) for one in values if kind.key(one) == key), None)
    return next((one.markdown for one in drafted.sections if one.heading == change.heading), None)


def _take_up(viewer: Viewer, row: Postmortem, found: Comparison, change: Change) -> tuple[Values, Values]:
    """Make a change; return what the journal needs to undo it: before, and after."""
    if isinstance(change, FactsChange):
        before = msgspec.to_builtins(found.facts)
        row.derived = frozen(msgspec.structs.replace(change.new, metadata=found.facts.metadata))
        return {"derived": before}, {}
    if isinstance(change, TextChange):
        footnotes = change.text.footnotes | needed(found, change.hunk.new)
        markdown = markdown_of(Text(change.result, footnotes))
        old = next(one.markdown for one in found.sections if one.pk == change.section)
        merged = apply(viewer, row.public_id, change.section, base=old, text=markdown)
        return {"section": change.section, "markdown": old}, {"markdown": merged}
    if isinstance(change, SectionChange):
        section = new_section(row, change, by_person=True)
        record_rewritten(viewer, row, [Rewritten(section.pk, section.heading, None, section.markdown)])
        return {"section": section.pk, "markdown": None}, {"markdown": section.markdown}
    return {}, {"piece": _take_up_object(viewer, row, change)}


def _take_up_object(viewer: Viewer, row: Postmortem, change: ObjectChange) -> int:
    kind = KINDS[change.kind]
    if change.piece is None:
        return int(add_value(viewer, row, kind, _accepted(change.new)).pk)
    if change.new is None:
        remove_object(viewer, row.public_id, change.kind, change.piece)
    else:
        edit_value(viewer, kind, kind.row.of(row).select_for_update().get(pk=change.piece), _accepted(change.result))
    return change.piece


def _accepted(value: Any) -> Any:  # noqa: ANN401 - a struct of the record
    """Return a value that a person has taken up: a decision says so itself."""
    return msgspec.structs.replace(value, standing=record.Standing.ACCEPTED) if hasattr(value, "standing") else value


def _last_about(row: Postmortem, proposal: str) -> Journalled:
    made = Journalled.objects.filter(object_kind="proposal", object_id=proposal, incident_id=row.incident_id).order_by("-id")
    for one in made:
        if (one.before or {}).get("postmortem") == row.pk:
            return one
    raise NotFound


def _undo(viewer: Viewer, row: Postmortem, decided: int, before: Values, after: Values) -> None:
    drafted = drafted_record(row)
    if drafted is None:
        raise InTheWay(GONE)
    about, _, name = str(before["of"]).partition("/")
    if about == "facts":
        facts = msgspec.convert(before["drafted"], record.Postmortem)
        row.drafted = frozen(msgspec.structs.replace(facts, **{part: getattr(drafted, part) for part in WRITTEN}))
        row.derived = msgspec.json.encode(before["derived"])
    elif about == "sections":
        row.drafted = frozen(_with_part(drafted, name, before["drafted"], after["drafted"]))
        _undo_text(viewer, row, before, after)
    else:
        kind = KINDS[about]
        old, new = (
            None if value is None else msgspec.convert(value, kind.struct) for value in (before["drafted"], after["drafted"])
        )
        row.drafted = frozen(with_object(drafted, kind, new if new is not None else old, old))
        later = Journalled.objects.filter(object_kind=kind.one, object_id=str(after["piece"]), pk__gt=decided)
        if later.filter(incident_id=row.incident_id).exists():
            raise InTheWay("Somebody has changed it since. Undo that first.")
        undo_object(viewer, row.public_id, about, after["piece"])


def _with_part(drafted: record.Postmortem, heading: str, old: str | None, new: str) -> record.Postmortem:
    """Return a draft whose section is again what it was before a change; what was considered since stays."""
    sections = [
        record.Section(heading, merge(new, old or "", one.markdown)) if one.heading == heading else one
        for one in drafted.sections
        if one.heading != heading or old is not None
    ]
    return msgspec.structs.replace(drafted, sections=tuple(sections))


def _undo_text(viewer: Viewer, row: Postmortem, before: Values, after: Values) -> None:
    section = Section.objects.select_for_update().filter(postmortem=row, pk=before["section"]).first()
    if section is None:
        raise InTheWay("Its section is not there any more.")
    if before["markdown"] is not None:
        apply(viewer, row.public_id, section.pk, base=after["markdown"], text=before["markdown"])
        return
    if section.markdown != after["markdown"]:
        raise InTheWay("Somebody has written in this section since, so it stays.")
    record_rewritten(viewer, row, [Rewritten(section.pk, section.heading, section.markdown, None)])
    section.delete()
