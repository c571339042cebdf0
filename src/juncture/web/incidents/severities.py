"""The severities that an organisation speaks of: an administrator names, orders and colours them."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import Max

from juncture.inquiry.criteria import severity_key
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.judging import judge_in_slices
from juncture.web.incidents.models import Criterion, Incident, Severity
from juncture.web.incidents.operations import severity_name
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_incident

MOST = 20


def require_administrator(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer has the settings."""
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator changes this. Ask one.")


def add_severity(viewer: Viewer, *, name: str, description: str = "", tone: str = "") -> Severity:
    """Add a severity below all others. Raises NotAllowed, Invalid, or InTheWay for a name that there is."""
    require_administrator(viewer)
    values = _checked(name, description, tone)
    with transaction.atomic():
        if Severity.objects.filter(key=values["key"]).exists():
            raise InTheWay(f"There is a severity {values['name']} already.")
        if Severity.objects.count() >= MOST:
            raise Invalid(f"There are {MOST} severities. More than that nobody tells apart: remove one first.")
        last = Severity.objects.aggregate(last=Max("position"))["last"]
        severity = Severity.objects.create(position=0 if last is None else last + 1, **values)
        _record(viewer, "add", severity, after=_told(severity))
    _judge_those(severity.key)
    return severity


def edit_severity(viewer: Viewer, severity_id: int, *, name: str, description: str, tone: str) -> None:
    """Change a severity; another name is then that of all incidents that have it. Raises as `add_severity`, or NotFound."""
    require_administrator(viewer)
    values = _checked(name, description, tone)
    with transaction.atomic():
        severity = severity_row(severity_id)
        if Severity.objects.filter(key=values["key"]).exclude(pk=severity.pk).exists():
            raise InTheWay(f"There is a severity {values['name']} already.")
        before, old_key = _told(severity), severity.key
        for field, value in values.items():
            setattr(severity, field, value)
        severity.save()
        if _told(severity) == before:
            return
        _record(viewer, "edit", severity, before=before, after=_told(severity))
        renamed = before["name"] != severity.name
        if renamed:
            # What postmortems and publications say stays: it was said then.
            rows = Incident.objects.get_queryset().filter(severity_key=old_key)
            rows.update(severity=severity.name, severity_key=severity.key)
    if renamed:
        _judge_those(severity.key, then=index_incident)


def move_severity(viewer: Viewer, severity_id: int, *, up: bool) -> None:
    """Move a severity one place, `up` to the graver. At the end nothing happens. Raises NotAllowed or NotFound."""
    require_administrator(viewer)
    with transaction.atomic():
        moved = severity_row(severity_id)
        order = list(Severity.objects.all())
        place = next(number for number, each in enumerate(order) if each.pk == moved.pk)
        to = place - 1 if up else place + 1
        if not 0 <= to < len(order):
            return
        before = [each.name for each in order]
        order.insert(to, order.pop(place))
        for position, each in enumerate(order):
            Severity.objects.filter(pk=each.pk).update(position=position)
        _record(viewer, "move", moved, before={"order": before}, after={"order": [each.name for each in order]})
    _judge_those(*(each.key for each in order))


def remove_severity(viewer: Viewer, severity_id: int) -> None:
    """Take a severity from the list; incidents keep its name. Raises NotAllowed, NotFound, or InTheWay for one in force."""
    require_administrator(viewer)
    with transaction.atomic():
        severity = severity_row(severity_id)
        last = Criterion.objects.filter(kind="severity").order_by("-id").first()
        if last is not None and last.is_on and last.severity_id == severity.pk:
            raise InTheWay(f"{severity.name} decides which incidents need a postmortem. Change that criterion first.")
        _record(viewer, "remove", severity, before=_told(severity))
        key = severity.key
        severity.delete()
    _judge_those(key)


def _checked(name: str, description: str, tone: str) -> dict[str, str]:
    name = severity_name(name)
    description = " ".join(description.split())
    if not name or not severity_key(name):
        raise Invalid("A severity needs a name, such as Sev 1.")
    if len(description) > 300:
        raise Invalid(f"The description has {len(description)} characters; 300 are the most.")
    if not is_storable(description):
        raise Invalid("The description holds a NUL or half a character, which cannot be stored.")
    if tone not in Severity.Tone.values:
        raise Invalid("The colour is red (bad), amber (warn) or grey (empty).")
    return {"name": name, "key": severity_key(name), "description": description, "tone": tone}


def severity_row(severity_id: int) -> Severity:
    """Return a severity. Raises NotFound."""
    severity = Severity.objects.filter(pk=severity_id).first()
    if severity is None:
        raise NotFound
    return severity


def _judge_those(*keys: str, then: Callable[[int], None] | None = None) -> None:
    """Judge anew which incidents have one of these severities, whose places decide; then do this with each, by its key."""
    rows = Incident.objects.get_queryset().filter(severity_key__in=keys).exclude(severity_key="")
    judge_in_slices(rows.values_list("pk", flat=True), then=then)


def _told(severity: Severity) -> dict[str, str | int]:
    return {"name": severity.name, "description": severity.description, "tone": severity.tone}


def _record(viewer: Viewer, action: str, severity: Severity, *, before: object = None, after: object = None) -> None:
    record_change(viewer, action=action, object_kind="severity", object_id=str(severity.pk), before=before, after=after)
