"""Read a CODEOWNERS file, as GitHub and GitLab have it: who owns which paths. The last rule that matches a path decides.

Formats: https://docs.github.com/en/repositories (About code owners) and https://docs.gitlab.com/user/project/codeowners/reference/.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

LONGEST_FILE = 3 * 1024 * 1024
"""Bytes; GitHub reads no more (About code owners, file size)."""
_LONGEST_PATTERN = 300
_SECTION = re.compile(r"^(\^)?\[([^\]]+)\](?:\[(\d+)\])?(?:\s+(.*))?$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_SPACES = re.compile(r"(?<!\\)\s+")


class OwnerKind(StrEnum):
    """What an owner's name is: `@login`, `@organisation/team`, an e-mail address."""

    PERSON = "person"
    TEAM = "team"
    EMAIL = "email"


class Owner(Struct, frozen=True):
    """An owner as the file names them, without the `@`."""

    kind: OwnerKind
    name: str


class Rule(Struct, frozen=True):
    """A line: a pattern with its owners (none: nobody owns it), where it stands, and in which section of GitLab."""

    line: int
    pattern: str
    owners: tuple[Owner, ...]
    section: str = ""


class Unread(Struct, frozen=True):
    """A line that was left out, and why."""

    line: int
    why: str


class CodeOwners(Struct, frozen=True):
    """What a file says, in its order."""

    rules: tuple[Rule, ...]
    unread: tuple[Unread, ...] = ()


def read_codeowners(text: str) -> CodeOwners:
    """Return the rules of a CODEOWNERS file, and every line that could not be read with the reason."""
    rules: list[Rule] = []
    unread: list[Unread] = []
    section, of_section = "", tuple[Owner, ...]()
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if found := _SECTION.match(line):
            section = found[2].strip()
            of_section, wrong = _owners(_words(found[4] or ""))
            unread += [Unread(number, why) for why in wrong]
            continue
        pattern, *names = _words(line)
        if pattern.startswith("!"):
            unread.append(Unread(number, "a pattern that takes paths away ('!') is not read, neither by GitHub"))
            continue
        if len(pattern) > _LONGEST_PATTERN:
            unread.append(Unread(number, f"a pattern longer than {_LONGEST_PATTERN} characters"))
            continue
        owners, wrong = _owners(names)
        unread += [Unread(number, why) for why in wrong]
        rules.append(Rule(number, pattern, owners or (of_section if not names else ()), section))
    return CodeOwners(tuple(rules), tuple(unread))


def owners_of(path: str, owners: CodeOwners) -> tuple[Owner, ...]:
    """Return who owns a path: by the last rule that matches, in each section of GitLab."""
    decided: dict[str, tuple[Owner, ...]] = {}
    for rule in owners.rules:
        if matches(rule.pattern, path):
            decided[rule.section.lower()] = rule.owners
    return tuple(dict.fromkeys(owner for found in decided.values() for owner in found))


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern is one for a path (`services/checkout/app.py`, without a leading `/`)."""
    return re.fullmatch(_expression(pattern), path.lstrip("/")) is not None


def _words(line: str) -> list[str]:
    """Return what stands between spaces that are not escaped, without comments at the end."""
    words: list[str] = []
    for word in _SPACES.split(line.strip()):
        if word.startswith("#"):
            break
        if word:
            words.append(word.replace("\\ ", " ").replace("\\#", "#"))
    return words


def _owners(names: list[str]) -> tuple[tuple[Owner, ...], list[str]]:
    found: list[Owner] = []
    wrong: list[str] = []
    for name in names:
        if _EMAIL.match(name):
            found.append(Owner(OwnerKind.EMAIL, name))
        elif name.startswith("@") and len(name) > 1 and not name.startswith("@@"):
            kind = OwnerKind.TEAM if "/" in name else OwnerKind.PERSON
            found.append(Owner(kind, name[1:]))
        else:
            wrong.append(f"{name[:60]!r} is no owner: write @login, @organisation/team or an e-mail address")
    return tuple(dict.fromkeys(found)), wrong


def _expression(pattern: str) -> str:
    """Return a pattern of gitignore as a regular expression over whole paths. Runs of stars are one, so that none runs away."""
    anchored = "/" in pattern.rstrip("/")
    folder = pattern.endswith("/")
    parts = [part for part in pattern.split("/") if part]
    said: list[str] = []
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "**":
            if not said or said[-1] != "(?:[^/]+/)*":
                said.append("(?:[^/]+/)*" if not last else ".+")
            continue
        said.append(_part(part) + ("" if last else "/"))
    if not parts:
        return ".*"
    start = "" if anchored else "(?:[^/]+/)*"
    end = "/.*" if folder else "" if parts[-1] in {"*", "**"} and anchored else "(?:/.*)?"
    return start + "".join(said) + end


def _part(part: str) -> str:
    part = re.sub(r"\*+", "*", part)
    return "".join("[^/]*" if each == "*" else "[^/]" if each == "?" else re.escape(each) for each in part)
