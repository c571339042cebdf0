"""What is one event, and which sighting speaks for it."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from incidents import ALL, Evidence, clock
from msgspec.structs import replace

from juncture.model.evidence import AlertDetails, Event, Kind, Sighting
from juncture.timeline.merge import merge


def only(events: list[Event], kind: Kind) -> Event:
    found = [event for event in events if event.kind is kind]
    assert len(found) == 1, [(event.kind, event.summary) for event in events]
    return found[0]


def test_reading_the_same_again_adds_nothing() -> None:
    sightings = ALL[0]().evidence.sightings
    assert merge([*sightings, *sightings]) == merge(sightings)


def test_fire_and_resolve_are_one_event_that_started_when_it_fired_and_ended_when_it_resolved() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate", end="14:30")
    event = only(merge(evidence.sightings), Kind.ALERT)
    assert (event.occurred_at, event.ended_at) == (clock("14:02"), clock("14:30"))
    assert isinstance(event.details, AlertDetails)
    assert event.details.state == "resolved"
    assert len(event.citations) == 2


def test_an_alert_that_fires_again_is_another_event() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate", end="14:10")
    evidence.alert("14:20", "HighErrorRate", end="14:30")
    assert [event.ended_at for event in merge(evidence.sightings)] == [clock("14:10"), clock("14:30")]


def test_an_alert_its_page_and_the_bots_posts_that_name_it_are_one_event() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate", end="14:30")
    evidence.page("14:02:09", "Paged: HighErrorRate", "Ana", links=("HighErrorRate",))
    evidence.chat("14:02:05", "alert-bot", "[FIRING:1] HighErrorRate shop: 5 % of requests fail", "ops", bot=True)
    evidence.chat("14:30:20", "alert-bot", "[RESOLVED] HighErrorRate shop", "ops", bot=True)
    event = only(merge(evidence.sightings), Kind.ALERT)
    assert event.source == "alertmanager"
    assert len(event.citations) == 5
    assert event.occurred_at == event.earliest == event.latest == clock("14:02")


def test_a_post_that_an_alert_is_resolved_ends_an_alert_whose_router_told_no_end() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate")
    evidence.chat("14:30:20", "alert-bot", "[RESOLVED] HighErrorRate shop", "ops", bot=True)
    assert only(merge(evidence.sightings), Kind.ALERT).ended_at == clock("14:30:20")


def test_a_post_that_two_alerts_would_fit_is_left_apart() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "InstanceDown", labels={"instance": "web-1"}, service="web")
    evidence.alert("14:02:03", "InstanceDown", labels={"instance": "web-2"}, service="web2")
    evidence.chat("14:02:20", "alert-bot", "[FIRING:2] InstanceDown", "ops", bot=True)
    assert len(merge(evidence.sightings)) == 3
    evidence.chat("14:02:25", "alert-bot", "[FIRING:1] InstanceDown web-2", "ops", bot=True)
    assert len(merge(evidence.sightings)) == 3


def test_what_a_person_says_of_an_alert_is_an_event_of_its_own() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate")
    evidence.chat("14:03", "ana", "HighErrorRate is firing, looking")
    assert len(merge(evidence.sightings)) == 2


def test_a_deploy_record_the_forges_deployment_and_the_bots_post_are_one_event_a_step() -> None:
    evidence = Evidence()
    revision = "3fa9c1d2" + "0" * 32
    evidence.deploy("14:00:02", "deploy shop 412", state="started", revision=revision)
    evidence.deploy("14:00:04", "Deployment of 3fa9c1d to production", state="in_progress", revision=revision, source="github")
    evidence.chat("14:00:03", "bot", ":rocket: deploying shop 412 (3fa9c1d) started by mia", "deploys", bot=True)
    evidence.deploy("14:01:30", "deploy shop 412", state="finished", revision=revision)
    evidence.deploy("14:01:33", "Deployment of 3fa9c1d to production", state="success", revision=revision, source="github")
    evidence.chat("14:01:31", "bot", ":white_check_mark: deploy shop 412 (3fa9c1d) finished by mia", "deploys", bot=True)
    events = merge(evidence.sightings)
    assert [len(event.citations) for event in events] == [3, 3]


def test_deploys_of_other_services_or_versions_stay_apart() -> None:
    evidence = Evidence()
    evidence.deploy("14:00:02", "deploy shop 412", state="started")
    evidence.chat("14:00:03", "bot", "deploy payments 412 started", "deploys", bot=True)
    evidence.chat("14:00:05", "bot", "deploy shop 413 started", "deploys", bot=True)
    evidence.chat("14:20:05", "bot", "deploy shop 412 started", "deploys", bot=True)
    assert len(merge(evidence.sightings)) == 4


def test_a_message_in_an_export_and_in_pasted_text_is_one_event_at_the_exact_time() -> None:
    evidence = Evidence()
    evidence.chat("14:07:31", "Ana Kovac", "rolling back now", "ops")
    evidence.chat("14:07", "ana", "Rolling back now!", None, source="paste", width=59.999)
    evidence.chat("14:07", "tom", "rolling back now", None, source="paste", width=59.999)
    events = merge(evidence.sightings)
    assert sorted(len(event.citations) for event in events) == [1, 2]
    assert clock("14:07:31") in {event.occurred_at for event in events}


def test_an_edited_message_of_a_newer_export_gives_its_text_and_keeps_its_id() -> None:
    evidence = Evidence()
    first = evidence.chat("14:07", "ana", "lag is 9s")
    later = replace(first, summary="lag is 90s", details=replace(first.details, edited_at=clock("14:09")))
    older, newer = merge([first]), merge([first, later])
    assert [(event.id, event.summary) for event in newer] == [(older[0].id, "lag is 90s")]


def test_the_earliest_known_names_only_those_who_knew_it_then() -> None:
    evidence = Evidence()
    first = evidence.alert("14:02", "HighErrorRate", receiver="frontend")
    evidence.sightings.append(replace(first, id="0" * 32, known_at=clock("14:09"), known_by=("payments",)))
    event = only(merge(evidence.sightings), Kind.ALERT)
    assert (event.known_at, event.known_by) == (clock("14:02"), ("frontend",))


def test_spans_of_equal_authority_are_intersected_where_they_agree_and_united_where_not() -> None:
    evidence = Evidence()
    exact = evidence.deploy("14:00:30", "deploy shop 412")
    keyed = replace(exact, keys=("deploy:412",))
    wide = replace(keyed, id="1" * 32, occurred_at=clock("14:00"), earliest=clock("14:00"), latest=clock("14:00:59"))
    apart = replace(keyed, id="2" * 32, occurred_at=clock("14:05"), earliest=clock("14:05"), latest=clock("14:05"))
    (agreeing,) = merge([wide, keyed])
    assert (agreeing.earliest, agreeing.latest) == (clock("14:00:30"), clock("14:00:30"))
    (differing,) = merge([keyed, apart])
    assert (differing.earliest, differing.latest) == (clock("14:00:30"), clock("14:05"))


@given(st.randoms(use_true_random=False), st.sampled_from(ALL))
@settings(max_examples=40, deadline=None)
def test_the_order_of_reading_changes_nothing_but_which_id_an_event_bears(order: random.Random, make: object) -> None:
    sightings = list(make().evidence.sightings)  # type: ignore[operator]
    shuffled = sightings.copy()
    order.shuffle(shuffled)

    def without_id(events: list[Event]) -> list[object]:
        return sorted(repr((sorted({event.id, *event.aliases}), replace(event, id="", aliases=()))) for event in events)

    assert without_id(merge(shuffled)) == without_id(merge(sightings))


@given(st.sampled_from(ALL), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_ids_that_were_published_resolve_when_more_is_read(make: object, count: int) -> None:
    sightings: list[Sighting] = list(make().evidence.sightings)  # type: ignore[operator]
    before = merge(sightings[:count])
    after = merge(sightings)
    resolves = {name: event.id for event in after for name in (event.id, *event.aliases)}
    assert all(name in resolves for event in before for name in (event.id, *event.aliases))
    assert len(resolves) == len({sighting.id for sighting in sightings})
    published = {event.id for event in before}
    assert all(resolves[name] in published for name in published)


def test_equal_ids_of_different_things_are_told_as_one_without_an_error() -> None:
    evidence = Evidence()
    one = evidence.chat("14:00", "ana", "one")
    other = replace(evidence.chat("15:00", "tom", "other"), id=one.id)
    (event,) = merge([one, other])
    assert len(event.citations) == 2
