"""The passages of a draft: one function a part that a practice can ask for, each returning Markdown."""

from __future__ import annotations

import re

from juncture.document.drafting import summary
from juncture.document.drafting.facts import Facts
from juncture.document.drafting.footnotes import plain
from juncture.document.drafting.title import joined
from juncture.document.prompts import prompt
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.roles import channel_of, incident_channels
from juncture.inquiry.speech import quoted, shortened
from juncture.model.evidence import AlertDetails, Event, Kind, Lane, TurnDetails
from juncture.model.instants import duration_text, seconds_between
from juncture.model.record import MilestoneName, MilestoneState

MOST_ALERTS = 8
MOST_TURNS = 12
"""A reader does not look at more of them in a row; the timeline holds the rest."""


def block(name: str) -> str:
    """Return the mark of a block, where the objects of that name are shown."""
    return f"<!-- juncture:{name} -->"


def impact(facts: Facts) -> str:
    """Return the impact: figures with formula and inputs, and what is not known."""
    window = ""
    started, end = facts.at(MilestoneName.STARTED), facts.effect.until
    if facts.impact.figures and started and end:
        length = duration_text(seconds_between(started, end))
        window = (
            f"Calculated from {facts.stamp(started)} to {facts.stamp(end)}, {length}. Each figure shows its formula and inputs."
        )
    elif not facts.series:
        window = "The evidence holds no series, so there is no figure yet. Add a metrics export, or write what you know."
    else:
        window = "No figure can be calculated from the series in the evidence."
    return f"{window}\n\n{block('impact')}"


def customer_impact(facts: Facts) -> str:
    """Return the impact on customers."""
    return impact(facts)


def financial_impact(_facts: Facts) -> str:
    """Return a prompt: no series tells money."""
    return "Not known from the evidence.\n\n" + prompt("what it cost, and from which figures that follows.")


def timeline(facts: Facts) -> str:
    """Return the phases, the milestones and the key timeline."""
    return "\n\n".join((phases(facts), milestones(facts), key_timeline(facts)))


def phases(facts: Facts) -> str:
    """Return the phases with their durations."""
    if not facts.timeline.phases:
        return "The evidence shows too few milestones to tell phases apart.\n\n" + block("phases")
    said = [
        f"{phase.name} {duration_text(seconds_between(phase.from_, phase.to))}" if phase.to else f"{phase.name} not ended"
        for phase in facts.timeline.phases
    ]
    return f"Phases: {', '.join(said)}.\n\n{block('phases')}"


def milestones(facts: Facts) -> str:
    """Return the milestones; those absent or contradictory are named in words."""
    names = {
        MilestoneState.NOT_APPLICABLE: "Not in the evidence",
        MilestoneState.INVALID: "Contradictory in the evidence",
    }
    lines = []
    for state, text in names.items():
        found = [str(one.name) for one in facts.timeline.milestones if one.state is state]
        if found:
            lines.append(f"{text}: {joined(found)}.")
    return "\n\n".join([*lines, block("milestones")])


def key_timeline(facts: Facts) -> str:
    """Return the key timeline with how many events it leaves out."""
    events = facts.timeline.events
    key = sum(event.key for event in events)
    many = f" {key:,} key events of {len(events):,}." if key else ""
    return f"Times are in UTC.{many}\n\n{block('timeline')}"


def detection(facts: Facts) -> str:
    """Return how it was noticed, taken and called an incident, and which alerts fired."""
    sentences = [summary.detected(facts), *summary.taken(facts)]
    alerts = _alerts(facts)
    return " ".join(sentences) + (f"\n\n{alerts}" if alerts else "")


def _alerts(facts: Facts) -> str:
    alerts = facts.alerts()
    if not alerts:
        return _posted_alerts(facts)
    lines = [_alert(facts, event) for event in alerts[:MOST_ALERTS]]
    if len(alerts) > MOST_ALERTS:
        lines.append(f"- and {len(alerts) - MOST_ALERTS:,} more alerts in the timeline")
    return "Alerts:\n\n" + "\n".join(lines)


def _posted_alerts(facts: Facts) -> str:
    """Return what programs posted of alerts, where nothing else tells of them."""
    posts = [event for event in facts.timeline.events if event.kind in SPOKEN and event.lane is Lane.SIGNAL]
    if not posts:
        return "The evidence holds no alert."
    lines = [
        f"- {facts.stamp(event.occurred_at)}: “{_words(facts, event)}”.{facts.footnotes.of_event(event.id)}"
        for event in posts[:MOST_ALERTS]
    ]
    if len(posts) > MOST_ALERTS:
        lines.append(f"- and {len(posts) - MOST_ALERTS:,} more in the timeline")
    return "Alerts, as programs posted them:\n\n" + "\n".join(lines)


