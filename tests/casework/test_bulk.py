"""In bounded memory the timeline is the same: whatever waits on the disk comes out where it belongs."""

import random
import tempfile
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from juncture.casework import bulk
from juncture.casework.bulk import BulkTimeline
from juncture.model.evidence import AlertDetails, Citation, Event, Kind, Lane, MessageDetails, RecordDetails, Sighting
from juncture.model.identity import sighting_id
from juncture.timeline.build import build_corrected, build_timeline
from juncture.timeline.corrections import Corrected, Correction, CorrectionKind

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(bulk, "HELD", 40)
    monkeypatch.setattr(bulk, "BLOCK", 16)
    monkeypatch.setattr(bulk, "MOST_WEIGHED", 50)
    monkeypatch.setattr("juncture.timeline.speech.MOST_WEIGHED", 50)


def message(number, seconds, *, source="slack", text=None, details=None, kind=Kind.MESSAGE, place="/0"):
    at = START + timedelta(seconds=seconds)
    return Sighting(
        id=sighting_id(source, str(number)), source=source, kind=kind, lane=Lane.PEOPLE, occurred_at=at, earliest=at, latest=at,
        recorded_at=at, known_at=at, known_by=("ana",), actor="ana", summary=text or f"looking at graph {number}",
        citation=Citation("sha256:1", "a.json", place), details=details or MessageDetails(channel="incident-7"),
    )  # fmt: skip


def alert(seconds):
    at = START + timedelta(seconds=seconds)
    return Sighting(
        id=sighting_id("alertmanager", str(seconds)), source="alertmanager", kind=Kind.ALERT, lane=Lane.SIGNAL, occurred_at=at,
        earliest=at, latest=at, summary="HighLatency fired", citation=Citation("sha256:2", "b.json", "/alerts/0"),
        keys=(f"alert:{seconds}",), details=AlertDetails("HighLatency", "firing", severity="critical"),
    )  # fmt: skip


def lines(sightings, corrections=()):
    timeline = BulkTimeline(iter(sightings), (), tempfile.TemporaryFile, corrections=corrections)
    written = b"".join(timeline.lines())
    events = [msgspec.json.decode(line, type=Event) for line in written.splitlines()]
    assert timeline.count == len(events)
    return events


def plainly(sightings):
    return list(build_timeline(sightings).events)


def unmarked(events):
    return [msgspec.structs.replace(event, key=False, why_key=None) for event in events]


def many(count=400, seed=1):
    dice = random.Random(seed)
    return [message(number, dice.randrange(100_000), place=f"/{number}") for number in range(count)]


def test_what_waits_comes_out_as_it_would_have_been_held():
    sightings = many()
    assert unmarked(lines(sightings)) == unmarked(plainly(sightings))


def test_few_are_held_and_nothing_is_written():
    def never():
        raise AssertionError("nothing has to wait")

    timeline = BulkTimeline(iter(many(30)), (), never)
    assert [msgspec.json.decode(line, type=Event) for line in b"".join(timeline.lines()).splitlines()] == plainly(many(30))


def test_alerts_stand_between_the_messages_and_what_is_said_around_them_is_weighed():
    sightings = [*many(), *(alert(seconds) for seconds in (50_000, 50_100, 50_200))]
    sightings += [message(f"said {n}", 50_000 + n * 20, text="checkout answers 500, we declare an incident") for n in range(5)]
    found = lines(sightings)
    assert unmarked(found) == unmarked(plainly(sightings))
    assert any(event.key and event.kind is Kind.ALERT for event in found)
    assert any(event.key and "declare" in event.summary for event in found)


def test_a_message_in_two_exports_is_one_event_with_both_places():
    first = many(200)
    again = [msgspec.structs.replace(one, citation=Citation("sha256:3", "newer.json", one.citation.place)) for one in first]
    assert unmarked(lines([*first, *again])) == unmarked(plainly([*first, *again]))
    assert len(lines([*first, *first])) == 200


def test_a_pasted_message_is_joined_to_its_twin_in_the_export_wherever_it_lies():
    sightings = many()
    twins = [msgspec.structs.replace(one, id=sighting_id("pasted", one.id), source="pasted") for one in sightings[5:300:50]]
    assert unmarked(lines([*sightings, *twins])) == unmarked(plainly([*sightings, *twins]))


