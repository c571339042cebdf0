"""All rules over one text: their anchors are found in one pass (Aho-Corasick), and only the rules that are hit are tried."""

from __future__ import annotations

import re
from functools import cache

import ahocorasick
from msgspec import Struct

from juncture.evidence.secrets.assigned import NAMES, assigned
from juncture.evidence.secrets.maintained import ANCHORS, STEP, maintained
from juncture.evidence.secrets.rules import Rule, Span, anchors_of, shapes


class _Anchor(Struct, gc=False):
    """What to try where an anchor stands."""

    length: int
    rules: tuple[Rule, ...] = ()
    name: str = ""
    plugins: tuple[str, ...] = ()


def secrets_in(text: str) -> list[Span]:
    """Return where secrets may stand in a text as each rule sees it, overlapping; those with a shape of their own first."""
    lower = _lower(text)
    found = _Found(text)
    for end, anchor in _automaton().iter(lower):
        found.at(end + 1 - anchor.length, anchor)
    if text.count(".") > 1:
        found.whole.update((rule.pattern, rule) for probe, rule in _probed() if probe.search(text))
    return found.spans()


class _Found:
    """What one text's anchors lead to."""

    __slots__ = ("_named", "_named_end", "_passed", "_plugins", "_spans", "_text", "whole")

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[Span] = []
        self._named: list[Span] = []
        self._named_end = 0
        self._passed: dict[str, int] = {}
        self._plugins: dict[str, int] = {}
        self.whole: dict[str, Rule] = {}
        """The rules that are to be searched for in the whole text."""

    def at(self, place: int, anchor: _Anchor) -> None:
        """Try what an anchor stands for where it stands, but not inside what its rule matched already."""
        for rule in anchor.rules:
            if rule.scan:
                self.whole[rule.pattern] = rule
            elif place >= self._passed.get(rule.pattern, 0) and (match := rule.compiled.match(self._text, place)):
                self._passed[rule.pattern] = match.end()
                self._spans.extend(rule.spans_of(match))
        if anchor.name and place >= self._named_end:
            self._named.extend(assigned(self._text, place, anchor.name))
            self._named_end = max(self._named_end, self._named[-1][1] if self._named else 0)
        for plugin in anchor.plugins:
            if place >= self._plugins.get(plugin, 0):
                self._plugins[plugin] = place + STEP
                self._spans.extend(maintained(self._text, place, plugin))

    def spans(self) -> list[Span]:
        """Return all that was found, searching what has to be searched for."""
        for rule in self.whole.values():
            for match in rule.compiled.finditer(self._text):
                self._spans.extend(rule.spans_of(match))
        return self._spans + self._named


@cache
def _automaton() -> ahocorasick.Automaton:
    found: dict[str, _Anchor] = {}
    for rule in shapes():
        for word in anchors_of(rule):
            anchor = found.setdefault(word, _Anchor(len(word)))
            anchor.rules = (*anchor.rules, rule)
    for name in NAMES:
        found.setdefault(name, _Anchor(len(name))).name = name
    for word, plugin in ANCHORS.items():
        anchor = found.setdefault(word, _Anchor(len(word)))
        anchor.plugins = (*anchor.plugins, plugin)
    automaton = ahocorasick.Automaton()
    for word, anchor in found.items():
        automaton.add_word(word, anchor)
    automaton.make_automaton()
    return automaton


@cache
def _probed() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    return tuple((re.compile(rule.probe), rule) for rule in shapes() if rule.probe)


def _lower(text: str) -> str:
    """Return the text in lower case, letter for letter, so that places are the same in both."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