def _words(facts: Facts, event: Event) -> str:
    return plain(shortened(quoted(facts.roles.anonymise(event.summary)), 160))


def _alert(facts: Facts, event: Event) -> str:
    details = event.details
    if not isinstance(details, AlertDetails):
        return ""
    receiver = f", sent to {plain(details.receiver)}" if details.receiver else ""
    severity = f" ({plain(details.severity)})" if details.severity else ""
    shown = f", received at {facts.stamp(event.known_at)}" if event.known_at and event.known_at > event.occurred_at else ""
    ended = f", resolved at {facts.stamp(event.ended_at)}" if event.ended_at else ", no end in the evidence"
    mark = facts.footnotes.of_event(event.id)
    return f"- {facts.stamp(event.occurred_at)}: {plain(details.name)}{severity} fired{receiver}{shown}{ended}.{mark}"


def changes(facts: Facts) -> str:
    """Return the changes before the start as candidates, and what was said of changes."""
    told = _said_of_changes(facts)
    if facts.effect.started is None:
        text = "Without a start, the evidence cannot say which changes came before it."
    elif not facts.changes:
        text = "The evidence holds no change before the start."
    else:
        text = (
            "Candidates, ranked by nearness to the start, blast radius, and what undoing them did. "
            "The rank says where to look first; it is no finding."
        )
    return "\n\n".join(part for part in (text, block("changes"), told) if part)


_SHIPPED = re.compile(
    r"\b(?:since|after|before) the (?:[\w-]+ ){0,3}(?:deploy|release|rollout|migration|config|change|merge)"
    r"|\b(?:went|gone|rolled|pushed|shipped|goes) (?:out|live)\b"
    r"|\b(?:deployed|released|shipped|merged)\b[^?]*\b(?:ago|at|before|earlier|today)\b",
    re.IGNORECASE,
)
"""How people speak of a change that was shipped."""

MOST_SAID = 5


def _said_of_changes(facts: Facts) -> str:
    """Return what responders said of changes while it lasted: where no tool recorded a change, this is the trace of it."""
    channels = incident_channels(facts.timeline)
    told = [
        event
        for event in facts.timeline.events
        if event.kind in SPOKEN and channel_of(event) in channels and _SHIPPED.search(event.summary)
        if facts.effect.started is None or event.occurred_at >= facts.effect.started
    ]
    lines = [
        f"- {facts.stamp(event.occurred_at)}, {facts.roles.said_of(event.actor)}: "
        f"“{plain(shortened(facts.roles.anonymise(event.summary), 200))}”{facts.footnotes.of_event(event.id)}"
        for event in told[:MOST_SAID]
    ]
    return "Said of changes while it lasted:\n\n" + "\n".join(lines) if lines else ""


def factors(_facts: Facts) -> str:
    """Return the contributing factors, none yet, with a prompt."""
    return (
        prompt(
            "each condition that had to hold, with its part: trigger, enabler, amplifier, mitigator or luck. "
            "Several conditions met; no single one of them is the cause."
        )
        + f"\n\n{block('factors')}"
    )


def resolution(facts: Facts) -> str:
    """Return what was done, step by step, and when it was over."""
    lines: list[str] = []
    for one in facts.decisions:
        if not summary.is_a_step(one):
            continue
        outcome = f" {plain(one.outcome)}" if one.outcome else ""
        chosen = plain(one.chosen.rstrip("."))
        lines.append(f"- {facts.stamp(one.at)}: {chosen}.{facts.footnotes.of_event(one.event)}{outcome}")
    steps = (
        "Steps that were chosen, and what followed:\n\n" + "\n".join(lines)
        if lines
        else "The evidence shows no step that was chosen."
    )
    mitigated = facts.at(MilestoneName.MITIGATED)
    ended = (
        f"Users no longer felt it at {facts.stamp(mitigated)}.{facts.mark(MilestoneName.MITIGATED)}"
        if mitigated
        else "The evidence does not show when users no longer felt it."
    )
    return f"{steps}\n\n{ended} {summary.over(facts)}"


def mitigation(facts: Facts) -> str:
    """Return the same as `resolution`, for practices that ask for it by this name."""
    return resolution(facts)


def diagnosis(facts: Facts) -> str:
    """Return a prompt with what the evidence gives: the stretch between acknowledging and the last step."""
    taken, mitigated = facts.at(MilestoneName.ACKNOWLEDGED), facts.at(MilestoneName.MITIGATED)
    said = ""
    if taken and mitigated and mitigated > taken:
        marks = facts.mark(MilestoneName.ACKNOWLEDGED) + facts.mark(MilestoneName.MITIGATED)
        said = f"From acknowledging to recovery it took {duration_text(seconds_between(taken, mitigated))}.{marks}\n\n"
    return said + prompt("what was looked at, in which order, and what would have led there sooner.")


