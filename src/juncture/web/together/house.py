"""All rooms of this process: who comes in, and what is watched while somebody is there."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

from juncture.web.access.errors import Refused
from juncture.web.access.sockets import Seated
from juncture.web.journal.noticing import changed_since, newest_changes
from juncture.web.postmortems import operations
from juncture.web.together import messages
from juncture.web.together.listening import listen
from juncture.web.together.rooms import Member, Room, refuse

_LOOKS_EVERY = 0.25
"""Seconds after which what others stored is looked for; on PostgreSQL it is told at once."""
_RIGHTS_EVERY = 3.0
"""Seconds after which the rights of all who are here are looked up again; at once where anything of no document changed."""
_THREADS = 4
_RIGHTS_AT_ONCE = 50

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class House:
    """The rooms of a process, and one task that watches for all of them."""

    def __init__(self) -> None:
        self._rooms: dict[int, Room] = {}
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="together")
        self._watching: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    async def in_thread(self, run: Callable[..., Result], *given: object) -> Result:
        """Run what touches the database or a document."""

        def fresh() -> Result:
            close_old_connections()
            return run(*given)

        return await asyncio.get_running_loop().run_in_executor(self._pool, fresh)

    async def enter(self, who: Seated, postmortem_id: str, epoch: str) -> tuple[Room, Member]:
        """Let somebody into the room of a postmortem; `epoch` is that of the text which their page has, empty for none.

        Raises SignInNeeded, NotAllowed, NotFound.
        """
        viewer, postmortem = await self.in_thread(operations.enter, who, postmortem_id)
        room = self._rooms.get(postmortem)
        if room is None:
            room = self._rooms[postmortem] = Room(postmortem, self.in_thread, self._emptied)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        if self._listening is None:
            self._listening = asyncio.create_task(listen(self.told))
        return room, room.enter(who, viewer, epoch)

    def told(self, postmortem: int) -> None:
        """Look for what another process stored."""
        if room := self._rooms.get(postmortem):
            room.look()

    def _emptied(self, room: Room) -> None:
        if self._rooms.get(room.postmortem) is room:
            del self._rooms[room.postmortem]

    async def _watch(self) -> None:
        """Look for what others stored and changed, until all rooms are empty."""
        seen, rights_at = None, 0.0
        while self._rooms:
            await asyncio.sleep(_LOOKS_EVERY)
            try:
                if seen is None:
                    seen = await self.in_thread(newest_changes)
                for postmortem, number in (await self.in_thread(operations.numbers_of, list(self._rooms))).items():
                    room = self._rooms.get(postmortem)
                    if room is not None and room.number and number != room.number:
                        room.look()
                seen, parts, other = await self.in_thread(changed_since, seen, list(self._rooms))
                for postmortem, what in parts:
                    if room := self._rooms.get(postmortem):
                        room.tell_all(messages.told("changed", what=what))
                if other or time.monotonic() >= rights_at:
                    await self._check_rights()
                    rights_at = time.monotonic() + _RIGHTS_EVERY
            except Exception:  # whatever it is, rights go on being looked up: a watch that ends would leave them as they were
                log.exception("what others changed cannot be looked for now")
                await asyncio.sleep(1)

    async def _check_rights(self) -> None:
        """Send away who may not write any more."""
        there = [(room.postmortem, member) for room in self._rooms.values() for member in room.members.values()]
        for start in range(0, len(there), _RIGHTS_AT_ONCE):
            some = [one for one in there[start : start + _RIGHTS_AT_ONCE] if not one[1].gone]
            lost = await self.in_thread(_who_lost, [(postmortem, member.who) for postmortem, member in some])
            for (_, member), why in zip(some, lost, strict=True):
                if why is not None:
                    refuse(member, why)


def _who_lost(there: list[tuple[int, Seated]]) -> list[Refused | None]:
    found: list[Refused | None] = []
    for postmortem, who in there:
        try:
            operations.require_still(who, postmortem)
        except Refused as why:
            found.append(why)
        else:
            found.append(None)
    return found
