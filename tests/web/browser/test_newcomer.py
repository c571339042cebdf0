"""The whole way in a real browser: from dropped evidence to a published postmortem with a verified action."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.web.browser.conftest import PASSWORD
from tests.web.browser.test_main_job import drop
from tests.web.conftest import CHAT
from tests.web.served import juncture

pytestmark = pytest.mark.browser
WRITER, READER = "newcomer@example.org", "reader@example.org"


def test_from_dropped_evidence_to_a_published_postmortem_with_a_verified_action(opened, served, tmp_path):
    for email, name, role in ((WRITER, "Newcomer Sample", "author"), (READER, "Reader Sample", "viewer")):
        added = ("user", "add", email, "--name", name, "--role", role, "--password-stdin", "--data", served.data)
        juncture(*added, given=PASSWORD)
    page = opened(WRITER)
    page.goto("/actions/")
    (tmp_path / "incident-channel.txt").write_text(CHAT)
    drop(page, tmp_path / "incident-channel.txt")
    page.get_by_role("button", name="New incident from this").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    assert "rolling back release 412" in page.locator("article.document").inner_text()
    reading = page.url.partition("#")[0]

    page.get_by_role("link", name="Write", exact=True).first.click()
    editor = page.locator(".cm-content").last
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("- [ ] @newcomer@example.org Try releases on one host first by 2027-01-15 #prevent")
    page.keyboard.press("Control+Alt+a")
    expect(page.locator("[data-status]")).to_contain_text("Saved ")

    page.goto(reading)
    expect(page.locator("article.document")).to_contain_text("Try releases on one host first")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published. This is publication 1").wait_for()

    page.goto("/")
    page.get_by_role("link", name="Try releases on one host first").click()
    page.get_by_role("button", name="It is done").click()
    page.get_by_label("What shows that it worked").fill("Release 413 went to one host first; its errors stayed there.")
    page.get_by_role("button", name="It worked").click()
    expect(page.locator("main")).to_contain_text("Verified")

    reader = opened(READER)
    reader.goto(reading)
    expect(reader.locator("article.document")).to_contain_text("Try releases on one host first")
    expect(reader.locator("article.document")).to_contain_text("Verified")
