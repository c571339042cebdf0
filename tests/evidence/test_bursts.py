import random

from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.bursts import Rhythm, joined


def rhythm_of(times, *, bad=False, began_at=0.0):
    rhythm = Rhythm(began_at, bad=bad)
    for time in times:
        rhythm.add(time, time)
    return rhythm


def test_a_steady_template_is_one_stretch_without_bursts():
    rng = random.Random(1)
    times, now = [], 0.0
    while now < 3600:
        now += rng.expovariate(3)
        times.append(now)
    rhythm = rhythm_of(times)
    rhythm.finish(3600)
    assert [(stretch.count, stretch.first) for stretch in rhythm.stretches] == [(len(times), times[0])]
    assert rhythm.bursts == []
    assert rhythm.silences == []


def test_a_rate_far_above_the_usual_is_a_burst_with_start_end_and_count():
    usual = [float(second) for second in range(0, 1200, 4)]
    flood = [600 + number / 4 for number in range(240)]
    rhythm = rhythm_of(sorted([*usual, *flood]))
    (burst,) = rhythm.bursts
    assert 580 <= burst.since <= 605
    assert 655 <= burst.until <= 680
    assert 240 <= burst.count <= 275
    assert 13 <= burst.before <= 17


def test_errors_that_never_came_before_come_as_a_burst_from_the_first_of_them():
    rhythm = rhythm_of([900 + number for number in range(60)], bad=True)
    (burst,) = rhythm.bursts
    assert (burst.first, burst.count, burst.before) == (900, 60, 0.0)


def test_what_a_file_begins_with_is_no_burst():
    assert rhythm_of([number / 10 for number in range(300)]).bursts == []


def test_a_burst_that_goes_on_is_the_new_usual():
    times = [1000 + number / 5 for number in range(5 * 3600)]
    (burst,) = rhythm_of(times).bursts
    assert burst.until - burst.since <= 16 * 60


def test_a_template_that_comes_back_after_a_pause_begins_anew():
    rhythm = rhythm_of([*range(0, 100, 10), *range(5000, 5100, 10)])
    assert [(stretch.first, stretch.last, stretch.count) for stretch in rhythm.stretches] == [(0, 90, 10), (5000, 5090, 10)]


def test_a_regular_template_that_stops_is_silent_until_it_comes_back():
    rhythm = rhythm_of([*range(0, 600, 5), *range(900, 1200, 5)])
    rhythm.finish(2000)
    assert rhythm.silences == [(595, 900, 595, 900)]


def test_a_regular_template_that_never_comes_back_is_silent_to_the_end():
    rhythm = rhythm_of(range(0, 600, 5))
    rhythm.finish(2000)
    assert rhythm.silences == [(595, 2000, 595, None)]


def test_rhythms_of_templates_that_turn_out_to_be_one_add_up():
    one, other = rhythm_of(range(0, 100, 10)), rhythm_of(range(5, 105, 10))
    joined(one, other)
    assert one.count == 20
    assert [(stretch.first, stretch.last, stretch.count) for stretch in one.stretches] == [(0, 95, 20)]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.booleans())
def test_every_line_is_in_one_stretch_whatever_the_times(times, bad):
    rhythm = rhythm_of(times, bad=bad, began_at=times[0])
    rhythm.finish(max(times))
    assert sum(stretch.count for stretch in rhythm.stretches) == len(times) == rhythm.count
    assert all(burst.since <= burst.until and burst.count <= len(times) for burst in rhythm.bursts)
