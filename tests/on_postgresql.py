"""Runs the tests that touch SQL once more, on PostgreSQL where a server is found.

The server is the one that JUNCTURE_TEST_POSTGRESQL names, else one on 127.0.0.1:5432 that lets `postgres` in without a password.
With `postgresql` in JUNCTURE_REQUIRE a missing server fails instead of being named.
"""

import os
import subprocess
import sys

import psycopg

DEFAULT = "postgresql://postgres@127.0.0.1:5432/postgres"


def main():
    url = os.environ.get("JUNCTURE_TEST_POSTGRESQL", DEFAULT)
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        print(f"PostgreSQL: no server at {url.rpartition('@')[2]} ({reason}); its tests did not run.")
        return 1 if "postgresql" in os.environ.get("JUNCTURE_REQUIRE", "") else 0
    command = [sys.executable, "-m", "pytest", "-q", "tests/web", "-m", "not browser and not long", "-p", "no:cacheprovider"]
    return subprocess.run(command, env=os.environ | {"JUNCTURE_TEST_DATABASE": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
