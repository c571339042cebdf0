"""A timeline of any number of events in bounded memory: what needs judging is held, the rest waits on the disk.

A large export is mostly messages of people and rows of tables, and most of them far from the incident. Up to `HELD` of these
plain sightings are held; if there are more, all of them wait in `scratch`, each as the line of JSON that its event would be,
with no more than its time in memory. Once all is read, those around the densest signs of an incident, and those that another
sighting may be joined to, are taken back, and the timeline is built from what is held. The others are events of their own
already: their lines are given out in order between those of the timeline. What a person corrected is held from the start.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import compress, pairwise
from operator import eq
from typing import BinaryIO, NamedTuple, overload

import msgspec

from juncture.model.evidence import Event, MessageDetails, Note, RecordDetails, Series, Sighting
from juncture.model.identity import EventId
from juncture.model.instants import EPOCH, Instant, to_iso
from juncture.model.record import Timeline
from juncture.timeline.build import build_corrected
from juncture.timeline.clocks import clock_offset
from juncture.timeline.corrections import Correction, corrected_ids
from juncture.timeline.merge import as_event, merge
from juncture.timeline.speech import MOST_WEIGHED, around_the_signs

HELD = 20_000
"""Plain sightings that are held before all of them wait: 20 MB, and more than any incident has messages."""
BLOCK = 4096
"""Events that are written and read back at a time."""
NEAR = 120 * 1_000_000
"""Microseconds around a message of another source in which its twin may stand: a pasted stamp is exact to the minute."""
_BUFFER_BYTES = 1024 * 1024
_NEWLINE = ord("\n")
_ID = slice(7, 39)
"""Where the id stands in an event's line: `{"id":"…"`."""
_MICROSECOND = timedelta(microseconds=1)
_Told = tuple[int, bytes, bytes]
"""An event's time, its id and its line."""


class BulkTimeline:
    """The timeline of sightings in `[start, end)` as persons corrected it, read to their end when this is made.

    Not more than `HELD` plain ones are in memory. `series` may be filled while the sightings are read.
    """

    def __init__(
        self,
        sightings: Iterable[Sighting],
        series: Sequence[Series],
        scratch: Callable[[], BinaryIO],
        *,
        start: Instant | None = None,
        end: Instant | None = None,
        corrections: Sequence[Correction] = (),
    ) -> None:
        held, waiting = _parted(sightings, scratch, corrected_ids(corrections))
        waiting.sort(start, end)
        back = _taken_back([one.sighting for one in held], waiting) if waiting.size else set()
        held.extend(waiting.held_again(sorted(back)))
        held.sort(key=_place_in_reading)
        self._waiting = waiting
        self._back = set(waiting.ids(sorted(back)))
        self._back_within = (waiting.time_at(min(back)), waiting.time_at(max(back))) if back else None
        self._alone = waiting.size - len(back) - waiting.doubles(back)
        built = build_corrected((one.sighting for one in held), series, corrections, start=start, end=end)
        timeline = built.timeline
        notes = timeline.notes
        if waiting.size > len(back):
            notes += (_passed_over(waiting, back),)
        self.timeline = Timeline(timeline.events, timeline.milestones, timeline.phases, notes)
        """The timeline of what is held: all but plain events far from the incident."""
        self.hidden = built.hidden
        """The events that persons hid."""

    @property
    def count(self) -> int:
        """How many events there are that nobody hid, those that wait included."""
        return len(self.timeline.events) + self._alone

    def lines(self) -> Iterator[bytes]:
        """Yield all events that nobody hid as lines of JSON by `occurred_at`, then `id`, many lines at a time."""
        encoder = msgspec.json.Encoder()
        events = self.timeline.events
        done = 0
        for times, lines in self._waiting.blocks():
            end = bisect_right(events, times[-1], lo=done, key=_microseconds)
            told = [(_microseconds(event), event.id.encode(), encoder.encode(event) + b"\n") for event in events[done:end]]
            done = end
            yield b"".join(_woven(*self._alone_of(times, lines), told, encoder))
        for start in range(done, len(events), BLOCK):
            yield encoder.encode_lines(events[start : start + BLOCK])

    def alone(self) -> Iterator[Sequence[bytes]]:
        """Yield the events that are not in `timeline` nor `hidden`, each a line of JSON, many at a time, in the order of time.

        All of them are plain messages and rows of tables: none is key, none has aliases.
        """
        encoder = msgspec.json.Encoder()
        for times, lines in self._waiting.blocks():
            if found := list(_woven(*self._alone_of(times, lines), (), encoder)):
                yield found

    def ids(self) -> Iterator[EventId]:
        """Yield the ids of all events, also of those that persons hid."""
        yield from (event.id for event in (*self.timeline.events, *self.hidden))
        yield from (EventId(line[_ID].decode()) for lines in self.alone() for line in lines)

    def _alone_of(self, times: Sequence[int], lines: Sequence[bytes]) -> tuple[Sequence[int], Sequence[bytes]]:
        """Return a block's times and lines without those that were taken back."""
        if self._back_within is None or times[0] > self._back_within[1] or times[-1] < self._back_within[0]:
            return times, lines
        alone = [place for place, line in enumerate(lines) if line[_ID] not in self._back]
        return [times[place] for place in alone], [lines[place] for place in alone]


