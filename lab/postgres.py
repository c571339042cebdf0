"""A PostgreSQL cluster of its own in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from lab.processes import Processes, StackFailed, free_port, wait_for
from lab.programs import Programs

CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 80
shared_buffers = 32MB
fsync = off
jit = off
timezone = 'UTC'
log_timezone = '{log_timezone}'
log_line_prefix = '{log_line_prefix}'
log_lock_waits = on
deadlock_timeout = 1s
log_min_duration_statement = 1500
log_checkpoints = on
log_connections = off
"""


@dataclass(frozen=True)
class Cluster:
    """Where the running cluster answers. Authentication is trust: it listens on 127.0.0.1 only."""

    port: int
    database: str
    owner: str
    log: Path

    def dsn(self, application: str, user: str | None = None) -> str:
        """Give a libpq connection string."""
        return (
            f"host=127.0.0.1 port={self.port} dbname={self.database} user={user or self.owner} "
            f"application_name={application} connect_timeout=5"
        )

    def environment(self) -> dict[str, str]:
        """Give the variables with which a bare `psql` reaches the database."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self.owner,
            "PGCONNECT_TIMEOUT": "10",
        }


def start_cluster(
    programs: Programs,
    processes: Processes,
    folder: Path,
    *,
    database: str,
    owner: str,
    roles: list[str],
    log_timezone: str,
    log_line_prefix: str,
) -> Cluster:
    """Make and start a cluster below `folder` with `database`, its superuser `owner` and login `roles`.

    Raises:
        StackFailed: when initdb fails or the server does not answer within a minute.

    """
    folder.mkdir()
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    made = subprocess.run(
        [programs.initdb, "-D", data, "-U", owner, "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True,
        text=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd=folder,
        check=False,
    )
    if made.returncode:
        raise StackFailed(f"initdb failed: {made.stderr.strip().splitlines()[-1]}")
    port = free_port()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION.format(port=port, log_timezone=log_timezone, log_line_prefix=log_line_prefix))
    processes.start("postgres", [programs.postgres, "-D", data], folder=folder, user=user, stop_with=signal.SIGINT)
    administrator = f"host=127.0.0.1 port={port} dbname=postgres user={owner} connect_timeout=5"
    wait_for("PostgreSQL", lambda: _answers(administrator), 60)
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        for role in roles:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN IN ROLE pg_read_all_data, pg_monitor").format(sql.Identifier(role))
            )
    return Cluster(port, database, owner, processes.output("postgres"))


def _answers(dsn: str) -> bool:
    try:
        with psycopg.connect(dsn) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False
