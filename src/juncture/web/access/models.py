"""One-time links and API tokens. Only digests are stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class OneTimeLink(models.Model):
    """A link that works once: to become the first administrator, or to sign in as one person."""

    class Purpose(models.TextChoices):
        """What the link is for."""

        FIRST_ADMINISTRATOR = "first_administrator"
        SIGN_IN = "sign_in"

    purpose = models.CharField(max_length=30, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A person's token for the API: scoped, expiring, shown once."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    scope = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()


class SignInAttempt(models.Model):
    """One try to sign in, kept for ten minutes."""

    email = models.CharField(max_length=254, db_index=True)
    host = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(auto_now_add=True)
