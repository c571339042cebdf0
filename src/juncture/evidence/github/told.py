"""One delivery as it came, and what it tells once it is understood."""

from __future__ import annotations

from typing import NamedTuple

from juncture.evidence.fields import Mapping, instant, mapping, text
from juncture.model.evidence import ChangeDetails, Kind, Lane
from juncture.model.instants import Instant

FAILED = frozenset({"failure", "error", "cancelled", "timed_out", "action_required", "startup_failure"})
"""States and conclusions of GitHub that mean that something did not come off."""


class Payload(NamedTuple):
    """The body of a delivery, its kind, and when it was received if its envelope tells."""

    event: str
    body: Mapping
    received_at: Instant | None

    @property
    def repository(self) -> str:
        """Owner and name."""
        return text(self.body, "repository", "full_name") or text(self.body, "organization", "login") or "unknown"

    @property
    def service(self) -> str | None:
        """The repository's own name, which is the service's in most houses."""
        return text(self.body, "repository", "name") or self.repository.rsplit("/", 1)[-1]

    @property
    def action(self) -> str:
        """What was done, in GitHub's word."""
        return text(self.body, "action") or ""

    @property
    def sender(self) -> str | None:
        """Who did it."""
        return text(self.body, "sender", "login") or text(self.body, "pusher", "name")

    @property
    def pushed_at(self) -> Instant | None:
        """When the repository was last pushed to: in a push and in what comes of one, this push."""
        return instant(self.body, "repository", "pushed_at")

    def part(self, name: str) -> Mapping:
        """Return one of the body's objects."""
        return mapping(self.body, name)


class Told(NamedTuple):
    """What a delivery tells. `identity` is the content's own: objects, action, time; `part` is the object to cite.

    `at` is None where the delivery has no time; `posted` says that its actor put words in front of others.
    """

    kind: Kind
    lane: Lane
    at: Instant | None
    summary: str
    identity: tuple[str, ...]
    keys: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    details: ChangeDetails | None = None
    ended_at: Instant | None = None
    service: str | None = None
    actor: str | None = None
    part: str | None = None
    posted: bool = False


def first_line(words: str | None) -> str:
    """Return the first line that says something."""
    return next((line.strip() for line in (words or "").splitlines() if line.strip()), "")


def short(revision: str | None) -> str:
    """Return a commit as people write it."""
    return (revision or "")[:7]
