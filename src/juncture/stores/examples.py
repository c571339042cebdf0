"""Where the examples lie that come with the program: the recorded incident, and the sample postmortems."""

from __future__ import annotations

from pathlib import Path

from juncture.model.errors import BadEvidence


def recorded_incident() -> Path:
    """Return the folder of the recorded incident's evidence. Raises BadEvidence where it was not installed."""
    return _example("checkout-lock") / "evidence"


def sample_postmortems() -> list[Path]:
    """Return the files of the sample postmortems. Raises BadEvidence where they were not installed."""
    return sorted(path for path in _example("samples").glob("*.md") if path.name != "README.md")


def _example(name: str) -> Path:
    package = Path(__file__).parents[1]
    for folder in (package / "examples" / name, package.parents[1] / "examples" / name):
        if folder.is_dir():
            return folder
    raise BadEvidence("demo", "the examples are not installed", "Install Juncture from its wheel or its repository")
