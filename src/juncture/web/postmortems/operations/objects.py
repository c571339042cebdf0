"""Change the objects of a postmortem: add, edit, accept, dismiss, remove, undo. The same six for every kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from msgspec import Struct

from juncture.model.record import FactorRole, Incident
from juncture.web.access.errors import InTheWay, Invalid, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.journal.models import Change
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_postmortem
from juncture.web.postmortems.mapping import derived_record
from juncture.web.postmortems.models import Factor, Piece, Postmortem, Standing, Statement
from juncture.web.postmortems.pieces import KINDS, Kind, Values, belongs, fill, new_row, value_of
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.timeline.selectors import event_of

TEXT_LIMIT = 20_000
_PLACE = ("position", "standing", "touched", "postmortem_id")


def add_object(
    viewer: Viewer, postmortem_id: str, kind_name: str, values: Mapping[str, Any], *, events: Sequence[str] = ()
) -> Piece:
    """Add an object at the end of its kind; only its title is needed. It cites `events`.

    Raises Invalid, NotFound or NotAllowed.
    """
    kind, postmortem = _asked(viewer, postmortem_id, kind_name)
    given = _given(viewer, postmortem, kind, values, events)
    with transaction.atomic():
        _locked(postmortem)
        value = _checked(kind, _defaults(postmortem, kind, given) | given)
        return add_value(viewer, postmortem, kind, value)


def add_value(viewer: Viewer, postmortem: Postmortem, kind: Kind, value: Struct) -> Piece:
    """Add an object that is whole already, at the end of its kind. The caller authorises and holds the postmortem."""
    last = kind.row.of(postmortem).aggregate(last=Max("position"))["last"]
    row = new_row(kind, postmortem, value, position=0 if last is None else last + 1, standing=Standing.ACCEPTED)
    row.standing, row.touched = Standing.ACCEPTED, True
    row.save()
    _record(viewer, "add", kind, row, before=None)
    return row


def edit_object(
    viewer: Viewer, postmortem_id: str, kind_name: str, piece: int, values: Mapping[str, Any], *, events: Sequence[str] = ()
) -> Piece:
    """Change some values of an object. What was proposed is taken up by it. Raises Invalid, NotFound, NotAllowed."""
    kind, postmortem = _asked(viewer, postmortem_id, kind_name)
    given = _given(viewer, postmortem, kind, values, events)
    with transaction.atomic():
        row = _row(postmortem, kind, piece)
        return edit_value(viewer, kind, row, _checked(kind, msgspec.to_builtins(value_of(kind, row)) | given))


def edit_value(viewer: Viewer, kind: Kind, row: Piece, value: Struct) -> Piece:
    """Give an object another value, and take it up by that. The caller authorises and holds the row."""
    before = kept_values(kind, row)
    fill(row, value)
    row.standing, row.touched = Standing.ACCEPTED, True
    if kept_values(kind, row) != before:
        row.save()
        _record(viewer, "edit", kind, row, before=before)
    return row


def accept_object(viewer: Viewer, postmortem_id: str, kind_name: str, piece: int) -> Piece:
    """Take up what the evidence proposed. Raises NotFound, NotAllowed."""
    return _stand(viewer, postmortem_id, kind_name, piece, Standing.ACCEPTED)


def dismiss_object(viewer: Viewer, postmortem_id: str, kind_name: str, piece: int) -> Piece:
    """Put an object aside: it is in no text and no export, and no new evidence brings it back. Raises NotFound, NotAllowed."""
    return _stand(viewer, postmortem_id, kind_name, piece, Standing.DISMISSED)


def remove_object(viewer: Viewer, postmortem_id: str, kind_name: str, piece: int) -> None:
    """Take an object away for good; `undo_object` brings it back. Raises NotFound, NotAllowed."""
    kind, postmortem = _asked(viewer, postmortem_id, kind_name)
    with transaction.atomic():
        row = _row(postmortem, kind, piece)
        before = kept_values(kind, row)
        row.delete()
        row.pk = piece
        _record(viewer, "remove", kind, row, before=before, after=None)


def undo_object(viewer: Viewer, postmortem_id: str, kind_name: str, piece: int, *, change: int | None = None) -> Piece | None:
    """Bring an object to what it was before its last change; None where it was not there. Twice is as if never.

    `change` is the key of the one that is meant. Raises NotFound, NotAllowed, or InTheWay where nothing was changed yet, or
    something else since.
    """
    kind, postmortem = _asked(viewer, postmortem_id, kind_name)
    with transaction.atomic():
        _locked(postmortem)
        changes = Change.objects.filter(object_kind=kind.one, object_id=str(piece), postmortem_id=postmortem.pk)
        last = changes.order_by("-id").first()
        row = _maybe_row(postmortem, kind, piece)
        if last is None:
            if row is None:
                raise NotFound
            raise InTheWay("Nobody has changed it yet, so there is nothing to undo.")
        if change is not None and last.pk != change:
            raise InTheWay("It was changed again since. Look at its history, and undo what is the last change now.")
        before = None if row is None else kept_values(kind, row)
        if last.before is None:
            if row is not None:
                row.delete()
                row.pk = piece
        else:
            row = _restored(postmortem, kind, piece, last.before)
        if row is None:
            return None
        after = None if last.before is None else kept_values(kind, row)
        _record(viewer, "undo", kind, row, before=before, after=after)
        return None if last.before is None else row


def kept_values(kind: Kind, row: Piece) -> Values:
    """Return all that a row holds, as JSON values: what the journal keeps of it."""
    held: Values = msgspec.to_builtins(value_of(kind, row))
    return held | {name: getattr(row, name) for name in _PLACE}


def _stand(viewer: Viewer, postmortem_id: str, kind_name: str, piece: int, standing: Standing) -> Piece:
    kind, postmortem = _asked(viewer, postmortem_id, kind_name)
    with transaction.atomic():
        row = _row(postmortem, kind, piece)
        before = kept_values(kind, row)
        if row.standing != standing or not row.touched:
            row.standing, row.touched = standing, True
            row.save(update_fields=["standing", "touched"])
            _record(viewer, "accept" if standing == Standing.ACCEPTED else "dismiss", kind, row, before=before)
    return row


def _asked(viewer: Viewer, postmortem_id: str, kind_name: str) -> tuple[Kind, Postmortem]:
    require_author(viewer, "write")
    postmortem = postmortem_row(viewer, postmortem_id)
    kind = KINDS.get(kind_name)
    if kind is None:
        raise NotFound
    return kind, postmortem


def _locked(postmortem: Postmortem) -> None:
    """Hold the postmortem until the transaction ends, so that two additions do not take the same place."""
    Postmortem.objects.get_queryset().select_for_update(no_key=True).get(pk=postmortem.pk)


def _maybe_row(postmortem: Postmortem, kind: Kind, piece: int) -> Piece | None:
    row = kind.row.of(postmortem).select_for_update().filter(pk=piece).first()
    return row if row is not None and belongs(kind, row) else None


def _row(postmortem: Postmortem, kind: Kind, piece: int) -> Piece:
    row = _maybe_row(postmortem, kind, piece)
    if row is None:
        raise NotFound
    return row


def _given(
    viewer: Viewer, postmortem: Postmortem, kind: Kind, values: Mapping[str, Any], events: Sequence[str]
) -> dict[str, Any]:
    """Return the values that a person may set, as they were given, with the citations of events."""
    fields = {field.encode_name for field in msgspec.structs.fields(kind.struct)} - {"citations", "standing", "inputs"}
    if unknown := sorted(set(values) - fields):
        raise Invalid(f"A {kind.label} has no {unknown[0]!r}; it has {', '.join(sorted(fields))}.")
    given = {name: _cleaned(name, value) for name, value in values.items()}
    cited = []
    for event_id in events:
        event = event_of(viewer, postmortem.incident.public_id, event_id)
        if event is None:
            raise Invalid(f"There is no event {event_id!r} on this incident's timeline.")
        cited.append(event)
    if cited and "citations" in {field.encode_name for field in msgspec.structs.fields(kind.struct)}:
        given["citations"] = [msgspec.to_builtins(citation) for event in cited for citation in event.citations[:1]]
    if cited and kind.name == "decisions":
        given = {"event": cited[0].id, "at": msgspec.to_builtins(cited[0].occurred_at)} | given
    return given


def _cleaned(name: str, value: object) -> object:
    for text in value if isinstance(value, list | tuple) else (value,):
        if isinstance(text, str) and len(text) > TEXT_LIMIT:
            raise Invalid(f"{name} holds at most {TEXT_LIMIT:,} characters.")
        if isinstance(text, str) and not is_storable(text):
            raise Invalid(f"{name} holds a NUL or half a character, which no document can.")
    return value.strip() if isinstance(value, str) else value


def _defaults(postmortem: Postmortem, kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is taken where nothing was said: no field is compulsory but the title."""
    if kind.name == "decisions":
        incident: Incident = derived_record(postmortem).incident
        at = incident.detected_at or incident.started_at or timezone.now()
        return {"at": msgspec.to_builtins(at), "chosen": ""}
    if kind.name == "factors":
        codes = set(Factor.of(postmortem).values_list("code", flat=True))
        number = next(n for n in range(1, len(codes) + 2) if f"F{n}" not in codes)
        return {"id": f"F{number}", "role": FactorRole.ENABLER.value}
    if kind.name == "figures":
        mid = given.get("mid", given.get("low", given.get("high")))
        if mid is None or mid == "":
            raise Invalid("A figure needs a number. What nobody can say yet belongs to what is not known.")
        return {"unit": "", "low": mid, "mid": mid, "high": mid, "formula": ""}
    if kind.name == "participants":
        return {"took_part": ""}
    if kind.name == "weak-points":
        return {"rule": "person", "statement": ""}
    return {"kind": (Statement.Kind.LEARNED if kind.name == "lessons" else kind.statements[0]).value}


