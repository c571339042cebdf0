"""Display names: taking off what a chat window hangs on them, and telling them from words that somebody wrote."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

NAME_LIMIT = 80
"""Characters of the longest display name; Slack and Teams allow as many."""

_LONGEST = 300
"""Characters of a name with its address, status and badge; a longer line is no name."""

_ADDRESS = re.compile(r"\s*[<(\[]+(?:mailto:)?[^\s<>@()]+@[^\s<>@()]+[>)\]]+")
_TO_ALL = re.compile(r"\s(?:to|an|à|para)\s(?:Everyone|Me|You|Hosts and panelists|All panelists|Alle|Todos|Tous)(?:\s\(.*\))?$")
"""Zoom says to whom a message went."""
_ACCOUNT = re.compile(r"(?<=\w)\s+@[\w.-]+$")
"""Rocket.Chat shows `Sam Sample @sam`."""
_LINKED = re.compile(r"^\[([^\[\]]{1,80})\]\(https?://[^\s)]+\)$")
_BADGE = re.compile(r"(?:\s+|(?<=[^\W\d_])(?=[A-Z]))(?:APP|BOT|✓\s?(?:APP|BOT)|WORKFLOW|SERVER)$")
_BADGE_LINE = re.compile(r"(?:✓\s?)?(?:APP|BOT|WORKFLOW|WEBHOOK|Bot|App)")
_STATUS = re.compile(
    r"(?:\s*:[a-z0-9_+'-]{2,60}:|\s*[\u2190-\u2bff\u3030\u303d\ufe0f\u200d\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]+)+$"
)
_STATUS_BEFORE = re.compile(r"^(?:[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+\s*)+(?=\w)")
_MODE = re.compile(r"^[@+%&~!](?=[\w\[\]`{|}^\\])")
_TWICE = re.compile(r"(?P<name>.{3,40})\s?(?P=name)")
_NO_NAME = re.compile(
    r"""(?x)
    ://  |  [={};"“”…、。\uff01\uff1f]  |  ^[-*•>\#$|/\\+]\s  |  ^\d+[.)]\s  |  ^[-=_*~\u2014\s]+$
    | \b(?:ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE|FATAL|CRITICAL|NOTICE|SEVERE)\b
    | ^\[\d+\]  |  \w\[\d+\]$  |  ^(?:https?|www)\b  |  \w{4,}\.\s+\S  |  \d{4}-\d\d-\d\d
    """
)
_PHONE = re.compile(r"~?\+\d[\d ().-]{6,20}")
"""WhatsApp shows who is in no address book by number."""
_SENTENCE_END = re.compile(r"[.?!,;:]$")
_INITIAL = re.compile(r"(?:\b\w|\b(?:Jr|Sr|Inc|Ltd|Dr|St|Co|Corp))\.$")
_PARTS = re.compile(r"[\s,/|·]+")

_ASIDE = re.compile(r"[(\[{].*?[)\]}]")


@cache
def _vocabulary() -> dict[str, frozenset[str]]:
    text = (files(__package__) / "names.toml").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}


@lru_cache(maxsize=4096)
def clean_name(text: str) -> tuple[str, bool]:
    """Return a display name without status, badge and address, and whether a badge says that it is a program's.

    Emoji at the end are a status and change, so they are no part of who speaks; what stands in brackets is (`Sam (she/her)`).
    """
    if len(text) > _LONGEST:
        return text[:_LONGEST], False
    name = " ".join(text.split()).strip(" \t,·•|—–*")  # noqa: RUF001
    name = _ADDRESS.sub("", name).strip().strip("\"'")
    name = _ACCOUNT.sub("", name)
    name = _TO_ALL.sub("", _LINKED.sub(r"\1", name))
    without = _BADGE.sub("", name)
    bot, name = without != name and bool(without), without or name
    name = _STATUS.sub("", name).rstrip() or name
    if twice := _TWICE.fullmatch(name):
        name = twice["name"]
    return name, bot


def is_badge(line: str) -> bool:
    """Return whether a line is only the mark of a program's account."""
    return _BADGE_LINE.fullmatch(line) is not None


def without_mode(nick: str) -> str:
    """Return an IRC nick without the sign for its rights in the channel (`@sam`, `+sam`)."""
    return _MODE.sub("", nick)


def is_account_of(account: str, name: str) -> bool:
    """Return whether `account` is written like the account of the person `name`: Rocket.Chat shows `Sam Sample` above `sam`."""
    if not account or any(character.isspace() for character in account) or plausibility(name) < 0.65:
        return False
    start = re.split(r"[\W\d_]", account.lower().lstrip("@"), maxsplit=1)[0]
    return bool(start) and (account == name or any(word.startswith(start) for word in name.lower().split()))


@lru_cache(maxsize=4096)
def plausibility(name: str) -> float:
    """Return how much `name` looks like a display name, 0 to 1: 0 is certainly not one, 1 is written like one."""
    name = _STATUS_BEFORE.sub("", name)
    if _PHONE.fullmatch(name):
        return 0.8
    if not name or len(name) > NAME_LIMIT or not any(character.isalnum() for character in name) or _NO_NAME.search(name):
        return 0.0
    if _SENTENCE_END.search(name) and not _INITIAL.search(name):
        return 0.0
    if not any(character.isspace() for character in name):
        return _single_word(name)
    words = [word for word in _PARTS.split(_ASIDE.sub(" ", name).strip()) if word] or [name]
    if len(words) > 6 or (name[0] in "([" and len(words) == 1 and name[-1] in ")]"):
        return 0.1
    if len(words) == 1:
        return _single_word(words[0])
    written_as_name = sum(_name_like(word) for word in words if word not in _vocabulary()["particles"])
    counted = sum(word not in _vocabulary()["particles"] for word in words)
    if not counted or words[0].lower() in _vocabulary()["short_words"]:
        return 0.65 if written_as_name == counted > 1 else 0.1
    if written_as_name == counted:
        return 1.0
    return 0.2 if written_as_name * 2 < counted or len(words) > 3 else 0.4


def _single_word(word: str) -> float:
    if word == "You":
        return 0.65
    if word.lower() in _vocabulary()["short_words"]:
        return 0.2
    if "," in word:
        return 0.1
    if not any(character.isalpha() for character in word) or (word[0] in "([" and word[-1] in ")]"):
        return 0.0
    if _is_uncased(word):
        return 0.8 if len(word) <= 8 else 0.3
    return 0.7


def _name_like(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    if not letters:
        return word in {"-", "|", "&"} or (word.isdigit() and len(word) <= 2)
    return letters[0].isupper() or unicodedata.category(letters[0]) == "Lo"


def _is_uncased(word: str) -> bool:
    return any(unicodedata.category(character) == "Lo" for character in word)
