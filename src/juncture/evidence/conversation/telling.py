"""From a pasted conversation to sightings.

Times inside one minute keep the order of the text: each following message is placed a microsecond later, well within its stamp.
How days, halves of the day and zones are found is told in `juncture.evidence.conversation.calendar`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.conversation.calendar import Placed, Reference, is_newest_first, place
from juncture.evidence.conversation.messages import Cut, Message
from juncture.evidence.conversation.programs import reads_as_alert
from juncture.evidence.conversation.reading import messages_in
from juncture.evidence.conversation.stamps import day_within
from juncture.evidence.conversation.zones import fixed_zone, zone_said_in
from juncture.evidence.links import links_in
from juncture.evidence.reader import Found, Settings
from juncture.evidence.times import Span, from_wall_clock
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Kind, Lane, LeftOut, MessageDetails, Note, Sighting
from juncture.model.identity import Occurrences

NAME = "pasted"
TEXT_LIMIT = 64 * 1024 * 1024
"""Bytes of one pasted text; it is held whole, for its shape is told from all of it."""


class Pastes:
    """A reading session over pasted texts: each speaks for itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:  # noqa: ARG002 - each text speaks for itself
        """Return 0: any order will do."""
        return 0

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield the messages of a text, what was assumed, and what was left out. Raises BadEvidence for one too large."""
        text = artefact.text(TEXT_LIMIT)
        parts = messages_in(text)
        if not parts:
            raise BadEvidence(
                artefact.label, "no message with a name and a time was found", "Copy the messages with their names and times"
            )
        if is_newest_first(parts.messages):
            parts = parts._replace(messages=parts.messages[::-1])
        try:
            placed = place(parts.messages, Reference(self._settings.today, self._settings.date))
            if placed.assumed and self._settings.date is None and (said := _day_said_above(text, parts)):
                placed = place(parts.messages, Reference(self._settings.today, said))._replace(assumed=False)
        except OverflowError:
            raise BadEvidence(artefact.label, "the days lie beyond the years 1 to 9999", "Give the day by --date") from None
        zone, notes = self._zone(artefact, text, parts, placed)
        yield from notes
        yield from _left_out(artefact, parts)
        yield from _sightings(artefact, parts.messages, placed, zone)

    def _zone(self, artefact: Artefact, text: str, parts: Cut, placed: Placed) -> tuple[ZoneInfo | timezone, list[Note]]:
        """Return the zone of times that name none, and a note that says in one line what was assumed."""
        assumed = []
        if placed.assumed and self._settings.date is None:
            assumed.append(f"the day {placed.times[-1].date()}, that of reading (give another by --date)")
        if placed.counted_back and self._settings.date is None:
            assumed.append(f"that it was copied on {self._settings.today}, from which its days count (give another by --date)")
        if placed.ambiguous_order:
            first = next((m.stamp.day or m.day for m in parts.messages if m.stamp.day or m.day), None)
            written = "/".join(str(number) for number in (first.numbers if first and first.numbers else ())[:2])
            assumed.append(f"that {written or 'a date'} is {placed.times[0].date()}")
        if self._settings.zone:
            zone: ZoneInfo | timezone = self._settings.zone
        elif said := zone_said_in(text):
            zone = said[1]
        elif any(message.stamp.zone is None for message in parts.messages):
            zone = ZoneInfo("UTC")
            assumed.append("the zone UTC (give another by --timezone)")
        else:
            zone = ZoneInfo("UTC")
        return zone, [
            Note(artefact.label, f"The text does not say it, so this was assumed: {'; '.join(assumed)}.")
        ] if assumed else []


def _day_said_above(text: str, parts: Cut) -> date | None:
    """Return the day that the words above the first message name, as the heading of notes does."""
    return day_within("\n".join(text.split("\n")[: parts.before[1]])) if parts.before else None


def _left_out(artefact: Artefact, parts: Cut) -> Iterator[LeftOut]:
    if parts.before:
        first, last, count = parts.before
        place_of = f"line:{first}" if first == last else f"line:{first}-{last}"
        yield LeftOut(artefact.at(place_of), "words before the first name and time: whose they are is not in the copy", count)
    if parts.window_lines:
        yield LeftOut(
            artefact.label, "lines of the chat window itself (reactions, reply counts, separators)", parts.window_lines
        )
    if parts.repeated:
        yield LeftOut(artefact.label, "mails that stand in the thread once more, as quotations", parts.repeated)
    empty = [message for message in parts.messages if not message.text]
    if empty:
        yield LeftOut(artefact.at(f"line:{empty[0].first_line}"), "messages without text (pictures are not copied)", len(empty))


def _sightings(
    artefact: Artefact, messages: tuple[Message, ...], placed: Placed, zone: ZoneInfo | timezone
) -> Iterator[Sighting | LeftOut]:
    occurrences, same = Occurrences(NAME), Counter[datetime]()
    previous: datetime | None = None
    for message, time in zip(messages, placed.times, strict=True):
        if not message.text:
            continue
        own_zone = fixed_zone(message.stamp.zone) if message.stamp.zone else None
        try:
            span = _span(time, own_zone or zone, 60 if message.stamp.second is None else 1, previous)
            if message.stamp.vague:
                midnight = datetime.combine(time, datetime.min.time())
                span = _span(midnight, own_zone or zone, 86400, None)._replace(occurred_at=span.occurred_at)
        except (OverflowError, ValueError):
            yield LeftOut(artefact.at(f"line:{message.first_line}"), "a time beyond the years 1 to 9999", damaged=True)
            continue
        occurred_at = min(span.occurred_at + timedelta(microseconds=same[span.occurred_at]), span.latest)
        same[span.occurred_at] += 1
        previous = occurred_at
        minute = time.strftime("%Y-%m-%dT%H:%M" if message.stamp.second is None else "%Y-%m-%dT%H:%M:%S")
        first, last = message.first_line, message.last_line
        actor = message.name or None
        alert = message.bot and reads_as_alert(message.text, message.name)
        yield Sighting(
            id=occurrences.id_of("\x1f".join((message.name, minute, " ".join(message.text.split())))),
            source=NAME,
            kind=Kind.MEMBERSHIP if message.system else Kind.MESSAGE,
            lane=Lane.SIGNAL if alert else Lane.PEOPLE,
            occurred_at=occurred_at,
            earliest=span.earliest,
            latest=span.latest,
            summary=message.text,
            citation=artefact.cite(f"line:{first}" if first == last else f"line:{first}-{last}"),
            recorded_at=occurred_at,
            known_at=occurred_at,
            known_by=(actor,) if actor and not message.bot else (),
            actor=actor,
            links=links_in(message.text),
            details=MessageDetails(channel=message.subject, bot=message.bot, files=message.files, reactions=message.reactions),
        )


def _span(local: datetime, zone: ZoneInfo | timezone, width: int, previous: datetime | None) -> Span:
    if isinstance(zone, ZoneInfo):
        return from_wall_clock(local, zone, width_seconds=width, previous=previous)
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    return Span(instant, instant, instant + timedelta(seconds=width, microseconds=-1))
