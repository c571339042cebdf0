"""Git: what `git log` prints (git-log(1)), in any of its layouts, with what it says of files.

A commit stands at the committer's date, when it became part of history, where the layout prints that (fuller, raw, and what
`LOG_ARGUMENTS` asks for); else at the author's. A commit that takes another one back ("This reverts commit …") is a `rollback`.
Repositories and bundles are read by whoever may run git, who hands their log to this reader.

**When it was known.** That a commit exists shows nobody who looked at it: `known_at` is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.changed_files import service_of_files
from juncture.evidence.git_dates import date_in
from juncture.evidence.git_lines import NO_DATES, Layout, commits_by_line, layout_of
from juncture.evidence.git_log import COLOURS, LOG_ARGUMENTS, MACHINE, START, Commit, commits
from juncture.evidence.links import links_in
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.evidence.times import Span
from juncture.model.errors import BadEvidence
from juncture.model.evidence import ChangeDetails, Kind, Lane, LeftOut, Note, Sighting
from juncture.model.identity import sighting_id

__all__ = ["LOG_ARGUMENTS", "READER", "GitReader", "GitSession", "changed_back"]

BUNDLES = (b"# v2 git bundle\n", b"# v3 git bundle\n")
ASK_FOR = "`git log --stat --date=iso` or `git log --format=fuller`"

_REVERTS = re.compile(r"\bThis reverts (?:commit|merge) ([0-9a-f]{7,64})", re.IGNORECASE)
_REVERT_SUBJECT = re.compile(r"(?:Revert|Rollback|Roll back|Reapply)\b[ :\"“]", re.IGNORECASE)
_MERGE_SUBJECT = re.compile(r"Merge (?:pull request|branch|branches|tag|commit|remote-tracking branch)\b")
_HEADERS = ("Author:", "Merge:", "tree ", "author ", "Date:", "Commit:", "Reflog:", "parent ")


class GitReader:
    """Recognises a log of git; `Reader` says what each part is for."""

    name = "git"
    title = "Git log"
    reads = (
        "What `git log` prints: its usual form, `--format=fuller`, `raw`, `--oneline` or `--pretty=…` with dates, also with "
        "`--stat`, `--name-status` or `--patch`. A repository or a bundle may be given itself."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return how sure it is."""
        if head.data.startswith(BUNDLES):
            return Confidence.CERTAIN
        lines = _lines_of(head)
        for number, line in enumerate(lines[:40]):
            if MACHINE.match(line):
                return Confidence.CERTAIN
            if START.match(line) and any(
                part in following for following in lines[number + 1 : number + 4] for part in _HEADERS
            ):
                return Confidence.CERTAIN
        layout = layout_of(lines)
        if layout is None:
            return Confidence.NO
        return Confidence.LIKELY if layout.dated and layout.leading else Confidence.PLAUSIBLE

    def session(self, settings: Settings) -> GitSession:
        """Return a reading session."""
        return GitSession(settings)


class GitSession:
    """Reads logs; nothing is remembered between files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:  # noqa: ARG002 - no file explains another
        """Return 1: all alike."""
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield one sighting a commit. Raises BadEvidence for a packed bundle."""
        head = artefact.head()
        if head.data.startswith(BUNDLES):
            raise BadEvidence(artefact.label, "a git bundle, packed", f"Unpack it and give what {ASK_FOR} prints")
        layout = _layout(head)
        found = commits_by_line(artefact.lines(), layout) if layout else commits(artefact.lines())
        yield from self._sightings(artefact, found, layout)

    def _sightings(self, artefact: Artefact, found: Iterable[Commit], layout: Layout | None) -> Iterator[Found]:
        undated, first_undated = 0, ""
        assumed = False
        for commit in found:
            place = f"line:{commit.first_line}"
            if commit.last_line > commit.first_line:
                place = f"{place}-{commit.last_line}"
            date = date_in(commit.committed or commit.authored or "", self._settings.zone)
            if date is None:
                undated += 1
                first_undated = first_undated or place
                continue
            span, without_zone = date
            assumed = assumed or without_zone
            yield _sighting(artefact, commit, span, place)
        if undated:
            why = f"{NO_DATES}; " if layout and not layout.dated else "commits without a date that can be read; "
            yield LeftOut(artefact.at(first_undated), f"{why}give what {ASK_FOR} prints", undated)
        if assumed:
            yield Note(artefact.label, "dates without a zone are taken as UTC; say --timezone if they are local")


def changed_back(text: str) -> str | None:
    """Return the commit that a message says it takes back."""
    match = _REVERTS.search(text)
    return match[1].lower() if match else None


def _sighting(artefact: Artefact, commit: Commit, span: Span, place: str) -> Sighting:
    message = f"{commit.subject}\n{commit.body}" if commit.body else commit.subject
    reverted = changed_back(message)
    undone = reverted is not None or _REVERT_SUBJECT.match(commit.subject) is not None
    merged = len(commit.parents) > 1 or (not commit.parents and _MERGE_SUBJECT.match(commit.subject) is not None)
    tags = tuple(name.removeprefix("tag: ") for name in commit.refs if name.startswith("tag: "))
    links = (f"commit:{reverted}" if reverted else "", *tags, *(link for link in links_in(message) if link != reverted))
    return Sighting(
        id=sighting_id("git", commit.hash),
        source="git",
        kind=Kind.ROLLBACK if undone else Kind.MERGE if merged else Kind.COMMIT,
        lane=Lane.CHANGE,
        occurred_at=span.occurred_at,
        earliest=span.earliest,
        latest=span.latest,
        summary=commit.subject or "A commit without a message",
        citation=artefact.cite(place),
        recorded_at=span.occurred_at,
        actor=commit.author or commit.committer,
        service=service_of_files(commit.files),
        keys=(f"commit:{commit.hash}",),
        links=tuple(dict.fromkeys(link for link in links if link)),
        details=ChangeDetails(
            revision=commit.hash,
            previous=commit.parents[0] if commit.parents else None,
            reference=tags[0] if tags else None,
            files=commit.files,
            lines_added=commit.added,
            lines_removed=commit.removed,
        ),
    )


def _layout(head: Head) -> Layout | None:
    """Return the layout of lines, None where a commit takes several lines."""
    lines = _lines_of(head)
    if any(MACHINE.match(line) or START.match(line) for line in lines):
        return None
    return layout_of(lines)


def _lines_of(head: Head) -> list[str]:
    """Return the lines as git ends them: `splitlines` would part them at the separators of `LOG_ARGUMENTS` too."""
    lines = COLOURS.sub("", head.text).replace("\r\n", "\n").split("\n")
    return lines if head.whole else lines[:-1]


READER = GitReader()