def decisions(facts: Facts) -> str:
    """Return the candidate decisions."""
    if not facts.decisions:
        return "The evidence shows no moment at which somebody visibly chose.\n\n" + block("decisions")
    return (
        "Candidates: moments at which somebody chose, from what was said and done. Each shows what was voiced then; what "
        "followed stands apart.\n\n" + block("decisions")
    )


def weak_points(facts: Facts) -> str:
    """Return the candidate weak points."""
    if not facts.weak_points:
        return "No rule found a weak point in the evidence.\n\n" + block("weak-points")
    return "Candidates, each found by a rule from the evidence it cites.\n\n" + block("weak-points")


def lessons(_facts: Facts) -> str:
    """Return the lessons, none yet, with prompts."""
    return "\n\n".join(
        (
            prompt("what went well, and would again."),
            prompt("what went poorly, for whom, and what made it so."),
            prompt("where you got lucky: what was not planned and helped."),
            prompt("what you know now and did not know before."),
            block("lessons"),
        )
    )


def actions(facts: Facts) -> str:
    """Return the actions, none yet, with a prompt."""
    hint = " Each weak point suggests one." if facts.weak_points else ""
    form = prompt("one line an action, such as `- [ ] Add a limit @role by 12 March`: what, who, until when.")
    return f"{form}{hint}\n\n{block('actions')}"


def questions(_facts: Facts) -> str:
    """Return the open questions for the author."""
    return f"The evidence cannot answer these; somebody who was there can.\n\n{block('questions')}"


def participants(facts: Facts) -> str:
    """Return who took part, by role."""
    if not facts.participants:
        return "The evidence names nobody who took part.\n\n" + block("participants")
    return f"By role, from what they did.\n\n{block('participants')}"


def metrics(facts: Facts) -> str:
    """Return the turns of series, as the annotated points of graphs to add."""
    turns = [event for event in facts.timeline.events if event.kind is Kind.TURN and isinstance(event.details, TurnDetails)]
    lines = [
        f"- {facts.stamp(event.occurred_at)}: {plain(shortened(event.summary, 160))}{facts.footnotes.of_event(event.id)}"
        for event in turns[:MOST_TURNS]
    ]
    found = "Where series left their usual range or came back:\n\n" + "\n".join(lines) + "\n\n" if lines else ""
    return found + prompt("the graphs, each with a title, one sentence, and marks at change, start, alarm and mitigation.")


def five_whys(_facts: Facts) -> str:
    """Return an empty chain of whys: no answer is invented."""
    first = "1. Why did users feel it?"
    rest = [f"{number}. Why?" for number in range(2, 6)]
    hint = "at least five answers, each with its evidence. Branch where several things had to hold. A person is no answer."
    return "\n".join([first, *rest]) + f"\n\n{prompt(hint)}\n\n{block('factors')}"


def background(_facts: Facts) -> str:
    """Return a prompt."""
    return prompt("just enough about the system for a reader from elsewhere to follow.")


def prologue(facts: Facts) -> str:
    """Return what came before, with a prompt for what made it reasonable."""
    return prompt("decisions of the months before, and what made them reasonable then.") + f"\n\n{changes(facts)}"


def trigger(facts: Facts) -> str:
    """Return the candidate for the pivot."""
    said = summary.nearest_change(facts) or "The evidence holds no change before the start."
    return f"{said}\n\n{prompt('the pivot, up to the state in which it had to go wrong. It is not the cause.')}"


def effects(facts: Facts) -> str:
    """Return what users felt, with the figures."""
    return f"{summary.what_users_felt(facts)}\n\n{impact(facts)}"


def epilogue(facts: Facts) -> str:
    """Return how it ended, with a prompt for the work after."""
    return f"{resolution(facts)}\n\n{prompt('the work after it was over.')}"


def mitigators(_facts: Facts) -> str:
    """Return a prompt."""
    return prompt("what kept it from being worse.")


def risks(_facts: Facts) -> str:
    """Return a prompt."""
    return prompt("risks in the technique or in working together that this showed, new or known.")


def challenges(facts: Facts) -> str:
    """Return the weak points and decisions of handling it."""
    return f"{weak_points(facts)}\n\n{decisions(facts)}"


def security(_facts: Facts) -> str:
    """Return a prompt: a practice asks for it in every case."""
    return prompt("what it means for security, and if it means nothing, how you know.")


def related(_facts: Facts) -> str:
    """Return a prompt."""
    return prompt("tickets, earlier incidents and changes that belong to it.")
