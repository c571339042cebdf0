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


def sections_of(facts: Facts, practice: str) -> tuple[Section, ...]:
    """Return the sections of a draft in the order of a practice; the footnotes' definitions stand in the last one."""
    return tuple(Section(one.heading, _text(facts, one, level=3)) for one in order(practice).sections)


def _text(facts: Facts, one: Heading, level: int) -> str:
    own = [PARTS[part](facts) for part in one.parts]
    below = [f"{'#' * level} {sub.heading}\n\n{_text(facts, sub, level + 1)}" for sub in one.below]
    return "\n\n".join(part for part in (*own, *below) if part)
