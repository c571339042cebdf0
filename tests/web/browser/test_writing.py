"""The editor in a real browser, under the strict content policy: nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.web.browser.conftest import PASSWORD
from tests.web.conftest import CHAT
from tests.web.served import juncture

pytestmark = pytest.mark.browser
EMAIL = "writing@example.org"


def test_words_are_saved_as_they_are_typed_and_an_event_is_cited(opened, served):
    juncture("user", "add", EMAIL, "--name", "Author Sample", "--password-stdin", "--data", served.data, given=PASSWORD)
    page = opened(EMAIL)
    page.goto("/incidents/new/")
    page.locator("textarea[name=text]").first.fill(CHAT)
    page.get_by_role("button", name=re.compile("draft", re.IGNORECASE)).first.click()
    page.wait_for_url(re.compile("/postmortems/|/imports/"), timeout=60_000)
    page.wait_for_url(re.compile("/postmortems/"), timeout=60_000)
    page.goto(f"{page.url.partition('#')[0].rstrip('/')}/write/")
    page.locator("[data-write][data-together=open]").wait_for()
    text = page.locator(".cm-content").first
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Somebody typed this. ")
    expect(page.locator("[data-status]")).to_contain_text("Saved ")
    page.keyboard.type("[^rolling")
    page.locator(".offered").filter(has_text="rolling back").first.wait_for()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(text).to_contain_text(re.compile(r"typed this\. \[\^e\d+\]"))
    expect(page.locator("[data-status]")).to_contain_text("Saved ")
    page.reload()
    expect(page.locator(".cm-content").first).to_contain_text("Somebody typed this.")


def test_two_people_who_write_at_once_read_each_other_and_lose_nothing(opened, served):
    people = [served.person(f"{name}@example.org", "author") for name in ("first", "second")]
    first, second = opened(people[0]), opened(people[1])
    first.goto("/incidents/new/")
    first.get_by_label("The incident channel").fill(CHAT)
    first.get_by_role("button", name="Write the draft").click()
    first.wait_for_url("**/postmortems/**", timeout=60_000)
    write = f"{first.url.partition('#')[0]}write/"
    first.goto(write)
    second.goto(write)
    texts = [page.locator(".cm-content").first for page in (first, second)]
    for text, keys in zip(texts, ("Control+Home", "Control+End"), strict=True):
        text.click()
        text.page.keyboard.press(keys)
    for word in range(12):
        first.keyboard.type(f"hers{word} ")
        second.keyboard.type(f" his{word}")
    for page in (first, second):
        expect(page.locator("[data-status]")).to_contain_text("Saved ")
    # What the other one wrote comes in by itself, without a word of one's own going.
    for text in texts:
        for word in ("hers0 ", "hers11", "his0 ", "his11"):
            expect(text).to_contain_text(word, timeout=30_000)
    first.reload()
    for words in ("".join(f"hers{word} " for word in range(12)), " ".join(f"his{word}" for word in range(12))):
        expect(first.locator(".cm-content").first).to_contain_text(words.strip())
