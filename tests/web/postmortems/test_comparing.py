"""What changed between two texts: whole words, nothing invented, long stretches cut."""

from hypothesis import given
from hypothesis import strategies as st

from juncture.web.postmortems import comparing
from juncture.web.postmortems.comparing import compared

TEXTS = st.lists(st.sampled_from(["lock", "the", "timeout", " ", "\n\n", "é", "<b>", "[^e1]", "39"]), max_size=12).map(" ".join)


def side(runs, kind):
    return "".join(run.text for run in runs if run.kind in {"same", kind})


def shown(before, after, **more):
    marks = {"same": "{}", "added": "[+{}+]", "removed": "[-{}-]", "cut": "<{}>"}
    return "".join(marks[run.kind].format(run.text) for run in compared(before, after, **more))


@given(TEXTS, TEXTS)
def test_both_texts_are_in_what_is_told(before, after):
    runs = compared(before, after)
    assert (runs == ()) == (before == after)
    if runs:
        assert (side(runs, "removed"), side(runs, "added")) == (before, after)


def test_words_are_not_taken_apart_and_phrases_stay_together():
    before, after = (
        "Checkout failed for about an hour.\n\nNobody saw it.",
        "Checkout failed for 39 minutes.\n\nNobody saw it first.",
    )
    assert shown(before, after) == "Checkout failed for [-about an hour-][+39 minutes+].\n\nNobody saw it[+ first+]."
    assert shown("A timeout", "A timer") == "A [-timeout-][+timer+]"


def test_what_is_the_same_for_long_is_cut_at_both_ends_and_between():
    same = "unchanged words " * 60
    told = shown(f"{same}one {same}two {same}", f"{same}1 {same}2 {same}")
    assert told.startswith("<…>")
    assert told.endswith("<…>")
    assert told.count("<…>") == 3
    assert len(told) < 700


def test_what_is_added_for_long_is_cut_where_that_is_asked_for():
    told = shown("", "word " * 1000, most=100)
    assert told.startswith("[+word word")
    assert told.endswith(" more characters>")
    assert len(shown("", "word " * 1000)) > 5000


def test_texts_that_are_too_long_to_compare_have_their_ends_compared():
    long = "x " * comparing._LONGEST
    assert shown(f"{long}one{long}", f"{long}two{long}").count("[-one-][+two+]") == 1
