"""New evidence and a postmortem: what no person touched follows it, all else is proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.db import transaction
from django.db.models import F, Max
from msgspec import Struct

from juncture.document.redraft import Text, footnotes_in, labels_in, markdown_of, text_of
from juncture.model import record
from juncture.web.access.errors import InTheWay
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.journal.operations import record_change
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.mapping import PROPOSABLE, frozen
from juncture.web.postmortems.models import Piece, Postmortem, Section, Standing, State
from juncture.web.postmortems.operations.indexed import index
from juncture.web.postmortems.operations.starting import drafted_from_evidence
from juncture.web.postmortems.pieces import Kind, fill, new_row, value_of, values_in
from juncture.web.postmortems.proposing import (
    Comparison,
    FactsChange,
    SectionChange,
    changes_in,
    comparison_of,
    considered,
    with_object,
)
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.postmortems.storing import Rewritten, record_rewritten


class Followed(Struct, frozen=True):
    """What newer evidence did to a postmortem: how many parts followed it, and how many changes it proposes."""

    updated: int
    proposed: int


def follow_evidence(viewer: Viewer, postmortem_id: str) -> Followed:
    """Draft again beside the text. What no person touched follows; all else is proposed, and waits for a person.

    A text that was in review or published follows in nothing: there everything is proposed. May be called any number of
    times. Raises NotFound, NotAllowed, or InTheWay for a postmortem that was written elsewhere and never drafted.
    """
    require_author(viewer, "draft")
    seen = postmortem_row(viewer, postmortem_id)
    if not seen.drafted:
        raise InTheWay("This postmortem was written elsewhere, so it has no draft to compare with. Cite the new events in it.")
    newest = drafted_from_evidence(viewer, seen.incident, seen.practice)
    with transaction.atomic(), text_held(viewer, seen):
        row = locked(seen)
        before = row.proposals
        row.newest = frozen(newest)
        updated = _follow(viewer, row) if row.state == State.DRAFT and not row.published_number else 0
        settle(row)
        if updated:
            index(row)
        if updated or row.proposals != before:
            record_change(
                viewer,
                action="follow",
                object_kind="postmortem",
                object_id=row.public_id,
                incident_id=row.incident_id,
                postmortem_id=row.pk,
                before={"proposals": before},
                after={"proposals": row.proposals, "parts": updated},
            )
    return Followed(updated, row.proposals)


def recount_proposals(viewer: Viewer, postmortem_id: str) -> None:
    """Count again what is proposed: a person may have written the same meanwhile. Raises NotFound, NotAllowed."""
    require_author(viewer, "write")
    seen = postmortem_row(viewer, postmortem_id)
    with transaction.atomic(), text_held(viewer, seen):
        settle(locked(seen))


def locked(seen: Postmortem) -> Postmortem:
    """Return a postmortem's row, held until the transaction ends."""
    return Postmortem.objects.whole().select_for_update(no_key=True).select_related("incident").get(pk=seen.pk)


def settle(row: Postmortem) -> None:
    """Write down a postmortem with how much is proposed to it by now."""
    found = comparison_of(row)
    row.proposals = len(changes_in(found)) if found else 0
    row.save(update_fields=["derived", "drafted", "newest", "title", "proposals", "dismissed"])


def new_section(row: Postmortem, change: SectionChange, *, by_person: bool) -> Section:
    """Put a proposed section where it belongs: behind the one that it follows in the draft."""
    sections = Section.objects.filter(postmortem=row)
    before = next((one for one in sections if one.of_draft == change.after), None)
    place = before.position + 1 if before else 0
    sections.filter(position__gte=place).update(position=F("position") + 1)
    text, version = markdown_of(change.text), 2 if by_person else 1
    return Section.objects.create(postmortem=row, position=place, heading=change.heading, markdown=text, version=version)


def _follow(viewer: Viewer, row: Postmortem) -> int:
    """Bring up to date what no person touched; return how many parts that were."""
    found = comparison_of(row)
    if found is None:
        return 0
    if not row.renamed:
        row.title = found.newest.title
    drafted, facts = _follow_with_facts(row, found)
    drafted, objects = _follow_with_objects(row, found, drafted)
    drafted, rewritten = _rewrite_untouched(found, drafted)
    row.drafted = frozen(drafted)
    rewritten += _add_sections(row)
    # Whoever asks, the evidence wrote it: the history says so.
    record_rewritten(msgspec.structs.replace(viewer, through="import"), row, rewritten)
    return facts + objects + len(rewritten)


