"""What a reader meets first: title, state, summary, and the facts in one row."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.document.prompts import without_prompts
from juncture.model.instants import duration_text, seconds_between
from juncture.model.record import MilestoneName, MilestoneState
from juncture.text.markup import EMPTY, Markup, element, joined

FOG = "Not here yet: nobody could know it"
_STATES = {
    "draft": "Draft", "in_review": "In review", "reviewed": "Reviewed", "published": "Published", "closed": "Closed",
}  # fmt: skip
_FACTS = (
    (MilestoneName.STARTED, "Began"),
    (MilestoneName.DETECTED, "Detected"),
    (MilestoneName.MITIGATED, "Mitigated"),
    (MilestoneName.RESOLVED, "Resolved"),
)
_MOST_SERVICES = 3


def fog() -> Markup:
    """Return the words that stand where the replay may not show a thing."""
    return element("p", FOG, class_="fog-words")


def head(context: Context, summary: str) -> Markup:
    """Return state, title and summary; `summary` is Markdown."""
    record = context.postmortem
    if not context.edition.for_authors:
        summary = without_prompts(summary)
    name = context.anchors.section("summary")
    prose = context.prose(summary, name) if summary.strip() else element("p", "No summary yet.", class_="quiet")
    words = element(
        "div",
        element("p", joined(_eyebrow(context)), class_="eyebrow"),
        element("h1", record.title or "Untitled", id="title"),
        element("div", prose, context.pictures(), class_="summary", id=f"section-{name}"),
        class_="later-words",
    )
    replay = element("h1", "Known at ", element("span", class_="replay-clock"), class_="in-replay unseen-label", hidden=True)
    return element("header", words, replay, fog(), class_="document-head later-box")


def facts(context: Context) -> Markup:
    """Return when it began, was detected, mitigated and resolved, and where; what is absent says so in words."""
    known = {name: context.milestone(name) for name, _ in _FACTS}
    if context.near_miss:
        # Nothing is missing from a near miss that says no more than what nearly happened.
        cells = [_fact(context, name, said) for name, said in _FACTS if known[name] is not None]
    else:
        cells = [_fact(context, name, said) for name, said in _FACTS]
    services = context.postmortem.incident.services
    if services:
        rest = len(services) - _MOST_SERVICES
        more = element("small", f"and {rest} more", title=", ".join(services)) if rest > 0 else None
        cells.append(_cell("Services", ", ".join(services[:_MOST_SERVICES]), more))
    if not cells:
        return EMPTY
    return element("div", element("dl", joined(cells), class_="facts later-words"), fog(), class_="later-box")


def _eyebrow(context: Context) -> list[Markup]:
    record = context.postmortem
    state = record.metadata.get("state", "draft").lower().replace(" ", "_").replace("-", "_")
    chips = []
    if record.incident.severity:
        chips.append(element("span", record.incident.severity, class_=f"chip {context.edition.severity_tone}".rstrip()))
    chips.append(
        element("span", _STATES.get(state, state), class_=f"chip {'good' if state in {'published', 'closed'} else 'absent'}")
    )
    if context.near_miss:
        chips.append(element("span", "Near miss", class_="chip absent"))
    began = context.milestone(MilestoneName.STARTED)
    first = (began and began.at) or (record.timeline[0].occurred_at if record.timeline else None)
    if first:
        chips.append(element("span", context.clock.day(first)))
    about = [element("span", words) for words in context.edition.standing]
    return [*chips, element("span", joined(about), class_="dots")] if about else chips


def _fact(context: Context, name: MilestoneName, said: str) -> Markup:
    milestone = context.milestone(name)
    if milestone is None:
        return _cell(said, element("span", "Not known", class_="absent"))
    marks = context.citations.marks(milestone.citations[:2])
    if milestone.state is MilestoneState.INVALID:
        return _cell(said, element("span", "Invalid", class_="chip bad"), element("small", milestone.reason))
    if milestone.at is None:
        absent = element("span", "\N{EN DASH}, not applicable", class_="absent")
        return _cell(said, absent, element("small", milestone.reason))
    began = context.milestone(MilestoneName.STARTED)
    clock, at = context.clock, milestone.at
    if name is MilestoneName.STARTED or began is None or began.at is None:
        return _cell(
            said, joined((context.time(at, f"{clock.second(at)} {clock.zone}"), marks)), element("small", clock.short_day(at))
        )
    after = seconds_between(began.at, at)
    words = f"after {duration_text(after)}" if after >= 0 else f"{duration_text(-after)} before"
    other_day = clock.local(at).date() != clock.local(began.at).date()
    stamp = f"{clock.second(at)}, {clock.short_day(at)}" if other_day else clock.second(at)
    return _cell(said, joined((element("span", words), marks)), element("small", context.time(at, stamp)))


def _cell(name: str, value: str, below: Markup | None = None) -> Markup:
    return element("div", element("dt", name), element("dd", value, below or EMPTY))
