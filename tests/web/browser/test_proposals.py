"""In the browser: evidence arrives after somebody has written, and one key decides about what it proposes."""

import re

import pytest
from playwright.sync_api import expect
from tests.web.conftest import CHAT

pytestmark = pytest.mark.browser
EARLIER = b"{day}T12:55:00Z ERROR payment capture failed\n{day}T12:56:00Z ERROR payment capture failed\n"


def arrives(server, author, incident, text):
    answer = server.call("POST", f"incidents/{incident}/evidence", text, as_=author, content_type="text/plain")
    assert answer[0] == 202, answer


def test_one_key_decides_about_what_new_evidence_proposes(served, opened):
    author = served.person("sam@example.org", "author")
    page = opened(author)
    page.goto("/incidents/new/")
    page.get_by_label("The incident channel").fill(CHAT)
    page.get_by_role("button", name="Write the draft").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    draft = page.evaluate("location.pathname")
    # What was pasted has the zone of the browser: Berlin.
    day = page.locator("article time").first.get_attribute("datetime")[:10].encode()
    page.goto(f"{draft}write/")
    page.locator(".cm-content").first.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("People could not pay. ")
    expect(page.locator("[data-status]")).to_contain_text("Saved ")

    arrives(served, author, draft.split("/")[2], EARLIER.replace(b"{day}", day))
    notice = page.get_by_role("link", name=re.compile("New evidence proposes . change"))
    for _ in range(40):
        page.goto(draft)
        if notice.count():
            break
        page.wait_for_timeout(250)
    notice.click()
    items = page.locator("[data-item]")
    expect(items).to_have_count(2)
    expect(items.first.locator("ins").first).to_contain_text("12:55")
    page.keyboard.press("j")
    expect(items.first).to_be_focused()
    page.keyboard.press("a")
    page.get_by_text("Accepted. It is in the text.").wait_for()
    expect(items).to_have_count(1)
    expect(items.first).to_be_focused()
    page.keyboard.press("d")
    page.get_by_text("Dismissed. The text stays as it is.").wait_for()
    page.get_by_text("Nothing waits here.").wait_for()
    page.keyboard.press("u")
    page.get_by_text("Undone. It is proposed again.").wait_for()
    expect(items).to_have_count(1)
    page.goto(draft)
    text = page.locator("article.document").inner_text()
    assert "People could not pay." in text
    assert "from 12:55:00 to 13:15:00 UTC" in text
