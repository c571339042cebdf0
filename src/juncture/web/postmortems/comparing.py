"""What changed between two texts, word by word, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from diff_match_patch import diff_match_patch
from msgspec import Struct

from juncture.web.postmortems.merging import TOKEN, Alphabet

_LONGEST = 400_000
"""Characters of both texts from which on only their common beginning and end are found."""
_SECONDS = 0.3
"""After how long the engine settles for what it has found."""
_AROUND = 90
"""Characters of unchanged text that are kept beside a change."""
_CUT_FROM = 3 * _AROUND
_ROOM_AFTER_CUT = 40
_SMALL = 5
"""Characters that two texts may have in common between two changes and still say nothing by it: `the`, `to a`."""


class Run(Struct, frozen=True):
    """A stretch of text: the same in both, added, removed, or `cut`, where what is left out has `text` as its stand-in."""

    kind: Literal["same", "added", "removed", "cut"]
    text: str


class _Edit(NamedTuple):
    """What was taken away and what was added at one place, behind a stretch that is the same."""

    same: str
    removed: str
    added: str


def compared(before: str, after: str, *, most: int = 0) -> tuple[Run, ...]:
    """Return what leads from one text to the other; nothing where they are equal. No word is taken apart.

    Long stretches that are the same are cut, and with `most` what was added or removed is, too, beyond so many characters.
    """
    if before == after:
        return ()
    edits = _joined(_edits(before, after))
    runs: list[Run] = []
    for place, edit in enumerate(edits):
        runs += _around(edit.same, first=place == 0, last=place == len(edits) - 1 and not (edit.removed or edit.added))
        runs += _long("removed", edit.removed, most)
        runs += _long("added", edit.added, most)
    return tuple(runs)


def _edits(before: str, after: str) -> list[_Edit]:
    found: list[_Edit] = []
    same = removed = added = ""
    for kind, text in _differences(before, after):
        if kind == diff_match_patch.DIFF_EQUAL:
            if removed or added:
                found.append(_Edit(same, removed, added))
                same = removed = added = ""
            same += text
        elif kind == diff_match_patch.DIFF_DELETE:
            removed += text
        else:
            added += text
    found.append(_Edit(same, removed, added))
    return found


def _differences(before: str, after: str) -> Iterator[tuple[int, str]]:
    if len(before) + len(after) > _LONGEST:
        yield from _ends(before, after)
        return
    alphabet, engine = Alphabet(), diff_match_patch()
    engine.Diff_Timeout = _SECONDS
    coded = (alphabet.code(TOKEN.findall(text)) for text in (before, after))
    differences = engine.diff_main(*coded, False)  # noqa: FBT003 - that the texts have no lines to compare first
    for kind, text in differences:
        yield kind, alphabet.text(text)


def _ends(before: str, after: str) -> Iterator[tuple[int, str]]:
    engine = diff_match_patch()
    head = engine.diff_commonPrefix(before, after)
    tail = engine.diff_commonSuffix(before[head:], after[head:])
    yield diff_match_patch.DIFF_EQUAL, before[:head]
    yield diff_match_patch.DIFF_DELETE, before[head : len(before) - tail]
    yield diff_match_patch.DIFF_INSERT, after[head : len(after) - tail]
    yield diff_match_patch.DIFF_EQUAL, before[len(before) - tail :]


def _joined(edits: Iterable[_Edit]) -> list[_Edit]:
    """Return edits of which those with next to nothing between them are one: a phrase for a phrase, not word for word."""
    joined: list[_Edit] = []
    for edit in edits:
        last = joined[-1] if joined else None
        if last is not None and _is_one_phrase(last, edit):
            joined[-1] = _Edit(last.same, last.removed + edit.same + edit.removed, last.added + edit.same + edit.added)
        else:
            joined.append(edit)
    return joined


def _is_one_phrase(one: _Edit, other: _Edit) -> bool:
    between = other.same.strip()
    if "\n" in other.same or not ((one.removed or other.removed) and (one.added or other.added)):
        return False
    if not between:
        return bool(one.removed and one.added and other.removed and other.added)
    sizes = (len(one.removed) + len(one.added), len(other.removed) + len(other.added))
    return len(between) <= _SMALL and len(between) * 2 <= min(sizes)


def _around(text: str, *, first: bool, last: bool) -> Iterator[Run]:
    """Yield of a stretch that is the same what stands beside a change."""
    if len(text) <= (_CUT_FROM if not (first or last) else _AROUND + _ROOM_AFTER_CUT):
        if text:
            yield Run("same", text)
        return
    if not first:
        yield Run("same", _head(text, _AROUND))
    yield Run("cut", "…")
    if not last:
        yield Run("same", _head(text[::-1], _AROUND)[::-1])


def _long(kind: Literal["added", "removed"], text: str, most: int) -> Iterator[Run]:
    if not most or len(text) <= most + _ROOM_AFTER_CUT:
        if text:
            yield Run(kind, text)
        return
    head = _head(text, most)
    yield Run(kind, head)
    yield Run("cut", f"… and {len(text) - len(head):,} more characters")


def _head(text: str, length: int) -> str:
    """Return the beginning of a text, up to the end of a word."""
    at = text.find(" ", length, length + _ROOM_AFTER_CUT)
    return text[: length if at < 0 else at]
