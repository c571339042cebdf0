"""The editor without a mouse: no trap, nothing lost, and what is done is said once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.web.conftest import CHAT

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"


@pytest.fixture(scope="module")
def draft(browser, served):
    from tests.web.browser.conftest import sign_in

    context = browser.new_context(base_url=served.url)
    page = context.new_page()
    sign_in(page, served.person("keys@example.org", "author"))
    page.goto("/incidents/new/")
    page.get_by_label("The incident channel").fill(CHAT)
    page.get_by_role("button", name="Write the draft").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    address = page.evaluate("location.pathname")
    context.close()
    return address


@pytest.fixture
def page(opened, draft):
    page = opened("keys@example.org")
    page.goto(f"{draft}write/")
    page.locator(".cm-content").first.wait_for()
    return page


def said(page):
    return page.locator("[data-said]")


def test_the_outline_leads_into_a_text_and_tab_leads_out_of_it(page):
    page.get_by_role("complementary", name="Outline").get_by_role("link", name="Impact").press("Enter")
    expect(page.locator(".cm-content[aria-label='Impact, Markdown']")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == "Arrange Impact"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) != "Impact, Markdown"
    page.get_by_text("Keys", exact=True).press("Enter")
    assert page.get_by_text("leaves the text").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "Keys"


def test_a_sentence_becomes_a_lesson_by_keys_and_the_text_keeps_the_focus(page):
    text = page.locator(".cm-content").first
    text.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+.")
    expect(page.get_by_role("button", name="Decision")).to_be_focused()
    page.keyboard.press("Escape")
    expect(text).to_be_focused()
    page.keyboard.press("Control+.")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Lesson")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("A lesson was made of it")
    expect(text).to_be_focused()
    page.keyboard.press("Control+Alt+z")
    expect(said(page)).to_have_text("Undone.")
    page.locator(".cm-content").nth(1).focus()
    expect(page.locator(".make-bar")).to_have_count(0)


def test_a_part_is_decided_in_the_margin_where_it_stands(page):
    parts = page.locator("[data-objects] .part.proposed")
    before = parts.count()
    parts.first.get_by_role("button", name=re.compile("^Dismiss")).press("Enter")
    expect(said(page)).to_contain_text("Dismissed: ")
    expect(parts).to_have_count(before - 1)
    assert page.evaluate("document.activeElement.closest('[data-objects]') !== null")
    page.keyboard.press("Control+Alt+z")
    expect(parts).to_have_count(before)
    assert page.evaluate("document.activeElement.closest('[data-objects]') !== null")


def test_who_arranges_sections_goes_on_at_that_section(page):
    page.get_by_text("Add a section").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("What it felt like")
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text("Added. It waits for its text.")
    expect(page.locator(".cm-content[aria-label='What it felt like, Markdown']")).to_be_focused()
    page.keyboard.type("Slow.")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-told]")).to_contain_text("Saved")
    page.locator("summary[aria-label='Arrange What it felt like']").press("Enter")
    page.get_by_role("button", name="Move up").press("Enter")
    expect(said(page)).to_have_text("Moved up.")
    expect(page.locator("summary[aria-label='Arrange What it felt like']")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove from the document").press("Enter")
    expect(said(page)).to_contain_text("Its history brings it back")
    assert page.evaluate(FOCUSED).startswith("Arrange ")


def test_pauses_in_typing_are_silent_and_lost_connections_are_said(page, opened):
    told = page.locator("[data-told]")
    page.locator(".cm-content").first.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Quiet words. ")
    expect(page.locator("[data-status]")).to_contain_text("Saved ")
    assert told.inner_text() == ""
    page.context.set_offline(True)
    page.keyboard.type("More. ")
    expect(told).to_contain_text("Not saved.")
    page.context.set_offline(False)
    expect(told).to_contain_text("Saved ", timeout=20_000)
    opened.complaints[:] = [said for said in opened.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


HEARD = """addEventListener("DOMContentLoaded", () => {
    const told = document.querySelector(".told");
    if (told) new MutationObserver(() => { document.documentElement.dataset.heard = told.textContent; }).observe(told, { childList: true });
});"""


def test_what_a_page_comes_back_with_is_heard(opened, draft):
    page = opened("keys@example.org")
    page.add_init_script(HEARD)
    page.goto(draft)
    page.get_by_role("button", name="Publish").press("Enter")
    page.locator("html[data-heard^='Published.']").wait_for()
    assert page.get_by_text("Published. This is publication 1").is_visible()
