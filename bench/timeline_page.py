"""The timeline of one incident with EVENTS events in a real browser: first paint, and frames while a person scrolls and zooms.

Prints, against the limits: first contentful and largest contentful paint of a page that is opened cold (1 s), the longest frame
while the list is scrolled and while the lanes are zoomed, dragged and stepped through (100 ms), queries of the page (15), and
what a zoom takes until the server's drawing stands. The longest frame of an empty page beside it says what the machine adds.

    python bench/timeline_page.py [EVENTS]
"""

# ruff: noqa: PLC0415 - Django's parts are imported when it has been set up

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright
from tests.web.served import Server

PAINT_LIMIT, FRAME_LIMIT, QUERY_LIMIT = 1000.0, 100.0, 15
PASSWORD = "a long enough passphrase"
START = datetime(2026, 3, 10, 9, tzinfo=UTC)
TEMPLATES = [f"canceling statement {name} due to statement timeout" for name in ("orders", "carts", "users", "stock")]
TEMPLATES += [f"worker {number} finished batch <*> in <*> ms" for number in range(40)]
FRAMES = """() => { window.__frames = []; let last = performance.now();
  const tick = (now) => { window.__frames.push(now - last); last = now; window.__ticking = requestAnimationFrame(tick); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(tick); }); }"""
ENDED = "() => { cancelAnimationFrame(window.__ticking); return window.__frames; }"


def sightings(count: int):
    """Yield sightings of seven hours: logs of a few dozen templates, chat, metrics that turn, deploys, an alert."""
    from juncture.model.evidence import Citation, Kind, Lane, LogDetails, MessageDetails, Sighting
    from juncture.model.identity import sighting_id

    draw = random.Random(7)
    for number in range(count):
        crowded = draw.random() < 0.6
        at = START + timedelta(seconds=draw.triangular(18_000, 21_000, 19_500) if crowded else draw.uniform(0, 25_200))
        kind = draw.random()
        given = {"occurred_at": at, "earliest": at, "latest": at, "recorded_at": at}
        place = Citation(f"sha256:{number % 7:064x}", "sample.log", f"line:{number + 1}")
        name = sighting_id("bench", str(number))
        if kind < 0.75:
            template = draw.choice(TEMPLATES)
            yield Sighting(
                id=name, source="log", kind=Kind.LOG, lane=Lane.SIGNAL, summary=f"ERROR {template} #{number}",
                citation=place, service="orders", details=LogDetails(level="error", template=template), **given,
            )  # fmt: skip
        elif kind < 0.97:
            yield Sighting(
                id=name, source="slack", kind=Kind.MESSAGE, lane=Lane.PEOPLE, summary=f"looking at panel {number}, errors rise",
                citation=place, actor=f"person {number % 9}", known_at=at, known_by=(f"person {number % 9}",),
                details=MessageDetails(channel="incident"), **given,
            )  # fmt: skip
        else:
            yield Sighting(
                id=name, source="jsonl", kind=Kind.DEPLOYMENT, lane=Lane.CHANGE, summary=f"deploy shop-web {number}",
                citation=place, service="shop-web", **given,
            )  # fmt: skip


def fill(data: Path, count: int) -> tuple[str, float]:
    """Fill a data folder with one incident; return its id, and the seconds of rebuilding its timeline."""
    from juncture.web.setup import migrate, set_up

    set_up(data)
    migrate()
    import msgspec

    from juncture.web.access.operations import add_person
    from juncture.web.access.selectors import viewer_of
    from juncture.web.access.viewer import SYSTEM
    from juncture.web.bulk import upsert
    from juncture.web.evidence.models import StoredSighting
    from juncture.web.incidents.operations import declare
    from juncture.web.timeline.operations import rebuild_timeline

    person = add_person(SYSTEM, email="sam@example.org", name="Sam Sample", role="author", password=PASSWORD)
    incident = declare(viewer_of(person), title="Orders wait for a lock")
    rows = [(incident.pk, each.id, msgspec.json.encode(each)) for each in sightings(count)]
    upsert(StoredSighting, ("incident", "sighting_id", "body"), rows, unique=("incident", "sighting_id"), update=False)
    started = time.monotonic()
    rebuild_timeline(incident)
    return incident.public_id, time.monotonic() - started


