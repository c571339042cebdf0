"""Have we seen this before? Ranks earlier postmortems by the traits that they share with one, each with its reasons in words.

A trait counts by how few of the candidates have it (inverse document frequency: Sparck Jones, "A statistical interpretation of
term specificity", Journal of Documentation 28, 1972), times the weight of its kind: an alert that both had says more than
a word.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from juncture.memory.traits import Trait, TraitKind

Key = TypeVar("Key")

_WEIGHTS = {
    TraitKind.ALERT: 4.0, TraitKind.NAME: 3.0, TraitKind.SERVICE: 2.0,
    TraitKind.METRIC: 1.5, TraitKind.FACTOR: 1.5, TraitKind.WORD: 1.0,
}  # fmt: skip
_RARE = 0.1
"""A word that no more than this share of the candidates have says something by itself."""
_ENOUGH_WORDS = 3
_FEW = 3
"""What so few have is rare, however few candidates there are."""
_MOST_NAMED = 4


class Similar(Struct, Generic[Key], frozen=True):
    """An earlier postmortem, how near it is, and why."""

    key: Key
    score: float
    reasons: tuple[str, ...]


def ranked(subject: Collection[Trait], candidates: Mapping[Key, Collection[Trait]], *, most: int) -> list[Similar[Key]]:
    """Return the candidates that share enough with `subject`, nearest first; of equals, the first given first.

    Enough is an alert or another name, a service, or three rare words of which one is a factor's. `candidates` is what
    whoever asks may see, and nothing else: what it does not hold has no part in the weights.
    """
    wanted = frozenset(subject)
    shared = {key: _once(wanted.intersection(traits)) for key, traits in candidates.items()}
    counts = Counter(trait for traits in shared.values() for trait in traits)
    total = len(candidates)
    found = []
    for key, traits in shared.items():
        if _is_enough(traits, counts, total):
            score = sum(_WEIGHTS[trait.kind] * math.log(1 + total / counts[trait]) for trait in traits)
            found.append(Similar(key, score, _reasons(traits, counts, total)))
    return sorted(found, key=lambda each: -each.score)[:most]


def _once(traits: frozenset[Trait]) -> frozenset[Trait]:
    """Return traits without the names of the alerts among them."""
    return traits - {Trait(TraitKind.NAME, trait.term) for trait in traits if trait.kind is TraitKind.ALERT}


def _is_enough(traits: Collection[Trait], counts: Mapping[Trait, int], total: int) -> bool:
    kinds = {trait.kind for trait in traits}
    if kinds & {TraitKind.ALERT, TraitKind.NAME, TraitKind.SERVICE}:
        return True
    rare = [trait for trait in traits if trait.kind in _OF_WORDS and _is_rare(trait, counts, total)]
    return len(rare) >= _ENOUGH_WORDS and any(trait.kind is TraitKind.FACTOR for trait in rare)


_OF_WORDS = frozenset({TraitKind.FACTOR, TraitKind.WORD})


def _is_rare(trait: Trait, counts: Mapping[Trait, int], total: int) -> bool:
    return counts[trait] <= max(_FEW, total * _RARE)


def _reasons(traits: Collection[Trait], counts: Mapping[Trait, int], total: int) -> tuple[str, ...]:
    by_rarity = sorted(traits, key=lambda trait: (counts[trait], trait.term))
    said = []
    for kind, one, many in (
        (TraitKind.ALERT, "both: alert", "both: alerts"),
        (TraitKind.NAME, "both name", "both name"),
        (TraitKind.SERVICE, "both: service", "both: services"),
        (TraitKind.METRIC, "both: metric", "both: metrics"),
        (TraitKind.FACTOR, "factor words:", "factor words:"),
        (TraitKind.WORD, "words:", "words:"),
    ):
        terms = [trait.term for trait in by_rarity if trait.kind is kind]
        if kind in _OF_WORDS:
            terms = [trait.term for trait in by_rarity if trait.kind is kind and _is_rare(trait, counts, total)]
        if terms:
            said.append(f"{one if len(terms) == 1 else many} {', '.join(terms[:_MOST_NAMED])}")
    return tuple(said)
