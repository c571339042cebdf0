"""What a message says it does: proposes, commits, declares, doubts, resolves.

The rules are data (`cues.toml`, English): patterns with good and bad examples. A text is taken a sentence at a time, so that
"not resolved yet" and "is it resolved?" do not resolve anything, and "once it's back to normal" mitigates nothing. A text that
holds none of the words that the rules need costs one pass over its words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

from msgspec import Struct, convert


class Cue(StrEnum):
    """What a message does, in one word of a closed set; a message may do several things at once."""

    PROPOSAL = "proposal"
    """Asks or advises that something be done or left: "should we roll back?", "let's wait"."""
    COMMITMENT = "commitment"
    """Says that something is being done or will be: "rolling back now", "i'll cancel it"."""
    COMPLETED = "completed"
    """Says that something was done: "rolled back", "fix is out"."""
    QUESTION = "question"
    AGREEMENT = "agreement"
    DECLINED = "declined"
    """Speaks against doing something: "no, keep looking", "too risky"."""
    ACKNOWLEDGEMENT = "acknowledgement"
    DECLARATION = "declaration"
    """Calls it an incident."""
    ESCALATION = "escalation"
    """Gets somebody else in."""
    HYPOTHESIS = "hypothesis"
    FINDING = "finding"
    """States a cause as a fact."""
    RULED_OUT = "ruled_out"
    SYMPTOM = "symptom"
    """Tells what users or machines suffer."""
    IMPROVING = "improving"
    MITIGATED = "mitigated"
    """Says that users no longer feel it."""
    RESOLVED = "resolved"
    """Says that it is over."""
    WAIT = "wait"
    CUSTOMER_UPDATE = "customer_update"
    CHATTER = "chatter"
    """Greets, thanks, joins: nothing for a timeline."""
    NEGATED = "negated"
    """Denies what another cue would have said: "not resolved yet"."""
    ROLLBACK = "rollback"
    REVERT = "revert"
    RESTART = "restart"
    FAILOVER = "failover"
    FLAG = "flag"
    """Switches a feature off or on."""
    CANCEL = "cancel"
    """Stops something that runs: a query, a job, a migration."""
    SCALE = "scale"
    DEPLOY = "deploy"
    CONFIGURE = "configure"
    """Changes a setting."""
    SHIELD = "shield"
    """Takes load away: drains, sheds, throttles, blocks."""


ACTIONS = frozenset(
    {
        Cue.ROLLBACK,
        Cue.REVERT,
        Cue.RESTART,
        Cue.FAILOVER,
        Cue.FLAG,
        Cue.CANCEL,
        Cue.SCALE,
        Cue.DEPLOY,
        Cue.CONFIGURE,
        Cue.SHIELD,
    }
)
"""The cues that name something done to the system; they say what, the others say whether it is asked, meant or done."""

TEXT_LIMIT = 1000
"""Characters of a text that are looked at: what a message does stands at its beginning, and pasted logs are long."""


def cues_of(text: str) -> frozenset[Cue]:
    """Return what `text` does; empty when it does none of these."""
    return _rulebook().cues_of(text)


def spoken(text: str) -> str:
    """Return `text` as the rules read it: lower case, hurried spellings written out, slips put right, code and links out."""
    return _rulebook().spoken(text)


class _Action(Struct, frozen=True):
    """A step that can be taken. `do`, `doing` and `did` are patterns of its infinitive, -ing form and past."""

    needs: tuple[str, ...]
    do: str
    doing: str
    did: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    cue: Cue | None = None


class _Rule(Struct, frozen=True):
    """Patterns of one cue."""

    cue: Cue
    needs: tuple[str, ...]
    patterns: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    drop_in: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()


class Rules(Struct, frozen=True):
    """The whole of `cues.toml`."""

    spellings: dict[str, str]
    real_words: tuple[str, ...]
    fragments: dict[str, str]
    action: tuple[_Action, ...]
    rule: tuple[_Rule, ...]


class _Sentence(NamedTuple):
    text: str
    asks: bool


_TOKEN = re.compile(r":[a-z0-9_+-]+:|[/@]?[a-z0-9_'+-]+>?|[?\u2705\U0001f44d\U0001f44e\U0001f440\U0001f64f\U0001f389]")
_STRAIGHT = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2026": ".", "\u00a0": " ", "\u00b4": "'", "*": ""}
)
_BLANKS = re.compile(r"[ \t]+")
_CODE = re.compile(r"```.*?(?:```|$)|`[^`]*`", re.DOTALL)
_URL = re.compile(r"<?https?://[^\s>]+>?")
_SENTENCE = re.compile(r"[^.!?;\n]*(?:[.!?;](?![\s.!?;]|$)[^.!?;\n]*)*[.!?;\n]*")
_MARKS_BEFORE = re.compile(r"^(?:(?::[a-z0-9_+-]+:|[^\w\s@/'\"(:+.,?-])\s*)+(?=[\w@])")
_PART = re.compile(r" but | though | although | however |, (?=no\b)")
_WORD = re.compile(r"[a-z]{5,}(?![a-z\\?*+])")
_NOT_A_DENIAL = re.compile(
    r"\bnot (?:sure|only|just|certain)\b|\bno (?:idea|doubt|wonder|clue)\b|\b(?:don't|do not) (?:know|understand|get)\b"
)
_NEGATION = re.compile(r"\b(?:not|no|never|nobody|none|nothing|without|no longer|\w+n't)(?: [\w']+){0,3} ?$")
_CONDITION = re.compile(
    r"\b(?:once|if|until|till|unless|when|whenever|should|would|will|hope|hopefully|hoping|expect|expecting|waiting for"
    r"|wait for|before|could|might|may|to be|to get|supposed to|want|wants|as soon as|in case|want it|needs?|\w+'ll|assuming)"
    r"(?: [\w'-]+){0,5} ?$"
)
_CLAUSE = re.compile(r"[,:(]")
_ASKS = re.compile(
    r"^(?:so |and |hey |hi |ok |wait |um )*(?:(?:(?:is|are|was|were|does|did|has|have|can|could|should|shall) "
    r"(?:it|we|this|that|these|they|you|i|the|there|any|anyone|anybody|somebody|someone|everyone)"
    r"|do (?:we|you|they|i|any\w*))\b"
    r"|(?:who|what|why|when|where|which|how) (?:is|are|was|were|did|do|does|has|have|changed|happened|about)\b)"
)
_BESIDE_CHATTER = frozenset({Cue.CHATTER, Cue.AGREEMENT, Cue.QUESTION})
_MARKS = {"do": "xdox", "doing": "xdoingx", "did": "xdidx"}


class _Rulebook:
    """The rules, made ready. Patterns are compiled when they are first needed."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._fragments = {name: _filled(text, rules.fragments) for name, text in rules.fragments.items()}
        self._fragments |= _MARKS
        self._marks = {source: _marks_in(source) for rule in rules.rule for source in rule.patterns}
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._actions_of: dict[str, tuple[int, ...]] = _index([action.needs for action in rules.action])
        self._rules_of: dict[str, tuple[int, ...]] = _index([rule.needs for rule in rules.rule])
        self._needed = frozenset(self._actions_of) | frozenset(self._rules_of)

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """Hurried spellings, and the slips of the keyboard in the words of the rules, to what is meant."""
        words = {
            word
            for rule in self._rules.rule
            for text in (*rule.patterns, *rule.needs, *rule.not_with, *rule.not_after)
            for word in _WORD.findall(text)
        }
        words |= {
            word
            for action in self._rules.action
            for text in (action.do, action.doing, action.did, *action.needs)
            for word in _WORD.findall(text)
        }
        words |= {word for text in self._rules.fragments.values() for word in _WORD.findall(text)}
        known = words | set(self._rules.real_words)
        slips = {slip: word for word in sorted(words) for slip in _slips(word) if slip not in known}
        return slips | self._rules.spellings

    def spoken(self, text: str) -> str:
        lowered = text[:TEXT_LIMIT].translate(_STRAIGHT).lower()
        if "`" in lowered:
            lowered = _CODE.sub(" code ", lowered)
        if "://" in lowered:
            lowered = _URL.sub(" link ", lowered)
        spellings = self._spellings
        if not spellings.keys().isdisjoint(_TOKEN.findall(lowered)):
            lowered = _TOKEN.sub(lambda found: spellings.get(found.group(0), found.group(0)), lowered)
        return _BLANKS.sub(" ", lowered)

    def cues_of(self, text: str) -> frozenset[Cue]:
        said = self.spoken(text)
        words = set(_TOKEN.findall(said))
        if "-" in said:
            words.update(part for word in tuple(words) if "-" in word for part in word.split("-"))
        if self._needed.isdisjoint(words):
            return frozenset()
        actions = sorted({index for word in words for index in self._actions_of.get(word, ())})
        rules = sorted({index for word in words for index in self._rules_of.get(word, ())})
        cues: set[Cue] = set()
        for sentence in _sentences(said):
            marked = self._mark(sentence.text, actions, cues)
            for index in rules:
                cues.update(self._weigh(self._rules.rule[index], sentence, marked))
        if not cues <= _BESIDE_CHATTER:
            cues.discard(Cue.CHATTER)
        return frozenset(cues)

    def _mark(self, text: str, actions: list[int], cues: set[Cue]) -> str:
        """Return `text` with a mark in the place of each verb of an action; add the actions' cues to `cues`."""
        marked = text
        for index in actions:
            action = self._rules.action[index]
            for form in ("did", "doing", "do"):
                pattern = self._pattern(rf"(?<![\w'-])(?:{getattr(action, form)})(?![\w'])")
                replaced = pattern.sub(_MARKS[form], marked)
                if replaced != marked and action.cue is not None:
                    cues.add(action.cue)
                marked = replaced
        return marked

    def _weigh(self, rule: _Rule, sentence: _Sentence, marked: str) -> Iterator[Cue]:
        """Yield the rule's cue if a match counts, NEGATED if only denied ones are there."""
        if sentence.asks and "question" in rule.drop_in:
            return
        if any(self._pattern(other).search(sentence.text) for other in rule.not_with):
            return
        denied = False
        for source in rule.patterns:
            marks = self._marks[source]
            if marks and not any(mark in marked for mark in marks):
                continue
            text = marked if marks else sentence.text
            for found in self._pattern(source).finditer(text):
                before = text[: found.end() - len(found.group(0).lstrip(" ,:;("))]
                if any(self._pattern(ending).search(before) for ending in rule.not_after):
                    continue
                clause = _CLAUSE.split(before)[-1]
                if "negation" in rule.drop_in and _NEGATION.search(_NOT_A_DENIAL.sub("", clause)):
                    denied = True
                    continue
                if "condition" in rule.drop_in and _CONDITION.search(clause):
                    continue
                yield rule.cue
                return
        if denied:
            yield Cue.NEGATED

    def _pattern(self, source: str) -> re.Pattern[str]:
        compiled = self._compiled.get(source)
        if compiled is None:
            compiled = self._compiled[source] = re.compile(_filled(source, self._fragments))
        return compiled


