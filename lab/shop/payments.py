"""The payments service: asks the card provider, with a token that it fetches now and then."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request

from prometheus_client import Counter, Gauge

from .log import Log
from .settings import Settings

CHARGES = Counter("payments_charges", "Charges by what the provider said.", ["service", "outcome"])
TOKEN_AGE = Gauge("payments_token_age_seconds", "Age of the provider's token.", ["service"])


class Declined(Exception):  # noqa: N818 - it says what was met
    """The provider refused; the text is its reason."""


class Payments:
    """Charges cards; one instance a process. Its token lives in memory."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self._settings = settings
        self._log = log
        self._lock = threading.Lock()
        self._token = ""
        self._fetched_at = 0.0
        for outcome in ("ok", "refused"):
            CHARGES.labels(settings.service, outcome)
        TOKEN_AGE.labels(settings.service).set_function(lambda: time.time() - (self._fetched_at or time.time()))

    def answer(self, route: str, query: dict[str, str]) -> dict[str, object]:
        """Answer the only route, /charge."""
        if route != "/charge":
            raise LookupError(route)
        try:
            self._call(f"/charge?token={self._current_token()}&cents={query.get('cents', '0')}")
        except urllib.error.HTTPError as error:
            CHARGES.labels(self._settings.service, "refused").inc()
            reason = error.read().decode(errors="replace")
            self._log.write("error", f"provider refused charge: HTTP {error.code} {reason}")
            raise Declined(f"provider answered {error.code}") from error
        CHARGES.labels(self._settings.service, "ok").inc()
        return {"charged": True}

    def _current_token(self) -> str:
        with self._lock:
            if not self._token or time.time() - self._fetched_at > self._settings.token_refresh:
                self._token = str(self._call("/token")["token"])
                self._fetched_at = time.time()
                self._log.write("info", f"provider token fetched, next in {self._settings.token_refresh:.0f}s")
            return self._token

    def _call(self, path: str) -> dict[str, object]:
        with urllib.request.urlopen(self._settings.provider_url + path, timeout=2.5) as response:
            answer: dict[str, object] = json.load(response)
            return answer
