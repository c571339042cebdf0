"""When it began, reached a responder, was taken and was called an incident."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from juncture.model.evidence import AlertDetails, Event, Kind, Lane, LogDetails
from juncture.model.instants import Instant, duration_text, seconds_between
from juncture.model.record import Milestone, MilestoneName, MilestoneState
from juncture.timeline.cues import ACTIONS, Cue
from juncture.timeline.effects import Effect, measures
from juncture.timeline.scene import Scene, is_signal_alert
from juncture.timeline.speech import Said, is_idle

AROUND = timedelta(minutes=5)
"""An effect that ended longer than this before the first signal is another matter."""
LATE = timedelta(minutes=10)
"""How long after the first signal a coarse metric may first show the effect."""
COMPLAINT_BEFORE = timedelta(minutes=15)
"""How long before the first alert a complaint can be about the same thing."""
LOGS_BEFORE = timedelta(minutes=2)
"""Errors in logs are finer than a scraped metric, by no more than its interval."""
TOLERANCE = timedelta(seconds=60)
"""A start is no more exact than the interval of its metric; a signal this much before it still follows from it."""

ERROR_LEVELS = frozenset({"error", "err", "fatal", "critical", "crit", "panic", "alert", "emerg", "severe"})

_FELT = re.compile(
    r"error|5xx|50[0-9]|fail|latenc|slow|response|p9[059]|availab|success|checkout|order|payment|login|cart|http|request|probe"
    r"|slo\b|burn|budget|synthetic|blackbox|down\b|unreachable|timeout|apdex|traffic",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ANSWER_TO_USERS = re.compile(
    r"\b5\d\d\b|request|http|timeout|timed out|checkout|order|payment|user|customer|GET |POST ", re.IGNORECASE
)


def found(name: MilestoneName, at: Instant, reason: str, event: Event | None = None) -> Milestone:
    """Return a milestone that the evidence shows, at an event or without one of its own."""
    citations = event.citations[:3] if event else ()
    return Milestone(name, at, MilestoneState.FOUND, reason, citations, event.id if event else None)


def absent(name: MilestoneName, reason: str) -> Milestone:
    """Return a milestone that the evidence doesn't show."""
    return Milestone(name, None, MilestoneState.NOT_APPLICABLE, reason)


def tells_of_users(alert: Event) -> bool:
    """Return whether an alert is about what users feel, and not about a machine."""
    name = alert.details.name if isinstance(alert.details, AlertDetails) else alert.summary
    words = "_".join(_CAMEL.sub("_", name).lower().split())
    return _FELT.search(words) is not None and not re.search(measures().inner.replace("|up|", "|"), words)


def started(scene: Scene) -> Milestone:
    """Return the first effect on users: of metrics, else of the alerts on them and the first complaint."""
    name = MilestoneName.STARTED
    anchor = _anchor(scene)
    if anchor is None:
        return absent(name, "nothing in the evidence shows an effect on users")
    shown = [
        effect
        for effect in scene.effects
        if effect.started_at <= anchor + LATE and (effect.ended_at is None or effect.ended_at >= anchor - AROUND)
    ]
    sharp = [effect for effect in shown if effect.measure.kind != "throughput"] or shown
    if sharp:
        return _from_effect(scene, min(sharp, key=lambda effect: effect.started_at))
    candidates = [*_user_alerts(scene), *_complaints(scene, anchor), *_error_logs(scene, anchor - LATE, anchor)]
    if candidates:
        # Without a metric nobody can say that users felt nothing yet when another alert had fired already.
        candidates += [event for event in (*scene.alerts, *scene.posts.fired) if scene.holds(event.occurred_at)]
    else:
        return absent(name, "nothing in the evidence shows an effect on users")
    first = min(candidates, key=lambda event: (event.occurred_at, event.id))
    return found(name, first.occurred_at, f"{_first_sign(first)}; no metric shows an earlier effect on users", first)


