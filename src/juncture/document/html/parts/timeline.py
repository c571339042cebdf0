"""The timeline as a list: by phase and day, with both times of every event, and how sure they are."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from juncture.document.drawing.anchors import event_anchor
from juncture.document.drawing.clock import milliseconds
from juncture.document.drawing.ground import known_text
from juncture.document.drawing.labels import cut
from juncture.document.drawing.ribbon import NAMES
from juncture.document.drawing.shapes import LOOKS, icon
from juncture.document.html.context import Context
from juncture.document.replay import phase_known_at, told_later
from juncture.model.evidence import Event, Kind
from juncture.model.instants import Instant, duration_text, seconds_between
from juncture.model.record import Phase
from juncture.text.markup import EMPTY, Markup, element, escape, joined

_SAID = frozenset({Kind.MESSAGE, Kind.UTTERANCE, Kind.COMMENT, Kind.NOTE, Kind.ACCOUNT})
"""Kinds whose text is a person's own words."""
_LATER = timedelta(seconds=30)
"""Known so much later than it happened: worth saying."""
_MOST_CHARACTERS = 320


def timeline(context: Context) -> Markup:
    """Return the key events, with all others that the record keeps one click away; empty where there are none."""
    events = context.postmortem.timeline
    if not events:
        return EMPTY
    unsure = _uncertain(events)
    groups = joined(_group(context, phase, part, unsure) for phase, part in _by_phase(context.postmortem.phases, events))
    return joined((_caption(context), _filters(events), element("div", groups, class_="events", id="events"), _known_head()))


def is_key(event: Event, events: Sequence[Event]) -> bool:
    """Whether an event belongs to the key ones; where none is marked, all do."""
    return event.key or not any(each.key for each in events)


def _known_head() -> Markup:
    """Return what the replay fills: what was there and not seen, after the reader asked for it."""
    question = "What would have brought this to you?"
    unseen = element(
        "div",
        element("h3", "There at ", element("span", class_="replay-clock"), ", not seen", tabindex=-1),
        element("p", question, class_="question"),
        element("ol", class_="unseen-list"),
        element("p", "Nothing that was recorded by then had gone unseen.", class_="unseen-none", hidden=True),
        class_="unseen",
        hidden=True,
    )
    button = element("button", "Reveal what was there, not seen", type="button", class_="button", id="reveal")
    return element("div", element("p", button, class_="reveal-row"), unseen, class_="reveal", hidden=True)


def _caption(context: Context) -> Markup:
    events = context.postmortem.timeline
    unseen = sum(event.known_at is None for event in events)
    words = (
        f"Times in {context.clock.zone}. A hollow mark is when it happened; “known” is when the evidence first shows it to a "
        "responder."
    )
    if unseen == len(events):
        words += " Nothing in this evidence shows who knew what, or when."
    elif unseen:
        words += f" For {unseen} of {len(events)} events nothing shows that anybody saw them."
    return element("p", words, class_="caption later")


def _filters(events: Sequence[Event]) -> Markup:
    keys = sum(is_key(event, events) for event in events)
    choice = EMPTY
    if keys < len(events):
        choice = element(
            "fieldset",
            element("legend", "Which events", class_="unseen-label"),
            _radio("events-key", f"Key events {keys}", checked=True),
            _radio("events-all", f"All kept {len(events)}", checked=False),
            class_="segments small",
        )
    lanes = [look for look in LOOKS.values() if any(event.lane is look.lane for event in events)]
    picks = joined(
        element(
            "label",
            element("input", type="checkbox", checked=True, id=f"show-{look.lane}"),
            icon(look.lane, named=False),
            element("span", look.many),
            class_="pick",
        )
        for look in lanes
    )
    picked = (
        element("fieldset", element("legend", "Lanes", class_="unseen-label"), picks, class_="picks")
        if len(lanes) > 1
        else None
    )
    return element("div", choice, picked, class_="filters no-print later")


def _radio(name: str, words: str, *, checked: bool) -> Markup:
    text, _, count = words.rpartition(" ")
    return element(
        "label",
        element("input", type="radio", name="events-shown", id=name, checked=checked),
        f"{text} ",
        element("span", count, class_="count"),
    )


def _by_phase(phases: Sequence[Phase], events: Sequence[Event]) -> Iterable[tuple[Phase | None, list[Event]]]:
    groups: list[tuple[Phase | None, list[Event]]] = []
    for event in events:
        phase = next(
            (each for each in phases if each.from_ <= event.occurred_at and (each.to is None or event.occurred_at < each.to)),
            None,
        )
        if not groups or groups[-1][0] != phase:
            groups.append((phase, []))
        groups[-1][1].append(event)
    return groups


def _group(context: Context, phase: Phase | None, events: Sequence[Event], uncertain: Container[str]) -> Markup:
    record = context.postmortem
    keys = [event for event in events if is_key(event, record.timeline)]
    entries = []
    day = None
    for event in events:
        today = context.clock.local(event.occurred_at).date()
        if _spans_days(context) and today != day:
            entries.append(element("li", context.clock.day(event.occurred_at), class_="day later"))
        day = today
        entries.append(_entry(context, event, minor=event not in keys, unsure=event.id in uncertain))
    return element(
        "section",
        _heading(context, phase, events),
        element("ol", joined(entries)),
        class_=f"phase-group {'in-' + phase.name if phase else 'outside'}{'' if keys else ' minor'}",
    )


