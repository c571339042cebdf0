"""JSON lines: every request that failed or was slow, one in some of the rest."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

from .settings import Settings


class Log:
    """Appends to the file that the settings name; safe from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def write(self, level: str, message: str, **fields: object) -> None:
        """One line. Times are UTC with milliseconds."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {
            self._settings.log_time_key: now,
            "level": level,
            "service": self._settings.service,
            "version": self._settings.version,
            "msg": message,
            **fields,
        }
        with self._lock, self._settings.log_path.open("a") as sink:
            sink.write(json.dumps(line) + "\n")
