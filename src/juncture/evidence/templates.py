"""Templates of log messages: what stays the same in lines of one shape, with `<*>` where they differ.

After Drain (P. He, J. Zhu, Z. Zheng, M. R. Lyu: "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017): a
tree of fixed depth (group, number of words, first word) leads to a few candidates, and the most similar one takes the line.

Two things differ from the paper. What carries digits is a parameter from the start (the paper's preprocessing), but a plain
word becomes one only when several values of it were seen: "connection lost" and "connection restored" are no two readings of
one template, while forty user names in the same place are. And templates that turn out to be one are joined, with all that was
counted for either, so that early lines belong to the final template.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from typing import Generic, TypeVar

ANY = "<*>"
TEMPLATES_LIMIT = 1000
"""Templates held at once; the one not seen for longest makes room. Programs have tens to hundreds."""
VALUES_OF_A_WORD = 8
"""Values that a word must take, all else being equal, to be a parameter: programs have few states and many users."""
CROWD = 40
"""Templates with the same first word and length from which on similar ones are joined, as in the paper."""
SIMILAR = 0.5
"""Share of equal words for that, of those that are no parameters (in the paper 0.4 to 0.5, parameters counted)."""
LEFT = 0.3
"""Share of all words that must be equal besides, lest a template of parameters takes everything."""
FIRST_WORDS = 60
"""First words a length may have before further ones count as parameters (the paper's maxChild)."""
WORDS_LIMIT = 40
MESSAGE_LIMIT = 2000
"""Words and characters of a message that count; a statement of ten pages is known by its first lines."""
_REMEMBERED = 20_000
"""Messages whose template is remembered. Lines of one shape are mostly equal once their numbers are gone."""

State = TypeVar("State")

_CODE = "|".join(
    rf"(?<={word}{mark})" for word in ("code", "status", "signal", "errno", "HTTP") for mark in ("=", r"\x20", ":", r":\x20")
)
_PARAMETER = re.compile(
    # numbers, ids, addresses, versions, times; but status, exit code and signal say what happened
    rf"(?<![\w.-])(?!(?:{_CODE})[1-9]\d{{0,2}}(?!\w))(?:[\w.-]*?\d[\w.+%@:~-]*"
    r"|[0-9a-fA-F]{8,}(?![\w.-]))"  # hexadecimal without a digit
    r'|"[^"]{41,}"'  # a quotation of more than a few words
    r"|'[^']{41,}'(?!\w)"
)
_ASSIGNMENT = re.compile(r"(?<=[\w\]])=(?=[^\s=])")
_WORD = re.compile(r'"[^"\n]*"|\S+')
"""What a program quotes is one value, of however many words."""


class Template(Generic[State]):
    """One template and what is counted for it. `into` is the template that it was joined with, if it was."""

    __slots__ = ("evicted", "group", "into", "state", "words")

    def __init__(self, group: str, words: list[str], state: State) -> None:
        self.group = group
        self.words = words
        self.state = state
        self.into: Template[State] | None = None
        self.evicted = False

    @property
    def text(self) -> str:
        """The template as a line, `<*>` where lines differ."""
        return " ".join(self.words).replace("= ", "=")

    def fits(self, words: list[str]) -> bool:
        """Whether these words, as many as its own, are a line of it."""
        return all(own in (ANY, word) for own, word in zip(self.words, words, strict=True))


Children = dict[str, list[Template[State]]]
"""The templates of one length by their first word; under `<*>` those that may begin with any."""


class Miner(Generic[State]):
    """Finds the template of each message, in bounded memory.

    `state` makes what is counted for a new template; `join(kept, other)` adds the other's to it when two become one.
    Templates that had to make room are in `evicted` until the caller takes them from there.
    """

    def __init__(self, state: Callable[[], State], join: Callable[[State, State], None], limit: int = TEMPLATES_LIMIT) -> None:
        self.evicted: list[Template[State]] = []
        self._state = state
        self._join = join
        self._limit = limit
        self._remembered: dict[tuple[str, str], Template[State]] = {}
        self._recent: dict[Template[State], None] = {}
        self._tree: dict[tuple[str, int], Children[State]] = {}

    def add(self, message: str, group: str = "") -> Template[State]:
        """Return the template of a message. Messages of different groups (levels) never share one."""
        masked = _PARAMETER.sub(ANY, message[:MESSAGE_LIMIT])
        template = self._remembered.get((group, masked))
        while template is not None and template.into is not None:
            template = template.into
        if template is None or template.evicted:
            words = _WORD.findall(_ASSIGNMENT.sub("= ", masked))[:WORDS_LIMIT] or [""]
            template = self._find(group, words) or self._grow(group, words)
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[group, masked] = template
        self._recent.pop(template, None)
        self._recent[template] = None
        return template

    def templates(self) -> list[Template[State]]:
        """Return all that are held, the one seen last at the end."""
        return list(self._recent)

    def _find(self, group: str, words: list[str]) -> Template[State] | None:
        children = self._tree.get((group, len(words)), {})
        for first in (words[0], ANY):
            for template in children.get(first, ()):
                if template.fits(words):
                    return template
        return None

    def _grow(self, group: str, words: list[str]) -> Template[State]:
        """Return a new template, or the one that it gave reason to join others into."""
        children = self._tree.setdefault((group, len(words)), {})
        first = words[0]
        if first not in children and len(children) >= FIRST_WORDS:
            self._gather(children)
            first = ANY
        leaf = children.setdefault(first, [])
        new = Template(group, words, self._state())
        leaf.append(new)
        self._recent[new] = None
        template = self._parameter_found(children, new)
        if template is new and len(leaf) > CROWD:
            template = self._thinned(children, leaf, new)
        if len(self._recent) > self._limit:
            self._evict(next(iter(self._recent)))
        return template

    def _parameter_found(self, children: Children[State], new: Template[State]) -> Template[State]:
        """Join templates that differ from the new one in the same one place, where there are enough of them."""
        places: dict[int, list[Template[State]]] = {}
        for other in chain(children.get(new.words[0], ()), children.get(ANY, ()) if new.words[0] != ANY else ()):
            place = _only_difference(other.words, new.words)
            if place is not None:
                places.setdefault(place, []).append(other)
        rest = new.words[1:]
        if any(word != ANY for word in rest):
            places[0] = [other for leaf in children.values() for other in leaf if other is not new and other.words[1:] == rest]
        for others in places.values():
            if len(others) + 1 >= VALUES_OF_A_WORD:
                # What was joined may now itself be one of several that differ in one place.
                return self._parameter_found(children, self._joined(children, others[0], [*others[1:], new]))
        return new

    def _thinned(self, children: Children[State], leaf: list[Template[State]], new: Template[State]) -> Template[State]:
        """Join what is similar in a crowded leaf: all of it once, then what comes."""
        for kept in [template for template in leaf if template is not new] if len(leaf) > CROWD + 1 else list(leaf):
            if kept.into is None:
                among = [new] if len(leaf) > CROWD + 1 else leaf
                similar = [item for item in among if item is not kept and _are_similar(kept.words, item.words)]
                if similar:
                    self._joined(children, kept, similar)
            if new.into is not None:
                return kept
        return new

    def _joined(self, children: Children[State], kept: Template[State], others: list[Template[State]]) -> Template[State]:
        """Return `kept` with the others joined into it, and with what is now no more special than it."""
        _take_out(children, kept)
        while others:
            for other in others:
                kept.words = [own if own == word else ANY for own, word in zip(kept.words, other.words, strict=True)]
                self._join(kept.state, other.state)
                other.into = kept
                self._recent.pop(other, None)
                _take_out(children, other)
            leaves = children.values() if kept.words[0] == ANY else [children.get(kept.words[0], [])]
            others = [other for leaf in leaves for other in leaf if kept.fits(other.words)]
        children.setdefault(kept.words[0], []).append(kept)
        return kept

    def _gather(self, children: Children[State]) -> None:
        """Put the templates of rare first words where those of any first word are: they look like values of a parameter."""
        wild = children.setdefault(ANY, [])
        for first in [first for first, leaf in children.items() if first != ANY and len(leaf) <= 2]:
            wild.extend(children.pop(first))

    def _evict(self, template: Template[State]) -> None:
        del self._recent[template]
        template.evicted = True
        _take_out(self._tree[template.group, len(template.words)], template)
        self.evicted.append(template)


def _take_out(children: Children[State], template: Template[State]) -> None:
    for first in (template.words[0], ANY):
        leaf = children.get(first, [])
        if template in leaf:
            leaf.remove(template)
            if not leaf:
                del children[first]
            return


def _only_difference(one: list[str], other: list[str]) -> int | None:
    """Return the one place where two lists of equal length differ, None if they differ in none or in several."""
    found = None
    for place, (left, right) in enumerate(zip(one, other, strict=True)):
        if left != right:
            if found is not None:
                return None
            found = place
    return found


def _are_similar(one: list[str], other: list[str]) -> bool:
    """Return whether enough words are the same (the paper's simSeq); parameters count for neither side."""
    pairs = list(zip(one, other, strict=True))
    compared = sum(ANY not in pair for pair in pairs)
    equal = sum(left == right != ANY for left, right in pairs)
    return equal >= SIMILAR * compared and equal >= LEFT * len(pairs)
