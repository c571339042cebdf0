"""From the cues of a call's transcript to utterances.

Their times count from the start of the recording. When that was comes from the transcript (instants in the cues, a date and
time in its header or notes), else from the name that the program gave the file, else from the date given: the call is then
taken to begin at midnight, and may have been at any time of that day.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.captions import Cue, Misshapen, Remark, cues_in, named_at_start
from juncture.evidence.conversation.calendar import Reference, clock_of, date_of
from juncture.evidence.conversation.names import plausibility
from juncture.evidence.conversation.stamps import stamp_within
from juncture.evidence.conversation.zones import fixed_zone
from juncture.evidence.links import links_in
from juncture.evidence.reader import Found, Settings
from juncture.model.evidence import Kind, Lane, LeftOut, MessageDetails, Note, Sighting
from juncture.model.identity import Occurrences
from juncture.model.instants import Instant, to_iso

NAME = "webvtt"
PAUSE = 4000
"""Milliseconds of silence after which the same speaker begins a new utterance."""
LONGEST = 45_000
"""Milliseconds of one utterance; captions without full stops would else become one for the whole call."""
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "\uff1f", "\uff01", '"', "”")
_ZOOM_NAME = re.compile(r"GMT(?P<day>\d{8})-(?P<time>\d{6})")
_DATED_NAME = re.compile(r"(?<!\d)(?P<day>20\d{6})[_T-](?P<time>\d{6}|\d{4})(?!\d)")


class _Start(NamedTuple):
    """When a recording began: within `slack` after `instant`."""

    instant: Instant
    slack: timedelta = timedelta(0)


class Transcripts:
    """A reading session over transcripts: each speaks for itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:  # noqa: ARG002 - each transcript speaks for itself
        """Return 0: any order will do."""
        return 0

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield the utterances of a call, what was assumed, and what was left out."""
        names, remarks, has_instants, call = _first_pass(artefact)
        start, note = self._start(artefact, remarks, has_instants=has_instants)
        if note:
            yield note
        occurrences = Occurrences(NAME)
        for item in _utterances(artefact, names):
            if isinstance(item, LeftOut):
                yield item
                continue
            try:
                yield _sighting(artefact, item, start, occurrences, call)
            except OverflowError:
                yield LeftOut(artefact.at(f"line:{item.first_line}"), "a time beyond the year 9999", damaged=True)

    def _start(self, artefact: Artefact, remarks: list[Remark], *, has_instants: bool) -> tuple[_Start, Note | None]:
        """Return when the recording began, and a note that says so where the transcript itself does not."""
        zone = self._settings.zone or ZoneInfo("UTC")
        if has_instants:
            return _Start(datetime(1970, 1, 1, tzinfo=UTC)), None
        for remark in remarks:
            if local := _written_start(remark.text, Reference(self._settings.today, self._settings.date)):
                assumed = "The zone of the start was assumed to be UTC (give another by --timezone)."
                note = None if local.tzinfo or self._settings.zone else Note(artefact.at(f"line:{remark.line}"), assumed)
                return _Start((local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)), note
        if named := _start_in_name(artefact.label, zone):
            return _Start(named), Note(
                artefact.label, f"The start of the call was taken from the file's name: {to_iso(named)}."
            )
        day = self._settings.date or self._settings.today
        midnight = datetime.combine(day, datetime.min.time(), tzinfo=zone).astimezone(UTC)
        why = (
            f"The transcript does not say when the call began: it was placed at the start of {day}"
            f" ({zone.key}), which may be wrong by up to a day. Name the file like call-{day:%Y%m%d}-140500.vtt to say it."
        )
        return _Start(midnight, timedelta(days=1) - timedelta(microseconds=1)), Note(artefact.label, why)


def _first_pass(artefact: Artefact) -> tuple[frozenset[str], list[Remark], bool, str]:
    """Return who is named before a colon, the remarks before the first cue, whether cues have instants, and the call's name.

    The first words of a call name it: a file's hash may not, for a longer transcript of the same call must give the same ids.
    """
    names: Counter[str] = Counter()
    remarks: list[Remark] = []
    has_instants, first = False, ""
    for item in cues_in(artefact.lines()):
        if isinstance(item, Remark) and not first:
            remarks.append(item)
        if isinstance(item, Cue):
            has_instants = has_instants or item.said_at is not None
            first = first or f"{item.start} {item.speaker or ''} {item.text}"
            if item.speaker is None and (named := named_at_start(item.text)):
                names[named[0]] += 1
    needed = 0.95 if names.total() < 2 else 0.6
    speakers = frozenset(
        name for name, count in names.items() if plausibility(name) >= needed and (count > 1 or name[0].isupper())
    )
    return speakers, remarks, has_instants, first


def _utterances(artefact: Artefact, names: frozenset[str]) -> Iterator[Cue | LeftOut]:
    """Yield what was said, cues joined where the same speaker's sentence goes on."""
    held: Cue | None = None
    speaker: str | None = None
    for item in cues_in(artefact.lines()):
        if isinstance(item, Misshapen):
            yield LeftOut(artefact.at(f"line:{item.line}"), "a cue whose times cannot be read", damaged=True)
        if not isinstance(item, Cue):
            continue
        cue = item
        if cue.speaker is None and (named := named_at_start(cue.text)) and named[0] in names:
            cue = cue._replace(speaker=named[0], text=named[1])
        elif cue.speaker is None and names and held and not held.text.endswith(_SENTENCE_ENDS):
            cue = cue._replace(speaker=speaker)
        if held and _goes_on(held, cue):
            held = held._replace(text=f"{held.text} {cue.text}", end=cue.end, last_line=cue.last_line, ended_at=cue.ended_at)
            continue
        if held:
            yield held
        held, speaker = cue, cue.speaker
    if held:
        yield held


