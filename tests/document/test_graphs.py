"""Graphs of the cited series: what is drawn, how counters become rates, and that nothing is on them that nobody cited."""

from __future__ import annotations

import datetime as dt
import math
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.document import sample

from juncture.document.drawing.curves import MOST_POINTS, beginnings, curve_of
from juncture.document.html.edition import Edition
from juncture.document.html.page import article
from juncture.model.evidence import Citation, Series
from juncture.model.record import Figure, Impact, Postmortem

START = sample.t("13:50:00")


def series(metric, values, place="/data/result/0", *, every=30, start=START, path=sample.METRICS, **labels):
    instants = tuple(start + dt.timedelta(seconds=every * number) for number in range(len(values)))
    return Series(
        metric=metric, labels=labels, instants=instants, values=tuple(map(float, values)),
        citation=Citation(sample.artefact(path), path, place),
    )  # fmt: skip


def drawn(*given, record=None):
    return article(record or sample.postmortem(), {}, edition=Edition(series=given))


ERRORS = series("error_ratio", [0.0] * 30 + [0.4] * 90 + [0.0] * 60, service="checkout")


def test_a_cited_series_is_drawn_with_its_unit_and_the_instants_that_matter():
    html = drawn(ERRORS)
    plot = re.search(r'<svg class="plot[^"]*".*?</svg></svg>|<svg class="plot.*?</figure>', html, re.DOTALL)[0]
    assert html.count('<figure class="plot-figure">') == 1
    assert "error_ratio of checkout" in html
    for words in ("Began", "Detected", "Mitigated", "Alert CheckoutErrorRate", "20\N{NO-BREAK SPACE}%"):
        assert words in plot


def test_what_nobody_cited_is_not_drawn():
    assert "plot-figure" not in drawn(series("error_ratio", range(60), "/data/result/77"))
    assert "plot-figure" not in drawn(series("error_ratio", range(60), path="other.json"))


def test_the_drawing_says_in_words_what_it_shows_and_a_table_says_the_values():
    html = drawn(ERRORS)
    assert re.search(r'role="img" aria-label="error_ratio of checkout: least 0.* at \d\d:\d\d:\d\d, most 40.% at ', html)
    assert (
        html.count("<tr>", html.index("The values as a table"), html.index("</table>", html.index("The values as a table")))
        <= 25
    )


def test_an_instant_on_a_graph_leads_to_its_event():
    html = drawn(ERRORS)
    listed = html[html.index('class="instants"') :]
    assert f'href="#event-{sample.find("pages the on-call").id}"' in listed[: listed.index("</ul>")]


def test_a_counter_is_drawn_as_its_rate_and_a_reset_is_no_fall():
    counter = series("orders_total", [0, 30, 60, 0, 30, 60], every=30)
    curve = curve_of([counter], {}, START, START + dt.timedelta(minutes=5))
    assert curve.per_second
    assert {value for _, value in curve.points} == {1.0, 0.0}
    assert min(value for _, value in curve.points) >= 0


def test_counters_of_one_quantity_are_added_and_one_that_appears_later_stood_at_nothing():
    since = beginnings([series("errors_total", [0] * 10)])
    late = START + dt.timedelta(seconds=150)
    two = [series("errors_total", [30, 60, 90], f"/data/result/{n}", start=late, code=str(n)) for n in (1, 2)]
    curve = curve_of(two, since, START, START + dt.timedelta(minutes=10))
    rates = dict(curve.points)
    assert rates[START + dt.timedelta(seconds=60)] == 0.0
    assert rates[late] == pytest.approx(2.0)
    assert rates[late + dt.timedelta(seconds=60)] == pytest.approx(2.0)


def test_a_gap_in_the_samples_is_a_gap_in_the_line():
    before, after = series("load", [1] * 5), series("load", [1] * 5, start=START + dt.timedelta(minutes=20))
    whole = msgspec.structs.replace(before, instants=before.instants + after.instants, values=before.values + after.values)
    curve = curve_of([whole], {}, START, START + dt.timedelta(hours=1))
    assert [len(stretch) for stretch in curve.stretches()] == [5, 5]


def test_a_long_series_is_thinned_and_keeps_its_peak():
    values = [1.0] * 50_000
    values[31_337] = 99.0
    curve = curve_of([series("load", values, every=1)], {}, START, START + dt.timedelta(days=1))
    assert len(curve.points) <= MOST_POINTS
    assert max(value for _, value in curve.points) == 99.0
    assert len(curve.stretches()) == 1


def test_many_cited_series_are_four_graphs_and_a_count():
    many = [series(f"metric_{n}", range(200), f"/data/result/{n}") for n in range(7)]
    figures = tuple(
        Figure(name=f"f{n}", unit="", low=1, mid=1, high=1, formula="", citations=(one.citation,)) for n, one in enumerate(many)
    )
    html = drawn(*many, record=msgspec.structs.replace(sample.postmortem(), impact=Impact(figures)))
    assert html.count('class="plot-figure"') == 4
    assert "3 more cited series are not drawn." in html


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=2, max_size=40),
    st.sampled_from(["load", "errors_total", "size_bytes", "latency_seconds", "<script>"]),
)
def test_any_values_give_a_whole_drawing(values, metric):
    one = series(metric, values, every=60)
    figure = Figure(name="x", unit="", low=1, mid=1, high=1, formula="", citations=(one.citation,))
    html = drawn(one, record=Postmortem(title="x", impact=Impact((figure,))))
    for points in re.findall(r' points="([^"]*)"', html):
        assert all(math.isfinite(float(number)) for pair in points.split() for number in pair.split(","))
    assert "<script>" not in html
