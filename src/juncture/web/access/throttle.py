"""Brute force: how many sign-ins may fail."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from juncture.web.access.models import SignInAttempt

WINDOW = timedelta(minutes=10)
MOST_PER_ADDRESS = 10
MOST_PER_HOST = 60


def allow_attempt(email: str, host: str) -> bool:
    """Count a try, and return whether it may go on: ten in ten minutes for an address, sixty from one host."""
    since = timezone.now() - WINDOW
    SignInAttempt.objects.filter(at__lt=since).delete()
    recent = SignInAttempt.objects.filter(at__gte=since)
    if recent.filter(email=email.lower()).count() >= MOST_PER_ADDRESS or recent.filter(host=host).count() >= MOST_PER_HOST:
        return False
    SignInAttempt.objects.create(email=email.lower()[:254], host=host[:64])
    return True


def forgive(email: str) -> None:
    """Forget the tries of an address: its person has signed in."""
    SignInAttempt.objects.filter(email=email.lower()[:254]).delete()