def _checked(kind: Kind, values: Mapping[str, Any]) -> Struct:
    fields = {name: value for name, value in values.items() if not (value == "" and name in kind.may_be_absent)}
    try:
        value = msgspec.convert(fields, kind.struct, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"This {kind.label} cannot be taken: {error}") from None
    if not str(getattr(value, kind.title)).strip():
        raise Invalid(f"A {kind.label} needs a title: one line that says which it is.")
    if kind.name == "figures":
        _check_figure([getattr(value, name) for name in ("low", "mid", "high")])
    if kind.statements and getattr(value, "kind", None) not in kind.statements:
        raise Invalid(f"A {kind.label} is one of: {', '.join(kind.statements)}.")
    return value


def _check_figure(bounds: list[float]) -> None:
    if not all(math.isfinite(bound) for bound in bounds):
        raise Invalid("A figure is a finite number.")
    if sorted(bounds) != bounds:
        raise Invalid("The middle of a figure lies between its low and its high end.")


def _restored(postmortem: Postmortem, kind: Kind, piece: int, held: Values) -> Piece:
    value = msgspec.convert({name: given for name, given in held.items() if name not in _PLACE}, kind.struct)
    row = new_row(kind, postmortem, value, position=held["position"], standing=Standing(held["standing"]))
    row.pk, row.standing, row.touched = piece, held["standing"], held["touched"]
    row.save()
    return row


_SAME: Values = {}


def _record(
    viewer: Viewer, action: str, kind: Kind, row: Piece, *, before: Values | None, after: Values | None = _SAME
) -> None:
    index_postmortem(row.postmortem_id)
    record_change(
        viewer,
        action=action,
        object_kind=kind.one,
        object_id=str(row.pk),
        incident_id=row.incident_id,
        postmortem_id=row.postmortem_id,
        before=before,
        after=kept_values(kind, row) if after is _SAME else after,
    )
