"""Sessions in the database, each row under the digest of its key: who reads the table can open nobody's session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from juncture.web.access.digests import digest_of
from juncture.web.access.models import Session

AGENT, HOST = "agent", "host"
"""Names under which a session holds what its browser calls itself, and where it signed in from."""
_SEEN_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's store with a digest for a key. `row` is what was read of it, None before."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this key."""
        return Session.objects.filter(pk=digest_of(session_key)).exists()

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        """Write the session. One that was ended meanwhile is not brought back: Raises UpdateError."""
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # of SessionBase
        try:
            with transaction.atomic():
                if must_create:
                    row.save(force_insert=True)
                else:
                    row.save(update_fields=["session_data", "expire_date", "user", "agent", "host"])
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:
                raise UpdateError from None
            raise
        self.row = row if must_create else self.row

    def delete(self, session_key: str | None = None) -> None:
        """End the session of a key, by default this one."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=digest_of(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for what the session holds."""
        person = data.get(SESSION_KEY)
        return Session(
            session_key=digest_of(self.session_key or ""),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=int(person) if person else None,
            agent=str(data.get(AGENT, ""))[:300],
            host=str(data.get(HOST, ""))[:64],
        )

    def _get_session_from_db(self) -> Session | None:
        self.row = Session.objects.filter(pk=digest_of(self.session_key or ""), expire_date__gt=timezone.now()).first()
        if self.row is None:
            self._session_key = None
        return self.row


def note_seen(row: Session) -> None:
    """Write that a session is in use, once in five minutes."""
    now = timezone.now()
    if row.seen_at < now - _SEEN_EVERY:
        Session.objects.filter(pk=row.pk).update(seen_at=now)
