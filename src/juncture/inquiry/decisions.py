"""Candidate decisions: the moments at which somebody had to choose."""

from __future__ import annotations

import re
from datetime import timedelta

from juncture.inquiry.acts import Form, beyond_yes, names_in
from juncture.inquiry.effect import AT_THE_START, effect_of, end_of, instant_of, said, start_of
from juncture.inquiry.matters import Matter, matters
from juncture.inquiry.people import SPOKEN, is_by_a_person
from juncture.inquiry.roles import Roles, channel_of, incident_channels, roles_of
from juncture.inquiry.shipments import results_of
from juncture.inquiry.speech import (
    act_phrase,
    best_phrase,
    capital,
    options_in,
    preferred,
    question_of,
    quoted,
    reason_in,
    said_in_vain,
    said_refused,
    sentences,
    shortened,
    speech,
)  # fmt: skip
from juncture.model.evidence import Citation, CommandDetails, Event, Kind
from juncture.model.instants import Instant, clock_time, duration_text, seconds_between
from juncture.model.record import Decision, MilestoneName, Timeline
from juncture.timeline.cues import Cue

BEFORE_THE_START = timedelta(seconds=60)
"""The start is no more exact than the interval of its metric: an act this little before it can be part of the response."""

AFTER_THE_END = timedelta(minutes=15)
"""What is chosen this soon after the end (retry now or tomorrow?) still belongs to the incident."""

OUTCOME_WITHIN = timedelta(minutes=10)
"""What followed a choice is looked for so long, and no longer than until the next choice."""

TAKEN_WITHIN = timedelta(minutes=3)
SHORT_ANSWER = 8
"""Who takes over says so soon and in few words; later and longer messages speak of something else."""

RECOVERED_WITHIN = timedelta(minutes=5)
"""A recovery this soon after a choice is told as what followed it."""


def candidates(timeline: Timeline, roles: Roles | None = None) -> tuple[Decision, ...]:
    """Return the candidate decisions in order of time, one an act, each with its citations.

    `at` is the moment of choosing: the agreement or commitment, else the act itself. Question, options and reason are
    taken from what was said, names of people replaced by roles; the outcome is what the evidence shows next, if anything.
    """
    channels = incident_channels(timeline)
    services = effect_of(timeline).services
    chosen = handled(timeline)
    roles = roles or roles_of(timeline)
    found: list[Decision] = []
    for number, matter in enumerate(chosen):
        following = chosen[number + 1].chosen_at if number + 1 < len(chosen) else None
        outcome = _outcome(matter, timeline, following, channels)
        found.append(_decision(matter, outcome, roles, services[0] if services else None))
    return tuple(found)


def handled(timeline: Timeline) -> list[Matter]:
    """Return the matters that were chosen, in order of choosing: candidate decisions with the events they are made of."""
    found = matters(_during(timeline), incident_channels(timeline), results_of(timeline.events))
    return sorted((one for one in found if _is_a_choice(one, timeline)), key=lambda matter: matter.chosen_at)


def _during(timeline: Timeline) -> list[Event]:
    start, resolved = start_of(timeline), instant_of(timeline, MilestoneName.RESOLVED)
    return [
        event
        for event in timeline.events
        if (start is None or event.occurred_at >= start - BEFORE_THE_START)
        and (resolved is None or event.occurred_at <= resolved + AFTER_THE_END)
    ]


def _is_a_choice(matter: Matter, timeline: Timeline) -> bool:
    """Whether it was chosen, by people, while there was something to choose."""
    if matter.chosen is None:
        return False
    if matter.kinds == {"tell"}:
        return bool(matter.asked)
    if matter.kinds <= {"deploy", "configure", "scale"}:
        start = start_of(timeline)
        if start is not None and matter.chosen_at <= start + AT_THE_START:
            return False
        if not matter.asked and matter.form is not Form.COMMIT:
            return _is_about_the_effect(matter, timeline)
    return True


def _is_about_the_effect(matter: Matter, timeline: Timeline) -> bool:
    """Whether a change that nobody spoke of came before the end: others ship too, and go on shipping afterwards."""
    end = end_of(timeline)
    return matter.chosen is not None and matter.chosen.key and (end is None or matter.chosen.occurred_at <= end)


def _decision(matter: Matter, outcome: tuple[str, list[Event]] | None, roles: Roles, service: str | None) -> Decision:
    chosen = matter.chosen
    if chosen is None:
        raise ValueError("a matter that was not chosen is no decision")
    kind = _main_kind(matter)
    options = tuple(_with_object(option, matter, service) for option in _options(matter))
    reason, reasoned = _reason(matter)
    cited = [*matter.asked, chosen, *matter.steps[:3], *reasoned, *(outcome[1] if outcome else ())]
    citations: list[Citation] = list(dict.fromkeys(event.citations[0] for event in cited if event.citations))
    return Decision(
        at=chosen.occurred_at,
        question=roles.anonymise(_question(matter, kind, options, service)),
        chosen=roles.anonymise(_chosen(matter, kind, options, service)),
        options=tuple(roles.anonymise(option) for option in options) if len(options) > 1 else (),
        reason=roles.anonymise(reason) if reason else None,
        outcome=roles.anonymise(outcome[0]) if outcome else None,
        by=roles.by_whom(chosen),
        kind=kind,
        event=chosen.id,
        citations=tuple(citations),
    )


