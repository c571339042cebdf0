from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.model.evidence import Citation, Event, Kind, Lane, Sighting
from juncture.timeline.build import build_corrected, build_timeline
from juncture.timeline.corrections import Corrected, Correction, CorrectionKind, split_id

START = datetime(2026, 3, 10, 14, tzinfo=UTC)


def minute(number):
    return START + timedelta(minutes=number)


def sighting(name, at, keys=(), **more):
    given_ = {"source": "log", "kind": Kind.LOG, "lane": Lane.SIGNAL, "summary": f"{name} happens"} | more
    return Sighting(
        id=name, occurred_at=minute(at), earliest=minute(at), latest=minute(at), keys=keys,
        citation=Citation("sha256:ab", "a.log", f"line:{at + 1}"), **given_,
    )  # fmt: skip


SIGHTINGS = (sighting("a", 0, ("k",)), sighting("b", 1, ("k",)), sighting("c", 2), sighting("d", 3))


def corrected(*corrections, sightings=SIGHTINGS):
    return build_corrected(sightings, (), corrections)


def by_id(built):
    return {event.id: event for event in built.timeline.events}


def resolved(built, event_id):
    return next(event for event in built.timeline.events if event_id in (event.id, *event.aliases))


def test_without_corrections_it_is_the_timeline_of_the_sightings():
    assert corrected().timeline == build_timeline(SIGHTINGS)


def test_a_time_moves_an_event_and_its_place_in_the_order():
    moved = corrected(
        Correction("c", CorrectionKind.TIME, Corrected(occurred_at=minute(9), earliest=minute(8), latest=minute(10)))
    )
    assert [event.id for event in moved.timeline.events] == ["a", "d", "c"]
    assert by_id(moved)["c"].latest == minute(10)


def test_of_two_corrections_of_one_event_the_later_wins():
    told = corrected(
        Correction("c", CorrectionKind.TEXT, Corrected(summary="first")),
        Correction("c", CorrectionKind.TEXT, Corrected(summary="second")),
    )
    assert by_id(told)["c"].summary == "second"


def test_what_is_known_of_a_moved_event_is_never_earlier_than_it_happened():
    seen = sighting("e", 4, known_at=minute(4), known_by=("Sam Sample",))
    moved = corrected(Correction("e", CorrectionKind.TIME, Corrected(occurred_at=minute(30))), sightings=(seen,))
    assert by_id(moved)["e"].known_at == minute(30)


def test_pins_come_last_and_can_be_taken_back():
    pin, unpin = Correction("d", CorrectionKind.PIN), Correction("d", CorrectionKind.UNPIN)
    assert by_id(corrected(pin))["d"].key
    assert not by_id(corrected(pin, unpin))["d"].key
    assert by_id(corrected(pin, unpin, pin))["d"].key


def test_what_is_hidden_stands_apart_until_it_is_shown_again():
    hide, show = Correction("d", CorrectionKind.HIDE), Correction("d", CorrectionKind.SHOW)
    hidden = corrected(hide)
    assert "d" not in by_id(hidden)
    assert [event.id for event in hidden.hidden] == ["d"]
    assert corrected(hide, show).timeline == build_timeline(SIGHTINGS)


def test_a_split_gives_what_was_taken_out_an_id_of_its_own_that_both_ids_find():
    new = split_id("a", ["b"])
    built = corrected(Correction("a", CorrectionKind.SPLIT, Corrected(sightings=("b",), other=new)))
    assert by_id(built)["a"].aliases == ()
    assert by_id(built)[new].occurred_at == minute(1)
    assert resolved(built, "b").id == new


def test_a_split_is_taken_back_by_joining_again_and_every_id_still_finds_the_event():
    new = split_id("a", ["b"])
    built = corrected(
        Correction("a", CorrectionKind.SPLIT, Corrected(sightings=("b",), other=new)),
        Correction("a", CorrectionKind.JOIN, Corrected(other=new)),
    )
    assert {resolved(built, name).id for name in ("a", "b", new)} == {"a"}
    assert len(built.timeline.events) == 3


