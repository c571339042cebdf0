"""Brute force: how many sign-ins may fail."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from juncture.web.access.alone import alone
from juncture.web.access.digests import digest_of
from juncture.web.access.models import SignInAttempt

WINDOW = timedelta(minutes=10)
MOST_PER_ADDRESS = 10
MOST_PER_HOST = 60
_LONGEST = 200


def allow_attempt(key: str, host: str) -> bool:
    """Count a try, and return whether it may go on: ten in ten minutes for a key, sixty from one host.

    A key is what is guessed at, by its kind: `address:ana@example.org`, `code:7`, so that no address can be taken for a code.
    """
    key = _kept(key)
    since = timezone.now() - WINDOW
    # Counted and written by one at a time: else tries at the same moment would all count what was before them.
    with alone("count a try"):
        SignInAttempt.objects.filter(at__lt=since).delete()
        recent = SignInAttempt.objects.filter(at__gte=since)
        if recent.filter(email=key).count() >= MOST_PER_ADDRESS or recent.filter(host=host[:64]).count() >= MOST_PER_HOST:
            return False
        SignInAttempt.objects.create(email=key, host=host[:64])
    return True


def forgive(key: str) -> None:
    """Forget the tries of a key: it was opened by who may."""
    SignInAttempt.objects.filter(email=_kept(key)).delete()


def _kept(key: str) -> str:
    return key.lower() if len(key) <= _LONGEST else f"{key[:100].lower()}#{digest_of(key.lower())}"
