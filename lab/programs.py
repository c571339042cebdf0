"""Which programs of the machine a recording needs, and where they are."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

PACKAGES = {
    "initdb": "postgresql",
    "postgres": "postgresql",
    "psql": "postgresql-client",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "git": "git",
    "curl": "curl",
    "tar": "tar",
}


class MissingPrograms(Exception):  # noqa: N818 - it says what was met, like BadEvidence
    """Programs that are not installed; the text is one line that says which and what to install."""

    def __init__(self, names: list[str]) -> None:
        packages = sorted({PACKAGES[name] for name in names})
        super().__init__(
            f"not installed: {', '.join(names)}; a recording needs them (Debian: apt-get install {' '.join(packages)})"
        )
        self.names = names


@dataclass(frozen=True)
class Programs:
    """Absolute paths of what the lab runs."""

    initdb: Path
    postgres: Path
    psql: Path
    prometheus: Path
    alertmanager: Path
    git: Path


def find_programs() -> Programs:
    """Find every program that a recording needs.

    Raises:
        MissingPrograms: with all that are missing, not only the first.

    """
    found = {name: _find(name) for name in PACKAGES}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise MissingPrograms(missing)
    paths = {name: path for name, path in found.items() if path is not None}
    return Programs(
        initdb=paths["initdb"],
        postgres=paths["postgres"],
        psql=paths["psql"],
        prometheus=paths["prometheus"],
        alertmanager=paths["prometheus-alertmanager"],
        git=paths["git"],
    )


def _find(name: str) -> Path | None:
    """On the PATH, by its upstream name, or in the newest of Debian's PostgreSQL folders."""
    if name in ("initdb", "postgres"):
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
        for folder in reversed(folders):
            if (folder / name).exists():
                return folder / name
    on_path = shutil.which(name) or shutil.which(name.removeprefix("prometheus-"))
    return Path(on_path) if on_path else None