def test_joined_events_are_one_and_the_other_id_is_an_alias():
    built = corrected(Correction("c", CorrectionKind.JOIN, Corrected(other="d")))
    assert resolved(built, "d").id == "c"
    assert len(by_id(built)["c"].citations) == 2


def test_a_join_is_taken_back_by_a_split():
    new = split_id("c", ["d"])
    built = corrected(
        Correction("c", CorrectionKind.JOIN, Corrected(other="d")),
        Correction("c", CorrectionKind.SPLIT, Corrected(sightings=("d",), other=new)),
    )
    assert resolved(built, "d").id == new
    assert len(by_id(built)["c"].citations) == 1


def test_a_correction_of_an_id_that_was_joined_reaches_the_event():
    built = corrected(
        Correction("c", CorrectionKind.JOIN, Corrected(other="d")),
        Correction("d", CorrectionKind.TEXT, Corrected(summary="both")),
    )
    assert by_id(built)["c"].summary == "both"


def test_an_added_event_is_key_and_can_be_corrected_hidden_and_joined():
    added = Event(
        id="x", occurred_at=minute(5), earliest=minute(4), latest=minute(6), lane=Lane.PEOPLE, kind=Kind.ACCOUNT,
        source="added by hand", summary="called the provider", key=True, why_key="pinned",
        citations=(Citation("sha256:cd", None, "line:1"),),
    )  # fmt: skip
    add = Correction("x", CorrectionKind.ADD, Corrected(event=added))
    assert by_id(corrected(add))["x"].key
    assert by_id(corrected(add, Correction("x", CorrectionKind.TEXT, Corrected(summary="rang"))))["x"].summary == "rang"
    assert "x" not in by_id(corrected(add, Correction("x", CorrectionKind.HIDE)))
    assert resolved(corrected(add, Correction("c", CorrectionKind.JOIN, Corrected(other="x"))), "x").id == "c"


def test_a_correction_of_an_event_that_is_gone_changes_nothing():
    assert corrected(Correction("gone", CorrectionKind.TEXT, Corrected(summary="words"))).timeline == build_timeline(SIGHTINGS)


def test_new_evidence_of_a_split_event_stays_with_the_event():
    new = split_id("a", ["b"])
    split = Correction("a", CorrectionKind.SPLIT, Corrected(sightings=("b",), other=new))
    built = corrected(split, sightings=(*SIGHTINGS, sighting("late", 4, ("k",))))
    assert by_id(built)["a"].aliases == ("late",)


NAMES = st.sampled_from(["a", "b", "c", "d"])
CORRECTIONS = st.one_of(
    st.builds(
        lambda name, number: Correction(name, CorrectionKind.TIME, Corrected(occurred_at=minute(number))),
        NAMES, st.integers(0, 60),
    ),
    st.builds(Correction, NAMES, st.sampled_from(["pin", "unpin", "hide", "show"]).map(CorrectionKind)),
    st.builds(lambda name, other: Correction(name, CorrectionKind.JOIN, Corrected(other=other)), NAMES, NAMES),
    st.builds(
        lambda name, other: Correction(name, CorrectionKind.SPLIT, Corrected(sightings=(other,), other=split_id(name, [other]))),
        st.sampled_from(["a", "c"]), st.sampled_from(["b", "d"]),
    ),
)  # fmt: skip


@given(st.lists(CORRECTIONS, max_size=8))
@pytest.mark.filterwarnings("error")
def test_whatever_is_corrected_no_sighting_and_no_id_is_lost(corrections):
    built = corrected(*corrections)
    events = (*built.timeline.events, *built.hidden)
    found = [name for event in events for name in (event.id, *event.aliases) if name in {"a", "b", "c", "d"}]
    assert sorted(found) == ["a", "b", "c", "d"]
    assert len({event.id for event in events}) == len(events)
