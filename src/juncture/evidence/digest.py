"""What a log of any size amounts to: its entries one by one while they are few, else what is new, unusual or rare in it.

Of many lines of one shape an event is made when they first come, when they come back after a pause, when they come in a burst,
and when a regular one stops. Changes and rare lines stay events of their own. Nothing is dropped: each event counts its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from juncture.evidence.artefact import Artefact
from juncture.evidence.bursts import Rhythm, Stretch, joined
from juncture.evidence.log_record import BAD_LEVELS, LogRecord, kind_and_lane, place_of, sighting_of
from juncture.evidence.log_words import TROUBLE, says
from juncture.evidence.reader import Found
from juncture.evidence.templates import Miner, Template
from juncture.evidence.times import Span
from juncture.model.evidence import Kind, Lane, LeftOut, LogDetails, Sighting
from juncture.model.identity import Occurrences
from juncture.model.instants import EPOCH, Instant, clock_time, duration_text, from_epoch

LOG_ENTRIES_EACH = 200
"""Log entries up to which each is an event: as many as a person reads through."""
RECORDS_EACH = 5000
"""The same for rows and objects that are no log lines: somebody chose to write each of them."""
RARE = 5
"""Entries of one template up to which each is an event, in a file of any size."""
KEPT = 10
"""Entries of one template that are held, and up to which changes and slow repetitions are events one by one."""
SLOW_SECONDS = 60
"""Spacing from which a repetition is slow: a nightly job, an hourly report."""
EVENTS_LIMIT = 1000
"""Events of one file; of a file that has more, those that matter least are counted only."""
FILE_SILENCES_LIMIT = 50

_LAST_SECOND = 253_402_300_799
"""Of the year 9999; a float's nearest may lie beyond it."""

_LEVEL_WEIGHT = {"fatal": 5, "error": 4, "warning": 3, "info": 1, "debug": 0}


class _Entries:
    """What is held of one template."""

    __slots__ = ("kept", "meaning", "rhythm")

    def __init__(self) -> None:
        self.rhythm: Rhythm[LogRecord] | None = None
        self.kept: list[LogRecord] = []
        self.meaning: str | None = None


class _Made(NamedTuple):
    weight: int
    entries: int
    sighting: Sighting


