"""Editors as programs: they speak the socket's protocol with pycrdt, as a browser does with Yjs."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from pycrdt import Decoder, Doc, Text, create_sync_message, create_update_message, handle_sync_message
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


class Peer:
    """One open editor of one person."""

    def __init__(self, url, postmortem, cookie, *, doc=None, epoch=""):
        self.address = f"{url.replace('http', 'ws', 1)}/postmortems/{postmortem}/together/"
        self.origin = url
        self.cookie = cookie
        self.doc = doc or Doc()
        self.epoch = epoch
        self.told = []
        self.sent = self.stored = 0
        self.answered = False
        self.synced = asyncio.Event()
        self.code = None
        self._taking = False
        self._out = asyncio.Queue()
        self._typed = self.doc.observe(self._type)

    def text(self, section):
        return self.doc.get(f"section-{section}", type=Text)

    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *_):
        await self.close()

    async def open(self):
        self.sent = self.stored = 0
        self.answered = False
        self.synced.clear()
        self.code = None
        while not self._out.empty():
            self._out.get_nowait()
        query = f"?epoch={self.epoch}" if self.epoch else ""
        self.socket = await connect(
            self.address + query, origin=self.origin, additional_headers={"Cookie": f"juncture_session={self.cookie}"},
            max_size=None,
        )  # fmt: skip
        with suppress(ConnectionClosed):
            await self.socket.send(create_sync_message(self.doc))
        self.tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]

    def leave(self):
        """Let go of the document: another peer takes it over."""
        self.doc.unobserve(self._typed)
        for task in self.tasks:
            task.cancel()

    async def close(self):
        await self.socket.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def saved(self):
        """Whether the page may say that all is saved."""
        return self.answered and self.sent == self.stored and self.code is None

    async def until(self, what, seconds=10):
        async with asyncio.timeout(seconds):
            while not what():  # noqa: ASYNC110 - what is waited for is on the other side of a socket
                await asyncio.sleep(0.005)

    def _type(self, event):
        if not self._taking and self.code is None and hasattr(self, "socket"):
            self._put(create_update_message(event.update))

    def _put(self, message):
        self.sent += 1
        self._out.put_nowait(message)

    async def _send(self):
        try:
            while True:
                await self.socket.send(await self._out.get())
        except ConnectionClosed:
            pass

    async def _receive(self):
        try:
            async for data in self.socket:
                self._take(data)
        except ConnectionClosed:
            pass
        self.code = self.socket.close_code

    def _take(self, data):
        if data[0] == 0:
            self._taking = True
            try:
                answer = handle_sync_message(data[1:], self.doc)
            finally:
                self._taking = False
            if answer is not None:
                self.answered = True
                self._put(answer)
            if data[1] == 1:
                self.synced.set()
        elif data[0] == 100:
            told = json.loads(Decoder(data[1:]).read_message())
            self.told.append(told)
            if told["kind"] == "stored":
                self.stored = told["count"]
            if told["kind"] == "hello":
                self.epoch = told["epoch"]
        else:
            self.told.append({"kind": "awareness", "data": data})
