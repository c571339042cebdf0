"""The room of a postmortem: whoever edits it in this process. What is typed is stored, then told to the others and said to be.

One task a room takes messages in the order in which they came; what touches the database or the document runs in a thread, one
call at a time a room. So nothing is told that is not stored.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from msgspec import Struct

from juncture.web.access.errors import NotFound, Refused, SignInNeeded
from juncture.web.access.sockets import Seated
from juncture.web.access.viewer import Viewer
from juncture.web.postmortems import operations
from juncture.web.postmortems.live_text.document import Forged
from juncture.web.together import messages

PAUSE_SECONDS = 1.0
"""Without a key for so long, the sections' Markdown is derived."""
LONGEST_SECONDS = 5.0
"""While somebody types on and on, it is derived so often."""
GARBAGE, SIGNED_OUT, NOT_ALLOWED, NOT_THERE, OTHER_EPOCH, COME_AGAIN = 4400, 4401, 4403, 4404, 4409, 1013
_MOST_AT_ONCE = 256
_MOST_WAITING = 4096
"""Messages that wait for an editor that does not read; then it has to come again."""

log = logging.getLogger(__name__)
InThread = Callable[..., Awaitable[Any]]


class Close(Struct, frozen=True):
    """The end of a socket, with the code that says why."""

    code: int


class Member:
    """An editor in the room: one open page of one person."""

    def __init__(self, who: Seated, viewer: Viewer, seat: int, epoch: str) -> None:
        self.who = who
        self.viewer = viewer
        self.seat = seat
        self.epoch = epoch
        self.out: asyncio.Queue[bytes | Close] = asyncio.Queue()
        self.stored = 0
        """Its messages with content that are stored."""
        self.client: int | None = None
        """The number by which its document calls it; the first that it names is its own."""
        self.clock = 0
        self.where: dict[str, Any] | None = None
        self.gone = False

    @property
    def named(self) -> dict[str, Any]:
        """Who it is, as others are told."""
        return {"id": str(self.who.person), "name": self.viewer.name, "initials": self.viewer.initials, "seat": self.seat}

    def tell(self, message: bytes) -> None:
        """Send a message, soon. Who does not read is sent away: what it misses it gets when it comes again."""
        if self.out.qsize() < _MOST_WAITING:
            self.out.put_nowait(message)
        elif not self.gone:
            self.close(COME_AGAIN)

    def close(self, code: int, why: str = "") -> None:
        """End its socket, after a sentence for the person."""
        self.gone = True
        if why:
            self.out.put_nowait(messages.told("refused", why=why))
        self.out.put_nowait(Close(code))


class _Came(Struct, frozen=True):
    member: Member


class _Asked(Struct, frozen=True):
    member: Member
    state: bytes


class _Typed(Struct, frozen=True):
    member: Member
    update: bytes


_Item = _Came | _Asked | _Typed | None


