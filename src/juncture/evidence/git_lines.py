"""Logs of git with one line a commit: `--oneline` and the many `--pretty=format:` that people write.

The layout is learnt from the first lines: which separator parts them into columns, and which column is hash, date, author and
subject. Without a separator, a line that begins with a hash and holds a date is read too; its author is told apart only in the
usual brackets at the end (`[Ana]`, `<Ana>`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from juncture.evidence.artefact import Line
from juncture.evidence.git_dates import DATE
from juncture.evidence.git_log import COLOURS, HEX, Changes, Commit

SEPARATORS = ("\x00", "\x1f", "\t", "|", "~", ";", " - ", ",")
SAMPLE_LINES = 60
NO_DATES = "`git log --oneline` prints no dates"

_GRAPH = re.compile(r"[*|\\/_. ]*")
_HASH = re.compile(HEX)
_FIRST_HASH = re.compile(rf"[\"'(\[]?({HEX})(?![\w-])[\"')\]:,]?")
_LEADING_REFS = re.compile(r"[ -]*\(([\w./-]+|(?:HEAD|tag: |[\w./-]+, )[^()]*)\)")
_REFS = re.compile(r"\(((?:HEAD\b|tag: |origin/)[^()]*)\)")
_EMAIL = re.compile(r"<?[^<>@\s]+@[^<>@\s]+>?")
_BRACKETED_NAME = re.compile(r"[\[<(]([^\]\[<>()]{2,60})[\]>)]\s*$")
_UNDATED = re.compile(r"(?:[0-9a-f]{7,12}|[0-9a-f]{40}) \S")


class Layout(NamedTuple):
    """How a file's lines are made. Column numbers count from 0; without `separator` only hash and date are found."""

    separator: str | None
    columns: int = 0
    hash: int = 0
    dates: tuple[int, ...] = ()
    author: int | None = None
    subject: int | None = None
    refs: int | None = None
    dated: bool = True
    named: bool = False
    """Without separator: whether lines end with a name in brackets."""
    leading: bool = True
    """Whether lines begin with the hash, which hardly any other log does."""


def layout_of(lines: Iterable[str]) -> Layout | None:
    """Return the layout of a file that begins with `lines`; None if these are no commits, one a line."""
    bare = (_bare(line) for line in lines if not Changes().take(COLOURS.sub("", line).rstrip()))
    sample = [line for line in bare if line][:SAMPLE_LINES]
    if not sample:
        return None
    leading = [match[1] for line in sample if (match := _FIRST_HASH.match(line))]
    mixed = any(re.search("[a-f]", one) and re.search("[0-9]", one) for one in leading)
    for separator in SEPARATORS:
        if layout := _columns(sample, separator):
            return layout._replace(leading=len(leading) == len(sample) and mixed)
    if len(leading) < 0.9 * len(sample) or not mixed or max(map(len, leading)) - min(map(len, leading)) > 3:
        return None
    if sum(DATE.search(line) is not None for line in sample) >= 0.9 * len(sample):
        return Layout(None, named=sum(_BRACKETED_NAME.search(line) is not None for line in sample) >= 0.8 * len(sample))
    undated = len(sample) > 2 and all(_UNDATED.match(line) for line in sample)
    return Layout(None, dated=False) if undated else None


def commits_by_line(lines: Iterable[Line], layout: Layout) -> Iterator[Commit]:
    """Yield the commits; lines that say which files one changed belong to the commit above them."""
    now: Commit | None = None
    changes = Changes()
    for line in lines:
        text = _bare(line.text)
        found = _commit(text, line.number, layout) if text else None
        if found:
            if now:
                yield _with(now, changes)
            now, changes = found, Changes()
        elif text and now and not changes.take(COLOURS.sub("", line.text)):
            changes.name(text)
    if now:
        yield _with(now, changes)


def _with(commit: Commit, changes: Changes) -> Commit:
    return commit._replace(files=tuple(changes.files), added=changes.added, removed=changes.removed)


