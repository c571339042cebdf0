import datetime as dt
import hashlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.prometheus import READER
from juncture.model.evidence import LeftOut, Note, Series, Sighting
from juncture.model.instants import parse_instant

START = 1772459400


def result(values, metric=None, step=15):
    return {"metric": metric or {}, "values": [[START + step * number, str(value)] for number, value in enumerate(values)]}


def answer(*results, result_type="matrix", **more):
    return {"status": "success", "data": {"resultType": result_type, "result": list(results)}, **more}


def artefact(value, label="range.json"):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Artefact(f"sha256:{hashlib.sha256(data).hexdigest()}", label, len(data), lambda: io.BytesIO(data), label)


def read(value, label="range.json"):
    return list(READER.session(Settings(today=dt.date(2026, 3, 2))).read(artefact(value, label)))


def of(kind, found):
    return [item for item in found if isinstance(item, kind)]


def test_each_result_is_a_series_with_its_place_and_instants():
    found = of(
        Series, read(answer(result([1, 2], {"__name__": "up", "job": "a"}), result([3], {"__name__": "up", "job": "b"})))
    )
    assert [(one.metric, one.labels, one.values, one.citation.place) for one in found] == [
        ("up", {"job": "a"}, (1.0, 2.0), "/data/result/0"),
        ("up", {"job": "b"}, (3.0,), "/data/result/1"),
    ]
    assert found[0].instants == (parse_instant("2026-03-02T13:50:00Z"), parse_instant("2026-03-02T13:50:15Z"))


def test_a_turn_cites_the_very_sample_even_behind_samples_that_are_no_numbers():
    (turn,) = of(Sighting, read(answer(result(["NaN"] * 3 + [1] * 40 + [9] * 20, {"__name__": "queue"}))))
    assert turn.citation.place == "/data/result/0/values/43"
    assert turn.known_at is None


def test_nan_and_infinity_are_counted_and_are_no_damage():
    found = read(answer(result(["NaN", "1", "+Inf", "-Inf", "2"])))
    assert [(item.count, item.damaged) for item in of(LeftOut, found)] == [(3, False)]
    assert of(Series, found)[0].values == (1.0, 2.0)


def test_broken_samples_are_damage_and_the_rest_is_read():
    given_ = {
        "metric": {},
        "values": [[START, "1"], "x", [START + 1], [None, "2"], [1e99, "2"], [START + 5, "x"], [START + 9, 2]],
    }
    found = read(answer(given_))
    assert [(item.count, item.damaged) for item in of(LeftOut, found)] == [(5, True)]
    assert of(Series, found)[0].values == (1.0, 2.0)


def test_samples_out_of_order_or_doubled_are_put_in_order():
    values = [[START + 30, "3"], [START, "1"], [START + 15, "2"], [START + 15, "4"]]
    assert of(Series, read(answer({"metric": {}, "values": values})))[0].values == (1.0, 4.0, 3.0)


@pytest.mark.parametrize(
    ("value", "label", "name"),
    [
        (answer(result([1], {"__name__": "up"})), "x.json", "up"),
        (answer(result([1])), "evidence.zip!/metrics/latency_p95.json", "latency_p95"),
        ({"query": 'up{job="a"}', **answer(result([1]))}, "x.json", "up"),
        ({**answer(result([1])), "query": "sum(rate(a_total[1m]))"}, "x.json", "sum(rate(a_total[1m]))"),
        ([{"expr": "a + b", "response": answer(result([1]))}], "x.json", "a + b"),
        ({"queue": answer(result([1]))}, "x.json", "queue"),
        ({"panels": {"p1": {"title": "Orders", "data": answer(result([1]))["data"]}}}, "x.json", "Orders"),
        ([result([1, 2], {"__name__": "from_promtool"})], "x.json", "from_promtool"),
    ],
)
def test_the_name_is_the_series_own_else_what_was_asked_else_the_files(value, label, name):
    assert [one.metric for one in of(Series, read(value, label))] == [name]


def test_what_is_no_range_is_said():
    vector = read(answer({"metric": {"__name__": "up"}, "value": [START, "1"]}, result_type="vector"))
    scalar = read({"status": "success", "data": {"resultType": "scalar", "result": [START, "1"]}})
    error = read({"status": "error", "errorType": "bad_data", "error": "parse error"})
    empty = read(answer())
    for found, word in ((vector, "instant value"), (scalar, "scalar"), (error, "parse error"), (empty, "no series")):
        assert [word in item.why and not item.damaged for item in found] == [True]


def test_warnings_of_prometheus_are_passed_on():
    assert [item.why for item in of(Note, read(answer(result([1]), warnings=["too many"])))] == ["Prometheus warned: too many"]


def test_a_counter_that_appears_late_turns_because_the_file_shows_earlier_samples():
    late = {"metric": {"__name__": "errors_total"}, "values": [[START + 600 + 15 * n, str(30 * n)] for n in range(1, 30)]}
    (up,) = of(Sighting, read(answer(result(range(70), {"__name__": "all_total"}), late)))
    assert up.occurred_at == parse_instant(str(START + 615))


def test_buckets_of_a_histogram_are_kept_as_series_and_do_not_turn():
    found = read(answer(result([1] * 40 + [900] * 40, {"__name__": "x_bucket", "le": "0.5"})))
    assert [type(item) for item in found] == [Series]


def test_the_export_of_victoria_metrics_is_read():
    line = {"metric": {"__name__": "up"}, "values": [1, 2], "timestamps": [START * 1000, START * 1000 + 15500]}
    (one,) = read(json.dumps(line).encode() + b"\n" + b"\n")
    assert one.instants[1] == parse_instant("2026-03-02T13:50:15.5Z")


def test_a_file_that_was_cut_off_gives_what_stands_whole():
    data = json.dumps(answer(result([1], {"__name__": "a"}), result([2], {"__name__": "b"}))).encode()
    found = read(data[:-30])
    assert [one.metric for one in of(Series, found)] == ["a"]
    assert [item.damaged for item in of(LeftOut, found)] == [True]


@pytest.mark.parametrize(
    ("value", "confidence"),
    [
        (answer(result([1] * 20_000)), Confidence.CERTAIN),
        (answer(), Confidence.CERTAIN),
        ({"status": "error", "errorType": "timeout"}, Confidence.CERTAIN),
        ([result([1])], Confidence.LIKELY),
        ({"status": "success", "data": {"result": "matrix"}}, Confidence.NO),
        ([{"text": json.dumps(answer(result([1])))}], Confidence.NO),
        ("resultType", Confidence.NO),
    ],
)
def test_it_is_recognised_by_content(value, confidence):
    assert READER.recognise(artefact(value).head()) == confidence


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metric", "values", "value", "data", "result", "__name__", "timestamps"]), inner, max_size=3
        )
    ),
)


@settings(deadline=None)
@given(ANYTHING, ANYTHING)
def test_whatever_stands_in_an_answer_reading_it_ends_without_an_error(data, values):
    for value in ({"status": "success", "data": data}, answer(data), answer({"metric": {}, "values": values}), [data]):
        for item in read(value):
            assert isinstance(item, Series | Sighting | LeftOut | Note)
