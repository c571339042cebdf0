"""The rules of `shapes.toml`: secrets known by their own shape or the fixed words around them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib import resources

from msgspec import Struct, convert

from juncture.evidence.secrets import values

Span = tuple[int, int, str]
"""Where a secret begins, where it ends, and what kind it is."""

_CHECKS: dict[str, Callable[[str], bool]] = {
    "": lambda value: True,  # noqa: ARG005 - the shape says enough
    "real": values.is_real,
    "random": values.is_random,
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

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when first needed."""
        flags = re.RegexFlag(0)
        for letter in self.flags:
            flags |= _FLAGS[letter]
        return re.compile(self.pattern, flags)

    def spans(self, text: str, lower: str, anchor: str) -> Iterator[Span]:
        """Yield where the rule finds secrets in a text that holds `anchor`; `lower` is the text in lower case."""
        check = _CHECKS[self.check]
        for match in self._matches(text, lower, anchor):
            for name in ("secret", "secret2", "secret3", "secret4"):
                if name in self.compiled.groupindex and match[name] is not None and check(match[name]):
                    yield (*match.span(name), self.kind)
            whole = "secret" not in self.compiled.groupindex or all(
                match[name] is None for name in self.compiled.groupindex if name.startswith("secret")
            )
            if whole and check(match[0]):
                yield (*match.span(), self.kind)

    def _matches(self, text: str, lower: str, anchor: str) -> Iterator[re.Match[str]]:
        if self.scan:
            yield from self.compiled.finditer(text)
            return
        at = lower.find(anchor)
        while at >= 0:
            match = self.compiled.match(text, at)
            if match:
                yield match
            at = lower.find(anchor, max(at + 1, match.end() if match else 0))


@cache
def shapes() -> tuple[Rule, ...]:
    """Return all rules, in their order. Read once, when the first text is met that may hold a secret."""
    data = resources.files("juncture.evidence.secrets").joinpath("shapes.toml").read_bytes()
    return convert(tomllib.loads(data.decode("utf-8"))["rule"], tuple[Rule, ...])


@cache
def by_anchor() -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    """Return the rules of each anchor."""
    found: dict[str, list[Rule]] = {}
    for rule in shapes():
        for anchor in rule.anchors:
            found.setdefault(anchor, []).append(rule)
    return tuple((anchor, tuple(rules)) for anchor, rules in found.items())
