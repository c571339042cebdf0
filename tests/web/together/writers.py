"""Eight people who type into one postmortem at human speed, while its servers are killed: what was acknowledged, and what is there."""

from __future__ import annotations

import asyncio
import random
import re
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from msgspec import Struct
from tests.web.served import Server
from tests.web.together.peers import Peer

PASSWORD = "a long enough passphrase"
SAM = "sam@example.org"
FIRST_CHARACTER = 0x20000
OF_EACH = 4096


class Typed(Struct):
    """What came of a run: characters typed and acknowledged, those lost, whether all copies are equal, delays in seconds."""

    typed: int = 0
    acknowledged: int = 0
    lost: int = 0
    equal: bool = False
    kills: int = 0
    delays: list[float] = []


def sign_in(url, email):
    """Sign in as a browser does, and return the session's cookie."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"{url}/sign-in/"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.open(address).read().decode())[1]
    sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "email": email, "password": PASSWORD}).encode()
    browser.open(urllib.request.Request(address, sent, {"Referer": address}))
    return next(cookie.value for cookie in jar if cookie.name == "juncture_session")


def document(server, size):
    """Make a postmortem with about so many characters; return its id and the keys of its sections."""
    _, incident = server.call("POST", "incidents", {"title": "Checkout fails"}, as_=SAM)
    _, made = server.call("POST", f"incidents/{incident['id']}/postmortem", {}, as_=SAM)
    _, whole = server.call("GET", f"postmortems/{made['id']}", as_=SAM)
    sections = [one["id"] for one in whole["sections"]]
    words = "The pool was exhausted and every request waited for a connection. " * (size // len(sections) // 67 + 1)
    for section in sections:
        server.call("PATCH", f"postmortems/{made['id']}/sections/{section}", {"base": "", "text": words}, as_=SAM)
    return made["id"], sections


class Writer:
    """Somebody who types: every character of theirs is unlike any other."""

    def __init__(self, number, servers, postmortem, sections, cookie, found):
        self.number, self.servers, self.postmortem, self.sections = number, servers, postmortem, sections
        self.cookie, self.found = cookie, found
        self.typed = self.acknowledged = 0
        self.chance = random.Random(number)
        self.peer = None

    async def connect(self):
        server = self.servers[self.number % len(self.servers)]
        peer = Peer(
            server.url,
            self.postmortem,
            self.cookie,
            doc=self.peer.doc if self.peer else None,
            epoch=self.peer.epoch if self.peer else "",
        )
        if self.peer:
            self.peer.leave()
        self.peer = peer
        await peer.open()
        await peer.until(peer.synced.is_set, 30)

    def key(self):
        text = self.peer.text(self.chance.choice(self.sections))
        place = self.chance.choice([0, len(str(text).encode())])
        text.insert(place, chr(FIRST_CHARACTER + self.number * OF_EACH + self.typed))
        self.typed += 1

    def look(self):
        if self.peer.saved:
            self.acknowledged = self.typed

    async def type_until(self, ended):
        """Type some eight keys a second, also while the connection is away; come back when the server does."""
        while not ended.is_set():
            if self.typed < OF_EACH:
                self.key()
            await asyncio.sleep(self.chance.uniform(0.05, 0.2))
            self.look()
            if self.peer.code is not None and self.servers[self.number % len(self.servers)].up:
                try:
                    await self.connect()
                except Exception:  # noqa: BLE001 - killed again meanwhile
                    await asyncio.sleep(0.1)

    def characters(self, count):
        return {chr(FIRST_CHARACTER + self.number * OF_EACH + n) for n in range(count)}


async def write(servers, postmortem, sections, *, writers=8, seconds=30.0, kills=3):
    """Let writers type while each server is killed so often; return what came of it."""
    found = Typed()
    cookies = [sign_in(servers[n % len(servers)].url, SAM) for n in range(writers)]
    people = [Writer(n, servers, postmortem, sections, cookie, found) for n, cookie in enumerate(cookies)]
    for server in servers:
        server.up = True
    for one in people:
        await one.connect()
    ended = asyncio.Event()
    tasks = [asyncio.create_task(one.type_until(ended)) for one in people]
    started = time.monotonic()
    for number in range(kills):
        await asyncio.sleep(max(0.0, started + seconds * (number + 1) / (kills + 1) - time.monotonic()))
        server = servers[number % len(servers)]
        for one in people:
            one.look()
        acknowledged = [one.acknowledged for one in people]
        await asyncio.to_thread(killed_and_back, server)
        found.kills += 1
        # Before anybody who still has it could send it again: somebody who has nothing.
        found.lost += len(
            set().union(*(one.characters(n) for one, n in zip(people, acknowledged, strict=True)))
            - await seen(server, postmortem, sections)
        )
        server.up = True
    await asyncio.sleep(max(0.0, started + seconds - time.monotonic()))
    ended.set()
    await asyncio.gather(*tasks)
    for one in people:
        if one.peer.code is not None:
            await one.connect()
        await one.peer.until(lambda one=one: one.peer.saved, 30)
        one.look()
    await settle(found, people, sections)
    everything = set().union(*(one.characters(one.typed) for one in people))
    found.lost += len(everything - await seen(servers[-1], postmortem, sections))
    found.typed, found.acknowledged = sum(one.typed for one in people), sum(one.acknowledged for one in people)
    for one in people:
        await one.peer.close()
    return found


async def settle(found, people, sections):
    """Wait until all copies are equal, for some seconds."""
    deadline = time.monotonic() + 15
    while not found.equal and time.monotonic() < deadline:
        found.equal = len({tuple(str(one.peer.text(section)) for section in sections) for one in people}) == 1
        await asyncio.sleep(0.05)


def killed_and_back(server: Server):
    server.up = False
    port = server.url.rpartition(":")[2]
    server.kill_everything()
    server.start(port=port)


async def seen(server, postmortem, sections):
    """Return the characters that somebody sees who opens the postmortem anew."""
    async with Peer(server.url, postmortem, await asyncio.to_thread(sign_in, server.url, SAM)) as fresh:
        await fresh.until(fresh.synced.is_set, 30)
        return set("".join(str(fresh.text(section)) for section in sections))
