"""Bodies of requests are waited for in the event loop: a thread answers, it does not wait for a slow line.

Small bodies are read whole before a thread is taken. Large ones, uploads, are streamed to a thread once their beginning
is there, and hold at most half of them at once. One that hardly moves is given up; one that is cut off is not taken for whole.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SMALL = 64 * 1024
"""Bytes up to which a body is read whole."""
STANDS_STILL = 30.0
"""Seconds that are waited for the next LEAST bytes of a large body."""
LEAST = 16 * 1024
"""Bytes without which a body stands still: 0.5 kB/s, a tenth of what a telephone line once had."""
WHOLE_WITHIN = 90.0
"""Seconds in which a small body has to be there."""
WAITS = 60.0
"""Seconds that a large body waits for one of those under way to end."""
_LATE = "The request did not arrive in time. Send it again."
_NO_LENGTH = "This does not say how long it is. Send it with Content-Length."
_CODED = "This is sent in a transfer coding that is not read here. Send it as it is, with Content-Length."
_NO_PLACE = "Many large uploads are under way. Send this again in a minute."


class CutOff(OSError):  # noqa: N818 - it says what happened
    """The rest of a body does not come."""


class Bodies:
    """An ASGI application that hands another one only requests that are there, or are coming."""

    def __init__(self, app: App, *, large: int, most: int) -> None:
        """Wrap an application; `large` is how many large bodies it takes at once, `most` how long one is that it may read."""
        self._app = app
        self._large = asyncio.Semaphore(large)
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the body, and hand the request on."""
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if coding := headers.get(b"transfer-encoding"):
            if coding.strip().lower() == b"chunked":
                await self._small(scope, receive, send)
            else:
                await _refuse(scope, send, 400, _CODED)
            return
        said = headers.get(b"content-length", b"0")
        length = int(said) if said.isdigit() else 0
        if length == 0 or length > self._most:  # the application refuses the longest, and reads nothing of them
            await self._app(scope, receive, send)
        elif length <= SMALL:
            await self._small(scope, receive, send)
        else:
            await self._streamed(scope, receive, send)

    async def _small(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a body whole; what does not say its length and is not small is refused, since nobody knows where it ends."""
        coming = _Coming(receive)
        try:
            async with asyncio.timeout(WHOLE_WITHIN):
                await coming.until(SMALL)
        except TimeoutError:
            await _refuse(scope, send, 408, _LATE)
        except CutOff:
            return
        else:
            if coming.more:
                await _refuse(scope, send, 411, _NO_LENGTH)
                return
            scope = dict(scope, headers=_with_length(scope["headers"], coming.held))
            await self._app(scope, coming.receive, send)

    async def _streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        coming = _Coming(receive)
        try:
            # Who only says that something large comes takes nobody's place.
            await coming.until(SMALL)
            async with asyncio.timeout(WAITS):
                await self._large.acquire()
        except TimeoutError:
            await _refuse(scope, send, *((408, _LATE) if coming.late else (503, _NO_PLACE)))
            return
        except CutOff:
            return
        try:
            await self._app(scope, coming.receive, _unless(coming, send))
        finally:
            self._large.release()
        if coming.late:
            await _refuse(scope, send, 408, _LATE)


class _Coming:
    """A body on its way."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._parts: list[bytes] = []
        self._left = STANDS_STILL
        self._lately = 0
        self.held = 0
        self.more = True
        self.late = False
        self._cut = False

    async def until(self, size: int) -> None:
        """Hold its beginning: more than `size` bytes, or all. Raises TimeoutError where it stands still, CutOff."""
        while self.more and self.held <= size:
            part = await self._next()
            self._parts.append(part)
            self.held += len(part)

    async def receive(self) -> Message:
        """Return the next part, as the application asks for it. Raises CutOff where the line broke, or stands still."""
        if self._cut:
            raise CutOff
        if self._parts:
            body = b"".join(self._parts)
            self._parts.clear()
        elif not self.more:
            return await self._receive()
        else:
            try:
                body = await self._next()
            except TimeoutError:
                raise CutOff from None
        return {"type": "http.request", "body": body, "more_body": self.more}

    async def _next(self) -> bytes:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            self.late = self._cut = True
            raise
        if message["type"] != "http.request":
            self._cut = True
            raise CutOff
        body: bytes = message.get("body", b"")
        self.more = message.get("more_body", False)
        self._left -= clock() - began
        self._lately += len(body)
        if self._lately >= LEAST:
            self._left, self._lately = STANDS_STILL, 0
        return body


def _unless(coming: _Coming, send: Send) -> Send:
    """Return a `send` that drops what the application says of a body which came too late: that is answered once, and here."""

    async def unless_late(message: Message) -> None:
        if not coming.late:
            await send(message)

    return unless_late


def _with_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name not in {b"transfer-encoding", b"content-length"}]
    return [*kept, (b"content-length", str(length).encode())]


async def _refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """Refuse in a sentence, as problem details where a program asks, and end the connection: its rest is not wanted."""
    kind, body = b"text/plain; charset=utf-8", f"{sentence}\n"
    if scope["path"].startswith("/api/"):
        kind = b"application/problem+json"
        title = HTTPStatus(status).phrase
        body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": sentence})
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"private, no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
