"""Which metrics users feel, and how long."""

from __future__ import annotations

import pytest
from incidents import Evidence, clock

from juncture.model.evidence import Citation, Series
from juncture.model.identity import ArtefactHash
from juncture.timeline.effects import effects_of, measure_of, measures
from juncture.timeline.merge import merge

MEASURES = measures().measure


@pytest.mark.parametrize(("kind", "metric"), [(one.kind, metric) for one in MEASURES for metric in one.good])
def test_a_good_name_is_of_its_kind(kind: str, metric: str) -> None:
    found = measure_of(metric, {})
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(("kind", "metric"), [(one.kind, metric) for one in MEASURES for metric in one.bad_names])
def test_a_bad_name_is_not_of_the_kind(kind: str, metric: str) -> None:
    found = measure_of(metric, {})
    assert found is None or found.kind != kind


def test_a_counter_of_requests_with_a_server_error_counts_errors() -> None:
    failed, served = measure_of("http_requests_total", {"code": "503"}), measure_of("http_requests_total", {"code": "200"})
    assert failed is not None
    assert failed.kind == "errors"
    assert served is not None
    assert served.kind == "throughput"
    assert measure_of("http_requests_total", {"code": "404"}) is None


def test_a_rate_that_looks_back_ends_its_window_earlier() -> None:
    evidence = Evidence()
    evidence.turn("14:00", "http_errors:ratio5m", "up", end="14:30")
    (effect,) = effects_of(merge(evidence.sightings))
    assert effect.ended_at == clock("14:25")


def test_a_series_without_turn_events_is_looked_at_itself() -> None:
    instants = tuple(clock(f"14:{minute}:{second}") for minute in range(40) for second in (0, 15, 30, 45))
    values = tuple(0.4 if clock("14:10") <= at < clock("14:20") else 0.001 for at in instants)
    series = Series(
        metric="checkout_error_ratio",
        labels={"service": "shop"},
        instants=instants,
        values=values,
        citation=Citation(ArtefactHash("sha256:" + "0" * 64), "metrics.json", "/data/result/0"),
    )
    (effect,) = effects_of([], [series])
    assert (effect.started_at, effect.ended_at, effect.in_timeline) == (clock("14:10"), clock("14:20"), False)


def test_errors_whose_counter_vanished_with_its_program_ended_there() -> None:
    evidence = Evidence()
    evidence.turn("14:00", "http_requests_total", "up", labels={"service": "shop", "code": "503", "route": "/checkout"})
    evidence.turn("14:00:10", "http_errors_ratio", "up", end="14:20")
    assert [effect.metric for effect in effects_of(merge(evidence.sightings))] == ["http_errors_ratio"]
