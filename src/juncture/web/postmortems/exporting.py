"""Exported files as answers: the HTML file carries a script, so it has a policy of its own; a PDF takes seconds to lay out."""

from __future__ import annotations

import base64
import re
import threading
from hashlib import sha256

from django.http import HttpResponse

from juncture.document.pdf import HOW, NoPdf, pdf
from juncture.web.access.errors import Busy, NotInstalled

_INLINE = re.compile(r"<(script|style)[^>]*>(.*?)</\1>", re.DOTALL)
_PDF_SECONDS = 20
_one_pdf = threading.Lock()


def as_pdf(page: str) -> bytes:
    """Return an exported page as PDF; one at a time, since each takes a processor for seconds. Raises NotInstalled or Busy."""
    if not _one_pdf.acquire(timeout=_PDF_SECONDS):
        raise Busy("Another PDF is being written. Try again in half a minute.")
    try:
        return pdf(page)
    except NoPdf:
        raise NotInstalled(f"This server cannot write PDF. {HOW}, and start it again.") from None
    finally:
        _one_pdf.release()


def file_policy(answer: HttpResponse, page: str) -> HttpResponse:
    """Give an answer that holds an exported page the policy: its own script and style by hash, no network, a sandbox."""
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, body in _INLINE.findall(page):
        digest = base64.b64encode(sha256(body.encode()).digest()).decode()
        hashes[kind].append(f"'sha256-{digest}'")
    answer["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {' '.join(hashes['script']) or chr(39) + 'none' + chr(39)}; "
        f"style-src {' '.join(hashes['style']) or chr(39) + 'none' + chr(39)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts"
    )
    answer._csp_exempt = True  # type: ignore[attr-defined]  # noqa: SLF001 - how django-csp is told that an answer has its own
    return answer
