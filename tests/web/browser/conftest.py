"""A real browser on a real server."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from tests.web.served import Server

opened_states: dict[str, dict[str, dict]] = {}
"""What a browser keeps of somebody who has signed in, by server and person: signing in is tested once, not each time."""
PASSWORD = "a long enough passphrase"


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("served") / "data").start()
    yield server
    server.stop()


@pytest.fixture
def opened(browser, served):
    """Return a function that gives a page as somebody sees it; fails on what the console complains of and on foreign hosts."""
    contexts, complaints = [], []
    states = opened_states.setdefault(served.url, {})

    def open_(person=None, *, width=1280, theme="light", **options):
        options = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, "base_url": served.url} | options
        options |= {"storage_state": states[person]} if person in states else {}
        context = browser.new_context(has_touch=width < 500, timezone_id="Europe/Berlin", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: message.type in {"error", "warning"} and complaints.append(told(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        own = urlsplit(served.url).netloc
        page.on("request", lambda request: urlsplit(request.url).netloc in {own, ""} or complaints.append(request.url))
        if person and person not in states:
            sign_in(page, person)
            states[person] = context.storage_state()
        return page

    open_.complaints = complaints
    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def told(message):
    return f"{message.text} ({message.location.get('url', '')})"


def sign_in(page, email):
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
