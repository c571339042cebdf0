"""What the log may say: never a link, a token, a password."""

from __future__ import annotations

import logging
import re

_LINK = re.compile(r"/(sign-in|first)/[\w-]{8,}")
_BEARER = re.compile(r"\b(Bearer|Basic|Token)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_FIELD = re.compile(
    r"""\b(password|token|secret|authorization|cookie|csrfmiddlewaretoken)(['"]?\s*[=:]\s*['"]?)[^\s'"&,;]+""", re.IGNORECASE
)
_ADDRESS = re.compile(r"(\w+://[^\s:/@]+:)[^\s@/]+@")
"""A connection string with its password."""


class Discreet(logging.Formatter):
    """Writes a record, its traceback included, without what opens a door."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return discreet(super().format(record))


def discreet(text: str) -> str:
    """Return a text in which links, tokens and passwords are replaced by dots."""
    for pattern, kept in ((_LINK, r"/\1/…"), (_BEARER, r"\1 …"), (_ADDRESS, r"\1…@"), (_FIELD, r"\1\2…")):
        text = pattern.sub(kept, text)
    return text
