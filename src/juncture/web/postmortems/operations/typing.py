"""Type into a postmortem's live text: what editors send is checked, stored, and only then anybody else's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from msgspec import Struct

from juncture.web.access.errors import NotAllowed, NotFound, Refused, SignInNeeded
from juncture.web.access.sockets import Seated, viewer_at
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.postmortems.live_text import rows
from juncture.web.postmortems.live_text.document import Forged, LiveDocument
from juncture.web.postmortems.models import LiveText, Postmortem, Section

_LEFT_AFTER = timedelta(seconds=15)
"""A room settles what was typed within seconds: what is older was left by a process that died."""


class Live(Struct):
    """A live text in the memory of one process, and the number up to which it has it."""

    postmortem: int
    epoch: str
    number: int
    document: LiveDocument


class Sent(Struct, frozen=True):
    """An update as an editor sent it: from which of the seats in the room, who sits there, and its bytes."""

    seat: int
    who: Seated
    update: bytes


class Refusal(Struct, frozen=True):
    """Why a seat's updates are not taken: its sentence, and whether it is its right (else what it sent)."""

    seat: int
    why: Refused | Forged


class Taken(Struct, frozen=True):
    """What became of a batch: updates of other processes that came before it, its own with their seats, and who was refused."""

    others: list[bytes]
    own: list[tuple[int, bytes]]
    refused: list[Refusal]


def enter(who: Seated, postmortem_id: str) -> tuple[Viewer, int]:
    """Return the viewer who opens an editor, and the key of the postmortem. Raises SignInNeeded, NotAllowed, NotFound."""
    viewer = viewer_at(who)
    require_author(viewer, "write")
    row = Postmortem.objects.visible_to(viewer).only("pk").filter(public_id=postmortem_id).first()
    if row is None:
        raise NotFound
    return viewer, row.pk


def require_still(who: Seated, postmortem: int) -> Viewer:
    """Return who sits there, if they may write on a postmortem now. Raises SignInNeeded, NotAllowed, NotFound."""
    viewer = viewer_at(who)
    if not viewer.known:
        raise SignInNeeded("You are signed out. Sign in again; your words stay here.")
    if not viewer.may_write:
        raise NotAllowed("Your role only reads by now. Copy your last words from here.")
    if not Postmortem.objects.visible_to(viewer).filter(pk=postmortem).exists():
        raise NotFound("This postmortem is not open to you any more. Copy your last words from here.")
    return viewer


def open_live(postmortem: int) -> Live:
    """Return the live text of a postmortem, made of its sections where it is the first time. For rooms, which know who asks."""
    with transaction.atomic():
        Postmortem.objects.get_queryset().select_for_update(no_key=True).only("pk").get(pk=postmortem)
        row = rows.live_row(postmortem) or rows.begin(postmortem)
        document = rows.load(row)
        if row.number - row.snapshot_number > rows.MANY_UPDATES:
            rows.shrink(row, document)
    return Live(postmortem, row.epoch, row.number, document)


def take_in(live: Live, batch: Sequence[Sent]) -> Taken:
    """Store what editors sent, in this order, and what it makes of the document. Durable when it returns.

    An empty batch brings in what others stored. Who may not write any more is refused, and so is what no editor sends; the rest
    is taken. Raises LiveTextGone where the document was made anew. Whatever is raised, `live` has to be opened again.
    """
    refused: dict[int, Refusal] = {}
    told = live.document.state()
    while True:
        try:
            return _take_in(live, batch, refused, told)
        except _Spoilt as spoilt:
            refused[spoilt.seat] = Refusal(spoilt.seat, spoilt.why)
            _open_again(live, LiveText.objects.get(pk=live.postmortem))


def settle_live(postmortem: int) -> None:
    """Derive the sections' Markdown from what was typed; make the snapshot anew where many updates stand behind it."""
    with transaction.atomic():
        row = Postmortem.objects.get_queryset().select_for_update(no_key=True).only("pk", "incident_id").get(pk=postmortem)
        live = rows.live_row(postmortem)
        if live is None:
            return
        document = rows.settle(live, row)
        if live.number - live.snapshot_number > rows.MANY_UPDATES:
            rows.shrink(live, document)


def settle_text(viewer: Viewer, postmortem_id: str) -> None:
    """Derive the Markdown of a postmortem that the viewer is about to read. Raises NotFound, NotAllowed."""
    require_author(viewer, "write")
    row = Postmortem.objects.visible_to(viewer).only("pk").filter(public_id=postmortem_id).first()
    if row is None:
        raise NotFound
    settle_live(row.pk)


def settle_next() -> bool:
    """Settle one live text whose process died before it could; return whether there was one. For the worker."""
    quiet = LiveText.objects.filter(settled_number__lt=F("number"), typed_at__lt=timezone.now() - _LEFT_AFTER)
    left = quiet.values_list("pk", flat=True).first()
    if left is not None:
        settle_live(left)
    return left is not None


def numbers_of(postmortems: Collection[int]) -> dict[int, int]:
    """Return the number of the last update of each live text."""
    return dict(LiveText.objects.filter(pk__in=postmortems).values_list("pk", "number"))


class LiveTextGone(Exception):  # noqa: N818 - it names what happened to it
    """The live text was made anew, as a restored backup does: nothing of the old one may be merged into it."""


class _Spoilt(Exception):  # noqa: N818 - it names what the document is
    def __init__(self, seat: int, why: Forged) -> None:
        super().__init__(str(why))
        self.seat = seat
        self.why = why


def _take_in(live: Live, batch: Sequence[Sent], refused: dict[int, Refusal], told: bytes) -> Taken:
    with transaction.atomic():
        row = rows.live_row(live.postmortem)
        if row is None or row.epoch != live.epoch:
            raise LiveTextGone
        others = _catch_up(live, row, told)
        for section in Section.objects.filter(postmortem=live.postmortem).values_list("pk", flat=True):
            live.document.add_section(section)
        for who in {(one.seat, one.who) for one in batch if one.seat not in refused}:
            try:
                require_still(who[1], live.postmortem)
            except Refused as error:
                refused[who[0]] = Refusal(who[0], error)
        typed: list[rows.Typed] = []
        own: list[tuple[int, bytes]] = []
        for sent in batch:
            if sent.seat in refused:
                continue
            try:
                made = live.document.integrate(sent.update)
            except Forged as error:
                raise _Spoilt(sent.seat, error) from None
            if made is not None:
                typed.append(rows.Typed(made, sent.who.person))
                own.append((sent.seat, made.update))
        if typed:
            rows.append(row, typed)
    live.number = row.number
    return Taken(others, own, list(refused.values()))


def _catch_up(live: Live, row: LiveText, told: bytes) -> list[bytes]:
    """Bring the document to what its rows tell; return what those who were told of the state `told` have to be told."""
    if live.number == row.number:
        return [] if live.document.state() == told else [live.document.missing_in(told)]
    later = [bytes(one.update) for one in rows.since(row.pk, live.number)]
    if len(later) == row.number - live.number and live.document.state() == told:
        for update in later:
            live.document.integrate(update)
        live.number = row.number
        return later
    _open_again(live, row)
    return [live.document.missing_in(told)]


def _open_again(live: Live, row: LiveText) -> None:
    live.document, live.number = rows.load(row), row.number
