"""The pages: catalogue, orders, checkout."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request

import psycopg
from prometheus_client import Counter

from . import texts
from .log import Log
from .pool import Pool
from .settings import Settings

ORDERS_PLACED = Counter("orders_placed", "Orders that were paid.", ["service"])
CACHE_REBUILDS = Counter("catalogue_cache_rebuilds", "Rebuilds of the catalogue cache.", ["service", "outcome"])

STALE_SECONDS = 8


class PaymentFailed(Exception):  # noqa: N818 - it says what was met
    """The payments service said no, or nothing."""


class NotFound(Exception):  # noqa: N818 - it says what was met
    """There is no such thing."""


class Web:
    """What the web service answers; one instance a process."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self._settings = settings
        self._log = log
        self._pool = Pool(settings.dsn, settings.pool_size, settings.pool_timeout, settings.statement_timeout_ms)
        self._rebuilding = threading.Lock()
        ORDERS_PLACED.labels(settings.service)
        for outcome in ("ok", "failed"):
            CACHE_REBUILDS.labels(settings.service, outcome)

    def answer(self, route: str, query: dict[str, str]) -> dict[str, object]:
        """Give the body for `route`; `query` holds what the caller asked for."""
        if route == "/catalogue":
            return self._catalogue()
        if route == "/orders":
            return self._orders(int(query.get("customer", "0")))
        if route == "/checkout":
            return self._checkout(int(query.get("customer", "1")), int(query.get("product", "1")))
        raise NotFound(route)

    def _catalogue(self) -> dict[str, object]:
        """From the cache in the database. Whoever finds it expired rebuilds it; the others take the old one meanwhile."""
        body, fresh = self._cached()
        if not fresh and self._rebuilding.acquire(blocking=body is None, timeout=2 if body is None else -1):
            try:
                body = self._rebuild()
            except psycopg.Error:
                if body is None:
                    raise
            finally:
                self._rebuilding.release()
        if body is None:
            raise TimeoutError("catalogue cache expired, another request is rebuilding it")
        return {"banner": texts.BANNER, "products": body}

    def _cached(self) -> tuple[object, bool]:
        """Give the cached list, and whether it is fresh; none once it is too old to show."""
        with self._pool.take() as connection:
            row = connection.execute(
                "SELECT body, expires_at > now() FROM catalogue_cache "
                "WHERE name = 'catalogue' AND expires_at > now() - make_interval(secs => %s)",
                (STALE_SECONDS,),
            ).fetchone()
        return (row[0], bool(row[1])) if row else (None, False)

    def _rebuild(self) -> object:
        started = time.monotonic()
        try:
            with self._pool.take() as connection:
                row = connection.execute("SELECT build_catalogue(%s)", (texts.CATALOGUE_ORDER,)).fetchone()
                body = row[0] if row else []
                connection.execute(
                    "INSERT INTO catalogue_cache VALUES ('catalogue', %s, now() + make_interval(secs => %s)) "
                    "ON CONFLICT (name) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at",
                    (json.dumps(body), self._settings.cache_ttl),
                )
        except psycopg.Error as error:
            CACHE_REBUILDS.labels(self._settings.service, "failed").inc()
            seconds = time.monotonic() - started
            self._log.write("error", f"catalogue cache rebuild failed after {seconds:.1f}s: {_line(error)}")
            raise
        CACHE_REBUILDS.labels(self._settings.service, "ok").inc()
        self._log.write("info", f"catalogue cache rebuilt in {time.monotonic() - started:.1f}s")
        return body

    def _orders(self, customer: int) -> dict[str, object]:
        with self._pool.take() as connection:
            if customer == 0:
                raise NotFound("no such customer")
            rows = connection.execute(
                "SELECT o.id, o.placed_at, o.total_cents, count(i.id) FROM orders o "
                "LEFT JOIN order_items i ON i.order_id = o.id LEFT JOIN customers c ON c.id = o.customer_id "
                "WHERE o.customer_id = %s GROUP BY o.id ORDER BY o.placed_at DESC LIMIT 10",
                (customer,),
            ).fetchall()
        return {"orders": [{"id": row[0], "total_cents": row[2], "items": row[3]} for row in rows]}

    def _checkout(self, customer: int, product: int) -> dict[str, object]:
        with self._pool.take() as connection:
            row = connection.execute("SELECT price_cents FROM products WHERE id = %s", (product,)).fetchone()
            if row is None:
                raise NotFound("no such product")
            order = connection.execute(
                "INSERT INTO orders (customer_id, total_cents, state) VALUES (%s, %s, 'new') RETURNING id",
                (customer, row[0]),
            ).fetchone()
            assert order is not None
            connection.execute(
                "INSERT INTO order_items (order_id, product_id, quantity) VALUES (%s, %s, 1)", (order[0], product)
            )
            self._pay(order[0], row[0])
            connection.execute("UPDATE orders SET state = 'paid' WHERE id = %s", (order[0],))
            connection.execute("DELETE FROM carts WHERE customer_id = %s", (customer,))
        ORDERS_PLACED.labels(self._settings.service).inc()
        return {"order": order[0]}

    def _pay(self, order: int, cents: int) -> None:
        url = f"{self._settings.payments_url}/charge?order={order}&cents={cents}"
        try:
            with urllib.request.urlopen(url, timeout=self._settings.payments_timeout) as response:
                response.read()
        except urllib.error.HTTPError as error:
            reason = error.read().decode(errors="replace")
            raise PaymentFailed(f"payments answered {error.code}: {reason}") from error
        except OSError as error:
            raise PaymentFailed(f"payments did not answer: {error}") from error


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
