"""Structure out of prose: a sentence becomes a decision, factor, lesson or action, with the evidence that it cites."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from msgspec import Struct

from juncture.document.typed_lines import read_sentence, read_typed_line
from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import action_row
from juncture.web.actions.operations import add_action
from juncture.web.actions.taking_back import take_back as take_action_back
from juncture.web.incidents.operations import require_author
from juncture.web.postmortems.models import Section
from juncture.web.postmortems.operations.objects import add_object
from juncture.web.postmortems.pieces import KINDS
from juncture.web.postmortems.selectors import postmortem_row

_REFERENCE = re.compile(r"\s*\[\^([^\]\s]+)\]")
_DEFINITION = re.compile(r"^\[\^([^\]\s]+)\]: .*\(event ([0-9a-f]{32})\b", re.MULTILINE)
_MARKUP = re.compile(
    r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|^\s*(?:[-*+>#]+|\d+[.)])\s+(?:\[[ xX]\]\s+)?", re.MULTILINE
)
_LUCKY = re.compile(r"\b(?:luck|lucky|luckily|fortunate|fortunately|by chance|happened to)\b", re.IGNORECASE)
_WELL = re.compile(r"\b(?:well|helped|worked|quickly|in time|paid off|good)\b", re.IGNORECASE)
_POORLY = re.compile(
    r"\b(?:poorly|late|missing|lacked|slow|slowly|confus\w+|unclear|nobody|too (?:long|late))\b", re.IGNORECASE
)
TITLE_LIMIT = 500


class Made(Struct, frozen=True):
    """What was made of a text: a sentence for whoever made it, and what call of the API undoes it."""

    said: str
    undo: str
    takes_line: bool = False
    """Whether the line was an object from its first mark, and leaves the prose: no fact lives twice."""


def make_object(viewer: Viewer, postmortem_id: str, kind_name: str, text: str) -> Made:
    """Make an object of a sentence; what the sentence cites, the object cites. Raises Invalid, NotFound, NotAllowed."""
    if kind_name == "actions":
        return _make_action(viewer, postmortem_id, text)
    title, events = plain_words(viewer, postmortem_id, text)
    if kind_name not in ("decisions", "factors", "lessons") or not title:
        raise Invalid("Select a sentence first: it becomes a decision, factor, lesson or action.")
    values: dict[str, Any] = {KINDS[kind_name].title: title}
    if kind_name == "decisions":
        values = {"question": title if title.endswith("?") else f"What to do: {title}", "chosen": title}
    if kind_name == "lessons":
        values["kind"] = _lesson(title)
    row = add_object(viewer, postmortem_id, kind_name, values, events=events)
    name = KINDS[kind_name].label
    return Made(f"A {name} was made of it: “{_short(title)}”.", f"/objects/{kind_name}/{row.pk}/undo")


def take_back(viewer: Viewer, postmortem_id: str, action_id: str) -> None:
    """Undo the making of an action. Raises NotFound, NotAllowed, or InTheWay where others have changed it since."""
    require_author(viewer, "change actions")
    postmortem = postmortem_row(viewer, postmortem_id)
    if action_row(viewer, action_id).postmortem_id != postmortem.pk:
        raise NotFound
    take_action_back(viewer, action_id)


def _make_action(viewer: Viewer, postmortem_id: str, text: str) -> Made:
    """Make an action of a sentence, or of a typed line with its owner, due day, kind, priority and ticket."""
    today = timezone.now().astimezone(ZoneInfo(viewer.zone)).date()
    line = read_typed_line(text.strip("\n"), today)
    title, _ = plain_words(viewer, postmortem_id, text)
    if not title:
        raise Invalid("Select a sentence first: it becomes a decision, factor, lesson or action.")
    typed = line or read_sentence(title, today)
    row = add_action(
        viewer,
        postmortem_id,
        title=typed.title,
        kind=typed.kind,
        owner=typed.owner,
        due=typed.due,
        priority=typed.priority or "",
        ticket=typed.ticket or "",
    )
    told = [f"An action was made of it: “{_short(typed.title)}”"]
    if typed.owner:
        told.append(f"owner {typed.owner}")
    if typed.due:
        told.append(f"due {typed.due:%a} {typed.due.day} {typed.due:%B %Y}")
    return Made(
        ". ".join((", ".join(told), *(note.rstrip(".") for note in typed.notes))) + ".",
        f"/made-actions/{row.public_id}/undo",
        takes_line=line is not None,
    )


def plain_words(viewer: Viewer, postmortem_id: str, text: str) -> tuple[str, list[str]]:
    """Return a text without its marks, on one line, and the events that it cites in this document. Raises NotFound."""
    row = postmortem_row(viewer, postmortem_id)
    labels = list(dict.fromkeys(_REFERENCE.findall(text)))
    events: list[str] = []
    if labels:
        whole = "\n".join(Section.objects.filter(postmortem=row).values_list("markdown", flat=True))
        bound = dict(reversed(_DEFINITION.findall(whole)))
        events = [bound[label] for label in labels if label in bound]
    words = " ".join(_MARKUP.sub("", _REFERENCE.sub("", text)).replace("`", "").split())
    return words if len(words) <= TITLE_LIMIT else f"{words[: TITLE_LIMIT - 1]}…", events


def _lesson(title: str) -> str:
    if _LUCKY.search(title):
        return "got_lucky"
    if _POORLY.search(title):
        return "went_poorly"
    return "went_well" if _WELL.search(title) else "learned"


def _short(title: str) -> str:
    return title.rstrip(".") if len(title) <= 80 else f"{title[:79]}…"
