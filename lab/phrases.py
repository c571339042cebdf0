"""Phrases as data: `phrases/*.toml` holds, for each intent, forms such as `[looking|on it][, give me a minute|]`.

`[a|b|]` is one of its parts, possibly none, and may be nested; `{name}` is filled in afterwards. The same seed gives
the same words; a form is not used twice before every other one was.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "phrases"
SLOT = re.compile(r"\{(\w+)\}")


class MissingPhrase(Exception):  # noqa: N818 - it says what was met, like BadEvidence
    """An intent without a form whose slots can all be filled."""


class Phrases:
    """Chooses words for intents."""

    def __init__(self, rng: random.Random, names: tuple[str, ...], folder: Path = FOLDER) -> None:
        self._rng = rng
        self._forms: dict[str, list[str]] = {}
        self._used: dict[str, set[str]] = {}
        for name in names:
            self._forms |= read_forms(folder / f"{name}.toml")

    def intents(self) -> list[str]:
        """Every intent that has forms."""
        return sorted(self._forms)

    def choose(self, intent: str, slots: Mapping[str, str]) -> str:
        """Words for `intent` with its slots filled.

        Raises:
            MissingPhrase: when no form of the intent can be filled.

        """
        fitting = [form for form in self._forms.get(intent, []) if set(SLOT.findall(form)) <= set(slots)]
        if not fitting:
            raise MissingPhrase(f"no form of {intent!r} can be filled with {sorted(slots)}")
        used = self._used.setdefault(intent, set())
        if used >= set(fitting):
            used.clear()
        form = self._rng.choice([form for form in fitting if form not in used])
        used.add(form)
        chosen = expand(form, self._rng)
        words = re.sub(r"\s+", " ", re.sub(r"\s+([,.?!])(?=\s|$)", r"\1", chosen)).strip()
        words = words.strip().rstrip(",; ").removesuffix(" -")
        return SLOT.sub(lambda found: slots[found.group(1)], words)


def read_forms(path: Path) -> dict[str, list[str]]:
    """Intent to forms, of one file."""
    read = tomllib.loads(path.read_text())
    return {intent: list(forms) for intent, forms in read.items()}


def expand(form: str, rng: random.Random) -> str:
    """One of the texts that `form` stands for."""
    text, _ = _parts(form, 0, rng)
    return text


def _parts(form: str, at: int, rng: random.Random) -> tuple[str, int]:
    """Read until the end or the closing bracket; of its parts, one."""
    parts, current = [], ""
    inside = at > 0
    while at < len(form):
        letter = form[at]
        if letter == "[":
            inner, at = _parts(form, at + 1, rng)
            current += inner
            continue
        if inside and letter == "|":
            parts.append(current)
            current = ""
        elif inside and letter == "]":
            return rng.choice([*parts, current]), at + 1
        else:
            current += letter
        at += 1
    if inside:
        raise ValueError(f"unclosed bracket in {form!r}")
    return current, at
