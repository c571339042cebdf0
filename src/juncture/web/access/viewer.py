"""The viewer: whoever asks, with their rights. Every operation and selector takes one; nothing else decides who may."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct


class Scope(IntEnum):
    """What a token allows, each including the one before. A signed-in person has all that their role has."""

    READ = 1
    WRITE = 2
    ADMIN = 3


_ROLES = ("viewer", "author", "facilitator", "administrator")


class Viewer(Struct, frozen=True):
    """Who asks: a person's id (None: nobody is signed in), their role and name, the token's scope, and through what."""

    user_id: int | None = None
    role: str = ""
    name: str = ""
    scope: Scope = Scope.ADMIN
    through: str = "page"
    zone: str = "UTC"

    @property
    def known(self) -> bool:
        """Whether this is a person of the organisation."""
        return self.user_id is not None

    @property
    def person(self) -> int:
        """The person's id, where somebody is known to be signed in. Raises ValueError for nobody."""
        if self.user_id is None:
            raise ValueError("nobody is signed in")
        return self.user_id

    @property
    def initials(self) -> str:
        """Two letters that stand for the person."""
        words = self.name.split()
        letters = [word[0] for word in (words[0], *words[1:][-1:])] if words else ["?"]
        return "".join(letters).upper()

    @property
    def may_write(self) -> bool:
        """Whether they may declare, add evidence, write and publish."""
        return self.known and self.scope >= Scope.WRITE and _rank(self.role) >= _rank("author")

    @property
    def may_facilitate(self) -> bool:
        """Whether they may run reviews, open artefacts, add people to an incident, and invite."""
        return self.known and self.scope >= Scope.WRITE and _rank(self.role) >= _rank("facilitator")

    @property
    def may_administer(self) -> bool:
        """Whether they have people and settings."""
        return self.known and self.scope >= Scope.ADMIN and self.role == "administrator"


def _rank(role: str) -> int:
    return _ROLES.index(role) if role in _ROLES else -1


NOBODY = Viewer()
SYSTEM = Viewer(name="Juncture", through="worker")
COMMAND_LINE = Viewer(name="Command line", through="command")
