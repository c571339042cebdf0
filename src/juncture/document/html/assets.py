"""Style and script of the page, read from the package; the web serves the same files."""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from importlib.resources import files

STYLES = ("tokens.css", "base.css", "timeline.css", "citations.css", "document.css", "replay.css", "print.css")
"""In the order in which they apply."""
SCRIPTS = ("page.js", "replay.js")


@cache
def style() -> str:
    """Return the whole style sheet."""
    return _read(STYLES)


@cache
def script() -> str:
    """Return the whole script."""
    return _read(SCRIPTS)


@cache
def policy() -> str:
    """Return the content security policy under which nothing but this style and this script has any effect."""
    return (
        "default-src 'none'; "
        f"style-src {_hash(style())}; script-src {_hash(script())}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _read(names: tuple[str, ...]) -> str:
    folder = files(__package__).joinpath("assets")
    return "\n".join(folder.joinpath(name).read_text("utf-8").strip() for name in names) + "\n"


def _hash(text: str) -> str:
    """Return the source expression of an inline element with this content (CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
