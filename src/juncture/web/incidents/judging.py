"""Judge incidents by the criteria that were in force when they were declared. Derived rows: idempotent, rebuildable.

`judge_incident` is called by whatever changes what is judged, inside its transaction: the rebuilding of a timeline
(with its `Timeline`), and the operations on incidents. What changes for many at once (a severity, an objective) is judged in
slices after its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from juncture.inquiry.criteria import Case, CriterionKind, Objective, Outcome, Request, Signs, Standard, judge
from juncture.inquiry.signs import signs_of
from juncture.model.record import Timeline
from juncture.web.incidents.models import Criterion, EvidenceSigns, Incident, ServiceObjective, Severity, StoredVerdict
from juncture.web.people.models import Role

_SLICE = 50
_SIGNS = ("started_at", "detected_at", "mitigated_at", "resolved_at", "found_by", "intervention")
_VALUES = ("label", "outcome", "why")


def judge_incident(incident: int, timeline: Timeline | None = None) -> None:
    """Judge one incident (by its key) anew; with its timeline where that was rebuilt. Call inside a transaction."""
    if timeline is not None:
        signs = signs_of(timeline)
        values = {name: getattr(signs, name) for name in _SIGNS}
        EvidenceSigns.objects.update_or_create(incident_id=incident, defaults=values)
    _judge([incident], _Rules())


def judge_in_slices(incidents: Iterable[int], *, then: Callable[[int], None] | None = None) -> int:
    """Judge incidents (by their keys) anew in short transactions, and do `then` with each; return how many there were."""
    rules = _Rules()
    keys = list(dict.fromkeys(incidents))
    for start in range(0, len(keys), _SLICE):
        slice_ = keys[start : start + _SLICE]
        with transaction.atomic():
            _judge(slice_, rules)
            if then is not None:
                for key in slice_:
                    then(key)
    return len(keys)


def standards_at(criteria: Iterable[Criterion], at: datetime) -> list[Standard]:
    """Return the criteria in force at an instant: of each kind the last that was set by then, unless it was switched off.

    `criteria` are in the order of setting. What was set for the first time only later applies from then on.
    """
    last = {criterion.kind: criterion for criterion in criteria if criterion.set_at <= at}
    found = []
    for criterion in last.values():
        severity = criterion.severity.name if criterion.severity else ""
        if criterion.is_on and (criterion.kind != CriterionKind.SEVERITY or severity):
            found.append(Standard(CriterionKind(criterion.kind), criterion.threshold, severity))
    return found


class _Rules:
    """What is the same for every incident, read once."""

    def __init__(self) -> None:
        self.criteria = list(Criterion.objects.select_related("severity").order_by("id"))
        self.severities = tuple(Severity.objects.values_list("name", flat=True))
        self.objectives = tuple(
            Objective(row.service, float(row.percent), row.days) for row in ServiceObjective.objects.order_by("service")
        )


def _judge(keys: Sequence[int], rules: _Rules) -> None:
    rows = Incident.objects.get_queryset().filter(pk__in=keys).select_related("signs", "waiver")
    now = timezone.now()
    added: list[StoredVerdict] = []
    changed: list[StoredVerdict] = []
    gone: list[int] = []
    for row in rows.prefetch_related("services", "requests__by", "verdicts"):
        old = {verdict.kind: verdict for verdict in row.verdicts.get_queryset()}
        is_met = False
        for verdict in judge(standards_at(rules.criteria, row.created_at), _case(row, rules)):
            is_met = is_met or verdict.outcome is Outcome.MET
            values = {"label": verdict.label[:100], "outcome": str(verdict.outcome), "why": verdict.why[:400]}
            stored = old.pop(str(verdict.kind), None)
            if stored is None:
                added.append(StoredVerdict(incident=row, kind=str(verdict.kind), since=now, **values))
            elif _take(stored, values, now):
                changed.append(stored)
        gone += [verdict.pk for verdict in old.values()]
        needed = is_met and getattr(row, "waiver", None) is None
        if needed != row.is_needed:
            Incident.objects.get_queryset().filter(pk=row.pk).update(is_needed=needed)
    StoredVerdict.objects.bulk_create(added)
    if changed:
        StoredVerdict.objects.bulk_update(changed, (*_VALUES, "since"))
    if gone:
        StoredVerdict.objects.filter(pk__in=gone).delete()


def _take(stored: StoredVerdict, values: dict[str, str], now: datetime) -> bool:
    """Put values into a verdict; return whether any is new. It keeps the time from which it has had its outcome."""
    if all(getattr(stored, name) == value for name, value in values.items()):
        return False
    if stored.outcome != values["outcome"]:
        stored.since = now
    for name, value in values.items():
        setattr(stored, name, value)
    return True


def _case(row: Incident, rules: _Rules) -> Case:
    stored = getattr(row, "signs", None)
    return Case(
        signs=Signs(**{name: getattr(stored, name) for name in _SIGNS}) if stored else Signs(),
        started_at=row.started_at,
        near_miss=row.near_miss,
        data_lost=row.data_lost,
        severity=row.severity,
        severities=rules.severities,
        services=tuple(service.name for service in row.services.get_queryset()),
        objectives=rules.objectives,
        requests=tuple(Request(_called(one.by.role), one.reason) for one in row.requests.get_queryset()),
    )


def _called(role: str) -> str:
    if role == Role.VIEWER:
        return "a reader"
    return f"a {role}" if role == Role.FACILITATOR else f"an {role}"
