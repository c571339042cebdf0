import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.quantities import value_text
from juncture.evidence.turns import MOST, turns
from juncture.model.evidence import Citation, Kind, Lane, Series

BEGIN = datetime(2026, 3, 2, 14, tzinfo=UTC)
RECORDING = (BEGIN, BEGIN + timedelta(hours=6))
STEPS = [2, 5, 15, 60, 300]


def series(values, step=15, metric="request_duration_seconds", labels=None, begin=BEGIN):
    instants = tuple(begin + timedelta(seconds=step * number) for number in range(len(values)))
    return Series(
        metric=metric,
        labels={"service": "checkout"} if labels is None else labels,
        instants=instants,
        values=tuple(float(value) for value in values),
        citation=Citation("sha256:0", None, "/data/result/0"),
    )


def noisy(count, level=1.0, spread=0.1, seed=1):
    dice = random.Random(seed)
    return [dice.gauss(level, spread) for _ in range(count)]


def poisson(dice, mean):
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count, product = count + 1, product * dice.random()
    return count


def told(one, **options):
    return [(turn.details.direction, turn.occurred_at) for turn in turns(one, **options)]


def at(number, step=15):
    return BEGIN + timedelta(seconds=number * step)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("factor", [0.0, 0.3, 2, 20])
def test_a_shift_of_level_and_its_end_are_found_to_the_sample(step, factor):
    long = max(6, 240 // step)
    values = noisy(100) + [value * factor for value in noisy(long, seed=2)] + noisy(100, seed=3)
    found = told(series(values, step))
    assert [direction for direction, _ in found] == ["up" if factor > 1 else "down", "back"]
    for (_, instant), number in zip(found, (100, 100 + long), strict=True):
        assert abs(instant - at(number, step)) <= timedelta(seconds=step)


@pytest.mark.parametrize("step", STEPS)
def test_what_is_usually_zero_or_never_varies_turns_with_its_first_change(step):
    for usual, other in ((0, 3), (8, 2), (1, 0), (1, 5)):
        values = [usual] * 60 + [other] * max(6, 120 // step) + [usual] * 60
        assert [instant for _, instant in told(series(values, step))][:1] == [at(60, step)]


def test_the_sample_before_bounds_when_it_can_have_happened():
    (up,) = turns(series(noisy(60) + noisy(60, 10)))
    assert (up.earliest, up.occurred_at, up.latest) == (at(59), at(60), at(60))
    assert up.recorded_at == at(60)
    assert up.known_at is None
    assert (up.kind, up.lane, up.ended_at, up.service) == (Kind.TURN, Lane.SIGNAL, None, "checkout")


def test_a_slow_climb_into_trouble_turns_where_it_began():
    values = noisy(80, 1, 0.02) + [1 + 0.5 * number for number in range(1, 60)]
    assert abs(told(series(values))[0][1] - at(80)) <= timedelta(seconds=15)


def steady(dice, count):
    counted = [0]
    for _ in range(count):
        counted.append(counted[-1] + poisson(dice, 0.4))
    return {
        "noise": ("x_seconds", [dice.gauss(10, 1) for _ in range(count)]),
        "wide noise": ("x_seconds", [abs(dice.gauss(1, 1)) for _ in range(count)]),
        "rare ones": ("x", [dice.random() < 0.1 for _ in range(count)]),
        "a day's swing": ("x", [100 + 60 * math.sin(number / 229) + dice.gauss(0, 4) for number in range(count)]),
        "a climb": ("x_seconds", [number + dice.gauss(0, 1) for number in range(count)]),
        "a sawtooth": ("x", [number % 10 for number in range(count)]),
        "few events": ("x_total", counted),
        "nothing": ("x_total", [0] * count),
    }


@pytest.mark.parametrize("name", steady(random.Random(0), 8))
def test_noise_drift_swing_and_rare_events_are_no_news(name):
    found = 0
    for seed in range(10):
        metric, values = steady(random.Random(seed), 400)[name]
        found += len(told(series(values, metric=metric)))
    assert found == 0


def test_a_lone_outlier_is_a_blip_at_short_steps_and_an_outage_at_long_ones():
    values = [*noisy(60), 50, *noisy(60, seed=2)]
    assert told(series(values, 15)) == []
    assert [direction for direction, _ in told(series(values, 300))] == ["up", "back"]


@pytest.mark.parametrize("step", [5, 15, 60])
def test_counters_turn_by_their_rate_and_a_restart_is_no_turn(step):
    dice = random.Random(3)
    long = max(12, 240 // step)
    values, total = [], 0
    for number in range(120 + long):
        total = 0 if number == 40 else total + (0 if 60 <= number < 60 + long else poisson(dice, 3 * step))
        values.append(total)
    found = list(turns(series(values, step, "requests_total")))
    assert [turn.details.direction for turn in found] == ["down", "back"]
    assert abs(found[0].occurred_at - at(60, step)) <= timedelta(seconds=step)
    assert found[0].details.value < 1
    assert "/s" in found[0].summary


def test_a_counter_that_first_appears_during_the_recording_has_counted_from_zero():
    late = series([4 * number for number in range(1, 40)], metric="errors_total", begin=at(50))
    assert told(late) == []
    (up,) = turns(late, recorded=RECORDING)
    assert (up.occurred_at, up.earliest, up.details.direction) == (at(50), at(49), "up")


def test_where_noise_hides_the_onset_the_bounds_are_as_wide_as_the_doubt():
    bounded = 0
    for seed in range(40):
        dice, values = random.Random(seed), [0]
        for number in range(160):
            values.append(values[-1] + (0 if number >= 80 else poisson(dice, 6)))
        (down,) = turns(series(values, 5, "orders_total"))
        bounded += down.earliest <= at(81, 5) <= down.latest + timedelta(seconds=5)
        assert down.latest - down.earliest <= timedelta(seconds=30)
    assert bounded >= 36


def test_a_gauge_that_is_named_like_a_counter_stays_a_gauge():
    found = list(turns(series([0] * 40 + [10] * 40 + [0] * 40, metric="pg_stat_activity_count")))
    assert [(turn.details.direction, turn.occurred_at) for turn in found] == [("up", at(40)), ("back", at(80))]
    assert "/s" not in found[0].summary


def test_a_gap_is_no_turn_and_a_change_across_one_is_bounded_by_it():
    whole = series(noisy(200))
    holed = Series(
        metric="x",
        labels={},
        instants=whole.instants[:80] + whole.instants[140:],
        values=whole.values[:80] + whole.values[140:],
        citation=whole.citation,
    )
    assert told(holed) == []
    risen = Series(
        metric="x", labels={}, instants=holed.instants, values=(*holed.values[:80], *noisy(60, 30)), citation=whole.citation
    )
    (up,) = turns(risen)
    assert (up.earliest, up.latest) == (at(79), at(140))


def test_a_level_that_stays_becomes_usual_and_the_next_change_counts_from_there():
    assert told(series([*noisy(80, 1), *noisy(80, 5), *noisy(80, 20)])) == [("up", at(80)), ("up", at(160))]


def test_few_are_told_of_a_series_that_has_no_usual_range():
    values = [level for number in range(40) for level in noisy(20, 1 if number % 2 else 9, seed=number)]
    assert len([turn for turn in turns(series(values)) if turn.details.direction != "back"]) <= MOST


def test_being_there_is_what_alerts_and_versions_say():
    alert = series([1] * 20, metric="ALERTS", labels={"alertname": "HighErrorRate", "alertstate": "firing"}, begin=at(40))
    fired, ended = turns(alert, recorded=RECORDING)
    assert (fired.occurred_at, fired.ended_at, ended.occurred_at) == (at(40), at(60), at(60))
    assert fired.summary == "HighErrorRate fired"
    assert "HighErrorRate" in fired.links
    version = series([1] * 20, metric="build_info", labels={"service": "web", "version": "2.1"}, begin=at(40))
    assert [turn.summary for turn in turns(version, recorded=RECORDING)] == ["build_info of web (version 2.1) appeared"]
    assert list(turns(series([1] * 20, metric="build_info"), recorded=(at(0), at(19)))) == []


@pytest.mark.parametrize(
    ("metric", "labels", "values", "summary"),
    [
        (
            "latency_seconds",
            {"job": "web", "quantile": "0.99"},
            (0.15, 2.5),
            "latency_seconds of web (quantile 0.99) rose from around 150 ms to 2.5 s",
        ),
        ("errors_ratio", {}, (0, 0.82), "errors_ratio rose from around 0 % to 82 %"),
        ("heap_bytes", {"service": "a", "pod": "a-1"}, (2**30, 3 * 2**30), "heap_bytes of a rose from around 1 GiB to 3 GiB"),
        ("orders:rate5m", {}, (100, 0), "orders:rate5m fell from around 100/s to 0/s"),
        ("replicas", {"deployment": "web"}, (3, 1), "replicas of web fell from around 3 to 1"),
    ],
)
def test_a_turn_is_one_plain_sentence(metric, labels, values, summary):
    (turn,) = turns(series([values[0]] * 60 + [values[1]] * 60, metric=metric, labels=labels))
    assert turn.summary.replace("\xa0", " ") == summary


@settings(deadline=None)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=150),
    st.sampled_from(["x", "x_total", "x_count", "x:rate1m"]),
)
def test_any_numbers_give_turns_in_order_inside_the_series(values, metric):
    one = series(values, metric=metric)
    found = list(turns(one))
    for turn in found:
        assert turn.earliest <= turn.occurred_at <= turn.latest
        assert turn.occurred_at in one.instants
        assert turn.ended_at is None or turn.ended_at > turn.occurred_at
    starts = [turn.occurred_at for turn in found]
    assert starts == sorted(starts)
    assert len({turn.id for turn in found}) == len(found)


@settings(deadline=None, max_examples=30)
@given(st.floats(1e-6, 1e6), st.integers(0, 10**6))
def test_the_unit_of_a_series_moves_no_turn(factor, seed):
    values = noisy(60, seed=seed) + noisy(30, 9, seed=seed + 1) + noisy(60, seed=seed + 2)
    plain, scaled = told(series(values, metric="x")), told(series([value * factor for value in values], metric="x"))
    assert plain == scaled


def test_the_same_turn_has_the_same_id_in_a_longer_export():
    values = noisy(100) + noisy(50, 9)
    assert next(iter(turns(series(values[:120])))).id == next(iter(turns(series(values)))).id


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("x_seconds", 0.0004, "400 µs"),
        ("x_seconds", 290, "4 min 50 s"),
        ("x_ms", 153, "153 ms"),
        ("x_percent", 12.34, "12.3 %"),
        ("error_ratio", 4.2, "4.2"),
        ("x_bytes", 1536, "1.5 KiB"),
        ("x", 1234567, "1,234,567"),
        ("x", 0.0333333, "0.0333"),
        ("x", -2.0, "-2"),
    ],
)
def test_values_are_said_in_the_unit_of_the_name(metric, value, text):
    assert value_text(metric, value).replace("\xa0", " ") == text
    assert value_text("sent_bytes_total", 2048, per_second=True).replace("\xa0", " ") == "2 KiB/s"
