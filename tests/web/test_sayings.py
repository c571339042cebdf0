"""How pages tell numbers and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from juncture.document.drawing.clock import Clock
from juncture.web.incidents.overview import _alike
from juncture.web.pages.templatetags.saying import unparted

BEGAN = datetime(2026, 3, 10, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("errors for 4 min 7 s. Then", "errors for 4~min 7~s. Then"),
        ("95 % of 20 MB in 3 hours", "95~% of 20~MB in 3~hours"),
        ("1,767 of 2,207 requests, 2 servers", "1,767 of 2,207 requests, 2 servers"),
    ],
)
def test_no_number_parts_from_its_unit(text, told):
    assert unparted(text) == told.replace("~", "\N{NO-BREAK SPACE}")


def test_the_instants_of_a_strip_are_told_alike():
    close = [BEGAN, BEGAN + timedelta(seconds=17), BEGAN + timedelta(minutes=40)]
    apart = [BEGAN, BEGAN + timedelta(minutes=17)]
    assert [_alike(close, Clock())(at) for at in close] == ["14:05:09", "14:05:26", "14:45:09"]
    assert [_alike(apart, Clock())(at) for at in apart] == ["14:05", "14:22"]
