"""When the evidence first shows something in front of a responder, and what was known at an instant.

**Rules by which `known_at` is set.** Each reader says what its own source shows (a page, a post, an acknowledgement, what a
command printed). Across sources:

1. An event seen by several sources is known from the earliest instant that one of them shows, by whom that one names.
2. An event that a message in chat, a spoken line, a comment or a page *names* is known at that message's time, by its author:
   the message holds the event's own address (a URL of the alert, page, deployment, pull request or commit), its commit (seven
   digits or more), its key, or the name of its alert while that fires or within an hour of its end.
3. A log event whose text a message *quotes* (some 30 letters and digits of it in a row) is known at that message's time, by
   its author.
4. The earliest instant wins; a message never makes known what happened after it.

A bot's post names no person: what it makes known is known by the channel's readers, and `known_by` stays empty.

**What was known at T** (`known_at`) holds nothing that came later: no end, resolution, count or extreme that lay ahead, no id
or citation that a later sighting brought, no reaction (nobody knows when it was given), and no text edited after T, for which
a placeholder stands. What was recorded and not known is told by id alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from juncture.model.evidence import (
    AlertDetails,
    ChangeDetails,
    Details,
    Event,
    Kind,
    LogDetails,
    MessageDetails,
    Note,
    PageDetails,
    TurnDetails,
)
from juncture.model.identity import EventId
from juncture.model.instants import Instant, to_iso
from juncture.timeline.reach import can_be_placed

TELLING = frozenset({Kind.MESSAGE, Kind.UTTERANCE, Kind.COMMENT, Kind.PAGE, Kind.ESCALATION, Kind.NOTE, Kind.REVIEW})
LOGGED = frozenset({Kind.LOG, Kind.LOG_PATTERN, Kind.LOG_BURST})

STILL_NAMED = timedelta(hours=1)
"""How long after its end an alert's name still means that alert."""
QUOTE_LENGTH = 24
"""Letters and digits in a row that make a quotation of a log line; shorter ones are found in unrelated lines."""
QUOTE_STEP = 8
"""Every so many letters of a log line a stretch of it is indexed: what is quoted must hold one of these stretches whole."""
COMMON = 3
"""A stretch that stands in more log events than this tells none of them from the others."""
EDITED_LATER = "(a message whose text was edited later; what it said then is not kept)"

_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_LIKE_A_LOG = re.compile(
    r"`|\b(?:ERROR|FATAL|WARN|WARNING|PANIC|CRITICAL|DETAIL|Exception|Traceback|level=)|\d:\d\d:\d\d|[{}=|]|^>"
)
_NOT_WORDS = re.compile(r"[\W_]+")


class Known(Struct, frozen=True):
    """What was known, as it was known then, and the ids of what was recorded and not seen."""

    known: tuple[Event, ...]
    not_seen: tuple[EventId, ...]
    notes: tuple[Note, ...] = ()


def known_at(events: Sequence[Event], at: Instant) -> Known:
    """Return what responders knew at `at`, in the order of `events`.

    `known` holds events with `known_at <= at` as they were known then; `not_seen` those with `recorded_at <= at` that were
    not known; of what came later nothing is told, not even how much.
    """
    known: list[Event] = []
    not_seen: list[EventId] = []
    without_reader = 0
    for event in events:
        if event.known_at is not None and event.known_at <= at:
            known.append(as_known(event, at))
            without_reader += not event.known_by
        elif event.recorded_at is not None and event.recorded_at <= at:
            not_seen.append(event.id)
    where = f"at {to_iso(at)}"
    notes = []
    if not known:
        notes.append(Note(where, "nothing in the evidence shows what responders knew by then"))
    elif without_reader == len(known):
        notes.append(Note(where, "the evidence shows what was posted, and not who read it"))
    return Known(tuple(known), tuple(not_seen), tuple(notes))


def as_known(event: Event, at: Instant) -> Event:
    """Return a known event without anything that lay ahead at `at`."""
    ahead = event.ended_at is not None and event.ended_at > at
    several = len(event.citations) > 1
    return replace(
        event,
        summary=_summary_then(event, at, ahead=ahead),
        details=_details_then(event.details, at, ahead=ahead) if event.details else None,
        ended_at=None if ahead else event.ended_at,
        aliases=(),
        citations=event.citations[:1] if several else event.citations,
        latest=min(event.latest, max(at, event.occurred_at)),
        key=False,
        why_key=None,
    )


