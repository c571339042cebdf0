"""The whole: whatever is read, a timeline comes out, in order, each event cited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from incidents import Evidence, clock
from msgspec.structs import replace

from juncture.model.evidence import (
    AlertDetails,
    ChangeDetails,
    Citation,
    Kind,
    Lane,
    LogDetails,
    MessageDetails,
    PageDetails,
    Sighting,
    TurnDetails,
)
from juncture.model.identity import ArtefactHash, sighting_id
from juncture.timeline.build import build_timeline
from juncture.timeline.keyevents import MOST
from juncture.timeline.known import known_at
from juncture.timeline.speech import MOST_WEIGHED

INSTANTS = st.one_of(
    st.integers(0, 180).map(lambda minute: clock("13:00") + timedelta(minutes=minute)),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]),
)
TEXTS = st.sampled_from(
    [
        "checkout is down",
        "rolling back 412",
        "deploy shop 412 started",
        "[FIRING] Slow",
        "[RESOLVED] Slow",
        "declaring sev1",
        "all clear",
        "yes",
        "POST /checkout 502 after 300ms",
        "",
        "resolved by @ana",
        "on it",
    ]
)
DETAILS = st.sampled_from(
    [
        MessageDetails(channel="ops"),
        MessageDetails(channel="ops", bot=True),
        MessageDetails(),
        AlertDetails("Slow", "firing"),
        AlertDetails("Slow", "resolved"),
        PageDetails("P1"),
        ChangeDetails(state="started", revision="3fa9c1d2"),
        LogDetails(level="error", count=3),
        TurnDetails("http_errors", "up"),
        TurnDetails("http_errors", "back"),
        None,
    ]
)


@st.composite
def sightings(draw: st.DrawFn) -> Sighting:
    at = draw(INSTANTS)
    later = draw(st.none() | INSTANTS)
    return Sighting(
        id=sighting_id("any", str(draw(st.integers(0, 30)))),
        source=draw(st.sampled_from(["slack", "paste", "alertmanager"])),
        kind=draw(st.sampled_from(list(Kind))),
        lane=Lane.SIGNAL,
        occurred_at=at,
        earliest=at,
        latest=at,
        summary=draw(TEXTS),
        citation=Citation(ArtefactHash("sha256:" + "0" * 64), "file", f"line:{draw(st.integers(1, 9))}"),
        recorded_at=at,
        known_at=draw(st.none() | st.just(at)),
        ended_at=later if later and later >= at else None,
        actor=draw(st.none() | st.just("ana")),
        service=draw(st.none() | st.just("shop")),
        keys=draw(st.sampled_from([(), ("k:1",), ("k:1", "k:2")])),
        links=draw(st.sampled_from([(), ("Slow",), ("3fa9c1d",)])),
        details=draw(DETAILS),
    )


@given(st.lists(sightings(), max_size=25))
@settings(max_examples=150, deadline=None)
def test_whatever_is_read_a_timeline_comes_out(found: list[Sighting]) -> None:
    timeline = build_timeline(found)
    events = timeline.events
    assert list(events) == sorted(events, key=lambda event: (event.occurred_at, event.id))
    assert all(event.citations and event.earliest <= event.occurred_at <= event.latest for event in events)
    assert len({event.id for event in events}) == len(events)
    assert {name for event in events for name in (event.id, *event.aliases)} == {sighting.id for sighting in found}
    assert sum(event.key for event in events) <= MOST
    assert len(timeline.milestones) == 6
    for milestone in timeline.milestones:
        assert (milestone.at is None) == (milestone.state != "found")
    known_at(events, clock("14:00"))


def test_of_more_messages_than_can_be_weighed_those_around_the_incident_are() -> None:
    evidence = Evidence()
    for number in range(MOST_WEIGHED + 2000):
        evidence.chat("00:00", "sam", f"graph {number}", "ops")
    start = clock("00:00")
    spread = [
        replace(one, occurred_at=at, earliest=at, latest=at)
        for number, one in enumerate(evidence.sightings)
        for at in [start + timedelta(seconds=7 * number)]
    ]
    incident = Evidence()
    incident.alert("14:00", "CheckoutErrors", end="14:20")
    incident.chat("14:01", "ana", "declaring sev1", "ops")
    timeline = build_timeline([*spread, *incident.sightings])
    assert timeline.milestones[3].at == clock("14:01")
    assert any("too many to weigh" in note.why for note in timeline.notes)
