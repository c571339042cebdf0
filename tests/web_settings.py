"""The settings under which tests run: a folder of their own, a key of their own, and the database that JUNCTURE_TEST_DATABASE names.

`sqlite` (default), or a PostgreSQL address. A database of the name `test_…` is made and dropped.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("JUNCTURE_DATA", tempfile.mkdtemp(prefix="juncture-tests-"))
if os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite":
    os.environ["JUNCTURE_DATABASE_URL"] = os.environ["JUNCTURE_TEST_DATABASE"]

from juncture.web.settings import *  # noqa: F403
from juncture.web.settings import DATA, DATABASES, INSTALLED_APPS, MIDDLEWARE  # noqa: F401

SECRET_KEY = "only for tests, where nothing is worth signing"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
Path(DATA).mkdir(parents=True, exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / f"test-{os.getpid()}.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
