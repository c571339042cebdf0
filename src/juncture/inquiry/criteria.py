"""Criteria for "needs a postmortem": defined before an incident, judged by its facts, each with why it applies or does not.

The criteria are those of Google's SRE book (chapter 15: visible downtime, data loss, on-call intervention, resolution time,
manual discovery, any stakeholder's request) and of its error-budget policy (SRE workbook, appendix B). What nothing shows is
not known: it neither asks for a postmortem nor says that none is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from juncture.model.instants import Instant, clock_time, duration_text, seconds_between


class CriterionKind(StrEnum):
    """What a criterion looks at, in the order in which reasons are told."""

    DOWNTIME = "downtime"
    DATA_LOSS = "data_loss"
    BY_HAND = "by_hand"
    INTERVENTION = "intervention"
    RESOLUTION = "resolution"
    ERROR_BUDGET = "error_budget"
    SEVERITY = "severity"
    REQUEST = "request"


class Outcome(StrEnum):
    """What judging found."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


class Standard(Struct, frozen=True):
    """One criterion in force. `threshold` is in minutes, or in percent for the error budget; `severity` the least one."""

    kind: CriterionKind
    threshold: int | None = None
    severity: str = ""

    @property
    def label(self) -> str:
        """What it asks for, as a list of criteria says it."""
        return _LABELS[self.kind].format(threshold=self.threshold, severity=self.severity)


_LABELS = {
    CriterionKind.DOWNTIME: "Visible downtime over {threshold}\N{NO-BREAK SPACE}min",
    CriterionKind.DATA_LOSS: "Data was lost",
    CriterionKind.BY_HAND: "Found by hand, not by an alert",
    CriterionKind.INTERVENTION: "On call had to step in",
    CriterionKind.RESOLUTION: "Resolution took over {threshold}\N{NO-BREAK SPACE}min",
    CriterionKind.ERROR_BUDGET: "More than {threshold}\N{NO-BREAK SPACE}% of an error budget",
    CriterionKind.SEVERITY: "{severity} or worse",
    CriterionKind.REQUEST: "Somebody asked for it",
}


class Objective(Struct, frozen=True):
    """What a service promises: `percent` of the time (such as 99.9) over a window of `days`."""

    service: str
    percent: float
    days: int

    @property
    def budget_seconds(self) -> float:
        """How long it may be down within the window, in seconds."""
        return self.days * 86_400 * (100 - self.percent) / 100


class Request(Struct, frozen=True):
    """Somebody asked for a postmortem: by role, with a reason."""

    by: str
    reason: str


class Signs(Struct, frozen=True):
    """What the evidence shows of an incident; None and empty are "nothing shows it".

    `found_by` is `alert` or `person`: who told of it first. `intervention` is a clause: what on call did, and when.
    """

    started_at: Instant | None = None
    detected_at: Instant | None = None
    mitigated_at: Instant | None = None
    resolved_at: Instant | None = None
    found_by: str = ""
    intervention: str = ""


class Case(Struct, frozen=True):
    """What is judged: what people said of an incident, and what its evidence shows.

    `severities` are the names in force, the gravest first. `data_lost` is None while nobody has said.
    """

    signs: Signs = Signs()
    started_at: Instant | None = None
    near_miss: bool = False
    data_lost: bool | None = None
    severity: str = ""
    severities: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    requests: tuple[Request, ...] = ()


class Verdict(Struct, frozen=True):
    """What judging found of one criterion. `why` is a clause that completes "Needs one because …", or says why not."""

    kind: CriterionKind
    label: str
    outcome: Outcome
    why: str


def judge(standards: Sequence[Standard], case: Case) -> tuple[Verdict, ...]:
    """Return a verdict for each criterion in force, in the order of `CriterionKind`."""
    order = list(CriterionKind)
    return tuple(
        Verdict(standard.kind, standard.label, *_JUDGES[standard.kind](standard, case))
        for standard in sorted(standards, key=lambda one: order.index(one.kind))
    )


def because(verdicts: Sequence[Verdict]) -> str:
    """Return the sentence that says why a postmortem is needed, empty where no criterion is met."""
    reasons = [verdict.why for verdict in verdicts if verdict.outcome is Outcome.MET]
    return in_one_sentence(reasons)


def in_one_sentence(reasons: Sequence[str]) -> str:
    """Return "Needs one because a, b and c." of clauses, empty for none."""
    if not reasons:
        return ""
    *first, last = reasons
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"Needs one because {listed}."


Found = tuple[Outcome, str]


def _downtime(standard: Standard, case: Case) -> Found:
    if case.near_miss:
        return Outcome.NOT_MET, "it was a near miss: no user felt it"
    start, end = case.signs.started_at or case.started_at, case.signs.mitigated_at
    if start is None:
        return Outcome.NOT_KNOWN, "nothing shows when users first felt it"
    if end is None or end < start:
        return Outcome.NOT_KNOWN, "nothing shows when users no longer felt it"
    return _longer(standard, start, end), f"users felt it for {_minutes(start, end)}"


