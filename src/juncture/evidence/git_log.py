"""What `git log` prints, as commits: the layouts that hold a commit in several lines.

Read are the layouts of git-log(1) under "PRETTY FORMATS": medium (git's own choice), full, fuller and raw, with `--graph`,
`--decorate`, and what `--stat`, `--shortstat`, `--numstat`, `--name-only`, `--name-status`, `--raw` and `--patch` put below;
and the layout that `LOG_ARGUMENTS` asks git for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from juncture.evidence.artefact import Line

FIELD, RECORD = "\x1f", "\x1e"
LOG_ARGUMENTS = (
    "log",
    "--all",
    "--no-color",
    "--encoding=UTF-8",
    "--diff-merges=first-parent",
    "--numstat",
    "--format=%x1e%H%x1f%P%x1f%an%x1f%aI%x1f%cn%x1f%cI%x1f%D%x1f%s%x1f%b%x1f",
)
"""What to ask git for: commit, parents, author, date, committer, date, refs, subject and body, then a line a changed file.

`--diff-merges=first-parent` (git 2.31, March 2021) says of a merge what it brought in.
"""
FILES_LIMIT = 200
"""Names of files kept of one commit; lines are counted of all."""
MESSAGE_LIMIT = 20_000
"""Characters kept of one message."""

HEX = r"[0-9a-f]{7,64}"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MACHINE = re.compile(rf"{RECORD}({HEX}){FIELD}")
START = re.compile(
    rf"(?P<graph>[*|\\/_. ]*)commit (?:[<>^=+-] ?)?(?P<hash>{HEX})(?P<parents>(?: {HEX})*)(?: \((?P<refs>[^)]*)\))?\s*$"
)
_HEADER = re.compile(
    r"(Merge|Author|AuthorDate|Date|Commit|CommitDate|author|committer|tree|parent|encoding|gpgsig|mergetag)(?:: *| )(.*)"
)
_PERSON = re.compile(r"(?P<name>.*?)\s*<[^<>]*>\s*(?P<date>.*)")
_NUMSTAT = re.compile(r"(\d+|-)\t(\d+|-)\t(.+)")
_STAT = re.compile(r" (\S.*?)\s+\|\s+(?:\d+\s*[+-]*|Bin\b.*|Unmerged)\s*$")
_TOTAL = re.compile(r" \d+ files? changed(?:, (\d+) insertions?\(\+\))?(?:, (\d+) deletions?\(-\))?")
_STATUS = re.compile(r"(?::[0-7 ]+ [0-9a-f.]+ [0-9a-f.]+ )?[ACDMRTUX]\d{0,3}\t([^\t]+)(?:\t([^\t]+))?")
_PATCHED = re.compile(r'diff --(?:git .*? (?:b/|(?="b/))(.+)|(?:cc|combined) (.+))\s*$')
_BRACED = re.compile(r"\{(.*?) => (.*?)\}")


class Commit(NamedTuple):
    """One commit as printed. Dates are texts; None where the layout has none. Lines are those of header and message."""

    hash: str
    first_line: int
    last_line: int
    parents: tuple[str, ...] = ()
    author: str | None = None
    authored: str | None = None
    committer: str | None = None
    committed: str | None = None
    refs: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    added: int | None = None
    removed: int | None = None


def commits(lines: Iterable[Line]) -> Iterator[Commit]:
    """Yield the commits; lines before the first one (a prompt) are passed over. Holds one commit at a time."""
    block: _Block | None = None
    for line in lines:
        text = COLOURS.sub("", line.text) if "\x1b" in line.text else line.text
        if MACHINE.match(text):
            if block:
                yield block.commit()
            block = _MachineBlock(line.number, text)
        elif not isinstance(block, _MachineBlock) and (start := START.match(text)):
            if block:
                yield block.commit()
            block = _Block(line.number, start)
        elif block:
            block.take(line.number, text)
    if block:
        yield block.commit()


class Changes:
    """What the lines below a message say of files, in any of git's layouts."""

    def __init__(self) -> None:
        self.files: dict[str, None] = {}
        self.added: int | None = None
        self.removed: int | None = None
        self._in_patch = False

    def take(self, text: str) -> bool:
        """Take a line; False if it says nothing of files."""
        if match := _PATCHED.match(text):
            self._in_patch = True
            self._file((match[1] or match[2]).replace('"b/', '"', 1))
        elif self._in_patch and text[:1] in {"+", "-", " ", "@", "\\"}:
            if text[:1] in {"+", "-"} and not text.startswith(("+++ ", "--- ")):
                self._count(int(text[0] == "+"), int(text[0] == "-"))
        elif match := _NUMSTAT.fullmatch(text):
            self._file(match[3])
            self._count(*(int(number) if number != "-" else 0 for number in match.group(1, 2)))
        elif match := _TOTAL.match(text):
            if self.added is None:
                self._count(int(match[1] or 0), int(match[2] or 0))
        elif match := _STAT.fullmatch(text):
            self._file(match[1])
        elif match := _STATUS.fullmatch(text):
            self._file(match[2] or match[1])
        else:
            return False
        return True

    def name(self, text: str) -> None:
        """Take a line that is nothing but a name (`--name-only`)."""
        if not self._in_patch and text.strip() and not text.startswith((" ", "index ", "Notes")):
            self._file(text.strip())

    def _file(self, path: str) -> None:
        if len(self.files) < FILES_LIMIT:
            self.files[path_of(path)] = None

    def _count(self, added: int, removed: int) -> None:
        self.added, self.removed = (self.added or 0) + added, (self.removed or 0) + removed


