"""What the commands that take EVIDENCE share: their options, the reading itself, and the account of it on standard error."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from msgspec import Struct

from juncture.casework.reading import UNKNOWN_FORMAT, UNKNOWN_TEXT, EvidenceReading
from juncture.cli.progress import TerminalProgress
from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.reader import Settings
from juncture.evidence.registry import installed_readers
from juncture.evidence.walk import Limits
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut, Sighting
from juncture.model.instants import Instant, parse_instant
from juncture.stores.folders import evidence_at
from juncture.stores.scratch import scratch

_SHOWN_LEFT_OUT = 12

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class InstantType(click.ParamType[Instant]):
    """T of the contract: ISO 8601 or epoch seconds."""

    name = "T"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Instant:
        """Return the instant, or fail with the sentence that says what to write."""
        if isinstance(value, dt.datetime):
            return value
        try:
            return parse_instant(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class DayType(click.ParamType[dt.date]):
    """A day, `2026-03-02`."""

    name = "D"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the day, or fail with a sentence that says what is wrong with it."""
        if isinstance(value, dt.date):
            return value
        parts = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", str(value))
        if parts is None:
            self.fail(f"{value!r} is not a day: write year-month-day, such as 2026-03-02", param, ctx)
        year, month, day = (int(part) for part in parts.groups())
        try:
            return dt.date(year, month, day)
        except ValueError:
            if not (1 <= month <= 12 and year):
                self.fail(f"{value!r} is not a day: months go from 01 to 12", param, ctx)
            days = calendar.monthrange(year, month)[1]
            self.fail(f"{value!r} is not a day: {calendar.month_name[month]} {year} has {days} days", param, ctx)


class ZoneType(click.ParamType[ZoneInfo]):
    """A zone by its IANA name, `Europe/Berlin`."""

    name = "TZ"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> ZoneInfo:
        """Return the zone, or fail saying what a zone looks like."""
        if isinstance(value, ZoneInfo):
            return value
        try:
            return ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value!r} is not a zone: write a name such as UTC, Europe/Berlin or America/New_York", param, ctx)


class Asked(Struct, frozen=True):
    """The evidence that a command was given, and how to read it."""

    evidence: tuple[str, ...]
    date: dt.date | None
    zone: ZoneInfo | None
    masked: bool


def evidence_options(command: Decorated) -> Decorated:
    """Add EVIDENCE..., `--date`, `--timezone` and `--no-mask` to a command; it gets them as `asked`."""

    def collect(
        *, evidence: tuple[str, ...], date: dt.date | None, timezone: ZoneInfo | None, no_mask: bool, **others: object
    ) -> object:
        return command(asked=Asked(evidence, date, timezone, not no_mask), **others)

    collect.__doc__ = command.__doc__
    collect.__name__ = command.__name__
    options = (
        click.argument("evidence", nargs=-1, required=True, metavar="EVIDENCE..."),
        click.option("--date", type=DayType(), help="The day of times that stand without one (pasted chat, call transcripts)."),
        click.option(
            "--timezone", type=ZoneType(), help="The zone of times that stand without one. Default: UTC, and it says so."
        ),
        click.option("--no-mask", is_flag=True, help="Keep passwords, tokens and keys as they are. Default: they are masked."),
    )
    for option in reversed(options):
        collect = option(collect)
    return cast("Decorated", collect)


def reading_of(
    asked: Asked, *, salt: bytes = b"", keep: Callable[[Sequence[Artefact]], Iterable[LeftOut] | None] | None = None
) -> EvidenceReading:
    """Return a reading of what was asked for, not yet begun."""
    return EvidenceReading(
        readers=installed_readers(),
        settings=Settings(today=dt.datetime.now(asked.zone).date(), date=asked.date, zone=asked.zone),
        mask=Mask(salt, enabled=asked.masked),
        limits=Limits(),
        scratch=scratch,
        progress=TerminalProgress(),
        keep=keep,
    )


def sightings_of(reading: EvidenceReading, asked: Asked) -> Iterable[Sighting]:
    """Yield the sightings of what was asked for. Raises BadEvidence when a named path is not there."""
    for path in asked.evidence:
        if path != "-" and not Path(path).exists():
            raise BadEvidence(path, "there is no such file or folder", "Check the name, or give - to read standard input")
    return reading.sightings(evidence_at(asked.evidence, sys.stdin.buffer))


def report(reading: EvidenceReading, *, events: int) -> int:
    """Print the account of a reading on standard error; return the exit status: 0, or 1 where something was damaged.

    Raises BadEvidence when nothing at all could be read.
    """
    if reading.empty:
        raise _nothing_read(reading.left_out)
    read = ", ".join(f"{title} ({count})" for title, count in sorted(reading.read_by.items()))
    click.echo(f"Read {read}: {reading.count:,} sightings, {events:,} events.", err=True)
    for note in dict.fromkeys(reading.notes):
        click.echo(f"{note.where}: {note.why}", err=True)
    if reading.masked:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(reading.masked.items()))
        click.echo(f"Masked {sum(reading.masked.values())} secrets: {kinds}.", err=True)
    _tell_left_out(reading.left_out)
    return 1 if reading.damaged else 0


def _nothing_read(left_out: list[LeftOut]) -> BadEvidence:
    for item in sorted(left_out, key=lambda item: not item.damaged):
        more = f" ({len(left_out) - 1} more like it)" if len(left_out) > 1 else ""
        return BadEvidence(item.where, f"{item.why.rstrip('.')}{_where_to_look(item.why)}{more}", "Nothing could be read")
    return BadEvidence("evidence", "there is nothing in it", "Give files, folders or archives, or - for standard input")


def _tell_left_out(left_out: list[LeftOut]) -> None:
    by_reason: dict[tuple[str, bool], list[LeftOut]] = {}
    for item in left_out:
        by_reason.setdefault((item.why, item.damaged), []).append(item)
    ranked = sorted(by_reason.items(), key=lambda entry: not entry[0][1])
    for (why, _), items in ranked[:_SHOWN_LEFT_OUT]:
        count = sum(item.count for item in items)
        files = len({item.where for item in items})
        more = f" and {files - 1} more places" if files > 1 else ""
        times = f" ({count:,} times)" if count > files else ""
        click.echo(f"Left out: {items[0].where}{more}: {why}{_where_to_look(why)}{times}", err=True)
    if hidden := ranked[_SHOWN_LEFT_OUT:]:
        total = Counter({"things": sum(item.count for _, items in hidden for item in items)})
        click.echo(f"Left out: {total['things']:,} more things for {len(hidden)} more reasons.", err=True)


def _where_to_look(why: str) -> str:
    return " (`juncture sources` lists what can be read)" if why in {UNKNOWN_FORMAT, UNKNOWN_TEXT} else ""