def queries(incident: str) -> int:
    """Return how many queries the page takes with an event open, in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from juncture.web.people.models import User
    from juncture.web.timeline.models import StoredEvent

    client = Client()
    client.force_login(User.objects.get(email="sam@example.org"))
    event = StoredEvent.objects.filter(key=True).values_list("event_id", flat=True).first()
    with CaptureQueriesContext(connection) as found:
        started = time.monotonic()
        answer = client.get(f"/incidents/{incident}/timeline/?event={event}", headers={"host": "127.0.0.1"})
        print(f"  the server takes {(time.monotonic() - started) * 1000:.0f} ms for {len(answer.content) / 1024:.0f} kB")
    assert answer.status_code == 200, answer.status_code
    for each in sorted(found.captured_queries, key=lambda each: -float(each["time"]))[:4]:
        print(f"  {float(each['time']) * 1000:6.0f} ms {each['sql'][:110]}")
    return len(found)


def frames(page: Page, doing) -> float:
    """Return the longest frame in milliseconds while something is done."""
    page.evaluate(FRAMES)
    doing()
    page.wait_for_timeout(400)
    return max(page.evaluate(ENDED), default=0.0)


def scroll(page: Page) -> None:
    page.mouse.move(400, 800)
    for _ in range(40):
        page.mouse.wheel(0, 240)
        page.wait_for_timeout(16)


def zoom(page: Page) -> None:
    for key in ("+", "+", "+", "-", "-", "+", "+", "0"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)


def drag(page: Page) -> None:
    box = page.locator(".lanes-canvas").bounding_box()
    for turn in range(3):
        page.mouse.move(box["x"] + 500, box["y"] + 200)
        page.mouse.down()
        for step in range(20):
            page.mouse.move(box["x"] + 500 - step * 15 * (-1) ** turn, box["y"] + 200)
            page.wait_for_timeout(8)
        page.mouse.up()
        page.wait_for_timeout(300)


def step(page: Page) -> None:
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)


def told(what: str, value: float, limit: float, unit: str) -> bool:
    good = value <= limit
    print(f"{what:<46} {value:8.0f} {unit}  {value / limit:5.2f} of {limit:.0f} {unit}{'' if good else '  TOO MUCH'}")
    return good


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        incident, rebuilt = fill(data, count)
        print(f"{count:,} events; their rebuild takes {rebuilt:.1f} s")
        good = told("queries of the page, an event open", queries(incident), QUERY_LIMIT, "")
        server = Server(data).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                page = browser.new_page(base_url=server.url, viewport={"width": 1280, "height": 900})
                page.goto("/sign-in/")
                page.get_by_label("E-mail").fill("sam@example.org")
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Sign in", exact=True).click()
                page.wait_for_url(lambda url: "/sign-in/" not in url)
                paints = []
                for _ in range(5):
                    page.goto("about:blank")
                    empty = frames(page, lambda: page.wait_for_timeout(600))
                    page.goto(f"/incidents/{incident}/timeline/")
                    paints.append(
                        page.evaluate(
                            """() => new Promise((done) => new PerformanceObserver((list) => {
                          const largest = list.getEntries().at(-1);
                          done([performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0, largest.startTime]);
                        }).observe({ type: "largest-contentful-paint", buffered: true }))"""
                        )
                    )
                first, largest = sorted(paints)[len(paints) // 2]
                good &= told("first contentful paint, middle of five", first, PAINT_LIMIT, "ms")
                good &= told("largest contentful paint, the same", largest, PAINT_LIMIT, "ms")
                page.wait_for_timeout(500)
                for name, doing in (("scrolling", scroll), ("zooming by keys", zoom), ("dragging", drag), ("stepping", step)):
                    page.evaluate("scrollTo(0, 0)")
                    good &= told(f"longest frame, {name}", frames(page, lambda doing=doing: doing(page)), FRAME_LIMIT, "ms")
                print(f"{'longest frame of an empty page':<46} {empty:8.0f} ms")
                started = time.monotonic()
                page.keyboard.press("+")
                page.wait_for_selector("#bench[aria-busy]")
                page.wait_for_selector("#bench:not([aria-busy])")
                print(f"{'from the key to the zoomed drawing':<46} {(time.monotonic() - started) * 1000:8.0f} ms")
                browser.close()
        finally:
            server.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