class _Block:
    """One commit in a layout for people, line by line."""

    def __init__(self, number: int, start: re.Match[str]) -> None:
        self._commit = Commit(start["hash"], number, number, tuple(start["parents"].split()), refs=_refs(start["refs"] or ""))
        self._margin = len(start["graph"])
        self._message: list[str] = []
        self._size = 0
        self._changes = Changes()
        self._part = "header"

    def take(self, number: int, text: str) -> None:
        """Take the next line."""
        if self._margin:
            text = text[: self._margin].lstrip("*|\\/_. ") + text[self._margin :]
        if self._part == "header":
            if match := _HEADER.match(text):
                self._header(match[1], match[2])
            elif not text.strip():
                self._part = "message"
            return
        if self._part == "message":
            if not text.strip() or text.startswith("    "):
                if self._size < MESSAGE_LIMIT:
                    self._message.append(text[4:].rstrip())
                    self._size += len(text)
                if text.strip():
                    self._commit = self._commit._replace(last_line=number)
                return
            self._part = "changes"
        if not self._changes.take(text):
            self._changes.name(text)

    def commit(self) -> Commit:
        """Return what was taken."""
        message = "\n".join(self._message).strip("\n")
        subject, _, body = message.partition("\n")
        return self._commit._replace(
            subject=subject.strip(),
            body=body.strip(),
            files=tuple(self._changes.files),
            added=self._changes.added,
            removed=self._changes.removed,
        )

    def _header(self, name: str, value: str) -> None:
        now = self._commit
        person = _PERSON.fullmatch(value.strip())
        who = person["name"] if person else value.strip()
        if name == "Merge":
            self._commit = now._replace(parents=tuple(value.split()))
        elif name == "parent":
            self._commit = now._replace(parents=(*now.parents, value.strip()))
        elif name in {"Author", "author"}:
            self._commit = now._replace(author=who, authored=(person["date"] if person else "") or now.authored)
        elif name in {"Commit", "committer"}:
            self._commit = now._replace(committer=who, committed=(person["date"] if person else "") or now.committed)
        elif name in {"Date", "AuthorDate"}:
            self._commit = now._replace(authored=value.strip())
        elif name == "CommitDate":
            self._commit = now._replace(committed=value.strip())


class _MachineBlock(_Block):
    """One commit as `LOG_ARGUMENTS` gives it: eight fields, a body of several lines, then the files."""

    def __init__(self, number: int, text: str) -> None:
        self._first, self._last = number, number
        self._text = text[1:]
        self._open = self._text.count(FIELD) < 9
        self._changes = Changes()

    def take(self, number: int, text: str) -> None:
        """Take the next line."""
        if not self._open:
            self._changes.take(text)
            return
        if len(self._text) < MESSAGE_LIMIT or FIELD in text:
            self._text += f"\n{text}"
        self._last = number
        self._open = FIELD not in text

    def commit(self) -> Commit:
        """Return what was taken."""
        fields = [*self._text.split(FIELD), *[""] * 9]
        return Commit(
            fields[0],
            self._first,
            self._last,
            tuple(fields[1].split()),
            fields[2] or None,
            fields[3] or None,
            fields[4] or None,
            fields[5] or None,
            _refs(fields[6]),
            fields[7].strip(),
            fields[8].strip(),
            tuple(self._changes.files),
            self._changes.added,
            self._changes.removed,
        )


def path_of(printed: str) -> str:
    """Return the path that git printed: quotes undone, of a renamed file the new name (`src/{a => b}/c`)."""
    path = printed.strip()
    if path.startswith('"') and path.endswith('"'):
        octal = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path[1:-1])
        plain = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), octal)
        path = plain.encode("latin-1", "replace").decode("utf-8", "replace")
    path = _BRACED.sub(r"\2", path).replace("//", "/") if " => " in path else path
    return path.rsplit(" => ", 1)[-1]


def _refs(decoration: str) -> tuple[str, ...]:
    """Return branches and tags of `HEAD -> main, tag: v1.2, origin/main`; tags keep their mark."""
    return tuple(name.removeprefix("HEAD -> ").strip() for name in decoration.split(",") if name.strip() not in {"", "HEAD"})
