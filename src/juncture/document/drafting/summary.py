"""The summary: what happened, in sentences of facts, each cited."""

from __future__ import annotations

from juncture.document.drafting.facts import Facts, day_text
from juncture.document.drafting.footnotes import plain
from juncture.document.drafting.title import joined, symptom_phrase
from juncture.inquiry.naming import prose
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.speech import capital, quoted, shortened
from juncture.model.evidence import AlertDetails, Event, Kind
from juncture.model.instants import Instant, clock_time, duration_text, seconds_between
from juncture.model.record import Change, Decision, Figure, MilestoneName


def summary(facts: Facts) -> str:
    """Return the summary in up to three paragraphs: the effect, the response, what was done and what came before."""
    if not any(facts.found(name) for name in MilestoneName):
        return what_there_is(facts)
    paragraphs = (
        [what_users_felt(facts), cost(facts)],
        [detected(facts), *taken(facts)],
        [nearest_change(facts), last_step(facts), over(facts)],
    )
    texts = [" ".join(sentence for sentence in paragraph if sentence) for paragraph in paragraphs]
    return "\n\n".join(text for text in texts if text)


def what_there_is(facts: Facts) -> str:
    """Say how the evidence begins and ends, where it shows no milestone at all."""
    events = facts.timeline.events
    if not events:
        return "The evidence holds no event."
    first, last = events[0], events[-1]
    day = f" on {day_text(facts.day)}" if facts.day else ""
    mark = facts.footnotes.of_event(first.id)
    begins = f"The evidence begins at {facts.stamp(first.occurred_at)}{day}: {_words(facts, first)}.{mark}"
    if len(events) == 1:
        return f"{begins} It shows neither a start nor an end of what users felt."
    ends = f"It ends at {facts.stamp(last.occurred_at)}: {_words(facts, last)}.{facts.footnotes.of_event(last.id)}"
    return (
        f"{begins} {ends} Of {len(events):,} events, none shows when users began to feel it, who took it, or when it was over."
    )


def taken(facts: Facts) -> list[str]:
    """Say who acknowledged it and who called it an incident; what is missing of both, in one sentence."""
    missing = facts.at(MilestoneName.ACKNOWLEDGED) is None and facts.at(MilestoneName.DECLARED) is None
    if missing:
        return ["The evidence shows neither an acknowledgement nor that anybody called it an incident."]
    return [acknowledged(facts), declared(facts)]


def what_users_felt(facts: Facts) -> str:
    """Say when and how users felt it, or that the evidence does not show it."""
    started, mitigated = facts.at(MilestoneName.STARTED), facts.at(MilestoneName.MITIGATED)
    services = [plain(service) for service in facts.effect.services[:3]]
    subject = joined(services) if services else "the system"
    phrase = symptom_phrase(facts)
    if phrase == "was affected" and len(services) > 1:
        phrase = "were affected"
    day = f"On {day_text(facts.day)}, " if facts.day else ""
    if started and mitigated:
        span = (
            f"from {clock_time(started)} to {facts.stamp(mitigated)}, for {duration_text(seconds_between(started, mitigated))}"
        )
        return f"{day}{subject} {phrase} {span}.{facts.mark(MilestoneName.STARTED)}{facts.mark(MilestoneName.MITIGATED)}"
    if started:
        first = f"{day}{subject} {phrase} from {facts.stamp(started)} on.{facts.mark(MilestoneName.STARTED)}"
        return f"{first} The evidence does not show when users no longer felt it."
    if mitigated:
        first = f"{day}users no longer felt it at {facts.stamp(mitigated)}.{facts.mark(MilestoneName.MITIGATED)}"
        return f"{capital(first)} The evidence does not show when it started."
    where = f" in {joined(services)}" if services else ""
    return f"The evidence shows neither a start nor an end of what users felt{where}."


def cost(facts: Facts) -> str:
    """Say the figures of the impact, one sentence each."""
    told = [(figure, _cost(figure)) for figure in facts.impact.figures]
    return " ".join(f"{text}{facts.footnotes.of(figure.citations, most=1)}" for figure, text in told if text)


def _cost(figure: Figure) -> str:
    if figure.unit == "requests" and "all" in figure.inputs:
        return f"{capital(plain(figure.name))}: {_range(figure)} of {figure.inputs['all']}."
    if figure.unit == "%":
        return "" if "all" in figure.inputs else f"{capital(plain(figure.name))}: {_range(figure)}\N{NO-BREAK SPACE}%."
    if figure.low != figure.high:
        return f"{capital(plain(figure.name))}: {_range(figure)}."
    return ""


def _range(figure: Figure) -> str:
    digits = 0 if figure.high >= 10 else 1
    low, high = f"{figure.low:,.{digits}f}", f"{figure.high:,.{digits}f}"
    return low if low == high else f"{low} to {high}"


