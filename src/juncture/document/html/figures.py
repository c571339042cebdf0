"""Numbers as a reader is told them: no more digits than they are worth, and never parted from their unit."""

from __future__ import annotations

import math
import sys

from juncture.model.record import Figure
from juncture.text.markup import Markup, element

_NO_SPACE_BEFORE = frozenset({"°"})
_CURRENCIES = frozenset("€$£¥")
_FULL = 86.0
"""Where the upper end of a range stands, in percent of the track that starts at zero."""


def number(value: float, *, fineness: float | None = None) -> str:
    """Return a number with thousands marked. `fineness` is the size that differences have; it sets the digits."""
    if not math.isfinite(value):
        return "not a number"
    if not fineness or not math.isfinite(fineness):
        fineness = None
    size = abs(value) if fineness is None else min(abs(value) or fineness, fineness)
    digits = 0 if size >= 10 or value == round(value) else (1 if size >= 1 else min(6, 1 - math.floor(math.log10(size or 1))))
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def figure_text(figure: Figure) -> str:
    """Return a range with its unit, or one number where the figure is exact."""
    if figure.low == figure.high:
        return with_unit(number(figure.mid), figure.unit)
    fineness = abs(figure.high - figure.low)
    low, high = number(figure.low, fineness=fineness), number(figure.high, fineness=fineness)
    between = "\N{EN DASH}" if figure.low >= 0 else " to "
    return with_unit(f"{low}{between}{high}", figure.unit)


def with_unit(text: str, unit: str) -> str:
    """Return a number with its unit, which never stand on two lines."""
    if not unit:
        return text
    if unit[0] in _CURRENCIES and len(unit) == 1:
        return f"{unit}\N{NO-BREAK SPACE}{text}"
    return f"{text}{unit}" if unit in _NO_SPACE_BEFORE else f"{text}\N{NO-BREAK SPACE}{unit}"


def range_bar(figure: Figure) -> Markup | None:
    """Return a range as a band with its middle, drawn from zero; None where it is exact or has no size."""
    values = sorted((figure.low, figure.mid, figure.high))
    least, most = min(0.0, values[0]), max(0.0, values[-1])
    if figure.low == figure.high or not math.isfinite(most - least) or most - least < sys.float_info.min:
        return None
    low, mid, high, zero = (_FULL * (value - least) / (most - least) for value in (*values, 0.0))
    return element(
        "svg",
        element("rect", class_="range-track", y=9.5, width="100%", height=1),
        element("rect", class_="range-track", x=f"{zero:.2f}%", y=5, width=1, height=10),
        element("rect", class_="range-band", x=f"{low:.2f}%", y=4, width=f"{high - low:.2f}%", height=12, rx=1),
        element("rect", class_="range-mid", x=f"{mid:.2f}%", y=1, width=2, height=18),
        role="img",
        aria_label=f"{figure_text(figure)}, middle {number(figure.mid, fineness=abs(figure.high - figure.low))}",
        class_="range",
    )
