"""Where the bytes of artefacts lie, and pictures as they are shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from juncture.model.errors import BadEvidence
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


def check_evidence_is_here() -> None:
    """Refuse a data folder that has nothing of the evidence which its database names. Raises BadEvidence.

    So it is with the folder of another database, and with PostgreSQL after a restore that was killed halfway.
    """
    from juncture.web.evidence.models import EvidenceItem  # noqa: PLC0415 - Django may not be set up where this is imported

    if (settings.DATA / "evidence").is_dir() or not EvidenceItem.objects.filter(erased_at=None).exists():
        return
    what = "the database names evidence, and this folder holds none"
    then = "Name the folder of this database with --data; if a restore was stopped, restore into an empty database"
    raise BadEvidence(str(settings.DATA), what, then)


def picture_cache() -> PictureCache:
    """Return the pictures of this data folder."""
    return _pictures_at(str(settings.DATA / "pictures"))
