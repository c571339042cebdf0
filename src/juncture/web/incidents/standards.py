"""The criteria for "needs a postmortem", set by an administrator beforehand: they apply to incidents declared from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from juncture.inquiry.criteria import CriterionKind, Standard
from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.judging import judge_in_slices
from juncture.web.incidents.models import Criterion, IncidentService, ServiceObjective, Severity
from juncture.web.incidents.operations import service_names
from juncture.web.incidents.severities import require_administrator
from juncture.web.journal.operations import record_change

WITH_A_NUMBER = {
    CriterionKind.DOWNTIME: ("min", 1, 10_080),
    CriterionKind.RESOLUTION: ("min", 1, 43_200),
    CriterionKind.ERROR_BUDGET: ("%", 1, 100),
}
"""The unit, the least and the most."""


EXPLAINED = {
    CriterionKind.DOWNTIME: "From when users first felt it until they no longer did, as the evidence shows it.",
    CriterionKind.DATA_LOSS: "Somebody says so on the incident.",
    CriterionKind.BY_HAND: "A person noticed first: monitoring had a gap.",
    CriterionKind.INTERVENTION: "A page was taken, or something was rolled back, restarted, rerouted or stopped by hand.",
    CriterionKind.RESOLUTION: "From the start until it was said to be over.",
    CriterionKind.ERROR_BUDGET: "The downtime as a share of what a service may be down; its objective stands below.",
    CriterionKind.SEVERITY: "The severity on the incident, or a graver one.",
    CriterionKind.REQUEST: "Any person who sees the incident may ask, with a reason.",
}


class CriterionView(Struct, frozen=True):
    """A criterion as it stands now: what it asks, its number or severity, and since when (None: from the beginning)."""

    kind: CriterionKind
    label: str
    is_on: bool
    threshold: int | None
    unit: str
    severity: str
    since: datetime | None
    explained: str


def criteria(viewer: Viewer) -> list[CriterionView]:
    """Return the criteria in their order, those that are off too. They are nobody's secret; nobody signed in gets none."""
    if not viewer.known:
        return []
    last = {row.kind: row for row in Criterion.objects.select_related("severity").order_by("id")}
    return [_view(kind, last.get(kind)) for kind in CriterionKind]


def set_criterion(viewer: Viewer, kind: str, *, is_on: bool, threshold: int | None = None, severity: int | None = None) -> None:
    """Set a criterion from now on: incidents that were declared before are judged as before. Raises NotAllowed or Invalid."""
    require_administrator(viewer)
    if kind not in list(CriterionKind):
        raise Invalid(f"{kind!r} is no criterion: {', '.join(CriterionKind)}")
    before = Criterion.objects.select_related("severity").filter(kind=kind).order_by("-id").first()
    if before is not None and not is_on:
        # What is switched off keeps its number, for when it is switched on again.
        of, threshold = before.severity, before.threshold
    else:
        of = _severity(severity) if kind == CriterionKind.SEVERITY else None
        threshold = _threshold(CriterionKind(kind), threshold)
    with transaction.atomic():
        if before is not None and (before.is_on, before.threshold, before.severity) == (is_on, threshold, of):
            return
        after = Criterion.objects.create(
            kind=kind, is_on=is_on, threshold=threshold, severity=of, set_at=timezone.now(), set_by_id=viewer.person
        )
        record_change(
            viewer,
            action="set",
            object_kind="criterion",
            object_id=kind,
            before=_told(before) if before else None,
            after=_told(after),
        )


class CriterionSet(Struct, frozen=True):
    """A criterion as it is to be: on or off, with its threshold, or the key of its least severity."""

    kind: CriterionKind
    is_on: bool
    threshold: int | None = None
    severity: int | None = None


def set_criteria(viewer: Viewer, wanted: Sequence[CriterionSet]) -> None:
    """Set several criteria at once, all or none. Raises NotAllowed or Invalid."""
    with transaction.atomic():
        for one in wanted:
            set_criterion(viewer, one.kind, is_on=one.is_on, threshold=one.threshold, severity=one.severity)


def objectives(viewer: Viewer) -> list[ServiceObjective]:
    """Return what services promise, by name."""
    return list(ServiceObjective.objects.all()) if viewer.known else []


def set_objective(viewer: Viewer, *, service: str, percent: str, days: int) -> None:
    """Say what a service promises, such as 99.9 % over 28 days. Raises NotAllowed or Invalid."""
    require_administrator(viewer)
    names = service_names([service])
    if not names:
        raise Invalid("An objective needs the name of a service.")
    try:
        share = Decimal(percent.strip().rstrip("%").strip().replace(",", "."))
    except InvalidOperation:
        raise Invalid(f"{percent!r} is no percentage: write one such as 99.9") from None
    if not (share.is_finite() and 0 < share < 100):
        raise Invalid("An objective is above 0 and below 100 %: what promises everything has no error budget.")
    if not 1 <= days <= 366:
        raise Invalid(f"{days} days: the window of an objective is 1 to 366 days.")
    with transaction.atomic():
        before = ServiceObjective.objects.filter(service=names[0]).first()
        values = {"percent": share.quantize(Decimal("0.0001")), "days": days}
        row, _ = ServiceObjective.objects.update_or_create(service=names[0], defaults=values)
        _record_objective(viewer, row.service, before=_promise(before), after=_promise(row))
    _judge_those_of(row.service)


def remove_objective(viewer: Viewer, objective_id: int) -> None:
    """Forget what a service promises. Raises NotAllowed or NotFound."""
    require_administrator(viewer)
    with transaction.atomic():
        row = ServiceObjective.objects.filter(pk=objective_id).first()
        if row is None:
            raise NotFound
        _record_objective(viewer, row.service, before=_promise(row), after=None)
        service = row.service
        row.delete()
    _judge_those_of(service)


def _view(kind: CriterionKind, row: Criterion | None) -> CriterionView:
    severity = row.severity.name if row and row.severity else ""
    threshold = row.threshold if row else None
    unit = WITH_A_NUMBER[kind][0] if kind in WITH_A_NUMBER else ""
    label = Standard(kind, threshold if threshold is not None else 0, severity or "A severity").label
    since = row.set_at if row and row.set_by_id else None
    return CriterionView(kind, label, bool(row and row.is_on), threshold, unit, severity, since, EXPLAINED[kind])


def _threshold(kind: CriterionKind, threshold: int | None) -> int | None:
    if kind not in WITH_A_NUMBER:
        return None
    unit, least, most = WITH_A_NUMBER[kind]
    if threshold is None or not least <= threshold <= most:
        raise Invalid(f"This criterion needs a whole number from {least} to {most:,} ({unit}).")
    return threshold


def _severity(key: int | None) -> Severity:
    severity = Severity.objects.filter(pk=key).first() if key is not None else None
    if severity is None:
        raise Invalid("Choose the least grave severity that always needs a postmortem.")
    return severity


def _told(row: Criterion) -> dict[str, Any]:
    return {"is_on": row.is_on, "threshold": row.threshold, "severity": row.severity.name if row.severity else None}


def _promise(row: ServiceObjective | None) -> dict[str, Any] | None:
    return None if row is None else {"percent": str(row.percent), "days": row.days}


def _record_objective(viewer: Viewer, service: str, *, before: object, after: object) -> None:
    record_change(viewer, action="set", object_kind="objective", object_id=service[:64], before=before, after=after)


def _judge_those_of(service: str) -> None:
    judge_in_slices(IncidentService.objects.filter(name=service).values_list("incident", flat=True))