_RANK = (
    "declare", "reroute", "escalate", "undo", "failover", "cancel", "restart", "flag", "shield", "scale", "configure", "deploy",
    "tell",
)  # fmt: skip
"""The kind that names a matter of several kinds."""


def _main_kind(matter: Matter) -> str:
    return next((kind for kind in _RANK if kind in matter.kinds), "wait")


def _options(matter: Matter) -> tuple[str, ...]:
    """Return the options voiced, as they were said, each once."""
    found: list[str] = []
    for event in matter.asked:
        voiced = options_in(event.summary)
        if not voiced and (phrase := _asked_phrase(event)):
            voiced = (capital(phrase),)
        found += [option for option in voiced if option.lower() not in {one.lower() for one in found}]
    return tuple(found)


def _asked_phrase(event: Event) -> str | None:
    """Return the act that a message asks for, `it` filled in with the version that it names.

    A clause that begins with the act says it best: of `412 went out before this, should we roll back?` the second one.
    """
    acting = [sentence for sentence in sentences(event.summary) if said(sentence) & {Cue.QUESTION, Cue.PROPOSAL}]
    phrase = best_phrase([*acting, *sentences(event.summary)])
    return _filled(phrase, event) if phrase else None


def _filled(phrase: str, event: Event) -> str:
    """Return the phrase with `it` or `that` said by name, where the message names one version or number alone."""
    names = names_in(event)
    named = next(iter(names)) if len(names) == 1 else None
    return re.sub(r"\b(?:it|this|that)\b", named, phrase, count=1) if named and named not in phrase else phrase


def _question(matter: Matter, kind: str, options: tuple[str, ...], service: str | None) -> str:
    if kind in {"declare", "escalate", "reroute"} and len(options) < 2:
        return speech().kinds[kind].question
    if len(options) > 1:
        return question_of(", or ".join([options[0], *(option[:1].lower() + option[1:] for option in options[1:3])]))
    if options:
        return question_of(options[0])
    phrase = _chosen_phrase(matter)
    return question_of(_with_object(phrase, matter, service)) if phrase else _bare_question(matter, kind, service)


def _bare_question(matter: Matter, kind: str, service: str | None) -> str:
    question = speech().kinds[kind].question
    service = next((event.service for event in matter.events if event.service), service)
    return f"{question.rstrip('?')} {service}?" if service and kind in {"undo", "restart", "failover", "scale"} else question


def _with_object(phrase: str, matter: Matter, service: str | None) -> str:
    """Say what is rolled back or restarted where the words leave it open and a version or service is known."""
    if not _BARE.fullmatch(phrase):
        return phrase
    versions = sorted(matter.names, key=lambda name: ("." not in name, len(name), name))
    named = [*versions, *(event.service for event in matter.events if event.service), *([service] if service else [])]
    return f"{re.sub(r' it$| it(?= )', '', phrase, flags=re.IGNORECASE)} {named[0]}" if named else phrase


_BARE = re.compile(r"(?:(?:roll|back|it|restart|revert|bounce|kick|reboot|fail|over|undo)\s?){1,3}", re.IGNORECASE)
"""A phrase that does not say what is meant."""


def _chosen_phrase(matter: Matter) -> str | None:
    chosen = matter.chosen
    if chosen is None or chosen.kind not in SPOKEN:
        return None
    acting = [sentence for sentence in sentences(chosen.summary) if said(sentence) & {Cue.COMMITMENT, Cue.COMPLETED}]
    return best_phrase([*acting, *sentences(chosen.summary)])


def _chosen(matter: Matter, kind: str, options: tuple[str, ...], service: str | None) -> str:
    chosen = matter.chosen
    if chosen is None:
        return ""
    if chosen.kind not in SPOKEN:
        return _done(chosen)
    if matter.form is Form.DECLINE:
        return f"Not now: “{shortened(quoted(declining_words(chosen)))}”"
    if kind == "declare":
        severity = re.search(r"\b(?:sev(?:erity)?[\s:-]*\d|p[0-4]|severity:? \w+)\b", chosen.summary, re.IGNORECASE)
        return f"Yes, {severity.group(0)}" if severity else "Yes"
    if kind == "escalate" and "@" in chosen.summary:
        return _handed_to(chosen)
    if kind in {"escalate", "reroute"} or not options:
        phrase = _chosen_phrase(matter)
        if phrase:
            return capital(shortened(_with_object(phrase, matter, service)))
        return _handed_to(chosen) if kind == "escalate" else speech().kinds[kind].chosen
    if len(options) == 1:
        more = matter.form is Form.AGREE and beyond_yes(chosen.summary)
        return f"{options[0]}: “{shortened(quoted(chosen.summary))}”" if more else options[0]
    picked = _picked(matter, options)
    return picked or f"“{shortened(_first_words(chosen.summary))}”"


