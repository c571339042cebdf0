"""Typed lines: `- [ ] @ana add lock_timeout by Friday #prevent !P1 DB-123` is an action, with all that it says.

What cannot be understood stays in the title, and a note says what to write instead. Days count from `today`, which is the
day in the zone of whoever types.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from msgspec import Struct

from juncture.model.record import ActionKind

_TASK = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[(?P<done>[ xX])\]\s+(?P<rest>\S.*?)\s*")
_MARKS = re.compile(r"\s*(?:\[\^[^\]\s]+\])+")
_OWNER = re.compile(r"(?<![\w@.])@(?P<owner>[\w][\w.+-]*(?:@[\w.-]+\.\w+)?)(?=[\s,;:.]|$)")
_KIND = re.compile(r"(?<!\S)#(?P<kind>[a-z]+)(?=[\s,;.]|$)", re.IGNORECASE)
_PRIORITY = re.compile(r"(?<!\S)!(?P<priority>[Pp]?\d|high|medium|low|urgent)(?=[\s,;.]|$)", re.IGNORECASE)
_URL = re.compile(r"(?<!\S)https?://[^\s<>]+[^\s<>.,;)]")
_TICKET = re.compile(r"(?<![\w-])\(?(?P<ticket>[A-Z][A-Z0-9]{1,9}-\d{1,7})\)?(?![\w-])")
_NO_TICKET = re.compile(r"(?:UTF|SHA|ISO|RFC|TLS|HTTP|CVE|AES|UTC|GMT|MD)-\d+")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(name.lower() for name in calendar.month_name)
_MONTH = "|".join((*_MONTHS[1:], *(name[:3] for name in _MONTHS[1:]), "sept"))
_DAY = "|".join((*_WEEKDAYS, *(name[:3] for name in _WEEKDAYS), "tues", "thur", "thurs"))
_DUE = re.compile(
    r"(?<!\S)(?:(?:by|due|until|before|on)\s+(?:the\s+)?(?:"
    r"(?P<iso>\d{4}-\d\d-\d\d)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\.?(?:,?\s+(?P<year>\d{{4}}))?"
    rf"|(?P<month2>{_MONTH})\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year2>\d{{4}}))?"
    rf"|(?P<next>next\s+)?(?P<weekday>{_DAY})"
    r"|(?P<word>today|tomorrow|tonight|(?:the\s+)?end\s+of\s+(?:the\s+)?(?:week|month|year)|next\s+week|next\s+month|eow|eom|eoy)"
    r")|in\s+(?P<count>\d{1,3}|a|an|one|two|three|four|six)\s+(?P<unit>day|week|month)s?)(?=[\s,;.]|$)",
    re.IGNORECASE,
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}


class TypedAction(Struct, frozen=True):
    """What a typed line says of an action; None for what it does not say. `notes` tell what was not understood, and why."""

    title: str
    owner: str | None = None
    due: dt.date | None = None
    kind: ActionKind | None = None
    priority: str | None = None
    ticket: str | None = None
    done: bool = False
    notes: tuple[str, ...] = ()


def read_typed_line(line: str, today: dt.date) -> TypedAction | None:
    """Return the action that a line of Markdown is, None for a line that is no task."""
    task = _TASK.fullmatch(line)
    return None if task is None else _read(task["rest"], today, done=task["done"] != " ")


def read_sentence(text: str, today: dt.date) -> TypedAction:
    """Return the action that a sentence speaks of: the same marks count, though it is no task of Markdown."""
    line = " ".join(text.split())
    task = _TASK.fullmatch(line)
    return _read(line, today, done=False) if task is None else _read(task["rest"], today, done=task["done"] != " ")


def _read(text: str, today: dt.date, *, done: bool) -> TypedAction:
    rest = _MARKS.sub("", text)
    notes: list[str] = []
    ticket, rest = _taken(_URL, rest)
    if ticket is None:
        found = next((one for one in _TICKET.finditer(rest) if not _NO_TICKET.fullmatch(one["ticket"])), None)
        if found:
            ticket, rest = found["ticket"], _without(rest, found)
    owner = _OWNER.search(rest)
    rest = _without(rest, owner) if owner else rest
    priority = _PRIORITY.search(rest)
    rest = _without(rest, priority) if priority else rest
    kind = None
    for one in _KIND.finditer(rest):
        if one["kind"].lower() in set(ActionKind):
            kind, rest = ActionKind(one["kind"].lower()), _without(rest, one)
            break
        notes.append(f"#{one['kind']} is no kind of action: {', '.join(ActionKind)}.")
    due = None
    for one in reversed(list(_DUE.finditer(rest))):
        try:
            due = _day(one, today)
        except ValueError as error:
            notes.append(str(error))
            continue
        rest = _without(rest, one)
        break
    title = re.sub(r"\s+([,;:.])", r"\1", " ".join(rest.split())).strip(" ,;:\u2013\u2014-")
    return TypedAction(
        title or " ".join(text.split()),
        owner["owner"].rstrip(".") if owner else None,
        due,
        kind,
        priority["priority"].upper() if priority and priority["priority"][-1].isdecimal() else _said(priority),
        ticket,
        done,
        tuple(notes),
    )


def _said(priority: re.Match[str] | None) -> str | None:
    return priority["priority"].lower() if priority else None


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str | None, str]:
    found = pattern.search(text)
    return (found[0], _without(text, found)) if found else (None, text)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _day(found: re.Match[str], today: dt.date) -> dt.date:
    """Return the day that a match names. Raises ValueError with a sentence where there is no such day."""
    if found["iso"]:
        try:
            return dt.date.fromisoformat(found["iso"])
        except ValueError:
            raise ValueError(f"There is no day {found['iso']}.") from None
    if found["weekday"]:
        return _weekday(found["weekday"].lower(), today, following=bool(found["next"]))
    if found["count"]:
        return _later(found["count"].lower(), found["unit"].lower(), today)
    if found["word"]:
        return _word(" ".join(found["word"].lower().replace("the ", "").split()), today)
    month = next(
        number
        for number, name in enumerate(_MONTHS)
        if name and name.startswith((found["month"] or found["month2"]).lower()[:3])
    )
    number = int(found["day"] or found["day2"])
    year = found["year"] or found["year2"]
    first = int(year) if year else today.year
    last = calendar.monthrange(first, month)[1] if 1 <= first <= 9999 else 0
    if not 1 <= number <= last:
        raise ValueError(f"{calendar.month_name[month]} {first} has {last} days.")
    day = dt.date(first, month, number)
    return day if year or day >= today or (month == 2 and number == 29) else day.replace(year=first + 1)


def _weekday(name: str, today: dt.date, *, following: bool) -> dt.date:
    number = next(n for n, each in enumerate(_WEEKDAYS) if each.startswith(name[:3]))
    ahead = (number - today.weekday()) % 7 or 7
    if following and today.weekday() + ahead < 7:
        ahead += 7
    return today + dt.timedelta(days=ahead)


def _later(count: str, unit: str, today: dt.date) -> dt.date:
    number = _COUNTS.get(count) or int(count)
    if unit == "month":
        return _months(today, number)
    return today + dt.timedelta(days=number * (7 if unit == "week" else 1))


def _months(today: dt.date, number: int) -> dt.date:
    year, month = divmod(today.year * 12 + today.month - 1 + number, 12)
    return dt.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _word(word: str, today: dt.date) -> dt.date:
    if word in {"today", "tonight"}:
        return today
    if word == "tomorrow":
        return today + dt.timedelta(days=1)
    if word in {"end of week", "eow"}:
        return today + dt.timedelta(days=(4 - today.weekday()) % 7)
    if word in {"end of month", "eom"}:
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    if word in {"end of year", "eoy"}:
        return today.replace(month=12, day=31)
    if word == "next week":
        return today + dt.timedelta(days=11 - today.weekday())
    return _months(today.replace(day=1), 2) - dt.timedelta(days=1)
