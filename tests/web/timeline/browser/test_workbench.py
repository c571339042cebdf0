"""The workbench as a person uses it, in a real browser on a real server."""

from __future__ import annotations

import re
import time

import pytest
from tests.web.conftest import CHAT

pytestmark = pytest.mark.browser

SAM = "sam@example.org"


@pytest.fixture(scope="module")
def incident(served):
    served.person(SAM, "author")
    _, made = served.call("POST", "incidents", {"title": "Checkout fails"}, as_=SAM)
    address = f"incidents/{made['id']}/evidence?date=2026-03-10&timezone=UTC"
    _, run = served.call("POST", address, CHAT.encode(), as_=SAM, content_type="text/plain")
    deadline = time.monotonic() + 60
    while served.call("GET", f"imports/{run['import_id']}", as_=SAM)[1]["state"] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return made["id"]


@pytest.fixture
def page(opened, incident):
    seen = opened(SAM)
    seen.goto(f"/incidents/{incident}/timeline/")
    seen.locator("#bench").wait_for()
    return seen


def settled(page):
    page.locator("#bench:not([aria-busy])").wait_for()


def test_arrow_keys_walk_the_lanes_enter_opens_and_escape_gives_the_focus_back(page):
    assert page.locator('.lanes a[tabindex="0"]').count() == 1
    page.keyboard.press("ArrowRight")
    first = page.evaluate("document.activeElement.dataset.event")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.dataset.event")
    assert first != second
    page.keyboard.press("Enter")
    page.locator(f'#panel[data-event="{second}"] .slice-line.hit').first.wait_for()
    assert f"event={second}" in page.url
    page.keyboard.press("Escape")
    page.locator("#panel:not([data-event])").wait_for()
    page.wait_for_function("event => document.activeElement.dataset.event === event", arg=second)


def test_plus_zooms_into_a_window_that_stands_in_the_address(page):
    before = page.locator("#lanes").get_attribute("data-from")
    page.keyboard.press("+")
    page.wait_for_url(re.compile("from="))
    page.get_by_role("link", name="Show all times").wait_for()
    assert page.locator("#lanes").get_attribute("data-from") != before
    page.keyboard.press("0")
    page.get_by_role("link", name="Show all times").wait_for(state="detached")
    assert page.locator("#lanes").get_attribute("data-from") == before


def test_a_search_leaves_the_hits_and_goes_into_the_address(page):
    page.keyboard.press("/")
    page.keyboard.type("rolling back")
    page.locator("#h-list", has_text="1 found").wait_for()
    page.locator("#said", has_text="1 found").wait_for(state="attached")
    assert "q=rolling" in page.url
    assert page.locator(".ev").count() == 1


def test_a_chosen_event_is_pinned_by_a_key(page):
    row = page.locator(".ev").first
    row.locator(".ev-text a").click()
    page.locator("#panel[data-event]").wait_for()
    was = row.locator(".pin").get_attribute("aria-pressed")
    page.keyboard.press("p")
    now = "false" if was == "true" else "true"
    page.locator(f'.ev:first-child .pin[aria-pressed="{now}"]').first.wait_for()


def test_words_are_corrected_in_the_panel_and_the_row_says_so(page):
    page.locator(".ev .ev-text a").nth(1).click()
    page.get_by_text("Correct the words…").click()
    page.get_by_label("What happened").last.fill("seeing the same from two regions")
    page.locator("#why-text").fill("They said so in the call")
    page.get_by_role("button", name="Correct the words").click()
    page.locator(".ev", has_text="seeing the same from two regions").get_by_text("corrected").wait_for()
    page.locator("#panel").get_by_text("They said so in the call").wait_for()


def test_an_event_is_added_from_memory_and_a_bad_time_is_said_without_losing_words(page, opened):
    page.get_by_text("Add event").click()
    page.get_by_label("When").fill("soon")
    page.locator("#add-text").fill("Called the provider")
    page.get_by_role("button", name="Add to the timeline").click()
    page.get_by_text("is not read as a time").wait_for()
    opened.complaints.clear()  # The browser tells of every answer that refuses.
    assert page.locator("#add-text").input_value() == "Called the provider"
    page.get_by_label("When").fill("around 14:07")
    page.get_by_role("button", name="Add to the timeline").click()
    page.locator(".ev", has_text="Called the provider").get_by_text("± 5").wait_for()


def test_on_a_phone_the_evidence_is_a_sheet_that_closes(opened, incident):
    page = opened(SAM, width=360)
    page.goto(f"/incidents/{incident}/timeline/")
    page.locator(".ev .ev-text a").first.tap()
    sheet = page.locator("#panel[data-event]")
    sheet.wait_for()
    assert sheet.evaluate("element => getComputedStyle(element).position") == "fixed"
    page.get_by_label("Close the evidence").tap()
    page.locator("#panel:not([data-event])").wait_for(state="attached")


FOCUSED = "document.activeElement.id || document.activeElement.closest('[data-event]')?.dataset.event"


def test_enter_leads_into_the_evidence_and_escape_back_to_the_row_it_was_opened_from(page):
    row = page.locator(".ev", has_text="rolling back release 412").first
    event = row.get_attribute("data-event")
    row.locator(".ev-text a").press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'panel'")
    assert page.locator("#panel").get_attribute("data-event") == event
    note = page.get_by_label("Annotation")
    note.press_sequentially("They waited for the canary.")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "panel"
    assert note.input_value() == "They waited for the canary."
    page.get_by_role("button", name="Save annotation").press("Enter")
    page.locator("#said").get_by_text("The annotation is saved.").wait_for(state="attached")
    assert page.evaluate(FOCUSED) == "panel"
    page.keyboard.press("Escape")
    page.wait_for_function("event => document.activeElement.closest('.ev')?.dataset.event === event", arg=event)


def test_the_focus_is_not_lost_when_what_had_it_is_drawn_no_more(page):
    page.locator(".ev .ev-text a").last.focus()
    for _ in range(6):
        page.keyboard.press("+")
    settled(page)
    page.wait_for_url(re.compile("from="))
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement !== document.body")


def test_hits_pins_and_refusals_are_said_once(page):
    page.get_by_role("search", name="Filter events").get_by_role("searchbox").press_sequentially("rolling")
    page.locator("#said").get_by_text(re.compile("^[0-9]+ found")).wait_for(state="attached")
    page.locator(".ev .ev-text a").first.focus()
    page.keyboard.press("p")
    page.locator("#said").get_by_text(re.compile("key event")).wait_for(state="attached")
    assert page.locator("[aria-live], [role=status], [role=alert]").count() == 1