def _picked(matter: Matter, options: tuple[str, ...]) -> str | None:
    """Return the option that the answer, the proposal or what was then done picks."""
    chosen = [matter.chosen] if matter.chosen else []
    for event in [*chosen, *reversed(matter.asked)]:
        if picked := preferred(options, event.summary):
            return picked
    for event in matter.steps:
        phrase = act_phrase(event.summary) if event.kind in SPOKEN else None
        words = set(re.findall(r"\w+", (phrase or event.summary).lower())) - {"the", "it", "now"}
        scores: list[int] = [len(words & set(re.findall(r"\w+", option.lower()))) for option in options]
        best = max(scores, default=0)
        if best and scores.count(best) == 1:
            return options[scores.index(best)]
    return None


def declining_words(event: Event) -> str:
    """Return the sentence of a message that refuses or puts off, the first one if none stands out."""
    found = sentences(event.summary)
    refusing = [one for one in found if said(one) & {Cue.DECLINED, Cue.WAIT}]
    return next(iter([*refusing, *found]), event.summary)


def _handed_to(event: Event) -> str:
    mention = re.search(r"@[\w.-]+(?: [A-Z][\w-]+)?", event.summary)
    return f"Hand over to {mention.group(0)}" if mention else speech().kinds["escalate"].chosen


def _done(event: Event) -> str:
    if event.kind is Kind.COMMAND:
        command = event.details.command if isinstance(event.details, CommandDetails) else event.summary
        return f"Run `{shortened(command.replace('`', ''))}`"
    return capital(shortened(event.summary))


def _first_words(text: str) -> str:
    found = sentences(text)
    return found[0] if found else text


def _reason(matter: Matter) -> tuple[str | None, list[Event]]:
    """Return the reason that was given then, word for word, and the message that gave it."""
    chosen = [matter.chosen] if matter.chosen else []
    asked = [] if matter.form is Form.DECLINE else matter.asked
    for event in [*chosen, *reversed(asked)]:
        reason = reason_in(event.summary) if event.kind in SPOKEN else None
        if reason is None and event is matter.chosen and matter.form is Form.DECLINE:
            reason = _other_words(event)
        if reason:
            return shortened(reason, 200), [event]
    return None, []


def _other_words(event: Event) -> str | None:
    """Return what a refusal says beside refusing: in a chat, that is its reason."""
    refusing = declining_words(event)
    return next((one.strip(" .") for one in sentences(event.summary) if one != refusing and not one.endswith("?")), None)


def _outcome(
    matter: Matter, timeline: Timeline, following: Instant | None, channels: frozenset[str | None]
) -> tuple[str, list[Event]] | None:
    """Return what happened next, as the evidence shows it, and the events that show it."""
    until = matter.chosen_at + OUTCOME_WITHIN
    if following is not None and not matter.kinds & {"escalate", "reroute"}:
        until = min(until, following)
    later = [event for event in timeline.events if matter.chosen_at < event.occurred_at <= until]
    telling = [event for event in later if _tells(event, matter, channels)]
    told = next((event for event in telling if is_by_a_person(event)), next(iter(telling), None))
    parts = [f"{clock_time(told.occurred_at)} UTC: “{shortened(quoted(told.summary), 160)}”."] if told else []
    recovered = instant_of(timeline, MilestoneName.MITIGATED)
    if recovered is not None and matter.form is not Form.DECLINE:
        after = seconds_between(matter.chosen_at, recovered)
        if 0 <= after <= RECOVERED_WITHIN.total_seconds() and (following is None or recovered <= following):
            parts.append(f"Users no longer felt it {duration_text(after)} after the choice.")
    return (" ".join(parts), [told] if told else []) if parts else None


def _tells(event: Event, matter: Matter, channels: frozenset[str | None]) -> bool:
    """Whether an event tells what came of a choice."""
    if matter.kinds & {"escalate", "reroute", "declare"}:
        here = event.kind in SPOKEN and channel_of(event) in channels
        cues = said(event.summary) if here and len(event.summary.split()) <= SHORT_ANSWER else frozenset()
        taken = event.kind is Kind.ACKNOWLEDGEMENT or (Cue.ACKNOWLEDGEMENT in cues and Cue.DECLINED not in cues)
        by_another = event.actor != (matter.chosen.actor if matter.chosen else None)
        soon = event.occurred_at - matter.chosen_at <= TAKEN_WITHIN
        return "declare" not in matter.kinds and taken and by_another and soon
    if event.kind not in SPOKEN or channel_of(event) not in channels or matter.form is Form.DECLINE:
        return False
    cues = said(event.summary)
    result = bool(cues & {Cue.IMPROVING, Cue.MITIGATED}) and not cues & {Cue.QUESTION, Cue.RESOLVED}
    return result or said_in_vain(event.summary) or said_refused(event.summary)
