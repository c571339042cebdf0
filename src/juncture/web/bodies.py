"""Bodies of requests are waited for in the event loop: a thread answers, it does not wait for a slow line.

Small bodies are read whole before a thread is taken. Large ones, uploads, are streamed to a thread, and hold at most half of
them at once. One that stands still is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

SMALL = 64 * 1024
"""Bytes up to which a body is read whole."""
STANDS_STILL = 30.0
"""Seconds in which nothing came, after which a body is given up."""
WHOLE_WITHIN = 90.0
"""Seconds in which a small body has to be there."""
_LATE = b"The request did not arrive in time. Send it again.\n"
_GONE: Message = {"type": "http.disconnect"}


class Bodies:
    """An ASGI application that hands another one only requests that are there, or are coming."""

    def __init__(self, app: App, *, large: int) -> None:
        """Wrap an application; `large` is how many large bodies it takes at once, the others wait."""
        self._app = app
        self._large = asyncio.Semaphore(large)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Wait for the body, and hand the request on."""
        length = _length(scope) if scope["type"] == "http" else 0
        if length == 0:
            await self._app(scope, receive, send)
        elif length is not None and length <= SMALL:
            await self._small(scope, receive, send)
        else:
            async with self._large:
                await self._app(scope, _within(receive), send)

    async def _small(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(WHOLE_WITHIN):
                body = await _whole(_within(receive, raises=True))
        except TimeoutError:
            await _refuse(send)
            return
        if body is None:
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


def _length(scope: MutableMapping[str, Any]) -> int | None:
    """Return how long a body says that it is: 0 where there is none, None where it does not say."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    said = headers.get(b"content-length", b"0")
    return int(said) if said.isdigit() else None


def _within(receive: Receive, *, raises: bool = False) -> Receive:
    """Return a `receive` that waits for a part of the body so long and no longer; then it is as if the line had broken."""
    more = True

    async def next_part() -> Message:
        nonlocal more
        if not more:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), STANDS_STILL)
        except TimeoutError:
            if raises:
                raise
            more = False
            return _GONE
        more = message["type"] == "http.request" and message.get("more_body", False)
        return message

    return next_part


async def _whole(receive: Receive) -> bytes | None:
    """Return a body once all of it is there; None where the line broke."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_LATE)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": _LATE})
