"""Settings of the web application, all from the environment; importable without a database or a secret.

`docs/settings.md` names every variable. `juncture serve` sets them for the processes that it starts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

DATA = Path(os.environ.get("JUNCTURE_DATA", "juncture-data")).absolute()
"""The data folder: SQLite database, artefacts, secret key."""


def _secret_key() -> str:
    """Return the key from JUNCTURE_SECRET_KEY_FILE or the data folder, empty where there is none: Django then signs nothing."""
    path = Path(os.environ.get("JUNCTURE_SECRET_KEY_FILE", DATA / "secret.key"))
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _database(url: str) -> dict[str, Any]:
    """Return Django's settings for `postgresql://user:password@host:port/name`, or for SQLite in the data folder if empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "juncture.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                # What is erased is overwritten, not only forgotten.
                " PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


PUBLIC_URL = os.environ.get("JUNCTURE_URL", "").rstrip("/")
"""The address that people use, `https://postmortems.example.com`; empty while it is served on this machine alone."""

SECRET_KEY = _secret_key()
DEBUG = False
BOUND_HOST = os.environ.get("JUNCTURE_HOST", "")
"""The address that the web process is bound to."""
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, [urlsplit(PUBLIC_URL).hostname, BOUND_HOST])]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "allauth.account",
    "allauth.mfa",
    "juncture.web.people",
    "juncture.web.access",
    "juncture.web.journal",
    "juncture.web.incidents",
    "juncture.web.evidence",
    "juncture.web.timeline",
    "juncture.web.postmortems",
    "juncture.web.actions",
    "juncture.web.library",
    "juncture.web.pages",
]
MIDDLEWARE = [
    "juncture.web.access.hosting.OutermostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "juncture.web.access.hosting.SizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "juncture.web.access.middleware.ViewerMiddleware",
    "juncture.web.journal.watching.OpeningMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "juncture.web.urls"
WSGI_APPLICATION = "juncture.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "juncture.web.pages.context.for_all_pages",
            ],
        },
    },
]
DATABASES = {"default": _database(os.environ.get("JUNCTURE_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
MFA_ADAPTER = "juncture.web.access.adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_ENGINE = "juncture.web.access.sessions"
SESSION_COOKIE_NAME = "juncture_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "juncture.web.access.refusals.forged"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31536000 if SESSION_COOKIE_SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = os.environ.get("JUNCTURE_BEHIND_PROXY") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "static/"
STATIC_ROOT = None
STATICFILES_DIRS = [("document", Path(__file__).parents[1] / "document" / "html" / "assets")]
"""The exported file and the pages share their style."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "juncture.web.evidence.uploads.Whole",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "juncture.web.evidence.uploads.OnDisk",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
"""Bytes of one pasted text or form; files are streamed and have a limit of their own (JUNCTURE_UPLOAD_LIMIT_MB)."""
DATA_UPLOAD_MAX_NUMBER_FILES = 5000
UPLOAD_LIMIT = int(os.environ.get("JUNCTURE_UPLOAD_LIMIT_MB", "2048")) * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "juncture.web.access.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # What a person mistyped is told to that person, not to whoever runs the server.
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("JUNCTURE_LOG_LEVEL", "WARNING")},
}
