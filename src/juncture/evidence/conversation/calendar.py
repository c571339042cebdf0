"""Finding the day and the clock of messages: from what is written, from what stands before and after, and from who asked.

Rules, in order:

- A written date is that date. `02/03` is read in the order (day or month first) that makes the text go forward and keeps it
  nearest to the day of reference; one order holds for a whole text.
- `Today`, `Yesterday` and weekdays count from the day of copying: the date given, else the day of the run.
- A time alone is on the day of the message before it. It is on the next one if it goes back by more than `BACKWARD`, for
  channels run forward; a little back is a thread shown in between.
- Times before the first day that is written are counted back from it.
- Where no day is written at all, the date given is the day of the first message. If none is given, the last message was
  written on the day of the run: a copy cannot hold the future.
- `2:04` below `2:03 PM` is the first 2:04 after that. Where no half of the day stands anywhere, and 1:03 follows on 12:58, the
  text is of a 12-hour clock, and begins in the hours when most people work.
- `3 days ago` is on that day, at a time that only the order in the text narrows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from juncture.evidence.conversation.messages import Message
from juncture.evidence.conversation.stamps import Stamp, WrittenDay

BACKWARD = dt.timedelta(hours=4)
"""How far a time may go back and still be on the same day."""
_A_LITTLE = dt.timedelta(minutes=30)
_FAR_DAYS = 20
"""By how many days one order of day and month must be nearer to the date given than the other to be beyond doubt."""
_DAY = dt.timedelta(days=1)


class Reference(NamedTuple):
    """What the caller knows: the day of copying, and the date that was given."""

    today: dt.date
    date: dt.date | None

    @property
    def copied(self) -> dt.date:
        """The day from which `Yesterday` is counted."""
        return self.date or self.today


class Placed(NamedTuple):
    """The wall-clock time of each message, and whether its day was assumed."""

    times: tuple[dt.datetime, ...]
    assumed: bool
    ambiguous_order: bool
    """Whether day and month could be read in both orders."""
    counted_back: bool = False
    """Whether days are told from the day of copying: `Yesterday`, a weekday, an age."""


def place(messages: Sequence[Message], reference: Reference) -> Placed:
    """Return when each of `messages` was written, as wall-clock time. Raises OverflowError beyond the years 1 to 9999."""
    month_first, ambiguous = _order_of_numbers(messages, reference)
    days = [_written(message, reference, month_first=month_first) for message in messages]
    days = _today_where_others_say_yesterday(messages, days, reference)
    clocks = _clocks(messages, days)
    assumed = not any(days)
    placed = _forward(clocks, days, reference.copied)
    first = next((number for number, day in enumerate(days) if day), len(days))
    if assumed and reference.date is None and placed:
        back = placed[-1].date() - reference.today
        placed = [time - back for time in placed]
    elif 0 < first < len(days) and not _begins_on(reference.date, placed, first):
        placed[:first] = _backward(clocks[:first], placed[first], separated=messages[first].day is not None)
    written = [day for message in messages for day in (message.stamp.day, message.day) if day]
    counted_back = any(day.days_ago is not None or (day.day is None and day.numbers is None) for day in written)
    return Placed(tuple(placed), assumed, ambiguous, counted_back)


def _begins_on(date: dt.date | None, placed: list[dt.datetime], first: int) -> bool:
    """Return whether the date that was given can be that of the messages before the `first` one whose day is written."""
    return date is not None and date < placed[first].date() and placed[first - 1] <= placed[first]


def _written(message: Message, reference: Reference, *, month_first: bool) -> dt.date | None:
    written = message.stamp.day or message.day
    return None if written is None else date_of(written, reference, month_first=month_first)


def date_of(written: WrittenDay, reference: Reference, *, month_first: bool) -> dt.date | None:
    """Return the date that is meant, None if there is no such day (30 February)."""
    copied = reference.copied
    if written.days_ago is not None:
        return copied - written.days_ago * _DAY
    if written.day is None and written.numbers is None and written.weekday is not None:
        return copied - ((copied.weekday() - written.weekday) % 7) * _DAY
    year, month, day = written.year, written.month, written.day
    if written.numbers:
        first, then, year = written.numbers
        month, day = (first, then) if month_first else (then, first)
    if month is None or day is None:
        return None
    if year:
        return _date(year, month, day)
    near = [found for back in (-1, 0, 1) if (found := _date(copied.year - back, month, day))]
    fitting = [found for found in near if written.weekday in (None, found.weekday())] or near
    if reference.date:
        return min(fitting, key=lambda found: abs((found - copied).days), default=None)
    past = [found for found in fitting if found <= copied + _DAY]
    return max(past) if past else min(fitting, default=None)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _order_of_numbers(messages: Sequence[Message], reference: Reference) -> tuple[bool, bool]:
    """Return whether numeric dates put the month first, and whether the text leaves that open."""
    written = [day for message in messages for day in (message.stamp.day, message.day) if day and day.numbers]
    pairs = [(day.numbers[0], day.numbers[1]) for day in written if day.numbers]
    if not pairs or all(first == then for first, then in pairs):
        return False, False
    if any(first > 12 for first, _ in pairs):
        return False, False
    if any(then > 12 for _, then in pairs):
        return True, False
    halves = any(message.stamp.half for message in messages)
    fits = {order: _fit(written, reference, month_first=order) for order in (True, False)}
    if fits[True] == fits[False]:
        return halves, True
    is_open = fits[True][0] == fits[False][0]
    if is_open and reference.date is None:
        return halves, True
    return fits[True] < fits[False], is_open and abs(fits[True][1] - fits[False][1]) < _FAR_DAYS


def _fit(written: list[WrittenDay], reference: Reference, *, month_first: bool) -> tuple[int, int]:
    """Return how badly an order of day and month fits: steps back and days of the future, then how far from the reference."""
    dates = [date_of(day, reference, month_first=month_first) for day in written]
    found = [date for date in dates if date]
    back = sum(then < first for first, then in pairwise(found))
    wrong_weekday = sum(
        day.weekday is not None and date is not None and date.weekday() != day.weekday
        for day, date in zip(written, dates, strict=True)
    )
    future = sum(date > reference.copied + _DAY for date in found) if reference.date is None else 0
    missing = len(dates) - len(found)
    far = min((abs((date - reference.copied).days) for date in found), default=0)
    return back + wrong_weekday + future + missing, far


def _today_where_others_say_yesterday(
    messages: Sequence[Message], days: list[dt.date | None], reference: Reference
) -> list[dt.date | None]:
    """Return `days` with today for named messages without a day, if the other heads name theirs and no separator does.

    Discord, Google Chat and Teams write `Yesterday at 2:32 PM` or a date for what is older, and the bare time for today.
    """
    dated = [number for number, message in enumerate(messages) if message.named and message.stamp.day]
    bare = [number for number, message in enumerate(messages) if message.named and not message.stamp.day]
    if not dated or not bare or dated[-1] > bare[0] or any(message.day for message in messages[dated[-1] + 1 : bare[0] + 1]):
        return days
    if days[dated[-1]] is None or days[dated[-1]] == reference.copied:
        return days
    if any(messages[number].stamp.second is not None for number in dated):
        return days
    filled = list(days)
    filled[bare[0]] = reference.copied
    return filled


def _clocks(messages: Sequence[Message], days: list[dt.date | None]) -> list[dt.time]:
    """Return the times of day, with the half of the day filled in where only others say it."""
    any_half = any(message.stamp.half for message in messages)
    twelve_hours = any_half or _is_of_twelve_hours(messages)
    clocks: list[dt.time] = []
    for number, message in enumerate(messages):
        stamp = message.stamp
        if stamp.vague:
            same_day = number and days[number] == days[number - 1]
            clocks.append(clocks[-1] if same_day else dt.time.min)
            continue
        if stamp.half or not twelve_hours or not 1 <= stamp.hour <= 12:
            clocks.append(clock_of(stamp))
            continue
        readings = [clock_of(stamp._replace(half=half)) for half in "ap"]
        if clocks:
            fresh = days[number] is not None and days[number] != days[number - 1]
            after = dt.time.min if fresh else clocks[-1]
            clocks.append(min(readings, key=lambda reading: _steps(after, reading)))
        elif not any_half:
            clocks.append(readings[0] if 8 <= stamp.hour < 12 else readings[1])
        else:
            following = next((other.stamp for other in messages[number + 1 :] if other.stamp.half), stamp)
            clocks.append(min(readings, key=lambda reading: _steps(reading, clock_of(following))))
    return clocks


def _is_of_twelve_hours(messages: Sequence[Message]) -> bool:
    """Return whether times without AM and PM are of a 12-hour clock: none over 12 or with a zero in front, 1 after 12."""
    stamps = [message.stamp for message in messages if not message.stamp.vague]
    if any(stamp.padded or not 1 <= stamp.hour <= 12 for stamp in stamps):
        return False
    return any(first.hour >= 11 and then.hour <= 2 for first, then in pairwise(stamps))


def is_newest_first(messages: Sequence[Message]) -> bool:
    """Return whether a text goes back in time, as lists of search results do: three steps back, and hardly one forward."""
    if any(message.day for message in messages):
        return False
    clocks = [clock_of(message.stamp) for message in messages if message.stamp.day is None and not message.stamp.vague]
    back = forward = 0
    for first, then in pairwise(clocks):
        minutes = (then.hour - first.hour) * 60 + then.minute - first.minute
        if minutes:
            is_back = minutes < 0 if abs(minutes) <= 720 else minutes > 0
            back, forward = back + is_back, forward + (not is_back)
    return back >= 3 and back > 4 * forward


def clock_of(stamp: Stamp) -> dt.time:
    """Return the time of day of a stamp on a 24-hour clock."""
    hour = stamp.hour % 12 + (12 if stamp.half == "p" else 0) if stamp.half else stamp.hour
    return dt.time(hour, stamp.minute, stamp.second or 0)


def _steps(first: dt.time, then: dt.time) -> int:
    """Return the seconds from one time of day forward to another; a few minutes back count as no step."""
    seconds = (then.hour - first.hour) * 3600 + (then.minute - first.minute) * 60 + then.second - first.second
    return seconds % 86400 if seconds < -_A_LITTLE.total_seconds() else max(0, seconds)


def _forward(clocks: list[dt.time], days: list[dt.date | None], start: dt.date) -> list[dt.datetime]:
    placed: list[dt.datetime] = []
    day = start
    for clock, written in zip(clocks, days, strict=True):
        day = written or day
        time = dt.datetime.combine(day, clock)
        if placed and written is None and placed[-1] - time > BACKWARD:
            time += _DAY
        day = time.date()
        placed.append(time)
    return placed


def _backward(clocks: list[dt.time], anchor: dt.datetime, *, separated: bool) -> list[dt.datetime]:
    """Return the times before the first day that is known, counted back from there; a separator parts two days."""
    placed: list[dt.datetime] = []
    day = anchor.date() - (_DAY if separated else dt.timedelta(0))
    following = anchor
    for clock in reversed(clocks):
        time = dt.datetime.combine(day, clock)
        if time - following > BACKWARD:
            time -= _DAY
        day, following = time.date(), time
        placed.append(time)
    return placed[::-1]
