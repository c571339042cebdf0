"""Instants as the programs that write them spell them."""

import datetime as dt

import pytest

from juncture.model.instants import parse_instant

AT = dt.datetime(2026, 3, 2, 14, 2, 0, 500_000, dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T14:02:00.5Z",
        "2026-03-02T14:02:00,5z",
        "2026-03-02 14:02:00.500000999 UTC",
        "2026-03-02T08:02:00.5-0600",
        "2026-03-02 15:02:00.5 +01:00",
        "2026-03-02 15:02:00.5 +0100 CET",
        "2026-03-02 11:02:00.5 -0300 -03",
        "2026-03-02 14:02:00.5 +0000 UTC m=+12.345678901",
    ],
)
def test_one_instant_in_many_spellings(text):
    assert parse_instant(text) == AT


@pytest.mark.parametrize("text", ["", "soon", "2026-03-02T14:02:00 CETX", "2026-02-30T14:02:00Z"])
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(ValueError):
        parse_instant(text)
