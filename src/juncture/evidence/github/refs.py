"""Pushes, and branches and tags that come and go."""

from __future__ import annotations

from juncture.evidence.changed_files import service_of_files
from juncture.evidence.deliveries import near_keys
from juncture.evidence.fields import field, instant, items, text
from juncture.evidence.github.told import Payload, Told, first_line
from juncture.evidence.links import links_in
from juncture.model.evidence import ChangeDetails, Kind, Lane
from juncture.model.instants import Instant

NOBODY = "0" * 40
COMMITS_LINKED = 50
FILES_KEPT = 200


def push(payload: Payload) -> Told:
    """Tell a push. It has no time of its own: it is when the repository was pushed to, else when received or committed."""
    body, repository = payload.body, payload.repository
    ref, after, before = text(body, "ref") or "", text(body, "after") or "", text(body, "before") or ""
    committed = instant(body, "head_commit", "timestamp")
    at = payload.pushed_at or payload.received_at or committed
    commits = items(body, "commits")
    if field(body, "deleted") is True or (field(body, "created") is True and not commits):
        return _came_or_went(payload, ref, "deleted" if field(body, "deleted") is True else "created", at)
    files = tuple(
        dict.fromkeys(str(path) for one in commits for kind in ("added", "modified", "removed") for path in items(one, kind))
    )
    hashes = [name for one in commits if (name := text(one, "id"))]
    subject = first_line(text(body, "head_commit", "message"))
    count = f"{len(commits)} commit{'' if len(commits) == 1 else 's'}"
    forced = "force-pushed" if field(body, "forced") is True else "pushed"
    url = text(body, "compare")
    spoken = (link for one in commits for link in links_in(text(one, "message") or ""))
    return Told(
        Kind.PUSH,
        Lane.CHANGE,
        at,
        f"{count} {forced} to {_name(ref)}{': ' if subject else ''}{subject}",
        (ref, before, after),
        keys=(f"push:{repository}:{ref}@{after}",),
        links=tuple(f"commit:{name}" for name in (hashes or [after])[:COMMITS_LINKED])
        + ((url,) if url else ())
        + tuple(spoken),
        details=ChangeDetails(
            repository,
            after,
            None if before.strip("0") == "" else before,
            _name(ref),
            state=forced,
            url=url,
            files=files[:FILES_KEPT],
        ),
        service=service_of_files(files) or payload.service,
        part="head_commit" if payload.part("head_commit") else None,
    )


def created(payload: Payload) -> Told:
    """Tell that a branch or tag came to be, at the time of the push that made it."""
    return _came_or_went(payload, _full_ref(payload), "created", payload.pushed_at or payload.received_at)


def deleted(payload: Payload) -> Told:
    """Tell that a branch or tag is gone. No deploy, whatever the branch was called."""
    return _came_or_went(payload, _full_ref(payload), "deleted", payload.pushed_at or payload.received_at)


def _came_or_went(payload: Payload, ref: str, what: str, at: Instant | None) -> Told:
    """Told by a push and by an event of its own: their keys meet."""
    before = text(payload.body, "before") or ""
    return Told(
        Kind.BRANCH,
        Lane.CHANGE,
        at,
        f"{'Tag' if ref.startswith('refs/tags/') else 'Branch'} {_name(ref)} {what}",
        (ref, what, text(payload.body, "after") or "", str(at)),
        keys=near_keys(f"ref:{payload.repository}:{ref}:{what}", at) if at else (),
        details=ChangeDetails(payload.repository, None, before if before.strip("0") else None, _name(ref), state=what),
        service=payload.service,
    )


def _full_ref(payload: Payload) -> str:
    kind = "tags" if text(payload.body, "ref_type") == "tag" else "heads"
    return f"refs/{kind}/{text(payload.body, 'ref') or ''}"


def _name(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
