"""Change action items: add, edit, assign, bring to a state, replace all of a postmortem's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from juncture.model import record
from juncture.web.access.errors import InTheWay, Invalid
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import journal, locked
from juncture.web.actions.mapping import FIELDS, set_from_record
from juncture.web.actions.models import ActionItem, Kind, ProofEvent, State
from juncture.web.actions.numbering import insert
from juncture.web.actions.owners import LIMIT as OWNER_LIMIT
from juncture.web.actions.owners import people_called, person_called
from juncture.web.actions.replacing import paired
from juncture.web.incidents.operations import require_author
from juncture.web.library.indexing import index_actions
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.timeline.selectors import event_of

LIMITS = {"title": 300, "priority": 20, "ticket": 500, "factor": 300, "criterion": 1000, "owner": OWNER_LIMIT}
"""Characters that each text may have."""
TEXT_LIMIT = 5000
"""Characters of a proof or a reason."""
PROOF_EVENTS = 20
_NEEDS_TITLE = "An action needs a title: what will be done."
_CALLED = {
    "title": "The title",
    "priority": "The priority",
    "ticket": "The ticket",
    "factor": "The factor",
    "criterion": "How we will know that it worked",
    "owner": "The owner",
    "proof": "What shows that it worked",
    "reason": "The reason",
}


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of an action; what is UNSET stays as it is, None or an empty text empties."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType | None = msgspec.UNSET
    owner: str | msgspec.UnsetType | None = msgspec.UNSET
    due: dt.date | msgspec.UnsetType | None = msgspec.UNSET
    proof_due: dt.date | msgspec.UnsetType | None = msgspec.UNSET
    priority: str | msgspec.UnsetType | None = msgspec.UNSET
    ticket: str | msgspec.UnsetType | None = msgspec.UNSET
    factor: str | msgspec.UnsetType | None = msgspec.UNSET
    criterion: str | msgspec.UnsetType | None = msgspec.UNSET


def add_action(  # noqa: PLR0913 - the fields of an action
    viewer: Viewer,
    postmortem_id: str,
    *,
    title: str,
    kind: str | None = None,
    owner: str | None = None,
    due: dt.date | None = None,
    priority: str = "",
    ticket: str = "",
    factor: str = "",
    criterion: str = "",
) -> ActionItem:
    """Add an action to a postmortem, behind the others. `owner` is an address, a name or a handle.

    Raises NotFound, NotAllowed, or Invalid for what cannot be taken.
    """
    asked = Edit(
        title=title, kind=kind, owner=owner, due=due, priority=priority, ticket=ticket, factor=factor, criterion=criterion
    )
    return add_asked(viewer, postmortem_id, asked)


def add_asked(viewer: Viewer, postmortem_id: str, asked: Edit) -> ActionItem:
    """Add an action with the fields of an edit to a postmortem, behind the others. Raises as `add_action` does."""
    require_author(viewer, "add actions")
    values = {"title": ""} | _taken(asked)
    if not values["title"]:
        raise Invalid(_NEEDS_TITLE)
    postmortem = postmortem_row(viewer, postmortem_id)
    with transaction.atomic():
        rows = ActionItem.objects.get_queryset().filter(postmortem=postmortem)
        last = rows.aggregate(last=Max("position"))["last"]
        row = ActionItem(
            postmortem=postmortem,
            incident=postmortem.incident,
            position=0 if last is None else last + 1,
            state_at=timezone.now(),
            touched=True,
            **values,
        )
        insert(postmortem.incident, [row])
        index_actions(postmortem.pk)
        journal(viewer, row, "add", None, {name: getattr(row, name) for name in FIELDS})
    return row


def edit(viewer: Viewer, action_id: str, change: Edit) -> ActionItem:
    """Change what an action says. Raises NotFound, NotAllowed, or Invalid for what cannot be taken."""
    with transaction.atomic():
        row = locked(viewer, action_id)
        values = _taken(change)
        if row.owner is not None and values.get("owner_text") == row.owner.name:
            # A form that shows who it is sends their name back: that is no change of what the record says.
            del values["owner_text"], values["owner_id"]
        before = {name: getattr(row, name) for name in values if name != "owner_id"}
        for name, value in values.items():
            setattr(row, name, value)
        after = {name: getattr(row, name) for name in before}
        if before != after or row.owner_id != values.get("owner_id", row.owner_id):
            row.touched = True
            row.save(update_fields=[*sorted(values), "touched"])
            index_actions(row.postmortem_id)
            journal(viewer, row, "assign" if set(values) == {"owner_text", "owner_id"} else "edit", before, after)
    return row


def assign(viewer: Viewer, action_id: str, owner: str) -> ActionItem:
    """Give an action another owner: an address, a name or a handle; nobody for an empty text."""
    return edit(viewer, action_id, Edit(owner=owner))


class Grounds(msgspec.Struct, frozen=True):
    """What a state rests on: what shows that it worked, in words and by events of the incident; why it will not be done."""

    proof: str = ""
    events: tuple[str, ...] = ()
    reason: str = ""


def change(viewer: Viewer, action_id: str, asked: Edit, *, state: str | None, grounds: Grounds) -> None:
    """Change what an action says, and then its state if one is asked for: both or neither. Raises as they do."""
    with transaction.atomic():
        edit(viewer, action_id, asked)
        if state is not None:
            set_state(viewer, action_id, state, proof=grounds.proof, events=grounds.events, reason=grounds.reason)


def set_state(
    viewer: Viewer,
    action_id: str,
    to: str,
    *,
    proof: str = "",
    events: Sequence[str] = (),
    reason: str = "",
) -> ActionItem:
    """Bring an action to another state. Verified needs what shows that it worked: words or events of its incident.

    Won't do needs a reason. Raises NotFound, NotAllowed, Invalid, or InTheWay for verifying what is not done.
    """
    if to not in State.values:
        raise Invalid(f"{to!r} is no state: {', '.join(State.values)}")
    proof, reason = _long("proof", proof), _long("reason", reason)
    with transaction.atomic():
        row = locked(viewer, action_id)
        if to == State.VERIFIED and row.state not in {State.DONE, State.VERIFIED}:
            raise InTheWay(f"It is {State(row.state).label.lower()}. Say that it is done first; then show that it worked.")
        cited = _events(viewer, row, events) if to == State.VERIFIED else []
        _require_grounds(row, to, proof=proof or (cited and "cited"), reason=reason)
        before: dict[str, object] = {"state": row.state, "proof": row.proof, "reason": row.reason, "events": _cited(row)}
        if row.state != to:
            row.state, row.state_at = to, timezone.now()
        row.proof = proof if to == State.VERIFIED else ""
        row.reason = reason if to == State.WONT_DO else ""
        _cite(row, cited)
        after: dict[str, object] = {"state": to, "proof": row.proof, "reason": row.reason, "events": cited}
        if before != after:
            row.touched = True
            row.save(update_fields=["state", "state_at", "proof", "reason", "touched"])
            index_actions(row.postmortem_id)
            journal(viewer, row, "set_state", before, after)
    return row


def replace_actions(viewer: Viewer, postmortem: Postmortem, values: Sequence[record.ActionItem]) -> None:
    """Make the actions of a postmortem be these, in this order. Call in the transaction that changes the document.

    An item with the title of a row, or one much like it, is that row: it keeps its number, its proof and its history.
    """
    require_author(viewer, "write")
    rows = list(
        ActionItem.objects.get_queryset()
        .select_for_update(no_key=True)
        .filter(postmortem=postmortem)
        .order_by("position", "id")
    )
    found, gone = paired(rows, values)
    people = people_called(value.owner for value in values if value.owner)
    new: list[ActionItem] = []
    for position, (row, value) in enumerate(zip(found, values, strict=True)):
        owner = people.get(value.owner or "")
        if row is None:
            row = ActionItem(postmortem=postmortem, incident=postmortem.incident, position=position, owner_id=owner)  # noqa: PLW2901
            set_from_record(row, value)
            new.append(row)
            continue
        before = {name: getattr(row, name) for name in FIELDS}
        moved, changed = row.position != position, set_from_record(row, value)
        if moved or changed or row.owner_id != owner:
            row.position, row.owner_id = position, owner
            row.save()
        if changed:
            journal(viewer, row, "edit", before, {name: getattr(row, name) for name in FIELDS})
    for row in gone:
        journal(viewer, row, "remove", {name: getattr(row, name) for name in FIELDS}, dict.fromkeys(FIELDS))
    ActionItem.objects.get_queryset().filter(pk__in=[row.pk for row in gone]).delete()
    if new:
        insert(postmortem.incident, new)
        for row in new:
            journal(viewer, row, "add", None, {name: getattr(row, name) for name in FIELDS})
    if rows or new:
        index_actions(postmortem.pk)


def show_published(postmortem: Postmortem) -> None:
    """Open the actions of a postmortem to readers: they stand in the publication that its caller makes."""
    ActionItem.objects.get_queryset().filter(postmortem=postmortem, published=False).update(published=True)


def _taken(change: Edit) -> dict[str, Any]:
    """Return the columns that an edit sets. Raises Invalid."""
    asked = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    values: dict[str, Any] = {}
    for name, value in asked.items():
        if name in LIMITS:
            values[name] = _short(name, cast("str | None", value)) or None
        else:
            values[name] = value
    if "title" in values and not values["title"]:
        raise Invalid(_NEEDS_TITLE)
    if "kind" in values:
        values["kind"] = values["kind"] or None
        if values["kind"] and values["kind"] not in Kind.values:
            raise Invalid(f"{values['kind']!r} is no kind: {', '.join(Kind.values)}")
    if "owner" in values:
        values["owner_text"] = values.pop("owner")
        values["owner_id"] = person_called(values["owner_text"] or "")
    return values


def _short(name: str, text: str | None) -> str:
    said = " ".join((text or "").split())
    if len(said) > LIMITS[name]:
        raise Invalid(f"{_CALLED[name]} has at most {LIMITS[name]} characters; this has {len(said)}.")
    if not is_storable(said):
        raise Invalid(f"{_CALLED[name]} holds a NUL or half a character, which cannot be stored.")
    return said


def _long(name: str, text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if len(said) > TEXT_LIMIT:
        raise Invalid(f"{_CALLED[name]} has at most {TEXT_LIMIT:,} characters; this has {len(said):,}.")
    if not is_storable(said):
        raise Invalid(f"{_CALLED[name]} holds a NUL or half a character, which cannot be stored.")
    return said


def _require_grounds(row: ActionItem, to: str, *, proof: object, reason: str) -> None:
    if to == State.VERIFIED and not proof:
        looked = f" It works when {row.criterion}" if row.criterion else ""
        raise Invalid(f"Say what shows that it worked, or cite an event: done is not verified.{looked}")
    if to == State.WONT_DO and not reason:
        raise Invalid("Say why it will not be done; the next reader will ask.")


def _events(viewer: Viewer, row: ActionItem, events: Sequence[str]) -> list[str]:
    if len(events) > PROOF_EVENTS:
        raise Invalid(f"At most {PROOF_EVENTS} events are cited as proof.")
    found = []
    for asked in events:
        event = event_of(viewer, row.incident.public_id, asked) if is_storable(asked) else None
        if event is None:
            raise Invalid(f"{asked[:40]!r} is no event of this incident.")
        found.append(event.id)
    return list(dict.fromkeys(found))


def _cited(row: ActionItem) -> list[str]:
    return list(ProofEvent.objects.filter(action=row).values_list("event_id", flat=True))


def _cite(row: ActionItem, events: Sequence[str]) -> None:
    if _cited(row) != list(events):
        ProofEvent.objects.filter(action=row).delete()
        ProofEvent.objects.bulk_create(
            [ProofEvent(action=row, event_id=event, position=place) for place, event in enumerate(events)]
        )