class Room:
    """Those who edit one postmortem, and its live text in memory while somebody is there."""

    def __init__(self, postmortem: int, in_thread: InThread, emptied: Callable[[Room], None]) -> None:
        self.postmortem = postmortem
        self.members: dict[int, Member] = {}
        self._in_thread = in_thread
        self._emptied = emptied
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue(maxsize=_MOST_WAITING)
        self._live: operations.Live | None = None
        self._typed_at = self._typing_since = 0.0
        self._task = asyncio.create_task(self._run())

    @property
    def number(self) -> int:
        """The number of the last update that the members were told of; 0 before the text is opened."""
        return self._live.number if self._live else 0

    def enter(self, who: Seated, viewer: Viewer, epoch: str) -> Member:
        """Return a new member, with the smallest number that is free."""
        seat = next(number for number in range(len(self.members) + 1) if number not in self.members)
        member = self.members[seat] = Member(who, viewer, seat, epoch)
        return member

    async def came(self, member: Member) -> None:
        """Greet a member whose socket is open."""
        await self._inbox.put(_Came(member))

    async def said(self, member: Member, message: messages.Message) -> None:
        """Take a message of a member."""
        if isinstance(message, messages.Step1):
            await self._inbox.put(_Asked(member, message.state))
        elif isinstance(message, messages.Update):
            await self._inbox.put(_Typed(member, message.update))
        else:
            for where in message:
                self._moved(member, where)

    def look(self) -> None:
        """Look for what others stored: another process, or an operation."""
        if self._inbox.empty():
            self._inbox.put_nowait(None)

    def tell_all(self, message: bytes, *, but: Member | None = None) -> None:
        """Send a message to all who are here."""
        for member in self.members.values():
            if member is not but and not member.gone:
                member.tell(message)

    def leave(self, member: Member) -> None:
        """Take a member out of the room; the others see it go."""
        if self.members.get(member.seat) is not member:
            return
        del self.members[member.seat]
        if member.client is not None:
            self.tell_all(messages.whereabouts(member.client, member.clock + 1, None))
        if not self.members:
            self.look()

    def _moved(self, member: Member, where: messages.Whereabouts) -> None:
        if member.client is None and all(one.client != where.client for one in self.members.values()):
            member.client = where.client
        if where.client != member.client or where.clock < member.clock:
            return
        member.clock = where.clock
        member.where = None if where.state is None else {"cursor": where.state.get("cursor"), "user": member.named}
        self.tell_all(messages.whereabouts(where.client, where.clock, member.where), but=member)

    async def _run(self) -> None:
        while True:
            batch = await self._next_batch()
            try:
                if batch is not None:
                    await self._take(batch)
                if self._typed_at and (not self.members or time.monotonic() >= self._settles_at()):
                    await self._settle()
            except operations.LiveTextGone:
                self._send_away(OTHER_EPOCH)
            except Exception:  # whatever it is, nobody is told that words are stored which are not
                log.exception("the text of a postmortem cannot be stored now; its editors come again")
                self._send_away(COME_AGAIN)
            if not self.members and self._inbox.empty():
                self._emptied(self)
                return

    def _settles_at(self) -> float:
        return min(self._typed_at + PAUSE_SECONDS, self._typing_since + LONGEST_SECONDS)

    async def _next_batch(self) -> list[_Item] | None:
        """Return all messages that wait, at least one; None when it is time to settle."""
        patience = max(0.0, self._settles_at() - time.monotonic()) if self._typed_at else None
        try:
            batch = [await asyncio.wait_for(self._inbox.get(), patience)]
        except TimeoutError:
            return None
        while len(batch) < _MOST_AT_ONCE and not self._inbox.empty():
            batch.append(self._inbox.get_nowait())
        return batch

    async def _take(self, batch: Iterable[_Item]) -> None:
        came = [one.member for one in batch if isinstance(one, _Came)]
        asked = [one for one in batch if isinstance(one, _Asked) and not one.member.gone]
        typed = [one for one in batch if isinstance(one, _Typed) and not one.member.gone]
        sent = [operations.Sent(one.member.seat, one.member.who, one.update) for one in typed]
        live, self._live = self._live, None  # only what is stored is kept
        live, taken, state, answers = await self._in_thread(_store, self.postmortem, live, sent, [one.state for one in asked])
        self._live = live
        seats = dict(self.members)
        for refusal in taken.refused:
            if (member := seats.get(refusal.seat)) is not None:
                refuse(member, refusal.why)
        for update in taken.others:
            self.tell_all(messages.update(update))
        for seat, update in taken.own:
            self.tell_all(messages.update(update), but=seats.get(seat))
        self._acknowledge([one.member for one in typed if not one.member.gone])
        for one, answer in zip(asked, answers, strict=True):
            if answer is None:
                refuse(one.member, Forged("no state"))
            else:
                one.member.tell(messages.step2(answer))
        for member in came:
            self._greet(member, live.epoch, state)
        if taken.own or taken.others:
            self._typed_at = time.monotonic()
            self._typing_since = self._typing_since or self._typed_at

    def _acknowledge(self, members: list[Member]) -> None:
        for member in members:
            member.stored += 1
        for member in dict.fromkeys(members):
            member.tell(messages.told("stored", count=member.stored))

    def _greet(self, member: Member, epoch: str, state: bytes) -> None:
        if member.epoch not in {"", epoch}:
            member.close(OTHER_EPOCH)
            return
        member.tell(messages.told("hello", epoch=epoch, client=member.named))
        member.tell(messages.step1(state))
        for other in self.members.values():
            if other is not member and other.client is not None and other.where is not None:
                member.tell(messages.whereabouts(other.client, other.clock, other.where))

    async def _settle(self) -> None:
        self._typed_at = self._typing_since = 0.0
        await self._in_thread(operations.settle_live, self.postmortem)
        self.tell_all(messages.told("changed", what="text"))

    def _send_away(self, code: int) -> None:
        """Close every socket: the text is opened anew when they come again, and they send what is not stored."""
        self._live = None
        self._typed_at = self._typing_since = 0.0
        for member in list(self.members.values()):
            member.close(code)
            self.leave(member)


def refuse(member: Member, why: Refused | Forged) -> None:
    """End the socket of who may not write, or sent what no editor sends."""
    if isinstance(why, Forged):
        member.close(GARBAGE, f"The server did not take these words: {why}. Copy what you need, and load the page again.")
    else:
        member.close(code_of(why), why.sentence)


def code_of(why: Refused) -> int:
    """Return the code that closes a socket for a reason."""
    return SIGNED_OUT if isinstance(why, SignInNeeded) else NOT_THERE if isinstance(why, NotFound) else NOT_ALLOWED


def _store(
    postmortem: int, live: operations.Live | None, sent: list[operations.Sent], asked: list[bytes]
) -> tuple[operations.Live, operations.Taken, bytes, list[bytes | None]]:
    """Store what was typed and look what others stored; return the text, what became of it, its state, and what each lacks."""
    live = live or operations.open_live(postmortem)
    taken = operations.take_in(live, sent)
    answers: list[bytes | None] = []
    for state in asked:
        try:
            answers.append(live.document.missing_in(state))
        except Forged:
            answers.append(None)
    return live, taken, live.document.state(), answers