def detected(scene: Scene, start: Milestone) -> Milestone:
    """Return the first signal that reached a responder: an alert or page that was sent to one, or what a person wrote."""
    name = MilestoneName.DETECTED
    not_before = start.at - TOLERANCE if start.at else scene.first
    if not_before is None:
        return absent(name, "no signal reached a responder")
    signals: list[tuple[Instant, str, Event]] = []
    for event in scene.events:
        if event.known_at is None or event.known_at < not_before or not scene.holds(event.known_at):
            continue
        if event.kind is Kind.PAGE:
            signals.append((event.known_at, "a page reached a responder", event))
        elif is_signal_alert(event):
            label = event.details.name if isinstance(event.details, AlertDetails) else "an alert"
            signals.append((event.known_at, f"{label} reached a responder", event))
    signals += [
        (post.known_at, f"an alert was posted: {quoted(post)}", post)
        for post in scene.posts.fired
        if post.known_at and post.known_at >= not_before and scene.holds(post.known_at)
    ]
    signals += [
        (said.event.occurred_at, f"somebody wrote {quoted(said.event)}", said.event)
        for said in _reports(scene)
        if said.event.occurred_at >= not_before
    ]
    if not signals:
        return absent(name, "no signal is shown to have reached a responder")
    at, reason, event = min(signals, key=lambda signal: (signal[0], signal[2].id))
    return found(name, at, reason, event)


def acknowledged(scene: Scene, detection: Milestone, over: Instant | None) -> Milestone:
    """Return when a responder took it: an acknowledged page, or words that say so before anybody was at work."""
    name = MilestoneName.ACKNOWLEDGED
    if detection.at is None:
        return absent(name, "no signal reached a responder, so none was acknowledged")
    steps = [
        event
        for event in scene.events
        if event.kind is Kind.ACKNOWLEDGEMENT
        and event.occurred_at >= detection.at - TOLERANCE
        and scene.holds(event.occurred_at)
    ]
    candidates = [(event.occurred_at, "the page was acknowledged", event) for event in steps[:1]]
    for said in scene.said(bots=True):
        at = said.event.occurred_at
        if at < detection.at or (over is not None and at > over):
            continue
        if Cue.ACKNOWLEDGEMENT in said.cues and Cue.RESOLVED not in said.cues:
            who = "a bot posted" if said.bot else "a responder wrote"
            candidates.append((at, f"{who} {quoted(said.event)}", said.event))
            break
        if not said.bot and _is_at_work(said.cues):
            break
    if not candidates:
        return absent(name, "nobody acknowledged a page or said that they took it")
    at, reason, event = min(candidates, key=lambda candidate: (candidate[0], candidate[2].id))
    return found(name, at, reason, event)


def declared(scene: Scene, start: Milestone) -> Milestone:
    """Return when it was called an incident, by a person or by a bot that they told."""
    name = MilestoneName.DECLARED
    not_before = start.at or scene.first
    for said in scene.said(bots=True):
        if Cue.DECLARATION not in said.cues or (not_before and said.event.occurred_at < not_before - TOLERANCE):
            continue
        who = "a bot posted" if said.bot else "a responder wrote"
        return found(name, said.event.occurred_at, f"{who} {quoted(said.event)}", said.event)
    return absent(name, "nobody called it an incident")


def quoted(event: Event, limit: int = 80) -> str:
    """Return the words of an event in quotation marks, cut where they are long."""
    text = event.summary if len(event.summary) <= limit else event.summary[: limit - 1].rstrip() + "…"
    return f"“{text}”"


def _is_at_work(cues: frozenset[Cue]) -> bool:
    """Return whether who says this is at work on it already; who hands it on is not."""
    if Cue.QUESTION in cues:
        return False
    acts = not cues.isdisjoint(ACTIONS - {Cue.DEPLOY}) and not cues.isdisjoint({Cue.COMMITMENT, Cue.COMPLETED})
    return acts or not cues.isdisjoint({Cue.DECLARATION, Cue.FINDING})


