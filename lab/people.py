"""The responders of a recording: scripted sample personas, each with a way of writing."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

NAMES = (
    "Ana Kovac", "Mara Lindqvist", "Tomasz Wrona", "Priya Raman", "Jonas Feld", "Wei Zhang", "Oluwaseun Ade",
    "Lucia Ferri", "Sam Okafor", "Hanna Virtanen", "Diego Marin", "Yuki Mori", "Noor Haddad", "Ben Carver",
    "Ines Duarte", "Pavel Novak", "Grace Muller", "Rafael Souza", "Emma de Vries", "Kofi Mensah", "Sofia Brandt",
    "Arjun Nair", "Chloe Martin", "Milan Petrov", "Aoife Byrne", "Leo Santos", "Fatima Zahra", "Nils Aasen",
)  # fmt: skip
SHORT = {"because": "bc", "please": "pls", "people": "ppl", "database": "db", "you": "u", "think": "think", "okay": "ok"}
KEEP = re.compile(r"(```.*?```|`[^`]*`|<[^>]*>|:[a-z_+0-9]+:|\S*[\d/_]\S*|\b[A-Z][a-z]+[A-Z]\w*)", re.DOTALL)


@dataclass(frozen=True)
class Style:
    """How somebody writes. Shares are between 0 and 1."""

    lower: bool
    typos: float
    short: bool
    ending: str
    apostrophes: bool


@dataclass(frozen=True)
class Person:
    """One sample persona; `zone` is the offset of their clock as git prints it."""

    id: str
    handle: str
    name: str
    role: str
    title: str
    zone: str
    style: Style

    @property
    def first(self) -> str:
        """First name as colleagues write it."""
        return self.name.split()[0]

    @property
    def mention(self) -> str:
        """As Slack stores a mention."""
        return f"<@{self.id}>"

    @property
    def email(self) -> str:
        """For users.json and git."""
        return f"{self.handle}@shop.example"


def cast(rng: random.Random, roles: dict[str, str]) -> dict[str, Person]:
    """One person for each role; `roles` gives a job title by role."""
    names = rng.sample(NAMES, len(roles))
    scheme = rng.choice(("first", "initial", "dotted"))
    zones = rng.sample(("+0000", "+0100", "+0100", "+0200", "-0500"), 5)
    people = {}
    for index, (role, title) in enumerate(roles.items()):
        name = names[index]
        first, last = name.split()[0].lower(), name.split()[-1].lower()
        handle = {"first": first, "initial": f"{first[0]}{last}", "dotted": f"{first}.{last}"}[scheme]
        people[role] = Person(
            id="U0" + "".join(rng.choices("ABCDEFGHJKMNPQRSTVWXYZ0123456789", k=9)),
            handle=handle,
            name=name,
            role=role,
            title=title,
            zone=zones[index % len(zones)],
            style=Style(
                lower=rng.random() < 0.75,
                typos=rng.choice((0.0, 0.0, 0.02, 0.04)),
                short=rng.random() < 0.3,
                ending=rng.choice(("", "", "", "", ".", "…", "!")),
                apostrophes=rng.random() < 0.6,
            ),
        )
    return people


def write(text: str, style: Style, rng: random.Random) -> str:
    """`text` as this person types it. Code, links, mentions, emoji and anything with digits stay as they are."""
    parts = KEEP.split(text)
    for index in range(0, len(parts), 2):
        part = parts[index]
        if style.lower:
            part = re.sub(r"\b([A-Z])(?=[a-z' ])", lambda found: found.group(1).lower(), part)
        if style.short:
            part = re.sub(r"[a-z]+", lambda found: SHORT.get(found.group(0), found.group(0)), part)
        if not style.apostrophes:
            part = re.sub(r"(?<=[a-z])'(?=[a-z])", "", part)
        parts[index] = re.sub(r"[a-zA-Z]{5,}", lambda found: _slip(found.group(0), style.typos, rng), part)
    written = "".join(parts)
    if style.ending and written[-1:].isalpha():
        written += style.ending if rng.random() < 0.6 else ""
    if not style.lower and written[:1].islower() and not written.startswith(("http", "`")):
        written = written[0].upper() + written[1:]
    return written


def slip(text: str, rng: random.Random) -> str:
    """`text` with one long word mistyped; the same where it has none, or where code and links are all there is."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if re.fullmatch(r"[a-zA-Z]{6,}", word)]
    if not places or "`" in text or "  " in text:
        return text
    place = rng.choice(places)
    words[place] = _slip(words[place], 1.0, rng)
    return " ".join(words)


def _slip(word: str, share: float, rng: random.Random) -> str:
    """Two letters swapped or one lost, rarely."""
    if rng.random() >= share:
        return word
    place = rng.randrange(1, len(word) - 2)
    if rng.random() < 0.6:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + word[place + 1 :]
