"""Heads of mails in a pasted thread: header blocks of forwarded mails, and the lines that introduce a quotation.

    From: Sam Sample <sam@example.com>          On Mon, 2 Mar 2026 at 14:05, Sam Sample <sam@example.com> wrote:
    Sent: Monday, March 2, 2026 2:05 PM         > checkout answers 500
    To: Incident
    Subject: checkout is down

A `>` alone is a quotation and no new message; one that is introduced with a name and a time is that person's message, unless it
stands in the thread already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from juncture.evidence.conversation.heads import Head
from juncture.evidence.conversation.names import clean_name
from juncture.evidence.conversation.stamps import Stamp, has_time, stamp_within, whole_stamp

MAIL = "mail"
_HEADER_LINES = 14
_QUOTES = re.compile(r"^(?:\s*>)+\s?|^\s+(?=\*?[A-Z])")
_HEADER = re.compile(r"\*?(?P<key>[A-Za-zÀ-ÿ][\w -]{1,24}?)\s?:\*?\s*(?P<value>.*)$")
_FROM = frozenset({"from", "von", "de", "da", "van", "från", "fra", "от", "od"})
_DATE = frozenset(
    {"sent", "date", "gesendet", "datum", "envoyé", "enviado", "fecha", "inviato", "data", "verzonden", "skickat"}
)
_OTHERS = frozenset(
    {
        "to",
        "cc",
        "bcc",
        "subject",
        "reply-to",
        "importance",
        "an",
        "kopie",
        "betreff",
        "à",
        "objet",
        "para",
        "asunto",
        "a",
        "oggetto",
    }
    | {
        "aan",
        "onderwerp",
        "assunto",
        "till",
        "ämne",
        "message-id",
        "in-reply-to",
        "attachments",
        "priority",
        "anlagen",
        "return-path",
    }
    | {
        "received",
        "mime-version",
        "content-type",
        "x-mailer",
        "references",
        "content-transfer-encoding",
        "delivered-to",
        "user-agent",
    }
)
_SUBJECT = frozenset({"subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "assunto", "ämne"})
_INTRODUCES = re.compile(
    r"\s*(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\(?a?\)?|пишет|писал)\b", re.IGNORECASE
)
_OPENS = re.compile(r"(?:On|Am|Le|El|Il|Op|Em|Den|W dniu|Dnia)\s", re.IGNORECASE)
_RULE = re.compile(
    r"[\s>*-]*(?:-{2,}\s?)?(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht"
    r"|message d'origine|begin forwarded message:?)[\s*-]*$|_{10,}$",
    re.IGNORECASE,
)
_PATCH = re.compile(r"From [0-9a-f]{40} ")


def mail_heads(lines: list[str]) -> Iterator[Head]:
    """Yield the heads of mails among `lines`, in order."""
    number = 0
    while number < len(lines):
        head = _header_block(number, lines) or _introduction(number, lines)
        if head:
            yield head
        number = head.body if head else number + 1


def quote_depth(line: str) -> int:
    """Return how many `>` a line begins with."""
    start = line[: len(line) - len(line.lstrip("> \t"))]
    return start.count(">")


def without_quotes(line: str, depth: int) -> str:
    """Return a line without its first `depth` marks of quotation."""
    for _ in range(depth):
        stripped = line.lstrip()
        if not stripped.startswith(">"):
            break
        line = stripped[1:].removeprefix(" ")
    return line


def is_rule(line: str) -> bool:
    """Return whether a line is the rule that mail programs draw above a quoted mail (`-----Original Message-----`)."""
    return len(line) < 100 and _RULE.match(line) is not None


def _header_block(number: int, lines: list[str]) -> Head | None:
    first = _header(lines[number])
    if not first or first[0] not in _FROM | _DATE | _OTHERS or (number and _PATCH.match(lines[number - 1])):
        return None
    values = {first[0]: first[1]}
    at = number + 1
    while at < len(lines) and at - number < _HEADER_LINES:
        header = _header(lines[at])
        if header and header[0] in _FROM | _DATE | _OTHERS:
            values.setdefault(*header)
        elif not (lines[at][:1].isspace() and lines[at].strip()):
            break
        at += 1
    author = next((values[key] for key in values if key in _FROM), "")
    stamp = next((whole_stamp(values[key].strip()) or _within(values[key]) for key in values if key in _DATE), None)
    if not author or not stamp or len(values) < 3:
        return None
    subject = next((values[key] for key in values if key in _SUBJECT), None)
    return Head(number, at, _name(author), stamp, MAIL, weight=1.0, subject=subject or None)


def _header(line: str) -> tuple[str, str] | None:
    match = _HEADER.match(_QUOTES.sub("", line[:400]))
    return (match["key"].strip().lower(), _decoded(match["value"].strip())) if match else None


def _decoded(value: str) -> str:
    """Return a header's value with its encoded words read (RFC 2047), as `Show original` gives them."""
    if "=?" not in value:
        return value
    from email.errors import HeaderParseError  # noqa: PLC0415
    from email.header import decode_header, make_header  # noqa: PLC0415 - seldom needed, and slow to import

    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, ValueError, LookupError):
        return value


def _introduction(number: int, lines: list[str]) -> Head | None:
    """Return the head in `On …, Sam <sam@example.com> wrote:`, which mail programs also wrap."""
    first = _QUOTES.sub("", lines[number]).strip()
    if not _OPENS.match(first) or len(first) > 300:
        return None
    text = first
    for following in range(number, min(number + 3, len(lines))):
        if following > number:
            text += " " + _QUOTES.sub("", lines[following]).strip()
        if not text.endswith(":") or not has_time(text):
            continue
        head = _introduced(number, following + 1, text)
        if head:
            return head
    return None


def _introduced(first: int, body: int, text: str) -> Head | None:
    found = stamp_within(text)
    if not found:
        return None
    before, stamp, after = found
    verb = _INTRODUCES.search(after)
    if not verb or not stamp.day or len(before) > 20:
        return None
    rest = (after[: verb.start()] + " " + after[verb.end() :]).strip(" ,:")
    return Head(first, body, _name(rest), stamp, MAIL, weight=1.0) if rest else None


def _name(text: str) -> str:
    name, _ = clean_name(text)
    return name or text.strip("<>()[] ")


def _within(text: str) -> Stamp | None:
    found = stamp_within(text)
    return found[1] if found else None
