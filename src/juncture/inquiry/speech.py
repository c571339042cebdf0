"""How choices are put into words: what a message proposes, which options it voices, which reason it gives."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.inquiry.words import has_word
from juncture.timeline.cues import spoken

QUESTION_LIMIT = 110
"""A question longer than this many characters is cut at a word: it is read in a list."""

LONGEST_PHRASE = 18
"""An act is said in fewer words; more are a story."""


class KindWords(Struct, frozen=True):
    """How a kind of decision is asked, and what was chosen, where nobody said it."""

    question: str
    chosen: str


class Verbs(Struct, frozen=True):
    """Verbs of acting, in their base form."""

    base: tuple[str, ...]


class Speech(Struct, frozen=True):
    """`speech.toml`."""

    lead_ins: tuple[str, ...]
    tails: tuple[str, ...]
    between: tuple[str, ...]
    prefers: tuple[str, ...]
    reasons: tuple[str, ...]
    in_vain: tuple[str, ...]
    refused: tuple[str, ...]
    reroute: tuple[str, ...]
    verbs: Verbs
    kinds: dict[str, KindWords]


@cache
def speech() -> Speech:
    """Return what `speech.toml` says."""
    return msgspec.convert(tomllib.loads(files(__package__).joinpath("speech.toml").read_text("utf-8")), Speech)


def sentences(text: str) -> list[str]:
    """Return the sentences of a chat message, code blocks left out; `:` before an option does not end one."""
    plain = re.sub(r"```.*?```", " ", text, flags=re.DOTALL).replace("`", "")
    parts = re.split(r"(?<=[.!?…])\s+(?=\S)|\n+|\s+[\u2014\u2013]\s+|;\s+", plain)
    return [part.strip() for part in parts if re.search(r"\w", part)]


def act_phrase(text: str) -> str | None:
    """Return what a sentence proposes or does, as an act: `rolling back 412 now` gives `roll back 412`. None if unclear."""
    phrase = _without_tail(text)
    for _ in range(8):
        shorter = _without_lead(phrase)
        if shorter == phrase:
            break
        phrase = shorter
    phrase = re.sub(r":\s*\d+\W*$", "", phrase)
    phrase = re.sub(r"^an? (?=restart|revert|reboot|roll-?back|fail-?over)", "", phrase, flags=re.IGNORECASE)
    phrase = _AFTERTHOUGHT.split(_base_form(phrase), maxsplit=1)[0].strip(" ,.!?…:;-\"'“”")
    return phrase if begins_with_act(phrase) or has_word(phrase.split(",")[0], _PLAIN_ACTS) else None


def best_phrase(candidates: Iterable[str]) -> str | None:
    """Return the best act phrase of several sentences: one that a clause begins with, else the first; None if none acts."""
    found: list[str] = []
    for sentence in candidates:
        later = re.split(r",\s+|:\s+|\s-\s", sentence)[1:]
        proposing = [clause for clause in later if _LEAD().match(clause.lstrip())]
        for clause in (*proposing, sentence, *reversed(later)):
            phrase = act_phrase(clause)
            if phrase and len(phrase.split()) < LONGEST_PHRASE:
                if begins_with_act(phrase):
                    return phrase
                found.append(phrase)
        corrected = act_phrase(spoken(sentence))
        if corrected and begins_with_act(corrected) and len(corrected.split()) < LONGEST_PHRASE:
            return corrected
    return found[0] if found else None


def options_in(text: str) -> tuple[str, ...]:
    """Return the options that a message voices: `cancel it, or wait for the report?` gives both. Empty if it voices none."""
    for sentence in sentences(text):
        body = re.sub(r"^.*?\boptions?\b\s*:?\s*", "", sentence, flags=re.IGNORECASE)
        body = re.sub(r"^\W*either\b", "", body, flags=re.IGNORECASE)
        parts = re.split(rf",?\s+(?:{'|'.join(speech().between)})\s+", body.rstrip("?.! "), flags=re.IGNORECASE)
        phrases = [phrase for phrase in (act_phrase(part) for part in parts) if phrase]
        if len(parts) > 1 and len(phrases) > 1:
            return tuple(capital(phrase) for phrase in phrases)
    return ()


def preferred(options: Iterable[str], text: str) -> str | None:
    """Return the option that a message prefers, by the words it shares with a sentence such as `I'd cancel`."""
    listed = tuple(options)
    for sentence in reversed(sentences(text)):
        if has_word(sentence, speech().prefers) and not has_word(sentence, speech().between):
            scores = [(len(_content(option) & _content(sentence)), -place) for place, option in enumerate(listed)]
            best = max(scores, default=(0, 0))
            if best[0] and sum(score[0] == best[0] for score in scores) == 1:
                return listed[-best[1]]
    return None


_GIVEN = re.compile(r"\b(?:because|bc|so that|so it|so we|so they)\s+\w.*", re.IGNORECASE)

VOTES = ("i'd", "i would", "id", "vote", "prefer", "rather", "let's", "lets")
"""Words of somebody who says what they would choose, and leaves the choice open."""


def picked(options: Iterable[str], text: str) -> str | None:
    """Return the one option whose words a text shares most, None where none or several do."""
    listed = tuple(options)
    words = _content(text)
    scores = [len(_content(option) & words) for option in listed]
    best = max(scores, default=0)
    return listed[scores.index(best)] if best and scores.count(best) == 1 else None


def reason_in(text: str) -> str | None:
    """Return the sentence or clause of a message that gives a reason, word for word; None if none does."""
    for sentence in sentences(text):
        if given := _GIVEN.search(sentence):
            return given.group(0).strip(" .?")
        clauses = re.split(r",\s+|:\s+|\s-\s", sentence)
        if sentence.endswith("?"):
            clauses.pop()
        for clause in [*clauses[1:], *clauses[:1]]:
            if has_word(clause, speech().reasons) and len(clause.split()) > 1:
                return clause.strip(" .")
    return None


def said_in_vain(text: str) -> bool:
    """Whether a message says that what was done changed nothing."""
    return has_word(text, speech().in_vain) is not None or _STILL.search(text) is not None


_STILL = re.compile(r"\bstill (?:at )?\d+(?:\.\d+)?\s?%", re.IGNORECASE)
"""`still 81%`: the figure has not moved."""


def said_refused(text: str) -> bool:
    """Whether a message says that what was tried could not be carried out."""
    return has_word(text, speech().refused) is not None


def looks_only(phrase: str | None) -> bool:
    """Whether a phrase is about looking or waiting: it does nothing to the system."""
    return phrase is not None and phrase.split(" ", 1)[0].lower() in _NO_ACT


def begins_an_act(text: str) -> bool:
    """Whether a message begins by saying that something is being done: `kicking it now`, and not `looking at it`."""
    return text.split(" ", 1)[0].lower().rstrip(",.:") in _gerunds_of_acting()


def question_of(phrase: str) -> str:
    """Return an act as a question."""
    return f"{capital(shortened(phrase))}?"


def shortened(text: str, limit: int = QUESTION_LIMIT) -> str:
    """Return a text of at most `limit` characters, cut at a word."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def quoted(text: str) -> str:
    """Return a message as it stands in quotes on one line: marks of code, doubled blanks and the full stop taken out."""
    return " ".join(text.replace("`", "").split()).rstrip(".…")


