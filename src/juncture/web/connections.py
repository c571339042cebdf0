"""A connection as uvicorn keeps it, but one whose request does not begin to arrive is ended, and an application can end it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "juncture.transport"
"""The extension of a scope in which the connection's transport is."""
HEAD_WITHIN = 30.0
"""Seconds in which the head of a request has to be there, from when it was connected or the head began."""

UNSENT = 128 * 1024
"""Bytes that the kernel holds of what is not sent yet. It would hold megabytes, and a slow reader seem to stand still until a
third of them is read; tcp(7), TCP_NOTSENT_LOWAT."""


class Connection(HttpToolsProtocol):
    """One connection of somebody who asks."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        """Begin, and wait for the head of a request."""
        super().connection_made(transport)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            with suppress(OSError):  # it may be gone already
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        self._wait()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]  # an extension of our own
        self._wait()

    def on_headers_complete(self) -> None:
        """Take a request whose head is there."""
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_WITHIN, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
