"""The orders of sections that practices ask for, and the sections written in such an order."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.document.drafting import passages
from juncture.document.drafting.facts import Facts
from juncture.document.drafting.sources import sources
from juncture.document.drafting.summary import summary
from juncture.document.prompts import prompt
from juncture.model.record import Section

PRACTICES = ("google", "amazon-coe", "netflix-oops")
"""The practices that a draft can follow, the default first."""

Part = Callable[[Facts], str]

PARTS: dict[str, Part] = {
    "summary": summary,
    "sources": sources,
    **{
        part.__name__: part
        for part in (
            passages.impact, passages.customer_impact, passages.financial_impact, passages.timeline, passages.detection,
            passages.changes, passages.factors, passages.resolution, passages.mitigation, passages.diagnosis,
            passages.decisions, passages.weak_points, passages.lessons, passages.actions, passages.questions,
            passages.participants, passages.metrics, passages.five_whys, passages.background, passages.prologue,
            passages.trigger, passages.effects, passages.epilogue, passages.mitigators, passages.risks, passages.challenges,
            passages.security, passages.related,
        )
    },
}  # fmt: skip
"""What a section can hold, by name."""


class Heading(Struct, frozen=True):
    """A section of an order: its heading, its parts, and the subsections below it."""

    heading: str
    parts: tuple[str, ...]
    below: tuple[Heading, ...] = ()


class Order(Struct, frozen=True):
    """One file of `practices/`."""

    title: str
    sections: tuple[Heading, ...]


@cache
def order(practice: str) -> Order:
    """Return the order of a practice. Raises ValueError for one that there is not."""
    if practice not in PRACTICES:
        raise ValueError(f"there is no practice {practice!r}: use {', '.join(PRACTICES)}")
    text = files(__package__).joinpath("practices", f"{practice}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Order)


OF_IMPACT = frozenset({"impact", "customer_impact", "financial_impact", "effects"})
"""Parts that a near miss has not."""
_WITHOUT_EVIDENCE = frozenset({"summary", "factors", "lessons", "actions"})
"""Parts that people write, whatever the evidence holds."""
FIVE_SENTENCES = (
    "what nearly happened.",
    "what it would have done to users.",
    "what stopped it: a check, a person, or luck.",
    "what had to be true for it to get so far.",
    "what changes, so that it stops earlier the next time.",
)


def sections_of(facts: Facts, practice: str, *, near_miss: bool = False) -> tuple[Section, ...]:
    """Return the sections of a draft in the order of a practice; the footnotes' definitions stand in the last one.

    A near miss has no section of impact. Its summary asks for five sentences, and without evidence there is little else.
    """
    headings = order(practice).sections
    if not near_miss:
        return tuple(Section(one.heading, _text(facts, one, level=3)) for one in headings)
    kept = _WITHOUT_EVIDENCE if not facts.timeline.events else frozenset(PARTS)
    headings = tuple(found for one in headings if (found := _without(one, kept - OF_IMPACT)) is not None)
    sections = [Section(one.heading, _text(facts, one, level=3)) for one in headings]
    asked = "\n\n".join(prompt(sentence) for sentence in FIVE_SENTENCES)
    first = sections[0].markdown if facts.timeline.events else ""
    sections[0] = Section(sections[0].heading, "\n\n".join(filter(None, (first, asked))))
    return tuple(sections)


def _without(one: Heading, kept: frozenset[str]) -> Heading | None:
    """Return a heading with the kept parts alone, None where nothing is left of it."""
    parts = tuple(part for part in one.parts if part in kept)
    below = tuple(found for sub in one.below if (found := _without(sub, kept)) is not None)
    return Heading(one.heading, parts, below) if parts or below else None


def _text(facts: Facts, one: Heading, level: int) -> str:
    own = [PARTS[part](facts) for part in one.parts]
    below = [f"{'#' * level} {sub.heading}\n\n{_text(facts, sub, level + 1)}" for sub in one.below]
    return "\n\n".join(part for part in (*own, *below) if part)
