"""What is held against a server that was killed: no order of acts hides one that was acknowledged and is gone."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from tests.web.whole import led_to

YES, NO = "accepted", "dismissed"


@pytest.mark.parametrize(
    ("stands", "acts"),
    [
        ([""], []),
        ([""], [(YES, False)]),
        (["", YES], [(YES, True)]),
        (["", YES], [(YES, False)]),
        (["", YES], [(YES, True), (YES, True)]),
        (["", YES, NO], [(YES, True), (NO, False)]),
        (["", YES], [(YES, True), (NO, False)]),
        (["", YES, NO], [(YES, True), (NO, False), (NO, False)]),
        (["", YES, NO, YES], [(YES, True), (NO, False), (YES, True)]),
        (["", YES], [(YES, True), (NO, False), (YES, True)]),
        ([YES], [(YES, True)]),
    ],
)
def test_what_was_not_acknowledged_may_have_been_carried_out_or_not(stands, acts):
    assert led_to(stands, acts)


@pytest.mark.parametrize(
    ("stands", "acts"),
    [
        ([""], [(YES, True)]),
        ([NO], [(YES, True)]),
        (["", NO], [(NO, True), (YES, True)]),
        (["", NO], [(NO, False), (YES, True)]),
        (["", YES, NO], [(NO, False), (YES, True)]),
        (["", YES, NO], [(YES, True), (NO, False), (YES, True)]),
        (["", YES, NO], [(YES, True)]),
        (["", YES, YES], [(YES, True), (YES, True)]),
        (["", YES], [(YES, True), (NO, True), (YES, True)]),
    ],
    ids=[
        "the only one is gone",
        "the only one is gone from what stood before",
        "the last one is gone",
        "an earlier one stands in its place",
        "an earlier one came after it",
        "an earlier one came after it a second time",
        "what nobody asked for is there",
        "it is told twice",
        "one between two that are the same is gone",
    ],
)
def test_what_was_acknowledged_is_there_in_its_turn(stands, acts):
    assert not led_to(stands, acts)


def test_it_allows_what_some_choice_of_the_unacknowledged_gives_and_nothing_else():
    for length in range(5):
        for acts in product(product((YES, NO), (True, False)), repeat=length):
            given = {tuple(_carried_out(acts, chosen)) for chosen in product((True, False), repeat=length)}
            for size in range(length + 2):
                for stands in product((YES, NO), repeat=size):
                    assert led_to(["", *stands], acts) == (stands in given), (stands, acts)


def _carried_out(acts, chosen):
    """Return what the journal tells where of the unacknowledged acts those are carried out that are chosen."""
    done = ["", *(standing for (standing, acked), is_chosen in zip(acts, chosen, strict=True) if acked or is_chosen)]
    return [now for was, now in pairwise(done) if now != was]