def test_rows_of_a_table_wait_as_messages_do():
    rows = [
        message(n, n * 7 % 5000, source="csv", kind=Kind.RECORD, details=RecordDetails({"host": str(n)})) for n in range(300)
    ]
    assert unmarked(lines(rows)) == unmarked(plainly(rows))


def test_many_at_one_instant_come_in_the_order_of_their_ids():
    sightings = [message(number, 7) for number in range(200)]
    found = lines(sightings)
    assert [event.id for event in found] == sorted(event.id for event in found)
    assert len(found) == 200


def test_times_before_the_epoch_and_far_ahead_keep_their_order():
    old, new = message("old", -3_000_000_000), message("new", 200_000_000_000)
    found = lines([*many(100), new, old])
    assert found[0].id == old.id
    assert found[-1].id == new.id


@pytest.mark.parametrize(("start", "end"), [(20_000, None), (None, 60_000), (20_000, 60_000), (200_000, None)])
def test_of_a_window_only_what_happened_in_it_is_given(start, end):
    bounds = [None if seconds is None else START + timedelta(seconds=seconds) for seconds in (start, end)]
    sightings = [*many(), alert(10_000), alert(30_000)]
    timeline = BulkTimeline(iter(sightings), (), tempfile.TemporaryFile, start=bounds[0], end=bounds[1])
    events = [msgspec.json.decode(line, type=Event) for line in b"".join(timeline.lines()).splitlines()]
    assert unmarked(events) == unmarked(build_timeline(sightings, start=bounds[0], end=bounds[1]).events)
    assert timeline.count == len(events)


@pytest.mark.parametrize("order", ["first", "last", "between"])
@pytest.mark.parametrize("seconds", [-20, 20])
def test_what_two_sources_saw_has_the_id_that_was_read_first(order, seconds):
    sightings = many()
    twins = [
        msgspec.structs.replace(
            one, id=sighting_id("pasted", one.id), source="pasted", occurred_at=one.occurred_at + timedelta(seconds=seconds),
            earliest=one.occurred_at - timedelta(seconds=30), latest=one.occurred_at + timedelta(seconds=30),
        )
        for one in sightings[5:300:50]
    ]  # fmt: skip
    read = {
        "first": [*twins, *sightings],
        "last": [*sightings, *twins],
        "between": [*sightings[:100], *twins, *sightings[100:]],
    }[order]
    assert unmarked(lines(read)) == unmarked(plainly(read))


def test_what_persons_corrected_is_held_and_comes_out_as_they_corrected_it():
    sightings = many()
    ids = [one.id for one in sightings]
    moved = START + timedelta(seconds=77_777)
    corrections = [
        Correction(ids[3], CorrectionKind.TEXT, Corrected(summary="other words")),
        Correction(ids[4], CorrectionKind.TIME, Corrected(occurred_at=moved)),
        Correction(ids[5], CorrectionKind.HIDE),
        Correction(ids[6], CorrectionKind.JOIN, Corrected(other=ids[7])),
        Correction(ids[8], CorrectionKind.JOIN, Corrected(other=ids[9])),
        Correction(ids[8], CorrectionKind.SPLIT, Corrected(sightings=(ids[9],), other=sighting_id("split", "one"))),
        Correction(ids[10], CorrectionKind.PIN),
    ]
    whole = build_corrected(sightings, (), corrections)
    found = lines(sightings, corrections)
    assert unmarked(found) == unmarked(whole.timeline.events)
    assert [event.id for event in found if event.why_key == "pinned"] == [ids[10]]
    timeline = BulkTimeline(iter(sightings), (), tempfile.TemporaryFile, corrections=corrections)
    assert timeline.hidden == whole.hidden
    assert sorted(timeline.ids()) == sorted(event.id for event in (*whole.timeline.events, *whole.hidden))


def test_what_stands_alone_is_all_that_the_timeline_does_not_hold():
    sightings = [*many(), alert(50_000)]
    timeline = BulkTimeline(iter(sightings), (), tempfile.TemporaryFile)
    alone = [msgspec.json.decode(line, type=Event) for block in timeline.alone() for line in block]
    assert len(alone) > 100
    assert sorted((*alone, *unmarked(timeline.timeline.events)), key=lambda event: (event.occurred_at, event.id)) == unmarked(
        plainly(sightings)
    )
