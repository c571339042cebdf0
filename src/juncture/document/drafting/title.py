"""The title, from facts: what was affected, how, for how long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, islice

from juncture.document.drafting.facts import Facts
from juncture.inquiry.effect import said
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.speech import capital, quoted, sentences
from juncture.model.evidence import AlertDetails, Event, Kind
from juncture.model.instants import duration_text, seconds_between
from juncture.model.record import MilestoneName
from juncture.timeline.cues import Cue

_SYMPTOMS = (
    ("Errors", "answered with errors", r"error|5xx|\b50[0-4]\b|fail|exception"),
    ("Slow answers", "answered slowly", r"latenc|slow|time[d]?[ -]?out|hang|duration|p9[059]"),
    ("No answers", "did not answer", r"\bdown\b|unavailab|unreachab|outage|no[ -]?data|absent|offline"),
)
"""How a symptom is named in a title, in a sentence, and in the words of alerts and messages."""

_CLAUSE_END = re.compile(r"[,;:(]|\s(?:since|after|because|before|when|and)\s")

_ABOUT_THEMSELVES = re.compile(r"\b(?:i|i'd|i'm|we|we're|paged|page|paging|looking|alert|alerts|anyone)\b", re.IGNORECASE)
"""A clause about its author tells no symptom that could stand in a title."""

_SAID_LIMIT = 60
"""A symptom quoted in a title is no longer than so many characters."""


def title_of(facts: Facts) -> str:
    """Return a title such as `Errors in checkout for 39 min`; what nothing tells is left out, never invented."""
    what = what_happened(facts)
    started, mitigated = facts.at(MilestoneName.STARTED), facts.at(MilestoneName.MITIGATED)
    ended = mitigated or facts.at(MilestoneName.RESOLVED)
    if what and started and ended and ended > started:
        return f"{what} for {duration_text(seconds_between(started, ended))}"
    if facts.day is None:
        return "Incident without a dated event"
    return f"{what or 'Incident'} on {facts.day.day} {facts.day:%B %Y}"


def what_happened(facts: Facts) -> str | None:
    """Return what was affected and how, None where the evidence does not say."""
    names = [name for name, _, pattern in _SYMPTOMS if _seen(facts, pattern)]
    services = list(facts.effect.services[:2])
    said = _said(facts)
    if services and names and (facts.alerts() or not said):
        return f"{joined(capital_first_only(names[:2]))} in {joined(services)}"
    if said:
        return f"“{said}”"
    return f"{joined(capital_first_only(names[:2]))}" if names else (f"Incident in {joined(services)}" if services else None)


def symptom_phrase(facts: Facts) -> str:
    """Return how a sentence says the symptom: `answered with errors`; `was affected` where nothing tells more."""
    phrases = [phrase for _, phrase, pattern in _SYMPTOMS if _seen(facts, pattern)]
    return joined(phrases[:2]) if phrases else "was affected"


def joined(parts: Iterable[str]) -> str:
    """Return parts as prose lists them: `a`, `a and b`, `a, b and c`."""
    listed = list(parts)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}" if listed else ""


def capital_first_only(parts: list[str]) -> list[str]:
    """Return parts of a list of which only the first keeps its capital."""
    return [part if number == 0 else part[:1].lower() + part[1:] for number, part in enumerate(parts)]


def _seen(facts: Facts, pattern: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for text in _texts(facts))


def _texts(facts: Facts) -> list[str]:
    """Return the words of the alerts around the start, else of the message by which it was detected."""
    detected = facts.event_of(MilestoneName.DETECTED)
    alerts = facts.alerts()
    found = [f"{_alert_name(event)} {event.summary}" for event in alerts[:3]]
    if detected is not None and not found:
        found.append(detected.summary)
    return found


def _alert_name(event: Event) -> str:
    return event.details.name if isinstance(event.details, AlertDetails) else ""


def _said(facts: Facts) -> str | None:
    """Return the first message that tells a symptom, cut to its clause, if it is short enough to stand in a title."""
    detected = facts.event_of(MilestoneName.DETECTED)
    during = (event for event in facts.timeline.events if event.kind in SPOKEN and facts.is_during(event))
    told = islice((event for event in during if Cue.SYMPTOM in said(event.summary)), 3)
    for event in chain([detected] if detected and detected.kind is not Kind.ALERT else [], told):
        for sentence in sentences(facts.roles.anonymise(event.summary)):
            clause = _CLAUSE_END.split(quoted(sentence), maxsplit=1)[0].strip(" .!?")
            fits = len(clause.split()) > 2 and len(clause) <= _SAID_LIMIT and "?" not in sentence
            if fits and not _ABOUT_THEMSELVES.search(clause) and Cue.SYMPTOM in said(sentence):
                return capital(clause)
    return None
