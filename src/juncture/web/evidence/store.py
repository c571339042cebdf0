"""Where the bytes of artefacts lie."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from juncture.stores.folder import FolderStore


@cache
def _store_at(folder: str) -> FolderStore:
    return FolderStore(Path(folder))


def artefact_store() -> FolderStore:
    """Return the store of this data folder."""
    return _store_at(str(settings.DATA / "evidence"))
