"""All rules over one text: their anchors are found in one pass (Aho-Corasick), and only the rules that are hit are tried."""

from __future__ import annotations

import re
from functools import cache

import ahocorasick
from msgspec import Struct

from juncture.evidence.secrets.assigned import NAMES, assigned
from juncture.evidence.secrets.maintained import ANCHORS, maintained
from juncture.evidence.secrets.rules import Rule, Span, anchors_of, shapes


class _Anchor(Struct, gc=False):
    """What to try where an anchor stands."""

    length: int
    rules: tuple[Rule, ...] = ()
    name: str = ""
    plugins: tuple[str, ...] = ()


def holds_anchor(text: str) -> bool:
    """Tell quickly whether a text could hold a secret: about a microsecond for a message of a hundred characters."""
    return next(_automaton().iter(text.lower()), None) is not None or any(probe.search(text) for probe, _ in _probed())


def secrets_in(text: str) -> list[Span]:
    """Return where secrets may stand in a text as each rule sees it, overlapping; those with a shape of their own first."""
    lower = _lower(text)
    spans: list[Span] = []
    named: list[Span] = []
    passed: dict[str, int] = {}
    whole: dict[str, Rule] = {}
    plugins: dict[str, None] = {}
    for end, anchor in _automaton().iter(lower):
        at = end + 1 - anchor.length
        for rule in anchor.rules:
            if rule.scan:
                whole[rule.pattern] = rule
            elif at >= passed.get(rule.pattern, 0) and (match := rule.compiled.match(text, at)):
                passed[rule.pattern] = match.end()
                spans.extend(rule.spans_of(match))
        if anchor.name:
            named.extend(assigned(text, at, anchor.name))
        plugins.update(dict.fromkeys(anchor.plugins))
    whole.update((rule.pattern, rule) for probe, rule in _probed() if probe.search(text))
    for rule in whole.values():
        for match in rule.compiled.finditer(text):
            spans.extend(rule.spans_of(match))
    for plugin in plugins:
        spans.extend(maintained(text, plugin))
    return spans + named


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
