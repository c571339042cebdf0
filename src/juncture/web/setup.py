"""Set Django up for one of the program's own processes."""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from juncture.model.errors import BadEvidence

_FORMER_APPS = frozenset({"sessions"})
"""Apps that an earlier version had and this one has not: 0.1.0 kept its sessions in Django's."""
_LOCK = 0x6A756E63
"""The number of our advisory lock on PostgreSQL: `junc`."""


def set_up(data: Path) -> None:
    """Point Django at a data folder, make the folder and its secret key if they are not there, and load the apps.

    Raises BadEvidence where the folder cannot be made or written to.
    """
    os.environ["JUNCTURE_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juncture.web.settings")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _ensure_key(data / "secret.key")
        _ensure_writable(data)
    except OSError as error:
        what = f"the data folder cannot be used: {error.strerror or error}"
        raise BadEvidence(str(data), what, "Choose another with --data, or make room and give the right to write") from None
    import django  # noqa: PLC0415 - not before the environment is set

    django.setup()


def migrate() -> None:
    """Bring the database to the form of this version.

    Raises BadEvidence, in a sentence, where it cannot be opened, or where a newer version has been at it.
    """
    from django.core.management import call_command  # noqa: PLC0415 - not before set_up
    from django.db import DatabaseError, connection  # noqa: PLC0415 - the same

    from juncture.web.access.trouble import sentence_for  # noqa: PLC0415 - the same
    from juncture.web.journal.append_only import guard  # noqa: PLC0415 - the same

    try:
        with _alone():
            _refuse_newer()
            call_command("migrate", interactive=False, verbosity=0)
            guard(connection)
    except DatabaseError as error:
        raise BadEvidence("database", str(error).strip().splitlines()[0], sentence_for(error) or "") from None


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process brings this database to another form, and keep others waiting."""
    from django.conf import settings  # noqa: PLC0415 - not before set_up
    from django.db import connection  # noqa: PLC0415 - the same

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            if connection.is_usable():  # else its end has freed the lock
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with _alone_in(settings.DATA):
        yield


@contextmanager
def _alone_in(data: Path) -> Iterator[None]:
    with (data / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # freed with the file
        yield


def _refuse_newer() -> None:
    from django.db import connection  # noqa: PLC0415 - not before set_up
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 - the same

    loader = MigrationLoader(connection)
    applied = {(app, name) for app, name in loader.applied_migrations or () if app not in _FORMER_APPS}
    unknown = sorted(applied - set(loader.disk_migrations or ()))
    if unknown:
        app, name = unknown[-1]
        raise BadEvidence(
            "database",
            f"a newer version of Juncture has changed it ({app}.{name})",
            "Install that version, or restore a backup",
        )


def _ensure_writable(data: Path) -> None:
    # By writing: rights alone do not tell of a file system that is full or mounted for reading.
    with tempfile.NamedTemporaryFile(dir=data, prefix=".writable-") as file:
        file.write(b"written\n")
        file.flush()


def _ensure_key(path: Path) -> None:
    if "JUNCTURE_SECRET_KEY_FILE" in os.environ or path.exists():
        return
    with _alone_in(path.parent):
        if path.exists():
            return
        # Whole or not at all: another process reads it as soon as it is there.
        new = path.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        new.replace(path)
