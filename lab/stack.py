"""Everything that runs during a recording, started in order."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from lab.journal import Journal
from lab.load import Measurement, read_measurements
from lab.monitoring import AlertPlan, Monitoring, start_monitoring
from lab.pager import Delivery, Pager
from lab.people import Person
from lab.postgres import Cluster, start_cluster
from lab.processes import Processes, free_port, wait_for
from lab.programs import Programs
from lab.repository import Repository
from lab.scene import Scene

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class StackPlan:
    """What a fault needs of the system. Durations in seconds."""

    alerts: AlertPlan
    settings: dict[str, int]
    reporting_user: str = "reporting"
    token_lifetime: float = 3600.0
    charge_seconds: float = 0.08
    cache_expires_in: float = 7200.0


@dataclass
class Stack:
    """The running system."""

    folder: Path
    home: Path
    processes: Processes
    cluster: Cluster
    monitoring: Monitoring
    repository: Repository
    pager: Pager
    web_port: int

    def set_rate(self, per_second: float) -> None:
        """How many requests a second the users send from now on."""
        _replace(self.folder / "rate", str(per_second))

    def set_pace(self, seconds: float) -> None:
        """How long the card provider takes for a charge from now on."""
        _replace(self.folder / "pace", str(seconds))

    def cache_expires_at(self) -> float:
        """When the catalogue cache ends, in epoch seconds."""
        with psycopg.connect(self.cluster.dsn("lab")) as connection:
            row = connection.execute("SELECT extract(epoch FROM expires_at)::float FROM catalogue_cache").fetchone()
        assert row is not None
        return float(row[0])

    def start_load(self, per_second: float, seed: int) -> None:
        """Let the users in."""
        self.set_rate(per_second)
        self.processes.start(
            "load",
            [
                sys.executable, "-m", "lab.load", f"http://127.0.0.1:{self.web_port}",
                self.folder / "load.jsonl", self.folder / "rate", str(seed),
            ],
            folder=ROOT,
        )  # fmt: skip

    def measurements(self) -> list[Measurement]:
        """Give what the users felt so far."""
        return read_measurements(self.folder / "load.jsonl")

    def shell_environment(self) -> dict[str, str]:
        """Give what a responder's shell on the operations host has set."""
        return {
            **self.cluster.environment(),
            "SHOP_HOME": str(self.home),
            "ALERTING": str(self.monitoring.folder),
            "PROMETHEUS": self.monitoring.prometheus,
            "ALERTMANAGER": self.monitoring.alertmanager,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_PAGER": "cat",
            "PAGER": "cat",
            "TZ": "UTC",
        }

    def start_command(self, command: str, person: Person, name: str) -> subprocess.Popen[bytes]:
        """Run a shell command as a responder in the background; what it prints goes to a log of its own."""
        return self.processes.start(
            f"task-{name}",
            ["bash", "-c", command],
            environment={**self.shell_environment(), "DEPLOY_USER": person.handle},
            folder=self.repository.folder,
        )

    def run_command(self, command: str, person: Person, seconds: float = 60) -> str:
        """Run a shell command as a responder and return what it printed, errors included."""
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self.repository.folder,
            env={**os.environ, **self.shell_environment(), "DEPLOY_USER": person.handle},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
        return output


@contextlib.contextmanager
def running_stack(
    programs: Programs,
    *,
    scene: Scene,
    plan: StackPlan,
    journal: Journal,
    announce: Callable[[Delivery], None],
    make_repository: Callable[[Path], Repository],
) -> Iterator[Stack]:
    """Start the system in a temporary folder; at the end, whatever happened, end all of it and remove the folder."""
    folder = Path(tempfile.mkdtemp(prefix="juncture-lab-"))
    folder.chmod(0o755)
    logs, home = folder / "logs", folder / "home"
    logs.mkdir()
    home.mkdir()
    pager: Pager | None = None
    try:
        with Processes(logs) as processes:
            pager = Pager(free_port(), folder / "alertmanager", journal, announce)
            cluster = start_cluster(
                programs,
                processes,
                folder / "postgres",
                database=scene.database,
                owner=scene.database_owner,
                roles=[plan.reporting_user],
                log_timezone=scene.log_timezone,
                log_line_prefix=scene.log_line_prefix,
            )
            _create_schema(cluster, plan)
            repository = make_repository(folder / "repository")
            web_port = _start_shop(processes, home, scene, plan, cluster, repository)
            exporter_port = free_port()
            processes.start(
                "exporter",
                [sys.executable, "-m", "lab.exporter", str(exporter_port), cluster.dsn("postgres_exporter")],
                folder=ROOT,
            )
            monitoring = start_monitoring(
                programs,
                processes,
                folder / "monitoring",
                scene=scene,
                plan=plan.alerts,
                targets={
                    scene.web: web_port,
                    scene.payments: int((home / f"{scene.payments}.port").read_text()),
                    "postgres": exporter_port,
                },
                pager_port=pager.port,
            )
            yield Stack(folder, home, processes, cluster, monitoring, repository, pager, web_port)
    finally:
        if pager is not None:
            pager.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _create_schema(cluster: Cluster, plan: StackPlan) -> None:
    with psycopg.connect(cluster.dsn("setup"), autocommit=True) as connection:
        connection.execute((ROOT / "lab" / "shop" / "schema.sql").read_text().encode())
        connection.execute("INSERT INTO schema_migrations VALUES ('0001_schema.sql', now() - interval '90 days')")
        connection.execute(
            "INSERT INTO catalogue_cache SELECT 'catalogue', build_catalogue('name'), now() + make_interval(secs => %s)",
            (plan.cache_expires_in,),
        )
        connection.execute("ANALYZE")


def _start_shop(
    processes: Processes, home: Path, scene: Scene, plan: StackPlan, cluster: Cluster, repository: Repository
) -> int:
    """Start provider, payments and web from the released version; returns the web service's port."""
    provider_port = free_port()
    (home.parent / "pace").write_text(str(plan.charge_seconds))
    processes.start(
        "provider",
        [sys.executable, "-m", "lab.provider", str(provider_port), str(plan.token_lifetime), home.parent / "pace"],
        folder=ROOT,
    )
    version = scene.version()
    release = home / "releases" / version
    release.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "archive", f"build-{version}"], cwd=repository.folder, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", release], input=archive, check=True)
    (release / "VERSION").write_text(version + "\n")
    (home / "app.log").touch()
    (home / "deploys.jsonl").touch()
    ports = {scene.web: free_port(), scene.payments: free_port()}
    for service, role in ((scene.payments, "payments"), (scene.web, "web")):
        (home / f"current-{service}").symlink_to(Path("releases") / version)
        (home / f"{service}.port").write_text(str(ports[service]))
        process = processes.start(
            service,
            [sys.executable, "-m", "shop"],
            folder=release,
            environment={
                "SHOP_ROLE": role,
                "SHOP_SERVICE": service,
                "SHOP_PORT": str(ports[service]),
                "SHOP_DSN": cluster.dsn(service),
                "SHOP_LOG": str(home / "app.log"),
                "SHOP_LOG_TIME_KEY": scene.log_time_key,
                "SHOP_CURRENT": str(home / f"current-{service}"),
                "PAYMENTS_URL": f"http://127.0.0.1:{ports[scene.payments]}",
                "PROVIDER_URL": f"http://127.0.0.1:{provider_port}",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        (home / f"{service}.pid").write_text(str(process.pid))
    for service, port in ports.items():
        wait_for(service, partial(_listens, port), 60)
    return ports[scene.web]


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: others read it at any moment."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def _listens(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
