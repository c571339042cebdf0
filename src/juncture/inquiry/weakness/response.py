"""How fast it was noticed, taken and called what it was, and where its alerts went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from juncture.inquiry.acts import vocabulary
from juncture.inquiry.effect import Effect
from juncture.inquiry.people import SPOKEN, is_by_a_person
from juncture.inquiry.weakness.facts import SHIPPED_WITHIN, Facts, Stated, at, cite, rules, words
from juncture.inquiry.words import has_word
from juncture.model.evidence import AlertDetails, Event, Kind, Lane
from juncture.model.instants import Instant, duration_text, seconds_between
from juncture.model.record import Milestone, MilestoneName
from juncture.timeline.cues import spoken


def _between(
    facts: Facts, first: MilestoneName, then: MilestoneName, rule: str
) -> Iterator[tuple[Milestone, Milestone, float]]:
    """Yield two milestones and the seconds between them, where they reach the rule's threshold."""
    one, other = facts.found(first), facts.found(then)
    if one and other and one.at and other.at:
        seconds = seconds_between(one.at, other.at)
        if seconds >= rules()[rule].threshold:
            yield one, other, seconds


def late_detection(facts: Facts) -> Iterator[Stated]:
    """Say that the first signal came late."""
    for started, detected, seconds in _between(facts, MilestoneName.STARTED, MilestoneName.DETECTED, "late_detection"):
        yield (
            f"The first signal reached a responder {duration_text(seconds)} after the start",
            [*started.citations, *detected.citations],
        )


def found_by_people(facts: Facts) -> Iterator[Stated]:
    """Say that people noticed it first."""
    event = facts.event_of(MilestoneName.DETECTED)
    if event is None or event.kind not in SPOKEN or not is_by_a_person(event):
        return
    signals = [
        one for one in facts.events if one.kind in {Kind.ALERT, Kind.PAGE} or (one.kind in SPOKEN and one.lane is Lane.SIGNAL)
    ]
    alert = next((one for one in signals if _shown_at(one) > event.occurred_at), None)
    least = timedelta(seconds=rules()["found_by_people"].threshold)
    if any(_shown_at(one) <= event.occurred_at + least for one in signals):
        return
    text = f"The first signal was a message at {at(event.occurred_at)}: {words(event)}"
    if alert is not None:
        later = duration_text(seconds_between(event.occurred_at, _shown_at(alert)))
        text += f". The first alert reached a responder {later} later"
    elif not signals:
        text += ". The evidence holds no alert"
    yield text, cite(event, alert)


def _shown_at(event: Event) -> Instant:
    return event.known_at or event.recorded_at or event.occurred_at


def slow_acknowledgement(facts: Facts) -> Iterator[Stated]:
    """Say that it was taken late."""
    for detected, taken, seconds in _between(facts, MilestoneName.DETECTED, MilestoneName.ACKNOWLEDGED, "slow_acknowledgement"):
        yield f"It was acknowledged {duration_text(seconds)} after the first signal", [*detected.citations, *taken.citations]


def late_declaration(facts: Facts) -> Iterator[Stated]:
    """Say that it was called an incident late."""
    for detected, declared, seconds in _between(facts, MilestoneName.DETECTED, MilestoneName.DECLARED, "late_declaration"):
        text = f"It was called an incident {duration_text(seconds)} after the first signal"
        yield text, [*detected.citations, *declared.citations]


def wrong_receiver(facts: Facts) -> Iterator[Stated]:
    """Say that a second receiver had to be paged, or that the alert was handed on or re-routed in words."""
    alerts = [event for event in facts.events if event.kind is Kind.ALERT and isinstance(event.details, AlertDetails)]
    alerts = [event for event in alerts if _receiver(event) and facts.effect.started and _near(event, facts.effect)]
    alerts.sort(key=lambda event: (_shown_at(event), event.id))
    handed = next(
        (one for one in facts.matters if one.kinds & {"escalate", "reroute"} and one.chosen and _hands_on(one.chosen)), None
    )
    taken = facts.found(MilestoneName.ACKNOWLEDGED)
    second = next((event for event in alerts if alerts and _receiver(event) != _receiver(alerts[0])), None)
    if handed is not None and handed.chosen is not None and alerts:
        text = f"The alert went to {_receiver(alerts[0])} at {at(_shown_at(alerts[0]))} and was handed on at "
        yield text + f"{at(handed.chosen.occurred_at)}: {words(handed.chosen)}", cite(alerts[0], handed.chosen)
    elif second is not None and taken and taken.at and taken.at > _shown_at(second):
        gap = duration_text(seconds_between(_shown_at(alerts[0]), _shown_at(second)))
        text = (
            f"The first page went to {_receiver(alerts[0])} at {at(_shown_at(alerts[0]))}. It was acknowledged only after "
            f"{_receiver(second)} had been paged too, {gap} later"
        )
        yield text, [*cite(alerts[0], second), *taken.citations]


def _receiver(event: Event) -> str | None:
    return event.details.receiver if isinstance(event.details, AlertDetails) else None


def _near(event: Event, effect: Effect) -> bool:
    return effect.started is None or event.occurred_at >= effect.started - SHIPPED_WITHIN


def _hands_on(event: Event) -> bool:
    """Whether a message says that the alert belongs to others; calling somebody in for help does not."""
    said_so = (*vocabulary().disowns, *vocabulary().reroutes, *vocabulary().hands_over)
    return event.kind in SPOKEN and has_word(spoken(event.summary), said_so) is not None
