"""Calls of a server's API from the command line: one address, one token, no redirects; a second try where it is safe."""

from __future__ import annotations

import ipaddress
import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.parse import urlsplit

from msgspec import Struct

from juncture.model.errors import BadEvidence

_SECONDS = 60
_TRIES = 3
_LONGEST_WAIT = 30
_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer that are read."""
_LATER = {429, 503}
"""The call was refused before anything was done, and may be made again."""


class Answer(Struct, frozen=True):
    """What a server answered: status, headers in small letters, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one where it is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def why(self) -> str:
        """The sentence of a refusal, in one line."""
        said = " ".join(str(self.told.get("detail", "")).split())
        return said[:500] or f"it answered with status {self.status}, and said nothing that this program understands"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        """Follow nowhere: a token goes to the server that was named, and to no other."""
        del args, more


class Remote:
    """A server, and the token that is sent to it."""

    def __init__(self, server: str, token: str, *, insecure: bool = False) -> None:
        """Raise BadEvidence for an address that is none, or over which the token could be read on its way."""
        parts = urlsplit(server)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadEvidence(server, "is no address of a server", "Write https://postmortems.example.com")
        if parts.scheme == "http" and not insecure and not _is_here(parts.hostname):
            hint = "Use https, or --insecure if the way there is safe"
            raise BadEvidence(server, "would be sent the token without encryption", hint)
        self._address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self._token = token
        # What goes unencrypted to this machine goes past no proxy, which would read the token.
        direct = (urllib.request.ProxyHandler({}),) if _is_here(parts.hostname) else ()
        self._opener = urllib.request.build_opener(_NoRedirects, *direct)

    @property
    def address(self) -> str:
        """The address, without anything that was written before an @."""
        return self._address

    def call(self, method: str, path: str, body: bytes | None = None, *, if_match: str = "", again: bool = True) -> Answer:
        """Call the API. Raises BadEvidence where no answer comes.

        `again`: a call of which no answer came may be made a second time.
        """
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "text/markdown"}
        if if_match:
            headers["If-Match"] = if_match
        request = urllib.request.Request(f"{self._address}/api/v1/{path}", body, headers, method=method)  # noqa: S310 - http or https, see above
        for left in reversed(range(_TRIES)):
            try:
                answer = self._answered(request)
            except (OSError, HTTPException) as error:
                reason = getattr(error, "reason", error)
                # What was refused at the door was never sent.
                if left and (again or isinstance(reason, ConnectionRefusedError)):
                    time.sleep(1)
                    continue
                self._unanswered(reason, sent=not again)
            if left and answer.status in _LATER:
                time.sleep(_wait_of(answer))
                continue
            return answer
        raise AssertionError("the last try answers or raises")

    def _answered(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=_SECONDS) as given:
                return Answer(given.status, _small(given.headers), given.read(_LIMIT))
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, _small(refused.headers), refused.read(_LIMIT))

    def _unanswered(self, reason: object, *, sent: bool) -> NoReturn:
        said = str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
        hint = (
            "It may have been taken: look there before you push again" if sent else "Check the address, and that it is served"
        )
        raise BadEvidence(self._address, f"did not answer: {said}", hint) from None


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _small(headers: Any) -> dict[str, str]:  # noqa: ANN401 - a message of the standard library
    return {name.lower(): value for name, value in headers.items()}


def _wait_of(answer: Answer) -> float:
    told = answer.headers.get("retry-after", "")
    return min(int(told), _LONGEST_WAIT) if told.isdecimal() else 2
