"""What is stored of a secret that opens a door."""

from __future__ import annotations

from hashlib import sha256


def digest_of(token: str) -> str:
    """Return what is stored of a token. Tokens are random and long, so a plain hash is enough."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
