"""Claims: sentences that state what happened, so that a reader may ask how it is known. Each should cite evidence.

A claim states an instant, a duration, a measured quantity, or what a named service, alert or role did. Opinion, analysis,
quotes, code and lessons state none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from juncture.text.spans import Sentence, sentences_of

_INSTANT = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])|\b\d{4}-\d\d-\d\d\b")
_NUMBER = r"(?:\d[\d\u00a0\u202f,.]*|\bone|two|three|four|five|six|seven|eight|nine|ten|a|an|half an)"
_DURATION = re.compile(
    rf"\b{_NUMBER}[\s-]*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|min|hours?|hrs?|h|days?|weeks?)\b", re.IGNORECASE
)
_COUNTED = (
    "requests?|errors?|orders?|users?|customers?|payments?|messages?|jobs?|rows?|connections?|queries|pods?|hosts?|nodes?"
    "|instances?|tickets?|alerts?|pages?|retries"
)
_UNIT = r"%|percent\b|per cent\b|(?:k|M|G|T)i?B\b|rps\b|qps\b"
_QUANTITY = re.compile(rf"\b\d[\d\u00a0\u202f,.]*\s*(?:{_UNIT}|(?:failed\s+|lost\s+|more\s+)?(?:{_COUNTED})\b)", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:a|an|one)\s+(?:second|minute|hour|day|week)\b", re.IGNORECASE)
"""`A minute`, `one day`: said without measuring as often as not."""
_DID = re.compile(
    r"\b(?:\w{3,}ed|was|were|went|fell|rose|broke|began|came|sent|took|made|found|saw|told|said|lost|ran|shut|stood|got|kept"
    r"|hit|held|left|let|put|set|wrote|read|gave)\b"
)
_NORM = re.compile(
    r"\b(?:should|could|would|might|may|must|can|cannot|will|shall|if|whether|we (?:think|believe|assume|suspect))\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"\[\^[^\]\s]+\]")
_OF_LESSONS = re.compile(
    r"^sources$|^evidence$|lesson|learn|went well|went poorly|went wrong|lucky|action|question|follow-?up", re.IGNORECASE
)


class Claim(Struct, frozen=True):
    """A sentence that claims something: where it stands, what makes it a claim, and whether it cites anything."""

    sentence: Sentence
    states: str
    cited: bool


def claims_of(markdown: str, *, heading: str = "", names: Iterable[str] = ()) -> Iterator[Claim]:
    """Yield the claims of a section. `names` are the services, alerts and roles of the incident.

    Sections of lessons, actions and questions hold none: what is learned is not evidence. Nor do lists of sources: they are it.
    """
    if _OF_LESSONS.search(heading):
        return
    known = _pattern(names)
    for sentence in sentences_of(markdown):
        states = _states(sentence.text, known)
        if states:
            yield Claim(sentence, states, bool(_CITED.search(sentence.text)))


def _states(text: str, known: re.Pattern[str] | None) -> str:
    if text.rstrip().endswith("?"):
        return ""
    said = re.sub(r"`[^`]*`|[\u201c\"][^\u201d\"]*[\u201d\"]", " ", text)
    if _INSTANT.search(said):
        return "an instant"
    if _DURATION.search(_VAGUE.sub(" ", said)):
        return "a duration"
    if _QUANTITY.search(said):
        return "a quantity"
    if known and not _NORM.search(said) and (found := known.search(said)) and _DID.search(said, found.end()):
        return f"what {found[0]} did"
    return ""


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    words = sorted({re.escape(name.strip()) for name in names if len(name.strip()) > 2}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE) if words else None
