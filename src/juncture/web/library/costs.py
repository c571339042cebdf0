"""What incidents cost: the sum of the money figures of publications, as a range, each of which opens into its postmortem.

Lows are added to lows and highs to highs. That is the widest honest range: it holds whatever the errors of the figures have
to do with one another. (Adding in squares would be narrower, and right only for independent errors; estimates that share a
method, a baseline or the price of an hour are not.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.library.models import PublishedFigure

DAYS = 90
_SIGNS = {
    "€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "EURO": "EUR", "EUROS": "EUR", "DOLLARS": "USD",
}  # fmt: skip
_NAMES = """
AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW MXN MYR NGN NOK NZD PEN PHP
PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR
"""
_CODES = frozenset(_NAMES.split())
_THOUSANDS = re.compile(r"^(?:(?P<times>k|thousand|m|million)\s+)?(?P<unit>\S+)$", re.IGNORECASE)
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


class Part(Struct, frozen=True):
    """What one postmortem adds to a sum."""

    title: str
    url: str
    currency: str
    low: float
    high: float


class Sum(Struct, frozen=True):
    """A sum of ranges in one currency, and what it is made of, the largest first."""

    currency: str
    low: float
    high: float
    parts: tuple[Part, ...]


class Cost(Struct, frozen=True):
    """What some incidents cost, a sum a currency. `not_known` of the `incidents` have no publication that names money.

    A near miss costs nothing, and is not counted among them.
    """

    sums: tuple[Sum, ...]
    not_known: int
    incidents: int


def currency_of(unit: str) -> tuple[str, float] | None:
    """Return the currency that a unit names and what it multiplies by, None where it is no money: `k EUR` is (EUR, 1000)."""
    match = _THOUSANDS.match(unit.strip())
    if match is None:
        return None
    name = match["unit"].upper()
    code = _SIGNS.get(name, name)
    return (code, _TIMES[match["times"].lower()] if match["times"] else 1.0) if code in _CODES else None


def cost_lately(viewer: Viewer, now: datetime) -> Cost | None:
    """Return what the incidents of the last 90 days cost that a viewer may see; None where there were none."""
    began = Incident.objects.visible_to(viewer).annotate(began=Coalesce("started_at", "created_at"))
    return _cost(viewer, began.filter(began__gte=now - timedelta(days=DAYS), began__lte=now))


def cost_of(viewer: Viewer, incidents: Sequence[int]) -> Cost | None:
    """Return what some incidents cost, as far as a viewer may see them; None where none of them has a publication."""
    return _cost(viewer, Incident.objects.visible_to(viewer).filter(pk__in=incidents))


def _cost(viewer: Viewer, incidents: QuerySet[Incident]) -> Cost | None:
    concerned = incidents.filter(near_miss=False).order_by()
    total = concerned.count()
    if not total:
        return None
    figures = PublishedFigure.objects.visible_to(viewer).filter(incident__in=concerned.values("pk"))
    parts: dict[tuple[str, str], Part] = {}
    known: set[int] = set()
    columns = ("unit", "low", "high", "incident", "postmortem__public_id", "title")
    for unit, low, high, incident, public_id, title in figures.values_list(*columns):
        money = currency_of(unit)
        if money is None:
            continue
        known.add(incident)
        code, times = money
        before = parts.get((code, public_id), Part(title, f"/postmortems/{public_id}/published/", code, 0.0, 0.0))
        parts[code, public_id] = msgspec.structs.replace(before, low=before.low + low * times, high=before.high + high * times)
    codes = sorted({code for code, _ in parts})
    sums = tuple(_sum(code, [part for part in parts.values() if part.currency == code]) for code in codes)
    return Cost(sums, total - len(known), total)


def _sum(code: str, parts: list[Part]) -> Sum:
    parts.sort(key=lambda part: (-part.high, part.title))
    return Sum(code, sum(part.low for part in parts), sum(part.high for part in parts), tuple(parts))
