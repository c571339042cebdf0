"""What was known at an instant, and that nothing of what lay ahead is told."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from incidents import ALL, Evidence, clock
from msgspec.structs import replace

from juncture.model.evidence import AlertDetails, Event, LogDetails, MessageDetails
from juncture.model.instants import Instant
from juncture.timeline.build import build_timeline
from juncture.timeline.known import Known, known_at, learn
from juncture.timeline.merge import merge


def known(evidence: Evidence, at: str) -> Known:
    return known_at(learn(merge(evidence.sightings)), clock(at))


def test_an_event_is_known_from_the_instant_that_shows_it_and_not_before() -> None:
    evidence = Evidence()
    evidence.chat("14:05", "ana", "looking")
    assert known(evidence, "14:04:59").known == ()
    assert [event.summary for event in known(evidence, "14:05").known] == ["looking"]


def test_what_was_recorded_and_not_known_is_told_by_id_alone() -> None:
    evidence = Evidence()
    log = evidence.log("14:02", "POST /checkout 502 provider timeout after 300ms")
    found = known(evidence, "14:10")
    assert (found.known, found.not_seen) == ((), (log.id,))
    assert known(evidence, "14:01").not_seen == ()


def test_an_alert_that_had_not_ended_is_shown_as_firing_without_its_end() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate", end="14:30")
    (event,) = known(evidence, "14:10").known
    assert event.ended_at is None
    assert isinstance(event.details, AlertDetails)
    assert event.details.state == "firing"
    assert len(event.citations) == 1
    (later,) = known(evidence, "14:31").known
    assert later.ended_at == clock("14:30")


def test_a_commit_named_in_chat_is_known_from_the_message_by_its_author() -> None:
    evidence = Evidence()
    commit = evidence.commit("13:30", "raise concurrency", "3fa9c1d2" + "a" * 32)
    evidence.chat("14:10", "ana", "3fa9c1d looks suspicious", links=("3fa9c1d",))
    assert commit.id in known(evidence, "14:09").not_seen
    event = next(event for event in known(evidence, "14:10").known if event.id == commit.id)
    assert (event.known_at, event.known_by) == (clock("14:10"), ("ana",))


def test_a_name_of_an_alert_makes_known_the_one_that_fires_and_none_of_later() -> None:
    evidence = Evidence()
    firing = evidence.alert("14:02", "HighErrorRate", end="14:30", receiver=None)
    later = evidence.alert("16:02", "HighErrorRate", receiver=None)
    evidence.chat("14:10", "ana", "HighErrorRate is on, nobody was paged")
    learned = {event.id: event for event in learn(merge(evidence.sightings))}
    assert learned[firing.id].known_by == ("ana",)
    assert learned[later.id].known_at is None


def test_a_log_line_quoted_in_chat_is_known_from_there() -> None:
    evidence = Evidence()
    line = "process 22268 still waiting for AccessExclusiveLock on relation 16406 after 1000.099 ms"
    log = evidence.log("14:02", line)
    other = evidence.log("14:03", "checkpoint complete: wrote 3 buffers, longest 0.1 s, average 0.1 s")
    evidence.chat("14:20", "tom", f"`{line}`")
    learned = {event.id: event for event in learn(merge(evidence.sightings))}
    assert (learned[log.id].known_at, learned[log.id].known_by) == (clock("14:20"), ("tom",))
    assert learned[other.id].known_at is None


def test_a_bots_post_makes_known_and_names_nobody() -> None:
    evidence = Evidence()
    commit = evidence.commit("13:30", "raise concurrency", "3fa9c1d2" + "a" * 32)
    evidence.chat("13:31", "bot", "3fa9c1d was merged", bot=True, links=("3fa9c1d",))
    learned = {event.id: event for event in learn(merge(evidence.sightings))}
    assert (learned[commit.id].known_at, learned[commit.id].known_by) == (clock("13:31"), ())


def test_the_earliest_that_shows_it_wins() -> None:
    evidence = Evidence()
    alert = evidence.alert("14:02", "HighErrorRate")
    evidence.chat("14:10", "ana", "HighErrorRate is still on")
    learned = {event.id: event for event in learn(merge(evidence.sightings))}
    assert (learned[alert.id].known_at, learned[alert.id].known_by) == (clock("14:02"), ("oncall",))


def test_a_text_edited_later_is_not_shown_before_the_edit() -> None:
    evidence = Evidence()
    said = evidence.chat("14:05", "ana", "it was the migration, see 16:00", edited_at=clock("16:00"), reactions=("+1",))
    (event,) = known(evidence, "14:10").known
    assert "migration" not in event.summary
    assert isinstance(event.details, MessageDetails)
    assert (event.details.edited_at, event.details.reactions) == (None, ())
    (later,) = known(evidence, "16:00").known
    assert later.summary == said.summary


def test_lines_that_were_still_to_come_are_not_counted() -> None:
    evidence = Evidence()
    burst = evidence.log("14:02", "492 times in 3 min: request failed", count=492, end="14:05")
    evidence.sightings[-1] = replace(burst, known_at=clock("14:03"), known_by=("ana",))
    (event,) = known(evidence, "14:03").known
    assert isinstance(event.details, LogDetails)
    assert (event.details.count, event.ended_at) == (1, None)


def test_where_nothing_shows_who_knew_it_says_so() -> None:
    evidence = Evidence()
    evidence.log("14:02", "POST /checkout 502 provider timeout after 300ms")
    assert "nothing in the evidence shows" in known(evidence, "14:10").notes[0].why


def instants_in(event: Event) -> list[Instant]:
    details = event.details
    edited = [details.edited_at, details.deleted_at] if isinstance(details, MessageDetails) else []
    return [one for one in (event.occurred_at, event.latest, event.known_at, event.ended_at, *edited) if one]


@given(st.sampled_from(ALL), st.integers(0, 24 * 60))
@settings(max_examples=80, deadline=None)
def test_nothing_known_at_an_instant_tells_of_a_later_one(make: object, minute: int) -> None:
    at = clock("00:00") + timedelta(minutes=minute)
    events = build_timeline(make().evidence.sightings).events  # type: ignore[operator]
    found = known_at(events, at)
    # A minute-exact stamp covers its minute; nothing else may reach beyond.
    assert all(one <= at for event in found.known for one in instants_in(event))
    assert not any(event.key or event.why_key or event.aliases for event in found.known)
    by_id = {event.id: event for event in events}
    assert all((by_id[name].recorded_at or at) <= at for name in found.not_seen)
