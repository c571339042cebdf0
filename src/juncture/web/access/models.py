"""Sessions, one-time links and API tokens, of which only digests are stored; codes that were used; what signing in asks for."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser that has signed in, or is about to. `session_key` is the digest of what its cookie holds."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions")
    agent = models.CharField(max_length=300, blank=True)
    host = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    must_enrol = models.BooleanField(default=False)
    """Whether it may do nothing but set up a second factor, since everybody needs one."""


class SignInPolicy(models.Model):
    """What signing in asks of everybody: one row, or none while nobody has chosen."""

    second_factor_required = models.BooleanField(default=False)


class UsedCode(models.Model):
    """A time-based code that was taken, by the number of its half minute: none is taken twice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    counter = models.BigIntegerField()

    class Meta:
        """Once each."""

        constraints = (models.UniqueConstraint(fields=("user", "counter"), name="code_taken_once"),)


class OneTimeLink(models.Model):
    """A link that works once: to become the first administrator, to join, to set a new password, or to sign in."""

    class Purpose(models.TextChoices):
        """What the link is for."""

        FIRST_ADMINISTRATOR = "first_administrator"
        SIGN_IN = "sign_in"
        INVITATION = "invitation"
        RESET = "reset"

    purpose = models.CharField(max_length=30, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A person's token for the API: scoped, expiring, shown once."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=100, blank=True)
    scope = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class SignInAttempt(models.Model):
    """One try to sign in, kept for ten minutes."""

    email = models.CharField(max_length=254, db_index=True)
    host = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(auto_now_add=True)