class _Held(NamedTuple):
    """A sighting in memory, and how many plain ones were read before it: what is first read names an event."""

    before: int
    sighting: Sighting
    is_plain: bool = False


class _Waiting:
    """Events as lines on the disk, and their times in memory. Sorted by time once all are there."""

    def __init__(self, scratch: Callable[[], BinaryIO]) -> None:
        self._scratch = scratch
        self._stream: BinaryIO | None = None
        self._buffer = bytearray()
        self._written = 0
        self._times = array("q")
        self._ends = array("q", [0])
        self._order = array("q")
        self._encoder = msgspec.json.Encoder()
        self.sources: Counter[str] = Counter()

    @property
    def size(self) -> int:
        """How many wait and were asked for."""
        return len(self._order)

    @property
    def added(self) -> int:
        """How many wait, whether they were asked for or not."""
        return len(self._times)

    def add(self, sighting: Sighting) -> None:
        """Let one wait."""
        buffer = self._buffer
        if clock_offset(sighting.source).offset:
            event = as_event(sighting)
            at = event.occurred_at
            self._encoder.encode_into(event, buffer, -1)
        else:
            at = sighting.occurred_at
            self._encoder.encode_into(_event_alone(sighting), buffer, -1)
        buffer.append(_NEWLINE)
        self._times.append(_of(at))
        self._ends.append(self._written + len(buffer))
        self.sources[sighting.source] += 1
        if len(buffer) >= _BUFFER_BYTES:
            self._flush()

    def sort(self, start: Instant | None, end: Instant | None) -> None:
        """Bring those in `[start, end)` in the order of their times. None is added after that."""
        if self._buffer:
            self._flush()
        order = sorted(range(len(self._times)), key=self._times.__getitem__)
        times = array("q", map(self._times.__getitem__, order))
        first = bisect_left(times, _of(start)) if start else 0
        last = bisect_left(times, _of(end)) if end else len(order)
        self._order, self._times = array("q", order[first:last]), times[first:last]

    def time_at(self, place: int) -> int:
        """Return the time of the one at a place of the order, in microseconds of the epoch."""
        return self._times[place]

    def between(self, first: int, last: int) -> range:
        """Return the places of those from one time to another."""
        low = bisect_left(self._times, first)
        return range(low, bisect_right(self._times, last, lo=low))

    def ids(self, places: Sequence[int]) -> Iterator[bytes]:
        """Yield the ids at some places."""
        for start in range(0, len(places), BLOCK):
            for line in self._lines([self._order[place] for place in places[start : start + BLOCK]]):
                yield line[_ID]

    def doubles(self, apart: set[int]) -> int:
        """Return how many bear the id of the one before, but for those at the places `apart`: read twice, in two exports."""
        alike = map(eq, self._times[1:], self._times)
        same = [place for place in compress(range(1, self.size), alike) if place not in apart]
        with_first = sorted({near for place in same for near in (place - 1, place)})
        ids = dict(zip(with_first, self.ids(with_first), strict=True))
        return sum(ids[place] == ids[place - 1] for place in same)

    def events(self, places: Sequence[int]) -> Iterator[Event]:
        """Yield the events at some places."""
        for start in range(0, len(places), BLOCK):
            numbers = [self._order[place] for place in places[start : start + BLOCK]]
            yield from map(_decoder.decode, self._lines(numbers))

    def held_again(self, places: Sequence[int]) -> Iterator[_Held]:
        """Yield the sightings at some places, as they were read."""
        for place, event in zip(places, self.events(places), strict=True):
            yield _Held(self._order[place], _sighting_of(event), is_plain=True)

    def blocks(self) -> Iterator[tuple[Sequence[int], list[bytes]]]:
        """Yield all in order, a block at a time: their times, and their lines. What has one time is in one block."""
        start = 0
        while start < self.size:
            end = min(start + BLOCK, self.size)
            while end < self.size and self._times[end] == self._times[end - 1]:
                end += 1
            yield self._times[start:end], self._lines(self._order[start:end])
            start = end

    def _flush(self) -> None:
        if self._stream is None:
            self._stream = self._scratch()
        self._stream.write(self._buffer)
        self._written += len(self._buffer)
        self._buffer = bytearray()

    def _lines(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the lines of those numbers, in their order: what lies side by side on the disk is read at once."""
        assert self._stream is not None  # noqa: S101 - they were written before they are read
        found: dict[int, bytes] = {}
        ordered = sorted(set(numbers))
        start = 0
        while start < len(ordered):
            end = start + 1
            while end < len(ordered) and ordered[end] == ordered[end - 1] + 1:
                end += 1
            ends = self._ends[ordered[start] : ordered[end - 1] + 2]
            begin = ends[0]
            self._stream.seek(begin)
            data = self._stream.read(ends[-1] - begin)
            pieces = (data[low - begin : high - begin] for low, high in pairwise(ends))
            found.update(zip(ordered[start:end], pieces, strict=True))
            start = end
        return [found[number] for number in numbers]


class _Spread(Sequence[Event]):
    """Those that wait, or some of them, as events in order, each read when asked for."""

    def __init__(self, waiting: _Waiting, places: range) -> None:
        self._waiting = waiting
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Event]:
        return self._waiting.events(self._places)

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | Sequence[Event]:
        if isinstance(place, slice):
            return _Spread(self._waiting, self._places[place])
        return next(self._waiting.events([self._places[place]]))


_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def _woven(
    times: Sequence[int], lines: Sequence[bytes], told: Sequence[_Told], encoder: msgspec.json.Encoder
) -> Iterator[bytes]:
    """Return a block's lines and the events told beside them in order; lines of one id are one event."""
    if len({*times, *(at for at, _, _ in told)}) == len(times) + len(told):
        return _between(times, lines, told)
    return _by_id(times, lines, told, encoder)


def _between(times: Sequence[int], lines: Sequence[bytes], told: Sequence[_Told]) -> Iterator[bytes]:
    """Yield a block's lines and, between them, the events told beside it; no two have one time."""
    done = 0
    for at, _, line in told:
        end = bisect_left(times, at, lo=done)
        yield from lines[done:end]
        yield line
        done = end
    yield from lines[done:]


def _by_id(
    times: Sequence[int], lines: Sequence[bytes], told: Sequence[_Told], encoder: msgspec.json.Encoder
) -> Iterator[bytes]:
    """Yield the same where some have one time: these stand in the order of their ids."""
    same: dict[tuple[int, bytes], list[bytes]] = {}
    for at, line in zip(times, lines, strict=True):
        same.setdefault((at, line[_ID]), []).append(line)
    woven = list(told)
    for (at, identity), copies in same.items():
        if len(copies) > 1:
            [event] = merge(_sighting_of(_decoder.decode(copy)) for copy in copies)
            woven.append((at, identity, encoder.encode(event) + b"\n"))
        else:
            woven.append((at, identity, copies[0]))
    woven.sort()
    for _, _, line in woven:
        yield line


_EventAlone = msgspec.defstruct("_EventAlone", [(name, object) for name in Event.__struct_fields__], gc=False)
"""An event to be written and nothing else: its fields by their places, since a call with 20 names is slower than writing."""


def _event_alone(sighting: Sighting) -> msgspec.Struct:
    """Return what is written of `as_event(sighting)`, by a clock that is right."""
    return _EventAlone(
        sighting.id,
        (),
        sighting.occurred_at,
        sighting.earliest,
        sighting.latest,
        sighting.recorded_at,
        sighting.known_at,
        sighting.known_by,
        sighting.ended_at,
        sighting.lane,
        sighting.kind,
        sighting.source,
        sighting.actor,
        sighting.service,
        sighting.summary,
        False,  # noqa: FBT003 - `key`: this is not known before all is read
        None,
        (sighting.citation,),
        sighting.links,
        sighting.details,
    )


def _parted(
    sightings: Iterable[Sighting], scratch: Callable[[], BinaryIO], kept: Collection[EventId]
) -> tuple[list[_Held], _Waiting]:
    """Return what is held, and what waits: all plain sightings but those that are `kept`, if there are too many of them."""
    held: list[_Held] = []
    plain: list[Sighting] = []
    waiting = _Waiting(scratch)
    coming = iter(sightings)
    for sighting in coming:
        if _is_plain(sighting) and sighting.id not in kept:
            plain.append(sighting)
        else:
            held.append(_Held(len(plain), sighting))
        if len(plain) > HELD:
            for one in plain:
                waiting.add(one)
            plain.clear()
            break
    for sighting in coming:
        if _is_plain(sighting) and sighting.id not in kept:
            waiting.add(sighting)
        else:
            held.append(_Held(waiting.added, sighting))
    held.extend(_Held(number, sighting, is_plain=True) for number, sighting in enumerate(plain))
    return held, waiting


def _place_in_reading(one: _Held) -> tuple[int, bool]:
    return one.before, one.is_plain


def _is_plain(sighting: Sighting) -> bool:
    """Return whether a sighting is one of many: what a person wrote, or a row of a table, that no other shares a key with."""
    details = sighting.details
    if type(details) is MessageDetails:
        return not (sighting.keys or details.bot)
    return type(details) is RecordDetails and not sighting.keys


def _taken_back(held: Sequence[Sighting], waiting: _Waiting) -> set[int]:
    """Return the places of those that are needed: around the signs of an incident, and where a twin may stand."""
    signs = sorted(map(as_event, held), key=lambda event: event.occurred_at)
    around: Sequence[Event] = _Spread(waiting, range(waiting.size))
    if len(around) > MOST_WEIGHED:
        around = around_the_signs(signs, around)
    back: set[int] = set()
    if around:
        back.update(waiting.between(_microseconds(around[0]), _microseconds(around[-1])))
    largest = max(waiting.sources, key=lambda source: waiting.sources[source])
    others = [
        _of(sighting.occurred_at)
        for sighting in held
        if isinstance(sighting.details, MessageDetails) and sighting.source != largest
    ]
    if len(waiting.sources) > 1:
        places = range(waiting.size)
        for place, event in zip(places, waiting.events(places), strict=True):
            if event.source != largest:
                back.add(place)
                others.append(_microseconds(event))
    for at in others[:HELD]:
        back.update(waiting.between(at - NEAR, at + NEAR))
    return back


def _passed_over(waiting: _Waiting, back: set[int]) -> Note:
    first, last = (to_iso(EPOCH + waiting.time_at(place) * _MICROSECOND) for place in (min(back), max(back)))
    why = f"messages from {first} to {last} were weighed, {waiting.size - len(back):,} others were not: too many to weigh"
    return Note("milestones and key events", why)


def _microseconds(event: Event) -> int:
    return _of(event.occurred_at)


def _of(at: Instant) -> int:
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _sighting_of(event: Event) -> Sighting:
    """Return the sighting that a waiting event was made of."""
    return Sighting(
        id=event.id,
        source=event.source,
        kind=event.kind,
        lane=event.lane,
        occurred_at=event.occurred_at,
        earliest=event.earliest,
        latest=event.latest,
        summary=event.summary,
        citation=event.citations[0],
        recorded_at=event.recorded_at,
        known_at=event.known_at,
        known_by=event.known_by,
        ended_at=event.ended_at,
        actor=event.actor,
        service=event.service,
        links=event.links,
        details=event.details,
    )
