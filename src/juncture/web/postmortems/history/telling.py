"""One change of a postmortem in the words of a person: what was done to what, and what became of its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from juncture.web.actions.changing import KIND as ACTION
from juncture.web.actions.models import State as ActionState
from juncture.web.actions.telling import told_parts
from juncture.web.journal.telling import called
from juncture.web.postmortems.comparing import Run, compared
from juncture.web.postmortems.forms import FORMS, Field
from juncture.web.postmortems.models import Standing, State
from juncture.web.postmortems.pieces import KINDS, Kind

Values = dict[str, Any]
"""What the journal keeps of a thing before or after a change."""
PIECES = {kind.one: kind for kind in KINDS.values()}
"""The kinds of object by the names that the journal has for one."""
OPENING = "Opening words"
"""How a section without a heading is called."""
_DID = {
    ("section", "write"): "wrote in",
    ("section", "add"): "added the section",
    ("section", "remove"): "removed the section",
    ("section", "restore"): "restored an earlier text of",
    ("postmortem", "start"): "had the postmortem drafted from the evidence",
    ("postmortem", "draft_anew"): "had it drafted anew, from newer evidence",
    ("postmortem", "follow"): "had it follow newer evidence",
    ("postmortem", "import"): "imported it from a file",
    ("postmortem", "replace"): "replaced the document by a file",
    ("postmortem", "rename"): "gave it another title",
    (ACTION, "add"): "added the action",
    (ACTION, "edit"): "changed the action",
    (ACTION, "assign"): "gave the action",
    (ACTION, "remove"): "removed the action",
    (ACTION, "take_back"): "took back the action",
}
_DECIDED = {
    "accept": "accepted what newer evidence proposed of",
    "dismiss": "dismissed what newer evidence proposed of",
    "undo": "took back what was decided of what newer evidence proposed of",
}
_DID_TO_PIECE = {
    "add": "added the",
    "edit": "changed the",
    "accept": "accepted the",
    "dismiss": "dismissed the",
    "remove": "removed the",
    "undo": "undid the last change of the",
}
_LABEL_OF = {kind.name: {field.name: field for field in FORMS[kind.name].fields} for kind in KINDS.values()}


class Part(Struct, frozen=True):
    """One field or text that changed, word by word. `label` is empty for the text of a section."""

    label: str
    runs: tuple[Run, ...]


class Told(Struct, frozen=True):
    """A change in words, to be read behind the name of who made it: `wrote in` `Summary`, and what follows."""

    did: str
    name: str = ""
    rest: str = ""
    note: str = ""
    """Why, where somebody gave a reason."""
    parts: tuple[Part, ...] = ()


def told(
    action: str, kind: str, before: Values | None, after: Values | None, *, through: str = "", name: str = "", most: int = 0
) -> Told:
    """Return a change in words. `name` is what the thing is called today, `most` how many characters of a text are shown."""
    was, now = before or {}, after or {}
    if kind == "section":
        did = "put back the section" if action == "restore" and before is None else _did(kind, action)
        did = "had newer evidence change" if action == "write" and through == "import" else did
        runs = compared(str(was.get("markdown", "")), str(now.get("markdown", "")), most=most)
        return Told(did, name or OPENING, parts=(Part("", runs),) if runs else ())
    if kind in PIECES:
        return _of_piece(action, PIECES[kind], was, now, most)
    if kind == ACTION:
        return _of_action(action, was, now, name, most)
    if kind == "heading":
        return Told("renamed the section", str(was.get("heading") or OPENING), f"to “{now.get('heading', '')}”")
    if kind == "order":
        return Told(
            "moved the section", str(now.get("heading") or OPENING), f"from place {was.get('place')} to {now.get('place')}"
        )
    if kind == "proposal":
        return Told(_DECIDED.get(action, _did(kind, action)), _of_what(str(now.get("of") or was.get("of") or "")))
    return _of_postmortem(action, was, now)


def parts_of(kind: Kind, before: Values, after: Values, *, most: int = 0) -> tuple[Part, ...]:
    """Return what differs between two values of an object, field by field."""
    return tuple(_parts(kind, before, after, most))


def _did(kind: str, action: str) -> str:
    """Return what was done in words; what this version has no words for is named as the audit names it."""
    return _DID.get((kind, action), f"{called(action)}: {kind.replace('_', ' ')}")


def _of_postmortem(action: str, was: Values, now: Values) -> Told:
    title: tuple[Part, ...] = ()
    if was.get("title") and now.get("title") and was["title"] != now["title"]:
        title = (Part("Title", compared(str(was["title"]), str(now["title"]))),)
    if action == "follow":
        count = now.get("parts") or 0
        return Told(_did("postmortem", action), rest=f"in {count} part{'' if count == 1 else 's'}" if count else "")
    if action != "set_state":
        return Told(_did("postmortem", action), parts=title)
    note = str(now.get("reason") or "")
    if now.get("state") == State.PUBLISHED and was.get("state") != State.CLOSED:
        return Told(f"published it as publication {now.get('publication')}", note=note)
    return Told(f"brought it from {_state(was)} to {_state(now)}", note=note)


def _of_what(name: str) -> str:
    """Return what a proposal is about: it names `sections/Summary`, `decisions/Roll back?` or `facts`."""
    kind, _, title = name.partition("/")
    return (title or OPENING) if kind == "sections" else title or "the facts"


def _state(values: Values) -> str:
    state = str(values.get("state"))
    return State(state).label.lower() if state in State.values else state


def _of_piece(action: str, kind: Kind, was: Values, now: Values, most: int) -> Told:
    title = str(now.get(kind.title) or was.get(kind.title) or "")
    did = _DID_TO_PIECE.get(action, f"{called(action)}:")
    shown = () if action in {"accept", "dismiss"} else parts_of(kind, was, now, most=most)
    if action in {"add", "remove"}:
        shown = tuple(part for part in shown if part.label not in {_LABEL_OF[kind.name][kind.title].label, "Standing"})
    return Told(f"{did} {kind.label}", title, parts=shown)


def _parts(kind: Kind, was: Values, now: Values, most: int) -> Iterator[Part]:
    fields = _LABEL_OF[kind.name]
    for name, field in fields.items():
        if runs := compared(_said(field, was.get(name)), _said(field, now.get(name)), most=most):
            yield Part(field.label, runs)
    if runs := compared(_standing(was), _standing(now)):
        yield Part("Standing", runs)
    cited, cites = (len(values.get("citations") or ()) for values in (was, now))
    if was.get("citations", []) != now.get("citations", []):
        yield Part("Cites", compared(_pieces(cited), _pieces(cites)) or (Run("same", "other evidence than before"),))


def _standing(values: Values) -> str:
    standing = values.get("standing")
    return Standing(standing).label if standing in Standing.values else ""


def _pieces(count: int) -> str:
    return f"{count} piece{'' if count == 1 else 's'} of evidence" if count else ""


def _said(field: Field, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    label = dict(field.choices).get(str(value))
    return label.partition(":")[0] if label else str(value)


def _of_action(action: str, was: Values, now: Values, name: str, most: int) -> Told:
    title = str(name or now.get("title") or was.get("title") or "")
    if action == "set_state":
        state = str(now.get("state") or "")
        label = ActionState(state).label.lower() if state in ActionState.values else ""
        shown = {key: value for key, value in now.items() if key != "state"}
        before = {key: value for key, value in was.items() if key != "state"}
        did, rest = ("brought the action", f"to “{label}”") if label else ("changed what shows the action", "to have worked")
    else:
        did, rest, shown, before = _did(ACTION, action), "another owner" if action == "assign" else "", now, was
    if action in {"add", "remove", "take_back"}:
        shown, before = ({key: value for key, value in values.items() if key != "title"} for values in (shown, before))
    parts = tuple(
        Part(part.name, compared(part.before, part.after, most=most))
        for part in told_parts(before, shown)
        if part.before != part.after
    )
    return Told(did, title, rest, parts=parts)
