import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.document.typed_lines import read_sentence, read_typed_line

TODAY = dt.date(2026, 11, 25)  # a Wednesday


def d(text):
    return dt.date.fromisoformat(text)


LINES = [
    ("- [ ] @ana add lock_timeout by Friday", ("add lock_timeout", "ana", d("2026-11-27"), None, None, None)),
    ("- [ ] add lock_timeout", ("add lock_timeout", None, None, None, None, None)),
    ("* [ ] @ana.b: alert on lock waits #detect !P1 DB-123", ("alert on lock waits", "ana.b", None, "detect", "P1", "DB-123")),
    (
        "- [ ] Rehearse the roll-back (OPS-7) by 2026-12-01",
        ("Rehearse the roll-back", None, d("2026-12-01"), None, None, "OPS-7"),
    ),
    (
        "- [ ] Write it down https://tracker.example.org/i/5 #process",
        ("Write it down", None, None, "process", None, "https://tracker.example.org/i/5"),
    ),
    ("- [ ] Fix by 1 Dec", ("Fix", None, d("2026-12-01"), None, None, None)),
    ("- [ ] Fix by Dec 1st, 2027 @x", ("Fix", "x", d("2027-12-01"), None, None, None)),
    ("- [ ] Fix by 3 March", ("Fix", None, d("2027-03-03"), None, None, None)),
    ("- [ ] Fix by tomorrow", ("Fix", None, d("2026-11-26"), None, None, None)),
    ("- [ ] Fix by Wednesday", ("Fix", None, d("2026-12-02"), None, None, None)),
    ("- [ ] Fix by next Friday", ("Fix", None, d("2026-12-04"), None, None, None)),
    ("- [ ] Fix by Mon", ("Fix", None, d("2026-11-30"), None, None, None)),
    ("- [ ] Fix by end of month", ("Fix", None, d("2026-11-30"), None, None, None)),
    ("- [ ] Fix by the end of the week", ("Fix", None, d("2026-11-27"), None, None, None)),
    ("- [ ] Fix by next week", ("Fix", None, d("2026-12-04"), None, None, None)),
    ("- [ ] Fix by next month", ("Fix", None, d("2026-12-31"), None, None, None)),
    ("- [ ] Fix in 2 weeks", ("Fix", None, d("2026-12-09"), None, None, None)),
    ("- [ ] Fix in a month", ("Fix", None, d("2026-12-25"), None, None, None)),
    ("1. [ ] Fix !high", ("Fix", None, None, None, "high", None)),
    ("- [ ] Fix it.[^e1] @ana", ("Fix it.", "ana", None, None, None, None)),
    ("  - [ ] nested fix @ana", ("nested fix", "ana", None, None, None, None)),
    (
        "- [ ] mail a@b.example about UTF-8 and RFC-9457",
        ("mail a@b.example about UTF-8 and RFC-9457", None, None, None, None, None),
    ),
    ("- [ ] move on by hand, not by script", ("move on by hand, not by script", None, None, None, None, None)),
    ("- [ ] on Monday pages were late: page twice", ("pages were late: page twice", None, d("2026-11-30"), None, None, None)),
    ("- [ ] @ana@example.org fix", ("fix", "ana@example.org", None, None, None, None)),
]


@pytest.mark.parametrize(("line", "says"), LINES, ids=[line for line, _ in LINES])
def test_a_typed_line_is_an_action_with_all_that_it_says(line, says):
    found = read_typed_line(line, TODAY)
    assert (found.title, found.owner, found.due, found.kind, found.priority, found.ticket) == says


@pytest.mark.parametrize(
    "line",
    ["add lock_timeout", "- add lock_timeout", "- [y] add", "-[ ] add", "- [ ]", "- [ ]   ", "> - [ ] quoted", "[^e1]: x", ""],
)
def test_other_lines_are_none(line):
    assert read_typed_line(line, TODAY) is None


def test_a_ticked_line_is_done():
    assert read_typed_line("- [x] fix", TODAY).done
    assert not read_typed_line("- [ ] fix", TODAY).done


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("- [ ] Fix by 31 June", "June 2026 has 30 days."),
        ("- [ ] Fix by 2026-02-30", "There is no day 2026-02-30."),
        ("- [ ] Fix #frobnicate", "#frobnicate is no kind of action: prevent, detect, mitigate, repair, investigate, process."),
    ],
)
def test_what_is_not_understood_stays_in_the_title_and_is_told(line, note):
    found = read_typed_line(line, TODAY)
    assert found.notes == (note,)
    assert found.title == line.removeprefix("- [ ] ")


def test_a_sentence_is_read_for_the_same_marks():
    assert read_sentence("Add a lock timeout by Friday.[^e3]", TODAY).due == d("2026-11-27")


@given(st.text(alphabet=st.sampled_from("-*[] x@#!aPby 0123456789Friday./:\u00e9December,"), max_size=80))
def test_any_text_is_read_without_a_fault_and_keeps_a_title(text):
    found = read_typed_line(f"- [ ] {text}", TODAY)
    assert found is None or found.title
    if text.strip():
        assert read_sentence(text, TODAY).title
