"""Why a call is refused. Views turn these into pages, the API into problem details."""

from __future__ import annotations

import re


class Refused(Exception):  # noqa: N818 - it names what happened to the call
    """The base: a sentence for the person, and the HTTP status that says the same to a program."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Refused):
    """There is no such thing, or this viewer may not see it: the two look the same."""

    status = 404

    def __init__(self, sentence: str = "There is nothing here, or it is not open to you.") -> None:
        super().__init__(sentence)


class NotAllowed(Refused):
    """They may see it, but not do this to it."""

    status = 403


class SignInNeeded(Refused):
    """Nobody is signed in."""

    status = 401

    def __init__(self, sentence: str = "Sign in first.") -> None:
        super().__init__(sentence)


class Invalid(Refused):
    """A value cannot be taken: the sentence says which and what to write instead."""

    status = 422


class InTheWay(Refused):
    """The state of things forbids it now."""

    status = 409


class Stale(Refused):
    """It was changed since the caller read it."""

    status = 412


class ConditionNeeded(Refused):
    """The call has to say which version it changes."""

    status = 428


class TooLarge(Refused):
    """Beyond a limit that the sentence names."""

    status = 413


class NoRoom(Refused):
    """The server cannot keep it: its disk is full, or may not be written to."""

    status = 507


class Moved(Refused):
    """It has another address since it was restricted; told only to who may see it. Views lead on."""

    status = 308

    def __init__(self, former_id: str, public_id: str) -> None:
        super().__init__("This has another address now.")
        self.former_id = former_id
        self.public_id = public_id

    def leads_to(self, path: str) -> str:
        """Return a path (and query) with the new id in the place of the former one."""
        here, mark, query = path.partition("?")
        return re.sub(rf"(?<=/){re.escape(self.former_id)}(?=[/.]|$)", self.public_id, here) + mark + query


class NotInstalled(Refused):
    """The server lacks a part that is installed separately; the sentence says which, and how."""

    status = 501


class Busy(Refused):
    """Too much of this is being done already; it is done later."""

    status = 503
