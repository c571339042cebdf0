"""The users: an open-loop load generator that measures what they felt.

`python -m lab.load URL RESULTS RATE_FILE SEED` sends requests at random moments, RATE_FILE holding how many a second,
and appends a JSON line a request: `{"sent": epoch seconds, "took": seconds, "status": 0 for no answer, "route": …}`.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROUTES = {"/catalogue": 45, "/orders": 25, "/checkout": 30}
PATIENCE_SECONDS = 8.0
BAD_SECONDS = 2.0


@dataclass(frozen=True)
class Measurement:
    """One request as its user felt it; `sent` is in epoch seconds, `took` in seconds."""

    sent: float
    took: float
    status: int
    route: str

    @property
    def bad(self) -> bool:
        """Whether it failed, or made its user wait longer than `BAD_SECONDS`."""
        return self.status == 0 or self.status >= 500 or self.took > BAD_SECONDS


def read_measurements(results: Path) -> list[Measurement]:
    """All measurements so far, by the time they were sent; a half-written last line is left out."""
    if not results.exists():
        return []
    lines = results.read_bytes().split(b"\n")[:-1]
    return sorted((Measurement(**json.loads(line)) for line in lines), key=lambda one: one.sent)


def _request(url: str, route: str) -> Measurement:
    customer, product = random.randrange(1, 401), random.randrange(1, 41)
    if random.random() < 0.01:
        customer = 0
    sent = time.time()
    target = f"{url}{route}?customer={customer or (0 if route == '/orders' else 1)}&product={product}"
    try:
        data = b"" if route == "/checkout" else None
        with urllib.request.urlopen(urllib.request.Request(target, data=data), timeout=PATIENCE_SECONDS) as answer:
            answer.read()
            status = answer.status
    except urllib.error.HTTPError as error:
        error.close()
        status = error.code
    except OSError:
        status = 0
    return Measurement(sent, round(time.time() - sent, 3), status, route)


def main() -> None:
    """Send until ended."""
    url, results, rate_file, seed = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    choice = random.Random(f"load-{seed}")
    lock = threading.Lock()
    with ThreadPoolExecutor(200) as users, results.open("a") as sink:

        def one(route: str) -> None:
            measured = _request(url, route)
            with lock:
                sink.write(json.dumps(vars(measured)) + "\n")
                sink.flush()

        while True:
            route = choice.choices(list(ROUTES), weights=list(ROUTES.values()))[0]
            users.submit(one, route)
            rate = float(rate_file.read_text() or "1")
            time.sleep(min(choice.expovariate(rate), 2.0))


if __name__ == "__main__":
    main()
