"""Which column or field holds what, told by its name in the languages of `column_names.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from msgspec import Struct, convert

_NO_NAME = re.compile(r"[\W_]+")


class _Names(Struct, frozen=True):
    names: dict[str, tuple[str, ...]]


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """Return a name as names are compared: lower case, no accents, letters and digits only."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return _NO_NAME.sub("", "".join(mark for mark in decomposed if not unicodedata.combining(mark)))


def rank(name: str, role: str) -> int | None:
    """Return how well a name fits a role, 0 best; None if it does not."""
    ranks = _ranks()[role]
    whole = ranks.get(plain_name(name))
    if whole is None and "." in name:
        last = ranks.get(plain_name(name.rsplit(".", 1)[-1]))
        return None if last is None else last + len(ranks)
    return whole


def best(names: Iterable[str], role: str) -> str | None:
    """Return the name that fits a role best, None if none does. Of equal ones the first."""
    return next(iter(fitting(names, role)), None)


def fitting(names: Iterable[str], role: str) -> list[str]:
    """Return the names that fit a role, the best first."""
    return list(_fitting(tuple(names), role))


@lru_cache(maxsize=4096)
def _fitting(names: tuple[str, ...], role: str) -> tuple[str, ...]:
    # The objects and rows of a file mostly have the same names: asked for each of them, answered once.
    ranked = [(found, place, name) for place, name in enumerate(names) if (found := rank(name, role)) is not None]
    return tuple(name for _, _, name in sorted(ranked))


@cache
def _ranks() -> dict[str, dict[str, int]]:
    text = files("juncture.evidence").joinpath("column_names.toml").read_text(encoding="utf-8")
    names = convert(tomllib.loads(text), _Names).names
    return {role: {plain_name(name): place for place, name in reversed(list(enumerate(own)))} for role, own in names.items()}
