"""Where the bytes of artefacts lie, and pictures as they are shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from juncture.stores.folder import FolderStore
from juncture.stores.pictures import PictureCache


@cache
def _store_at(folder: str) -> FolderStore:
    return FolderStore(Path(folder))


@cache
def _pictures_at(folder: str) -> PictureCache:
    return PictureCache(Path(folder))


def artefact_store() -> FolderStore:
    """Return the store of this data folder."""
    return _store_at(str(settings.DATA / "evidence"))


def picture_cache() -> PictureCache:
    """Return the pictures of this data folder."""
    return _pictures_at(str(settings.DATA / "pictures"))
