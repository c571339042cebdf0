"""Figures as people read them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def amount(value: float) -> str:
    """Return an amount in three figures: `940`, `12,300`, `1.24 million`."""
    size = abs(value)
    if size < 1000:
        return f"{value:.3g}"
    if size < 999_500:
        step = 10 if size < 9_995 else 100 if size < 99_950 else 1000
        return f"{round(value / step) * step:,.0f}"
    billions = size >= 999_500_000
    return f"{value / (1e9 if billions else 1e6):.3g} {'billion' if billions else 'million'}"
