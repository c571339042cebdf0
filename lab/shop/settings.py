"""Settings: what ships with a release (`config/<role>.toml`) and what the machine says (the environment)."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """All that one process of the shop is told. Durations in seconds unless the name says milliseconds."""

    role: str
    service: str
    version: str
    port: int
    dsn: str
    log_path: Path
    log_time_key: str
    payments_url: str
    provider_url: str
    pool_size: int
    pool_timeout: float
    statement_timeout_ms: int
    cache_ttl: float
    payments_timeout: float
    token_refresh: float


def load_settings() -> Settings:
    """Read the release in the current folder and the environment of this process."""
    role = os.environ["SHOP_ROLE"]
    shipped = tomllib.loads(Path(f"config/{role}.toml").read_text())
    database = shipped.get("database", {})
    payments = shipped.get("payments", {})
    return Settings(
        role=role,
        service=os.environ["SHOP_SERVICE"],
        version=Path("VERSION").read_text().strip(),
        port=int(os.environ["SHOP_PORT"]),
        dsn=os.environ["SHOP_DSN"],
        log_path=Path(os.environ["SHOP_LOG"]),
        log_time_key=os.environ.get("SHOP_LOG_TIME_KEY", "ts"),
        payments_url=os.environ.get("PAYMENTS_URL", ""),
        provider_url=os.environ.get("PROVIDER_URL", ""),
        pool_size=int(database.get("pool_size", 4)),
        pool_timeout=float(database.get("pool_timeout_seconds", 2)),
        statement_timeout_ms=int(database.get("statement_timeout_ms", 5000)),
        cache_ttl=float(shipped.get("catalogue", {}).get("cache_ttl_seconds", 300)),
        payments_timeout=float(payments.get("timeout_seconds", 3)),
        token_refresh=float(shipped.get("provider", {}).get("token_refresh_seconds", 120)),
    )
