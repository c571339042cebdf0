"""Texts in which roles stand for the names of people."""

from __future__ import annotations

import re
from collections.abc import Iterable

from juncture.inquiry.people import first_name, folded, lexicon

COLLEAGUE = "Colleague"
"""The role of somebody who did nothing that the evidence shows."""


def prose(role: str) -> str:
    """Return a role as it stands within a sentence: `the on-call engineer`, `Responder 2`."""
    if re.search(r"\d$", role):
        return role
    if role == COLLEAGUE:
        return "a colleague"
    return role.lower() if role == "Support" else f"the {role[0].lower()}{role[1:]}"


_MENTION = re.compile(r"@([A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)+|[a-z]+\.[a-z]+)(?![\w.-])")
"""A mention that is written as a person's name is; groups and services are not."""


class Writing:
    """Replaces names in texts: `roles` by name (an actor's), `services` in lower case."""

    def __init__(self, roles: dict[str, str], services: frozenset[str]) -> None:
        aliases: dict[str, set[str]] = {}
        for name, role in roles.items():
            for alias in _aliases(name):
                aliases.setdefault(alias, set()).add(role)
        self._roles = {alias.casefold(): found.pop() if len(found) == 1 else COLLEAGUE for alias, found in aliases.items()}
        common = lexicon().words_that_are_names | services
        sure = [alias for alias in aliases if alias.casefold() not in common and len(alias) > 2]
        self._sure = _names(sure, re.IGNORECASE)
        self._doubtful = _names([alias for alias in aliases if alias.casefold() in common or len(alias) <= 2], re.NOFLAG)

    def replaced(self, text: str) -> str:
        """Return the text with names replaced."""
        if self._sure is not None:
            text = self._sure.sub(lambda found: self._role(found, sure=True), text)
        if self._doubtful is not None:
            text = self._doubtful.sub(lambda found: self._role(found, sure=False), text)
        return _MENTION.sub("a colleague", text)

    def _role(self, found: re.Match[str], *, sure: bool) -> str:
        whole, name = found.group(0), found.group("name")
        if not sure and not whole.startswith("@") and (not name[:1].isupper() or _opens_a_sentence(found)):
            return whole
        role = prose(self._roles.get(name.casefold(), COLLEAGUE))
        return role[:1].upper() + role[1:] if _opens_a_sentence(found) else role


def _names(aliases: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str] | None:
    listed = "|".join(re.escape(alias) for alias in sorted(aliases, key=len, reverse=True))
    if not listed:
        return None
    return re.compile(rf"(?<![\w@./-])@?(?P<name>{listed})(?:@[\w.-]+\w)?(?![\w-])(?!\.\w)", flags)


def _aliases(name: str) -> set[str]:
    found = {name.strip().lstrip("@")}
    if "@" in name[1:]:
        found.add(name.split("@", 1)[0])
    if first := first_name(name):
        found.add(first)
        found.add(name.rsplit(maxsplit=1)[-1])
    return {alias for alias in found if alias and folded(alias)}


def _opens_a_sentence(found: re.Match[str]) -> bool:
    before = found.string[: found.start()].rstrip()
    return not before or before[-1] in ".!?\n"
