"""Times that stand alone in a field or a column: text of any form, an epoch in any unit, a spreadsheet's day number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from juncture.evidence.reader import Settings
from juncture.evidence.stamps import Stamps
from juncture.evidence.times import Span, exact, from_wall_clock
from juncture.evidence.zone_names import zone_named
from juncture.model.evidence import Note
from juncture.model.instants import EPOCH, parse_iso

LONGEST = 200
"""Characters of the longest text that is looked at as a time."""
_UNITS = (("seconds", 1), ("milliseconds", 10**3), ("microseconds", 10**6), ("nanoseconds", 10**9))
_PLAUSIBLE_SECONDS = (631_152_000, 4_102_444_800)
"""1990 to 2100: the unit of an epoch is the one that puts most of a column between these."""
_PLAUSIBLE_DAYS = (32_874, 73_050)
"""The same as days since 1899-12-30, as spreadsheets count (ECMA-376 part 1, §18.17.4.1, 1900 date base)."""
_SPREADSHEET_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock
_SECONDS_A_DAY = 86_400
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,20})?(?:[eE][+-]?\d{1,2})?")
_DAY_ALONE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d\d)"
    r"|\d{1,2}[ -.]{1,2}[A-Za-zä]{3,9}\.?[ -]\d{4}|[A-Za-zä]{3,9} \d{1,2},? \d{4}"
)
_ZONE_IN_BRACKETS = re.compile(
    r"((?<![+\d-])\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:\s?[AaPp][Mm])?)\s*\(([A-Z]{3,5}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?)\)$"
)
_EAST_ASIAN_DAY = re.compile(r"(\d{4})[\u5e74\ub144]\s?(\d{1,2})[\u6708\uc6d4]\s?(\d{1,2})[\u65e5\uc77c]\s*")
_DOT_NET = re.compile(r"/Date\((-?\d{1,16})(?:[+-]\d{4})?\)/")
_SECONDS_AND_NANOS = {("seconds",), ("seconds", "nanos"), ("seconds", "nanoseconds")}
_NO_TIME = frozenset({"", "-", "--", "null", "none", "nil", "nan", "n/a", "na", "never", "0", "0.0", "unknown", "tbd", "?"})


class TimeField:
    """Reads the times of one field; how, is learnt from `samples`. `notes` grows with what had to be assumed.

    `zone` is the one that the field's name says (`Time (UTC)`); it comes before that of the settings.
    """

    def __init__(self, settings: Settings, where: str, samples: Iterable[object], zone: str | None = None) -> None:
        given = [sample for sample in map(_plain, samples) if sample is not None]
        numbers = [number for sample in given if (number := _number(sample)) is not None]
        self._scale = _scale(numbers) if numbers else 0
        self._days = not self._scale and bool(numbers) and _are_days(numbers)
        texts = [_with_clock(sample) for sample in given if isinstance(sample, str)]
        own = zone_named(zone) if zone else None
        self._settings = settings
        if isinstance(own, ZoneInfo):
            self._settings = Settings(settings.today, settings.date, own)
        elif zone in ("UTC", "GMT"):
            self._settings = Settings(settings.today, settings.date, ZoneInfo("UTC"))
        self._stamps = Stamps(self._settings, where, texts)

    @property
    def notes(self) -> list[Note]:
        """What was assumed so far."""
        return self._stamps.notes

    def span(self, value: object) -> Span | None:
        """Return the span that a value names, None if it is no time. Values must come in the order of the file."""
        plain = _plain(value)
        if plain is None:
            return None
        number = _number(plain)
        try:
            if number is not None and (self._scale or self._days):
                found = self._of_number(number)
            else:
                found = self._of_text(plain) if isinstance(plain, str) else None
        except (OverflowError, ValueError, InvalidOperation):
            return None
        # Go writes its zero time, the first second of the year 1, where it has none.
        return None if found is not None and found.occurred_at.year == 1 else found

    def _of_number(self, number: Decimal) -> Span | None:
        if self._days:
            microseconds = round(number * _SECONDS_A_DAY * 1000) * 1000
            local = _SPREADSHEET_EPOCH + dt.timedelta(microseconds=microseconds)
            # A day number has 15 digits: good to the millisecond, and spreadsheets show seconds.
            local = (local + dt.timedelta(milliseconds=5)).replace(microsecond=0) if local.microsecond > 994_000 else local
            width = _SECONDS_A_DAY if number == number.to_integral_value() else 1
            return from_wall_clock(local, self._stamps.zone(), width_seconds=width)
        # Several programs that write into one file need not agree on a unit.
        scale = self._scale if _fits(number, self._scale) else _scale([number])
        if not scale:
            return None
        microseconds = int(number * 1_000_000 / scale)
        instant = EPOCH + dt.timedelta(microseconds=microseconds)
        if scale == 1 and number == number.to_integral_value():
            return Span(instant, instant, instant + dt.timedelta(microseconds=999_999))
        return exact(instant)

    def _of_text(self, text: str) -> Span | None:
        whole = _with_clock(text)
        stamp = self._stamps.find(whole)
        if stamp is not None and stamp.span is not None and stamp.start == 0 and _is_end(whole[stamp.end :]):
            if whole is text:
                return stamp.span
            return stamp.span._replace(latest=stamp.span.latest + dt.timedelta(days=1) - dt.timedelta(minutes=1))
        value = parse_iso(text)
        if value.tzinfo is None:
            width = _SECONDS_A_DAY if len(text) == 8 else 1
            return from_wall_clock(value, self._stamps.zone(), width_seconds=width)
        return exact(value.astimezone(dt.UTC))


def is_day(text: str) -> bool:
    """Whether a text is a day without a time of day: `2026-05-19`, `19.05.2026`, `19 May 2026`."""
    return _DAY_ALONE.fullmatch(text.strip()) is not None


def is_time(value: object) -> bool:
    """Whether a value alone looks like a time: a full date and time as text, or a plausible epoch."""
    plain = _plain(value)
    if plain is None:
        return False
    number = _number(plain)
    if number is not None:
        return bool(_scale([number]))
    if not isinstance(plain, str):
        return False
    field = TimeField(_ANY_DAY, "", [plain])
    return any(char.isdigit() for char in plain) and field.span(plain) is not None


def is_seconds_and_nanos(value: dict[str, object]) -> bool:
    """Whether an object is a time as protocol buffers write it: `{"seconds": 1772460300, "nanos": 5000000}`."""
    names = tuple(name.lstrip("_") for name in value)
    parts = list(value.values())
    return names in _SECONDS_AND_NANOS and all(isinstance(part, int) and not isinstance(part, bool) for part in parts)


def _plain(value: object) -> str | int | float | None:
    """Return the text or number in a value, which may be wrapped as MongoDB and .NET do; None for what stands for nothing."""
    if isinstance(value, dict):
        if is_seconds_and_nanos(value):
            seconds, *nanos = value.values()
            return f"{seconds}.{nanos[0] if nanos else 0:09d}"
        inner = next((value[key] for key in ("$date", "$numberLong", "value", "iso", "seconds") if key in value), None)
        return None if isinstance(inner, dict) and "$numberLong" not in inner else _plain(inner)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str):
        if len(value) > LONGEST:
            return None
        text = value.strip(" \t\r\n\x00\xa0\"'")
        if match := _DOT_NET.fullmatch(text):
            return int(match[1])
        return None if text.lower() in _NO_TIME else text
    return value or None


def _number(value: str | float) -> Decimal | None:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    try:
        number = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**20 else None


def _scale(numbers: list[Decimal]) -> int:
    """Return how many units a second has, 0 if none puts a number into plausible years."""
    fits = [(sum(_fits(number, scale) for number in numbers), scale) for _, scale in _UNITS]
    if sum(count for count, _ in fits) * 2 <= len(numbers):
        return 0
    return max(fits, key=lambda item: item[0])[1]


def _fits(number: Decimal, scale: int) -> bool:
    low, high = _PLAUSIBLE_SECONDS
    return low * scale <= number <= high * scale


def _are_days(numbers: list[Decimal]) -> bool:
    low, high = _PLAUSIBLE_DAYS
    return sum(low <= number <= high for number in numbers) == len(numbers)


def _with_clock(text: str) -> str:
    """Return a day alone as its first minute, and a time as the stamps of logs write it."""
    text = _ZONE_IN_BRACKETS.sub(r"\1 \2", text) if text.endswith(")") else text
    text = _EAST_ASIAN_DAY.sub(r"\1-\2-\3 ", text).strip() if "\u65e5" in text or "\uc77c" in text else text
    return f"{text} 00:00" if _DAY_ALONE.fullmatch(text) else text


def _is_end(rest: str) -> bool:
    """Whether nothing that matters follows: blanks, a comment on the zone."""
    return not rest.strip(" \t)]\"'.") or (rest.lstrip().startswith("(") and rest.rstrip().endswith(")"))


_ANY_DAY = Settings(today=dt.date(2000, 1, 1))
