"""The socket of an editor: `/postmortems/{id}/together/`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from juncture.web.access.errors import Refused
from juncture.web.access.sockets import is_same_origin, seated
from juncture.web.together import messages
from juncture.web.together.house import House
from juncture.web.together.rooms import (
    GARBAGE,
    NOT_ALLOWED,
    SIGNED_OUT,
    Close,
    Member,
    Room,
    code_of,
)

house = House()
"""One a process: sockets meet in it."""


class Editor(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One open editor. It is accepted before it is closed, so that its page learns why."""

    room: Room | None = None
    member: Member | None = None
    sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let the editor in, or say why not."""
        await self.accept()
        headers = {name: value.decode("latin-1") for name, value in self.scope["headers"]}
        if not is_same_origin(headers.get(b"origin", ""), headers.get(b"host", "")):
            await self.close(NOT_ALLOWED)
            return
        who = await house.in_thread(seated, headers.get(b"cookie", ""))
        if who is None:
            await self._refuse(SIGNED_OUT, "You are signed out. Sign in in another tab; your words stay here.")
            return
        try:
            self.room, self.member = await house.enter(who, self.scope["url_route"]["kwargs"]["postmortem"], self._epoch)
        except Refused as why:
            await self._refuse(code_of(why), why.sentence)
            return
        self.sending = asyncio.create_task(self._send(self.member))
        await self.room.came(self.member)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take what the editor sends."""
        if self.room is None or self.member is None or self.member.gone:
            return
        try:
            message = messages.read(bytes_data or b"") if text_data is None else None
        except messages.Garbage as why:
            self.member.close(GARBAGE, f"The server did not understand this page ({why}). Load it again.")
            return
        if message is not None:
            await self.room.said(self.member, message)

    async def disconnect(self, code: int) -> None:
        """Leave the room."""
        del code
        if self.room is not None and self.member is not None:
            self.room.leave(self.member)
        if self.sending is not None:
            self.sending.cancel()

    @property
    def _epoch(self) -> str:
        query: bytes = self.scope["query_string"]
        return parse_qs(query.decode("latin-1")).get("epoch", [""])[0]

    async def _send(self, member: Member) -> None:
        """Send what is told to a member, until it or its socket ends."""
        with suppress(Exception):
            while True:
                message = await member.out.get()
                if isinstance(message, Close):
                    await self.close(message.code)
                    return
                await self.send(bytes_data=message)

    async def _refuse(self, code: int, why: str) -> None:
        await self.send(bytes_data=messages.told("refused", why=why))
        await self.close(code)