class Digest:
    """Takes the entries of one artefact in their order, and gives the sightings that they amount to."""

    def __init__(self, source: str, artefact: Artefact, *, each_up_to: int = LOG_ENTRIES_EACH) -> None:
        self._source = source
        self._artefact = artefact
        self._each_up_to = each_up_to
        self._waiting: list[LogRecord] | None = []
        self._ids = Occurrences(source)
        self._miner: Miner[_Entries] = Miner(_Entries, _join)
        self._began_at = 0.0
        self._latest = 0.0
        self._longest_gap = 0.0
        self._count = 0
        self._file_silences: list[tuple[float, float]] = []
        self._made: list[_Made] = []
        self._too_many = 0
        self._stamp: Instant | None = None
        self._same = 0

    def add(self, record: LogRecord) -> None:
        """Take the next entry."""
        record = self._in_order(record)
        if self._waiting is None:
            self._mine(record)
            return
        self._waiting.append(record)
        if len(self._waiting) > self._each_up_to:
            waiting, self._waiting = self._waiting, None
            for held in waiting:
                self._mine(held)

    def finish(self) -> Iterator[Found]:
        """Yield what there is to say, once all entries were taken."""
        if self._waiting is not None:
            for record in self._waiting:
                yield sighting_of(record, self._source, self._artefact, self._ids.id_of(record.raw))
            return
        for template in self._miner.templates():
            self._close(template)
        self._trim()
        yield from (made.sighting for made in sorted(self._made, key=lambda item: item.sighting.occurred_at))
        if self._too_many:
            yield LeftOut(
                self._artefact.at(""),
                f"lines of little weight in a log with more than {EVENTS_LIMIT} kinds of them; split it by time to see more",
                count=self._too_many,
            )

    def _in_order(self, record: LogRecord) -> LogRecord:
        """Return an entry of the same second or minute as the one before a microsecond later, well within its stamp.

        So that they stay in the order in which they were written.
        """
        span = record.span
        if span.occurred_at != self._stamp or span.latest == span.earliest:
            self._stamp, self._same = span.occurred_at, 0
            return record
        self._same += 1
        at = min(span.occurred_at + timedelta(microseconds=self._same), span.latest)
        known_at = at if record.known_at == span.occurred_at else record.known_at
        return replace(record, span=span._replace(occurred_at=at), known_at=known_at)

    def _mine(self, record: LogRecord) -> None:
        at = _seconds(record)
        self._follow(at)
        template = self._miner.add(record.message, record.level or "")
        entries = template.state
        if entries.rhythm is None:
            entries.meaning = says(record.message)
            bad = record.level in BAD_LEVELS or entries.meaning == TROUBLE
            entries.rhythm = Rhythm(self._began_at, bad=bad)
        entries.rhythm.add(at, record)
        if len(entries.kept) < KEPT:
            entries.kept.append(record)
        if self._miner.evicted:
            for evicted in self._miner.evicted:
                self._close(evicted)
            self._miner.evicted.clear()
            if len(self._made) > 2 * EVENTS_LIMIT:
                self._trim()

    def _follow(self, at: float) -> None:
        """Keep the file's own clock: where it begins, how far it is, and where it says nothing at all."""
        if not self._count:
            self._began_at = self._latest = at
        gap = at - self._latest
        if gap > 60 and gap > 10 * self._longest_gap and len(self._file_silences) < FILE_SILENCES_LIMIT:
            self._file_silences.append((self._latest, at))
        if gap > 0:
            self._longest_gap = max(gap, self._longest_gap)
            self._latest = at
        self._count += 1

    def _close(self, template: Template[_Entries]) -> None:
        """Make the events of one template."""
        entries = template.state
        rhythm = entries.rhythm
        if rhythm is None:
            return
        rhythm.finish(self._latest)
        changes = entries.meaning not in (None, TROUBLE)
        slow = rhythm.count <= KEPT and _spacing(rhythm) >= SLOW_SECONDS
        if rhythm.count <= RARE or (changes and rhythm.count <= KEPT) or slow:
            for record in entries.kept:
                self._keep(sighting_of(record, self._source, self._artefact, self._ids.id_of(record.raw)), 1, entries)
            return
        began_as = {id(burst.first): burst for burst in rhythm.bursts}
        in_all = {}
        for stretch in rhythm.stretches:
            if (began := began_as.get(id(stretch.first))) is None:
                self._keep(self._pattern(template, stretch), stretch.count, entries)
            elif stretch.count > began.count:
                in_all[id(began)] = stretch.count
        for burst in rhythm.bursts:
            self._keep(self._burst(template, burst, in_all.get(id(burst))), burst.count, entries, 1)
        for since, until, before, after in rhythm.silences:
            if not self._is_told(rhythm, since, until):
                self._keep(self._silence(template, since, until, before, after), 0, entries)

    def _is_told(self, rhythm: Rhythm[LogRecord], since: float, until: float) -> bool:
        """Whether a silence is one of the whole file, or the end of a burst, which the burst tells."""
        quiet = any(min(until, end) - max(since, start) > (until - since) / 2 for start, end in self._file_silences)
        return quiet or any(abs(burst.until - since) <= SLOW_SECONDS for burst in rhythm.bursts)

    def _pattern(self, template: Template[_Entries], stretch: Stretch[LogRecord]) -> Sighting:
        first = stretch.first
        summary = first.text
        if stretch.count > 1:
            summary = f"{first.text} ({stretch.count} times until {_clock(stretch.until)} UTC)"
        return self._sighting(template, first, Kind.LOG_PATTERN, summary, stretch)

    def _burst(self, template: Template[_Entries], burst: Stretch[LogRecord], in_all: int | None) -> Sighting:
        usual = f"usually {_rate(burst.before)} a minute" if burst.before >= 0.05 else "usually none"
        usual += f"; {in_all} in all" if in_all else ""
        length = duration_text(max(1, burst.until - burst.since))
        summary = f"{burst.count} times in {length} ({usual}): {burst.first.text}"
        return self._sighting(template, burst.first, Kind.LOG_BURST, summary, burst, "burst")

    def _silence(
        self, template: Template[_Entries], since: float, until: float, before: LogRecord, after: LogRecord | None
    ) -> Sighting:
        rhythm = template.state.rhythm
        every = duration_text(max(1, _spacing(rhythm))) if rhythm is not None else ""
        end = "until the end of the file" if after is None else f"for {duration_text(until - since)}"
        summary = f"no more lines like this {end} (one every {every} before): {before.text}"
        stretch = Stretch(since, before)
        stretch.extend(until, after or before, 0)
        return self._sighting(template, before, Kind.LOG_PATTERN, summary, stretch, "silence")

    def _sighting(
        self,
        template: Template[_Entries],
        first: LogRecord,
        kind: Kind,
        summary: str,
        stretch: Stretch[LogRecord],
        prefix: str = "",
    ) -> Sighting:
        _, lane = kind_and_lane(first, template.state.meaning)
        last, place = stretch.last, first.place
        if prefix == "burst" and first.lines and last.lines:
            place = place_of(first.lines[0], max(first.lines[1], last.lines[1]))
        began, ended = _as_written(first.span), _as_written(last.span)
        return Sighting(
            id=self._ids.id_of(f"{prefix}\x1f{first.raw}" if prefix else first.raw),
            source=self._source,
            kind=kind,
            lane=lane if prefix != "silence" else Lane.SIGNAL,
            occurred_at=began,
            earliest=first.span.earliest,
            latest=first.span.latest,
            recorded_at=first.recorded_at or began,
            ended_at=max(ended, began) if stretch.until > stretch.since else None,
            summary=summary,
            citation=self._artefact.cite(place),
            actor=first.actor,
            service=first.service,
            links=first.links,
            details=LogDetails(level=first.level, template=template.text, count=max(1, stretch.count)),
        )

    def _keep(self, sighting: Sighting, count: int, entries: _Entries, more: int = 0) -> None:
        first = entries.kept[0] if entries.kept else None
        weight = _LEVEL_WEIGHT.get(first.level or "", 1) if first else 1
        if entries.meaning is not None:
            weight = max(weight, 3 if entries.meaning == TROUBLE else 4)
        self._made.append(_Made(weight + more, count, sighting))

    def _trim(self) -> None:
        if len(self._made) <= EVENTS_LIMIT:
            return
        self._made.sort(key=lambda item: (-item.weight, item.sighting.occurred_at))
        self._too_many += sum(made.entries for made in self._made[EVENTS_LIMIT:])
        del self._made[EVENTS_LIMIT:]


