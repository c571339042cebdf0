"""Real Prometheus and Alertmanager: their configuration, and asking them."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from lab.processes import Processes, free_port, wait_for
from lab.programs import Programs
from lab.scene import Scene

SCRAPE = "3s"

RECORDING = {
    "service:http_requests:rate30s": "sum by (service, code) (rate(http_requests_total[30s]))",
    "service:http_errors:ratio30s": (
        '(sum by (service) (rate(http_requests_total{code=~"5.."}[30s]))'
        " or 0 * sum by (service) (rate(http_requests_total[30s])))"
        " / sum by (service) (rate(http_requests_total[30s]))"
    ),
    "service:http_latency_seconds:p95": (
        "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[30s])))"
    ),
    "service:orders_placed:rate30s": "sum by (service) (rate(orders_placed_total[30s]))",
}
EXPORTED = {
    "request_rate_by_status": "service:http_requests:rate30s",
    "error_ratio": "service:http_errors:ratio30s",
    "latency_p95": "service:http_latency_seconds:p95",
    "orders_placed_per_second": "service:orders_placed:rate30s",
    "orders_placed_total": "orders_placed_total",
    "http_requests_total": "http_requests_total",
    "requests_in_flight": "http_requests_in_flight",
    "db_pool": '{__name__=~"db_pool_.*"}',
    "db_sessions": "pg_stat_activity_count",
    "db_sessions_waiting_for_lock": "pg_locks_waiting",
    "db_oldest_transaction_seconds": "pg_stat_activity_max_tx_duration_seconds",
    "payments_charges_total": "payments_charges_total",
    "payments_token_age_seconds": "payments_token_age_seconds",
    "catalogue_cache_rebuilds_total": "catalogue_cache_rebuilds_total",
    "build_info": "build_info",
    "alerts": "ALERTS",
}


@dataclass(frozen=True)
class AlertPlan:
    """How the alerts of one recording are set: thresholds, patience, and who gets which."""

    error_team: str
    slow_team: str | None
    sustained_team: str | None
    error_ratio: float = 0.05
    slow_seconds: float = 1.6
    hold_seconds: int = 12
    sustained_seconds: int = 75
    repeat: str = "90s"


class Monitoring:
    """The running pair."""

    def __init__(self, prometheus: str, alertmanager: str, folder: Path) -> None:
        self.prometheus = prometheus
        self.alertmanager = alertmanager
        self.folder = folder

    def value(self, query: str) -> float | None:
        """Give the value of an instant query's first series, None where there is none (or it is not a number)."""
        url = f"{self.prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                result = json.load(answer)["data"]["result"]
        except OSError:
            return None
        if not result:
            return None
        value = float(result[0]["value"][1])
        return None if value != value else value

    def query_range(self, query: str, start: float, end: float, step: int) -> bytes:
        """Give the server's answer, as it came."""
        values = {"query": query, "start": f"{start:.0f}", "end": f"{end:.0f}", "step": str(step)}
        url = f"{self.prometheus}/api/v1/query_range?{urllib.parse.urlencode(values)}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            body: bytes = answer.read()
            return body


def start_monitoring(
    programs: Programs,
    processes: Processes,
    folder: Path,
    *,
    scene: Scene,
    plan: AlertPlan,
    targets: dict[str, int],
    pager_port: int,
) -> Monitoring:
    """Start both; `targets` are ports by job name.

    Raises:
        StackFailed: when either is not ready within 90 seconds.

    """
    folder.mkdir()
    prometheus_port, alertmanager_port, cluster_port = free_port(), free_port(), free_port()
    (folder / "alertmanager.yml").write_text(alertmanager_configuration(scene, plan, pager_port))
    (folder / "prometheus.yml").write_text(_prometheus(targets, alertmanager_port))
    (folder / "rules.yml").write_text(json.dumps(rules(scene, plan), indent=1))
    processes.start(
        "alertmanager",
        [
            programs.alertmanager,
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alertmanager-data'}",
            f"--web.listen-address=127.0.0.1:{alertmanager_port}",
            f"--cluster.listen-address=127.0.0.1:{cluster_port}",
            "--cluster.advertise-address=127.0.0.1:1",
            f"--web.external-url={scene.link('alertmanager')}",
        ],
        folder=folder,
    )
    processes.start(
        "prometheus",
        [
            programs.prometheus,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'prometheus-data'}",
            f"--web.listen-address=127.0.0.1:{prometheus_port}",
            f"--web.external-url={scene.link('prometheus')}",
            "--web.route-prefix=/",
        ],
        folder=folder,
    )
    monitoring = Monitoring(f"http://127.0.0.1:{prometheus_port}", f"http://127.0.0.1:{alertmanager_port}", folder)
    wait_for("Prometheus", lambda: _answers(f"{monitoring.prometheus}/-/ready"), 90)
    wait_for("Alertmanager", lambda: _answers(f"{monitoring.alertmanager}/-/ready"), 90)
    return monitoring


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _prometheus(targets: dict[str, int], alertmanager_port: int) -> str:
    jobs = [
        {
            "job_name": job,
            "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            "relabel_configs": [{"target_label": "instance", "replacement": f"{job}-1:9100"}],
        }
        for job, port in targets.items()
    ]
    return json.dumps(
        {
            "global": {"scrape_interval": SCRAPE, "evaluation_interval": SCRAPE, "scrape_timeout": "2500ms"},
            "rule_files": ["rules.yml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager_port}"]}]}]},
            "scrape_configs": jobs,
        },
        indent=1,
    )