def _data_loss(standard: Standard, case: Case) -> Found:
    del standard
    if case.data_lost is None:
        return Outcome.NOT_KNOWN, "nobody has said whether data was lost"
    return (Outcome.MET, "data was lost") if case.data_lost else (Outcome.NOT_MET, "no data was lost")


def _by_hand(standard: Standard, case: Case) -> Found:
    del standard
    if case.signs.found_by == "person":
        at = f" at {clock_time(case.signs.detected_at)[:5]} UTC" if case.signs.detected_at else ""
        return Outcome.MET, f"a person found it{at} before any alert did"
    if case.signs.found_by == "alert":
        return Outcome.NOT_MET, "an alert told of it first"
    return Outcome.NOT_KNOWN, "nothing shows how it was found"


def _intervention(standard: Standard, case: Case) -> Found:
    del standard
    if case.signs.intervention:
        return Outcome.MET, case.signs.intervention
    if case.signs == Signs():
        return Outcome.NOT_KNOWN, "there is no evidence yet of what was done"
    return Outcome.NOT_MET, "the evidence shows no page taken, and nothing undone, restarted or rerouted"


def _resolution(standard: Standard, case: Case) -> Found:
    start = case.signs.started_at or case.started_at or case.signs.detected_at
    end = case.signs.resolved_at
    if start is None:
        return Outcome.NOT_KNOWN, "nothing shows when it began"
    if end is None or end < start:
        return Outcome.NOT_KNOWN, "nothing shows when it was over"
    return _longer(standard, start, end), f"it took {_minutes(start, end)} to resolve"


def _error_budget(standard: Standard, case: Case) -> Found:
    limit = standard.threshold or 0
    if case.near_miss:
        return Outcome.NOT_MET, "it was a near miss: no error budget was used"
    known = [one for one in case.objectives if one.budget_seconds > 0 and one.service in case.services]
    if not known:
        names = " or ".join(case.services[:3])
        return Outcome.NOT_KNOWN, f"no objective of {names} is given" if names else "no service is named"
    start, end = case.signs.started_at or case.started_at, case.signs.mitigated_at
    if start is None or end is None or end < start:
        return Outcome.NOT_KNOWN, "nothing shows how long users felt it"
    shares = [(seconds_between(start, end) / one.budget_seconds * 100, one) for one in known]
    share, most = max(shares, key=lambda pair: pair[0])
    space = "\N{NO-BREAK SPACE}"
    said = f"{share:,.0f}" if share >= 1 else f"{share:.1f}"
    why = f"it used {said}{space}% of the {most.days}-day error budget of {most.service} ({most.percent:g}{space}%)"
    return (Outcome.MET if share > limit else Outcome.NOT_MET), why


def _severity(standard: Standard, case: Case) -> Found:
    if not case.severity:
        return Outcome.NOT_KNOWN, "no severity is given"
    order = [severity_key(name) for name in case.severities]
    own, least = severity_key(case.severity), severity_key(standard.severity)
    if own not in order or least not in order:
        return Outcome.NOT_KNOWN, f"{case.severity} is not in the list of severities"
    is_met = order.index(own) <= order.index(least)
    return (Outcome.MET if is_met else Outcome.NOT_MET), f"its severity is {case.severity}"


def _request(standard: Standard, case: Case) -> Found:
    del standard
    if not case.requests:
        return Outcome.NOT_MET, "nobody has asked for one"
    first = case.requests[0]
    more = len(case.requests) - 1
    others = f", and {more} more did" if more else ""
    return Outcome.MET, f"{first.by} asked for it{others}: “{_short(first.reason)}”"


_JUDGES = {
    CriterionKind.DOWNTIME: _downtime,
    CriterionKind.DATA_LOSS: _data_loss,
    CriterionKind.BY_HAND: _by_hand,
    CriterionKind.INTERVENTION: _intervention,
    CriterionKind.RESOLUTION: _resolution,
    CriterionKind.ERROR_BUDGET: _error_budget,
    CriterionKind.SEVERITY: _severity,
    CriterionKind.REQUEST: _request,
}


def severity_key(name: str) -> str:
    """Return a severity's name as names are compared: `SEV-1`, `sev1` and `Sev 1` are one."""
    return "".join(filter(str.isalnum, name.casefold()))


def _longer(standard: Standard, start: Instant, end: Instant) -> Outcome:
    return Outcome.MET if seconds_between(start, end) > (standard.threshold or 0) * 60 else Outcome.NOT_MET


def _minutes(start: Instant, end: Instant) -> str:
    seconds = seconds_between(start, end)
    return duration_text(seconds if seconds < 60 else round(seconds / 60) * 60)


def _short(reason: str) -> str:
    return reason.removesuffix(".") if len(reason) <= 160 else f"{reason[:159]}…"
