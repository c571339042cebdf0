"""Answers are made by a thread and sent by the event loop: who reads slowly, or not at all, holds up nobody.

A thread makes an answer whole and is free. What it made is held in memory while it is small, else in a file without a name;
what is a file already (artefacts, styles) is sent from where it lies, in pieces. See `docs/decisions/0015-slow-readers.md`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from juncture.web.bodies import App, Message, Receive, Scope, Send
from juncture.web.connections import TRANSPORT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HELD = 256 * 1024
"""Bytes of an answer that are held in memory; most pages are smaller."""
PIECE = 64 * 1024
"""Bytes that are sent at once."""
STANDS_STILL = 60.0
"""Seconds in which a reader has to take a piece: about 1 kB/s."""
LINGERS = 10.0
"""Seconds in which what is still sent of a refused body is let pass, so that its sender gets to read why."""
_ANSWER = "juncture.answer"


class _Answer:
    """What was answered: messages, and what came by the side of them as parts or as a file."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.parts: list[bytes] = []
        self.file: BinaryIO | None = None
        self.size = 0

    async def keep(self, message: Message) -> None:
        self.messages.append(message)

    def is_file(self, file: BinaryIO, block_size: int = 0) -> Iterable[bytes]:
        """Take a file as it is: what WSGI calls `wsgi.file_wrapper`."""
        del block_size
        self.file = file
        return ()

    def take(self, made: Iterable[bytes], folder: Path) -> None:
        """Take what is made, in the thread that makes it. Where the disk is full it stays in memory: reading goes on."""
        room = True
        for part in made:
            if room and self.file is None and self.size + len(part) > HELD:
                room = self._to_file(folder)
            if self.file is not None and not _is_written(self.file, part):
                self._back_to_memory(self.file)
                room = False
            if self.file is None:
                self.parts.append(part)
            self.size += len(part)
        if self.file is not None:
            self.file.seek(0)

    def _to_file(self, folder: Path) -> bool:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Unbuffered, so that each write says whether there was room.
            file = cast("BinaryIO", tempfile.TemporaryFile(dir=folder, buffering=0))  # noqa: SIM115 - closed once it is sent
        except OSError:
            return False
        if not all(_is_written(file, part) for part in self.parts):
            file.close()
            return False
        self.file, self.parts = file, []
        return True

    def _back_to_memory(self, file: BinaryIO) -> None:
        with file:
            file.seek(0)
            self.file, self.parts = None, [file.read(self.size)]

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers, with the length where it is known and was not said."""
        start = self.messages[0]
        headers = list(start["headers"])
        own = len(self._own())
        if (
            (own or self.size or self.file is None)
            and start["status"] not in {204, 304}
            and b"content-length" not in dict(headers)
        ):
            headers.append((b"content-length", str(own or self.size).encode()))
        return headers

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield all of it in pieces; a file is read by another thread than those that answer."""
        own = self._own()
        for part in [own] if own else self.parts:
            for start in range(0, len(part), PIECE):
                yield part[start : start + PIECE]
        if self.file is not None and not own:
            while piece := await asyncio.to_thread(self.file.read, PIECE):
                yield piece

    def _own(self) -> bytes:
        """Return what was answered instead of what the thread made: why a body is refused."""
        return b"".join(message.get("body", b"") for message in self.messages[1:])


def _is_written(file: BinaryIO, part: bytes) -> bool:
    try:
        return file.write(part) == len(part)
    except OSError:
        return False


def in_whole(app: WSGIApplication, folder: Path) -> WSGIApplication:
    """Return a WSGI application whose answers are made whole by its thread; those that are large are kept in `folder`."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kept: _Answer = environ["asgi.scope"]["extensions"][_ANSWER]
        environ["wsgi.file_wrapper"] = kept.is_file
        made = app(environ, start_response)
        if kept.file is None:
            try:
                kept.take(made, folder)
            finally:
                getattr(made, "close", lambda: None)()
        return ()

    return answer


class Answers:
    """An ASGI application that sends what another one answered, once that is made."""

    def __init__(self, app: App) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a request answered, and send the answer for as long as somebody reads it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer, coming = _Answer(), _Coming(scope, receive)
        scope["extensions"] = {**scope.get("extensions", {}), _ANSWER: answer}
        try:
            await self._app(scope, coming.receive, answer.keep)
            if answer.messages:
                await _sent(scope, answer, coming, send)
        finally:
            if answer.file is not None:
                await asyncio.to_thread(answer.file.close)


class _Coming:
    """The body of a request, and whether more of it comes."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        headers = dict(scope["headers"])
        self.more = b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"

    async def receive(self) -> Message:
        message = await self._receive()
        self.more = message.get("more_body", False)
        return message

    async def pass_by(self) -> None:
        """Let what still comes pass, for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGERS):
                while self.more:
                    await self.receive()

    async def end(self) -> None:
        """Wait until the connection has ended."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _sent(scope: Scope, answer: _Answer, coming: _Coming, send: Send) -> None:
    transport: Any = scope["extensions"].get(TRANSPORT)
    headers = answer.headers() if scope["method"] != "HEAD" else list(answer.messages[0]["headers"])
    if coming.more and b"connection" not in dict(headers):
        headers.append((b"connection", b"close"))
    try:
        await _within(send, {**answer.messages[0], "headers": headers})
        if scope["method"] != "HEAD":
            async for piece in answer.pieces():
                if transport is not None and transport.is_closing():
                    break
                await _within(send, {"type": "http.response.body", "body": piece, "more_body": True})
        if transport is not None and transport.is_closing():
            async with asyncio.timeout(STANDS_STILL):
                await coming.end()
            return
        await coming.pass_by()
        await _within(send, {"type": "http.response.body", "body": b""})
    except TimeoutError:
        if transport is not None:
            transport.abort()
            await coming.end()


async def _within(send: Send, message: Message) -> None:
    """Send a message, which waits until what went before is nearly read. Raises TimeoutError where nobody reads."""
    async with asyncio.timeout(STANDS_STILL):
        await send(message)
