"""Files written whole or not at all, and still there after the power went."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put `data` at `path`, replacing what was there, so that at any instant either the old or the new is whole."""
    write_blocks(path, (data,), mode=mode)


def write_blocks(path: Path, blocks: Iterable[bytes], *, mode: int = 0o600) -> None:
    """Put what `blocks` give one after another at `path`, as `write_whole` does, without ever holding all of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        for block in blocks:
            write_all(descriptor, block)
        os.fsync(descriptor)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    draft.replace(path)
    fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes, however many calls it takes. Raises OSError where the disk is full."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