def learn(events: Sequence[Event]) -> list[Event]:
    """Return the same events in the same order, `known_at` and `known_by` set by what messages name and quote."""
    targets = _Targets(events)
    first: dict[int, tuple[Instant, str | None]] = {}
    for place, event in enumerate(events):
        if event.kind not in TELLING or event.known_at is None:
            continue
        for target in targets.named_or_quoted(event):
            if target == place or events[target].occurred_at > event.occurred_at:
                continue
            known = first.get(target)
            if known is None or event.known_at < known[0]:
                first[target] = (event.known_at, None if _is_bot(event) else event.actor)
    learned = list(events)
    for place, (instant, author) in first.items():
        before = learned[place].known_at
        if before is None or instant < before:
            learned[place] = replace(learned[place], known_at=instant, known_by=(author,) if author else ())
    return learned


class _Targets:
    """What can be named or quoted, by what it is named or quoted by."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._alerts: dict[str, list[int]] = defaultdict(list)
        self._quotable: dict[str, list[int]] = defaultdict(list)
        for place, event in enumerate(events):
            if isinstance(event.details, AlertDetails) and can_be_placed(event):
                self._alerts[event.details.name.lower()].append(place)
            for name in _names_of(event):
                self._by_name[name].append(place)
            if event.kind in LOGGED:
                letters = _letters(event.summary)
                for start in range(0, len(letters) - QUOTE_LENGTH + 1, QUOTE_STEP):
                    self._quotable[letters[start : start + QUOTE_LENGTH]].append(place)
        names = "|".join(re.escape(name) for name in sorted(self._alerts, key=len, reverse=True) if name)
        self._alert_names = re.compile(rf"(?<!\w)(?:{names})(?!\w)") if names else None

    def named_or_quoted(self, teller: Event) -> Iterator[int]:
        """Yield the places of what `teller` names or quotes."""
        for link in teller.links:
            yield from self._by_name.get(_as_name(link), ())
        if self._alert_names is not None:
            yield from self._alerts_named(teller)
        if self._quotable and _LIKE_A_LOG.search(teller.summary):
            yield from self._quoted(teller.summary)

    def _alerts_named(self, teller: Event) -> Iterator[int]:
        if self._alert_names is None:
            return
        for name in set(self._alert_names.findall(teller.summary.lower())):
            yield from (place for place in self._alerts[name] if _is_meant(self._events[place], teller.occurred_at))

    def _quoted(self, text: str) -> Iterator[int]:
        letters = _letters(text)
        for start in range(len(letters) - QUOTE_LENGTH + 1):
            places = self._quotable.get(letters[start : start + QUOTE_LENGTH], ())
            if len(places) <= COMMON:
                yield from places


def _names_of(event: Event) -> Iterable[str]:
    """Yield what only this event is named by."""
    details = event.details
    if isinstance(details, AlertDetails | PageDetails | ChangeDetails) and details.url and event.kind is not Kind.BRANCH:
        yield details.url
    if isinstance(details, PageDetails) and event.kind is Kind.PAGE:
        yield f"pagerduty:{details.incident}"
    if isinstance(details, ChangeDetails) and details.revision and event.kind is not Kind.PUSH:
        yield _as_name(details.revision)
        yield f"commit:{details.revision.lower()}"


def _as_name(link: str) -> str:
    """Return a link in the form that it is indexed by: a commit by its first seven digits."""
    lowered = link.lower()
    return lowered[:7] if _COMMIT.fullmatch(lowered) else link


def _is_meant(alert: Event, at: Instant) -> bool:
    return alert.occurred_at <= at and (alert.ended_at is None or at <= alert.ended_at + STILL_NAMED)


def _is_bot(event: Event) -> bool:
    return isinstance(event.details, MessageDetails) and event.details.bot


def _letters(text: str) -> str:
    return _NOT_WORDS.sub("", text).lower()


def _summary_then(event: Event, at: Instant, *, ahead: bool) -> str:
    """Return the summary without what lay ahead: later words, the lines still to come, the extreme still to be reached."""
    details = event.details
    if isinstance(details, MessageDetails) and details.edited_at and details.edited_at > at:
        return EDITED_LATER
    if isinstance(details, LogDetails) and ahead and event.kind is not Kind.LOG:
        return details.template or "a log line"
    if isinstance(details, TurnDetails) and ahead:
        return f"{details.metric} left its usual range"
    return event.summary


def _details_then(details: Details, at: Instant, *, ahead: bool) -> Details:
    """Return details without what lay ahead at `at`; `ahead` says that the event had not ended."""
    if isinstance(details, MessageDetails):
        edited = details.edited_at if details.edited_at and details.edited_at <= at else None
        deleted = details.deleted_at if details.deleted_at and details.deleted_at <= at else None
        return replace(details, reactions=(), edited_at=edited, deleted_at=deleted)
    if isinstance(details, AlertDetails) and ahead:
        return replace(details, state="firing")
    if isinstance(details, LogDetails) and ahead:
        return replace(details, count=1)
    if isinstance(details, TurnDetails) and ahead:
        return replace(details, value=None, extreme=None)
    return details
