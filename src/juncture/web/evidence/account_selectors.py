"""Read accounts: one's own, and that there are released ones."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Subquery
from msgspec import Struct

from juncture.evidence.accounts import entries
from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import Account
from juncture.web.evidence.remembering import terms_of
from juncture.web.evidence.ring import is_in_ring, row_for_accounts
from juncture.web.incidents.models import Incident, IncidentPerson
from juncture.web.postmortems.models import Postmortem


class Understood(Struct, frozen=True):
    """A time that was understood in an account: the words that say it, the stretch, and what is remembered of it."""

    words: str
    earliest: datetime
    latest: datetime
    text: str


class AccountView(Struct, frozen=True):
    """One's own account. Once released its text is an artefact's, and `text` is empty."""

    id: str
    incident: str
    text: str
    speaker: str
    day: dt.date | None
    timezone: str
    version: int
    changed_at: datetime
    released_at: datetime | None
    artefact: str | None


class Released(Struct, frozen=True):
    """That somebody's account was released: how they are named, when, and its artefact."""

    speaker: str
    released_at: datetime
    digits: str
    own: bool


class Awaited(Struct, frozen=True):
    """An account that waits for its author: begun and not released, or of an incident to which somebody added them."""

    title: str
    name: str
    account: str | None
    """The id of the one that was begun; None: none was."""
    incident: str
    at: datetime
    """When it was changed, or its incident declared."""


def awaited_accounts(viewer: Viewer, *, limit: int) -> list[Awaited]:
    """Return the accounts that wait for a viewer, whatever their role: first what was begun, then what they were added for.

    An incident stops asking once they wrote one, or once its postmortem is published.
    """
    if not viewer.known:
        return []
    own = Account.objects.written_by(viewer).filter(incident=OuterRef("pk"))
    begun = own.filter(released_at__isnull=True).order_by("-changed_at")
    added = Exists(IncidentPerson.objects.filter(user=viewer.user_id, incident=OuterRef("pk")))
    published = Exists(Postmortem.objects.get_queryset().filter(incident=OuterRef("pk"), published_number__gt=0))
    may_go_on = Q(begun__isnull=False) if viewer.may_write else Q(added, begun__isnull=False)
    waiting = (
        Incident.objects.visible_to(viewer)
        .annotate(begun=Subquery(begun.values("public_id")[:1]), changed=Subquery(begun.values("changed_at")[:1]))
        .filter(may_go_on | Q(added, ~Exists(own), ~published))
        .order_by(F("changed").desc(nulls_last=True), "-pk")
    )
    columns = ("title", "public_id", "begun", "changed", "created_at")
    return [
        Awaited(title, f"INC-{incident[:8]}", account, incident, changed or created)
        for title, incident, account, changed, created in waiting.values_list(*columns)[:limit]
    ]


def own_accounts(viewer: Viewer, incident_id: str) -> list[AccountView]:
    """Return the viewer's own accounts of an incident. Raises NotFound, NotAllowed."""
    row = row_for_accounts(viewer, incident_id)
    return [_view(account) for account in Account.objects.written_by(viewer).filter(incident=row).select_related("incident")]


def own_account(viewer: Viewer, account_id: str) -> AccountView:
    """Return one of the viewer's own accounts. Raises NotFound for everybody else's."""
    return _view(_row(viewer, account_id))


def understood_in(viewer: Viewer, account_id: str) -> list[Understood]:
    """Return the times that are understood in one's own account, in the order of the text. Raises NotFound."""
    row = _row(viewer, account_id)
    found = entries(row.text.splitlines(), terms_of(row))
    return [Understood(one.time.words, one.time.span.earliest, one.time.span.latest, one.text) for one in found]


def released_accounts(viewer: Viewer, incident_id: str) -> tuple[list[Released], bool]:
    """Return the released accounts of an incident, and whether the viewer may open them. Raises NotFound, NotAllowed."""
    row = row_for_accounts(viewer, incident_id)
    found = Account.objects.get_queryset().filter(incident=row, released_at__isnull=False).order_by("released_at")
    told = [
        Released(account.speaker, account.released_at, account.artefact[7:], account.author_id == viewer.user_id)
        for account in found
        if account.released_at
    ]
    return told, is_in_ring(viewer, row)


def _row(viewer: Viewer, account_id: str) -> Account:
    row = Account.objects.written_by(viewer).select_related("incident").filter(public_id=account_id).first()
    if row is None:
        raise NotFound
    row_for_accounts(viewer, row.incident.public_id)
    return row


def _view(row: Account) -> AccountView:
    return AccountView(
        row.public_id,
        row.incident.public_id,
        row.text,
        row.speaker,
        row.day,
        row.zone,
        row.version,
        row.changed_at,
        row.released_at,
        row.artefact or None,
    )
