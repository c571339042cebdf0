"""Times as chat windows write them: `2:32 PM`, `Yesterday at 14:05`, `02.03.2026 14:05:11`, `Mar 2nd at 2:32 PM`.

A stamp is read as it is written; what it leaves out (day, half of the day, zone, order of day and month) is found later, from
the whole conversation, in `calendar`.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from juncture.evidence.conversation.words import alternatives, words


class WrittenDay(NamedTuple):
    """A day as written. One group of fields is filled: `numbers`, or `day` with `month`, or `days_ago`, or `weekday` alone."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    numbers: tuple[int, int, int | None] | None = None
    """Day and month in an order that the text does not tell, and the year."""
    days_ago: int | None = None
    weekday: int | None = None
    """0 is Monday; beside `day` and `month` it says which year is meant."""


class Stamp(NamedTuple):
    """A time of day as written, with its day if that is written too."""

    hour: int
    minute: int
    second: int | None = None
    half: str = ""
    """`a`, `p`, or empty where the text says neither: a 24-hour clock, or the half is that of the message above."""
    day: WrittenDay | None = None
    zone: str | None = None
    padded: bool = False
    """Whether an hour below 10 has a zero before it, as 24-hour clocks write."""
    vague: bool = False
    """Only the day is told, and even that in words (`3 days ago`): `hour` and `minute` mean nothing."""

    @property
    def style(self) -> str:
        """What is the same for all stamps that one program writes."""
        return f"{'12' if self.half else '24'}{'' if self.second is None else 's'}"


_MONTHS = alternatives(words().months)
_WEEKDAYS = alternatives(words().weekdays)
_LONE_WEEKDAYS = alternatives(words().lone_weekdays)
_RELATIVE = alternatives(words().days_ago)
_JOINTS = alternatives(words().joints)
_ZONES = (
    r"(?-i:(?:UTC|GMT)(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|Z|[+-]\d\d:?\d\d|CES?T|MES?Z|EES?T|WES?T|E[SD]T|C[SD]T|M[SD]T|P[SD]T|BST"
    r"|JST|KST|SGT|HKT|A[EW][SD]T|NZ[SD]T|MSK)"
)
_TIME = (
    r"(?:(?P<half_before>上午|下午|午前|午後|오전|오후)\s?)?(?P<hour>[01]?\d|2[0-4])(?P<mark_of_time>[:h.\uff1a]|\sh\s)(?P<minute>[0-5]\d)"
    r"(?:[:.](?P<second>[0-5]\d|60)(?:[.,]\d{1,9})?)?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?(?P<clock>\sUhr)?"
    rf"(?:\s?\(?(?P<zone>{_ZONES})\)?)?(?!\w|:\w)"
)
_YEAR = r"(?:19|20)\d\d"
_FULL_DAY = (
    r"(?:(?P<iso_year>\d{4})[-/.](?P<iso_month>\d{1,2})[-/.](?P<iso_day>\d{1,2})"
    rf"|(?:(?P<weekday_of_numbers>{_WEEKDAYS})[.,]{{0,2}}\s)?"
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<then>\d{1,2})(?:(?P=mark)(?P<last>\d{4}|\d\d(?!\d|:))?)?"
    rf"|(?:(?P<weekday_of_month>{_WEEKDAYS})[.,]{{0,2}}\s+)?"
    rf"(?:(?P<month_first>{_MONTHS})\.?\s+(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year_after>{_YEAR}))?"
    rf"|(?P<day_first>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s-](?:de\s|of\s)?(?P<month_after>{_MONTHS})\.?"
    rf"(?:,?[\s-](?:de\s)?(?P<year_last>{_YEAR}))?)"
    r"|(?:(?P<cjk_year>\d{4})[年년]\s?)?(?P<cjk_month>\d{1,2})[月월]\s?(?P<cjk_day>\d{1,2})[日일](?:\s?[（(].[）)])?)"  # noqa: RUF001
)
_JOINT = rf"(?:T|\s*,?\s*(?:(?:{_JOINTS})\s*)?(?:\s|(?<=,)|(?<=[–·•]))|(?<=[日일]))"  # noqa: RUF001
_DAY_BEFORE = (
    rf"(?:{_FULL_DAY}{_JOINT}|(?P<relative>{_RELATIVE})(?:,?\s(?:(?:{_JOINTS})\s)?|(?=[上下午오\d]))"
    rf"|(?:last\s)?(?P<weekday>{_LONE_WEEKDAYS})\.?,?\s(?:(?:{_JOINTS})\s)?)?"
)
_DAY_THEN_TIME = rf"{_DAY_BEFORE}{_TIME}(?:\s(?P<late_year>{_YEAR})(?![\d:]))?"
_TIME_THEN_DAY = rf"{_TIME}(?:\s?[,·•–-]\s?|\s(?:on\s)?)(?:{_FULL_DAY}|(?P<relative>{_RELATIVE}))(?![\w/])"  # noqa: RUF001
_STARTS_HERE = (
    r"(?:(?<![\w:/.+-])|(?<=\w)(?=(?-i:Today|Yesterday)\sat\s)|(?<=[^\W\d_])(?=\d{1,2}/\d{1,2}/\d{4}\s)"
    r"|(?<=[^\W\d_])(?=\d{1,2}:\d\d\s(?-i:[AP]M)\W*$))"
)

