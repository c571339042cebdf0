"""Secrets replaced by placeholders in everything that is derived from an artefact. The artefact itself is never changed.

A text is searched once for the anchors of all rules; only the rules that are hit are tried (`secrets.search`).
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b

import msgspec

from juncture.evidence.secrets import search
from juncture.evidence.secrets.rules import Span
from juncture.model.evidence import SUMMARY_LIMIT, Details, Sighting

_TAG_BYTES = 2
_SHORTEST = 5
"""A shorter part of a secret tells nothing of it, and stands in other words by chance."""
_SURELY_ITSELF = 8
"""Where so many characters of a secret stand once more, they are that secret."""
_AGAIN_LIMIT = 20_000_000
"""Characters that are searched for further mentions at most, a tenth of a second."""
_MOST_CLEAN = 10_000
"""Names of people and services that are remembered as no secrets."""
_PLACEHOLDER = re.compile(r"\[masked: [^\[\]\n]{1,60}\]")
_KEY_BODY = re.compile(r"^[\s>|]*[A-Za-z0-9+/=_-]{16,}[\s,\"'\\]*$|^\s*-{4,5}\s?END |^\s*[\w-]+: \S+$|^\s*$")
_BLANKS = re.compile(r"\s+")


class Mask:
    """Masks texts and sightings, and counts what it masked.

    With a `salt` (a store's own, kept secret) a placeholder ends in a tag that is the same for the same secret:
    `[masked: GitHub token 3f9a]`. The tag is 16 bits of a keyed hash, so without the salt nothing can be tried against it, and
    with it 1 of 65,536 guesses fits by chance. Without a salt there is no tag.
    """

    def __init__(self, salt: bytes = b"", *, enabled: bool = True) -> None:
        self._salt = salt[:64]
        self._enabled = enabled
        self._open_key: str | None = None
        self._told: dict[str, str] | None = None
        self._clean: set[str] = set()
        self._clean_details: Details | None = None
        self.counts: Counter[str] = Counter()
        """How many secrets were masked, by kind."""

    def text(self, value: str) -> str:
        """Return the text with its secrets replaced; the same object where there are none."""
        if not self._enabled:
            return value
        found = secrets_in(value)
        if not found:
            return value
        pieces: list[str] = []
        at = 0
        for start, end, kind in found:
            self.counts[kind] += 1
            secret = value[start:end]
            placeholder = self.placeholder(kind, secret)
            if self._told is not None and len(secret) >= _SHORTEST:
                self._told[secret] = placeholder
            pieces += (value[at:start], placeholder)
            at = end
        return "".join((*pieces, value[at:]))

    def placeholder(self, kind: str, secret: str) -> str:
        """Return what stands for a secret."""
        if not self._salt:
            return f"[masked: {kind}]"
        tag = blake2b(secret.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=_TAG_BYTES)
        return f"[masked: {kind} {tag.hexdigest()}]"

    def spans(self, value: str) -> list[tuple[int, int, str]]:
        """Return where secrets begin and end in a text and what stands for them, without counting them."""
        if not self._enabled:
            return []
        return [(start, end, self.placeholder(kind, value[start:end])) for start, end, kind in secrets_in(value)]

    def sighting(self, sighting: Sighting) -> Sighting:
        """Return the sighting with every text in it masked and its summary folded to one line within the limit.

        The same object where nothing changes.
        """
        if not self._enabled:
            summary = fold(sighting.summary)
            return sighting if summary is sighting.summary else msgspec.structs.replace(sighting, summary=summary)
        told = self._told = {}
        changed: dict[str, object] = {}
        masked = self._summary(sighting)
        summary = fold(masked)
        if summary is not sighting.summary:
            changed["summary"] = summary
        self._mask_beside(sighting, changed)
        self._told = None
        if not changed:
            return sighting
        result = msgspec.structs.replace(sighting, **changed)
        return _swept(msgspec.structs.replace(result, summary=masked), told) if told else result

    def _mask_beside(self, sighting: Sighting, changed: dict[str, object]) -> None:
        """Put the fields in which something was masked into `changed`. What was found clean before is not searched again."""
        clean, details = self._clean, sighting.details
        if (actor := sighting.actor) and actor not in clean and (masked := self._name(actor)) is not actor:
            changed["actor"] = masked
        if (service := sighting.service) and service not in clean and (masked := self._name(service)) is not service:
            changed["service"] = masked
        if (
            not clean.issuperset(sighting.known_by)
            and (names := tuple(map(self._name, sighting.known_by))) != sighting.known_by
        ):
            changed["known_by"] = names
        if sighting.links and (links := tuple(map(self.text, sighting.links))) != sighting.links:
            changed["links"] = links
        if details is not None and details is not self._clean_details:
            shown = self._details(details)
            if shown is details:
                self._clean_details = details
            else:
                changed["details"] = shown

    def _name(self, value: str) -> str:
        """Mask a name of a person or a service, remembering those that are no secrets."""
        masked = self.text(value)
        if masked is value and len(self._clean) < _MOST_CLEAN:
            self._clean.add(value)
        return masked

    def _summary(self, sighting: Sighting) -> str:
        """Mask a summary; also the lines of a private key that a reader gave one by one."""
        text = sighting.summary
        if self._open_key == sighting.citation.artefact and _KEY_BODY.match(text):
            if "END " in text:
                self._open_key = None
            return self.placeholder("private key", text)
        self._open_key = None
        masked = self.text(text)
        if "PRIVATE KEY" in text and text.rstrip().endswith("-----") and "END " not in text:
            self._open_key = sighting.citation.artefact
        return masked

    def _details(self, details: Details) -> Details:
        changed: dict[str, object] = {}
        for name in details.__struct_fields__:
            value = getattr(details, name)
            masked = self._value(value)
            if masked is not value and masked != value:
                changed[name] = masked
        return msgspec.structs.replace(details, **changed) if changed else details

    def _value(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(map(self._value, value))
        if isinstance(value, dict):
            return {name: self._field(name, item) for name, item in value.items()}
        return value

    def field(self, name: str, value: str) -> str:
        """Return a value masked by itself and by the name that it has: `password` of `{"password": "letmein"}`."""
        return str(self._field(name, value))

    def _field(self, name: object, value: object) -> object:
        """Mask a value by itself and by the name that it has: `password` of `{"password": "letmein"}`."""
        masked = self._value(value)
        if masked is value and isinstance(name, str) and isinstance(value, str) and value and "\n" not in value:
            lead = f'"{name}": "'
            whole = self.text(f'{lead}{value}"')
            if whole.startswith(lead) and whole != f'{lead}{value}"':
                return whole[len(lead) : -1]
        return masked


def _swept(sighting: Sighting, told: dict[str, str]) -> Sighting:
    """Return a sighting in which secrets that were told somewhere in it stand nowhere else, nor pieces of them alone.

    A reader takes links, hosts or commits out of a text: there nothing tells any more that it was a secret.
    """

    def sweep(value: object) -> object:
        if isinstance(value, str):
            for secret, placeholder in told.items():
                if secret in value:
                    value = value.replace(secret, placeholder)
                elif len(value) >= _SHORTEST and value in secret:
                    return placeholder
            return value
        if isinstance(value, tuple):
            return tuple(dict.fromkeys(map(sweep, value)))
        if isinstance(value, dict):
            return {name: sweep(item) for name, item in value.items()}
        return value

    details = sighting.details
    if details is not None:
        details = msgspec.structs.replace(
            details, **{name: sweep(getattr(details, name)) for name in details.__struct_fields__}
        )
    return msgspec.structs.replace(
        sighting,
        summary=fold(str(sweep(sighting.summary))),
        actor=sweep(sighting.actor),
        service=sweep(sighting.service),
        links=sweep(sighting.links),
        details=details,
    )


def secrets_in(text: str) -> list[Span]:
    """Return where secrets stand in a text, in order and without overlap."""
    spans = search.secrets_in(text)
    if not spans:
        return spans
    found = _joined(spans, text)
    again = _again(found, text)
    return _joined([*found, *again], text) if again else found


def _again(found: list[Span], text: str) -> list[Span]:
    """Return where secrets that were found stand once more, with nothing beside them that would tell."""
    again: list[Span] = []
    if len(found) * len(text) > _AGAIN_LIMIT:
        return again
    for secret, kind in {text[start:end]: kind for start, end, kind in found}.items():
        if len(secret) >= _SURELY_ITSELF:
            places = re.finditer(re.escape(secret), text)
            again += ((match.start(), match.end(), kind) for match in places)
    return again if len(again) > len(found) else []


def fold(text: str) -> str:
    """Return a text as one line within the limit of a summary; the same object where it is one."""
    if len(text) <= SUMMARY_LIMIT and text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text
    folded = _one_line(text[: SUMMARY_LIMIT * 8])
    return folded if len(folded) <= SUMMARY_LIMIT else folded[: SUMMARY_LIMIT - 1] + "…"


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\0", " ")).strip()


def _joined(spans: list[Span], text: str) -> list[Span]:
    """Join what overlaps; the longest names the kind, the first rule among equals. What is masked already stays."""
    done = [match.span() for match in _PLACEHOLDER.finditer(text)] if "[masked: " in text else []
    ordered = sorted(enumerate(spans), key=lambda item: (item[1][0], item[0]))
    joined: list[tuple[int, int, str, int]] = []
    for _, (start, end, kind) in ordered:
        if any(start < stop and end > begin for begin, stop in done):
            continue
        if joined and start < joined[-1][1]:
            begin, stop, first, length = joined[-1]
            longer = end - start > length
            joined[-1] = (begin, max(stop, end), kind if longer else first, max(length, end - start))
        else:
            joined.append((start, end, kind, end - start))
    return [(start, end, kind) for start, end, kind, _ in joined]
