"""The list beneath the lanes: rows of events, folds, silence and days, grouped by phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from django.utils.safestring import SafeString
from msgspec import Struct

from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.drawing.labels import cut
from juncture.document.drawing.ribbon import NAMES
from juncture.model.evidence import Event, LogDetails
from juncture.model.instants import Instant, duration_text, from_epoch, seconds_between
from juncture.model.record import Phase
from juncture.web.timeline.asking import Look
from juncture.web.timeline.folding import Fold
from juncture.web.timeline.history import Marked
from juncture.web.timeline.showing import doubt_of, known_of, shape_of, time_of
from juncture.web.timeline.sources import SourceLook, event_source, source_look
from juncture.web.timeline.workbench import Bench

_MOST_CHARACTERS = 280
_SILENCE = timedelta(minutes=2)
_SHARE = 0.05
"""Silence is told of from two minutes on, and from this share of the incident."""


class Row(Struct, frozen=True, tag=True, tag_field="kind"):
    """One event. `unsure` is `first` or `then` where its order with its neighbour is not known."""

    id: str
    address: str
    lane: str
    shape: SafeString
    at: Instant
    time: str
    doubt: str
    words: str
    known: str
    source: SourceLook
    key: bool
    corrected: bool
    annotation: str
    chosen: bool
    unsure: str = ""

    @property
    def is_event(self) -> bool:
        """Tell templates what this is."""
        return True


class FoldRow(Struct, frozen=True):
    """Many events in one row, with the address of the page that has them one by one."""

    words: str
    span: str
    source: SourceLook
    address: str

    @property
    def is_fold(self) -> bool:
        """Tell templates what this is."""
        return True


class Remark(Struct, frozen=True):
    """A row that is no event: a new day, or silence."""

    words: str
    is_day: bool = False
    is_silence: bool = False


class Part(Struct, frozen=True):
    """A stretch of the list: a phase with its name and length, or what lies before and after."""

    phase: str
    name: str
    length: str
    entries: tuple[Row | FoldRow | Remark, ...]


class _Entry(Struct, frozen=True):
    """What is to be placed: from `first` to `last`."""

    first: Instant
    last: Instant
    event: Event | None = None
    fold: Fold | None = None


def listing(bench: Bench, marked: Mapping[str, Marked]) -> tuple[Part, ...]:
    """Return the list of a page."""
    entries = [_Entry(event.occurred_at, event.occurred_at, event) for event in bench.events]
    entries += [_Entry(_at(fold.first), _at(fold.last), fold=fold) for fold in bench.folded.folds]
    entries.sort(key=lambda each: (each.first, each.fold is not None, each.event.id if each.event else ""))
    unsure = _unsure(entries)
    clock = bench.look.clock
    days = len({clock.local(each.first).date() for each in entries}) > 1
    silence = _least_silence(bench.phases) if bench.look.is_whole else None
    parts: list[Part] = []
    day = None
    for phase, of in _by_phase(bench, entries):
        shown: list[Row | FoldRow | Remark] = []
        quiet_since = phase.from_ if phase else None
        for entry in of:
            if silence and phase and quiet_since and entry.first - quiet_since >= silence:
                shown.append(_silence(quiet_since, entry.first))
            quiet_since = max(quiet_since, entry.last) if quiet_since else None
            today = clock.day(entry.first)
            if days and today != day:
                shown.append(Remark(today, is_day=True))
            day = today
            shown.append(_row(entry.event, bench.look, marked, unsure) if entry.event else _fold_row(entry.fold, bench))
        until = phase.to if phase else None
        if silence and quiet_since and until and (until - quiet_since >= silence or (not of and until > quiet_since)):
            shown.append(_silence(quiet_since, until))
        parts.append(_part(phase, tuple(shown)))
    return tuple(parts)


def _part(phase: Phase | None, entries: tuple[Row | FoldRow | Remark, ...]) -> Part:
    if phase is None:
        return Part("", "", "", entries)
    length = duration_text(seconds_between(phase.from_, phase.to)) if phase.to else "goes on"
    return Part(str(phase.name), NAMES[phase.name], length, entries)


def _by_phase(bench: Bench, entries: Sequence[_Entry]) -> Iterable[tuple[Phase | None, list[_Entry]]]:
    """Yield stretches in order: before, each phase that is seen, and after. A fold stands where it begins."""
    phases = [
        phase
        for phase in bench.phases
        if (bench.look.end is None or phase.from_ < bench.look.end)
        and (bench.look.start is None or phase.to is None or phase.to > bench.look.start)
    ]
    edges: list[tuple[Phase | None, Instant | None]] = []
    if phases:
        edges.append((None, phases[0].from_))
        edges += [(phase, phase.to) for phase in phases]
        edges += [(None, None)] if phases[-1].to is not None else []
    else:
        edges.append((None, None))
    rest = list(entries)
    for phase, until in edges:
        of = [each for each in rest if until is None or each.first < until]
        rest = rest[len(of) :]
        if of or (phase is not None and bench.look.is_whole):
            yield phase, of


def _row(event: Event, look: Look, marked: Mapping[str, Marked], unsure: Mapping[str, str]) -> Row:
    clock = look.clock
    mark = marked.get(event.id) or Marked()
    return Row(
        id=event.id,
        address=look.address(event=event.id, offset=look.offset),
        lane=str(event.lane),
        shape=shape_of(event),
        at=event.occurred_at,
        time=time_of(event, clock),
        doubt=doubt_of(event),
        words=cut(event.summary.replace("`", ""), _MOST_CHARACTERS),
        known=known_of(event, clock),
        source=event_source(event),
        key=event.key,
        corrected=mark.corrected,
        annotation=mark.annotation,
        chosen=look.event in (event.id, *event.aliases) and bool(look.event),
        unsure=unsure.get(event.id, ""),
    )


def _fold_row(fold: Fold | None, bench: Bench) -> FoldRow:
    if fold is None:
        raise ValueError("an entry is an event or a fold")
    look, clock = bench.look, bench.look.clock
    sample = bench.samples.get(fold.sample)
    source = source_look(fold.source)
    begin, end = _at(fold.first), _at(fold.until)
    if fold.likeness and sample is not None:
        words = f"{fold.count:,} like \N{LEFT DOUBLE QUOTATION MARK}{cut(_template(sample), 90)}\N{RIGHT DOUBLE QUOTATION MARK}"
        address = look.address(like=fold.likeness, event="")
        source = event_source(sample)
    else:
        words = f"{fold.count:,} more from {source.name}"
        address = look.address(
            source=fold.source,
            unlike=bench.folded.alike or ("-",),
            start=begin,
            end=max(end, begin + timedelta(seconds=1)),
            event="",
        )
    last = _at(fold.last)
    same_day = clock.local(begin).date() == clock.local(last).date()
    until = clock.second(last) if same_day else f"{clock.short_day(last)} {clock.second(last)}"
    span = f"{clock.second(begin)} \N{EN DASH} {until}" if fold.last - fold.first >= 1000 else clock.second(begin)
    return FoldRow(words, span, source, address)


def _template(event: Event) -> str:
    template = event.details.template if isinstance(event.details, LogDetails) else None
    return (template or event.summary).replace("<*>", "…").replace("`", "")


def _unsure(entries: Sequence[_Entry]) -> dict[str, str]:
    """Return the events whose order with a neighbour of another source lies inside the errors of their clocks."""
    found: dict[str, str] = {}
    for one, two in pairwise(entries):
        first, then = one.event, two.event
        if first is None or then is None or first.source == then.source:
            continue
        if first.latest > then.earliest and first.earliest < first.latest:
            found[first.id] = "then" if found.get(first.id) == "then" else "first"
            found[then.id] = "then"
    return found


def _least_silence(phases: Sequence[Phase]) -> timedelta | None:
    if not phases:
        return None
    ends = [phase.to for phase in phases if phase.to]
    whole = max(ends) - phases[0].from_ if ends else timedelta()
    return max(_SILENCE, whole * _SHARE)


def _silence(start: Instant, end: Instant) -> Remark:
    return Remark(f"Nothing recorded for {duration_text(seconds_between(start, end))}", is_silence=True)


def _at(moment: int) -> Instant:
    return from_epoch(0, moment * 1000)


def shown_count(bench: Bench) -> tuple[int, int]:
    """Return how many events stand one by one, and how many are folded."""
    return len(bench.events), sum(fold.count for fold in bench.folded.folds)


def window_words(bench: Bench, clock: Clock) -> str:
    """Return the window as a person says it: `14:05 to 14:46`."""
    close = milliseconds(bench.end) - milliseconds(bench.start) < 600_000
    said = clock.second if close else clock.minute
    return f"{said(bench.start)} to {said(bench.end)}"
