"""The rules of `shapes.toml`: secrets known by their own shape or the fixed words around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib import resources
from itertools import product

from msgspec import Struct, convert

from juncture.evidence.secrets import values

Span = tuple[int, int, str]
"""Where a secret begins, where it ends, and what kind it is."""

_CHECKS: dict[str, Callable[[str], bool]] = {
    "": lambda value: True,  # noqa: ARG005 - the shape says enough
    "real": values.is_real,
    "dense": values.is_dense,
    "random": values.is_random,
    "chosen": values.is_chosen,
    "credential": values.is_credential,
    "basic": values.is_basic,
    "cookie": values.is_cookie,
    "user": values.is_user_password,
}
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL}


class Rule(Struct, frozen=True, dict=True):
    """One rule as `shapes.toml` explains it."""

    kind: str
    anchors: tuple[str, ...]
    pattern: str
    found: tuple[str, ...]
    left: tuple[str, ...]
    flags: str = ""
    scan: bool = False
    check: str = ""
    probe: str = ""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when first needed."""
        flags = re.RegexFlag(0)
        for letter in self.flags:
            flags |= _FLAGS[letter]
        return re.compile(self.pattern, flags)

    def spans_of(self, match: re.Match[str]) -> Iterator[Span]:
        """Yield the secrets in a match of the pattern."""
        check = _CHECKS[self.check]
        named = [name for name in self._groups if match[name] is not None]
        lead = f"{match['name']}=" if "name" in self.compiled.groupindex else ""
        for name in named:
            if check(lead + match[name]):
                yield (*match.span(name), self.kind)
        if not named and check(match[0]):
            yield (*match.span(), self.kind)

    @cached_property
    def _groups(self) -> tuple[str, ...]:
        return tuple(name for name in self.compiled.groupindex if name.startswith("secret"))


@cache
def shapes() -> tuple[Rule, ...]:
    """Return all rules, in their order. Read once, when the first text is met."""
    import tomllib  # noqa: PLC0415 - most commands never mask

    data = resources.files("juncture.evidence.secrets").joinpath("shapes.toml").read_bytes()
    return convert(tomllib.loads(data.decode("utf-8"))["rule"], tuple[Rule, ...])


def anchors_of(rule: Rule) -> Iterator[str]:
    """Yield the anchors of a rule, each of its classes of characters written out."""
    for anchor in rule.anchors:
        parts = [_characters(part) if part.startswith("[") else [part] for part in re.findall(r"\[[^\]]+\]|[^\[]+", anchor)]
        yield from map("".join, product(*parts))


def _characters(written: str) -> list[str]:
    found: list[str] = []
    for first, last in re.findall(r"(.)(?:-(.))?", written[1:-1]):
        found += [chr(code) for code in range(ord(first), ord(last or first) + 1)]
    return found