_BEFORE = re.compile(_DAY_THEN_TIME, re.IGNORECASE)
_AFTER = re.compile(_TIME_THEN_DAY, re.IGNORECASE)
_ENDING = tuple(re.compile(rf"{_STARTS_HERE}{pattern}$", re.IGNORECASE) for pattern in (_TIME_THEN_DAY, _DAY_THEN_TIME))
_SENTENCE = re.compile(rf"(?<!\w){_DAY_THEN_TIME}", re.IGNORECASE)
_DAY = re.compile(rf"(?:{_FULL_DAY}|(?P<relative>{_RELATIVE})|(?P<weekday>{_LONE_WEEKDAYS}))", re.IGNORECASE)
_DAY_IN_TEXT = re.compile(rf"(?<![\w./-])(?:{_FULL_DAY}|(?P<relative>(?!))|(?P<weekday>(?!)))(?![\w/-])", re.IGNORECASE)
_RELATIVE_AND_DAY = re.compile(rf"(?:{_RELATIVE})[\s,-]+(?={_FULL_DAY}$)", re.IGNORECASE)
_SURNAME = re.compile(rf"(?:{_LONE_WEEKDAYS}),\s", re.IGNORECASE)
_PERHAPS = re.compile(r"\d(?:[:h.：]|\sh\s)\d\d|\bago\b|\bnow\s*$", re.IGNORECASE)  # noqa: RUF001
_AGO = re.compile(
    r"(?:(?P<few>just now|now|moments? ago|a few (?:seconds|minutes) ago)"
    r"|(?:about |over |almost )?(?P<count>\d{1,3}|an?|one) (?P<unit>sec(?:ond)?|min(?:ute)?|hour|day|week|month|year)s? ago)",
    re.IGNORECASE,
)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_LONGEST = 64
"""Characters of the longest stamp: `Wednesday, September 23rd, 2026 at 12:32:11 p. m. UTC+05:30` has 58."""
_AFTERNOON = frozenset(["下午", "午後", "오후"])


def has_time(text: str) -> bool:
    """Return whether anything in `text` looks like a time of day; a quick test before a slow one."""
    return _PERHAPS.search(text) is not None


@lru_cache(maxsize=8192)
def whole_stamp(text: str) -> Stamp | None:
    """Return the stamp that `text` is and nothing else."""
    if len(text) > _LONGEST:
        return None
    for pattern in (_AFTER, _BEFORE):
        if match := pattern.fullmatch(text):
            return _stamp(match)
    ago = _AGO.fullmatch(text)
    if not ago:
        return None
    number = int(ago["count"]) if (ago["count"] or "").isdigit() else 1
    days = 0 if ago["few"] else number * _DAYS.get(ago["unit"].lower(), 0)
    return Stamp(0, 0, day=WrittenDay(days_ago=days), vague=True)


def stamp_at_start(text: str) -> tuple[Stamp, str] | None:
    """Return the stamp that `text` begins with, and what follows it."""
    for pattern in (_AFTER, _BEFORE):
        match = pattern.match(text, 0, _LONGEST)
        if match and (stamp := _stamp(match)):
            return stamp, text[match.end() :]
    return None


def stamp_at_end(text: str) -> tuple[str, Stamp] | None:
    """Return what stands before the stamp that `text` ends with, and the stamp."""
    if not has_time(text[-_LONGEST:]):
        return None
    for pattern in _ENDING:
        match = pattern.search(text, max(0, len(text) - _LONGEST))
        if match and (stamp := _stamp(match)):
            return _with_surname(text[: match.start()], text[match.start() :]) or (text[: match.start()], stamp)
    return None