def alertmanager_configuration(scene: Scene, plan: AlertPlan, pager_port: int) -> str:
    """By hand, in YAML: responders edit this file with sed."""
    teams = {scene.first_team.name: scene.first_team, scene.right_team.name: scene.right_team}
    lines = [
        "route:",
        f"  receiver: {scene.first_team.receiver}",
        "  group_by: [alertname, service]",
        "  group_wait: 2s",
        "  group_interval: 10s",
        f"  repeat_interval: {plan.repeat}",
        "  routes:",
    ]
    for name, team in teams.items():
        lines += [f'    - matchers: [team="{name}"]', f"      receiver: {team.receiver}"]
    lines += ["receivers:"]
    for team in teams.values():
        lines += [
            f"  - name: {team.receiver}",
            "    webhook_configs:",
            f"      - url: http://127.0.0.1:{pager_port}/hooks/{team.receiver}",
            "        send_resolved: true",
        ]
    return "\n".join(lines) + "\n"


def rules(scene: Scene, plan: AlertPlan) -> dict[str, object]:
    """JSON is YAML; Prometheus reads it."""
    recording = [{"record": name, "expr": expression} for name, expression in RECORDING.items()]
    extra = {"env": scene.environment} if scene.environment else {}
    dashboard = scene.link("grafana") + f"/d/{scene.web}/overview"
    errors = f'service:http_errors:ratio30s{{service="{scene.web}"}} > {plan.error_ratio}'
    alerts: list[dict[str, object]] = [
        {
            "alert": scene.error_alert,
            "expr": errors,
            "for": f"{plan.hold_seconds}s",
            "labels": {**extra, "severity": scene.severity, "team": plan.error_team},
            "annotations": {
                "summary": f"{scene.web}: {{{{ $value | humanizePercentage }}}} of requests fail",
                "description": f"More than {plan.error_ratio:.0%} of {scene.web} requests answered 5xx over 30 s.",
                "dashboard": dashboard,
                "runbook_url": scene.link("wiki") + f"/runbooks/{scene.error_alert.lower()}",
            },
        }
    ]
    if plan.slow_team:
        alerts.append(
            {
                "alert": scene.slow_alert,
                "expr": f'service:http_latency_seconds:p95{{service="{scene.web}"}} > {plan.slow_seconds}',
                "for": f"{plan.hold_seconds + 9}s",
                "labels": {**extra, "severity": "warning", "team": plan.slow_team},
                "annotations": {
                    "summary": f"{scene.web} p95 latency is {{{{ $value | humanizeDuration }}}}",
                    "dashboard": dashboard,
                },
            }
        )
    if plan.sustained_team:
        alerts.append(
            {
                "alert": scene.sustained_alert,
                "expr": errors,
                "for": f"{plan.sustained_seconds}s",
                "labels": {**extra, "severity": "critical", "team": plan.sustained_team},
                "annotations": {
                    "summary": f"{scene.web} has been failing for more than {plan.sustained_seconds} s",
                    "dashboard": dashboard,
                },
            }
        )
    return {
        "groups": [
            {"name": "service", "rules": recording},
            {"name": "alerts", "rules": alerts},
        ]
    }
