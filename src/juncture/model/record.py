"""The record: a postmortem as a value. No fact lives twice; prose holds no object, an object holds no paragraph."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from msgspec import Struct, field

from juncture.model.evidence import Citation, Event, Note
from juncture.model.identity import EventId
from juncture.model.instants import Instant


class MilestoneName(StrEnum):
    """The instants between phases, in their order. Their definitions are in DESIGN's contract and `docs/timeline.md`."""

    STARTED = "started"
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    DECLARED = "declared"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


class MilestoneState(StrEnum):
    """Whether a milestone was found. Absent by nature is not applicable; contradictory is invalid."""

    FOUND = "found"
    NOT_APPLICABLE = "not_applicable"
    INVALID = "invalid"


class Milestone(Struct, frozen=True):
    """One milestone, with the reason for its instant or for its absence. `at` is None unless found."""

    name: MilestoneName
    at: Instant | None
    state: MilestoneState
    reason: str
    citations: tuple[Citation, ...] = ()
    event: EventId | None = None


class PhaseName(StrEnum):
    """A stretch of the timeline between two milestones."""

    UNDETECTED = "undetected"
    DETECTED = "detected"
    DIAGNOSING = "diagnosing"
    MITIGATING = "mitigating"
    RECOVERING = "recovering"


class Phase(Struct, frozen=True, rename={"from_": "from"}):
    """A stretch `[from, to)`; `to` is None while it goes on."""

    name: PhaseName
    from_: Instant
    to: Instant | None


class Incident(Struct, frozen=True):
    """What happened, in short. The instants are those of the found milestones, null otherwise."""

    severity: str | None = None
    services: tuple[str, ...] = ()
    started_at: Instant | None = None
    detected_at: Instant | None = None
    acknowledged_at: Instant | None = None
    declared_at: Instant | None = None
    mitigated_at: Instant | None = None
    resolved_at: Instant | None = None


class Participant(Struct, frozen=True):
    """Somebody who took part. `role` is what drafts show; `name` appears on demand and never in public versions."""

    role: str
    took_part: str
    name: str | None = None
    citations: tuple[Citation, ...] = ()


class Standing(StrEnum):
    """Whether a person has taken up what the program proposed."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"


class Decision(Struct, frozen=True, kw_only=True):
    """A choice made at a juncture. Only what the evidence gives is filled in; `by` is a role."""

    at: Instant
    question: str
    chosen: str
    options: tuple[str, ...] = ()
    reason: str | None = None
    expected: str | None = None
    outcome: str | None = None
    by: str | None = None
    kind: str | None = None
    standing: Standing = Standing.PROPOSED
    event: EventId | None = None
    citations: tuple[Citation, ...] = ()


class Change(Struct, frozen=True, kw_only=True):
    """A change before or at the start, ranked: 1 deserves the first look. `seconds_before` the start; reasons in words."""

    rank: int
    at: Instant
    what: str
    service: str | None = None
    by: str | None = None
    seconds_before: float | None = None
    reasons: tuple[str, ...] = ()
    event: EventId | None = None
    citations: tuple[Citation, ...] = ()


class ActionKind(StrEnum):
    """What an action does about a factor."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    REPAIR = "repair"
    INVESTIGATE = "investigate"
    PROCESS = "process"


class ActionState(StrEnum):
    """Where an action stands. Done is not verified."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    WONT_DO = "wont_do"


class ActionItem(Struct, frozen=True, kw_only=True):
    """A concrete step. `factor` names the factor it addresses, `criterion` how we will know that it worked."""

    title: str
    kind: ActionKind | None = None
    owner: str | None = None
    due: dt.date | None = None
    priority: str | None = None
    ticket: str | None = None
    state: ActionState = ActionState.OPEN
    factor: str | None = None
    criterion: str | None = None


class WeakPoint(Struct, frozen=True, kw_only=True):
    """Where the system was weak, by the rule that found it, with a suggested action of the right kind."""

    rule: str
    title: str
    statement: str
    suggestion: str | None = None
    action_kind: ActionKind | None = None
    citations: tuple[Citation, ...] = ()


class FactorRole(StrEnum):
    """The part that a contributing factor played."""

    TRIGGER = "trigger"
    ENABLER = "enabler"
    AMPLIFIER = "amplifier"
    MITIGATOR = "mitigator"
    LUCK = "luck"


class Factor(Struct, frozen=True, kw_only=True):
    """One of several conditions that had to hold. `id` is short and unique in its record (`F1`)."""

    id: str
    title: str
    role: FactorRole
    citations: tuple[Citation, ...] = ()


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of the impact with its formula and inputs. An exact one has `low == mid == high`."""

    name: str
    unit: str
    low: float
    mid: float
    high: float
    formula: str
    inputs: dict[str, str] = {}
    citations: tuple[Citation, ...] = ()


class Impact(Struct, frozen=True):
    """What it did to users and the business, as calculations; `not_known` lists what nobody can say yet."""

    figures: tuple[Figure, ...] = ()
    not_known: tuple[str, ...] = ()


class Lessons(Struct, frozen=True):
    """What was learned, each a sentence."""

    went_well: tuple[str, ...] = ()
    went_poorly: tuple[str, ...] = ()
    got_lucky: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()


class Section(Struct, frozen=True):
    """A stretch of prose under a heading of the second level. `markdown` is what stands below it, exactly."""

    heading: str
    markdown: str


class Postmortem(Struct, frozen=True, kw_only=True):
    """The document of learning about an incident. Field order is the order of `draft --json`."""

    title: str
    incident: Incident = Incident()
    milestones: tuple[Milestone, ...] = ()
    phases: tuple[Phase, ...] = ()
    participants: tuple[Participant, ...] = ()
    timeline: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = ()
    decisions: tuple[Decision, ...] = ()
    weak_points: tuple[WeakPoint, ...] = ()
    factors: tuple[Factor, ...] = ()
    impact: Impact = Impact()
    actions: tuple[ActionItem, ...] = ()
    lessons: Lessons = Lessons()
    questions: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    practice: str = "google"
    metadata: dict[str, str] = field(default_factory=dict)


class Timeline(Struct, frozen=True):
    """What happened, in order: every event (the key ones marked), the milestones, and the phases between them.

    `events` are sorted by `occurred_at`, then `id`. `milestones` always has all six, in the order of `MilestoneName`.
    """

    events: tuple[Event, ...]
    milestones: tuple[Milestone, ...] = ()
    phases: tuple[Phase, ...] = ()
    notes: tuple[Note, ...] = ()
