"""What a metric's name tells about its values: whether it counts, and in which unit it is measured.

Prometheus' conventions for names (https://prometheus.io/docs/practices/naming/): base units as the last word before `_total`,
counters end in `_total`, `_count` or `_sum`.
"""

from __future__ import annotations

import re
from math import isfinite

from juncture.model.instants import duration_text

COUNTER_ENDINGS = ("_total", "_count", "_sum")

_SPACE = "\N{NO-BREAK SPACE}"
_WORDS = re.compile(r"[a-zA-Z]+")
_RATES = frozenset({"rate", "irate"})
_TIME = {
    "seconds": 1.0,
    "second": 1.0,
    "milliseconds": 0.001,
    "millis": 0.001,
    "ms": 0.001,
    "microseconds": 1e-6,
    "minutes": 60.0,
}
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def is_counter(metric: str) -> bool:
    """Return whether a name is that of a counter; the buckets of a histogram are counters too."""
    return metric.endswith((*COUNTER_ENDINGS, "_bucket"))


def value_text(metric: str, value: float, *, per_second: bool = False) -> str:
    """Return a value as a person says it, in the unit that the metric's name tells: `153 ms`, `1.5 GiB`, `80 %`, `2.4/s`.

    `per_second` is true of the rate of a counter.
    """
    words = [word.lower() for word in _WORDS.findall(metric)]
    per_second = per_second or bool(_RATES & set(words)) or "per_second" in metric
    counted = words[:-1] if metric.endswith(COUNTER_ENDINGS) else words
    scale = next((_TIME[word] for word in reversed(counted) if word in _TIME), None)
    if scale is not None and "per" not in words:
        # Seconds gained per second are a share of time: a busy processor, the mean number of requests in flight.
        return f"{_plain(value * scale)}{_SPACE}s/s" if per_second else _time_text(value * scale)
    if "bytes" in words:
        return _size_text(value) + ("/s" if per_second else "")
    if "percent" in words or "percentage" in words:
        return f"{_plain(value)}{_SPACE}%"
    if any(word.startswith("ratio") for word in words) and abs(value) <= 1:
        return f"{_plain(value * 100)}{_SPACE}%"
    return _plain(value) + ("/s" if per_second else "")


def _time_text(seconds: float) -> str:
    if abs(seconds) >= 120:
        return duration_text(seconds)
    if abs(seconds) >= 1 or not seconds:
        return f"{_plain(seconds)}{_SPACE}s"
    return f"{_plain(seconds * 1000)}{_SPACE}ms" if abs(seconds) >= 0.001 else f"{_plain(seconds * 1e6)}{_SPACE}µs"


def _size_text(size: float) -> str:
    step = 0
    while abs(size) >= 1024 and step < len(_SIZES) - 1:
        size, step = size / 1024, step + 1
    return f"{_plain(size)}{_SPACE}{_SIZES[step]}"


def _plain(value: float) -> str:
    """Return three digits that count, no exponent for what people can read, thousands parted."""
    if not isfinite(value):
        return str(value)
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-6:
        return f"{value:.3g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    text = f"{float(f'{value:.3g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