def _goes_on(held: Cue, cue: Cue) -> bool:
    return (
        cue.speaker == held.speaker
        and not held.text.endswith(_SENTENCE_ENDS)
        and held.start <= cue.start
        and cue.start - held.end <= PAUSE
        and cue.end - held.start <= LONGEST
    )


def _sighting(artefact: Artefact, cue: Cue, start: _Start, occurrences: Occurrences, call: str) -> Sighting:
    said_at = cue.said_at or start.instant + timedelta(milliseconds=cue.start)
    ended_at = cue.ended_at if cue.said_at else start.instant + timedelta(milliseconds=cue.end)
    slack = timedelta(0) if cue.said_at else start.slack
    first, last = cue.first_line, cue.last_line
    return Sighting(
        id=occurrences.id_of("\x1f".join((call, str(cue.start), cue.speaker or "", cue.text))),
        source=NAME,
        kind=Kind.UTTERANCE,
        lane=Lane.PEOPLE,
        occurred_at=said_at,
        earliest=said_at,
        latest=said_at + slack,
        summary=cue.text,
        citation=artefact.cite(f"line:{first}" if first == last else f"line:{first}-{last}"),
        recorded_at=said_at,
        known_at=said_at,
        known_by=(cue.speaker,) if cue.speaker else (),
        ended_at=ended_at,
        actor=cue.speaker,
        links=links_in(cue.text),
        details=MessageDetails(),
    )


def _written_start(text: str, reference: Reference) -> datetime | None:
    """Return the date and time in a header or note, aware if it names a zone."""
    found = stamp_within(text)
    if not found or not found[1].day:
        return None
    stamp = found[1]
    day = date_of(found[1].day, reference, month_first=bool(stamp.half))
    if day is None:
        return None
    zone = fixed_zone(stamp.zone) if stamp.zone else None
    return datetime.combine(day, clock_of(stamp), tzinfo=zone)


def _start_in_name(label: str, zone: ZoneInfo) -> Instant | None:
    """Return the start that Zoom (`GMT20260302-140503_Recording.transcript.vtt`) and Teams write into the name of a file."""
    name = label.replace("!/", "/").rsplit("/", 1)[-1]
    for pattern, own_zone in ((_ZOOM_NAME, ZoneInfo("UTC")), (_DATED_NAME, zone)):
        if match := pattern.search(name):
            try:
                local = datetime.strptime(match["day"] + match["time"].ljust(6, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007
                return local.replace(tzinfo=own_zone).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None
