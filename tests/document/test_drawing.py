from __future__ import annotations

import datetime as dt
import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.document import sample

from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.drawing.labels import cut, label
from juncture.document.drawing.lanes import draw
from juncture.document.drawing.ribbon import ribbon
from juncture.document.drawing.rows import Side, Span, place
from juncture.document.drawing.scale import scale_of, ticks
from juncture.model.evidence import Lane
from juncture.model.record import Phase, PhaseName

UTC = Clock()
NOON = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)


def at(**later) -> dt.datetime:
    return NOON + dt.timedelta(**later)


def drawn(**changes) -> str:
    record = sample.postmortem()
    parts = {"phases": record.phases, "decisions": record.decisions, "milestones": record.milestones, "clock": UTC} | changes
    return draw(parts.pop("events", record.timeline), **parts).html


def anchor(words: str) -> str:
    html = drawn()
    found = re.search(rf'<a href="#event-{sample.find(words).id}".*?</a>', html, re.DOTALL)
    assert found
    return found.group()


def test_an_event_that_was_known_later_stands_twice_with_a_dotted_line_between():
    html = anchor("AccessExclusiveLock")
    assert html.count('class="mark happened"') == 1
    assert html.count('class="mark could-be-known"') == 1
    first, last = re.search(r'class="whisker" x1="([\d.]+)%" x2="([\d.]+)%"', html).groups()
    assert float(first) < float(last)


def test_an_event_that_nobody_is_shown_to_have_seen_has_no_filled_mark():
    html = anchor("1,106 like")
    assert "could-be-known" not in html
    assert 'data-known="never"' in html


def test_what_lasts_has_a_bar_and_what_is_unsure_a_bracket():
    assert 'class="lasts"' in anchor("Connection pool")
    assert 'class="bracket"' in anchor("provider: no fault")
    assert 'class="bracket"' not in anchor("acknowledges the page")


def test_every_mark_leads_to_its_entry_and_says_what_it_is_without_saying_when_it_was_known():
    html = drawn()
    for event in (each for each in sample.EVENTS if each.key):
        assert f'href="#event-{event.id}"' in html
    assert "14:41:20" not in html


def test_events_that_are_not_key_are_ticks():
    html = drawn()
    assert html.count('class="tick"') == sum(not event.key for event in sample.EVENTS)


def test_where_no_event_is_key_all_are_marks():
    plain = [each for each in sample.EVENTS if not each.key]
    html = drawn(events=plain)
    assert html.count("<a ") == len(plain) + len(sample.postmortem().decisions)
    assert 'class="tick"' not in html


def test_every_lane_has_a_name_and_a_shape_of_its_own():
    html = drawn()
    for name in ("Signals", "Changes", "People", "Decisions", "Customers"):
        assert name in html
    assert len(set(re.findall(r'class="shape (\w+)"', html))) == len(Lane)


def test_nothing_to_draw_is_nothing():
    assert draw([], clock=UTC) is None


def test_text_of_evidence_is_text_in_the_drawing():
    event = sample.event("14:00:00", Lane.SIGNAL, "log", "</title><script>alert(7)</script>", sample.LOCK)
    assert "<script" not in drawn(events=[event])


instants = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).map(lambda found: [at(seconds=each) for each in found])


@given(instants)
def test_later_never_stands_left_of_earlier_and_all_stands_within_the_drawing(found):
    scale = scale_of(found)
    xs = [scale.place(each) for each in sorted(found)]
    assert xs == sorted(xs)
    assert all(0 <= x <= 95.001 for x in xs)


@given(instants)
def test_the_axis_has_labels_that_do_not_touch(found):
    labelled = [tick for tick in ticks(scale_of(found), UTC, 800) if tick.label]
    for one, other in pairwise(labelled):
        assert (other.x - one.x) * 8 >= 3.5 * (len(one.label) + len(other.label))


def test_a_deploy_of_the_day_before_does_not_press_the_incident_into_a_corner():
    found = [at(days=-1), *(at(minutes=number) for number in range(60))]
    scale = scale_of(found)
    assert len(scale.gaps) == 1
    assert scale.place(at(minutes=59)) - scale.place(at()) > 80


def test_an_even_course_has_no_break():
    assert scale_of([at(minutes=5 * number) for number in range(20)]).gaps == ()


