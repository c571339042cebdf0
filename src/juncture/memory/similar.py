"""Have we seen this before? Ranks earlier postmortems by the traits that they share with one, each with its reasons in words.

A trait counts by how few of the candidates have it (inverse document frequency: Sparck Jones, "A statistical interpretation of
term specificity", Journal of Documentation 28, 1972), times the weight of its kind: an alert that both had says more than
a word.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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


_NAMING = frozenset({TraitKind.ALERT, TraitKind.NAME, TraitKind.SERVICE})
_OF_WORDS = frozenset({TraitKind.FACTOR, TraitKind.WORD})
_SAID = (
    (TraitKind.ALERT, "both: alert", "both: alerts"),
    (TraitKind.NAME, "both name", "both name"),
    (TraitKind.SERVICE, "both: service", "both: services"),
    (TraitKind.METRIC, "both: metric", "both: metrics"),
    (TraitKind.FACTOR, "factor words:", "factor words:"),
    (TraitKind.WORD, "words:", "words:"),
)
"""How each kind is said, of one trait and of several."""


def ranked(subject: Collection[Trait], candidates: Mapping[Key, Collection[Trait]], *, most: int) -> list[Similar[Key]]:
    """Return the candidates that share enough with `subject`, nearest first; of equals, the first given first.

    Enough is an alert or another name, a service, or three rare words of which one is a factor's. `candidates` is what
    whoever asks may see, and nothing else: what it does not hold has no part in the weights.
    """
    traits = tuple(dict.fromkeys(subject))
    bits = {trait: 1 << place for place, trait in enumerate(traits)}
    shared = {key: sum(bits[trait] for trait in set(had) if trait in bits) for key, had in candidates.items()}
    return ranked_by_bits(traits, shared, most=most)


def ranked_by_bits(subject: Sequence[Trait], shared: Mapping[Key, int], *, most: int) -> list[Similar[Key]]:
    """Return the same of candidates of which is known what they share: 1 for the first trait of `subject`, 2, 4, 8 and so on.

    Of thousands of candidates many share the same: what they share is weighed once.
    """
    sharing = Counter(shared.values())
    weighing = _Weighing(subject, sharing)
    scores = {bits: weighing.score(bits) for bits in sharing}
    scored = ((scores[bits], key, bits) for key, bits in shared.items() if scores[bits])
    nearest = heapq.nlargest(most, scored, key=lambda each: each[0])
    return [Similar(key, score, weighing.reasons(bits)) for score, key, bits in nearest]


class _Weighing:
    """What each trait of a subject counts among candidates: how many have it tells how much it says."""

    def __init__(self, subject: Sequence[Trait], sharing: Mapping[int, int]) -> None:
        """Take how many candidates share what, by bits."""
        self._subject = subject
        places = {trait: place for place, trait in enumerate(subject)}
        self._names_of_alerts = [
            (1 << place, 1 << places[name])
            for trait, place in places.items()
            if trait.kind is TraitKind.ALERT and (name := Trait(TraitKind.NAME, trait.term)) in places
        ]
        self._total = sum(sharing.values())
        self._counts = [0] * len(subject)
        self._places = {bits: self._places_of(bits) for bits in sharing}
        for bits, candidates in sharing.items():
            for place in self._places[bits]:
                self._counts[place] += candidates
        self._weights = [
            _WEIGHTS[trait.kind] * math.log(1 + self._total / count) if count else 0.0
            for trait, count in zip(subject, self._counts, strict=True)
        ]

    def score(self, bits: int) -> float:
        """Return how near what shares this is; 0 where it is not enough."""
        places = self._places[bits]
        return sum(self._weights[place] for place in places) if self._is_enough(places) else 0.0

    def reasons(self, bits: int) -> tuple[str, ...]:
        """Return what is shared in words, the rarest of each kind first."""
        by_rarity = sorted(self._places[bits], key=lambda place: (self._counts[place], self._subject[place].term))
        said = []
        for kind, one, many in _SAID:
            terms = [
                self._subject[place].term
                for place in by_rarity
                if self._subject[place].kind is kind and (kind not in _OF_WORDS or self._is_rare(place))
            ]
            if terms:
                said.append(f"{one if len(terms) == 1 else many} {', '.join(terms[:_MOST_NAMED])}")
        return tuple(said)

    def _places_of(self, bits: int) -> list[int]:
        """Return the places of the traits that are shared, without the names of the alerts among them."""
        for alert, name in self._names_of_alerts:
            if bits & alert:
                bits &= ~name
        return [place for place in range(bits.bit_length()) if bits >> place & 1]

    def _is_enough(self, places: Collection[int]) -> bool:
        if any(self._subject[place].kind in _NAMING for place in places):
            return True
        rare = [self._subject[place].kind for place in places if self._is_rare(place)]
        return len([kind for kind in rare if kind in _OF_WORDS]) >= _ENOUGH_WORDS and TraitKind.FACTOR in rare

    def _is_rare(self, place: int) -> bool:
        return self._counts[place] <= max(_FEW, self._total * _RARE)