def digested(records: Iterable[LogRecord | Found], digest: Digest) -> Iterator[Found]:
    """Yield what is no entry as it comes, then what the entries amount to."""
    for item in records:
        if isinstance(item, LogRecord):
            digest.add(item)
        else:
            yield item
    yield from digest.finish()


def _join(kept: _Entries, other: _Entries) -> None:
    if kept.rhythm is None or other.rhythm is None:
        kept.rhythm = kept.rhythm or other.rhythm
    else:
        joined(kept.rhythm, other.rhythm)
    kept.kept = sorted([*kept.kept, *other.kept], key=_seconds)[:KEPT]
    kept.meaning = kept.meaning or other.meaning


def _seconds(record: LogRecord) -> float:
    return (record.span.occurred_at - EPOCH).total_seconds()


def _spacing(rhythm: Rhythm[LogRecord] | None) -> float:
    """Return the mean seconds between two entries of a template."""
    if rhythm is None or rhythm.count < 2 or not rhythm.stretches:
        return 0.0
    return (rhythm.stretches[-1].until - rhythm.stretches[0].since) / (rhythm.count - 1)


def _as_written(span: Span) -> Instant:
    """Return the instant of a stamp without what keeps lines in order within it."""
    return span.occurred_at if span.latest == span.earliest else span.occurred_at.replace(microsecond=0)


def _clock(seconds: float) -> str:
    return clock_time(from_epoch(min(int(seconds), _LAST_SECOND)))


def _rate(per_minute: float) -> str:
    return f"{per_minute:.0f}" if per_minute >= 10 else f"{per_minute:.1f}".removesuffix(".0")