def _anchor(scene: Scene) -> Instant | None:
    """Return the first signal that leaves no doubt: an alert, a page, a declaration; else the first complaint or effect."""
    sure = [event.occurred_at for event in (*scene.alerts, *scene.posts.fired) if scene.holds(event.occurred_at)]
    sure += [event.occurred_at for event in scene.events if event.kind is Kind.PAGE and scene.holds(event.occurred_at)]
    sure += [said.event.occurred_at for said in scene.said() if Cue.DECLARATION in said.cues]
    if not sure:
        sure = [said.event.occurred_at for said in scene.said() if Cue.SYMPTOM in said.cues]
    if not sure:
        sure = [effect.started_at for effect in scene.effects]
    return min(sure, default=scene.first)


def _from_effect(scene: Scene, effect: Effect) -> Milestone:
    name = MilestoneName.STARTED
    logs = list(_error_logs(scene, effect.started_at - LOGS_BEFORE, effect.started_at))
    if logs:
        first = min(logs, key=lambda event: (event.occurred_at, event.id))
        lead = duration_text(seconds_between(first.occurred_at, effect.started_at))
        return found(
            name, first.occurred_at, f"{_first_sign(first)}, {lead} before {effect.metric} left its usual range", first
        )
    return of_effect(
        name, effect, effect.started_at, f"{effect.metric} ({effect.measure.what}) left its usual range", effect.turn
    )


def of_effect(name: MilestoneName, effect: Effect, at: Instant, reason: str, turn: Event | None) -> Milestone:
    """Return a milestone that a metric shows; it names the turn's event if the timeline has one."""
    event = turn.id if turn and effect.in_timeline else None
    return Milestone(name, at, MilestoneState.FOUND, reason, (turn or effect.turn).citations[:3], event)


def _user_alerts(scene: Scene) -> Iterator[Event]:
    """Yield the alerts on what users feel, and the pages and posts that tell of it."""
    yield from (event for event in scene.alerts if tells_of_users(event))
    yield from (event for event in scene.posts.fired if scene.holds(event.occurred_at) and tells_of_users(event))
    yield from (
        event for event in scene.events if event.kind is Kind.PAGE and scene.holds(event.occurred_at) and tells_of_users(event)
    )


def _complaints(scene: Scene, anchor: Instant) -> Iterator[Event]:
    for said in scene.said():
        if Cue.SYMPTOM in said.cues and said.event.occurred_at >= anchor - COMPLAINT_BEFORE:
            yield said.event


def _reports(scene: Scene) -> Iterator[Said]:
    """Yield what people wrote that tells of the trouble, in any channel but those for idle talk."""
    for said in scene.speech.people():
        if not is_idle(said.channel) and scene.holds(said.event.occurred_at):
            tells = Cue.SYMPTOM in said.cues or Cue.DECLARATION in said.cues
            if tells or (said.channel in scene.channels and not said.cues.isdisjoint({Cue.ACKNOWLEDGEMENT, Cue.ESCALATION})):
                yield said


def _error_logs(scene: Scene, since: Instant, until: Instant) -> Iterator[Event]:
    """Yield the log events of errors that answer users."""
    for event in scene.events:
        details = event.details
        if not isinstance(details, LogDetails) or not since <= event.occurred_at <= until:
            continue
        if (details.level or "").lower() in ERROR_LEVELS and _ANSWER_TO_USERS.search(event.summary):
            yield event


def _first_sign(event: Event) -> str:
    if event.kind is Kind.ALERT and isinstance(event.details, AlertDetails):
        return f"{event.details.name} fired"
    if event.kind is Kind.PAGE:
        return f"somebody was paged: {quoted(event)}"
    if event.lane is Lane.SIGNAL and event.kind is Kind.MESSAGE:
        return f"an alert was posted: {quoted(event)}"
    if isinstance(event.details, LogDetails):
        return f"first error in the log: {quoted(event)}"
    return f"somebody wrote {quoted(event)}"
