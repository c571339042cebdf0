"""Pictures as they are shown, kept beside the artefacts that they were made of; made again whenever one is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from juncture.model.identity import ArtefactHash
from juncture.stores.durable import write_whole
from juncture.stores.incoming import digits_of


class PictureCache:
    """A folder of pictures by the hash of their artefact."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_at_a_time = threading.Lock()

    def of(self, artefact: ArtefactHash, draw: Callable[[], bytes]) -> bytes:
        """Return the picture of an artefact, drawn by `draw` if it is not there: one at a time, since each takes memory."""
        path = self._path_of(artefact)
        with suppress(FileNotFoundError):
            return path.read_bytes()
        with self._one_at_a_time:
            with suppress(FileNotFoundError):
                return path.read_bytes()
            data = draw()
            # Where the disk is full it is drawn each time.
            with suppress(OSError):
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(path, data)
        return data

    def forget(self, artefact: ArtefactHash) -> None:
        """Remove the picture of an artefact that is erased."""
        path = self._path_of(artefact)
        path.unlink(missing_ok=True)
        # Also what a process left of it that died while it wrote.
        for draft in path.parent.glob(f".{path.name}.*"):
            draft.unlink(missing_ok=True)

    def _path_of(self, artefact: ArtefactHash) -> Path:
        digits = digits_of(artefact)
        return self._folder / digits[:2] / f"{digits}.png"