def stamp_within(text: str) -> tuple[str, Stamp, str] | None:
    """Return the first stamp with a day in a sentence, with what stands before and after it."""
    for match in _SENTENCE.finditer(text[: 4 * _LONGEST]):
        stamp = _stamp(match)
        if stamp and stamp.day:
            return text[: match.start()], stamp, text[match.end() :]
    return None


def _with_surname(before: str, text: str) -> tuple[str, Stamp] | None:
    """Return the split of `Grace Sunday, 2:44 AM` behind the surname: a weekday that follows a blank and precedes a comma."""
    surname = _SURNAME.match(text)
    if not surname or not before.endswith(" ") or not before.strip(" ,") or before.rstrip().endswith((",", "—", "-")):
        return None
    stamp = whole_stamp(text[surname.end() :].strip())
    return (before + surname[0], stamp) if stamp else None


def written_day(text: str) -> WrittenDay | None:
    """Return the day that `text` is and nothing else: `Monday, March 2nd`, `Today March 2nd, 2026`, `Yesterday`."""
    if len(text) > _LONGEST:
        return None
    match = _DAY.fullmatch(_RELATIVE_AND_DAY.sub("", text))
    return _day(match.groupdict()) if match else None


def day_within(text: str) -> dt.date | None:
    """Return the one day that a text names with its year and leaves no doubt about: `Notes of the call, 2 March 2026`."""
    days = set()
    for match in _DAY_IN_TEXT.finditer(text[: 16 * _LONGEST]):
        day = _day(match.groupdict())
        if day and day.year and day.month and day.day:
            with suppress(ValueError):
                days.add(dt.date(day.year, day.month, day.day))
    return days.pop() if len(days) == 1 else None


def _stamp(match: re.Match[str]) -> Stamp | None:
    found = match.groupdict()
    day = _day(found)
    if day is not None and found.get("late_year") and day.year is None:
        day = day._replace(year=int(found["late_year"]))
    elif found.get("late_year"):
        return None
    half = (found["half"] or "").lower() or _half_before(found["half_before"])
    if found["mark_of_time"] == "." and not (day or half or found["clock"]):
        return None
    hour = int(found["hour"])
    if half and not 1 <= hour <= 12:
        half = ""
    second = None if found["second"] is None else min(59, int(found["second"]))
    return Stamp(
        0 if hour == 24 else hour, int(found["minute"]), second, half, day, found["zone"], padded=found["hour"].startswith("0")
    )


def _half_before(word: str | None) -> str:
    return "" if word is None else "p" if word in _AFTERNOON else "a"


def _day(found: dict[str, str | None]) -> WrittenDay | None:
    word = found.get("relative") or found.get("weekday")
    if found.get("relative") and word:
        return WrittenDay(days_ago=words().days_ago[word.lower()])
    if word:
        return WrittenDay(weekday=words().weekdays[word.lower()])
    weekday = _weekday(found)
    for year, month, day in (("iso_year", "iso_month", "iso_day"), ("cjk_year", "cjk_month", "cjk_day")):
        if found[day]:
            return _checked(_number(found[year]), _number(found[month]), _number(found[day]), weekday)
    if found["month_first"]:
        return _checked(_number(found["year_after"]), _month(found["month_first"]), _number(found["day_after"]), weekday)
    if found["month_after"]:
        return _checked(_number(found["year_last"]), _month(found["month_after"]), _number(found["day_first"]), weekday)
    return _numeric_day(found, weekday)


def _numeric_day(found: dict[str, str | None], weekday: int | None) -> WrittenDay | None:
    first, then, last = _number(found["first"]), _number(found["then"]), _number(found["last"])
    if first is None or then is None or (last is None and found["mark"] == "-"):
        return None
    if last is not None and last < 100:
        last += 2000
    if found["mark"] == "." and 1 <= then <= 12:
        return _checked(last, then, first, weekday)
    if not (1 <= first <= 31 and 1 <= then <= 31 and min(first, then) <= 12):
        return None
    return WrittenDay(numbers=(first, then, last), weekday=weekday)


def _checked(year: int | None, month: int | None, day: int | None, weekday: int | None) -> WrittenDay | None:
    if month is None or day is None or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return WrittenDay(year=year, month=month, day=day, weekday=weekday)


def _weekday(found: dict[str, str | None]) -> int | None:
    word = found.get("weekday_of_month") or found.get("weekday_of_numbers")
    return words().weekdays[word.lower()] if word else None


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _month(text: str | None) -> int | None:
    return None if text is None else words().months[text.lower()]