def capital(text: str) -> str:
    """Return a text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


_AFTERTHOUGHT = re.compile(
    r",\s+(?=(?:it|it'd|itd|it's|its|that|that's|thats|this|might|so|as|because|bc|since|which|before|they|we|the)\b)"
    r"|\s+(?:because|bc|since|so that|so it|so we|so they|and see)\b"
    r"|,\s+(?=[\w']+(?:\s[\w']+)?\s(?:can|is|are|was|were|will|has|have|isn't|can't|won't)\b)",
    re.IGNORECASE,
)
"""What follows an act in the same sentence and is no part of it."""


def _without_tail(text: str) -> str:
    phrase = text.strip()
    for _ in range(3):
        bare = _TAIL().sub("", phrase).strip()
        if bare == phrase:
            break
        phrase = bare
    return phrase


def _without_lead(text: str) -> str:
    stripped = re.sub(r"^(?:@[\w.-]+(?: [A-Z]\w+)?[,:]?\s+)", "", text.lstrip(" ,.:;-"))
    return _LEAD().sub("", stripped, count=1).lstrip(" ,.:;-")


@cache
def _LEAD() -> re.Pattern[str]:  # noqa: N802 - a pattern made once, from data
    listed = "|".join(re.escape(word) for word in sorted(speech().lead_ins, key=len, reverse=True))
    return re.compile(rf"^(?:{listed})(?![\w'-])[,:.]?\s*", re.IGNORECASE)


@cache
def _TAIL() -> re.Pattern[str]:  # noqa: N802 - a pattern made once, from data
    listed = "|".join(re.escape(word) for word in sorted(speech().tails, key=len, reverse=True))
    return re.compile(rf"[\s,.]+(?:{listed})[\s.!?…]*$", re.IGNORECASE)


@cache
def _ACT_FIRST() -> re.Pattern[str]:  # noqa: N802 - a pattern made once, from data
    verbs = sorted((*speech().verbs.base, *_PLAIN_ACTS), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, verbs))})(?![\w-])", re.IGNORECASE)


@cache
def _gerunds() -> dict[str, str]:
    found: dict[str, str] = {}
    for base in speech().verbs.base:
        first, _, rest = base.partition(" ")
        for form in _ing(first):
            found[f"{form} {rest}".strip()] = base
    return found


_NO_ACT = frozenset(
    {"look", "check", "try", "keep", "wait", "hold", "give", "leave", "let", "use", "get", "go", "start", "call"}
)


@cache
def _gerunds_of_acting() -> frozenset[str]:
    return frozenset(form.split(" ")[0] for form, base in _gerunds().items() if base.split(" ")[0] not in _NO_ACT)


@cache
def _pasts() -> dict[str, str]:
    found: dict[str, str] = {}
    for base in speech().verbs.base:
        first, _, rest = base.partition(" ")
        for form in _ed(first):
            found[f"{form} {rest}".strip()] = base
    return found


_LONG_AGO = re.compile(
    r"\b(?:at|around|since|by) \d{1,2}[:.h]\d\d\b"
    r"|\b(?:earlier|yesterday|this morning|last (?:night|week)|hours? ago|before (?:that|this|it))\b",
    re.IGNORECASE,
)
"""Words by which somebody tells of what was done before: no choice made now."""


def tells_own_act(text: str) -> bool:
    """Whether a message begins by telling what its author did now: `I restarted it`, and not `the import has stopped`."""
    if _LONG_AGO.search(text):
        return False
    bare = re.sub(r"^(?:(?:ok|okay|and|so|just|now|already|i|we|i've|we've|have|done)[,:]?\s+)+", "", text.strip().lower())
    words = bare.split()
    return any(" ".join(words[:length]).rstrip(",.:;!") in _pasts() for length in (1, 2))


def _ed(verb: str) -> set[str]:
    if verb.endswith("e"):
        return {verb + "d"}
    doubled = {verb + verb[-1] + "ed"} if re.search(r"[^aeiou][aeiou][^aeiouwxy]$", verb) else set()
    return {verb + "ed"} | doubled


def _ing(verb: str) -> set[str]:
    forms = {verb + "ing"}
    if verb.endswith("ie"):
        forms.add(verb[:-2] + "ying")
    elif verb.endswith("e") and not verb.endswith("ee"):
        forms.add(verb[:-1] + "ing")
    elif re.search(r"[^aeiou][aeiou][^aeiouwxy]$", verb):
        forms.add(verb + verb[-1] + "ing")
    return forms


@lru_cache(maxsize=1024)
def _base_form(text: str) -> str:
    """Return a text whose first word, if it is the -ing form or the past of a known verb, is in its base form."""
    words = text.split()
    for length in (2, 1):
        start = " ".join(words[:length]).lower().rstrip(",:")
        base = _gerunds().get(start) or _pasts().get(start)
        if base:
            return " ".join([base, *words[length:]])
    return re.sub(r"^(?:a |the )?roll-?back(?: of)?\b", "roll back", text, flags=re.IGNORECASE)


_PARTED_VERB = re.compile(
    r"(?:roll|back|turn|switch|take|bring|put)\s+(?:\S+\s+){1,4}(?:back|off|on|out|down|up)(?![\w-])", re.IGNORECASE
)
"""A verb with its object inside: `roll it back`."""


def begins_with_act(phrase: str) -> bool:
    """Whether a phrase begins with a verb of acting."""
    return _ACT_FIRST().match(phrase) is not None or _PARTED_VERB.match(phrase) is not None


_PLAIN_ACTS = (
    "roll back", "rollback", "revert", "restart", "fail over", "failover", "kill", "cancel", "terminate", "redeploy", "hotfix",
    "reboot", "re-route",
)  # fmt: skip
"""Words that name an act wherever they stand: `prod restart?`."""


_SMALL = frozenset(
    [
        "until",
        "now",
        "the",
        "it",
        "i'd",
        "go",
        "for",
        "is",
        "a",
        "to",
        "can",
        "be",
        "safer",
        "easier",
        "vote",
        "would",
        "let's",
        "and",
        "or",
        "of",
        "in",
        "on",
        "at",
        "we",
        "i",
        "you",
        "ok",
        "yes",
        "no",
    ]
)
"""Words that options and answers share without meaning the same."""


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", text.lower())) - _SMALL
