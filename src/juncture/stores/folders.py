"""What was given on the command line or to an import: files, folders, git repositories and standard input, as things to open.

Only regular files are ever opened, so nothing blocks on a pipe or a device; links inside a folder are not followed.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from juncture.casework.reading import Given
from juncture.evidence.archives.streams import Reopenable
from juncture.evidence.walk import is_litter, safe_label
from juncture.model.evidence import LeftOut
from juncture.stores import repositories

STANDARD_INPUT = "standard input"
_SPOOLED_BYTES = 8 * 1024 * 1024
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def evidence_at(paths: Iterable[str], standard_input: BinaryIO) -> Iterator[Given | LeftOut]:
    """Yield what lies at the given paths: files as they are named, folders in the order of their names.

    `-` is standard input, read once and whole. A git repository or bundle is its log. LeftOut says what is not opened and why.
    """
    for path in paths:
        if path in ("-", "/dev/stdin"):
            yield _spooled(STANDARD_INPUT, standard_input)
        elif path.startswith(("/dev/fd/", "/proc/self/fd/")):  # what a shell gives for <(command)
            yield from _opened_by_the_shell(path)
        else:
            yield from _at(Path(path), _label(path))


def _at(path: Path, label: str) -> Iterator[Given | LeftOut]:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield LeftOut(label, f"cannot be read: {error.strerror or error}", damaged=True)
        return
    if stat.S_ISDIR(mode):
        yield from _folder(path, label)
    elif stat.S_ISREG(mode):
        yield from _file(path, label)
    else:
        yield LeftOut(label, f"is {_kind(mode)}: not opened")


def _folder(path: Path, label: str) -> Iterator[Given | LeftOut]:
    """Yield what a folder holds, folder by folder, without recursion: folders may be nested as deep as a disk allows."""
    waiting = [(path, label.rstrip("/") or "/")]
    litter = 0
    while waiting:
        folder, name = waiting.pop()
        if directory := repositories.git_directory(folder):
            yield from repositories.log_of(directory, name)
            continue
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: (entry.is_dir(follow_symlinks=False), entry.name))
        except OSError as error:
            yield LeftOut(name, f"cannot be listed: {error.strerror or error}", damaged=True)
            continue
        below: list[tuple[Path, str]] = []
        for entry in entries:
            own = f"{name.rstrip('/')}/{_label(entry.name)}"
            if entry.is_dir(follow_symlinks=False) and entry.name != "__MACOSX":
                below.append((Path(entry.path), own))
            elif is_litter(entry.name):
                litter += 1
            else:
                yield from _entry(entry, own, path)
        waiting.extend(reversed(below))
    if litter:
        yield LeftOut(label, "left there by macOS or Windows, no evidence", count=litter)


def _entry(entry: os.DirEntry[str], label: str, root: Path) -> Iterator[Given | LeftOut]:
    if entry.is_symlink():
        target = Path(entry.path).resolve()
        inside = target.is_relative_to(root.resolve())
        why = "what it leads to is read where it stands" if inside else "leads out of the folder: give what it leads to"
        yield LeftOut(label, f"is a symbolic link, not followed: {why}")
        return
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError as error:
        yield LeftOut(label, f"cannot be read: {error.strerror or error}", damaged=True)
        return
    if stat.S_ISREG(mode):
        yield from _file(Path(entry.path), label)
    else:
        yield LeftOut(label, f"is {_kind(mode)}: not opened")


def _file(path: Path, label: str) -> Iterator[Given | LeftOut]:
    try:
        with path.open("rb") as stream:
            bundle = stream.read(len(repositories.BUNDLE_MARKS[0])).startswith(repositories.BUNDLE_MARKS)
    except OSError as error:
        yield LeftOut(label, f"cannot be read: {error.strerror or error}", damaged=True)
        return
    if bundle:
        yield from repositories.log_of_bundle(path, label)
    else:
        yield Given(label, partial(_open, path))


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _opened_by_the_shell(path: str) -> Iterator[Given | LeftOut]:
    try:
        with Path(path).open("rb") as stream:
            yield _spooled(path, stream)
    except OSError as error:
        yield LeftOut(path, f"cannot be read: {error.strerror or error}", damaged=True)


def _spooled(label: str, stream: BinaryIO) -> Given:
    spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES))  # noqa: SIM115 - closed when nobody needs it
    shutil.copyfileobj(stream, spool, 1024 * 1024)
    return Given(label, Reopenable(spool).open)


def _label(path: str) -> str:
    return safe_label(path)


def _kind(mode: int) -> str:
    return next((name for matches, name in _KINDS if matches(mode)), "no regular file")