def _follow_with_facts(row: Postmortem, found: Comparison) -> tuple[record.Postmortem, int]:
    for change in changes_in(found).values():
        if isinstance(change, FactsChange) and not change.by_hand:
            row.derived = frozen(msgspec.structs.replace(change.new, metadata=found.facts.metadata))
            return considered(found.drafted, change), 1
    return found.drafted, 0


def _follow_with_objects(row: Postmortem, found: Comparison, drafted: record.Postmortem) -> tuple[record.Postmortem, int]:
    parts = 0
    before = {kind.name: {kind.key(one): one for one in values} for kind, values in values_in(drafted)}
    for kind, values in values_in(found.newest):
        old, new = before[kind.name], {kind.key(one): one for one in values}
        rows = {kind.key(value_of(kind, piece)): piece for piece in found.pieces[kind.name]}
        for key in dict.fromkeys((*old, *new)):
            was, now, piece = old.get(key), new.get(key), rows.get(key)
            # A row that is not there, of an object that was drafted, was taken away by a person.
            if was != now and not (piece.touched if piece else was):
                _follow_with_object(row, kind, piece, now)
                drafted, parts = with_object(drafted, kind, was, now), parts + 1
    return drafted, parts


def _follow_with_object(row: Postmortem, kind: Kind, piece: Piece | None, now: Struct | None) -> None:
    if piece is not None and now is None:
        piece.delete()
    elif piece is not None and now is not None:
        standing = piece.standing
        fill(piece, now)
        piece.standing = standing
        piece.save()
    elif now is not None:
        last = kind.row.of(row).aggregate(last=Max("position"))["last"]
        standing = Standing.PROPOSED if kind.name in PROPOSABLE else Standing.ACCEPTED
        new_row(kind, row, now, position=0 if last is None else last + 1, standing=standing).save()


def _rewrite_untouched(found: Comparison, drafted: record.Postmortem) -> tuple[record.Postmortem, list[Rewritten]]:
    """Write the newest text into the sections that nobody wrote in. Each footnote stays where it is as long as it is needed."""
    newest = {one.heading: one.markdown for one in found.newest.sections}
    known = {one.heading for one in drafted.sections}
    untouched = [one for one in found.sections if one.version == 1 and one.heading in known]
    texts = _texts_after(found, untouched, newest)
    rewritten = []
    for section in untouched:
        before, after = section.markdown, markdown_of(texts[section.pk]) if section.pk in texts else None
        if after is None:
            section.delete()
        elif before != after:
            section.markdown = after
            section.save(update_fields=["markdown", "changed_at"])
        if before != after:
            rewritten.append(Rewritten(section.pk, section.heading, before, after))
    mine = {one.heading for one in untouched}
    sections = tuple(
        record.Section(one.heading, newest[one.heading]) if one.heading in mine else one
        for one in drafted.sections
        if one.heading not in mine or one.heading in newest
    )
    return msgspec.structs.replace(drafted, sections=sections), rewritten


def _texts_after(found: Comparison, untouched: Sequence[Section], newest: Mapping[str, str]) -> dict[int, Text]:
    """Return the texts of all sections as they will be, by their keys; of those that stay."""
    mine = {one.pk for one in untouched}
    texts = {one.pk: text_of(one.markdown) for one in found.sections if one.pk not in mine}
    texts |= {one.pk: text_of(newest[one.heading]) for one in untouched if one.heading in newest}
    needed = list(dict.fromkeys(label for text in texts.values() for label in labels_in(text.prose)))
    defined = {label for pk, text in texts.items() if pk not in mine for label in text.footnotes}
    given, last = footnotes_in(found.newest.sections), None
    for one in untouched:
        if one.pk in texts:
            held = text_of(one.markdown).footnotes
            kept = {label: given.get(label, said) for label, said in held.items() if label in needed}
            texts[one.pk], last = Text(texts[one.pk].prose, kept), one.pk
            defined |= set(kept)
    if last is not None:
        more = {label: given[label] for label in needed if label in given and label not in defined}
        texts[last] = Text(texts[last].prose, texts[last].footnotes | more)
    return texts


def _add_sections(row: Postmortem) -> list[Rewritten]:
    """Add the sections that the draft has by now and the text never had."""
    added: list[Rewritten] = []
    found = comparison_of(row)
    drafted = found.drafted if found else None
    for change in changes_in(found).values() if found else ():
        if isinstance(change, SectionChange) and drafted is not None:
            section = new_section(row, change, by_person=False)
            added.append(Rewritten(section.pk, section.heading, None, section.markdown))
            drafted = considered(drafted, change)
            row.drafted = frozen(drafted)
    return added
