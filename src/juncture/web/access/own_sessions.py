"""The sessions of a person: seen, and ended one by one or all but this."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from msgspec import Struct

from juncture.web.access.devices import device
from juncture.web.access.digests import digest_of
from juncture.web.access.errors import NotFound, SignInNeeded
from juncture.web.access.models import Session
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change


class SessionView(Struct, frozen=True):
    """A session as its person sees it. `id` is a digest: it opens nothing."""

    id: str
    device: str
    host: str
    started_at: datetime
    seen_at: datetime
    this: bool


def own_sessions(viewer: Viewer, key: str | None) -> list[SessionView]:
    """Return the viewer's sessions, the one of `key` first, then those used last."""
    this = digest_of(key or "")
    found = [
        SessionView(row.pk, device(row.agent), row.host, row.started_at, row.seen_at, row.pk == this)
        for row in _rows(viewer).order_by("-seen_at")
    ]
    return sorted(found, key=lambda each: not each.this)


def end_session(viewer: Viewer, session: str) -> None:
    """End one of the viewer's sessions at once. Raises NotFound."""
    with transaction.atomic():
        ended, _ = _rows(viewer).filter(pk=session).delete()
        if not ended:
            raise NotFound
        record_change(viewer, action="end", object_kind="session", object_id=session[:12])


def end_other_sessions(viewer: Viewer, key: str | None) -> int:
    """End all of the viewer's sessions but that of `key`; return how many those were."""
    with transaction.atomic():
        ended, _ = _rows(viewer).exclude(pk=digest_of(key or "")).delete()
        if ended:
            record_change(viewer, action="end", object_kind="session", object_id="others", after={"sessions": ended})
    return ended


def _rows(viewer: Viewer) -> QuerySet[Session]:
    if not viewer.known:
        raise SignInNeeded
    return Session.objects.filter(user=viewer.person, expire_date__gt=timezone.now())
