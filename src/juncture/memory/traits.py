"""The traits of a postmortem by which another is recognised: services, alerts, metrics, and the words of what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files

from msgspec import Struct

from juncture.model.evidence import AlertDetails, TurnDetails
from juncture.model.record import MilestoneName, Postmortem

LONGEST = 120
"""Characters of a trait."""
MOST_WORDS = 40
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][\w-]*[A-Za-z0-9\u00c0-\u024f]")
_NAME = re.compile(r"\b(?:[A-Z][a-z0-9]+){2,}\b")
_FOOTNOTE = re.compile(r"\[\^[^\]]*\](?::.*)?|`|<!--.*?-->|\*To write:.*", re.DOTALL)
_QUOTED = re.compile('[\u201c"][^\u201d"]*[\u201d"]')
_SUMMARY = frozenset({"summary", "executive summary", "tl;dr", "abstract"})
_SHORTEST = 3


class TraitKind(StrEnum):
    """What a trait is."""

    SERVICE = "service"
    ALERT = "alert"
    METRIC = "metric"
    NAME = "name"
    """A name that the prose writes as programs do, `CheckoutErrors`; what alerts are called is among them."""
    FACTOR = "factor"
    """A word of a contributing factor or a weak point."""
    WORD = "word"
    """A word of the title, the summary or a choice."""


class Trait(Struct, frozen=True, order=True):
    """One trait; `term` is as it was written, words in small letters and singular."""

    kind: TraitKind
    term: str


def traits_of(record: Postmortem) -> frozenset[Trait]:
    """Return the traits of a postmortem."""
    found = {Trait(TraitKind.SERVICE, _cut(name)) for name in record.incident.services}
    for event in record.timeline:
        if event.key and isinstance(event.details, AlertDetails):
            found.add(Trait(TraitKind.ALERT, _cut(event.details.name)))
        elif event.key and isinstance(event.details, TurnDetails):
            found.add(Trait(TraitKind.METRIC, _cut(event.details.metric)))
    causes = [factor.title for factor in record.factors] + [f"{each.title}. {each.statement}" for each in record.weak_points]
    told = [record.title, *(each.markdown for each in record.sections if each.heading.strip().lower() in _SUMMARY)]
    told += [each.chosen for each in record.decisions]
    found |= {Trait(TraitKind.NAME, trait.term) for trait in found if trait.kind is TraitKind.ALERT}
    found |= {Trait(TraitKind.NAME, _cut(name)) for text in (*causes, *told) for name in _NAME.findall(_plain(text))}
    names = {part for trait in found for part in words_of([trait.term])}
    factors = [word for word in words_of(causes) if word not in names][:MOST_WORDS]
    words = [word for word in words_of(told) if word not in names and word not in factors][: MOST_WORDS - len(factors)]
    found |= {Trait(TraitKind.FACTOR, word) for word in factors}
    found |= {Trait(TraitKind.WORD, word) for word in words}
    return frozenset(found)


def traits_of_words(text: str, services: Iterable[str]) -> frozenset[Trait]:
    """Return the traits of an incident of which nothing but its title and services is known yet."""
    words = {Trait(TraitKind.WORD, word) for word in words_of([text])[:MOST_WORDS]}
    return frozenset({Trait(TraitKind.SERVICE, _cut(name)) for name in services} | words)


def mitigation_of(record: Postmortem) -> tuple[str, ...]:
    """Return what was chosen last before users no longer felt it; empty where no decision was made by then."""
    mitigated = next((each.at for each in record.milestones if each.name is MilestoneName.MITIGATED), None)
    mitigated = mitigated or record.incident.mitigated_at
    if mitigated is None:
        return ()
    made = sorted((each for each in record.decisions if each.at <= mitigated), key=lambda each: each.at)
    return tuple(each.chosen for each in made[-1:])


def words_of(texts: Iterable[str]) -> list[str]:
    """Return the words that say something, each once, in order: small letters, no plural, none that every incident has."""
    found: dict[str, None] = {}
    common = _common()
    for text in texts:
        for word in _WORD.findall(_QUOTED.sub(" ", _plain(text))):
            folded = _singular(word.lower())
            if len(folded) >= _SHORTEST and not {folded, word.lower()} & common:
                found[folded[:LONGEST]] = None
    return list(found)


@cache
def _common() -> frozenset[str]:
    """Return the words that every postmortem has."""
    text = files(__package__).joinpath("common_words.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def _plain(text: str) -> str:
    return _FOOTNOTE.sub(" ", text)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _cut(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
