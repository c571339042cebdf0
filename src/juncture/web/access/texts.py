"""Text from outside: what can be stored, and names of files as they may be shown."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, what turns the direction of writing, and halves of characters."""
_NAME_LIMIT = 900


def is_storable(text: str) -> bool:
    """Whether every database can hold a text: none holds NUL, and half a character (a lone surrogate) is no text."""
    return not _UNSTORABLE.search(text)


def storable(text: str) -> str:
    """Return a text without what no database can hold: for words to look for, which then are just not found."""
    return _UNSTORABLE.sub(" ", text)


def file_name(name: str) -> str:
    """Return the name of an upload, its folders kept, as it is stored and shown. It never names a place on the disk.

    `!/` is what stands between an archive and its member in the name of an artefact, so no name may bring its own.
    """
    parts = [part for part in _UNSHOWABLE.sub("", name).replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return "/".join(parts).replace("!/", "! /")[-_NAME_LIMIT:] or "file"
