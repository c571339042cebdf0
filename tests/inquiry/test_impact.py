from hypothesis import given
from hypothesis import strategies as st

from juncture.inquiry.amounts import steps, total
from juncture.inquiry.impact import from_series


def incident(story):
    told = story.Story()
    told.alert("14:05", "CheckoutErrors")
    told.reached("started", "14:05")
    told.reached("mitigated", "14:07")
    return told.timeline()


def counter(before, during, after, *, start=0):
    """A counter that grows by these amounts every 5 s: 60 samples before 14:05, 24 in the incident, 12 after."""
    values = [start]
    for amount in [before] * 60 + [during] * 24 + [after] * 12:
        values.append(values[-1] + amount)
    return values


def figure(impact, unit):
    return next(one for one in impact.figures if one.unit == unit)


def test_failed_requests_are_counted_exactly_with_formula_and_inputs(story):
    labels = {"service": "checkout", "route": "/pay"}
    given_series = [
        story.series("http_requests_total", {**labels, "code": "200"}, counter(10, 2, 10)),
        story.series("http_requests_total", {**labels, "code": "503"}, counter(0, 8, 0)),
    ]
    impact = from_series(given_series, incident(story))
    failed = figure(impact, "requests")
    assert (failed.low, failed.mid, failed.high) == (192, 192, 192)
    assert failed.inputs["all"] == "240"
    assert "http_requests_total" in failed.formula
    assert figure(impact, "%").mid == 80
    assert failed.citations


def test_a_series_that_first_appears_in_the_incident_counts_from_zero(story):
    labels = {"service": "checkout", "code": "503"}
    late = story.series("http_requests_total", labels, [7, 15], start="14:05:30")
    whole = story.series("http_requests_total", {"service": "checkout", "code": "200"}, counter(10, 10, 10))
    assert figure(from_series([whole, late], incident(story)), "requests").mid == 15


def test_a_counter_that_was_reset_goes_on_counting(story):
    found = steps(story.series("orders_total", {}, [100, 110, 3, 8]))
    assert [one.amount for one in found] == [10, 3, 5]


def test_orders_below_the_level_before_are_a_range_that_holds_the_truth(story):
    uneven = [number % 3 - 1 for number in range(96)]
    placed = [value + sum(uneven[:place]) for place, value in enumerate(counter(6, 1, 6))]
    impact = from_series([story.series("orders_placed_total", {"service": "checkout"}, placed)], incident(story))
    lost = figure(impact, "orders placed")
    assert lost.low < 24 * 5 < lost.high
    assert lost.low < lost.mid < lost.high


def test_nothing_is_claimed_lost_where_nothing_was(story):
    impact = from_series([story.series("orders_placed_total", {"service": "checkout"}, counter(6, 6, 6))], incident(story))
    assert impact.figures == ()


def test_what_is_not_known_is_said(story):
    told = " ".join(from_series([], incident(story)).not_known)
    assert "Revenue" in told
    assert "customers" in told
    assert "no series counts requests" in told


def test_without_a_start_there_is_no_figure_and_the_reason_is_said(story):
    empty = story.Story()
    empty.alert("14:05", "CheckoutErrors")
    impact = from_series([story.series("http_requests_total", {"code": "500"}, counter(0, 8, 0))], empty.timeline())
    assert impact.figures == ()
    assert "does not show when it started" in impact.not_known[0]


@given(st.lists(st.floats(min_value=0, max_value=1e9), max_size=50), st.integers(0, 300), st.integers(0, 300))
def test_parts_of_a_window_add_up_to_the_whole(story, values, first, second):
    found = steps(story.series("orders_total", {}, values))
    begin, middle, end = (
        story.at("14:00") + (story.at("14:00:01") - story.at("14:00")) * s for s in (0, first, first + second)
    )
    whole = total(found, begin, end)
    assert abs(whole - total(found, begin, middle) - total(found, middle, end)) <= 1e-6 * max(1.0, whole)
