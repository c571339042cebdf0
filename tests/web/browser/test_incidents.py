"""Incidents in a real browser: declared by a title, dropped or pasted on any page, waived."""

from __future__ import annotations

import re

import pytest
from tests.web.browser.test_main_job import drop
from tests.web.conftest import CHAT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def otto(served):
    return served.person("otto@example.org", "author")


def declare(page, title, severity="Sev 1"):
    page.goto("/incidents/new/")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Severity").select_option(severity)
    page.get_by_role("button", name="Declare").click()
    page.get_by_role("heading", name=title, level=1).wait_for()


def paste(page, text):
    """Paste as a person does who has clicked nowhere."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def test_a_title_declares_and_the_page_teaches_the_next_step(opened, otto):
    page = opened(otto)
    page.goto("/incidents/new/")
    page.get_by_role("button", name="Declare").click()
    assert page.get_by_label("The incident channel").evaluate("field => field.validationMessage").startswith("Paste text")
    declare(page, "Card payments refused")
    assert page.get_by_role("heading", name="What to do next").is_visible()
    assert page.get_by_text("Its severity is Sev 1.").is_visible()


def test_files_dropped_on_a_page_without_a_box_ask_where_they_belong(opened, otto, tmp_path):
    (tmp_path / "chat.txt").write_text(CHAT)
    page = opened(otto)
    declare(page, "Search is slow")
    page.get_by_role("link", name="Timeline").click()
    page.wait_for_url("**/timeline/**")
    drop(page, tmp_path / "chat.txt")
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("chat.txt").wait_for()
    assert not sheet.get_by_label("Pasted text").is_visible()
    sheet.get_by_role("button", name=re.compile(r"Add to INC-\d+")).click()
    page.wait_for_url(re.compile(r"/(imports|postmortems)/"), timeout=60_000)
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    assert page.get_by_role("heading", name="Search is slow").first.is_visible()


def test_a_conversation_pasted_nowhere_becomes_a_new_incident_and_a_word_does_nothing(opened, otto):
    page = opened(otto)
    page.goto("/actions/")
    paste(page, "checkout")
    assert page.get_by_role("dialog").count() == 0
    paste(page, CHAT)
    sheet = page.get_by_role("dialog")
    assert sheet.get_by_label("Pasted text").input_value() == CHAT
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    paste(page, CHAT)
    page.get_by_role("button", name="New incident from this").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)


def test_a_postmortem_is_waived_with_a_reason_and_taken_up_again_on_a_phone(opened, otto):
    page = opened(otto, width=360)
    declare(page, "Mail is late")
    page.get_by_role("link", name="Waive…").click()
    page.get_by_label("Why would nothing be learned?").fill("The same as the one before")
    page.get_by_role("button", name="Waive with this reason").click()
    page.get_by_role("heading", name="Waived").wait_for()
    assert page.locator("blockquote").inner_text() == "The same as the one before"
    page.goto("/incidents/?state=waived")
    assert page.get_by_role("link", name="Mail is late", exact=True).is_visible()
    page.get_by_role("link", name="Mail is late", exact=True).click()
    page.get_by_role("button", name="Take it up again").click()
    page.get_by_role("heading", name="Needs a postmortem").wait_for()


def test_it_is_declared_and_waived_without_a_script(opened, otto):
    page = opened(otto, java_script_enabled=False)
    page.goto("/incidents/new/")
    page.get_by_label("Title", exact=True).fill("No script at all")
    page.get_by_label("Severity").select_option("Sev 2")
    page.get_by_role("button", name="Write the draft").click()
    assert page.get_by_role("heading", name="No script at all").is_visible()
    page.get_by_role("link", name="Waive…").click()
    page.get_by_label("Why would nothing be learned?").fill("A drill")
    page.get_by_role("button", name="Waive with this reason").click()
    assert page.get_by_role("heading", name="Waived").is_visible()