def _bare(text: str) -> str:
    """Return a line without colours, the lines of a graph, and blanks."""
    plain = COLOURS.sub("", text).rstrip()
    graph = _GRAPH.match(plain)
    if graph and ("*" in graph.group() or graph.end() == len(plain)):
        return plain[graph.end() :]
    return plain.strip()


def _unquoted(part: str) -> str:
    part = part.strip()
    return part[1:-1] if len(part) > 1 and part[0] == part[-1] and part[0] in "\"'" else part


def _columns(sample: list[str], separator: str) -> Layout | None:
    rows = [[_unquoted(part) for part in line.split(separator)] for line in sample]
    rows = [row for row in rows if len(row) > 2 and any(_HASH.fullmatch(part) for part in row)]
    if len(rows) < 0.8 * len(sample):
        return None
    count = min(len(row) for row in rows)
    columns = [[row[number] for row in rows] for number in range(count)]
    hashes = [number for number, column in enumerate(columns) if all(_HASH.fullmatch(part) for part in column)]
    dates = [number for number, column in enumerate(columns) if all(DATE.fullmatch(part.strip("()[]")) for part in column)]
    if not hashes or not dates:
        return None
    rest = [number for number in range(count) if number not in {*hashes, *dates} and _is_text(columns[number])]
    refs = next((number for number in rest if any(_REFS.match(part) or "HEAD" in part for part in columns[number])), None)
    texts = [number for number in rest if number != refs]
    subject = max(texts, key=lambda number: sum(map(len, columns[number])) + (number == count - 1), default=None)
    author = next((number for number in texts if number != subject), None)
    return Layout(separator, count, hashes[0], tuple(dates), author, subject, refs)


def _is_text(column: list[str]) -> bool:
    """Whether a column is words: no parents, addresses, trees, numbers."""
    return not all(_EMAIL.fullmatch(part) or all(_HASH.fullmatch(one) for one in part.split()) for part in column)


def _commit(text: str, number: int, layout: Layout) -> Commit | None:
    if layout.separator is None:
        return _free(text, number, named=layout.named)
    parts = [_unquoted(part) for part in text.split(layout.separator, layout.columns - 1)]
    if len(parts) < layout.columns or not _HASH.fullmatch(parts[layout.hash]):
        return None

    def part(column: int | None) -> str:
        return parts[column] if column is not None else ""

    dates = [match[0] for column in layout.dates if (match := DATE.search(parts[column]))]
    refs = _refs(part(layout.refs))
    subject = part(layout.subject)
    return Commit(
        parts[layout.hash],
        number,
        number,
        author=part(layout.author).strip("<>[]") or None,
        authored=dates[0] if dates else None,
        committed=dates[-1] if len(dates) > 1 else None,
        refs=refs,
        subject=subject,
    )


def _free(text: str, number: int, *, named: bool) -> Commit | None:
    start = _FIRST_HASH.match(text)
    if not start:
        return None
    rest = text[start.end() :]
    date = DATE.search(rest)
    if date:
        rest = f"{rest[: date.start()].rstrip(' ([')} {rest[date.end() :].lstrip(' )]')}".strip()
    name = _BRACKETED_NAME.search(rest) if named else None
    if name and name.start() and not _REFS.match(name.group()) and not name[1].startswith("#"):
        rest = rest[: name.start()]
    else:
        name = None
    refs = _LEADING_REFS.match(rest) or _REFS.search(rest)
    rest = (f"{rest[: refs.start()]} {rest[refs.end() :]}" if refs else rest).strip()
    if rest.startswith("(") and rest.count("(") > rest.count(")"):
        rest = rest[1:]
    return Commit(
        start[1],
        number,
        number,
        author=name[1].strip() if name else None,
        authored=date[0] if date else None,
        refs=_refs(refs[1] if refs else ""),
        subject=rest.lstrip(" |-:,;)").rstrip(" |-:,;("),
    )


def _refs(decoration: str) -> tuple[str, ...]:
    names = decoration.strip("() ").split(",")
    return tuple(name.strip().removeprefix("HEAD -> ") for name in names if name.strip() not in {"", "HEAD"})
