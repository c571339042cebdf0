"""Key events: what a careful author would pick."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from incidents import ALL, Evidence, Told, clock, small_talk

from juncture.model.evidence import Event, Kind, MessageDetails
from juncture.timeline.build import build_timeline
from juncture.timeline.keyevents import MOST


def keys(evidence: Evidence) -> list[Event]:
    return [event for event in build_timeline(evidence.sightings).events if event.key]


def distance(found: list[Event], at: str) -> float:
    """Seconds to the nearest key event, or to the end of one."""
    return min(
        abs((told - clock(at)).total_seconds()) for event in found for told in (event.occurred_at, event.ended_at) if told
    )


@pytest.mark.parametrize("make", ALL)
def test_milestones_trigger_and_decisions_are_near_a_key_event(make: object) -> None:
    told: Told = make()  # type: ignore[operator]
    found = keys(told.evidence)
    assert all(distance(found, at) <= 60 for at in told.milestones.values() if at)
    assert all(distance(found, at) <= 30 for at in (*told.decisions, *([told.trigger] if told.trigger else [])))


@pytest.mark.parametrize("make", ALL)
def test_each_key_event_says_why_and_is_cited(make: object) -> None:
    told: Told = make()  # type: ignore[operator]
    found = keys(told.evidence)
    assert found
    assert all(event.why_key and event.citations for event in found)


def test_talk_beside_the_point_is_never_key() -> None:
    for make in (ALL[0], ALL[2]):
        found = keys(make().evidence)
        assert not [
            event.summary for event in found if isinstance(event.details, MessageDetails) and event.details.channel == "random"
        ]


def test_greetings_thanks_and_who_joined_are_never_key() -> None:
    evidence = ALL[0]().evidence
    evidence.chat("14:11", "bo", "hello", "ops")
    evidence.chat("14:12", "bo", "thanks!", "ops")
    joined = evidence.chat("14:13", "bo", "bo joined the channel", "ops")
    assert not {"hello", "thanks!", joined.summary} & {event.summary for event in keys(evidence)}


def busy(messages: int, seed: int = 1) -> Evidence:
    """A long incident: hours of talk, many decisions, a storm of alerts, logs and turns."""
    order = random.Random(seed)
    evidence = ALL[0]().evidence
    lines = [
        "restarting web-{}",
        "should we roll back {}?",
        "yes do it",
        "errors at {} %",
        "could be shard {}",
        "still failing on web-{}",
        "no change",
        "not shard {}",
        "found it: shard {} is out of disk",
        "ok",
        "thanks",
        "graph {}",
    ]
    for number in range(messages):
        second = order.randrange(60 * 60)
        evidence.chat(
            f"14:{second // 60}:{second % 60}.{number:06d}",
            order.choice(["ana", "tom"]),
            order.choice(lines).format(number),
            "ops",
        )
    for number in range(messages // 10):
        evidence.alert(f"14:{number % 50 + 3}:{number % 60}", f"Shard{number}Slow", end="14:58", service="shop")
        evidence.turn(
            f"14:{number % 50 + 3}:{number % 59}", f"shard_{number}_depth", "up", end="14:57", service=f"shard{number}"
        )
        evidence.log(f"14:{number % 50 + 3}:{number % 58}", f"shard {number} is slow to answer")
    small_talk(evidence, [f"14:{minute}" for minute in range(60)])
    return evidence


def test_of_thousands_at_most_sixty_are_taken_and_every_phase_is_told() -> None:
    timeline = build_timeline(busy(3000).sightings)
    found = [event for event in timeline.events if event.key]
    assert 20 <= len(found) <= MOST
    for phase in timeline.phases:
        if phase.to and phase.to - phase.from_ > timedelta(minutes=1):
            assert any(phase.from_ <= event.occurred_at < phase.to for event in found), phase
    told = ALL[0]()
    assert all(distance(found, at) <= 60 for at in told.milestones.values() if at and at < "14:30")
    assert distance(found, told.trigger or "") <= 30


def test_of_one_thought_said_several_times_at_once_one_is_taken() -> None:
    evidence = ALL[0]().evidence
    for second in range(10, 20):
        evidence.chat(f"14:20:{second}", "tom", f"still failing on web-{second}", "ops")
    assert sum("still failing" in event.summary for event in keys(evidence)) == 1


def test_marks_do_not_depend_on_the_order_of_reading() -> None:
    sightings = list(busy(200).sightings)
    first = {event.id for event in build_timeline(sightings).events if event.key}
    random.Random(3).shuffle(sightings)
    again = {name for event in build_timeline(sightings).events if event.key for name in (event.id, *event.aliases)}
    assert first <= again


def test_of_a_small_evidence_everything_that_says_something_is_key() -> None:
    evidence = Evidence()
    evidence.chat("23:52", "sam", "alert HighErrorRate fired for checkout", None)
    evidence.chat("23:57", "robin", "rolled back release 412", None)
    evidence.chat("23:58", "robin", "thanks", None)
    assert [event.summary for event in keys(evidence)] == ["alert HighErrorRate fired for checkout", "rolled back release 412"]


def test_window_limits_what_is_taken() -> None:
    evidence = ALL[0]().evidence
    timeline = build_timeline(evidence.sightings, start=clock("14:05"), end=clock("14:10:20"))
    assert timeline.events[0].occurred_at >= clock("14:05")
    assert timeline.events[-1].occurred_at < clock("14:10:20")
    assert Kind.MESSAGE in {event.kind for event in timeline.events}
