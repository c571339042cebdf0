"""What changes while a publication stands still: the states of its actions, and what later publications say otherwise."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from juncture.document.html.edition import Correction, Revision
from juncture.document.prompts import without_prompts
from juncture.model.instants import Instant
from juncture.model.record import ActionItem, Postmortem, Section
from juncture.text.render import sentences_of
from juncture.web.access.viewer import Viewer
from juncture.web.actions.mapping import to_record
from juncture.web.actions.models import ActionItem as ActionRow
from juncture.web.incidents.selectors import ids_of
from juncture.web.journal.models import Change
from juncture.web.postmortems.mapping import published_record
from juncture.web.postmortems.models import Publication
from juncture.web.postmortems.selectors import PostmortemView

MOST_REVISIONS = 3
MOST_CORRECTIONS = 12
_LONGEST = 600


def actions_now(viewer: Viewer, view: PostmortemView) -> tuple[ActionItem | None, ...]:
    """Return the actions of a seen record as they stand now, None for one that was removed or renamed since."""
    if view.working or not view.record.actions:
        return view.record.actions
    rows = ActionRow.objects.visible_to(viewer).filter(postmortem__public_id=view.id).order_by("position", "id")
    by_title: dict[str, list[ActionItem]] = {}
    for row in rows:
        by_title.setdefault(row.title.casefold(), []).append(to_record(row))
    return tuple(_next(by_title.get(action.title.casefold(), [])) for action in view.record.actions)


def _next(same: list[ActionItem]) -> ActionItem | None:
    return same.pop(0) if same else None


def revisions_of(view: PostmortemView) -> tuple[Revision, ...]:
    """Return what the latest publications of a seen one say otherwise than those before them, newest first.

    Only where a reason was given: it is given for readers, with what changed. What was taken out without a word stays out.
    """
    if view.working or view.published_number < 2:
        return ()
    reasons = _reasons(view.id)
    wanted = sorted((number for number in reasons if 1 < number <= view.published_number), reverse=True)[:MOST_REVISIONS]
    numbers = {each for number in wanted for each in (number, number - 1)}
    rows = Publication.objects.filter(postmortem__public_id=view.id, number__in=numbers)
    held = {row.number: (row.published_at, published_record(row)) for row in rows}
    return tuple(
        _revision(number, held[number][0], held[number - 1][1], held[number][1], reasons[number])
        for number in wanted
        if number in held and number - 1 in held
    )


def _reasons(postmortem: str) -> dict[int, str]:
    """Return the reason for each publication for which one was given."""
    rows = Change.objects.filter(object_kind="postmortem", object_id__in=ids_of("postmortem", postmortem), action="set_state")
    told = [
        each for each in rows.values_list("after", flat=True) if isinstance(each, dict) and each.get("state") == "published"
    ]
    return {int(each["publication"]): str(each["reason"]) for each in told if each.get("reason") and each.get("publication")}


def _revision(number: int, at: Instant, before: Postmortem, after: Postmortem, reason: str) -> Revision:
    corrections = list(_corrections(before, after))
    shown = tuple(corrections[:MOST_CORRECTIONS])
    return Revision(number, at, "", reason, shown, len(corrections) - len(shown))


def _corrections(before: Postmortem, after: Postmortem) -> Iterator[Correction]:
    if before.title != after.title:
        yield Correction("the title", before.title, after.title)
    old = {section.heading: section for section in before.sections}
    new = {section.heading: section for section in after.sections}
    for heading in dict.fromkeys((*old, *new)):
        yield from _changed(heading, _sentences(old.get(heading)), _sentences(new.get(heading)))
    yield from _changed("the factors", [one.title for one in before.factors], [one.title for one in after.factors])
    yield from _changed("the impact", list(_figures(before)), list(_figures(after)))


def _figures(record: Postmortem) -> Iterable[str]:
    return (f"{one.name}: {one.low:g} to {one.high:g} {one.unit}".strip() for one in record.impact.figures)


def _changed(section: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Correction]:
    if old == new:
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Correction(section or "the opening words", _cut(" ".join(old[a:b])), _cut(" ".join(new[c:d])))


def _sentences(section: Section | None) -> list[str]:
    return sentences_of(without_prompts(section.markdown)) if section else []


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