def test_ticks_stand_at_round_times_of_the_zone():
    scale = scale_of([at(minutes=7), at(minutes=191)])
    assert [tick.label for tick in ticks(scale, Clock("Asia/Kathmandu"), 800)][:2] == ["18:00", "18:15"]


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_are_drawn(year):
    edge = dt.datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, 0 if year == 1 else 23, tzinfo=dt.UTC)
    event = sample.event(
        "14:00:00", Lane.SIGNAL, "log", "x", sample.LOCK, occurred_at=edge, earliest=edge, latest=edge, known_at=edge
    )
    assert draw([event], clock=Clock("America/New_York")) is not None
    assert draw([event, *sample.EVENTS], clock=Clock("Asia/Tokyo")) is not None


spans = st.lists(
    st.tuples(st.floats(0, 760), st.floats(0, 60), st.text("abcdefgh ", min_size=0, max_size=40)), max_size=30
).map(lambda found: [Span(left, left + width, left + width, left + width, words) for left, width, words in found])  # fmt: skip


@settings(deadline=None)
@given(spans)
def test_words_never_stand_on_words_or_marks(found):
    placed = place(found, width=800, most=5)
    boxes = []
    for span, each in zip(found, placed, strict=True):
        if each.words is None:
            continue
        room = 11 + 5.0 * len(each.words)
        box = (span.left - 8, span.words_from + room) if each.side is Side.RIGHT else (span.left - room, span.right + 8)
        boxes.append((each.row, *box))
    for (row, left, right), (other_row, other_left, other_right) in combinations(boxes, 2):
        assert row != other_row or right <= other_left + 1e-6 or other_right <= left + 1e-6


@settings(deadline=None)
@given(spans, st.integers(1, 3), st.integers(0, 2))
def test_no_mark_stands_on_words_that_stay(found, most, spare):
    placed = place(found, width=800, most=most, spare=spare)
    for index, (span, each) in enumerate(zip(found, placed, strict=True)):
        if each.words is None:
            continue
        room = 11 + 5.0 * len(each.words)
        left, right = (span.words_from, span.words_from + room) if each.side is Side.RIGHT else (span.left - room, span.left)
        for other, one in enumerate(placed):
            if other != index and one.row == each.row:
                assert found[other].right + 8 <= left + 1e-6 or right <= found[other].left - 8 + 1e-6


def test_words_are_shortened_before_they_give_way_to_a_mark():
    long = "hey, several users report that checkout gives an error"
    first, close = Span(20, 20, 20, 20, long), Span(60, 60, 60, 60, long)
    assert place([first, Span(200, 200, 200, 200, "")], width=800, most=1, spare=0)[0].words == "hey, several…"
    assert place([first, close], width=800, most=1, spare=0)[0].words is None


def test_labels_are_the_shortest_true_name():
    assert label(sample.find("CheckoutErrorRateHigh")) == "CheckoutErrorRateHigh"
    assert label(sample.find("rolled out")) == "checkout 2026.03.10-2 rolled out, health checks green, canary passed"
    assert label(sample.find("acknowledges")) == "Acknowledged"
    assert cut("deploy is green and the canary passed", 20) == "deploy is green and…"


def test_a_phase_that_goes_on_is_open_to_the_right():
    html = ribbon([Phase(PhaseName.UNDETECTED, at(), at(minutes=4)), Phase(PhaseName.DIAGNOSING, at(minutes=4), None)], UTC)
    assert "goes on" in html
    assert html.count('fill="url(#ribbon-hatch)"') == 1


def test_the_phases_of_one_ribbon_are_told_alike():
    ends = [at(), at(seconds=17), at(minutes=7), at(minutes=20)]
    names = (PhaseName.UNDETECTED, PhaseName.DETECTED, PhaseName.MITIGATING)
    short = ribbon([Phase(name, *ends[n : n + 2]) for n, name in enumerate(names)], UTC)
    assert "12:00:17 – 12:07:00" in short
    long = ribbon(
        [Phase(PhaseName.DETECTED, at(minutes=7), at(minutes=20)), Phase(PhaseName.MITIGATING, at(minutes=20), None)], UTC
    )
    assert "12:07 – 12:20" in long


def test_milliseconds_never_come_before_the_instant():
    assert milliseconds(at(microseconds=400)) == milliseconds(NOON) + 1
    assert milliseconds(NOON) == int(NOON.timestamp() * 1000)