def detected(facts: Facts) -> str:
    """Say what the first signal was, and how long after the start it came."""
    at = facts.at(MilestoneName.DETECTED)
    if at is None:
        return "The evidence does not show which signal reached a responder first."
    event = facts.event_of(MilestoneName.DETECTED)
    when = f"at {facts.stamp(at)}{_after(facts, MilestoneName.STARTED, at, 'the start')}"
    return (
        f"The first signal that reached a responder came {when}: {_signal(facts, event)}.{facts.mark(MilestoneName.DETECTED)}"
    )


def acknowledged(facts: Facts) -> str:
    """Say who took it, by role, and when."""
    at = facts.at(MilestoneName.ACKNOWLEDGED)
    if at is None:
        return "The evidence does not show who acknowledged it."
    who = capital(_who(facts, MilestoneName.ACKNOWLEDGED))
    after = _after(facts, MilestoneName.DETECTED, at, "the first signal")
    return f"{who} acknowledged it at {facts.stamp(at)}{after}.{facts.mark(MilestoneName.ACKNOWLEDGED)}"


def declared(facts: Facts) -> str:
    """Say who called it an incident, and with which severity."""
    at = facts.at(MilestoneName.DECLARED)
    if at is None:
        return "The evidence does not show that anybody called it an incident."
    who, severity = capital(_who(facts, MilestoneName.DECLARED)), facts.severity
    named = f", {plain(severity)}," if severity else ""
    return f"{who} called it an incident{named} at {facts.stamp(at)}.{facts.mark(MilestoneName.DECLARED)}"


def nearest_change(facts: Facts) -> str:
    """Name the change that deserves the first look, as a candidate."""
    if not facts.changes:
        return ""
    first = facts.changes[0]
    marks = facts.footnotes.of_event(first.event)
    what = plain(shortened(first.what))
    what = (
        what.replace("Said: ", "one told in chat, ", 1) if what.startswith("Said: ") else what if "“" in what else f"“{what}”"
    )
    return (
        f"The change to look at first is {what}, at {facts.stamp(first.at)}{before_start(first)}; "
        f"this is a candidate, not a finding.{marks}"
    )


def before_start(change: Change) -> str:
    """Return how long before the start a change took effect, as the end of a phrase."""
    seconds = change.seconds_before
    if seconds is None:
        return ""
    if abs(seconds) < 1:
        return ", at the start"
    return f", {duration_text(abs(seconds))} {'before' if seconds > 0 else 'after'} the start"


def last_step(facts: Facts) -> str:
    """Name the last step that was chosen before users recovered."""
    mitigated = facts.at(MilestoneName.MITIGATED)
    steps = [one for one in facts.decisions if is_a_step(one) and mitigated and one.at <= mitigated]
    if not steps or mitigated is None:
        return ""
    last = steps[-1]
    after = duration_text(seconds_between(last.at, mitigated))
    chosen = plain(last.chosen.strip(".“”"))
    mark = facts.footnotes.of_event(last.event)
    return f"The last step chosen before users recovered was “{chosen}”, at {facts.stamp(last.at)}, {after} before.{mark}"


def is_a_step(decision: Decision) -> bool:
    """Whether a decision was to do something to the system."""
    return decision.kind not in {"declare", "escalate", "reroute", "tell", "wait"} and not decision.chosen.startswith("Not now")


def over(facts: Facts) -> str:
    """Say when it was over."""
    at = facts.at(MilestoneName.RESOLVED)
    if at is None:
        return "The evidence does not show when it was over."
    event = facts.event_of(MilestoneName.RESOLVED)
    if event is not None and event.kind in SPOKEN:
        return f"It was said to be over at {facts.stamp(at)}.{facts.mark(MilestoneName.RESOLVED)}"
    return f"The last alert resolved at {facts.stamp(at)}.{facts.mark(MilestoneName.RESOLVED)}"


def _who(facts: Facts, name: MilestoneName) -> str:
    """Return who did what a milestone is about, by role."""
    event = facts.event_of(name)
    role = facts.roles.by_whom(event) if event else None
    return prose(role) if role else "somebody"


def _signal(facts: Facts, event: Event | None) -> str:
    if event is None:
        return "what it was is not in the evidence"
    if isinstance(event.details, AlertDetails):
        receiver = f", sent to {plain(event.details.receiver)}" if event.details.receiver else ""
        return f"the alert {plain(event.details.name)}{receiver}"
    return _words(facts, event)


def _words(facts: Facts, event: Event) -> str:
    words = plain(shortened(quoted(facts.roles.anonymise(event.summary)), 160))
    if event.kind in SPOKEN and facts.roles.is_person(event.actor):
        return f"a message of {facts.roles.said_of(event.actor)}, “{words}”"
    return f"a page, “{words}”" if event.kind is Kind.PAGE else f"“{words}”"


def _after(facts: Facts, earlier: MilestoneName, at: Instant, what: str) -> str:
    before = facts.at(earlier)
    if before is None or seconds_between(before, at) < 1:
        return ""
    return f", {duration_text(seconds_between(before, at))} after {what}"
