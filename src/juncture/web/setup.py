"""Set Django up for one of the program's own processes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def set_up(data: Path) -> None:
    """Point Django at a data folder, make the folder and its secret key if they are not there, and load the apps."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["JUNCTURE_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juncture.web.settings")
    _ensure_key(data / "secret.key")
    import django  # noqa: PLC0415 - not before the environment is set

    django.setup()


def migrate() -> None:
    """Bring the database to the form of this version."""
    from django.core.management import call_command  # noqa: PLC0415 - not before set_up

    call_command("migrate", interactive=False, verbosity=0)


def _ensure_key(path: Path) -> None:
    if "JUNCTURE_SECRET_KEY_FILE" in os.environ or path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