def rules() -> Rules:
    """Return what `cues.toml` holds. Raises msgspec.ValidationError if it isn't of this shape."""
    return convert(tomllib.loads(files("juncture.timeline").joinpath("cues.toml").read_text("utf-8")), Rules)


@cache
def _rulebook() -> _Rulebook:
    return _Rulebook(rules())


def _marks_in(source: str) -> tuple[str, ...]:
    return tuple(mark for form, mark in _MARKS.items() if f"%{form}%" in source)


def _filled(source: str, fragments: Mapping[str, str]) -> str:
    return re.sub(r"%(\w+)%", lambda found: fragments[found.group(1)], source) if "%" in source else source


def _index(needs: list[tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """Return, for each word, the numbers of those that need it."""
    index: dict[str, tuple[int, ...]] = {}
    for number, words in enumerate(needs):
        for word in words:
            index[word] = (*index.get(word, ()), number)
    return index


def _slips(word: str) -> Iterator[str]:
    """Yield `word` with two neighbouring letters swapped or, from six letters on, one lost; its first letter stays."""
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        if len(word) >= 6:
            yield word[:place] + word[place + 1 :]


def _sentences(text: str) -> Iterator[_Sentence]:
    for found in _SENTENCE.finditer(text):
        whole = found.group(0).strip()
        asks = whole.endswith("?") or _ASKS.match(whole) is not None
        for part in _PART.split(whole):
            if part.strip(" .!?;\n"):
                yield _Sentence(_MARKS_BEFORE.sub("", part.strip().rstrip(".;!")), asks)
