"""Take what was erased out of everything that quotes it: events, footnotes, drafts, publications and the journal.

Words that a person wrote stay theirs, quotations aside. What the program wrote from the evidence goes, also where it was
frozen: a person's request to be forgotten reaches the copies.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec
from django.db import transaction
from msgspec import Struct

from juncture.model import record
from juncture.model.evidence import Sighting
from juncture.web.access.viewer import SYSTEM
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import UNTITLED
from juncture.web.journal.erasing import forget_words
from juncture.web.library.indexing import index_incident
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.mapping import drafted_record, newest_record
from juncture.web.postmortems.models import Piece, Postmortem, Publication, Section, SentText
from juncture.web.postmortems.operations.indexed import index
from juncture.web.postmortems.pieces import KINDS, Kind, fill, rows_of, value_of, values_in

_SHORTEST = 12
"""Characters from which on equal words are a quotation, and not words that anybody may use."""
_MOST_TEXTS = 5000
_FEWEST_WORDS, _SAME_WORDS = 3, 0.5
"""Of how many words a quotation is known by, and which part of them has to be the same."""
_GONE = "[erased]"
_QUOTATION = re.compile("\u201c([^\u201c\u201d]{1,1200})\u201d")
_WORD = re.compile(r"\w+")
_QUOTED = 119
"""Characters of an event that a footnote quotes (`citations.footnote_for`)."""
_FOOTNOTE = re.compile(r"^(\[\^[^\]\s]+\]: ).*(\(event [0-9a-f]{32}, (sha256:[0-9a-f]{64}).*\))$", re.MULTILINE)


class Erased(Struct, frozen=True):
    """What was erased: hashes, what was read from them, and the words that stand in its place."""

    hashes: frozenset[str]
    texts: tuple[str, ...]
    words: str
    words_of: tuple[frozenset[str], ...] = ()
    """The words of each text."""
    made: tuple[str, ...] = ()
    """What the program made of it, in words much like it: titles of decisions. Whoever accepted them has not written them."""

    def line(self, text: str) -> str:
        """Return a text without footnotes and quotations of what was erased."""
        found = _FOOTNOTE.sub(lambda one: f"{one[1]}{self.words} {one[2]}" if one[3] in self.hashes else one[0], text)
        for quoted in self.texts:
            if quoted in found:
                found = found.replace(quoted, _GONE)
        return _QUOTATION.sub(lambda one: f"\u201c{_GONE}\u201d" if self._is_quoted(one[1]) else one[0], found)

    def _is_quoted(self, quotation: str) -> bool:
        """Whether a quotation is one of what was erased: cut, or with roles where names stood."""
        plain = " ".join(quotation.rstrip("\u2026.").split()).casefold()
        words = set(_WORD.findall(plain))
        if len(plain) >= _SHORTEST and any(plain in text.casefold() for text in self.texts):
            return True
        return len(words) >= _FEWEST_WORDS and any(len(words & held) >= _SAME_WORDS * len(words) for held in self.words_of)

    def value(self, value: Any) -> Any:  # noqa: ANN401 - any JSON value
        """Return a JSON value without it. An event that rests on nothing else keeps its place and says that it was erased."""
        if isinstance(value, str):
            return self.line(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if not isinstance(value, dict):
            return value
        cited = value.get("citations")
        if "summary" in value and isinstance(cited, list) and cited and all(self._is_erased(one) for one in cited):
            blank: dict[str, object] = {
                "summary": self.words,
                "details": None,
                "actor": None,
                "service": None,
                "links": [],
                "known_by": [],
                "why_key": None,
            }
            return value | {name: one for name, one in blank.items() if name in value}
        return {name: self.value(item) for name, item in value.items()}

    def with_made(self, drafts: Iterable[record.Postmortem]) -> Erased:
        """Return the same, and what drafts made of it."""
        made = {text for draft in drafts for text in self._made_in(draft) if self._is_like(text)}
        longest_first = sorted({*self.texts, *made}, key=len, reverse=True)
        return msgspec.structs.replace(
            self, texts=tuple(longest_first), made=tuple(text for text in longest_first if text in made)
        )

    def of_person(self) -> Erased:
        """Return the same for words that a person wrote: they stay, and what they quote does not."""
        return msgspec.structs.replace(self, texts=self.made)

    def _made_in(self, draft: record.Postmortem) -> Iterator[str]:
        """Yield the texts of decisions, factors and other objects that cite what was erased."""
        for _, values in values_in(draft):
            for value in msgspec.to_builtins(list(values)):
                if any(self._is_erased(one) for one in value.get("citations", ())):
                    yield from (text for text in value.values() if isinstance(text, str))
                    yield from value.get("options", ())

    def _is_like(self, text: str) -> bool:
        """Whether a text is made of what was erased, and so long that it is not said by chance."""
        return len(text) >= _SHORTEST and len(_WORD.findall(text)) >= _FEWEST_WORDS and self._is_quoted(text)

    def _is_erased(self, citation: object) -> bool:
        return isinstance(citation, dict) and citation.get("artefact") in self.hashes


def erased_of(hashes: Iterable[str], gone: Iterable[Sighting], words: str, corrected: Iterable[str] = ()) -> Erased:
    """Return what is looked for: the words of what was read, the longest first, and how a footnote cuts them.

    `corrected` are words that persons gave to events that are gone.
    """
    texts: set[str] = set()
    for text in chain(corrected, (sighting.summary for sighting in gone)):
        said = " ".join(text.split())
        if len(said) >= _SHORTEST and len(texts) < _MOST_TEXTS:
            texts.update({said, text, said[:_QUOTED]})
    longest_first = tuple(sorted(texts, key=len, reverse=True))
    words_of = {frozenset(_WORD.findall(text.casefold())) for text in longest_first}
    return Erased(frozenset(hashes), longest_first, words, tuple(words_of))


def forget(incident: Incident, erased: Erased) -> None:
    """Take what was erased out of all documents of an incident, and of its history. May be done twice."""
    postmortems = Postmortem.objects.whole().filter(incident=incident)
    # The journal before the documents, which tell what the program made of it; and after them, for what changed meanwhile.
    drafts = (draft for one in postmortems for draft in (drafted_record(one), newest_record(one)) if draft is not None)
    whole = erased.with_made(drafts)
    forget_words(incident.pk, whole.value)
    for key in [one.pk for one in postmortems]:
        with transaction.atomic(), text_held(SYSTEM, Postmortem(pk=key), forget=True):
            postmortem = postmortems.select_for_update().get(pk=key)
            _forget_in(postmortem, whole)
            index(postmortem)
    forget_words(incident.pk, whole.value)
    if _is_quoted(incident.title, erased.texts):
        with transaction.atomic():
            Incident.objects.get_queryset().filter(pk=incident.pk).update(title=UNTITLED)
            index_incident(incident.pk)


def _forget_in(postmortem: Postmortem, erased: Erased) -> None:
    postmortem.derived = _record(bytes(postmortem.derived), erased)
    postmortem.drafted = _record(bytes(postmortem.drafted), erased)
    postmortem.newest = _record(bytes(postmortem.newest), erased)
    if not postmortem.renamed and _is_quoted(postmortem.title, erased.texts):
        postmortem.title = UNTITLED
    if _is_quoted(postmortem.published_title, erased.texts):
        postmortem.published_title = UNTITLED
    postmortem.save(update_fields=["derived", "drafted", "newest", "title", "published_title"])
    for publication in Publication.objects.filter(postmortem=postmortem):
        Publication.objects.filter(pk=publication.pk).update(record=_record(bytes(publication.record), erased))
    for section in Section.objects.filter(postmortem=postmortem):
        of = erased if section.version == 1 else erased.of_person()
        if (text := of.line(section.markdown)) != section.markdown:
            Section.objects.filter(pk=section.pk).update(markdown=text)
    for name, pieces in rows_of(postmortem, dismissed=True).items():
        for piece in pieces:
            _forget_in_piece(KINDS[name], piece, erased.of_person() if piece.touched else erased)
    for sent in SentText.objects.filter(postmortem=postmortem):
        text = bytes(sent.text).decode("utf-8", "replace")
        if erased.line(text) != text:
            sent.delete()


def _forget_in_piece(kind: Kind, piece: Piece, erased: Erased) -> None:
    old = msgspec.json.decode(msgspec.json.encode(value_of(kind, piece)))
    new = erased.value(old)
    if new != old:
        standing = piece.standing
        fill(piece, msgspec.convert(new, kind.struct))
        piece.standing = standing
        piece.save()


def _record(data: bytes, erased: Erased) -> bytes:
    if not data:
        return data
    value = msgspec.json.decode(bytes(data))
    changed = erased.value(value)
    return bytes(data) if changed == value else msgspec.json.encode(changed)


def _is_quoted(title: str, texts: Collection[str]) -> bool:
    """Whether a title was made of words that were erased: it holds them, or they begin with it."""
    plain = " ".join(title.casefold().split()).rstrip("\u2026.")
    return len(plain) >= _SHORTEST and any(text.casefold() in plain or plain in text.casefold() for text in texts)