def _heading(context: Context, phase: Phase | None, events: Sequence[Event]) -> Markup:
    record = context.postmortem
    if phase is None:
        first = record.phases[0].from_ if record.phases else None
        words = "" if first is None else ("Before it began" if events[0].occurred_at < first else "After it was over")
        return element("h3", words, class_="later") if words else EMPTY
    known = phase_known_at(phase, record.milestones, record.timeline, record.decisions)
    length = duration_text(seconds_between(phase.from_, phase.to)) if phase.to else ""
    return element("h3", NAMES[phase.name], " ", element("span", length, class_="count later"), data_known=known_text(known))


def _entry(context: Context, event: Event, *, minor: bool, unsure: bool) -> Markup:
    hollow = event.known_at is None or event.known_at - event.occurred_at >= _LATER
    names = ["event", str(event.lane)]
    names += ["minor"] if minor else []
    names += ["unsure"] if unsure else []
    return element(
        "li",
        element("span", _time(context, event), class_="event-time"),
        icon(event.lane, hollow=hollow),
        element("div", _said(context, event), _pictures(context, event), _known(context, event), class_="event-text"),
        id=event_anchor(event.id),
        class_=" ".join(names),
        tabindex=-1,
        data_at=milliseconds(event.occurred_at),
        data_known=known_text(event.known_at),
        data_recorded=milliseconds(event.recorded_at) if event.recorded_at else None,
    )


def _time(context: Context, event: Event) -> Markup:
    width = event.latest - event.earliest
    link = f"#{event_anchor(event.id)}"
    if timedelta(seconds=59) <= width <= timedelta(seconds=60) and event.earliest.second == 0:
        minute = context.time(event.occurred_at, context.clock.minute(event.occurred_at))
        return element("a", minute, href=link, class_="time-link")
    doubt = element("small", f"± {duration_text(width.total_seconds() / 2)}") if width >= timedelta(seconds=2) else None
    return joined((element("a", context.time(event.occurred_at), href=link, class_="time-link"), doubt))


def _said(context: Context, event: Event) -> Markup:
    text = _text(event)
    role = context.role(event.actor)
    marks = context.citations.marks(event.citations)
    if event.kind in _SAID:
        words = element("q", text)
        return element("p", element("span", f"{role}: ", class_="who") if role else None, words, marks)
    return element("p", text, marks)


def _pictures(context: Context, event: Event) -> Markup:
    """Return the screenshots that an event was read from."""
    pictures = {citation.artefact: citation for citation in event.citations if citation.artefact in context.edition.images}
    return joined(context.citations.figure(citation) for citation in pictures.values())


def _text(event: Event) -> Markup:
    """Return an event's words; where they tell what lay ahead, also those that stand for them until then."""
    text = _with_code(cut(event.summary, _MOST_CHARACTERS))
    before = told_later(event)
    if before is None:
        return text
    then, since = _with_code(cut(before[0], _MOST_CHARACTERS)), milliseconds(before[1])
    return joined((element("span", text, data_known=since), element("span", then, data_until=since, hidden=True)))


def _with_code(text: str) -> Markup:
    """Return text in which what stands between backticks is set as code, the only markup that chat and commits share."""
    pieces = re.split(r"```|`", text)
    if len(pieces) == 1:
        return escape(text)
    return joined(element("code", piece.strip()) if number % 2 else piece for number, piece in enumerate(pieces))


def _known(context: Context, event: Event) -> Markup:
    """Return the line below an event: who acted, when it was known, until when it lasted."""
    parts: list[Markup] = []
    role = context.role(event.actor)
    if role and event.kind not in _SAID and role.lower() not in event.summary.lower():
        parts.append(element("span", role))
    if event.known_at is None and is_key(event, context.postmortem.timeline):
        parts.append(element("span", "nobody is shown to have seen it"))
    elif event.known_at is not None and event.known_at - event.occurred_at >= _LATER:
        parts.append(_known_later(context, event, event.known_at))
    if event.ended_at is not None and event.ended_at - event.occurred_at >= _LATER:
        until = _clock(context, event.ended_at, event)
        parts.append(element("span", "until ", context.time(event.ended_at, until), data_known=milliseconds(event.ended_at)))
    return element("p", joined(parts), class_="meta dots") if parts else EMPTY


def _known_later(context: Context, event: Event, known_at: Instant) -> Markup:
    seconds = seconds_between(event.occurred_at, known_at)
    later = duration_text(seconds if seconds < 60 else round(seconds / 60) * 60)
    readers = [role for role in map(context.role, event.known_by) if role]
    by = f", by {readers[0]}" if len(readers) == 1 else ""
    return element(
        "span", "known ", context.time(known_at, _clock(context, known_at, event)), f", {later} later{by}", class_="known"
    )


def _clock(context: Context, at: Instant, event: Event) -> str:
    clock = context.clock
    same_day = clock.local(at).date() == clock.local(event.occurred_at).date()
    return clock.second(at) if same_day else f"{clock.second(at)}, {clock.short_day(at)}"


def _uncertain(events: Sequence[Event]) -> set[str]:
    """Return the ids of neighbours whose order the clocks of their sources can't tell."""
    found: set[str] = set()
    for first, then in pairwise(events):
        if first.latest > then.earliest and first.source != then.source and first.earliest < first.latest:
            found.add(then.id)
    return found


def _spans_days(context: Context) -> bool:
    events = context.postmortem.timeline
    return context.clock.local(events[0].occurred_at).date() != context.clock.local(events[-1].occurred_at).date()
